package jobs_test

import (
	order "cmp"
	"context"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/xiangfeng/xiangfeng/domain/calendar"
	"github.com/xiangfeng/xiangfeng/domain/usecase"
	"github.com/xiangfeng/xiangfeng/jobs"
)

// ledger is a book in memory, of one database.
type ledger struct {
	mu      sync.Mutex
	marks   map[string]time.Time
	waiting []usecase.Occasion
	running bool
	left    int // jobs of the queue
}

func (l *ledger) Watermarks(_ context.Context, names []string, now time.Time) (map[string]time.Time, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	out := map[string]time.Time{}
	for _, n := range names {
		if _, known := l.marks[n]; !known {
			l.marks[n] = now
		}
		out[n] = l.marks[n]
	}
	return out, nil
}

func (l *ledger) ScheduleOccasions(_ context.Context, names []string, _ string, due func(string, time.Time) []time.Time) (n int, err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, name := range names {
		for _, at := range due(name, l.marks[name]) {
			l.waiting, l.marks[name] = append(l.waiting, usecase.Occasion{Job: name, At: at}), at
			n++
		}
	}
	slices.SortFunc(l.waiting, func(a, b usecase.Occasion) int { return order.Or(a.At.Compare(b.At), strings.Compare(a.Job, b.Job)) })
	l.left += n
	return n, nil
}

func (l *ledger) TakeOccasion(context.Context) (usecase.Occasion, bool, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.running || len(l.waiting) == 0 {
		return usecase.Occasion{}, false, nil
	}
	l.running = true
	l.waiting[0].Attempts++
	return l.waiting[0], true, nil
}

func (l *ledger) EndOccasion(context.Context, usecase.Occasion, jobs.Counts, bool) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.waiting, l.running = l.waiting[1:], false
	return nil
}

func (l *ledger) LeaveOccasion(context.Context, usecase.Occasion) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.running = false
	return nil
}

var quiet = slog.New(slog.DiscardHandler)

// TestScheduleCatchesUp: however the clock moves, each occasion runs once, with
// its own time, in the order of time over all jobs.
func TestScheduleCatchesUp(t *testing.T) {
	t.Parallel()
	from, until := calendar.On(2026, 10, 1).Start(), calendar.On(2026, 11, 1).Start().Add(9*time.Hour)
	var want []string
	for step, name := range map[time.Duration]string{until.Sub(from): "one step", 24 * time.Hour: "a day at a time", time.Hour: "an hour at a time"} {
		book := &ledger{marks: map[string]time.Time{}}
		var ran []string
		job := func(name, when string) jobs.Job {
			return jobs.Job{Name: name, Cron: when, Run: func(_ context.Context, at time.Time) (jobs.Counts, error) {
				ran = append(ran, name+" "+at.In(calendar.Shanghai).Format(time.DateTime))
				return nil, nil
			}}
		}
		s, err := jobs.NewSchedule(book, quiet, nil, job("timetable", "0 8 1 1,4,7,10 *"), job("seal", "5 0 * * *"), job("late", "0 8 11 1,4,7,10 *"), job("visits", "0 8 20 * *"), job("summary", "0 8 1 * *"))
		if err != nil {
			t.Fatal(err)
		}
		for now := from; !now.After(until); now = now.Add(step) {
			for range 2 { // two instances
				if _, err := s.Tick(t.Context(), now.UTC()); err != nil {
					t.Fatal(err)
				}
				if err := s.Run(t.Context(), nil, 1); err != nil {
					t.Fatal(err)
				}
			}
		}
		if _, err := s.Tick(t.Context(), until); err != nil {
			t.Fatal(err)
		}
		if err := s.Run(t.Context(), nil, 1); err != nil {
			t.Fatal(err)
		}
		if want == nil {
			want = ran
		}
		if diff := cmp.Diff(want, ran); diff != "" {
			t.Errorf("%s:\n%s", name, diff)
		}
		if len(ran) != 32+1+1+1+2 || ran[0] != "seal 2026-10-01 00:05:00" || ran[len(ran)-1] != "summary 2026-11-01 08:00:00" {
			t.Errorf("%s ran %d: %q", name, len(ran), ran)
		}
	}
}

// TestScheduleGoesOn: what fails is run again, and after many tries the others go on.
func TestScheduleGoesOn(t *testing.T) {
	t.Parallel()
	book := &ledger{marks: map[string]time.Time{}}
	var ran []string
	results := map[string]int{}
	s, err := jobs.NewSchedule(book, quiet, func(job string, r jobs.Result, c jobs.Counts) { results[fmt.Sprint(job, " ", r, " ", c["n"])]++ },
		jobs.Job{Name: "bad", Cron: "0 8 * * *", Run: func(context.Context, time.Time) (jobs.Counts, error) { return nil, errAway }},
		jobs.Job{Name: "good", Cron: "0 9 * * *", Run: func(_ context.Context, at time.Time) (jobs.Counts, error) {
			ran = append(ran, at.In(calendar.Shanghai).Format(time.DateTime))
			return jobs.Counts{"n": 3}, nil
		}})
	if err != nil {
		t.Fatal(err)
	}
	day := calendar.On(2026, 10, 1).Start()
	for _, now := range []time.Time{day, day.Add(10 * time.Hour), day} { // and back
		if _, err := s.Tick(t.Context(), now); err != nil {
			t.Fatal(err)
		}
	}
	tries := 0
	for s.Run(t.Context(), nil, 1) != nil {
		if tries++; tries > 20 || len(ran) > 0 {
			t.Fatalf("after %d tries it still fails, and %q ran", tries, ran)
		}
	}
	if diff := cmp.Diff(map[string]int{"bad again 0": 7, "bad failed 0": 1, "good done 3": 1}, results); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	if len(ran) != 1 || ran[0] != "2026-10-01 09:00:00" || book.left != 2 {
		t.Errorf("%q ran, %d were left", ran, book.left)
	}
	for _, bad := range []jobs.Job{{Name: "x", Cron: "61 * * * *"}, {Name: "good", Cron: ""}} {
		if _, err := jobs.NewSchedule(book, quiet, nil, bad); err == nil {
			t.Errorf("%q was taken", bad.Cron)
		}
	}
}
