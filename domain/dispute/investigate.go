package dispute

import (
	"slices"
	"strings"

	"github.com/xiangfeng/xiangfeng/domain/calendar"
	"github.com/xiangfeng/xiangfeng/domain/fault"
	"github.com/xiangfeng/xiangfeng/domain/household"
	"github.com/xiangfeng/xiangfeng/domain/points"
	"github.com/xiangfeng/xiangfeng/domain/record"
)

// MayAct refuses who may not do what comes next: with Forbidden who has no such
// post, with SamePerson who recorded or typed the line, filed the dispute or
// decided it first, with Kin the household's own people and kin (PRODUCT 2.7,
// 2.9), and with Conflict where nothing is to be decided. The village's team
// acts; the township's office acts on appeals, and on what went up to it
// because nobody had acted in time or nobody may.
func (d Dispute) MayAct(s Scene) error {
	switch {
	case !d.concerns(s):
		return fault.Refuse(fault.Forbidden)
	case !d.State.Undecided():
		return fault.Refuse(fault.Conflict)
	case d.excludes(s):
		return fault.Refuse(fault.SamePerson)
	case s.Kin.Related(s.Staff.Households, d.Household):
		return fault.With(fault.Kin, fault.Facts{Household: int64(d.Household)})
	}
	return nil
}

// concerns tells whether the person has a post that acts on the dispute as it is,
// or once did or will.
func (d Dispute) concerns(s Scene) bool {
	team := s.Staff.Holds(s.Village, household.TeamMember, household.Deputy, household.Leader)
	office := s.Staff.Holds(s.Village, household.Officer)
	switch {
	case d.State == Appealed:
		return office
	case d.State.investigated():
		return team || office && (!d.EscalatedAt.IsZero() || s.Alone)
	}
	return team || office
}

// excludes tells whether the person had a part in what is disputed.
func (d Dispute) excludes(s Scene) bool {
	had := []household.PersonID{d.FiledBy, d.Decision.By}
	if d.Line != 0 {
		had = append(had, s.Line.Entry.Recorder, s.Line.Typist)
	}
	return slices.Contains(had, s.Staff.Person)
}

// Accept notes that somebody looks into it. It refuses as MayAct does, and with
// Conflict what is not new.
func (d Dispute) Accept(s Scene) (Dispute, error) {
	if err := d.MayAct(s); err != nil {
		return d, err
	}
	if d.State != Filed {
		return d, fault.Refuse(fault.Conflict)
	}
	d.State, d.Investigator, d.AcceptedAt = Accepted, s.Staff.Person, s.Now
	return d, nil
}

// Extend moves the promised day to the seventh working day after filing, once,
// for a reason that is told before the day has passed. It refuses as MayAct does,
// with Conflict a second time or after the village has decided, with TooLate
// after the promised day and with Invalid without a reason.
func (d Dispute) Extend(s Scene, reason string) (Dispute, error) {
	if err := d.MayAct(s); err != nil {
		return d, err
	}
	switch {
	case !d.State.investigated() || d.Extended != "":
		return d, fault.Refuse(fault.Conflict)
	case s.today().After(d.Promised):
		return d, fault.With(fault.TooLate, fault.Facts{Day: d.Promised.String()})
	case !record.Fits(reason, ShortestReason, LongestReason):
		return d, fault.Refuse(fault.Invalid)
	}
	d.Extended, d.ExtendedAt, d.Promised = strings.TrimSpace(reason), s.Now, calendar.ExtendedBy(d.FiledOn())
	return d, nil
}

// Ruling is what somebody decides.
type Ruling struct {
	// Stands says that nothing changes; else the line stands as StandsAs from
	// now on, or a missing one is recorded.
	Stands   bool
	StandsAs points.Tenths
	Reason   string
	Photos   []record.PhotoHash
}

// Decide ends the investigation with a written reason. The village's decision
// can be taken to the township for ten days; the township's is final. It refuses
// as MayAct does, and with Invalid without a reason or beyond what an entry holds.
func (d Dispute) Decide(s Scene, r Ruling) (Dispute, error) {
	if err := d.MayAct(s); err != nil {
		return d, err
	}
	beyond := !r.Stands && d.Line != 0 && (r.StandsAs.Abs() > points.Limit || (r.StandsAs-s.Line.StandsAs).Abs() > points.Limit)
	if !record.Fits(r.Reason, ShortestReason, LongestReason) || !record.Pictures(r.Photos) || beyond {
		return d, fault.Refuse(fault.Invalid)
	}
	made := Decision{Stands: r.Stands, Reason: strings.TrimSpace(r.Reason), Photos: r.Photos, By: s.Staff.Person, At: s.Now}
	switch {
	case d.Line != 0 && r.Stands:
		made.StandsAs = s.Line.StandsAs
	case d.Line != 0:
		made.StandsAs = r.StandsAs
	}
	if d.State == Appealed {
		d.Final, d.State, d.ClosedAt = made, Closed, s.Now
		return d, nil
	}
	d.Decision, d.State, d.AppealUntil = made, Decided, calendar.AppealUntil(s.today())
	if !s.Staff.Holds(s.Village, household.TeamMember, household.Deputy, household.Leader) {
		d.State, d.AppealUntil, d.ClosedAt = Closed, calendar.Date{}, s.Now // the township has looked
	}
	return d, nil
}

// Joins tells whether a decision about d decides the other one too: both are of
// one record, wait for the village, and their lines stand as the same amount.
func (d Dispute) Joins(line Line, other Dispute, others Line) bool {
	return d.Record != 0 && d.Record == other.Record && d.State.investigated() && other.State.investigated() && line.StandsAs == others.StandsAs
}

// Escalate lets a late one go up to the township, once, and closes one that the
// household has not answered in time. False where nothing is to be done.
func (d Dispute) Escalate(s Scene) (Dispute, bool) {
	today := s.today()
	switch {
	case d.State.investigated() && d.EscalatedAt.IsZero() && d.Late(today):
		d.EscalatedAt = s.Now
		if today.After(d.Promised) { // the day is gone: the township gets its own
			d.Promised = calendar.TownshipBy(today)
		}
		return d, true
	case d.State == Decided && today.After(d.AppealUntil):
		d.State, d.ClosedAt = Closed, s.Now
		return d, true
	}
	return d, false
}
