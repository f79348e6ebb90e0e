// Package close ends quarters and years: the sheet to come is signed and goes up,
// comes down again where it is wrong, the quarter is sealed, accounts lapse
// (policy 四(二)2, PRODUCT 2.8, 2.14).
package close

import (
	"time"

	"github.com/xiangfeng/xiangfeng/domain/alarm"
	"github.com/xiangfeng/xiangfeng/domain/calendar"
	"github.com/xiangfeng/xiangfeng/domain/fault"
	"github.com/xiangfeng/xiangfeng/domain/household"
	"github.com/xiangfeng/xiangfeng/domain/ledger"
	"github.com/xiangfeng/xiangfeng/domain/quarter"
	"github.com/xiangfeng/xiangfeng/domain/record"
	"github.com/xiangfeng/xiangfeng/domain/usecase"
	"github.com/xiangfeng/xiangfeng/domain/village"
)

// Tx is what closing needs of a transaction.
type Tx interface {
	usecase.People
	usecase.Book
	usecase.Calendar
	usecase.Quarters
	usecase.Notices
	Reads
	SaveSheet(quarter.Sheet) error
	// SaveSignature keeps a signature under the sheet with this edition to come,
	// in the place of the person's earlier one.
	SaveSignature(village.ID, calendar.Quarter, int, quarter.Signature) error
	// Unknown are those of the pictures that nobody has sent for the village.
	Unknown(village.ID, []record.PhotoHash) ([]record.PhotoHash, error)
	SaveMinutes(quarter.Minutes) error
	// Bound are the people bound to the village's households.
	Bound(village.ID) (map[household.ID][]household.PersonID, error)
	// Withdrawal is what was asked about the quarter's sheet of an edition;
	// NotFound where nothing was.
	Withdrawal(village.ID, calendar.Quarter, int) (quarter.Withdrawal, error)
	SaveWithdrawal(village.ID, calendar.Quarter, int, quarter.Withdrawal) error
	// TakeDown lets the sheet before the quarter's be the village's newest again,
	// and what was not told yet of the quarter's stay untold.
	TakeDown(quarter.Quarter) error
	// SealAccounts lets a quarter's lines reach the claim of all accounts of
	// the village, as ledger.Account.Seal does of one.
	SealAccounts(village.ID, calendar.Quarter) error
	// Contested are the quarter's lines that stand in an open dispute, and
	// MarkContested keeps that they did when it was sealed.
	Contested(village.ID, calendar.Quarter) ([]ledger.Seq, error)
	MarkContested(village.ID, calendar.Quarter, []ledger.Seq) error
	// Due are the village's accounts of a year that are still open, and the
	// closed ones whose grace is over, locked.
	Due(v village.ID, year int, now time.Time) ([]ledger.Account, error)
	Trace(usecase.Trace) error
}

// Reads is what the sheet to come is made of. Outside a transaction a change
// between two of them gives a digest that nothing is signed with.
type Reads interface {
	// Ranked are the households that a sheet of the village lists.
	Ranked(village.ID, calendar.Quarter) ([]household.Household, error)
	// ScoredLines are the scored entries of a village's year, what is alike in sum.
	ScoredLines(village.ID, int) ([]quarter.Line, error)
	// LateLines are those of 补记 in the quarter, and Errata the corrections of
	// lines of earlier quarters since the last sheet before it, by their places
	// in the ledger.
	LateLines(village.ID, calendar.Quarter) ([]quarter.Late, error)
	Errata(village.ID, calendar.Quarter) ([]quarter.Erratum, error)
	Signatures(village.ID, calendar.Quarter, int) ([]quarter.Signature, error)
	Supervision
}

// Supervision is what it takes to know whether a sheet is blocked.
type Supervision interface {
	// Seen is the quarter as supervision looks at it.
	Seen(village.ID, calendar.Quarter, time.Time) (alarm.Seen, error)
	// Override is the township's word that lets an edition up all the same;
	// NotFound where there is none.
	Override(village.ID, calendar.Quarter, int) (alarm.Override, error)
}

// Supervised tells whether supervision blocks the quarter's sheet to come, and
// whether the township has overridden that.
func Supervised(tx Supervision, q quarter.Quarter, now time.Time) (blocked, overridden bool, err error) {
	seen, err := tx.Seen(q.Village, q.Q, now)
	if err != nil || !alarm.Blocks(seen) {
		return false, false, err
	}
	_, err = tx.Override(q.Village, q.Q, q.Edition+1)
	if fault.CodeOf(err) == fault.NotFound {
		return true, false, nil
	}
	return true, err == nil, err
}

// Prepare makes the sheet that would go up now, as a draft.
func Prepare(tx Reads, q quarter.Quarter, now time.Time) (quarter.Draft, error) {
	d, _, err := prepare(tx, q, ledger.Head{}, now)
	return d, err
}

func prepare(tx Reads, q quarter.Quarter, head ledger.Head, now time.Time) (d quarter.Draft, s quarter.Sheet, err error) {
	members, err := tx.Ranked(q.Village, q.Q)
	if err != nil {
		return d, s, err
	}
	lines, err := tx.ScoredLines(q.Village, q.Q.Year)
	if err != nil {
		return d, s, err
	}
	q.Edition++
	s = quarter.Snapshot(q, head, now, members, lines)
	d = quarter.Draft{Village: q.Village, Quarter: q.Q, Edition: q.Edition, Rows: s.Rows}
	if d.Late, err = tx.LateLines(q.Village, q.Q); err != nil {
		return d, s, err
	}
	d.Errata, err = tx.Errata(q.Village, q.Q)
	return d, s, err
}

// scene is somebody at a quarter of a village, whose chain is locked.
type scene struct {
	access   usecase.Access
	head     ledger.Head
	progress ledger.Progress
	quarter  quarter.Quarter
}

// enter locks the village's chain and the quarter, which is moved to assessing
// where it is over. It refuses as usecase.Access.Need does who may do none of
// the deeds.
func enter(tx Tx, cmd usecase.Command, v village.ID, q calendar.Quarter, deeds ...usecase.Deed) (s scene, err error) {
	if s.head, err = tx.Head(v); err != nil {
		return s, err
	}
	if s.access.Village, err = tx.Village(v); err != nil {
		return s, err
	}
	if s.access.Staff, err = tx.Staff(cmd.Actor); err != nil {
		return s, err
	}
	for _, d := range deeds {
		if err = s.access.Need(d); err == nil {
			break
		}
	}
	if err != nil {
		return s, err
	}
	if s.progress, err = tx.Progress(v); err != nil {
		return s, err
	}
	if s.quarter, err = tx.Quarter(v, q); err != nil || s.quarter.State != quarter.Open {
		return s, err
	}
	s.quarter, err = s.quarter.Assess(cmd.Now)
	return s, err
}

// moved is the refusal of a digest that is not that of the sheet to come any more.
func moved() error { return fault.With(fault.Conflict, fault.Facts{Note: Moved}) }

// Moved is the note of that refusal.
const Moved = "moved"
