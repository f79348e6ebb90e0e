package record

import (
	"slices"
	"time"

	"github.com/xiangfeng/xiangfeng/domain/calendar"
	"github.com/xiangfeng/xiangfeng/domain/catalogue"
	"github.com/xiangfeng/xiangfeng/domain/fault"
	"github.com/xiangfeng/xiangfeng/domain/household"
	"github.com/xiangfeng/xiangfeng/domain/village"
)

// MostDeclared is how many of a household's declarations may wait at once.
const MostDeclared = 5

// The lengths of a declaration, in characters.
const (
	ShortestDeed = 2
	LongestDeed  = 200
)

// DeclarationID identifies a declaration.
type DeclarationID int64

// DeclarationState says how far a declaration has come.
type DeclarationState string

// The states of a declaration.
const (
	DeclarationWaiting  DeclarationState = "waiting"
	DeclarationTaken    DeclarationState = "taken"    // it became an event
	DeclarationDeclined DeclarationState = "declined" // with a reason
)

// Declaration is a 申报: a household tells of a good deed of its own, for the
// team to take up or decline.
type Declaration struct {
	ID         DeclarationID
	Village    village.ID
	Household  household.ID
	Declarer   household.PersonID
	Words      string
	On         calendar.Date
	Photos     []PhotoHash
	DeclaredAt time.Time
	State      DeclarationState
	Decider    household.PersonID
	DecidedAt  time.Time
	Reason     string // why it was declined
	Event      ID
}

// Declare makes a declaration for a household of the scene's person, of which
// so many wait already. It refuses with NotFound a household that is not the
// person's, with Gone one that keeps no account, with Invalid words that are too
// short or long and what is no picture, by the day as New does, and with TooMany.
func Declare(s Scene, h household.Household, words string, on calendar.Date, photos []PhotoHash, waiting int) (Declaration, error) {
	switch {
	case h.Village != s.Village.ID || !slices.Contains(s.Staff.Households, h.ID):
		return Declaration{}, fault.Refuse(fault.NotFound)
	case h.State != household.Active:
		return Declaration{}, fault.Refuse(fault.Gone)
	case !Fits(words, ShortestDeed, LongestDeed) || !Pictures(photos):
		return Declaration{}, fault.Refuse(fault.Invalid)
	}
	if err := s.dated(on); err != nil {
		return Declaration{}, err
	}
	if waiting >= MostDeclared {
		return Declaration{}, fault.Refuse(fault.TooMany)
	}
	return Declaration{
		Village: h.Village, Household: h.ID, Declarer: s.Staff.Person, Words: words, On: on, Photos: photos,
		DeclaredAt: s.Now, State: DeclarationWaiting,
	}, nil
}

// Draft is what the declaration gives to the record that takes it up: its
// pictures stand for what the item asks to be shown.
func (d Declaration) Draft(item catalogue.Item) Draft {
	proof := catalogue.Photo
	for _, group := range item.Demands() {
		if slices.Contains(group, catalogue.BeforeAfter) {
			proof = catalogue.BeforeAfter
		}
	}
	out := Draft{Item: item, On: d.On, NotedAt: d.DeclaredAt, Note: d.Words}
	for _, p := range d.Photos {
		out.Evidence = append(out.Evidence, Evidence{Proof: proof, Photo: p})
	}
	return out
}

// MayTake refuses who may not take the declaration up: as New does by the
// household, and with Conflict what is decided already.
func (d Declaration) MayTake(s Scene, h household.Household) error {
	if err := s.mayRecord(h); err != nil {
		return err
	}
	return d.waits()
}

func (d Declaration) waits() error {
	if d.State != DeclarationWaiting {
		return fault.Refuse(fault.Conflict)
	}
	return nil
}

// Take notes the event that the declaration became.
func (d Declaration) Take(by household.PersonID, event ID, now time.Time) Declaration {
	d.State, d.Decider, d.DecidedAt, d.Event = DeclarationTaken, by, now, event
	return d
}

// Decline ends the declaration for a reason that the household reads. It refuses
// as MayTake does, but for a household that has gone, and with Invalid without a reason.
func (d Declaration) Decline(s Scene, h household.Household, reason string) (Declaration, error) {
	if err := s.mayEnd(h); err != nil {
		return d, err
	}
	if err := d.waits(); err != nil {
		return d, err
	}
	if !Fits(reason, 1, LongestNote) {
		return d, fault.Refuse(fault.Invalid)
	}
	d.State, d.Decider, d.DecidedAt, d.Reason = DeclarationDeclined, s.Staff.Person, s.Now, reason
	return d, nil
}
