package storage

import (
	"context"

	"gorm.io/gorm"

	"github.com/xiangfeng/xiangfeng/domain/calendar"
	"github.com/xiangfeng/xiangfeng/domain/household"
	"github.com/xiangfeng/xiangfeng/domain/record"
	"github.com/xiangfeng/xiangfeng/domain/script"
	"github.com/xiangfeng/xiangfeng/domain/usecase/enrol"
	"github.com/xiangfeng/xiangfeng/domain/village"
)

type declarationRow struct {
	ID          record.DeclarationID
	VillageID   village.ID
	HouseholdID household.ID
	Declarer    household.PersonID
	Words       string
	OccurredOn  day
	DeclaredAt  instant
	State       record.DeclarationState
	Decider     optional
	DecidedAt   instant
	Reason      string
	EventID     optional
}

func (declarationRow) TableName() string { return "declaration" }

func newDeclarationRow(d record.Declaration) declarationRow {
	return declarationRow{
		ID: d.ID, VillageID: d.Village, HouseholdID: d.Household, Declarer: d.Declarer, Words: d.Words, OccurredOn: day{d.On},
		DeclaredAt: at(d.DeclaredAt), State: d.State, Decider: optional(d.Decider), DecidedAt: at(d.DecidedAt), Reason: d.Reason,
		EventID: optional(d.Event),
	}
}

func (r declarationRow) declaration(evidence []evidenceRow) record.Declaration {
	return record.Declaration{
		ID: r.ID, Village: r.VillageID, Household: r.HouseholdID, Declarer: r.Declarer, Words: r.Words, On: r.OccurredOn.Date,
		Photos: shown(evidence, false), DeclaredAt: r.DeclaredAt.Time, State: r.State, Decider: household.PersonID(r.Decider),
		DecidedAt: r.DecidedAt.Time, Reason: r.Reason, Event: record.ID(r.EventID),
	}
}

// Declared counts a household's declarations that wait.
func (t *Tx) Declared(h household.ID) (int, error) {
	var n int64
	err := t.db.Model(&declarationRow{}).Where("household_id = ? AND state = ?", h, record.DeclarationWaiting).Count(&n).Error
	return int(n), err
}

// SameDeclared is the household's declaration of the words about the day that
// waits, 0 for none.
func (t *Tx) SameDeclared(h household.ID, words string, on calendar.Date) (record.DeclarationID, error) {
	var row declarationRow
	err := t.db.Where("household_id = ? AND state = ? AND occurred_on = ? AND words = ?", h, record.DeclarationWaiting, day{on}, words).
		Order("id").Limit(1).Find(&row).Error
	return row.ID, err
}

// AddDeclaration keeps a declaration with its pictures and returns its id.
func (t *Tx) AddDeclaration(d record.Declaration) (record.DeclarationID, error) {
	row := newDeclarationRow(d)
	if err := t.db.Create(&row).Error; err != nil {
		return 0, err
	}
	return row.ID, insert(t.db, pictures(evidenceRow{DeclarationID: optional(row.ID)}, d.Photos))
}

// Declaration locks and returns a declaration; NotFound where there is none.
func (t *Tx) Declaration(id record.DeclarationID) (record.Declaration, error) {
	var row declarationRow
	if err := t.locking().Where("id = ?", id).Take(&row).Error; err != nil {
		return record.Declaration{}, translate(err)
	}
	var evidence []evidenceRow
	err := t.db.Where("declaration_id = ?", id).Order("id").Find(&evidence).Error
	return row.declaration(evidence), err
}

// SaveDeclaration keeps what became of a declaration, and leaves the household news of it.
func (t *Tx) SaveDeclaration(d record.Declaration) error {
	row := newDeclarationRow(d)
	if err := t.db.Save(&row).Error; err != nil {
		return err
	}
	if d.State == record.DeclarationDeclined {
		return t.tell(d.Household, enrol.Declined, int64(d.ID))
	}
	return t.tell(d.Household, enrol.Taken, int64(d.ID))
}

// Declarations are those of a village that wait, the oldest first.
func (s *Store) Declarations(ctx context.Context, v village.ID) ([]script.Declaration, error) {
	return s.declarations(ctx, func(db *gorm.DB) *gorm.DB {
		return db.Where("d.village_id = ? AND d.state = ?", v, record.DeclarationWaiting).Order("d.id")
	})
}

// declarationsShown is how many of a household's declarations are listed.
const declarationsShown = 50

// DeclarationsOf are the newest of a household, the newest first.
func (s *Store) DeclarationsOf(ctx context.Context, h household.ID) ([]script.Declaration, error) {
	found, err := s.declarations(ctx, func(db *gorm.DB) *gorm.DB {
		return db.Where("d.household_id = ?", h).Order("d.id DESC").Limit(declarationsShown)
	})
	if err != nil {
		return nil, err
	}
	reasons := make([]*string, len(found))
	for i := range found {
		reasons[i] = &found[i].Reason
	}
	return found, s.withhold(ctx, reasons...)
}

// DeclarationOf is one declaration as its household may read it; NotFound where
// there is none.
func (s *Store) DeclarationOf(ctx context.Context, id record.DeclarationID) (script.Declaration, error) {
	d, err := only(s.declarations(ctx, func(db *gorm.DB) *gorm.DB { return db.Where("d.id = ?", id) }))
	if err != nil {
		return d, err
	}
	return d, s.withhold(ctx, &d.Reason)
}

func (s *Store) declarations(ctx context.Context, which func(*gorm.DB) *gorm.DB) ([]script.Declaration, error) {
	var found []struct {
		Row                                     declarationRow `gorm:"embedded"`
		Number, Head, DeclarerName, DeciderName string
	}
	err := which(s.read.WithContext(ctx).Table("declaration d").
		Select("d.*, h.number, h.head, p.name AS declarer_name, COALESCE(q.name, '') AS decider_name").
		Joins("JOIN household h ON h.id = d.household_id").
		Joins("JOIN person p ON p.id = d.declarer").
		Joins("LEFT JOIN person q ON q.id = d.decider")).Scan(&found).Error
	if err != nil {
		return nil, err
	}
	ids := make([]int64, len(found))
	for i, f := range found {
		ids[i] = int64(f.Row.ID)
	}
	evidence, err := s.evidenceOf(ctx, "declaration_id", ids)
	out := make([]script.Declaration, len(found))
	for i, f := range found {
		out[i] = script.Declaration{
			Declaration: f.Row.declaration(evidence[int64(f.Row.ID)]), Home: script.Home{ID: f.Row.HouseholdID, Number: f.Number, Head: f.Head},
			DeclarerName: f.DeclarerName, DeciderName: f.DeciderName,
		}
	}
	return out, err
}
