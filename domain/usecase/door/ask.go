package door

import (
	"context"

	"github.com/xiangfeng/xiangfeng/domain/fault"
	"github.com/xiangfeng/xiangfeng/domain/usecase"
)

// Ask gives a browser a code to show.
type Ask struct{ Once usecase.Once[Tx] }

// Do lets the browser with the secret wait. It refuses with Locked a place that
// asks too often.
func (u Ask) Do(ctx context.Context, cmd usecase.Command, s Secret, browser, place string) (fault.Outcome, error) {
	return u.Once(ctx, cmd, func(tx Tx) (fault.Outcome, error) {
		waiting, err := tx.AskingsFrom(place, cmd.Now.Add(-CodeLife))
		if err != nil {
			return fault.Outcome{}, err
		}
		if waiting >= atOnce {
			return fault.Outcome{Code: fault.Locked}, nil
		}
		if err := tx.DropAskings(cmd.Now.Add(-kept)); err != nil {
			return fault.Outcome{}, err
		}
		return fault.Outcome{Code: fault.Done}, tx.AddAsking(Asking{Hash: Hash(s.Code()), Browser: browser, Place: place, AskedAt: cmd.Now})
	})
}
