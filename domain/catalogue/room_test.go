package catalogue_test

import (
	"testing"

	"pgregory.net/rapid"

	"github.com/xiangfeng/xiangfeng/domain/calendar"
	"github.com/xiangfeng/xiangfeng/domain/catalogue"
	"github.com/xiangfeng/xiangfeng/domain/points"
)

func item(t *testing.T, code string) catalogue.Item {
	t.Helper()
	for _, i := range catalogue.County() {
		if i.Code == code {
			return i
		}
	}
	t.Fatalf("no item %s", code)
	return catalogue.Item{}
}

func TestRoom(t *testing.T) {
	t.Parallel()
	use := func(day string, tenths points.Tenths) catalogue.Use {
		d, err := calendar.ParseDate(day)
		if err != nil {
			t.Fatal(err)
		}
		return catalogue.Use{On: d, Tenths: tenths}
	}
	on := calendar.On(2026, 5, 20)
	for _, test := range []struct {
		name, code string
		used       []catalogue.Use
		want       points.Tenths
	}{
		{"SX06, 2 a time and 4 a month: the second", "SX06", []catalogue.Use{use("2026-05-01", 20)}, 20},
		{"SX06: the third", "SX06", []catalogue.Use{use("2026-05-01", 20), use("2026-05-31", 20)}, 0},
		{"SX06: April's and June's do not count", "SX06", []catalogue.Use{use("2026-04-30", 40), use("2026-06-01", 40)}, 20},
		{"SX06: last year's May does not count", "SX06", []catalogue.Use{use("2025-05-20", 40)}, 20},
		{"HJ14, -3 a time and 9 a quarter: 2 are left", "HJ14", []catalogue.Use{use("2026-04-01", -30), use("2026-06-30", -40)}, -20},
		{"HJ14: the first quarter's do not count", "HJ14", []catalogue.Use{use("2026-03-31", -90)}, -30},
		{"CY07, 3 a time and 5 a year: the second gets 2", "CY07", []catalogue.Use{use("2026-01-01", 30)}, 20},
		{"CY07: last year's do not count", "CY07", []catalogue.Use{use("2025-12-31", 50)}, 30},
		{"HJ01, once a month", "HJ01", []catalogue.Use{use("2026-05-31", 1)}, 0},
		{"HJ01: the month before", "HJ01", []catalogue.Use{use("2026-04-30", 50)}, 50},
		{"HJ04, once a quarter and 8 a year", "HJ04", []catalogue.Use{use("2026-06-30", 20)}, 0},
		{"HJ04: the quarter before", "HJ04", []catalogue.Use{use("2026-03-31", 20)}, 20},
		{"BZ15a, once a year though 10 are the cap", "BZ15a", []catalogue.Use{use("2026-12-31", 50)}, 0},
		{"BZ15a: the year before", "BZ15a", []catalogue.Use{use("2025-12-31", 50)}, 50},
		{"HJ08, once for ever", "HJ08", []catalogue.Use{use("2019-01-01", 10)}, 0},
		{"HJ08: the first", "HJ08", nil, 100},
	} {
		i := item(t, test.code)
		if got := i.Room(on, i.Value, test.used); got != test.want {
			t.Errorf("%s: %s, want %s", test.name, got, test.want)
		}
	}
}

func TestTightestCapDecides(t *testing.T) {
	t.Parallel()
	on := calendar.On(2026, 5, 20)
	used := []catalogue.Use{{On: on, Tenths: 10}, {On: calendar.On(2026, 4, 1), Tenths: 10}, {On: calendar.On(2026, 1, 1), Tenths: 10}, {On: calendar.On(2025, 1, 1), Tenths: 10}}
	for _, test := range []struct {
		caps catalogue.Caps
		want points.Tenths
	}{
		{catalogue.Caps{}, 50},
		{catalogue.Caps{Month: 30}, 20},   // 3 - 1
		{catalogue.Caps{Quarter: 30}, 10}, // 3 - 2
		{catalogue.Caps{Year: 35}, 5},     // 3.5 - 3
		{catalogue.Caps{Ever: 41}, 1},     // 4.1 - 4
		{catalogue.Caps{Ever: 40}, 0},
		{catalogue.Caps{Month: 5}, 0}, // already beyond: never the other way
		{catalogue.Caps{Month: 60, Quarter: 60, Year: 70, Ever: 80}, 40},
		{catalogue.Caps{Month: 60, Quarter: 45, Year: 70, Ever: 80}, 25},
	} {
		i := catalogue.Item{Value: 50, Unit: "time", Caps: test.caps}
		if got := i.Room(on, 50, used); got != test.want {
			t.Errorf("under %+v: %s, want %s", test.caps, got, test.want)
		}
		if got := i.Room(on, -50, used); got != -test.want {
			t.Errorf("taken away under %+v: %s, want %s", test.caps, got, -test.want)
		}
	}
}

func TestFull(t *testing.T) {
	t.Parallel()
	on := calendar.On(2026, 5, 20)
	used := []catalogue.Use{{On: on, Tenths: 50}}
	for _, test := range []struct {
		item catalogue.Item
		want catalogue.Unit
	}{
		{catalogue.Item{Unit: "time"}, ""},
		{catalogue.Item{Unit: "time", Caps: catalogue.Caps{Month: 60, Year: 60}}, ""},
		{catalogue.Item{Unit: "time", Caps: catalogue.Caps{Month: 50, Year: 60}}, catalogue.ByMonth},
		{catalogue.Item{Unit: "time", Caps: catalogue.Caps{Month: 50, Year: 50}}, catalogue.ByYear},
		{catalogue.Item{Unit: catalogue.ByQuarter}, catalogue.ByQuarter},
		{catalogue.Item{Unit: catalogue.Once}, catalogue.Once},
	} {
		test.item.Value = 50
		if got := test.item.Full(on, used); got != test.want {
			t.Errorf("%+v is full for %q, want %q", test.item, got, test.want)
		}
	}
}

// TestNoCapIsEverExceeded lets a household earn and lose by any item of the
// county on random days of two years, taking what Room leaves.
func TestNoCapIsEverExceeded(t *testing.T) {
	t.Parallel()
	county := catalogue.County()
	rapid.Check(t, func(t *rapid.T) {
		i := rapid.SampledFrom(county).Draw(t, "item")
		var used []catalogue.Use
		for range rapid.IntRange(1, 60).Draw(t, "scorings") {
			on := calendar.On(2026, 1, 1).AddDays(rapid.IntRange(0, 729).Draw(t, "day"))
			room := i.Room(on, i.Value, used)
			if room == 0 {
				checkFull(t, i, on, used)
				continue
			}
			if room > 0 != (i.Value > 0) || room.Abs() > i.Value.Abs() {
				t.Fatalf("%s: room for %s of %s", i.Code, room, i.Value)
			}
			used = append(used, catalogue.Use{On: on, Tenths: room})
			checkCaps(t, i, used)
		}
	})
}

// spans are the months, quarters and years by which caps and units count.
var spans = []struct {
	name string
	of   func(calendar.Date) string
	unit catalogue.Unit
	cap  func(catalogue.Caps) points.Tenths
}{
	{"month", func(d calendar.Date) string { return d.String()[:7] }, "month", func(c catalogue.Caps) points.Tenths { return c.Month }},
	{"quarter", func(d calendar.Date) string { return calendar.QuarterOf(d).String() }, "quarter", func(c catalogue.Caps) points.Tenths { return c.Quarter }},
	{"year", func(d calendar.Date) string { return d.String()[:4] }, "year", func(c catalogue.Caps) points.Tenths { return c.Year }},
	{"life", func(calendar.Date) string { return "" }, "once", func(c catalogue.Caps) points.Tenths { return c.Ever }},
}

func checkCaps(t *rapid.T, i catalogue.Item, used []catalogue.Use) {
	for _, s := range spans {
		sum, times := map[string]points.Tenths{}, map[string]int{}
		for _, u := range used {
			k := s.of(u.On)
			sum[k] += u.Tenths.Abs()
			times[k]++
			if c := s.cap(i.Caps); c > 0 && sum[k] > c {
				t.Fatalf("%s: %s in the %s %s, the cap is %s", i.Code, sum[k], s.name, k, c)
			}
			if i.Unit == s.unit && times[k] > 1 {
				t.Fatalf("%s: %d times in the %s %s", i.Code, times[k], s.name, k)
			}
		}
	}
}

// checkFull checks that a refusal has a cause: a cap reached or a unit used.
func checkFull(t *rapid.T, i catalogue.Item, on calendar.Date, used []catalogue.Use) {
	for _, s := range spans {
		var sum points.Tenths
		var times int
		for _, u := range used {
			if s.of(u.On) == s.of(on) {
				sum += u.Tenths.Abs()
				times++
			}
		}
		if c := s.cap(i.Caps); c > 0 && sum == c || i.Unit == s.unit && times > 0 {
			return
		}
	}
	t.Fatalf("%s on %s: refused with %v used", i.Code, on, used)
}
