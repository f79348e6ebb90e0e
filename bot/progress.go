package bot

import (
	"context"

	"github.com/xiangfeng/xiangfeng/domain/script"
)

// progress answers 进度: where to ask after what was objected to.
func progress() intent {
	return intent{
		name: "progress", title: "问异议办到哪了",
		phrases: []string{
			"进度", "查进度", "异议进度", "我的异议", "催一下", "催办", "撤回", "撤回异议", "办得怎么样了", "处理了没有", "有结果了吗", "问异议办到哪了", "我的异议到哪了", "我的申诉",
		},
		match: func(m message) bool { return m.meant("progress") },
		handle: func(_ *Bot, _ context.Context, m message) (Reply, error) {
			return say(script.NoCases(m.who))
		},
	}
}
