package calendar

// Defaults of the settings that a county or village may change, in days.
const (
	DefaultEventDays     = 60 // an older event is refused
	DefaultObjectionDays = 30 // a sealed line can be objected to this long
)

const (
	wallDays        = 7 // that a sheet hangs before it is sealed
	wallWorkingDays = 3 // that must be among them
	appealDays      = 10
)

// PublishBy returns the last punctual day to assess and publish q: the third
// working day of the next quarter. Its first day counts if it is worked.
func PublishBy(q Quarter) Date { return NthWorkingDay(q.Next().First(), 3) }

// LateFrom returns the day from which a village that has not published q is
// shown to the township: the 11th of the next quarter.
func LateFrom(q Quarter) Date { return q.Next().First().AddDays(10) }

// SealFrom returns the first day, from 00:00 on, on which a sheet published
// on the given day may be sealed: it has then hung for 7 calendar days with at
// least 3 working days among them, each to its end. The day of publication is
// day 1, whatever the hour: published on 4 October, it hangs from the 4th to
// the 10th and may be sealed on the 11th. Where the 7 days hold fewer than 3
// working days it hangs on to the end of the third. A sheet published anew
// starts again.
func SealFrom(published Date) Date {
	full := published.AddDays(wallDays)
	worked := NthWorkingDay(published, wallWorkingDays).AddDays(1)
	return later(full, worked)
}

// AcceptBy returns the last punctual day to accept a dispute: the first
// working day after the day of filing.
func AcceptBy(filed Date) Date { return AddWorkingDays(filed, 1) }

// PromisedBy returns the day promised for the decision of a dispute: the
// fourth working day after the day of filing, itself included.
func PromisedBy(filed Date) Date { return AddWorkingDays(filed, 4) }

// ExtendedBy returns the promised day of a dispute that was extended: the
// seventh working day after the day of filing. It is extended once only.
func ExtendedBy(filed Date) Date { return AddWorkingDays(filed, 7) }

// AppealUntil returns the last day on which a decision can be taken to the
// township: the tenth day after the day of the decision.
func AppealUntil(decided Date) Date { return decided.AddDays(appealDays) }

// TownshipBy returns the last punctual day of the township to decide an
// appeal: the fifth working day after the day on which it was made.
func TownshipBy(appealed Date) Date { return AddWorkingDays(appealed, 5) }

// TooOld reports whether an event that occurred on a day is older than days
// (DefaultEventDays) when it is recorded: an event of exactly that age still
// counts. A phone that was offline records on the day it reaches the server.
func TooOld(occurred, recorded Date, days int) bool {
	return occurred.DaysUntil(recorded) > days
}

// ObjectionUntil returns the last day on which a line of a quarter sealed on
// the given day can be objected to: days (DefaultObjectionDays) after it.
func ObjectionUntil(sealed Date, days int) Date { return sealed.AddDays(days) }
