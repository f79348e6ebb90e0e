package storage

import (
	"context"

	"gorm.io/gorm"

	"github.com/xiangfeng/xiangfeng/domain/calendar"
	"github.com/xiangfeng/xiangfeng/domain/household"
	"github.com/xiangfeng/xiangfeng/domain/record"
	"github.com/xiangfeng/xiangfeng/domain/script"
	"github.com/xiangfeng/xiangfeng/domain/usecase/enrol"
	"github.com/xiangfeng/xiangfeng/domain/usecase/tell"
	"github.com/xiangfeng/xiangfeng/domain/village"
)

type warningRow struct {
	ID          record.WarningID
	VillageID   village.ID
	HouseholdID household.ID
	ItemID      int64
	Code        string
	Note        string
	Warner      household.PersonID
	WarnedAt    instant
	Due         day
	State       record.WarningState
	Answer      string
	Answerer    optional
	AnswerAt    instant
	Closer      optional
	ClosedAt    instant
	Result      string
	EventID     optional
}

func (warningRow) TableName() string { return "warning" }

func newWarningRow(w record.Warning, item int64) warningRow {
	return warningRow{
		ID: w.ID, VillageID: w.Village, HouseholdID: w.Household, ItemID: item, Code: w.Item.Code, Note: w.Note, Warner: w.Warner,
		WarnedAt: at(w.WarnedAt), Due: day{w.Due}, State: w.State, Answer: w.Answer, Answerer: optional(w.Answerer), AnswerAt: at(w.AnswerAt),
		Closer: optional(w.Closer), ClosedAt: at(w.ClosedAt), Result: w.Result, EventID: optional(w.Event),
	}
}

func (r warningRow) warning(item itemRow, evidence []evidenceRow) record.Warning {
	return record.Warning{
		ID: r.ID, Village: r.VillageID, Household: r.HouseholdID, Item: item.item(), Note: r.Note, Photos: shown(evidence, false),
		Warner: r.Warner, WarnedAt: r.WarnedAt.Time, Due: r.Due.Date, State: r.State, Answer: r.Answer, Answered: shown(evidence, true),
		Answerer: household.PersonID(r.Answerer), AnswerAt: r.AnswerAt.Time, Closer: household.PersonID(r.Closer), ClosedAt: r.ClosedAt.Time,
		Result: r.Result, Event: record.ID(r.EventID),
	}
}

// unclosed are the states of an open warning.
var unclosed = []record.WarningState{record.WarningOpen, record.WarningAnswered}

// Warned is the open warning of a household and item; NotFound where there is none.
func (t *Tx) Warned(h household.ID, code string) (record.Warning, error) {
	var row warningRow
	err := t.db.Where("household_id = ? AND code = ? AND state IN ?", h, code, unclosed).Take(&row).Error
	return record.Warning{ID: row.ID}, translate(err)
}

// AddWarning keeps a warning with its pictures and returns its id.
func (t *Tx) AddWarning(w record.Warning) (record.WarningID, error) {
	item, err := t.itemRow(w.Village, calendar.DateOf(w.WarnedAt).Year, w.Item.Code)
	if err != nil {
		return 0, err
	}
	row := newWarningRow(w, item.ID)
	if err := t.db.Create(&row).Error; err != nil {
		return 0, err
	}
	if err := insert(t.db, pictures(evidenceRow{WarningID: optional(row.ID)}, w.Photos)); err != nil {
		return 0, err
	}
	if err := t.tell(w.Household, enrol.Warned, int64(row.ID)); err != nil {
		return 0, err
	}
	return row.ID, t.touch(w.Household)
}

// tell leaves a household's people news about something, and a job that tells
// them at once who can be told.
func (t *Tx) tell(h household.ID, k enrol.Kind, about int64) error {
	people, err := t.PeopleOf(h)
	if err != nil {
		return err
	}
	for _, p := range people {
		if _, err := t.AddNews(p, enrol.News{Kind: k, Household: h, Request: about}); err != nil {
			return err
		}
	}
	return t.Enqueue(tell.NewsJob, tell.News{Kind: string(k), Request: about})
}

// Warning locks and returns a warning; NotFound where there is none.
func (t *Tx) Warning(id record.WarningID) (record.Warning, error) {
	var row warningRow
	if err := t.locking().Where("id = ?", id).Take(&row).Error; err != nil {
		return record.Warning{}, translate(err)
	}
	var item itemRow
	if err := t.db.Where("id = ?", row.ItemID).Take(&item).Error; err != nil {
		return record.Warning{}, err
	}
	var evidence []evidenceRow
	err := t.db.Where("warning_id = ?", id).Order("id").Find(&evidence).Error
	return row.warning(item, evidence), err
}

// SaveWarning keeps an answer to a warning, or that it was closed.
func (t *Tx) SaveWarning(w record.Warning) error {
	var row warningRow
	if err := t.db.Where("id = ?", w.ID).Take(&row).Error; err != nil {
		return err
	}
	row = newWarningRow(w, row.ItemID)
	if err := t.db.Save(&row).Error; err != nil {
		return err
	}
	if err := t.db.Where("warning_id = ? AND answer", w.ID).Delete(&evidenceRow{}).Error; err != nil {
		return err
	}
	if err := insert(t.db, pictures(evidenceRow{WarningID: optional(w.ID), Answer: true}, w.Answered)); err != nil {
		return err
	}
	if !w.Open() {
		if err := t.tell(w.Household, enrol.Closed, int64(w.ID)); err != nil {
			return err
		}
	}
	return t.touch(w.Household)
}

// Warnings are the open ones of a village, by the day until which there is time to mend.
func (s *Store) Warnings(ctx context.Context, v village.ID) ([]script.Warning, error) {
	return s.warnings(ctx, func(db *gorm.DB) *gorm.DB {
		return db.Where("w.village_id = ? AND w.state IN ?", v, unclosed).Order("w.due, w.id")
	})
}

// WarningsOf are the open ones of a household, the oldest first.
func (s *Store) WarningsOf(ctx context.Context, h household.ID) ([]script.Warning, error) {
	found, err := s.warnings(ctx, func(db *gorm.DB) *gorm.DB {
		return db.Where("w.household_id = ? AND w.state IN ?", h, unclosed).Order("w.id")
	})
	if err != nil {
		return nil, err
	}
	var words []*string
	for i := range found {
		words = append(words, &found[i].Note, &found[i].Result)
	}
	return found, s.withhold(ctx, words...)
}

// WarningOf is one warning as its household may read it; NotFound where there is none.
func (s *Store) WarningOf(ctx context.Context, id record.WarningID) (script.Warning, error) {
	w, err := only(s.warnings(ctx, func(db *gorm.DB) *gorm.DB { return db.Where("w.id = ?", id) }))
	if err != nil {
		return w, err
	}
	return w, s.withhold(ctx, &w.Note, &w.Result)
}

// namedWarning is a warning with the names that are shown of it.
type namedWarning struct {
	Row warningRow `gorm:"embedded"`

	Number, Head, WarnerName, AnswererName, CloserName string
}

func (s *Store) warnings(ctx context.Context, which func(*gorm.DB) *gorm.DB) ([]script.Warning, error) {
	var found []namedWarning
	err := which(s.read.WithContext(ctx).Table("warning w").
		Select(`w.*, h.number, h.head, p.name AS warner_name, COALESCE(a.name, '') AS answerer_name, COALESCE(c.name, '') AS closer_name`).
		Joins("JOIN household h ON h.id = w.household_id").
		Joins("JOIN person p ON p.id = w.warner").
		Joins("LEFT JOIN person a ON a.id = w.answerer").
		Joins("LEFT JOIN person c ON c.id = w.closer")).Scan(&found).Error
	if err != nil || len(found) == 0 {
		return nil, err
	}
	items, err := s.itemRows(ctx, each(found, func(f namedWarning) int64 { return f.Row.ItemID }))
	if err != nil {
		return nil, err
	}
	evidence, err := s.evidenceOf(ctx, "warning_id", each(found, func(f namedWarning) int64 { return int64(f.Row.ID) }))
	return each(found, func(f namedWarning) script.Warning {
		return script.Warning{
			Warning: f.Row.warning(items[f.Row.ItemID], evidence[int64(f.Row.ID)]), Home: script.Home{ID: f.Row.HouseholdID, Number: f.Number, Head: f.Head},
			WarnerName: f.WarnerName, AnswererName: f.AnswererName, CloserName: f.CloserName,
		}
	}), err
}
