package close

import (
	"context"

	"github.com/xiangfeng/xiangfeng/domain/calendar"
	"github.com/xiangfeng/xiangfeng/domain/fault"
	"github.com/xiangfeng/xiangfeng/domain/quarter"
	"github.com/xiangfeng/xiangfeng/domain/usecase"
	"github.com/xiangfeng/xiangfeng/domain/village"
)

// Sign is the use case in which somebody of the team agrees with the sheet to come.
type Sign struct{ Once usecase.Once[Tx] }

// Do signs the sheet that a digest names. It refuses with Conflict, noted Moved,
// where the sheet to come is another one by now, and with Conflict or TooEarly
// where none is to come.
func (u Sign) Do(ctx context.Context, cmd usecase.Command, v village.ID, q calendar.Quarter, digest string) (fault.Outcome, error) {
	return u.Once(ctx, cmd, func(tx Tx) (fault.Outcome, error) {
		s, err := enter(tx, cmd, v, q, usecase.Sign)
		if err != nil {
			return fault.Settle(err)
		}
		if s.quarter.State != quarter.Assessing {
			return fault.Outcome{Code: fault.Conflict}, nil
		}
		draft, err := Prepare(tx, s.quarter, cmd.Now)
		if err == nil && draft.Digest() != digest {
			err = moved()
		}
		if err != nil {
			return fault.Settle(err)
		}
		if err := tx.SaveQuarter(s.quarter); err != nil {
			return fault.Outcome{}, err
		}
		signature := quarter.Signature{Person: cmd.Actor, Digest: digest, At: cmd.Now}
		return fault.Outcome{Code: fault.Done, Facts: fault.Facts{Village: int64(v)}}, tx.SaveSignature(v, q, draft.Edition, signature)
	})
}
