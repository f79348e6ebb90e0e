package usecase

import (
	"time"

	"github.com/xiangfeng/xiangfeng/domain/fault"
	"github.com/xiangfeng/xiangfeng/domain/household"
	"github.com/xiangfeng/xiangfeng/domain/ledger"
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

// Post posts one draft to a locked account and keeps it. It returns the
// posting with the new head, ready for the next draft.
func Post(b Book, h ledger.Head, a ledger.Account, p ledger.Progress, d ledger.Draft, at time.Time) (ledger.Posted, error) {
	posted, err := ledger.Post(h, a, p, d, at)
	if err != nil {
		return ledger.Posted{}, err
	}
	return posted, b.Keep(posted)
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
