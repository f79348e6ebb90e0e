package storage

import (
	"context"
	"time"

	"gorm.io/gorm/clause"

	"github.com/xiangfeng/xiangfeng/domain/household"
	"github.com/xiangfeng/xiangfeng/domain/notice"
)

type choiceRow struct {
	PersonID household.PersonID
	Kind     notice.Kind
	Wanted   bool
	ChosenAt instant
}

func (choiceRow) TableName() string { return "notice_choice" }

// SetWanted keeps whether a person wants a kind of notice.
func (t *Tx) SetWanted(p household.PersonID, k notice.Kind, wanted bool, now time.Time) error {
	return t.db.Clauses(clause.OnConflict{
		Columns:   []clause.Column{{Name: "person_id"}, {Name: "kind"}},
		DoUpdates: clause.AssignmentColumns([]string{"wanted", "chosen_at"}),
	}).Create(&choiceRow{PersonID: p, Kind: k, Wanted: wanted, ChosenAt: at(now)}).Error
}

// NoticesOff are the kinds of notice that a person has turned off.
func (s *Store) NoticesOff(ctx context.Context, openid string) (notice.Off, error) {
	var rows []choiceRow
	err := s.read.WithContext(ctx).Joins("JOIN person p ON p.id = notice_choice.person_id AND p.openid = ?", openid).
		Where("NOT notice_choice.wanted").Find(&rows).Error
	off := notice.Off{}
	for _, r := range rows {
		off[r.Kind] = true
	}
	return off, err
}
