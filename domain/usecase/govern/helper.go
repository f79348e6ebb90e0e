package govern

import (
	"context"
	"slices"
	"strconv"
	"time"

	"github.com/xiangfeng/xiangfeng/domain/calendar"
	"github.com/xiangfeng/xiangfeng/domain/fault"
	"github.com/xiangfeng/xiangfeng/domain/household"
	"github.com/xiangfeng/xiangfeng/domain/usecase"
	"github.com/xiangfeng/xiangfeng/domain/village"
)

// What is logged of a helper beside the states it came to.
const looked = "looked"

// HelperTx is what naming and using a helper needs of a transaction.
type HelperTx interface {
	// Gather locks who chats under an openid and all who are bound to the
	// household, or to the person's current one where it is 0, in one order for
	// all acts: each leaves news to the others.
	Gather(openid string, h household.ID) error
	Person(openid string) (household.Person, []household.Household, error)
	Village(village.ID) (village.Village, error)
	Household(household.ID) (household.Household, error)
	Staff(household.PersonID) (household.Staff, error)
	// PeopleOf are the persons bound to a household.
	PeopleOf(household.ID) ([]household.PersonID, error)
	// Helper locks and returns one; NotFound where there is none.
	Helper(id int64) (household.Helper, error)
	// HelpersOf are those of a household that were asked or have accepted.
	HelpersOf(household.ID) ([]household.Helper, error)
	// HelpedBy are those that a person has accepted.
	HelpedBy(household.PersonID) ([]household.Helper, error)
	// AskedSince counts what the person has asked since a moment.
	AskedSince(p household.PersonID, since time.Time) (int, error)
	AddHelper(household.Helper) (int64, error)
	SetHelper(household.Helper) error
	LogHelper(id int64, p household.PersonID, what string, now time.Time) error
	// TellHelped leaves the household's people, but the one who acted, news of
	// its helpers.
	TellHelped(h household.ID, but household.PersonID) error
}

// Helpers are the use cases of a household's helpers. Every one is logged, and
// the household's people are told.
type Helpers struct{ Once usecase.Once[HelperTx] }

// Ask asks another household of the township to help the person's current
// one. It refuses with NotFound a household that there is not, with Invalid
// the own one, with Conflict one that is asked already, with Blocked a fourth,
// with CapReached more than household.AsksPerDay, and with Forbidden where
// nobody of it is bound who may help.
func (h Helpers) Ask(ctx context.Context, cmd usecase.Command, openid string, of household.ID) (fault.Outcome, error) {
	cmd.Body = "helper ask " + strconv.FormatInt(int64(of), 10)
	return h.Once(ctx, cmd, func(tx HelperTx) (fault.Outcome, error) {
		if err := tx.Gather(openid, 0); err != nil {
			return fault.Outcome{}, err
		}
		person, home, err := current(tx.Person(openid))
		if err == nil {
			err = mayAsk(tx, cmd, person, home, of)
		}
		if err != nil {
			return fault.Settle(err)
		}
		asked := household.Helper{Household: home.ID, Of: of, AskedBy: person.ID, State: household.HelperAsked, AskedAt: cmd.Now}
		if asked.ID, err = tx.AddHelper(asked); err != nil {
			return fault.Outcome{}, err
		}
		return record(tx, cmd, asked, person.ID, string(asked.State))
	})
}

// Consider tells whether Ask would refuse, before the person is asked to confirm
// it. It changes nothing.
func (h Helpers) Consider(ctx context.Context, cmd usecase.Command, openid string, of household.ID) (fault.Outcome, error) {
	cmd.Body = "helper consider " + strconv.FormatInt(int64(of), 10)
	return h.Once(ctx, cmd, func(tx HelperTx) (fault.Outcome, error) {
		if err := tx.Gather(openid, 0); err != nil {
			return fault.Outcome{}, err
		}
		person, home, err := current(tx.Person(openid))
		if err == nil {
			err = mayAsk(tx, cmd, person, home, of)
		}
		if err != nil {
			return fault.Settle(err)
		}
		return fault.Outcome{Code: fault.Done}, nil
	})
}

func mayAsk(tx HelperTx, cmd usecase.Command, p household.Person, home household.Household, of household.ID) error {
	place, err := tx.Village(home.Village)
	if err != nil {
		return err
	}
	if err := sameTownship(tx, place, of); err != nil {
		return err
	}
	if of == home.ID {
		return fault.Refuse(fault.Invalid)
	}
	n, err := tx.AskedSince(p.ID, calendar.DateOf(cmd.Now).Start())
	if err != nil {
		return err
	}
	if n >= household.AsksPerDay {
		return fault.Refuse(fault.CapReached)
	}
	if err := hasRoom(tx, cmd, home.ID, of); err != nil {
		return err
	}
	return somebodyMay(tx, place, of)
}

func sameTownship(tx HelperTx, here village.Village, of household.ID) error {
	other, err := tx.Household(of)
	if err != nil {
		return err
	}
	there, err := tx.Village(other.Village)
	if err != nil {
		return err
	}
	if there.Township != here.Township || other.State != household.Active {
		return fault.Refuse(fault.NotFound)
	}
	return nil
}

// hasRoom refuses where the household is asked already or others fill its places.
func hasRoom(tx HelperTx, cmd usecase.Command, home, of household.ID) error {
	have, err := tx.HelpersOf(home)
	if err != nil {
		return err
	}
	today, living := calendar.DateOf(cmd.Now), 0
	for _, one := range have {
		over := !one.Waits(today) && !one.Serves(today)
		switch {
		case !over && one.Of == of:
			return fault.Refuse(fault.Conflict)
		case !over:
			living++
		}
	}
	if living >= household.MostHelpers {
		return fault.Refuse(fault.Blocked)
	}
	return nil
}

func somebodyMay(tx HelperTx, place village.Village, of household.ID) error {
	people, err := tx.PeopleOf(of)
	if err != nil {
		return err
	}
	for _, p := range people {
		staff, err := tx.Staff(p)
		if err != nil || staff.MayHelp(place) {
			return err
		}
	}
	return fault.Refuse(fault.Forbidden)
}

// Accept makes the person the helper for a year. It refuses with NotFound who
// was not asked or comes too late, with Forbidden who records, decides or hands
// over goods in the household's village, and with CapReached a sixth household.
func (h Helpers) Accept(ctx context.Context, cmd usecase.Command, openid string, id int64) (fault.Outcome, error) {
	return h.decide(ctx, cmd, openid, id, "accept", func(tx HelperTx, one household.Helper, p household.Person) (household.Helper, error) {
		if err := mayAccept(tx, cmd, one, p); err != nil {
			return one, err
		}
		return one.Accept(p.ID, calendar.DateOf(cmd.Now)), nil
	})
}

func mayAccept(tx HelperTx, cmd usecase.Command, one household.Helper, p household.Person) error {
	if err := mayServe(tx, one, p.ID); err != nil {
		return err
	}
	helped, err := tx.HelpedBy(p.ID)
	if err != nil {
		return err
	}
	today := calendar.DateOf(cmd.Now)
	helped = slices.DeleteFunc(helped, func(o household.Helper) bool { return !o.Serves(today) })
	if len(helped) >= household.MostHelped {
		return fault.Refuse(fault.CapReached)
	}
	return nil
}

// mayServe refuses who records, decides or hands over goods in the village.
func mayServe(tx HelperTx, one household.Helper, p household.PersonID) error {
	home, err := tx.Household(one.Household)
	if err != nil {
		return err
	}
	place, err := tx.Village(home.Village)
	if err != nil {
		return err
	}
	staff, err := tx.Staff(p)
	if err != nil {
		return err
	}
	if !staff.MayHelp(place) {
		return fault.Refuse(fault.Forbidden)
	}
	return nil
}

// Decline says no for the person's household; NotFound for who was not asked.
func (h Helpers) Decline(ctx context.Context, cmd usecase.Command, openid string, id int64) (fault.Outcome, error) {
	return h.decide(ctx, cmd, openid, id, "decline", func(_ HelperTx, one household.Helper, _ household.Person) (household.Helper, error) {
		one.State = household.HelperDeclined
		return one, nil
	})
}

// decide answers for a household that was asked.
func (h Helpers) decide(
	ctx context.Context, cmd usecase.Command, openid string, id int64, act string,
	with func(HelperTx, household.Helper, household.Person) (household.Helper, error),
) (fault.Outcome, error) {
	cmd.Body = "helper " + act + " " + strconv.FormatInt(id, 10)
	return h.Once(ctx, cmd, func(tx HelperTx) (fault.Outcome, error) {
		one, person, homes, err := open(tx, openid, id)
		if err == nil && (!belongs(homes, one.Of) || !one.Waits(calendar.DateOf(cmd.Now))) {
			err = fault.Refuse(fault.NotFound)
		}
		if err == nil {
			one, err = with(tx, one, person)
		}
		if err != nil {
			return fault.Settle(err)
		}
		if err := tx.SetHelper(one); err != nil {
			return fault.Outcome{}, err
		}
		return record(tx, cmd, one, person.ID, string(one.State))
	})
}

// open locks a helper with all whom an act on it concerns, and who acts.
func open(tx HelperTx, openid string, id int64) (household.Helper, household.Person, []household.Household, error) {
	one, err := tx.Helper(id)
	if err == nil {
		err = tx.Gather(openid, one.Household)
	}
	if err != nil {
		return one, household.Person{}, nil, err
	}
	person, homes, err := tx.Person(openid)
	return one, person, homes, err
}

func belongs(homes []household.Household, id household.ID) bool {
	return slices.ContainsFunc(homes, func(h household.Household) bool { return h.ID == id })
}

// End ends a helper, by anyone of the household or by the helper. It refuses
// with NotFound anyone else, and what has ended.
func (h Helpers) End(ctx context.Context, cmd usecase.Command, openid string, id int64) (fault.Outcome, error) {
	cmd.Body = "helper end " + strconv.FormatInt(id, 10)
	return h.Once(ctx, cmd, func(tx HelperTx) (fault.Outcome, error) {
		one, person, homes, err := open(tx, openid, id)
		lives := one.State == household.HelperAsked || one.State == household.HelperAccepted
		if err == nil && (!lives || !belongs(homes, one.Household) && one.Person != person.ID) {
			err = fault.Refuse(fault.NotFound)
		}
		if err != nil {
			return fault.Settle(err)
		}
		one.State = household.HelperEnded
		if err := tx.SetHelper(one); err != nil {
			return fault.Outcome{}, err
		}
		return record(tx, cmd, one, person.ID, string(one.State))
	})
}

// Look notes that the helper looks at the household's points. It refuses with
// NotFound anyone else, a helper whose year is over or who has left the household
// that was asked, and with Forbidden who may not help there any more.
func (h Helpers) Look(ctx context.Context, cmd usecase.Command, openid string, id int64) (fault.Outcome, error) {
	cmd.Body = "helper look " + strconv.FormatInt(id, 10)
	return h.Once(ctx, cmd, func(tx HelperTx) (fault.Outcome, error) {
		one, person, homes, err := open(tx, openid, id)
		if err == nil && (one.Person != person.ID || !belongs(homes, one.Of) || !one.Serves(calendar.DateOf(cmd.Now))) {
			err = fault.Refuse(fault.NotFound)
		}
		if err == nil {
			err = mayServe(tx, one, person.ID)
		}
		if err != nil {
			return fault.Settle(err)
		}
		return record(tx, cmd, one, person.ID, looked)
	})
}

// record logs an act and leaves the household's people the news of it.
func record(tx HelperTx, cmd usecase.Command, one household.Helper, by household.PersonID, what string) (fault.Outcome, error) {
	if err := tx.LogHelper(one.ID, by, what, cmd.Now); err != nil {
		return fault.Outcome{}, err
	}
	facts := fault.Facts{ID: one.ID, Household: int64(one.Household)}
	if !one.Until.IsZero() {
		facts.Day = one.Until.String()
	}
	return fault.Outcome{Code: fault.Done, Facts: facts}, tx.TellHelped(one.Household, by)
}
