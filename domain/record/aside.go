package record

import (
	"time"

	"github.com/xiangfeng/xiangfeng/domain/fault"
	"github.com/xiangfeng/xiangfeng/domain/household"
)

// AsideID identifies what was set aside.
type AsideID int64

// AsideState says whether somebody has looked after it.
type AsideState string

// The states of what was set aside.
const (
	AsideWaiting AsideState = "waiting"
	AsideTaken   AsideState = "taken"   // a colleague recorded it
	AsideDropped AsideState = "dropped" // with a reason, or at once, where nobody can record it
)

// Aside is a household of a record that could not be scored: the others of the
// record go through. It waits for a colleague who can (see LeftToColleague).
type Aside struct {
	ID     AsideID
	Record RecordID
	// Nth is which of those that the record was asked for, from 1.
	Nth int
	// Household is 0 where the card that was shown belongs to none.
	Household household.ID
	// Card is the number that was shown, empty where a code was scanned.
	Card      string
	Why       fault.Code
	State     AsideState
	Decider   household.PersonID
	DecidedAt time.Time
	Reason    string // why it was dropped
	Event     ID     // what a colleague recorded
}

// SetsAside tells whether a refusal is one household's own, so that the others
// of a record go through.
func SetsAside(c fault.Code) bool {
	switch c {
	case fault.Kin, fault.CapReached, fault.CardRevoked, fault.NotFound, fault.Gone:
		return true
	}
	return false
}

// LeftToColleague tells whether what was refused for a reason is left to a colleague: where
// it is the recorder who may not, or the card that is old. A full cap is full for
// everybody, and where there is no household there is nothing to record.
func LeftToColleague(c fault.Code) bool { return c == fault.Kin || c == fault.CardRevoked }

// SetAside notes, for who records, why a household is set aside: it waits, or it is
// let be at once.
func (a Aside) SetAside(why fault.Code, by household.PersonID, now time.Time) Aside {
	if a.Why, a.State = why, AsideWaiting; !LeftToColleague(why) {
		a.State, a.Decider, a.DecidedAt = AsideDropped, by, now
	}
	return a
}

// Take notes what a colleague recorded instead.
func (a Aside) Take(by household.PersonID, event ID, now time.Time) Aside {
	a.State, a.Decider, a.DecidedAt, a.Event = AsideTaken, by, now, event
	return a
}

// Drop lets it be, for a reason that colleagues read. It refuses with Conflict
// what is decided already and with Invalid without a reason; with Forbidden who
// is not of the team.
func (a Aside) Drop(s Scene, reason string) (Aside, error) {
	if err := s.ofTeam(); err != nil {
		return a, err
	}
	switch {
	case a.State != AsideWaiting:
		return a, fault.Refuse(fault.Conflict)
	case !Fits(reason, 1, LongestNote):
		return a, fault.Refuse(fault.Invalid)
	case a.Household != 0 && s.Kin.Related(s.Staff.Households, a.Household):
		return a, fault.With(fault.Kin, fault.Facts{Household: int64(a.Household)})
	}
	a.State, a.Decider, a.DecidedAt, a.Reason = AsideDropped, s.Staff.Person, s.Now, reason
	return a, nil
}
