package weixin

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"testing"
)

// shelve lets the platform hold one recording, and answer for it as it does.
func (p *platform) shelve(t *testing.T, answer http.HandlerFunc) *Media {
	t.Helper()
	p.Config.Handler.(*http.ServeMux).HandleFunc("GET /cgi-bin/media/get", func(w http.ResponseWriter, r *http.Request) {
		p.mu.Lock()
		good := r.URL.Query().Get("access_token") == "token-"+strconv.Itoa(p.tokens) && !p.killed
		p.mu.Unlock()
		switch {
		case !good:
			w.Header().Set("Content-Type", "application/json; encoding=utf-8")
			_, _ = w.Write([]byte(`{"errcode":40001,"errmsg":"invalid credential"}`))
		case r.URL.Query().Get("media_id") != "a voice+1":
			w.Header().Set("Content-Type", "text/plain")
			_, _ = w.Write([]byte(`{"errcode":40007,"errmsg":"invalid media_id"}`))
		default:
			answer(w, r)
		}
	})
	m, err := NewMedia(p.URL+"/", p.provider(t, nil))
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func serves(contentType, body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", contentType)
		_, _ = w.Write([]byte(body))
	}
}

func TestFetch(t *testing.T) {
	t.Parallel()
	for _, contentType := range []string{"audio/amr", "voice/speex", "Voice/AMR; charset=binary", "application/octet-stream"} {
		m := newPlatform(t).shelve(t, serves(contentType, "#!AMR\nla la"))
		data, kind, err := m.Fetch(t.Context(), "a voice+1")
		want, _, _ := strings.Cut(strings.ToLower(contentType), ";")
		if err != nil || string(data) != "#!AMR\nla la" || kind != want {
			t.Errorf("%q, %q, %v; want %s", data, kind, err, want)
		}
	}
}

// TestFetchRenewsTheToken: a token that the platform does not take any more is
// renewed once.
func TestFetchRenewsTheToken(t *testing.T) {
	t.Parallel()
	p := newPlatform(t)
	m := p.shelve(t, serves("audio/amr", "la la"))
	if _, _, err := m.Fetch(t.Context(), "a voice+1"); err != nil {
		t.Fatal(err)
	}
	p.mu.Lock()
	p.killed = true
	p.mu.Unlock()
	data, _, err := m.Fetch(t.Context(), "a voice+1")
	if asked, forced := p.counts(); err != nil || string(data) != "la la" || asked != 3 || forced != 1 {
		t.Errorf("%q, %v after %d asked, %d forced", data, err, asked, forced)
	}
}

// TestFetchRefuses: what is no recording of a decent size is an error that
// names neither the recording nor the token.
func TestFetchRefuses(t *testing.T) {
	t.Parallel()
	full := string(bytes.Repeat([]byte("x"), MaxMedia))
	for name, o := range map[string]struct {
		id     string
		answer http.HandlerFunc
		want   CallError
	}{
		"unknown":   {"another", nil, CallError{Call: callMedia, Kind: Declined, Code: 40007}},
		"error":     {"a voice+1", serves("application/json", `{"errcode":45009,"errmsg":"quota"}`), CallError{Call: callMedia, Kind: Declined, Code: 45009}},
		"a page":    {"a voice+1", serves("text/html", "<html>"), CallError{Call: callMedia, Kind: Garbled}},
		"a video":   {"a voice+1", serves("text/plain", `{"video_url":"http://127.0.0.1/"}`), CallError{Call: callMedia, Kind: Garbled}},
		"a picture": {"a voice+1", serves("image/jpeg", "\xff\xd8"), CallError{Call: callMedia, Kind: Garbled}},
		"large":     {"a voice+1", serves("audio/amr", full+"x"), CallError{Call: callMedia, Kind: Oversized}},
		"away":      {"a voice+1", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusBadGateway) }, CallError{Call: callMedia, Kind: BadStatus, Status: 502}},
		"moved": {"a voice+1", func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "/elsewhere", http.StatusFound)
		}, CallError{Call: callMedia, Kind: BadStatus, Status: 302}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, _, err := newPlatform(t).shelve(t, o.answer).Fetch(t.Context(), o.id)
			var got *CallError
			if !errors.As(err, &got) || *got != o.want || got.InDoubt() || strings.Contains(fmt.Sprint(err), "voice") {
				t.Errorf("%v; want %v", err, &o.want)
			}
		})
	}
	m := newPlatform(t).shelve(t, serves("audio/amr", full))
	if data, _, err := m.Fetch(t.Context(), "a voice+1"); err != nil || len(data) != MaxMedia {
		t.Errorf("%d bytes, %v; want the largest recording whole", len(data), err)
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if _, _, err := m.Fetch(ended, "a voice+1"); !errors.Is(err, context.Canceled) {
		t.Errorf("%v; want the caller's end", err)
	}
}

// TestPicture takes what the platform calls a picture, and nothing else.
func TestPicture(t *testing.T) {
	t.Parallel()
	for contentType, taken := range map[string]bool{"image/jpeg": true, "image/png": true, "audio/amr": false, "text/html": false} {
		data, err := newPlatform(t).shelve(t, serves(contentType, "a picture")).Picture(t.Context(), "a voice+1")
		if (err == nil) != taken || taken && string(data) != "a picture" {
			t.Errorf("%s: %q, %v", contentType, data, err)
		}
	}
}
