package local

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"
)

const (
	bizPath  = "/cgi-bin/message/subscribe/bizsend"
	miniPath = "/cgi-bin/message/subscribe/send"
)

// consent is a template people are asked about.
func (a account) consent(name string, c Channel, longTerm bool) Template {
	return Template{ID: a.TemplateID(name), Channel: c, Title: "兑换提醒", LongTerm: longTerm, Fields: []Field{{Name: "thing1", Label: "物品"}, {Name: "date2", Label: "日期"}}}
}

func reminder() map[string]map[string]string { return fields("thing1=洗衣液", "date2=2026-03-06") }

func (a account) answers(choices ...Choice) Exchange {
	a.t.Helper()
	x, err := a.AnswerSubscribe(a.t.Context(), a.fang, choices...)
	if err != nil {
		a.t.Fatal(err)
	}
	return x
}

func event(original, openid, kind, rest string) string {
	return "<xml><ToUserName><![CDATA[" + original + "]]></ToUserName>\n<FromUserName><![CDATA[" + openid + "]]></FromUserName>\n" +
		"<CreateTime>1772683200</CreateTime>\n<MsgType><![CDATA[event]]></MsgType>\n<Event><![CDATA[" + kind + "]]></Event>\n" + rest + "</xml>"
}

func TestOneConsentIsOneMessage(t *testing.T) {
	t.Parallel()
	a, l := listen(t)
	once := a.consent("once", Subscription, false)
	a.approve(once)
	body := message(a.fang, once.ID, reminder(), `,"page":"https://example.org/r"`)
	a.sends(43101, a.path(bizPath), body)
	a.answers(Choice{once.ID, false})
	a.sends(43101, a.path(bizPath), body)
	a.answers(Choice{once.ID, true})
	a.answers(Choice{once.ID, true})
	a.answers(Choice{once.ID, false})  // takes nothing back
	a.clock.move(400 * 24 * time.Hour) // consents do not grow old
	a.sends(47003, a.path(bizPath), message(a.fang, once.ID, fields("thing1=洗衣液")))
	for range 2 {
		if id, _ := a.sends(0, a.path(bizPath), body); id != 0 {
			t.Errorf("msgid %d; this call answers none", id)
		}
	}
	a.sends(43101, a.path(bizPath), body)
	l.told()
	lines := a.Inbox(a.fang)
	if len(lines) != 2 || lines[0].Kind != Subscribed || lines[0].Card.Title != "兑换提醒" || lines[0].Card.Page != "https://example.org/r" {
		t.Errorf("chat %+v", lines)
	}
}

func TestLongTermConsentLastsUntilItIsRefused(t *testing.T) {
	t.Parallel()
	a, l := listen(t)
	always := a.consent("always", Subscription, true)
	a.approve(always)
	body := message(a.fang, always.ID, reminder())
	a.sends(43101, a.path(bizPath), body)
	a.answers(Choice{always.ID, true})
	for range 5 {
		a.sends(0, a.path(bizPath), body)
	}
	l.told()
	if _, err := a.RefuseSubscription(t.Context(), a.fang, always.ID); err != nil {
		t.Fatal(err)
	}
	want := event(testOriginal, a.fang, "subscribe_msg_change_event",
		"<SubscribeMsgChangeEvent>\n<List>\n<TemplateId><![CDATA["+always.ID+"]]></TemplateId>\n<SubscribeStatusString><![CDATA[reject]]></SubscribeStatusString>\n</List>\n</SubscribeMsgChangeEvent>\n")
	if told := l.told(); len(told) != 1 || told[0] != want {
		t.Errorf("told %q, want %q", told, want)
	}
	a.sends(43101, a.path(bizPath), body)
	a.answers(Choice{always.ID, true})
	a.sends(0, a.path(bizPath), body)
}

func TestAnswersComeAsOneEvent(t *testing.T) {
	t.Parallel()
	a, l := listen(t)
	one, two := a.consent("one", Subscription, false), a.consent("two", Subscription, false)
	a.approve(one, two)
	x := a.answers(Choice{one.ID, true}, Choice{two.ID, false})
	list := func(id, answer string) string {
		return "<List>\n<TemplateId><![CDATA[" + id + "]]></TemplateId>\n<SubscribeStatusString><![CDATA[" + answer + "]]></SubscribeStatusString>\n<PopupScene>1</PopupScene>\n</List>\n"
	}
	want := event(testOriginal, a.fang, "subscribe_msg_popup_event", "<SubscribeMsgPopupEvent>\n"+list(one.ID, "accept")+list(two.ID, "reject")+"</SubscribeMsgPopupEvent>\n")
	if told := l.told(); len(told) != 1 || told[0] != want || x.Answer.Verdict != Silence {
		t.Errorf("told %q, want %q", told, want)
	}
	a.sends(0, a.path(bizPath), message(a.fang, one.ID, reminder()))
	a.sends(43101, a.path(bizPath), message(a.fang, two.ID, reminder()))
	told := l.told()
	if len(told) != 1 || !strings.Contains(told[0], "<Event><![CDATA[subscribe_msg_sent_event]]></Event>\n<SubscribeMsgSentEvent>\n<List>\n<TemplateId><![CDATA["+one.ID+"]]></TemplateId>\n<MsgID>") ||
		!strings.HasSuffix(told[0], "</MsgID>\n<ErrorCode>0</ErrorCode>\n<ErrorStatus><![CDATA[success]]></ErrorStatus>\n</List>\n</SubscribeMsgSentEvent>\n</xml>") {
		t.Errorf("told %q", told)
	}
}

func TestTheMiniProgramSendsOverItsOwnChannel(t *testing.T) {
	t.Parallel()
	a, l := listen(t, withMiniPush)
	mini, official := a.consent("mini", MiniSubscription, false), a.consent("official", Subscription, false)
	a.approve(mini, official)
	openid := a.People()[0].MiniOpenID
	a.answers(Choice{mini.ID, true})
	if told := l.told(); len(told) != 1 || !strings.HasPrefix(told[0], "<xml><ToUserName><![CDATA["+testMiniName+"]]></ToUserName>\n<FromUserName><![CDATA["+openid+"]]>") {
		t.Errorf("told %q", told)
	}
	send := a.miniPath(miniPath)
	a.sends(40003, send, message(a.fang, mini.ID, reminder()))
	a.sends(40037, send, message(openid, official.ID, reminder()))
	a.sends(41030, send, message(openid, mini.ID, reminder(), `,"page":"pages/none"`))
	a.sends(47003, send, message(openid, mini.ID, fields("thing1=洗衣液👍", "date2=2026-03-06")))
	a.act(Unsubscribe, "") // following has nothing to do with it
	id, _ := a.sends(0, send, message(openid, mini.ID, reminder(), `,"page":"pages/points?h=1","lang":"","miniprogram_state":""`))
	a.sends(43101, send, message(openid, mini.ID, reminder()))
	if told := l.told(); len(told) != 1 || !strings.Contains(told[0], fmt.Sprintf("<MsgID>%d</MsgID>", id)) || !strings.Contains(told[0], openid) || id == 0 {
		t.Errorf("told %q of msgid %d", told, id)
	}
	lines := a.Inbox(a.fang)
	if got := lines[len(lines)-1]; got.Card == nil || got.Card.Page != "pages/points?h=1" {
		t.Errorf("chat %+v", got)
	}
}

func TestAMiniProgramWithoutPushIsToldNothing(t *testing.T) {
	t.Parallel()
	a, l := listen(t, withMini)
	mini := a.consent("mini", MiniSubscription, false)
	a.approve(mini)
	if x := a.answers(Choice{mini.ID, true}); len(x.Attempts) != 0 {
		t.Errorf("%+v", x)
	}
	a.sends(0, a.miniPath(miniPath), message(a.People()[0].MiniOpenID, mini.ID, reminder()))
	if _, err := a.RefuseSubscription(t.Context(), a.fang, mini.ID); err != nil {
		t.Error(err)
	}
	if told := l.told(); len(told) != 0 {
		t.Errorf("told %q", told)
	}
}

func TestSubscribeRefusalsUseNothingUp(t *testing.T) {
	t.Parallel()
	a, l := listen(t)
	once := a.consent("once", Subscription, false)
	a.approve(once, a.result())
	send, body := a.path(bizPath), message(a.fang, once.ID, reminder())
	a.answers(Choice{once.ID, true})
	l.told()
	a.SetTooFrequent(a.fang, true)
	a.sends(43117, send, body)
	a.SetTooFrequent(a.fang, false)
	a.BanTemplate(once.ID, true)
	a.sends(43116, send, body)
	a.BanTemplate(once.ID, false)
	a.sends(40003, send, message(a.OpenID("路人"), once.ID, reminder()))
	a.sends(40037, send, message(a.fang, a.result().ID, goodFields()))
	a.sends(47003, send, message(a.fang, once.ID, fields("thing1=洗衣液", "date2=明天")))
	a.sends(47003, send, message(a.fang, once.ID, fields("thing1=洗衣液", "date2=2026-03-06", "remark=x")))
	a.sends(40013, send, message(a.fang, once.ID, reminder(), `,"miniprogram":{"appid":"`+testMiniID+`","pagepath":"pages/points"}`))
	if told := l.told(); len(told) != 0 {
		t.Errorf("told %q of refused messages", told)
	}
	a.SetOutcome(a.fang, UserBlock)
	a.sends(0, send, body)
	if told := l.told(); len(told) != 1 || !strings.Contains(told[0], "<ErrorCode>1</ErrorCode>\n<ErrorStatus><![CDATA[failed:user block]]>") {
		t.Errorf("told %q", told)
	}
	a.sends(43101, send, body) // the one that did not arrive is used up all the same
	if len(a.Inbox(a.fang)) != 0 {
		t.Errorf("chat %+v", a.Inbox(a.fang))
	}
}

func TestPeopleAreNotAskedJustAnything(t *testing.T) {
	t.Parallel()
	a := open(t, withMini)
	all := []Template{a.consent("1", Subscription, false), a.consent("2", Subscription, false), a.consent("3", Subscription, false), a.consent("4", Subscription, false)}
	mini := a.consent("mini", MiniSubscription, false)
	a.approve(append(all, mini, a.result())...)
	ask := func(openid string, ids ...string) error {
		var choices []Choice
		for _, id := range ids {
			choices = append(choices, Choice{id, true})
		}
		_, err := a.AnswerSubscribe(t.Context(), openid, choices...)
		return err
	}
	if ask(a.fang) == nil || ask(a.fang, all[0].ID, all[1].ID, all[2].ID, all[3].ID) == nil {
		t.Error("none or four were asked about")
	}
	for what, ids := range map[string][]string{
		"unknown": {"x"}, "a notification": {a.result().ID}, "of two accounts": {all[0].ID, mini.ID}, "twice": {all[0].ID, all[0].ID},
	} {
		if err := ask(a.fang, ids...); !errors.Is(err, ErrNoSuchTemplate) {
			t.Errorf("%s: %v", what, err)
		}
	}
	if err := ask("nobody", all[0].ID); !errors.Is(err, ErrUnknownPerson) {
		t.Errorf("a stranger: %v", err)
	}
	if _, err := a.RefuseSubscription(t.Context(), "nobody", all[0].ID); !errors.Is(err, ErrUnknownPerson) {
		t.Errorf("a stranger refuses: %v", err)
	}
	if _, err := a.RefuseSubscription(t.Context(), a.fang, a.result().ID); !errors.Is(err, ErrNoSuchTemplate) {
		t.Errorf("a notification is refused: %v", err)
	}
	a.sends(43101, a.path(bizPath), message(a.fang, all[0].ID, reminder())) // refused questions allowed nothing
	b := open(t)
	b.approve(mini)
	if _, err := b.AnswerSubscribe(t.Context(), b.fang, Choice{mini.ID, true}); !errors.Is(err, ErrNoMiniProgram) {
		t.Errorf("without a Mini Program: %v", err)
	}
}
