package bot

import (
	"context"

	"github.com/xiangfeng/xiangfeng/domain/script"
)

// thanks answers thanks, a farewell, and that something was understood. It
// writes nothing, so that a question that is open stays so.
func thanks() intent {
	return intent{
		name:  "thanks",
		match: func(m message) bool { return m.phrase == "" && m.tags&thanking != 0 && m.tags&^small == 0 },
		handle: func(_ *Bot, _ context.Context, m message) (Reply, error) {
			return say(script.Welcomed(m.who))
		},
	}
}
