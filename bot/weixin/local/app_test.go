package local

import (
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

const (
	testMiniID     = "wx5823bf96d3bd0000"
	testMiniSecret = "fedcba9876543210fedcba9876543210"
	testMiniName   = "gh_b96a4a619366"
)

// withMini gives the account a Mini Program with one published page.
func withMini(c *Config) {
	c.MiniProgram = MiniProgram{AppID: testMiniID, Secret: testMiniSecret, Bound: true, Pages: []string{"pages/points"}}
}

// withMiniPush lets the Mini Program's events come to the same callback, under a key of their own.
func withMiniPush(c *Config) {
	withMini(c)
	m := &c.MiniProgram
	m.CallbackURL, m.OriginalID, m.Token, m.EncodingAESKey = c.CallbackURL, testMiniName, "BBBBB", strings.Repeat("B", 42)+"A"
}

// miniPath is an API path with a good token of the Mini Program.
func (a account) miniPath(path string) string {
	a.t.Helper()
	body := strings.NewReplacer(testAppID, testMiniID, testSecret, testMiniSecret).Replace(stableBody(false))
	return path + "?access_token=" + a.api("POST", "/cgi-bin/stable_token", body).AccessToken
}

func TestNewRefusesAWrongMiniProgram(t *testing.T) {
	t.Parallel()
	for want, change := range map[string]func(*MiniProgram){
		"MiniProgram.AppID":          func(m *MiniProgram) { m.AppID = "wx1" },
		"not the official account's": func(m *MiniProgram) { m.AppID = testAppID },
		"MiniProgram.Secret":         func(m *MiniProgram) { m.Secret = "x" },
		"MiniProgram.CallbackURL":    func(m *MiniProgram) { m.CallbackURL = "ftp://x" },
		"MiniProgram.OriginalID":     func(m *MiniProgram) { m.CallbackURL = "http://a.cn" },
		"MiniProgram.Token":          func(m *MiniProgram) { m.CallbackURL = "http://a.cn" },
		"MiniProgram.EncodingAESKey": func(m *MiniProgram) { m.CallbackURL = "http://a.cn" },
	} {
		cfg := Config{
			AppID: testAppID, OriginalID: testOriginal, Secret: testSecret, Token: testToken, EncodingAESKey: testKey,
			CallbackURL: "https://example.org/wechat/callback",
		}
		withMini(&cfg)
		if _, err := New(cfg); err != nil {
			t.Fatal(err)
		}
		change(&cfg.MiniProgram)
		if _, err := New(cfg); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v, want one about %s", err, want)
		}
	}
}

func TestEitherAccountHasTokensAndQuotasOfItsOwn(t *testing.T) {
	t.Parallel()
	a := open(t, withMini)
	official, mini := a.path(""), a.miniPath("")
	if official == mini {
		t.Fatal("one token for both")
	}
	a.code(0, "GET", infoPath+official+"&openid="+a.fang, "")
	a.code(48001, "GET", infoPath+mini+"&openid="+a.fang, "")
	a.code(48001, "POST", "/cgi-bin/message/subscribe/send"+official, "{}")
	a.code(40003, "POST", "/cgi-bin/message/subscribe/send"+mini, "{}")
	a.code(48001, "POST", "/cgi-bin/message/subscribe/bizsend"+mini, "{}")

	a.stableCall(true) // kills the official account's alone
	a.code(40001, "GET", infoPath+official, "")
	a.code(40003, "POST", "/cgi-bin/message/subscribe/send"+mini, "{}")

	wrong := strings.Replace(stableBody(false), testAppID, testMiniID, 1) // its appid with the other one's secret
	a.code(40125, "POST", "/cgi-bin/stable_token", wrong)
	a.SetDailyQuota("/cgi-bin/openapi/quota/get", 2)
	ask := `{"cgi_path":"/cgi-bin/openapi/quota/get"}`
	for range 2 {
		a.code(0, "POST", "/cgi-bin/openapi/quota/get"+mini, ask)
	}
	a.code(45009, "POST", "/cgi-bin/openapi/quota/get"+mini, ask)
	a.code(0, "POST", a.path("/cgi-bin/openapi/quota/get"), ask)
}

func TestQuotasAreGivenBackTenTimesAMonth(t *testing.T) {
	t.Parallel()
	a := open(t)
	a.SetDailyQuota(infoPath, 3)
	quota := func(want string) {
		t.Helper()
		if got := a.raw("POST", a.path("/cgi-bin/openapi/quota/get"), `{"cgi_path":"`+infoPath+`"}`); !strings.Contains(got, want) {
			t.Errorf("quota %s, want %s", got, want)
		}
	}
	bearer := a.token()
	quota(`"quota":{"daily_limit":3,"used":0,"remain":3}`)
	for range 3 {
		a.wantToken("within the quota", bearer, 0)
	}
	quota(`"quota":{"daily_limit":3,"used":3,"remain":0}`)
	a.wantToken("the fourth call", bearer, 45009)
	quota(`"quota":{"daily_limit":3,"used":4,"remain":0}`)
	give := `{"appid":"` + testAppID + `"}`
	a.code(40013, "POST", a.path("/cgi-bin/clear_quota"), `{"appid":"`+testMiniID+`"}`)
	a.wantToken("a refused clearing", bearer, 45009)
	for range 10 {
		a.code(0, "POST", a.path("/cgi-bin/clear_quota"), give)
	}
	a.wantToken("given back", bearer, 0)
	a.code(48006, "POST", a.path("/cgi-bin/clear_quota"), give)
	quota(`"used":1`)
	a.clock.move(12 * time.Hour) // midnight
	bearer = a.token()
	quota(`"used":0`)
	a.wantToken("the next day", bearer, 0)
	a.code(48006, "POST", a.path("/cgi-bin/clear_quota"), give)
	a.clock.move(27*24*time.Hour - 12*time.Hour) // 31 March 12:00 after 5 March
	a.clock.move(-24 * time.Hour)
	a.code(48006, "POST", a.path("/cgi-bin/clear_quota"), give)
	a.clock.move(36 * time.Hour) // 1 April 00:00
	a.code(0, "POST", a.path("/cgi-bin/clear_quota"), give)
	a.code(76021, "POST", a.path("/cgi-bin/openapi/quota/get"), `{"cgi_path":"/cgi-bin/none"}`)
}

func TestUncertifiedAccountsMayLess(t *testing.T) {
	t.Parallel()
	a := open(t, func(c *Config) { c.Uncertified = true })
	a.act(Text, "积分")
	a.code(48001, "POST", a.path("/cgi-bin/message/template/send"), "{}")
	a.code(48001, "GET", a.path("/cgi-bin/template/get_all_private_template"), "")
	a.code(48001, "POST", a.path("/cgi-bin/message/subscribe/bizsend"), "{}")
	a.code(48001, "POST", a.path("/cgi-bin/message/custom/send"), `{"touser":"`+a.fang+`","msgtype":"msgmenu","msgmenu":{"list":[{"id":"1","content":"好"}]}}`)
	a.send(0, a.fang, "您好")
}

func TestTracesHideTheMiniProgramsSecrets(t *testing.T) {
	t.Parallel()
	a := open(t, withMini)
	code, err := a.LoginCode(a.fang)
	if err != nil {
		t.Fatal(err)
	}
	body := a.raw("GET", sessionPath(code), "")
	key, _, _ := strings.Cut(strings.SplitAfter(body, `"session_key":"`)[1], `"`)
	trace := a.TraceSince(0)[0]
	if whole := trace.URL + trace.Response; strings.Contains(whole, testMiniSecret) || strings.Contains(whole, key) {
		t.Errorf("the trace shows a secret: %s", whole)
	}
	rec := httptest.NewRecorder()
	a.ServeHTTP(rec, upload(a.path("/cgi-bin/media/upload")+"&type=image", "media", greyPicture))
	if trace = a.TraceSince(1)[1]; strings.Contains(trace.Request, string(greyPicture)) || !strings.Contains(trace.Request, "bytes of multipart/form-data") {
		t.Errorf("the trace of an upload holds %q", trace.Request)
	}
}
