package jobs

import (
	"context"
	"time"
)

// Act is a use case of the schedule. It bears being done again for the same occasion.
type Act interface {
	Do(ctx context.Context, at time.Time) (Counts, error)
}

// Timetable tells leaders on the first day of a quarter until when the last one
// is to be assessed and published.
func Timetable(a Act) Job { return Job{Name: "timetable", Cron: "0 8 1 1,4,7,10 *", Run: a.Do} }
