package cards

import (
	"context"

	"github.com/xiangfeng/xiangfeng/domain/fault"
	"github.com/xiangfeng/xiangfeng/domain/household"
	"github.com/xiangfeng/xiangfeng/domain/usecase"
)

// Revoke is 挂失: the card opens nothing from now on.
type Revoke struct{ Once usecase.Once[Tx] }

// Do revokes the card of a number. It refuses with NotFound what the caller may
// not see, and with Conflict a card that is revoked already.
func (u Revoke) Do(ctx context.Context, cmd usecase.Command, by usecase.Caller, number string) (fault.Outcome, error) {
	cmd.Actor, cmd.Body = by.Person, "revoke "+number
	return u.Once(ctx, cmd, func(tx Tx) (fault.Outcome, error) {
		home, card, err := newest(tx, by, number)
		if err != nil {
			return fault.Settle(err)
		}
		out := fault.Outcome{Code: fault.Done, Facts: facts(home, number)}
		if card.Number != number || card.State != household.CardActive {
			out.Code = fault.Conflict
			return out, nil
		}
		if err := tx.RevokeCards(home.ID); err != nil {
			return out, err
		}
		return out, tx.Trace(usecase.Trace{At: cmd.Now, By: by, What: usecase.CardRevoked, Village: home.Village, Object: number})
	})
}
