package storage

import (
	"context"

	"github.com/xiangfeng/xiangfeng/domain/calendar"
	"github.com/xiangfeng/xiangfeng/domain/catalogue"
	"github.com/xiangfeng/xiangfeng/domain/script"
)

// Items are the catalogue of the asker's village for a year, in the order in
// which it was adopted; none where it has adopted none.
func (s *Store) Items(ctx context.Context, openid string, year int) ([]catalogue.Item, error) {
	o, err := s.own(ctx, openid)
	if err != nil || o.ID == 0 {
		return nil, err
	}
	var rows []itemRow
	err = s.read.WithContext(ctx).Where("village_id = ? AND year = ?", o.VillageID, year).Order("id").Find(&rows).Error
	items := make([]catalogue.Item, len(rows))
	for i, r := range rows {
		items[i] = r.item()
	}
	return items, err
}

// Posted is when the asker's village published and sealed a quarter; zero days
// where it has not.
func (s *Store) Posted(ctx context.Context, openid string, q calendar.Quarter) (script.Posted, error) {
	o, err := s.own(ctx, openid)
	if err != nil || o.ID == 0 {
		return script.Posted{}, err
	}
	var row quarterRow
	err = s.read.WithContext(ctx).Where("village_id = ? AND year = ? AND n = ?", o.VillageID, q.Year, q.N).Limit(1).Find(&row).Error
	return script.Posted{Quarter: q, PublishedOn: row.PublishedOn.Date, SealedOn: row.SealedOn.Date}, err
}
