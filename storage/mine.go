package storage

import (
	"context"

	"github.com/xiangfeng/xiangfeng/domain/calendar"
	"github.com/xiangfeng/xiangfeng/domain/fault"
	"github.com/xiangfeng/xiangfeng/domain/household"
	"github.com/xiangfeng/xiangfeng/domain/record"
	"github.com/xiangfeng/xiangfeng/domain/script"
	"github.com/xiangfeng/xiangfeng/domain/usecase/ask"
	"github.com/xiangfeng/xiangfeng/domain/village"
)

// mine is the household if the person belongs to it; NotFound where not. What
// the Mini Program reads of a household starts from it.
func (s *Store) mine(ctx context.Context, p household.PersonID, h household.ID) (own, error) {
	var o own
	err := s.read.WithContext(ctx).Table("member m").
		Select("m.person_id AS person, h.id, h.number, h.head, h.village_id, v.last_sheet").
		Joins("JOIN household h ON h.id = m.household_id").
		Joins("JOIN village v ON v.id = h.village_id").
		Where("m.person_id = ? AND m.household_id = ?", p, h).Limit(1).Scan(&o).Error
	if err == nil && o.ID == 0 {
		err = fault.Refuse(fault.NotFound)
	}
	return o, err
}

// mineQuery is the hot question about one of a person's households.
var mineQuery = standingOf("LEFT JOIN member m ON m.person_id = p.id AND m.household_id = ?", "p.id")

// StandingOf is the standing of one of the person's households; NotFound where
// they do not belong to it.
func (s *Store) StandingOf(ctx context.Context, p household.PersonID, h household.ID) (script.Standing, error) {
	rows, err := s.read.WithContext(ctx).Raw(mineQuery, h, p).Rows()
	if err != nil {
		return script.Standing{}, err
	}
	defer rows.Close()
	standing, _, err := readStanding(rows)
	if err == nil && standing.Home.ID == 0 {
		err = fault.Refuse(fault.NotFound)
	}
	return standing, err
}

// LinesOf are lines of one of the person's households, as Lines picks them;
// NotFound where they do not belong to it.
func (s *Store) LinesOf(ctx context.Context, p household.PersonID, h household.ID, q ask.Query) (script.Lines, error) {
	o, err := s.mine(ctx, p, h)
	if err != nil {
		return script.Lines{}, err
	}
	return s.linesOf(ctx, o, q)
}

// RowsOf are all rows of the newest sheet of the village of one of the person's
// households, as SheetRows orders them; NotFound where they do not belong to it.
func (s *Store) RowsOf(ctx context.Context, p household.PersonID, h household.ID) ([]script.Row, error) {
	o, err := s.mine(ctx, p, h)
	if err != nil || o.LastSheet == 0 {
		return nil, err
	}
	return s.sheetRowsOf(ctx, o)
}

// Often are the codes of what a village recorded most since a day, at most n.
func (s *Store) Often(ctx context.Context, v village.ID, since calendar.Date, n int) (codes []string, err error) {
	err = s.read.WithContext(ctx).Table("event e").Joins("JOIN item i ON i.id = e.item_id").
		Where("e.village_id = ? AND e.occurred_on >= ? AND e.state <> ?", v, day{since}, record.Rejected).
		Group("i.code").Order("count(*) DESC, i.code").Limit(n).Pluck("i.code", &codes).Error
	return codes, err
}
