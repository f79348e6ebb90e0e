package ledger

import (
	"time"

	"github.com/xiangfeng/xiangfeng/domain/calendar"
	"github.com/xiangfeng/xiangfeng/domain/fault"
	"github.com/xiangfeng/xiangfeng/domain/household"
	"github.com/xiangfeng/xiangfeng/domain/points"
	"github.com/xiangfeng/xiangfeng/domain/village"
)

// State says whether an account still opens to new lines.
type State string

// The states of an account.
const (
	Open   State = "open"
	Closed State = "closed" // after its last window; it ends at 0 (PRODUCT 2.14)
	Merged State = "merged" // the household's claim goes to another account
)

// Account is what a household's year holds. Score and claim are two sums over
// the same entries and are never computed from one another (PRODUCT 2.4).
type Account struct {
	ID        AccountID
	Household household.ID
	Village   village.ID
	Year      int
	State     State
	// Lines is how many entries the account has: the number of its newest line.
	Lines int
	// Score alone decides the rank.
	Score points.Tenths
	// Waiting is, for each quarter of the year, the sum of the lines that count
	// in it while it is not sealed; 0 once it is.
	Waiting [4]points.Tenths
	// Settled is what reached the claim, before reservations.
	Settled points.Tenths
	// Reserved is held by open reservations.
	Reserved points.Tenths
	// WrittenOff is how much of a claim below 0 was let go and not undone.
	WrittenOff points.Tenths
	// Grace is until when a closed account that was given points can be
	// spent; zero where there is nothing to spend.
	Grace time.Time
}

// Progress is how far a village's quarters have come. It is passed to the
// ledger as a value.
type Progress struct {
	Sealed    calendar.Quarter // the newest sealed quarter; zero before the first
	Published calendar.Quarter // published and not yet sealed; zero for none
}

// IsSealed tells whether q and so everything before it is sealed.
func (p Progress) IsSealed(q calendar.Quarter) bool { return q.Index() <= p.Sealed.Index() }

// CountsIn is the quarter in which an event of the day counts: its own while
// that is not published, else, recorded late (补记), the first that is not
// (PRODUCT 2.3).
func (p Progress) CountsIn(on calendar.Date) (q calendar.Quarter, late bool) {
	q = calendar.QuarterOf(on)
	newest := max(p.Sealed.Index(), p.Published.Index())
	if q.Index() > newest {
		return q, false
	}
	return calendar.FromIndex(newest + 1), true
}

// Days are the first and the last day whose events count in q as things are:
// its own, and for the first that is not published all days before it too, then
// from is zero. ok is false for a quarter that is published.
func (p Progress) Days(q calendar.Quarter) (from, to calendar.Date, ok bool) {
	newest := max(p.Sealed.Index(), p.Published.Index())
	switch {
	case q.Index() <= newest:
		return from, to, false
	case q.Index() == newest+1:
		return from, q.Last(), true
	}
	return q.First(), q.Last(), true
}

// Claim is what the account has come to, before what a published quarter
// takes away. It may lie below 0 (PRODUCT 2.4).
func (a Account) Claim() points.Tenths { return a.Settled - a.Reserved }

// Held is what the published, not yet sealed quarter takes away in sum, 0
// where it adds. A village's first sheet carries what waits from before it.
func (a Account) Held(p Progress) points.Tenths {
	var sum points.Tenths
	for i := range a.Waiting {
		if (calendar.Quarter{Year: a.Year, N: i + 1}).Index() <= p.Published.Index() {
			sum += a.Waiting[i]
		}
	}
	return max(0, -sum)
}

// Redeemable is what can be given for goods, when it can be spent at all:
// max(0, claim − held).
func (a Account) Redeemable(p Progress) points.Tenths { return max(0, a.Claim()-a.Held(p)) }

// Spendable tells whether the account can be spent at now: this year's in
// April, July and October, last year's in its year-end window, a closed one
// that was given points in any window before its grace ends (PRODUCT 2.11).
func (a Account) Spendable(end calendar.YearEnd, now time.Time) bool {
	year := calendar.DateOf(now).Year
	inMonth := calendar.InRedemptionMonth(now)
	switch {
	case a.State == Merged:
		return false
	case a.State == Closed:
		return inMonth && now.Before(a.Grace)
	case a.Year == year:
		return inMonth && calendar.DateOf(now).Month != time.January
	case a.Year == year-1:
		return end.Open(now)
	default:
		return false
	}
}

// Seal lets the lines of the quarter, and whatever still waits from before it,
// reach the claim: the same lines that Progress.IsSealed then calls sealed. A
// village's first sheet may have such lines from the quarter before the start.
func (a Account) Seal(q calendar.Quarter) Account {
	for i := range a.Waiting {
		if (calendar.Quarter{Year: a.Year, N: i + 1}).Index() <= q.Index() {
			a.Settled += a.Waiting[i]
			a.Waiting[i] = 0
		}
	}
	return a
}

// Reserve holds an amount for a reservation. The caller has seen that it can
// be spent; Insufficient where it cannot be covered.
func (a Account) Reserve(amount points.Tenths, p Progress) (Account, error) {
	if amount <= 0 {
		return a, fault.Refuse(fault.Invalid)
	}
	if amount > a.Redeemable(p) {
		return a, a.insufficient(amount, p)
	}
	a.Reserved += amount
	return a, nil
}

// Release lets a reservation go, when it expires or is turned into a redemption.
func (a Account) Release(amount points.Tenths) (Account, error) {
	if amount <= 0 || amount > a.Reserved {
		return a, fault.Refuse(fault.Invalid)
	}
	a.Reserved -= amount
	return a, nil
}

func (a Account) insufficient(need points.Tenths, p Progress) error {
	return fault.With(fault.Insufficient, fault.Facts{
		Account: int64(a.ID), Need: int64(need), Claim: int64(a.Claim()), Held: int64(a.Held(p)),
	})
}

// take lets one change of the root kind reach the totals.
func (a Account) take(root Kind, t points.Tenths, q calendar.Quarter, p Progress) Account {
	if (Entry{Root: root}).Scored() {
		a.Score += t
	}
	switch {
	case waits(root) && !p.IsSealed(q):
		a.Waiting[q.N-1] += t
	case claims(root):
		a.Settled += t
	}
	return a
}
