package storage

import (
	"context"

	"gorm.io/gorm/clause"

	"github.com/xiangfeng/xiangfeng/domain/calendar"
	"github.com/xiangfeng/xiangfeng/domain/household"
	"github.com/xiangfeng/xiangfeng/domain/record"
	"github.com/xiangfeng/xiangfeng/domain/script"
	"github.com/xiangfeng/xiangfeng/domain/village"
)

type visitRow struct {
	ID          record.VisitID
	VillageID   village.ID
	HouseholdID household.ID
	VisitedOn   day
	Visitor     household.PersonID
	RecordID    optional
	Note        string
	KeptAt      instant
}

func (visitRow) TableName() string { return "visit" }

func newVisitRow(v record.Visit) visitRow {
	return visitRow{
		VillageID: v.Village, HouseholdID: v.Household, VisitedOn: day{v.On}, Visitor: v.Visitor, RecordID: optional(v.Record),
		Note: v.Note, KeptAt: at(v.KeptAt),
	}
}

// AddVisit keeps a visit, unless the household has one of the same day, and
// returns the id of the day's.
func (t *Tx) AddVisit(v record.Visit) (record.VisitID, error) {
	row := newVisitRow(v)
	kept := t.db.Clauses(clause.OnConflict{Columns: []clause.Column{{Name: "household_id"}, {Name: "visited_on"}}, DoNothing: true}).Create(&row)
	if kept.Error != nil || kept.RowsAffected == 1 {
		return row.ID, kept.Error
	}
	var before visitRow
	err := t.db.Where("household_id = ? AND visited_on = ?", v.Household, day{v.On}).Take(&before).Error
	return before.ID, err
}

// VisitsLeft is a month's round of a village: how many of its active households
// were visited in the month of a day, and those that were not.
func (s *Store) VisitsLeft(ctx context.Context, v village.ID, month calendar.Date) (script.Visits, error) {
	out := script.Visits{Month: calendar.MonthOf(month)}
	db := s.read.WithContext(ctx)
	visited := db.Table("visit").Select("1").Where("visit.household_id = household.id").
		Where("visit.visited_on BETWEEN ? AND ?", day{out.Month.First()}, day{out.Month.Last()})
	var rows []householdRow
	err := db.Where("village_id = ? AND state = ? AND joined <= ?", v, household.Active, day{out.Month.Last()}).
		Where("NOT EXISTS (?)", visited).Order("number, id").Find(&rows).Error
	if err != nil {
		return out, err
	}
	var total int64
	err = db.Model(&householdRow{}).Where("village_id = ? AND state = ? AND joined <= ?", v, household.Active, day{out.Month.Last()}).Count(&total).Error
	out.Total, out.Done = int(total), int(total)-len(rows)
	out.Left = each(rows, func(r householdRow) script.Home { return script.Home{ID: r.ID, Number: r.Number, Head: r.Head} })
	return out, err
}
