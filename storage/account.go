package storage

import (
	"fmt"
	"math/rand/v2"
	"time"

	"gorm.io/gorm"

	"github.com/xiangfeng/xiangfeng/domain/calendar"
	"github.com/xiangfeng/xiangfeng/domain/household"
	"github.com/xiangfeng/xiangfeng/domain/ledger"
	"github.com/xiangfeng/xiangfeng/domain/points"
	"github.com/xiangfeng/xiangfeng/domain/village"
)

type accountRow struct {
	ID          ledger.AccountID
	HouseholdID household.ID
	VillageID   village.ID
	Year        int
	State       ledger.State
	Lines       int
	Score       points.Tenths
	Waiting1    points.Tenths
	Waiting2    points.Tenths
	Waiting3    points.Tenths
	Waiting4    points.Tenths
	Settled     points.Tenths
	Reserved    points.Tenths
	WrittenOff  points.Tenths
	Grace       instant
	Version     int64
}

func (accountRow) TableName() string { return "account" }

func (r accountRow) account() ledger.Account {
	return ledger.Account{
		ID: r.ID, Household: r.HouseholdID, Village: r.VillageID, Year: r.Year, State: r.State, Lines: r.Lines,
		Score: r.Score, Waiting: [4]points.Tenths{r.Waiting1, r.Waiting2, r.Waiting3, r.Waiting4},
		Settled: r.Settled, Reserved: r.Reserved, WrittenOff: r.WrittenOff, Grace: r.Grace.Time,
	}
}

// changes are the columns that a posting moves.
func changes(a ledger.Account) map[string]any {
	return map[string]any{
		"state": a.State, "lines": a.Lines, "score": a.Score,
		"waiting1": a.Waiting[0], "waiting2": a.Waiting[1], "waiting3": a.Waiting[2], "waiting4": a.Waiting[3],
		"settled": a.Settled, "reserved": a.Reserved, "written_off": a.WrittenOff, "grace": at(a.Grace),
	}
}

// Account locks and returns a household's account of a year; NotFound where
// there is none.
func (t *Tx) Account(h household.ID, year int) (ledger.Account, error) {
	var row accountRow
	err := t.locking().Where("household_id = ? AND year = ?", h, year).Take(&row).Error
	return row.account(), translate(err)
}

// AccountByID locks and returns an account; NotFound where there is none.
func (t *Tx) AccountByID(id ledger.AccountID) (ledger.Account, error) {
	var row accountRow
	err := t.locking().Where("id = ?", id).Take(&row).Error
	return row.account(), translate(err)
}

// AddAccount saves a new account without lines and returns its id.
func (t *Tx) AddAccount(a ledger.Account) (ledger.AccountID, error) {
	row := newAccountRow(a)
	row.Version = rand.Int64N(1 << 53) // its id, which Load takes, is not known yet
	err := t.db.Create(&row).Error
	return row.ID, err
}

// Purses locks a household's accounts that are not merged, the older first,
// with what decides whether they can be spent.
func (t *Tx) Purses(h household.ID) ([]ledger.Purse, error) {
	var rows []accountRow
	if err := t.locking().Where("household_id = ? AND state <> ?", h, ledger.Merged).Order("year").Find(&rows).Error; err != nil {
		return nil, err
	}
	purses := make([]ledger.Purse, len(rows))
	for i, r := range rows {
		progress, err := t.Progress(r.VillageID)
		if err != nil {
			return nil, err
		}
		end, err := t.YearEnd(r.VillageID, r.Year)
		if err != nil {
			return nil, err
		}
		purses[i] = ledger.Purse{Account: r.account(), Progress: progress, End: end}
	}
	return purses, nil
}

// SaveReserved keeps what an account has reserved.
func (t *Tx) SaveReserved(a ledger.Account) error {
	return t.db.Model(&accountRow{}).Where("id = ?", a.ID).
		Updates(map[string]any{"reserved": a.Reserved, "version": t.store.redraw()}).Error
}

// SealAccounts does what ledger.Account.Seal does, to all accounts of a
// village at once: a thousand rows one by one would hold the lock too long.
// What still waits in earlier years, before a village's first sheet, goes with it.
func (t *Tx) SealAccounts(v village.ID, q calendar.Quarter) error {
	if err := t.seal(t.db.Where("village_id = ? AND year = ?", v, q.Year), q.N); err != nil {
		return err
	}
	const waits = "waiting1 <> 0 OR waiting2 <> 0 OR waiting3 <> 0 OR waiting4 <> 0"
	return t.seal(t.db.Where("village_id = ? AND year < ? AND ("+waits+")", v, q.Year), 4)
}

func (t *Tx) seal(accounts *gorm.DB, quarters int) error {
	set := map[string]any{"version": t.store.redraw()}
	sum := "settled"
	for n := range quarters {
		column := fmt.Sprintf("waiting%d", n+1)
		sum += " + " + column
		set[column] = 0
	}
	set["settled"] = gorm.Expr(sum)
	return accounts.Model(&accountRow{}).Updates(set).Error
}

// Due locks the village's accounts of a year that are open, and those that
// are closed with a grace that is over.
func (t *Tx) Due(v village.ID, year int, now time.Time) ([]ledger.Account, error) {
	var rows []accountRow
	err := t.locking().Where("village_id = ? AND year = ? AND (state = ? OR state = ? AND grace <= ?)",
		v, year, ledger.Open, ledger.Closed, at(now)).Order("id").Find(&rows).Error
	out := make([]ledger.Account, len(rows))
	for i, r := range rows {
		out[i] = r.account()
	}
	return out, err
}
