package bot

import (
	"context"

	"github.com/xiangfeng/xiangfeng/domain/calendar"
	"github.com/xiangfeng/xiangfeng/domain/script"
	"github.com/xiangfeng/xiangfeng/domain/usecase/ask"
)

// rank answers 排名 with the place on the newest sheet.
func rank() intent {
	return intent{
		name: "rank", title: "看排名",
		phrases: []string{"排名", "我家排名", "排第几", "我家排第几", "第几名", "看排名"},
		match: func(m message) bool {
			return m.means("rank", placing, score|count|village|when) && m.onNewestSheet()
		},
		handle: (*Bot).rank,
	}
}

func (b *Bot) rank(ctx context.Context, m message) (Reply, error) {
	ranking, err := ask.Ranking(ctx, b.Read, m.From, m.who)
	if err != nil {
		return Reply{}, err
	}
	return say(script.Rank(ranking, m.several(), m.thisYear()))
}

// onNewestSheet tells whether the newest sheet is the one that was asked for;
// no other can be shown.
func (m message) onNewestSheet() bool {
	if m.tags&when == 0 || m.who.Sheet == nil {
		return true
	}
	year, quarter := m.time()
	q := m.who.Sheet.Quarter
	return year == q.Year && (quarter == 0 || quarter == q.N)
}

func (m message) thisYear() int { return calendar.DateOf(m.now).Year }
