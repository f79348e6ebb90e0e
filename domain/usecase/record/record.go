// Package record is the act of recording an event of a household (policy 四(二)1).
package record

import (
	"context"

	"github.com/xiangfeng/xiangfeng/domain/calendar"
	"github.com/xiangfeng/xiangfeng/domain/catalogue"
	"github.com/xiangfeng/xiangfeng/domain/fault"
	"github.com/xiangfeng/xiangfeng/domain/household"
	"github.com/xiangfeng/xiangfeng/domain/record"
	"github.com/xiangfeng/xiangfeng/domain/usecase"
	"github.com/xiangfeng/xiangfeng/domain/village"
)

// Tx is what recording needs of a transaction.
type Tx interface {
	usecase.People
	// LockHousehold makes other records of the household wait, so that its
	// caps are counted one after the other.
	LockHousehold(household.ID) error
	// Item is a row of the catalogue that the village adopted for a year.
	Item(v village.ID, year int, code string) (catalogue.Item, error)
	// Uses are the household's pending and confirmed events of an item.
	Uses(h household.ID, code string) ([]catalogue.Use, error)
	// AddEvent saves a new event and returns its id.
	AddEvent(record.Event) (record.ID, error)
}

// Request is what a team member records.
type Request struct {
	Household household.ID
	Item      string
	On        calendar.Date
	Place     string
	Note      string
}

// Record is the use case.
type Record struct{ Once usecase.Once[Tx] }

// Do records the event, pending until it is confirmed; the outcome's ID is
// the event's.
func (r Record) Do(ctx context.Context, cmd usecase.Command, req Request) (fault.Outcome, error) {
	return r.Once(ctx, cmd, func(tx Tx) (fault.Outcome, error) {
		if err := tx.LockHousehold(req.Household); err != nil {
			return fault.Settle(err)
		}
		event, err := decide(tx, cmd, req)
		if err != nil {
			return fault.Settle(err)
		}
		id, err := tx.AddEvent(event)
		if err != nil {
			return fault.Outcome{}, err
		}
		return fault.Outcome{Code: fault.Done, Facts: fault.Facts{ID: int64(id), Household: int64(req.Household), Need: int64(event.Tenths)}}, nil
	})
}

func decide(tx Tx, cmd usecase.Command, req Request) (record.Event, error) {
	scene, home, err := usecase.Scene(tx, req.Household, cmd.Actor, cmd.Now)
	if err != nil {
		return record.Event{}, err
	}
	item, err := tx.Item(home.Village, req.On.Year, req.Item)
	if err != nil {
		return record.Event{}, err
	}
	if scene.Used, err = tx.Uses(home.ID, item.Code); err != nil {
		return record.Event{}, err
	}
	return record.New(scene, home, item, req.On, req.Place, req.Note)
}
