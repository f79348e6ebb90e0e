package record

import (
	"context"

	"github.com/xiangfeng/xiangfeng/domain/fault"
	"github.com/xiangfeng/xiangfeng/domain/record"
	"github.com/xiangfeng/xiangfeng/domain/usecase"
)

// TakeAside is the use case of recording what a colleague had to set aside.
type TakeAside struct{ Once usecase.Once[Tx] }

// Do records the event of the household that was set aside, with what its
// record says; the outcome's ID is the event's. It refuses with NotFound what
// is of a village whose team the actor is not of, or of no household, with
// Conflict what is decided already, and as record.New does.
func (u TakeAside) Do(ctx context.Context, cmd usecase.Command, id record.AsideID) (fault.Outcome, error) {
	cmd.Body = asked("take aside", id)
	return u.Once(ctx, cmd, func(tx Tx) (fault.Outcome, error) {
		s, a, event, err := takeAside(tx, cmd, id)
		if err != nil {
			return fault.Settle(err)
		}
		made, err := s.add(tx, event)
		if err != nil {
			return fault.Outcome{}, err
		}
		facts := fault.Facts{ID: int64(made), Household: int64(event.Household), Need: int64(event.Tenths)}
		return fault.Outcome{Code: fault.Done, Facts: facts}, tx.SaveAside(a.Take(cmd.Actor, made, cmd.Now))
	})
}

func takeAside(tx Tx, cmd usecase.Command, id record.AsideID) (sitting, record.Aside, record.Event, error) {
	a, r, scene, err := lockAside(tx, cmd, id)
	switch {
	case err != nil:
		return sitting{}, a, record.Event{}, err
	case a.State != record.AsideWaiting:
		return sitting{}, a, record.Event{}, fault.Refuse(fault.Conflict)
	}
	homes, err := lockTargets(tx, r.Village, []Target{{Household: a.Household}})
	if err != nil {
		return sitting{}, a, record.Event{}, err
	}
	s := sitting{scene, r}
	event, err := s.score(tx, homes[0])
	// The visit, if it was one, was the recorder's; who takes it was not there.
	s.record.AtDoor = false
	return s, a, event, err
}

// lockAside locks what was set aside and returns it with its record and the
// actor's scene.
func lockAside(tx Tx, cmd usecase.Command, id record.AsideID) (record.Aside, record.Record, record.Scene, error) {
	a, err := tx.Aside(id)
	if err != nil {
		return a, record.Record{}, record.Scene{}, err
	}
	r, err := tx.Record(a.Record)
	if err != nil {
		return a, r, record.Scene{}, err
	}
	scene, err := team(tx, r.Village, cmd, 0)
	return a, r, scene, err
}

// DropAside is the use case of letting be what was set aside.
type DropAside struct{ Once usecase.Once[Tx] }

// Do drops it for a reason. It refuses with NotFound what is of a village whose
// team the actor is not of, and as record.Aside.Drop does.
func (u DropAside) Do(ctx context.Context, cmd usecase.Command, id record.AsideID, reason string) (fault.Outcome, error) {
	cmd.Body = asked("drop aside", id, reason)
	return u.Once(ctx, cmd, func(tx Tx) (fault.Outcome, error) {
		a, _, scene, err := lockAside(tx, cmd, id)
		if err == nil {
			scene.Kin, err = tx.Kin(a.Household)
		}
		if err == nil {
			a, err = a.Drop(scene, reason)
		}
		if err != nil {
			return fault.Settle(err)
		}
		return fault.Outcome{Code: fault.Done, Facts: fault.Facts{ID: int64(id), Household: int64(a.Household)}}, tx.SaveAside(a)
	})
}
