package object

import (
	"context"
	"strconv"

	"github.com/xiangfeng/xiangfeng/domain/calendar"
	"github.com/xiangfeng/xiangfeng/domain/dispute"
	"github.com/xiangfeng/xiangfeng/domain/fault"
	"github.com/xiangfeng/xiangfeng/domain/ledger"
	"github.com/xiangfeng/xiangfeng/domain/record"
	"github.com/xiangfeng/xiangfeng/domain/usecase"
)

// Decide is the use case that ends an investigation, or an appeal.
type Decide struct{ Once usecase.Once[CaseTx] }

// Do decides the dispute, and with the same reason all of the same record that
// dispute.Joins; each line that stands as something else is corrected by one
// entry, and of a missing one a declaration waits for a colleague. The outcome's
// Need is how many were decided and Seq the entry of this one, 0 for none. It
// refuses with NotFound who has no post in the village, with Invalid a picture
// that the actor did not hand in, and as dispute.Dispute.Decide does.
func (u Decide) Do(ctx context.Context, cmd usecase.Command, id dispute.ID, r dispute.Ruling) (fault.Outcome, error) {
	cmd.Body = asked("decide", id, r)
	return u.Once(ctx, cmd, func(tx CaseTx) (fault.Outcome, error) {
		j, err := judge(tx, cmd, id, r)
		if err != nil {
			return fault.Settle(err)
		}
		for _, posted := range j.posted {
			if err := tx.Keep(posted); err != nil {
				return fault.Outcome{}, err
			}
		}
		for _, m := range j.decided {
			if err := m.keepDecision(tx); err != nil {
				return fault.Outcome{}, err
			}
		}
		first := j.decided[0]
		return fault.Outcome{Code: fault.Done, Facts: fault.Facts{
			ID: int64(id), Household: int64(first.Household), Village: int64(first.Village), Line: first.LineNo,
			Seq: int64(first.Verdict().Correction), Need: int64(len(j.decided)), Note: strconv.Itoa(first.Number),
		}}, nil
	})
}

// keepDecision writes what was decided of one dispute.
func (m matter) keepDecision(tx CaseTx) error {
	if err := tx.SaveDispute(m.Dispute); err != nil {
		return err
	}
	if v := m.Verdict(); m.Line == 0 && !v.Stands {
		_, err := tx.AddDeclaration(record.Declaration{
			Village: m.Village, Household: m.Household, Declarer: m.FiledBy, Words: m.Words, On: m.FiledOn(), Photos: m.Photos,
			DeclaredAt: v.At, State: record.DeclarationWaiting,
		})
		if err != nil {
			return err
		}
	}
	return m.tellDecided(tx)
}

// judgement is what a decision comes to: the disputes it decides, the asked one
// first, and what is posted for them.
type judgement struct {
	decided  []matter
	posted   []ledger.Posted
	head     ledger.Head
	progress ledger.Progress
	accounts map[ledger.AccountID]ledger.Account // as the postings so far leave them
}

func judge(tx CaseTx, cmd usecase.Command, id dispute.ID, r dispute.Ruling) (judgement, error) {
	j := judgement{accounts: map[ledger.AccountID]ledger.Account{}}
	all, err := tx.Investigation(id)
	if err != nil {
		return j, err
	}
	if j.head, err = tx.Head(all[0].Village); err != nil {
		return j, err
	}
	if j.progress, err = tx.Progress(all[0].Village); err != nil {
		return j, err
	}
	matters := make([]matter, len(all))
	at := 0
	for i, d := range all {
		if matters[i], err = sceneOf(tx, d, cmd.Actor, cmd.Now); err != nil {
			return j, err
		}
		if d.ID == id {
			at = i
		}
	}
	first := matters[at]
	if err := first.access().Known(); err != nil {
		return j, err
	}
	if err := first.handed(tx, r.Photos); err != nil {
		return j, err
	}
	if err := j.rule(tx, cmd, first, r); err != nil {
		return j, err
	}
	for i, m := range matters {
		if i == at || !first.Joins(first.scene.Line, m.Dispute, m.scene.Line) {
			continue
		}
		// Whom the decider may not decide for, a colleague does.
		if err := j.rule(tx, cmd, m, r); err != nil && fault.CodeOf(err) == "" {
			return j, err
		}
	}
	return j, nil
}

// rule decides one dispute and posts its correction. It adds nothing where it refuses.
func (j *judgement) rule(tx CaseTx, cmd usecase.Command, m matter, r dispute.Ruling) error {
	d, err := m.Decide(m.scene, r)
	if err != nil {
		return err
	}
	line := m.scene.Line
	if v := d.Verdict(); d.Line != 0 && !v.Stands && v.StandsAs != line.StandsAs {
		seq, err := j.post(tx, cmd, d, line)
		if err != nil {
			return err
		}
		if d.Final.By != 0 {
			d.Final.Correction = seq
		} else {
			d.Decision.Correction = seq
		}
	}
	m.Dispute = d
	j.decided = append(j.decided, m)
	return nil
}

// post corrects the newest entry of the line's chain, so that all of it stands
// as decided, and returns the correction. Who disputes has proposed it, who
// decides agrees.
func (j *judgement) post(tx CaseTx, cmd usecase.Command, d dispute.Dispute, line dispute.Line) (ledger.Seq, error) {
	account, known := j.accounts[line.Entry.Account]
	if !known {
		var err error
		if account, err = tx.AccountByID(line.Entry.Account); err != nil {
			return 0, err
		}
	}
	v := d.Verdict()
	by := ledger.By{Recorder: d.FiledBy, Confirmer: v.By}
	draft, err := ledger.Correct(line.Last, false, line.Last.Tenths+v.StandsAs-line.StandsAs, calendar.DateOf(cmd.Now), v.Reason, by)
	if err != nil {
		return 0, err
	}
	posted, entry, err := usecase.PostTo(tx, j.head, account, j.progress, draft, cmd.Now)
	if err != nil {
		return 0, err
	}
	j.head, j.accounts[account.ID] = posted.Head, posted.Account
	j.posted = append(j.posted, posted)
	return entry.Seq, nil
}
