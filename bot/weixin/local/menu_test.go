package local

import (
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

const villageMenu = `{"button":[
	{"name":"我家积分","sub_button":[{"type":"click","name":"查积分","key":"points"},{"type":"view","name":"村务网","url":"https://example.org/a"}]},
	{"type":"click","name":"帮助","key":"help","sub_button":[]},
	{"type":"scancode_waitmsg","name":"扫一扫","key":"scan"}]}`

// raw makes a call and returns the body as it came.
func (a account) raw(method, target, body string) string {
	a.t.Helper()
	rec := httptest.NewRecorder()
	a.ServeHTTP(rec, httptest.NewRequest(method, target, strings.NewReader(body)))
	return rec.Body.String()
}

// path is an API path with a good token.
func (a account) path(path string) string { return path + "?access_token=" + a.token() }

func TestTheMenuThatWasCreatedIsWhatPeopleSee(t *testing.T) {
	t.Parallel()
	a := open(t)
	if len(a.Menu()) != 0 {
		t.Errorf("menu %+v before there is one", a.Menu())
	}
	a.code(46003, "GET", a.path("/cgi-bin/menu/get"), "")
	if got := a.raw("GET", a.path("/cgi-bin/get_current_selfmenu_info"), ""); got != `{"is_menu_open":0,"selfmenu_info":{"button":[]}}` {
		t.Errorf("no menu: %s", got)
	}

	a.code(0, "POST", a.path("/cgi-bin/menu/create"), villageMenu)
	menu := a.Menu()
	if len(menu) != 3 || len(menu[0].Sub) != 2 || menu[0].Sub[0].Key != "points" || menu[1].Name != "帮助" {
		t.Errorf("menu %+v", menu)
	}
	want := `{"menu":{"button":[{"name":"我家积分","sub_button":[{"type":"click","name":"查积分","key":"points","sub_button":[]},{"type":"view","name":"村务网","url":"https://example.org/a","sub_button":[]}]},` +
		`{"type":"click","name":"帮助","key":"help","sub_button":[]},{"type":"scancode_waitmsg","name":"扫一扫","key":"scan","sub_button":[]}]}}`
	if got := a.raw("GET", a.path("/cgi-bin/menu/get"), ""); got != want {
		t.Errorf("menu/get\n%s, want\n%s", got, want)
	}
	want = `{"is_menu_open":1,"selfmenu_info":{"button":[{"name":"我家积分","sub_button":{"list":[{"type":"click","name":"查积分","key":"points"},{"type":"view","name":"村务网","url":"https://example.org/a"}]}},` +
		`{"type":"click","name":"帮助","key":"help"},{"type":"scancode_waitmsg","name":"扫一扫","key":"scan"}]}}`
	if got := a.raw("GET", a.path("/cgi-bin/get_current_selfmenu_info"), ""); got != want {
		t.Errorf("selfmenu\n%s, want\n%s", got, want)
	}

	a.code(40018, "POST", a.path("/cgi-bin/menu/create"), `{"button":[{"type":"click","name":"","key":"x"}]}`)
	if len(a.Menu()) != 3 {
		t.Error("a refused menu replaced the one there was")
	}
	a.code(0, "POST", a.path("/cgi-bin/menu/create"), `{"button":[{"type":"click","name":"帮助","key":"help"}]}`)
	if len(a.Menu()) != 1 {
		t.Errorf("menu %+v, want the new one alone", a.Menu())
	}
	a.code(0, "GET", a.path("/cgi-bin/menu/delete"), "")
	a.code(0, "GET", a.path("/cgi-bin/menu/delete"), "")
	if len(a.Menu()) != 0 {
		t.Errorf("menu %+v after it was deleted", a.Menu())
	}
}

func TestOnlyKeysOfTheMenuCanBeTapped(t *testing.T) {
	t.Parallel()
	a := open(t)
	a.act(Click, "anything") // without a menu nothing is known
	a.code(0, "POST", a.path("/cgi-bin/menu/create"), villageMenu)
	a.act(Click, "points")
	a.act(Click, "help")
	lines := len(a.Inbox(a.fang))
	for _, key := range []string{"anything", "scan", "https://example.org/a"} {
		if _, err := a.Act(a.fang, Message{Kind: Click, Text: key}); !errors.Is(err, ErrNoSuchButton) {
			t.Errorf("%s: %v, want ErrNoSuchButton", key, err)
		}
	}
	if len(a.Inbox(a.fang)) != lines {
		t.Error("a tap beside the menu left a line")
	}
}

func entry(kind, name, rest string) string {
	return fmt.Sprintf(`{"type":%q,"name":%q%s}`, kind, name, rest)
}

func TestMenuLimits(t *testing.T) {
	t.Parallel()
	a := open(t, withMini)
	top := func(entries ...string) string { return `{"button":[` + strings.Join(entries, ",") + `]}` }
	sub := func(entries ...string) string {
		return top(`{"name":"更多","sub_button":[` + strings.Join(entries, ",") + `]}`)
	}
	times := func(n int, s string) []string { return strings.Split(strings.Repeat(s+"\n", n)[:n*(len(s)+1)-1], "\n") }
	good := entry("click", "查积分", `,"key":"points"`)
	x := strings.Repeat
	for _, c := range []struct {
		what     string
		top, sub int
		entry    string
	}{
		{"a good one", 0, 0, good},
		{"no type", 40017, 40024, entry("", "甲", `,"key":"k"`)},
		{"unknown type", 40017, 40024, entry("dance", "甲", `,"key":"k"`)},
		{"no name", 40018, 40025, entry("click", "", `,"key":"k"`)},
		{"16 bytes", 0, 0, entry("click", x("a", 16), `,"key":"k"`)},
		{"17 bytes", 40018, 0, entry("click", x("a", 17), `,"key":"k"`)},
		{"5 characters", 0, 0, entry("click", x("积", 5), `,"key":"k"`)},
		{"6 characters", 40018, 0, entry("click", x("积", 6), `,"key":"k"`)},
		{"60 bytes", 40018, 0, entry("click", x("积", 20), `,"key":"k"`)},
		{"61 bytes", 40018, 40025, entry("click", x("积", 20)+"a", `,"key":"k"`)},
		{"no key", 40019, 40026, entry("scancode_waitmsg", "甲", "")},
		{"128 bytes of key", 0, 0, entry("pic_weixin", "甲", `,"key":"`+x("k", 128)+`"`)},
		{"129 bytes of key", 40019, 40026, entry("location_select", "甲", `,"key":"`+x("k", 129)+`"`)},
		{"no address", 40020, 40027, entry("view", "甲", "")},
		{"1024 bytes of address", 0, 0, entry("view", "甲", `,"url":"https://a.cn/`+x("u", 1011)+`"`)},
		{"1025 bytes of address", 40020, 40027, entry("view", "甲", `,"url":"https://a.cn/`+x("u", 1012)+`"`)},
		{"no web address", 40055, 40054, entry("view", "甲", `,"url":"points"`)},
		{"a medium", 40007, 40007, entry("media_id", "甲", `,"media_id":"m"`)},
		{"the Mini Program", 0, 0, entry("miniprogram", "甲", `,"url":"https://a.cn","appid":"`+testMiniID+`","pagepath":"pages/points?a=1"`)},
		{"another Mini Program", 40166, 40166, entry("miniprogram", "甲", `,"url":"https://a.cn","appid":"wx0000000000000000","pagepath":"pages/points"`)},
		{"an unpublished page", 40165, 40165, entry("miniprogram", "甲", `,"url":"https://a.cn","appid":"`+testMiniID+`","pagepath":"pages/none"`)},
		{"without an address", 40020, 40027, entry("miniprogram", "甲", `,"appid":"`+testMiniID+`","pagepath":"pages/points"`)},
		{"type and entries", 40015, 40022, `{"type":"click","name":"甲","key":"k","sub_button":[` + good + `]}`},
		{"entries without entries", 40017, 40024, `{"name":"甲","sub_button":[]}`},
	} {
		t.Run(c.what, func(t *testing.T) {
			a := a
			a.t = t
			a.code(c.top, "POST", a.path("/cgi-bin/menu/create"), top(c.entry))
			a.code(c.sub, "POST", a.path("/cgi-bin/menu/create"), sub(c.entry))
		})
	}
	create := a.path("/cgi-bin/menu/create")
	a.code(40016, "POST", create, `{"button":[]}`)
	a.code(40016, "POST", create, `{}`)
	a.code(40016, "POST", create, `{"Button":[`+good+`]}`)
	a.code(0, "POST", create, top(times(3, good)...))
	a.code(40016, "POST", create, top(times(4, good)...))
	a.code(0, "POST", create, sub(times(5, good)...))
	a.code(40023, "POST", create, sub(times(6, good)...))
	a.code(47001, "POST", create, `{"button":`)
	a.code(47001, "POST", create, `{"button":[{"name":7}]}`)
	a.code(40033, "POST", create, strings.Replace(top(good), "查", `\u67e5`, 1))
	a.code(0, "POST", create, top(strings.Replace(good, "points", `a\\u67e5`, 1))) // an escaped backslash is none of these
}

func TestMenuCallsAreLimited(t *testing.T) {
	t.Parallel()
	a := open(t)
	remove := a.path("/cgi-bin/menu/delete")
	for range 1000 {
		a.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest(http.MethodGet, remove, nil))
	}
	a.code(45009, "GET", remove, "")
	a.code(0, "POST", a.path("/cgi-bin/menu/create"), villageMenu) // counted by itself
}
