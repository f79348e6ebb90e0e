package bot

import (
	"context"
	"time"

	"github.com/xiangfeng/xiangfeng/domain/fault"
	"github.com/xiangfeng/xiangfeng/domain/household"
	"github.com/xiangfeng/xiangfeng/domain/script"
	"github.com/xiangfeng/xiangfeng/domain/usecase/enrol"
)

// Teller sends words to somebody at once, where their window is open. Nothing
// depends on it: whoever it does not reach reads the same at their next message.
type Teller interface {
	Tell(ctx context.Context, openid, text string)
}

// telling at once takes no more of a reply's time than this.
const tellWithin = time.Second

// hearing is what the key of hearing news ends in.
const hearing = "/news"

// news answers with what the person has still to be told, once, whatever they
// send but an answer to a question of ours. The message that was answered so is
// answered so again.
func news() intent {
	return intent{
		name:   "news",
		match:  func(m message) bool { return m.who.News > 0 && !m.answers() || m.apart(hearing).Key == m.who.Heard },
		handle: (*Bot).hearNews,
	}
}

// answers tells whether the message may answer a question.
func (m message) answers() bool {
	return m.number > 0 || m.digits() != "" || m.waits != "" || m.Kind == Image || confirm().match(m) || cancel().match(m) || more().match(m) ||
		waiting().match(m) || agree().match(m)
}

func (b *Bot) hearNews(ctx context.Context, m message) (Reply, error) {
	out, err := b.Enrol.Hear(ctx, m.apart(hearing), m.From)
	if err != nil {
		return Reply{}, err
	}
	if out.Refused() || out.Facts.Note == "" {
		m.who.News, m.who.Heard = 0, "" // all of it was pointless by now
		return b.find(m).handle(b, ctx, m)
	}
	n := enrol.News{Kind: enrol.Kind(out.Facts.Note), Household: household.ID(out.Facts.Household), Request: out.Facts.ID}
	return b.told(ctx, m, n)
}

// told words news as the answer to a message.
func (b *Bot) told(ctx context.Context, m message, n enrol.News) (Reply, error) {
	switch n.Kind {
	case enrol.Approved:
		return b.withPlace(ctx, n.Household, script.Joined)
	case enrol.Refused:
		return say(script.NotApproved())
	case enrol.Helping:
		return b.withPlace(ctx, n.Household, script.HelpingNews)
	case enrol.Removed:
		return b.withPlace(ctx, n.Household, script.RemovedYou)
	}
	asking, err := b.Records.Asking(ctx, n.Request)
	switch {
	case fault.CodeOf(err) == fault.NotFound:
		return say(script.DecidedBefore(m.who))
	case err != nil:
		return Reply{}, err
	case n.Kind == enrol.Joined:
		return say(script.OtherJoined(asking))
	}
	return say(script.AskApproval(asking))
}

// spread tells people at once what an act has left for them.
func (b *Bot) spread(ctx context.Context, news []enrol.News) {
	ctx, cancel := context.WithTimeout(ctx, tellWithin)
	defer cancel()
	for _, n := range news {
		if text := b.push(ctx, n); text != "" && n.OpenID != "" {
			b.Teller.Tell(ctx, n.OpenID, text)
		}
	}
}

// push words news for somebody who has not asked. It opens no question, for
// they may be in the middle of another.
func (b *Bot) push(ctx context.Context, n enrol.News) string {
	if n.Kind != enrol.Asked {
		reply, err := b.told(ctx, message{}, n)
		if err != nil {
			return "" // they read it at their next message
		}
		return reply.Text
	}
	asking, err := b.Records.Asking(ctx, n.Request)
	if err != nil {
		return ""
	}
	return script.PushAsked(asking)
}
