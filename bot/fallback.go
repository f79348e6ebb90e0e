package bot

import (
	"context"

	learned "github.com/xiangfeng/xiangfeng/bot/meaning"
	"github.com/xiangfeng/xiangfeng/domain/usecase/ask"
)

// choices is how many intents are offered.
const choices = 3

// fallback takes what nothing else matched and offers the likeliest intents,
// numbered. Whether it is the second miss in a row is part of the answer's outcome.
func fallback() intent {
	return intent{
		name:   "fallback",
		match:  func(message) bool { return true },
		handle: (*Bot).offer,
	}
}

func (b *Bot) offer(ctx context.Context, m message) (Reply, error) {
	return b.answer(ctx, m, ask.Answer{Offer: b.likeliest(m)})
}

// likeliest are the intents that are offered, the likeliest first.
func (b *Bot) likeliest(m message) []string {
	var names []string
	for _, name := range learned.Of(m.clean).Likely {
		_, known := b.named(name)
		if known && len(names) < choices && (name != "household" || m.several()) {
			names = append(names, name)
		}
	}
	return names
}
