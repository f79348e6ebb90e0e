package web_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/xiangfeng/xiangfeng/domain/fault"
	"github.com/xiangfeng/xiangfeng/handlers/web"
)

func TestIDs(t *testing.T) {
	t.Parallel()
	ids, others := web.NewIDs([]byte("one secret")), web.NewIDs([]byte("another"))
	seen := map[string]bool{}
	for _, id := range []int64{1, 2, 3, 1 << 40, 1<<63 - 1} {
		sealed := ids.Seal(web.Household, id)
		if len(sealed) != 22 || seen[sealed] || strings.Trim(sealed, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_") != "" {
			t.Errorf("%d is sealed as %q", id, sealed)
		}
		seen[sealed] = true
		if got, ok := ids.Open(web.Household, sealed); !ok || got != id {
			t.Errorf("%q opens as %d, %v", sealed, got, ok)
		}
		if _, ok := ids.Open(web.Village, sealed); ok {
			t.Errorf("%q opens as another kind", sealed)
		}
		if _, ok := others.Open(web.Household, sealed); ok {
			t.Errorf("%q opens with another secret", sealed)
		}
	}
	if ids.Seal(web.Household, 0) != "" {
		t.Error("nothing has an id")
	}
}

// TestDamagedIDs changes each character of an id to each other one.
func TestDamagedIDs(t *testing.T) {
	t.Parallel()
	ids := web.NewIDs([]byte("one secret"))
	sealed := ids.Seal(web.Event, 77)
	tried := 0
	for at := range sealed {
		for c := byte(' '); c < 0x7f; c++ {
			if c == sealed[at] {
				continue
			}
			tried++
			if id, ok := ids.Open(web.Event, sealed[:at]+string(c)+sealed[at+1:]); ok {
				t.Errorf("%q in place %d opens as %d", c, at, id)
			}
		}
	}
	for _, bad := range []string{"", "1", sealed[:21], sealed + "A", sealed + "\n", strings.Repeat("A", 22), strings.Repeat("界", 22)} {
		if id, ok := ids.Open(web.Event, bad); ok {
			t.Errorf("%q opens as %d", bad, id)
		}
	}
	if tried < 2000 {
		t.Errorf("only %d were tried", tried)
	}
}

func TestTokens(t *testing.T) {
	t.Parallel()
	one, hash := web.NewToken()
	two, _ := web.NewToken()
	if one == two || len(one) != 43 || hash != web.HashToken(one) {
		t.Errorf("%q, %q", one, two)
	}
	for header, want := range map[string]string{
		"Bearer " + one: one, "bearer " + one: one, one: "", "": "", "Basic " + one: "", "Bearer " + strings.Repeat("x", 4000): "",
	} {
		r := httptest.NewRequest(http.MethodGet, "/", nil)
		r.Header.Set("Authorization", header)
		if got := web.Bearer(r); got != want {
			t.Errorf("%q shows %q", header, got)
		}
	}
}

func TestProblems(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		err    error
		status int
		retry  string
	}{
		{fault.Refuse(fault.NotFound), 404, ""},
		{fmt.Errorf("in: %w", fault.Refuse(fault.Forbidden)), 403, ""},
		{fault.Refuse(fault.Conflict), 409, ""},
		{fault.Refuse(fault.Invalid), 400, ""},
		{fault.Refuse(fault.Kin), 422, ""},
		{fault.With(fault.Locked, fault.Facts{Data: "10:30"}), 422, ""},
		{web.SlowDown(1500 * time.Millisecond), 429, "2"},
		{web.SlowDown(0), 429, "1"},
		{web.Busy(), 503, "5"},
		{fmt.Errorf("in: %w", web.SignedOut()), 401, ""},
	} {
		w := httptest.NewRecorder()
		web.ProblemOf(c.err).Write(w)
		var body map[string]string
		if err := json.Unmarshal(w.Body.Bytes(), &body); err != nil || w.Code != c.status || w.Header().Get("Retry-After") != c.retry ||
			body["code"] == "" || body["message"] == "" || len(body) != 2 {
			t.Errorf("%v: %d %q %v", c.err, w.Code, w.Body, w.Header())
		}
	}
	if p := web.ProblemOf(errors.New("the database's address")); p != nil {
		t.Errorf("%+v; want nothing said", p)
	}
}

func TestReadBody(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name   string
		length int
		coding string
		status int
	}{
		{"fits", 10, "", 0}, {"fits said so", 10, "identity", 0}, {"too long", 11, "", 413}, {"compressed", 1, "gzip", 415},
	} {
		for _, chunked := range []bool{false, true} {
			r := httptest.NewRequest(http.MethodPost, "/", strings.NewReader(strings.Repeat("x", c.length)))
			r.Header.Set("Content-Encoding", c.coding)
			if chunked {
				r.ContentLength = -1
			}
			body, err := web.ReadBody(httptest.NewRecorder(), r, 10)
			if err != nil {
				if status := web.ProblemOf(err).Status; status != c.status {
					t.Errorf("%s: %d", c.name, status)
				}
			} else if c.status != 0 || len(body) != c.length {
				t.Errorf("%s: taken with %d bytes", c.name, len(body))
			}
		}
	}
}
