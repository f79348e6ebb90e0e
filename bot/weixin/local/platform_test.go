package local

import (
	"encoding/json"
	"go/parser"
	"go/token"
	"io"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const (
	testAppID    = "wx5823bf96d3bd56c7"
	testOriginal = "gh_a96a4a619366"
	testSecret   = "0123456789abcdef0123456789abcdef"
	testToken    = "AAAAA"
	testKey      = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"
)

// clock stands still until it is moved.
type clock struct {
	mu sync.Mutex
	at time.Time
}

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.at
}

func (c *clock) move(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = c.at.Add(d)
}

// account is a local WeChat with a standing clock and one follower, 王芳.
type account struct {
	*WeChat
	t     *testing.T
	clock *clock
	fang  string
}

// open makes the account; nobody follows before noon of 2026-03-05, Shanghai.
func open(t *testing.T, changes ...func(*Config)) account {
	t.Helper()
	c := &clock{at: time.Date(2026, 3, 5, 12, 0, 0, 0, shanghai)}
	cfg := Config{
		AppID: testAppID, OriginalID: testOriginal, Secret: testSecret, Token: testToken, EncodingAESKey: testKey,
		CallbackURL: "http://127.0.0.1:9/wechat/callback", Now: c.now,
	}
	for _, change := range changes {
		change(&cfg)
	}
	w, err := New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(w.Close)
	a := account{WeChat: w, t: t, clock: c, fang: w.OpenID("王芳")}
	if err := w.Add(Person{OpenID: a.fang, UnionID: "u-fang", Following: true}); err != nil {
		t.Fatal(err)
	}
	return a
}

// answerBody is any answer of the API.
type answerBody struct {
	ErrCode     int    `json:"errcode"`
	ErrMsg      string `json:"errmsg"`
	AccessToken string `json:"access_token"`
	ExpiresIn   int64  `json:"expires_in"`
	Subscribe   int    `json:"subscribe"`
	UnionID     string `json:"unionid"`
	QRScene     int    `json:"qr_scene"`
	QRSceneStr  string `json:"qr_scene_str"`
}

// api makes a call that must be answered with HTTP 200 and JSON.
func (a account) api(method, target, body string) answerBody {
	a.t.Helper()
	rec := httptest.NewRecorder()
	a.ServeHTTP(rec, httptest.NewRequest(method, target, strings.NewReader(body)))
	if rec.Code != http.StatusOK {
		a.t.Fatalf("%s %s: HTTP status %d", method, target, rec.Code)
	}
	var out answerBody
	if err := json.Unmarshal(rec.Body.Bytes(), &out); err != nil {
		a.t.Fatalf("%s %s: %v in %s", method, target, err, rec.Body)
	}
	if out.ErrCode != 0 && !strings.Contains(out.ErrMsg, " rid: ") {
		a.t.Errorf("%s %s: errmsg %q has no rid", method, target, out.ErrMsg)
	}
	return out
}

// code makes a call and checks its errcode.
func (a account) code(want int, method, target, body string) {
	a.t.Helper()
	if got := a.api(method, target, body); got.ErrCode != want {
		a.t.Errorf("%s %.60s %.60s: errcode %d (%s), want %d", method, target, body, got.ErrCode, got.ErrMsg, want)
	}
}

func TestNewRefusesWhatTheConsoleWould(t *testing.T) {
	t.Parallel()
	good := Config{
		AppID: testAppID, OriginalID: testOriginal, Secret: testSecret, Token: testToken, EncodingAESKey: testKey,
		CallbackURL: "https://example.org/wechat/callback",
	}
	if _, err := New(good); err != nil {
		t.Fatal(err)
	}
	for want, change := range map[string]func(*Config){
		"AppID":          func(c *Config) { c.AppID = "gh_1" },
		"OriginalID":     func(c *Config) { c.OriginalID = testAppID },
		"Secret":         func(c *Config) { c.Secret = "" },
		"Token":          func(c *Config) { c.Token = "AA" },
		"Token: want":    func(c *Config) { c.Token = strings.Repeat("A", 33) },
		"letters":        func(c *Config) { c.Token = "AA_AA" },
		"EncodingAESKey": func(c *Config) { c.EncodingAESKey = testKey[1:] },
		"43 letters":     func(c *Config) { c.EncodingAESKey = testKey[1:] + "+" },
		"CallbackURL":    func(c *Config) { c.CallbackURL = "ftp://example.org" },
		"TokenLife":      func(c *Config) { c.TokenLife = 5 * time.Minute },
		"negative":       func(c *Config) { c.Attempts = -1 },
	} {
		bad := good
		change(&bad)
		if _, err := New(bad); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v, want one about %s", err, want)
		}
	}
	if _, err := New(Config{}); err == nil || strings.Count(err.Error(), "\n") != 5 {
		t.Errorf("an empty Config: %v; want all 6 problems", err)
	}
}

func TestUnknownPathsAndWrongMethods(t *testing.T) {
	t.Parallel()
	a := open(t)
	a.code(40066, "GET", "/cgi-bin/nothing", "")
	a.code(43001, "POST", "/cgi-bin/token", "{}")
	a.code(43002, "GET", "/cgi-bin/stable_token", "")
	a.code(44002, "POST", "/cgi-bin/stable_token", "")
	rec := httptest.NewRecorder()
	a.ServeHTTP(rec, httptest.NewRequest(http.MethodGet, "/index.html", nil))
	if rec.Code != http.StatusNotFound {
		t.Errorf("status %d, want 404", rec.Code)
	}
}

func TestUserInfo(t *testing.T) {
	t.Parallel()
	a := open(t)
	info := func(openid string) string {
		return "/cgi-bin/user/info?access_token=" + a.token() + "&openid=" + openid + "&lang=zh_CN"
	}
	if got := a.api("GET", info(a.fang), ""); got.Subscribe != 1 || got.UnionID != "u-fang" {
		t.Errorf("a follower: %+v", got)
	}
	stranger := a.OpenID("路人")
	a.code(40003, "GET", info(stranger), "")
	if err := a.Add(Person{OpenID: stranger, UnionID: "u-x"}); err != nil {
		t.Fatal(err)
	}
	if got := a.api("GET", info(stranger), ""); got.ErrCode != 0 || got.Subscribe != 0 || got.UnionID != "" {
		t.Errorf("someone who does not follow: %+v", got)
	}
	if _, err := a.Act(stranger, Message{Kind: Subscribe, Text: "card"}); err != nil {
		t.Fatal(err)
	}
	if got := a.api("GET", info(stranger), ""); got.Subscribe != 1 || got.QRSceneStr != "card" {
		t.Errorf("after following by a code: %+v", got)
	}
	numbered := a.OpenID("李强")
	if err := a.Add(Person{OpenID: numbered, Following: true, Scene: "17"}); err != nil {
		t.Fatal(err)
	}
	if got := a.api("GET", info(numbered), ""); got.QRScene != 17 || got.QRSceneStr != "" {
		t.Errorf("after following by a numbered code: %+v", got)
	}
}

func TestDailyAndMinuteQuotas(t *testing.T) {
	t.Parallel()
	a := open(t)
	target := "/cgi-bin/token?grant_type=client_credential&appid=" + testAppID + "&secret=" + testSecret
	for range 2000 {
		a.code(0, "GET", target, "")
	}
	if got := a.api("GET", target, ""); got.ErrCode != 45009 || !strings.Contains(got.ErrMsg, "getStableAccessToken") {
		t.Errorf("call 2001 of the day: %+v", got)
	}
	a.clock.move(12*time.Hour - time.Second) // 23:59:59
	a.code(45009, "GET", target, "")
	a.clock.move(time.Second)
	a.code(0, "GET", target, "")

	a.stableCall(false)
	a.oa.usage["/cgi-bin/stable_token"].callsMinute = 9_999
	if got := a.stableCall(false); got.ErrCode != 0 {
		t.Errorf("call 10000 of the minute: %+v", got)
	}
	if got := a.stableCall(false); got.ErrCode != 45011 {
		t.Errorf("call 10001 of the minute: %+v", got)
	}
	a.clock.move(time.Minute)
	if got := a.stableCall(false); got.ErrCode != 0 {
		t.Errorf("a minute later: %+v", got)
	}
}

func TestNothingIsSharedWithTheReceiver(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	checked := 0
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.ImportsOnly)
		if err != nil {
			t.Fatal(err)
		}
		checked++
		for _, imported := range file.Imports {
			path, _ := strconv.Unquote(imported.Path.Value)
			if strings.Contains(strings.SplitN(path, "/", 2)[0], ".") {
				t.Errorf("%s imports %s; a judge shares no code with what it judges", name, path)
			}
		}
	}
	if checked < 10 {
		t.Errorf("only %d files checked", checked)
	}
}

func TestEverythingAtOnce(t *testing.T) {
	t.Parallel()
	callback := serve(t, answering("success"))
	a := open(t, callback.configure)
	bearer := a.token()
	var running sync.WaitGroup
	for i := range 8 {
		running.Go(func() {
			openid := a.OpenID(strconv.Itoa(i))
			if err := a.Add(Person{OpenID: openid, Following: true}); err != nil {
				t.Error(err)
			}
			heal := a.Break(Fault{Path: "/none"})
			for range 5 {
				if x, err := a.Say(t.Context(), openid, "积分"); err != nil || x.Answer.Verdict != Silence {
					t.Errorf("%v, %+v", err, x.Answer)
				}
				a.code(0, "POST", "/cgi-bin/message/custom/send?access_token="+bearer, customText(openid, "您好"))
				a.People()
				a.TraceSince(0)
				a.clock.move(time.Millisecond)
			}
			heal()
			if got := len(a.Inbox(openid)); got != 10 {
				t.Errorf("%d lines, want 10", got)
			}
		})
	}
	running.Wait()
}

// readAll is the body of a request, for callbacks that look into it.
func readAll(t *testing.T, r *http.Request) string {
	t.Helper()
	raw, err := io.ReadAll(r.Body)
	if err != nil {
		t.Error(err)
	}
	return string(raw)
}
