package bot

import (
	"context"

	"github.com/xiangfeng/xiangfeng/domain/usecase/ask"
)

// cancel leaves the open question. Only a whole message means it: 取消预订 and
// 退订 are other things.
func cancel() intent {
	return intent{
		name: "cancel",
		phrases: []string{
			"取消", "取消申请", "撤回申请", "不申请了", "算了", "退出", "不看了", "不换了", "不选了", "不", "不了", "不用", "不用了", "不必了", "不办", "不办了", "不删", "不删了", "不解绑", "不解绑了", "不移除",
			"不确认", "不申请", "不撤回", "不连", "不连了", "不提了", "不交了", "不报", "不报了", "不申报", "不申报了", "不整改了", "不想删", "别删", "先不", "先不删", "先不办", "no",
		},
		match: func(m message) bool { return m.phrase == "cancel" },
		handle: func(b *Bot, ctx context.Context, m message) (Reply, error) {
			return b.answer(ctx, m, ask.Answer{Cancel: true})
		},
	}
}
