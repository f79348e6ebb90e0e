package object

import (
	"context"
	"strconv"

	"github.com/xiangfeng/xiangfeng/domain/calendar"
	"github.com/xiangfeng/xiangfeng/domain/dispute"
	"github.com/xiangfeng/xiangfeng/domain/fault"
	"github.com/xiangfeng/xiangfeng/domain/household"
	"github.com/xiangfeng/xiangfeng/domain/record"
	"github.com/xiangfeng/xiangfeng/domain/usecase"
)

// disputed is how a helper's filing stands in the household's log.
const disputed = "disputed"

// Objection is what a household objects to.
type Objection struct {
	Household household.ID
	Year      int
	Line      int // its number in the account, 0 for one that is missing
	Words     string
	Photos    []record.PhotoHash
}

// File is the use case of objecting to a line, or to one that is missing.
type File struct{ Once usecase.Once[CaseTx] }

// Do files the dispute; the outcome's ID is its own, Note its number and Day the
// promised one. It refuses with NotFound a household that the actor neither
// belongs to nor helps, and a line that it has not, with Invalid a picture that
// the actor did not hand in, and as dispute.File does.
func (u File) Do(ctx context.Context, cmd usecase.Command, req Objection) (fault.Outcome, error) {
	cmd.Body = asked("file", req)
	return u.Once(ctx, cmd, func(tx CaseTx) (fault.Outcome, error) {
		m, err := file(tx, cmd, req)
		if err != nil {
			return fault.Settle(err)
		}
		if m.ID, err = tx.AddDispute(m.Dispute); err != nil {
			return fault.Outcome{}, err
		}
		if m.ByHelper {
			if err := helped(tx, cmd, m); err != nil {
				return fault.Outcome{}, err
			}
		}
		facts := fault.Facts{
			ID: int64(m.ID), Household: int64(m.Household), Village: int64(m.Village), Line: m.LineNo,
			Note: strconv.Itoa(m.Number), Day: m.Promised.String(),
		}
		return fault.Outcome{Code: fault.Done, Facts: facts}, m.tellFiled(tx)
	})
}

func helped(tx CaseTx, cmd usecase.Command, m matter) error {
	if err := tx.LogHelper(m.helper, cmd.Actor, disputed, cmd.Now); err != nil {
		return err
	}
	return tx.TellHelped(m.Household, cmd.Actor)
}

func file(tx CaseTx, cmd usecase.Command, req Objection) (matter, error) {
	home, err := tx.Household(req.Household)
	if err != nil {
		return matter{}, err
	}
	if _, err := tx.Head(home.Village); err != nil {
		return matter{}, err
	}
	filing := dispute.Filing{Household: home, Year: req.Year, Missing: req.Line == 0, Words: req.Words, Photos: req.Photos}
	raw := dispute.Dispute{Village: home.Village, Household: home.ID, FiledBy: cmd.Actor, State: dispute.Filed}
	if !filing.Missing {
		line, err := tx.LineAt(home.ID, req.Year, req.Line)
		if err != nil {
			return matter{}, err
		}
		if raw.Line = line.Entry.Seq; line.Disputable() {
			if filing.SealedOn, err = tx.SealedOn(home.Village, line.Entry.CountsIn); err != nil {
				return matter{}, err
			}
		}
		if filing.Before, err = tx.DisputedAs(home.Village, raw.Line); err != nil {
			return matter{}, err
		}
	}
	if filing.Today, err = tx.FiledSince(home.ID, calendar.DateOf(cmd.Now).Start()); err != nil {
		return matter{}, err
	}
	m, err := sceneOf(tx, raw, cmd.Actor, cmd.Now)
	if err != nil {
		return m, err
	}
	if m.Dispute, err = dispute.File(m.scene, filing); err != nil {
		return m, err
	}
	if err := m.handed(tx, req.Photos); err != nil {
		return m, err
	}
	m.Number, err = tx.NextCase(m.Village)
	return m, err
}

// handed refuses with Invalid a picture that the actor did not hand in.
func (m matter) handed(tx CaseTx, photos []record.PhotoHash) error {
	return usecase.Handed(photos, func(p []record.PhotoHash) ([]record.PhotoHash, error) {
		return tx.NotHanded(m.scene.Staff.Person, m.Village, p)
	})
}
