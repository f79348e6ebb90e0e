package household

import (
	"time"

	"github.com/xiangfeng/xiangfeng/domain/calendar"
	"github.com/xiangfeng/xiangfeng/domain/village"
)

// HelperState says how far a helper has come.
type HelperState string

// The states of a helper.
const (
	HelperAsked    HelperState = "asked"
	HelperAccepted HelperState = "accepted"
	HelperDeclined HelperState = "declined"
	HelperEnded    HelperState = "ended" // by the household, or by the helper
)

// The limits of helping (PRODUCT 2, the life of a household).
const (
	MostHelped  = 5  // households a helper
	MostHelpers = 3  // asked or accepted, a household
	AsksPerDay  = 10 // a person
	askDays     = 30 // an unanswered one is over
)

// Helper is a 代办人: a household lets a person of another one look at its
// points for a year. The household asks the other one; who of it says yes is the helper.
type Helper struct {
	ID        int64
	Household ID
	Of        ID       // the household that was asked
	Person    PersonID // 0 until somebody of it has said yes
	AskedBy   PersonID
	State     HelperState
	AskedAt   time.Time
	// Until is the last day of an accepted one.
	Until calendar.Date
}

// Waits tells whether the other household can still say yes.
func (h Helper) Waits(today calendar.Date) bool {
	return h.State == HelperAsked && calendar.DateOf(h.AskedAt).DaysUntil(today) <= askDays
}

// Serves tells whether the helper may look at the household's points.
func (h Helper) Serves(today calendar.Date) bool {
	return h.State == HelperAccepted && !today.After(h.Until)
}

// Accept makes a person the helper for a year.
func (h Helper) Accept(p PersonID, today calendar.Date) Helper {
	h.Person, h.State, h.Until = p, HelperAccepted, calendar.On(today.Year+1, today.Month, today.Day)
	return h
}

// MayHelp tells whether the person may help a household of the village: never
// who may record, decide or hand over goods there.
func (s Staff) MayHelp(v village.Village) bool {
	return !s.Holds(v, TeamMember, Deputy, Leader, Shopkeeper, Officer)
}
