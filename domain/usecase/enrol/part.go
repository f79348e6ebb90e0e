package enrol

import (
	"context"
	"fmt"
	"slices"

	"github.com/xiangfeng/xiangfeng/domain/fault"
	"github.com/xiangfeng/xiangfeng/domain/household"
	"github.com/xiangfeng/xiangfeng/domain/usecase"
)

// The acts that a 确认 sets off where somebody leaves.
const (
	RemoveAct = "remove"
	LeaveAct  = "leave"
	EraseAct  = "erase"
)

// Remove takes another person from a household that the acting one is bound to.
// It refuses with NotFound where either is not bound, with SamePerson oneself.
func (d Desk) Remove(ctx context.Context, cmd usecase.Command, openid string, h household.ID, p household.PersonID) (fault.Outcome, []News, error) {
	cmd.Body = fmt.Sprint("remove ", h, p)
	return d.act(ctx, cmd, openid, func(tx Register) (fault.Facts, []News, error) {
		facts := fault.Facts{Household: int64(h), ID: int64(p)}
		by, err := memberOf(tx, openid, h)
		if err != nil {
			return facts, nil, err
		}
		members, err := tx.Members(h)
		switch {
		case err != nil:
			return facts, nil, err
		case by.ID == p:
			return facts, nil, fault.Refuse(fault.SamePerson)
		case !slices.Contains(bound(members), p):
			return facts, nil, fault.Refuse(fault.NotFound)
		}
		if err := tx.Unbind(h, p); err != nil {
			return facts, nil, err
		}
		news, err := tell(tx, []household.PersonID{p}, News{Kind: Removed, Household: h})
		return facts, news, err
	})
}

// memberOf locks a household and refuses with NotFound who is not bound to it.
func memberOf(tx Register, openid string, h household.ID) (household.Person, error) {
	if err := tx.LockHousehold(h); err != nil {
		return household.Person{}, err
	}
	person, homes, err := tx.Known(openid)
	if err == nil && !slices.Contains(homes, h) {
		err = fault.Refuse(fault.NotFound)
	}
	return person, err
}

// Leave takes the person from a household (解绑). It refuses with NotFound one
// that they are not bound to.
func (d Desk) Leave(ctx context.Context, cmd usecase.Command, openid string, h household.ID) (fault.Outcome, error) {
	cmd.Body = fmt.Sprint("leave ", h)
	out, _, err := d.act(ctx, cmd, openid, func(tx Register) (fault.Facts, []News, error) {
		facts := fault.Facts{Household: int64(h)}
		person, err := memberOf(tx, openid, h)
		if err != nil {
			return facts, nil, err
		}
		return facts, nil, tx.Unbind(h, person.ID)
	})
	return out, err
}

// Erase deletes what is known of the person (删除我的信息). Entries keep the
// number of a person who has no name any more. It refuses with NotFound of whom
// nothing is known, with Blocked who still holds a post.
func (d Desk) Erase(ctx context.Context, cmd usecase.Command, openid string) (fault.Outcome, error) {
	cmd.Body = "erase"
	out, _, err := d.act(ctx, cmd, openid, func(tx Register) (fault.Facts, []News, error) {
		person, homes, err := tx.Known(openid)
		if err != nil {
			return fault.Facts{}, nil, err
		}
		staff, err := tx.Staff(person.ID)
		if err != nil {
			return fault.Facts{}, nil, err
		}
		if len(staff.Posts) > 0 {
			return fault.Facts{}, nil, fault.Refuse(fault.Blocked)
		}
		slices.Sort(homes)
		for _, h := range homes {
			if err := tx.LockHousehold(h); err != nil {
				return fault.Facts{}, nil, err
			}
		}
		return fault.Facts{}, nil, tx.Forget(person)
	})
	return out, err
}
