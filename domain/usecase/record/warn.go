package record

import (
	"context"

	"github.com/xiangfeng/xiangfeng/domain/calendar"
	"github.com/xiangfeng/xiangfeng/domain/fault"
	"github.com/xiangfeng/xiangfeng/domain/record"
	"github.com/xiangfeng/xiangfeng/domain/usecase"
	"github.com/xiangfeng/xiangfeng/domain/village"
)

// Fault is what a household is warned of.
type Fault struct {
	Village village.ID
	Target  Target
	Item    string
	Note    string
	Photos  []record.PhotoHash
	Days    int // to mend, 0 for the village's setting
}

// Warn is the use case of warning a household before points are taken away.
type Warn struct{ Once usecase.Once[Tx] }

// Do warns the household; the outcome's ID is the warning's and Day the last day
// to mend. It refuses with NotFound who is not of the village's team, with
// Conflict where a warning of the item is open, whose ID it names, with Invalid
// a picture that nobody has sent, and as record.Warn does.
func (u Warn) Do(ctx context.Context, cmd usecase.Command, req Fault) (fault.Outcome, error) {
	cmd.Body = asked("warn", req)
	return u.Once(ctx, cmd, func(tx Tx) (fault.Outcome, error) {
		w, err := warn(tx, cmd, req)
		if err != nil {
			return fault.Settle(err)
		}
		id, err := tx.AddWarning(w)
		return fault.Outcome{Code: fault.Done, Facts: fault.Facts{ID: int64(id), Household: int64(w.Household), Day: w.Due.String()}}, err
	})
}

func warn(tx Tx, cmd usecase.Command, req Fault) (record.Warning, error) {
	scene, one, err := before(tx, cmd, req.Village, req.Target)
	if err != nil {
		return record.Warning{}, err
	}
	item, err := tx.Item(req.Village, calendar.DateOf(cmd.Now).Year, req.Item)
	if err != nil {
		return record.Warning{}, err
	}
	w, err := record.Warn(scene, one.home, item, req.Note, req.Photos, req.Days)
	if err != nil {
		return w, err
	}
	switch open, err := tx.Warned(one.home.ID, item.Code); {
	case err == nil:
		return w, fault.With(fault.Conflict, fault.Facts{ID: int64(open.ID), Household: int64(one.home.ID), Note: item.Title})
	case fault.CodeOf(err) != fault.NotFound:
		return w, err
	}
	return w, known(tx, w.Village, w.Photos)
}

// Mend is the use case of a household saying that it has mended (整改).
type Mend struct{ Once usecase.Once[Tx] }

// Do keeps the answer to the warning, in place of an earlier one. It refuses as
// record.Warning.Mend does, and with Invalid a picture that nobody has sent.
func (u Mend) Do(ctx context.Context, cmd usecase.Command, id record.WarningID, words string, photos []record.PhotoHash) (fault.Outcome, error) {
	cmd.Body = asked("mend", id, words, photos)
	return u.Once(ctx, cmd, func(tx Tx) (fault.Outcome, error) {
		w, err := mend(tx, cmd, id, words, photos)
		if err != nil {
			return fault.Settle(err)
		}
		return fault.Outcome{Code: fault.Done, Facts: fault.Facts{ID: int64(id), Household: int64(w.Household), Day: w.Due.String()}}, tx.SaveWarning(w)
	})
}

func mend(tx Tx, cmd usecase.Command, id record.WarningID, words string, photos []record.PhotoHash) (record.Warning, error) {
	w, err := tx.Warning(id)
	if err != nil {
		return w, err
	}
	by, err := tx.Staff(cmd.Actor)
	if err != nil {
		return w, err
	}
	if w, err = w.Mend(by, words, photos, cmd.Now); err != nil {
		return w, err
	}
	return w, known(tx, w.Village, photos)
}

// CloseWarning is the use case of looking whether a household has mended.
type CloseWarning struct{ Once usecase.Once[Tx] }

// Do closes the warning. Mended takes nothing away; not mended records the
// deduction, and the outcome's Seq is its event, 0 where the cap left nothing.
// It refuses with NotFound one of a village whose team the actor is not of, and
// as record.Warning.Close does.
func (u CloseWarning) Do(ctx context.Context, cmd usecase.Command, id record.WarningID, mended bool, note string) (fault.Outcome, error) {
	cmd.Body = asked("close warning", id, mended, note)
	return u.Once(ctx, cmd, func(tx Tx) (fault.Outcome, error) {
		s, w, event, err := closeWarning(tx, cmd, id, mended, note)
		if err != nil {
			return fault.Settle(err)
		}
		facts := fault.Facts{ID: int64(id), Household: int64(w.Household)}
		if event != nil {
			if s.record.ID, err = tx.AddRecord(s.record); err != nil {
				return fault.Outcome{}, err
			}
			if w.Event, err = s.add(tx, *event); err != nil {
				return fault.Outcome{}, err
			}
			facts.Seq, facts.Need = int64(w.Event), int64(event.Tenths)
		}
		return fault.Outcome{Code: fault.Done, Facts: facts}, tx.SaveWarning(w)
	})
}

func closeWarning(tx Tx, cmd usecase.Command, id record.WarningID, mended bool, note string) (sitting, record.Warning, *record.Event, error) {
	w, err := tx.Warning(id)
	if err != nil {
		return sitting{}, w, nil, err
	}
	scene, one, err := before(tx, cmd, w.Village, Target{Household: w.Household})
	if err != nil {
		return sitting{}, w, nil, err
	}
	if scene.Used, err = tx.Uses(w.Household, w.Item.Code); err != nil {
		return sitting{}, w, nil, err
	}
	w, event, err := w.Close(scene, one.home, mended, note)
	return sitting{scene, record.Record{
		Village: w.Village, RecordedAt: cmd.Now, Recorder: cmd.Actor,
		Draft: record.Draft{Item: w.Item, On: calendar.DateOf(w.WarnedAt), NotedAt: w.WarnedAt, Note: w.Note, Evidence: w.Evidence()},
	}}, w, event, err
}
