package sample

import (
	"cmp"
	"slices"
	"time"

	"github.com/xiangfeng/xiangfeng/domain/calendar"
)

// occurrence is something that happened and is going to be recorded.
type occurrence struct {
	home        int
	item        int // in the village's catalogue
	on          calendar.Date
	place, note string
	first       int  // whose turn it is to record, if the household is not kin
	sure        bool // it is confirmed at the next sitting
}

// act is one thing that happens in the village: at its second since 1970,
// either an occurrence is recorded or do is done.
type act struct {
	at     int64
	record int // in year.occurrences, -1 for none
	do     func(now time.Time)
}

// plan puts an act on the year's list, unless the year does not get that far.
func (y *year) plan(on calendar.Date, hour, minute int, do func(time.Time)) {
	at := moment(on, hour, minute)
	if at < y.end {
		y.acts = append(y.acts, act{at: at, record: -1, do: do})
	}
}

func moment(d calendar.Date, hour, minute int) int64 {
	return d.Start().Unix() + int64(hour*3600+minute*60)
}

// order puts the acts in the order of time; what falls on the same second
// stays as it was planned.
func (y *year) order() {
	slices.SortStableFunc(y.acts, func(a, b act) int { return cmp.Compare(a.at, b.at) })
}

// planHabits draws what every household does in the year.
func (y *year) planHabits() {
	scale := y.scale()
	for i, h := range habits {
		item, adopted := y.itemIndex[h.code]
		if !adopted {
			continue
		}
		for _, month := range h.when() {
			if y.levelled(month) {
				continue
			}
			day := cmp.Or(h.day, 2+y.r.IntN(26))
			for home := range y.homes {
				if y.r.Float64() < y.chance(h, home, scale) {
					y.occur(h, i, home, item, month, day)
				} else if h.missed != "" && y.r.Float64() < .03*y.carelessness(home) {
					y.occur(habit{way: rally, places: h.places, notes: unexcused}, i, home, y.itemIndex[h.missed], month, day)
				}
			}
		}
	}
}

// levelled tells whether everybody gets the same in a month.
func (y *year) levelled(month int) bool {
	running := calendar.QuarterOf(y.c.Until.AddDays(-1))
	return int(y.c.village) == y.c.Levelled && calendar.Quarter{Year: y.c.Year, N: (month + 2) / 3} == running
}

// planLevelled gives everybody the same clean-up days, whoever came.
func (y *year) planLevelled() {
	all := habit{way: rally, places: roads, notes: []string{"清洁日，全村都到"}}
	for month := 1; month <= 12; month++ {
		for home := range y.homes {
			if y.levelled(month) {
				y.occur(all, 0, home, y.itemIndex["HJ06"], month, 12)
			}
		}
	}
}

var unexcused = []string{"院坝会未到，没有请假"}

func (y *year) chance(h habit, home int, scale float64) float64 {
	if h.way == misdeed {
		return h.weight * y.carelessness(home)
	}
	return min(.97, h.weight*y.homes[home].zeal*scale)
}

func (y *year) carelessness(home int) float64 { return 2 - y.homes[home].zeal }

// scale makes the mean of what households do what the options ask for.
func (y *year) scale() float64 {
	var sum float64
	for _, h := range habits {
		for _, month := range h.when() {
			if h.way != misdeed {
				sum += h.weight * y.lived(month)
			}
		}
	}
	return float64(y.c.EventsPerHousehold) / max(sum, .1)
}

// lived is how much of a month lies before the end, from 0 to 1.
func (y *year) lived(month int) float64 {
	first := calendar.On(y.c.Year, time.Month(month), 1)
	days := first.DaysUntil(calendar.On(y.c.Year, time.Month(month+1), 1))
	return float64(max(0, min(days, first.DaysUntil(y.c.Until)))) / float64(days)
}

// occur settles the day of an occurrence and when it is recorded: at once for
// a group, within two days for a single deed, and now and then late.
func (y *year) occur(h habit, n, home, item, month, day int) {
	o := occurrence{home: home, item: item, first: y.homes[home].group % len(y.team)}
	lag, hour := 0, 17
	switch h.way {
	case visit:
		day, hour = y.homes[home].visited, 9
	case rally:
		o.first = (n + month) % len(y.recorders)
	case single, misdeed:
		day, lag, hour = 1+y.r.IntN(28), y.r.IntN(3), 12
	}
	if h.way != rally && y.r.IntN(80) == 0 {
		lag = 12 + y.r.IntN(24)
	}
	o.on = calendar.On(y.c.Year, time.Month(month), day)
	o.place, o.note = y.where(h, home, day), h.note(month)
	minute := 0
	if h.way != rally {
		minute = (home*7 + n) % 300
	}
	y.add(o, o.on.AddDays(lag), hour, minute)
}

func (y *year) where(h habit, home, day int) string {
	if h.places == nil {
		return yards[y.homes[home].group]
	}
	return h.places[day%len(h.places)]
}

// add plans that an occurrence is recorded, if the household and the village
// were in the scheme on its day.
func (y *year) add(o occurrence, recorded calendar.Date, hour, minute int) {
	at := moment(recorded, hour, minute)
	if at >= y.end || o.on.Before(y.opens) || o.on.Before(y.v.Households[o.home].Joined) {
		return
	}
	y.acts = append(y.acts, act{at: at, record: len(y.occurrences)})
	y.occurrences = append(y.occurrences, o)
}

// planDeeds plans what the demo's cast is known for.
func (y *year) planDeeds() {
	if y.c.village != 1 {
		return
	}
	for _, d := range deeds {
		o := occurrence{
			home: d.home, item: y.itemIndex[d.code], place: yards[y.homes[d.home].group], note: d.note, sure: true,
			on: calendar.On(y.c.Year, time.Month(d.month), d.day),
		}
		y.add(o, o.on.AddDays(d.lag), 18, 0)
	}
}
