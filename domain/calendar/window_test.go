package calendar_test

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/xiangfeng/xiangfeng/domain/calendar"
)

func TestWindows(t *testing.T) {
	t.Parallel()
	tests := []struct{ at, window, next string }{
		{"2026-01-01 00:00:00", "2026-01-01 2026-02-01", "2026-04-01 2026-05-01"},
		{"2026-01-31 23:59:59", "2026-01-01 2026-02-01", "2026-04-01 2026-05-01"},
		{"2026-02-01 00:00:00", "", "2026-04-01 2026-05-01"},
		{"2026-06-30 23:59:59", "", "2026-07-01 2026-08-01"},
		{"2026-07-01 00:00:00", "2026-07-01 2026-08-01", "2026-10-01 2026-11-01"},
		{"2026-10-15 12:00:00", "2026-10-01 2026-11-01", "2027-01-01 2027-02-01"},
		{"2026-11-24 12:00:00", "", "2027-01-01 2027-02-01"},
	}
	for _, test := range tests {
		at := instant(t, test.at)
		window, in := calendar.WindowOf(at)
		if in != (test.window != "") || calendar.InRedemptionMonth(at) != in {
			t.Errorf("%s: in a redemption month is %v", test.at, in)
		}
		if in && text(window) != test.window {
			t.Errorf("%s lies in %s, want %s", test.at, text(window), test.window)
		}
		next := calendar.NextWindow(at)
		if text(next) != test.next {
			t.Errorf("after %s comes %s, want %s", test.at, text(next), test.next)
		}
		if got := calendar.GraceUntil(at); got != next.Until {
			t.Errorf("given at %s points live until %s", test.at, got)
		}
	}
}

func text(w calendar.Window) string {
	return calendar.DateOf(w.From).String() + " " + calendar.DateOf(w.Until).String()
}

func TestWindowProperties(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		at := days().Draw(t, "day").Start().Add(time.Duration(rapid.Int64Range(0, int64(24*time.Hour)-1).Draw(t, "time")))
		next := calendar.NextWindow(at)
		if !next.From.After(at) {
			t.Fatalf("the window after %s begins at %s", at, next.From)
		}
		if !calendar.InRedemptionMonth(next.From) || calendar.InRedemptionMonth(next.Until) {
			t.Fatalf("%s is no redemption month", text(next))
		}
		if w, in := calendar.WindowOf(at); in && (!w.Contains(at) || calendar.NextWindow(w.From) != next) {
			t.Fatalf("%s lies in %s and is followed by %s", at, text(w), text(next))
		}
	})
}

func TestYearEnd(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name              string
		published, sealed string
		spend, lapse      string
		final             bool
	}{
		{"not published", "", "", "", "2027-02-01", false},
		{"published in time", "2027-01-06", "", "2027-01-06 2027-02-01", "2027-02-01", false},
		{"sealed in time", "2027-01-06", "2027-01-13", "2027-01-06 2027-02-01", "2027-02-01", true},
		{"published in the old year", "2026-12-31", "2027-01-07", "2027-01-01 2027-02-01", "2027-02-01", true},
		{"sealed on the 18th", "2027-01-11", "2027-01-18", "2027-01-11 2027-02-01", "2027-02-01", true},
		{"sealed on the 19th", "2027-01-12", "2027-01-19", "2027-01-12 2027-02-03", "2027-02-03", true},
		{"cannot be sealed before the 19th", "2027-01-12", "", "2027-01-12 2027-02-03", "2027-02-03", false},
		{"sealed by a job that ran late", "2027-01-06", "2027-01-20", "2027-01-06 2027-02-04", "2027-02-04", true},
		{"published after January", "2027-02-20", "2027-02-27", "2027-02-20 2027-03-14", "2027-03-14", true},
	}
	for _, test := range tests {
		end := calendar.YearEndOf(2026, maybe(t, test.published), maybe(t, test.sealed))
		if spend := text(end.Spend); test.spend != "" && spend != test.spend {
			t.Errorf("%s: spent in %s, want %s", test.name, spend, test.spend)
		}
		if test.spend == "" && end.Spend != (calendar.Window{}) {
			t.Errorf("%s: spent in %s, want no window", test.name, text(end.Spend))
		}
		if !end.Lapse.Equal(day(t, test.lapse).Start()) || end.Final != test.final {
			t.Errorf("%s: lapses at %s, final %v", test.name, end.Lapse, end.Final)
		}
	}
}

func maybe(t *testing.T, s string) *calendar.Date {
	t.Helper()
	if s == "" {
		return nil
	}
	d := day(t, s)
	return &d
}

func TestYearEndAtAnInstant(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name              string
		published, sealed string
		now               string
		open, lapsed      bool
	}{
		{"before publication", "2027-01-06", "2027-01-13", "2027-01-05 23:59:59", false, false},
		{"from publication", "2027-01-06", "2027-01-13", "2027-01-06 00:00:00", true, false},
		{"to the last second of January", "2027-01-06", "2027-01-13", "2027-01-31 23:59:59", true, false},
		{"no more on 1 February", "2027-01-06", "2027-01-13", "2027-02-01 00:00:00", false, true},
		{"late: in February too", "2027-01-12", "2027-01-19", "2027-02-02 23:59:59", true, false},
		{"late: 14 full days, no more", "2027-01-12", "2027-01-19", "2027-02-03 00:00:00", false, true},
		{"not sealed: stays open", "2027-01-06", "", "2027-02-10 00:00:00", true, false},
		{"not published: nothing lapses", "", "", "2027-06-01 00:00:00", false, false},
	}
	for _, test := range tests {
		end := calendar.YearEndOf(2026, maybe(t, test.published), maybe(t, test.sealed))
		now := instant(t, test.now)
		if end.Open(now) != test.open || end.Lapsed(now) != test.lapsed {
			t.Errorf("%s: open %v, lapsed %v", test.name, end.Open(now), end.Lapsed(now))
		}
	}
}

// TestLateSealingLeavesFourteenDays holds what a villager is promised: after
// a late sealing 14 whole days, and never less than January.
func TestLateSealingLeavesFourteenDays(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		published := calendar.On(2027, 1, 1).AddDays(rapid.IntRange(0, 90).Draw(t, "published"))
		sealed := calendar.SealFrom(published).AddDays(rapid.IntRange(0, 30).Draw(t, "delay"))
		before, after := calendar.YearEndOf(2026, &published, nil), calendar.YearEndOf(2026, &published, &sealed)
		if after.Lapse.Before(before.Lapse) {
			t.Fatalf("the sealing took days away: %s after %s", after.Lapse, before.Lapse)
		}
		if after.Lapse.Before(calendar.On(2027, 2, 1).Start()) {
			t.Fatalf("lapses in January, at %s", after.Lapse)
		}
		late := sealed.After(calendar.On(2027, 1, 18))
		if days := sealed.DaysUntil(calendar.DateOf(after.Lapse)) - 1; late && days != 14 {
			t.Fatalf("sealed on %s, %d full days are left", sealed, days)
		}
		if after.Spend.Until != after.Lapse {
			t.Fatalf("the window ends at %s, the account lapses at %s", after.Spend.Until, after.Lapse)
		}
	})
}
