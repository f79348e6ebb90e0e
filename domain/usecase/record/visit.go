package record

import (
	"context"

	"github.com/xiangfeng/xiangfeng/domain/calendar"
	"github.com/xiangfeng/xiangfeng/domain/fault"
	"github.com/xiangfeng/xiangfeng/domain/record"
	"github.com/xiangfeng/xiangfeng/domain/usecase"
	"github.com/xiangfeng/xiangfeng/domain/village"
)

// Visit is the use case of a visit with nothing to record.
type Visit struct{ Once usecase.Once[Tx] }

// Do keeps the visit; the outcome's ID is the day's visit of the household,
// which may be there already. Its refusals are those of record.NewVisit, of
// the target, and NotFound for who is not of the village's team.
func (u Visit) Do(ctx context.Context, cmd usecase.Command, v village.ID, t Target, on calendar.Date, note string) (fault.Outcome, error) {
	cmd.Body = asked("visit", v, t, on, note)
	return u.Once(ctx, cmd, func(tx Tx) (fault.Outcome, error) {
		scene, one, err := before(tx, cmd, v, t)
		if err != nil {
			return fault.Settle(err)
		}
		visit, err := record.NewVisit(scene, one.home, on, note)
		if err != nil {
			return fault.Settle(err)
		}
		id, err := tx.AddVisit(visit)
		return fault.Outcome{Code: fault.Done, Facts: fault.Facts{ID: int64(id), Household: int64(one.home.ID)}}, err
	})
}

// before is the scene before a household's door, which it locks.
func before(tx Tx, cmd usecase.Command, v village.ID, t Target) (record.Scene, found, error) {
	scene, err := team(tx, v, cmd, 0)
	if err != nil {
		return scene, found{}, err
	}
	homes, err := lockTargets(tx, v, []Target{t})
	if err != nil {
		return scene, found{}, err
	}
	one := homes[0]
	if one.why != "" {
		return scene, one, fault.With(one.why, fault.Facts{Household: int64(one.home.ID)})
	}
	scene.Kin, err = tx.Kin(one.home.ID)
	return scene, one, err
}
