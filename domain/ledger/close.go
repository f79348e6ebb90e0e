package ledger

import (
	"time"

	"github.com/xiangfeng/xiangfeng/domain/calendar"
	"github.com/xiangfeng/xiangfeng/domain/fault"
)

// Close ends an account after its last window: what was not spent lapses, a
// claim below 0 is written off, and the account is closed at 0 (PRODUCT 2.4,
// 2.11, 2.14). It refuses with TooEarly before the lapse, and with Blocked
// while a reservation is open.
func Close(h Head, a Account, p Progress, end calendar.YearEnd, now time.Time) (Posted, error) {
	if a.State != Open {
		return Posted{}, fault.With(fault.AccountClosed, fault.Facts{Account: int64(a.ID)})
	}
	if !end.Lapsed(now) || !p.IsSealed(calendar.Quarter{Year: a.Year, N: 4}) {
		return Posted{}, fault.Refuse(fault.TooEarly)
	}
	if a.Reserved != 0 {
		return Posted{}, fault.With(fault.Blocked, fault.Facts{Account: int64(a.ID)})
	}
	return empty(h, a, p, calendar.DateOf(end.Lapse), now), nil
}

// Expire lets what a closed account was given lapse when its grace is over.
// It refuses with TooEarly before.
func Expire(h Head, a Account, p Progress, now time.Time) (Posted, error) {
	if a.State != Closed || a.Grace.IsZero() || now.Before(a.Grace) {
		return Posted{}, fault.Refuse(fault.TooEarly)
	}
	if a.Reserved != 0 {
		return Posted{}, fault.With(fault.Blocked, fault.Facts{Account: int64(a.ID)})
	}
	return empty(h, a, p, calendar.DateOf(a.Grace), now), nil
}

// Settle brings an account to where the calendar has it at now, before
// anything is posted to it: an account whose lapse has come is closed, and what
// a closed one was given lapses when its grace is over, also where the job that
// does so is late. An account that is where it should be is returned as it is.
func Settle(h Head, a Account, p Progress, end calendar.YearEnd, now time.Time) (Posted, error) {
	switch {
	case a.State == Open && end.Lapsed(now):
		return Close(h, a, p, end, now)
	case a.State == Closed && !a.Grace.IsZero() && !now.Before(a.Grace):
		return Expire(h, a, p, now)
	}
	return Posted{Head: h, Account: a}, nil
}

func empty(h Head, a Account, p Progress, on calendar.Date, now time.Time) Posted {
	b := Posted{Head: h, Account: a}
	b.Account.State, b.Account.Grace = Closed, time.Time{}
	switch settled := a.Settled; {
	case settled > 0:
		b.add(p, Draft{Kind: Lapse, Tenths: -settled, CountsIn: calendar.QuarterOf(on), OccurredOn: on}, now)
	case settled < 0:
		b.add(p, writeOff(-settled, on, 0), now)
	}
	return b
}

// Merging is what stands in the way of a merge besides the accounts themselves.
type Merging struct{ OpenDispute bool }

// Merge moves the claim of one account, also one below 0, to the account of
// the household that goes on, which keeps its score. The account that ends
// takes no more part; what its open quarter still brings is passed on by
// calling Merge again after the seal, and what a later correction gives or
// takes likewise, also when the other account has been closed by then: there
// it is what any posting on a closed account is. It refuses with Blocked while
// a published quarter is not sealed, a dispute is open or points are reserved
// (PRODUCT 2, the life of a household), and with Invalid two accounts that do
// not fit together.
func Merge(h Head, from, into Account, p Progress, m Merging, on calendar.Date, at time.Time) (out, in Posted, err error) {
	if !mergeable(from, into) {
		return Posted{}, Posted{}, fault.Refuse(fault.Invalid)
	}
	if p.Published != (calendar.Quarter{}) || m.OpenDispute || from.Reserved != 0 || into.Reserved != 0 {
		return Posted{}, Posted{}, fault.Refuse(fault.Blocked)
	}
	claim := from.Settled
	from.State = Merged
	out, in = Posted{Head: h, Account: from}, Posted{Head: h, Account: into}
	if claim == 0 {
		return out, in, nil
	}
	d := Draft{Kind: Transfer, Tenths: -claim, CountsIn: calendar.QuarterOf(on), OccurredOn: on}
	out.add(p, d, at)
	d.Tenths, d.Corrects = claim, out.Entries[0].Seq
	in.Head = out.Head
	in.add(p, d, at)
	if into.State == Closed {
		in.tidy(p, d, at)
	}
	return out, in, nil
}

// mergeable tells whether the claim of one account can go over to the other: a
// closed one takes only what a household that merged before still brings.
func mergeable(from, into Account) bool {
	if from.ID == into.ID || from.Year != into.Year || from.Village != into.Village {
		return false
	}
	return into.State == Open && from.State != Closed || into.State == Closed && from.State == Merged
}
