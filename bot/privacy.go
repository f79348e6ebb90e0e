package bot

import (
	"context"
	"strconv"
	"strings"

	"github.com/xiangfeng/xiangfeng/domain/fault"
	"github.com/xiangfeng/xiangfeng/domain/household"
	"github.com/xiangfeng/xiangfeng/domain/script"
	"github.com/xiangfeng/xiangfeng/domain/usecase/enrol"
)

// What the menu of privacy leads to.
const (
	askLeaveAct = "ask-leave"
	askEraseAct = "ask-erase"
	phoneAct    = "new-phone"
)

// privacy tells three things apart: leaving a household, having one's
// information deleted, and a new phone. Where that is not sure it asks.
func privacy() intent {
	return intent{
		name: "privacy", title: "解绑、删信息、换手机号",
		phrases: []string{
			"解绑", "取消绑定", "解除绑定", "退出这一户", "删除我的信息", "删除信息", "删掉我的信息", "注销", "注销账号", "换手机号", "换手机", "换手机号了", "换号了", "改手机号", "隐私",
		},
		match:  func(m message) bool { return (m.intent == "privacy" || m.phrase == "privacy") && !m.proves() },
		handle: (*Bot).private,
		acts: map[string]act{
			askLeaveAct: (*Bot).askLeave,
			askEraseAct: (*Bot).askErase,
			phoneAct: func(_ *Bot, _ context.Context, m message, _ string) (Reply, error) {
				return say(script.NewPhone(m.who))
			},
			enrol.LeaveAct: (*Bot).leave,
			enrol.EraseAct: (*Bot).erase,
		},
	}
}

// wishes are the words that tell the three apart; who uses words of two is asked.
var wishes = []struct {
	act   string
	words string
}{
	{askLeaveAct, "解绑 解除 取消绑定 退出 解开 不绑"},
	{askEraseAct, "删 注销 销号"},
	{phoneAct, "手机 号码 换号 新号 老号 改号"},
}

func (b *Bot) private(ctx context.Context, m message) (Reply, error) {
	var meant []string
	for _, w := range wishes {
		for word := range strings.FieldsSeq(w.words) {
			if strings.Contains(m.clean, word) {
				meant = append(meant, w.act)
				break
			}
		}
	}
	if len(meant) == 1 {
		return b.acts[meant[0]](b, ctx, m, "")
	}
	return b.ask(ctx, m, script.WhichPrivacy(m.who), askLeaveAct, askEraseAct, phoneAct)
}

func (b *Bot) askLeave(ctx context.Context, m message, _ string) (Reply, error) {
	if m.who.Home.ID == 0 {
		return say(script.NothingToLeave(m.who))
	}
	return b.askTyped(ctx, m, script.ConfirmLeave(m.who), enrol.LeaveAct+":"+strconv.FormatInt(int64(m.who.Home.ID), 10))
}

func (b *Bot) leave(ctx context.Context, m message, with string) (Reply, error) {
	id, err := strconv.ParseInt(with, 10, 64)
	if err != nil {
		return Reply{}, err
	}
	out, err := b.Enrol.Leave(ctx, m.acting(), m.From, household.ID(id))
	switch {
	case err != nil:
		return Reply{}, err
	case out.Refused():
		return say(script.NothingToLeave(m.who))
	}
	left, _, err := b.Read.Standing(ctx, m.From)
	if err != nil {
		return Reply{}, err
	}
	return b.withPlace(ctx, household.ID(id), func(h script.Home, _ script.Place) string {
		if left.Home.ID == 0 {
			return script.Left(h)
		}
		return script.LeftOne(h, left.Home)
	})
}

func (b *Bot) askErase(ctx context.Context, m message, _ string) (Reply, error) {
	if m.who.Person == 0 {
		return say(script.NothingToErase())
	}
	return b.askTyped(ctx, m, script.ConfirmErase(m.who), enrol.EraseAct)
}

func (b *Bot) erase(ctx context.Context, m message, _ string) (Reply, error) {
	out, err := b.Enrol.Erase(ctx, m.acting(), m.From)
	switch {
	case err != nil:
		return Reply{}, err
	case out.Code == fault.Blocked:
		return say(script.EraseBlocked(m.who))
	case out.Refused():
		return say(script.NothingToErase())
	}
	return say(script.Erased())
}
