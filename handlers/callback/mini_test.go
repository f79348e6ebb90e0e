package callback

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/xiangfeng/xiangfeng/bot/weixin"
	"github.com/xiangfeng/xiangfeng/bot/weixin/local"
	"github.com/xiangfeng/xiangfeng/domain/fault"
)

// bench is where the verdicts arrive.
type bench struct {
	err   error
	taken []weixin.MediaVerdict
}

func (b *bench) Judge(ctx context.Context, v weixin.MediaVerdict) error {
	if _, limited := ctx.Deadline(); !limited {
		return errors.New("without a deadline")
	}
	b.taken = append(b.taken, v)
	return b.err
}

const miniApp, miniName = "wx5823bf96d3bd0000", "gh_b96a4a619366"

// pushed is the local WeChat of a Mini Program whose pushes reach the handler.
func pushed(t *testing.T, b *bench, log io.Writer, asJSON bool) *local.WeChat {
	t.Helper()
	receiver, err := weixin.NewMiniReceiver(weixin.ReceiverConfig{AppID: miniApp, OriginalID: miniName, Token: token, AESKey: aesKey})
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(NewMini(receiver, b, Options{Now: clock, Log: slog.New(slog.NewTextHandler(log, nil))}))
	w, err := local.New(local.Config{
		AppID: app, OriginalID: account, Secret: strings.Repeat("0", 32), Token: token, EncodingAESKey: aesKey, CallbackURL: server.URL, Now: clock, CheckTime: time.Millisecond,
		MiniProgram: local.MiniProgram{
			AppID: miniApp, Secret: strings.Repeat("1", 32), CallbackURL: server.URL, OriginalID: miniName, Token: token, EncodingAESKey: aesKey, JSON: asJSON,
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		w.Close()
		server.Close()
	})
	return w
}

// toMini makes the local WeChat push a packet to the Mini Program, and returns
// what the handler answered.
func toMini(t *testing.T, w *local.WeChat, asJSON bool, plain string) local.Attempt {
	t.Helper()
	craft := w.Craft("", []byte(plain))
	craft.AppID, craft.OriginalID, craft.JSON = miniApp, miniName, asJSON
	request, err := craft.Request()
	if err != nil {
		t.Fatal(err)
	}
	return w.Post(t.Context(), request)
}

func verdict(trace, suggest string) string {
	return fmt.Sprintf(`{"ToUserName":%q,"Event":"wxa_media_check","appid":%q,"trace_id":%q,"errcode":0,"result":{"suggest":%q}}`, miniName, miniApp, trace, suggest)
}

func TestVerdictsReachTheJudge(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		err    error
		status int
		body   string
		logged string
	}{
		"kept":     {nil, 200, "success", ""},
		"unknown":  {fault.Refuse(fault.NotFound), 200, "success", "not asked about"},
		"not kept": {errors.New("canary: the database is away"), 503, "failed", "was not kept"},
	} {
		for _, asJSON := range []bool{true, false} {
			t.Run(fmt.Sprint(name, asJSON), func(t *testing.T) {
				t.Parallel()
				b, log := &bench{err: test.err}, &bytes.Buffer{}
				w := pushed(t, b, log, asJSON)
				got := toMini(t, w, asJSON, verdict("t1", "pass"))
				if got.Status != test.status || string(got.Body) != test.body {
					t.Errorf("%d %s, %v", got.Status, got.Body, got.Err)
				}
				if diff := cmp.Diff([]weixin.MediaVerdict{{Trace: "t1", Suggest: weixin.Pass}}, b.taken); diff != "" {
					t.Errorf("-want +got:\n%s", diff)
				}
				if text := log.String(); !strings.Contains(text, test.logged) || strings.Contains(text, "canary") {
					t.Errorf("logged %q", text)
				}
			})
		}
	}
}

// Other events are acknowledged, and nobody is told of them.
func TestOtherPushesAreAcknowledged(t *testing.T) {
	t.Parallel()
	b, log := &bench{}, &bytes.Buffer{}
	w := pushed(t, b, log, true)
	for _, plain := range []string{
		`{"ToUserName":"` + miniName + `","MsgType":"event","Event":"user_enter_tempsession"}`,
		`{"ToUserName":"` + miniName + `","MsgType":"text","Content":"wxa_media_check"}`,
	} {
		if got := toMini(t, w, true, plain); got.Status != 200 || string(got.Body) != "success" {
			t.Errorf("%s: %d %s", plain, got.Status, got.Body)
		}
	}
	if len(b.taken) > 0 || log.Len() > 0 {
		t.Errorf("%v, %s", b.taken, log)
	}
}

func TestForgedPushesToTheMiniProgram(t *testing.T) {
	t.Parallel()
	b, log := &bench{}, &bytes.Buffer{}
	w := pushed(t, b, log, true)
	for want, change := range map[int]func(*local.Craft){
		http.StatusUnauthorized:          func(c *local.Craft) { c.MsgSignature = strings.Repeat("0", 40) },
		http.StatusForbidden:             func(c *local.Craft) { c.Mode, c.JSON = local.Plain, false },
		http.StatusBadRequest:            func(c *local.Craft) { c.Plain = []byte(`{"Event":"wxa_media_check"}`) },
		http.StatusRequestEntityTooLarge: func(c *local.Craft) { c.Plain = []byte(verdict("t1", strings.Repeat("x", 70<<10))) },
	} {
		craft := w.Craft("", []byte(verdict("t1", "pass")))
		craft.AppID, craft.OriginalID, craft.JSON = miniApp, miniName, true
		change(&craft)
		request, err := craft.Request()
		if err != nil {
			t.Fatal(err)
		}
		if got := w.Post(t.Context(), request); got.Status != want {
			t.Errorf("%d %s, want %d", got.Status, got.Body, want)
		}
	}
	request, err := w.Craft("", nil).Request()
	if err != nil {
		t.Fatal(err)
	}
	request.Method = http.MethodPut
	if got := w.Post(t.Context(), request); got.Status != http.StatusMethodNotAllowed {
		t.Errorf("PUT: %d", got.Status)
	}
	if len(b.taken) > 0 {
		t.Errorf("%v was taken", b.taken)
	}
	if err := w.Verify(t.Context()); err != nil {
		t.Errorf("the console's check: %v", err)
	}
}
