package local

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"time"
)

// Choice is a person's answer to the question whether a template's messages may come.
type Choice struct {
	TemplateID string
	Accept     bool
}

// consent is what a person has allowed for a template.
type consent struct {
	left     int  // one-time messages
	longTerm bool // all of them
}

// maxChoices is how many templates one question may name.
const maxChoices = 3

// ErrNoSuchTemplate is returned for templates a person cannot be asked about.
var ErrNoSuchTemplate = errors.New("local WeChat: no such subscription template")

// AnswerSubscribe answers the question of a page for at most 3 templates of one channel, and pushes that as one event to
// their account. Every Accept of a one-time template allows one message more, one of a long-term template all of them; a
// refusal leaves what was allowed. The Exchange is zero when the account receives no events.
func (w *WeChat) AnswerSubscribe(ctx context.Context, openid string, choices ...Choice) (Exchange, error) {
	packet, err := w.answerSubscribe(openid, choices)
	if err != nil || packet.OpenID == "" {
		return Exchange{}, err
	}
	return w.Deliver(ctx, packet)
}

func (w *WeChat) answerSubscribe(openid string, choices []Choice) (Packet, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	p := w.people[openid]
	if p == nil {
		return Packet{}, ErrUnknownPerson
	}
	channel, err := w.channelOf(choices)
	if err != nil {
		return Packet{}, err
	}
	var list []field
	for _, c := range choices {
		answer := "reject"
		if c.Accept {
			answer = "accept"
			p.allow(w.template(c.TemplateID))
		}
		list = append(list, group("List", text("TemplateId", c.TemplateID), text("SubscribeStatusString", answer), number("PopupScene", "1")))
	}
	return w.subscribeNotice(p, channel, SubscribePopup, "SubscribeMsgPopupEvent", list)
}

// channelOf is the one channel of all the templates asked about.
func (w *WeChat) channelOf(choices []Choice) (Channel, error) {
	if len(choices) == 0 || len(choices) > maxChoices {
		return "", fmt.Errorf("local WeChat: %d templates, want 1 to %d", len(choices), maxChoices)
	}
	channel := Channel("")
	for i, c := range choices {
		t := w.template(c.TemplateID)
		twice := slices.ContainsFunc(choices[:i], func(other Choice) bool { return other.TemplateID == c.TemplateID })
		if t == nil || t.Channel == Notification || twice || channel != "" && t.Channel != channel {
			return "", ErrNoSuchTemplate
		}
		channel = t.Channel
	}
	return channel, nil
}

func (p *person) allow(t *Template) {
	c := p.consents[t.ID]
	if t.LongTerm {
		c.longTerm = true
	} else {
		c.left++
	}
	p.consents[t.ID] = c
}

// RefuseSubscription is a person switching a template's messages off in the phone's settings: whatever was allowed is
// gone, and an event tells the account. The Exchange is zero when the account receives no events.
func (w *WeChat) RefuseSubscription(ctx context.Context, openid, templateID string) (Exchange, error) {
	packet, err := w.refuseSubscription(openid, templateID)
	if err != nil || packet.OpenID == "" {
		return Exchange{}, err
	}
	return w.Deliver(ctx, packet)
}

func (w *WeChat) refuseSubscription(openid, templateID string) (Packet, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	p, t := w.people[openid], w.template(templateID)
	switch {
	case p == nil:
		return Packet{}, ErrUnknownPerson
	case t == nil || t.Channel == Notification:
		return Packet{}, ErrNoSuchTemplate
	}
	delete(p.consents, templateID)
	list := []field{group("List", text("TemplateId", templateID), text("SubscribeStatusString", "reject"))}
	return w.subscribeNotice(p, t.Channel, SubscribeChange, "SubscribeMsgChangeEvent", list)
}

// subscribeNotice is the packet of one of the three events, zero when its account receives none.
func (w *WeChat) subscribeNotice(p *person, channel Channel, kind Kind, element string, list []field) (Packet, error) {
	to, openid := w.oa, p.OpenID
	if channel == MiniSubscription {
		to, openid = w.mini, p.MiniOpenID
	}
	switch {
	case to == nil:
		return Packet{}, ErrNoMiniProgram
	case to.callbackURL == "":
		return Packet{}, nil
	}
	return w.notice(to, openid, kind, w.cfg.Now(), group(element, list...)), nil
}

// notice is an event the platform sends of itself, or of what happened outside the chat.
func (w *WeChat) notice(to *app, openid string, kind Kind, now time.Time, rest ...field) Packet {
	fields := append([]field{
		text("ToUserName", to.originalID), text("FromUserName", openid), number("CreateTime", strconv.FormatInt(now.Unix(), 10)),
		text("MsgType", "event"), text("Event", string(kind)),
	}, rest...)
	return Packet{OpenID: openid, Kind: kind, Plain: writePacket(fields), silent: true, toMini: to == w.mini}
}

// bizSend is POST /cgi-bin/message/subscribe/bizsend, for followers and others. Its answer has no msgid.
func (w *WeChat) bizSend(c call) any {
	var in outgoing
	if !decode(c.body, &in) {
		return apiError(c.now, 47001)
	}
	refusal, ok := w.subscribed(c.now, w.people[in.ToUser], Subscription, in, in.MiniProgram.PagePath)
	if !ok {
		return refusal
	}
	w.sendSubscribed(w.people[in.ToUser], w.template(in.TemplateID), in, or(in.MiniProgram.PagePath, in.Page), c.now)
	return accepted
}

// miniSend is POST /cgi-bin/message/subscribe/send of the Mini Program.
func (w *WeChat) miniSend(c call) any {
	var in outgoing
	if !decode(c.body, &in) {
		return apiError(c.now, 47001)
	}
	refusal, ok := w.subscribed(c.now, w.minis[in.ToUser], MiniSubscription, in, in.Page)
	if !ok {
		return refusal
	}
	return sentBody{accepted, w.sendSubscribed(w.minis[in.ToUser], w.template(in.TemplateID), in, in.Page, c.now)}
}

// subscribed checks a message over either subscription channel; ok is false with the refusal to answer. Nothing is used
// up by a refused one.
func (w *WeChat) subscribed(now time.Time, p *person, channel Channel, m outgoing, page string) (refusal any, ok bool) {
	t := w.template(m.TemplateID)
	var code int
	switch {
	case p == nil:
		code = 40003
	case t == nil || t.Channel != channel:
		code = 40037
	case w.banned[m.TemplateID]:
		code = 43116
	default:
		code = w.pageFault(m, page)
	}
	if code != 0 {
		return apiError(now, code), false
	}
	if fault := t.fieldFault(m.Data); fault != "" {
		return apiErrorText(now, 47003, fault), false
	}
	switch allowed := p.consents[t.ID]; {
	case !allowed.longTerm && allowed.left == 0:
		return apiError(now, 43101), false
	case p.tooFrequent:
		return apiError(now, 43117), false
	}
	return nil, true
}

// sendSubscribed sends what subscribed has let through and returns its msgid. The ErrorCode of a message that did not
// arrive is not documented; it is 1 here.
func (w *WeChat) sendSubscribed(p *person, t *Template, m outgoing, page string, now time.Time) int64 {
	if c := p.consents[t.ID]; !c.longTerm {
		c.left--
		p.consents[t.ID] = c
	}
	id := w.nextMsgID(now)
	code := "1"
	if p.outcome == Delivered {
		code = "0"
		w.note(p, t.line(Subscribed, m.Data, page))
	}
	list := []field{group("List", text("TemplateId", t.ID), number("MsgID", strconv.FormatInt(id, 10)), number("ErrorCode", code), text("ErrorStatus", string(p.outcome)))}
	if packet, err := w.subscribeNotice(p, t.Channel, SubscribeSent, "SubscribeMsgSentEvent", list); err == nil && packet.OpenID != "" {
		w.later(packet)
	}
	return id
}

// listSubscriptions is GET /wxaapi/newtmpl/gettemplate of either account.
func (w *WeChat) listSubscriptions(c call) any {
	type listed struct {
		ID      string `json:"priTmplId"`
		Title   string `json:"title"`
		Content string `json:"content"`
		Example string `json:"example"`
		Type    int    `json:"type"` // 2 one-time, 3 long-term
	}
	channel := Subscription
	if c.app == w.mini {
		channel = MiniSubscription
	}
	list := []listed{}
	for _, t := range w.templates {
		if t.Channel != channel {
			continue
		}
		kind := 2
		if t.LongTerm {
			kind = 3
		}
		list = append(list, listed{ID: t.ID, Title: t.Title, Content: t.content(), Type: kind})
	}
	return struct {
		errorBody
		Data []listed `json:"data"`
	}{accepted, list}
}
