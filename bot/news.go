package bot

import (
	"context"
	"net/url"
	"strings"
	"time"

	"github.com/xiangfeng/xiangfeng/domain/fault"
	"github.com/xiangfeng/xiangfeng/domain/household"
	"github.com/xiangfeng/xiangfeng/domain/script"
	"github.com/xiangfeng/xiangfeng/domain/usecase/enrol"
)

// Teller sends words to somebody at once, where their window is open. Nothing
// depends on it: whoever it does not reach reads the same at their next message.
type Teller interface {
	// Tell tells whether the platform took the words.
	Tell(ctx context.Context, openid, text string) (taken bool)
}

// telling at once takes no more of a reply's time than this.
const tellWithin = time.Second

// hearing is what the key of hearing news ends in.
const hearing = "/news"

// news puts what the person has still to be told before the answer, once,
// whatever they send but an answer to a question of ours. The message that was
// answered so is answered so again.
func news() intent {
	return intent{
		name:   "news",
		match:  func(m message) bool { return m.who.News > 0 && !m.answers() || m.apart(hearing).Key == m.who.Heard },
		handle: (*Bot).hearNews,
		acts:   map[string]act{"asked": (*Bot).askedAgain},
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
	brief, full, err := b.told(ctx, m, n)
	if err != nil {
		return Reply{}, err
	}
	return b.before(ctx, m, brief, full)
}

// before answers the message below a line of news, or where there is no room
// for both with all of the news, and with the answer at the next 更多.
func (b *Bot) before(ctx context.Context, m message, brief, full string) (Reply, error) {
	asked := m
	asked.who.News, asked.who.Heard = 0, ""
	reply, err := b.find(asked).handle(b, ctx, asked)
	if err != nil || brief == "" {
		return reply, err
	}
	if text := brief + "\n" + reply.Text; script.Fits(text) {
		return say(text)
	}
	said := m.Words
	if m.Kind == Click {
		said = m.EventKey
	}
	return b.open(ctx, m, script.AskedAgain(full), []string{"asked:" + string(m.Kind) + "/" + url.QueryEscape(said)})
}

// askedAgain answers what news stood before.
func (b *Bot) askedAgain(ctx context.Context, m message, with string) (Reply, error) {
	kind, said, _ := strings.Cut(with, "/")
	words, err := url.QueryUnescape(said)
	if err != nil {
		return Reply{}, err
	}
	u := m.Update
	if u.Kind = Kind(kind); u.Kind == Click {
		u.EventKey = words
	} else {
		u.Words = words
	}
	asked, err := b.hear(ctx, u)
	if err != nil {
		return Reply{}, err
	}
	asked.who.News, asked.who.Heard = 0, ""
	return b.find(asked).handle(b, ctx, asked)
}

// told words news in one line, and in full for who hears nothing else. Both are
// empty where it matters no more.
func (b *Bot) told(ctx context.Context, m message, n enrol.News) (brief, full string, err error) {
	switch n.Kind {
	case enrol.Refused:
		return script.NotApprovedBrief(), script.NotApproved(), nil
	case enrol.Asked, enrol.Joined:
		return b.toldOfRequest(ctx, n)
	case enrol.Warned:
		return b.toldOfWarning(ctx, n, m.now)
	case enrol.Closed:
		return b.toldOfClosing(ctx, n)
	case enrol.Taken, enrol.Declined:
		return b.toldOfDeed(ctx, n)
	}
	home, place, err := b.Records.Place(ctx, n.Household)
	switch {
	case err != nil:
		return "", "", err
	case n.Kind == enrol.Approved:
		return script.JoinedBrief(home, place), script.Joined(home, place), nil
	case n.Kind == enrol.Removed:
		return script.RemovedYouBrief(home, place), script.RemovedYou(home, place), nil
	}
	return script.HelpingBrief(home), script.HelpingNews(home, place), nil
}

func (b *Bot) toldOfRequest(ctx context.Context, n enrol.News) (brief, full string, err error) {
	asking, err := b.Records.Asking(ctx, n.Request)
	switch {
	case fault.CodeOf(err) == fault.NotFound:
		return "", "", nil
	case err != nil:
		return "", "", err
	case n.Kind == enrol.Joined:
		return script.OtherJoinedBrief(asking), script.OtherJoined(asking), nil
	}
	return script.AskedBrief(asking), script.PushAsked(asking), nil
}

// spread tells people at once what an act has left for them.
func (b *Bot) spread(ctx context.Context, news []enrol.News) {
	ctx, cancel := context.WithTimeout(ctx, tellWithin)
	defer cancel()
	for _, n := range news {
		b.tellNow(ctx, n)
	}
}

// TellLeft tells news at once to those whom they concern and whom the platform
// lets us tell. The others read them at their next message.
func (b *Bot) TellLeft(ctx context.Context, k enrol.Kind, about int64) error {
	news, err := b.Records.Left(ctx, k, about)
	for _, n := range news {
		b.tellNow(ctx, n)
	}
	return err
}

// tellNow tells somebody who has not asked. It opens no question, for they may
// be in the middle of another, and what does not arrive they read at their next
// message.
func (b *Bot) tellNow(ctx context.Context, n enrol.News) bool {
	if n.OpenID == "" {
		return false
	}
	_, full, err := b.told(ctx, message{now: b.Now()}, n)
	if err != nil || full == "" || !b.Teller.Tell(ctx, n.OpenID, full) {
		return false
	}
	return b.Records.Told(ctx, n) == nil
}
