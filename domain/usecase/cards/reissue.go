package cards

import (
	"context"
	"errors"
	"io"

	"github.com/xiangfeng/xiangfeng/domain/fault"
	"github.com/xiangfeng/xiangfeng/domain/household"
	"github.com/xiangfeng/xiangfeng/domain/usecase"
)

// Reissue is 补发: a new card takes the place of the old one, which is dead at once.
type Reissue struct {
	Once usecase.Once[Tx]
	// Random is where the new number is drawn from, Key what its token is made with.
	Random io.Reader
	Key    []byte
}

// Do gives the household of a card, active or revoked, another; its number is
// the outcome's Note. It refuses with NotFound what the caller may not see and
// a household that keeps no account any more, and with Conflict a card that
// another has taken the place of already.
func (u Reissue) Do(ctx context.Context, cmd usecase.Command, by usecase.Caller, number string) (fault.Outcome, error) {
	cmd.Actor, cmd.Body = by.Person, "reissue "+number
	return u.Once(ctx, cmd, func(tx Tx) (fault.Outcome, error) {
		home, old, err := newest(tx, by, number)
		switch {
		case err != nil:
			return fault.Settle(err)
		case home.State != household.Active:
			return fault.Outcome{Code: fault.NotFound}, nil
		case old.Number != number:
			return fault.Outcome{Code: fault.Conflict, Facts: facts(home, old.Number)}, nil
		}
		card, err := u.draw(tx, old)
		if err != nil {
			return fault.Outcome{}, err
		}
		if err := errors.Join(tx.RevokeCards(home.ID), tx.AddCard(card)); err != nil {
			return fault.Outcome{}, err
		}
		out := fault.Outcome{Code: fault.Done, Facts: facts(home, card.Number)}
		return out, tx.Trace(usecase.Trace{
			At: cmd.Now, By: by, What: usecase.CardReissued, Village: home.Village, Object: number + " → " + card.Number,
		})
	})
}

// draws is how often a card is drawn before something else must be wrong.
const draws = 20

// draw makes the next card. 40 bits meet now and then among a county's cards:
// then it is drawn again.
func (u Reissue) draw(tx Tx, old household.Card) (household.Card, error) {
	for range draws {
		var random [5]byte
		if _, err := io.ReadFull(u.Random, random[:]); err != nil {
			return household.Card{}, err
		}
		card, _ := old.Next(random, u.Key)
		taken, err := tx.CardsTaken([]string{card.Number})
		if err != nil || len(taken) == 0 {
			return card, err
		}
	}
	return household.Card{}, errors.New("cards: no free number for a card")
}
