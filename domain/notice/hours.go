package notice

import (
	"time"

	"github.com/xiangfeng/xiangfeng/domain/calendar"
)

// What is told without asking is told by day only (PRODUCT 4): from 8:30 on,
// and no more at 20:00, in Shanghai.
const (
	opens  = 8*time.Hour + 30*time.Minute
	closes = 20 * time.Hour
)

// MayGo tells whether people may be told something at now.
func MayGo(now time.Time) bool {
	since := now.Sub(calendar.DateOf(now).Start())
	return since >= opens && since < closes
}

// NextGo is the first instant from t on at which people may be told something,
// t itself where they may.
func NextGo(t time.Time) time.Time {
	if MayGo(t) {
		return t
	}
	d := calendar.DateOf(t)
	if t.Sub(d.Start()) >= closes {
		d = d.AddDays(1)
	}
	return d.Start().Add(opens)
}

// midnight is when the platform's quotas of the day of t end.
func midnight(t time.Time) time.Time { return calendar.DateOf(t).AddDays(1).Start() }
