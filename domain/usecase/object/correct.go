// Package object is what follows when a line is objected to (异议): here the
// correction that a decision posts, exactly once.
package object

import (
	"context"

	"github.com/xiangfeng/xiangfeng/domain/calendar"
	"github.com/xiangfeng/xiangfeng/domain/fault"
	"github.com/xiangfeng/xiangfeng/domain/household"
	"github.com/xiangfeng/xiangfeng/domain/ledger"
	"github.com/xiangfeng/xiangfeng/domain/points"
	"github.com/xiangfeng/xiangfeng/domain/usecase"
	"github.com/xiangfeng/xiangfeng/domain/village"
)

// Tx is what correcting needs of a transaction.
type Tx interface {
	usecase.People
	usecase.Book
	usecase.Calendar
	// Entry returns an entry of a village's ledger and whether a correction
	// names it; NotFound where there is none.
	Entry(village.ID, ledger.Seq) (ledger.Entry, bool, error)
	// AccountByID locks and returns an account.
	AccountByID(ledger.AccountID) (ledger.Account, error)
}

// Request is a decision that a line stands as another amount.
type Request struct {
	Village  village.ID
	Seq      ledger.Seq
	StandsAs points.Tenths
	Reason   string
	// Proposer found it out; the actor of the command decides.
	Proposer household.PersonID
}

// Correct is the use case.
type Correct struct{ Once usecase.Once[Tx] }

// Do posts the correction; the outcome names its line.
func (c Correct) Do(ctx context.Context, cmd usecase.Command, req Request) (fault.Outcome, error) {
	return c.Once(ctx, cmd, func(tx Tx) (fault.Outcome, error) {
		posted, e, err := correct(tx, cmd, req)
		if err != nil {
			return fault.Settle(err)
		}
		return fault.Outcome{Code: fault.Done, Facts: fault.Facts{
			Household: int64(posted.Account.Household), Line: e.Line, Seq: int64(e.Seq),
		}}, tx.Keep(posted)
	})
}

func correct(tx Tx, cmd usecase.Command, req Request) (ledger.Posted, ledger.Entry, error) {
	head, err := tx.Head(req.Village)
	if err != nil {
		return ledger.Posted{}, ledger.Entry{}, err
	}
	target, corrected, err := tx.Entry(req.Village, req.Seq)
	if err != nil {
		return ledger.Posted{}, ledger.Entry{}, err
	}
	account, err := tx.AccountByID(target.Account)
	if err != nil {
		return ledger.Posted{}, ledger.Entry{}, err
	}
	if err := mayDecide(tx, cmd, account.Household, target); err != nil {
		return ledger.Posted{}, ledger.Entry{}, err
	}
	by := ledger.By{Recorder: req.Proposer, Confirmer: cmd.Actor}
	draft, err := ledger.Correct(target, corrected, req.StandsAs, calendar.DateOf(cmd.Now), req.Reason, by)
	if err != nil {
		return ledger.Posted{}, ledger.Entry{}, err
	}
	progress, err := tx.Progress(req.Village)
	if err != nil {
		return ledger.Posted{}, ledger.Entry{}, err
	}
	return usecase.PostTo(tx, head, account, progress, draft, cmd.Now)
}

// mayDecide keeps whoever recorded the line from deciding about it.
func mayDecide(tx Tx, cmd usecase.Command, h household.ID, target ledger.Entry) error {
	scene, _, err := usecase.Scene(tx, h, cmd.Actor, cmd.Now)
	if err != nil {
		return err
	}
	if target.Recorder == cmd.Actor {
		return fault.Refuse(fault.SamePerson)
	}
	return usecase.DecidesFor(scene, h)
}
