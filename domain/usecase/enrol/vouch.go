package enrol

import (
	"context"

	"github.com/xiangfeng/xiangfeng/domain/fault"
	"github.com/xiangfeng/xiangfeng/domain/household"
	"github.com/xiangfeng/xiangfeng/domain/usecase"
)

// Vouch takes 审批 instead of digits: somebody of the household or the team is
// to vouch for the person. Who is not known is asked for a name, by the
// outcome's Step StepName. Its refusals are those of Prove.
func (d Desk) Vouch(ctx context.Context, cmd usecase.Command, openid string) (fault.Outcome, error) {
	cmd.Body = "vouch"
	return d.try(ctx, cmd, openid, func(a *attempt) (fault.Facts, error) {
		if err := a.waits(StepFactor); err != nil {
			return fault.Facts{}, err
		}
		person, homes, err := a.known()
		if err != nil {
			return fault.Facts{}, err
		}
		if len(homes) > 0 {
			return a.vouched(person.Name)
		}
		return fault.Facts{Step: StepName}, a.next(StepName, a.step.Data)
	})
}

// Name takes the name of who has to be approved. It refuses with NotFound
// where none was asked for, with TooLate where that was too long ago.
func (d Desk) Name(ctx context.Context, cmd usecase.Command, openid, name string) (fault.Outcome, error) {
	cmd.Body = "name"
	return d.try(ctx, cmd, openid, func(a *attempt) (fault.Facts, error) {
		if err := a.waits(StepName); err != nil {
			return fault.Facts{}, err
		}
		return a.vouched(name)
	})
}

// vouched asks to confirm the request. For a card that opens nothing all is
// the same, but that nothing is kept.
func (a *attempt) vouched(name string) (fault.Facts, error) {
	home, err := opened(a, cardOf(a.step))
	if err != nil {
		return fault.Facts{}, err
	}
	member, err := memberOfStep(a.step)
	if err != nil {
		return fault.Facts{}, err
	}
	if home.ID == 0 {
		return fault.Facts{Step: usecase.StepConfirm, Note: ByHome}, a.next(usecase.StepConfirm, FileAct+":0")
	}
	return a.draft(household.Request{Household: home.ID, Member: member, Name: name})
}
