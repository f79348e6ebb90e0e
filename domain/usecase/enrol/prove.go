package enrol

import (
	"context"
	"strconv"

	"github.com/xiangfeng/xiangfeng/domain/fault"
	"github.com/xiangfeng/xiangfeng/domain/household"
	"github.com/xiangfeng/xiangfeng/domain/usecase"
)

// What a confirmation brings about, as the Note of an outcome.
const (
	Direct = "direct" // the person is bound at once
	ByHome = "asked"  // somebody has to approve
)

// FileAct is the act that confirming a request sets off.
const FileAct = "file"

// Prove takes the last digits of a phone. Where they are on the household's
// register the outcome's Step is usecase.StepConfirm and its Note what a 确认
// brings about, or StepName where somebody has to approve and nobody knows yet
// who asks: whose phone it is says nothing of who typed its digits. Else its Step
// is Wrong. It refuses with NotFound where no card was shown before, with
// TooLate where that was too long ago.
func (d Desk) Prove(ctx context.Context, cmd usecase.Command, openid, digits string) (fault.Outcome, error) {
	cmd.Body = "digits"
	return d.try(ctx, cmd, openid, func(a *attempt) (fault.Facts, error) {
		if err := a.waits(StepFactor); err != nil {
			return fault.Facts{}, err
		}
		home, err := opened(a, a.step.Data)
		if err != nil {
			return fault.Facts{}, err
		}
		members, err := a.Members(home.ID)
		if err != nil {
			return fault.Facts{}, err
		}
		member, found := ending(members, digits)
		if !found {
			if err := a.miss(home.Village); err != nil {
				return fault.Facts{}, err
			}
			return fault.Facts{Step: Wrong}, a.next(StepFactor, a.step.Data)
		}
		guessed, err := a.guessed(home.Village)
		if err != nil {
			return fault.Facts{}, err
		}
		direct := len(bound(members)) == 0 && !guessed
		_, homes, err := a.known()
		if err != nil {
			return fault.Facts{}, err
		}
		if !direct && len(homes) == 0 {
			return fault.Facts{Step: StepName}, a.next(StepName, a.step.Data+" "+strconv.FormatInt(member.ID, 10))
		}
		return a.draft(household.Request{Household: home.ID, Member: member.ID, Name: member.Name, Direct: direct})
	})
}

// ending finds the member whose phone ends in the digits, before others one
// who is not bound.
func ending(members []household.Member, digits string) (found household.Member, ok bool) {
	for _, m := range members {
		if m.EndsIn(digits) && (!ok || found.Person != 0) {
			found, ok = m, true
		}
	}
	return found, ok
}

// draft keeps what the person is about to confirm.
func (a *attempt) draft(r household.Request) (fault.Facts, error) {
	if err := a.notYet(r.Household); err != nil {
		return fault.Facts{}, err
	}
	person, homes, err := a.known()
	if err != nil {
		return fault.Facts{}, err
	}
	if person.ID == 0 {
		if person.ID, err = a.NewPerson(a.openid); err != nil {
			return fault.Facts{}, err
		}
	}
	r.Person, r.Card, r.State, r.AskedAt, r.Direct = person.ID, cardOf(a.step), household.RequestDraft, a.now, r.Direct && len(homes) == 0
	if len(homes) > 0 {
		r.Name = person.Name // who knows the digits of a second household is not yet who has that phone
	}
	id, err := a.KeepRequest(r)
	if err != nil {
		return fault.Facts{}, err
	}
	facts := fault.Facts{Step: usecase.StepConfirm, ID: id, Note: ByHome}
	if r.Direct {
		facts.Note = Direct
	}
	if r.Member != 0 {
		facts.Household = int64(r.Household) // named to none but who knew the digits
	}
	return facts, a.next(usecase.StepConfirm, FileAct+":"+strconv.FormatInt(id, 10))
}
