package storage

import (
	"context"
	"database/sql"
	"fmt"
	"maps"
	"math"
	"slices"
	"sync"

	"golang.org/x/sync/errgroup"
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
	v := verifying{first: math.MaxInt}
	err := s.snapshot(ctx, "", func(db *gorm.DB) error {
		if err := db.Order("id").Find(&v.villages).Error; err != nil {
			return err
		}
		if !s.postgres {
			return v.work(db)
		}
		var name string
		if err := db.Raw("SELECT pg_export_snapshot()").Scan(&name).Error; err != nil {
			return err
		}
		group, ctx := errgroup.WithContext(ctx)
		for range verifiers {
			group.Go(func() error { return s.snapshot(ctx, name, v.work) })
		}
		return group.Wait()
	})
	if err != nil {
		return script.Checked{}, nil, err
	}
	return v.sum, v.damage, nil
}

// verifiers is how many villages PostgreSQL gives out at once, all of the same
// moment: while one is recomputed, the next is read.
const verifiers = 3

// snapshot runs f on what the database holds at one moment, while others go
// on writing: now, or the moment that another one exported under a name.
func (s *Store) snapshot(ctx context.Context, name string, f func(*gorm.DB) error) error {
	// A reading transaction on SQLite is a snapshot by itself.
	opts := &sql.TxOptions{}
	if s.postgres {
		opts = &sql.TxOptions{Isolation: sql.LevelRepeatableRead, ReadOnly: true}
	}
	return s.read.WithContext(ctx).Transaction(func(db *gorm.DB) error {
		if name != "" {
			// The name is the database's own and cannot be a parameter here.
			if err := db.Exec("SET TRANSACTION SNAPSHOT '" + name + "'").Error; err != nil {
				return err
			}
		}
		return f(db)
	}, opts)
}

// verifying is the villages that are gone through, and what came of it so far.
type verifying struct {
	villages []villageRow

	mu     sync.Mutex
	next   int // of the villages
	sum    script.Checked
	damage *script.Damage
	first  int // the village that it was found in
}

// work goes through one village after the other, until none is left or one
// before it is damaged.
func (v *verifying) work(db *gorm.DB) error {
	for {
		at, ok := v.take()
		if !ok {
			return nil
		}
		a := &audit{db: db, village: v.villages[at], progress: v.villages[at].progress()}
		damage, err := a.run()
		if err != nil {
			return err
		}
		v.note(at, a, damage)
	}
}

func (v *verifying) take() (at int, ok bool) {
	v.mu.Lock()
	defer v.mu.Unlock()
	at = v.next
	v.next++
	return at, at < len(v.villages) && at < v.first
}

func (v *verifying) note(at int, a *audit, damage *script.Damage) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if damage != nil {
		if at < v.first {
			v.first, v.damage = at, damage
		}
		return
	}
	v.sum.Villages++
	v.sum.Accounts += len(a.accounts)
	v.sum.Entries += len(a.entries)
	v.sum.Events += a.events
	v.sum.Sheets += a.sheets
}

// audit goes through the books of one village, which fit into memory.
type audit struct {
	db       *gorm.DB
	village  villageRow
	progress ledger.Progress
	entries  []ledger.Entry
	accounts map[ledger.AccountID]ledger.Account
	homes    map[household.ID]householdRow
	items    map[int64]string // their codes
	quarters []quarter.Quarter
	// withdrawn are the editions that came down with consent.
	withdrawn map[calendar.Quarter][]int
	events    int
	sheets    int
}

func (a *audit) run() (*script.Damage, error) {
	if err := a.load(); err != nil {
		return nil, fmt.Errorf("storage: verify %s: %w", a.village.Name, err)
	}
	for _, check := range []func() (*script.Damage, error){a.chain, a.totals, a.confirmed, a.inOrder, a.published} {
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
	var items []itemRow
	if err := a.db.Where("village_id = ?", a.village.ID).Find(&items).Error; err != nil {
		return err
	}
	a.items = make(map[int64]string, len(items))
	for _, i := range items {
		a.items[i.ID] = i.Code
	}
	return a.loadEntries()
}

// loadEntries reads by hand: with millions of them gorm's reflection is most of
// the time that a verification takes.
func (a *audit) loadEntries() error {
	const columns = "seq, account_id, line_no, kind, root, tenths, counts_in, occurred_on, corrects, event_id, item, title, reason, " +
		"recorder, confirmer, posted_at, prev_hash, hash"
	a.entries = make([]ledger.Entry, 0, a.village.HeadSeq)
	return a.scan("SELECT "+columns+" FROM ledger_entry WHERE village_id = ? ORDER BY seq", func(rows *sql.Rows) error {
		r := entryRow{VillageID: a.village.ID}
		err := rows.Scan(&r.Seq, &r.AccountID, &r.LineNo, &r.Kind, &r.Root, &r.Tenths, &r.CountsIn, &r.OccurredOn, &r.Corrects, &r.EventID,
			&r.Item, &r.Title, &r.Reason, &r.Recorder, &r.Confirmer, &r.PostedAt, &r.PrevHash, &r.Hash)
		a.entries = append(a.entries, r.entry())
		return err
	})
}

// scan runs a query about the village and takes each row of it.
func (a *audit) scan(query string, take func(*sql.Rows) error) error {
	rows, err := a.db.Raw(query, a.village.ID).Rows()
	if err != nil {
		return err
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		if err := take(rows); err != nil {
			return err
		}
	}
	return rows.Err()
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
	for id := range a.accounts {
		sums[id] = &ledger.Totals{}
	}
	for _, e := range a.entries {
		sum := sums[e.Account]
		if e.Line != sum.Lines+1 {
			return a.at(script.LineMissing, e), nil
		}
		sum.Add(e, a.progress)
	}
	for _, id := range slices.Sorted(maps.Keys(a.accounts)) {
		account := a.accounts[id]
		if account.Totals() != *sums[id] {
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
	events, err := a.confirmedEvents()
	if err != nil {
		return nil, err
	}
	for _, e := range a.entries {
		if e.Kind != ledger.EventKind {
			continue
		}
		event, ok := events[e.Event]
		if !ok || !a.matches(event, e) {
			return a.at(script.EventWrong, e), nil
		}
		delete(events, e.Event)
	}
	for _, id := range slices.Sorted(maps.Keys(events)) {
		r := events[id]
		return &script.Damage{Fault: script.EventWrong, Number: a.homes[r.HouseholdID].Number, Year: r.OccurredOn.Year}, nil
	}
	return nil, nil
}

func (a *audit) confirmedEvents() (map[int64]eventRow, error) {
	events := make(map[int64]eventRow, len(a.entries))
	const query = "SELECT id, household_id, item_id, tenths, occurred_on, recorder, confirmer, state FROM event WHERE village_id = ?"
	err := a.scan(query, func(rows *sql.Rows) error {
		var r eventRow
		err := rows.Scan(&r.ID, &r.HouseholdID, &r.ItemID, &r.Tenths, &r.OccurredOn, &r.Recorder, &r.Confirmer, &r.State)
		if a.events++; r.State == record.Confirmed {
			events[int64(r.ID)] = r
		}
		return err
	})
	return events, err
}

func (a *audit) matches(r eventRow, e ledger.Entry) bool {
	return r.Tenths == e.Tenths && r.HouseholdID == a.accounts[e.Account].Household && r.Recorder == e.Recorder &&
		household.PersonID(r.Confirmer) == e.Confirmer && r.OccurredOn.Date == e.OccurredOn && a.items[r.ItemID] == e.Item
}

// inOrder holds the village's progress against its quarters: all from the
// first on are sealed, up to the one that hangs.
func (a *audit) inOrder() (*script.Damage, error) {
	var rows []quarterRow
	if err := a.db.Where("village_id = ?", a.village.ID).Order("year, n").Find(&rows).Error; err != nil {
		return nil, err
	}
	var seen ledger.Progress
	for _, r := range rows {
		q := r.quarter()
		a.quarters = append(a.quarters, q)
		gap := seen.Sealed.Year != 0 && seen.Sealed.Next() != q.Q
		switch {
		case q.State == quarter.Sealed && !gap && seen.Published.Year == 0:
			seen.Sealed = q.Q
		case q.State == quarter.Published && !gap && seen.Published.Year == 0:
			seen.Published = q.Q
		case q.State == quarter.Sealed || q.State == quarter.Published:
			return &script.Damage{Fault: script.ProgressWrong}, nil
		}
	}
	if seen != a.progress {
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
	var down []withdrawalRow
	if err := a.db.Where("village_id = ? AND consented_by IS NOT NULL", a.village.ID).Find(&down).Error; err != nil {
		return nil, err
	}
	a.withdrawn = map[calendar.Quarter][]int{}
	for _, w := range down {
		q := calendar.Quarter{Year: w.Of.Year, N: w.Of.N}
		a.withdrawn[q] = append(a.withdrawn[q], w.Of.Edition)
	}
	a.sheets = len(sheets)
	for _, row := range sheets {
		var lines []sheetLineRow
		if err := a.db.Where("sheet_id = ?", row.ID).Order("household_id").Find(&lines).Error; err != nil {
			return nil, err
		}
		if !a.sheetHolds(row, lines) {
			return wrongSheet(calendar.Quarter{Year: row.Year, N: row.N}), nil
		}
	}
	return a.hung(sheets), nil
}

func wrongSheet(q calendar.Quarter) *script.Damage {
	return &script.Damage{Fault: script.SheetWrong, Quarter: q}
}

// hung holds the quarters against the sheets: every edition is there, the
// newest of the day that its quarter says, and the newest of all is shown.
func (a *audit) hung(sheets []sheetRow) *script.Damage {
	byQuarter := map[calendar.Quarter][]sheetRow{}
	for _, s := range sheets {
		q := calendar.Quarter{Year: s.Year, N: s.N}
		byQuarter[q] = append(byQuarter[q], s)
	}
	for _, q := range a.quarters {
		editions := byQuarter[q.Q]
		if len(editions) != q.Edition {
			return wrongSheet(q.Q)
		}
		hangs := q.State.Hangs()
		if !a.downRightly(q, hangs) {
			return wrongSheet(q.Q)
		}
		if !hangs {
			if slices.ContainsFunc(editions, func(s sheetRow) bool { return s.ID == int64(a.village.LastSheet) }) {
				return wrongSheet(q.Q) // it came down, and is shown
			}
			delete(byQuarter, q.Q)
			continue
		}
		newest := editions[len(editions)-1]
		shown := newest.ID == int64(a.village.LastSheet) || q.Q.Index() < max(a.village.Sealed, a.village.Published)
		if calendar.DateOf(newest.PublishedAt.Time) != q.PublishedOn || !shown {
			return wrongSheet(q.Q)
		}
		delete(byQuarter, q.Q)
	}
	for _, s := range sheets {
		if q := (calendar.Quarter{Year: s.Year, N: s.N}); len(byQuarter[q]) > 0 {
			return wrongSheet(q) // of a quarter that is not there, or has no sheet by its state
		}
	}
	return nil
}

// downRightly tells whether every edition that does not hang came down with the
// township's consent, and none that hangs did.
func (a *audit) downRightly(q quarter.Quarter, hangs bool) bool {
	down := q.Edition
	if hangs {
		down--
	}
	n := 0
	for _, edition := range a.withdrawn[q.Q] {
		if edition > down {
			return false
		}
		n++
	}
	return n == down
}

func (a *audit) sheetHolds(row sheetRow, lines []sheetLineRow) bool {
	kept := each(lines, sheetLineRow.row)
	members := make([]household.Household, len(lines))
	for i, l := range lines {
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
