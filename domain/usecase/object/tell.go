package object

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/xiangfeng/xiangfeng/domain/calendar"
	"github.com/xiangfeng/xiangfeng/domain/dispute"
	"github.com/xiangfeng/xiangfeng/domain/household"
	"github.com/xiangfeng/xiangfeng/domain/notice"
	"github.com/xiangfeng/xiangfeng/domain/usecase"
)

// matters is how many days a household's notice of a dispute matters.
const matters = 14

// What a notice tells of a dispute besides its states.
const (
	extended = "extended"
	final    = "final" // the township has decided
	agreed   = "agreed"
	nudged   = "nudged"
	late     = "late"
)

// What was decided, as a notice tells it.
const (
	stands    = "stands"
	corrected = "corrected"
	recorded  = "recorded" // the missing one is being recorded
)

// facts of a notice about the dispute.
func (m matter) about(state, reason string, day calendar.Date) notice.Facts {
	f := notice.Facts{
		Place: m.scene.Village.Name, Case: int64(m.Number), Line: m.LineNo, Title: m.scene.Line.Entry.Title, State: state, Reason: reason,
		Names: []string{m.home.Number}, About: int64(m.ID),
	}
	if !day.IsZero() {
		f.Day = day.String()
	}
	return f
}

func (m matter) occasion(what string) string { return fmt.Sprintf("dispute:%d:%s", m.ID, what) }

// tellHome leaves the household's people notices, and the helper who filed it,
// but who has just read the same.
func (m matter) tellHome(tx CaseTx, f notice.Facts, what string, but household.PersonID) error {
	people, err := tx.PeopleOf(m.Household)
	if err != nil {
		return err
	}
	if m.ByHelper && !slices.Contains(people, m.FiledBy) {
		people = append(people, m.FiledBy)
	}
	var all []notice.Notice
	for _, p := range people {
		if p == but {
			continue
		}
		all = append(all, notice.Notice{
			Person: p, Scope: notice.Scope{Household: m.Household}, Occasion: m.occasion(what), Kind: notice.Dispute, Facts: f,
			At: m.scene.Now, Until: m.scene.Now.AddDate(0, 0, matters),
		})
	}
	return tx.Notify(all...)
}

// tellWhoActs leaves those notices who must act next: of the village's team
// those who had no part in it, or the office where it is the office's.
func (m matter) tellWhoActs(tx CaseTx, what string) error {
	scope, staff, err := notice.Scope{Village: m.Village}, []household.Staff(nil), error(nil)
	if m.Up() {
		scope = notice.Scope{Township: m.scene.Village.Township}
		staff, err = tx.OfficeStaff(m.scene.Village.Township)
	} else {
		staff, err = tx.TeamStaff(m.Village)
	}
	if err != nil {
		return err
	}
	return m.tellStaff(tx, scope, m.able(staff, m.State), what)
}

func (m matter) tellStaff(tx usecase.Notices, scope notice.Scope, staff []household.Staff, what string) error {
	var all []notice.Notice
	state, _, _ := strings.Cut(what, ":")
	for _, s := range staff {
		all = append(all, notice.Notice{
			Person: s.Person, Scope: scope, Occasion: m.occasion(what), Kind: notice.Case, Facts: m.about(state, "", m.Due()),
			At: m.scene.Now, Until: later(m.Due().AddDays(1).Start(), m.scene.Now.AddDate(0, 0, 1)),
		})
	}
	return tx.Notify(all...)
}

// later is when a notice ends that would matter no more at once.
func later(a, b time.Time) time.Time {
	if a.Before(b) {
		return b
	}
	return a
}

func (m matter) tellFiled(tx CaseTx) error {
	if err := m.tellHome(tx, m.about(string(dispute.Filed), "", m.Promised), string(dispute.Filed), m.FiledBy); err != nil {
		return err
	}
	return m.tellWhoActs(tx, string(dispute.Filed))
}

func (m matter) tellAccepted(tx CaseTx) error {
	return m.tellHome(tx, m.about(string(dispute.Accepted), "", m.Promised), string(dispute.Accepted), 0)
}

func (m matter) tellExtended(tx CaseTx) error {
	reason, err := tx.Withheld(m.Extended)
	if err != nil {
		return err
	}
	return m.tellHome(tx, m.about(extended, reason, m.Promised), extended, 0)
}

func (m matter) tellDecided(tx CaseTx) error {
	v := m.Verdict()
	reason, err := tx.Withheld(v.Reason)
	if err != nil {
		return err
	}
	what := string(dispute.Decided)
	if m.State == dispute.Closed {
		what = final
	}
	f := m.about(what, reason, m.AppealUntil)
	switch {
	case v.Stands:
		f.Outcome = stands
	case m.Line == 0:
		f.Outcome = recorded
	default:
		f.Outcome, f.Score = corrected, int64(v.StandsAs)
	}
	if m.State == dispute.Closed {
		f.Day = ""
	}
	return m.tellHome(tx, f, what, 0)
}

func (m matter) tellWithdrawn(tx CaseTx) error {
	who := m.scene.Staff.Person
	return m.tellHome(tx, m.about(string(dispute.Withdrawn), "", calendar.Date{}), string(dispute.Withdrawn), who)
}

func (m matter) tellAgreed(tx CaseTx) error {
	return m.tellHome(tx, m.about(agreed, "", calendar.Date{}), agreed, m.scene.Staff.Person)
}

func (m matter) tellAppealed(tx CaseTx) error {
	if err := m.tellHome(tx, m.about(string(dispute.Appealed), "", m.TownshipDue), string(dispute.Appealed), m.scene.Staff.Person); err != nil {
		return err
	}
	return m.tellWhoActs(tx, string(dispute.Appealed))
}

// tellNudged reminds who must act.
func (m matter) tellNudged(tx CaseTx) error {
	return m.tellWhoActs(tx, nudged+":"+m.NudgedOn.String())
}

// tellUp tells the office that the village has not acted, and the household.
func (m matter) tellUp(tx CaseTx) error {
	if err := m.tellHome(tx, m.about(late, "", m.Promised), late, 0); err != nil {
		return err
	}
	return m.tellWhoActs(tx, late)
}

// tellOverdue tells the office once that an appeal is late.
func (m matter) tellOverdue(tx CaseTx) error {
	return m.tellWhoActs(tx, overdue)
}
