package demo_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/xiangfeng/xiangfeng/handlers/demo"
)

func say(t *testing.T, s *stage, openid, words string) {
	t.Helper()
	if got := s.ask(t, "POST", "say", `{"openid":"`+openid+`","text":"`+words+`"}`); got.status != http.StatusNoContent {
		t.Fatalf("got %d %s", got.status, got.body)
	}
}

func hasLines(n told) bool { return len(n.Lines) > 0 }

func TestEveryWindowHearsOfAMessage(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	one, two, other := s.window(t, chunlin, ""), s.window(t, chunlin, ""), s.window(t, guixiang, "")
	for _, next := range []func() told{one, two, other} {
		if first := next(); !first.Anew || !first.Following || first.Now != morning.UnixMilli() || first.Lines == nil {
			t.Fatalf("first news: %+v", first)
		}
	}
	say(t, s, chunlin, "积分")
	for _, next := range []func() told{one, two} {
		if got := until(next, hasLines); got.words() != "self:积分 reply:好" || got.Anew {
			t.Errorf("heard %+v", got)
		}
	}
	heard := until(other, func(n told) bool { return len(n.Packets) > 0 })
	if heard.words() != "" {
		t.Errorf("another person's window heard %s", heard.words())
	}
	if p := heard.Packets[0]; p.ID != 1 || p.Path != "/wechat/callback" || p.Took != 1.5 {
		t.Errorf("packet %+v", p)
	}
}

func TestWindowHearsWhatNobodyDidInThePage(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	next := s.window(t, chunlin, "")
	next()
	s.phones.mu.Lock()
	s.phones.line(chunlin, demo.Service, "text", "公示了")
	s.phones.pass(demo.Packet{Direction: demo.Call, Kind: "/cgi-bin/message/custom/send"})
	s.phones.mu.Unlock()
	if got := until(next, hasLines); got.words() != "service:公示了" || len(got.Packets) != 1 {
		t.Errorf("heard %+v", got)
	}
}

// Who plays one person sees who else was told something.
func TestWindowHearsWhoElseWasTold(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	next := s.window(t, chunlin, "")
	if first := next(); len(first.Newest) != 0 {
		t.Fatalf("first news: %+v", first.Newest)
	}
	s.phones.mu.Lock()
	s.phones.line(guixiang, demo.Self, "text", "积分")
	s.phones.line(member, demo.Service, "text", "该公示了")
	s.phones.pass(demo.Packet{Direction: demo.Call, Kind: "/cgi-bin/message/custom/send"})
	s.phones.mu.Unlock()
	got := until(next, func(n told) bool { return len(n.Newest) > 0 })
	if len(got.Newest) != 1 || got.Newest[member] != 1 {
		t.Errorf("heard %v", got.Newest)
	}
}

func TestWindowThatComesBackHearsTheRest(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	next := s.window(t, chunlin, "")
	next()
	say(t, s, chunlin, "积分")
	mark := until(next, hasLines).mark
	say(t, s, chunlin, "明细")
	if got := s.window(t, chunlin, mark)(); got.Anew || got.words() != "self:明细 reply:好" || len(got.Packets) != 1 {
		t.Errorf("after %s heard %+v", mark, got)
	}
	for _, unknown := range []string{"x", "another.1.1", strings.Split(mark, ".")[0] + ".one.1"} {
		if got := s.window(t, chunlin, unknown)(); !got.Anew || len(got.Lines) != 4 || len(got.Packets) != 2 {
			t.Errorf("after %s heard %+v", unknown, got)
		}
	}
}

func TestWindowHearsOfFollowing(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	next := s.window(t, stranger, "")
	if next().Following {
		t.Error("a stranger follows")
	}
	s.ask(t, "POST", "follow", `{"openid":"o-stranger"}`)
	until(next, func(n told) bool { return n.Following })
}

func TestClockMoves(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ from, to, want string }{
		{"2026-11-24T09:30:00+08:00", "hour", "2026-11-24T10:30:00+08:00"},
		{"2026-11-24T09:30:00+08:00", "day", "2026-11-25T09:30:00+08:00"},
		{"2026-11-24T09:30:00+08:00", "month", "2026-12-01T09:00:00+08:00"},
		{"2026-11-24T09:30:00+08:00", "quarter", "2027-01-01T09:00:00+08:00"},
		{"2026-12-31T23:30:00+08:00", "month", "2027-01-01T09:00:00+08:00"},
		{"2026-01-31T09:30:00+08:00", "month", "2026-02-01T09:00:00+08:00"},
		{"2026-06-30T17:00:00Z", "quarter", "2026-10-01T09:00:00+08:00"}, // July in Shanghai
		{"2026-09-30T15:59:59Z", "quarter", "2026-10-01T09:00:00+08:00"},
		{"2026-10-01T00:00:00+08:00", "quarter", "2027-01-01T09:00:00+08:00"},
	} {
		s := newStage(t)
		from, _ := time.Parse(time.RFC3339, c.from)
		want, _ := time.Parse(time.RFC3339, c.want)
		s.clock.now = from
		next := s.window(t, chunlin, "")
		if got := s.ask(t, "POST", "clock", `{"to":"`+c.to+`"}`); got.status != http.StatusNoContent {
			t.Fatalf("got %d %s", got.status, got.body)
		}
		if now := s.clock.Now(); !now.Equal(want) {
			t.Errorf("from %s to the next %s is %v", c.from, c.to, now)
		}
		until(next, func(n told) bool { return n.Now == want.UnixMilli() })
	}
}

func TestResetStartsEveryWindowAnew(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	say(t, s, chunlin, "积分")
	next := s.window(t, chunlin, "")
	before := next()
	if got := s.ask(t, "POST", "reset", `{}`); got.status != http.StatusNoContent {
		t.Fatalf("got %d %s", got.status, got.body)
	}
	after := until(next, func(n told) bool { return n.Anew })
	if len(before.Lines) != 2 || len(after.Lines)+len(after.Packets) != 0 {
		t.Errorf("before %+v, after %+v", before, after)
	}
	say(t, s, chunlin, "明细") // numbered from the start again
	if got := until(next, hasLines); got.words() != "self:明细 reply:好" || got.Lines[0].ID != 1 {
		t.Errorf("heard %+v", got)
	}
	if got := s.window(t, chunlin, before.mark)(); !got.Anew {
		t.Errorf("a mark from before the reset was taken: %+v", got)
	}
}

// A message on its way was signed by the old time.
func TestClockWaitsForMessages(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	s.phones.begun, s.phones.hold = make(chan struct{}), make(chan struct{})
	said, moved := make(chan answer, 1), make(chan answer, 1)
	go func() { said <- s.ask(t, "POST", "say", `{"openid":"o-chunlin","text":"积分"}`) }()
	<-s.phones.begun
	go func() { moved <- s.ask(t, "POST", "clock", `{"to":"day"}`) }()
	// Nothing tells that a request waits for a lock; but were there none, the
	// clock would have moved by the time that a later question is answered.
	for range 50 {
		s.ask(t, "GET", "app.js", "")
	}
	if !s.clock.Now().Equal(morning) {
		t.Error("the clock moved while a message was on its way")
	}
	close(s.phones.hold)
	if a, b := <-said, <-moved; a.status != http.StatusNoContent || b.status != http.StatusNoContent {
		t.Errorf("got %d %s and %d %s", a.status, a.body, b.status, b.body)
	}
	if s.clock.Now().Equal(morning) {
		t.Error("the clock did not move at all")
	}
}
