package record

import (
	"context"

	"github.com/xiangfeng/xiangfeng/domain/fault"
	"github.com/xiangfeng/xiangfeng/domain/household"
	"github.com/xiangfeng/xiangfeng/domain/record"
	"github.com/xiangfeng/xiangfeng/domain/usecase"
)

// Withdraw is the use case of taking one's own event back.
type Withdraw struct{ Once usecase.Once[Tx] }

// Do withdraws a pending event; its room under the caps is free again. It
// refuses with NotFound an event of a village whose team the actor is not of,
// and as record.Event.Withdraw does.
func (u Withdraw) Do(ctx context.Context, cmd usecase.Command, id record.ID, reason string) (fault.Outcome, error) {
	cmd.Body = asked("withdraw", id, reason)
	return u.Once(ctx, cmd, func(tx Tx) (fault.Outcome, error) {
		event, scene, err := own(tx, cmd, id)
		if err == nil {
			event, err = event.Withdraw(scene, reason)
		}
		if err != nil {
			return fault.Settle(err)
		}
		return fault.Outcome{Code: fault.Done, Facts: fault.Facts{ID: int64(id), Household: int64(event.Household)}}, tx.SaveEvent(event)
	})
}

// own locks an event and returns it with the actor's scene.
func own(tx Tx, cmd usecase.Command, id record.ID) (record.Event, record.Scene, error) {
	event, err := tx.Event(id)
	if err != nil {
		return event, record.Scene{}, err
	}
	scene, err := team(tx, event.Village, cmd, 0)
	return event, scene, err
}

// people puts who recorded and who typed an event into a scene.
func people(tx Tx, scene record.Scene, recorder, typist household.PersonID) (record.Scene, error) {
	var err error
	if scene.Staff, err = tx.Staff(recorder); err != nil || typist == 0 {
		return scene, err
	}
	scene.Typist, err = tx.Staff(typist)
	return scene, err
}
