package bot

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/xiangfeng/xiangfeng/domain/calendar"
	"github.com/xiangfeng/xiangfeng/domain/dispute"
	"github.com/xiangfeng/xiangfeng/domain/fault"
	"github.com/xiangfeng/xiangfeng/domain/script"
	"github.com/xiangfeng/xiangfeng/domain/usecase"
)

// progress answers 进度 with what was objected to: how far it has come, who must
// act and by when. It takes one back (撤回), hurries it (催一下), and takes the
// household's answer to a decision: 认可, or what the township is told.
func progress() intent {
	return intent{
		name: "progress", title: "问异议办到哪了",
		phrases: []string{
			"进度", "查进度", "异议进度", "我的异议", "催一下", "催办", "撤回", "撤回异议", "办得怎么样了", "处理了没有", "有结果了吗", "问异议办到哪了", "我的异议到哪了", "我的申诉",
			"认可", "我认可", "认可了", "不提异议了", "取消异议", "撤销异议", "请镇上看", "找镇上看",
		},
		match:  func(m message) bool { return m.meant("progress") },
		handle: (*Bot).progress,
		acts: map[string]act{
			"dispute-one":      (*Bot).showCase,
			"dispute-withdraw": (*Bot).askWithdrawal,
			"dispute-back":     (*Bot).withdraw,
			"dispute-nudge":    (*Bot).nudge,
			"dispute-agree":    (*Bot).agreeCase,
			"dispute-appeal":   (*Bot).askAppeal,
			"appeal-words":     (*Bot).tellAppeal,
			"appeal-send":      (*Bot).sendAppeal,
		},
	}
}

func (b *Bot) progress(ctx context.Context, m message) (Reply, error) {
	switch {
	case m.says("撤回", "撤销", "取消异议", "不提异议"):
		return b.pickCase(ctx, m, "dispute-withdraw", (*Bot).askWithdrawal, script.NothingToWithdraw, waitsForOthers)
	case m.says("催"):
		return b.pickCase(ctx, m, "dispute-nudge", (*Bot).nudge, script.NothingToWithdraw, waitsForOthers)
	case m.phrase != "" && m.says("认可"):
		return b.pickCase(ctx, m, "dispute-agree", (*Bot).agreeCase, script.NothingDecided, waitsForHome)
	case m.phrase != "" && m.says("镇上看"):
		return b.pickCase(ctx, m, "dispute-appeal", (*Bot).askAppeal, script.NothingDecided, waitsForHome)
	}
	all, err := b.cases(ctx, m, func(script.Dispute) bool { return true })
	switch {
	case err != nil:
		return Reply{}, err
	case len(all) == 0:
		return say(script.NoCases(m.who))
	case len(all) == 1:
		return b.showCase(ctx, m, caseID(all[0]))
	}
	text, shown := script.Cases(m.who, all, m.now)
	return b.ask(ctx, m, text, acting("dispute-one", all[:shown])...)
}

func waitsForOthers(d script.Dispute) bool {
	return d.State == dispute.Filed || d.State == dispute.Accepted || d.State == dispute.Appealed
}

func waitsForHome(d script.Dispute) bool { return d.State == dispute.Decided }

func caseID(d script.Dispute) string { return strconv.FormatInt(int64(d.ID), 10) }

func acting(act string, all []script.Dispute) []string {
	choices := make([]string, len(all))
	for i, d := range all {
		choices[i] = act + ":" + caseID(d)
	}
	return choices
}

// cases are the person's disputes of which something holds.
func (b *Bot) cases(ctx context.Context, m message, which func(script.Dispute) bool) ([]script.Dispute, error) {
	all, err := b.Disputes.Read.Cases(ctx, m.who.Person, m.who.Home.ID, m.now)
	return slices.DeleteFunc(all, func(d script.Dispute) bool { return !which(d) }), err
}

// pickCase does an act on the one dispute that it can be done on, or asks on which.
func (b *Bot) pickCase(ctx context.Context, m message, name string, do act, none func(script.Standing) string, which func(script.Dispute) bool) (Reply, error) {
	all, err := b.cases(ctx, m, which)
	if err == nil && len(all) == 0 {
		return say(none(m.who))
	}
	return b.choice(ctx, m, all, err, name, do)
}

func (b *Bot) choice(ctx context.Context, m message, all []script.Dispute, err error, name string, do act) (Reply, error) {
	switch {
	case err != nil:
		return Reply{}, err
	case len(all) == 1:
		return do(b, ctx, m, caseID(all[0]))
	}
	all = all[:min(len(all), script.MostCases)]
	return b.ask(ctx, m, script.WhichCase(m.who, all), acting(name, all)...)
}

// oneCase is the person's dispute with an id; false where there is none any more.
func (b *Bot) oneCase(ctx context.Context, m message, id string) (script.Dispute, script.Standing, bool, error) {
	all, err := b.cases(ctx, m, func(d script.Dispute) bool { return caseID(d) == id })
	if err != nil || len(all) == 0 {
		return script.Dispute{}, m.who, false, err
	}
	s, err := b.standingFor(ctx, m, all[0].Household)
	return all[0], s, err == nil, err
}

// showCase tells how far one has come. Where it waits for the household it asks.
func (b *Bot) showCase(ctx context.Context, m message, id string) (Reply, error) {
	d, s, ok, err := b.oneCase(ctx, m, id)
	switch {
	case err != nil:
		return Reply{}, err
	case !ok:
		return say(script.NoCases(m.who))
	case d.State == dispute.Decided:
		return b.ask(ctx, m, script.OneCase(s, d, m.now), "dispute-agree:"+id, "dispute-appeal:"+id)
	}
	return say(script.OneCase(s, d, m.now))
}

func (b *Bot) askWithdrawal(ctx context.Context, m message, id string) (Reply, error) {
	d, s, ok, err := b.oneCase(ctx, m, id)
	switch {
	case err != nil:
		return Reply{}, err
	case !ok || !waitsForOthers(d):
		return say(script.NothingToWithdraw(m.who))
	}
	return b.ask(ctx, m, script.ConfirmWithdrawal(s, d), "dispute-back:"+id)
}

// answerCase does an act of the household on a dispute.
func (b *Bot) answerCase(
	ctx context.Context, m message, id string, do func(context.Context, usecase.Command, dispute.ID) (fault.Outcome, error),
	done func(script.Standing, fault.Facts) string, refused func(script.Standing, script.Dispute, fault.Outcome) string,
) (Reply, error) {
	d, s, _, err := b.oneCase(ctx, m, id)
	if err != nil {
		return Reply{}, err
	}
	n, err := strconv.ParseInt(id, 10, 64)
	if err != nil {
		return Reply{}, err
	}
	out, err := do(ctx, m.command(), dispute.ID(n))
	switch {
	case err != nil:
		return Reply{}, err
	case out.Refused():
		return say(refused(s, d, out))
	}
	return say(done(s, out.Facts))
}

func (b *Bot) withdraw(ctx context.Context, m message, id string) (Reply, error) {
	return b.answerCase(ctx, m, id, b.Disputes.Answers.Withdraw,
		func(s script.Standing, f fault.Facts) string { return script.CaseWithdrawn(s, f.Note) },
		func(s script.Standing, _ script.Dispute, _ fault.Outcome) string { return script.NothingToWithdraw(s) })
}

func (b *Bot) nudge(ctx context.Context, m message, id string) (Reply, error) {
	return b.answerCase(ctx, m, id, b.Disputes.Answers.Nudge,
		func(s script.Standing, f fault.Facts) string {
			return script.CaseNudged(s, f.Note, dateOf(f.Day), m.now)
		},
		func(s script.Standing, d script.Dispute, out fault.Outcome) string {
			if out.Code == fault.TooEarly {
				return script.NudgedToday(s, d)
			}
			return script.NothingToWithdraw(s)
		})
}

// dateOf reads a day that an act has written.
func dateOf(day string) calendar.Date {
	d, _ := calendar.ParseDate(day)
	return d
}

func (b *Bot) agreeCase(ctx context.Context, m message, id string) (Reply, error) {
	return b.answerCase(ctx, m, id, b.Disputes.Answers.Agree,
		func(s script.Standing, f fault.Facts) string { return script.CaseAgreed(s, f.Note) },
		func(s script.Standing, _ script.Dispute, _ fault.Outcome) string { return script.NothingDecided(s) })
}

func (b *Bot) askAppeal(ctx context.Context, m message, id string) (Reply, error) {
	d, s, ok, err := b.oneCase(ctx, m, id)
	switch {
	case err != nil:
		return Reply{}, err
	case !ok || d.State != dispute.Decided:
		return say(script.AppealLate(s))
	}
	return b.askWords(ctx, m, script.AppealWhy(s, d), "appeal-words:"+id)
}

// tellAppeal takes what the township is to be told and reads it back.
func (b *Bot) tellAppeal(ctx context.Context, m message, with string) (Reply, error) {
	id, _, _ := strings.Cut(with, "/")
	words := strings.TrimSpace(m.Words)
	d, s, ok, err := b.oneCase(ctx, m, id)
	switch n := utf8.RuneCountInString(words); {
	case err != nil:
		return Reply{}, err
	case !ok || d.State != dispute.Decided:
		return say(script.AppealLate(s))
	case n > dispute.LongestWords:
		return b.askWords(ctx, m, script.DisputeLong(s), "appeal-words:"+id)
	case n < dispute.ShortestWords:
		return b.askWords(ctx, m, script.AppealWhy(s, d), "appeal-words:"+id)
	}
	return b.ask(ctx, m, script.AppealBack(s, d, words), "appeal-send:"+needOf([]int64{int64(d.ID)}, nil, words, m.Key))
}

func (b *Bot) sendAppeal(ctx context.Context, m message, with string) (Reply, error) {
	id, _, _ := strings.Cut(with, "/")
	_, _, words, ok := parseNeed(with, 1)
	if !ok {
		return say(script.AppealLate(m.who))
	}
	if refused, err := b.unclean(ctx, m, words); err != nil || refused {
		return orSay(script.NotFiled(m.who, fault.TextRisky, ""), err)
	}
	do := func(ctx context.Context, cmd usecase.Command, n dispute.ID) (fault.Outcome, error) {
		return b.Disputes.Answers.Appeal(ctx, cmd, n, words)
	}
	return b.answerCase(ctx, m, id, do,
		func(s script.Standing, f fault.Facts) string {
			return script.CaseAppealed(s, f.Note, dateOf(f.Day), m.now)
		},
		func(s script.Standing, _ script.Dispute, _ fault.Outcome) string { return script.AppealLate(s) })
}

// answerLoose takes an answer that no open question waits for: the number of a
// line that was asked for, 好 after the last picture, and 1 or 2 to a decision
// that was sent. False where it is none of these.
func (b *Bot) answerLoose(ctx context.Context, m message, number int, yes bool) (Reply, bool, error) {
	if m.who.Home.ID == 0 || number == 0 && !yes {
		return Reply{}, false, nil
	}
	step, err := b.Talk.OpenStep(ctx, m.From)
	if err != nil {
		return Reply{}, false, err
	}
	open := step.Open(m.now)
	if home, ours := strings.CutPrefix(step.Data, "dispute-which:"); ours && open && number > 0 {
		reply, err := b.pickLine(ctx, m, home)
		return reply, true, err
	}
	if c, ok := claimOf(step); ok && number > 0 && strings.HasSuffix(step.Data, "/"+m.Key) { // the same number again
		reply, err := b.startClaim(ctx, m, c.home, number)
		return reply, true, err
	}
	if c, ok := claimOf(step); ok && open && c.words != "" && yes {
		s, err := b.standingFor(ctx, m, c.home)
		if err != nil {
			return Reply{}, false, err
		}
		reply, err := b.claimBack(ctx, m, s, c)
		return reply, true, err
	}
	if number == 0 || number > 2 {
		return Reply{}, false, nil
	}
	sent, err := b.Disputes.Read.Awaiting(ctx, m.who.Person, m.who.Home.ID)
	if err != nil || len(sent) == 0 {
		return Reply{}, false, err
	}
	reply, err := b.answerSent(ctx, m, number, strconv.FormatInt(int64(sent[0]), 10))
	return reply, true, err
}

// answerSent takes 1 and 2 to a decision that was sent a while ago: the first is
// repeated before it is done, the second asks on.
func (b *Bot) answerSent(ctx context.Context, m message, number int, id string) (Reply, error) {
	if number == 2 {
		return b.askAppeal(ctx, m, id)
	}
	d, s, ok, err := b.oneCase(ctx, m, id)
	switch {
	case err != nil:
		return Reply{}, err
	case !ok || d.State != dispute.Decided:
		return say(script.NothingDecided(s))
	}
	return b.ask(ctx, m, script.ConfirmAgree(s, d), "dispute-agree:"+id)
}
