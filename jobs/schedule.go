package jobs

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"time"

	"github.com/robfig/cron/v3"

	"github.com/xiangfeng/xiangfeng/domain/calendar"
	"github.com/xiangfeng/xiangfeng/domain/usecase"
)

// Counts are what a run of a job counted, by name.
type Counts = map[string]int

// Job is work of the schedule.
type Job struct {
	Name string
	// Cron tells when it runs, in Shanghai: minute, hour, day, month, weekday.
	Cron string
	// Run does the work of the occasion at the given time, which is its now however
	// late it runs. It may be run again for the same occasion, and bears it.
	Run func(ctx context.Context, at time.Time) (Counts, error)
}

// Book keeps how far each job has come and which occasions have still to run. It
// is one for all instances.
type Book interface {
	// Watermarks are how far each job has come; one that is new begins at now.
	Watermarks(ctx context.Context, jobs []string, now time.Time) (map[string]time.Time, error)
	// ScheduleOccasions keeps the occasions that have come due, each once for all
	// instances, and leaves work of the kind for each.
	ScheduleOccasions(ctx context.Context, jobs []string, kind string, due func(job string, after time.Time) []time.Time) (int, error)
	// TakeOccasion takes the earliest occasion that has not run, unless one runs.
	TakeOccasion(ctx context.Context) (o usecase.Occasion, found bool, err error)
	EndOccasion(ctx context.Context, o usecase.Occasion, counts Counts, failed bool) error
	// LeaveOccasion lets the occasion be taken again.
	LeaveOccasion(ctx context.Context, o usecase.Occasion) error
}

// Result is how a run of a job ended.
type Result string

// The results of a run.
const (
	RunDone   Result = "done"
	RunAgain  Result = "again"  // it failed, and is run again
	RunFailed Result = "failed" // for good
)

// Schedule runs jobs when the product's clock says so: what was missed is caught
// up, all of it, in the order of its time over all jobs.
type Schedule struct {
	jobs  map[string]Job
	times map[string]cron.Schedule
	names []string
	book  Book
	log   *slog.Logger
	ran   func(job string, r Result, counts Counts)
}

// OccasionJob is the kind under which occasions are enqueued.
const OccasionJob = "occasion"

// occasionTries is how often an occasion is run before the others go on without it.
const occasionTries = 8

// NewSchedule makes a schedule, or tells which job's times cannot be read. ran
// counts each run; nil counts nothing.
func NewSchedule(book Book, log *slog.Logger, ran func(job string, r Result, counts Counts), jobs ...Job) (*Schedule, error) {
	if ran == nil {
		ran = func(string, Result, Counts) {}
	}
	s := &Schedule{jobs: map[string]Job{}, times: map[string]cron.Schedule{}, book: book, log: log, ran: ran}
	for _, j := range jobs {
		times, err := cron.ParseStandard(j.Cron)
		if err != nil {
			return nil, fmt.Errorf("jobs: %s: %w", j.Name, err)
		}
		if s.jobs[j.Name].Name != "" {
			return nil, fmt.Errorf("jobs: %s stands twice", j.Name)
		}
		s.jobs[j.Name], s.times[j.Name], s.names = j, times, append(s.names, j.Name)
	}
	slices.Sort(s.names)
	return s, nil
}

// Name is the kind under which the schedule's work is enqueued.
func (s *Schedule) Name() string { return OccasionJob }

// between are the occasions of a job after a time and up to another.
func (s *Schedule) between(job string, after, until time.Time) (all []time.Time) {
	after = after.In(calendar.Shanghai)
	for next := s.times[job].Next(after); !next.IsZero() && !next.After(until); next = s.times[job].Next(next) {
		all = append(all, next)
	}
	return all
}

// Tick leaves work for each occasion that has come due by now, and returns how
// many there were. Every instance ticks; each occasion is left once.
func (s *Schedule) Tick(ctx context.Context, now time.Time) (int, error) {
	marks, err := s.book.Watermarks(ctx, s.names, now)
	if err != nil {
		return 0, err
	}
	due := slices.ContainsFunc(s.names, func(job string) bool { return len(s.between(job, marks[job], now)) > 0 })
	if !due {
		return 0, nil
	}
	return s.book.ScheduleOccasions(ctx, s.names, OccasionJob, func(job string, after time.Time) []time.Time { return s.between(job, after, now) })
}

// Run runs what occasions have not run yet, the earliest first, until there are
// no more or another process runs one. The payload says nothing more.
func (s *Schedule) Run(ctx context.Context, _ []byte, _ int) error {
	for {
		o, found, err := s.book.TakeOccasion(ctx)
		if err != nil || !found {
			return err
		}
		if err := s.run(ctx, o); err != nil {
			return err
		}
	}
}

// errUnknownJob is of an occasion of a job that another version of the program has.
var errUnknownJob = errors.New("jobs: this program has no such job")

func (s *Schedule) run(ctx context.Context, o usecase.Occasion) error {
	began := time.Now() // a stopwatch: the product's clock may be moved
	j, known := s.jobs[o.Job]
	counts, err := Counts(nil), errUnknownJob
	if known {
		counts, err = j.Run(ctx, o.At)
	}
	log := s.log.With("job", o.Job, "occasion", o.At.In(calendar.Shanghai).Format(time.DateTime), "attempt", o.Attempts)
	switch {
	case err == nil:
		if err := s.book.EndOccasion(ctx, o, counts, false); err != nil {
			return err
		}
		s.ran(o.Job, RunDone, counts)
		log.Info("a job ran", "counts", counts, "took", time.Since(began).Round(time.Millisecond))
		return nil
	case ctx.Err() == nil && o.Attempts >= occasionTries:
		log.Error("a job failed for good, and the others go on", "error", err)
		s.ran(o.Job, RunFailed, nil)
		return s.book.EndOccasion(ctx, o, nil, true)
	}
	s.ran(o.Job, RunAgain, nil)
	log.Warn("a job failed and is run again", "error", err)
	return errors.Join(err, s.book.LeaveOccasion(context.WithoutCancel(ctx), o))
}
