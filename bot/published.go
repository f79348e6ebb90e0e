package bot

import (
	"context"

	"github.com/xiangfeng/xiangfeng/domain/script"
)

// published answers 公示 with the newest sheet.
func published() intent {
	return intent{
		name: "published", title: "看公示",
		phrases: []string{"公示", "公示榜", "看公示", "季度公示"},
		match: func(m message) bool {
			return m.means("published", wall, village|when) && m.onNewestSheet()
		},
		handle: (*Bot).published,
	}
}

func (b *Bot) published(ctx context.Context, m message) (Reply, error) {
	sheet, err := b.Read.Sheet(ctx, m.From)
	if err != nil {
		return Reply{}, err
	}
	return say(script.Sheet(sheet, m.several(), m.now))
}
