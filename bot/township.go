package bot

import (
	"context"

	"github.com/xiangfeng/xiangfeng/domain/script"
)

// township explains why there is no rank across villages (PRODUCT 2.10).
func township() intent {
	return intent{
		name: "township", title: "问全镇排名",
		phrases: []string{"全镇排名", "镇上排名", "全镇第几"},
		match: func(m message) bool {
			return m.means("township", town, placing|first|score|who|count|village) && m.phraseOrTag(placing|first|score)
		},
		handle: func(_ *Bot, _ context.Context, m message) (Reply, error) {
			return say(script.Township(m.who, m.thisYear()))
		},
	}
}

func (m message) phraseOrTag(t tag) bool { return m.phrase != "" || m.tags&t != 0 }
