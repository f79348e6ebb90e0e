package conformance

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/xiangfeng/xiangfeng/domain/fault"
	"github.com/xiangfeng/xiangfeng/domain/usecase"
	"github.com/xiangfeng/xiangfeng/storage"
	"github.com/xiangfeng/xiangfeng/storage/queue"
)

// later is the kind of the jobs of these tests; their payload is a string.
const later = "later"

var errNotYet = errors.New("not yet")

// leave runs an act that leaves a job, and ends as the act says.
func (a acts) leave(cmd usecase.Command, kind, payload string, end error) error {
	_, err := a.bare(cmd, func(tx *storage.Tx) (fault.Outcome, error) {
		if err := tx.Enqueue(kind, payload); err != nil {
			return fault.Outcome{}, err
		}
		return fault.Outcome{Code: fault.Done}, end
	})
	return err
}

func (a acts) mustLeave(t *testing.T, kind, payload string) {
	t.Helper()
	if err := a.leave(by(0, on(5, 4)), kind, payload, nil); err != nil {
		t.Fatal(err)
	}
}

// shift is one process that works jobs off, and what it saw.
type shift struct {
	*queue.Worker
	log   buffer
	tries chan string // payload and attempt
	ends  chan queue.Result
}

// buffer is a log that is written and read at the same time.
type buffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (b *buffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.Write(p)
}

func (b *buffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.String()
}

// begin starts a process that does what do says with each job.
func (a acts) begin(t *testing.T, do func(ctx context.Context, payload string, attempt int) error) *shift {
	t.Helper()
	s := &shift{tries: make(chan string, 100), ends: make(chan queue.Result, 100)}
	handle := func(ctx context.Context, payload []byte, attempt int) error {
		s.tries <- fmt.Sprintf("%s %d", payload, attempt)
		return do(ctx, string(payload), attempt)
	}
	var err error
	s.Worker, err = a.Jobs().Start(ctx, map[string]queue.Handler{later: handle}, queue.Options{
		Log: slog.New(slog.NewTextHandler(&s.log, nil)), Ended: func(_ string, r queue.Result) { s.ends <- r },
		Pause: time.Millisecond, Poll: 20 * time.Millisecond, Drain: 50 * time.Millisecond,
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Stop(ctx) })
	return s
}

func (s *shift) stop(t *testing.T) {
	t.Helper()
	if err := s.Stop(ctx); err != nil {
		t.Fatal(err)
	}
}

// take waits for n values.
func take[T any](t *testing.T, from chan T, n int) []T {
	t.Helper()
	out := make([]T, 0, n)
	for range n {
		select {
		case v := <-from:
			out = append(out, v)
		case <-time.After(time.Minute):
			t.Fatalf("only %v came; want %d", out, n)
		}
	}
	return out
}

func succeed(context.Context, string, int) error { return nil }

// A job is there if and only if its act took effect, once for all repeats.
func testJobsStandWithTheirAct(t *testing.T, database Database) {
	a := enter(t, database(t))
	if err := a.leave(by(0, on(5, 4)), later, "undone", errNotYet); !errors.Is(err, errNotYet) {
		t.Fatalf("%v; want the act's error", err)
	}
	cmd := by(0, on(5, 4))
	for range 3 {
		if err := a.leave(cmd, later, "done", nil); err != nil {
			t.Fatal(err)
		}
	}
	a.mustLeave(t, later, "last")
	var jobs int
	query(t, raw(t, a.dsn), &jobs, "SELECT count(*) FROM river_job")
	if jobs != 2 {
		t.Errorf("%d jobs; want one of each act that took effect", jobs)
	}
	got := take(t, a.begin(t, succeed).tries, 2)
	slices.Sort(got)
	if diff := cmp.Diff([]string{`"done" 1`, `"last" 1`}, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

// Two processes share the jobs; each is done by one of them.
func testJobsAreShared(t *testing.T, database Database) {
	dsn := database(t)
	a := enter(t, dsn)
	want := make([]string, 40)
	for i := range want {
		payload := fmt.Sprintf("n%02d", i)
		want[i] = fmt.Sprintf("%q 1", payload)
		a.mustLeave(t, later, payload)
	}
	tries := make(chan string, 100)
	do := func(_ context.Context, payload string, attempt int) error {
		tries <- fmt.Sprintf("%s %d", payload, attempt)
		return nil
	}
	one, other := a.begin(t, do), enter(t, dsn).begin(t, do)
	got := take(t, tries, len(want))
	one.stop(t)
	other.stop(t)
	close(tries)
	for extra := range tries {
		t.Errorf("%s was done twice", extra)
	}
	slices.Sort(got)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

func testJobsAreTriedAgain(t *testing.T, database Database) {
	a := enter(t, database(t))
	a.mustLeave(t, later, "x")
	s := a.begin(t, func(_ context.Context, _ string, attempt int) error {
		switch attempt {
		case 1:
			return errNotYet
		case 2:
			panic("of the payload")
		}
		return nil
	})
	want := []queue.Result{queue.Again, queue.Again, queue.Done}
	if diff := cmp.Diff(want, take(t, s.ends, len(want))); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

// A job that fails for ever is given up with a line in the log that holds
// nothing of it.
func testJobsFailForGood(t *testing.T, database Database) {
	a := enter(t, database(t))
	a.mustLeave(t, later, "geheim")
	s := a.begin(t, func(_ context.Context, payload string, _ int) error { return fmt.Errorf("about %s", payload) })
	ends := take(t, s.ends, queue.Attempts)
	s.stop(t)
	for i, end := range ends {
		if want := i == queue.Attempts-1; (end == queue.Failed) != want {
			t.Errorf("try %d of %d: %s", i+1, queue.Attempts, end)
		}
	}
	if log := s.log.String(); !strings.Contains(log, "failed for good") || strings.Contains(log, "geheim") {
		t.Errorf("the log is\n%s", log)
	}
	again := a.begin(t, succeed)
	a.mustLeave(t, later, "next")
	if got := take(t, again.tries, 1); got[0] != `"next" 1` {
		t.Errorf("%s; want it never tried again", got)
	}
}

// What this program does not know waits for one that does.
func testJobsOfAnotherVersion(t *testing.T, database Database) {
	a := enter(t, database(t))
	a.mustLeave(t, "unknown", "x")
	a.mustLeave(t, later, "y")
	s := a.begin(t, succeed)
	take(t, s.ends, 1)
	s.stop(t)
	var kept int
	query(t, raw(t, a.dsn), &kept, "SELECT count(*) FROM river_job WHERE state IN ('available', 'scheduled') AND attempt = 0")
	if kept != 1 {
		t.Errorf("%d are kept; want the unknown one, untried", kept)
	}
}

// A stop waits until what was begun has come to its end.
func testJobsAreDrained(t *testing.T, database Database) {
	a := enter(t, database(t))
	a.mustLeave(t, later, "x")
	s := a.begin(t, func(ctx context.Context, _ string, _ int) error {
		<-ctx.Done()
		return nil
	})
	take(t, s.tries, 1)
	s.stop(t)
	select {
	case got := <-s.ends:
		if got != queue.Done {
			t.Errorf("%s; want it done", got)
		}
	default:
		t.Error("stopped before the job had ended")
	}
}

// What a stop cannot wait for is begun again by the next process, as if it had
// not been tried.
func testJobsOfAStoppedProcess(t *testing.T, database Database) {
	a := enter(t, database(t))
	a.mustLeave(t, later, "x")
	s := a.begin(t, func(ctx context.Context, _ string, _ int) error {
		<-ctx.Done()
		return errNotYet
	})
	take(t, s.tries, 1)
	s.stop(t)
	if got := take(t, a.begin(t, succeed).tries, 1); got[0] != `"x" 1` {
		t.Errorf("%s; want the first try again", got)
	}
}

// What a killed process had begun is begun again.
func testJobsOfAKilledProcess(t *testing.T, database Database) {
	a := enter(t, database(t))
	a.mustLeave(t, later, "x")
	run(t, raw(t, a.dsn), "UPDATE river_job SET state = 'running', attempt = 1, attempted_at = '2026-01-01 00:00:00'")
	if got := take(t, a.begin(t, succeed).tries, 1); got[0] != `"x" 2` {
		t.Errorf("%s; want the second try", got)
	}
}
