package bot

import (
	"context"
	"strings"

	"github.com/xiangfeng/xiangfeng/domain/fault"
	"github.com/xiangfeng/xiangfeng/domain/script"
	"github.com/xiangfeng/xiangfeng/domain/usecase"
	"github.com/xiangfeng/xiangfeng/domain/usecase/ask"
)

// answer moves the conversation on, once for each message, and words what
// came of it. What is shown rests on the outcome alone.
func (b *Bot) answer(ctx context.Context, m message, a ask.Answer) (Reply, error) {
	a.Guessed = m.Guessed
	out, err := b.Advance.Do(ctx, m.acting(), m.From, a)
	if err != nil {
		return Reply{}, err
	}
	if out.Code == fault.NotFound || out.Code == fault.TooLate {
		if reply, taken, err := b.answerLoose(ctx, m, a.Number, a.Yes); taken || err != nil {
			return reply, err
		}
	}
	if out.Refused() {
		return b.refused(ctx, m, a, out)
	}
	switch out.Facts.Step {
	case ask.StepLines:
		return b.turn(ctx, m, out.Facts.Data)
	case ask.StepHomes:
		return b.switchTo(ctx, m, out.Facts.Data)
	case ask.StepChoices:
		return b.chosen(ctx, m, out.Facts.Data)
	case usecase.StepConfirm, usecase.StepTyped, usecase.StepMenu, usecase.StepPages:
		return b.setOff(ctx, m, out.Facts.Data)
	case ask.Offered:
		return say(b.offered(m, out.Facts))
	}
	return say(script.Dropped(m.who))
}

// offered words what somebody is told who was not understood.
func (b *Bot) offered(m message, f fault.Facts) string {
	switch {
	case f.Note == ask.Kept && f.Data == usecase.StepTyped:
		return script.TypeTheWord(m.who)
	case f.Note == ask.Kept:
		return script.StillOpen(m.who)
	case f.Note == ask.Late:
		return script.LateWords(m.who, b.asking(f.Data))
	}
	return script.Choices(m.who, b.titles(f.Data), f.Note == ask.Again)
}

// asking is the word that asks the question again whose words an act takes,
// "" where a version asked it that knew more.
func (b *Bot) asking(act string) string {
	name, _, _ := strings.Cut(act, ":")
	for _, i := range b.conversation {
		if _, takes := i.acts[name]; takes && len(i.phrases) > 0 {
			return i.phrases[0]
		}
	}
	return ""
}

func (b *Bot) refused(ctx context.Context, m message, a ask.Answer, out fault.Outcome) (Reply, error) {
	switch {
	case out.Code == fault.SlowDown:
		return say(script.TooFast(m.who))
	case out.Code == fault.TooLate:
		return say(script.Late(m.who))
	case out.Code == fault.Invalid:
		return say(script.OutOfRange(m.who, out.Facts.Data))
	case out.Code == fault.Forbidden && out.Facts.Step == usecase.StepTyped:
		return say(script.TypeTheWord(m.who))
	case out.Code == fault.Forbidden:
		return say(script.TypeIt(m.who, a.Yes))
	case out.Code != fault.NotFound:
		return say(script.Twice(m.who))
	case a.More:
		return say(script.NoMore(m.who))
	case a.Cancel:
		return b.nothingOpen(ctx, m)
	case m.who.Homes == 0:
		return b.outside(ctx, m)
	case a.Yes, a.Act != "":
		return say(script.NothingToConfirm(m.who))
	}
	return say(script.NoQuestion(m.who))
}

// turn shows the page that the outcome holds.
func (b *Bot) turn(ctx context.Context, m message, data string) (Reply, error) {
	listing, err := ask.ParseListing(data)
	if err != nil {
		return Reply{}, err
	}
	listing.Several = m.several()
	text, err := ask.Show(ctx, b.Read, m.From, listing)
	if fault.CodeOf(err) == fault.NotFound {
		return say(script.NoMore(m.who))
	}
	if err != nil {
		return Reply{}, err
	}
	return say(text)
}

// chosen asks the intent that was picked from the choices.
func (b *Bot) chosen(ctx context.Context, m message, name string) (Reply, error) {
	if i, ok := b.named(name); ok {
		return i.handle(b, ctx, m)
	}
	return say(script.NoQuestion(m.who))
}

func (b *Bot) titles(names string) []string {
	var titles []string
	for _, name := range strings.Fields(names) {
		if i, ok := b.named(name); ok {
			titles = append(titles, i.title)
		}
	}
	return titles
}
