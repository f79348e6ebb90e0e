// Package record is what the team does from door to door: it records events of
// households, visits, warns, and takes up what they declare (policy 四(二)1).
package record

import (
	"context"
	"crypto/sha256"
	"fmt"
	"slices"
	"time"

	"github.com/xiangfeng/xiangfeng/domain/calendar"
	"github.com/xiangfeng/xiangfeng/domain/catalogue"
	"github.com/xiangfeng/xiangfeng/domain/fault"
	"github.com/xiangfeng/xiangfeng/domain/household"
	"github.com/xiangfeng/xiangfeng/domain/ledger"
	"github.com/xiangfeng/xiangfeng/domain/record"
	"github.com/xiangfeng/xiangfeng/domain/usecase"
	"github.com/xiangfeng/xiangfeng/domain/village"
)

// Tx is what the acts of this package need of a transaction. Whoever acts on
// many households locks the village's chain first, then the households in the
// order of their ids.
type Tx interface {
	usecase.People
	// Head locks the village's chain, so that whoever changes many of its
	// accounts never waits in a circle with who posts.
	Head(village.ID) (ledger.Head, error)
	// LockHousehold makes other records of the household wait, so that its
	// caps are counted one after the other.
	LockHousehold(household.ID) error
	Cards

	// Item is a row of the catalogue that the village adopted for a year.
	Item(v village.ID, year int, code string) (catalogue.Item, error)
	// Uses are the household's pending and confirmed events of an item.
	Uses(h household.ID, code string) ([]catalogue.Use, error)
	// AddEvent saves a new event and returns its id.
	AddEvent(record.Event) (record.ID, error)
	// Event locks and returns an event; NotFound where there is none.
	Event(record.ID) (record.Event, error)
	SaveEvent(record.Event) error

	// Unknown are those of the pictures that nobody has sent for the village.
	Unknown(village.ID, []record.PhotoHash) ([]record.PhotoHash, error)
	// AddRecord saves a new record with its evidence and returns its id.
	AddRecord(record.Record) (record.RecordID, error)
	// Record returns a record with its evidence; NotFound where there is none.
	Record(record.RecordID) (record.Record, error)
	// AddVisit keeps a visit, unless the household has one of the same day, and
	// returns the id of the day's.
	AddVisit(record.Visit) (record.VisitID, error)

	AddAside(record.Aside) (record.AsideID, error)
	// Aside locks and returns what was set aside; NotFound where there is none.
	Aside(record.AsideID) (record.Aside, error)
	SaveAside(record.Aside) error

	// Declared counts a household's declarations that wait.
	Declared(household.ID) (int, error)
	// SameDeclared is the household's declaration of the words about the day that
	// waits, 0 for none.
	SameDeclared(h household.ID, words string, on calendar.Date) (record.DeclarationID, error)
	AddDeclaration(record.Declaration) (record.DeclarationID, error)
	// Declaration locks and returns a declaration; NotFound where there is none.
	Declaration(record.DeclarationID) (record.Declaration, error)
	SaveDeclaration(record.Declaration) error

	// Warned is the open warning of a household and item; NotFound where there is none.
	Warned(h household.ID, code string) (record.Warning, error)
	AddWarning(record.Warning) (record.WarningID, error)
	// Warning locks and returns a warning; NotFound where there is none.
	Warning(record.WarningID) (record.Warning, error)
	SaveWarning(record.Warning) error
}

// Target is a household: by its id, or by its card as it was typed or scanned, in
// any spelling that household.ReadCard reads.
type Target struct {
	Household household.ID
	Card      string
}

// Request is what a team member records.
type Request struct {
	Village village.ID
	Targets []Target // 1 to record.MostTargets
	Item    string
	On      calendar.Date
	At      time.Time // by the phone's clock, zero where that is not known
	Place   string
	Note    string
	// Evidence names pictures that were sent before.
	Evidence []record.Evidence
	AtDoor   bool
	// For is the colleague whose paper this is, 0 for the actor.
	For household.PersonID
}

// Record is the use case.
type Record struct{ Once usecase.Once[Tx] }

// Do records the events, pending until they are confirmed; the outcome's ID is
// the record's. With one household its refusal is the outcome. With several,
// what concerns one of them alone (record.SetsAside) sets that one aside, for a
// colleague where one can record it (record.LeftToColleague), and the others go through, also
// where none is left. It refuses the whole with
// NotFound or Forbidden who is not of the village's team, with TooMany more
// than record.MostTargets, with Invalid none, and as record.Draft.Check does.
func (u Record) Do(ctx context.Context, cmd usecase.Command, req Request) (fault.Outcome, error) {
	cmd.Body = asked("record", req)
	return u.Once(ctx, cmd, func(tx Tx) (fault.Outcome, error) {
		d, err := prepare(tx, cmd, req)
		if err != nil {
			return fault.Settle(err)
		}
		homes, err := lockTargets(tx, req.Village, req.Targets)
		if err != nil {
			return fault.Settle(err)
		}
		events, asides, err := d.decide(tx, homes)
		if err != nil {
			return fault.Settle(err)
		}
		return d.keep(tx, events, asides)
	})
}

// asked names an act and all that was asked of it: a repeat must ask the same.
func asked(act string, of ...any) string {
	return fmt.Sprintf("%s %x", act, sha256.Sum256([]byte(fmt.Sprintf("%+v", of))))
}

// sitting is one act of recording: who records, in which village, and what.
type sitting struct {
	scene  record.Scene // of no household yet
	record record.Record
}

func prepare(tx Tx, cmd usecase.Command, req Request) (sitting, error) {
	switch n := len(req.Targets); {
	case n == 0:
		return sitting{}, fault.Refuse(fault.Invalid)
	case n > record.MostTargets:
		return sitting{}, fault.With(fault.TooMany, fault.Facts{Need: int64(n)})
	}
	scene, err := team(tx, req.Village, cmd, req.For)
	if err != nil {
		return sitting{}, err
	}
	item, err := tx.Item(req.Village, req.On.Year, req.Item)
	if err != nil {
		return sitting{}, err
	}
	return begin(tx, scene, record.Draft{
		Item: item, On: req.On, NotedAt: req.At, Place: req.Place, Note: req.Note, Evidence: req.Evidence, AtDoor: req.AtDoor,
	})
}

// begin starts a sitting that records what the draft says.
func begin(tx Tx, scene record.Scene, d record.Draft) (sitting, error) {
	if err := d.Check(scene); err != nil {
		return sitting{}, err
	}
	if err := known(tx, scene.Village.ID, d.Photos()); err != nil {
		return sitting{}, err
	}
	return sitting{scene, record.Record{
		Village: scene.Village.ID, Draft: d, RecordedAt: scene.Now, Recorder: scene.Staff.Person, Typist: scene.Typist.Person,
	}}, nil
}

// known refuses with Invalid a picture that nobody has sent.
func known(tx Tx, v village.ID, photos []record.PhotoHash) error {
	return usecase.Handed(photos, func(p []record.PhotoHash) ([]record.PhotoHash, error) { return tx.Unknown(v, p) })
}

// team is the scene of who acts in a village for a colleague, 0 for nobody. It
// refuses with NotFound who has nothing to do there, for whom the village is as
// good as one that is not there, and with Forbidden others who are not of the
// team, a colleague too.
func team(tx Tx, v village.ID, cmd usecase.Command, colleague household.PersonID) (record.Scene, error) {
	place, err := tx.Village(v)
	if err != nil {
		return record.Scene{}, err
	}
	actor, err := tx.Staff(cmd.Actor)
	if err != nil {
		return record.Scene{}, err
	}
	if err := (usecase.Access{Staff: actor, Village: place}).Need(usecase.Record); err != nil {
		return record.Scene{}, err
	}
	scene := record.Scene{Village: place, Staff: actor, Now: cmd.Now}
	if colleague == 0 || colleague == cmd.Actor {
		return scene, nil
	}
	scene.Typist = actor
	if scene.Staff, err = tx.Staff(colleague); err != nil {
		return record.Scene{}, err
	}
	if !usecase.May(scene.Staff, place, usecase.Record) {
		return record.Scene{}, fault.Refuse(fault.Forbidden)
	}
	return scene, nil
}

// found is a target with its household, or why there is none. A household that
// is of no village that may be seen is none.
type found struct {
	target Target
	nth    int // of the request, from 1
	home   household.Household
	why    fault.Code
}

// lockTargets locks the households of the targets, each once, and returns them
// as they are under the lock.
func lockTargets(tx Tx, v village.ID, targets []Target) ([]found, error) {
	if len(targets) > 1 {
		if _, err := tx.Head(v); err != nil {
			return nil, err
		}
	}
	ids := make([]household.ID, 0, len(targets))
	for _, t := range targets {
		one, err := find(tx, v, t)
		if err != nil {
			return nil, err
		}
		if one.home.ID != 0 {
			ids = append(ids, one.home.ID)
		}
	}
	slices.Sort(ids)
	for _, id := range slices.Compact(ids) {
		if err := tx.LockHousehold(id); err != nil {
			return nil, err
		}
	}
	return look(tx, v, targets)
}

// look finds the targets again under their locks. Of those that name one
// household twice it is the first that can be recorded.
func look(tx Tx, v village.ID, targets []Target) ([]found, error) {
	seen := map[household.ID]int{}
	out := make([]found, 0, len(targets))
	for n, t := range targets {
		one, err := find(tx, v, t)
		if err != nil {
			return nil, err
		}
		one.nth = n + 1
		at, twice := seen[one.home.ID]
		switch {
		case twice && out[at].why != "":
			out[at] = one
		case !twice:
			if one.home.ID != 0 {
				seen[one.home.ID] = len(out)
			}
			out = append(out, one)
		}
	}
	return out, nil
}

// find finds a target's household. A card's household is told also where the
// card is revoked.
func find(tx Tx, v village.ID, t Target) (found, error) {
	out := found{target: t}
	id := t.Household
	if t.Card != "" {
		card, err := CardOf(tx, t.Card)
		if fault.CodeOf(err) == fault.NotFound {
			return found{target: t, why: fault.NotFound}, nil
		}
		if err != nil {
			return out, err
		}
		if id = card.Household; card.State != household.CardActive {
			out.why = fault.CardRevoked
		}
	}
	home, err := tx.Household(id)
	if fault.CodeOf(err) == fault.NotFound || err == nil && home.Village != v {
		return found{target: t, why: fault.NotFound}, nil
	}
	out.home = home
	return out, err
}

// Cards are where cards are found, also revoked ones: by the number, or by the
// token's hash; NotFound where there is none.
type Cards interface {
	Card(number string) (household.Card, error)
	CardOf(token [32]byte) (household.Card, error)
}

// CardOf finds a card by its number, as it was typed, or by its token.
func CardOf(tx Cards, shown string) (household.Card, error) {
	number, token := household.ReadCard(shown)
	if number != "" {
		return tx.Card(number)
	}
	return tx.CardOf(household.HashToken(token))
}

// decide goes through the households: events of those that can be recorded,
// asides of the others. It writes nothing.
func (s sitting) decide(tx Tx, homes []found) ([]record.Event, []record.Aside, error) {
	var events []record.Event
	var asides []record.Aside
	for _, one := range homes {
		event, err := s.score(tx, one)
		if why := fault.CodeOf(err); err != nil && len(homes) > 1 && record.SetsAside(why) {
			asides = append(asides, aside(one).SetAside(why, s.record.Recorder, s.scene.Now))
			continue
		}
		if err != nil {
			return nil, nil, err
		}
		events = append(events, event)
	}
	return events, asides, nil
}

func aside(one found) record.Aside {
	number, _ := household.ReadCard(one.target.Card) // a token is never kept
	return record.Aside{Nth: one.nth, Household: one.home.ID, Card: number}
}

func (s sitting) score(tx Tx, one found) (record.Event, error) {
	if one.why != "" {
		return record.Event{}, fault.With(one.why, fault.Facts{Household: int64(one.home.ID)})
	}
	scene, err := s.at(tx, one.home.ID, 0)
	if err != nil {
		return record.Event{}, err
	}
	d := s.record.Draft
	return record.New(scene, one.home, d.Item, d.On, d.Place, d.Note)
}

// at is the scene with the ties of a household and its uses of the item, but
// for those of one event.
func (s sitting) at(tx Tx, h household.ID, but record.ID) (record.Scene, error) {
	scene := s.scene
	var err error
	if scene.Kin, err = tx.Kin(h); err != nil {
		return scene, err
	}
	scene.Used, err = tx.Uses(h, s.record.Item.Code)
	scene.Used = slices.DeleteFunc(scene.Used, func(u catalogue.Use) bool { return but != 0 && u.Event == int64(but) })
	return scene, err
}

// keep writes what was decided.
func (s sitting) keep(tx Tx, events []record.Event, asides []record.Aside) (fault.Outcome, error) {
	id, err := tx.AddRecord(s.record)
	if err != nil {
		return fault.Outcome{}, err
	}
	s.record.ID = id
	facts := fault.Facts{ID: int64(id), Village: int64(s.record.Village)}
	for _, e := range events {
		if _, err := s.add(tx, e); err != nil {
			return fault.Outcome{}, err
		}
		facts.Household, facts.Need = int64(e.Household), int64(e.Tenths)
	}
	for _, a := range asides {
		a.Record = id
		if _, err := tx.AddAside(a); err != nil {
			return fault.Outcome{}, err
		}
	}
	return fault.Outcome{Code: fault.Done, Facts: facts}, nil
}

// add writes one event of the record, and the visit that it was.
func (s sitting) add(tx Tx, e record.Event) (record.ID, error) {
	e.Record = s.record.ID
	id, err := tx.AddEvent(e)
	if err != nil || !s.record.AtDoor {
		return id, err
	}
	_, err = tx.AddVisit(s.record.Visit(e.Household))
	return id, err
}
