package bot

import (
	"context"
	"strings"

	"github.com/xiangfeng/xiangfeng/domain/fault"
	"github.com/xiangfeng/xiangfeng/domain/notice"
	"github.com/xiangfeng/xiangfeng/domain/script"
)

// notices answers 订阅 with what is on and off. 退订 always asks whether
// notices or a reservation is meant.
func notices() intent {
	return intent{
		name: "notices", title: "管提醒",
		phrases: []string{
			"订阅", "退订", "提醒", "通知", "管提醒", "关掉提醒", "取消订阅", "取消通知", "取消提醒", "别再发了", "不要再发了", "不要发了", "关通知", "关提醒", "开提醒", "开通提醒",
			"消息太多了", "退订消息", "退订提醒", "我的提醒",
		},
		match: func(m message) bool { return m.meant("notices") },
		handle: func(b *Bot, ctx context.Context, m message) (Reply, error) {
			if m.says("退") || m.says("别再发", "不要再发", "不要发") {
				return b.ask(ctx, m, script.StopWhat(m.who), "notices-list:", "notices-goods:")
			}
			return b.listNotices(ctx, m, "")
		},
		acts: map[string]act{
			"notices-list": (*Bot).listNotices,
			"notices-goods": func(_ *Bot, _ context.Context, m message, _ string) (Reply, error) {
				return say(script.NoReservation(m.who))
			},
			"notices-ask": (*Bot).askNotice, "notices-set": (*Bot).setNotice,
		},
	}
}

// listNotices shows every kind with its state; a number asks to change it.
func (b *Bot) listNotices(ctx context.Context, m message, _ string) (Reply, error) {
	off, err := b.Read.NoticesOff(ctx, m.From)
	if err != nil {
		return Reply{}, err
	}
	var choices []string
	for _, k := range notice.Kinds() {
		choices = append(choices, "notices-ask:"+turn(off[k])+"/"+string(k))
	}
	choices = append(choices, "notices-ask:"+turn(len(off) == len(notice.Kinds()))+"/")
	return b.ask(ctx, m, script.Notices(m.who, off), choices...)
}

// What a choice of notices turns them.
const (
	turnOn  = "on"
	turnOff = "off"
)

func turn(on bool) string {
	if on {
		return turnOn
	}
	return turnOff
}

func (b *Bot) askNotice(ctx context.Context, m message, with string) (Reply, error) {
	to, kind, _ := strings.Cut(with, "/")
	return b.ask(ctx, m, script.Choosing(m.who, notice.Kind(kind), to == turnOn), "notices-set:"+with)
}

func (b *Bot) setNotice(ctx context.Context, m message, with string) (Reply, error) {
	to, kind, _ := strings.Cut(with, "/")
	kinds := []notice.Kind{notice.Kind(kind)}
	if kind == "" {
		kinds = notice.Kinds()
	}
	out, err := b.Choose.Do(ctx, m.command(), m.From, to == turnOn, kinds...)
	if err != nil {
		return Reply{}, err
	}
	if out.Code != fault.Done {
		return say(script.Twice(m.who))
	}
	return say(script.Chosen(m.who, notice.Kind(kind), to == turnOn))
}
