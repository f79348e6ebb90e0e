package main

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/xiangfeng/xiangfeng/domain/calendar"
	"github.com/xiangfeng/xiangfeng/domain/sample"
	"github.com/xiangfeng/xiangfeng/domain/village"
)

// TestOneStepOrMany: the clock that goes from October to November at once leaves
// the same quarters, sheets and notices as the one that stops every morning.
func TestOneStepOrMany(t *testing.T) {
	t.Parallel()
	for _, from := range []calendar.Date{calendar.On(2026, 10, 1), calendar.On(2026, 10, 10)} {
		t.Run(from.String(), func(t *testing.T) {
			t.Parallel()
			db := townshipUntil(t, from)
			once, daily := monthOf(t, db, from, 31), monthOf(t, db, from, 1)
			if diff := cmp.Diff(daily, once); diff != "" {
				t.Errorf("-day by day +at once:\n%s", diff)
			}
			if len(daily) < 20 {
				t.Errorf("only %d things happened: %q", len(daily), daily)
			}
		})
	}
}

// townshipUntil is a database with the township as it was on a day.
func townshipUntil(t *testing.T, d calendar.Date) []byte {
	t.Helper()
	path := filepath.Join(t.TempDir(), "then.db")
	store, err := openStore(t.Context(), secret("sqlite:"+path))
	if err != nil {
		t.Fatal(err)
	}
	o := sample.Default()
	o.Until, o.CardKey = d, derive(testKey, forCards)
	if err := store.Load(t.Context(), sample.Villages(o)); err != nil {
		t.Fatal(err)
	}
	if err := store.Close(); err != nil {
		t.Fatal(err)
	}
	db, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return db
}

// monthOf moves the clock so many days at a time to 1 November, and says what
// there is then.
func monthOf(t *testing.T, db []byte, from calendar.Date, step int) (happened []string) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "x.db")
	if err := os.WriteFile(path, db, 0o600); err != nil {
		t.Fatal(err)
	}
	c := testConfig(t, "sqlite:"+path)
	now := from.Start().Add(9 * time.Hour)
	last := calendar.On(2026, 11, 1).Start().Add(9 * time.Hour)
	setClock(t, c, now.Format(time.RFC3339))
	s := raise(t, c)
	for {
		if _, err := s.schedule.Tick(t.Context(), now); err != nil {
			t.Fatal(err)
		}
		if err := s.schedule.Run(t.Context(), nil, 1); err != nil {
			t.Fatal(err)
		}
		if !now.Before(last) {
			break
		}
		if now = now.AddDate(0, 0, step); now.After(last) {
			now = last
		}
		setClock(t, c, now.Format(time.RFC3339))
	}
	for v := range village.ID(4) {
		log, err := s.store.PushLog(t.Context(), v, 0, 10_000)
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range log {
			happened = append(happened, fmt.Sprintf("village %d: %s of %s to %s on %s", v, p.Kind, p.Occasion, p.Name, p.CameAt.In(calendar.Shanghai).Format(time.DateTime)))
		}
		if v == 0 {
			continue
		}
		seasons, err := s.store.Seasons(t.Context(), v, calendar.On(2026, 11, 1), 4)
		if err != nil {
			t.Fatal(err)
		}
		for _, q := range seasons {
			happened = append(happened, fmt.Sprintf("village %d: %s %s, %s, up %s, sealed %s", v, q.Q, q.State, q.Code, q.PublishedOn, q.SealedOn))
		}
	}
	slices.Sort(happened)
	return happened
}
