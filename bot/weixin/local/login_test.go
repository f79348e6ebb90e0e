package local

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"
)

func sessionPath(code string) string {
	return "/sns/jscode2session?appid=" + testMiniID + "&secret=" + testMiniSecret + "&grant_type=authorization_code&js_code=" + code
}

func (a account) loginCode() string {
	a.t.Helper()
	code, err := a.LoginCode(a.fang)
	if err != nil {
		a.t.Fatal(err)
	}
	return code
}

func TestALoginCodeIsGoodOnceForFiveMinutes(t *testing.T) {
	t.Parallel()
	a := open(t, withMini)
	code, late, used := a.loginCode(), a.loginCode(), a.loginCode()
	var got session
	if err := json.Unmarshal([]byte(a.raw("GET", sessionPath(code), "")), &got); err != nil {
		t.Fatal(err)
	}
	person := a.People()[0]
	if got.OpenID != person.MiniOpenID || got.OpenID == a.fang || !openIDForm.MatchString(got.OpenID) || got.UnionID != "u-fang" || len(got.SessionKey) != 24 {
		t.Errorf("session %+v of %+v", got, person)
	}
	a.code(40163, "GET", sessionPath(code), "")
	a.clock.move(5*time.Minute - time.Second)
	a.code(40163, "GET", sessionPath(code), "")
	a.code(0, "GET", sessionPath(used), "")
	a.clock.move(time.Second)
	a.code(40029, "GET", sessionPath(late), "")
	a.code(40029, "GET", sessionPath(used), "")
	a.code(40029, "GET", sessionPath("0"+strings.Repeat("x", 31)), "")
}

func TestLoginRefusals(t *testing.T) {
	t.Parallel()
	a := open(t, withMini)
	code := a.loginCode()
	for _, c := range []struct {
		want    int
		replace []string
	}{
		{41002, []string{testMiniID, ""}},
		{41004, []string{testMiniSecret, ""}},
		{40013, []string{testMiniID, testAppID}},
		{40125, []string{testMiniSecret, testSecret}},
		{40002, []string{"authorization_code", "client_credential"}},
		{41008, []string{code, ""}},
	} {
		a.code(c.want, "GET", strings.NewReplacer(c.replace...).Replace(sessionPath(code)), "")
	}
	a.SetBlocked(a.fang, true)
	a.code(40226, "GET", sessionPath(code), "")
	a.SetBlocked(a.fang, false)
	a.Break(Fault{Path: "/sns/jscode2session", ErrCode: -1, Times: 1})
	a.code(-1, "GET", sessionPath(code), "")
	a.code(0, "GET", sessionPath(code), "") // no refusal used it up
}

func TestLoginsOfAPersonAreLimitedByTheMinute(t *testing.T) {
	t.Parallel()
	a := open(t, withMini)
	for range 100 {
		a.code(0, "GET", sessionPath(a.loginCode()), "")
	}
	code := a.loginCode()
	a.code(45011, "GET", sessionPath(code), "")
	a.clock.move(time.Minute)
	a.code(0, "GET", sessionPath(code), "")
}

func TestUnionIDNeedsAnOpenPlatformAccount(t *testing.T) {
	t.Parallel()
	a := open(t, withMini, func(c *Config) { c.MiniProgram.Bound = false })
	if got := a.api("GET", sessionPath(a.loginCode()), ""); got.UnionID != "" || got.ErrCode != 0 {
		t.Errorf("unbound: %+v", got)
	}
}

func TestWhoHasNoMiniProgram(t *testing.T) {
	t.Parallel()
	a := open(t)
	if _, err := a.LoginCode(a.fang); !errors.Is(err, ErrNoMiniProgram) || a.People()[0].MiniOpenID != "" {
		t.Errorf("%v, %+v", err, a.People()[0])
	}
	a.code(40013, "GET", sessionPath("x"), "")
	b := open(t, withMini)
	if _, err := b.LoginCode("nobody"); !errors.Is(err, ErrUnknownPerson) {
		t.Errorf("a stranger: %v", err)
	}
	own := b.OpenID("李强")
	for _, bad := range []string{"o1", own, b.People()[0].MiniOpenID} {
		if b.Add(Person{OpenID: own, MiniOpenID: bad}) == nil {
			t.Errorf("MiniOpenID %s was taken", bad)
		}
	}
	if err := b.Add(Person{OpenID: own, MiniOpenID: b.OpenID("李强 in the Mini Program")}); err != nil {
		t.Error(err)
	}
}
