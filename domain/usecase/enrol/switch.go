// Package enrol is how people come to their household. Here: which of two
// households replies are about (PRODUCT 2, the life of a household).
package enrol

import (
	"context"

	"github.com/xiangfeng/xiangfeng/domain/fault"
	"github.com/xiangfeng/xiangfeng/domain/household"
	"github.com/xiangfeng/xiangfeng/domain/usecase"
)

// Tx is what switching needs of a transaction.
type Tx interface {
	// Person locks and returns who chats under an openid, with their
	// households in the order of their numbers; NotFound for a stranger.
	Person(openid string) (household.Person, []household.Household, error)
	SetCurrent(household.PersonID, household.ID) error
}

// Switch is the use case of 换户.
type Switch struct{ Once usecase.Once[Tx] }

// Do makes the nth household (from 1) the one that replies are about. It
// refuses with NotFound a number that is not on the list.
func (s Switch) Do(ctx context.Context, cmd usecase.Command, openid string, n int) (fault.Outcome, error) {
	return s.Once(ctx, cmd, func(tx Tx) (fault.Outcome, error) {
		person, homes, err := tx.Person(openid)
		if err != nil {
			return fault.Settle(err)
		}
		if n < 1 || n > len(homes) {
			return fault.Settle(fault.Refuse(fault.NotFound))
		}
		home := homes[n-1]
		return fault.Outcome{Code: fault.Done, Facts: fault.Facts{Household: int64(home.ID)}}, tx.SetCurrent(person.ID, home.ID)
	})
}
