package object

import (
	"context"
	"strconv"

	"github.com/xiangfeng/xiangfeng/domain/dispute"
	"github.com/xiangfeng/xiangfeng/domain/fault"
	"github.com/xiangfeng/xiangfeng/domain/usecase"
)

// Answers are what a household does about a dispute of its own: its people, and
// the helper who filed it.
type Answers struct{ Once usecase.Once[CaseTx] }

// Withdraw takes the dispute back. Like all of these it refuses as the act of
// the same name of dispute.Dispute does; the outcome's Note is the number and Day
// by when somebody must act.
func (u Answers) Withdraw(ctx context.Context, cmd usecase.Command, id dispute.ID) (fault.Outcome, error) {
	return u.do(ctx, cmd, id, "withdraw", func(m matter) (dispute.Dispute, error) { return m.Withdraw(m.scene) }, matter.tellWithdrawn)
}

// Nudge asks who must act to do so (催一下), once a day.
func (u Answers) Nudge(ctx context.Context, cmd usecase.Command, id dispute.ID) (fault.Outcome, error) {
	return u.do(ctx, cmd, id, "nudge", func(m matter) (dispute.Dispute, error) { return m.Nudge(m.scene) }, matter.tellNudged)
}

// Agree accepts the village's decision (认可).
func (u Answers) Agree(ctx context.Context, cmd usecase.Command, id dispute.ID) (fault.Outcome, error) {
	return u.do(ctx, cmd, id, "agree", func(m matter) (dispute.Dispute, error) { return m.Agree(m.scene) }, matter.tellAgreed)
}

// Appeal takes the decision to the township (不服，请镇上看).
func (u Answers) Appeal(ctx context.Context, cmd usecase.Command, id dispute.ID, words string) (fault.Outcome, error) {
	return u.do(ctx, cmd, id, "appeal "+words, func(m matter) (dispute.Dispute, error) { return m.TakeUp(m.scene, words) }, matter.tellAppealed)
}

func (u Answers) do(ctx context.Context, cmd usecase.Command, id dispute.ID, what string, do step, tell func(matter, CaseTx) error) (fault.Outcome, error) {
	cmd.Body = asked(what, id)
	return u.Once(ctx, cmd, func(tx CaseTx) (fault.Outcome, error) {
		m, err := hold(tx, cmd, id)
		return m.move(tx, err, do, tell)
	})
}

// facts are what an act on the dispute is worded with.
func (m matter) facts() fault.Facts {
	f := fault.Facts{ID: int64(m.ID), Household: int64(m.Household), Village: int64(m.Village), Line: m.LineNo, Note: strconv.Itoa(m.Number)}
	if due := m.Due(); !due.IsZero() {
		f.Day = due.String()
	}
	return f
}
