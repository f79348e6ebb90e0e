package object

import (
	"crypto/sha256"
	"fmt"
	"time"

	"github.com/xiangfeng/xiangfeng/domain/calendar"
	"github.com/xiangfeng/xiangfeng/domain/dispute"
	"github.com/xiangfeng/xiangfeng/domain/fault"
	"github.com/xiangfeng/xiangfeng/domain/household"
	"github.com/xiangfeng/xiangfeng/domain/ledger"
	"github.com/xiangfeng/xiangfeng/domain/record"
	"github.com/xiangfeng/xiangfeng/domain/usecase"
	"github.com/xiangfeng/xiangfeng/domain/village"
)

// Looks is what it takes to know who may act on a dispute.
type Looks interface {
	usecase.People
	// Helps is the id by which a person is a household's helper on a day, 0 for none.
	Helps(p household.PersonID, h household.ID, today calendar.Date) (int64, error)
	// TeamStaff are who record and confirm in a village, OfficeStaff the officers
	// of a township, each in the order of their ids.
	TeamStaff(village.ID) ([]household.Staff, error)
	OfficeStaff(village.TownshipID) ([]household.Staff, error)
	// LineOf is a line with its corrections, by its own entry; NotFound where
	// there is none.
	LineOf(village.ID, ledger.Seq) (dispute.Line, error)
}

// CaseTx is what the acts on disputes need of a transaction. Disputes are locked
// first, in the order of their ids, then the village's chain, then accounts.
type CaseTx interface {
	Tx
	Looks
	usecase.Notices
	// LineAt is a line of a household's year by its number, or by that of a
	// correction of it; NotFound where there is none.
	LineAt(h household.ID, year, no int) (dispute.Line, error)
	// SealedOn is when a village sealed a quarter, zero where it has not.
	SealedOn(village.ID, calendar.Quarter) (calendar.Date, error)
	// DisputedAs is the number of the newest dispute of a line that was not
	// withdrawn, 0 for none.
	DisputedAs(village.ID, ledger.Seq) (int, error)
	// FiledSince counts a household's disputes since a moment.
	FiledSince(h household.ID, since time.Time) (int, error)
	// NextCase is the village's next number; the caller holds its chain.
	NextCase(village.ID) (int, error)
	AddDispute(dispute.Dispute) (dispute.ID, error)
	// Dispute locks and returns a dispute; NotFound where there is none.
	Dispute(dispute.ID) (dispute.Dispute, error)
	// Investigation locks and returns a dispute and those of the same record that
	// wait for the village, in the order of their ids; NotFound where there is none.
	Investigation(dispute.ID) ([]dispute.Dispute, error)
	SaveDispute(dispute.Dispute) error
	// NotHanded are those of the pictures that the person did not hand in for the village.
	NotHanded(household.PersonID, village.ID, []record.PhotoHash) ([]record.PhotoHash, error)
	AddDeclaration(record.Declaration) (record.DeclarationID, error)
	// Withheld is how a household may read words of the team: with a sentence in
	// the place of what the platform has not passed.
	Withheld(words string) (string, error)
	PeopleOf(household.ID) ([]household.PersonID, error)
	LogHelper(id int64, p household.PersonID, what string, now time.Time) error
	// TellHelped leaves the household's people, but the one who acted, news of its helpers.
	TellHelped(h household.ID, but household.PersonID) error
}

// asked names an act and all that was asked of it: a repeat must ask the same.
func asked(act string, of ...any) string {
	return fmt.Sprintf("%s %x", act, sha256.Sum256([]byte(fmt.Sprintf("%+v", of))))
}

// matter is a dispute with what the rules need to know of it.
type matter struct {
	dispute.Dispute
	home   household.Household
	scene  dispute.Scene
	helper int64 // the id by which the actor helps, 0 for none
}

// sceneOf gathers what the rules of acting on a dispute need. d may be no more
// than whose it is, of which line and who filed it.
func sceneOf(tx Looks, d dispute.Dispute, actor household.PersonID, now time.Time) (matter, error) {
	m := matter{Dispute: d}
	general, home, err := usecase.Scene(tx, d.Household, actor, now)
	if err != nil {
		return m, err
	}
	m.home = home
	m.scene = dispute.Scene{Village: general.Village, Staff: general.Staff, Kin: general.Kin, Now: now}
	if m.helper, err = tx.Helps(actor, d.Household, calendar.DateOf(now)); err != nil {
		return m, err
	}
	m.scene.Helper = m.helper != 0
	if d.Line != 0 {
		if m.scene.Line, err = tx.LineOf(d.Village, d.Line); err != nil {
			return m, err
		}
	}
	team, err := tx.TeamStaff(home.Village)
	m.scene.Alone = len(m.able(team, dispute.Filed)) == 0
	return m, err
}

// able are those of the staff who may act on the dispute in a state.
func (m matter) able(staff []household.Staff, in dispute.State) []household.Staff {
	var out []household.Staff
	for _, s := range staff {
		d, scene := m.Dispute, m.scene
		d.State, scene.Staff = in, s
		if d.MayAct(scene) == nil {
			out = append(out, s)
		}
	}
	return out
}

// hold locks a dispute and gathers its scene.
func hold(tx CaseTx, cmd usecase.Command, id dispute.ID) (matter, error) {
	d, err := tx.Dispute(id)
	if err != nil {
		return matter{}, err
	}
	return sceneOf(tx, d, cmd.Actor, cmd.Now)
}

// access is the actor in the dispute's village.
func (m matter) access() usecase.Access {
	return usecase.Access{Staff: m.scene.Staff, Village: m.scene.Village}
}

// May is what somebody may do about a dispute now.
type May struct {
	Accept, Extend, Decide, Withdraw, Nudge, Agree, Appeal bool
	// See tells whether they may read it at all.
	See bool
	// WhyNot is why one of the team may not decide, "" where they may or nothing
	// is to be decided.
	WhyNot fault.Code
}

// MayDo tells what somebody may do about a dispute.
func MayDo(tx Looks, d dispute.Dispute, actor household.PersonID, now time.Time) (May, error) {
	m, err := sceneOf(tx, d, actor, now)
	if err != nil {
		return May{}, err
	}
	could := func(_ dispute.Dispute, err error) bool { return err == nil }
	reason := "理由是这样的"
	may := May{
		Accept: could(d.Accept(m.scene)), Extend: could(d.Extend(m.scene, reason)), Decide: d.MayAct(m.scene) == nil,
		Withdraw: could(d.Withdraw(m.scene)), Nudge: could(d.Nudge(m.scene)), Agree: could(d.Agree(m.scene)), Appeal: could(d.TakeUp(m.scene, reason)),
	}
	own := d.MayAnswer(m.scene) == nil
	may.See = own || m.access().May(usecase.SeeTeam)
	if !own && m.access().May(usecase.DecideDispute) {
		may.WhyNot = fault.CodeOf(d.MayAct(m.scene))
	}
	return may, nil
}
