package storage

import (
	"context"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"github.com/xiangfeng/xiangfeng/domain/usecase"
)

type stepRow struct {
	Openid string
	Name   string
	Data   string
	Until  instant
}

func (stepRow) TableName() string { return "step" }

// Step locks and returns a person's open question, a zero one where there is
// none. The command's key makes the same message wait for itself; two messages
// of one person wait for each other here.
func (t *Tx) Step(openid string) (usecase.Step, error) {
	// A row that is not there cannot be locked, so it is put there first.
	seed := stepRow{Openid: openid, Until: at(epoch)}
	if err := t.db.Clauses(clause.OnConflict{DoNothing: true}).Create(&seed).Error; err != nil {
		return usecase.Step{}, err
	}
	var row stepRow
	err := t.locking().Where("openid = ?", openid).Take(&row).Error
	return usecase.Step{Name: row.Name, Data: row.Data, Until: row.Until.Time}, err
}

// epoch is the end of a step that never was open.
var epoch = time.Unix(0, 0)

// SetStep keeps a person's next open question; the zero Step closes it.
func (t *Tx) SetStep(openid string, s usecase.Step) error { return saveStep(t.db, openid, s) }

// SaveStep is SetStep outside an act.
func (s *Store) SaveStep(ctx context.Context, openid string, step usecase.Step) error {
	return saveStep(s.write.WithContext(ctx), openid, step)
}

// OpenStep reads a person's question without locking it, a zero one where
// there is none.
func (s *Store) OpenStep(ctx context.Context, openid string) (usecase.Step, error) {
	var row stepRow
	err := s.read.WithContext(ctx).Where("openid = ?", openid).Limit(1).Find(&row).Error
	return usecase.Step{Name: row.Name, Data: row.Data, Until: row.Until.Time}, err
}

func saveStep(db *gorm.DB, openid string, s usecase.Step) error {
	row := stepRow{Openid: openid, Name: s.Name, Data: s.Data, Until: at(s.Until)}
	if s.Until.IsZero() {
		row.Until = at(epoch)
	}
	return db.Clauses(clause.OnConflict{
		Columns: []clause.Column{{Name: "openid"}}, DoUpdates: clause.AssignmentColumns([]string{"name", "data", "until"}),
	}).Create(&row).Error
}
