package bot

import (
	"context"

	"github.com/xiangfeng/xiangfeng/domain/script"
)

// person answers 人工: whom to call, and what is known of the shop's hours.
func person() intent {
	return intent{
		name: "person", title: "找人问",
		phrases: []string{
			"人工", "转人工", "找人工", "客服", "找谁", "找谁问", "电话", "电话多少", "打电话", "村里电话", "村委会电话", "负责人电话", "找人问", "问谁",
			"找人", "找哪个", "找村里", "找干部", "超市在哪", "积分超市在哪里",
		},
		match: func(m message) bool { return m.meant("person") || m.asksHours() },
		handle: func(_ *Bot, _ context.Context, m message) (Reply, error) {
			return say(script.Person(m.who))
		},
	}
}

// asksHours tells whether the words ask when or where the shop is open.
func (m message) asksHours() bool {
	return m.tags == 0 && m.says("超市") && m.says("几点", "开门", "关门", "营业", "上班", "在哪", "哪里", "休息")
}
