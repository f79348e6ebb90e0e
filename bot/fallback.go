package bot

import (
	"context"

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
	var names []string
	for _, i := range b.ear.odds.likeliest(m.clean) {
		if len(names) < choices && (i.name != "household" || m.several()) {
			names = append(names, i.name)
		}
	}
	return b.answer(ctx, m, ask.Answer{Offer: names})
}
