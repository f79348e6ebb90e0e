package bot

import (
	"context"

	"github.com/xiangfeng/xiangfeng/domain/script"
	"github.com/xiangfeng/xiangfeng/domain/usecase/ask"
)

// topTen answers 前十, with names as the village's board writes them.
func topTen() intent {
	return intent{
		name: "top", title: "看前十名",
		phrases: []string{"前十", "前十名", "前10", "前10名", "看前十名"},
		match: func(m message) bool {
			return m.means("top", first, placing|score|who|village|when) && m.onNewestSheet()
		},
		handle: (*Bot).topTen,
	}
}

func (b *Bot) topTen(ctx context.Context, m message) (Reply, error) {
	ranking, err := ask.Ranking(ctx, b.Read, m.From, m.who)
	if err != nil {
		return Reply{}, err
	}
	return say(script.Top(ranking, m.several(), m.thisYear()))
}
