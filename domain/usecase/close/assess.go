package close

import (
	"context"
	"fmt"
	"time"

	"github.com/xiangfeng/xiangfeng/domain/calendar"
	"github.com/xiangfeng/xiangfeng/domain/fault"
	"github.com/xiangfeng/xiangfeng/domain/usecase"
	"github.com/xiangfeng/xiangfeng/domain/village"
)

// Assess is the use case that starts the assessment of a quarter that is over.
type Assess struct{ Once usecase.Once[Tx] }

// Do moves the quarter from open to assessing; one that is further stays as it is.
func (u Assess) Do(ctx context.Context, cmd usecase.Command, v village.ID, q calendar.Quarter) (fault.Outcome, error) {
	return u.Once(ctx, cmd, func(tx Tx) (fault.Outcome, error) {
		if _, err := tx.Head(v); err != nil {
			return fault.Settle(err)
		}
		if err := usecase.StartAssessing(tx, v, q, cmd.Now); err != nil {
			return fault.Settle(err)
		}
		return fault.Outcome{Code: fault.Done, Facts: fault.Facts{Village: int64(v)}}, nil
	})
}

// Unassessed finds the villages where a quarter's assessment has not started.
type Unassessed interface {
	// Unassessed are the villages that have households by the quarter's last day
	// and whose quarter is open.
	Unassessed(context.Context, calendar.Quarter) ([]village.ID, error)
}

// AssessDue is the job of the first day of a quarter, one village after the other.
type AssessDue struct {
	Assess Assess
	Find   Unassessed
}

// Do starts the assessment of the quarter before that time's, wherever it has
// not started; it counts the villages.
func (u AssessDue) Do(ctx context.Context, at time.Time) (map[string]int, error) {
	q := calendar.QuarterOf(calendar.DateOf(at)).Prev()
	villages, err := u.Find.Unassessed(ctx, q)
	counts := map[string]int{"started": 0}
	if err != nil {
		return counts, err
	}
	for _, v := range villages {
		cmd := usecase.Command{Key: fmt.Sprintf("assess:%d:%s", v, q), Now: at}
		if _, err := u.Assess.Do(ctx, cmd, v, q); err != nil {
			return counts, fmt.Errorf("close: start %s of village %d: %w", q, v, err)
		}
		counts["started"]++
	}
	return counts, nil
}
