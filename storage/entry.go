package storage

import (
	"github.com/xiangfeng/xiangfeng/domain/household"
	"github.com/xiangfeng/xiangfeng/domain/ledger"
	"github.com/xiangfeng/xiangfeng/domain/points"
	"github.com/xiangfeng/xiangfeng/domain/village"
)

type entryRow struct {
	VillageID  village.ID
	Seq        ledger.Seq
	AccountID  ledger.AccountID
	LineNo     int
	Kind       ledger.Kind
	Root       ledger.Kind
	Tenths     points.Tenths
	CountsIn   quarterText
	OccurredOn day
	Corrects   ledger.Seq
	EventID    int64
	Item       string
	Title      string
	Reason     string
	Recorder   household.PersonID
	Confirmer  household.PersonID
	PostedAt   instant
	PrevHash   hash
	Hash       hash
}

func (entryRow) TableName() string { return "ledger_entry" }

func newEntryRow(e ledger.Entry) entryRow {
	return entryRow{
		VillageID: e.Village, Seq: e.Seq, AccountID: e.Account, LineNo: e.Line, Kind: e.Kind, Root: e.Root, Tenths: e.Tenths,
		CountsIn: quarterText{e.CountsIn}, OccurredOn: day{e.OccurredOn}, Corrects: e.Corrects, EventID: e.Event,
		Item: e.Item, Title: e.Title, Reason: e.Reason, Recorder: e.Recorder, Confirmer: e.Confirmer,
		PostedAt: at(e.PostedAt), PrevHash: hash(e.Prev), Hash: hash(e.Hash),
	}
}

func (r entryRow) entry() ledger.Entry {
	return ledger.Entry{
		Village: r.VillageID, Seq: r.Seq, Account: r.AccountID, Line: r.LineNo, Kind: r.Kind, Root: r.Root, Tenths: r.Tenths,
		CountsIn: r.CountsIn.Quarter, OccurredOn: r.OccurredOn.Date, Corrects: r.Corrects, Event: r.EventID,
		Item: r.Item, Title: r.Title, Reason: r.Reason, Recorder: r.Recorder, Confirmer: r.Confirmer,
		PostedAt: r.PostedAt.Time, Prev: ledger.Hash(r.PrevHash), Hash: ledger.Hash(r.Hash),
	}
}

// Head locks the village's chain and returns its newest link.
func (t *Tx) Head(v village.ID) (ledger.Head, error) {
	var row villageRow
	err := t.locking().Where("id = ?", v).Take(&row).Error
	return row.head(), translate(err)
}

// Progress returns how far the village's quarters have come.
func (t *Tx) Progress(v village.ID) (ledger.Progress, error) {
	var row villageRow
	err := t.db.Where("id = ?", v).Take(&row).Error
	return row.progress(), translate(err)
}

// Keep appends what was posted, and saves the account and the head.
func (t *Tx) Keep(p ledger.Posted) error {
	if len(p.Entries) > 0 {
		rows := each(p.Entries, newEntryRow)
		if err := t.db.Create(&rows).Error; err != nil {
			return err
		}
	}
	if err := t.saveAccount(p.Account); err != nil {
		return err
	}
	return t.saveHead(p.Head)
}

func (t *Tx) saveAccount(a ledger.Account) error {
	set := changes(a)
	set["version"] = t.store.redraw()
	return t.db.Model(&accountRow{}).Where("id = ?", a.ID).Updates(set).Error
}

func (t *Tx) saveHead(h ledger.Head) error {
	return t.db.Model(&villageRow{}).Where("id = ?", h.Village).
		Updates(map[string]any{"head_seq": h.Seq, "head_hash": hash(h.Hash)}).Error
}

// Entry returns an entry and whether a correction names it; NotFound where
// there is none.
func (t *Tx) Entry(v village.ID, seq ledger.Seq) (ledger.Entry, bool, error) {
	var row entryRow
	if err := t.db.Where("village_id = ? AND seq = ?", v, seq).Take(&row).Error; err != nil {
		return ledger.Entry{}, false, translate(err)
	}
	var corrections int64
	err := t.db.Model(&entryRow{}).Where("village_id = ? AND corrects = ? AND kind = ?", v, seq, ledger.Correction).
		Count(&corrections).Error
	return row.entry(), corrections > 0, err
}

// Returned is how much of a redemption came back, by return or reinstatement.
func (t *Tx) Returned(v village.ID, seq ledger.Seq) (points.Tenths, error) {
	var sum points.Tenths
	err := t.db.Model(&entryRow{}).Select("COALESCE(SUM(tenths), 0)").
		Where("village_id = ? AND corrects = ? AND kind IN ?", v, seq, []ledger.Kind{ledger.Return, ledger.Reinstatement}).
		Scan(&sum).Error
	return sum, err
}
