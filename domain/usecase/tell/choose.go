// Package tell is what people are told without asking, and what of it they want.
package tell

import (
	"context"
	"slices"
	"strconv"
	"time"

	"github.com/xiangfeng/xiangfeng/domain/fault"
	"github.com/xiangfeng/xiangfeng/domain/household"
	"github.com/xiangfeng/xiangfeng/domain/notice"
	"github.com/xiangfeng/xiangfeng/domain/usecase"
)

// ChooseTx is what choosing needs of a transaction.
type ChooseTx interface {
	// Person locks and returns who chats under an openid; NotFound for a stranger.
	Person(openid string) (household.Person, []household.Household, error)
	SetWanted(p household.PersonID, k notice.Kind, wanted bool, now time.Time) error
}

// Choose is the use case of turning notices on and off. A choice is the
// person's, for all their households.
type Choose struct{ Once usecase.Once[ChooseTx] }

// Do makes the kinds wanted or not. It refuses with NotFound a stranger and
// with Invalid a kind that there is not.
func (c Choose) Do(ctx context.Context, cmd usecase.Command, openid string, wanted bool, kinds ...notice.Kind) (fault.Outcome, error) {
	cmd.Body = "choose " + strconv.FormatBool(wanted)
	for _, k := range kinds {
		cmd.Body += " " + string(k)
	}
	return c.Once(ctx, cmd, func(tx ChooseTx) (fault.Outcome, error) {
		person, _, err := tx.Person(openid)
		if err != nil {
			return fault.Settle(err)
		}
		if slices.ContainsFunc(kinds, func(k notice.Kind) bool { return !slices.Contains(notice.Kinds(), k) }) {
			return fault.Settle(fault.Refuse(fault.Invalid))
		}
		for _, k := range kinds {
			if err := tx.SetWanted(person.ID, k, wanted, cmd.Now); err != nil {
				return fault.Outcome{}, err
			}
		}
		return fault.Outcome{Code: fault.Done}, nil
	})
}
