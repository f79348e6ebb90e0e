package bot

import (
	"context"

	"github.com/xiangfeng/xiangfeng/domain/usecase/ask"
)

// number answers the list that is open with a bare number, and explains one
// that no list waits for.
func number() intent {
	return intent{
		name:  "number",
		match: func(m message) bool { return m.number > 0 },
		handle: func(b *Bot, ctx context.Context, m message) (Reply, error) {
			return b.choose(ctx, m, ask.Answer{Number: m.number})
		},
	}
}
