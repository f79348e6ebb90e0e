package bot

import (
	"context"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/xiangfeng/xiangfeng/domain/calendar"
	"github.com/xiangfeng/xiangfeng/domain/fault"
	"github.com/xiangfeng/xiangfeng/domain/household"
	"github.com/xiangfeng/xiangfeng/domain/record"
	"github.com/xiangfeng/xiangfeng/domain/script"
	"github.com/xiangfeng/xiangfeng/domain/usecase"
	"github.com/xiangfeng/xiangfeng/domain/usecase/ask"
	"github.com/xiangfeng/xiangfeng/domain/usecase/enrol"
	deeds "github.com/xiangfeng/xiangfeng/domain/usecase/record"
)

// Deeds is what households tell of themselves, in words and pictures.
type Deeds struct {
	Declare deeds.Declare
	Mend    deeds.Mend
	Read    DeedReader
	Gallery Gallery
	Photos  Photographer
}

// DeedReader reads what is to be mended, and what became of it and of what was declared.
type DeedReader interface {
	// WarningsOf are the open ones of a household, the oldest first.
	WarningsOf(ctx context.Context, h household.ID) ([]script.Warning, error)
	// WarningOf is one warning; NotFound where there is none.
	WarningOf(ctx context.Context, id record.WarningID) (script.Warning, error)
	// DeclarationOf is one declaration; NotFound where there is none.
	DeclarationOf(ctx context.Context, id record.DeclarationID) (script.Declaration, error)
}

// declare takes a good deed, or that something was mended (整改), in words and
// pictures, for the team to look at.
func declare() intent {
	return intent{
		name: "declare", title: "报好事、整改",
		phrases: append(slices.Clone(opening), "打扫干净了", "收拾好了"),
		match:   func(m message) bool { return m.meant("declare") || m.declares() },
		handle:  (*Bot).declare,
		acts: map[string]act{
			"declare-words": (*Bot).tellDeed, "mend-words": (*Bot).tellDeed,
			"declare-new": func(b *Bot, ctx context.Context, m message, _ string) (Reply, error) {
				return b.askOn(ctx, m, deed{what: declaring, home: m.who.Home.ID})
			},
			"mend-one":     (*Bot).mendOne,
			"declare-send": (*Bot).sendDeclaration, "mend-send": (*Bot).sendMended,
		},
	}
}

// aid is how people say without 申报 that they helped somebody who is not their own.
var aid = regexp.MustCompile(`^我?(今天|昨天|前天|早上|上午|下午)?(义务.{2,}|(帮|给)(邻居|隔壁|村里|人家|别个|孤寡|五保户?|困难户?|残疾人?|老人|老年人|.{1,3}(大爷|大娘|奶奶|爷爷|婆婆|老汉|嬢嬢)).{2,})`)

// declares tells whether the words tell of a deed, which may be about anything,
// and ask nothing: they open with 申报, or say who was helped.
func (m message) declares() bool {
	if m.says("怎么", "咋", "啷个", "什么", "啥", "吗", "哪", "谁", "几", "多少", "好多", "没加", "能不能", "可不可以", "为", "查", "分", "代办", "绑", "换", "兑") {
		return false
	}
	rest, opens := strings.CutPrefix(m.clean, "申报")
	unsure := m.phrase == "" && slices.Contains([]string{"", "none", "helper", "household", "person", "rules"}, m.intent)
	return opens && utf8.RuneCountInString(rest) >= 4 || unsure && aid.MatchString(m.clean)
}

// What a deed is told for: the first part of the names of its acts.
const (
	declaring = "declare"
	mending   = "mend"
)

// opening are the words that say that something is told, and not what.
var opening = []string{
	"申报", "上报", "报分", "报好事", "我要申报", "申报加分", "申报好事", "我做了好事", "做了好事", "我要加分", "整改", "我要整改", "报整改", "整改好了", "已经整改", "改好了", "请来验收",
}

// bare are these with the choice that is offered.
var bare = append(slices.Clone(opening), "报好事整改")

// deed is what somebody is telling: so far.
type deed struct {
	what    string
	home    household.ID
	warning int64 // that is mended
	photos  []string
	words   string
}

// need is what a question keeps of a deed that the message with the key told.
func (d deed) need(key string) string {
	return needOf([]int64{int64(d.home), d.warning}, d.photos, d.words, key)
}

// parseDeed reads what need wrote; false for anything else.
func parseDeed(what, text string) (deed, bool) {
	numbers, photos, words, ok := parseNeed(text, 2)
	if !ok {
		return deed{}, false
	}
	return deed{what: what, home: household.ID(numbers[0]), warning: numbers[1], photos: photos, words: words}, true
}

// deedOf is the deed that a question is about.
func deedOf(step usecase.Step) (deed, bool) {
	name, need, _ := strings.Cut(strings.TrimSuffix(step.Data, ask.Missed), ":")
	what, rest, _ := strings.Cut(name, "-")
	if what != declaring && what != mending || !slices.Contains([]string{"words", "photo", "send"}, rest) {
		return deed{}, false
	}
	return parseDeed(what, need)
}

// mended tells whether the words say that something was put right.
func (m message) mended() bool {
	return m.says("整改", "改好", "改了", "收拾", "打扫", "清理", "干净", "验收", "弄好")
}

func (b *Bot) declare(ctx context.Context, m message) (Reply, error) {
	step, err := b.Talk.OpenStep(ctx, m.From)
	if err != nil {
		return Reply{}, err
	}
	if d, ok := deedOf(step); ok && step.Open(m.now) && d.home == m.who.Home.ID && !slices.Contains(bare, m.clean) {
		return b.say(ctx, m, d)
	}
	open, err := b.Deeds.Read.WarningsOf(ctx, m.who.Home.ID)
	switch {
	case err != nil:
		return Reply{}, err
	case len(open) == 1 && m.mended():
		return b.startMending(ctx, m, open[0])
	case len(open) > 0:
		choices := make([]string, 0, len(open)+1)
		for _, w := range open {
			choices = append(choices, "mend-one:"+strconv.FormatInt(int64(w.ID), 10))
		}
		return b.ask(ctx, m, script.WhichMend(m.who, open), append(choices, "declare-new:")...)
	case m.says("整改"):
		return say(script.NoWarning(m.who))
	}
	return b.say(ctx, m, deed{what: declaring, home: m.who.Home.ID})
}

// say puts a message's words, where they say more than that something is told,
// to a deed.
func (b *Bot) say(ctx context.Context, m message, d deed) (Reply, error) {
	if !slices.Contains(bare, m.clean) {
		d.words = m.deedWords()
	}
	return b.askOn(ctx, m, d)
}

// deedWords are a message's words without the one that opens them.
func (m message) deedWords() string {
	return strings.TrimLeft(strings.TrimPrefix(strings.TrimSpace(m.Words), "申报"), " 　，,。.:：、")
}

func (b *Bot) startMending(ctx context.Context, m message, w script.Warning) (Reply, error) {
	d := deed{what: mending, home: m.who.Home.ID, warning: int64(w.ID)}
	if m.phrase == "" && m.number == 0 {
		d.words = strings.TrimSpace(m.Words)
	}
	return b.wait(ctx, m, script.MendPhoto(m.who, w, m.now), usecase.StepPhoto, "photo", d)
}

func (b *Bot) mendOne(ctx context.Context, m message, id string) (Reply, error) {
	n, err := strconv.ParseInt(id, 10, 64)
	if err != nil {
		return Reply{}, err
	}
	w, err := b.Deeds.Read.WarningOf(ctx, record.WarningID(n))
	switch {
	case fault.CodeOf(err) == fault.NotFound || err == nil && (!w.Open() || w.Household != m.who.Home.ID):
		return say(script.WarningClosed(m.who))
	case err != nil:
		return Reply{}, err
	}
	return b.startMending(ctx, m, w)
}

// noPhoto are the words of who has no picture.
var noPhoto = []string{"没有", "没有照片", "没照片", "没得", "没得照片", "无", "冇得", "不发照片", "没拍", "没有拍"}

// tellDeed takes the words that a question waits for.
func (b *Bot) tellDeed(ctx context.Context, m message, with string) (Reply, error) {
	step, err := b.Talk.OpenStep(ctx, m.From)
	if err != nil {
		return Reply{}, err
	}
	d, ok := deedOf(step)
	switch {
	case !ok || d.home != m.who.Home.ID:
		return b.offer(ctx, m) // kept by a version that knew it
	case slices.Contains(noPhoto, m.clean) && d.words != "":
		return b.readBack(ctx, m, d)
	case slices.Contains(noPhoto, m.clean):
		return b.askOn(ctx, m, d)
	}
	d.words = m.deedWords()
	switch n := utf8.RuneCountInString(d.words); {
	case n > record.LongestDeed:
		return say(script.LongDeed(m.who))
	case d.what == mending:
		return b.readBack(ctx, m, d)
	}
	return b.askOn(ctx, m, d)
}

// askOn asks for what a deed still lacks: words, a picture, a 确认.
func (b *Bot) askOn(ctx context.Context, m message, d deed) (Reply, error) {
	switch n := utf8.RuneCountInString(d.words); {
	case d.what == mending && n == 0 && len(d.photos) == 0:
		return b.mendOne(ctx, m, strconv.FormatInt(d.warning, 10))
	case n > record.LongestDeed:
		d.words = ""
		return b.wait(ctx, m, script.LongDeed(m.who), usecase.StepWords, "words", d)
	case d.what == declaring && n < record.ShortestDeed:
		d.words = ""
		return b.wait(ctx, m, script.DeclareWhat(m.who, len(d.photos)), usecase.StepWords, "words", d)
	case d.what == declaring && len(d.photos) == 0:
		return b.wait(ctx, m, script.DeclarePhoto(m.who, d.words), usecase.StepPhoto, "photo", d)
	}
	return b.readBack(ctx, m, d)
}

func (b *Bot) readBack(ctx context.Context, m message, d deed) (Reply, error) {
	if d.what == declaring {
		return b.wait(ctx, m, script.DeclareBack(m.who, d.words, len(d.photos), calendar.DateOf(m.now)), usecase.StepConfirm, "send", d)
	}
	w, err := b.Deeds.Read.WarningOf(ctx, record.WarningID(d.warning))
	switch {
	case fault.CodeOf(err) == fault.NotFound:
		return say(script.WarningClosed(m.who))
	case err != nil:
		return Reply{}, err
	}
	return b.wait(ctx, m, script.MendBack(m.who, w, d.words, len(d.photos)), usecase.StepConfirm, "send", d)
}

// wait keeps a question about a deed, and says it.
func (b *Bot) wait(ctx context.Context, m message, text, question, act string, d deed) (Reply, error) {
	return b.pose(ctx, m, text, question, d.what+"-"+act+":"+d.need(m.Key))
}

func (b *Bot) sendDeclaration(ctx context.Context, m message, with string) (Reply, error) {
	d, ok := parseDeed(declaring, with)
	if !ok {
		return say(script.NotDeclared(m.who))
	}
	out, err := b.Deeds.Declare.Do(ctx, m.command(), deeds.Deed{Household: d.home, Words: d.words, On: calendar.DateOf(m.now), Photos: hashes(d.photos)})
	switch {
	case err != nil:
		return Reply{}, err
	case out.Code == fault.TooMany:
		return say(script.DeclaredEnough(m.who))
	case out.Refused():
		return say(script.NotDeclared(m.who))
	}
	return say(script.Declared(m.who))
}

func (b *Bot) sendMended(ctx context.Context, m message, with string) (Reply, error) {
	d, ok := parseDeed(mending, with)
	if !ok {
		return say(script.WarningClosed(m.who))
	}
	out, err := b.Deeds.Mend.Do(ctx, m.command(), record.WarningID(d.warning), d.words, hashes(d.photos))
	switch {
	case err != nil:
		return Reply{}, err
	case out.Refused():
		return say(script.WarningClosed(m.who))
	}
	return say(script.Mended(m.who))
}

// toldOfWarning words the news of a warning, nothing where it is closed or the
// household says already that it has mended.
func (b *Bot) toldOfWarning(ctx context.Context, n enrol.News, now time.Time) (brief, full string, err error) {
	w, err := b.Deeds.Read.WarningOf(ctx, record.WarningID(n.Request))
	switch {
	case fault.CodeOf(err) == fault.NotFound || err == nil && w.State != record.WarningOpen:
		return "", "", nil
	case err != nil:
		return "", "", err
	}
	_, place, err := b.Records.Place(ctx, n.Household)
	return script.WarnedBrief(w, now), script.Warned(w, place, now), err
}

// toldOfClosing words the news that a warning was closed.
func (b *Bot) toldOfClosing(ctx context.Context, n enrol.News) (brief, full string, err error) {
	w, err := b.Deeds.Read.WarningOf(ctx, record.WarningID(n.Request))
	switch {
	case fault.CodeOf(err) == fault.NotFound || err == nil && w.Open():
		return "", "", nil
	case err != nil:
		return "", "", err
	}
	_, place, err := b.Records.Place(ctx, n.Household)
	return script.ClosedBrief(w), script.Closed(w, place), err
}

// toldOfDeed words the news of what became of a declaration.
func (b *Bot) toldOfDeed(ctx context.Context, n enrol.News) (brief, full string, err error) {
	d, err := b.Deeds.Read.DeclarationOf(ctx, record.DeclarationID(n.Request))
	switch {
	case fault.CodeOf(err) == fault.NotFound:
		return "", "", nil
	case err != nil:
		return "", "", err
	}
	_, place, err := b.Records.Place(ctx, n.Household)
	if n.Kind == enrol.Declined {
		return script.DeclinedBrief(d), script.Declined(d, place), err
	}
	return script.TakenUpBrief(d), script.TakenUp(d, place), err
}
