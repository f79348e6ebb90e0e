// Package assess is the 考核认定: going through the events that were recorded
// and deciding each (policy 四(二)2).
package assess

import (
	"context"

	"github.com/xiangfeng/xiangfeng/domain/fault"
	"github.com/xiangfeng/xiangfeng/domain/ledger"
	"github.com/xiangfeng/xiangfeng/domain/record"
	"github.com/xiangfeng/xiangfeng/domain/usecase"
)

// Tx is what assessing needs of a transaction.
type Tx interface {
	usecase.People
	usecase.Book
	// Event locks and returns an event; NotFound where there is none.
	Event(record.ID) (record.Event, error)
	SaveEvent(record.Event) error
}

// Confirm is the use case that turns a pending event into a line.
type Confirm struct{ Once usecase.Once[Tx] }

// Do confirms the event; the outcome names the line and the entry.
func (c Confirm) Do(ctx context.Context, cmd usecase.Command, id record.ID) (fault.Outcome, error) {
	return c.Once(ctx, cmd, func(tx Tx) (fault.Outcome, error) {
		posted, event, err := confirm(tx, cmd, id)
		if err != nil {
			return fault.Settle(err)
		}
		if err := tx.Keep(posted); err != nil {
			return fault.Outcome{}, err
		}
		e := posted.Entries[0]
		return fault.Outcome{Code: fault.Done, Facts: fault.Facts{
			ID: int64(id), Household: int64(event.Household), Line: e.Line, Seq: int64(e.Seq),
		}}, tx.SaveEvent(event)
	})
}

func confirm(tx Tx, cmd usecase.Command, id record.ID) (ledger.Posted, record.Event, error) {
	event, err := tx.Event(id)
	if err != nil {
		return ledger.Posted{}, event, err
	}
	scene, _, err := usecase.Scene(tx, event.Household, cmd.Actor, cmd.Now)
	if err != nil {
		return ledger.Posted{}, event, err
	}
	head, err := tx.Head(event.Village)
	if err != nil {
		return ledger.Posted{}, event, err
	}
	progress, err := tx.Progress(event.Village)
	if err != nil {
		return ledger.Posted{}, event, err
	}
	event, draft, err := event.Confirm(scene, progress)
	if err != nil {
		return ledger.Posted{}, event, err
	}
	account, err := tx.Account(event.Household, draft.CountsIn.Year)
	if err != nil {
		return ledger.Posted{}, event, err
	}
	posted, err := ledger.Post(head, account, progress, draft, cmd.Now)
	return posted, event, err
}
