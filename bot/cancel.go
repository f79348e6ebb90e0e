package bot

import (
	"context"

	"github.com/xiangfeng/xiangfeng/domain/usecase/ask"
)

// cancel leaves the open question. Only a whole message means it: 取消预订 and
// 退订 are other things.
func cancel() intent {
	return intent{
		name:    "cancel",
		phrases: []string{"取消", "算了", "退出", "不看了", "不换了", "不选了"},
		match:   func(m message) bool { return m.phrase == "cancel" },
		handle: func(b *Bot, ctx context.Context, m message) (Reply, error) {
			return b.answer(ctx, m, ask.Answer{Cancel: true})
		},
	}
}
