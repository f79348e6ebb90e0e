package enrol

import (
	"context"
	"strconv"
	"strings"

	"github.com/xiangfeng/xiangfeng/domain/fault"
	"github.com/xiangfeng/xiangfeng/domain/household"
	"github.com/xiangfeng/xiangfeng/domain/usecase"
)

// The questions that binding asks. Their Data is the card's number, and behind
// it the member whose phone's digits were given.
const (
	StepFactor = "factor" // the last digits of a phone, or 审批
	StepName   = "name"   // of who has to be approved
	// Wrong is the Step of an outcome where card and digits do not go together.
	Wrong = "wrong"
)

// Claim is a card as somebody shows it: typed, or its code scanned.
type Claim struct {
	Number string // XF- and eight signs
	Token  string // where there is no number
}

// cardOf is the number of the card that a question of binding is about.
func cardOf(s usecase.Step) string {
	number, _, _ := strings.Cut(s.Data, " ")
	return number
}

// memberOfStep is whose phone's digits were given, 0 for nobody's.
func memberOfStep(s usecase.Step) (int64, error) {
	_, member, given := strings.Cut(s.Data, " ")
	if !given {
		return 0, nil
	}
	return strconv.ParseInt(member, 10, 64)
}

// nobody's card stands for one that there is not, so that it is asked about
// like any other.
const nobodys = "-"

// Present takes a card and asks for the second factor, whatever card it is:
// who holds none learns nothing of it. It refuses with Conflict a card of the
// person's own household, and with Locked who has tried too often.
func (d Desk) Present(ctx context.Context, cmd usecase.Command, openid string, c Claim) (fault.Outcome, error) {
	cmd.Body = "card"
	return d.try(ctx, cmd, openid, func(a *attempt) (fault.Facts, error) {
		number, home, err := a.shown(c)
		if err != nil {
			return fault.Facts{}, err
		}
		if err := a.notYet(home.ID); err != nil {
			return fault.Facts{}, err
		}
		if home.ID == 0 {
			if err := a.miss(home.Village); err != nil {
				return fault.Facts{}, err
			}
		}
		return fault.Facts{Step: StepFactor}, a.next(StepFactor, number)
	})
}

// shown finds the number that the card goes under and its household, whose ID
// is 0 where the card opens nothing.
func (a *attempt) shown(c Claim) (string, household.Household, error) {
	if c.Number != "" {
		home, err := opened(a, c.Number)
		return c.Number, home, err
	}
	card, err := a.CardOf(household.HashToken(c.Token))
	if fault.CodeOf(err) == fault.NotFound {
		return nobodys, household.Household{}, nil
	}
	if err != nil {
		return "", household.Household{}, err
	}
	home, err := opened(a, card.Number)
	return card.Number, home, err
}

// opened is the household that a card opens. Of one that opens nothing only the
// village is left, for its alarm.
func opened(tx Register, number string) (household.Household, error) {
	card, err := tx.Card(number)
	if fault.CodeOf(err) == fault.NotFound {
		return household.Household{}, nil
	}
	if err != nil {
		return household.Household{}, err
	}
	home, err := tx.Household(card.Household)
	if err != nil || card.State == household.CardActive && home.State == household.Active {
		return home, err
	}
	return household.Household{Village: home.Village}, nil
}

// notYet refuses with Conflict a household that the person belongs to.
func (a *attempt) notYet(h household.ID) error {
	_, homes, err := a.known()
	for _, own := range homes {
		if own == h {
			return fault.With(fault.Conflict, fault.Facts{Household: int64(h)})
		}
	}
	return err
}
