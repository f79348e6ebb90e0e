package main

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/xiangfeng/xiangfeng/bot/weixin/local"
	"github.com/xiangfeng/xiangfeng/domain/sample"
	"github.com/xiangfeng/xiangfeng/domain/usecase/ask"
	"github.com/xiangfeng/xiangfeng/storage/conformance"
)

// engineToken is what the engine of the tests asks for, and no log may hold.
const engineToken = "engineTokenCanary"

// recording is what somebody says: the words stand in it, where only the
// engine of the tests finds them.
func recording(words string) []byte { return []byte("#!AMR-WB\n" + words) }

// asr is a speech engine. While it is down it answers nothing of use.
type asr struct {
	*httptest.Server
	asked atomic.Int64
	down  atomic.Bool
}

func newASR(t testing.TB) *asr {
	e := &asr{}
	e.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		e.asked.Add(1)
		body, err := io.ReadAll(r.Body)
		words, wide := strings.CutPrefix(string(body), "#!AMR-WB\n")
		switch {
		case e.down.Load():
			w.WriteHeader(http.StatusServiceUnavailable)
		case err != nil || !wide || r.Header.Get("Authorization") != "Bearer "+engineToken || r.Header.Get("Content-Type") != "audio/amr":
			t.Errorf("the engine was given %q, %v", body, r.Header)
			w.WriteHeader(http.StatusBadRequest)
		default:
			_ = json.NewEncoder(w).Encode(map[string]string{"text": words})
		}
	}))
	t.Cleanup(e.Close)
	return e
}

// booth is a world with an engine in it, whose people hear of the product also
// when they do not ask.
type booth struct {
	world
	config config
	engine *asr
}

func newBooth(t testing.TB, dsn string) booth {
	t.Helper()
	var wechat atomic.Pointer[local.WeChat]
	platform := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { wechat.Load().ServeHTTP(w, r) }))
	t.Cleanup(platform.Close)
	b := booth{config: testConfig(t, dsn), engine: newASR(t)}
	b.config.Wechat.APIBaseURL = platform.URL
	b.config.Voice = engine{URL: b.engine.URL, Token: engineToken}
	i := raise(t, b.config)
	b.world = world{i, phonesFor(t, i)}
	wechat.Store(b.WeChat)
	return b
}

// employ lets an instance work its queue off. What it returns stops that; the
// test's end does at the latest.
func employ(t testing.TB, i *instance) (stop func()) {
	ctx, cancel := context.WithCancel(context.WithoutCancel(t.Context()))
	ended := make(chan error, 1)
	go func() { ended <- i.work(ctx) }()
	stop = sync.OnceFunc(func() {
		cancel()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
	t.Cleanup(stop)
	return stop
}

// speaks sends a recording that the platform recognises nothing in.
func (b booth) speaks(t testing.TB, c sample.Cast, words string) {
	t.Helper()
	x, err := b.SayVoice(t.Context(), c.OpenID, "", nil, recording(words))
	if got := reply(t, x, err); !strings.HasPrefix(got, "正在听，马上回您。\n") {
		t.Errorf("the reply is %q", got)
	}
}

// hears waits until somebody got n messages of their own, and returns them.
func (b booth) hears(t testing.TB, c sample.Cast, n int) []string {
	t.Helper()
	b.wait(t, func() bool { return len(b.messages(c)) >= n })
	return b.messages(c)
}

// wait waits until something is so on the local WeChat.
func (b booth) wait(t testing.TB, so func() bool) {
	t.Helper()
	for last := int64(0); !so(); {
		news, err := b.Watch(t.Context(), last)
		if err != nil {
			t.Fatal(err)
		}
		last = news[len(news)-1].ID
	}
}

func (b booth) messages(c sample.Cast) (texts []string) {
	for _, l := range b.Inbox(c.OpenID) {
		if l.By == local.Service {
			texts = append(texts, l.Text)
		}
	}
	return texts
}

// settle waits until whatever was left before is done: a later job is.
func (b booth) settle(t testing.TB) {
	t.Helper()
	n := len(b.messages(disputed))
	b.speaks(t, disputed, "积分")
	b.hears(t, disputed, n+1)
}

// counts waits until the metrics show a line: no packet tells that something
// was counted.
func (b booth) counts(t testing.TB, line string) {
	t.Helper()
	for !strings.Contains(b.scrape(), line) {
		select {
		case <-t.Context().Done():
			t.Fatal(line, " is not counted")
		case <-time.After(5 * time.Millisecond):
		}
	}
}

// scrape is what the metrics' address shows.
func (b booth) scrape() string {
	shown := httptest.NewRecorder()
	b.metrics.handler().ServeHTTP(shown, httptest.NewRequest(http.MethodGet, "/metrics", nil))
	return shown.Body.String()
}

func count(t testing.TB, dsn, query string) (n int) {
	t.Helper()
	db := conformance.Tables(t, dsn)
	defer func() { _ = db.Close() }()
	if err := db.QueryRow(query).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

// TestVoiceIsHeard: what somebody says is answered at once, and then with what
// they said and the answer to it.
func TestVoiceIsHeard(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, dsn string) {
		b := newBooth(t, dsn)
		employ(t, b.instance)
		b.speaks(t, diligent, "查一下积分。")
		if got := b.hears(t, diligent, 1); !strings.HasPrefix(got[0], "您说的是：查一下积分。\n贺春林家今年积分219分\n") {
			t.Errorf("the message is %q", got)
		}
		b.speaks(t, diligent, "")
		if got := b.hears(t, diligent, 2); got[1] != "没听清您说的话。\n请打字，比如：积分" {
			t.Errorf("the message is %q", got)
		}
		b.says(t, disputed.OpenID, "明细")
		b.speaks(t, disputed, "更多")
		if got := b.hears(t, disputed, 1); !strings.HasPrefix(got[0], "您说的是：更多\n冉家富家2026年明细\n第") {
			t.Errorf("the message is %q", got)
		}
	})
}

// TestVoiceIsHeardOnce: one recording is one job and one message, however
// often it comes, and although the program ends in between.
func TestVoiceIsHeardOnce(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, dsn string) {
		b := newBooth(t, dsn)
		said := b.replay(t, diligent.OpenID, local.Message{Kind: local.Voice, Media16K: recording("积分")})
		if got := one(t, said.send(t, 40)); !strings.HasPrefix(got, "正在听") {
			t.Errorf("the reply is %q", got)
		}
		if n := count(t, dsn, "SELECT count(*) FROM river_job WHERE args ->> 'kind' = '"+ask.Hear+"'"); n != 1 {
			t.Errorf("%d jobs", n)
		}
		next := raise(t, b.config) // the program after the one that took the recording
		stop := employ(t, next)
		b.hears(t, diligent, 1)
		stop()
		employ(t, b.instance)
		said.send(t, 10)
		b.settle(t)
		if got := b.messages(diligent); len(got) != 1 {
			t.Errorf("the messages are %q", got)
		}
	})
}

// TestVoiceEngineAway: when nobody can listen, the person is told so, once.
func TestVoiceEngineAway(t *testing.T) {
	t.Parallel()
	b := newBooth(t, onSQLite(t))
	b.engine.down.Store(true)
	employ(t, b.instance)
	b.speaks(t, diligent, "canaryWords")
	if got := b.hears(t, diligent, 1); got[0] != "没听清您说的话。\n请打字，比如：积分" {
		t.Errorf("the message is %q", got)
	}
	if n := b.engine.asked.Load(); n != 4 {
		t.Errorf("the engine was asked %d times", n)
	}
	b.engine.down.Store(false)
	b.settle(t)
	if got := b.messages(diligent); len(got) != 1 {
		t.Errorf("the messages are %q", got)
	}
	log := b.out.String()
	if !strings.Contains(log, "a recording was not understood") || !strings.Contains(log, "hearing: bad_status") {
		t.Errorf("the log is\n%s", log)
	}
	for _, canary := range []string{engineToken, diligent.OpenID, "canaryWords", "没听清"} {
		if strings.Contains(log, canary) {
			t.Errorf("%s is in the log", canary)
		}
	}
}

// TestVoiceAnswerIsSentOnce: whatever becomes of the message to the person, it
// is never there twice, and there where it can be.
func TestVoiceAnswerIsSentOnce(t *testing.T) {
	t.Parallel()
	const send = "/cgi-bin/message/custom/send"
	for name, o := range map[string]struct {
		fault  local.Fault
		sent   int
		metric string
	}{
		"busy":           {local.Fault{Path: send, ErrCode: -1, Times: 2}, 1, "taken"},
		"answer lost":    {local.Fault{Path: send, LoseAnswer: true, Times: 1}, 1, "in_doubt"},
		"lost":           {local.Fault{Path: send, Reset: true, Times: 1}, 0, "in_doubt"},
		"window closed":  {local.Fault{Path: send, ErrCode: 45015, Times: 1}, 0, "refused"},
		"window used up": {local.Fault{Path: send, ErrCode: 45047, Times: 1}, 0, "refused"},
		"token killed":   {local.Fault{Path: send, ErrCode: 40001, Times: 1}, 1, "taken"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := newBooth(t, onSQLite(t))
			employ(t, b.instance)
			b.counts(t, `xiangfeng_jobs_total{kind="tell_news",result="done"} 1`) // what was left to send before
			b.Break(o.fault)
			b.speaks(t, diligent, "积分")
			b.counts(t, `xiangfeng_voice_answers_total{result="`+o.metric+`"} `)
			b.settle(t)
			if got := b.messages(diligent); len(got) != o.sent {
				t.Errorf("the messages are %q, want %d", got, o.sent)
			}
		})
	}
}
