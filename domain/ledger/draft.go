package ledger

import (
	"cmp"
	"slices"
	"time"

	"github.com/xiangfeng/xiangfeng/domain/calendar"
	"github.com/xiangfeng/xiangfeng/domain/fault"
	"github.com/xiangfeng/xiangfeng/domain/household"
	"github.com/xiangfeng/xiangfeng/domain/points"
)

// ReturnDays is how many days goods can be brought back after they were handed over.
const ReturnDays = 7

// Start is the base of a new year: 100 points, on 1 January or on the day the
// household joined (policy 四(一)).
func Start(on calendar.Date) Draft {
	return Draft{Kind: BaseKind, Tenths: points.Base, CountsIn: calendar.QuarterOf(on), OccurredOn: on}
}

// By names who proposed and who agreed to what two persons decide.
type By struct{ Recorder, Confirmer household.PersonID }

// check refuses with SamePerson where the two are not two.
func (b By) check() error {
	if b.Recorder == 0 || b.Confirmer == 0 {
		return fault.Refuse(fault.Forbidden)
	}
	if b.Recorder == b.Confirmer {
		return fault.Refuse(fault.SamePerson)
	}
	return nil
}

// Correct makes target stand as the given amount, by an entry of the
// difference that counts where target counts. corrected says that target has
// a correction already: then that one is to be corrected (PRODUCT 2.2).
func Correct(target Entry, corrected bool, standsAs points.Tenths, on calendar.Date, reason string, by By) (Draft, error) {
	if err := by.check(); err != nil {
		return Draft{}, err
	}
	switch target.Kind {
	case Opening, EventKind, Award, Correction:
	default:
		return Draft{}, fault.Refuse(fault.Invalid)
	}
	if corrected {
		return Draft{}, fault.With(fault.Corrected, fault.Facts{Line: target.Line, Seq: int64(target.Seq)})
	}
	if standsAs == target.Tenths || reason == "" {
		return Draft{}, fault.Refuse(fault.Invalid)
	}
	return Draft{
		Kind: Correction, Root: target.Root, Tenths: standsAs - target.Tenths, CountsIn: target.CountsIn, OccurredOn: on,
		Corrects: target.Seq, Event: target.Event, Item: target.Item, Title: target.Title, Reason: reason,
		Recorder: by.Recorder, Confirmer: by.Confirmer,
	}, nil
}

// Purse is an account as it is asked to pay.
type Purse struct {
	Account  Account
	Progress Progress
	End      calendar.YearEnd
}

// Spend splits an amount over the accounts that can be spent at now, the
// older first, and returns one redemption an account, aligned with purses;
// the zero Draft for an account that pays nothing. It refuses with
// WindowClosed where none can be spent, and with Insufficient where they do
// not cover the amount; the facts say why: need > max(0, claim − held).
func Spend(purses []Purse, amount points.Tenths, now time.Time, title string, by By) ([]Draft, error) {
	if err := by.check(); err != nil {
		return nil, err
	}
	if amount <= 0 || amount > points.Limit {
		return nil, fault.Refuse(fault.Invalid)
	}
	on := calendar.DateOf(now)
	facts := fault.Facts{Need: int64(amount)}
	drafts := make([]Draft, len(purses))
	left, open := amount, false
	for _, i := range olderFirst(purses) {
		u := purses[i]
		if !u.Account.Spendable(u.End, now) {
			continue
		}
		open = true
		facts.Claim += int64(max(0, u.Account.Claim()))
		facts.Held += int64(min(u.Account.Held(u.Progress), max(0, u.Account.Claim())))
		part := min(left, u.Account.Redeemable(u.Progress))
		if part <= 0 {
			continue
		}
		left -= part
		drafts[i] = Draft{
			Kind: Redemption, Tenths: -part, CountsIn: calendar.QuarterOf(on), OccurredOn: on, Title: title,
			Recorder: by.Recorder, Confirmer: by.Confirmer,
		}
	}
	if !open {
		return nil, fault.With(fault.WindowClosed, facts)
	}
	if left > 0 {
		return nil, fault.With(fault.Insufficient, facts)
	}
	return drafts, nil
}

// olderFirst is the order in which purses pay: by year, else as they are given.
func olderFirst(purses []Purse) []int {
	order := make([]int, len(purses))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(i, j int) int { return cmp.Compare(purses[i].Account.Year, purses[j].Account.Year) })
	return order
}

// GiveBack returns part of a redemption to the account it was spent from,
// within ReturnDays. returned is what came back of it before. It refuses with
// TooLate after that, with AccountClosed where the account has lapsed: then
// goods are exchanged, or Reinstate (PRODUCT 2.11), and with Invalid where the
// redemption is not the account's. What a merged account gets so is passed on
// by calling Merge again.
func GiveBack(a Account, redemption Entry, returned, amount points.Tenths, on calendar.Date, by By) (Draft, error) {
	if a.State == Closed {
		return Draft{}, fault.With(fault.AccountClosed, fault.Facts{Account: int64(a.ID)})
	}
	return bringBack(Return, a, redemption, returned, amount, on, "", by)
}

// Reinstate gives back, instead of a return, what was spent from an account
// that has lapsed since; by two persons, redeemable until the end of the next
// window (PRODUCT 2.11).
func Reinstate(a Account, redemption Entry, returned, amount points.Tenths, on calendar.Date, reason string, by By) (Draft, error) {
	if a.State != Closed || reason == "" {
		return Draft{}, fault.Refuse(fault.Invalid)
	}
	return bringBack(Reinstatement, a, redemption, returned, amount, on, reason, by)
}

func bringBack(k Kind, a Account, redemption Entry, returned, amount points.Tenths, on calendar.Date, reason string, by By) (Draft, error) {
	if err := by.check(); err != nil {
		return Draft{}, err
	}
	days := redemption.OccurredOn.DaysUntil(on)
	if redemption.Kind != Redemption || redemption.Account != a.ID || days < 0 || amount <= 0 || amount > -redemption.Tenths-returned {
		return Draft{}, fault.Refuse(fault.Invalid)
	}
	if days > ReturnDays {
		return Draft{}, fault.Refuse(fault.TooLate)
	}
	return Draft{
		Kind: k, Tenths: amount, CountsIn: calendar.QuarterOf(on), OccurredOn: on, Corrects: redemption.Seq,
		Title: redemption.Title, Reason: reason, Recorder: by.Recorder, Confirmer: by.Confirmer,
	}, nil
}

// Reward is the shopkeeper's yearly service award: redeemable, not ranked.
func Reward(t points.Tenths, on calendar.Date, title string, by By) (Draft, error) {
	if err := by.check(); err != nil {
		return Draft{}, err
	}
	if t <= 0 {
		return Draft{}, fault.Refuse(fault.Invalid)
	}
	return Draft{
		Kind: Award, Tenths: t, CountsIn: calendar.QuarterOf(on), OccurredOn: on, Title: title,
		Recorder: by.Recorder, Confirmer: by.Confirmer,
	}, nil
}

// FromPaper is what a household earned on paper in the year before its village
// started, by two persons.
func FromPaper(t points.Tenths, on calendar.Date, title string, by By) (Draft, error) {
	if err := by.check(); err != nil {
		return Draft{}, err
	}
	return Draft{
		Kind: Opening, Tenths: t, CountsIn: calendar.QuarterOf(on), OccurredOn: on, Title: title,
		Recorder: by.Recorder, Confirmer: by.Confirmer,
	}, nil
}
