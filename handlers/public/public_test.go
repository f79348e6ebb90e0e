package public_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/xiangfeng/xiangfeng/domain/household"
	"github.com/xiangfeng/xiangfeng/domain/script"
	"github.com/xiangfeng/xiangfeng/handlers/public"
)

// TestSameForEverybody: RELIABILITY row 18. A known, an unknown and a revoked
// card's code, and what is no code at all, get the same bytes.
func TestSameForEverybody(t *testing.T) {
	t.Parallel()
	card, err := public.New()
	if err != nil {
		t.Fatal(err)
	}
	mux := http.NewServeMux()
	mux.Handle("GET /h/{token}", card)
	_, token := household.NewCard(1, [5]byte{1}, []byte("key"))
	var first string
	for _, shown := range []string{token, token[:25] + "A", "x", "../../etc", "%3Cscript%3E", strings.Repeat("A", 4000)} {
		w := httptest.NewRecorder()
		mux.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/h/"+strings.ReplaceAll(shown, "/", "%2F"), nil))
		answer := fmt.Sprintf("%d\n%v\n%s", w.Code, w.Header(), w.Body)
		if first == "" {
			first = answer
		}
		if diff := cmp.Diff(first, answer); diff != "" {
			t.Errorf("%s is answered otherwise:\n%s", shown, diff)
		}
	}
	for _, want := range []string{"200\n", script.PublicTitle, script.PublicBind, "style-src 'sha256-", "lang=\"zh-CN\""} {
		if !strings.Contains(first, want) {
			t.Errorf("%q is missing", want)
		}
	}
	if strings.Contains(first, token) || strings.Contains(first, "unsafe-inline") || strings.Contains(first, "<script") {
		t.Errorf("%s", first)
	}
}
