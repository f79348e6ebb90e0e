package jobs

import (
	"context"
	"encoding/json"
	"errors"

	"github.com/xiangfeng/xiangfeng/domain/usecase/enrol"
	"github.com/xiangfeng/xiangfeng/domain/usecase/tell"
)

// Crier tells news to those of a household's people who can be told at once.
type Crier interface {
	TellLeft(ctx context.Context, k enrol.Kind, about int64) error
}

// News tells a household what was decided about it, where the platform lets us.
// Who is not reached reads it at their next message.
type News struct{ Crier Crier }

// Name is the kind under which the job is enqueued.
func (News) Name() string { return tell.NewsJob }

// Run tells those whom the news of the payload concern and who were not told yet.
func (n News) Run(ctx context.Context, payload []byte, _ int) error {
	var p tell.News
	if err := json.Unmarshal(payload, &p); err != nil || p.Request == 0 || p.Kind == "" {
		return errors.New("jobs: the payload is no news")
	}
	return n.Crier.TellLeft(ctx, enrol.Kind(p.Kind), p.Request)
}
