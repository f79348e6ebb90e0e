package queue

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"time"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/rivertype"
)

// How long things take.
const (
	jobTime     = 45 * time.Second
	drainTime   = 8 * time.Second // of ten that a stop has: then comes how the jobs ended
	firstPause  = time.Second
	longest     = 5 * time.Minute
	pollEvery   = 500 * time.Millisecond
	strangeWait = time.Minute
	workers     = 16
)

// Handler does one job of a kind. attempt counts the tries from 1 to Attempts.
// An error asks for another try; it must not quote the payload. A job may run
// again although it came to its end, so what it does must bear repeating.
type Handler func(ctx context.Context, payload []byte, attempt int) error

// Result is how a try ended.
type Result string

// The results.
const (
	Done   Result = "done"
	Again  Result = "again"  // failed, and is tried again
	Failed Result = "failed" // failed for good
)

// Options are what the work needs besides its handlers.
type Options struct {
	Log *slog.Logger
	// Ended counts a try by its kind; nil counts nothing.
	Ended func(kind string, result Result)
	// Pause is the time before the second try; it doubles with every other, to
	// five minutes at most. 0 is one second.
	Pause time.Duration
	// Lost is after how long a job that was begun and not ended, as by a killed
	// process, is begun again: longer than the 45 seconds that a job may take.
	// 0 is two minutes.
	Lost time.Duration
	// Poll is how often the database is asked for jobs; 0 is half a second.
	Poll time.Duration
	// Drain is how long a stop waits before it tells jobs to end; 0 is eight seconds.
	Drain time.Duration
}

// Worker works jobs off.
type Worker struct{ client *river.Client[*sql.Tx] }

// Start works jobs off until ctx ends or Stop is called, with any number of
// other processes. A kind without a handler waits for a program that has one.
func (q *Queue) Start(ctx context.Context, handlers map[string]Handler, o Options) (*Worker, error) {
	if o.Ended == nil {
		o.Ended = func(string, Result) {}
	}
	o.Poll, o.Drain = cmp.Or(o.Poll, pollEvery), cmp.Or(o.Drain, drainTime)
	all := river.NewWorkers()
	river.AddWorker(all, &work{handlers: handlers, options: o})
	client, err := river.NewClient(q.driver, &river.Config{
		Workers: all, Queues: map[string]river.QueueConfig{river.QueueDefault: {MaxWorkers: workers}},
		PollOnly: true, FetchPollInterval: o.Poll, FetchCooldown: min(o.Poll, river.FetchCooldownDefault),
		JobTimeout: jobTime, RescueStuckJobsAfter: cmp.Or(o.Lost, 2*time.Minute), SoftStopTimeout: o.Drain,
		RetryPolicy: pauses(cmp.Or(o.Pause, firstPause)),
		// The service's login does not own the indexes.
		ReindexerIndexNames: []string{},
		// Below a warning the library quotes errors and arguments.
		Logger: slog.New(atLeast{o.Log.Handler(), slog.LevelWarn}),
	})
	if err != nil {
		return nil, fmt.Errorf("queue: %w", err)
	}
	return &Worker{client}, client.Start(ctx)
}

// Stop takes no more jobs and waits for those begun, until ctx ends. After the
// options' Drain they are told to end, and are begun again by another process.
func (w *Worker) Stop(ctx context.Context) error { return w.client.Stop(ctx) }

// work runs the handlers.
type work struct {
	river.WorkerDefaults[job]
	handlers map[string]Handler
	options  Options
}

// errLost is of a job whose last try never came to an end.
var errLost = errors.New("the last try did not come to an end")

// Work runs one try.
func (w *work) Work(ctx context.Context, j *river.Job[job]) error {
	handle, known := w.handlers[j.Args.Name]
	if !known {
		w.options.Log.Warn("a job is of a kind that this program does not know", "job", j.ID)
		return river.JobSnooze(strangeWait)
	}
	err := errLost
	if j.Attempt <= Attempts {
		err = guarded(ctx, handle, j.Args.Payload, j.Attempt)
	}
	log := w.options.Log.With("job", j.ID, "kind", j.Args.Name, "attempt", j.Attempt)
	switch {
	case err == nil:
		w.options.Ended(j.Args.Name, Done)
		return nil
	case errors.Is(ctx.Err(), context.Canceled):
		return ctx.Err() // the process ends; this was no try
	case j.Attempt >= Attempts:
		log.Error("a job failed for good", "cause", types(err))
		w.options.Ended(j.Args.Name, Failed)
		return river.JobCancel(err)
	}
	log.Warn("a job failed and is tried again", "cause", types(err))
	w.options.Ended(j.Args.Name, Again)
	return err
}

// guarded makes an error of a panic.
func guarded(ctx context.Context, handle Handler, payload []byte, attempt int) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("queue: a handler panicked with %T", p) // its value may quote the payload
		}
	}()
	return handle(ctx, payload, attempt)
}

// types names the types of an error's chain, outermost first: its text may
// quote a person.
func types(err error) string {
	var names []string
	for ; err != nil; err = errors.Unwrap(err) {
		names = append(names, fmt.Sprintf("%T", err))
	}
	return strings.Join(names, " > ")
}

// pauses is the time before the second try; it doubles with every other.
type pauses time.Duration

// NextRetry tells when a failed job is tried again.
func (p pauses) NextRetry(j *rivertype.JobRow) time.Time {
	return time.Now().Add(min(time.Duration(p)<<(max(j.Attempt, 1)-1), longest))
}

// atLeast lets a log's lines through from a level on.
type atLeast struct {
	slog.Handler
	level slog.Level
}

// Enabled tells whether lines of the level are kept.
func (h atLeast) Enabled(ctx context.Context, level slog.Level) bool {
	return level >= h.level && h.Handler.Enabled(ctx, level)
}

// WithAttrs keeps the level.
func (h atLeast) WithAttrs(attrs []slog.Attr) slog.Handler {
	return atLeast{h.Handler.WithAttrs(attrs), h.level}
}

// WithGroup keeps the level.
func (h atLeast) WithGroup(name string) slog.Handler {
	return atLeast{h.Handler.WithGroup(name), h.level}
}
