package bot

import (
	"context"

	"github.com/xiangfeng/xiangfeng/domain/script"
)

// unheard answers a voice message whose words were not recognised.
func unheard() intent {
	return intent{
		name:  "unheard",
		match: func(m message) bool { return m.Kind == Voice && m.Words == "" },
		handle: func(_ *Bot, _ context.Context, m message) (Reply, error) {
			return say(script.Unheard(m.who))
		},
	}
}
