package storage

import (
	"context"

	"github.com/xiangfeng/xiangfeng/domain/calendar"
	"github.com/xiangfeng/xiangfeng/domain/fault"
	"github.com/xiangfeng/xiangfeng/domain/household"
	"github.com/xiangfeng/xiangfeng/domain/ledger"
	"github.com/xiangfeng/xiangfeng/domain/quarter"
	"github.com/xiangfeng/xiangfeng/domain/record"
	"github.com/xiangfeng/xiangfeng/domain/script"
	"github.com/xiangfeng/xiangfeng/domain/village"
)

// Seasons are a village's newest quarters up to the running one, the newest
// first, at most so many, none from before its first household.
func (s *Store) Seasons(ctx context.Context, v village.ID, today calendar.Date, most int) ([]script.Season, error) {
	running := calendar.QuarterOf(today)
	known, err := s.seasonsOf(ctx, v, calendar.FromIndex(running.Index()-most+1).Year)
	if err != nil {
		return nil, err
	}
	first, err := s.firstQuarter(ctx, v)
	if err != nil || first == (calendar.Quarter{}) {
		return nil, err
	}
	var out []script.Season
	for q := running; len(out) < most && !q.Before(first); q = q.Prev() {
		season, there := known[q]
		if !there {
			season.Quarter = quarter.New(v, q)
		}
		out = append(out, season)
	}
	return out, nil
}

// firstQuarter is that in which a village's first household joined, zero for none.
func (s *Store) firstQuarter(ctx context.Context, v village.ID) (calendar.Quarter, error) {
	var joined day
	err := s.read.WithContext(ctx).Raw("SELECT min(joined) FROM household WHERE village_id = ?", v).Row().Scan(&joined)
	if err != nil || joined.IsZero() {
		return calendar.Quarter{}, err
	}
	return calendar.QuarterOf(joined.Date), nil
}

// seasonsOf are the quarters of a village in which something has happened, from
// a year on.
func (s *Store) seasonsOf(ctx context.Context, v village.ID, from int) (map[calendar.Quarter]script.Season, error) {
	var found []struct {
		Row  quarterRow `gorm:"embedded"`
		Code string
	}
	err := s.read.WithContext(ctx).Table("quarter q").Select("q.*, COALESCE(s.code, '') AS code").
		Joins("LEFT JOIN sheet s ON s.village_id = q.village_id AND s.year = q.year AND s.n = q.n AND s.edition = q.edition").
		Where("q.village_id = ? AND q.year >= ?", v, from).Scan(&found).Error
	out := make(map[calendar.Quarter]script.Season, len(found))
	for _, f := range found {
		season := script.Season{Quarter: f.Row.quarter(), Code: f.Code}
		out[season.Q] = season
	}
	return out, err
}

// AssessedOf is a quarter as its team and the office see it; NotFound before the
// village's first and after the running one.
func (s *Store) AssessedOf(ctx context.Context, v village.ID, q calendar.Quarter, today calendar.Date) (out script.Assessed, err error) {
	first, err := s.firstQuarter(ctx, v)
	if err != nil {
		return out, err
	}
	if first == (calendar.Quarter{}) || q.Before(first) || calendar.QuarterOf(today).Before(q) {
		return out, fault.Refuse(fault.NotFound)
	}
	known, err := s.seasonsOf(ctx, v, q.Year)
	if err != nil {
		return out, err
	}
	var there bool
	if out.Season, there = known[q]; !there {
		out.Quarter = quarter.New(v, q)
	}
	tx := s.reading(ctx)
	if out.Progress, err = tx.Progress(v); err != nil {
		return out, err
	}
	if out.Counts, err = s.eventCounts(ctx, v, q, out.Progress); err != nil {
		return out, err
	}
	if out.Signed, err = s.signed(ctx, v, q, out.Edition+1); err != nil {
		return out, err
	}
	return out, s.down(ctx, &out)
}

// eventCounts are a quarter's events by how far they have come.
func (s *Store) eventCounts(ctx context.Context, v village.ID, q calendar.Quarter, p ledger.Progress) (map[record.State]int, error) {
	db := s.read.WithContext(ctx)
	var found []struct {
		State record.State
		N     int
	}
	err := s.undecided(ctx, v, q, p).Select(eventState + " AS state, count(*) AS n").Group(eventState).Scan(&found).Error
	if err != nil {
		return nil, err
	}
	counts := map[record.State]int{}
	for _, f := range found {
		counts[f.State] = f.N
	}
	var rejected, confirmed int64
	err = done(
		db.Table("event").Where("village_id = ? AND state = 'rejected' AND occurred_on BETWEEN ? AND ?", v, day{q.First()}, day{q.Last()}).Count(&rejected),
		db.Table("ledger_entry").Where("village_id = ? AND kind = 'event' AND counts_in = ?", v, quarterText{q}).Count(&confirmed),
	)
	counts[record.Rejected], counts[record.Confirmed] = int(rejected), int(confirmed)
	return counts, err
}

// signed are the signatures under a sheet to come, with names and whether they
// are of the team still.
func (s *Store) signed(ctx context.Context, v village.ID, q calendar.Quarter, edition int) ([]script.Signed, error) {
	var found []struct {
		PersonID household.PersonID
		Digest   string
		SignedAt instant
		Name     string
		OfTeam   bool
	}
	err := s.read.WithContext(ctx).Table("quarter_sign g").
		Select("g.person_id, g.digest, g.signed_at, p.name, EXISTS (SELECT 1 FROM post o WHERE o.person_id = g.person_id AND o.village_id = g.village_id AND o.role IN ?) AS of_team", teamRoles).
		Joins("JOIN person p ON p.id = g.person_id").
		Where("g.village_id = ? AND g.year = ? AND g.n = ? AND g.edition = ?", v, q.Year, q.N, edition).
		Order("g.signed_at, g.person_id").Scan(&found).Error
	out := make([]script.Signed, len(found))
	for i, f := range found {
		out[i] = script.Signed{
			Signature: quarter.Signature{Person: f.PersonID, Digest: f.Digest, At: f.SignedAt.Time}, Name: f.Name, OfTeam: f.OfTeam,
		}
	}
	return out, err
}

// down adds what was asked about a quarter's newest sheet, or how it came down.
func (s *Store) down(ctx context.Context, of *script.Assessed) error {
	tx := s.reading(ctx)
	w, err := tx.Withdrawal(of.Village, of.Q, of.Edition)
	if err != nil {
		if fault.CodeOf(err) == fault.NotFound {
			err = nil
		}
		return err
	}
	names, err := tx.Names(w.AskedBy, w.ConsentedBy)
	if w.ConsentedBy == 0 {
		of.Withdrawal = &script.AskedDown{Withdrawal: w, Name: names[w.AskedBy]}
	} else {
		of.Withdrawn = &script.AskedDown{Withdrawal: w, Name: names[w.ConsentedBy]}
	}
	return err
}
