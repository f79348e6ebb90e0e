package bot

import (
	"context"

	"github.com/xiangfeng/xiangfeng/domain/script"
)

// none answers what lies outside the scheme: it says so and guesses nothing.
func none() intent {
	return intent{
		name: "none",
		phrases: []string{
			"医保", "低保", "社保", "养老金", "养老保险", "新农合", "天气", "天气预报", "今天天气", "身份证", "宅基地", "快递", "停电", "停水", "班车", "残疾证", "贷款", "补贴",
			"农业补贴", "户口", "医保怎么交", "低保怎么办", "猪价",
		},
		match: func(m message) bool { return m.meant("none") },
		handle: func(_ *Bot, _ context.Context, m message) (Reply, error) {
			return say(script.Outside(m.who))
		},
	}
}
