package weixin

import (
	"crypto/rand"
	"fmt"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/xiangfeng/xiangfeng/bot"
)

func openedText(tb testing.TB, r *Receiver) Opened {
	tb.Helper()
	query, body := push{inner: textMessage("积分")}.made(tb)
	opened, err := r.Open(query, body, noon)
	if err != nil {
		tb.Fatal(err)
	}
	return opened
}

// replies are texts that could break out of the reply's XML.
func replies() []string {
	texts := []string{
		"]]>", "]]]]>>", "]]]>", "]]&gt;", "]]>]]>", "x]]></Content></xml>", "<![CDATA[x]]>", "&lt;&amp;", "&xxe;", "<!-- -->", "<!DOCTYPE a>",
		"]]></Content><FromUserName>gh_x</FromUserName><Content><![CDATA[", "<a href=\"https://example.cn/?a=1&b=2\">看</a>", "'\"", "]", "]]", "]] >",
		"]\x00]>", "]\x02]\x03>", "]]\x1b>", "]\xff]>", "\ufffe]]\uffff>", "a\r\nb", "a\rb", "\t", "\u2028]]>\u2029", "\u202e]]>", "🌾]]>🌾", "𠮷]]>", "a\xed\xa0\x80b",
	}
	for n := 2030; n <= 2050; n++ {
		texts = append(texts, strings.Repeat("]]>", n/3+1)[:n], strings.Repeat("积", n/3)+strings.Repeat("x", n%3)+"🌾")
	}
	return texts
}

// checkReply reads a sealed reply with the standard library: one text for one
// person, as said but for what XML cannot hold.
func checkReply(tb testing.TB, r *Receiver, o Opened, text string) {
	tb.Helper()
	sealed := r.Seal(bot.Reply{Text: text}, o, noon)
	if string(sealed) == Acknowledged {
		if strings.TrimSpace(legal(text)) != "" {
			tb.Errorf("%q is not said", text)
		}
		return
	}
	got := replyText(tb, "", sealed)
	whole := legal(text)
	if !strings.HasPrefix(whole, got) || !utf8.ValidString(got) {
		tb.Errorf("%q became %q", text, got)
	}
	if rest := len(whole) - len(got); len(got) > MaxText || rest > 0 && len(got) <= MaxText-utf8.UTFMax {
		tb.Errorf("%d bytes of %d are said", len(got), len(whole))
	}
}

func TestRepliesCannotBreakOut(t *testing.T) {
	t.Parallel()
	r := newReceiver(t, testConfig())
	o := openedText(t, r)
	if n := len(replies()); n < 50 {
		t.Errorf("%d texts", n)
	}
	for _, text := range replies() {
		checkReply(t, r, o, text)
	}
}

func FuzzSeal(f *testing.F) {
	for _, text := range replies() {
		f.Add(text)
	}
	r := newReceiver(f, testConfig())
	o := openedText(f, r)
	f.Fuzz(func(t *testing.T, text string) { checkReply(t, r, o, text) })
}

func TestReplyCarriesItsOwnTimeAndRandom(t *testing.T) {
	t.Parallel()
	r := newReceiver(t, testConfig())
	o := openedText(t, r)
	later := noon.Add(90 * time.Second)
	first, second := r.Seal(bot.Reply{Text: "36 分"}, o, later), r.Seal(bot.Reply{Text: "36 分"}, o, later)
	if string(first) == string(second) {
		t.Error("two replies are encrypted alike")
	}
	if got := xmlValue(t, first, "TimeStamp"); got != fmt.Sprint(later.Unix()) {
		t.Errorf("time %s", got)
	}
	if got := xmlValue(t, first, "Nonce"); got != "415670741" {
		t.Errorf("nonce %s", got)
	}
	var drawn int
	r.random = func(b []byte) { drawn += len(b); _, _ = rand.Read(b) }
	r.Seal(bot.Reply{Text: "36 分"}, o, later)
	if drawn != 16 {
		t.Errorf("%d random bytes", drawn)
	}
}

func TestNothingToSayIsAcknowledged(t *testing.T) {
	t.Parallel()
	r := newReceiver(t, testConfig())
	o := openedText(t, r)
	for _, text := range []string{"", " \n", "\x00\x01", "\xff"} {
		if got := r.Seal(bot.Reply{Text: text}, o, noon); string(got) != Acknowledged {
			t.Errorf("%q gave %q", text, got)
		}
	}
	query, body := push{inner: eventMessage("TEMPLATESENDJOBFINISH", "", "<MsgID>1</MsgID>")}.made(t)
	platform, err := r.Open(query, body, noon)
	if err != nil {
		t.Fatal(err)
	}
	for _, o := range []Opened{{}, platform} {
		if got := r.Seal(bot.Reply{Text: "x"}, o, noon); string(got) != Acknowledged {
			t.Errorf("got %q", got)
		}
	}
}

// BenchmarkOpenSeal is the rim's share of a question: signature, decryption,
// parsing, and the encrypted reply.
func BenchmarkOpenSeal(b *testing.B) {
	r := newReceiver(b, testConfig())
	query, body := push{inner: textMessage("积分"), openid: wangFang}.made(b)
	reply := bot.Reply{Text: strings.Repeat("王芳家今年 36 分，可用 20 分。\n", 6)}
	b.ReportAllocs()
	for b.Loop() {
		opened, err := r.Open(query, body, noon)
		if err != nil {
			b.Fatal(err)
		}
		if len(r.Seal(reply, opened, noon)) < 100 {
			b.Fatal("no reply")
		}
	}
}
