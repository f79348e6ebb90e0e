package door

import (
	"context"

	"github.com/xiangfeng/xiangfeng/domain/fault"
	"github.com/xiangfeng/xiangfeng/domain/usecase"
)

// Enter opens the session of a browser whose code was confirmed.
type Enter struct{ Once usecase.Once[Tx] }

// Do opens a session under the hash of a new token, once for a code, and ends
// the one that the browser had before. It refuses with NotFound alike a secret
// that nobody has, one whose code is not confirmed, was used or is too old, and
// with Forbidden who has lost the post meanwhile.
func (u Enter) Do(ctx context.Context, cmd usecase.Command, s Secret, session, before [32]byte) (fault.Outcome, error) {
	return u.Once(ctx, cmd, func(tx Tx) (fault.Outcome, error) {
		a, err := tx.Asking(Hash(s.Code()))
		if err != nil {
			return fault.Settle(err)
		}
		if !a.open(cmd.Now) {
			return fault.Outcome{Code: fault.NotFound}, nil
		}
		staff, err := tx.Staff(a.ConfirmedBy)
		if err != nil {
			return fault.Outcome{}, err
		}
		if len(staff.Posts) == 0 {
			return fault.Outcome{Code: fault.Forbidden}, nil
		}
		a.UsedAt = cmd.Now
		if err := tx.SaveAsking(a); err != nil {
			return fault.Outcome{}, err
		}
		by := usecase.Caller{Person: a.ConfirmedBy}
		return fault.Outcome{Code: fault.Done}, opened(tx, cmd, by, session, before, a.Browser+" "+a.Place)
	})
}

// opened opens a session in the place of another and says so in the audit log.
func opened(tx Tx, cmd usecase.Command, by usecase.Caller, session, before [32]byte, where string) error {
	if err := tx.CloseConsole(before); err != nil {
		return err
	}
	if err := tx.OpenConsole(Session{Hash: session, By: by, Opened: cmd.Now, SeenAt: cmd.Now}); err != nil {
		return err
	}
	return tx.Trace(usecase.Trace{At: cmd.Now, By: by, What: usecase.ConsoleOpened, Object: where})
}
