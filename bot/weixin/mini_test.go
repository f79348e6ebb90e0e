package weixin_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/silenceper/wechat/v2/util"

	"github.com/xiangfeng/xiangfeng/bot/weixin"
	"github.com/xiangfeng/xiangfeng/bot/weixin/local"
)

const (
	miniApp    = "wx5823bf96d3bd0000"
	miniSecret = "fedcba9876543210fedcba9876543210"
)

// world is a local WeChat with one person in it, and the product's side of it.
type world struct {
	*local.WeChat
	*weixin.Mini
	fang, mini string
}

// enter makes a world whose API lies below a path.
func enter(t *testing.T) world {
	t.Helper()
	platform, err := local.New(local.Config{
		AppID: "wx5823bf96d3bd56c7", OriginalID: "gh_a96a4a619366", Secret: "0123456789abcdef0123456789abcdef", Token: "AAAAA",
		EncodingAESKey: "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG", CallbackURL: "http://127.0.0.1:9/wechat/callback",
		MiniProgram: local.MiniProgram{AppID: miniApp, Secret: miniSecret, Bound: true},
	})
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(http.StripPrefix("/proxy", platform))
	t.Cleanup(func() {
		server.Close()
		platform.Close()
	})
	tokens, err := weixin.NewTokens(weixin.TokensConfig{AppID: miniApp, Secret: miniSecret, BaseURL: server.URL + "/proxy", Now: time.Now})
	if err != nil {
		t.Fatal(err)
	}
	mini, err := weixin.NewMini(weixin.MiniConfig{AppID: miniApp, Secret: miniSecret, BaseURL: server.URL + "/proxy", Tokens: tokens})
	if err != nil {
		t.Fatal(err)
	}
	w := world{WeChat: platform, Mini: mini, fang: platform.OpenID("王芳")}
	if err := platform.Add(local.Person{OpenID: w.fang, UnionID: "u-fang", Following: true, Phone: "13900001234"}); err != nil {
		t.Fatal(err)
	}
	w.mini = platform.People()[0].MiniOpenID
	return w
}

func code(t *testing.T, get func(string) (string, error), openid string) string {
	t.Helper()
	code, err := get(openid)
	if err != nil {
		t.Fatal(err)
	}
	return code
}

func TestLogin(t *testing.T) {
	t.Parallel()
	w := enter(t)
	c := code(t, w.LoginCode, w.fang)
	got, err := w.Login(t.Context(), c)
	if err != nil || got.OpenID != w.mini || got.UnionID != "u-fang" {
		t.Errorf("%+v, %v", got, err)
	}
	for _, bad := range []string{c, "0unknown", "", "a&appid=wx1", "a b", strings.Repeat("x", 200), "%00"} {
		if _, err := w.Login(t.Context(), bad); !errors.Is(err, weixin.ErrBadCode) {
			t.Errorf("%q: %v", bad, err)
		}
	}
	w.SetBlocked(w.fang, true)
	if _, err := w.Login(t.Context(), code(t, w.LoginCode, w.fang)); !errors.Is(err, weixin.ErrBlocked) {
		t.Errorf("%v", err)
	}
}

func TestPhoneNumber(t *testing.T) {
	t.Parallel()
	w := enter(t)
	c := code(t, w.PhoneCode, w.fang)
	if got, err := w.PhoneNumber(t.Context(), c); err != nil || got != "13900001234" {
		t.Errorf("%s, %v", got, err)
	}
	for _, bad := range []string{c, code(t, w.LoginCode, w.fang), "", "a\"b"} {
		if _, err := w.PhoneNumber(t.Context(), bad); !errors.Is(err, weixin.ErrBadCode) {
			t.Errorf("%q: %v", bad, err)
		}
	}
	w.SetPhoneQuota(0)
	_, err := w.PhoneNumber(t.Context(), code(t, w.PhoneCode, w.fang))
	wantDeclined(t, err, 1400001)
}

// The platform documents the country's code as a number and sends it as text.
func TestPhoneNumbersAsTheyCome(t *testing.T) {
	t.Parallel()
	for answer, want := range map[string]string{
		`{"errcode":0,"phone_info":{"phoneNumber":"13580006666","purePhoneNumber":"13580006666","countryCode":86}}`:       "13580006666",
		`{"errcode":0,"phone_info":{"phoneNumber":"+86 13580006666","purePhoneNumber":"13580006666","countryCode":"86"}}`: "13580006666",
		`{"errcode":0,"phone_info":{"phoneNumber":"+85291234567","purePhoneNumber":"91234567","countryCode":"852"}}`:      "+85291234567",
		`{"errcode":0,"phone_info":{"phoneNumber":"<script>","purePhoneNumber":"<script>","countryCode":"86"}}`:           "",
		`{"errcode":0,"phone_info":{}}`: "",
		`{"errcode":0}`:                 "",
		`{"errcode":0,"phone_info":{"phoneNumber":13580006666}}`: "",
		`<html>`: "",
		`{"errcode":0,"phone_info":{"countryCode":"many","x":1}}`:               "",
		`{"errcode":0,"phone_info":"13580006666"}`:                              "",
		`{"errcode":"0","phone_info":{"purePhoneNumber":"1","countryCode":86}}`: "1",
	} {
		w := enter(t)
		w.Break(local.Fault{Path: "/wxa/business/getuserphonenumber", Status: 200, Body: answer})
		got, err := w.PhoneNumber(t.Context(), "code")
		if got != want || (err != nil) != (want == "") {
			t.Errorf("%s: %q, %v", answer, got, err)
		}
	}
}

func wantDeclined(t *testing.T, err error, code int) {
	t.Helper()
	var failed *weixin.CallError
	if !errors.As(err, &failed) || failed.Kind != weixin.Declined || failed.Code != code || failed.Passing() {
		t.Errorf("%v, want %d for good", err, code)
	}
}

func TestChecks(t *testing.T) {
	t.Parallel()
	w := enter(t)
	w.SetRiskyWords("赌博")
	_, err := w.CheckText(t.Context(), w.mini, "你好")
	wantDeclined(t, err, 61010)
	_, err = w.CheckMedia(t.Context(), w.mini, "https://example.org/a.jpg")
	wantDeclined(t, err, 61010)
	w.Visit(w.fang)
	for words, want := range map[string]weixin.Suggest{"帮邻居收<谷子>&": weixin.Pass, "来赌博": weixin.Risky, strings.Repeat("字", 2501): weixin.Review} {
		if got, err := w.CheckText(t.Context(), w.mini, words); got != want || err != nil {
			t.Errorf("%.20s: %s, %v", words, got, err)
		}
	}
	first, err := w.CheckMedia(t.Context(), w.mini, "https://example.org/a.jpg?sign=a%2Bb&until=1")
	if err != nil || first == "" {
		t.Errorf("%q, %v", first, err)
	}
	_, err = w.CheckMedia(t.Context(), w.fang, "https://example.org/a.jpg")
	wantDeclined(t, err, 43104)
}

// A token that another instance's forced refresh has killed is renewed once.
func TestMiniRenewsTheToken(t *testing.T) {
	t.Parallel()
	for _, bad := range []int{40001, 42001} {
		w := enter(t)
		w.Visit(w.fang)
		for path, call := range map[string]func() error{
			"/wxa/media_check_async": func() error { _, err := w.CheckMedia(t.Context(), w.mini, "https://a.cn/a.jpg"); return err },
			"/wxa/msg_sec_check":     func() error { _, err := w.CheckText(t.Context(), w.mini, "好"); return err },
			"/wxa/business/getuserphonenumber": func() error {
				_, err := w.PhoneNumber(t.Context(), code(t, w.PhoneCode, w.fang))
				return err
			},
		} {
			if err := call(); err != nil {
				t.Fatal(err)
			}
			w.Break(local.Fault{Path: path, Times: 1, ErrCode: bad})
			if err := call(); err != nil && !errors.Is(err, weixin.ErrTokenRefused) {
				t.Errorf("%s after %d: %v", path, bad, err)
			}
		}
	}
}

// Whatever goes wrong, no error quotes a secret, a token or a code.
func TestMiniErrorsAreDiscreet(t *testing.T) {
	t.Parallel()
	for name, fault := range map[string]local.Fault{
		"reset": {Reset: true}, "html": {Status: 502}, "redirect": {Status: 302}, "not JSON": {Status: 200, Body: "<html>"}, "empty": {Status: 200, Body: " "},
		"busy": {ErrCode: -1}, "declined": {ErrCode: 48001}, "large": {Status: 200, Body: `{"openid":"` + strings.Repeat("x", 70<<10) + `"}`},
		"no openid": {Status: 200, Body: `{"session_key":"k"}`}, "odd openid": {Status: 200, Body: `{"openid":"<b>","trace_id":"<b>","result":1}`},
	} {
		w := enter(t)
		w.Visit(w.fang)
		if _, err := w.CheckText(t.Context(), w.mini, "好"); err != nil {
			t.Fatal(err)
		}
		w.Break(fault)
		_, login := w.Login(t.Context(), "0thecode")
		_, phone := w.PhoneNumber(t.Context(), "0thecode")
		_, media := w.CheckMedia(t.Context(), w.mini, "https://example.org/a.jpg")
		for call, err := range map[string]error{"login": login, "phone": phone, "media": media} {
			var failed *weixin.CallError
			if !errors.As(err, &failed) {
				t.Errorf("%s, %s: %v", name, call, err)
				continue
			}
			if text := err.Error(); strings.Contains(text, miniSecret) || strings.Contains(text, "thecode") || strings.Contains(text, "token=") || strings.Contains(text, "http") {
				t.Errorf("%s, %s: %s", name, call, text)
			}
			if passing := failed.Passing(); passing != (name != "declined") {
				t.Errorf("%s, %s: passing %v", name, call, passing)
			}
		}
	}
}

// Two accounts of one process do not meet in the SDK's only client, and what
// does not come from here goes nowhere.
func TestTheSDKGoesWhereItsCallSays(t *testing.T) {
	t.Parallel()
	one, other := enter(t), enter(t)
	var together sync.WaitGroup
	for range 20 {
		for _, w := range []world{one, other} {
			together.Go(func() {
				c, err := w.LoginCode(w.fang)
				if err != nil {
					t.Error(err)
					return
				}
				if got, err := w.Login(context.Background(), c); err != nil || got.OpenID != w.mini {
					t.Errorf("%+v, %v", got, err)
				}
			})
		}
	}
	together.Wait()
	if _, err := util.HTTPGetContext(t.Context(), "https://api.weixin.qq.com/cgi-bin/token"); err == nil {
		t.Error("the SDK called the platform by itself")
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := one.Login(ended, "code"); !errors.Is(err, context.Canceled) {
		t.Errorf("%v; want the caller's own end", err)
	}
}

func TestNewMiniNeedsItsAccount(t *testing.T) {
	t.Parallel()
	for _, c := range []weixin.MiniConfig{{}, {AppID: "wx1", Secret: "s", BaseURL: "ftp://x", Tokens: &weixin.Tokens{}}, {AppID: "wx1", Secret: "s", BaseURL: "https://x"}} {
		if _, err := weixin.NewMini(c); err == nil {
			t.Errorf("%+v was enough", c)
		}
	}
}
