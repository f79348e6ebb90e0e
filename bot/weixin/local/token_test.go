package local

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

func stableBody(force bool) string {
	return fmt.Sprintf(`{"grant_type":"client_credential","appid":%q,"secret":%q,"force_refresh":%t}`, testAppID, testSecret, force)
}

func (a account) stableCall(force bool) answerBody {
	a.t.Helper()
	return a.api("POST", "/cgi-bin/stable_token", stableBody(force))
}

func (a account) token() string {
	a.t.Helper()
	return a.stableCall(false).AccessToken
}

func (a account) plainCall() string {
	a.t.Helper()
	return a.api("GET", "/cgi-bin/token?grant_type=client_credential&appid="+testAppID+"&secret="+testSecret, "").AccessToken
}

// judged is the errcode a call with this token gets.
func (a account) judged(bearer string) int {
	a.t.Helper()
	return a.api("GET", "/cgi-bin/user/info?openid="+a.fang+"&access_token="+bearer, "").ErrCode
}

func (a account) wantToken(what, bearer string, want int) {
	a.t.Helper()
	if got := a.judged(bearer); got != want {
		a.t.Errorf("%s: errcode %d, want %d", what, got, want)
	}
}

func TestStableTokenStaysTheSameUntilFiveMinutesBeforeItsEnd(t *testing.T) {
	t.Parallel()
	a := open(t)
	first := a.stableCall(false)
	if first.ExpiresIn != 7200 || len(first.AccessToken) != 512 {
		t.Errorf("expires_in %d, %d characters; want 7200, 512", first.ExpiresIn, len(first.AccessToken))
	}
	a.clock.move(115*time.Minute - time.Second)
	if again := a.stableCall(false); again.AccessToken != first.AccessToken || again.ExpiresIn != 301 {
		t.Errorf("301 s before the end: another token, or expires_in %d", again.ExpiresIn)
	}
	a.clock.move(time.Second)
	second := a.stableCall(false)
	if second.AccessToken == first.AccessToken || second.ExpiresIn != 7200 {
		t.Error("300 s before the end: no new token")
	}
	if a.token() != second.AccessToken {
		t.Error("a third token was made")
	}
	a.wantToken("the new token", second.AccessToken, 0)
	a.clock.move(5*time.Minute - time.Second)
	a.wantToken("the old token 299 s later", first.AccessToken, 0)
	a.clock.move(time.Second)
	a.wantToken("the old token 300 s later", first.AccessToken, 42001)
	a.wantToken("the new token", second.AccessToken, 0)
}

func TestStableTokenRenewedLateKeepsTheOldOneFiveMinutes(t *testing.T) {
	t.Parallel()
	a := open(t)
	first := a.token()
	a.clock.move(2*time.Hour - time.Second)
	a.token()
	a.clock.move(5*time.Minute - time.Second)
	a.wantToken("the old token", first, 0)
	a.clock.move(time.Second)
	a.wantToken("the old token", first, 42001)
}

func TestTokenExpires(t *testing.T) {
	t.Parallel()
	a := open(t, func(c *Config) { c.TokenLife = 10 * time.Minute })
	bearer := a.token()
	a.clock.move(10*time.Minute - time.Second)
	a.wantToken("a second before the end", bearer, 0)
	a.clock.move(time.Second)
	a.wantToken("at the end", bearer, 42001)
	a.clock.move(25 * time.Hour)
	a.token()
	a.wantToken("long after", bearer, 40001)
	a.wantToken("never issued", strings.Repeat("x", 512), 40001)
	a.wantToken("none", "", 41001)
}

func TestForceRefreshKillsTheOldTokenAtOnce(t *testing.T) {
	t.Parallel()
	a := open(t)
	plain, first := a.plainCall(), a.token()
	forced := a.stableCall(true).AccessToken
	if forced == first {
		t.Fatal("not refreshed")
	}
	a.wantToken("the old token", first, 40001)
	a.wantToken("the token of the other call", plain, 0)
	a.clock.move(30*time.Second - time.Millisecond)
	if got := a.stableCall(true).AccessToken; got != forced {
		t.Error("refreshed again within 30 s")
	}
	a.clock.move(time.Millisecond)
	if got := a.stableCall(true).AccessToken; got == forced {
		t.Error("not refreshed after 30 s")
	}
}

func TestForceRefreshTwentyTimesADay(t *testing.T) {
	t.Parallel()
	a := open(t)
	for i := range 20 {
		if got := a.stableCall(true); got.ErrCode != 0 {
			t.Fatalf("force %d: %+v", i+1, got)
		}
		a.clock.move(30 * time.Second)
	}
	if got := a.stableCall(true); got.ErrCode != 45009 {
		t.Errorf("force 21: %+v", got)
	}
	a.clock.move(12 * time.Hour)
	if got := a.stableCall(true); got.ErrCode != 0 {
		t.Errorf("next day: %+v", got)
	}
}

func TestPlainTokenEndsTheEarlierOneAfterFiveMinutes(t *testing.T) {
	t.Parallel()
	a := open(t)
	stable, first := a.token(), a.plainCall()
	second := a.plainCall()
	if first == second {
		t.Fatal("the same token twice")
	}
	a.clock.move(5*time.Minute - time.Second)
	a.wantToken("the earlier token after 299 s", first, 0)
	a.clock.move(time.Second)
	a.wantToken("the earlier token after 300 s", first, 40001)
	a.wantToken("the later token", second, 0)
	a.wantToken("the stable token", stable, 0)
}

func TestTokenCallsRefuseWrongCredentials(t *testing.T) {
	t.Parallel()
	a := open(t)
	good := stableBody(false)
	for _, c := range []struct {
		want    int
		replace []string
	}{
		{40002, []string{"client_credential", "password"}},
		{40013, []string{testAppID, "wx0000000000000000"}},
		{41002, []string{testAppID, ""}},
		{40125, []string{testSecret, "wrong"}},
		{41004, []string{testSecret, ""}},
		{47001, []string{"{", "["}},
	} {
		a.code(c.want, "POST", "/cgi-bin/stable_token", strings.NewReplacer(c.replace...).Replace(good))
	}
	a.code(40002, "GET", "/cgi-bin/token", "")
	a.code(40125, "GET", "/cgi-bin/token?grant_type=client_credential&appid="+testAppID+"&secret=x", "")
}

func TestTokenCallsKnowTheWhitelist(t *testing.T) {
	t.Parallel()
	a := open(t, func(c *Config) { c.IPWhitelist = []string{"192.0.2.1"} }) // httptest's caller
	a.token()
	request := httptest.NewRequest(http.MethodPost, "/cgi-bin/stable_token", strings.NewReader(stableBody(false)))
	request.RemoteAddr = "198.51.100.7:4711"
	rec := httptest.NewRecorder()
	a.ServeHTTP(rec, request)
	if body := rec.Body.String(); !strings.Contains(body, `"errcode":40164`) || !strings.Contains(body, "198.51.100.7") {
		t.Errorf("answer %s, want 40164 with the address", body)
	}
}
