package jobs

import (
	"context"
	"encoding/json"
	"errors"

	"github.com/xiangfeng/xiangfeng/domain/usecase/tell"
)

// WarnedTeller tells a household's people of a warning, those who can be told at once.
type WarnedTeller interface {
	TellWarned(ctx context.Context, warning int64) error
}

// Warned tells a household that it was warned, where the platform lets us. Who
// is not reached reads it at their next message.
type Warned struct{ Teller WarnedTeller }

// Name is the kind under which the job is enqueued.
func (Warned) Name() string { return tell.WarnedJob }

// Run tells those whom the warning of the payload concerns and who were not told
// yet.
func (w Warned) Run(ctx context.Context, payload []byte, _ int) error {
	var p tell.Warned
	if err := json.Unmarshal(payload, &p); err != nil || p.Warning == 0 {
		return errors.New("jobs: the payload is no warning")
	}
	return w.Teller.TellWarned(ctx, p.Warning)
}
