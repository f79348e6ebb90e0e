package local

import (
	"fmt"
	"slices"
	"time"
)

const (
	// overlap is how long an old token stays good after a new one, and how early a stable one is renewed.
	overlap = 5 * time.Minute
	// forcePause is the least time between two forced refreshes; sooner, nothing is refreshed.
	forcePause = 30 * time.Second
	// forcesADay is how many forced refreshes an account has a day.
	forcesADay = 20
	// remembered is how long the platform can still tell a dead token from an unknown one.
	remembered = 24 * time.Hour
)

// accessToken is one issued token. Past ends it is expired; from killed on it is "not latest".
type accessToken struct {
	value        string
	stable       bool
	ends, killed time.Time
}

type tokenBody struct {
	AccessToken string `json:"access_token"`
	ExpiresIn   int64  `json:"expires_in"`
}

func (t *accessToken) body(now time.Time) tokenBody {
	return tokenBody{t.value, int64(t.ends.Sub(now) / time.Second)}
}

// issue makes a token. The platform asks for room for 512 characters, so stable ones use all of it.
func (a *app) issue(now time.Time, stable bool) *accessToken {
	size := 157
	if stable {
		size = 512
	}
	a.issued = slices.DeleteFunc(a.issued, func(t *accessToken) bool { return now.Sub(t.ends) > remembered })
	t := &accessToken{value: randomText(size, digits+letters+"-_"), stable: stable, ends: now.Add(a.life)}
	a.issued = append(a.issued, t)
	return t
}

// bearer is the account a token was issued to, and the errcode for an API call with it, 0 when it is good.
func (w *WeChat) bearer(value string, now time.Time) (*app, int) {
	if value == "" {
		return nil, 41001
	}
	for _, a := range w.apps() {
		for _, t := range a.issued {
			if t.value == value {
				return a, t.fault(now)
			}
		}
	}
	return nil, 40001
}

func (t *accessToken) fault(now time.Time) int {
	switch {
	case !t.killed.IsZero() && !now.Before(t.killed):
		return 40001
	case !now.Before(t.ends):
		return 42001
	}
	return 0
}

// plainToken is GET /cgi-bin/token: every call makes a new token and ends the earlier one after the overlap.
func (w *WeChat) plainToken(c call) any {
	if refusal, ok := w.credentials(c, c.query.Get("grant_type"), c.query.Get("appid"), c.query.Get("secret")); !ok {
		return refusal
	}
	a := c.app
	if a.plain != nil {
		a.plain.killed = c.now.Add(overlap)
	}
	a.plain = a.issue(c.now, false)
	return a.plain.body(c.now)
}

// stableToken is POST /cgi-bin/stable_token. Its tokens and those of /cgi-bin/token leave each other alone.
func (w *WeChat) stableToken(c call) any {
	var in struct {
		GrantType    string `json:"grant_type"`
		AppID        string `json:"appid"`
		Secret       string `json:"secret"`
		ForceRefresh bool   `json:"force_refresh"`
	}
	if !decode(c.body, &in) {
		return apiError(c.now, 47001)
	}
	if refusal, ok := w.credentials(c, in.GrantType, in.AppID, in.Secret); !ok {
		return refusal
	}
	if in.ForceRefresh {
		return c.app.forceRefresh(c.now)
	}
	return c.app.currentStable(c.now).body(c.now)
}

// currentStable is the token of normal mode: the same until 5 minutes before its end, then a new one while the old
// one stays good for another 5 minutes.
func (a *app) currentStable(now time.Time) *accessToken {
	if a.stable != nil && now.Before(a.stable.ends.Add(-overlap)) {
		return a.stable
	}
	if a.stable != nil && now.Before(a.stable.ends) {
		a.stable.ends = now.Add(overlap)
	}
	a.stable = a.issue(now, true)
	return a.stable
}

// forceRefresh ends every stable token at once and makes a new one, unless the last force is too near: then nothing
// is refreshed, and the current token is the answer. A day's 21st force is refused.
func (a *app) forceRefresh(now time.Time) any {
	if !a.forcedAt.IsZero() && now.Sub(a.forcedAt) < forcePause {
		return a.currentStable(now).body(now)
	}
	if day := now.In(shanghai).Format(time.DateOnly); day != a.forcedDay {
		a.forcedDay, a.forces = day, 0
	}
	if a.forces >= forcesADay {
		return apiError(now, 45009)
	}
	a.forcedAt, a.forces = now, a.forces+1
	for _, t := range a.issued {
		if t.stable {
			t.killed = now
		}
	}
	a.stable = a.issue(now, true)
	return a.stable.body(now)
}

// credentials checks what both token calls carry; ok is false with the refusal to answer.
func (w *WeChat) credentials(c call, grant, appid, secret string) (refusal any, ok bool) {
	var code int
	switch {
	case len(w.cfg.IPWhitelist) > 0 && !slices.Contains(w.cfg.IPWhitelist, c.ip):
		return apiErrorText(c.now, 40164, fmt.Sprintf("invalid ip %s ipv6 ::ffff:%s, not in whitelist", c.ip, c.ip)), false
	case grant != "client_credential":
		code = 40002
	case appid == "":
		code = 41002
	case secret == "":
		code = 41004
	case w.named(appid) == nil:
		code = 40013
	case secret != c.app.secret:
		code = 40125
	default:
		return nil, true
	}
	return apiError(c.now, code), false
}
