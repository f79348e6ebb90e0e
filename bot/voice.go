package bot

import (
	"context"

	"github.com/xiangfeng/xiangfeng/domain/fault"
	"github.com/xiangfeng/xiangfeng/domain/script"
	"github.com/xiangfeng/xiangfeng/domain/usecase/ask"
)

// voice answers a voice message whose words were not recognised. Where there
// is an engine it is listened to, and the answer follows as a message of its own.
func voice() intent {
	return intent{
		name:  "voice",
		match: func(m message) bool { return m.Kind == Voice && m.Words == "" },
		handle: func(b *Bot, ctx context.Context, m message) (Reply, error) {
			if b.Listen.Once == nil || m.MediaID == "" {
				return say(script.Unheard(m.who))
			}
			r := ask.Recording{Message: m.Key, From: m.From, Media: m.MediaID, At: m.At}
			out, err := b.Listen.Do(ctx, m.acting(), r, !b.allowed(ctx, m))
			switch {
			case err != nil:
				return Reply{}, err
			case out.Code == fault.SlowDown:
				return say(script.TooFast(m.who))
			case out.Refused():
				return say(script.Twice(m.who))
			}
			return say(script.Listening(m.who))
		},
	}
}
