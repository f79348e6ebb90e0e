package bot

import (
	"context"

	"github.com/xiangfeng/xiangfeng/domain/script"
)

// redeem answers 兑换: what there is to spend, until when, and whom to ask
// about goods; what was taken, and what nobody of the household took.
func redeem() intent {
	return intent{
		name: "redeem", title: "换东西",
		phrases: []string{
			"兑换", "积分兑换", "我要兑换", "换东西", "我要换东西", "商品", "有啥商品", "有什么商品", "能换什么", "能换啥", "换米", "大米", "预订", "我要预订", "超市", "积分超市",
			"用积分换大米", "积分怎么用", "积分能干啥", "积分能换啥", "怎么兑换", "换积分", "兑换时间",
			"取消预订", "取消兑换", "我的预订", "退预订", "不要了", "我换过啥", "兑换记录", "我家换了啥", "换过什么", "换了啥", "不是我换的", "我没换过", "不是我家换的",
		},
		match: func(m message) bool { return m.meant("redeem") },
		handle: func(_ *Bot, _ context.Context, m message) (Reply, error) {
			switch {
			case m.says("不是我", "没换", "不是我家", "被别人"):
				return say(script.NotMine(m.who))
			case m.says("取消", "退掉", "退预订", "我的预订", "不要了"):
				return say(script.NoReservation(m.who))
			case m.says("换过", "换了", "记录"):
				return say(script.Taken(m.who))
			}
			return say(script.Redeem(m.who, m.now))
		},
	}
}
