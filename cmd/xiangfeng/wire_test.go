package main

import (
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/xiangfeng/xiangfeng/bot/weixin"
	"github.com/xiangfeng/xiangfeng/bot/weixin/local"
)

// more is a packet that would change something.
func (w world) more(t testing.TB) local.Craft {
	t.Helper()
	w.says(t, diligent.OpenID, "明细")
	p, err := w.Act(diligent.OpenID, local.Message{Kind: local.Text, Text: "更多"})
	if err != nil {
		t.Fatal(err)
	}
	return w.Craft(diligent.OpenID, p.Plain)
}

func request(t testing.TB, c local.Craft) local.Request {
	t.Helper()
	r, err := c.Request()
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// refused checks that a packet is answered with a 4xx and a code alone.
func (w world) refused(t testing.TB, what string, r local.Request) {
	t.Helper()
	a := w.Post(t.Context(), r)
	if a.Status < 400 || a.Status > 499 || len(a.Body) == 0 || len(a.Body) > 32 {
		t.Errorf("%s: HTTP status %d, %q, %v", what, a.Status, a.Body, a.Err)
	}
}

// TestForgedPacketsAreRefused: nothing is believed but a right signature over
// the encrypted packet of this very account. Thousands more are the receiver's
// own tests.
func TestForgedPacketsAreRefused(t *testing.T) {
	t.Parallel()
	dsn := onSQLite(t)
	w := newWorld(t, dsn)
	right := w.more(t)
	sealed := request(t, right)
	encrypted := between(t, string(sealed.Body), "<Encrypt><![CDATA[", "]]>")
	raw, err := base64.StdEncoding.DecodeString(encrypted)
	if err != nil {
		t.Fatal(err)
	}
	query, _ := url.Parse(sealed.URL)
	for bit := 3; bit < 8*len(raw); bit += 8*len(raw)/40 + 1 {
		forged := bytes.Clone(raw)
		forged[bit/8] ^= 1 << (bit % 8)
		r := sealed
		r.Body = []byte(strings.Replace(string(sealed.Body), encrypted, base64.StdEncoding.EncodeToString(forged), 1))
		w.refused(t, fmt.Sprintf("bit %d", bit), r)

		resigned := right
		resigned.Encrypt, resigned.MsgSignature = base64.StdEncoding.EncodeToString(forged), query.Query().Get("msg_signature")
		w.refused(t, fmt.Sprintf("bit %d, the old signature", bit), request(t, resigned))
	}
	for what, wrong := range map[string]func(*local.Craft){
		"another token":        func(c *local.Craft) { c.Token = "AnotherToken" },
		"another key":          func(c *local.Craft) { c.EncodingAESKey = strings.Repeat("another", 6) + "A" },
		"another app":          func(c *local.Craft) { c.AppID = "wx0000000000000000" },
		"another account":      func(c *local.Craft) { c.OriginalID = "gh_000000000000" },
		"no signature":         func(c *local.Craft) { c.MsgSignature = "0" },
		"the plain signature":  func(c *local.Craft) { c.MsgSignature = query.Query().Get("signature") },
		"addressed otherwise":  func(c *local.Craft) { c.Plain = bytes.Replace(c.Plain, []byte("gh_"), []byte("gg_"), 1) },
		"plain mode":           func(c *local.Craft) { c.Mode = local.Plain },
		"empty":                func(c *local.Craft) { c.Plain = nil },
		"not encrypted at all": func(c *local.Craft) { c.Encrypt = "AAAA" },
	} {
		c := right
		wrong(&c)
		w.refused(t, what, request(t, c))
	}
	for _, mode := range []string{"", "encrypt_type=raw", "encrypt_type=AES", "encrypt_type=none", "encrypt_type=aes&encrypt_type=raw", "encrypt_type="} {
		r := sealed
		r.URL = strings.Replace(r.URL, "encrypt_type=aes", mode, 1)
		w.refused(t, "mode "+mode, r)
		r.Body = right.Plain
		w.refused(t, "plain in mode "+mode, r)
	}
	if n := effects(t, dsn, ""); n != 0 {
		t.Errorf("%d effects", n)
	}
	if got := w.Judge(diligent.OpenID, http.StatusOK, w.Post(t.Context(), sealed).Body); got.Verdict != local.Replied {
		t.Errorf("the right one: %s", got.Why)
	}
}

// TestCompatibleModeCountsTheSealedPartAlone: what stands beside Encrypt decides nothing.
func TestCompatibleModeCountsTheSealedPartAlone(t *testing.T) {
	t.Parallel()
	w := newWorld(t, onSQLite(t))
	c := w.more(t)
	c.Mode = local.Compatible
	r := request(t, c)
	r.Body = bytes.ReplaceAll(r.Body, []byte(diligent.OpenID), []byte(fallen.OpenID))
	a := w.Post(t.Context(), r)
	if got := w.Judge(diligent.OpenID, a.Status, a.Body); a.Status == http.StatusOK && !strings.HasPrefix(got.Text, "贺春林家") {
		t.Errorf("HTTP status %d: %q", a.Status, got.Text)
	}
}

// TestConsoleVerifiesTheAddress: the check of the address in WeChat's console.
func TestConsoleVerifiesTheAddress(t *testing.T) {
	t.Parallel()
	w := newWorld(t, onSQLite(t))
	if err := w.Verify(t.Context()); err != nil {
		t.Error(err)
	}
	for _, query := range []string{"", "?echostr=1", "?signature=0&timestamp=1&nonce=2&echostr=<script>"} {
		if a := get(t, w.url+"/wechat/callback"+query); a.status != http.StatusUnauthorized || strings.Contains(a.body, "script") {
			t.Errorf("%q: HTTP status %d: %s", query, a.status, a.body)
		}
	}
}

// TestNobodySpeaksForAnother: who asks is who stands in the sealed packet,
// whatever the address line, the headers or the words say.
func TestNobodySpeaksForAnother(t *testing.T) {
	t.Parallel()
	w := newWorld(t, onSQLite(t))
	asks := func(words string) local.Craft {
		p, err := w.Act(diligent.OpenID, local.Message{Kind: local.Text, Text: words})
		if err != nil {
			t.Fatal(err)
		}
		return w.Craft(diligent.OpenID, p.Plain)
	}
	for _, victim := range []string{widow.OpenID, fallen.OpenID, elsewhere.OpenID} {
		for _, header := range []string{
			"X-WX-OPENID", "X-Wx-Openid", "X-WX-FROM-OPENID", "X-WX-UNIONID", "X-WX-SOURCE", "X-Real-OpenID", "X-User", "X-Forwarded-User",
			"X-Forwarded-For", "Authorization", "Cookie", "From", "X-Original-URL", "X-HTTP-Method-Override",
		} {
			r := request(t, asks("积分"))
			in, err := http.NewRequestWithContext(t.Context(), r.Method, r.URL, bytes.NewReader(r.Body))
			if err != nil {
				t.Fatal(err)
			}
			in.Header.Set(header, victim)
			a := do(t, in)
			if got := w.Judge(diligent.OpenID, a.status, []byte(a.body)); !strings.HasPrefix(got.Text, "贺春林家") {
				t.Errorf("%s: %s %s %q", header, got.Verdict, got.Why, got.Text)
			}
		}
		c := asks("积分")
		c.OpenID = victim
		w.refused(t, "another openid in the address line", request(t, c))
		doubled := request(t, asks("积分"))
		doubled.URL += "&openid=" + victim
		w.refused(t, "two openids in the address line", doubled)
		for _, extra := range []string{"FromUserName", "from", "user", "OPENID"} {
			r := request(t, asks("积分"))
			r.URL += "&" + extra + "=" + victim
			a := w.Post(t.Context(), r)
			if got := w.Judge(diligent.OpenID, a.Status, a.Body); !strings.HasPrefix(got.Text, "贺春林家") {
				t.Errorf("%s: %s %q", extra, got.Verdict, got.Text)
			}
		}
		for _, words := range []string{victim, "<FromUserName>" + victim + "</FromUserName>", "]]></Content><FromUserName>" + victim} {
			// What ends the CDATA of its own packet is refused.
			if x, err := w.Say(t.Context(), diligent.OpenID, words); err != nil || strings.Contains(x.Answer.Text, "今年积分") {
				t.Errorf("%q reads %q, %v", words, x.Answer.Text, err)
			}
		}
	}
}

// TestBodiesThatWeChatNeverSends: neither large nor compressed ones are looked at.
func TestBodiesThatWeChatNeverSends(t *testing.T) {
	t.Parallel()
	dsn := onSQLite(t)
	w := newWorld(t, dsn)
	sealed := request(t, w.more(t))
	var zipped bytes.Buffer
	z := gzip.NewWriter(&zipped)
	if _, err := z.Write(sealed.Body); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	padded := func(n int) []byte {
		return append(bytes.Clone(sealed.Body), bytes.Repeat([]byte(" "), n-len(sealed.Body))...)
	}
	for what, tt := range map[string]struct {
		body    io.Reader
		coding  string
		status  int
		unsized bool
	}{
		"64 KiB and a byte":           {bytes.NewReader(padded(weixin.MaxBody + 1)), "", http.StatusRequestEntityTooLarge, false},
		"64 KiB and a byte, unsized":  {bytes.NewReader(padded(weixin.MaxBody + 1)), "", http.StatusRequestEntityTooLarge, true},
		"8 MiB":                       {bytes.NewReader(bytes.Repeat([]byte("<"), 8<<20)), "", http.StatusRequestEntityTooLarge, false},
		"endless":                     {io.LimitReader(endless{}, 64<<20), "", http.StatusRequestEntityTooLarge, true},
		"gzip":                        {&zipped, "gzip", http.StatusUnsupportedMediaType, false},
		"gzip that is none":           {bytes.NewReader(sealed.Body), "gzip", http.StatusUnsupportedMediaType, false},
		"deflate":                     {bytes.NewReader(sealed.Body), "deflate", http.StatusUnsupportedMediaType, false},
		"br":                          {bytes.NewReader(sealed.Body), "br", http.StatusUnsupportedMediaType, false},
		"nothing":                     {bytes.NewReader(nil), "", http.StatusBadRequest, false},
		"64 KiB of what is no packet": {bytes.NewReader(bytes.Repeat([]byte("x"), weixin.MaxBody)), "", http.StatusBadRequest, false},
	} {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, sealed.URL, tt.body)
		if err != nil {
			t.Fatal(err)
		}
		if tt.unsized {
			r.ContentLength = -1
		}
		if tt.coding != "" {
			r.Header.Set("Content-Encoding", tt.coding)
		}
		res, err := client.Do(r)
		if err != nil { // cut while it was still sending
			if !strings.Contains(err.Error(), "reset") && !strings.Contains(err.Error(), "broken pipe") {
				t.Errorf("%s: %v", what, err)
			}
			continue
		}
		res.Body.Close()
		if res.StatusCode != tt.status {
			t.Errorf("%s: HTTP status %d, want %d", what, res.StatusCode, tt.status)
		}
	}
	for _, method := range []string{http.MethodPut, http.MethodDelete, http.MethodPatch, http.MethodHead, http.MethodOptions, "PROPFIND"} {
		r, err := http.NewRequestWithContext(t.Context(), method, sealed.URL, bytes.NewReader(sealed.Body))
		if err != nil {
			t.Fatal(err)
		}
		if a := do(t, r); a.status < 400 || a.status > 499 {
			t.Errorf("%s: HTTP status %d", method, a.status)
		}
	}
	if n := effects(t, dsn, ""); n != 0 {
		t.Errorf("%d effects", n)
	}
	if a := w.Post(t.Context(), sealed); w.Judge(diligent.OpenID, a.Status, a.Body).Verdict != local.Replied {
		t.Errorf("the right one: HTTP status %d", a.Status)
	}
}

type endless struct{}

func (endless) Read(p []byte) (int, error) {
	return copy(p, bytes.Repeat([]byte("<a>"), len(p)/3+1)), nil
}

// TestXMLThatWeChatNeverSends: rightly signed and sealed, odd XML still
// changes nothing and is never an error of the server.
func TestXMLThatWeChatNeverSends(t *testing.T) {
	t.Parallel()
	dsn := onSQLite(t)
	w := newWorld(t, dsn)
	right := w.more(t)
	for what, plain := range oddXML(t, string(right.Plain)) {
		c := right
		c.Plain = []byte(plain)
		a := w.Post(t.Context(), request(t, c))
		if a.Status < 200 || a.Status > 499 {
			t.Errorf("%s, sealed: HTTP status %d, %v", what, a.Status, a.Err)
		}
		if got := w.Judge(diligent.OpenID, a.Status, a.Body); len(numbers(got.Text)) > 0 {
			t.Errorf("%s, sealed: it turns a page: %s", what, got.Text)
		}
		outer := request(t, right)
		outer.Body = []byte(plain)
		w.refused(t, what+", not sealed", outer)
	}
	if n := effects(t, dsn, ""); n != 0 {
		t.Errorf("%d effects", n)
	}
	if a := get(t, w.url+"/healthz"); a.status != http.StatusOK {
		t.Errorf("afterwards /healthz is %d", a.status)
	}
}

// oddXML are the shapes of the vectors, and some of 更多 made wrong.
func oddXML(t testing.TB, packet string) map[string]string {
	t.Helper()
	shapes := map[string]string{
		"entity":          `<!DOCTYPE xml [<!ENTITY e "更多">]>` + strings.Replace(packet, "<![CDATA[更多]]>", "&e;", 1),
		"file":            `<!DOCTYPE xml [<!ENTITY e SYSTEM "file:///etc/passwd">]>` + strings.Replace(packet, "<![CDATA[更多]]>", "&e;", 1),
		"laughs":          `<!DOCTYPE xml [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;">]>` + strings.Replace(packet, "<![CDATA[更多]]>", "&c;", 1),
		"deep":            "<xml>" + strings.Repeat("<a>", 5000) + strings.Repeat("</a>", 5000) + strings.TrimPrefix(packet, "<xml>"),
		"many":            strings.Replace(packet, "</xml>", strings.Repeat("<a>1</a>", 3000)+"</xml>", 1),
		"doubled content": strings.Replace(packet, "</xml>", "<Content>积分</Content></xml>", 1),
		"doubled sender":  strings.Replace(packet, "</xml>", "<FromUserName>"+fallen.OpenID+"</FromUserName></xml>", 1),
		"cut off":         packet[:len(packet)/2],
		"twice":           packet + packet,
		"bom":             "\ufeff" + packet,
		"latin-1":         `<?xml version="1.0" encoding="ISO-8859-1"?>` + packet,
		"instruction":     `<?xml-stylesheet href="http://127.0.0.1/x"?>` + packet,
		"comment":         strings.Replace(packet, "<xml>", "<xml><!-- x -->", 1),
		"attributes":      strings.Replace(packet, "<xml>", `<xml xmlns:xi="http://www.w3.org/2001/XInclude">`, 1),
		"json":            `{"ToUserName":"x","Encrypt":"y"}`,
		"zero":            "\x00",
		"no id":           strings.Replace(packet, "MsgId", "MsgIe", 2),
		"huge id":         strings.Replace(packet, "<MsgId>", "<MsgId>"+strings.Repeat("9", 200), 1),
		"negative time":   strings.Replace(packet, "<CreateTime>", "<CreateTime>-", 1),
		"far time":        strings.Replace(packet, "<CreateTime>", "<CreateTime>99999999", 1),
	}
	files, err := filepath.Glob("../../bot/weixin/testdata/vectors/xml-malformed/*")
	if err != nil || len(files) == 0 {
		t.Fatal("no vectors", err)
	}
	for _, path := range files {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		shapes[filepath.Base(path)] = string(text)
	}
	return shapes
}

func between(t testing.TB, s, before, after string) string {
	t.Helper()
	_, rest, found := strings.Cut(s, before)
	part, _, closed := strings.Cut(rest, after)
	if !found || !closed {
		t.Fatalf("no %s…%s", before, after)
	}
	return part
}
