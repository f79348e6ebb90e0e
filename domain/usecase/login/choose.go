package login

import (
	"context"
	"slices"
	"time"

	"github.com/xiangfeng/xiangfeng/domain/fault"
	"github.com/xiangfeng/xiangfeng/domain/household"
	"github.com/xiangfeng/xiangfeng/domain/usecase"
)

// The sizes of letters that can be chosen, in hundredths of the usual one.
const (
	LeastScale = 100
	MostScale  = 160
)

// ChooseTx is what choosing needs of a transaction.
type ChooseTx interface {
	Staff(household.PersonID) (household.Staff, error)
	// SetCurrent makes a household the one that is shown first.
	SetCurrent(household.PersonID, household.ID) error
	// SetScale keeps the size of a person's letters, in hundredths.
	SetScale(household.PersonID, int) error
	// Agree keeps to which privacy terms a person agreed, and when.
	Agree(p household.PersonID, version string, at time.Time) error
}

// Choose is what people settle about their own Mini Program.
type Choose struct{ Once usecase.Once[ChooseTx] }

// Do keeps the size of the letters, in hundredths, and which household is shown
// first; 0 leaves either as it was. It refuses with Invalid a size outside
// LeastScale to MostScale, with NotFound a household that is not the person's.
func (c Choose) Do(ctx context.Context, cmd usecase.Command, scale int, h household.ID) (fault.Outcome, error) {
	return c.Once(ctx, cmd, func(tx ChooseTx) (fault.Outcome, error) {
		if scale != 0 && (scale < LeastScale || scale > MostScale) {
			return fault.Settle(fault.Refuse(fault.Invalid))
		}
		if h != 0 {
			staff, err := tx.Staff(cmd.Actor)
			if err == nil && !slices.Contains(staff.Households, h) {
				err = fault.Refuse(fault.NotFound)
			}
			if err != nil {
				return fault.Settle(err)
			}
			if err := tx.SetCurrent(cmd.Actor, h); err != nil {
				return fault.Outcome{}, err
			}
		}
		if scale != 0 {
			if err := tx.SetScale(cmd.Actor, scale); err != nil {
				return fault.Outcome{}, err
			}
		}
		return fault.Outcome{Code: fault.Done}, nil
	})
}

// Agree keeps that the person agreed to a version of the privacy terms.
func (c Choose) Agree(ctx context.Context, cmd usecase.Command, version string) (fault.Outcome, error) {
	return c.Once(ctx, cmd, func(tx ChooseTx) (fault.Outcome, error) {
		return fault.Outcome{Code: fault.Done}, tx.Agree(cmd.Actor, version, cmd.Now)
	})
}
