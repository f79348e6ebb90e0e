package usecase

import (
	"context"

	"github.com/xiangfeng/xiangfeng/domain/fault"
)

// Mark is set before something leaves that cannot be called back, such as a
// message. Whoever did not set it does nothing: what is in doubt is never done
// again blindly. It is an act without any effect but its outcome.
type Mark struct{ Once Once[struct{}] }

// Set sets the mark of the command's key and tells whether this call set it.
func (m Mark) Set(ctx context.Context, cmd Command) (first bool, err error) {
	_, err = m.Once(ctx, cmd, func(struct{}) (fault.Outcome, error) {
		first = true
		return fault.Outcome{Code: fault.Done}, nil
	})
	return first && err == nil, err
}
