// Package catalogue holds the 评分细则: what is scored, for how much, how
// often, and on what evidence (policy 三).
package catalogue

import (
	"github.com/xiangfeng/xiangfeng/domain/calendar"
	"github.com/xiangfeng/xiangfeng/domain/points"
)

// Unit is what one scoring is for.
type Unit string

// The units that also limit how often: an item counted by month, quarter or
// year counts once in it (PRODUCT 2.6). Other units (time, day, case …) do not.
const (
	ByMonth   Unit = "month"
	ByQuarter Unit = "quarter"
	ByYear    Unit = "year"
	Once      Unit = "once"
)

// Caps bound what one household can gain or lose by an item; 0 is no cap.
type Caps struct{ Month, Quarter, Year, Ever points.Tenths }

// Item is one row of the catalogue. An event keeps the item as it was when it
// was recorded.
type Item struct {
	Code     string
	Category string
	Title    string
	// Value is what one scoring changes, negative for a misdeed.
	Value points.Tenths
	Unit  Unit
	Caps  Caps
	// Evidence names what a record must bring: a space is and, a bar is or.
	Evidence string
	// WarnFirst says that the household is warned and given time to mend.
	WarnFirst bool
	// Public says whether the line may appear on a public board.
	Public bool
}

// Use is a pending or confirmed scoring of the same household and item.
type Use struct {
	On     calendar.Date
	Tenths points.Tenths
	Event  int64 // the event's id, 0 where nobody asks for it
}

// Room returns what a scoring of want on the given day may still change, with
// want's sign: all of it, what is left under the tightest cap, or 0 for
// nothing. Caps are counted by the day occurred.
func (i Item) Room(on calendar.Date, want points.Tenths, used []Use) points.Tenths {
	room := want.Abs()
	for _, l := range i.limits(on) {
		room = min(room, l.room(want.Abs(), used))
	}
	if want < 0 {
		return -room
	}
	return room
}

// Full is the longest time over which nothing is left for the given day: ByMonth,
// ByQuarter, ByYear, or Once for ever; "" where something is.
func (i Item) Full(on calendar.Date, used []Use) (span Unit) {
	for _, l := range i.limits(on) {
		if l.room(i.Value.Abs(), used) == 0 {
			span = l.span
		}
	}
	return span
}

type limit struct {
	span   Unit
	within func(calendar.Date) bool
	cap    points.Tenths
	once   bool
}

// room is what the limit leaves of what is wanted, without a sign.
func (l limit) room(want points.Tenths, used []Use) points.Tenths {
	var sum points.Tenths
	for _, u := range used {
		if !l.within(u.On) {
			continue
		}
		if l.once {
			return 0
		}
		sum += u.Tenths.Abs()
	}
	if l.cap > 0 {
		return min(want, max(0, l.cap-sum))
	}
	return want
}

func (i Item) limits(on calendar.Date) []limit {
	q := calendar.QuarterOf(on)
	return []limit{
		{ByMonth, func(d calendar.Date) bool { return d.Year == on.Year && d.Month == on.Month }, i.Caps.Month, i.Unit == ByMonth},
		{ByQuarter, q.Contains, i.Caps.Quarter, i.Unit == ByQuarter},
		{ByYear, func(d calendar.Date) bool { return d.Year == on.Year }, i.Caps.Year, i.Unit == ByYear},
		{Once, func(calendar.Date) bool { return true }, i.Caps.Ever, i.Unit == Once},
	}
}
