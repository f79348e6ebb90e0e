package bot

import (
	"context"

	"github.com/xiangfeng/xiangfeng/domain/script"
)

// unreadable answers what nobody can act on: video, location, link.
func unreadable() intent {
	return intent{
		name:  "unreadable",
		match: func(m message) bool { return m.Kind == Unsupported },
		handle: func(_ *Bot, _ context.Context, m message) (Reply, error) {
			return say(script.Unreadable(m.who))
		},
	}
}
