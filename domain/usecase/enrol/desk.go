package enrol

import (
	"context"
	"slices"
	"time"

	"github.com/xiangfeng/xiangfeng/domain/calendar"
	"github.com/xiangfeng/xiangfeng/domain/fault"
	"github.com/xiangfeng/xiangfeng/domain/household"
	"github.com/xiangfeng/xiangfeng/domain/script"
	"github.com/xiangfeng/xiangfeng/domain/usecase"
	"github.com/xiangfeng/xiangfeng/domain/village"
)

// Register is what enrolling needs of a transaction. Whoever acts locks their
// own step first, then the household, then the persons it changes, by their ids.
type Register interface {
	// Step locks and returns a person's open question, a zero one where there is none.
	Step(openid string) (usecase.Step, error)
	SetStep(openid string, s usecase.Step) error

	// Tries are a person's wrong tries since a moment, the oldest first.
	Tries(openid string, since time.Time) ([]time.Time, error)
	// AddTry notes a wrong try, on a card of a village or, 0, on none that there is.
	AddTry(openid string, v village.ID, at time.Time) error

	// TriesIn are how many wrong tries a village has had since a moment.
	TriesIn(v village.ID, since time.Time) (int, error)

	// Card finds a card by its number, CardOf by its token's hash; NotFound
	// where there is none.
	Card(number string) (household.Card, error)
	CardOf(token [32]byte) (household.Card, error)
	Household(household.ID) (household.Household, error)
	LockHousehold(household.ID) error
	Village(village.ID) (village.Village, error)
	// Members are a household's register in the order of their ids.
	Members(household.ID) ([]household.Member, error)
	Staff(household.PersonID) (household.Staff, error)
	Kin(household.ID) (household.Kin, error)

	// Known returns who chats under an openid, with their households; NotFound
	// for who never asked for anything.
	Known(openid string) (household.Person, []household.ID, error)
	NewPerson(openid string) (household.PersonID, error)
	LockPersons([]household.PersonID) error
	// Bind makes a person the household's member, and the household the one that
	// replies are about. Member is an entry of the register, 0 for a new one.
	Bind(h household.ID, member int64, p household.PersonID, name string) error
	// Unbind undoes it; replies are about another household then, if there is one.
	Unbind(household.ID, household.PersonID) error
	// Forget takes a person from all households and their openids, name and phone
	// from them, and drops their requests, their conversation and their news.
	Forget(household.Person) error

	Request(id int64) (household.Request, error)
	// Requests are those that a person has made.
	Requests(household.PersonID) ([]household.Request, error)
	// KeepRequest keeps a request, a new one under a new id, which it returns.
	KeepRequest(household.Request) (int64, error)

	// News are what a person has still to be told, the oldest first.
	News(household.PersonID) ([]News, error)
	// AddNews leaves somebody something to be told and returns their openid.
	AddNews(household.PersonID, News) (string, error)
	// DropNews drops what is told, or has become pointless.
	DropNews([]News) error
	// NewsOf are the news about a request that ask to decide it.
	NewsOf(request int64) ([]News, error)
	// Heard notes the message that was answered with somebody's news.
	Heard(p household.PersonID, key string) error
}

// Records are what enrolling shows, and what ends with a conversation.
type Records interface {
	// DropStep forgets a person's open question.
	DropStep(ctx context.Context, openid string) error
	// Talked tells whether a conversation with the openid ever began.
	Talked(ctx context.Context, openid string) (bool, error)
	// Told drops what somebody was told at once.
	Told(ctx context.Context, n News) error
	// Left are the news of a kind about one thing, for everybody whom they concern
	// and who was not told yet.
	Left(ctx context.Context, k Kind, about int64) ([]News, error)
	// Place names a household and where it belongs.
	Place(ctx context.Context, h household.ID) (script.Home, script.Place, error)
	// Asking is a request as those read it who decide it; NotFound where it is gone.
	Asking(ctx context.Context, id int64) (script.Asking, error)
	// Waiting are the requests that the person may decide at now, the oldest first.
	Waiting(ctx context.Context, openid string, now time.Time) ([]script.Asking, error)
	// Outside is what can be told to who belongs to no household, or asks about
	// what they have asked for.
	Outside(ctx context.Context, openid string, now time.Time) (script.Outsider, error)
	// Bound are who is bound to the person's current household.
	Bound(ctx context.Context, openid string) ([]script.Bound, error)
}

// Kind is what somebody is told.
type Kind string

// The kinds of news.
const (
	Asked    Kind = "asked"    // a request waits for the person's approval
	Approved Kind = "approved" // the person's own request
	Refused  Kind = "refused"  // the person's own request
	Joined   Kind = "joined"   // another one is bound to the person's household
	Removed  Kind = "removed"  // the person is not bound to the household any more
	Helping  Kind = "helping"  // something was done about the household's helpers, or by one
	Warned   Kind = "warned"   // the household was warned; the Request is the warning's id
	Taken    Kind = "taken"    // what the household declared was recorded; the Request is the declaration's id
	Declined Kind = "declined" // what the household declared was declined; the Request is the declaration's id
	Closed   Kind = "closed"   // a warning of the household was closed; the Request is the warning's id
)

// News is something that a person has to be told.
type News struct {
	ID        int64
	Kind      Kind
	Household household.ID
	Request   int64
	// OpenID is whom to tell.
	OpenID string
}

// Desk is where people come to their household, and leave it.
type Desk struct {
	Once usecase.Once[Register]
	// Wrong hears of each wrong try, once: whose card it was on, 0 for none, and
	// how many that village has had within the hour. It locks nobody.
	Wrong func(v village.ID, inHour int)
}

// How many wrong tries lock a person, within what time and for how long.
const (
	TriesAllowed = 10
	TriesWithin  = time.Hour
)

// Alarming is how many wrong tries on one village's cards are guessing. It
// locks nobody: but who has been wrong within TriesKept themselves has then to
// be approved, so that many persons together do not guess a phone's digits.
const (
	Alarming  = 30
	TriesKept = 24 * time.Hour
)

// LockedUntil is when a person may try again who made these wrong tries, the
// oldest first; zero for at once.
func LockedUntil(tries []time.Time) (until time.Time) {
	for i := TriesAllowed - 1; i < len(tries); i++ {
		if tries[i].Sub(tries[i-TriesAllowed+1]) < TriesWithin {
			until = tries[i].Add(TriesWithin)
		}
	}
	return until
}

// attempt is one message of somebody who wants to be bound.
type attempt struct {
	Register
	openid string
	now    time.Time
	step   usecase.Step
	wrong  func()
	report func(v village.ID, inHour int)
}

// try runs one step of binding, unless too many before it were wrong.
func (d Desk) try(ctx context.Context, cmd usecase.Command, openid string, step func(*attempt) (fault.Facts, error)) (fault.Outcome, error) {
	a := attempt{openid: openid, now: cmd.Now, report: d.Wrong}
	out, err := d.Once(ctx, cmd, func(tx Register) (_ fault.Outcome, err error) {
		a.Register, a.wrong = tx, nil
		if a.step, err = tx.Step(openid); err != nil {
			return fault.Outcome{}, err
		}
		if err := a.unlocked(); err != nil {
			return fault.Settle(err)
		}
		facts, err := step(&a)
		if err != nil {
			return fault.Settle(err)
		}
		return fault.Outcome{Code: fault.Done, Facts: facts}, nil
	})
	if err == nil && a.wrong != nil {
		a.wrong()
	}
	return out, err
}

func (a *attempt) unlocked() error {
	tries, err := a.Tries(a.openid, a.now.Add(-2*TriesWithin))
	if err != nil {
		return err
	}
	if until := LockedUntil(tries); a.now.Before(until) {
		return fault.With(fault.Locked, fault.Facts{Data: until.In(calendar.Shanghai).Format("15:04")})
	}
	return nil
}

// miss notes a wrong try on a card of the village, 0 for none.
func (a *attempt) miss(v village.ID) error {
	if err := a.AddTry(a.openid, v, a.now); err != nil {
		return err
	}
	n, err := a.TriesIn(v, a.now.Add(-TriesWithin))
	if a.report != nil {
		a.wrong = func() { a.report(v, n) }
	}
	return err
}

// guessed tells whether the person may be one of many who guess.
func (a *attempt) guessed(v village.ID) (bool, error) {
	since := a.now.Add(-TriesKept)
	own, err := a.Tries(a.openid, since)
	if err != nil || len(own) == 0 {
		return false, err
	}
	n, err := a.TriesIn(v, since)
	return n >= Alarming, err
}

// waits refuses unless the step of the name is open.
func (a *attempt) waits(name string) error {
	switch {
	case a.step.Name != name:
		return fault.Refuse(fault.NotFound)
	case !a.step.Open(a.now):
		return fault.Refuse(fault.TooLate)
	}
	return nil
}

func (a *attempt) next(name, data string) error {
	return a.SetStep(a.openid, usecase.Step{Name: name, Data: data, Until: a.now.Add(usecase.Patience)})
}

// known returns who tries, zero for a stranger.
func (a *attempt) known() (household.Person, []household.ID, error) {
	person, homes, err := a.Known(a.openid)
	if fault.CodeOf(err) == fault.NotFound {
		return household.Person{}, nil, nil
	}
	return person, homes, err
}

// bound are who is bound to a household.
func bound(members []household.Member) []household.PersonID {
	var all []household.PersonID
	for _, m := range members {
		if m.Person != 0 {
			all = append(all, m.Person)
		}
	}
	slices.Sort(all)
	return all
}

// tell leaves the same news to several people and returns whom they are for.
func tell(tx Register, people []household.PersonID, n News) ([]News, error) {
	var told []News
	for _, p := range people {
		openid, err := tx.AddNews(p, n)
		if err != nil {
			return nil, err
		}
		n.OpenID = openid
		told = append(told, n)
	}
	return told, nil
}
