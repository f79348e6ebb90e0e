// Package importing takes a checked roster into the database, all of it or
// nothing.
package importing

import (
	"context"
	"errors"
	"io"

	"github.com/xiangfeng/xiangfeng/domain/fault"
	"github.com/xiangfeng/xiangfeng/domain/household"
	"github.com/xiangfeng/xiangfeng/domain/roster"
	"github.com/xiangfeng/xiangfeng/domain/usecase"
)

// Tx is what an import needs of a transaction.
type Tx interface {
	// Register makes other imports wait, locks the chains of the villages that
	// the roster names and returns what is there, with the size of their
	// catalogues of the year.
	Register(r roster.Roster, year int) (roster.Known, error)
	// Fresh returns ids that nobody else gets.
	Fresh(roster.Wanted) (roster.Ids, error)
	// CardsTaken returns those of the numbers that a card has already.
	CardsTaken(numbers []string) ([]string, error)
	// Settle writes the changes and the cards.
	Settle(roster.Changes, []household.Card) error
}

// Import is the use case of `xiangfeng import`.
type Import struct {
	Once usecase.Once[Tx]
	// Random is where the cards' numbers are drawn from, CardKey what their
	// tokens are made with.
	Random  io.Reader
	CardKey []byte
}

// Done is what an import came to.
type Done struct {
	Before  bool // the same file was taken in before; nothing was done
	Changes roster.Changes
	Cards   []Card // of the new households, for printing
}

// Card is a new card with the token that its printed code has.
type Card struct {
	household.Card
	Token string
}

// Do makes the database say what the roster says. The command's key names the
// file, so that the same file is taken in once.
func (u Import) Do(ctx context.Context, cmd usecase.Command, r roster.Roster, year int) (Done, error) {
	done := Done{Before: true}
	out, err := u.Once(ctx, cmd, func(tx Tx) (fault.Outcome, error) {
		known, err := tx.Register(r, year)
		if err != nil {
			return fault.Outcome{}, err
		}
		ids, err := tx.Fresh(known.Wants(r))
		if err != nil {
			return fault.Outcome{}, err
		}
		changes, err := roster.Compare(known, r, ids, cmd.Now)
		if err != nil {
			return fault.Settle(err)
		}
		cards, err := u.cards(tx, changes.Households)
		if err != nil {
			return fault.Outcome{}, err
		}
		done = Done{Changes: changes, Cards: cards}
		return fault.Outcome{Code: fault.Done}, tx.Settle(changes, plain(cards))
	})
	switch {
	case err != nil:
		return Done{}, err
	case out.Refused():
		return Done{}, fault.With(out.Code, out.Facts)
	}
	return done, nil
}

// draws is how often a card is drawn again before something else must be wrong.
const draws = 20

// cards makes a card for each household. 40 bits meet now and then among a
// county's cards: then the card is drawn again.
func (u Import) cards(tx Tx, homes []household.Household) ([]Card, error) {
	cards := make([]Card, len(homes))
	todo := make([]int, len(homes))
	for i := range todo {
		todo[i] = i
	}
	mine := map[string]bool{}
	for range draws {
		if len(todo) == 0 {
			return cards, nil
		}
		numbers := make([]string, 0, len(todo))
		for _, i := range todo {
			var random [5]byte
			if _, err := io.ReadFull(u.Random, random[:]); err != nil {
				return nil, err
			}
			card, token := household.NewCard(homes[i].ID, random, u.CardKey)
			cards[i] = Card{Card: card, Token: token}
			numbers = append(numbers, card.Number)
		}
		taken, err := tx.CardsTaken(numbers)
		if err != nil {
			return nil, err
		}
		todo = again(cards, todo, taken, mine)
	}
	return nil, errors.New("importing: no free number for a card")
}

// again are those of the cards just drawn whose number somebody has, the
// others of this import included.
func again(cards []Card, drawn []int, taken []string, mine map[string]bool) []int {
	there := map[string]bool{}
	for _, number := range taken {
		there[number] = true
	}
	var left []int
	for _, i := range drawn {
		if number := cards[i].Number; there[number] || mine[number] {
			left = append(left, i)
		} else {
			mine[number] = true
		}
	}
	return left
}

func plain(cards []Card) []household.Card {
	out := make([]household.Card, len(cards))
	for i, c := range cards {
		out[i] = c.Card
	}
	return out
}
