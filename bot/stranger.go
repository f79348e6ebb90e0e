package bot

import (
	"context"

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
		return say(script.Stranger())
	}
	out, err := b.Enrol.Name(ctx, m.apart("/name"), m.From, m.name())
	if err == nil && (out.Code == fault.NotFound || out.Code == fault.TooLate) {
		return say(script.Stranger())
	}
	return b.tried(ctx, m)(out, err)
}
