package bot

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/xiangfeng/xiangfeng/domain/calendar"
	"github.com/xiangfeng/xiangfeng/domain/fault"
	"github.com/xiangfeng/xiangfeng/domain/household"
	"github.com/xiangfeng/xiangfeng/domain/script"
	"github.com/xiangfeng/xiangfeng/domain/usecase"
)

// helper answers 代办: who helps the household, who asks to be helped, and the
// points of whom one helps. What a helper looks at is logged before it is shown.
func helper() intent {
	return intent{
		name: "helper", title: "请人代办",
		phrases: []string{
			"代办", "代办人", "请人代办", "办代办", "办个代办", "委托", "帮办", "找人代办", "换代办人", "取消代办", "我的代办", "谁在代办", "代办记录", "帮我妈看", "看我妈家的", "看我爸家的",
			"帮我妈查", "帮别家看",
		},
		match:  func(m message) bool { return m.meant("helper") },
		handle: (*Bot).listHelpers,
		acts: map[string]act{
			"helper-name":  (*Bot).askHelper,
			"helper-words": (*Bot).nameHelper,
			"helper-ask":   (*Bot).requestHelper,
			"helper-log":   (*Bot).showHelperLog,
			"helper-mine":  (*Bot).dropHelper,
			"helper-reply": (*Bot).answerHelper,
			"helper-with":  (*Bot).helpWith,
			"helper-stop":  (*Bot).stopHelping,
			"helper-yes":   (*Bot).acceptHelper,
			"helper-no":    (*Bot).declineHelper,
			"helper-end":   (*Bot).endHelper,
			"helper-look":  (*Bot).lookForHelped,
		},
	}
}

func (b *Bot) helping(ctx context.Context, m message) (script.Helping, error) {
	return b.Read.Helping(ctx, m.From, calendar.DateOf(m.now))
}

func (b *Bot) listHelpers(ctx context.Context, m message) (Reply, error) {
	if m.says("记录", "做了些啥", "看了啥") {
		return b.showHelperLog(ctx, m, "")
	}
	h, err := b.helping(ctx, m)
	if err != nil {
		return Reply{}, err
	}
	if len(h.Helped) == 1 && m.says("看", "查") {
		return b.lookForHelped(ctx, m, strconv.FormatInt(h.Helped[0].ID, 10))
	}
	choices := []string{"helper-name:", "helper-log:"}
	for _, rows := range []struct {
		act string
		of  []script.Helper
	}{{"helper-mine", h.Mine}, {"helper-reply", h.Asking}, {"helper-with", h.Helped}} {
		for _, one := range rows.of {
			choices = append(choices, fmt.Sprintf("%s:%d", rows.act, one.ID))
		}
	}
	text, shown := script.Helpers(m.who, h)
	return b.ask(ctx, m, text, choices[:shown]...)
}

func (b *Bot) askHelper(ctx context.Context, m message, _ string) (Reply, error) {
	return b.askWords(ctx, m, script.AskHelper(m.who), "helper-words:")
}

var homeNumber = regexp.MustCompile(`([a-z]{1,4})[-—–－_ ]?([0-9]{1,6})`)

// nameHelper takes the number of the household that is to help.
func (b *Bot) nameHelper(ctx context.Context, m message, _ string) (Reply, error) {
	found := homeNumber.FindStringSubmatch(strings.ToLower(m.clean))
	if found == nil {
		return b.askWords(ctx, m, script.NoHelperHome(m.who), "helper-words:")
	}
	h, err := b.Read.Numbered(ctx, m.From, strings.ToUpper(found[1])+"-"+found[2])
	switch {
	case fault.CodeOf(err) == fault.NotFound:
		return b.askWords(ctx, m, script.NoHelperHome(m.who), "helper-words:")
	case err != nil:
		return Reply{}, err
	}
	cmd := m.command()
	cmd.Key += "/consider"
	out, err := b.Helpers.Consider(ctx, cmd, m.From, h.ID)
	if err != nil || out.Refused() {
		return b.helperDone(m, out, err, nil)
	}
	return b.ask(ctx, m, script.ConfirmHelper(m.who, h), fmt.Sprintf("helper-ask:%d/%s", h.ID, m.Key))
}

func (b *Bot) requestHelper(ctx context.Context, m message, with string) (Reply, error) {
	id, _, _ := strings.Cut(with, "/")
	of, err := strconv.ParseInt(id, 10, 64)
	if err != nil {
		return Reply{}, err
	}
	out, err := b.Helpers.Ask(ctx, m.command(), m.From, household.ID(of))
	return b.helperDone(m, out, err, func() string { return script.HelperAsked(m.who) })
}

// helperDone words an act on a helper, or why it was refused.
func (b *Bot) helperDone(m message, out fault.Outcome, err error, done func() string) (Reply, error) {
	if err != nil {
		return Reply{}, err
	}
	if !out.Refused() {
		return say(done())
	}
	return say(script.HelperWhy(m.who, map[fault.Code]script.HelperNo{
		fault.Invalid: script.HelperOwn, fault.Conflict: script.HelperTwice, fault.Blocked: script.HelperFull,
		fault.CapReached: script.HelperMany, fault.Forbidden: script.HelperBarred,
	}[out.Code]))
}

// shownActs is how many lines of the log are read, more than there is room for.
const shownActs = 10

func (b *Bot) showHelperLog(ctx context.Context, m message, _ string) (Reply, error) {
	acts, err := b.Read.HelperLog(ctx, m.From, shownActs)
	if err != nil {
		return Reply{}, err
	}
	return say(script.HelperLog(m.who, acts))
}

// one finds the helper with an id among those that concern the person.
func (b *Bot) one(ctx context.Context, m message, id string, of func(script.Helping) []script.Helper) (script.Helper, bool, error) {
	h, err := b.helping(ctx, m)
	if err != nil {
		return script.Helper{}, false, err
	}
	all := of(h)
	at := slices.IndexFunc(all, func(one script.Helper) bool { return strconv.FormatInt(one.ID, 10) == id })
	if at < 0 {
		return script.Helper{}, false, nil
	}
	return all[at], true, nil
}

func mine(h script.Helping) []script.Helper   { return h.Mine }
func asking(h script.Helping) []script.Helper { return h.Asking }
func helped(h script.Helping) []script.Helper { return h.Helped }

// offerHelper asks what is to become of a helper, by words that read it back.
func (b *Bot) offerHelper(
	ctx context.Context, m message, id string, of func(script.Helping) []script.Helper, words func(script.Standing, script.Helper) string, acts ...string,
) (Reply, error) {
	one, ok, err := b.one(ctx, m, id, of)
	if err != nil {
		return Reply{}, err
	}
	if !ok {
		return say(script.HelperWhy(m.who, script.HelperGone))
	}
	choices := make([]string, len(acts))
	for i, a := range acts {
		choices[i] = a + ":" + id
	}
	if slices.Equal(acts, []string{"helper-end"}) {
		return b.askTyped(ctx, m, words(m.who, one), choices[0])
	}
	return b.ask(ctx, m, words(m.who, one), choices...)
}

func (b *Bot) dropHelper(ctx context.Context, m message, id string) (Reply, error) {
	return b.offerHelper(ctx, m, id, mine, script.ConfirmEndHelper, "helper-end")
}

func (b *Bot) answerHelper(ctx context.Context, m message, id string) (Reply, error) {
	return b.offerHelper(ctx, m, id, asking, script.AnswerHelper, "helper-yes", "helper-no")
}

func (b *Bot) helpWith(ctx context.Context, m message, id string) (Reply, error) {
	return b.offerHelper(ctx, m, id, helped, script.HelpWith, "helper-look", "helper-stop", "dispute-for")
}

func (b *Bot) stopHelping(ctx context.Context, m message, id string) (Reply, error) {
	return b.offerHelper(ctx, m, id, helped, script.ConfirmStopHelping, "helper-end")
}

// onHelper does an act on the helper with an id.
func (b *Bot) onHelper(
	ctx context.Context, m message, id string, do func(context.Context, usecase.Command, string, int64) (fault.Outcome, error),
) (fault.Outcome, error) {
	n, err := strconv.ParseInt(id, 10, 64)
	if err != nil {
		return fault.Outcome{}, err
	}
	return do(ctx, m.command(), m.From, n)
}

func (b *Bot) acceptHelper(ctx context.Context, m message, id string) (Reply, error) {
	out, err := b.onHelper(ctx, m, id, b.Helpers.Accept)
	switch {
	case err == nil && out.Code == fault.CapReached:
		return say(script.HelperWhy(m.who, script.HelperBusy))
	case err == nil && out.Code == fault.Forbidden:
		return say(script.HelperWhy(m.who, script.HelperStaff))
	}
	return b.helperDone(m, out, err, func() string {
		until, _ := calendar.ParseDate(out.Facts.Day)
		return script.HelperAnswered(m.who, until)
	})
}

func (b *Bot) declineHelper(ctx context.Context, m message, id string) (Reply, error) {
	out, err := b.onHelper(ctx, m, id, b.Helpers.Decline)
	return b.helperDone(m, out, err, func() string { return script.HelperAnswered(m.who, calendar.Date{}) })
}

func (b *Bot) endHelper(ctx context.Context, m message, id string) (Reply, error) {
	out, err := b.onHelper(ctx, m, id, b.Helpers.End)
	return b.helperDone(m, out, err, func() string { return script.HelperEnded(m.who) })
}

// lookForHelped logs that the helper looks, and then shows the points.
func (b *Bot) lookForHelped(ctx context.Context, m message, id string) (Reply, error) {
	out, err := b.onHelper(ctx, m, id, b.Helpers.Look)
	switch {
	case err != nil:
		return Reply{}, err
	case out.Code == fault.Forbidden:
		return say(script.HelperWhy(m.who, script.HelperStaff))
	case out.Refused():
		return say(script.HelperWhy(m.who, script.HelperGone))
	}
	standing, err := b.Read.Helped(ctx, m.From, out.Facts.ID, calendar.DateOf(m.now))
	if err != nil {
		return Reply{}, err
	}
	if standing.Home.ID == 0 { // ended in between
		return say(script.HelperWhy(m.who, script.HelperGone))
	}
	return say(script.HelpedPoints(standing, m.now))
}
