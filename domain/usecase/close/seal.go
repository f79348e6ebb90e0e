package close

import (
	"context"
	"fmt"
	"time"

	"github.com/xiangfeng/xiangfeng/domain/calendar"
	"github.com/xiangfeng/xiangfeng/domain/fault"
	"github.com/xiangfeng/xiangfeng/domain/quarter"
	"github.com/xiangfeng/xiangfeng/domain/usecase"
	"github.com/xiangfeng/xiangfeng/domain/village"
)

// Seal is the use case that ends a quarter when its days on the wall are
// over. A job asks for it; it waits for nobody.
type Seal struct{ Once usecase.Once[Tx] }

// Do seals the quarter and lets its lines reach the claims. What is in dispute is
// sealed with the mark 异议 and counts as it stands; the outcome's Need is how
// many lines that are.
func (u Seal) Do(ctx context.Context, cmd usecase.Command, v village.ID, q calendar.Quarter) (fault.Outcome, error) {
	return u.Once(ctx, cmd, func(tx Tx) (fault.Outcome, error) {
		if _, err := tx.Head(v); err != nil {
			return fault.Settle(err)
		}
		current, err := tx.Quarter(v, q)
		if err != nil {
			return fault.Settle(err)
		}
		sealed, err := current.Seal(cmd.Now)
		if err != nil {
			return fault.Settle(err)
		}
		contested, err := tx.Contested(v, q)
		if err != nil {
			return fault.Outcome{}, err
		}
		if err := tx.SaveQuarter(sealed); err != nil {
			return fault.Outcome{}, err
		}
		if err := tx.MarkContested(v, q, contested); err != nil {
			return fault.Outcome{}, err
		}
		return fault.Outcome{Code: fault.Done, Facts: fault.Facts{Village: int64(v), Need: int64(len(contested))}}, tx.SealAccounts(v, q)
	})
}

// Hanging finds the sheets that hang.
type Hanging interface {
	// Hung are the quarters that are published and not sealed, of all villages.
	Hung(context.Context) ([]quarter.Quarter, error)
}

// SealDue is the job that seals what is due, one village after the other. Each
// is one transaction under a key of its own: after a kill it goes on where it was.
type SealDue struct {
	Seal Seal
	Find Hanging
}

// Do seals every quarter whose days on the wall are over at that time. It counts
// what hung, what was sealed, and what was due and is not sealed: taken down
// meanwhile, or sealed by another instance.
func (u SealDue) Do(ctx context.Context, at time.Time) (map[string]int, error) {
	hung, err := u.Find.Hung(ctx)
	counts := map[string]int{"hung": len(hung), "sealed": 0, "left": 0}
	if err != nil {
		return counts, err
	}
	for _, q := range hung {
		if calendar.DateOf(at).Before(q.SealOn()) {
			continue
		}
		cmd := usecase.Command{Key: fmt.Sprintf("seal:%d:%s:%d", q.Village, q.Q, q.Edition), Now: at}
		out, err := u.Seal.Do(ctx, cmd, q.Village, q.Q)
		if err != nil {
			return counts, fmt.Errorf("close: seal %s of village %d: %w", q.Q, q.Village, err)
		}
		if out.Refused() {
			counts["left"]++
		} else {
			counts["sealed"]++
		}
	}
	return counts, nil
}
