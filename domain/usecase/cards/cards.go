// Package cards looks after the cards on the households' doors: a lost one is
// dead at once, and another takes its place (PRODUCT 2, the life of a household).
package cards

import (
	"github.com/xiangfeng/xiangfeng/domain/fault"
	"github.com/xiangfeng/xiangfeng/domain/household"
	"github.com/xiangfeng/xiangfeng/domain/usecase"
	"github.com/xiangfeng/xiangfeng/domain/village"
)

// Tx is what the acts on cards need of a transaction.
type Tx interface {
	Village(village.ID) (village.Village, error)
	Household(household.ID) (household.Household, error)
	Staff(household.PersonID) (household.Staff, error)
	// LockHousehold makes other acts on the household's cards wait.
	LockHousehold(household.ID) error
	// Card finds a card by its number, also a revoked one; NotFound where there is none.
	Card(number string) (household.Card, error)
	// NewestCard is the household's card of the highest generation, revoked or not.
	NewestCard(household.ID) (household.Card, error)
	// CardsTaken returns those of the numbers that a card has already.
	CardsTaken(numbers []string) ([]string, error)
	AddCard(household.Card) error
	// RevokeCards lets none of a household's cards open anything any more.
	RevokeCards(household.ID) error
	Trace(usecase.Trace) error
}

// May tells whether somebody may see, print, revoke and reissue a village's cards.
func May(by usecase.Caller, s household.Staff, v village.Village) bool {
	return by.Administrator || usecase.May(s, v, usecase.PrintCards)
}

// newest locks the household of a card and returns it with its newest card. It
// refuses with NotFound alike a number that there is not and one of a village
// that is not the caller's.
func newest(tx Tx, by usecase.Caller, number string) (household.Household, household.Card, error) {
	card, err := tx.Card(number)
	if err != nil {
		return household.Household{}, card, err
	}
	home, err := tx.Household(card.Household)
	if err != nil {
		return home, card, err
	}
	v, err := tx.Village(home.Village)
	if err != nil {
		return home, card, err
	}
	staff, err := tx.Staff(by.Person)
	if err != nil {
		return home, card, err
	}
	if !May(by, staff, v) {
		return home, card, fault.Refuse(fault.NotFound)
	}
	if err := tx.LockHousehold(home.ID); err != nil {
		return home, card, err
	}
	card, err = tx.NewestCard(home.ID)
	return home, card, err
}

// facts are what is said of a card.
func facts(home household.Household, number string) fault.Facts {
	return fault.Facts{Household: int64(home.ID), Village: int64(home.Village), Note: number}
}
