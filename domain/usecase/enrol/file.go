package enrol

import (
	"cmp"
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
// that is not the person's own draft, or whose card opens nothing any more, with Conflict
// where another was bound meanwhile, with Blocked where too many were made.
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
		if home, err := opened(tx, r.Card); err != nil || home.ID != r.Household {
			return fault.Facts{}, nil, cmp.Or(err, error(fault.Refuse(fault.NotFound)))
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

// admit makes the person a member: the one of the register who has the name,
// where nobody else is bound as that one.
func admit(tx Register, r household.Request, members []household.Member) error {
	found := int64(0)
	for _, m := range members {
		if m.Person == 0 && m.Name == r.Name && (found == 0 || m.ID == r.Member) {
			found = m.ID
		}
	}
	return tx.Bind(r.Household, found, r.Person, r.Name)
}

// wait lets the request wait, and those know who can approve it.
func wait(tx Register, r household.Request, bound []household.PersonID, now time.Time) (fault.Facts, []News, error) {
	facts := fault.Facts{Note: ByHome, ID: r.ID}
	waits, err := another(tx, r, now)
	if err != nil || waits {
		return facts, nil, err
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

// another tells whether the person's request for the same household waits
// already, lets go one that waited in vain, and refuses with Blocked one too many.
func another(tx Register, r household.Request, now time.Time) (waits bool, err error) {
	made, err := tx.Requests(r.Person)
	if err != nil {
		return false, err
	}
	today := 0
	for _, m := range made {
		if m.State != household.RequestDraft && now.Sub(m.AskedAt) < 24*time.Hour {
			today++
		}
		switch same := m.State == household.RequestWaiting && m.Household == r.Household; {
		case same && m.Waits(now):
			return true, nil
		case same:
			m.State, m.DecidedAt = household.RequestRefused, now
			_, err = tx.KeepRequest(m)
		}
		if err != nil {
			return false, err
		}
	}
	if today >= RequestsADay {
		return false, fault.Refuse(fault.Blocked)
	}
	return false, nil
}
