package jobs_test

import (
	"context"
	"errors"
	"slices"
	"testing"

	"github.com/xiangfeng/xiangfeng/domain/usecase/enrol"
	"github.com/xiangfeng/xiangfeng/jobs"
)

// crier notes which news are told.
type crier struct {
	told []enrol.News
	err  error
}

func (c *crier) TellLeft(_ context.Context, k enrol.Kind, about int64) error {
	c.told = append(c.told, enrol.News{Kind: k, Request: about})
	return c.err
}

// TestNews tells the news that the payload names, and no others.
func TestNews(t *testing.T) {
	t.Parallel()
	c := &crier{err: errAway}
	job := jobs.News{Crier: c}
	for _, payload := range []string{"", "{", `{}`, `{"Kind":"warned"}`, `{"Request":7}`} {
		if err := job.Run(t.Context(), []byte(payload), 1); err == nil || len(c.told) != 0 {
			t.Errorf("%q: %v, told %v", payload, err, c.told)
		}
	}
	err := job.Run(t.Context(), []byte(`{"Kind":"declined","Request":7}`), 1)
	if !errors.Is(err, errAway) || !slices.Equal(c.told, []enrol.News{{Kind: enrol.Declined, Request: 7}}) {
		t.Errorf("%v, told %v; want that 7 was declined, and to be run again", err, c.told)
	}
}
