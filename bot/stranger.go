package bot

import (
	"context"
	"strconv"

	"github.com/xiangfeng/xiangfeng/domain/fault"
	"github.com/xiangfeng/xiangfeng/domain/script"
)

// stranger answers whoever belongs to no household yet, whatever they send. It
// writes nothing for who has never shown a card.
func stranger() intent {
	return intent{
		name:   "stranger",
		match:  func(m message) bool { return m.who.Homes == 0 },
		handle: (*Bot).meet,
		acts:   map[string]act{"withdraw-request": (*Bot).withdrawRequest},
	}
}

func (b *Bot) meet(ctx context.Context, m message) (Reply, error) {
	talked, err := b.Records.Talked(ctx, m.From)
	if err != nil {
		return Reply{}, err
	}
	for _, i := range []intent{factor(), vouch(), number(), agree(), cancel(), confirm()} {
		if talked && i.match(m) {
			return i.handle(b, ctx, m)
		}
	}
	if !talked || m.name() == "" || m.phrase != "" || m.tags != 0 {
		return b.outside(ctx, m)
	}
	out, err := b.Enrol.Name(ctx, m.apart("/name"), m.From, m.name())
	if err == nil && (out.Code == fault.NotFound || out.Code == fault.TooLate) {
		return b.outside(ctx, m)
	}
	return b.tried(ctx, m)(out, err)
}

// outside answers who belongs to no household and is not coming in just now.
func (b *Bot) outside(ctx context.Context, m message) (Reply, error) {
	o, err := b.Records.Outside(ctx, m.From, m.now)
	switch {
	case err != nil:
		return Reply{}, err
	case m.meant("person"):
		return say(script.OutsiderPerson(o))
	case m.meant("suggestion"):
		return say(script.OutsiderSuggests(o))
	case m.meant("none"):
		return say(script.OutsiderElsewhere(o))
	case o.Request != 0:
		return say(script.Awaiting(o))
	}
	return say(script.Stranger())
}

// nothingOpen answers 取消 where no question is open: what somebody can still
// take back is their own request.
func (b *Bot) nothingOpen(ctx context.Context, m message) (Reply, error) {
	o, err := b.Records.Outside(ctx, m.From, m.now)
	switch {
	case err != nil:
		return Reply{}, err
	case o.Request != 0:
		return b.ask(ctx, m, script.ConfirmWithdraw(m.who), "withdraw-request:"+strconv.FormatInt(o.Request, 10))
	case m.who.Homes == 0:
		return say(script.Stranger())
	}
	return say(script.NothingOpen(m.who))
}

func (b *Bot) withdrawRequest(ctx context.Context, m message, with string) (Reply, error) {
	id, err := strconv.ParseInt(with, 10, 64)
	if err != nil {
		return Reply{}, err
	}
	out, err := b.Enrol.Withdraw(ctx, m.acting(), m.From, id)
	switch {
	case err != nil:
		return Reply{}, err
	case out.Refused():
		return say(script.DecidedBefore(m.who))
	}
	return say(script.Withdrawn(m.who))
}
