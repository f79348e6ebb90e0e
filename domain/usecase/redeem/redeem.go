// Package redeem is points given for goods and goods brought back (policy 四(三)2).
package redeem

import (
	"context"

	"github.com/xiangfeng/xiangfeng/domain/calendar"
	"github.com/xiangfeng/xiangfeng/domain/fault"
	"github.com/xiangfeng/xiangfeng/domain/household"
	"github.com/xiangfeng/xiangfeng/domain/ledger"
	"github.com/xiangfeng/xiangfeng/domain/points"
	"github.com/xiangfeng/xiangfeng/domain/record"
	"github.com/xiangfeng/xiangfeng/domain/usecase"
	"github.com/xiangfeng/xiangfeng/domain/village"
)

// Tx is what redeeming needs of a transaction.
type Tx interface {
	usecase.People
	usecase.Book
	usecase.Calendar
	// Purses locks the household's accounts that may still pay, the older first.
	Purses(household.ID) ([]ledger.Purse, error)
	Entry(village.ID, ledger.Seq) (ledger.Entry, bool, error)
	AccountByID(ledger.AccountID) (ledger.Account, error)
	// Returned is how much of a redemption came back already.
	Returned(village.ID, ledger.Seq) (points.Tenths, error)
}

// Request is a redemption: how many tenths for what, agreed to by whom of the household.
type Request struct {
	Household household.ID
	Tenths    points.Tenths
	Title     string
	// Agreed is the member, or the witness, who confirmed the handing over.
	Agreed household.PersonID
}

// Redeem is the use case. The command's actor hands over the goods.
type Redeem struct{ Once usecase.Once[Tx] }

// Do takes the points, from the older account first; all of it or nothing.
func (r Redeem) Do(ctx context.Context, cmd usecase.Command, req Request) (fault.Outcome, error) {
	return r.Once(ctx, cmd, func(tx Tx) (fault.Outcome, error) {
		home, err := mayHandOver(tx, cmd, req.Household)
		if err != nil {
			return fault.Settle(err)
		}
		head, err := tx.Head(home.Village)
		if err != nil {
			return fault.Settle(err)
		}
		purses, err := tx.Purses(home.ID)
		if err != nil {
			return fault.Settle(err)
		}
		drafts, err := ledger.Spend(purses, req.Tenths, cmd.Now, req.Title, ledger.By{Recorder: cmd.Actor, Confirmer: req.Agreed})
		if err != nil {
			return fault.Settle(err)
		}
		return pay(tx, head, purses, drafts, cmd)
	})
}

func pay(tx Tx, head ledger.Head, purses []ledger.Purse, drafts []ledger.Draft, cmd usecase.Command) (fault.Outcome, error) {
	var facts fault.Facts
	for i, d := range drafts {
		if d.Tenths == 0 {
			continue
		}
		posted, err := ledger.Post(head, purses[i].Account, purses[i].Progress, d, cmd.Now)
		if err != nil {
			return fault.Outcome{}, err
		}
		if err := tx.Keep(posted); err != nil {
			return fault.Outcome{}, err
		}
		head = posted.Head
		facts.Account, facts.Line, facts.Seq = int64(posted.Account.ID), posted.Entries[0].Line, int64(posted.Entries[0].Seq)
	}
	return fault.Outcome{Code: fault.Done, Facts: facts}, nil
}

// mayHandOver refuses who does not serve, and the shopkeeper's own household
// and kin, who are served by a team member (PRODUCT 2.11).
func mayHandOver(tx usecase.People, cmd usecase.Command, h household.ID) (household.Household, error) {
	scene, home, err := usecase.Scene(tx, h, cmd.Actor, cmd.Now)
	if err != nil {
		return home, err
	}
	return home, serves(scene, h)
}

func serves(s record.Scene, h household.ID) error {
	if !s.Staff.Holds(s.Village, household.Shopkeeper, household.TeamMember, household.Deputy, household.Leader) {
		return fault.Refuse(fault.Forbidden)
	}
	if s.Kin.Related(s.Staff.Households, h) {
		return fault.With(fault.Kin, fault.Facts{Household: int64(h)})
	}
	return nil
}

// ReturnRequest is goods brought back.
type ReturnRequest struct {
	Village village.ID
	Seq     ledger.Seq // the redemption
	Tenths  points.Tenths
	Agreed  household.PersonID
}

// Return is the use case of goods brought back within seven days.
type Return struct{ Once usecase.Once[Tx] }

// Do gives the points back to the account they were spent from.
func (r Return) Do(ctx context.Context, cmd usecase.Command, req ReturnRequest) (fault.Outcome, error) {
	return r.Once(ctx, cmd, func(tx Tx) (fault.Outcome, error) {
		posted, entry, err := giveBack(tx, cmd, req)
		if err != nil {
			return fault.Settle(err)
		}
		return fault.Outcome{Code: fault.Done, Facts: fault.Facts{Line: entry.Line}}, tx.Keep(posted)
	})
}

func giveBack(tx Tx, cmd usecase.Command, req ReturnRequest) (ledger.Posted, ledger.Entry, error) {
	head, err := tx.Head(req.Village)
	if err != nil {
		return ledger.Posted{}, ledger.Entry{}, err
	}
	redemption, _, err := tx.Entry(req.Village, req.Seq)
	if err != nil {
		return ledger.Posted{}, ledger.Entry{}, err
	}
	account, err := tx.AccountByID(redemption.Account)
	if err != nil {
		return ledger.Posted{}, ledger.Entry{}, err
	}
	if _, err := mayHandOver(tx, cmd, account.Household); err != nil {
		return ledger.Posted{}, ledger.Entry{}, err
	}
	returned, err := tx.Returned(req.Village, req.Seq)
	if err != nil {
		return ledger.Posted{}, ledger.Entry{}, err
	}
	by := ledger.By{Recorder: cmd.Actor, Confirmer: req.Agreed}
	draft, err := ledger.GiveBack(account, redemption, returned, req.Tenths, calendar.DateOf(cmd.Now), by)
	if err != nil {
		return ledger.Posted{}, ledger.Entry{}, err
	}
	progress, err := tx.Progress(req.Village)
	if err != nil {
		return ledger.Posted{}, ledger.Entry{}, err
	}
	return usecase.PostTo(tx, head, account, progress, draft, cmd.Now)
}
