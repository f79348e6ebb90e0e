package bot

import (
	"context"

	"github.com/xiangfeng/xiangfeng/domain/script"
)

// photo answers a picture: none is ever filed outside a conversation that asks for it.
func photo() intent {
	return intent{
		name:  "photo",
		match: func(m message) bool { return m.Kind == Image },
		handle: func(_ *Bot, _ context.Context, m message) (Reply, error) {
			return say(script.Photo(m.who))
		},
	}
}
