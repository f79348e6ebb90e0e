package keep

import (
	"context"
	"strconv"

	"github.com/xiangfeng/xiangfeng/domain/fault"
	"github.com/xiangfeng/xiangfeng/domain/household"
	"github.com/xiangfeng/xiangfeng/domain/photo"
	"github.com/xiangfeng/xiangfeng/domain/usecase"
	"github.com/xiangfeng/xiangfeng/domain/village"
)

// JudgeTx is what looking at a picture in the platform's place needs of a transaction.
type JudgeTx interface {
	CheckTx
	// PhotoHolds are all who handed the picture in, with for which village.
	PhotoHolds(hash string) ([]photo.Holding, error)
	Village(village.ID) (village.Village, error)
	Staff(household.PersonID) (household.Staff, error)
	Trace(usecase.Trace) error
}

// Judge is a person's look at a picture that the platform did not judge.
type Judge struct{ Once usecase.Once[JudgeTx] }

// Do passes a picture, or refuses it with a reason; the audit log says who did.
// It refuses with NotFound who may not decide in a village for which the picture
// was handed in, with SamePerson who handed it in, with Invalid a refusal without
// a reason, and with Conflict a picture that waits for nobody.
func (u Judge) Do(ctx context.Context, cmd usecase.Command, hash string, pass bool, reason string) (fault.Outcome, error) {
	cmd.Body = "judge " + hash + " " + strconv.FormatBool(pass) + " " + reason
	return u.Once(ctx, cmd, func(tx JudgeTx) (fault.Outcome, error) {
		p, err := tx.Photo(hash)
		if err != nil {
			return fault.Settle(err)
		}
		v, err := mayJudge(tx, cmd.Actor, hash)
		if err != nil {
			return fault.Settle(err)
		}
		if !pass && reason == "" {
			return fault.Outcome{Code: fault.Invalid}, nil
		}
		found, what := photo.Passed, usecase.PhotoPassed
		if pass {
			reason = ""
		} else {
			found, what = photo.Refused, usecase.PhotoRefused
		}
		if p, err = p.Seen(found, reason, cmd.Now); err != nil {
			return fault.Settle(err)
		}
		if err := tx.SavePhoto(p); err != nil {
			return fault.Outcome{}, err
		}
		out := fault.Outcome{Code: fault.Done, Facts: fault.Facts{Village: int64(v), Note: hash}}
		return out, tx.Trace(usecase.Trace{At: cmd.Now, By: usecase.Caller{Person: cmd.Actor}, What: what, Village: v, Object: hash})
	})
}

// mayJudge is the first village of the picture's in which somebody may decide,
// unless they handed it in themselves.
func mayJudge(tx JudgeTx, who household.PersonID, hash string) (village.ID, error) {
	staff, err := tx.Staff(who)
	if err != nil {
		return 0, err
	}
	held, err := tx.PhotoHolds(hash)
	if err != nil {
		return 0, err
	}
	var in village.ID
	own := false
	for _, h := range held {
		own = own || h.Person == who
		v, err := tx.Village(h.Village)
		if err != nil {
			return 0, err
		}
		if in == 0 && usecase.May(staff, v, usecase.Confirm) {
			in = v.ID
		}
	}
	switch {
	case in == 0:
		return 0, fault.Refuse(fault.NotFound)
	case own:
		return 0, fault.Refuse(fault.SamePerson)
	}
	return in, nil
}
