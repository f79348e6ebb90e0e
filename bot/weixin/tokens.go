package weixin

import (
	"context"
	"errors"
	"math/rand/v2"
	"sync"
	"time"

	"golang.org/x/sync/singleflight"
)

const (
	renewEarly = 300 * time.Second // before its end the platform hands out the next token
	maxJitter  = 60 * time.Second
	minTTL     = 30 * time.Second
	maxTTL     = 24 * time.Hour
	forceEvery = 60 * time.Second
	cacheTime  = time.Second
	maxToken   = 2048
)

// TokenCache shares access tokens between instances. It is a convenience: the
// platform hands the same token to all who ask, so its failures are ignored.
type TokenCache interface {
	// Get returns the token under key and how long it is good for. An absent
	// one is empty and no error.
	Get(ctx context.Context, key string) (token string, left time.Duration, err error)
	// Set keeps a token for ttl, at least 30 seconds.
	Set(ctx context.Context, key, token string, ttl time.Duration) error
}

// TokensConfig is what it takes to get access tokens.
type TokensConfig struct {
	AppID, Secret string
	BaseURL       string     // api_base_url, without a path
	Cache         TokenCache // nil: this process alone
	Now           func() time.Time
}

// Tokens hands out the account's access token. It asks for a stable token in
// normal mode, one call at a time. It is safe for concurrent use.
type Tokens struct {
	appID, secret string
	api           caller
	cache         TokenCache
	now           func() time.Time
	jitter        func() time.Duration

	flight singleflight.Group
	asking sync.Mutex // one call at a time, also of different flights

	mu       sync.Mutex // guards what follows
	token    string
	until    time.Time
	refused  string
	forcedAt time.Time
}

// ErrTokenRefused says that the platform refuses the very token that it hands
// out, and that a forced one was asked for less than a minute ago.
var ErrTokenRefused = errors.New("weixin: stable_token: the token that is handed out is refused")

// NewTokens makes a provider, or tells what is wrong with the configuration.
func NewTokens(c TokensConfig) (*Tokens, error) {
	api, err := newCaller(c.BaseURL)
	if c.AppID == "" || c.Secret == "" {
		err = errors.Join(errors.New("app_id、secret：不能为空"), err)
	}
	if err != nil {
		return nil, err
	}
	jitter := func() time.Duration { return rand.N(maxJitter) } // #nosec G404 -- spreads load only
	return &Tokens{appID: c.AppID, secret: c.Secret, api: api, cache: c.Cache, now: c.Now, jitter: jitter}, nil
}

// Token returns a token that should be good, from memory, the cache or the
// platform. Its error is a *CallError, or the context's.
func (t *Tokens) Token(ctx context.Context) (string, error) {
	if token := t.held(""); token != "" {
		return token, nil
	}
	return t.renew(ctx, "")
}

// Renew returns another token in place of one that the platform refused. It
// asks in normal mode first: another instance may have forced a new one. Only
// for the same token again it forces one, at most once a minute, for that
// kills the token of everybody else; ErrTokenRefused in between.
func (t *Tokens) Renew(ctx context.Context, refused string) (string, error) {
	return t.renew(ctx, refused)
}

// lend makes a call with a token. A refused token is renewed and the call
// made once more.
func (t *Tokens) lend(ctx context.Context, call func(context.Context, string) error) error {
	token, err := t.Token(ctx)
	if err != nil {
		return err
	}
	err = call(ctx, token)
	var failed *CallError
	if !errors.As(err, &failed) || failed.Kind != Declined || outcomeOf(failed.Code).Verdict != BadToken {
		return err
	}
	if token, err = t.Renew(ctx, token); err != nil {
		return err
	}
	return call(ctx, token)
}

// renew does not end with the caller's context: others wait for its result.
func (t *Tokens) renew(ctx context.Context, refused string) (string, error) {
	result := t.flight.DoChan(refused, func() (any, error) {
		t.asking.Lock()
		defer t.asking.Unlock()
		return t.another(context.WithoutCancel(ctx), refused)
	})
	select {
	case <-ctx.Done():
		return "", ctx.Err()
	case r := <-result:
		token, _ := r.Val.(string)
		return token, r.Err
	}
}

func (t *Tokens) another(ctx context.Context, refused string) (string, error) {
	if token := t.held(refused); token != "" {
		return token, nil
	}
	if refused != "" {
		t.remember(refused)
	} else if token := t.cached(ctx); token != "" {
		return token, nil
	}
	token, ttl, err := t.ask(ctx, false)
	if err == nil && token == refused {
		if !t.mayForce() {
			return "", ErrTokenRefused
		}
		token, ttl, err = t.ask(ctx, true)
	}
	if err != nil {
		return "", err
	}
	t.keep(token, ttl)
	if t.cache != nil {
		ctx, cancel := context.WithTimeout(ctx, cacheTime)
		defer cancel()
		_ = t.cache.Set(ctx, t.cacheKey(), token, ttl) // a convenience
	}
	return token, nil
}

// held returns the token in memory while it is good and not the refused one.
func (t *Tokens) held(refused string) string {
	now := t.now()
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.token == refused || !now.Before(t.until) {
		return ""
	}
	return t.token
}

func (t *Tokens) keep(token string, ttl time.Duration) {
	until := t.now().Add(ttl)
	t.mu.Lock()
	defer t.mu.Unlock()
	t.token, t.until = token, until
}

// cached takes over another instance's token, but never one that was refused.
func (t *Tokens) cached(ctx context.Context) string {
	if t.cache == nil {
		return ""
	}
	ctx, cancel := context.WithTimeout(ctx, cacheTime)
	defer cancel()
	token, left, err := t.cache.Get(ctx, t.cacheKey())
	if err != nil || token == "" || left <= 0 || t.wasRefused(token) {
		return ""
	}
	t.keep(token, min(left, maxTTL))
	return token
}

func (t *Tokens) cacheKey() string { return "stable_token:" + t.appID }

func (t *Tokens) wasRefused(token string) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return token == t.refused
}

func (t *Tokens) remember(refused string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.refused = refused
}

func (t *Tokens) mayForce() bool {
	now := t.now()
	t.mu.Lock()
	defer t.mu.Unlock()
	if !t.forcedAt.IsZero() && now.Sub(t.forcedAt) < forceEvery {
		return false
	}
	t.forcedAt = now
	return true
}

// ask gets a token and how long to keep it.
func (t *Tokens) ask(ctx context.Context, force bool) (string, time.Duration, error) {
	question := struct {
		GrantType    string `json:"grant_type"`
		AppID        string `json:"appid"`
		Secret       string `json:"secret"`
		ForceRefresh bool   `json:"force_refresh"`
	}{"client_credential", t.appID, t.secret, force}
	var answer struct {
		Token     string `json:"access_token"`
		ExpiresIn number `json:"expires_in"`
		Code      number `json:"errcode"`
	}
	if err := t.api.post(ctx, callToken, "/cgi-bin/stable_token", question, &answer); err != nil {
		return "", 0, err
	}
	switch {
	case answer.Code != 0:
		return "", 0, &CallError{Call: callToken, Kind: Declined, Code: int(answer.Code)}
	case answer.Token == "" || len(answer.Token) > maxToken:
		return "", 0, &CallError{Call: callToken, Kind: Garbled}
	}
	lifetime := time.Duration(min(max(answer.ExpiresIn, 0), number(maxTTL/time.Second))) * time.Second
	return answer.Token, max(lifetime-renewEarly-t.jitter(), minTTL), nil
}
