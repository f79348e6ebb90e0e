package bot

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	learned "github.com/xiangfeng/xiangfeng/bot/meaning"
	"github.com/xiangfeng/xiangfeng/domain/calendar"
	"github.com/xiangfeng/xiangfeng/domain/dispute"
	"github.com/xiangfeng/xiangfeng/domain/fault"
	"github.com/xiangfeng/xiangfeng/domain/household"
	"github.com/xiangfeng/xiangfeng/domain/record"
	"github.com/xiangfeng/xiangfeng/domain/script"
	"github.com/xiangfeng/xiangfeng/domain/usecase"
	"github.com/xiangfeng/xiangfeng/domain/usecase/ask"
	"github.com/xiangfeng/xiangfeng/domain/usecase/object"
)

// Disputes is what households object to in the chat.
type Disputes struct {
	File    object.File
	Answers object.Answers
	Read    DisputeReader
	// Clean refuses with TextRisky words that must not be shown to others; nil
	// checks nothing.
	Clean func(ctx context.Context, cmd usecase.Command, words ...string) error
}

// DisputeReader reads what can be objected to, and what was.
type DisputeReader interface {
	// Objectable is a line of a household that the person belongs to or helps;
	// NotFound where there is none.
	Objectable(ctx context.Context, p household.PersonID, h household.ID, year, no int, now time.Time) (script.Objectable, error)
	// Cases are the disputes of a household and those that the person has filed as
	// a helper, each the newest first.
	Cases(ctx context.Context, p household.PersonID, h household.ID, now time.Time) ([]script.Dispute, error)
	// Awaiting are those of a household whose decision was sent to the person and
	// waits for an answer, the newest first.
	Awaiting(ctx context.Context, p household.PersonID, h household.ID) ([]dispute.ID, error)
}

// objecting takes an 异议: it reads the line back, asks why and for pictures, and
// files it on a 确认.
func objecting() intent {
	return intent{
		name: "dispute", title: "说分记得不对",
		phrases: []string{
			"异议", "提异议", "我有异议", "申诉", "我要申诉", "不服", "我不服", "不对", "不认", "分不对", "积分不对", "扣分不对", "记错了", "扣错了", "少记了", "漏记了", "多扣了",
			"少记了一次", "明细有错", "公示不对", "排名不对", "说分记得不对", "分错了", "分数不对",
		},
		match:  func(m message) bool { return m.meant("dispute") || m.line > 0 },
		handle: (*Bot).dispute,
		acts: map[string]act{
			"dispute-which": (*Bot).pickLine,
			"dispute-words": (*Bot).tellClaim,
			"dispute-send":  (*Bot).sendClaim,
			"dispute-for":   (*Bot).claimForHelped,
		},
	}
}

// The first part of the names of the acts of an objection and of an appeal.
const (
	disputing = "dispute-"
	appealing = "appeal-"
)

// claim is what somebody objects to: so far.
type claim struct {
	home       household.ID
	year, line int // line is 0 for one that is missing
	photos     []string
	words      string
}

// need is what a question keeps of a claim that the message with the key made.
func (c claim) need(key string) string {
	return needOf([]int64{int64(c.home), int64(c.year), int64(c.line)}, c.photos, c.words, key)
}

// parseClaim reads what need wrote; false for anything else.
func parseClaim(text string) (claim, bool) {
	numbers, photos, words, ok := parseNeed(text, 3)
	if !ok {
		return claim{}, false
	}
	return claim{home: household.ID(numbers[0]), year: int(numbers[1]), line: int(numbers[2]), photos: photos, words: words}, true
}

// claimOf is the claim that a question is about.
func claimOf(step usecase.Step) (claim, bool) {
	name, need, _ := strings.Cut(strings.TrimSuffix(step.Data, ask.Missed), ":")
	what, ours := strings.CutPrefix(name, disputing)
	if !ours || !slices.Contains([]string{"words", "photo", "send"}, what) {
		return claim{}, false
	}
	return parseClaim(need)
}

// claimed is the household that an open question about an objection is for, the
// person's current one where none is open.
func (b *Bot) claimed(ctx context.Context, m message) (household.ID, error) {
	step, err := b.Talk.OpenStep(ctx, m.From)
	if err != nil || !step.Open(m.now) {
		return m.who.Home.ID, err
	}
	if c, ok := claimOf(step); ok {
		return c.home, nil
	}
	if id, ours := strings.CutPrefix(step.Data, "dispute-which:"); ours {
		h, err := strconv.ParseInt(id, 10, 64)
		return household.ID(h), err
	}
	return m.who.Home.ID, nil
}

// standingFor is who asks, as what concerns a household is worded to them.
func (b *Bot) standingFor(ctx context.Context, m message, h household.ID) (script.Standing, error) {
	s := m.who
	if h == s.Home.ID {
		return s, nil
	}
	var err error
	s.Home, s.Place, err = b.Records.Place(ctx, h)
	s.Homes = max(2, s.Homes) // the number tells it from their own
	return s, err
}

// notRecorded tells whether the words say that something was left out.
func (m message) notRecorded() bool {
	return m.says("少记", "漏记", "没记", "没给我记", "没加分", "没有记")
}

// asksOfLine tells whether the words ask about a line, and do not say that it is wrong.
func (m message) asksOfLine() bool {
	return m.line > 0 && m.says("谁", "哪个", "怎么来", "咋来", "啷个来") && !m.says("不对", "错", "不服", "不认")
}

func (b *Bot) dispute(ctx context.Context, m message) (Reply, error) {
	if m.asksOfLine() {
		return b.oneLine(ctx, m)
	}
	home, err := b.claimed(ctx, m)
	if err != nil {
		return Reply{}, err
	}
	switch {
	case m.line > 0:
		return b.startClaim(ctx, m, home, m.line)
	case m.notRecorded():
		return b.startMissing(ctx, m, home)
	case m.says("不服", "不认", "申诉"): // to what was decided, where something was
		waits, err := b.cases(ctx, m, func(d script.Dispute) bool { return d.State == dispute.Decided })
		if err != nil || len(waits) > 0 {
			return b.choice(ctx, m, waits, err, "dispute-appeal", (*Bot).askAppeal)
		}
	}
	return b.askWords(ctx, m, script.WhichLine(m.who), "dispute-which:"+strconv.FormatInt(int64(home), 10))
}

// claimForHelped asks a helper what is wrong with a household's line.
func (b *Bot) claimForHelped(ctx context.Context, m message, id string) (Reply, error) {
	one, ok, err := b.one(ctx, m, id, helped)
	if err != nil {
		return Reply{}, err
	}
	if !ok {
		return say(script.HelperWhy(m.who, script.HelperGone))
	}
	s, err := b.standingFor(ctx, m, one.Home.ID)
	if err != nil {
		return Reply{}, err
	}
	return b.askWords(ctx, m, script.WhichHelpedLine(s), "dispute-which:"+strconv.FormatInt(int64(one.Home.ID), 10))
}

// pickLine takes which line is meant.
func (b *Bot) pickLine(ctx context.Context, m message, home string) (Reply, error) {
	h, err := strconv.ParseInt(home, 10, 64)
	switch {
	case err != nil:
		return Reply{}, err
	case m.asksOfLine():
		return b.oneLine(ctx, m)
	case m.line > 0:
		return b.startClaim(ctx, m, household.ID(h), m.line)
	case m.number > 0:
		return b.startClaim(ctx, m, household.ID(h), m.number)
	case m.notRecorded():
		return b.startMissing(ctx, m, household.ID(h))
	}
	return b.askWords(ctx, m, script.WhichLine(m.who), "dispute-which:"+home)
}

func (b *Bot) startClaim(ctx context.Context, m message, home household.ID, no int) (Reply, error) {
	if home == m.who.Home.ID && learned.NamesOthers(m.clean) && !strings.Contains(m.clean, m.who.Home.Head) {
		return say(script.NotTheirLine(m.who)) // another household's line is its own affair (PRODUCT 2.9)
	}
	year, _ := m.time()
	s, err := b.standingFor(ctx, m, home)
	if err != nil {
		return Reply{}, err
	}
	o, err := b.Disputes.Read.Objectable(ctx, m.who.Person, home, year, no, m.now)
	switch {
	case fault.CodeOf(err) == fault.NotFound:
		return say(script.NoLine(s, no, year))
	case err != nil:
		return Reply{}, err
	}
	if why, ok := script.Objection(s, o, year, m.now); !ok {
		return say(why)
	}
	return b.hold(ctx, m, script.DisputeWhy(s, o, year, m.now), usecase.StepWords, "words", claim{home: home, year: year, line: o.Line.No})
}

// tellingWhat is how many characters a message has at least that says what was left out.
const tellingWhat = 9

func (b *Bot) startMissing(ctx context.Context, m message, home household.ID) (Reply, error) {
	year, _ := m.time()
	c := claim{home: home, year: year}
	s, err := b.standingFor(ctx, m, home)
	if err != nil {
		return Reply{}, err
	}
	if m.phrase == "" && utf8.RuneCountInString(m.clean) >= tellingWhat {
		c.words = strings.TrimSpace(m.Words)
		return b.takeWords(ctx, m, s, c)
	}
	return b.hold(ctx, m, script.MissingWhat(s), usecase.StepWords, "words", c)
}

// hold keeps a question about a claim, and says it.
func (b *Bot) hold(ctx context.Context, m message, text, question, act string, c claim) (Reply, error) {
	return b.pose(ctx, m, text, question, disputing+act+":"+c.need(m.Key))
}

// allSent are the words of who has no more pictures.
var allSent = append(slices.Clone(noPhoto), "好了", "发完了", "完了", "没有了", "没了", "就这些", "就这几张", "好的", "可以了", "不发了", "没有照片了", "没得了")

// briefly is how many characters a message has at most that names another line
// and says nothing of why.
const briefly = 12

// tellClaim takes the words that a question waits for.
func (b *Bot) tellClaim(ctx context.Context, m message, _ string) (Reply, error) {
	step, err := b.Talk.OpenStep(ctx, m.From)
	if err != nil {
		return Reply{}, err
	}
	c, ok := claimOf(step)
	if !ok {
		return b.offer(ctx, m) // kept by a version that knew it
	}
	s, err := b.standingFor(ctx, m, c.home)
	switch {
	case err != nil:
		return Reply{}, err
	case m.asksOfLine() && utf8.RuneCountInString(m.clean) <= briefly:
		return b.oneLine(ctx, m)
	case m.line > 0 && utf8.RuneCountInString(m.clean) <= briefly:
		return b.startClaim(ctx, m, c.home, m.line)
	case slices.Contains(allSent, m.clean) && c.words != "":
		return b.claimBack(ctx, m, s, c)
	}
	c.words = strings.TrimSpace(m.Words)
	return b.takeWords(ctx, m, s, c)
}

// takeWords keeps the words of a claim and asks for pictures, or where it was read
// back before reads it back again.
func (b *Bot) takeWords(ctx context.Context, m message, s script.Standing, c claim) (Reply, error) {
	switch n := utf8.RuneCountInString(c.words); {
	case n > dispute.LongestWords:
		c.words = ""
		return b.hold(ctx, m, script.DisputeLong(s), usecase.StepWords, "words", c)
	case n < dispute.ShortestWords:
		c.words = ""
		return b.hold(ctx, m, script.MissingWhat(s), usecase.StepWords, "words", c)
	}
	return b.hold(ctx, m, script.DisputePhotos(s, c.words, len(c.photos)), usecase.StepPhoto, "photo", c)
}

// takeClaimPhoto keeps a picture for a claim. The same picture again changes nothing.
func (b *Bot) takeClaimPhoto(ctx context.Context, m message, c claim, media string) (Reply, error) {
	s, err := b.standingFor(ctx, m, c.home)
	if err != nil {
		return Reply{}, err
	}
	hash, why := b.keepPhoto(ctx, m, s, media)
	switch {
	case why != "":
		return say(why)
	case slices.Contains(c.photos, hash):
	case len(c.photos) >= record.MostPhotos:
		return say(script.DisputeManyPhotos(s))
	default:
		c.photos = append(c.photos, hash)
	}
	if c.words == "" { // a picture before any word
		return b.hold(ctx, m, script.MissingWhat(s), usecase.StepWords, "words", c)
	}
	return b.hold(ctx, m, script.DisputePhotos(s, c.words, len(c.photos)), usecase.StepPhoto, "photo", c)
}

func (b *Bot) claimBack(ctx context.Context, m message, s script.Standing, c claim) (Reply, error) {
	var line *script.Objectable
	if c.line > 0 {
		o, err := b.Disputes.Read.Objectable(ctx, m.who.Person, c.home, c.year, c.line, m.now)
		switch {
		case fault.CodeOf(err) == fault.NotFound:
			return say(script.NoLine(s, c.line, c.year))
		case err != nil:
			return Reply{}, err
		}
		line = &o
	}
	return b.hold(ctx, m, script.DisputeBack(s, line, c.year, c.words, len(c.photos)), usecase.StepConfirm, "send", c)
}

func (b *Bot) sendClaim(ctx context.Context, m message, with string) (Reply, error) {
	c, ok := parseClaim(with)
	if !ok {
		return say(script.NotFiled(m.who, fault.Invalid, ""))
	}
	s, err := b.standingFor(ctx, m, c.home)
	if err != nil {
		return Reply{}, err
	}
	if refused, err := b.unclean(ctx, m, c.words); err != nil || refused {
		return orSay(script.NotFiled(s, fault.TextRisky, ""), err)
	}
	out, err := b.Disputes.File.Do(ctx, m.command(), object.Objection{Household: c.home, Year: c.year, Line: c.line, Words: c.words, Photos: hashes(c.photos)})
	switch {
	case err != nil:
		return Reply{}, err
	case out.Refused():
		return say(script.NotFiled(s, out.Code, out.Facts.Note))
	}
	promised, err := calendar.ParseDate(out.Facts.Day)
	return orSay(script.DisputeFiled(s, out.Facts.Note, promised, m.now), err)
}

// unclean tells whether words must not be shown to others.
func (b *Bot) unclean(ctx context.Context, m message, words string) (bool, error) {
	if b.Disputes.Clean == nil {
		return false, nil
	}
	err := b.Disputes.Clean(ctx, m.command(), words)
	if fault.CodeOf(err) == fault.TextRisky {
		return true, nil
	}
	return false, err
}

// orSay says words where nothing went wrong.
func orSay(text string, err error) (Reply, error) {
	if err != nil {
		return Reply{}, err
	}
	return say(text)
}
