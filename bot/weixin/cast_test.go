package weixin

import (
	"fmt"
	"net/url"
	"strconv"
	"testing"
	"time"

	"github.com/xiangfeng/xiangfeng/bot"
)

const (
	testApp     = "wx5ad1c3e0b7f94a26"
	testAccount = "gh_2f6d0c9b81e4"
	testToken   = "xiangfeng2026"
	testKey     = "kWxPEV2UEDyxWpmPdKC3F4dgPDmOvfKX1HGnEUDS1aR"
	oldKey      = "jWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2C"
	wangFang    = "oWangFang_0123456789abcdefgh"
)

var noon = time.Date(2026, 4, 3, 12, 0, 0, 0, time.FixedZone("CST", 8*3600))

func testConfig() ReceiverConfig {
	return ReceiverConfig{AppID: testApp, OriginalID: testAccount, Token: testToken, AESKey: testKey}
}

func newReceiver(tb testing.TB, c ReceiverConfig) *Receiver {
	tb.Helper()
	r, err := NewReceiver(c)
	if err != nil {
		tb.Fatal(err)
	}
	return r
}

// push is a packet as the platform sends it. Its zero fields take the values
// of a good one.
type push struct {
	inner, key, app, account, token, openid string
	at                                      time.Time
}

func (p push) made(tb testing.TB) (url.Values, []byte) {
	tb.Helper()
	or := func(s, otherwise string) string {
		if s == "" {
			return otherwise
		}
		return s
	}
	key, err := decodeAESKey(or(p.key, testKey))
	if err != nil {
		tb.Fatal(err)
	}
	at := noon
	if !p.at.IsZero() {
		at = p.at
	}
	sealed := key.seal([]byte("0123456789abcdef"), []byte(p.inner), or(p.app, testApp))
	query := signedQuery(or(p.token, testToken), strconv.FormatInt(at.Unix(), 10), sealed)
	if p.openid != "" {
		query.Set("openid", p.openid)
	}
	return query, envelope(or(p.account, testAccount), sealed)
}

func signedQuery(token, timestamp, sealed string) url.Values {
	const nonce = "415670741"
	plain := sign([]string{token, timestamp, nonce})
	safe := sign([]string{token, timestamp, nonce, sealed})
	return url.Values{
		"timestamp": {timestamp}, "nonce": {nonce}, "signature": {string(plain[:])},
		"encrypt_type": {"aes"}, "msg_signature": {string(safe[:])},
	}
}

func envelope(account, sealed string) []byte {
	return fmt.Appendf(nil, "<xml><ToUserName><![CDATA[%s]]></ToUserName><Encrypt><![CDATA[%s]]></Encrypt></xml>", account, sealed)
}

func textMessage(words string) string { return textFrom(wangFang, words) }

func textFrom(from, words string) string {
	return fmt.Sprintf("<xml><ToUserName><![CDATA[%s]]></ToUserName><FromUserName><![CDATA[%s]]></FromUserName>"+
		"<CreateTime>%d</CreateTime><MsgType><![CDATA[text]]></MsgType><Content><![CDATA[%s]]></Content>"+
		"<MsgId>24517634512345678</MsgId></xml>", testAccount, from, noon.Unix(), words)
}

func eventMessage(name, key, more string) string {
	return fmt.Sprintf("<xml><ToUserName><![CDATA[%s]]></ToUserName><FromUserName><![CDATA[%s]]></FromUserName>"+
		"<CreateTime>%d</CreateTime><MsgType><![CDATA[event]]></MsgType><Event><![CDATA[%s]]></Event>"+
		"<EventKey><![CDATA[%s]]></EventKey>%s</xml>", testAccount, wangFang, noon.Unix(), name, key, more)
}

// refused checks that a packet is refused, for the given reason if there is one.
func refused(tb testing.TB, what string, err error, want Refusal) {
	tb.Helper()
	switch reason, ok := err.(Refusal); {
	case !ok:
		tb.Errorf("%s: got %v, want a refusal", what, err)
	case want != "" && reason != want:
		tb.Errorf("%s: refused as %s, want %s", what, reason, want)
	}
}

func openInner(tb testing.TB, r *Receiver, inner string) (bot.Update, error) {
	tb.Helper()
	query, body := push{inner: inner}.made(tb)
	opened, err := r.Open(query, body, noon)
	return opened.Update, err
}
