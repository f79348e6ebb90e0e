package enrol

import (
	"context"
	"fmt"
	"slices"

	"github.com/xiangfeng/xiangfeng/domain/fault"
	"github.com/xiangfeng/xiangfeng/domain/household"
	"github.com/xiangfeng/xiangfeng/domain/usecase"
)

// The acts that a number sets off where a request is shown.
const (
	ApproveAct = "approve"
	RefuseAct  = "refuse"
)

// Decide approves or refuses a request; the outcome's Note is Approved or
// Refused. Whom to tell is returned once. It refuses with Forbidden, Kin and
// SamePerson who may not, with Conflict what is decided already, with TooLate
// what has waited too long.
func (d Desk) Decide(ctx context.Context, cmd usecase.Command, openid string, id int64, approve bool) (fault.Outcome, []News, error) {
	cmd.Body = fmt.Sprint("decide ", id, approve)
	return d.act(ctx, cmd, openid, func(tx Register) (fault.Facts, []News, error) {
		r, err := tx.Request(id)
		if err != nil {
			return fault.Facts{}, nil, err
		}
		facts := fault.Facts{ID: id, Household: int64(r.Household)}
		if err := tx.LockHousehold(r.Household); err != nil {
			return facts, nil, err
		}
		if r, err = tx.Request(id); err != nil { // as it is under the lock
			return facts, nil, err
		}
		members, err := tx.Members(r.Household)
		if err != nil {
			return facts, nil, err
		}
		if r, err = decided(tx, r, openid, members, approve, cmd); err != nil {
			return facts, nil, err
		}
		facts.Note = string(Refused)
		if approve {
			facts.Note = string(Approved)
		}
		news, err := carryOut(tx, r, members)
		return facts, news, err
	})
}

func decided(tx Register, r household.Request, openid string, members []household.Member, approve bool, cmd usecase.Command) (household.Request, error) {
	by, _, err := tx.Known(openid)
	if err != nil {
		return r, err
	}
	staff, err := tx.Staff(by.ID)
	if err != nil {
		return r, err
	}
	home, err := tx.Household(r.Household)
	if err != nil {
		return r, err
	}
	v, err := tx.Village(home.Village)
	if err != nil {
		return r, err
	}
	kin, err := tx.Kin(r.Household)
	if err != nil {
		return r, err
	}
	return r.Decide(staff, v, bound(members), kin, approve, cmd.Now)
}

// carryOut keeps the decision and tells everybody whom it concerns.
func carryOut(tx Register, r household.Request, members []household.Member) ([]News, error) {
	others := bound(members)
	touched := append(slices.Clone(others), r.Person)
	slices.Sort(touched)
	if err := tx.LockPersons(touched); err != nil {
		return nil, err
	}
	if _, err := tx.KeepRequest(r); err != nil {
		return nil, err
	}
	pointless, err := tx.NewsOf(r.ID)
	if err != nil {
		return nil, err
	}
	if err := tx.DropNews(pointless); err != nil {
		return nil, err
	}
	if r.State != household.RequestApproved {
		return tell(tx, []household.PersonID{r.Person}, News{Kind: Refused, Household: r.Household, Request: r.ID})
	}
	if err := admit(tx, r, members); err != nil {
		return nil, err
	}
	others = slices.DeleteFunc(others, func(p household.PersonID) bool { return p == r.Decider })
	news, err := tell(tx, []household.PersonID{r.Person}, News{Kind: Approved, Household: r.Household, Request: r.ID})
	if err != nil {
		return nil, err
	}
	joined, err := tell(tx, others, News{Kind: Joined, Household: r.Household, Request: r.ID})
	return append(news, joined...), err
}
