package bot

import (
	"context"
	"regexp"
	"strconv"
	"strings"

	"github.com/xiangfeng/xiangfeng/domain/fault"
	"github.com/xiangfeng/xiangfeng/domain/household"
	"github.com/xiangfeng/xiangfeng/domain/script"
	"github.com/xiangfeng/xiangfeng/domain/usecase/ask"
	"github.com/xiangfeng/xiangfeng/domain/usecase/enrol"
)

// showAct shows one of several requests that wait.
const showAct = "show-request"

// waiting is 待批: the requests that the person may decide, for their own
// households and, as one of the team, for those of the village.
func waiting() intent {
	return intent{
		name:    "waiting",
		phrases: []string{"待批", "待审批", "待批的", "看待批", "谁要绑定", "谁申请"},
		match:   func(m message) bool { return m.phrase == "waiting" },
		handle:  (*Bot).listWaiting,
		acts: map[string]act{
			showAct: (*Bot).showRequest,
			enrol.ApproveAct: func(b *Bot, ctx context.Context, m message, with string) (Reply, error) {
				return b.decide(ctx, m, with, true)
			},
			enrol.RefuseAct: func(b *Bot, ctx context.Context, m message, with string) (Reply, error) {
				return b.decide(ctx, m, with, false)
			},
		},
	}
}

// agree is 同意 and 不同意, which mean something only where a request is shown.
func agree() intent {
	return intent{
		name:  "agree",
		match: func(m message) bool { return m.clean == "同意" || m.clean == "不同意" },
		handle: func(b *Bot, ctx context.Context, m message) (Reply, error) {
			if m.clean == "同意" {
				return b.answer(ctx, m, ask.Answer{Act: enrol.ApproveAct})
			}
			return b.answer(ctx, m, ask.Answer{Act: enrol.RefuseAct})
		},
	}
}

func (b *Bot) listWaiting(ctx context.Context, m message) (Reply, error) {
	list, err := b.Records.Waiting(ctx, m.From, m.now)
	switch {
	case err != nil:
		return Reply{}, err
	case len(list) == 0:
		return say(script.NothingWaiting(m.who))
	case len(list) == 1:
		return b.askApproval(ctx, m, list[0])
	}
	choices := make([]string, len(list))
	for i, a := range list {
		choices[i] = showAct + ":" + strconv.FormatInt(a.ID, 10)
	}
	return b.ask(ctx, m, script.Waiting(list), choices...)
}

func (b *Bot) askApproval(ctx context.Context, m message, a script.Asking) (Reply, error) {
	id := ":" + strconv.FormatInt(a.ID, 10)
	return b.ask(ctx, m, script.AskApproval(a), enrol.ApproveAct+id, enrol.RefuseAct+id)
}

// showRequest asks about one of those listed. It is looked up among those that
// the person may decide, whatever the list held.
func (b *Bot) showRequest(ctx context.Context, m message, with string) (Reply, error) {
	list, err := b.Records.Waiting(ctx, m.From, m.now)
	if err != nil {
		return Reply{}, err
	}
	for _, a := range list {
		if strconv.FormatInt(a.ID, 10) == with {
			return b.askApproval(ctx, m, a)
		}
	}
	return say(script.DecidedBefore(m.who))
}

func (b *Bot) decide(ctx context.Context, m message, with string, approve bool) (Reply, error) {
	id, err := strconv.ParseInt(with, 10, 64)
	if err != nil {
		return Reply{}, err
	}
	out, news, err := b.Enrol.Decide(ctx, m.acting(), m.From, id, approve)
	if err != nil {
		return Reply{}, err
	}
	b.spread(ctx, news)
	switch out.Code {
	case fault.Done:
	case fault.Forbidden, fault.Kin, fault.SamePerson:
		return say(script.NotYours(m.who))
	default:
		return say(script.DecidedBefore(m.who))
	}
	asking, err := b.Records.Asking(ctx, id)
	if fault.CodeOf(err) == fault.NotFound {
		return say(script.DecidedBefore(m.who))
	}
	if err != nil {
		return Reply{}, err
	}
	return say(script.Decided(asking, approve))
}

var removing = regexp.MustCompile(`^(?:移除|移出|去掉)第?([0-9]{1,2}|[一二两三四五六七八九十])个?$`)

// members is 成员: who is bound to the household, numbered, and 移除 with a number.
func members() intent {
	return intent{
		name:    "members",
		phrases: []string{"成员", "看成员", "家庭成员", "谁绑定了", "谁连上了", "都有谁绑定", "移除", "移除成员"},
		match:   func(m message) bool { return m.phrase == "members" || removing.MatchString(m.clean) },
		handle: func(b *Bot, ctx context.Context, m message) (Reply, error) {
			bound, err := b.Records.Bound(ctx, m.From)
			if err != nil {
				return Reply{}, err
			}
			if found := removing.FindStringSubmatch(m.clean); found != nil {
				return b.askRemove(ctx, m, bound, bareNumber(found[1]))
			}
			if len(bound) < 2 {
				return say(script.Alone(m.who.Home))
			}
			return say(script.Members(m.who.Home, bound))
		},
		acts: map[string]act{enrol.RemoveAct: (*Bot).remove},
	}
}

func (b *Bot) askRemove(ctx context.Context, m message, bound []script.Bound, n int) (Reply, error) {
	if n < 1 || n > len(bound) || bound[n-1].Self {
		return say(script.NoSuchMember(m.who))
	}
	choice := enrol.RemoveAct + ":" + strconv.FormatInt(int64(m.who.Home.ID), 10) + "/" + strconv.FormatInt(int64(bound[n-1].Person), 10)
	return b.askTyped(ctx, m, script.ConfirmRemove(bound[n-1].Name, m.who.Home), choice)
}

func (b *Bot) remove(ctx context.Context, m message, with string) (Reply, error) {
	from, whom, _ := strings.Cut(with, "/")
	h, err := strconv.ParseInt(from, 10, 64)
	if err != nil {
		return Reply{}, err
	}
	p, err := strconv.ParseInt(whom, 10, 64)
	if err != nil {
		return Reply{}, err
	}
	out, news, err := b.Enrol.Remove(ctx, m.acting(), m.From, household.ID(h), household.PersonID(p))
	if err != nil {
		return Reply{}, err
	}
	b.spread(ctx, news)
	if out.Refused() {
		return say(script.NoSuchMember(m.who))
	}
	return b.withPlace(ctx, household.ID(h), func(h script.Home, _ script.Place) string { return script.RemovedOther(h) })
}
