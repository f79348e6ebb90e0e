package main

import (
	"bytes"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/xiangfeng/xiangfeng/bot/weixin/local"
)

// canaries are what no log may hold: secrets, openids, phone numbers, texts.
type canaries struct {
	openids, phones, texts []string
	secrets                []string
}

func (c canaries) all() []string {
	return append(append(append(append([]string{}, c.openids...), c.phones...), c.texts...), c.secrets...)
}

func plant(c config) canaries {
	out := canaries{secrets: []string{
		string(c.OfficialAccount.Secret), string(c.OfficialAccount.Token), string(c.OfficialAccount.AESKey), "accessTokenCanary", string(c.SecretKey),
	}}
	for i := range 66 {
		out.openids = append(out.openids, fmt.Sprintf("oCanaryOpenid%015d", i))
		out.phones = append(out.phones, fmt.Sprintf("139%08d", 12345000+i))
		out.texts = append(out.texts, fmt.Sprintf("金丝雀第%d句话", 700+i))
	}
	return out
}

// TestLogsHoldNothingOfAnyone: whatever comes in, well or wrong, and whatever
// fails, the log at its usual level and the metrics hold no secret, no openid,
// no phone number and no words.
func TestLogsHoldNothingOfAnyone(t *testing.T) {
	t.Parallel()
	for _, environment := range []string{"test", "production"} { // text and JSON
		t.Run(environment, func(t *testing.T) {
			t.Parallel()
			c := testConfig(t, onSQLite(t))
			c.Environment = environment
			planted := plant(c)
			platform := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				fmt.Fprint(w, `{"errcode":40125,"errmsg":"invalid appsecret accessTokenCanary `+c.OfficialAccount.AppID+`"}`)
			}))
			defer platform.Close()
			c.Wechat.APIBaseURL = platform.URL
			i := raise(t, c)
			w := world{i, phonesFor(t, i)}
			for n, openid := range planted.openids {
				w.follow(t, openid)
				w.sing(t, openid, planted.phones[n], planted.texts[n])
			}
			i.greetWeChat(t.Context())
			w.says(t, planted.openids[0], planted.texts[0])
			if err := i.store.Close(); err != nil { // from here on everything fails
				t.Fatal(err)
			}
			for n, openid := range planted.openids {
				w.says(t, openid, planted.phones[n]+planted.texts[n])
			}
			get(t, i.url+"/readyz?"+planted.phones[0])

			log := i.out.String()
			for _, want := range []string{"callback refused", "sorry sentence", pseudonym(c.OfficialAccount.Secret)(planted.openids[0]), "no access token", "does not answer"} {
				if !strings.Contains(log, want) {
					t.Errorf("%q is not in the log, so nothing was shown", want)
				}
			}
			shown := httptest.NewRecorder()
			i.metrics.handler().ServeHTTP(shown, httptest.NewRequest(http.MethodGet, "/metrics", nil))
			if !strings.Contains(shown.Body.String(), `xiangfeng_callback_refused_total{reason="bad_signature"}`) {
				t.Error("nothing was counted")
			}
			if n := len(planted.all()); n < 200 {
				t.Errorf("only %d canaries", n)
			}
			for _, canary := range planted.all() {
				if strings.Contains(log, canary) || strings.Contains(shown.Body.String(), canary) {
					t.Errorf("%s is in the log or the metrics", canary)
				}
			}
		})
	}
}

// sing lets somebody do all there is with the canaries in it, rightly and wrongly.
func (w world) sing(t testing.TB, openid, phone, text string) {
	t.Helper()
	w.says(t, openid, text+phone)
	for _, m := range []local.Message{
		{Kind: local.Voice, Text: text},
		{Kind: local.Scan, Text: phone},
		{Kind: local.Click, Text: text},
		{Kind: local.Image},
		{Kind: local.Tap, Text: phone, MenuID: "1"},
		{Kind: local.Text, Text: text + "]]>" + phone},
	} {
		p, err := w.Act(openid, m)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Deliver(t.Context(), p); err != nil {
			t.Fatal(err)
		}
		if m.Kind != local.Voice {
			continue
		}
		for _, wrong := range []func(*local.Craft){
			func(c *local.Craft) { c.Token = "Forged" },
			func(c *local.Craft) { c.AppID = openid },
			func(c *local.Craft) { c.OpenID = phone },
			func(c *local.Craft) { c.Nonce = phone },
			func(c *local.Craft) { c.Mode = local.Plain },
			func(c *local.Craft) { c.At = c.At.AddDate(-1, 0, 0) },
			func(c *local.Craft) { c.Plain = append(bytes.Clone(c.Plain), text...) },
			func(c *local.Craft) { c.Plain = bytes.Replace(c.Plain, []byte("gh_"), []byte(phone), 1) },
			func(c *local.Craft) { c.MsgSignature = text },
		} {
			craft := w.Craft(openid, p.Plain)
			wrong(&craft)
			w.Post(t.Context(), request(t, craft))
		}
	}
	get(t, w.url+"/wechat/callback?echostr="+phone+"&signature="+openid)
	get(t, w.url+"/"+phone+"/"+openid)
}
