package assess

import (
	"context"

	"github.com/xiangfeng/xiangfeng/domain/fault"
	"github.com/xiangfeng/xiangfeng/domain/record"
	"github.com/xiangfeng/xiangfeng/domain/usecase"
)

// Reject is the use case that ends an undecided event without points.
type Reject struct{ Once usecase.Once[Tx] }

// Do rejects the event for a reason that the household reads.
func (r Reject) Do(ctx context.Context, cmd usecase.Command, id record.ID, reason string) (fault.Outcome, error) {
	return decide(ctx, r.Once, cmd, id, func(e record.Event, s record.Scene) (record.Event, error) { return e.Reject(s, reason) })
}

// Return is the use case that gives a pending event back to its recorder.
type Return struct{ Once usecase.Once[Tx] }

// Do returns the event for a reason that its recorder reads.
func (r Return) Do(ctx context.Context, cmd usecase.Command, id record.ID, reason string) (fault.Outcome, error) {
	return decide(ctx, r.Once, cmd, id, func(e record.Event, s record.Scene) (record.Event, error) { return e.Return(s, reason) })
}

func decide(ctx context.Context, once usecase.Once[Tx], cmd usecase.Command, id record.ID, rule func(record.Event, record.Scene) (record.Event, error)) (fault.Outcome, error) {
	return once(ctx, cmd, func(tx Tx) (fault.Outcome, error) {
		s, err := sit(tx, cmd, id)
		if err != nil {
			return fault.Settle(err)
		}
		e, ok := s.event(id)
		if !ok {
			return fault.Outcome{Code: fault.NotFound}, nil
		}
		if e, err = rule(e, s.scene); err != nil {
			return fault.Settle(err)
		}
		if err := s.start([]record.Event{e}); err != nil {
			return fault.Outcome{}, err
		}
		return fault.Outcome{Code: fault.Done, Facts: fault.Facts{ID: int64(id), Household: int64(e.Household)}}, tx.SaveEvents([]record.Event{e})
	})
}
