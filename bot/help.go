package bot

import (
	"context"

	"github.com/xiangfeng/xiangfeng/domain/script"
)

// help answers 帮助, a greeting, and a menu entry that is not known.
func help() intent {
	return intent{
		name: "help", title: "看怎么用",
		phrases: []string{"帮助", "你好", "您好", "在吗", "怎么用", "看怎么用", "菜单"},
		match: func(m message) bool {
			return m.means("help", usage|hello, hello) || m.Kind == Click
		},
		handle: func(b *Bot, ctx context.Context, m message) (Reply, error) {
			return b.open(ctx, m, script.Help(m.who), []string{"help-more:"})
		},
		acts: map[string]act{"help-more": func(_ *Bot, _ context.Context, m message, _ string) (Reply, error) {
			return say(script.HelpMore(m.who))
		}},
	}
}
