package weixin_test

import (
	"errors"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/xiangfeng/xiangfeng/bot/weixin"
	"github.com/xiangfeng/xiangfeng/bot/weixin/local"
)

// followed is the official account of a world.
func followed(t *testing.T, w world) *weixin.Followers {
	t.Helper()
	server := httptest.NewServer(w.WeChat)
	t.Cleanup(server.Close)
	tokens, err := weixin.NewTokens(weixin.TokensConfig{
		AppID: "wx5823bf96d3bd56c7", Secret: "0123456789abcdef0123456789abcdef", BaseURL: server.URL, Now: time.Now,
	})
	if err != nil {
		t.Fatal(err)
	}
	f, err := weixin.NewFollowers(server.URL, tokens)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func TestUnionID(t *testing.T) {
	t.Parallel()
	w := enter(t)
	f := followed(t, w)
	alone, passing := w.OpenID("李强"), w.OpenID("路人")
	for _, p := range []local.Person{{OpenID: alone, Following: true}, {OpenID: passing, UnionID: "u-passing"}} {
		if err := w.Add(p); err != nil {
			t.Fatal(err)
		}
	}
	for name, c := range map[string]struct {
		openid, union string
		err           error
	}{
		"a follower":               {w.fang, "u-fang", nil},
		"no open platform account": {alone, "", nil},
		"does not follow":          {passing, "", weixin.ErrNoFollower},
		"of another account":       {w.mini, "", weixin.ErrNoFollower},
		"no openid":                {"a&b", "", weixin.ErrNoFollower},
	} {
		if got, err := f.UnionID(t.Context(), c.openid); got != c.union || !errors.Is(err, c.err) {
			t.Errorf("%s: %q, %v", name, got, err)
		}
	}
	w.Break(local.Fault{Path: "/cgi-bin/user/info", Times: 1, ErrCode: 40001})
	if got, err := f.UnionID(t.Context(), w.fang); got != "u-fang" || err != nil {
		t.Errorf("with a token that is refused: %q, %v", got, err)
	}
}

// TestUnionIDsAsTheyCome: what is no documented answer is none.
func TestUnionIDsAsTheyCome(t *testing.T) {
	t.Parallel()
	example, err := os.ReadFile("testdata/vectors/api/resp_user_info.json")
	if err != nil {
		t.Fatal(err)
	}
	for answer, c := range map[string]struct {
		union string
		kind  weixin.Failure
		code  int
	}{
		string(example): {"o6_bmasdasdsad6_2sgVt7hMZOPfL", "", 0},
		`{"subscribe":"1","openid":"o","unionid":"u"}`:    {"u", "", 0},
		`{"errcode":48001,"errmsg":"api unauthorized"}`:   {"", weixin.Declined, 48001},
		`{"errcode":-1,"errmsg":"system error"}`:          {"", weixin.Declined, -1},
		`{"subscribe":1,"unionid":"a|b"}`:                 {"", weixin.Garbled, 0},
		`{"subscribe":1,"unionid":17}`:                    {"", weixin.Garbled, 0},
		`{"unionid":"u"}`:                                 {"", weixin.Garbled, 0},
		`<html>`:                                          {"", weixin.Garbled, 0},
		strings.Repeat(" ", 64<<10) + `{"subscribe":1}`:   {"", weixin.Oversized, 0},
		`{"subscribe":1,"unionid":"u","nickname":"王\t芳"}`: {"u", "", 0},
	} {
		w := enter(t)
		f := followed(t, w)
		w.Break(local.Fault{Path: "/cgi-bin/user/info", Status: 200, Body: answer})
		got, err := f.UnionID(t.Context(), w.fang)
		var failed *weixin.CallError
		if errors.As(err, &failed) != (c.kind != "") || got != c.union {
			t.Errorf("%.60s: %q, %v", answer, got, err)
		}
		if failed != nil && (failed.Kind != c.kind || failed.Code != c.code || strings.Contains(err.Error(), w.fang)) {
			t.Errorf("%.60s: %v", answer, err)
		}
	}
}
