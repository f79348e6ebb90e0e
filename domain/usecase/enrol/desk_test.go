package enrol_test

import (
	"testing"
	"time"

	"github.com/xiangfeng/xiangfeng/domain/usecase/enrol"
)

// TestLockedUntil: ten wrong tries within an hour lock for an hour, counted
// from the tenth; nine never do, however they are spread.
func TestLockedUntil(t *testing.T) {
	t.Parallel()
	start := time.Date(2026, 11, 24, 10, 0, 0, 0, time.UTC)
	every := func(n int, apart time.Duration) (tries []time.Time) {
		for i := range n {
			tries = append(tries, start.Add(time.Duration(i)*apart))
		}
		return tries
	}
	for _, c := range []struct {
		name  string
		tries []time.Time
		want  time.Duration // after start, 0 for none
	}{
		{"none", nil, 0},
		{"nine at once", every(9, 0), 0},
		{"ten at once", every(10, 0), time.Hour},
		{"ten in nine minutes", every(10, time.Minute), time.Hour + 9*time.Minute},
		{"ten within a moment less than an hour", every(10, time.Hour/9-1), 2*time.Hour - 9},
		{"ten in exactly an hour", every(10, time.Hour/9), 0},
		{"a hundred, nine an hour", every(100, time.Hour/9), 0},
		{"nine, then ten more two hours later", append(every(9, 0), shift(every(10, 0), 2*time.Hour)...), 3 * time.Hour},
		{"nine on either side of an hour", append(shift(every(9, 0), 55*time.Minute), shift(every(9, 0), 65*time.Minute)...), 2*time.Hour + 5*time.Minute},
	} {
		got := enrol.LockedUntil(c.tries)
		if c.want == 0 && !got.IsZero() || c.want != 0 && !got.Equal(start.Add(c.want)) {
			t.Errorf("%s: until %v, want %v after the start", c.name, got, c.want)
		}
	}
}

func shift(tries []time.Time, by time.Duration) []time.Time {
	for i := range tries {
		tries[i] = tries[i].Add(by)
	}
	return tries
}
