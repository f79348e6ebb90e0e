package jobs

import (
	"context"
	"time"
)

// Do is a use case of the schedule whose counts have a type of their own.
type Do func(ctx context.Context, at time.Time) (Counts, error)

// Do does it.
func (d Do) Do(ctx context.Context, at time.Time) (Counts, error) { return d(ctx, at) }

// Summary tells the townships' offices on the first day of a month what was out
// of the ordinary in the last one.
func Summary(a Act) Job { return Job{Name: "summary", Cron: "0 8 1 * *", Run: a.Do} }
