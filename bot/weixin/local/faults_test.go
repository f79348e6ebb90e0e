package local

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"
)

const infoPath = "/cgi-bin/user/info"

// overHTTP makes the call over a real connection.
func (a account) overHTTP(ctx context.Context, method, path, body string) (status int, answer string, err error) {
	a.t.Helper()
	server := httptest.NewServer(a.WeChat)
	defer server.Close()
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	request, err := http.NewRequestWithContext(ctx, method, server.URL+path, strings.NewReader(body))
	if err != nil {
		a.t.Fatal(err)
	}
	res, err := client.Do(request)
	if err != nil {
		return 0, "", err
	}
	defer func() { _ = res.Body.Close() }()
	raw, err := io.ReadAll(res.Body)
	return res.StatusCode, string(raw), err
}

func TestErrcodeForTheNextCalls(t *testing.T) {
	t.Parallel()
	a := open(t)
	bearer := a.token()
	a.Break(Fault{Path: infoPath, ErrCode: -1, Times: 2})
	a.wantToken("first", bearer, -1)
	a.token() // another path is untouched
	a.wantToken("second", bearer, -1)
	a.wantToken("third", bearer, 0)

	a.Break(Fault{Path: infoPath, ErrCode: 61010, Times: 1})
	a.wantToken("a code without known words", bearer, 61010)
	heal := a.Break(Fault{ErrCode: 48001})
	a.wantToken("every path", bearer, 48001)
	if got := a.stableCall(false).ErrCode; got != 48001 {
		t.Errorf("every path: errcode %d, want 48001", got)
	}
	heal()
	a.wantToken("healed", bearer, 0)
}

func TestDailyQuotaCanBeSet(t *testing.T) {
	t.Parallel()
	a := open(t)
	bearer := a.token()
	a.SetDailyQuota(infoPath, 2)
	a.wantToken("first", bearer, 0)
	a.wantToken("second", bearer, 0)
	a.wantToken("third", bearer, 45009)
	a.clock.move(12 * time.Hour)
	bearer = a.token()
	a.wantToken("next day", bearer, 0)
	a.Heal()
	a.SetDailyQuota("", 0)
	a.wantToken("none at all", bearer, 45009)
	a.Heal()
	a.wantToken("healed", bearer, 0)
}

func TestBrokenAnswers(t *testing.T) {
	t.Parallel()
	a := open(t)
	a.Break(Fault{Path: infoPath, Status: 500, Times: 1})
	status, body, err := a.overHTTP(t.Context(), "GET", infoPath, "")
	if err != nil || status != 500 || !strings.Contains(body, "<html>") {
		t.Errorf("%d %q %v, want an HTML page with 500", status, body, err)
	}
	a.Break(Fault{Path: infoPath, Status: 200, Body: `{"errcode":"0"}`, Times: 1})
	if _, body, _ = a.overHTTP(t.Context(), "GET", infoPath, ""); body != `{"errcode":"0"}` {
		t.Errorf("body %q, want the one given", body)
	}
}

func TestConnectionsBreak(t *testing.T) {
	t.Parallel()
	a := open(t)
	a.act(Text, "积分")
	target := "/cgi-bin/message/custom/send?access_token=" + a.token()

	a.Break(Fault{Path: "/cgi-bin/message/custom/send", Reset: true, Times: 1})
	_, _, err := a.overHTTP(t.Context(), "POST", target, customText(a.fang, "您好"))
	if !errors.Is(err, syscall.ECONNRESET) && !errors.Is(err, io.EOF) {
		t.Errorf("error %v, want a reset connection", err)
	}
	if got := len(a.Inbox(a.fang)); got != 1 {
		t.Errorf("%d lines, want only the person's: nothing was to be carried out", got)
	}

	a.Break(Fault{Path: "/cgi-bin/message/custom/send", LoseAnswer: true, Times: 1})
	if _, _, err = a.overHTTP(t.Context(), "POST", target, customText(a.fang, "您好")); err == nil {
		t.Error("the answer was not lost")
	}
	if got := len(a.Inbox(a.fang)); got != 2 {
		t.Errorf("%d lines, want 2: the call was to be carried out", got)
	}
}

func TestDelayEndsWithTheCaller(t *testing.T) {
	t.Parallel()
	a := open(t)
	a.Break(Fault{Path: infoPath, Delay: time.Hour, Times: 1})
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	request := httptest.NewRequestWithContext(ctx, "GET", infoPath, nil)
	func() {
		defer func() {
			if recover() != http.ErrAbortHandler { //nolint:errorlint // the value net/http documents
				t.Error("the answer was not aborted")
			}
		}()
		a.ServeHTTP(httptest.NewRecorder(), request)
	}()
}

func TestDelay(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) { // time is not real in here
		a := open(t)
		bearer := a.token()
		a.Break(Fault{Path: infoPath, Delay: time.Minute, ErrCode: -1})
		a.wantToken("delayed and wrong", bearer, -1)
		if last := a.TraceSince(1)[0]; last.Took != time.Minute {
			t.Errorf("took %v, want 1m", last.Took)
		}
	})
}
