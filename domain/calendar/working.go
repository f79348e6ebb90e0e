package calendar

import (
	"slices"
	"time"
)

//go:generate go test -run TestFestivals . -update

// notice is what the General Office of the State Council published for a
// year: the days off and the weekend days worked in exchange.
type notice struct {
	year   int
	number string
	off    []run
	work   []monthDay
}

// run is the days from first to last of one month.
type run struct {
	month       time.Month
	first, last int
}

type monthDay struct {
	month time.Month
	day   int
}

// The festivals of a year in the table; spring is the first day of the year.
const (
	spring = iota
	qingming
	dragonBoat
	midAutumn
)

// The notices word for word, save that a holiday across two months stands as
// two runs. The eve of the Spring Festival of 2024 (9 February) was only
// recommended as a day off and is a working day. Add a year's notice here when
// it appears, usually in November.
var notices = []notice{
	{
		year: 2024, number: "国办发明电〔2023〕7号",
		off: []run{
			{1, 1, 1}, {2, 10, 17}, {4, 4, 6}, {5, 1, 5}, {6, 10, 10}, {9, 15, 17}, {10, 1, 7},
		},
		work: []monthDay{{2, 4}, {2, 18}, {4, 7}, {4, 28}, {5, 11}, {9, 14}, {9, 29}, {10, 12}},
	},
	{
		year: 2025, number: "国办发明电〔2024〕12号",
		off: []run{
			{1, 1, 1}, {1, 28, 31}, {2, 1, 4}, {4, 4, 6}, {5, 1, 5}, {5, 31, 31}, {6, 1, 2}, {10, 1, 8},
		},
		work: []monthDay{{1, 26}, {2, 8}, {4, 27}, {9, 28}, {10, 11}},
	},
	{
		year: 2026, number: "国办发明电〔2025〕7号",
		off: []run{
			{1, 1, 3}, {2, 15, 23}, {4, 4, 6}, {5, 1, 5}, {6, 19, 21}, {9, 25, 27}, {10, 1, 7},
		},
		work: []monthDay{{1, 4}, {2, 14}, {2, 28}, {5, 9}, {9, 20}, {10, 10}},
	},
}

// published maps each year with a notice to its number.
var published = func() map[int]string {
	numbers := make(map[int]string, len(notices))
	for _, n := range notices {
		numbers[n.year] = n.number
	}
	return numbers
}()

// exceptions says of each day that a notice names whether it is worked.
var exceptions = func() map[Date]bool {
	days := make(map[Date]bool)
	for _, n := range notices {
		for _, r := range n.off {
			for day := r.first; day <= r.last; day++ {
				days[On(n.year, r.month, day)] = false
			}
		}
		for _, w := range n.work {
			days[On(n.year, w.month, w.day)] = true
		}
	}
	return days
}()

// Published reports whether the working days of a year rest on a published
// notice; otherwise they follow the rule that WorkingDay states.
func Published(year int) bool { return Notice(year) != "" }

// Notice returns the number of the notice that a year's working days rest
// on, such as "国办发明电〔2025〕7号", and "" where there is none.
func Notice(year int) string { return published[year] }

// WorkingDay reports whether d is a working day of China's calendar.
//
// In a year with a published notice the notice decides. In any other year
// Monday to Friday are worked except the 13 days of 全国年节及纪念日放假办法
// as revised in 2024: 1 January, the eve and the first three days of the
// Spring Festival, Qingming, 1 and 2 May, the Dragon Boat and the Mid-Autumn
// Festival, 1 to 3 October. Neither weekends worked in exchange nor days off
// in lieu of a holiday on a weekend are guessed. The moving festivals are
// known for 2025 to 2050; outside these years only the fixed days are off.
func WorkingDay(d Date) bool {
	if worked, named := exceptions[d]; named {
		return worked
	}
	if day := d.Weekday(); day == time.Saturday || day == time.Sunday {
		return false
	}
	return Published(d.Year) || !statutory(d)
}

// fixed are the law's holidays that stand in the solar calendar.
var fixed = []monthDay{{1, 1}, {5, 1}, {5, 2}, {10, 1}, {10, 2}, {10, 3}}

// statutory reports whether d is one of the 13 holidays that the law names.
func statutory(d Date) bool {
	today := monthDay{d.Month, d.Day}
	if slices.Contains(fixed, today) {
		return true
	}
	f, known := festivals[d.Year]
	if !known {
		return false
	}
	sinceSpring := On(d.Year, f[spring].month, f[spring].day).DaysUntil(d)
	if -1 <= sinceSpring && sinceSpring <= 2 {
		return true
	}
	return today == f[qingming] || today == f[dragonBoat] || today == f[midAutumn]
}

// AddWorkingDays returns the n-th working day after d, and d itself where n
// is not positive. The day d does not count, worked or not.
func AddWorkingDays(d Date, n int) Date {
	for n > 0 {
		d = d.AddDays(1)
		if WorkingDay(d) {
			n--
		}
	}
	return d
}

// NthWorkingDay returns the n-th working day on or after first, n from 1.
func NthWorkingDay(first Date, n int) Date {
	return AddWorkingDays(first.AddDays(-1), n)
}

// WorkingDaysBetween counts the working days after the day after, up to and
// with the day until; 0 where until is not later. So
// WorkingDaysBetween(d, AddWorkingDays(d, n)) is n.
func WorkingDaysBetween(after, until Date) int {
	count := 0
	for after.Before(until) {
		after = after.AddDays(1)
		if WorkingDay(after) {
			count++
		}
	}
	return count
}
