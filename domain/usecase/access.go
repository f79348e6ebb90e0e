package usecase

import (
	"slices"

	"github.com/xiangfeng/xiangfeng/domain/fault"
	"github.com/xiangfeng/xiangfeng/domain/household"
	"github.com/xiangfeng/xiangfeng/domain/village"
)

// Deed is something that not everybody may do in a village. Whether it may be
// done for a certain household is a rule of its own: nobody acts for kin.
type Deed string

// The deeds.
const (
	SeeTeam    Deed = "see_team"    // what the team reads: households, records, visits, what waits
	Record     Deed = "record"      // record, visit, warn, take up what waits
	Confirm    Deed = "confirm"     // decide what was recorded
	SeePhones  Deed = "see_phones"  // how much the team's phones have not sent yet
	PrintCards Deed = "print_cards" // print the cards, revoke one and give another
	HandOver   Deed = "hand_over"   // goods for points
	Sign       Deed = "sign"        // agree with the sheet to come
	Publish    Deed = "publish"     // put the sheet up, ask for it to come down
	Consent    Deed = "consent"     // let a sheet come down, override in writing

	DecideDispute Deed = "decide_dispute" // look into what households object to
	SeeAlarms     Deed = "see_alarms"     // what looks wrong about a quarter
	SeeTownship   Deed = "see_township"   // what the township's office reads of all its villages
)

// roles is who may do what; whoever holds one of the roles in a village, or an
// officer's or auditor's in its township, may.
var roles = map[Deed][]household.Role{
	SeeTeam:    {household.TeamMember, household.Deputy, household.Leader, household.Officer, household.Auditor},
	Record:     {household.TeamMember, household.Deputy, household.Leader},
	Confirm:    {household.Deputy, household.Leader, household.Officer},
	SeePhones:  {household.Deputy, household.Leader},
	PrintCards: {household.Deputy, household.Leader, household.Officer},
	HandOver:   {household.Shopkeeper},
	Sign:       {household.TeamMember, household.Deputy, household.Leader},
	Publish:    {household.Deputy, household.Leader},
	Consent:    {household.Officer},

	DecideDispute: {household.TeamMember, household.Deputy, household.Leader, household.Officer},
	SeeAlarms:     {household.Deputy, household.Leader, household.Officer, household.Auditor},
	SeeTownship:   {household.Officer, household.Auditor},
}

// Deeds are all that there are, in the order in which they are listed.
func Deeds() []Deed {
	return []Deed{SeeTeam, Record, Confirm, SeePhones, PrintCards, HandOver, Sign, Publish, Consent, DecideDispute, SeeAlarms, SeeTownship}
}

// May tells whether the person may do the deed in the village. It is the one
// place that decides who sees which village.
func May(s household.Staff, v village.Village, d Deed) bool { return s.Holds(v, roles[d]...) }

// MayInTownship tells whether the person may do the deed for a whole township.
func MayInTownship(s household.Staff, t village.TownshipID, d Deed) bool {
	return May(s, village.Village{Township: t}, d)
}

// Access is a person in a village.
type Access struct {
	Staff   household.Staff
	Village village.Village
}

// May tells whether the person may do the deed there.
func (a Access) May(d Deed) bool { return May(a.Staff, a.Village, d) }

// Deeds are what the person may do there.
func (a Access) Deeds() []Deed {
	return slices.DeleteFunc(Deeds(), func(d Deed) bool { return !a.May(d) })
}

// Need refuses with Forbidden who may not do the deed there, and with NotFound
// who has no post there at all: to them what is there is as good as missing.
func (a Access) Need(d Deed) error {
	if a.May(d) {
		return nil
	}
	if err := a.Known(); err != nil {
		return err
	}
	return fault.Refuse(fault.Forbidden)
}

// Known refuses with NotFound who has no post there at all.
func (a Access) Known() error {
	if len(a.Roles()) == 0 {
		return fault.Refuse(fault.NotFound)
	}
	return nil
}

// Roles are what the person is there, the highest first.
func (a Access) Roles() []household.Role {
	return slices.DeleteFunc([]household.Role{
		household.Leader, household.Deputy, household.TeamMember, household.Shopkeeper, household.Officer, household.Auditor,
	}, func(r household.Role) bool { return !a.Staff.Holds(a.Village, r) })
}
