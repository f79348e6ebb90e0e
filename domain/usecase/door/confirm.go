package door

import (
	"context"

	"github.com/xiangfeng/xiangfeng/domain/fault"
	"github.com/xiangfeng/xiangfeng/domain/usecase"
)

// Confirm lets the browser in whose code a phone has scanned.
type Confirm struct{ Once usecase.Once[Tx] }

// Do confirms a code for the command's actor. Its refusals are those of Look.
func (u Confirm) Do(ctx context.Context, cmd usecase.Command, code string) (fault.Outcome, error) {
	return u.Once(ctx, cmd, func(tx Tx) (fault.Outcome, error) {
		staff, err := tx.Staff(cmd.Actor)
		if err != nil {
			return fault.Outcome{}, err
		}
		if len(staff.Posts) == 0 {
			return fault.Outcome{Code: fault.Forbidden}, nil
		}
		a, err := tx.Asking(Hash(code))
		if err == nil {
			err = a.waits(cmd.Now)
		}
		if err != nil {
			return fault.Settle(err)
		}
		a.ConfirmedBy, a.ConfirmedAt = cmd.Actor, cmd.Now
		return fault.Outcome{Code: fault.Done}, tx.SaveAsking(a)
	})
}
