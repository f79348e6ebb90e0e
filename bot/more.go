package bot

import (
	"context"

	"github.com/xiangfeng/xiangfeng/domain/usecase/ask"
)

// more turns the page of the open 明细.
func more() intent {
	return intent{
		name:    "more",
		phrases: []string{"更多", "还有吗", "还有呢", "还有没有", "下一页", "下页", "继续", "往下看", "接着看", "看更多", "后面的"},
		match:   func(m message) bool { return m.phrase == "more" },
		handle: func(b *Bot, ctx context.Context, m message) (Reply, error) {
			return b.answer(ctx, m, ask.Answer{More: true})
		},
	}
}
