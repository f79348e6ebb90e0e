package public_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/xiangfeng/xiangfeng/domain/calendar"
	"github.com/xiangfeng/xiangfeng/domain/fault"
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

type sheets map[string]script.SheetCheck

func (s sheets) SheetCheck(_ context.Context, code string) (script.SheetCheck, error) {
	c, ok := s[code]
	if code == "DOWN-DOWN" {
		return c, errors.New("secret dsn")
	}
	if !ok {
		return c, fault.Refuse(fault.NotFound)
	}
	return c, nil
}

// TestCheck: the code is taken as people type it, and the page says whether the
// sheet counts.
func TestCheck(t *testing.T) {
	t.Parallel()
	c := script.SheetCheck{
		Village: "红旗村", Township: "清溪镇", Quarter: calendar.Quarter{Year: 2026, N: 3}, Edition: 1, Code: "7KQ2-M4XB",
		PublishedAt: time.Date(2026, 10, 4, 1, 30, 0, 0, time.UTC), PublishedOn: calendar.On(2026, 10, 4), Households: 92, Sum: 99990, Highest: 1400, Lowest: 815, Whole: true,
	}
	gone, forged := c, c
	gone.Withdrawn, gone.Newer, gone.Code = true, "AAAA-BBBB", "GONE-GONE"
	forged.Whole, forged.Code = false, "FORG-FORG"
	mux := http.NewServeMux()
	mux.Handle("GET /n/{code}", public.Check(sheets{c.Code: c, gone.Code: gone, forged.Code: forged}, slog.New(slog.DiscardHandler)))
	for typed, want := range map[string]struct {
		status int
		says   []string
	}{
		"7KQ2-M4XB":            {200, []string{"这张榜是真的，正在公示", "清溪镇 红旗村", "2026年第三季度", "2026年10月4日 09:30", "92户", "9999分", "140分、81.5分"}},
		"7kq2m4xb":             {200, []string{"这张榜是真的"}},
		"7KQ2%20M4XB":          {200, []string{"这张榜是真的"}},
		"GONE-GONE":            {200, []string{"不算数", "AAAA-BBBB"}},
		"FORG-FORG":            {200, []string{"对不上"}},
		"7KQ2-M4XC":            {404, []string{script.CheckNone}},
		"%3Cscript%3E":         {404, []string{script.CheckNone}},
		strings.Repeat("A", 9): {404, []string{script.CheckNone}},
		"DOWN-DOWN":            {503, []string{"请过一会儿再发"}},
	} {
		w := httptest.NewRecorder()
		mux.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/n/"+typed, nil))
		body := w.Body.String()
		if w.Code != want.status {
			t.Errorf("%s: HTTP status %d", typed, w.Code)
		}
		for _, says := range want.says {
			if !strings.Contains(body, says) {
				t.Errorf("%s does not say %s:\n%s", typed, says, body)
			}
		}
		if strings.Contains(body, "dsn") || strings.Contains(body, "<script") {
			t.Errorf("%s: %s", typed, body)
		}
	}
}
