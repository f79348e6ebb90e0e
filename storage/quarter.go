package storage

import (
	"github.com/xiangfeng/xiangfeng/domain/calendar"
	"github.com/xiangfeng/xiangfeng/domain/household"
	"github.com/xiangfeng/xiangfeng/domain/ledger"
	"github.com/xiangfeng/xiangfeng/domain/points"
	"github.com/xiangfeng/xiangfeng/domain/quarter"
	"github.com/xiangfeng/xiangfeng/domain/village"
)

type quarterRow struct {
	VillageID   village.ID `gorm:"primaryKey"`
	Year        int        `gorm:"primaryKey"`
	N           int        `gorm:"primaryKey"`
	State       quarter.State
	Edition     int
	PublishedOn day
	SealedOn    day
}

func (quarterRow) TableName() string { return "quarter" }

func newQuarterRow(q quarter.Quarter) quarterRow {
	return quarterRow{
		VillageID: q.Village, Year: q.Q.Year, N: q.Q.N, State: q.State, Edition: q.Edition,
		PublishedOn: day{q.PublishedOn}, SealedOn: day{q.SealedOn},
	}
}

func (r quarterRow) quarter() quarter.Quarter {
	return quarter.Quarter{
		Village: r.VillageID, Q: calendar.Quarter{Year: r.Year, N: r.N}, State: r.State, Edition: r.Edition,
		PublishedOn: r.PublishedOn.Date, SealedOn: r.SealedOn.Date,
	}
}

type sheetRow struct {
	ID          int64
	VillageID   village.ID
	Year        int
	N           int
	Edition     int
	PublishedAt instant
	HeadSeq     ledger.Seq
	HeadHash    hash
	Code        string
	Households  int
	Ranked      int
}

func (sheetRow) TableName() string { return "sheet" }

func newSheetRow(s quarter.Sheet) sheetRow {
	row := sheetRow{
		VillageID: s.Village, Year: s.Quarter.Year, N: s.Quarter.N, Edition: s.Edition, PublishedAt: at(s.PublishedAt),
		HeadSeq: s.Head.Seq, HeadHash: hash(s.Head.Hash), Code: s.Code, Households: len(s.Rows),
	}
	for _, r := range s.Rows {
		if r.Rank > 0 {
			row.Ranked++
		}
	}
	return row
}

func (r sheetRow) sheet(rows []quarter.Row) quarter.Sheet {
	return quarter.Sheet{
		Village: r.VillageID, Quarter: calendar.Quarter{Year: r.Year, N: r.N}, Edition: r.Edition, PublishedAt: r.PublishedAt.Time,
		Head: ledger.Head{Village: r.VillageID, Seq: r.HeadSeq, Hash: ledger.Hash(r.HeadHash)}, Rows: rows, Code: r.Code,
	}
}

type sheetLineRow struct {
	SheetID     int64
	HouseholdID household.ID
	Score       points.Tenths
	Gained      points.Tenths
	Rank        int
}

func (sheetLineRow) TableName() string { return "sheet_row" }

// Quarter locks and returns a village's quarter, a new one where nothing has
// happened in it yet. The caller holds the village's chain, so that two
// transactions never start the same quarter.
func (t *Tx) Quarter(v village.ID, q calendar.Quarter) (quarter.Quarter, error) {
	var row quarterRow
	err := t.locking().Where("village_id = ? AND year = ? AND n = ?", v, q.Year, q.N).Take(&row).Error
	if absent(err) {
		return quarter.New(v, q), nil
	}
	return row.quarter(), err
}

// SaveQuarter keeps a quarter's state, and with it the village's progress.
func (t *Tx) SaveQuarter(q quarter.Quarter) error {
	row := newQuarterRow(q)
	if err := t.db.Save(&row).Error; err != nil {
		return err
	}
	set := map[string]any{"published": -1, "version": t.store.redraw()}
	switch q.State {
	case quarter.Published:
		set["published"] = q.Q.Index()
	case quarter.Sealed:
		set["sealed"] = q.Q.Index()
	}
	return t.db.Model(&villageRow{}).Where("id = ?", q.Village).Updates(set).Error
}

// Ranked returns the households that a sheet of the quarter lists: all that
// are active and joined by its last day.
func (t *Tx) Ranked(v village.ID, q calendar.Quarter) ([]household.Household, error) {
	var rows []householdRow
	err := t.db.Where("village_id = ? AND state = ? AND joined <= ?", v, household.Active, day{q.Last()}).Find(&rows).Error
	out := make([]household.Household, len(rows))
	for i, r := range rows {
		out[i] = r.household()
	}
	return out, err
}

// ScoredLines returns the scored entries of a village's year.
func (t *Tx) ScoredLines(v village.ID, year int) ([]quarter.Line, error) {
	var rows []struct {
		HouseholdID household.ID
		Root        ledger.Kind
		CountsIn    quarterText
		Tenths      points.Tenths
	}
	err := t.db.Model(&entryRow{}).Select("a.household_id, root, counts_in, tenths").
		Joins("JOIN account a ON a.id = ledger_entry.account_id AND a.year = ?", year).
		Where("ledger_entry.village_id = ? AND root IN ?", v, []ledger.Kind{ledger.BaseKind, ledger.Opening, ledger.EventKind}).
		Scan(&rows).Error
	out := make([]quarter.Line, len(rows))
	for i, r := range rows {
		out[i] = quarter.Line{Household: r.HouseholdID, Root: r.Root, CountsIn: r.CountsIn.Quarter, Tenths: r.Tenths}
	}
	return out, err
}

// SaveSheet keeps a sheet for ever and makes it the village's newest.
func (t *Tx) SaveSheet(s quarter.Sheet) error {
	row := newSheetRow(s)
	if err := t.db.Create(&row).Error; err != nil {
		return err
	}
	if err := insert(t.db, sheetLines(row.ID, s.Rows)); err != nil {
		return err
	}
	return t.setLastSheet(s.Village, row.ID)
}

func sheetLines(id int64, rows []quarter.Row) []sheetLineRow {
	out := make([]sheetLineRow, len(rows))
	for i, r := range rows {
		out[i] = sheetLineRow{SheetID: id, HouseholdID: r.Household, Score: r.Score, Gained: r.Gained, Rank: r.Rank}
	}
	return out
}

// YearEnd tells when a village's accounts of a year can be spent and lapse.
func (t *Tx) YearEnd(v village.ID, year int) (calendar.YearEnd, error) {
	q, err := t.readQuarter(v, calendar.Quarter{Year: year, N: 4})
	if err != nil {
		return calendar.YearEnd{}, err
	}
	return yearEnd(year, q.PublishedOn, q.SealedOn), nil
}

func (t *Tx) readQuarter(v village.ID, q calendar.Quarter) (quarter.Quarter, error) {
	var row quarterRow
	err := t.db.Where("village_id = ? AND year = ? AND n = ?", v, q.Year, q.N).Take(&row).Error
	if absent(err) {
		return quarter.New(v, q), nil
	}
	return row.quarter(), err
}

func yearEnd(year int, published, sealed calendar.Date) calendar.YearEnd {
	return calendar.YearEndOf(year, known(published), known(sealed))
}

func known(d calendar.Date) *calendar.Date {
	if d.IsZero() {
		return nil
	}
	return &d
}
