package calendar_test

import (
	"fmt"
	"math"
	"slices"
	"testing"
	"time"
	_ "time/tzdata" // the comparison must not depend on the host's own data

	"pgregory.net/rapid"

	"github.com/xiangfeng/xiangfeng/domain/calendar"
)

func day(t *testing.T, s string) calendar.Date {
	t.Helper()
	d, err := calendar.ParseDate(s)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func instant(t *testing.T, s string) time.Time {
	t.Helper()
	at, err := time.ParseInLocation("2006-01-02 15:04:05", s, calendar.Shanghai)
	if err != nil {
		t.Fatal(err)
	}
	return at
}

// days draws days of the years in which the product may run.
func days() *rapid.Generator[calendar.Date] {
	return rapid.Custom(func(t *rapid.T) calendar.Date {
		return calendar.On(2024, 1, 1).AddDays(rapid.IntRange(0, 30*365).Draw(t, "days"))
	})
}

// TestShanghaiIsShanghai compares the fixed zone with the tz database at each
// hour of 1992 to 2040.
func TestShanghaiIsShanghai(t *testing.T) {
	t.Parallel()
	tz, err := time.LoadLocation("Asia/Shanghai")
	if err != nil {
		t.Fatal(err)
	}
	end := time.Date(2041, 1, 1, 0, 0, 0, 0, time.UTC)
	hours := 0
	for at := time.Date(1992, 1, 1, 0, 0, 0, 0, time.UTC); at.Before(end); at = at.Add(time.Hour) {
		if _, offset := at.In(tz).Zone(); offset != 8*60*60 {
			t.Fatalf("the tz database has offset %d at %s", offset, at)
		}
		year, month, dayOfMonth := at.In(tz).Date()
		if got := calendar.DateOf(at); got != (calendar.Date{Year: year, Month: month, Day: dayOfMonth}) {
			t.Fatalf("DateOf(%s) = %s", at, got)
		}
		hours++
	}
	if hours != 429_552 {
		t.Errorf("compared %d hours", hours)
	}
}

// TestQuarterEdges looks at the seconds around each quarter's edge from hosts
// in several zones: the quarter is Shanghai's.
func TestQuarterEdges(t *testing.T) {
	t.Parallel()
	for _, zone := range []string{"UTC", "Asia/Shanghai", "America/New_York", "Asia/Kathmandu", "Pacific/Kiritimati", "Pacific/Pago_Pago"} {
		host, err := time.LoadLocation(zone)
		if err != nil {
			t.Fatal(err)
		}
		for index := (calendar.Quarter{Year: 2023, N: 4}).Index(); index <= (calendar.Quarter{Year: 2040, N: 4}).Index(); index++ {
			q := calendar.FromIndex(index)
			edge := q.First().Start()
			for offset, want := range map[time.Duration]calendar.Quarter{
				-time.Second: q.Prev(), -time.Nanosecond: q.Prev(), 0: q, time.Second: q, 8 * time.Hour: q,
			} {
				at := edge.Add(offset).In(host)
				if got := calendar.QuarterOf(calendar.DateOf(at)); got != want {
					t.Errorf("in %s %s is in %s, want %s", zone, at, got, want)
				}
			}
		}
	}
}

func TestDateText(t *testing.T) {
	t.Parallel()
	for _, good := range []string{"2026-11-24", "2028-02-29", "0001-01-01", "9999-12-31"} {
		if got := day(t, good).String(); got != good {
			t.Errorf("%s was read as %s", good, got)
		}
	}
	for _, bad := range []string{"", "2026-02-29", "2026-13-01", "2026-1-01", "26-01-01", "2026-01-01 ", "2026/01/01", "２０２６-01-01", "2026-01-01T00:00:00Z", "-001-01-01"} {
		if got, err := calendar.ParseDate(bad); err == nil {
			t.Errorf("%q was read as %s", bad, got)
		}
	}
}

func TestDate(t *testing.T) {
	t.Parallel()
	d := calendar.On(2026, time.November, 24)
	if got := d.Weekday(); got != time.Tuesday {
		t.Errorf("%s is a %s", d, got)
	}
	if got := d.Start().Format(time.RFC3339); got != "2026-11-24T00:00:00+08:00" {
		t.Errorf("it starts at %s", got)
	}
	if got := calendar.On(2026, 2, 30); got != calendar.On(2026, 3, 2) {
		t.Errorf("30 February is %s", got)
	}
	if got := calendar.On(2028, 2, 28).AddDays(1).String(); got != "2028-02-29" {
		t.Errorf("after 28 February 2028 comes %s", got)
	}
	if (calendar.Date{}) != *new(calendar.Date) || !(calendar.Date{}).IsZero() || d.IsZero() {
		t.Error("IsZero is true of the zero Date alone")
	}
}

// TestFarDates shows that no 32-bit second and no Duration bounds a date.
func TestFarDates(t *testing.T) {
	t.Parallel()
	tests := []struct {
		at   time.Time
		want string
	}{
		{time.Unix(math.MaxInt32, 0), "2038-01-19"},
		{time.Unix(math.MaxInt32+1, 0), "2038-01-19"},
		{time.Unix(math.MaxUint32+1, 0), "2106-02-07"},
		{time.Unix(253402271999, 0), "9999-12-31"},
		{time.Unix(253402272000, 0), "10000-01-01"},
	}
	for _, test := range tests {
		if got := calendar.DateOf(test.at).String(); got != test.want {
			t.Errorf("%d is on %s, want %s", test.at.Unix(), got, test.want)
		}
	}
	if got := calendar.On(1, 1, 1).DaysUntil(calendar.On(9999, 12, 31)); got != 3_652_058 {
		t.Errorf("%d days in 9,999 years", got)
	}
}

func TestDateProperties(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		d := days().Draw(t, "day")
		n := rapid.IntRange(-40_000, 40_000).Draw(t, "n")
		other := d.AddDays(n)
		if got := d.DaysUntil(other); got != n {
			t.Fatalf("%s to %s is %d days, want %d", d, other, got, n)
		}
		if d.Before(other) != (n > 0) || d.After(other) != (n < 0) || (d == other) != (n == 0) {
			t.Fatalf("%s and %s are in the wrong order", d, other)
		}
		if d.Before(other) != (d.String() < other.String()) {
			t.Fatalf("%s and %s sort otherwise than their text", d, other)
		}
		within := time.Duration(rapid.Int64Range(0, int64(24*time.Hour)-1).Draw(t, "time"))
		if got := calendar.DateOf(d.Start().Add(within)); got != d {
			t.Fatalf("%s after the start of %s it is %s", within, d, got)
		}
		if again, err := calendar.ParseDate(d.String()); err != nil || again != d {
			t.Fatalf("%s was read as %s: %v", d, again, err)
		}
	})
}

func TestQuarter(t *testing.T) {
	t.Parallel()
	tests := []struct {
		quarter     calendar.Quarter
		text        string
		first, last string
	}{
		{calendar.Quarter{Year: 2026, N: 1}, "2026Q1", "2026-01-01", "2026-03-31"},
		{calendar.Quarter{Year: 2026, N: 2}, "2026Q2", "2026-04-01", "2026-06-30"},
		{calendar.Quarter{Year: 2026, N: 3}, "2026Q3", "2026-07-01", "2026-09-30"},
		{calendar.Quarter{Year: 2026, N: 4}, "2026Q4", "2026-10-01", "2026-12-31"},
	}
	for _, test := range tests {
		got := fmt.Sprint(test.quarter, " ", test.quarter.First(), " ", test.quarter.Last())
		if want := test.text + " " + test.first + " " + test.last; got != want {
			t.Errorf("got %s, want %s", got, want)
		}
		if q, err := calendar.ParseQuarter(test.text); err != nil || q != test.quarter {
			t.Errorf("%s was read as %s: %v", test.text, q, err)
		}
	}
	for _, bad := range []string{"", "2026Q0", "2026Q5", "2026q1", "2026Q", "26Q1", "2026Q11", "2026-1", "-026Q1", "２Q1"} {
		if got, err := calendar.ParseQuarter(bad); err == nil {
			t.Errorf("%q was read as %s", bad, got)
		}
	}
}

func TestQuarterProperties(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		d := days().Draw(t, "day")
		q := calendar.QuarterOf(d)
		if !q.Contains(d) || q.Next().Contains(d) || q.Prev().Contains(d) {
			t.Fatalf("%s does not lie in %s alone", d, q)
		}
		if d.Before(q.First()) || d.After(q.Last()) || q.Last().AddDays(1) != q.Next().First() {
			t.Fatalf("%s runs from %s to %s", q, q.First(), q.Last())
		}
		if calendar.FromIndex(q.Index()) != q || q.Next().Index() != q.Index()+1 || q.Next().Prev() != q {
			t.Fatalf("%s has index %d", q, q.Index())
		}
		other := calendar.QuarterOf(days().Draw(t, "other"))
		if q.Before(other) != q.First().Before(other.First()) {
			t.Fatalf("%s and %s are in the wrong order", q, other)
		}
	})
}

func TestMonth(t *testing.T) {
	t.Parallel()
	for text, last := range map[string]string{"2026-02": "2026-02-28", "2028-02": "2028-02-29", "2026-11": "2026-11-30", "2026-12": "2026-12-31"} {
		m := calendar.MonthOf(day(t, text+"-01"))
		if m.String() != text || m.First().String() != text+"-01" || m.Last().String() != last {
			t.Errorf("%s runs from %s to %s", m, m.First(), m.Last())
		}
		if prev, next := m.Prev(), m.Next(); prev.Last().AddDays(1) != m.First() || next.First() != m.Last().AddDays(1) || prev.Next() != m || next.Prev() != m {
			t.Fatalf("%s stands between %s and %s", m, prev, next)
		}
		if !m.Contains(m.Last()) || m.Contains(m.Last().AddDays(1)) || m.Contains(m.First().AddDays(-1)) {
			t.Errorf("%s holds the wrong days", m)
		}
	}
}

func TestCompareSorts(t *testing.T) {
	t.Parallel()
	got := []calendar.Date{calendar.On(2026, 11, 24), calendar.On(2025, 12, 31), calendar.On(2026, 2, 1)}
	slices.SortFunc(got, calendar.Date.Compare)
	if fmt.Sprint(got) != "[2025-12-31 2026-02-01 2026-11-24]" {
		t.Errorf("sorted to %s", got)
	}
}
