package local

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

func customText(openid, words string) string {
	return fmt.Sprintf(`{"touser":%q,"msgtype":"text","text":{"content":"%s"}}`, openid, words)
}

// send sends one customer-service text and checks the errcode.
func (a account) send(want int, openid, words string) {
	a.t.Helper()
	a.code(want, "POST", "/cgi-bin/message/custom/send?access_token="+a.token(), customText(openid, words))
}

func (a account) act(kind Kind, words string) {
	a.t.Helper()
	if _, err := a.Act(a.fang, Message{Kind: kind, Text: words}); err != nil {
		a.t.Fatal(err)
	}
}

func TestCustomMessageWindows(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		kind  Kind
		sends int
		open  time.Duration
	}{
		{Text, 5, 48 * time.Hour},
		{Voice, 5, 48 * time.Hour},
		{Image, 5, 48 * time.Hour},
		{Tap, 3, time.Minute},
		{Click, 3, time.Minute},
		{Scan, 3, time.Minute},
	} {
		t.Run(string(c.kind), func(t *testing.T) {
			t.Parallel()
			a := open(t)
			a.send(45015, a.fang, "您好") // nothing done yet
			a.act(c.kind, "x")
			a.clock.move(c.open - time.Second)
			for range c.sends {
				a.send(0, a.fang, "您好")
			}
			a.send(45047, a.fang, "您好")
			a.clock.move(time.Second)
			a.send(45015, a.fang, "您好") // closed, used up or not
			a.act(c.kind, "x")
			a.clock.move(c.open + time.Second)
			a.send(45015, a.fang, "您好")
		})
	}
}

func TestFollowingOpensAWindowAndUnfollowingClosesAll(t *testing.T) {
	t.Parallel()
	a := open(t)
	a.act(Text, "积分")
	a.act(Unsubscribe, "")
	a.send(43004, a.fang, "您好")
	a.act(Subscribe, "")
	for range 3 {
		a.send(0, a.fang, "您好")
	}
	a.send(45047, a.fang, "您好") // the message's five are gone
	a.clock.move(time.Minute)
	a.send(45015, a.fang, "您好")
}

func TestTheShorterWindowIsUsedFirst(t *testing.T) {
	t.Parallel()
	a := open(t)
	a.act(Text, "积分")
	a.act(Click, "POINTS")
	for range 3 {
		a.send(0, a.fang, "您好")
	}
	a.clock.move(time.Hour) // the click's three are over, the message's five untouched
	for range 5 {
		a.send(0, a.fang, "您好")
	}
	a.send(45047, a.fang, "您好")
	a.act(Text, "积分") // a new message gives five again, not more
	for range 5 {
		a.send(0, a.fang, "您好")
	}
	a.send(45047, a.fang, "您好")
}

func TestCustomMessageRefusals(t *testing.T) {
	t.Parallel()
	a := open(t)
	a.act(Text, "积分")
	target := "/cgi-bin/message/custom/send?access_token=" + a.token()
	a.code(41001, "POST", "/cgi-bin/message/custom/send", customText(a.fang, "您好"))
	a.code(40001, "POST", "/cgi-bin/message/custom/send?access_token=no", customText(a.fang, "您好"))
	a.code(47001, "POST", target, `{"touser":`)
	a.code(47001, "POST", target, customText(a.fang, "\xff"))
	a.code(47001, "POST", target, customText(a.fang, "您好")+strings.Repeat(" ", maxBody))
	a.code(44002, "POST", target, "")
	a.code(40003, "POST", target, customText(a.OpenID("路人"), "您好"))
	a.code(40008, "POST", target, strings.Replace(customText(a.fang, "您好"), `"msgtype":"text"`, `"msgtype":"poem"`, 1))
	a.code(44004, "POST", target, customText(a.fang, " "))
	a.code(45002, "POST", target, customText(a.fang, strings.Repeat("x", 2049)))
	for range 4 {
		a.code(0, "POST", target, customText(a.fang, strings.Repeat("x", 2048)))
	}
	a.code(0, "POST", target, customText(a.fang, "五")) // the refused ones were not counted
	a.code(45047, "POST", target, customText(a.fang, "六"))
}

func TestCustomMessageShowsUnicodeEscapesAsTheyAre(t *testing.T) {
	t.Parallel()
	a := open(t)
	a.act(Text, "积分")
	a.send(0, a.fang, `\u003ca\u003e \"甲\" \\u0041\n乙`)
	lines := a.Inbox(a.fang)
	want := `\u003ca\u003e "甲" \u0041` + "\n乙"
	if got := lines[len(lines)-1]; got.By != Service || got.Text != want {
		t.Errorf("the chat shows %q, want %q", got.Text, want)
	}
}
