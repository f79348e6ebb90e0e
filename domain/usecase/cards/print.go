package cards

import (
	"context"

	"github.com/xiangfeng/xiangfeng/domain/fault"
	"github.com/xiangfeng/xiangfeng/domain/usecase"
	"github.com/xiangfeng/xiangfeng/domain/village"
)

// Print notes that a village's cards leave for paper: the codes on it are what
// recording goes by.
type Print struct{ Once usecase.Once[Tx] }

// Do writes the audit line. It refuses with NotFound a village that is not the caller's.
func (u Print) Do(ctx context.Context, cmd usecase.Command, by usecase.Caller, id village.ID) (fault.Outcome, error) {
	cmd.Actor = by.Person
	return u.Once(ctx, cmd, func(tx Tx) (fault.Outcome, error) {
		v, err := tx.Village(id)
		if err != nil {
			return fault.Settle(err)
		}
		staff, err := tx.Staff(by.Person)
		if err != nil {
			return fault.Outcome{}, err
		}
		if !May(by, staff, v) {
			return fault.Outcome{Code: fault.NotFound}, nil
		}
		return fault.Outcome{Code: fault.Done}, tx.Trace(usecase.Trace{At: cmd.Now, By: by, What: usecase.CardsPrinted, Village: id})
	})
}
