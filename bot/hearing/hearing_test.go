package hearing_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/xiangfeng/xiangfeng/bot/hearing"
)

// engine answers every recording in the same way.
func engine(t *testing.T, token string, answer http.HandlerFunc) *hearing.Engine {
	t.Helper()
	server := httptest.NewServer(answer)
	t.Cleanup(server.Close)
	e, err := hearing.New(server.URL+"/asr?lang=zh", token)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

func answers(body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, body) }
}

func TestTranscribe(t *testing.T) {
	t.Parallel()
	for _, token := range []string{"", "geheim"} {
		e := engine(t, token, func(w http.ResponseWriter, r *http.Request) {
			body, err := io.ReadAll(r.Body)
			if err != nil || string(body) != "la la" || r.Method != http.MethodPost || r.URL.RawQuery != "lang=zh" ||
				r.Header.Get("Content-Type") != "audio/amr" || strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer ") != token {
				t.Errorf("asked %s %s with %q, %v, %v", r.Method, r.URL, body, r.Header, err)
			}
			fmt.Fprint(w, `{"text": " 查一下\n积分。 ", "confidence": 0.9}`)
		})
		if got, err := e.Transcribe(t.Context(), []byte("la la"), "audio/amr"); got != "查一下 积分。" || err != nil {
			t.Errorf("%q, %v", got, err)
		}
	}
	if got, err := engine(t, "", answers(`{"text": ""}`)).Transcribe(t.Context(), nil, "audio/amr"); got != "" || err != nil {
		t.Errorf("%q, %v; want silence to be no words", got, err)
	}
	long := strings.Repeat("分", 3000)
	got, err := engine(t, "", answers(`{"text": "a`+long+`"}`)).Transcribe(t.Context(), nil, "audio/amr")
	if err != nil || len(got) > 2048 || len(got) < 2040 || !utf8.ValidString(got) {
		t.Errorf("%d bytes, %v; want as much as a message holds", len(got), err)
	}
}

func TestTranscribeFails(t *testing.T) {
	t.Parallel()
	for name, o := range map[string]struct {
		answer http.HandlerFunc
		want   hearing.Failure
	}{
		"not JSON": {answers("<html>"), hearing.Garbled},
		"no text":  {answers(`{"error": "busy"}`), hearing.Garbled},
		"large":    {answers(`{"text": "` + strings.Repeat("x", 70_000) + `"}`), hearing.Oversized},
		"away":     {func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusServiceUnavailable) }, hearing.BadStatus},
		"moved": {func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "/elsewhere", http.StatusTemporaryRedirect)
		}, hearing.BadStatus},
		"cut off": {func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }, hearing.Broken},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			words, err := engine(t, "geheim", o.answer).Transcribe(t.Context(), []byte("la la"), "audio/amr")
			if words != "" || !errors.Is(err, o.want) {
				t.Errorf("%q, %v; want %v", words, err, o.want)
			}
		})
	}
	nobody, err := hearing.New("http://127.0.0.1:1/asr", "geheim")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := nobody.Transcribe(t.Context(), nil, "audio/amr"); !errors.Is(err, hearing.Unreachable) {
		t.Errorf("%v; want nobody there", err)
	}
	ended, cancel := context.WithCancel(t.Context())
	slow := engine(t, "", func(_ http.ResponseWriter, r *http.Request) { cancel(); <-r.Context().Done() })
	if _, err := slow.Transcribe(ended, nil, "audio/amr"); !errors.Is(err, hearing.TimedOut) {
		t.Errorf("%v; want the caller's end", err)
	}
}

func TestNewRefuses(t *testing.T) {
	t.Parallel()
	for _, address := range []string{"", "127.0.0.1:80", "ftp://127.0.0.1/", "http://", "http://%zz"} {
		if _, err := hearing.New(address, ""); err == nil {
			t.Errorf("%q was taken for an address", address)
		}
	}
}
