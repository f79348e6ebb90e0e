package object

import (
	"context"
	"fmt"
	"time"

	"github.com/xiangfeng/xiangfeng/domain/calendar"
	"github.com/xiangfeng/xiangfeng/domain/dispute"
	"github.com/xiangfeng/xiangfeng/domain/fault"
	"github.com/xiangfeng/xiangfeng/domain/usecase"
)

// Escalate is the use case of the days that pass: what the village leaves lying
// goes up to the township, and what a household leaves unanswered is closed.
type Escalate struct {
	Once usecase.Once[CaseTx]
	// Due are the disputes that may have missed a day on the given one.
	Due func(ctx context.Context, today calendar.Date) ([]dispute.ID, error)
}

// Escalated counts what became of disputes.
type Escalated struct {
	Up      int // went up to the township
	Overdue int // an appeal that the township has not decided in time
	Closed  int // not answered within the days of the appeal
}

// What becomes of one, as its outcome's Note.
const (
	up      = "up"
	overdue = "overdue"
	closed  = "closed"
)

// Do goes through the disputes as they stand on the day of at, each in a
// transaction of its own and once a day: a run that was cut short goes on where it
// was, and counts the same.
func (u Escalate) Do(ctx context.Context, at time.Time) (Escalated, error) {
	var sum Escalated
	today := calendar.DateOf(at)
	due, err := u.Due(ctx, today)
	if err != nil {
		return sum, err
	}
	for _, id := range due {
		cmd := usecase.Command{Key: fmt.Sprintf("dispute/%d/%s", id, today), Now: at}
		out, err := u.Once(ctx, cmd, func(tx CaseTx) (fault.Outcome, error) { return escalate(tx, cmd, id) })
		if err != nil {
			return sum, err
		}
		switch out.Facts.Note {
		case up:
			sum.Up++
		case overdue:
			sum.Overdue++
		case closed:
			sum.Closed++
		}
	}
	return sum, nil
}

func escalate(tx CaseTx, cmd usecase.Command, id dispute.ID) (fault.Outcome, error) {
	m, err := hold(tx, cmd, id)
	if err != nil {
		return fault.Settle(err)
	}
	out := fault.Outcome{Code: fault.Done, Facts: fault.Facts{ID: int64(id)}}
	if m.State == dispute.Appealed && m.Late(calendar.DateOf(cmd.Now)) {
		out.Facts.Note = overdue
		return out, m.tellOverdue(tx)
	}
	next, moved := m.Escalate(m.scene)
	if !moved {
		return out, nil
	}
	m.Dispute = next
	if out.Facts.Note = up; m.State == dispute.Closed {
		out.Facts.Note = closed
	}
	if err := tx.SaveDispute(m.Dispute); err != nil || m.State == dispute.Closed {
		return out, err
	}
	return out, m.tellUp(tx)
}
