package record

import (
	"context"
	"time"

	"github.com/xiangfeng/xiangfeng/domain/calendar"
	"github.com/xiangfeng/xiangfeng/domain/fault"
	"github.com/xiangfeng/xiangfeng/domain/record"
	"github.com/xiangfeng/xiangfeng/domain/usecase"
)

// Correction is how an event should have been recorded.
type Correction struct {
	Event record.ID
	Item  string
	On    calendar.Date
	At    time.Time // by the phone's clock, zero where that is not known
	Place string
	Note  string
	// Evidence takes the place of what the record had; none leaves it.
	Evidence []record.Evidence
}

// Correct is the use case of mending one's own record before it is assessed.
type Correct struct{ Once usecase.Once[Tx] }

// Do withdraws the event and records another one in its place, whose caps are
// counted without the old one; the outcome's ID is the new record's. It refuses
// with NotFound an event of a village whose team the actor is not of, and as
// record.Event.Correct and record.Draft.Check do.
func (u Correct) Do(ctx context.Context, cmd usecase.Command, req Correction) (fault.Outcome, error) {
	cmd.Body = asked("correct", req)
	return u.Once(ctx, cmd, func(tx Tx) (fault.Outcome, error) {
		s, old, corrected, err := correct(tx, cmd, req)
		if err != nil {
			return fault.Settle(err)
		}
		if err := tx.SaveEvent(old); err != nil {
			return fault.Outcome{}, err
		}
		return s.keep(tx, []record.Event{corrected}, nil)
	})
}

func correct(tx Tx, cmd usecase.Command, req Correction) (s sitting, old, corrected record.Event, err error) {
	old, scene, err := lockEvent(tx, cmd, req.Event)
	if err != nil {
		return s, old, corrected, err
	}
	by := scene.Staff
	if scene, err = people(tx, scene, old.Recorder, old.Typist); err != nil {
		return s, old, corrected, err
	}
	d, err := redraft(tx, old, req)
	if err != nil {
		return s, old, corrected, err
	}
	if s, err = begin(tx, scene, d); err != nil {
		return s, old, corrected, err
	}
	home, err := tx.Household(old.Household)
	if err != nil {
		return s, old, corrected, err
	}
	if scene, err = s.at(tx, old.Household, old.ID); err != nil {
		return s, old, corrected, err
	}
	old, corrected, err = old.Correct(scene, by, home, d)
	return s, old, corrected, err
}

// lockEvent locks an event's household and then the event.
func lockEvent(tx Tx, cmd usecase.Command, id record.ID) (record.Event, record.Scene, error) {
	event, scene, err := own(tx, cmd, id)
	if err != nil {
		return event, scene, err
	}
	return event, scene, tx.LockHousehold(event.Household)
}

// redraft is the record of the old event, corrected.
func redraft(tx Tx, old record.Event, req Correction) (record.Draft, error) {
	item, err := tx.Item(old.Village, req.On.Year, req.Item)
	if err != nil {
		return record.Draft{}, err
	}
	if item.Code == old.Item.Code {
		item.WarnFirst = false // the household was warned
	}
	d := record.Draft{Item: item, On: req.On, NotedAt: req.At, Place: req.Place, Note: req.Note, Evidence: req.Evidence}
	if old.Record == 0 {
		return d, nil
	}
	before, err := tx.Record(old.Record)
	d.AtDoor = before.AtDoor
	if len(d.Evidence) == 0 {
		d.Evidence = before.Evidence
	}
	return d, err
}
