package bot

import (
	"context"

	"github.com/xiangfeng/xiangfeng/domain/script"
)

// notAllowed answers what the scheme does not allow: cash, giving away, selling.
func notAllowed() intent {
	return intent{
		name: "refused", title: "问换现金、转分",
		phrases: []string{
			"换现金", "换钱", "提现", "套现", "卖分", "转给别人", "转分", "送分", "折现", "积分换钱", "积分换现金", "积分能换钱吗", "积分转给别人", "卖积分",
			"转让", "积分转让", "借分",
		},
		match: func(m message) bool { return m.meant("refused") || m.wantsCash() },
		handle: func(_ *Bot, _ context.Context, m message) (Reply, error) {
			return say(script.NotAllowed(m.who))
		},
	}
}

// wantsCash tells whether the words ask to make money of points or give them away.
func (m message) wantsCash() bool {
	return m.tags == 0 && m.says("分") && m.says("换钱", "换现", "现金", "提现", "折现", "卖", "转给", "送给", "转到", "借给")
}
