package jobs_test

import (
	"context"
	"errors"
	"testing"

	"github.com/xiangfeng/xiangfeng/jobs"
)

// crier notes which warnings are told.
type crier struct {
	told []int64
	err  error
}

func (c *crier) TellWarned(_ context.Context, warning int64) error {
	c.told = append(c.told, warning)
	return c.err
}

// TestWarned tells of the warning that the payload names, and of nothing else.
func TestWarned(t *testing.T) {
	t.Parallel()
	c := &crier{err: errAway}
	job := jobs.Warned{Teller: c}
	for _, payload := range []string{"", "{", `{}`, `{"Warning":0}`} {
		if err := job.Run(t.Context(), []byte(payload), 1); err == nil || len(c.told) != 0 {
			t.Errorf("%q: %v, told of %v", payload, err, c.told)
		}
	}
	if err := job.Run(t.Context(), []byte(`{"Warning":7}`), 1); !errors.Is(err, errAway) || len(c.told) != 1 || c.told[0] != 7 {
		t.Errorf("%v, told of %v; want 7 and to be run again", err, c.told)
	}
}
