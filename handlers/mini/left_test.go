package mini_test

import (
	"fmt"
	"net/http"
	"testing"
	"time"
)

// TestWhomToVisit: who is left names those whom the caller may not visit, and a
// visit to them is refused as the list says.
func TestWhomToVisit(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	s := w.stage(t, township()[0], "a")
	token := s["token leader"]
	var body struct {
		Left []struct {
			ID        string
			MayRecord bool `json:"may_record"`
		}
	}
	w.call(http.MethodGet, "/villages/"+s["village"]+"/visits?month=2026-11", token, nil).into(t, &body)
	tried := map[bool]int{}
	for _, h := range body.Left {
		if tried[h.MayRecord]++; h.MayRecord && tried[true] > 3 {
			continue
		}
		got := w.call(http.MethodPost, "/visits", token, fmt.Sprintf(`{"village":%q,"target":{"household":%q},"on":"2026-11-20"}`, s["village"], h.ID))
		if may := got.status == http.StatusOK; may != h.MayRecord || !may && got.code() != "kin" {
			t.Errorf("may_record %t, and the visit: %d %s", h.MayRecord, got.status, got.body)
		}
	}
	if tried[true] == 0 || tried[false] == 0 {
		t.Errorf("left are %v; want both kinds", tried)
	}
}

// TestMadeAt: a record made without a signal says when it was made and when it
// came in.
func TestMadeAt(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	s := w.stage(t, township()[0], "a")
	made := w.now.Add(-30 * time.Hour).Truncate(time.Second)
	record := fmt.Sprintf(`{"village":%q,"targets":[{"household":%q}],"item":%q,"on":"2026-11-19","at":%q,"evidence":%s}`,
		s["village"], s["home"], s["item"], made.Format(time.RFC3339), s["evidence"])
	var out struct{ ID string }
	w.call(http.MethodPost, "/records", s["token leader"], record).into(t, &out)
	var read struct {
		At     time.Time
		MadeAt time.Time `json:"made_at"`
	}
	w.call(http.MethodGet, "/records/"+out.ID, s["token leader"], nil).into(t, &read)
	if !read.MadeAt.Equal(made) || !read.At.Equal(w.now.Truncate(time.Second)) && !read.At.Equal(w.now) {
		t.Errorf("made at %v, came in at %v; want %v and %v", read.MadeAt, read.At, made, w.now)
	}
}
