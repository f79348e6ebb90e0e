package assess

import (
	"context"

	"github.com/xiangfeng/xiangfeng/domain/fault"
	"github.com/xiangfeng/xiangfeng/domain/record"
	"github.com/xiangfeng/xiangfeng/domain/usecase"
)

// Reject is the use case that ends a pending event without points.
type Reject struct{ Once usecase.Once[Tx] }

// Do rejects the event for a reason that the household reads.
func (r Reject) Do(ctx context.Context, cmd usecase.Command, id record.ID, reason string) (fault.Outcome, error) {
	return r.Once(ctx, cmd, func(tx Tx) (fault.Outcome, error) {
		event, err := tx.Event(id)
		if err != nil {
			return fault.Settle(err)
		}
		scene, _, err := usecase.Scene(tx, event.Household, cmd.Actor, cmd.Now)
		if err != nil {
			return fault.Settle(err)
		}
		if event, err = event.Reject(scene, reason); err != nil {
			return fault.Settle(err)
		}
		return fault.Outcome{Code: fault.Done, Facts: fault.Facts{ID: int64(id)}}, tx.SaveEvent(event)
	})
}
