package storage

import (
	"context"
	"encoding/json"
	"math/rand/v2"
	"time"

	"gorm.io/gorm/clause"

	"github.com/xiangfeng/xiangfeng/domain/usecase"
)

type scheduleRow struct {
	Job        string
	Watermark  instant
	LeaseUntil instant
}

func (scheduleRow) TableName() string { return "schedule" }

type occasionRow struct {
	Job        string
	At         instant
	State      string
	Attempts   int
	Claim      int64
	LeaseUntil instant
	Counts     string
	EndedAt    instant
}

func (occasionRow) TableName() string { return "occasion" }

// Watermarks are how far each of the jobs has come; one that is new begins at now.
func (s *Store) Watermarks(ctx context.Context, jobs []string, now time.Time) (map[string]time.Time, error) {
	var rows []scheduleRow
	if err := s.read.WithContext(ctx).Where("job IN ?", jobs).Find(&rows).Error; err != nil {
		return nil, err
	}
	marks := map[string]time.Time{}
	for _, r := range rows {
		marks[r.Job] = r.Watermark.Time
	}
	var fresh []scheduleRow
	for _, j := range jobs {
		if _, known := marks[j]; !known {
			fresh, marks[j] = append(fresh, scheduleRow{Job: j, Watermark: at(now)}), now
		}
	}
	return marks, insert(s.write.WithContext(ctx).Clauses(clause.OnConflict{DoNothing: true}), fresh)
}

// ScheduleOccasions keeps the occasions of jobs that have come due and leaves a
// job of the kind for each, once, however many instances ask. due tells the
// occasions of a job after a time.
func (s *Store) ScheduleOccasions(ctx context.Context, jobs []string, kind string, due func(job string, after time.Time) []time.Time) (n int, err error) {
	err = s.inTx(ctx, func(tx *Tx) error {
		n = 0
		var rows []scheduleRow
		if err := tx.locking().Where("job IN ?", jobs).Order("job").Find(&rows).Error; err != nil {
			return err
		}
		for _, r := range rows {
			times := due(r.Job, r.Watermark.Time)
			if len(times) == 0 {
				continue
			}
			all := each(times, func(t time.Time) occasionRow { return occasionRow{Job: r.Job, At: at(t), State: "waiting"} })
			if err := insert(tx.db.Clauses(clause.OnConflict{DoNothing: true}), all); err != nil {
				return err
			}
			for _, t := range times {
				if err := tx.Enqueue(kind, map[string]any{"job": r.Job, "at": t.UTC()}); err != nil {
					return err
				}
			}
			last := times[len(times)-1]
			if err := tx.db.Model(&scheduleRow{}).Where("job = ?", r.Job).Update("watermark", at(last)).Error; err != nil {
				return err
			}
			n += len(times)
		}
		return nil
	})
	return n, err
}

// occasionLease is longer than a job of the queue may run.
const occasionLease = time.Minute

// TakeOccasion takes the earliest occasion that has not run. It takes none where
// there is none, and none while another runs: they go in the order of their time.
func (s *Store) TakeOccasion(ctx context.Context) (o usecase.Occasion, found bool, err error) {
	err = s.inTx(ctx, func(tx *Tx) error {
		found = false
		var rows []occasionRow
		if err := tx.locking().Where("state = 'waiting'").Order("at, job").Limit(1).Find(&rows).Error; err != nil || len(rows) == 0 {
			return err
		}
		o = usecase.Occasion{Job: rows[0].Job, At: rows[0].At.Time, Attempts: rows[0].Attempts + 1, Claim: rand.Int64()} // #nosec G404 -- tells claims apart
		taken := tx.db.Model(&occasionRow{}).Where("job = ? AND at = ? AND state = 'waiting' AND (lease_until IS NULL OR lease_until < ?)", o.Job, at(o.At), s.later(0)).
			Updates(map[string]any{"claim": o.Claim, "attempts": o.Attempts, "lease_until": s.later(occasionLease)})
		found = taken.RowsAffected == 1
		return taken.Error
	})
	return o, found, err
}

// EndOccasion keeps that an occasion has run, with what it counted, or that it
// failed for good.
func (s *Store) EndOccasion(ctx context.Context, o usecase.Occasion, counts map[string]int, failed bool) error {
	text, err := json.Marshal(counts)
	if err != nil {
		return err
	}
	state := "done"
	if failed {
		state = "failed"
	}
	return s.write.WithContext(ctx).Model(&occasionRow{}).Where("job = ? AND at = ? AND claim = ?", o.Job, at(o.At), o.Claim).
		Updates(map[string]any{"state": state, "counts": string(text), "ended_at": at(time.Now()), "lease_until": nil}).Error
}

// LeaveOccasion lets an occasion be taken again.
func (s *Store) LeaveOccasion(ctx context.Context, o usecase.Occasion) error {
	return s.write.WithContext(ctx).Model(&occasionRow{}).Where("job = ? AND at = ? AND claim = ?", o.Job, at(o.At), o.Claim).Update("lease_until", nil).Error
}

// AskAgain leaves a job of the kind, once within a lease, where work waits that
// nobody does: its job was lost. name is a watermark that counts nothing else.
func (s *Store) AskAgain(ctx context.Context, name, kind string, lease time.Duration, waits func(context.Context) (bool, error)) (asked bool, err error) {
	if waiting, err := waits(ctx); err != nil || !waiting {
		return false, err
	}
	err = s.inTx(ctx, func(tx *Tx) error {
		asked = false
		seed := scheduleRow{Job: name, Watermark: at(epoch)}
		if err := tx.db.Clauses(clause.OnConflict{DoNothing: true}).Create(&seed).Error; err != nil {
			return err
		}
		free := tx.db.Model(&scheduleRow{}).Where("job = ? AND (lease_until IS NULL OR lease_until < ?)", name, s.later(0)).
			Update("lease_until", s.later(lease))
		if free.Error != nil || free.RowsAffected == 0 {
			return free.Error
		}
		asked = true
		return tx.Enqueue(kind, map[string]any{})
	})
	return asked, err
}

// Lease keeps others from being asked, as AskAgain does, for a while from now on;
// 0 lets them be asked at once.
func (s *Store) Lease(ctx context.Context, name string, lease time.Duration) error {
	return s.write.WithContext(ctx).Model(&scheduleRow{}).Where("job = ?", name).Update("lease_until", s.later(lease)).Error
}

// OccasionsWait tells whether an occasion waits that nobody runs.
func (s *Store) OccasionsWait(ctx context.Context) (waits bool, err error) {
	err = s.read.WithContext(ctx).Raw(`SELECT EXISTS (SELECT 1 FROM occasion WHERE state = 'waiting' AND (lease_until IS NULL OR lease_until < ?))`, s.later(0)).Scan(&waits).Error
	return waits, err
}
