package ask

import (
	"context"
	"time"

	"github.com/xiangfeng/xiangfeng/domain/fault"
	"github.com/xiangfeng/xiangfeng/domain/usecase"
)

// Hear is the kind of the job that finds out what a Recording says and answers it.
const Hear = "hear"

// Recording is a voice message whose words nobody recognised yet.
type Recording struct {
	Message string // the message's key
	From    string // the openid of who spoke
	Media   string // where the platform keeps it, for three days
	At      time.Time
}

// ListenTx leaves work for after an act, in the act's transaction.
type ListenTx interface {
	Enqueue(kind string, payload any) error
}

// Listen is the use case of taking a recording that is answered later.
type Listen struct{ Once usecase.Once[ListenTx] }

// Do leaves one Hear for the recording, however often the message comes. It
// refuses with SlowDown who is slow: does too much.
func (l Listen) Do(ctx context.Context, cmd usecase.Command, r Recording, slow bool) (fault.Outcome, error) {
	cmd.Body = "voice"
	return l.Once(ctx, cmd, func(tx ListenTx) (fault.Outcome, error) {
		if slow {
			return fault.Outcome{Code: fault.SlowDown}, nil
		}
		return fault.Outcome{Code: fault.Done}, tx.Enqueue(Hear, r)
	})
}
