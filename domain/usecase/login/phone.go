package login

import (
	"context"
	"slices"
	"strings"
	"unicode"

	"github.com/xiangfeng/xiangfeng/domain/fault"
	"github.com/xiangfeng/xiangfeng/domain/household"
	"github.com/xiangfeng/xiangfeng/domain/usecase"
)

// PhoneTx is what coming to a household by a telephone needs.
type PhoneTx interface {
	Tx
	// Of locks and returns a person; NotFound where there is none.
	Of(household.PersonID) (household.Person, error)
	// Registered are the members of active households who have the number on
	// the register, at most two.
	Registered(phone string) ([]household.Member, error)
	LockHousehold(household.ID) error
	// Members are a household's register in the order of their ids.
	Members(household.ID) ([]household.Member, error)
	Bind(h household.ID, member int64, p household.PersonID, name string) error
}

// Phone is the use case of linking by the number that WeChat vouches for.
type Phone struct{ Once usecase.Once[PhoneTx] }

// Do makes the person the member whose number it is: who chats as that member
// already, or else the first of the household to be bound. The outcome's ID is
// the person's. It refuses with fault.PhoneUnknown and fault.Ambiguous a number
// that stands on the register never or more than once, with Conflict one that
// another WeChat is linked to, with NeedsApproval who comes after others of the
// household, and with Blocked who is bound elsewhere: somebody has to approve of
// both, which their card leads to.
func (l Phone) Do(ctx context.Context, cmd usecase.Command, p household.PersonID, phone string) (fault.Outcome, error) {
	return l.Once(ctx, cmd, func(tx PhoneTx) (fault.Outcome, error) {
		to, err := link(tx, p, phone)
		if err != nil {
			return fault.Settle(err)
		}
		return fault.Outcome{Code: fault.Done, Facts: fault.Facts{ID: int64(to)}}, nil
	})
}

func link(tx PhoneTx, p household.PersonID, phone string) (household.PersonID, error) {
	m, err := only(tx.Registered(Digits(phone)))
	if err != nil {
		return 0, err
	}
	if err := tx.LockHousehold(m.Household); err != nil {
		return 0, err
	}
	members, err := tx.Members(m.Household)
	if err != nil {
		return 0, err
	}
	at := slices.IndexFunc(members, func(o household.Member) bool { return o.ID == m.ID })
	if at < 0 {
		return 0, fault.Refuse(fault.PhoneUnknown)
	}
	me, err := tx.Of(p)
	if err != nil {
		return 0, err
	}
	switch of := members[at].Person; of {
	case p:
		return p, nil
	case 0:
		return p, bind(tx, me, members[at], members)
	default:
		return joinChat(tx, me, of)
	}
}

func only(found []household.Member, err error) (household.Member, error) {
	switch {
	case err != nil:
		return household.Member{}, err
	case len(found) == 0:
		return household.Member{}, fault.Refuse(fault.PhoneUnknown)
	case len(found) > 1:
		return household.Member{}, fault.Refuse(fault.Ambiguous)
	}
	return found[0], nil
}

// joinChat makes the person the one who chats as the member.
func joinChat(tx PhoneTx, me household.Person, of household.PersonID) (household.PersonID, error) {
	theirs, err := tx.Of(of)
	if err != nil {
		return 0, err
	}
	to, err := become(tx, me, theirs)
	if err == nil && to != of {
		err = fault.Refuse(fault.Conflict)
	}
	return to, err
}

func bind(tx PhoneTx, me household.Person, m household.Member, members []household.Member) error {
	staff, err := tx.Staff(me.ID)
	if err != nil {
		return err
	}
	if len(staff.Households) > 0 && !slices.Contains(staff.Households, m.Household) {
		return fault.Refuse(fault.Blocked)
	}
	if slices.ContainsFunc(members, func(o household.Member) bool { return o.Person != 0 && o.Person != me.ID }) {
		return fault.Refuse(fault.NeedsApproval)
	}
	return tx.Bind(m.Household, m.ID, me.ID, m.Name)
}

// Digits is a mobile number of China as the register writes it: without what
// people put between the digits, and without the country.
func Digits(phone string) string {
	digits := strings.Map(func(r rune) rune {
		if unicode.IsDigit(r) {
			return r
		}
		return -1
	}, phone)
	if len(digits) == 13 && strings.HasPrefix(digits, "86") {
		return digits[2:]
	}
	return digits
}
