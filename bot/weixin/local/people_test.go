package local

import (
	"errors"
	"fmt"
	"regexp"
	"strings"
	"testing"
	"time"
)

func TestPacketsAreAsDocumented(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		m    Message
		want string // after MsgType; ID is the MsgId, MEDIA any media id
	}{
		{Message{Kind: Text, Text: "积分 <&>"}, "<MsgType><![CDATA[text]]></MsgType>\n<Content><![CDATA[积分 <&>]]></Content>\n<MsgId>ID</MsgId>\n"},
		{Message{Kind: Tap, Text: "满意", MenuID: "101"}, "<MsgType><![CDATA[text]]></MsgType>\n<Content><![CDATA[满意]]></Content>\n<MsgId>ID</MsgId>\n<bizmsgmenuid>101</bizmsgmenuid>\n"},
		{Message{Kind: Voice, Text: ""}, "<MsgType><![CDATA[voice]]></MsgType>\n<MediaId><![CDATA[MEDIA]]></MediaId>\n<Format><![CDATA[amr]]></Format>\n<MsgId>ID</MsgId>\n<Recognition><![CDATA[]]></Recognition>\n<MediaId16K><![CDATA[MEDIA]]></MediaId16K>\n"},
		{Message{Kind: Image}, "<MsgType><![CDATA[image]]></MsgType>\n<PicUrl><![CDATA[http://mmbiz.qpic.cn/mmbiz_jpg/MEDIA/0]]></PicUrl>\n<MediaId><![CDATA[MEDIA]]></MediaId>\n<MsgId>ID</MsgId>\n"},
		{Message{Kind: Click, Text: "POINTS"}, "<MsgType><![CDATA[event]]></MsgType>\n<Event><![CDATA[CLICK]]></Event>\n<EventKey><![CDATA[POINTS]]></EventKey>\n"},
		{Message{Kind: Scan, Text: "h:1"}, "<MsgType><![CDATA[event]]></MsgType>\n<Event><![CDATA[SCAN]]></Event>\n<EventKey><![CDATA[h:1]]></EventKey>\n<Ticket><![CDATA[" + ticket("h:1") + "]]></Ticket>\n"},
		{Message{Kind: Unsubscribe}, "<MsgType><![CDATA[event]]></MsgType>\n<Event><![CDATA[unsubscribe]]></Event>\n<EventKey><![CDATA[]]></EventKey>\n"},
	} {
		a := open(t)
		p, err := a.Act(a.fang, c.m)
		if err != nil {
			t.Fatal(err)
		}
		head := fmt.Sprintf("<xml><ToUserName><![CDATA[%s]]></ToUserName>\n<FromUserName><![CDATA[%s]]></FromUserName>\n<CreateTime>%d</CreateTime>\n",
			testOriginal, a.fang, a.clock.now().Unix())
		got := regexp.MustCompile(`[0-9A-Za-z_-]{64}`).ReplaceAllString(string(p.Plain), "MEDIA")
		want := head + strings.ReplaceAll(c.want, "ID<", fmt.Sprint(p.MsgID)+"<") + "</xml>"
		if got != want {
			t.Errorf("%s:\n%s\nwant\n%s", c.m.Kind, got, want)
		}
		if (p.MsgID != 0) != strings.Contains(c.want, "ID<") {
			t.Errorf("%s: MsgID %d", c.m.Kind, p.MsgID)
		}
	}
}

func TestFollowingByACode(t *testing.T) {
	t.Parallel()
	a := open(t)
	a.act(Unsubscribe, "")
	p, err := a.Act(a.fang, Message{Kind: Subscribe, Text: "h:1"})
	if err != nil {
		t.Fatal(err)
	}
	want := "<Event><![CDATA[subscribe]]></Event>\n<EventKey><![CDATA[qrscene_h:1]]></EventKey>\n<Ticket><![CDATA[" + ticket("h:1")
	if !strings.Contains(string(p.Plain), want) {
		t.Errorf("packet %s, want %s", p.Plain, want)
	}
	if got := a.People()[0]; !got.Following || got.Scene != "h:1" || !got.FollowedAt.Equal(a.clock.now()) {
		t.Errorf("the person: %+v", got)
	}
	a.act(Unsubscribe, "")
	if p, err = a.Act(a.fang, Message{Kind: Subscribe}); err != nil || !strings.Contains(string(p.Plain), "<EventKey><![CDATA[]]></EventKey>") {
		t.Errorf("without a code: %s, %v", p.Plain, err)
	}
}

func TestMsgIDsRiseEvenWhenTheClockGoesBack(t *testing.T) {
	t.Parallel()
	a := open(t)
	last := int64(0)
	for _, step := range []time.Duration{0, 0, time.Second, -time.Hour, 48 * time.Hour} {
		a.clock.move(step)
		p, err := a.Act(a.fang, Message{Kind: Text, Text: "积分"})
		if err != nil || p.MsgID <= last {
			t.Errorf("MsgID %d after %d, %v", p.MsgID, last, err)
		}
		last = p.MsgID
	}
	if last>>32 != a.clock.now().Unix() {
		t.Errorf("the high half of %d is not the second", last)
	}
}

func TestAPersonsCDATAEndIsPassedThrough(t *testing.T) {
	t.Parallel()
	a := open(t)
	p, err := a.Act(a.fang, Message{Kind: Text, Text: "x]]></Content><FromUserName>"})
	if err != nil || !strings.Contains(string(p.Plain), "<![CDATA[x]]></Content><FromUserName>]]>") {
		t.Errorf("%s, %v", p.Plain, err)
	}
}

func TestAPhoneRefuses(t *testing.T) {
	t.Parallel()
	a := open(t)
	stranger := a.OpenID("路人")
	if err := a.Add(Person{OpenID: stranger}); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		openid string
		m      Message
		want   error
	}{
		{"nobody", Message{Kind: Text, Text: "x"}, ErrUnknownPerson},
		{stranger, Message{Kind: Text, Text: "x"}, ErrNotFollowing},
		{stranger, Message{Kind: Unsubscribe}, ErrNotFollowing},
		{a.fang, Message{Kind: Subscribe}, ErrFollowing},
		{a.fang, Message{Kind: Text, Text: " "}, ErrEmpty},
		{a.fang, Message{Kind: Click}, ErrEmpty},
	} {
		if _, err := a.Act(c.openid, c.m); !errors.Is(err, c.want) {
			t.Errorf("%+v: %v, want %v", c.m, err, c.want)
		}
	}
	if _, err := a.Act(a.fang, Message{Kind: "dance"}); err == nil {
		t.Error("an unknown act was accepted")
	}
	if _, err := a.Say(t.Context(), stranger, "x"); !errors.Is(err, ErrNotFollowing) {
		t.Errorf("Say: %v", err)
	}
	if a.Add(Person{OpenID: stranger}) == nil || a.Add(Person{OpenID: "o1"}) == nil {
		t.Error("a known or malformed openid was added")
	}
	if len(a.Inbox(a.fang)) != 0 || a.Inbox("nobody") != nil {
		t.Error("a refused act left a line")
	}
}

func TestInboxKeepsTheLast500(t *testing.T) {
	t.Parallel()
	a := open(t)
	for i := range 501 {
		a.act(Text, fmt.Sprint(i))
	}
	if got := a.Inbox(a.fang); len(got) != 500 || got[0].Text != "1" || got[499].Text != "500" {
		t.Errorf("%d lines from %q", len(got), got[0].Text)
	}
}
