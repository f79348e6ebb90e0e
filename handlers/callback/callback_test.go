package callback

import (
	"bytes"
	"context"
	"crypto/aes"
	"crypto/cipher"
	"crypto/sha1"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/xiangfeng/xiangfeng/bot"
	"github.com/xiangfeng/xiangfeng/bot/weixin"
)

const (
	app      = "wx5ad1c3e0b7f94a26"
	account  = "gh_2f6d0c9b81e4"
	token    = "canaryToken2026"
	aesKey   = "kWxPEV2UEDyxWpmPdKC3F4dgPDmOvfKX1HGnEUDS1aR"
	wangFang = "oCanaryWangFang_0123456789ab"
	sorry    = "系统忙，请过一会儿再发一次。"
	answered = "您家今年 36 分，可用 20 分。"
)

var noon = time.Date(2026, 4, 3, 12, 0, 0, 0, time.FixedZone("CST", 8*3600))

func clock() time.Time { return noon }

// responder is a bot in one function.
type responder func(ctx context.Context, u bot.Update) (bot.Reply, error)

func (f responder) Respond(ctx context.Context, u bot.Update) (bot.Reply, error) { return f(ctx, u) }

func answers(context.Context, bot.Update) (bot.Reply, error) {
	return bot.Reply{Text: answered}, nil
}

// tally is the metrics, kept.
type tally struct {
	mu      sync.Mutex
	counted []string
}

func (m *tally) Refused(reason string) { m.add("refused " + reason) }

func (m *tally) Answered(kind string, result Result, _ time.Duration) {
	m.add(kind + " " + string(result))
}

func (m *tally) add(s string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.counted = append(m.counted, s)
}

// stage is a handler with what it logged and counted.
type stage struct {
	http.Handler
	log   bytes.Buffer
	tally tally
}

func newStage(tb testing.TB, r responder, change func(*Options)) *stage {
	tb.Helper()
	receiver, err := weixin.NewReceiver(weixin.ReceiverConfig{AppID: app, OriginalID: account, Token: token, AESKey: aesKey})
	if err != nil {
		tb.Fatal(err)
	}
	s := &stage{}
	options := Options{
		Now: clock, Sorry: sorry, Metrics: &s.tally,
		Log:       slog.New(slog.NewTextHandler(&s.log, nil)),
		Pseudonym: func(string) string { return "p-7f3a" },
	}
	if change != nil {
		change(&options)
	}
	s.Handler = New(receiver, r, options)
	return s
}

func (s *stage) do(r *http.Request) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	s.ServeHTTP(w, r)
	return w
}

func key() []byte {
	k, err := base64.StdEncoding.DecodeString(aesKey + "=")
	if err != nil {
		panic(err)
	}
	return k
}

// sign and seal follow the platform's documentation by themselves, sharing
// nothing with the receiver.
func sign(parts ...string) string {
	slices.Sort(parts)
	sum := sha1.Sum([]byte(strings.Join(parts, "")))
	return hex.EncodeToString(sum[:])
}

func seal(inner string) string {
	text := append(make([]byte, 16, 1024), binary.BigEndian.AppendUint32(nil, uint32(len(inner)))...)
	text = append(append(text, inner...), app...)
	pad := 32 - len(text)%32
	text = append(text, bytes.Repeat([]byte{byte(pad)}, pad)...)
	block, err := aes.NewCipher(key())
	if err != nil {
		panic(err)
	}
	cipher.NewCBCEncrypter(block, key()[:16]).CryptBlocks(text, text)
	return base64.StdEncoding.EncodeToString(text)
}

func envelope(sealed string) string {
	return "<xml><ToUserName><![CDATA[" + account + "]]></ToUserName><Encrypt><![CDATA[" + sealed + "]]></Encrypt></xml>"
}

// push is a packet as the platform posts it.
func push(inner string) *http.Request {
	const nonce = "415670741"
	sealed, timestamp := seal(inner), strconv.FormatInt(noon.Unix(), 10)
	query := url.Values{
		"timestamp": {timestamp}, "nonce": {nonce}, "openid": {wangFang}, "encrypt_type": {"aes"},
		"signature": {sign(token, timestamp, nonce)}, "msg_signature": {sign(token, timestamp, nonce, sealed)},
	}
	return httptest.NewRequest(http.MethodPost, "/wechat/callback?"+query.Encode(), strings.NewReader(envelope(sealed)))
}

func message(words string) string {
	return packet("text", "<Content><![CDATA["+words+"]]></Content><MsgId>245176</MsgId>")
}

func event(name string) string { return packet("event", "<Event>"+name+"</Event><EventKey/>") }

func packet(kind, more string) string {
	return fmt.Sprintf("<xml><ToUserName>%s</ToUserName><FromUserName>%s</FromUserName><CreateTime>%d</CreateTime><MsgType>%s</MsgType>%s</xml>",
		account, wangFang, noon.Unix(), kind, more)
}

// reads is what the person reads of a sealed answer; an acknowledgement is "".
func reads(tb testing.TB, w *httptest.ResponseRecorder) string {
	tb.Helper()
	if w.Code != http.StatusOK {
		tb.Fatalf("status %d: %s", w.Code, w.Body)
	}
	if w.Body.String() == weixin.Acknowledged {
		return ""
	}
	var outer struct{ Encrypt, MsgSignature, TimeStamp, Nonce string }
	if err := xml.Unmarshal(w.Body.Bytes(), &outer); err != nil {
		tb.Fatalf("%v in %q", err, w.Body)
	}
	if sign(token, outer.TimeStamp, outer.Nonce, outer.Encrypt) != outer.MsgSignature {
		tb.Error("the reply's signature is wrong")
	}
	text, err := base64.StdEncoding.DecodeString(outer.Encrypt)
	if err != nil {
		tb.Fatal(err)
	}
	block, err := aes.NewCipher(key())
	if err != nil {
		tb.Fatal(err)
	}
	cipher.NewCBCDecrypter(block, key()[:16]).CryptBlocks(text, text)
	var inner struct{ ToUserName, FromUserName, MsgType, Content string }
	if err := xml.Unmarshal(text[20:20+binary.BigEndian.Uint32(text[16:20])], &inner); err != nil {
		tb.Fatal(err)
	}
	if inner.ToUserName != wangFang || inner.FromUserName != account || inner.MsgType != "text" {
		tb.Errorf("addressed %+v", inner)
	}
	return inner.Content
}

func TestQuestionIsAnswered(t *testing.T) {
	t.Parallel()
	var got bot.Update
	s := newStage(t, func(_ context.Context, u bot.Update) (bot.Reply, error) {
		got = u
		return bot.Reply{Text: answered}, nil
	}, nil)
	r := push(message("积分"))
	r.Header.Set("X-WX-OPENID", "oVictim") // a header never says who somebody is
	r.Header.Set("X-WX-FROM-OPENID", "oVictim")
	r.Header.Set("X-WX-SOURCE", "x")
	if text := reads(t, s.do(r)); text != answered {
		t.Errorf("answered %q", text)
	}
	if got.From != wangFang || got.Words != "积分" || got.Key != "245176" {
		t.Errorf("asked %+v", got)
	}
	if diff := cmp.Diff([]string{"text replied"}, s.tally.counted); diff != "" {
		t.Error(diff)
	}
}

func TestNothingToSayIsAcknowledged(t *testing.T) {
	t.Parallel()
	silent := func(context.Context, bot.Update) (bot.Reply, error) { return bot.Reply{}, nil }
	s := newStage(t, silent, nil)
	if w := s.do(push(event("unsubscribe"))); w.Code != http.StatusOK || w.Body.String() != weixin.Acknowledged {
		t.Errorf("%d %q", w.Code, w.Body)
	}
}

func TestPlatformEventsNeverReachTheBot(t *testing.T) {
	t.Parallel()
	s := newStage(t, func(_ context.Context, u bot.Update) (bot.Reply, error) {
		t.Errorf("asked %+v", u)
		return bot.Reply{Text: answered}, nil
	}, nil)
	for _, inner := range []string{event("TEMPLATESENDJOBFINISH"), event("VIEW"), event("user_info_modified"), event("new_one"), event(""), packet("hologram", "")} {
		if w := s.do(push(inner)); w.Code != http.StatusOK || w.Body.String() != weixin.Acknowledged {
			t.Errorf("%s: %d %q", inner, w.Code, w.Body)
		}
	}
	if s.tally.counted[0] != "platform acknowledged" || s.log.Len() > 0 {
		t.Error(s.tally.counted, s.log.String())
	}
}

func TestAddressIsVerified(t *testing.T) {
	t.Parallel()
	s := newStage(t, answers, nil)
	timestamp := strconv.FormatInt(noon.Unix(), 10)
	query := url.Values{"timestamp": {timestamp}, "nonce": {"7"}, "signature": {sign(token, timestamp, "7")}, "echostr": {"<b>43751"}}
	w := s.do(httptest.NewRequest(http.MethodGet, "/wechat/callback?"+query.Encode(), nil))
	if w.Code != http.StatusOK || w.Body.String() != "<b>43751" {
		t.Errorf("%d %q", w.Code, w.Body)
	}
	if kind := w.Header().Get("Content-Type"); !strings.HasPrefix(kind, "text/plain") || w.Header().Get("X-Content-Type-Options") != "nosniff" {
		t.Errorf("a browser may take the echo for a page: %v", w.Header())
	}
	query.Set("signature", "x")
	w = s.do(httptest.NewRequest(http.MethodGet, "/wechat/callback?"+query.Encode(), nil))
	if w.Code != http.StatusUnauthorized || strings.Contains(w.Body.String(), "43751") {
		t.Errorf("%d %q", w.Code, w.Body)
	}
}

// TestRefusedPackets: each has a status that blames the sender, a stable code
// for a body, one line in the log, one count, and never reaches the bot.
func TestRefusedPackets(t *testing.T) {
	t.Parallel()
	const canary = "canary-words"
	edit := func(name, value string) *http.Request {
		r := push(message(canary))
		query := r.URL.Query()
		query.Set(name, value)
		r.URL.RawQuery = query.Encode()
		return r
	}
	other := func(old, value string) *http.Request { return push(strings.Replace(message(canary), old, value, 1)) }
	body := func(body io.Reader) *http.Request {
		r := push(message(canary))
		r.Body, r.ContentLength = io.NopCloser(body), -1
		return r
	}
	encoded := func(coding string) *http.Request {
		r := push(message(canary))
		r.Header.Set("Content-Encoding", coding)
		return r
	}
	method := func(method string) *http.Request {
		r := push(message(canary))
		r.Method = method
		return r
	}
	cut := push(message(canary))
	cut.ContentLength += 10
	declared := push(message(canary))
	declared.ContentLength = weixin.MaxBody + 1

	for what, tt := range map[string]struct {
		r      *http.Request
		status int
		code   string
	}{
		"forged":            {edit("msg_signature", strings.Repeat("0", 40)), 401, "bad_signature"},
		"unsigned":          {edit("msg_signature", ""), 401, "bad_signature"},
		"another time":      {edit("timestamp", "1400000000"), 401, "bad_signature"},
		"downgraded":        {edit("encrypt_type", "raw"), 403, "downgraded"},
		"spoofed":           {edit("openid", "oVictim"), 403, "spoofed"},
		"another account":   {other(account, "gh_other"), 403, "wrong_account"},
		"injected":          {other(canary, "]]></Content><FromUserName>oVictim</FromUserName><Content><![CDATA["), 400, "bad_xml"},
		"without id":        {other("<MsgId>245176</MsgId>", ""), 400, "bad_message"},
		"odd path of bytes": {other("<xml>", "<!DOCTYPE x><xml>"), 400, "bad_xml"},
		"no body":           {body(strings.NewReader("")), 400, "bad_xml"},
		"JSON":              {body(strings.NewReader(`{"a":1}`)), 400, "bad_xml"},
		"one byte too many": {body(strings.NewReader(strings.Repeat("x", weixin.MaxBody+1))), 413, "too_large"},
		"endless":           {body(endless{}), 413, "too_large"},
		"said to be large":  {declared, 413, "too_large"},
		"cut":               {cut, 400, "unreadable"},
		"gzip":              {encoded("gzip"), 415, "encoded"},
		"deflate":           {encoded("deflate"), 415, "encoded"},
		"br":                {encoded("br"), 415, "encoded"},
		"gzip twice":        {encoded("identity, gzip"), 415, "encoded"},
		"PUT":               {method(http.MethodPut), 405, "bad_method"},
		"HEAD":              {method(http.MethodHead), 405, "bad_method"},
		"DELETE":            {method(http.MethodDelete), 405, "bad_method"},
	} {
		t.Run(what, func(t *testing.T) {
			t.Parallel()
			s := newStage(t, func(_ context.Context, u bot.Update) (bot.Reply, error) {
				t.Errorf("acted on %+v", u)
				return bot.Reply{}, nil
			}, nil)
			w := s.do(tt.r)
			if w.Code != tt.status || w.Body.String() != tt.code {
				t.Errorf("%d %q", w.Code, w.Body)
			}
			if lines := strings.Count(s.log.String(), "\n"); lines != 1 || !strings.Contains(s.log.String(), "reason="+tt.code) {
				t.Errorf("%d lines: %s", lines, s.log.String())
			}
			quiet(t, s, canary, "oVictim", "gh_other")
			if diff := cmp.Diff([]string{"refused " + tt.code}, s.tally.counted); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// TestStalePackets: 301 s away from the product's clock a packet is refused.
func TestStalePackets(t *testing.T) {
	t.Parallel()
	for off, want := range map[time.Duration]int{
		300 * time.Second: 200, 301 * time.Second: 401, -300 * time.Second: 200, -301 * time.Second: 401,
	} {
		s := newStage(t, answers, func(o *Options) { o.Now = func() time.Time { return noon.Add(off) } })
		w := s.do(push(message("积分")))
		if w.Code != want || want == 401 && w.Body.String() != "stale" {
			t.Errorf("%v away: %d %q", off, w.Code, w.Body)
		}
	}
}

type endless struct{}

func (endless) Read(p []byte) (int, error) { return copy(p, "xxxxxxxx"), nil }

// TestLargeBodies sends 80 sizes around the limit.
func TestLargeBodies(t *testing.T) {
	t.Parallel()
	s := newStage(t, answers, nil)
	for i := range 80 {
		size := weixin.MaxBody - 39 + i
		r := httptest.NewRequest(http.MethodPost, "/wechat/callback?encrypt_type=aes", strings.NewReader(strings.Repeat("x", size)))
		if i%2 == 0 {
			r.ContentLength = -1
		}
		want := http.StatusBadRequest
		if size > weixin.MaxBody {
			want = http.StatusRequestEntityTooLarge
		}
		if w := s.do(r); w.Code != want {
			t.Errorf("%d bytes: %d", size, w.Code)
		}
	}
}

// quiet checks that nothing of a packet or a secret stands in the log.
func quiet(t *testing.T, s *stage, more ...string) {
	t.Helper()
	for _, hidden := range append(more, wangFang, token, aesKey, "415670741", "Canary") {
		if strings.Contains(s.log.String(), hidden) {
			t.Errorf("%q stands in the log: %s", hidden, s.log.String())
		}
	}
}

// TestTroubleGivesTheSorrySentence, and one line that tells the operator which
// trouble it was without quoting anyone.
func TestTroubleGivesTheSorrySentence(t *testing.T) {
	t.Parallel()
	const words = "canary-words"
	for what, tt := range map[string]struct {
		respond responder
		result  Result
		logged  string
	}{
		"error": {func(_ context.Context, u bot.Update) (bot.Reply, error) {
			return bot.Reply{Text: "half"}, fmt.Errorf("no household for %s, who said %q: %w", u.From, u.Words, io.ErrUnexpectedEOF)
		}, Failed, "*fmt.wrapError > *errors.errorString"},
		"panic": {func(_ context.Context, u bot.Update) (bot.Reply, error) {
			panic("cannot read " + u.Words + " of " + u.From)
		}, Panicked, "callback_test.go"},
		"panic with an error": {func(_ context.Context, u bot.Update) (bot.Reply, error) {
			panic(errors.New(u.Words + u.From))
		}, Panicked, "*errors.errorString"},
		"nil map": {func(_ context.Context, u bot.Update) (bot.Reply, error) {
			var m map[string]int
			m[u.Words] = 1
			return bot.Reply{}, nil
		}, Panicked, "runtime"},
	} {
		t.Run(what, func(t *testing.T) {
			t.Parallel()
			s := newStage(t, tt.respond, nil)
			if text := reads(t, s.do(push(message(words)))); text != sorry {
				t.Errorf("answered %q", text)
			}
			if diff := cmp.Diff([]string{"text " + string(tt.result)}, s.tally.counted); diff != "" {
				t.Error(diff)
			}
			if log := s.log.String(); strings.Count(log, "\n") != 1 || !strings.Contains(log, tt.logged) || !strings.Contains(log, "person=p-7f3a") {
				t.Errorf("logged %s", log)
			}
			quiet(t, s, words)
		})
	}
}

func TestWhoLeftReadsNoSentence(t *testing.T) {
	t.Parallel()
	s := newStage(t, func(context.Context, bot.Update) (bot.Reply, error) { return bot.Reply{}, io.EOF }, nil)
	if text := reads(t, s.do(push(event("unsubscribe")))); text != "" {
		t.Errorf("answered %q", text)
	}
}

// TestAnswerIsAlwaysInTime runs on a clock of its own: the times are exact.
func TestAnswerIsAlwaysInTime(t *testing.T) {
	t.Parallel()
	const limit = 4500 * time.Millisecond
	stubborn := func(d time.Duration) responder { // ignores its context
		return func(context.Context, bot.Update) (bot.Reply, error) {
			time.Sleep(d)
			return bot.Reply{Text: answered}, nil
		}
	}
	for what, tt := range map[string]struct {
		respond responder
		text    string
		took    time.Duration
		result  Result
	}{
		"just in time": {stubborn(3400 * time.Millisecond), answered, 3400 * time.Millisecond, Replied},
		"commits late": {stubborn(3900 * time.Millisecond), answered, 3900 * time.Millisecond, Replied},
		"stubborn":     {stubborn(time.Minute), sorry, 4 * time.Second, Late},
		"obedient": {func(ctx context.Context, _ bot.Update) (bot.Reply, error) {
			<-ctx.Done()
			return bot.Reply{}, fmt.Errorf("asking: %w", ctx.Err())
		}, sorry, 3500 * time.Millisecond, Late},
	} {
		t.Run(what, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := newStage(t, tt.respond, nil)
				start := time.Now()
				text := reads(t, s.do(push(message("积分"))))
				if took := time.Since(start); text != tt.text || took != tt.took || took > limit {
					t.Errorf("%q after %v", text, took)
				}
				if diff := cmp.Diff([]string{"text " + string(tt.result)}, s.tally.counted); diff != "" {
					t.Error(diff)
				}
				time.Sleep(time.Minute) // until the stubborn one has ended
			})
		})
	}
}

// TestTooManyAtOnce: who comes above the limit reads the sentence at once, and
// a responder that was given up still counts until it ends.
func TestTooManyAtOnce(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		release := make(chan struct{})
		s := newStage(t, func(context.Context, bot.Update) (bot.Reply, error) {
			<-release
			return bot.Reply{Text: answered}, nil
		}, func(o *Options) { o.MaxAnswering = 3 })
		texts := make(chan string, 3)
		for range 3 {
			go func() { texts <- reads(t, s.do(push(message("积分")))) }()
		}
		synctest.Wait()
		at := time.Now()
		if text := reads(t, s.do(push(message("积分")))); text != sorry || time.Since(at) != 0 {
			t.Errorf("%q after %v", text, time.Since(at))
		}
		for range 3 {
			if text := <-texts; text != sorry {
				t.Errorf("a stuck one reads %q", text)
			}
		}
		if text := reads(t, s.do(push(message("积分")))); text != sorry {
			t.Errorf("stuck ones still count, but one reads %q", text)
		}
		close(release)
		synctest.Wait()
		if text := reads(t, s.do(push(message("积分")))); text != answered {
			t.Errorf("after they ended one reads %q", text)
		}
		want := []string{"text busy", "text late", "text late", "text late", "text busy", "text replied"}
		if diff := cmp.Diff(want, s.tally.counted); diff != "" {
			t.Error(diff)
		}
	})
}

// TestRepeatsAreAllAnswered: the same bytes again are handed on with the same
// key, which is what makes their effect one.
func TestRepeatsAreAllAnswered(t *testing.T) {
	t.Parallel()
	var mu sync.Mutex
	keys := map[string]int{}
	s := newStage(t, func(_ context.Context, u bot.Update) (bot.Reply, error) {
		mu.Lock()
		defer mu.Unlock()
		keys[u.Key]++
		return bot.Reply{Text: answered}, nil
	}, nil)
	for range 100 {
		if text := reads(t, s.do(push(message("积分")))); text != answered {
			t.Fatalf("answered %q", text)
		}
	}
	if diff := cmp.Diff(map[string]int{"245176": 100}, keys); diff != "" {
		t.Error(diff)
	}
}

func TestZeroOptionsHaveAMeaning(t *testing.T) {
	t.Parallel()
	s := newStage(t, func(context.Context, bot.Update) (bot.Reply, error) { return bot.Reply{}, io.EOF },
		func(o *Options) { *o = Options{Now: clock, Log: o.Log} })
	if text := reads(t, s.do(push(message("积分")))); text != "" {
		t.Errorf("answered %q", text)
	}
	if strings.Contains(s.log.String(), "person=") {
		t.Error(s.log.String())
	}
}

// BenchmarkCallback is a question through the handler, without a network.
func BenchmarkCallback(b *testing.B) {
	s := newStage(b, answers, nil)
	made := push(message("积分"))
	body, err := io.ReadAll(made.Body)
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		made.Body = io.NopCloser(bytes.NewReader(body))
		if w := s.do(made); w.Code != http.StatusOK {
			b.Fatal(w.Code)
		}
	}
}
