package bot

import (
	"context"

	"github.com/xiangfeng/xiangfeng/domain/script"
)

// stranger answers whoever belongs to no household, whatever they send.
func stranger() intent {
	return intent{
		name:  "stranger",
		match: func(m message) bool { return m.who.Homes == 0 },
		handle: func(*Bot, context.Context, message) (Reply, error) {
			return say(script.Stranger())
		},
	}
}
