package bot

import (
	"context"
	"slices"
	"time"

	"github.com/xiangfeng/xiangfeng/domain/script"
	"github.com/xiangfeng/xiangfeng/domain/usecase"
	"github.com/xiangfeng/xiangfeng/domain/usecase/ask"
	"github.com/xiangfeng/xiangfeng/domain/usecase/enrol"
	"github.com/xiangfeng/xiangfeng/domain/usecase/govern"
	"github.com/xiangfeng/xiangfeng/domain/usecase/tell"
)

// Ports are what a bot stands on.
type Ports struct {
	Read     ask.Reader
	Talk     ask.Conversation
	Advance  ask.Advance
	Switch   enrol.Switch
	Suggest  govern.Suggest
	Choose   tell.Choose
	Helpers  govern.Helpers
	Enrol    enrol.Desk
	Records  enrol.Records
	Teller   Teller
	Deeds    Deeds
	Disputes Disputes
	// Listen leaves recordings to the engine; without its Once there is none.
	Listen ask.Listen
	Now    func() time.Time
	// Allow counts what a person has done of late, each message once, and tells
	// whether there is room for more; nil stops nobody. Questions are not counted.
	Allow func(ctx context.Context, key, message string) (ok bool, retry time.Duration)
	// Heard counts what was asked for, by the intent's name and never the
	// words; nil counts nothing.
	Heard func(intent string)
}

// Bot answers what people say to the official account. It keeps nothing of a
// conversation itself: that stands in the database.
type Bot struct {
	Ports
	conversation []intent
	acts         map[string]act
	ear          *ear
}

// New makes a bot that stands on ports.
func New(ports Ports) *Bot {
	intents := conversation()
	return &Bot{Ports: ports, conversation: intents, acts: actsOf(intents), ear: newEar(intents)}
}

// Respond answers an update: the zero Reply to Unfollow, some sentence to
// anything else. The same update gets the same answer and changes things once.
// A refusal is a sentence; an error means that nothing was found out.
func (b *Bot) Respond(ctx context.Context, u Update) (Reply, error) {
	if u.Kind == Unfollow {
		return Reply{}, b.Records.DropStep(ctx, u.From)
	}
	m, err := b.hear(ctx, u)
	if err != nil {
		return Reply{}, err
	}
	i := b.find(m)
	if b.Heard != nil {
		b.Heard(i.name)
	}
	if err := b.moveOn(ctx, m, i); err != nil {
		return Reply{}, err
	}
	reply, err := i.handle(b, ctx, m)
	return b.withOther(m, i, reply), err
}

// moveOn closes the list that was open where somebody asks something else, so
// that a number picks from what was asked last and from nothing older.
func (b *Bot) moveOn(ctx context.Context, m message, i intent) error {
	if !m.who.Listed || i.title == "" {
		return nil
	}
	return b.Talk.SaveStep(ctx, m.From, usecase.Step{})
}

// hear learns who sent an update and what its words mean.
func (b *Bot) hear(ctx context.Context, u Update) (message, error) {
	standing, _, err := b.Read.Standing(ctx, u.From)
	m := message{Update: u, who: standing, now: b.Now()}
	switch u.Kind {
	case Text, Voice:
		m.meaning = b.ear.understand(u.Words)
	case Click:
		m.meaning.phrase = u.EventKey
	}
	if err == nil && m.who.Home.ID != 0 && (u.Kind == Text || u.Kind == Voice) {
		m = b.separate(m)
	}
	if err == nil && m.loose() {
		m.waits, err = b.waiting(ctx, m)
	}
	return m, err
}

// find finds the first intent that matches; the last one always does.
func (b *Bot) find(m message) intent {
	at := slices.IndexFunc(b.conversation, func(i intent) bool { return i.match(m) })
	return b.conversation[at]
}

// message is an update with what is known about it: who sent it, when, and
// what its words mean.
type message struct {
	Update
	meaning
	who script.Standing
	now time.Time
	// also is another intent that the words ask for, "" for none.
	also string
	// unasked says that nobody asked for what the words hold: digits, or that there are none.
	unasked bool
	// waits is the act of the open question that waits for these words, "" for none.
	waits string
}

// several tells whether replies must say which household they are about.
func (m message) several() bool { return m.who.Homes > 1 }

func (m message) command() usecase.Command {
	return usecase.Command{Key: m.Key, Actor: m.who.Person, Now: m.now}
}

// intent is one thing that people mean. Its match and handle stand in one file.
type intent struct {
	// name is the menu key, and what an offered choice is kept under.
	name string
	// title is what the choice is called when it is offered, empty where it never is.
	title string
	// phrases are ways to say it that are taken as a whole message, by sound too.
	phrases []string
	match   func(message) bool
	handle  func(*Bot, context.Context, message) (Reply, error)
	// acts are what a 确认 or a number can set off in this intent, by the names
	// under which its questions keep them.
	acts map[string]act
}

// conversation is everything that the bot understands, as a table: the first
// match wins, and the last takes what is left.
func conversation() []intent {
	return []intent{
		news(), bind(), privacy(), stranger(), greet(), voice(), photo(), unreadable(),
		agree(), factor(), vouch(), waiting(), members(), telling(),
		number(), more(), cancel(), confirm(), unchosen(), thanks(),
		others(), points(), lines(), rank(), topTen(), township(), published(), households(),
		objecting(), progress(), redeem(), declare(), suggest(), notices(), helper(), notAllowed(), rules(), person(), rude(), none(), help(), fallback(),
	}
}

// named finds an intent that can be chosen.
func (b *Bot) named(name string) (intent, bool) {
	for _, i := range b.conversation {
		if i.title != "" && i.name == name {
			return i, true
		}
	}
	return intent{}, false
}

// say makes a reply of words.
func say(text string) (Reply, error) { return Reply{Text: text}, nil }
