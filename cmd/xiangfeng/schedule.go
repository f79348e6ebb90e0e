package main

import (
	"context"
	"errors"
	"time"

	closing "github.com/xiangfeng/xiangfeng/domain/usecase/close"
	"github.com/xiangfeng/xiangfeng/domain/usecase/object"
	"github.com/xiangfeng/xiangfeng/domain/usecase/supervise"
	"github.com/xiangfeng/xiangfeng/domain/usecase/tell"
	"github.com/xiangfeng/xiangfeng/jobs"
	"github.com/xiangfeng/xiangfeng/storage"
)

// planned is the work of the schedule, in Shanghai.
func (s *service) planned() []jobs.Job {
	quarters := s.quarters()
	return []jobs.Job{
		jobs.Assess(closing.AssessDue{Assess: closing.Assess{Once: quarters}, Find: s.store}),
		jobs.Seal(closing.SealDue{Seal: closing.Seal{Once: quarters}, Find: s.store}),
		jobs.Timetable(tell.Timetable{Once: storage.As(s.store, func(tx *storage.Tx) tell.PostsTx { return tx })}),
		jobs.Late(tell.Late{Once: storage.As(s.store, func(tx *storage.Tx) tell.LateTx { return tx })}),
		jobs.Visits(tell.Visits{Once: storage.As(s.store, func(tx *storage.Tx) tell.VisitsTx { return tx })}),
		jobs.Summary(jobs.Do(s.summarize)),
		jobs.Look(jobs.Do(s.look)),
		jobs.Escalate(jobs.Do(s.escalate)),
	}
}

func (s *service) summarize(ctx context.Context, at time.Time) (jobs.Counts, error) {
	u := tell.Summary{Once: storage.As(s.store, func(tx *storage.Tx) tell.SummaryTx { return tx }), Townships: s.store.TownshipIDs}
	sum, err := u.Do(ctx, at)
	return jobs.Counts{"townships": sum.Townships, "lines": sum.Lines, "notices": sum.Told}, err
}

func (s *service) look(ctx context.Context, at time.Time) (jobs.Counts, error) {
	sum, err := supervise.Round{Look: supervise.Look{Once: s.supervision()}, Due: s.store.Unpublished}.Do(ctx, at)
	return jobs.Counts{"found": sum.Found, "notices": sum.Told}, err
}

func (s *service) escalate(ctx context.Context, at time.Time) (jobs.Counts, error) {
	sum, err := object.Escalate{Once: s.cases(), Due: s.store.DueDisputes}.Do(ctx, at)
	return jobs.Counts{"up": sum.Up, "overdue": sum.Overdue, "closed": sum.Closed}, err
}

// plan prepares the schedule.
func (s *service) plan() (err error) {
	s.schedule, err = jobs.NewSchedule(s.store, s.log, s.metrics.Ran, s.planned()...)
	if err == nil {
		s.handlers[s.schedule.Name()] = s.schedule.Run
	}
	return err
}

// How often an instance looks at the clock, and for how long it leaves to others
// what it has asked for.
const (
	tickEvery = 2 * time.Second
	askEvery  = 5 * time.Second
)

// tick looks at the product's clock again and again until ctx ends: for jobs
// that have come due, and for notices that may be sent.
func (s *service) tick(ctx context.Context, every time.Duration) {
	ticker := time.NewTicker(every)
	defer ticker.Stop()
	for ctx.Err() == nil {
		if err := s.ask(ctx); err != nil && ctx.Err() == nil {
			s.log.Warn("what is due was not looked for", "error", err)
		}
		select {
		case <-ctx.Done():
		case <-ticker.C:
		}
	}
}

// ask leaves work for what is due.
func (s *service) ask(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, 20*time.Second)
	defer cancel()
	now := s.clock.Now()
	_, err := s.schedule.Tick(ctx, now)
	_, again := s.store.AskAgain(ctx, jobs.OccasionJob, jobs.OccasionJob, askEvery, s.store.OccasionsWait)
	err = errors.Join(err, again)
	if s.handlers[jobs.PushJob] == nil {
		return err
	}
	_, push := s.store.AskAgain(ctx, jobs.PushJob, jobs.PushJob, askEvery, func(ctx context.Context) (bool, error) { return s.store.PushesDue(ctx, now) })
	return errors.Join(err, push)
}

// keepUp does what the service does without being asked, until ctx ends.
func (s *service) keepUp(ctx context.Context, every time.Duration) {
	if s.tokens != nil {
		// What a configuration closed, another may open.
		if err := s.store.ForgetStops(ctx, s.clock.Now()); err != nil && ctx.Err() == nil {
			s.log.Warn("ways that were closed stay closed for a while", "error", err)
		}
	}
	listened := make(chan struct{})
	go func() {
		defer close(listened)
		if s.ear != nil {
			s.ear.Listen(ctx)
		}
	}()
	s.tick(ctx, every)
	<-listened
}
