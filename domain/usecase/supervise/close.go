package supervise

import (
	"context"
	"fmt"

	"github.com/xiangfeng/xiangfeng/domain/alarm"
	"github.com/xiangfeng/xiangfeng/domain/calendar"
	"github.com/xiangfeng/xiangfeng/domain/fault"
	"github.com/xiangfeng/xiangfeng/domain/usecase"
	"github.com/xiangfeng/xiangfeng/domain/village"
)

// Close is the use case of closing a case with an outcome.
type Close struct{ Once usecase.Once[Tx] }

// Do closes the case in somebody's name. Its refusals are those of
// alarm.Case.Close, and NotFound for a case that there is not.
func (u Close) Do(ctx context.Context, cmd usecase.Command, id alarm.ID, with alarm.Outcome, words string) (fault.Outcome, error) {
	cmd.Body = fmt.Sprintf("close alarm %d %s %s", id, with, words)
	return u.Once(ctx, cmd, func(tx Tx) (fault.Outcome, error) {
		closed, err := closed(tx, cmd, id, with, words)
		if err != nil {
			return fault.Settle(err)
		}
		if err := tx.SaveAlarm(closed); err != nil {
			return fault.Outcome{}, err
		}
		return fault.Outcome{Code: fault.Done, Facts: fault.Facts{ID: int64(id), Village: int64(closed.Village)}}, tx.Trace(usecase.Trace{
			At: cmd.Now, By: usecase.Caller{Person: cmd.Actor}, What: usecase.AlarmClosed, Village: closed.Village,
			Object: fmt.Sprintf("%s %s %s", closed.Quarter, closed.Kind, closed.Outcome),
		})
	})
}

func closed(tx Tx, cmd usecase.Command, id alarm.ID, with alarm.Outcome, words string) (alarm.Case, error) {
	c, err := tx.Alarm(id)
	if err != nil {
		return c, err
	}
	x := alarm.Closing{Outcome: with, Words: words, Now: cmd.Now}
	if x.Village, err = tx.Village(c.Village); err != nil {
		return c, err
	}
	if x.Staff, err = tx.Staff(cmd.Actor); err != nil {
		return c, err
	}
	if err := (usecase.Access{Staff: x.Staff, Village: x.Village}).Known(); err != nil {
		return c, err
	}
	if x.Lines, err = tx.AlarmLines(id); err != nil {
		return c, err
	}
	return c.Close(x)
}

// Pass is the use case of the township's override.
type Pass struct{ Once usecase.Once[Tx] }

// Do lets the quarter's next sheet go up although it is blocked. Its refusals
// are those of alarm.NewOverride, and Conflict for a quarter that is not being
// assessed, or that was overridden.
func (u Pass) Do(ctx context.Context, cmd usecase.Command, v village.ID, q calendar.Quarter, reason string) (fault.Outcome, error) {
	cmd.Body = fmt.Sprintf("override %d %s %s", v, q, reason)
	return u.Once(ctx, cmd, func(tx Tx) (fault.Outcome, error) {
		o, err := override(tx, cmd, v, q, reason)
		if err != nil {
			return fault.Settle(err)
		}
		if err := tx.SaveOverride(o); err != nil {
			return fault.Outcome{}, err
		}
		return fault.Outcome{Code: fault.Done, Facts: fault.Facts{Village: int64(v)}}, tx.Trace(usecase.Trace{
			At: cmd.Now, By: usecase.Caller{Person: cmd.Actor}, What: usecase.BlockOverridden, Village: v, Object: q.String(),
		})
	})
}

func override(tx Tx, cmd usecase.Command, v village.ID, q calendar.Quarter, reason string) (alarm.Override, error) {
	if _, err := tx.Head(v); err != nil {
		return alarm.Override{}, err
	}
	place, err := tx.Village(v)
	if err != nil {
		return alarm.Override{}, err
	}
	staff, err := tx.Staff(cmd.Actor)
	if err != nil {
		return alarm.Override{}, err
	}
	if err := (usecase.Access{Staff: staff, Village: place}).Known(); err != nil {
		return alarm.Override{}, err
	}
	current, err := tx.Quarter(v, q)
	if err != nil {
		return alarm.Override{}, err
	}
	blocked := false
	if current.ToCome(calendar.DateOf(cmd.Now)) {
		seen, err := tx.Seen(v, q, cmd.Now)
		if err != nil {
			return alarm.Override{}, err
		}
		blocked = alarm.Blocks(seen)
	}
	o, err := alarm.NewOverride(staff, place, q, current.Edition+1, blocked, reason, cmd.Now)
	if err != nil {
		return o, err
	}
	return o, once(tx, o)
}

// once refuses with Conflict what was overridden before.
func once(tx Tx, o alarm.Override) error {
	_, err := tx.Override(o.Village, o.Quarter, o.Edition)
	switch {
	case err == nil:
		return fault.Refuse(fault.Conflict)
	case fault.CodeOf(err) == fault.NotFound:
		return nil
	}
	return err
}
