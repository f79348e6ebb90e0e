package dispute

import (
	"slices"
	"strings"

	"github.com/xiangfeng/xiangfeng/domain/calendar"
	"github.com/xiangfeng/xiangfeng/domain/fault"
	"github.com/xiangfeng/xiangfeng/domain/record"
)

// MayAnswer refuses with NotFound who does not belong to the household; its
// helper may go on with what the helper filed.
func (d Dispute) MayAnswer(s Scene) error {
	if slices.Contains(s.Staff.Households, d.Household) || s.Helper && d.FiledBy == s.Staff.Person {
		return nil
	}
	return fault.Refuse(fault.NotFound)
}

// Withdraw takes it back. It refuses with NotFound who is not of the household,
// and with Conflict what the village has decided and nobody has appealed.
func (d Dispute) Withdraw(s Scene) (Dispute, error) {
	if err := d.MayAnswer(s); err != nil {
		return d, err
	}
	if !d.State.Undecided() {
		return d, fault.Refuse(fault.Conflict)
	}
	d.State, d.ClosedAt = Withdrawn, s.Now
	if d.Decision.By != 0 {
		d.State = Closed // what the village has decided counts
	}
	return d, nil
}

// Nudge asks who must act to do so, once a day (催一下). It refuses with NotFound
// who is not of the household, with Conflict where nobody must act, and with
// TooEarly the second time on a day.
func (d Dispute) Nudge(s Scene) (Dispute, error) {
	if err := d.MayAnswer(s); err != nil {
		return d, err
	}
	if !d.State.Undecided() {
		return d, fault.Refuse(fault.Conflict)
	}
	if d.NudgedOn == s.today() {
		return d, fault.With(fault.TooEarly, fault.Facts{Day: s.today().AddDays(1).String()})
	}
	d.NudgedOn = s.today()
	return d, nil
}

// Agree accepts the village's decision (认可). It refuses with NotFound who is
// not of the household, and with Conflict where nothing waits for them.
func (d Dispute) Agree(s Scene) (Dispute, error) {
	if err := d.MayAnswer(s); err != nil {
		return d, err
	}
	if d.State != Decided {
		return d, fault.Refuse(fault.Conflict)
	}
	d.State, d.ClosedAt = Closed, s.Now
	return d, nil
}

// TakeUp appeals to the township (不服，请镇上看). It refuses with NotFound who is
// not of the household, with Conflict where nothing is decided or the township
// has decided, with TooLate after the tenth day and with Invalid without words.
func (d Dispute) TakeUp(s Scene, words string) (Dispute, error) {
	if err := d.MayAnswer(s); err != nil {
		return d, err
	}
	switch {
	case d.State != Decided:
		return d, fault.Refuse(fault.Conflict)
	case s.today().After(d.AppealUntil):
		return d, fault.With(fault.TooLate, fault.Facts{Day: d.AppealUntil.String()})
	case !record.Fits(words, ShortestWords, LongestWords):
		return d, fault.Refuse(fault.Invalid)
	}
	d.State, d.Appeal, d.AppealedBy, d.AppealedAt = Appealed, strings.TrimSpace(words), s.Staff.Person, s.Now
	d.TownshipDue = calendar.TownshipBy(s.today())
	return d, nil
}
