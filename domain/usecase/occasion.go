package usecase

import "time"

// Occasion is one time at which a job of the schedule runs.
type Occasion struct {
	Job      string
	At       time.Time
	Attempts int   // with the one under way
	Claim    int64 // of who runs it
}
