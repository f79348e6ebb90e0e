package calendar_test

import (
	"testing"

	"pgregory.net/rapid"

	"github.com/xiangfeng/xiangfeng/domain/calendar"
)

func TestPublishBy(t *testing.T) {
	t.Parallel()
	for quarter, want := range map[string]string{
		"2025Q4": "2026-01-06", // New Year, then a worked Sunday
		"2026Q1": "2026-04-03", // three plain days
		"2026Q2": "2026-07-03",
		"2026Q3": "2026-10-10", // National Day, then a worked Saturday
		"2026Q4": "2027-01-06", // by the rule
	} {
		q, err := calendar.ParseQuarter(quarter)
		if err != nil {
			t.Fatal(err)
		}
		if got := calendar.PublishBy(q).String(); got != want {
			t.Errorf("%s is to be published by %s, want %s", q, got, want)
		}
	}
}

func TestLateFrom(t *testing.T) {
	t.Parallel()
	if got := calendar.LateFrom(calendar.Quarter{Year: 2026, N: 4}).String(); got != "2027-01-11" {
		t.Errorf("2026Q4 is late from %s", got)
	}
}

func TestSealFrom(t *testing.T) {
	t.Parallel()
	tests := []struct{ published, want, why string }{
		{"2026-10-04", "2026-10-11", "7 days, the 8th, 9th and 10th worked"},
		{"2026-10-03", "2026-10-11", "7 days to the 9th hold two working days; the 10th is the third"},
		{"2026-10-01", "2026-10-11", "the same from the first day of the holiday"},
		{"2026-07-03", "2026-07-10", "a plain week"},
		{"2026-07-05", "2026-07-12", "published on a Sunday"},
		{"2026-02-13", "2026-02-25", "two working days, then the Spring Festival"},
		{"2026-02-15", "2026-02-27", "all of the Spring Festival first"},
		{"2026-12-30", "2027-01-06", "over New Year, from a notice to the rule"},
	}
	for _, test := range tests {
		if got := calendar.SealFrom(day(t, test.published)).String(); got != test.want {
			t.Errorf("published on %s, sealable from %s, want %s: %s", test.published, got, test.want, test.why)
		}
	}
}

func TestSealFromProperties(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		published := days().Draw(t, "published")
		seal := calendar.SealFrom(published)
		hung := published.DaysUntil(seal)
		worked := func(seal calendar.Date) int {
			return calendar.WorkingDaysBetween(published.AddDays(-1), seal.AddDays(-1))
		}
		if hung < 7 || worked(seal) < 3 {
			t.Fatalf("published on %s and sealed on %s: %d days, %d worked", published, seal, hung, worked(seal))
		}
		if hung > 7 && worked(seal.AddDays(-1)) >= 3 {
			t.Fatalf("published on %s, %s is a day later than needed", published, seal)
		}
		if calendar.SealFrom(published.AddDays(1)).Before(seal) {
			t.Fatalf("published a day after %s it could be sealed earlier", published)
		}
	})
}

func TestDisputeDays(t *testing.T) {
	t.Parallel()
	tests := []struct{ filed, accept, promised, extended, township string }{
		{"2026-11-24", "2026-11-25", "2026-11-30", "2026-12-03", "2026-12-01"},
		{"2026-11-28", "2026-11-30", "2026-12-03", "2026-12-08", "2026-12-04"}, // a Saturday
		{"2026-09-30", "2026-10-08", "2026-10-12", "2026-10-15", "2026-10-13"}, // National Day
		{"2026-02-14", "2026-02-24", "2026-02-27", "2026-03-03", "2026-02-28"}, // Spring Festival, a worked Saturday
	}
	for _, test := range tests {
		filed := day(t, test.filed)
		got := []calendar.Date{
			calendar.AcceptBy(filed), calendar.PromisedBy(filed), calendar.ExtendedBy(filed), calendar.TownshipBy(filed),
		}
		for i, want := range []string{test.accept, test.promised, test.extended, test.township} {
			if got[i].String() != want {
				t.Errorf("filed on %s: day %d of the four is %s, want %s", filed, i, got[i], want)
			}
		}
	}
	if got := calendar.AppealUntil(day(t, "2026-11-24")).String(); got != "2026-12-04" {
		t.Errorf("appeal until %s", got)
	}
}

func TestTooOld(t *testing.T) {
	t.Parallel()
	recorded := day(t, "2026-11-24")
	for age, want := range map[int]bool{0: false, 59: false, 60: false, 61: true, 400: true} {
		if got := calendar.TooOld(recorded.AddDays(-age), recorded, calendar.DefaultEventDays); got != want {
			t.Errorf("an event %d days old: too old is %v", age, got)
		}
	}
}

func TestObjectionUntil(t *testing.T) {
	t.Parallel()
	sealed := day(t, "2026-10-17")
	if got := calendar.ObjectionUntil(sealed, calendar.DefaultObjectionDays).String(); got != "2026-11-16" {
		t.Errorf("objections until %s", got)
	}
}
