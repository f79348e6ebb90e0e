// Package dispute is the 异议: a household objects to a line of its own, or to
// one that is missing, somebody who had no part in it looks into it and decides,
// and the township decides again where the household does not agree (PRODUCT 2.9).
package dispute

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/xiangfeng/xiangfeng/domain/calendar"
	"github.com/xiangfeng/xiangfeng/domain/fault"
	"github.com/xiangfeng/xiangfeng/domain/household"
	"github.com/xiangfeng/xiangfeng/domain/ledger"
	"github.com/xiangfeng/xiangfeng/domain/points"
	"github.com/xiangfeng/xiangfeng/domain/record"
	"github.com/xiangfeng/xiangfeng/domain/village"
)

// The limits: how many a household files a day; lengths are in characters.
const (
	PerDay         = 20
	ShortestWords  = 2
	LongestWords   = record.LongestDeed // what is missing may become a declaration
	ShortestReason = 4
	LongestReason  = 200
)

// ID identifies a dispute.
type ID int64

// State says how far a dispute has come.
type State string

// The states, in their order. Filed and accepted ones wait for the village,
// decided ones for the household, appealed ones for the township.
const (
	Filed     State = "filed"
	Accepted  State = "accepted" // somebody looks into it
	Decided   State = "decided"
	Appealed  State = "appealed" // 不服，请镇上看
	Closed    State = "closed"   // agreed to, not answered in time, or decided by the township
	Withdrawn State = "withdrawn"
)

// Open tells whether anybody still has to do something.
func (s State) Open() bool { return s != Closed && s != Withdrawn }

// investigated are the states in which the village looks into it.
func (s State) investigated() bool { return s == Filed || s == Accepted }

// Undecided tells whether it waits for a decision, of the village or the township.
func (s State) Undecided() bool { return s.investigated() || s == Appealed }

// Line is a line of a household's account as it stands: the entry that was
// posted, with all corrections of it.
type Line struct {
	// Entry is the line itself, never a correction.
	Entry ledger.Entry
	// Last is the newest of its corrections, or the line itself.
	Last ledger.Entry
	// StandsAs is the sum of the line and its corrections.
	StandsAs points.Tenths
	// Typist is who typed the event from the recorder's paper, 0 for nobody.
	Typist household.PersonID
	// Record is what the event was recorded with, 0 where it stands alone.
	Record record.RecordID
}

// Disputable tells whether the line can be objected to here.
func (l Line) Disputable() bool { return Disputable(l.Entry.Kind) }

// Disputable tells whether lines of a kind can be objected to here: what was
// earned or taken away. What was spent is asked after at the shop.
func Disputable(k ledger.Kind) bool {
	switch k {
	case ledger.EventKind, ledger.Opening, ledger.Award:
		return true
	}
	return false
}

// Decision is what was decided, and why.
type Decision struct {
	// Stands says that nothing changes.
	Stands bool
	// StandsAs is what the line counts from then on; of a missing line nothing.
	StandsAs points.Tenths
	Reason   string
	Photos   []record.PhotoHash
	By       household.PersonID // 0: nothing is decided yet
	At       time.Time
	// Correction is the entry that was posted for it, 0 for none.
	Correction ledger.Seq
}

// Dispute is one objection of one household.
type Dispute struct {
	ID      ID
	Village village.ID
	// Number counts the village's disputes: what a villager calls 异议12号.
	Number    int
	Household household.ID
	// Year is the account's; Line is the line's entry, 0 for a line that is
	// missing, and LineNo its number in the account.
	Year   int
	Line   ledger.Seq
	LineNo int
	// Record is what the line was recorded with, together with other households;
	// 0 where it stands alone. Disputes of one record are one investigation.
	Record       record.RecordID
	Words        string
	Photos       []record.PhotoHash
	FiledBy      household.PersonID
	ByHelper     bool // filed by a 代办人
	FiledAt      time.Time
	State        State
	Investigator household.PersonID // who accepted it, 0 before
	AcceptedAt   time.Time
	// Promised is the last punctual day for the decision.
	Promised calendar.Date
	// Extended is why it takes longer, empty where it does not.
	Extended    string
	ExtendedAt  time.Time
	Decision    Decision
	AppealUntil calendar.Date
	// Appeal are the household's words to the township.
	Appeal      string
	AppealedBy  household.PersonID
	AppealedAt  time.Time
	TownshipDue calendar.Date
	// Final is the township's decision of an appeal.
	Final Decision
	// EscalatedAt is when it went up because nobody of the village had acted in
	// time, or nobody may; zero where it did not.
	EscalatedAt time.Time
	NudgedOn    calendar.Date
	ClosedAt    time.Time // when it was closed or withdrawn
}

// FiledOn is the day of filing, from which all days are counted.
func (d Dispute) FiledOn() calendar.Date { return calendar.DateOf(d.FiledAt) }

// AcceptBy is the last punctual day to accept it.
func (d Dispute) AcceptBy() calendar.Date { return calendar.AcceptBy(d.FiledOn()) }

// Due is the last punctual day for whoever must act next; the household's is
// that of its appeal. It is zero where nobody must.
func (d Dispute) Due() calendar.Date {
	switch d.State {
	case Filed, Accepted:
		return d.Promised
	case Decided:
		return d.AppealUntil
	case Appealed:
		return d.TownshipDue
	}
	return calendar.Date{}
}

// Up tells whether the dispute went to the township: it lay too long, or the
// household did not accept the decision.
func (d Dispute) Up() bool { return !d.EscalatedAt.IsZero() || d.State == Appealed }

// Late tells whether who must act, but for the household, has missed a day.
func (d Dispute) Late(today calendar.Date) bool {
	switch d.State {
	case Filed:
		return today.After(d.AcceptBy()) || today.After(d.Promised)
	case Accepted, Appealed:
		return today.After(d.Due())
	}
	return false
}

// Verdict is the decision that counts, with a zero By before there is one.
func (d Dispute) Verdict() Decision {
	if d.Final.By != 0 {
		return d.Final
	}
	return d.Decision
}

// Scene is what the rules of acting on a dispute need to know besides it.
type Scene struct {
	Village village.Village
	Staff   household.Staff
	// Kin are the ties of the household that disputes.
	Kin household.Kin
	// Line is the disputed one, zero for a missing one.
	Line Line
	// Helper says that the person is the household's helper today.
	Helper bool
	// Alone says that nobody of the village's team may act.
	Alone bool
	Now   time.Time
}

func (s Scene) today() calendar.Date { return calendar.DateOf(s.Now) }

// Filing is what a household objects to.
type Filing struct {
	Household household.Household
	Year      int
	// Missing says that a line is missing; the scene's line counts for nothing then.
	Missing bool
	Words   string
	Photos  []record.PhotoHash
	// SealedOn is when the line's quarter was sealed, zero before.
	SealedOn calendar.Date
	// Before is the number of an earlier dispute of the line that was not
	// withdrawn, 0 for none.
	Before int
	// Today is how many the household has filed today.
	Today int
}

// File makes a dispute of a household of the scene's person, or of one whose
// helper the person is. It refuses with NotFound any other household, with Gone
// one that keeps no account, with Invalid words that are too short or long, what
// is no picture and a line that cannot be objected to, with Conflict a line that
// was disputed before (Note is that number), with TooLate from the day after
// the last one on (Day), and with CapReached more than PerDay.
func File(s Scene, f Filing) (Dispute, error) {
	own := slices.Contains(s.Staff.Households, f.Household.ID)
	switch {
	case f.Household.Village != s.Village.ID || !own && !s.Helper:
		return Dispute{}, fault.Refuse(fault.NotFound)
	case f.Household.State != household.Active:
		return Dispute{}, fault.Refuse(fault.Gone)
	case !record.Fits(f.Words, ShortestWords, LongestWords) || !record.Pictures(f.Photos):
		return Dispute{}, fault.Refuse(fault.Invalid)
	}
	if err := s.mayObject(f); err != nil {
		return Dispute{}, err
	}
	if f.Today >= PerDay {
		return Dispute{}, fault.Refuse(fault.CapReached)
	}
	d := Dispute{
		Village: s.Village.ID, Household: f.Household.ID, Year: f.Year, Words: strings.TrimSpace(f.Words), Photos: f.Photos,
		FiledBy: s.Staff.Person, ByHelper: !own, FiledAt: s.Now, State: Filed, Promised: calendar.PromisedBy(s.today()),
	}
	if !f.Missing {
		d.Line, d.LineNo, d.Record = s.Line.Entry.Seq, s.Line.Entry.Line, s.Line.Record
	}
	if s.Alone {
		d.EscalatedAt = s.Now
	}
	return d, nil
}

func (s Scene) mayObject(f Filing) error {
	if f.Missing {
		return nil
	}
	if !s.Line.Disputable() {
		return fault.Refuse(fault.Invalid)
	}
	if f.Before != 0 {
		return fault.With(fault.Conflict, fault.Facts{Note: strconv.Itoa(f.Before)})
	}
	if f.SealedOn.IsZero() {
		return nil
	}
	if last := calendar.ObjectionUntil(f.SealedOn, calendar.DefaultObjectionDays); s.today().After(last) {
		return fault.With(fault.TooLate, fault.Facts{Day: last.String()})
	}
	return nil
}
