package door

import (
	"context"

	"github.com/xiangfeng/xiangfeng/domain/fault"
	"github.com/xiangfeng/xiangfeng/domain/usecase"
)

// administrator is who has the server's shell.
var administrator = usecase.Caller{Administrator: true}

// Invite makes the administrator's link.
type Invite struct{ Once usecase.Once[Tx] }

// Do keeps the hash of a link's token, which opens the console once within LinkLife.
func (u Invite) Do(ctx context.Context, cmd usecase.Command, hash [32]byte) (fault.Outcome, error) {
	return u.Once(ctx, cmd, func(tx Tx) (fault.Outcome, error) {
		if err := tx.AddLink(Link{Hash: hash, MadeAt: cmd.Now}); err != nil {
			return fault.Outcome{}, err
		}
		return fault.Outcome{Code: fault.Done}, tx.Trace(usecase.Trace{At: cmd.Now, By: administrator, What: usecase.LinkMade})
	})
}

// Accept opens the session of the administrator, who came by the link.
type Accept struct{ Once usecase.Once[Tx] }

// Do uses a link up and opens a session under the hash of a new token. It
// refuses with NotFound alike a link that there is not, that was used and that
// is too old.
func (u Accept) Do(ctx context.Context, cmd usecase.Command, token string, session, before [32]byte, where string) (fault.Outcome, error) {
	return u.Once(ctx, cmd, func(tx Tx) (fault.Outcome, error) {
		l, err := tx.Link(Hash(token))
		if err != nil {
			return fault.Settle(err)
		}
		if !l.UsedAt.IsZero() || !cmd.Now.Before(l.MadeAt.Add(LinkLife)) {
			return fault.Outcome{Code: fault.NotFound}, nil
		}
		l.UsedAt = cmd.Now
		if err := tx.SaveLink(l); err != nil {
			return fault.Outcome{}, err
		}
		return fault.Outcome{Code: fault.Done}, opened(tx, cmd, administrator, session, before, where)
	})
}
