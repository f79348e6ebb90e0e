package object

import (
	"context"

	"github.com/xiangfeng/xiangfeng/domain/dispute"
	"github.com/xiangfeng/xiangfeng/domain/fault"
	"github.com/xiangfeng/xiangfeng/domain/usecase"
)

// Accept is the use case of taking a dispute on.
type Accept struct{ Once usecase.Once[CaseTx] }

// Do accepts the dispute. It refuses with NotFound who has no post in the
// village, and as dispute.Dispute.Accept does.
func (u Accept) Do(ctx context.Context, cmd usecase.Command, id dispute.ID) (fault.Outcome, error) {
	cmd.Body = asked("accept", id)
	return u.Once(ctx, cmd, func(tx CaseTx) (fault.Outcome, error) {
		return investigate(tx, cmd, id, func(m matter) (dispute.Dispute, error) { return m.Accept(m.scene) }, matter.tellAccepted)
	})
}

// Extend is the use case of taking longer, told before the promised day.
type Extend struct{ Once usecase.Once[CaseTx] }

// Do extends the dispute for a reason that the household reads. It refuses with
// NotFound who has no post in the village, and as dispute.Dispute.Extend does.
func (u Extend) Do(ctx context.Context, cmd usecase.Command, id dispute.ID, reason string) (fault.Outcome, error) {
	cmd.Body = asked("extend", id, reason)
	return u.Once(ctx, cmd, func(tx CaseTx) (fault.Outcome, error) {
		return investigate(tx, cmd, id, func(m matter) (dispute.Dispute, error) { return m.Extend(m.scene, reason) }, matter.tellExtended)
	})
}

// step changes a dispute, or refuses to.
type step func(matter) (dispute.Dispute, error)

// investigate lets somebody of the village or the office do a step and tells of it.
func investigate(tx CaseTx, cmd usecase.Command, id dispute.ID, do step, tell func(matter, CaseTx) error) (fault.Outcome, error) {
	m, err := hold(tx, cmd, id)
	if err == nil {
		err = m.access().Known()
	}
	return m.move(tx, err, do, tell)
}

// move does a step where nothing stands in its way, keeps it and tells of it.
func (m matter) move(tx CaseTx, err error, do step, tell func(matter, CaseTx) error) (fault.Outcome, error) {
	if err == nil {
		m.Dispute, err = do(m)
	}
	if err != nil {
		return fault.Settle(err)
	}
	if err := tx.SaveDispute(m.Dispute); err != nil {
		return fault.Outcome{}, err
	}
	return fault.Outcome{Code: fault.Done, Facts: m.facts()}, tell(m, tx)
}
