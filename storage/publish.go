package storage

import (
	"context"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"github.com/xiangfeng/xiangfeng/domain/calendar"
	"github.com/xiangfeng/xiangfeng/domain/household"
	"github.com/xiangfeng/xiangfeng/domain/ledger"
	"github.com/xiangfeng/xiangfeng/domain/quarter"
	"github.com/xiangfeng/xiangfeng/domain/record"
	closing "github.com/xiangfeng/xiangfeng/domain/usecase/close"
	"github.com/xiangfeng/xiangfeng/domain/village"
)

// editionRow names a sheet, also one to come.
type editionRow struct {
	VillageID village.ID `gorm:"primaryKey"`
	Year      int        `gorm:"primaryKey"`
	N         int        `gorm:"primaryKey"`
	Edition   int        `gorm:"primaryKey"`
}

func edition(v village.ID, q calendar.Quarter, n int) editionRow {
	return editionRow{VillageID: v, Year: q.Year, N: q.N, Edition: n}
}

const ofEdition = "village_id = ? AND year = ? AND n = ? AND edition = ?"

type signRow struct {
	Of editionRow `gorm:"embedded"`

	PersonID household.PersonID `gorm:"primaryKey"`
	Digest   string
	SignedAt instant
}

func (signRow) TableName() string { return "quarter_sign" }

// Signatures are those under a quarter's sheet with this edition, void ones too,
// in their order.
func (t *Tx) Signatures(v village.ID, q calendar.Quarter, n int) ([]quarter.Signature, error) {
	var rows []signRow
	err := t.db.Where(ofEdition, v, q.Year, q.N, n).Order("signed_at, person_id").Find(&rows).Error
	return each(rows, func(r signRow) quarter.Signature {
		return quarter.Signature{Person: r.PersonID, Digest: r.Digest, At: r.SignedAt.Time}
	}), err
}

// SaveSignature keeps a signature, in the place of the person's earlier one.
func (t *Tx) SaveSignature(v village.ID, q calendar.Quarter, n int, s quarter.Signature) error {
	return t.db.Save(&signRow{Of: edition(v, q, n), PersonID: s.Person, Digest: s.Digest, SignedAt: at(s.At)}).Error
}

type minutesRow struct {
	Of editionRow `gorm:"embedded"`

	Words     string
	Digest    string
	Publisher household.PersonID
}

func (minutesRow) TableName() string { return "minutes" }

type minutesPhotoRow struct {
	Of editionRow `gorm:"embedded"`

	Photo record.PhotoHash `gorm:"primaryKey"`
}

func (minutesPhotoRow) TableName() string { return "minutes_photo" }

// SaveMinutes keeps the minutes that a sheet was published with.
func (t *Tx) SaveMinutes(m quarter.Minutes) error {
	key := edition(m.Village, m.Quarter, m.Edition)
	if err := t.db.Create(&minutesRow{Of: key, Words: m.Words, Digest: m.Digest, Publisher: m.Publisher}).Error; err != nil {
		return err
	}
	rows := each(m.Photos, func(p record.PhotoHash) minutesPhotoRow { return minutesPhotoRow{key, p} })
	return insert(t.db.Clauses(clause.OnConflict{DoNothing: true}), rows)
}

type withdrawalRow struct {
	Of editionRow `gorm:"embedded"`

	Reason      string
	AskedBy     household.PersonID
	AskedAt     instant
	ConsentedBy optional
	ConsentedAt instant
}

func (withdrawalRow) TableName() string { return "withdrawal" }

// Withdrawal is what was asked about a quarter's sheet of an edition; NotFound
// where nothing was.
func (t *Tx) Withdrawal(v village.ID, q calendar.Quarter, n int) (quarter.Withdrawal, error) {
	var row withdrawalRow
	err := t.db.Where(ofEdition, v, q.Year, q.N, n).Take(&row).Error
	return quarter.Withdrawal{
		Reason: row.Reason, AskedBy: row.AskedBy, AskedAt: row.AskedAt.Time,
		ConsentedBy: household.PersonID(row.ConsentedBy), ConsentedAt: row.ConsentedAt.Time,
	}, translate(err)
}

// SaveWithdrawal keeps what was asked, or that it was consented to.
func (t *Tx) SaveWithdrawal(v village.ID, q calendar.Quarter, n int, w quarter.Withdrawal) error {
	return t.db.Save(&withdrawalRow{
		Of: edition(v, q, n), Reason: w.Reason, AskedBy: w.AskedBy, AskedAt: at(w.AskedAt),
		ConsentedBy: optional(w.ConsentedBy), ConsentedAt: at(w.ConsentedAt),
	}).Error
}

// TakeDown shows the newest sheet of the quarter before as the village's again,
// and closes what waits to be told of the quarter's newest.
func (t *Tx) TakeDown(q quarter.Quarter) error {
	var before []int64
	err := t.db.Model(&sheetRow{}).Where("village_id = ? AND (year < ? OR year = ? AND n < ?)", q.Village, q.Q.Year, q.Q.Year, q.Q.N).
		Order("year DESC, n DESC, edition DESC").Limit(1).Pluck("id", &before).Error
	if err != nil {
		return err
	}
	last := optional(0)
	if len(before) > 0 {
		last = optional(before[0])
	}
	if err := t.setLastSheet(q.Village, last); err != nil {
		return err
	}
	// What may have gone out stays in doubt and is not sent again.
	return t.db.Exec(`UPDATE push SET state = CASE WHEN doubtful THEN 'in_doubt' ELSE 'expired' END
		WHERE village_id = ? AND occasion = ? AND state = 'waiting'`, q.Village, closing.Occasion(q.Q, q.Edition)).Error
}

// Bound are the people bound to a village's households.
func (t *Tx) Bound(v village.ID) (map[household.ID][]household.PersonID, error) {
	var rows []struct {
		HouseholdID household.ID
		PersonID    household.PersonID
	}
	err := t.db.Raw(`SELECT m.household_id, m.person_id FROM household h JOIN member m ON m.household_id = h.id
		WHERE h.village_id = ? AND m.person_id IS NOT NULL ORDER BY m.household_id, m.person_id`, v).Scan(&rows).Error
	out := make(map[household.ID][]household.PersonID, len(rows))
	for _, r := range rows {
		out[r.HouseholdID] = append(out[r.HouseholdID], r.PersonID)
	}
	return out, err
}

// DraftOf is the sheet that would go up now as a quarter's next edition.
func (s *Store) DraftOf(ctx context.Context, v village.ID, q calendar.Quarter, now time.Time) (quarter.Draft, error) {
	tx := s.reading(ctx)
	current, err := tx.readQuarter(v, q)
	if err != nil {
		return quarter.Draft{}, err
	}
	return closing.Prepare(tx, current, now)
}

// Hung are the quarters that are published and not sealed, of all villages.
func (s *Store) Hung(ctx context.Context) ([]quarter.Quarter, error) {
	var rows []quarterRow
	err := s.read.WithContext(ctx).Where("state = ?", quarter.Published).Order("village_id, year, n").Find(&rows).Error
	return each(rows, quarterRow.quarter), err
}

// Unassessed are the villages that have households by a quarter's last day and
// whose quarter is open, without one behind it that is further.
func (s *Store) Unassessed(ctx context.Context, q calendar.Quarter) ([]village.ID, error) {
	var ids []village.ID
	err := s.behind(ctx, q).
		Where("NOT EXISTS (SELECT 1 FROM quarter x WHERE x.village_id = v.id AND x.year = ? AND x.n = ? AND x.state <> 'open')", q.Year, q.N).
		Pluck("v.id", &ids).Error
	return ids, err
}

// settled tells whether a village v has households that were there on a day.
const settled = "EXISTS (SELECT 1 FROM household h WHERE h.village_id = v.id AND h.state = 'active' AND h.joined <= ?)"

// behind are the villages with households by a quarter's last day that have not
// published it, in the order of their ids.
func (s *Store) behind(ctx context.Context, q calendar.Quarter) *gorm.DB {
	return s.read.WithContext(ctx).Table("village v").Where("v.sealed < ? AND v.published < ?", q.Index(), q.Index()).
		Where(settled, day{q.Last()}).Order("v.id")
}

type contestedRow struct {
	VillageID village.ID `gorm:"primaryKey"`
	Seq       ledger.Seq `gorm:"primaryKey"`
	Year      int
	N         int
}

func (contestedRow) TableName() string { return "contested" }

// MarkContested keeps that lines were in dispute when their quarter was sealed.
func (t *Tx) MarkContested(v village.ID, q calendar.Quarter, lines []ledger.Seq) error {
	return insert(t.db, each(lines, func(seq ledger.Seq) contestedRow { return contestedRow{v, seq, q.Year, q.N} }))
}
