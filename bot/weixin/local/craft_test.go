package local

import (
	"net/url"
	"strings"
	"testing"
	"time"
)

const craftPacket = "<xml><ToUserName><![CDATA[gh_a96a4a619366]]></ToUserName><Content><![CDATA[积分]]></Content></xml>"

// built is a crafted request taken apart.
func built(t *testing.T, c Craft) (url.Values, string) {
	t.Helper()
	request, err := c.Request()
	if err != nil {
		t.Fatal(err)
	}
	u, err := url.Parse(request.URL)
	if err != nil {
		t.Fatal(err)
	}
	return u.Query(), string(request.Body)
}

func sealedIn(t *testing.T, body string) string {
	t.Helper()
	root, err := parseXML([]byte(body))
	if err != nil {
		t.Fatal(err)
	}
	encrypted, err := root.value("Encrypt")
	if err != nil {
		t.Fatal(err)
	}
	return encrypted
}

func TestCraftedPushes(t *testing.T) {
	t.Parallel()
	a := open(t)
	right := a.Craft(a.fang, []byte(craftPacket))
	q, body := built(t, right)
	if plain, appid, err := unseal(a.oa.key, sealedIn(t, body)); err != nil || string(plain) != craftPacket || appid != testAppID {
		t.Errorf("right: %s, %s, %v", plain, appid, err)
	}
	if q.Get("msg_signature") != sign(testToken, q.Get("timestamp"), q.Get("nonce"), sealedIn(t, body)) {
		t.Error("right: the msg_signature is wrong")
	}

	c := right
	c.Token = "BBBBB"
	if q, _ := built(t, c); q.Get("signature") != sign("BBBBB", q.Get("timestamp"), q.Get("nonce")) {
		t.Error("wrong token: signed with another")
	}
	c = right
	c.EncodingAESKey = strings.Repeat("B", 43)
	if _, body := built(t, c); sealedIn(t, body) == sealedIn(t, mustBody(t, right)) {
		t.Error("wrong key: encrypted with the right one")
	}
	c = right
	c.AppID = "wx0000000000000000"
	if _, body := built(t, c); true {
		if _, appid, err := unseal(a.oa.key, sealedIn(t, body)); err != nil || appid != c.AppID {
			t.Errorf("wrong appid: %s, %v", appid, err)
		}
	}
	c = right
	c.Mode = Plain
	if q, body := built(t, c); body != craftPacket || q.Has("encrypt_type") || q.Has("msg_signature") || !q.Has("signature") {
		t.Errorf("plain: %v %s", q, body)
	}
	c.Mode = Compatible
	if q, body := built(t, c); !strings.Contains(body, "积分") || !q.Has("msg_signature") || sealedIn(t, body) == "" {
		t.Errorf("compatible: %v %s", q, body)
	}
	c = right
	c.At = right.At.Add(-301 * time.Second)
	if q, _ := built(t, c); q.Get("timestamp") != "1772682899" {
		t.Errorf("stale: timestamp %s", q.Get("timestamp"))
	}
	c = right
	c.OpenID, c.URL = "", "http://127.0.0.1/x?a=1"
	if q, _ := built(t, c); q.Has("openid") || q.Get("a") != "1" {
		t.Errorf("without openid: %v", q)
	}
	c = right
	c.Encrypt, c.Signature, c.MsgSignature = "E", "S", "M"
	if q, body := built(t, c); q.Get("signature") != "S" || q.Get("msg_signature") != "M" || sealedIn(t, body) != "E" {
		t.Errorf("forged: %v %s", q, body)
	}
	c = right
	c.EncodingAESKey = "short"
	if _, err := c.Request(); err == nil {
		t.Error("a malformed key was used")
	}
}

func mustBody(t *testing.T, c Craft) string {
	t.Helper()
	_, body := built(t, c)
	return body
}

func TestReplayIsIdentical(t *testing.T) {
	t.Parallel()
	c := serve(t, answering("success"))
	a := open(t, c.configure)
	x, err := a.Say(t.Context(), a.fang, "积分")
	if err != nil {
		t.Fatal(err)
	}
	again := a.Post(t.Context(), x.Attempts[0].Request)
	seen := c.seen()
	if again.Status != 200 || len(seen) != 2 || seen[0].URL != seen[1].URL || string(seen[0].Body) != string(seen[1].Body) {
		t.Errorf("replayed %+v", seen)
	}
	if junk := a.Post(t.Context(), Request{Method: "POST", URL: c.URL, ContentType: "a/b", Body: []byte{0, 1}}); junk.Status != 200 {
		t.Errorf("raw bytes: %+v", junk)
	}
	if got := c.seen()[2]; got.ContentType != "a/b" || string(got.Body) != "\x00\x01" {
		t.Errorf("raw bytes came as %+v", got)
	}
	if len(a.Inbox(a.fang)) != 1 {
		t.Error("a raw post showed something in the chat")
	}
}
