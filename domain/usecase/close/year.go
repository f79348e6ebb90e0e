package close

import (
	"context"
	"time"

	"github.com/xiangfeng/xiangfeng/domain/calendar"
	"github.com/xiangfeng/xiangfeng/domain/fault"
	"github.com/xiangfeng/xiangfeng/domain/ledger"
	"github.com/xiangfeng/xiangfeng/domain/usecase"
	"github.com/xiangfeng/xiangfeng/domain/village"
)

// Year is the use case that ends a village's accounts of a year: what was not
// spent lapses, what lies below 0 is written off, what was given to a closed
// account lapses when its grace is over (PRODUCT 2.11, 2.14).
type Year struct{ Once usecase.Once[Tx] }

// Do closes every account that is due; the outcome's ID is how many.
func (u Year) Do(ctx context.Context, cmd usecase.Command, v village.ID, year int) (fault.Outcome, error) {
	return u.Once(ctx, cmd, func(tx Tx) (fault.Outcome, error) {
		head, err := tx.Head(v)
		if err != nil {
			return fault.Settle(err)
		}
		due, err := tx.Due(v, year, cmd.Now)
		if err != nil {
			return fault.Settle(err)
		}
		closed, err := closeAll(tx, cmd, head, due)
		if err != nil {
			return fault.Settle(err)
		}
		for _, posted := range closed {
			if err := tx.Keep(posted); err != nil {
				return fault.Outcome{}, err
			}
		}
		return fault.Outcome{Code: fault.Done, Facts: fault.Facts{ID: int64(len(closed)), Village: int64(v)}}, nil
	})
}

// closeAll decides about every account before anything is written.
func closeAll(tx Tx, cmd usecase.Command, head ledger.Head, due []ledger.Account) ([]ledger.Posted, error) {
	progress, err := tx.Progress(head.Village)
	if err != nil {
		return nil, err
	}
	closed := make([]ledger.Posted, 0, len(due))
	for _, a := range due {
		end, err := tx.YearEnd(head.Village, a.Year)
		if err != nil {
			return nil, err
		}
		posted, err := closeOne(head, a, progress, end, cmd.Now)
		if err != nil {
			return nil, err
		}
		head = posted.Head
		closed = append(closed, posted)
	}
	return closed, nil
}

func closeOne(h ledger.Head, a ledger.Account, p ledger.Progress, end calendar.YearEnd, now time.Time) (ledger.Posted, error) {
	if a.State == ledger.Closed {
		return ledger.Expire(h, a, p, now)
	}
	return ledger.Close(h, a, p, end, now)
}
