package storage

import (
	"context"

	"github.com/xiangfeng/xiangfeng/domain/catalogue"
	"github.com/xiangfeng/xiangfeng/domain/village"
)

// Items are the catalogue of the asker's village for a year, in the order in
// which it was adopted; none where it has adopted none.
func (s *Store) Items(ctx context.Context, openid string, year int) ([]catalogue.Item, error) {
	o, err := s.own(ctx, openid)
	if err != nil || o.ID == 0 {
		return nil, err
	}
	return s.ItemsOf(ctx, o.VillageID, year)
}

// ItemsOf are the catalogue of a village for a year, in the order adopted.
func (s *Store) ItemsOf(ctx context.Context, v village.ID, year int) ([]catalogue.Item, error) {
	var rows []itemRow
	err := s.read.WithContext(ctx).Where("village_id = ? AND year = ?", v, year).Order("id").Find(&rows).Error
	return each(rows, itemRow.item), err
}
