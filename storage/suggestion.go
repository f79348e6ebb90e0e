package storage

import (
	"context"
	"time"

	"gorm.io/gorm/clause"

	"github.com/xiangfeng/xiangfeng/domain/household"
	"github.com/xiangfeng/xiangfeng/domain/suggestion"
	"github.com/xiangfeng/xiangfeng/domain/village"
)

type draftRow struct {
	Openid string
	Key    string
	Words  string
}

func (draftRow) TableName() string { return "draft" }

type suggestionRow struct {
	ID          int64
	TownshipID  village.TownshipID
	Year        int
	Serial      int
	VillageID   village.ID
	HouseholdID household.ID
	PersonID    household.PersonID
	Kind        suggestion.Kind
	Audience    suggestion.Audience
	Words       string
	FiledAt     instant
	Answer      string
	AnsweredAt  instant
}

func (suggestionRow) TableName() string { return "suggestion" }

func (r suggestionRow) suggestion() suggestion.Suggestion {
	return suggestion.Suggestion{
		ID: r.ID, Township: r.TownshipID, Year: r.Year, Serial: r.Serial, Village: r.VillageID, Household: r.HouseholdID, Person: r.PersonID,
		Kind: r.Kind, Audience: r.Audience, Words: r.Words, FiledAt: r.FiledAt.Time, Answer: r.Answer, AnsweredAt: r.AnsweredAt.Time,
	}
}

// SaveDraft keeps what a person is about to send, in place of what they were
// about to send before.
func (s *Store) SaveDraft(ctx context.Context, openid, key, words string) error {
	return s.write.WithContext(ctx).Clauses(clause.OnConflict{
		Columns: []clause.Column{{Name: "openid"}}, DoUpdates: clause.AssignmentColumns([]string{"key", "words"}),
	}).Create(&draftRow{Openid: openid, Key: key, Words: words}).Error
}

// Draft is what a person was about to send last, both empty where there is nothing.
func (t *Tx) Draft(openid string) (key, words string, err error) {
	var row draftRow
	err = t.db.Where("openid = ?", openid).Limit(1).Find(&row).Error
	return row.Key, row.Words, err
}

// DropDraft forgets a person's draft.
func (t *Tx) DropDraft(openid string) error {
	return t.db.Where("openid = ?", openid).Delete(&draftRow{}).Error
}

// Suggested counts what a person has filed since a moment.
func (t *Tx) Suggested(p household.PersonID, since time.Time) (int, error) {
	var n int64
	err := t.db.Model(&suggestionRow{}).Where("person_id = ? AND filed_at >= ?", p, at(since)).Count(&n).Error
	return int(n), err
}

// NextSerial locks the township and returns the year's next number.
func (t *Tx) NextSerial(township village.TownshipID, year int) (int, error) {
	if err := t.locking().Where("id = ?", township).Take(&townshipRow{}).Error; err != nil {
		return 0, translate(err)
	}
	var last int
	err := t.db.Model(&suggestionRow{}).Select("COALESCE(max(serial), 0)").
		Where("township_id = ? AND year = ?", township, year).Scan(&last).Error
	return last + 1, err
}

// AddSuggestion keeps a suggestion and returns its id.
func (t *Tx) AddSuggestion(s suggestion.Suggestion) (int64, error) {
	row := suggestionRow{
		TownshipID: s.Township, Year: s.Year, Serial: s.Serial, VillageID: s.Village, HouseholdID: s.Household, PersonID: s.Person,
		Kind: s.Kind, Audience: s.Audience, Words: s.Words, FiledAt: at(s.FiledAt),
	}
	err := t.db.Create(&row).Error
	return row.ID, err
}

// Suggestions are what the person has filed, the newest first, at most limit.
func (s *Store) Suggestions(ctx context.Context, openid string, limit int) ([]suggestion.Suggestion, error) {
	var rows []suggestionRow
	err := s.read.WithContext(ctx).Joins("JOIN person p ON p.id = suggestion.person_id AND p.openid = ?", openid).
		Order("suggestion.filed_at DESC, suggestion.id DESC").Limit(limit).Find(&rows).Error
	return each(rows, suggestionRow.suggestion), err
}
