package calendar

import "time"

// Window is a span of time, From included and Until excluded.
type Window struct {
	From, Until time.Time
}

// Contains reports whether t lies in w.
func (w Window) Contains(t time.Time) bool { return !t.Before(w.From) && t.Before(w.Until) }

// window returns the redemption window of the quarter: its first month.
func (q Quarter) window() Window {
	first := q.First()
	return Window{first.Start(), On(first.Year, first.Month+1, 1).Start()}
}

// WindowOf returns the redemption window that t lies in, a whole January,
// April, July or October in Shanghai, and false outside these months. A
// January that is spent on after its end is told by YearEnd.
func WindowOf(t time.Time) (Window, bool) {
	w := QuarterOf(DateOf(t)).window()
	if !w.Contains(t) {
		return Window{}, false
	}
	return w, true
}

// InRedemptionMonth reports whether t lies in January, April, July or October
// in Shanghai.
func InRedemptionMonth(t time.Time) bool {
	_, in := WindowOf(t)
	return in
}

// NextWindow returns the first redemption window that begins after t. Inside
// a window, its very first instant included, that is the one after.
func NextWindow(t time.Time) Window { return QuarterOf(DateOf(t)).Next().window() }

// GraceUntil returns the instant at which points lapse that were given at t
// to an account already lapsed, by a correction or a reinstatement: the end
// of the first window that begins after t. Given in a window they live to the
// end of the one after, so that nobody gets only the last hours of a window.
func GraceUntil(t time.Time) time.Time { return NextWindow(t).Until }

const (
	lastPunctualSealing = 18 // of January: a later one moves window and lapse
	daysAfterSealing    = 14 // full days to spend after a late sealing
)

// YearEnd tells when the account of a year is spent in the year after and
// when what is left of it lapses.
type YearEnd struct {
	// Spend is the window of the old account. It is zero while the fourth
	// quarter is not published. While that is not sealed, Until is the
	// earliest end there can be.
	Spend Window
	// Lapse is the instant from which nothing of the account can be spent,
	// the end of Spend; while Final is false, the earliest there can be.
	Lapse time.Time
	// Final reports whether the fourth quarter is sealed. Before, nothing
	// lapses, whatever the day.
	Final bool
}

// YearEndOf tells the end of a year's account from the days on which the
// village's fourth quarter was published and sealed, nil where it was not.
//
// The account is spent in January, from the day of publication on, and lapses
// on 1 February at 00:00. Where the quarter was sealed after 18 January,
// window and lapse move: 14 full days follow the day of the sealing, and it
// lapses at 00:00 of the 15th. Sealed on 18 January it lapses on 1 February;
// sealed on the 19th, when 2 February is over.
func YearEndOf(year int, q4Published, q4Sealed *Date) YearEnd {
	lapse := On(year+1, time.February, 1)
	if q4Published == nil {
		return YearEnd{Lapse: lapse.Start()}
	}
	sealed := SealFrom(*q4Published)
	if q4Sealed != nil {
		sealed = *q4Sealed
	}
	if sealed.After(On(year+1, time.January, lastPunctualSealing)) {
		lapse = sealed.AddDays(daysAfterSealing + 1)
	}
	from := later(On(year+1, time.January, 1), *q4Published)
	return YearEnd{
		Spend: Window{from.Start(), lapse.Start()},
		Lapse: lapse.Start(),
		Final: q4Sealed != nil,
	}
}

// Open reports whether the old account can be spent at now. A fourth quarter
// that is published but not sealed keeps it open past the earliest end.
func (e YearEnd) Open(now time.Time) bool {
	if e.Spend == (Window{}) || now.Before(e.Spend.From) {
		return false
	}
	return !e.Final || now.Before(e.Lapse)
}

// Lapsed reports whether what was left of the account has lapsed at now.
func (e YearEnd) Lapsed(now time.Time) bool { return e.Final && !now.Before(e.Lapse) }
