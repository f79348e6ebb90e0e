// Package calendar holds the time of the scheme: days and quarters in
// Shanghai, China's working days, the timetable that a quarter and a dispute
// keep, and the windows in which points are spent. It reads no clock; now is
// always an argument.
package calendar

import (
	"fmt"
	"time"
)

// Shanghai is the only time zone of the scheme, +08:00 all year round. It
// equals the tz database's Asia/Shanghai from 1992 on; a fixed zone needs no
// tzdata on the host.
var Shanghai = time.FixedZone("Asia/Shanghai", 8*60*60)

// Date is a day in Shanghai. It is comparable and may be a map key; the zero
// Date is no day. Make one with On, DateOf or ParseDate, which yield only days
// that exist.
type Date struct {
	Year  int
	Month time.Month
	Day   int
}

// On returns the given day; what lies outside a month carries over, so that
// On(2026, 2, 30) is 2 March.
func On(year int, month time.Month, day int) Date {
	return fromUTC(time.Date(year, month, day, 0, 0, 0, 0, time.UTC))
}

// DateOf returns the day that it is in Shanghai at t, whatever t's own zone.
func DateOf(t time.Time) Date {
	return fromUTC(t.In(Shanghai))
}

// ParseDate reads "2026-11-24". It fails on anything else, 30 February too.
func ParseDate(s string) (Date, error) {
	t, err := time.Parse(time.DateOnly, s)
	if err != nil {
		return Date{}, fmt.Errorf("calendar: %q is not a date like 2026-11-24", s)
	}
	return fromUTC(t), nil
}

func fromUTC(t time.Time) Date {
	year, month, day := t.Date()
	return Date{year, month, day}
}

// IsZero reports whether d is no day at all.
func (d Date) IsZero() bool { return d == Date{} }

// String returns "2026-11-24", which sorts as the days do in the years 0 to 9999.
func (d Date) String() string {
	return fmt.Sprintf("%04d-%02d-%02d", d.Year, d.Month, d.Day)
}

// Start returns 00:00 in Shanghai, the first instant of the day.
func (d Date) Start() time.Time {
	return time.Date(d.Year, d.Month, d.Day, 0, 0, 0, 0, Shanghai)
}

// AddDays returns the day n days later, earlier where n is negative.
func (d Date) AddDays(n int) Date { return On(d.Year, d.Month, d.Day+n) }

// DaysUntil returns the number of days from d to other, negative where other
// is earlier.
func (d Date) DaysUntil(other Date) int {
	// In seconds, because a Duration ends after 292 years.
	return int((other.Start().Unix() - d.Start().Unix()) / (24 * 60 * 60))
}

// Weekday returns the day of the week.
func (d Date) Weekday() time.Weekday { return d.Start().Weekday() }

// Compare returns -1, 0 or +1 as d is before, the same as or after other.
func (d Date) Compare(other Date) int { return d.Start().Compare(other.Start()) }

// Before reports whether d is an earlier day than other.
func (d Date) Before(other Date) bool { return d.Compare(other) < 0 }

// After reports whether d is a later day than other.
func (d Date) After(other Date) bool { return d.Compare(other) > 0 }

func later(a, b Date) Date {
	if a.Before(b) {
		return b
	}
	return a
}
