package demo_test

import (
	"encoding/json"
	"net/http"
	"testing"

	"github.com/xiangfeng/xiangfeng/handlers/demo"
)

type details struct {
	ID        int64
	Path, URL string
	Note      string
	Parts     []struct{ Name, Text string }
}

func (s *stage) details(t *testing.T, p demo.Packet) (d details) {
	t.Helper()
	s.phones.mu.Lock()
	s.phones.pass(demo.Packet{Request: "an older one"})
	s.phones.pass(p)
	s.phones.pass(demo.Packet{Request: "a newer one"})
	s.phones.mu.Unlock()
	got := s.ask(t, "GET", "packets/2", "")
	if err := json.Unmarshal([]byte(got.body), &d); err != nil || got.status != http.StatusOK || d.ID != 2 {
		t.Fatalf("got %d %s", got.status, got.body)
	}
	return d
}

func TestPushShowsBothSidesOfTheEncryption(t *testing.T) {
	t.Parallel()
	d := newStage(t).details(t, demo.Packet{
		Direction: demo.Push, URL: "http://127.0.0.1:8080/wechat/callback?nonce=1", Note: "no answer",
		Request: "<xml><Encrypt>abc</Encrypt></xml>", PlainRequest: "<xml><MsgType><![CDATA[text]]></MsgType></xml>",
		Response: "<xml>raw</xml>", PlainResponse: "<xml><Content><![CDATA[好]]></Content></xml>",
	})
	if d.Path != "/wechat/callback" || d.URL != "http://127.0.0.1:8080/wechat/callback?nonce=1" || d.Note != "no answer" {
		t.Errorf("%+v", d)
	}
	want := [][2]string{
		{"原始请求", "<xml><Encrypt>abc</Encrypt></xml>"},
		{"请求解密后", "<xml>\n  <MsgType><![CDATA[text]]></MsgType>\n</xml>"},
		{"原始回应", "<xml>raw</xml>"},
		{"回应解密后", "<xml>\n  <Content><![CDATA[好]]></Content>\n</xml>"},
	}
	for i, w := range want {
		if d.Parts[i].Name != w[0] || d.Parts[i].Text != w[1] {
			t.Errorf("part %d is %+v, want %q", i, d.Parts[i], w)
		}
	}
}

func TestPlainTextIsLaidOut(t *testing.T) {
	t.Parallel()
	for name, c := range map[string][2]string{
		"empty":           {"", ""},
		"a word":          {"success", "success"},
		"JSON":            {`{"msgid":7711544416955408333,"a":[]}`, "{\n  \"msgid\": 7711544416955408333,\n  \"a\": []\n}"},
		"broken JSON":     {`{"a":`, `{"a":`},
		"nested":          {"<xml><A><B>1</B><C/></A>\n<D></D></xml>", "<xml>\n  <A>\n    <B>1</B>\n    <C/>\n  </A>\n  <D></D>\n</xml>"},
		"a declaration":   {`<?xml version="1.0"?><xml>1</xml>`, "<?xml version=\"1.0\"?>\n<xml>1</xml>"},
		"tags in CDATA":   {"<xml><A><![CDATA[</A>\n<b>]]></A></xml>", "<xml>\n  <A><![CDATA[</A>\n<b>]]></A>\n</xml>"},
		"not closed":      {"<xml><A>1</xml>", "<xml><A>1</xml>"},
		"closed too much": {"</xml></xml>", "</xml></xml>"},
		"cut in a tag":    {"<xml>1</xml><A", "<xml>1</xml><A"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := newStage(t).details(t, demo.Packet{Direction: demo.Call, Request: c[0]})
			if len(d.Parts) != 2 || d.Parts[0].Name != "请求" || d.Parts[0].Text != c[1] {
				t.Errorf("got %+v, want %q", d.Parts, c[1])
			}
		})
	}
}

func TestUnknownPacket(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	for _, id := range []string{"1", "0", "-1", "x", "9223372036854775807", "9223372036854775808"} {
		if got := s.ask(t, "GET", "packets/"+id, ""); got.status != http.StatusNotFound || got.refusal(t) != "unknown_packet" {
			t.Errorf("%s: got %d %s", id, got.status, got.body)
		}
	}
}
