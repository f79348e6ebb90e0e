package bot

import (
	"context"
	"strings"

	learned "github.com/xiangfeng/xiangfeng/bot/meaning"
	"github.com/xiangfeng/xiangfeng/domain/script"
)

// others refuses what is asked about another household, and says what of it
// everybody may see.
func others() intent {
	return intent{
		name:  "others",
		match: func(m message) bool { return m.intent == learned.Others && !m.asksOwn() },
		handle: func(_ *Bot, _ context.Context, m message) (Reply, error) {
			return say(script.NotTheirs(m.who))
		},
	}
}

// asksOwn tells whether the household that the words name is the person's own.
func (m message) asksOwn() bool {
	return m.intent == learned.Others && m.who.Home.Head != "" && strings.Contains(m.clean, m.who.Home.Head)
}
