package local

import (
	"context"
	"errors"
	"strings"
	"testing"
	"testing/synctest"
)

func TestTraceHoldsTheWireWithoutSecrets(t *testing.T) {
	t.Parallel()
	callback := serve(t, replying(func(openid string) string { return goodReply(openid, "您有 12 分") }))
	a := open(t, callback.configure)
	bearer := a.token()
	a.plainCall()
	a.send(45015, a.fang, "您好")
	a.code(47001, "POST", "/cgi-bin/stable_token", "{"+testSecret) // in a place of its own
	if _, err := a.Say(t.Context(), a.fang, "积分"); err != nil {
		t.Fatal(err)
	}
	all := a.TraceSince(0)
	for i, trace := range all {
		if trace.ID != int64(i+1) || trace.At != a.clock.now() {
			t.Errorf("trace %d has ID %d, time %v", i+1, trace.ID, trace.At)
		}
		whole := trace.URL + trace.Request + trace.Response + trace.Note
		if strings.Contains(whole, testSecret) || strings.Contains(whole, bearer) || strings.Contains(whole, a.oa.plain.value) {
			t.Errorf("trace %d shows a secret: %+v", trace.ID, trace)
		}
	}
	last := all[len(all)-1]
	if last.Direction != Push || last.Kind != "text" || last.Status != 200 ||
		!strings.Contains(last.PlainRequest, "积分") || !strings.Contains(last.PlainResponse, "您有 12 分") ||
		strings.Contains(last.Request, "积分") || !strings.Contains(last.URL, "msg_signature=") {
		t.Errorf("the push: %+v", last)
	}
	if token := all[0]; token.Direction != Call || !strings.Contains(token.Request, `"secret":"***"`) || !strings.Contains(token.Response, `"access_token":"***"`) {
		t.Errorf("the token call: %+v", token)
	}
	if got := a.TraceSince(last.ID - 1); len(got) != 1 || got[0].ID != last.ID {
		t.Errorf("since the one before last: %d traces", len(got))
	}
}

func TestTraceKeepsTheLast500(t *testing.T) {
	t.Parallel()
	a := open(t)
	for range 501 {
		a.code(40066, "GET", "/cgi-bin/nothing", "")
	}
	if got := a.TraceSince(0); len(got) != 500 || got[0].ID != 2 || got[499].ID != 501 {
		t.Errorf("%d traces from %d", len(got), got[0].ID)
	}
	if got := a.TraceSince(501); len(got) != 0 {
		t.Errorf("%d traces after the last", len(got))
	}
}

func TestWatchWaits(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		a := open(t)
		var news []Trace
		go func() { news, _ = a.Watch(t.Context(), 0) }()
		synctest.Wait() // it is waiting now
		a.code(40066, "GET", "/cgi-bin/nothing", "")
		synctest.Wait()
		if len(news) != 1 || news[0].ID != 1 {
			t.Errorf("watched %+v", news)
		}
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if _, err := a.Watch(ctx, 1); !errors.Is(err, context.Canceled) {
			t.Errorf("error %v, want canceled", err)
		}
	})
}
