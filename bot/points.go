package bot

import (
	"context"

	"github.com/xiangfeng/xiangfeng/domain/ledger"
	"github.com/xiangfeng/xiangfeng/domain/script"
)

// points answers 积分. It reads the standing only and writes nothing.
func points() intent {
	return intent{
		name: "points", title: "看积分",
		phrases: []string{"积分", "查分", "查积分", "我的积分", "我家积分", "我家多少分", "多少分", "看积分"},
		match: func(m message) bool {
			return (m.means("points", score, count|year|ago) || m.asksOwn()) && m.tags&part == 0 && m.toldByPoints()
		},
		handle: func(_ *Bot, _ context.Context, m message) (Reply, error) {
			return say(script.Points(m.who, m.now))
		},
	}
}

// toldByPoints tells whether the answer to 积分 says something about the year
// that was asked for.
func (m message) toldByPoints() bool {
	asked, _ := m.time()
	for i, a := range m.who.Accounts {
		if a.Year == asked && (i == 0 || a.State == ledger.Open) {
			return true
		}
	}
	return m.tags&when == 0
}
