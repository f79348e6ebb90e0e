package enrol

import (
	"context"
	"strconv"
	"time"

	"github.com/xiangfeng/xiangfeng/domain/fault"
	"github.com/xiangfeng/xiangfeng/domain/household"
	"github.com/xiangfeng/xiangfeng/domain/usecase"
)

// RequestsADay is how many requests a person may make within 24 hours.
const RequestsADay = 3

// File carries out what the person confirmed: the outcome's Note is Direct where
// they are bound now, ByHome where the request waits. Whom to tell of it is
// returned once, to the call that did it. It refuses with NotFound a request
// that is not the person's own draft, with Conflict where another was bound
// meanwhile, with Blocked where too many were made.
func (d Desk) File(ctx context.Context, cmd usecase.Command, openid string, id int64) (fault.Outcome, []News, error) {
	cmd.Body = "file " + strconv.FormatInt(id, 10)
	return d.act(ctx, cmd, openid, func(tx Register) (fault.Facts, []News, error) {
		if id == 0 {
			return fault.Facts{Note: ByHome}, nil, nil
		}
		r, err := ownDraft(tx, openid, id)
		if err != nil {
			return fault.Facts{}, nil, err
		}
		if err := tx.LockHousehold(r.Household); err != nil {
			return fault.Facts{}, nil, err
		}
		members, err := tx.Members(r.Household)
		if err != nil {
			return fault.Facts{}, nil, err
		}
		r.AskedAt = cmd.Now
		if r.Direct {
			return bindAtOnce(tx, r, members)
		}
		return wait(tx, r, bound(members), cmd.Now)
	})
}

// act runs an act of the desk that leaves news to people.
func (d Desk) act(ctx context.Context, cmd usecase.Command, openid string, do func(Register) (fault.Facts, []News, error)) (fault.Outcome, []News, error) {
	var news []News
	out, err := d.Once(ctx, cmd, func(tx Register) (fault.Outcome, error) {
		news = nil
		if _, err := tx.Step(openid); err != nil {
			return fault.Outcome{}, err
		}
		facts, told, err := do(tx)
		if err != nil {
			return fault.Settle(err)
		}
		news = told
		return fault.Outcome{Code: fault.Done, Facts: facts}, nil
	})
	if err != nil {
		return out, nil, err
	}
	return out, news, nil
}

func ownDraft(tx Register, openid string, id int64) (household.Request, error) {
	person, _, err := tx.Known(openid)
	if err != nil {
		return household.Request{}, err
	}
	r, err := tx.Request(id)
	if err == nil && (r.Person != person.ID || r.State != household.RequestDraft) {
		err = fault.Refuse(fault.NotFound)
	}
	return r, err
}

func bindAtOnce(tx Register, r household.Request, members []household.Member) (fault.Facts, []News, error) {
	if len(bound(members)) > 0 {
		return fault.Facts{}, nil, fault.Refuse(fault.Conflict)
	}
	r.State = household.RequestApproved
	if _, err := tx.KeepRequest(r); err != nil {
		return fault.Facts{}, nil, err
	}
	return fault.Facts{Note: Direct, ID: r.ID, Household: int64(r.Household)}, nil, admit(tx, r, members)
}

// admit makes the person a member: the one of the register whose phone or name
// it is, where nobody else is bound as that one.
func admit(tx Register, r household.Request, members []household.Member) error {
	for _, m := range members {
		if m.Person == 0 && (m.ID == r.Member || r.Member == 0 && m.Name == r.Name) {
			return tx.Bind(r.Household, m.ID, r.Person, m.Name)
		}
	}
	return tx.Bind(r.Household, 0, r.Person, r.Name)
}

// wait lets the request wait, and those know who can approve it.
func wait(tx Register, r household.Request, bound []household.PersonID, now time.Time) (fault.Facts, []News, error) {
	facts := fault.Facts{Note: ByHome, ID: r.ID}
	made, err := tx.Requests(r.Person)
	if err != nil {
		return facts, nil, err
	}
	today := 0
	for _, m := range made {
		if m.Waits(now) && m.Household == r.Household {
			return facts, nil, nil // it waits already
		}
		if m.State != household.RequestDraft && now.Sub(m.AskedAt) < 24*time.Hour {
			today++
		}
	}
	if today >= RequestsADay {
		return facts, nil, fault.Refuse(fault.Blocked)
	}
	r.State = household.RequestWaiting
	if _, err := tx.KeepRequest(r); err != nil {
		return facts, nil, err
	}
	if err := tx.LockPersons(bound); err != nil {
		return facts, nil, err
	}
	news, err := tell(tx, bound, News{Kind: Asked, Household: r.Household, Request: r.ID})
	return facts, news, err
}
