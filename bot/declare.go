package bot

import (
	"context"

	"github.com/xiangfeng/xiangfeng/domain/script"
)

// declare answers 申报: to whom a good deed, or what was mended, is told.
func declare() intent {
	return intent{
		name: "declare", title: "报好事",
		phrases: []string{
			"申报", "上报", "报分", "报好事", "我要申报", "申报加分", "申报好事", "我做了好事", "做了好事", "打扫干净了", "整改好了", "已经整改", "我要加分", "请来验收", "收拾好了",
		},
		match: func(m message) bool { return m.meant("declare") },
		handle: func(_ *Bot, _ context.Context, m message) (Reply, error) {
			return say(script.Declare(m.who))
		},
	}
}
