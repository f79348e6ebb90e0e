// Package supervise is the supervision that is built in: what looks wrong about
// a quarter is looked for before it is published, told at once, closed as a
// case, and let through in writing by the township (policy 工作要求).
package supervise

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/xiangfeng/xiangfeng/domain/alarm"
	"github.com/xiangfeng/xiangfeng/domain/calendar"
	"github.com/xiangfeng/xiangfeng/domain/fault"
	"github.com/xiangfeng/xiangfeng/domain/household"
	"github.com/xiangfeng/xiangfeng/domain/ledger"
	"github.com/xiangfeng/xiangfeng/domain/notice"
	"github.com/xiangfeng/xiangfeng/domain/quarter"
	"github.com/xiangfeng/xiangfeng/domain/script"
	"github.com/xiangfeng/xiangfeng/domain/usecase"
	"github.com/xiangfeng/xiangfeng/domain/village"
)

// Tx is what supervision needs of a transaction.
type Tx interface {
	usecase.Notices
	Village(village.ID) (village.Village, error)
	Staff(household.PersonID) (household.Staff, error)
	// Head locks the village's chain and is asked first.
	Head(village.ID) (ledger.Head, error)
	Quarter(village.ID, calendar.Quarter) (quarter.Quarter, error)
	// Seen is the quarter as it would be published at a time.
	Seen(village.ID, calendar.Quarter, time.Time) (alarm.Seen, error)
	// Alarms are the cases of a quarter.
	Alarms(village.ID, calendar.Quarter) ([]alarm.Case, error)
	// Alarm locks and returns a case; NotFound where there is none.
	Alarm(alarm.ID) (alarm.Case, error)
	// AlarmLines are what has become of the events behind a case.
	AlarmLines(alarm.ID) ([]alarm.Line, error)
	// SaveAlarm keeps a case, a new one where its ID is 0.
	SaveAlarm(alarm.Case) error
	// Override is what lets an edition of a quarter through; NotFound for nothing.
	Override(village.ID, calendar.Quarter, int) (alarm.Override, error)
	SaveOverride(alarm.Override) error
	// Overseers are a village's leaders and its township's officers.
	Overseers(village.Village) (leaders, officers []household.PersonID, err error)
	Names(...household.PersonID) (map[household.PersonID]string, error)
	Trace(usecase.Trace) error
}

// matters is how many days the notice of an alarm matters.
const matters = 7

// Look is the use case that looks at a quarter and keeps what it finds.
type Look struct{ Once usecase.Once[Tx] }

// Looked is what a look brought.
type Looked struct {
	Found int // new cases, and those found again
	Told  int // notices left
}

// Refresh looks where a look would change something, as stale tells.
func (u Look) Refresh(ctx context.Context, cmd usecase.Command, v village.ID, q calendar.Quarter,
	stale func(context.Context, village.ID, calendar.Quarter, time.Time) (bool, error),
) error {
	changes, err := stale(ctx, v, q, cmd.Now)
	if err != nil || !changes {
		return err
	}
	out, err := u.Do(ctx, cmd, v, q)
	if err == nil && out.Refused() {
		err = fault.With(out.Code, out.Facts)
	}
	return err
}

// Do looks at a quarter that is over and not published yet, and leaves leader
// and officer notices of what cannot wait, once a kind and quarter. Any other
// quarter is left as it is. The outcome's ID is how many cases were opened or
// found again, its Seq how many notices were left.
func (u Look) Do(ctx context.Context, cmd usecase.Command, v village.ID, q calendar.Quarter) (fault.Outcome, error) {
	cmd.Body = fmt.Sprintf("look %d %s", v, q)
	return u.Once(ctx, cmd, func(tx Tx) (fault.Outcome, error) {
		if _, err := tx.Head(v); err != nil {
			return fault.Settle(err)
		}
		current, err := tx.Quarter(v, q)
		if err != nil || !current.ToCome(calendar.DateOf(cmd.Now)) {
			return fault.Outcome{Code: fault.Done}, err
		}
		seen, err := tx.Seen(v, q, cmd.Now)
		if err != nil {
			return fault.Outcome{}, err
		}
		kept, err := tx.Alarms(v, q)
		if err != nil {
			return fault.Outcome{}, err
		}
		return keep(tx, cmd, v, alarm.Merge(kept, alarm.Inspect(seen), v, q, cmd.Now))
	})
}

func keep(tx Tx, cmd usecase.Command, v village.ID, changed []alarm.Case) (fault.Outcome, error) {
	out := fault.Outcome{Code: fault.Done, Facts: fault.Facts{Village: int64(v)}}
	var loud []alarm.Case
	for _, c := range changed {
		if err := tx.SaveAlarm(c); err != nil {
			return out, err
		}
		if c.State != alarm.Open {
			continue
		}
		out.Facts.ID++
		if c.Loud() && !slices.ContainsFunc(loud, func(l alarm.Case) bool { return l.Kind == c.Kind }) {
			loud = append(loud, c)
		}
	}
	if len(loud) == 0 {
		return out, nil
	}
	all, err := notices(tx, cmd, v, loud)
	if err != nil {
		return out, err
	}
	out.Facts.Seq = int64(len(all))
	return out, tx.Notify(all...)
}

// notices are those of alarms that cannot wait.
func notices(tx Tx, cmd usecase.Command, v village.ID, loud []alarm.Case) ([]notice.Notice, error) {
	place, err := tx.Village(v)
	if err != nil {
		return nil, err
	}
	leaders, officers, err := tx.Overseers(place)
	if err != nil {
		return nil, err
	}
	var all []notice.Notice
	for _, c := range loud {
		names, err := tx.Names(c.Facts.Recorder, c.Facts.Other)
		if err != nil {
			return nil, err
		}
		reason := script.AlarmPush(script.Alarm{Case: c, Recorder: names[c.Facts.Recorder], Other: names[c.Facts.Other]})
		for _, p := range slices.Concat(leaders, officers) {
			all = append(all, notice.Notice{
				Person: p, Scope: notice.Scope{Village: v}, Occasion: fmt.Sprintf("alarm:%s:%s", c.Quarter, c.Kind), Kind: notice.Alarm,
				Facts: notice.Facts{Place: place.Name, Quarter: c.Quarter.String(), State: string(c.Kind), Reason: reason, Count: c.Facts.Count, Of: c.Facts.Of},
				At:    cmd.Now, Until: cmd.Now.AddDate(0, 0, matters),
			})
		}
	}
	return all, nil
}

// Round is the use case of a job: it looks at all quarters that are due.
type Round struct {
	Look Look
	// Due are the villages with households whose quarter is not published.
	Due func(ctx context.Context, q calendar.Quarter) ([]village.ID, error)
}

// Do looks at the quarter before that of at in every village that has not
// published it, each in a transaction of its own and once a day: a run that was
// cut short goes on where it was, and counts the same.
func (u Round) Do(ctx context.Context, at time.Time) (Looked, error) {
	var sum Looked
	today := calendar.DateOf(at)
	q := calendar.QuarterOf(today).Prev()
	due, err := u.Due(ctx, q)
	if err != nil {
		return sum, err
	}
	for _, v := range due {
		out, err := u.Look.Do(ctx, usecase.Command{Key: fmt.Sprintf("look/%d/%s", v, today), Now: at}, v, q)
		if err != nil {
			return sum, err
		}
		sum.Found += int(out.Facts.ID)
		sum.Told += int(out.Facts.Seq)
	}
	return sum, nil
}
