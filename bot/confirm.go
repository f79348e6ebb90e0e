package bot

import (
	"context"
	"maps"
	"slices"
	"strings"

	"github.com/xiangfeng/xiangfeng/domain/script"
	"github.com/xiangfeng/xiangfeng/domain/usecase"
	"github.com/xiangfeng/xiangfeng/domain/usecase/ask"
)

// act does what was agreed to or picked; with is what its question kept for it.
type act func(b *Bot, ctx context.Context, m message, with string) (Reply, error)

func actsOf(intents []intent) map[string]act {
	all := map[string]act{}
	for _, i := range intents {
		maps.Copy(all, i.acts)
	}
	return all
}

// yes are the words that agree, each a whole message. What only sounds like
// one of them never does. The first is the one that is asked for.
var yes = []string{
	"确认", "确定", "我确认", "好", "好的", "好嘞", "要得", "嗯", "嗯嗯", "是", "是的", "对", "对的", "行", "可以", "没错", "没问题", "就这样", "ok", "yes",
}

// confirm is 确认: it sets off what the last question repeated in words, and
// nothing where no question waits for it.
func confirm() intent {
	return intent{
		name:  "confirm",
		match: func(m message) bool { return slices.Contains(yes, m.clean) },
		handle: func(b *Bot, ctx context.Context, m message) (Reply, error) {
			return b.choose(ctx, m, ask.Answer{Yes: true, Typed: m.Kind == Text && m.clean == yes[0]})
		},
	}
}

// choose answers the open question, which stays open for who floods.
func (b *Bot) choose(ctx context.Context, m message, a ask.Answer) (Reply, error) {
	a.Slow = !b.allowed(ctx, m)
	return b.answer(ctx, m, a)
}

// ask keeps the question that waits for a 确认, or for a number where there is
// more than one choice, and says it.
func (b *Bot) ask(ctx context.Context, m message, text string, choices ...string) (Reply, error) {
	question := usecase.StepConfirm
	if len(choices) > 1 {
		question = usecase.StepMenu
	}
	return b.pose(ctx, m, text, question, strings.Join(choices, " "))
}

// askTyped keeps the question before what cannot be undone or hits somebody: it
// takes only the word 确认, typed.
func (b *Bot) askTyped(ctx context.Context, m message, text, choice string) (Reply, error) {
	return b.pose(ctx, m, text, usecase.StepTyped, choice)
}

// setOff does the act that an answer's outcome names. It is an act of its own
// beside that answer, so its key is the message's with a suffix.
func (b *Bot) setOff(ctx context.Context, m message, choice string) (Reply, error) {
	name, with, _ := strings.Cut(choice, ":")
	m.Key += "/act"
	if do, ok := b.acts[name]; ok {
		return do(b, ctx, m, with)
	}
	return say(script.NoQuestion(m.who)) // kept by a version that knew it
}

// allowed tells whether the person may do one more thing by now.
func (b *Bot) allowed(ctx context.Context, m message) bool {
	if b.Allow == nil {
		return true
	}
	ok, _ := b.Allow(ctx, "chat:"+m.From, m.Key)
	return ok
}

// acting is the command of an act by which somebody may become another person
// of the product, or none: whoever asks is known by the openid alone.
func (m message) acting() usecase.Command {
	return usecase.Command{Key: m.Key, Now: m.now}
}
