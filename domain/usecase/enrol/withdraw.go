package enrol

import (
	"context"
	"strconv"

	"github.com/xiangfeng/xiangfeng/domain/fault"
	"github.com/xiangfeng/xiangfeng/domain/household"
	"github.com/xiangfeng/xiangfeng/domain/usecase"
)

// Withdraw takes back a person's own request before it is decided. It refuses
// with NotFound one that is not theirs or waits no longer.
func (d Desk) Withdraw(ctx context.Context, cmd usecase.Command, openid string, id int64) (fault.Outcome, error) {
	cmd.Body = "withdraw " + strconv.FormatInt(id, 10)
	out, _, err := d.act(ctx, cmd, openid, func(tx Register) (fault.Facts, []News, error) {
		r, err := tx.Request(id)
		if err != nil {
			return fault.Facts{}, nil, err
		}
		if err := tx.LockHousehold(r.Household); err != nil {
			return fault.Facts{}, nil, err
		}
		person, _, err := tx.Known(openid)
		if err != nil {
			return fault.Facts{}, nil, err
		}
		if r, err = tx.Request(id); err != nil { // as it is under the lock
			return fault.Facts{}, nil, err
		}
		if r.Person != person.ID || !r.Waits(cmd.Now) {
			return fault.Facts{}, nil, fault.Refuse(fault.NotFound)
		}
		return fault.Facts{ID: id}, nil, dropRequest(tx, r, cmd)
	})
	return out, err
}

// dropRequest ends a request that nobody decided, and the news that ask to.
func dropRequest(tx Register, r household.Request, cmd usecase.Command) error {
	r.State, r.DecidedAt = household.RequestRefused, cmd.Now
	if _, err := tx.KeepRequest(r); err != nil {
		return err
	}
	pointless, err := tx.NewsOf(r.ID)
	if err != nil {
		return err
	}
	return tx.DropNews(pointless)
}
