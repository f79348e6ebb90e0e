package local

import (
	"crypto/rand"
	"encoding/base64"
	"errors"
	"time"
)

// loginsAMinute is how many login codes of one person may be exchanged in a minute.
const loginsAMinute = 100

// codeLife is how long a code that the phone got may be exchanged, once.
const codeLife = 5 * time.Minute

// grant is what stands behind a code that the phone got for its server.
type grant struct {
	person *person
	ends   time.Time
	used   bool
}

// ErrNoMiniProgram is returned where the account would need a Mini Program.
var ErrNoMiniProgram = errors.New("local WeChat: there is no Mini Program")

// LoginCode opens the Mini Program on a person's phone, named by the openid of the official account, and returns the
// code that the phone got for its server: good for 5 minutes, once.
func (w *WeChat) LoginCode(openid string) (string, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	p := w.people[openid]
	switch {
	case w.mini == nil:
		return "", ErrNoMiniProgram
	case p == nil:
		return "", ErrUnknownPerson
	}
	return w.issue(w.logins, p, "0"+randomText(31, digits+letters)), nil
}

// issue puts a code of somebody who has the Mini Program open beside those that are still good.
func (w *WeChat) issue(codes map[string]*grant, p *person, code string) string {
	now := w.cfg.Now()
	for old, t := range codes {
		if !now.Before(t.ends) {
			delete(codes, old)
		}
	}
	codes[code] = &grant{person: p, ends: now.Add(codeLife)}
	p.visited = now
	return code
}

type session struct {
	OpenID     string `json:"openid"`
	SessionKey string `json:"session_key"`
	UnionID    string `json:"unionid,omitempty"`
}

// code2Session is GET /sns/jscode2session of the Mini Program.
func (w *WeChat) code2Session(c call) any {
	code := w.sessionFault(c)
	if code != 0 {
		return apiError(c.now, code)
	}
	l := w.logins[c.query.Get("js_code")]
	l.used = true
	var key [16]byte
	_, _ = rand.Read(key[:]) // never fails since Go 1.24
	s := session{OpenID: l.person.MiniOpenID, SessionKey: base64.StdEncoding.EncodeToString(key[:])}
	if w.cfg.MiniProgram.Bound {
		s.UnionID = l.person.UnionID
	}
	return s
}

// sessionFault is the errcode for an exchange, 0 when the code is good. A code that is over is unknown: the platform
// documents 40029 for both.
func (w *WeChat) sessionFault(c call) int {
	q := c.query
	switch {
	case q.Get("appid") == "":
		return 41002
	case q.Get("secret") == "":
		return 41004
	case w.mini == nil || q.Get("appid") != w.mini.appID:
		return 40013
	case q.Get("secret") != w.mini.secret:
		return 40125
	case q.Get("grant_type") != "authorization_code":
		return 40002
	case q.Get("js_code") == "":
		return 41008
	}
	l := w.logins[q.Get("js_code")]
	switch {
	case l == nil || !c.now.Before(l.ends):
		return 40029
	case l.used:
		return 40163
	case l.person.Blocked:
		return 40226
	case !l.person.mayLogIn(c.now):
		return 45011
	}
	return 0
}

// mayLogIn counts an exchange of the person's in this minute.
func (p *person) mayLogIn(now time.Time) bool {
	if minute := now.Truncate(time.Minute); !minute.Equal(p.loginMinute) {
		p.loginMinute, p.logins = minute, 0
	}
	p.logins++
	return p.logins <= loginsAMinute
}
