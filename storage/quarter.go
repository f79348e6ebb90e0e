package storage

import (
	"math"

	"gorm.io/gorm"

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
	return sheetRow{
		VillageID: s.Village, Year: s.Quarter.Year, N: s.Quarter.N, Edition: s.Edition, PublishedAt: at(s.PublishedAt),
		HeadSeq: s.Head.Seq, HeadHash: hash(s.Head.Hash), Code: s.Code, Households: len(s.Rows), Ranked: s.Ranked(),
	}
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

func (r sheetLineRow) row() quarter.Row {
	return quarter.Row{Household: r.HouseholdID, Score: r.Score, Gained: r.Gained, Rank: r.Rank}
}

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

// SaveQuarter keeps a quarter's state, and with it the village's progress. While
// one quarter hangs, another one that is assessed leaves it hanging.
func (t *Tx) SaveQuarter(q quarter.Quarter) error {
	row := newQuarterRow(q)
	if err := t.db.Save(&row).Error; err != nil {
		return err
	}
	set := map[string]any{"version": t.store.redraw()}
	switch q.State {
	case quarter.Published:
		set["published"] = q.Q.Index()
	case quarter.Sealed:
		set["sealed"], set["published"] = q.Q.Index(), -1
	default:
		set["published"] = gorm.Expr("CASE WHEN published = ? THEN -1 ELSE published END", q.Q.Index())
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

// ScoredLines returns the scored entries of a village's year, in sum what is of
// one household, root and quarter: a sheet adds them up in any case.
func (t *Tx) ScoredLines(v village.ID, year int) ([]quarter.Line, error) {
	var rows []struct {
		HouseholdID household.ID
		Root        ledger.Kind
		CountsIn    quarterText
		Tenths      points.Tenths
	}
	err := t.db.Raw(`SELECT a.household_id, e.root, e.counts_in, sum(e.tenths) AS tenths
		FROM account a JOIN ledger_entry e ON e.account_id = a.id
		WHERE a.village_id = ? AND a.year = ? AND e.root IN ('base', 'opening', 'event')
		GROUP BY a.household_id, e.root, e.counts_in`, v, year).Scan(&rows).Error
	out := make([]quarter.Line, len(rows))
	for i, r := range rows {
		out[i] = quarter.Line{Household: r.HouseholdID, Root: r.Root, CountsIn: r.CountsIn.Quarter, Tenths: r.Tenths}
	}
	return out, err
}

// since is where the chain stood when the sheet before a quarter's went up: the
// newest edition of the quarter before, which was sealed. Without one there is
// nothing that a sheet could have said.
func (t *Tx) since(v village.ID, q calendar.Quarter) (head ledger.Seq, any bool, err error) {
	var heads []ledger.Seq
	before := q.Prev()
	err = t.db.Model(&sheetRow{}).Where("village_id = ? AND year = ? AND n = ?", v, before.Year, before.N).
		Order("edition DESC").Limit(1).Pluck("head_seq", &heads).Error
	if err != nil || len(heads) == 0 {
		return 0, false, err
	}
	return heads[0], true, nil
}

// lineOfSheet is an entry as the lists of a sheet name it.
type lineOfSheet struct {
	Seq         ledger.Seq
	HouseholdID household.ID
	Title       string
	Tenths      points.Tenths
	OccurredOn  day
	Line, Year  int
	Reason      string
	Public      *bool
}

// sheetLinesQuery are entries behind one place of the chain and not behind another;
// what is of no event, such as points from paper, may stand on a board.
const sheetLinesQuery = `SELECT e.seq, a.household_id, e.title, e.tenths, e.occurred_on, c.line_no AS line, a.year, e.reason, i.public
	FROM ledger_entry e
	JOIN account a ON a.id = e.account_id
	LEFT JOIN ledger_entry c ON c.village_id = e.village_id AND c.seq = e.corrects AND e.corrects > 0
	LEFT JOIN event v ON v.id = e.event_id AND e.event_id > 0
	LEFT JOIN item i ON i.id = v.item_id
	WHERE e.village_id = ? AND e.seq > ? AND e.seq <= ? AND `

func (t *Tx) linesBetween(v village.ID, from, to ledger.Seq, where string, args ...any) ([]lineOfSheet, error) {
	var rows []lineOfSheet
	err := t.db.Raw(sheetLinesQuery+where+" ORDER BY e.seq", append([]any{v, from, to}, args...)...).Scan(&rows).Error
	return rows, err
}

// end is behind every chain.
const end = math.MaxInt64

// LateLines are the lines of 补记 in a quarter.
func (t *Tx) LateLines(v village.ID, q calendar.Quarter) ([]quarter.Late, error) {
	return t.lateUntil(v, q, end)
}

func (t *Tx) lateUntil(v village.ID, q calendar.Quarter, to ledger.Seq) ([]quarter.Late, error) {
	from, published, err := t.since(v, q)
	if err != nil || !published {
		return nil, err
	}
	rows, err := t.linesBetween(v, from, to, "e.kind = 'event' AND e.counts_in = ? AND e.occurred_on < ?", quarterText{q}, day{q.First()})
	return each(rows, func(r lineOfSheet) quarter.Late {
		return quarter.Late{
			Seq: r.Seq, Household: r.HouseholdID, Title: r.Title, Tenths: r.Tenths, OccurredOn: r.OccurredOn.Date, Public: r.Public == nil || *r.Public,
		}
	}), err
}

// Errata are the corrections of lines of earlier quarters since the sheet before
// a quarter's.
func (t *Tx) Errata(v village.ID, q calendar.Quarter) ([]quarter.Erratum, error) {
	return t.errataUntil(v, q, end)
}

func (t *Tx) errataUntil(v village.ID, q calendar.Quarter, to ledger.Seq) ([]quarter.Erratum, error) {
	from, published, err := t.since(v, q)
	if err != nil || !published {
		return nil, err
	}
	// A quarter's text sorts as the quarters do.
	rows, err := t.linesBetween(v, from, to, "e.kind = 'correction' AND e.counts_in < ?", quarterText{q})
	return each(rows, func(r lineOfSheet) quarter.Erratum {
		return quarter.Erratum{
			Seq: r.Seq, Household: r.HouseholdID, Line: r.Line, Year: r.Year, Title: r.Title, Tenths: r.Tenths, Reason: r.Reason,
			Public: r.Public == nil || *r.Public,
		}
	}), err
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
	return t.setLastSheet(s.Village, optional(row.ID))
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
