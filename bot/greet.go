package bot

import (
	"context"

	"github.com/xiangfeng/xiangfeng/domain/script"
)

// greet welcomes who has just followed the account or scanned its code.
func greet() intent {
	return intent{
		name:  "greet",
		match: func(m message) bool { return (m.Kind == Follow || m.Kind == Scan) && m.who.Home.ID != 0 },
		handle: func(_ *Bot, _ context.Context, m message) (Reply, error) {
			return say(script.Welcome(m.who))
		},
	}
}
