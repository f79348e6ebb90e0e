// Package close ends quarters and years: the sheet goes up, the quarter is
// sealed, accounts lapse (policy 四(二)2, PRODUCT 2.8, 2.14).
package close

import (
	"context"
	"time"

	"github.com/xiangfeng/xiangfeng/domain/calendar"
	"github.com/xiangfeng/xiangfeng/domain/fault"
	"github.com/xiangfeng/xiangfeng/domain/household"
	"github.com/xiangfeng/xiangfeng/domain/ledger"
	"github.com/xiangfeng/xiangfeng/domain/quarter"
	"github.com/xiangfeng/xiangfeng/domain/usecase"
	"github.com/xiangfeng/xiangfeng/domain/village"
)

// Tx is what closing needs of a transaction.
type Tx interface {
	usecase.People
	usecase.Book
	usecase.Calendar
	// Quarter locks and returns a village's quarter, a new one where nothing
	// has happened in it yet.
	Quarter(village.ID, calendar.Quarter) (quarter.Quarter, error)
	SaveQuarter(quarter.Quarter) error
	// Ranked are the households that a sheet of the village lists.
	Ranked(village.ID, calendar.Quarter) ([]household.Household, error)
	// ScoredLines are the scored entries of a village's year.
	ScoredLines(village.ID, int) ([]quarter.Line, error)
	SaveSheet(quarter.Sheet) error
	// SealAccounts lets a quarter's lines reach the claim of all accounts of
	// the village, as ledger.Account.Seal does of one.
	SealAccounts(village.ID, calendar.Quarter) error
	// Due are the village's accounts of a year that are still open, and the
	// closed ones whose grace is over, locked.
	Due(v village.ID, year int, now time.Time) ([]ledger.Account, error)
}

// Publish is the use case that puts a quarter's sheet on the wall.
type Publish struct{ Once usecase.Once[Tx] }

// Do assesses (where that was not started) and publishes the quarter; the
// outcome's Note is the sheet's check code. Only the leader or a deputy publishes.
func (u Publish) Do(ctx context.Context, cmd usecase.Command, v village.ID, q calendar.Quarter, s quarter.Signing) (fault.Outcome, error) {
	return u.Once(ctx, cmd, func(tx Tx) (fault.Outcome, error) {
		next, sheet, err := publish(tx, cmd, v, q, s)
		if err != nil {
			return fault.Settle(err)
		}
		if err := tx.SaveQuarter(next); err != nil {
			return fault.Outcome{}, err
		}
		return fault.Outcome{Code: fault.Done, Facts: fault.Facts{Village: int64(v), Note: sheet.Code}}, tx.SaveSheet(sheet)
	})
}

func publish(tx Tx, cmd usecase.Command, v village.ID, q calendar.Quarter, s quarter.Signing) (quarter.Quarter, quarter.Sheet, error) {
	head, err := tx.Head(v)
	if err != nil {
		return quarter.Quarter{}, quarter.Sheet{}, err
	}
	if s.Need, err = mayPublish(tx, cmd, v); err != nil {
		return quarter.Quarter{}, quarter.Sheet{}, err
	}
	next, err := advance(tx, cmd, v, q, s)
	if err != nil {
		return quarter.Quarter{}, quarter.Sheet{}, err
	}
	members, err := tx.Ranked(v, q)
	if err != nil {
		return quarter.Quarter{}, quarter.Sheet{}, err
	}
	lines, err := tx.ScoredLines(v, q.Year)
	if err != nil {
		return quarter.Quarter{}, quarter.Sheet{}, err
	}
	return next, quarter.Snapshot(next, head, cmd.Now, members, lines), nil
}

func advance(tx Tx, cmd usecase.Command, v village.ID, q calendar.Quarter, s quarter.Signing) (quarter.Quarter, error) {
	progress, err := tx.Progress(v)
	if err != nil {
		return quarter.Quarter{}, err
	}
	next, err := tx.Quarter(v, q)
	if err != nil {
		return quarter.Quarter{}, err
	}
	if next.State == quarter.Open {
		if next, err = next.Assess(cmd.Now); err != nil {
			return quarter.Quarter{}, err
		}
	}
	return next.Publish(progress, s, cmd.Now)
}

// mayPublish returns how many signatures the village asks for.
func mayPublish(tx usecase.People, cmd usecase.Command, v village.ID) (int, error) {
	place, err := tx.Village(v)
	if err != nil {
		return 0, err
	}
	staff, err := tx.Staff(cmd.Actor)
	if err != nil {
		return 0, err
	}
	if !staff.Holds(place, household.Leader, household.Deputy) {
		return 0, fault.Refuse(fault.Forbidden)
	}
	return place.Settings.Signers, nil
}

// Seal is the use case that ends a quarter when its days on the wall are
// over. A job asks for it; it waits for nobody.
type Seal struct{ Once usecase.Once[Tx] }

// Do seals the quarter and lets its lines reach the claims.
func (u Seal) Do(ctx context.Context, cmd usecase.Command, v village.ID, q calendar.Quarter) (fault.Outcome, error) {
	return u.Once(ctx, cmd, func(tx Tx) (fault.Outcome, error) {
		if _, err := tx.Head(v); err != nil {
			return fault.Settle(err)
		}
		current, err := tx.Quarter(v, q)
		if err != nil {
			return fault.Settle(err)
		}
		sealed, err := current.Seal(cmd.Now)
		if err != nil {
			return fault.Settle(err)
		}
		if err := tx.SaveQuarter(sealed); err != nil {
			return fault.Outcome{}, err
		}
		return fault.Outcome{Code: fault.Done, Facts: fault.Facts{Village: int64(v)}}, tx.SealAccounts(v, q)
	})
}
