package storage

import (
	"context"
	"fmt"
	"iter"

	"golang.org/x/sync/errgroup"
	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"github.com/xiangfeng/xiangfeng/domain/catalogue"
	"github.com/xiangfeng/xiangfeng/domain/household"
	"github.com/xiangfeng/xiangfeng/domain/ledger"
	"github.com/xiangfeng/xiangfeng/domain/record"
	"github.com/xiangfeng/xiangfeng/domain/sample"
	"github.com/xiangfeng/xiangfeng/domain/village"
)

// batch is how many rows go into one statement: below PostgreSQL's limit of
// parameters with the widest row. SQLite's driver looks through all parameters
// for each of them, so few rows at a time are many times faster there.
const (
	batch       = 500
	sqliteBatch = 16
)

// Load writes whole villages in bulk, each in one transaction, into a
// database that holds none yet. It refuses one that holds a village: bulk
// loading follows no rule of its own and must not touch people's points.
func (s *Store) Load(ctx context.Context, villages iter.Seq[sample.Village]) error {
	var present int64
	if err := s.read.WithContext(ctx).Model(&villageRow{}).Count(&present).Error; err != nil {
		return err
	}
	if present > 0 {
		return fmt.Errorf("storage: the database already holds %d villages", present)
	}
	if err := s.loadAll(ctx, villages); err != nil {
		return err
	}
	return s.afterLoad(ctx)
}

// loaders is how many villages PostgreSQL takes in at once; SQLite has one writer.
const loaders = 3

func (s *Store) loadAll(ctx context.Context, villages iter.Seq[sample.Village]) error {
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(1)
	if s.postgres {
		group.SetLimit(loaders)
	}
	known := map[village.TownshipID]bool{}
	for v := range villages {
		if ctx.Err() != nil {
			break
		}
		load := func() error {
			if err := s.inTx(ctx, func(tx *Tx) error { return tx.loadVillage(v) }); err != nil {
				return fmt.Errorf("storage: load %s: %w", v.Village.Name, err)
			}
			return nil
		}
		if known[v.Township.ID] {
			group.Go(load)
			continue
		}
		// The first of a township brings the officer, to whom the others refer.
		known[v.Township.ID] = true
		if err := load(); err != nil {
			_ = group.Wait()
			return err
		}
	}
	return group.Wait()
}

// afterLoad lets the sequences go on behind the ids that were written, and
// the planner know what is there.
func (s *Store) afterLoad(ctx context.Context) error {
	db := s.write.WithContext(ctx)
	if !s.postgres {
		return analyze(db)
	}
	for _, table := range []string{"account", "event", "record", "evidence", "aside", "visit", "declaration", "warning", "sheet", "item", "member", "post", "person"} {
		next := fmt.Sprintf("SELECT setval(pg_get_serial_sequence('%[1]s', 'id'), COALESCE(max(id), 0) + 1, false) FROM %[1]s", table)
		if err := db.Exec(next).Error; err != nil {
			return err
		}
	}
	return db.Exec("ANALYZE").Error
}

// analyze tells SQLite how many rows there are. The limit also leaves out its
// samples of values: with them every statement is compiled again when its
// arguments are known, which doubles the cost of the hot question.
func analyze(db *gorm.DB) error {
	return db.Connection(func(one *gorm.DB) error {
		if err := one.Exec("PRAGMA analysis_limit = 1000").Error; err != nil {
			return err
		}
		return one.Exec("ANALYZE").Error
	})
}

// Empty tells whether the database holds no village.
func (s *Store) Empty(ctx context.Context) (bool, error) {
	var n int64
	err := s.read.WithContext(ctx).Model(&villageRow{}).Count(&n).Error
	return n == 0, err
}

// insert writes rows in batches; none is fine.
func insert[R any](db *gorm.DB, rows []R) error {
	if len(rows) == 0 {
		return nil
	}
	if db.Name() == "sqlite" {
		return db.CreateInBatches(rows, sqliteBatch).Error
	}
	return db.CreateInBatches(rows, batch).Error
}

// each turns domain values into rows.
func each[D, R any](in []D, row func(D) R) []R {
	out := make([]R, len(in))
	for i, d := range in {
		out[i] = row(d)
	}
	return out
}

func (t *Tx) loadVillage(v sample.Village) error {
	for _, step := range []func(sample.Village) error{t.loadPlace, t.loadPeople, t.loadBooks, t.loadSheets, t.loadMatters} {
		if err := step(v); err != nil {
			return err
		}
	}
	return nil
}

func (t *Tx) loadPlace(v sample.Village) error {
	township := townshipRow{ID: v.Township.ID, Name: v.Township.Name, Office: v.Township.Office}
	if err := t.db.Clauses(clause.OnConflict{DoNothing: true}).Create(&township).Error; err != nil {
		return err
	}
	s := v.Village.Settings
	return t.db.Create(&villageRow{
		ID: v.Village.ID, TownshipID: v.Village.Township, Name: v.Village.Name, Desk: v.Village.Desk,
		Board: s.Board, Signers: s.Signers, LateDays: s.LateDays, MendDays: s.MendDays,
		Sealed: v.Progress.Sealed.Index(), Published: v.Progress.Published.Index(),
		HeadSeq: v.Head.Seq, HeadHash: hash(v.Head.Hash), Version: int64(v.Village.ID),
	}).Error
}

func (t *Tx) loadPeople(v sample.Village) error {
	if err := insert(t.db, each(v.Households, newHouseholdRow)); err != nil {
		return err
	}
	if err := insert(t.db, each(v.Persons, newPersonRow)); err != nil {
		return err
	}
	if err := insert(t.db, each(v.Members, newMemberRow)); err != nil {
		return err
	}
	if err := insert(t.db, each(v.Posts, newPostRow)); err != nil {
		return err
	}
	if err := insert(t.db, each(v.Ties, func(k sample.Tie) kinRow {
		return kinRow{A: min(k.A, k.B), B: max(k.A, k.B), Relation: k.Relation}
	})); err != nil {
		return err
	}
	return insert(t.db, each(v.Cards, newCardRow))
}

func newHouseholdRow(h household.Household) householdRow {
	return householdRow{ID: h.ID, VillageID: h.Village, Number: h.Number, Head: h.Head, State: h.State, Joined: day{h.Joined}}
}

func newMemberRow(m household.Member) memberRow {
	return memberRow{HouseholdID: m.Household, Name: m.Name, Phone: m.Phone, PersonID: optional(m.Person)}
}

// newPersonRow starts the version at the person's id: it only has to change
// later.
func newPersonRow(p household.Person) personRow {
	return personRow{
		ID: p.ID, Openid: orNull(p.OpenID), MiniOpenid: orNull(p.MiniOpenID), Name: p.Name,
		CurrentHousehold: optional(p.Current), Version: int64(p.ID),
	}
}

func orNull(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

func newPostRow(p household.Post) postRow {
	return postRow{PersonID: p.Person, Role: p.Role, VillageID: optional(p.Village), TownshipID: optional(p.Township)}
}

func newAccountRow(a ledger.Account) accountRow {
	return accountRow{
		ID: a.ID, HouseholdID: a.Household, VillageID: a.Village, Year: a.Year, State: a.State, Lines: a.Lines, Score: a.Score,
		Waiting1: a.Waiting[0], Waiting2: a.Waiting[1], Waiting3: a.Waiting[2], Waiting4: a.Waiting[3],
		Settled: a.Settled, Reserved: a.Reserved, WrittenOff: a.WrittenOff, Grace: at(a.Grace), Version: int64(a.ID),
	}
}

func (t *Tx) loadBooks(v sample.Village) error {
	items := each(v.Items, func(i catalogue.Item) itemRow { return newItemRow(v.Village.ID, v.Accounts[0].Year, i) })
	if err := insert(t.db, items); err != nil {
		return err
	}
	ids := make(map[string]int64, len(items))
	for _, i := range items {
		ids[i.Code] = i.ID
	}
	if err := insert(t.db, each(v.Accounts, newAccountRow)); err != nil {
		return err
	}
	if err := insert(t.db, each(v.Records, func(r record.Record) recordRow { return newRecordRow(r, ids[r.Item.Code]) })); err != nil {
		return err
	}
	if err := insert(t.db, each(v.Events, func(e record.Event) eventRow { return newEventRow(e, ids[e.Item.Code]) })); err != nil {
		return err
	}
	return insert(t.db, each(v.Entries, newEntryRow))
}

// loadMatters writes the evidence of the records, the visits, and what waits.
func (t *Tx) loadMatters(v sample.Village) error {
	var evidence []evidenceRow
	for _, r := range v.Records {
		evidence = append(evidence, evidenceRows(r.ID, r.Evidence)...)
	}
	if err := insert(t.db, evidence); err != nil {
		return err
	}
	if err := insert(t.db, each(v.Visits, newVisitRow)); err != nil {
		return err
	}
	for _, d := range v.Declarations {
		if _, err := t.AddDeclaration(d); err != nil {
			return err
		}
	}
	for _, w := range v.Warnings {
		if _, err := t.AddWarning(w); err != nil {
			return err
		}
	}
	return nil
}

func (t *Tx) loadSheets(v sample.Village) error {
	if err := insert(t.db, each(v.Quarters, newQuarterRow)); err != nil {
		return err
	}
	for _, s := range v.Sheets {
		row := newSheetRow(s)
		if err := t.db.Create(&row).Error; err != nil {
			return err
		}
		if err := insert(t.db, sheetLines(row.ID, s.Rows)); err != nil {
			return err
		}
		if err := t.setLastSheet(v.Village.ID, optional(row.ID)); err != nil {
			return err
		}
	}
	return nil
}

func (t *Tx) setLastSheet(v village.ID, sheet optional) error {
	return t.db.Model(&villageRow{}).Where("id = ?", v).
		Updates(map[string]any{"last_sheet": sheet, "version": t.store.redraw()}).Error
}
