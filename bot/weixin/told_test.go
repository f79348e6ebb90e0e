package weixin

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/xiangfeng/xiangfeng/domain/notice"
)

// TestToldOfMessages reads the platform's events about messages from the samples.
func TestToldOfMessages(t *testing.T) {
	t.Parallel()
	at := func(seconds int64) time.Time { return time.Unix(seconds, 0).UTC() }
	word := func(w notice.Word) Told { return Told{Words: []notice.Word{w}} }
	consents := func(c ...notice.Consent) Told { return Told{Consents: c} }
	const one, two, three = "otFpruAK8D-E6EfStSYonYSBZ8_4", "VRR0UEO9VJOLs0MHlU0OilqX6MVFDwH3_3gz3Oc0NIc", "BEwX0BOT3MqK3Uc5oTU3CGBqzjpndk2jzUf7VfExd8"
	for file, want := range map[string]Told{
		"xml-in/event_templatesendjobfinish.wechatpy.01.xml":      word(notice.Word{OpenID: "fromuser", Message: "200163836", Report: notice.Arrived}),
		"xml-in/event_templatesendjobfinish.doc.03.xml":           word(notice.Word{OpenID: "oia2TjuEGTNoeX76QEjQNrcURxG8", Message: "200163840", Report: notice.Broken}),
		"xml-in/event_templatesendjobfinish.live.01.xml":          word(notice.Word{OpenID: "oTD8i6Wz6jQZPSNJlzQv43ApodvI", Message: "3557254367693750277", Report: notice.Frequency}),
		"xml-in/event_subscribe_msg_sent_event.wxjava.01.xml":     word(notice.Word{OpenID: one, Message: "1700827132819554304", Template: two, Report: notice.Arrived}),
		"xml-in/event_subscribe_msg_popup_event.wechatpy.01.xml":  consents(notice.Consent{OpenID: one, Template: two, Accepted: true, At: at(1610969440)}),
		"xml-in/event_subscribe_msg_change_event.wechatpy.01.xml": consents(notice.Consent{OpenID: one, Template: two, At: at(1610969440)}),
		"json-in/subscribe_msg_sent_event.wxjava.01.json": word(notice.Word{
			OpenID: "o7esq5PHRGBQYmeNyfG064wEFVpQ", Mini: true, Message: "1864323726461255680", Template: "BEwX0BO-T3MqK3Uc5oTU3CGBqzjpndk2jzUf7VfExd8", Report: notice.Arrived,
		}),
		"json-in/subscribe_msg_popup_event.wxjava.01.json":  consents(notice.Consent{OpenID: one, Template: two, Accepted: true, At: at(1610969440)}),
		"json-in/subscribe_msg_popup_event.wxjava.02.json":  consents(notice.Consent{OpenID: one, Template: two, Accepted: true, At: at(1610969440)}),
		"json-in/subscribe_msg_change_event.wxjava.01.json": consents(notice.Consent{OpenID: "o7esq5OI1Uej6Xixw1lA2H7XDVbc", Template: three, At: at(1610968440)}),
		"json-in/subscribe_msg_change_event.wxjava.02.json": consents(notice.Consent{OpenID: "o7esq5OI1Uej6Xixw1lA2H7XDVbc", Template: three, At: at(1610968440)}),
		"xml-in/event_click.wechatpy.01.xml":                {},
	} {
		text, err := os.ReadFile(filepath.Join("testdata/vectors", file))
		if err != nil {
			t.Fatal(err)
		}
		var got Told
		if strings.HasPrefix(file, "json") {
			h, err := hear(string(text))
			if err != nil {
				t.Fatal(err)
			}
			got = h.told()
		} else {
			p, items, err := parseAll(string(text))
			if err != nil {
				t.Fatal(err)
			}
			got = toldOf(p[event], p[fromUserName], p[createTime], p[jobID], p[jobStatus], items)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", file, diff)
		}
	}
}

// TestListsAreStrict: a field stands once in each List, and a List that is
// another event's is none.
func TestListsAreStrict(t *testing.T) {
	t.Parallel()
	list := func(inner string) string {
		return "<xml><SubscribeMsgSentEvent>" + inner + "</SubscribeMsgSentEvent></xml>"
	}
	for text, items := range map[string]int{
		list("<List><MsgID>1</MsgID></List><List><MsgID>2</MsgID></List>"): 2,
		list("<List/>"): 1,
		list(""):        0,
		"<xml><Other><List><MsgID>1</MsgID></List></Other></xml>": 0,
		"<xml><List><MsgID>1</MsgID></List></xml>":                0,
		list("<List><MsgID>1</MsgID><MsgID>2</MsgID></List>"):     -1,
		list("<List><MsgID><b>1</b></MsgID></List>"):              -1,
	} {
		_, got, err := parseAll(text)
		if (err != nil) != (items < 0) || err == nil && len(got) != items {
			t.Errorf("%s: %v, %v", text, got, err)
		}
	}
	for _, status := range []string{"", "failed", "FAILED:USER BLOCK ", "success!"} {
		if got := reportOf(status); got == notice.Arrived {
			t.Errorf("%q arrived", status)
		}
	}
	if got := toldOf(messageSent, "o", "1", "", "", []item{{"T", "", "7", "", "success"}, {"T", "", "8", "43101", "success"}}); len(got.Words) != 2 || got.Words[0].Report != notice.Failed || got.Words[1].Report != notice.Failed {
		t.Errorf("without the code 0 nothing arrives: %+v", got)
	}
}
