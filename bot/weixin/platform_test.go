package weixin

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

const testSecret = "canary-secret-0123456789abcdef"

// platform stands for the API: it knows which tokens are good and counts.
type platform struct {
	*httptest.Server
	mu        sync.Mutex
	now       time.Time
	lifetime  time.Duration
	expiresIn string // of JSON; empty: the lifetime
	tokens    int
	until     time.Time
	killed    bool // the current token is bad but normal mode hands it out
	asked     int
	forced    int
	accepted  atomic.Int64
	answer    http.HandlerFunc // of the send, if not the platform's own
	tokenErr  http.HandlerFunc
}

func newPlatform(t *testing.T) *platform {
	t.Helper()
	p := &platform{now: noon, lifetime: 2 * time.Hour}
	mux := http.NewServeMux()
	mux.HandleFunc("POST /cgi-bin/stable_token", p.stableToken)
	mux.HandleFunc("POST /cgi-bin/message/custom/send", p.send)
	p.Server = httptest.NewServer(mux)
	t.Cleanup(p.Close)
	return p
}

func (p *platform) clock() time.Time {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.now
}

func (p *platform) pass(d time.Duration) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.now = p.now.Add(d)
}

func (p *platform) stableToken(w http.ResponseWriter, r *http.Request) {
	var question struct {
		GrantType string `json:"grant_type"`
		AppID     string `json:"appid"`
		Secret    string `json:"secret"`
		Force     bool   `json:"force_refresh"`
	}
	err := json.NewDecoder(r.Body).Decode(&question)
	if p.tokenErr != nil {
		p.tokenErr(w, r)
		return
	}
	if err != nil || question.GrantType != "client_credential" || question.AppID != testApp || question.Secret != testSecret {
		_, _ = w.Write([]byte(`{"errcode":40125,"errmsg":"invalid appsecret"}`))
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.asked++
	if question.Force {
		p.forced++
	}
	if question.Force || p.tokens == 0 || !p.now.Before(p.until.Add(-renewEarly)) {
		p.tokens++
		p.until = p.now.Add(p.lifetime)
		p.killed = false
	}
	expires := p.expiresIn
	if expires == "" {
		expires = strconv.Itoa(int(p.until.Sub(p.now).Seconds()))
	}
	_, _ = fmt.Fprintf(w, `{"access_token":"token-%d","expires_in":%s}`, p.tokens, expires)
}

func (p *platform) send(w http.ResponseWriter, r *http.Request) {
	if p.answer != nil {
		p.answer(w, r)
		return
	}
	p.mu.Lock()
	good := r.URL.Query().Get("access_token") == "token-"+strconv.Itoa(p.tokens) && p.now.Before(p.until) && !p.killed
	p.mu.Unlock()
	var message customText
	switch err := json.NewDecoder(r.Body).Decode(&message); {
	case !good:
		_, _ = w.Write([]byte(`{"errcode":40001,"errmsg":"invalid credential"}`))
	case err != nil || message.ToUser != wangFang || message.MsgType != "text":
		_, _ = w.Write([]byte(`{"errcode":40003,"errmsg":"invalid openid"}`))
	default:
		p.accepted.Add(1)
		_, _ = w.Write([]byte(`{"errcode":0,"errmsg":"ok"}`))
	}
}

func (p *platform) counts() (asked, forced int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.asked, p.forced
}

func (p *platform) provider(t *testing.T, cache TokenCache) *Tokens {
	t.Helper()
	tokens, err := NewTokens(TokensConfig{AppID: testApp, Secret: testSecret, BaseURL: p.URL + "/", Cache: cache, Now: p.clock})
	if err != nil {
		t.Fatal(err)
	}
	tokens.jitter = func() time.Duration { return 0 }
	return tokens
}

func (p *platform) sender(t *testing.T, cache TokenCache) *Sender {
	t.Helper()
	sender, err := NewSender(p.URL, p.provider(t, cache))
	if err != nil {
		t.Fatal(err)
	}
	return sender
}

// shelf is a cache for both providers. With err set it is out of order.
type shelf struct {
	mu    sync.Mutex
	now   func() time.Time
	err   error
	token string
	until time.Time
}

func (s *shelf) Get(context.Context, string) (string, time.Duration, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.token, s.until.Sub(s.now()), s.err
}

func (s *shelf) Set(_ context.Context, _, token string, ttl time.Duration) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.err == nil {
		s.token, s.until = token, s.now().Add(ttl)
	}
	return s.err
}

// TestTokenRaceAtExpiry: two instances with 200 sends each when the token ends,
// 50 times. Each instance asks once at most and no send is lost.
func TestTokenRaceAtExpiry(t *testing.T) {
	t.Parallel()
	for what, cached := range map[string]bool{"alone": false, "sharing": true} {
		t.Run(what, func(t *testing.T) {
			t.Parallel()
			p := newPlatform(t)
			var cache TokenCache
			if cached {
				cache = &shelf{now: p.clock}
			}
			senders := []*Sender{p.sender(t, cache), p.sender(t, cache)}
			for round := range 50 {
				before, _ := p.counts()
				lost := race(senders, 200)
				after, forced := p.counts()
				if lost > 0 || after-before > len(senders) || after == before || forced > 0 {
					t.Fatalf("round %d: %d lost, %d asked, %d forced", round, lost, after-before, forced)
				}
				p.pass(p.lifetime)
			}
			if got := p.accepted.Load(); got != 2*200*50 {
				t.Errorf("%d accepted", got)
			}
		})
	}
}

func race(senders []*Sender, each int) (lost int64) {
	var sends sync.WaitGroup
	var failures atomic.Int64
	for _, s := range senders {
		for range each {
			sends.Go(func() {
				outcome, err := s.SendText(context.Background(), wangFang, "您的申报已通过。")
				if err != nil || outcome.Verdict != Accepted {
					failures.Add(1)
				}
			})
		}
	}
	sends.Wait()
	return failures.Load()
}

// TestTokenKilledElsewhere: another program forced a new token. Both instances
// meet 40001, read it again, and nobody forces another.
func TestTokenKilledElsewhere(t *testing.T) {
	t.Parallel()
	p := newPlatform(t)
	senders := []*Sender{p.sender(t, nil), p.sender(t, nil)}
	if race(senders, 10) > 0 {
		t.Fatal("lost")
	}
	p.mu.Lock()
	p.tokens++
	p.mu.Unlock()
	before, _ := p.counts()
	if lost := race(senders, 200); lost > 0 {
		t.Errorf("%d lost", lost)
	}
	if asked, forced := p.counts(); asked-before > 2 || forced > 0 {
		t.Errorf("%d asked, %d forced", asked-before, forced)
	}
}

// TestExpiryAndRefusalAskOnce: while one caller asks because the token ended,
// others whose tokens were refused wait and take what it gets.
func TestExpiryAndRefusalAskOnce(t *testing.T) {
	t.Parallel()
	p := newPlatform(t)
	var asked atomic.Int64
	arrived, release := make(chan struct{}, 100), make(chan struct{})
	p.tokenErr = func(w http.ResponseWriter, _ *http.Request) {
		asked.Add(1)
		arrived <- struct{}{}
		<-release
		_, _ = w.Write([]byte(`{"access_token":"new","expires_in":7200}`))
	}
	tokens := p.provider(t, nil)
	var callers sync.WaitGroup
	get := func(refused string) {
		if token, err := tokens.renew(t.Context(), refused); err != nil || token != "new" {
			t.Error(token, err)
		}
	}
	callers.Go(func() { get("") })
	<-arrived
	for i := range 50 {
		callers.Go(func() { get("old-" + strconv.Itoa(i)) })
	}
	for range 1000 {
		runtime.Gosched()
	}
	close(release)
	callers.Wait()
	if n := asked.Load(); n != 1 {
		t.Errorf("asked %d times", n)
	}
}

// TestSameBadTokenIsForcedOnceAMinute: normal mode hands out the refused token.
func TestSameBadTokenIsForcedOnceAMinute(t *testing.T) {
	t.Parallel()
	p := newPlatform(t)
	s := p.sender(t, nil)
	kill := func() {
		p.mu.Lock()
		defer p.mu.Unlock()
		p.killed = true
	}
	if race([]*Sender{s}, 1) > 0 {
		t.Fatal("lost")
	}
	kill()
	if lost := race([]*Sender{s}, 100); lost > 0 {
		t.Errorf("%d lost", lost)
	}
	for range 2 {
		kill()
		p.pass(29 * time.Second)
		if _, err := s.SendText(t.Context(), wangFang, "x"); !errors.Is(err, ErrTokenRefused) {
			t.Errorf("got %v", err)
		}
	}
	if _, forced := p.counts(); forced != 1 {
		t.Errorf("%d forced", forced)
	}
	p.pass(2 * time.Second)
	if lost := race([]*Sender{s}, 100); lost > 0 {
		t.Errorf("%d lost", lost)
	}
	if _, forced := p.counts(); forced != 2 {
		t.Errorf("%d forced", forced)
	}
}

func TestCacheIsAConvenience(t *testing.T) {
	t.Parallel()
	p := newPlatform(t)
	cache := &shelf{now: p.clock}
	first, second := p.provider(t, cache), p.provider(t, cache)
	for _, tokens := range []*Tokens{first, second} {
		if token, err := tokens.Token(t.Context()); err != nil || token != "token-1" {
			t.Fatal(token, err)
		}
	}
	if asked, _ := p.counts(); asked != 1 {
		t.Errorf("%d asked although the token was on the shelf", asked)
	}
	cache.err, cache.token = errors.New("away"), "token-torn"
	for range 5 {
		if token, err := p.provider(t, cache).Token(t.Context()); err != nil || token != "token-1" {
			t.Error(token, err)
		}
	}
	// A refused token on the shelf is not taken again.
	cache.err = nil
	p.pass(p.lifetime)
	cache.token, cache.until = "token-bad", p.clock().Add(time.Hour)
	sender := &Sender{first.api, first}
	if outcome, err := sender.SendText(t.Context(), wangFang, "x"); err != nil || outcome.Verdict != Accepted {
		t.Error(outcome, err)
	}
	cache.token, cache.until = "token-bad", p.clock().Add(9*time.Hour)
	p.pass(p.lifetime)
	if token, err := first.Token(t.Context()); err != nil || token != "token-3" {
		t.Error(token, err)
	}
}

func TestHowLongATokenIsKept(t *testing.T) {
	t.Parallel()
	for expires, want := range map[string]time.Duration{
		"7200": 6900 * time.Second, `"7200"`: 6900 * time.Second, "300": minTTL, "301": minTTL, "331": 31 * time.Second,
		"0": minTTL, "-7200": minTTL, "9000000000000000000": maxTTL - renewEarly,
	} {
		p := newPlatform(t)
		p.expiresIn = expires
		tokens := p.provider(t, nil)
		_, ttl, err := tokens.ask(t.Context(), false)
		if err != nil || ttl != want {
			t.Errorf("%s: %v, %v", expires, ttl, err)
		}
		tokens.jitter = func() time.Duration { return 50 * time.Second }
		if _, ttl, _ = tokens.ask(t.Context(), false); ttl != max(want-50*time.Second, minTTL) {
			t.Errorf("%s with jitter: %v", expires, ttl)
		}
	}
}

func TestWaitingForATokenEndsWithTheCaller(t *testing.T) {
	t.Parallel()
	p := newPlatform(t)
	arrived, release := make(chan struct{}), make(chan struct{})
	p.tokenErr = func(w http.ResponseWriter, _ *http.Request) {
		close(arrived)
		<-release
		_, _ = w.Write([]byte(`{"access_token":"late","expires_in":7200}`))
	}
	tokens := p.provider(t, nil)
	ctx, cancel := context.WithCancel(t.Context())
	gone := make(chan error)
	go func() {
		_, err := tokens.Token(ctx)
		gone <- err
	}()
	<-arrived
	cancel()
	if err := <-gone; !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	close(release) // the call itself went on, for whoever else waits
	if token, err := tokens.Token(t.Context()); err != nil || token != "late" {
		t.Error(token, err)
	}
}

// TestOutcomesOfRealAnswers takes recorded bodies; what the platform says
// beside the code is ignored.
func TestOutcomesOfRealAnswers(t *testing.T) {
	t.Parallel()
	want := map[int]Verdict{
		0: Accepted, 40003: BadOpenID, 40029: Unknown, 40037: Template, 40169: Unknown, 43004: NotFollowing, 43101: NoCredit,
		43116: Template, 43117: TooFrequent, 45002: TooLong, 45009: DayQuota, 45028: NoMassQuota, 45065: Duplicate, 45162: Unknown,
		47003: BadField, 48001: Setup, 40001: BadToken,
	}
	files, err := filepath.Glob("testdata/vectors/api/live_*.json")
	if err != nil || len(files) != 23 {
		t.Fatal(len(files), err)
	}
	files = append(files, "testdata/vectors/api/resp_message_custom_send.json")
	for _, name := range files {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		var code struct{ Errcode int }
		if err := json.Unmarshal(text, &code); err != nil {
			t.Fatal(err)
		}
		p := newPlatform(t)
		p.answer = func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(text) }
		outcome, err := p.sender(t, nil).SendText(t.Context(), wangFang, "x")
		verdict, listed := want[code.Errcode]
		if code.Errcode == 40001 { // refused with the old token and with the new one
			if err != nil || outcome.Verdict != BadToken {
				t.Errorf("%s: %+v, %v", name, outcome, err)
			}
			continue
		}
		if err != nil || !listed || outcome != (Outcome{code.Errcode, verdict}) {
			t.Errorf("%s: %+v, %v", name, outcome, err)
		}
	}
}

func TestOutcomesOfOtherCodes(t *testing.T) {
	t.Parallel()
	for body, want := range map[string]Outcome{
		`{"errcode":-1}`:                {-1, Busy},
		`{"errcode":45011}`:             {45011, SlowDown},
		`{"errcode":45015,"errmsg":1}`:  {45015, OutsideReach},
		`{"errcode":45047}`:             {45047, WindowUsed},
		`{"errcode":40164,"errmsg":[]}`: {40164, CallerIP},
		`{"errcode":41030}`:             {41030, Setup},
		`{"errcode":"45015"}`:           {45015, OutsideReach},
		`{"errcode":"0","errmsg":null}`: {0, Accepted},
		`{"errcode":987654}`:            {987654, Unknown},
	} {
		p := newPlatform(t)
		p.answer = func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte(body)) }
		if got, err := p.sender(t, nil).SendText(t.Context(), wangFang, "x"); err != nil || got != want {
			t.Errorf("%s: %+v, %v", body, got, err)
		}
	}
}

func reset(w http.ResponseWriter, _ *http.Request) {
	connection, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		panic(err)
	}
	_ = connection.(*net.TCPConn).SetLinger(0)
	_ = connection.Close()
}

func status(code int) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Location", "http://127.0.0.1:1/elsewhere")
		w.WriteHeader(code)
		_, _ = w.Write([]byte("<html>502 Bad Gateway</html>"))
	}
}

func says(body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte(body)) }
}

// TestOddAnswers of both calls become errors of a clear kind, which hold
// neither token nor secret nor address.
func TestOddAnswers(t *testing.T) {
	t.Parallel()
	odd := map[string]struct {
		answer http.HandlerFunc
		kind   Failure
	}{
		"html with 502": {status(502), BadStatus},
		"redirect":      {status(302), BadStatus},
		"kept method":   {status(307), BadStatus},
		"html with 200": {says("<html>"), Garbled},
		"nothing":       {says(""), Garbled},
		"null":          {says("null"), Garbled},
		"no code":       {says("{}"), Garbled},
		"list":          {says("[]"), Garbled},
		"code of words": {says(`{"errcode":"bad"}`), Garbled},
		"code of null":  {says(`{"errcode":null}`), Garbled},
		"half a code":   {says(`{"errcode":0.5}`), Garbled},
		"huge code":     {says(`{"errcode":99999999999999999999}`), Garbled},
		"ten megabytes": {says(`{"errcode":0,"errmsg":"` + strings.Repeat("x", 10<<20) + `"}`), Oversized},
		"reset":         {reset, Broken},
		"cut in the body": {func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "99")
			_, _ = w.Write([]byte("{"))
		}, Broken},
	}
	for what, o := range odd {
		t.Run(what, func(t *testing.T) {
			t.Parallel()
			p := newPlatform(t)
			p.answer = o.answer
			_, err := p.sender(t, nil).SendText(t.Context(), wangFang, "canary-text")
			failed(t, p, err, CallError{Call: callSend, Kind: o.kind}, true)

			p = newPlatform(t)
			p.tokenErr = o.answer
			_, err = p.sender(t, nil).SendText(t.Context(), wangFang, "canary-text")
			failed(t, p, err, CallError{Call: callToken, Kind: o.kind}, false)
		})
	}
}

func failed(t *testing.T, p *platform, err error, want CallError, inDoubt bool) {
	t.Helper()
	var got *CallError
	if !errors.As(err, &got) || got.Call != want.Call || got.Kind != want.Kind || got.InDoubt() != inDoubt {
		t.Errorf("got %v, want %v (in doubt: %v)", err, &want, inDoubt)
	}
	for _, hidden := range []string{"canary", "token-1", testSecret, wangFang, p.URL, "127.0.0.1", "http"} {
		if strings.Contains(fmt.Sprintf("%v %+v %q", err, err, err), hidden) {
			t.Errorf("%q stands in %v", hidden, err)
		}
	}
}

func TestCallsThatDoNotArriveOrEnd(t *testing.T) {
	t.Parallel()
	p := newPlatform(t)
	s := p.sender(t, nil)
	if _, err := s.tokens.Token(t.Context()); err != nil {
		t.Fatal(err)
	}
	hang := func(r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body) // only then the server sees the caller leave
		<-r.Context().Done()
	}
	p.answer = func(_ http.ResponseWriter, r *http.Request) { hang(r) }
	s.api.client.Timeout = 50 * time.Millisecond
	_, err := s.SendText(t.Context(), wangFang, "x")
	failed(t, p, err, CallError{Call: callSend, Kind: TimedOut}, true)

	// A platform of its own: a request to the first may still be on its way.
	left := newPlatform(t)
	ctx, cancel := context.WithCancel(t.Context())
	left.answer = func(_ http.ResponseWriter, r *http.Request) { cancel(); hang(r) }
	_, err = left.sender(t, nil).SendText(ctx, wangFang, "x")
	failed(t, left, err, CallError{Call: callSend, Kind: TimedOut}, true)
	if !errors.Is(err, context.Canceled) {
		t.Errorf("%v does not tell who ended it", err)
	}

	p.Close()
	_, err = s.SendText(t.Context(), wangFang, "x")
	failed(t, p, err, CallError{Call: callSend, Kind: Unreachable}, false)
	_, err = p.sender(t, nil).SendText(t.Context(), wangFang, "x")
	failed(t, p, err, CallError{Call: callToken, Kind: Unreachable}, false)
}

func TestDeclinedTokenNamesTheCode(t *testing.T) {
	t.Parallel()
	p := newPlatform(t)
	p.tokenErr = says(`{"errcode":"40164","errmsg":"invalid ip 203.0.113.9"}`)
	_, err := p.sender(t, nil).SendText(t.Context(), wangFang, "x")
	failed(t, p, err, CallError{Call: callToken, Kind: Declined}, false)
	var declined *CallError
	if !errors.As(err, &declined) || declined.Code != 40164 || !strings.Contains(err.Error(), "40164") {
		t.Errorf("got %v", err)
	}
}

// TestSentTextFits: cut by bytes, legal characters, links as they stand.
func TestSentTextFits(t *testing.T) {
	t.Parallel()
	p := newPlatform(t)
	got := make(chan string, 1)
	p.answer = func(w http.ResponseWriter, r *http.Request) {
		var raw [8192]byte
		n, _ := r.Body.Read(raw[:])
		got <- string(raw[:n])
		_, _ = w.Write([]byte(`{"errcode":0}`))
	}
	s := p.sender(t, nil)
	text := "\x00<a href=\"https://example.cn/?a=1&b=2\">看</a>" + strings.Repeat("积", 700)
	if _, err := s.SendText(t.Context(), wangFang, text); err != nil {
		t.Fatal(err)
	}
	body := <-got
	var message customText
	if err := json.Unmarshal([]byte(body), &message); err != nil {
		t.Fatal(err)
	}
	if n := len(message.Text.Content); n > MaxText || n < MaxText-3 || !strings.HasPrefix(message.Text.Content, "<a href") {
		t.Errorf("%d bytes: %.40q", n, message.Text.Content)
	}
	if !strings.Contains(body, "<a href") || !strings.Contains(body, "&b=2") {
		t.Errorf("escaped: %.80s", body)
	}
}

func TestTokenIsEscaped(t *testing.T) {
	t.Parallel()
	p := newPlatform(t)
	const token = "a+b&c=d /%#"
	p.tokenErr = says(`{"access_token":"` + token + `","expires_in":7200}`)
	got := make(chan string, 1)
	p.answer = func(w http.ResponseWriter, r *http.Request) {
		got <- r.URL.Query().Get("access_token")
		_, _ = w.Write([]byte(`{"errcode":0}`))
	}
	if _, err := p.sender(t, nil).SendText(t.Context(), wangFang, "x"); err != nil || <-got != token {
		t.Error(err)
	}
}

func TestBaseAddressIsChecked(t *testing.T) {
	t.Parallel()
	for _, base := range []string{"", "api.weixin.qq.com", "ftp://x", "https://", "https://u:p@x", "https://x?a=b", ":"} {
		if _, err := NewSender(base, nil); err == nil {
			t.Errorf("%q is accepted", base)
		}
		if _, err := NewTokens(TokensConfig{BaseURL: base}); err == nil || !strings.Contains(err.Error(), "secret") {
			t.Errorf("%q: %v", base, err)
		}
	}
}
