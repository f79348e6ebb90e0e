package local

import (
	"errors"
	"fmt"
	"net/url"
	"time"
)

// MiniProgram is what the console of the account's Mini Program holds. The zero one is none.
type MiniProgram struct {
	AppID  string // wx and 16 letters or digits
	Secret string // 32 letters or digits
	// Bound tells that both accounts belong to one open platform account; unbound, a login gives no unionid.
	Bound bool
	// Pages are the published pages; a message to any other gets 41030. Empty lets every page pass.
	Pages []string
	// CallbackURL gets the Mini Program's events, in safe mode; empty means that message push is switched off. The
	// three below are needed with it.
	CallbackURL    string
	OriginalID     string // gh_…
	Token          string // 3 to 32 letters or digits
	EncodingAESKey string // 43 letters or digits
	// JSON makes the events come as JSON instead of XML, as the console lets choose.
	JSON bool
}

// app is one account as the platform keeps it: its callback, its tokens, its quotas.
type app struct {
	appID, originalID, secret, token, encodingAESKey, callbackURL string

	json bool // of what is pushed
	key  aesKey
	life time.Duration // of a token

	issued        []*accessToken
	stable, plain *accessToken // the newest of either kind
	forcedAt      time.Time
	forcedDay     string
	forces        int

	usage      map[string]*usage // by path
	clearMonth string
	clears     int
}

// official is the official account; its key must be readable.
func (c Config) official() (*app, error) {
	key, err := parseKey(c.EncodingAESKey)
	return &app{
		appID: c.AppID, originalID: c.OriginalID, secret: c.Secret, token: c.Token, encodingAESKey: c.EncodingAESKey,
		callbackURL: c.CallbackURL, key: key, life: c.TokenLife, usage: map[string]*usage{},
	}, err
}

// mini is the Mini Program, nil when there is none.
func (c Config) mini() (*app, error) {
	m := c.MiniProgram
	if m.AppID == "" {
		return nil, nil
	}
	a := &app{
		appID: m.AppID, originalID: m.OriginalID, secret: m.Secret, token: m.Token, encodingAESKey: m.EncodingAESKey,
		callbackURL: m.CallbackURL, json: m.JSON, life: c.TokenLife, usage: map[string]*usage{},
	}
	var err error
	if m.CallbackURL != "" {
		a.key, err = parseKey(m.EncodingAESKey)
	}
	return a, err
}

// check returns everything the console would refuse, joined into one error.
func (m MiniProgram) check(official string) error {
	if m.AppID == "" {
		return nil
	}
	var problems []error
	refuse := func(bad bool, format string, args ...any) {
		if bad {
			problems = append(problems, fmt.Errorf("MiniProgram."+format, args...))
		}
	}
	refuse(!appIDForm.MatchString(m.AppID) || m.AppID == official, "AppID %q: want wx and 16 letters or digits, not the official account's", m.AppID)
	refuse(!secretForm.MatchString(m.Secret), "Secret: want 32 letters or digits")
	if m.CallbackURL != "" {
		refuse(!webAddress(m.CallbackURL), "CallbackURL %q: want http or https", m.CallbackURL)
		refuse(!originalForm.MatchString(m.OriginalID), "OriginalID %q: want gh_…", m.OriginalID)
		refuse(!tokenForm.MatchString(m.Token), "Token: want 3 to 32 letters or digits")
		refuse(!aesKeyForm.MatchString(m.EncodingAESKey), "EncodingAESKey: want 43 letters or digits")
	}
	return errors.Join(problems...)
}

func webAddress(address string) bool {
	u, err := url.Parse(address)
	return err == nil && u.Host != "" && (u.Scheme == "http" || u.Scheme == "https")
}

// apps are the accounts there are, the official one first.
func (w *WeChat) apps() []*app {
	if w.mini == nil {
		return []*app{w.oa}
	}
	return []*app{w.oa, w.mini}
}

// named is the account of an appid, nil for a stranger's.
func (w *WeChat) named(appid string) *app {
	for _, a := range w.apps() {
		if a.appID == appid {
			return a
		}
	}
	return nil
}
