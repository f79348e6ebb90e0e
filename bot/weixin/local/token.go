package local

import (
	"encoding/json"
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
func (w *WeChat) issue(now time.Time, stable bool) *accessToken {
	size := 157
	if stable {
		size = 512
	}
	w.issued = slices.DeleteFunc(w.issued, func(t *accessToken) bool { return now.Sub(t.ends) > remembered })
	t := &accessToken{value: randomText(size, digits+letters+"-_"), stable: stable, ends: now.Add(w.cfg.TokenLife)}
	w.issued = append(w.issued, t)
	return t
}

// tokenFault is the errcode for an API call with this token, 0 when it is good.
func (w *WeChat) tokenFault(value string, now time.Time) int {
	if value == "" {
		return 41001
	}
	i := slices.IndexFunc(w.issued, func(t *accessToken) bool { return t.value == value })
	if i < 0 {
		return 40001
	}
	switch t := w.issued[i]; {
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
	if w.plain != nil {
		w.plain.killed = c.now.Add(overlap)
	}
	w.plain = w.issue(c.now, false)
	return w.plain.body(c.now)
}

// stableToken is POST /cgi-bin/stable_token. Its tokens and those of /cgi-bin/token leave each other alone.
func (w *WeChat) stableToken(c call) any {
	var in struct {
		GrantType    string `json:"grant_type"`
		AppID        string `json:"appid"`
		Secret       string `json:"secret"`
		ForceRefresh bool   `json:"force_refresh"`
	}
	if json.Unmarshal(c.body, &in) != nil {
		return apiError(c.now, 47001)
	}
	if refusal, ok := w.credentials(c, in.GrantType, in.AppID, in.Secret); !ok {
		return refusal
	}
	if in.ForceRefresh {
		return w.forceRefresh(c.now)
	}
	return w.currentStable(c.now).body(c.now)
}

// currentStable is the token of normal mode: the same until 5 minutes before its end, then a new one while the old
// one stays good for another 5 minutes.
func (w *WeChat) currentStable(now time.Time) *accessToken {
	if w.stable != nil && now.Before(w.stable.ends.Add(-overlap)) {
		return w.stable
	}
	if w.stable != nil && now.Before(w.stable.ends) {
		w.stable.ends = now.Add(overlap)
	}
	w.stable = w.issue(now, true)
	return w.stable
}

// forceRefresh ends every stable token at once and makes a new one, unless the last force is too near: then nothing
// is refreshed, and the current token is the answer. A day's 21st force is refused.
func (w *WeChat) forceRefresh(now time.Time) any {
	if !w.forcedAt.IsZero() && now.Sub(w.forcedAt) < forcePause {
		return w.currentStable(now).body(now)
	}
	if day := now.In(shanghai).Format(time.DateOnly); day != w.forcedDay {
		w.forcedDay, w.forces = day, 0
	}
	if w.forces >= forcesADay {
		return apiError(now, 45009)
	}
	w.forcedAt, w.forces = now, w.forces+1
	for _, t := range w.issued {
		if t.stable {
			t.killed = now
		}
	}
	w.stable = w.issue(now, true)
	return w.stable.body(now)
}

// credentials checks what both token calls carry; ok is false with the refusal to answer.
func (w *WeChat) credentials(c call, grant, appid, secret string) (refusal any, ok bool) {
	code := 0
	switch {
	case len(w.cfg.IPWhitelist) > 0 && !slices.Contains(w.cfg.IPWhitelist, c.ip):
		return apiErrorText(c.now, 40164, fmt.Sprintf("invalid ip %s ipv6 ::ffff:%s, not in whitelist", c.ip, c.ip)), false
	case grant != "client_credential":
		code = 40002
	case appid == "":
		code = 41002
	case secret == "":
		code = 41004
	case appid != w.cfg.AppID:
		code = 40013
	case secret != w.cfg.Secret:
		code = 40125
	default:
		return nil, true
	}
	return apiError(c.now, code), false
}
