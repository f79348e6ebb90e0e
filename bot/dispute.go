package bot

import (
	"context"
	"slices"

	"github.com/xiangfeng/xiangfeng/domain/script"
	"github.com/xiangfeng/xiangfeng/domain/usecase/ask"
)

// dispute answers 异议 with what is known of the line, until when it can be
// objected to, and whom to go to.
func dispute() intent {
	return intent{
		name: "dispute", title: "说分记得不对",
		phrases: []string{
			"异议", "提异议", "我有异议", "申诉", "我要申诉", "不服", "我不服", "不对", "不认", "分不对", "积分不对", "扣分不对", "记错了", "扣错了", "少记了", "漏记了", "多扣了",
			"少记了一次", "明细有错", "公示不对", "排名不对", "说分记得不对", "分错了", "分数不对",
		},
		match:  func(m message) bool { return m.meant("dispute") || m.line > 0 },
		handle: (*Bot).dispute,
	}
}

func (b *Bot) dispute(ctx context.Context, m message) (Reply, error) {
	no := m.line
	if no > 0 && m.says("谁", "哪个", "怎么来", "咋来", "啷个来") && !m.says("不对", "错", "不服", "不认") {
		return b.oneLine(ctx, m)
	}
	if no == 0 {
		return say(script.WhichLine(m.who))
	}
	year, _ := m.time()
	got, err := b.Read.Lines(ctx, ask.Query{OpenID: m.From, Year: year, Before: no + 1, Limit: 1})
	if err != nil {
		return Reply{}, err
	}
	at := slices.IndexFunc(got.Lines, func(l script.Line) bool { return l.No == no })
	if at < 0 {
		return say(script.NoLine(m.who, no, year))
	}
	posted, err := b.Read.Posted(ctx, m.From, got.Lines[at].CountsIn)
	if err != nil {
		return Reply{}, err
	}
	return say(script.Disputed(m.who, got.Lines[at], year, posted, m.now))
}
