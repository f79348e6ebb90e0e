package bot

import "context"

// IntentOf names the intent that answers an update.
func (b *Bot) IntentOf(ctx context.Context, u Update) (string, error) {
	m, err := b.hear(ctx, u)
	return b.find(m).name, err
}

// Intents names all intents.
func Intents() []string {
	var names []string
	for _, i := range conversation() {
		names = append(names, i.name)
	}
	return names
}

// Lexicon lists every word with its tag, as often as it is written.
func Lexicon() map[uint32]string {
	all := map[uint32]string{}
	for t, list := range lexicon {
		all[uint32(t)] = list
	}
	return all
}

// Sound is how a word sounds.
func Sound(word string) string { return sound([]rune(word)) }

// Elsewhere and Filler are tags that no sound is kept for.
const (
	Elsewhere = uint32(elsewhere)
	Filler    = uint32(filler)
	Count     = uint32(count)
)

// Slots are the particulars of a message.
type Slots struct {
	Card         string
	Line, Amount int
}

// SlotsOf finds the slots of words.
func SlotsOf(words string) Slots {
	m := newEar(nil).understand(words)
	return Slots{Card: m.card, Line: m.line, Amount: m.amount}
}

// Understood is the intent that answers an update, and those that would be
// offered if none did.
func (b *Bot) Understood(ctx context.Context, u Update) (intent string, likeliest []string, err error) {
	m, err := b.hear(ctx, u)
	return b.find(m).name, b.likeliest(m), err
}

// NewEar makes what understands words.
func NewEar() func(string) {
	e := newEar(conversation())
	return func(words string) { e.understand(words) }
}
