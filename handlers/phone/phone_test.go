package phone

import (
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"
)

func get(t *testing.T, path string) *httptest.ResponseRecorder {
	t.Helper()
	w := httptest.NewRecorder()
	Handler().ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), http.MethodGet, path, nil))
	return w
}

func TestPageIsAskedForEachTimeAndLoadsFromHereOnly(t *testing.T) {
	t.Parallel()
	w := get(t, "/m/")
	if w.Code != http.StatusOK || !strings.Contains(w.Body.String(), "乡风积分") {
		t.Fatalf("answered %d %.200s", w.Code, w.Body)
	}
	if got := w.Header().Get("Cache-Control"); got != "no-cache" {
		t.Errorf("the page's Cache-Control is %q", got)
	}
	for _, want := range []string{"default-src 'self'", "script-src 'self'", "frame-ancestors 'self'"} {
		if got := w.Header().Get("Content-Security-Policy"); !strings.Contains(got, want) {
			t.Errorf("the policy %q lacks %q", got, want)
		}
	}
	if strings.Contains(w.Body.String(), "https://") {
		t.Error("the page names another server")
	}
}

func TestWhatThePageLoadsIsThereAndKept(t *testing.T) {
	t.Parallel()
	named := regexp.MustCompile(`(?:src|href)="(/m/[^"]+)"`).FindAllStringSubmatch(get(t, "/m/").Body.String(), -1)
	if len(named) < 2 {
		t.Fatalf("the page loads %d files", len(named))
	}
	for _, m := range named {
		w := get(t, m[1])
		if w.Code != http.StatusOK || w.Body.Len() == 0 {
			t.Errorf("%s answered %d", m[1], w.Code)
		}
		if got := w.Header().Get("Cache-Control"); !strings.Contains(got, "immutable") {
			t.Errorf("Cache-Control of %s is %q", m[1], got)
		}
	}
}

func TestNoFolderIsListedAndNothingElseIsThere(t *testing.T) {
	t.Parallel()
	for _, path := range []string{"/m/assets/", "/m/assets", "/m/none.js", "/m/assets/none.js", "/m/../phone.go"} {
		if w := get(t, path); w.Code == http.StatusOK || strings.Contains(w.Header().Get("Cache-Control"), "immutable") {
			t.Errorf("%s answered %d, %s", path, w.Code, w.Header().Get("Cache-Control"))
		}
	}
}
