// Package record is the 积分事件 from the day it is recorded to the day it is
// confirmed, returned or rejected (PRODUCT 2.6, 2.7).
package record

import (
	"time"

	"github.com/xiangfeng/xiangfeng/domain/calendar"
	"github.com/xiangfeng/xiangfeng/domain/catalogue"
	"github.com/xiangfeng/xiangfeng/domain/fault"
	"github.com/xiangfeng/xiangfeng/domain/household"
	"github.com/xiangfeng/xiangfeng/domain/ledger"
	"github.com/xiangfeng/xiangfeng/domain/points"
	"github.com/xiangfeng/xiangfeng/domain/village"
)

// ID identifies an event.
type ID int64

// State says how far an event has come.
type State string

// The states of an event. Only an undecided one can still change, and only
// undecided and confirmed ones use up a cap.
const (
	Pending   State = "pending"   // 待确认
	Returned  State = "returned"  // 退回: to whoever recorded it, with a reason
	Confirmed State = "confirmed" // became an entry of the ledger
	Rejected  State = "rejected"  // with a reason
	Withdrawn State = "withdrawn" // by whoever recorded it, before it was decided
)

// undecided tells whether the event can still become an entry; to its household
// a returned one is 待确认 as well.
func (e Event) undecided() bool { return e.State == Pending || e.State == Returned }

// Event is one recorded deed or misdeed of one household.
type Event struct {
	ID        ID
	Village   village.ID
	Household household.ID
	// Item is the catalogue item as it was when the event was recorded.
	Item catalogue.Item
	// Tenths is what the event changes: the item's value, or what its cap left.
	Tenths     points.Tenths
	OccurredOn calendar.Date
	// RecordedAt is when the server received it.
	RecordedAt time.Time
	Place      string
	Note       string
	// Record is what the event was recorded with, 0 where it stands alone.
	Record   RecordID
	Recorder household.PersonID
	// Typist is who typed it from the recorder's paper, 0 for the recorder.
	Typist    household.PersonID
	State     State
	Confirmer household.PersonID // who confirmed, returned or rejected it
	DecidedAt time.Time
	Reason    string // why it was returned, rejected or withdrawn
	// Corrects is the event that was withdrawn for this one, 0 for none.
	Corrects ID
}

// Scene is what the rules of recording need to know besides the event.
type Scene struct {
	Village village.Village
	Staff   household.Staff
	// Typist is who types from the paper of Staff, of no person for Staff itself.
	Typist household.Staff
	Kin    household.Kin
	// Confirmers are the village's leader and deputies: while one of them is
	// eligible, the township's office leaves an event to them.
	Confirmers []household.Staff
	// Used are the household's undecided and confirmed events of the item.
	Used []catalogue.Use
	Now  time.Time
}

// New records a scoring of the item for a household. It refuses with
// Forbidden who is not of the village's team, with Gone a household that keeps
// no account any more, with Kin for the own household or kin of the recorder
// or the typist, with InFuture and TooOld by the day occurred, and with
// CapReached where the cap leaves nothing; where it leaves something, that is
// what the event changes.
func New(s Scene, h household.Household, item catalogue.Item, on calendar.Date, place, note string) (Event, error) {
	if err := s.mayRecord(h); err != nil {
		return Event{}, err
	}
	if err := s.dated(on); err != nil {
		return Event{}, err
	}
	return s.score(h, item, on, place, note)
}

// dated refuses a day that has not come, and one that lies too far back.
func (s Scene) dated(on calendar.Date) error {
	today := calendar.DateOf(s.Now)
	if on.After(today) {
		return fault.With(fault.InFuture, fault.Facts{Day: on.String()})
	}
	if calendar.TooOld(on, today, s.Village.Settings.LateDays) {
		return fault.With(fault.TooOld, fault.Facts{Day: on.String()})
	}
	return nil
}

func (s Scene) score(h household.Household, item catalogue.Item, on calendar.Date, place, note string) (Event, error) {
	room := item.Room(on, item.Value, s.Used)
	if room == 0 {
		return Event{}, fault.With(fault.CapReached, fault.Facts{Household: int64(h.ID), Note: item.Title, Data: string(item.Full(on, s.Used))})
	}
	return Event{
		Village: h.Village, Household: h.ID, Item: item, Tenths: room, OccurredOn: on, RecordedAt: s.Now,
		Place: place, Note: note, Recorder: s.Staff.Person, Typist: s.Typist.Person, State: Pending,
	}, nil
}

func (s Scene) mayRecord(h household.Household) error {
	if h.Village != s.Village.ID {
		return fault.Refuse(fault.NotFound)
	}
	if err := s.ofTeam(); err != nil {
		return err
	}
	if h.State != household.Active {
		return fault.With(fault.Gone, fault.Facts{Household: int64(h.ID)})
	}
	if s.Kin.Related(s.Staff.Households, h.ID) || s.Kin.Related(s.Typist.Households, h.ID) {
		return fault.With(fault.Kin, fault.Facts{Household: int64(h.ID)})
	}
	return nil
}

// mayEnd is mayRecord also for a household that has gone meanwhile: what waits
// for it must not wait for ever.
func (s Scene) mayEnd(h household.Household) error {
	h.State = household.Active
	return s.mayRecord(h)
}

// ofTeam refuses with Forbidden who is not of the village's team, the typist too.
func (s Scene) ofTeam() error {
	for _, one := range []household.Staff{s.Staff, s.Typist} {
		if one.Person != 0 && !one.Holds(s.Village, household.TeamMember, household.Deputy, household.Leader) {
			return fault.Refuse(fault.Forbidden)
		}
	}
	return nil
}

// Withdraw takes an undecided event back, for a reason that its colleagues read.
// It refuses with Forbidden whoever neither recorded nor typed it, with
// Conflict what is decided already, and with Invalid without a reason.
func (e Event) Withdraw(s Scene, reason string) (Event, error) {
	if err := e.mayTakeBack(s); err != nil {
		return e, err
	}
	if !Fits(reason, 1, LongestNote) {
		return e, fault.Refuse(fault.Invalid)
	}
	return e.withdrawn(reason, s.Now), nil
}

func (e Event) withdrawn(reason string, now time.Time) Event {
	e.State, e.Reason, e.DecidedAt = Withdrawn, reason, now
	return e
}

func (e Event) mayTakeBack(s Scene) error {
	if e.Village != s.Village.ID {
		return fault.Refuse(fault.NotFound)
	}
	if err := s.ofTeam(); err != nil {
		return err
	}
	switch {
	case e.Recorder != s.Staff.Person && e.Typist != s.Staff.Person:
		return fault.Refuse(fault.Forbidden)
	case !e.undecided():
		return fault.Refuse(fault.Conflict)
	}
	return nil
}

// Correct puts another event in the place of an undecided one: the old one is withdrawn, the new one has its people and names it.
// The scene is of the recorder and the typist, its uses leave the old one out;
// by is who of them corrects. Its refusals are those of Withdraw and New.
func (e Event) Correct(s Scene, by household.Staff, h household.Household, d Draft) (old, corrected Event, err error) {
	own := s
	own.Staff, own.Typist = by, household.Staff{}
	if err := e.mayTakeBack(own); err != nil {
		return e, Event{}, err
	}
	corrected, err = New(s, h, d.Item, d.On, d.Place, d.Note)
	if err != nil {
		return e, Event{}, err
	}
	corrected.Corrects = e.ID
	return e.withdrawn("", s.Now), corrected, nil
}

// Confirm turns a pending event into an entry's draft, which counts in the
// quarter that progress says (考核认定). The leader or a deputy confirms, the
// township's office where nobody eligible is left, never the recorder or the
// typist, never for kin (PRODUCT 2.7).
func (e Event) Confirm(s Scene, p ledger.Progress) (Event, ledger.Draft, error) {
	if err := e.MayConfirm(s); err != nil {
		return e, ledger.Draft{}, err
	}
	e.State, e.Confirmer, e.DecidedAt = Confirmed, s.Staff.Person, s.Now
	q, _ := p.CountsIn(e.OccurredOn)
	return e, ledger.Draft{
		Kind: ledger.EventKind, Tenths: e.Tenths, CountsIn: q, OccurredOn: e.OccurredOn, Event: int64(e.ID),
		Item: e.Item.Code, Title: e.Item.Title, Recorder: e.Recorder, Confirmer: e.Confirmer,
	}, nil
}

// MayConfirm refuses as Confirm does.
func (e Event) MayConfirm(s Scene) error {
	if err := e.mayDecide(s); err != nil {
		return err
	}
	if e.State != Pending {
		return fault.Refuse(fault.Conflict)
	}
	return nil
}

// Return gives a pending event back to whoever recorded it, for a reason that
// they read: they correct it or take it back. Who may confirm may return.
func (e Event) Return(s Scene, reason string) (Event, error) {
	if err := e.MayConfirm(s); err != nil {
		return e, err
	}
	return e.decided(Returned, s, reason)
}

// MayReject refuses as Reject does, but for the reason.
func (e Event) MayReject(s Scene) error { return e.mayDecide(s) }

// Reject ends an undecided event without points, for a reason that people read.
func (e Event) Reject(s Scene, reason string) (Event, error) {
	if err := e.mayDecide(s); err != nil {
		return e, err
	}
	return e.decided(Rejected, s, reason)
}

func (e Event) decided(state State, s Scene, reason string) (Event, error) {
	if !Fits(reason, 1, LongestNote) {
		return e, fault.Refuse(fault.Invalid)
	}
	e.State, e.Confirmer, e.DecidedAt, e.Reason = state, s.Staff.Person, s.Now, reason
	return e, nil
}

func (e Event) mayDecide(s Scene) error {
	switch {
	case e.Village != s.Village.ID:
		return fault.Refuse(fault.NotFound)
	case !s.Staff.Holds(s.Village, household.Leader, household.Deputy, household.Officer):
		return fault.Refuse(fault.Forbidden)
	case !e.undecided():
		return fault.Refuse(fault.Conflict)
	}
	if err := e.bars(s, s.Staff); err != nil {
		return err
	}
	if !s.Staff.Holds(s.Village, household.Leader, household.Deputy) && e.leftToVillage(s) {
		return fault.With(fault.Forbidden, fault.Facts{Note: LeftToVillage})
	}
	return nil
}

// LeftToOffice tells whether nobody of the village may decide the event, so that
// the township's office does (PRODUCT 2.7).
func (e Event) LeftToOffice(s Scene) bool { return e.undecided() && !e.leftToVillage(s) }

// LeftToVillage is the note of a refusal that leaves an event to the village's
// own leader and deputies.
const LeftToVillage = "village"

// bars refuses who had a hand in the event, and who is kin to its household.
func (e Event) bars(s Scene, who household.Staff) error {
	if e.Recorder == who.Person || e.Typist == who.Person {
		return fault.Refuse(fault.SamePerson)
	}
	if s.Kin.Related(who.Households, e.Household) {
		return fault.With(fault.Kin, fault.Facts{Household: int64(e.Household)})
	}
	return nil
}

// leftToVillage tells whether somebody of the village may decide about the event.
func (e Event) leftToVillage(s Scene) bool {
	for _, c := range s.Confirmers {
		if c.Holds(s.Village, household.Leader, household.Deputy) && e.bars(s, c) == nil {
			return true
		}
	}
	return false
}
