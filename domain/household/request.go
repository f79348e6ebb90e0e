package household

import (
	"slices"
	"time"

	"github.com/xiangfeng/xiangfeng/domain/fault"
	"github.com/xiangfeng/xiangfeng/domain/village"
)

// RequestState says how far a request to be bound has come.
type RequestState string

// The states of a request. A draft has not been confirmed by who makes it.
const (
	RequestDraft    RequestState = "draft"
	RequestWaiting  RequestState = "waiting"
	RequestApproved RequestState = "approved"
	RequestRefused  RequestState = "refused"
)

// RequestLife is how long a request waits to be approved.
const RequestLife = 7 * 24 * time.Hour

// Request is somebody's wish to be bound to a household.
type Request struct {
	ID        int64
	Household ID
	Person    PersonID
	// Member is whose phone's digits the person knew, 0 for who gave a name.
	Member int64
	Name   string // the register's, or what was given
	Card   string // the number of the card that was shown
	// Direct requests need nobody's approval: the digits were right, nobody is
	// bound to the household and the person to none.
	Direct    bool
	State     RequestState
	AskedAt   time.Time
	Decider   PersonID
	DecidedAt time.Time
}

// Waits tells whether the request can be decided at now.
func (r Request) Waits(now time.Time) bool {
	return r.State == RequestWaiting && now.Before(r.AskedAt.Add(RequestLife))
}

// Decide approves or refuses the request. Whoever is bound to the household may,
// and the village's team for a household that is not kin to them.
func (r Request) Decide(by Staff, v village.Village, bound []PersonID, kin Kin, approve bool, now time.Time) (Request, error) {
	team := by.Holds(v, TeamMember, Deputy, Leader)
	switch own := slices.Contains(bound, by.Person); {
	case !own && !team:
		return r, fault.Refuse(fault.Forbidden)
	case by.Person == r.Person:
		return r, fault.Refuse(fault.SamePerson)
	case !own && kin.Related(by.Households, r.Household):
		return r, fault.Refuse(fault.Kin)
	case r.State != RequestWaiting:
		return r, fault.Refuse(fault.Conflict)
	case !r.Waits(now):
		return r, fault.Refuse(fault.TooLate)
	}
	r.State, r.Decider, r.DecidedAt = RequestRefused, by.Person, now
	if approve {
		r.State = RequestApproved
	}
	return r, nil
}
