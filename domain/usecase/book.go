package usecase

import (
	"time"

	"github.com/xiangfeng/xiangfeng/domain/calendar"
	"github.com/xiangfeng/xiangfeng/domain/fault"
	"github.com/xiangfeng/xiangfeng/domain/household"
	"github.com/xiangfeng/xiangfeng/domain/ledger"
	"github.com/xiangfeng/xiangfeng/domain/quarter"
	"github.com/xiangfeng/xiangfeng/domain/record"
	"github.com/xiangfeng/xiangfeng/domain/village"
)

// Book is a village's ledger within a transaction. Head locks the village's
// chain until the transaction ends and is asked first, so that no two acts
// wait for each other.
type Book interface {
	Head(village.ID) (ledger.Head, error)
	Progress(village.ID) (ledger.Progress, error)
	// Account locks and returns a household's account of a year; NotFound
	// where there is none.
	Account(household.ID, int) (ledger.Account, error)
	// Keep appends what was posted and saves the account and the head.
	Keep(ledger.Posted) error
}

// Calendar tells when a village's accounts of a year can be spent and lapse.
type Calendar interface {
	YearEnd(village.ID, int) (calendar.YearEnd, error)
}

// Quarters is how far a village's quarters have come, each on its own. The
// village's chain is locked before, by Book.Head.
type Quarters interface {
	// Quarter locks and returns a village's quarter, a new one where nothing has
	// happened in it yet.
	Quarter(village.ID, calendar.Quarter) (quarter.Quarter, error)
	SaveQuarter(quarter.Quarter) error
}

// StartAssessing moves a quarter that is over from open to assessing, and
// leaves any other as it is.
func StartAssessing(tx Quarters, v village.ID, q calendar.Quarter, now time.Time) error {
	current, err := tx.Quarter(v, q)
	if err != nil || current.State != quarter.Open {
		return err
	}
	started, err := current.Assess(now)
	if err != nil {
		return err
	}
	return tx.SaveQuarter(started)
}

// PostTo posts a draft to a locked account that may have reached its lapse: it
// is settled first, in the same posting. It writes nothing; the second result is
// the draft's own entry.
func PostTo(c Calendar, h ledger.Head, a ledger.Account, p ledger.Progress, d ledger.Draft, at time.Time) (ledger.Posted, ledger.Entry, error) {
	end, err := c.YearEnd(a.Village, a.Year)
	if err != nil {
		return ledger.Posted{}, ledger.Entry{}, err
	}
	settled, err := ledger.Settle(h, a, p, end, at)
	if err != nil {
		return ledger.Posted{}, ledger.Entry{}, err
	}
	posted, err := ledger.Post(settled.Head, settled.Account, p, d, at)
	if err != nil {
		return ledger.Posted{}, ledger.Entry{}, err
	}
	return settled.Then(posted), posted.Entries[0], nil
}

// People is who is who within a transaction.
type People interface {
	Village(village.ID) (village.Village, error)
	Household(household.ID) (household.Household, error)
	Staff(household.PersonID) (household.Staff, error)
	// Kin holds the declared ties of one household.
	Kin(household.ID) (household.Kin, error)
}

// Scene gathers what the rules of recording and confirming ask for, but for
// the uses of an item.
func Scene(p People, h household.ID, actor household.PersonID, now time.Time) (record.Scene, household.Household, error) {
	home, err := p.Household(h)
	if err != nil {
		return record.Scene{}, home, err
	}
	v, err := p.Village(home.Village)
	if err != nil {
		return record.Scene{}, home, err
	}
	staff, err := p.Staff(actor)
	if err != nil {
		return record.Scene{}, home, err
	}
	kin, err := p.Kin(h)
	return record.Scene{Village: v, Staff: staff, Kin: kin, Now: now}, home, err
}

// Handed refuses with Invalid pictures of which some are missing, by how a
// transaction finds those that were not handed in; Data is the first of them.
func Handed(photos []record.PhotoHash, missing func([]record.PhotoHash) ([]record.PhotoHash, error)) error {
	if len(photos) == 0 {
		return nil
	}
	left, err := missing(photos)
	if err == nil && len(left) > 0 {
		err = fault.With(fault.Invalid, fault.Facts{Data: string(left[0])})
	}
	return err
}

// DecidesFor refuses who may not decide about the household's points: only
// the leader, a deputy or the township's office, never for their own household
// or kin (PRODUCT 2.7).
func DecidesFor(s record.Scene, h household.ID) error {
	if !s.Staff.Holds(s.Village, household.Leader, household.Deputy, household.Officer) {
		return fault.Refuse(fault.Forbidden)
	}
	if s.Kin.Related(s.Staff.Households, h) {
		return fault.With(fault.Kin, fault.Facts{Household: int64(h)})
	}
	return nil
}
