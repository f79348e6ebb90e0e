package close

import (
	"context"
	"fmt"
	"strings"

	"github.com/xiangfeng/xiangfeng/domain/calendar"
	"github.com/xiangfeng/xiangfeng/domain/fault"
	"github.com/xiangfeng/xiangfeng/domain/household"
	"github.com/xiangfeng/xiangfeng/domain/notice"
	"github.com/xiangfeng/xiangfeng/domain/quarter"
	"github.com/xiangfeng/xiangfeng/domain/record"
	"github.com/xiangfeng/xiangfeng/domain/script"
	"github.com/xiangfeng/xiangfeng/domain/usecase"
	"github.com/xiangfeng/xiangfeng/domain/village"
)

// Publish is the use case that puts a quarter's sheet on the wall.
type Publish struct{ Once usecase.Once[Tx] }

// Request is what the publisher has seen and brings along.
type Request struct {
	Village village.ID
	Quarter calendar.Quarter
	Digest  string // of the sheet that they saw
	Minutes string // of the meeting
	Photos  []record.PhotoHash
}

// Do publishes the quarter and leaves everybody bound a notice; the outcome's
// Note is the sheet's check code and its Day the one on which it is sealed. The
// leader or a deputy publishes. It refuses with Conflict, noted Moved, where the
// sheet is not what the publisher saw, with Invalid pictures that nobody sent,
// and as quarter.Quarter.Publish does.
func (u Publish) Do(ctx context.Context, cmd usecase.Command, req Request) (fault.Outcome, error) {
	return u.Once(ctx, cmd, func(tx Tx) (fault.Outcome, error) {
		s, err := enter(tx, cmd, req.Village, req.Quarter, usecase.Publish)
		if err != nil {
			return fault.Settle(err)
		}
		next, sheet, err := publish(tx, cmd, s, req)
		if err != nil {
			return fault.Settle(err)
		}
		return fault.Outcome{Code: fault.Done, Facts: fault.Facts{
			Village: int64(req.Village), Note: sheet.Code, Day: next.SealOn().String(),
		}}, hang(tx, cmd, s, next, sheet, req)
	})
}

// publish decides; it writes nothing.
func publish(tx Tx, cmd usecase.Command, s scene, req Request) (next quarter.Quarter, sheet quarter.Sheet, err error) {
	if s.quarter.State != quarter.Assessing {
		return next, sheet, fault.Refuse(fault.Conflict)
	}
	draft, sheet, err := prepare(tx, s.quarter, s.head, cmd.Now)
	if err != nil {
		return next, sheet, err
	}
	signing := quarter.Signing{Minutes: req.Minutes, Need: s.access.Village.Settings.Signers}
	if signing.Signers, err = signers(tx, s, draft); err != nil {
		return next, sheet, err
	}
	if draft.Digest() != req.Digest {
		return next, sheet, moved()
	}
	if signing.Blocked, signing.Overridden, err = Supervised(tx, s.quarter, cmd.Now); err != nil {
		return next, sheet, err
	}
	if next, err = s.quarter.Publish(s.progress, signing, cmd.Now); err != nil {
		return next, sheet, err
	}
	if len(req.Photos) > record.MostEvidence {
		return next, sheet, fault.Refuse(fault.Invalid)
	}
	return next, sheet, usecase.Handed(req.Photos, func(p []record.PhotoHash) ([]record.PhotoHash, error) { return tx.Unknown(req.Village, p) })
}

// signers are those who signed the draft as it is and are of the team still.
func signers(tx Tx, s scene, draft quarter.Draft) ([]household.PersonID, error) {
	signed, err := tx.Signatures(draft.Village, draft.Quarter, draft.Edition)
	if err != nil {
		return nil, err
	}
	var out []household.PersonID
	for _, id := range quarter.Signers(signed, draft.Digest()) {
		staff, err := tx.Staff(id)
		if err != nil {
			return nil, err
		}
		if usecase.May(staff, s.access.Village, usecase.Sign) {
			out = append(out, id)
		}
	}
	return out, nil
}

// hang writes what was decided.
func hang(tx Tx, cmd usecase.Command, s scene, next quarter.Quarter, sheet quarter.Sheet, req Request) error {
	if err := tx.SaveQuarter(next); err != nil {
		return err
	}
	if err := tx.SaveSheet(sheet); err != nil {
		return err
	}
	err := tx.SaveMinutes(quarter.Minutes{
		Village: next.Village, Quarter: next.Q, Edition: next.Edition, Words: strings.TrimSpace(req.Minutes), Photos: req.Photos,
		Digest: req.Digest, Publisher: cmd.Actor,
	})
	if err != nil {
		return err
	}
	bound, err := tx.Bound(next.Village)
	if err != nil {
		return err
	}
	if err := tx.Notify(notices(s.access.Village, next, sheet, bound)...); err != nil {
		return err
	}
	return tx.Trace(usecase.Trace{
		At: cmd.Now, By: usecase.Caller{Person: cmd.Actor}, What: usecase.SheetPublished, Village: next.Village, Object: next.Q.String() + " " + sheet.Code,
	})
}

// Occasion names the going up of a sheet, among what people are told.
func Occasion(q calendar.Quarter, edition int) string {
	return fmt.Sprintf("published:%s:%d", q, edition)
}

// notices are what everybody bound to a listed household is told (PRODUCT 4).
func notices(v village.Village, q quarter.Quarter, s quarter.Sheet, bound map[household.ID][]household.PersonID) []notice.Notice {
	seal, ranked := q.SealOn(), s.Ranked()
	out := make([]notice.Notice, 0, len(s.Rows))
	for _, r := range s.Rows {
		for _, p := range bound[r.Household] {
			out = append(out, notice.Notice{
				Person: p, Scope: notice.Scope{Household: r.Household}, Occasion: Occasion(s.Quarter, s.Edition), Kind: notice.Published,
				Facts: Told(v, q, s.Edition, s.Code, r, ranked), At: s.PublishedAt, Until: seal.Start(),
			})
		}
	}
	return out
}

// Foretold words what the first household of the sheet to come would be told
// if it went up today; "" where there is none.
func Foretold(v village.Village, q quarter.Quarter, p script.Preview, today calendar.Date) string {
	rows := p.ByRank()
	if len(rows) == 0 {
		return ""
	}
	q.PublishedOn = today
	facts := Told(v, q, p.Edition, script.CodeToCome, rows[0], quarter.Sheet{Rows: rows}.Ranked())
	return script.Push(notice.Published, facts, p.Homes[rows[0].Household], false)
}

// Told is what a household is told of its row of a quarter's sheet.
func Told(v village.Village, q quarter.Quarter, edition int, code string, r quarter.Row, ranked int) notice.Facts {
	return notice.Facts{
		Place: v.Name, Quarter: q.Q.String(), Edition: edition, Code: code, Score: int64(r.Score), Gained: int64(r.Gained),
		Rank: r.Rank, Of: ranked, Day: q.PublishedOn.String(), Until: q.SealOn().AddDays(-1).String(),
	}
}
