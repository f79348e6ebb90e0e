package bot

import (
	"slices"
	"strings"

	"github.com/xiangfeng/xiangfeng/domain/script"
)

// joined are the intents of which two can be asked at once.
var joined = []string{
	"points", "lines", "rank", "top", "township", "published", "redeem", "rules", "privacy", "notices", "helper", "person", "refused",
}

// told are those of them whose answer asks nothing, so that another next step
// may stand in place of its own.
var told = []string{"points", "rank", "top", "township", "published"}

// separate reads a message that asks two things as the first, and notes the other.
func (b *Bot) separate(m message) message {
	parts := strings.FieldsFunc(m.Words, func(r rune) bool { return strings.ContainsRune("，。？！；、,.?!; \n", r) })
	if len(parts) < 2 || len([]rune(m.Words)) > longest || m.opens() != "" || m.card != "" || m.line > 0 {
		return m
	}
	first := m
	m.who.News, m.who.Heard = 0, ""
	var names []string
	for _, part := range parts {
		for _, before := range []string{"还有", "另外", "再问", "顺便", "那"} {
			part = strings.TrimPrefix(part, before)
		}
		one := m
		one.Words, one.meaning = part, b.ear.understand(part)
		name := b.find(one).name
		if !slices.Contains(joined, name) || slices.Contains(names, name) {
			continue
		}
		if names = append(names, name); len(names) == 1 {
			first.meaning = one.meaning
		}
	}
	whole := b.find(m).name
	if len(names) == 1 && whole != names[0] && slices.Contains(joined, whole) {
		names = append(names, whole)
	}
	if len(names) < 2 {
		first.meaning = m.meaning
		return first
	}
	first.also = names[1]
	return first
}

// withOther names below an answer how to ask the other thing that the message asked.
func (b *Bot) withOther(m message, i intent, reply Reply) Reply {
	other, known := b.named(m.also)
	if !known || other.name == i.name {
		return reply
	}
	reply.Text = script.Also(reply.Text, other.phrases[0], slices.Contains(told, i.name))
	return reply
}
