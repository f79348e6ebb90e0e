package storage

import (
	"context"
	"database/sql"
	"fmt"
	"slices"

	"gorm.io/gorm"

	"github.com/xiangfeng/xiangfeng/domain/calendar"
	"github.com/xiangfeng/xiangfeng/domain/household"
	"github.com/xiangfeng/xiangfeng/domain/ledger"
	"github.com/xiangfeng/xiangfeng/domain/quarter"
	"github.com/xiangfeng/xiangfeng/domain/record"
	"github.com/xiangfeng/xiangfeng/domain/script"
)

// Verify proves that entries, kept totals, events and sheets agree and that
// every village's chain is whole. It recomputes everything from the entries
// alone and returns the first damage it meets, or nil.
func (s *Store) Verify(ctx context.Context) (script.Checked, *script.Damage, error) {
	var sum script.Checked
	var damage *script.Damage
	err := s.snapshot(ctx, func(db *gorm.DB) (err error) {
		sum, damage, err = verify(db)
		return err
	})
	return sum, damage, err
}

// snapshot runs f on what the database holds at one moment, while others go
// on writing.
func (s *Store) snapshot(ctx context.Context, f func(*gorm.DB) error) error {
	// A reading transaction on SQLite is a snapshot by itself.
	opts := &sql.TxOptions{}
	if s.postgres {
		opts = &sql.TxOptions{Isolation: sql.LevelRepeatableRead, ReadOnly: true}
	}
	return s.read.WithContext(ctx).Transaction(f, opts)
}

func verify(db *gorm.DB) (sum script.Checked, damage *script.Damage, err error) {
	var villages []villageRow
	if err := db.Order("id").Find(&villages).Error; err != nil {
		return sum, nil, err
	}
	for _, v := range villages {
		a := &audit{db: db, village: v, progress: v.progress()}
		if damage, err = a.run(); damage != nil || err != nil {
			return sum, damage, err
		}
		sum.Villages++
		sum.Accounts += len(a.accounts)
		sum.Entries += len(a.entries)
		sum.Events += a.events
		sum.Sheets += a.sheets
	}
	return sum, nil, nil
}

// audit goes through the books of one village, which fit into memory.
type audit struct {
	db       *gorm.DB
	village  villageRow
	progress ledger.Progress
	entries  []ledger.Entry
	accounts map[ledger.AccountID]ledger.Account
	homes    map[household.ID]householdRow
	events   int
	sheets   int
}

func (a *audit) run() (*script.Damage, error) {
	if err := a.load(); err != nil {
		return nil, fmt.Errorf("storage: verify %s: %w", a.village.Name, err)
	}
	for _, check := range []func() (*script.Damage, error){a.chain, a.totals, a.confirmed, a.quarters, a.published} {
		damage, err := check()
		if err != nil {
			return nil, fmt.Errorf("storage: verify %s: %w", a.village.Name, err)
		}
		if damage != nil {
			damage.Village = a.village.Name
			return damage, nil
		}
	}
	return nil, nil
}

func (a *audit) load() error {
	var accounts []accountRow
	if err := a.db.Where("village_id = ?", a.village.ID).Find(&accounts).Error; err != nil {
		return err
	}
	a.accounts = make(map[ledger.AccountID]ledger.Account, len(accounts))
	for _, r := range accounts {
		a.accounts[r.ID] = r.account()
	}
	var homes []householdRow
	if err := a.db.Where("village_id = ?", a.village.ID).Find(&homes).Error; err != nil {
		return err
	}
	a.homes = make(map[household.ID]householdRow, len(homes))
	for _, h := range homes {
		a.homes[h.ID] = h
	}
	return a.loadEntries()
}

func (a *audit) loadEntries() error {
	var entries []entryRow
	err := a.db.Where("village_id = ?", a.village.ID).Order("seq").Find(&entries).Error
	a.entries = make([]ledger.Entry, len(entries))
	for i, r := range entries {
		a.entries[i] = r.entry()
	}
	return err
}

// at names the household, year and line of an entry.
func (a *audit) at(f script.Fault, e ledger.Entry) *script.Damage {
	account := a.accounts[e.Account]
	return &script.Damage{
		Fault: f, Seq: int64(e.Seq), Number: a.homes[account.Household].Number, Year: account.Year, Line: e.Line,
	}
}

func (a *audit) of(f script.Fault, account ledger.Account) *script.Damage {
	return &script.Damage{Fault: f, Number: a.homes[account.Household].Number, Year: account.Year}
}

// chain follows the links from the first entry to the head.
func (a *audit) chain() (*script.Damage, error) {
	head := ledger.Head{Village: a.village.ID}
	for _, e := range a.entries {
		if !head.Follows(e) {
			return a.at(script.ChainBroken, e), nil
		}
		if _, known := a.accounts[e.Account]; !known {
			return a.at(script.TotalsWrong, e), nil
		}
		head.Seq, head.Hash = e.Seq, e.Hash
	}
	if head != a.village.head() {
		return &script.Damage{Fault: script.HeadWrong, Seq: int64(a.village.HeadSeq)}, nil
	}
	return nil, nil
}

// totals adds every account up again.
func (a *audit) totals() (*script.Damage, error) {
	sums := make(map[ledger.AccountID]*ledger.Totals, len(a.accounts))
	for _, e := range a.entries {
		t := sums[e.Account]
		if t == nil {
			t = &ledger.Totals{}
			sums[e.Account] = t
		}
		if e.Line != t.Lines+1 {
			return a.at(script.LineMissing, e), nil
		}
		t.Add(e, a.progress)
	}
	for id, account := range a.accounts {
		var want ledger.Totals
		if t := sums[id]; t != nil {
			want = *t
		}
		if account.Totals() != want {
			return a.of(script.TotalsWrong, account), nil
		}
		if account.State == ledger.Closed && account.Settled != 0 && account.Grace.IsZero() {
			return a.of(script.NotAtZero, account), nil
		}
	}
	return nil, nil
}

// confirmed holds each confirmed event against its entry, and the reverse.
func (a *audit) confirmed() (*script.Damage, error) {
	var rows []eventRow
	if err := a.db.Where("village_id = ?", a.village.ID).Find(&rows).Error; err != nil {
		return nil, err
	}
	a.events = len(rows)
	events := make(map[int64]eventRow, len(rows))
	for _, r := range rows {
		if r.State == record.Confirmed {
			events[int64(r.ID)] = r
		}
	}
	for _, e := range a.entries {
		if e.Kind != ledger.EventKind {
			continue
		}
		r, ok := events[e.Event]
		same := ok && r.Tenths == e.Tenths && r.HouseholdID == a.accounts[e.Account].Household && r.Recorder == e.Recorder &&
			household.PersonID(r.Confirmer) == e.Confirmer && r.OccurredOn.Date == e.OccurredOn
		if !same {
			return a.at(script.EventWrong, e), nil
		}
		delete(events, e.Event)
	}
	for _, r := range events {
		return &script.Damage{Fault: script.EventWrong, Number: a.homes[r.HouseholdID].Number, Year: r.OccurredOn.Year}, nil
	}
	return nil, nil
}

// quarters holds the village's progress against its quarters.
func (a *audit) quarters() (*script.Damage, error) {
	var rows []quarterRow
	if err := a.db.Where("village_id = ?", a.village.ID).Order("year, n").Find(&rows).Error; err != nil {
		return nil, err
	}
	published, sealed := -1, -1
	for _, r := range rows {
		q := r.quarter()
		switch q.State {
		case quarter.Published:
			published = q.Q.Index()
		case quarter.Sealed:
			sealed = q.Q.Index()
		}
	}
	if published != a.village.Published || sealed >= 0 && sealed != a.village.Sealed {
		return &script.Damage{Fault: script.ProgressWrong}, nil
	}
	return nil, nil
}

// published makes every sheet again from the entries that it may hold.
func (a *audit) published() (*script.Damage, error) {
	var sheets []sheetRow
	if err := a.db.Where("village_id = ?", a.village.ID).Order("year, n, edition").Find(&sheets).Error; err != nil {
		return nil, err
	}
	a.sheets = len(sheets)
	for _, row := range sheets {
		var lines []sheetLineRow
		if err := a.db.Where("sheet_id = ?", row.ID).Order("household_id").Find(&lines).Error; err != nil {
			return nil, err
		}
		if !a.sheetHolds(row, lines) {
			return &script.Damage{Fault: script.SheetWrong, Quarter: calendar.Quarter{Year: row.Year, N: row.N}}, nil
		}
	}
	return nil, nil
}

func (a *audit) sheetHolds(row sheetRow, lines []sheetLineRow) bool {
	kept := make([]quarter.Row, len(lines))
	members := make([]household.Household, len(lines))
	for i, l := range lines {
		kept[i] = quarter.Row{Household: l.HouseholdID, Score: l.Score, Gained: l.Gained, Rank: l.Rank}
		members[i] = a.homes[l.HouseholdID].household()
	}
	sheet := row.sheet(kept)
	if int(row.HeadSeq) > len(a.entries) || row.HeadSeq > 0 && a.entries[row.HeadSeq-1].Hash != sheet.Head.Hash {
		return false
	}
	q := quarter.Quarter{Village: row.VillageID, Q: sheet.Quarter, Edition: row.Edition}
	again := quarter.Snapshot(q, sheet.Head, sheet.PublishedAt, members, a.linesUntil(row.HeadSeq))
	return slices.Equal(again.Rows, kept) && again.Code == row.Code && newSheetRow(again).Ranked == row.Ranked && row.Households == len(kept)
}

// linesUntil are the scored entries up to a head.
func (a *audit) linesUntil(head ledger.Seq) []quarter.Line {
	out := make([]quarter.Line, 0, head)
	for _, e := range a.entries[:head] {
		if account := a.accounts[e.Account]; e.Scored() {
			out = append(out, quarter.Line{Household: account.Household, Root: e.Root, CountsIn: e.CountsIn, Tenths: e.Tenths})
		}
	}
	return out
}
