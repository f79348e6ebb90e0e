package storage

import (
	"context"
	"slices"

	"gorm.io/gorm"

	"github.com/xiangfeng/xiangfeng/domain/calendar"
	"github.com/xiangfeng/xiangfeng/domain/household"
	"github.com/xiangfeng/xiangfeng/domain/ledger"
	"github.com/xiangfeng/xiangfeng/domain/record"
	"github.com/xiangfeng/xiangfeng/domain/script"
	"github.com/xiangfeng/xiangfeng/domain/village"
)

// VillageOfEvent is the village that an event belongs to, without a lock;
// NotFound where there is no such event.
func (t *Tx) VillageOfEvent(id record.ID) (village.ID, error) {
	var row eventRow
	err := t.db.Select("village_id").Where("id = ?", id).Take(&row).Error
	return row.VillageID, translate(err)
}

// Events locks and returns events in the order of their ids; what there is not
// is left out.
func (t *Tx) Events(ids []record.ID) ([]record.Event, error) {
	var rows []eventRow
	if err := t.locking().Where("id IN ?", ids).Order("id").Find(&rows).Error; err != nil {
		return nil, err
	}
	items, err := itemsByID(t.db, each(rows, func(r eventRow) int64 { return r.ItemID }))
	return each(rows, func(r eventRow) record.Event { return r.event(items[r.ItemID]) }), err
}

// SaveEvents keeps what was decided about events; where it is the same of all,
// as when many are confirmed, in one statement.
func (t *Tx) SaveEvents(events []record.Event) error {
	if len(events) == 0 {
		return nil
	}
	same := !slices.ContainsFunc(events, func(e record.Event) bool { return !sameDecision(e, events[0]) })
	if !same {
		for _, e := range events {
			if err := t.SaveEvent(e); err != nil {
				return err
			}
		}
		return nil
	}
	if err := t.saveDecided(each(events, func(e record.Event) record.ID { return e.ID }), events[0]); err != nil {
		return err
	}
	return t.touchAll(each(events, func(e record.Event) household.ID { return e.Household }))
}

// touchAll is touch for several households, whose accounts are locked or whose
// village's chain is.
func (t *Tx) touchAll(homes []household.ID) error {
	if len(homes) == 1 {
		return t.touch(homes[0])
	}
	newest := t.db.Table("account a").Select("max(a.id)").Where("a.household_id IN ?", homes).
		Where("NOT EXISTS (SELECT 1 FROM account b WHERE b.household_id = a.household_id AND b.year > a.year)").Group("a.household_id")
	return t.db.Model(&accountRow{}).Where("id IN (?)", newest).Update("version", t.store.redraw()).Error
}

func sameDecision(a, b record.Event) bool {
	return a.State == b.State && a.Confirmer == b.Confirmer && a.DecidedAt.Equal(b.DecidedAt) && a.Reason == b.Reason
}

// Confirmers are a village's leader and deputies with their own households.
func (t *Tx) Confirmers(v village.ID) ([]household.Staff, error) {
	return t.staffWhere("village_id = ? AND role IN ?", v, []household.Role{household.Leader, household.Deputy})
}

// Accounts locks and returns the accounts of households of one year, in the
// order of their ids; those that there are not are left out.
func (t *Tx) Accounts(year int, homes []household.ID) ([]ledger.Account, error) {
	var rows []accountRow
	err := t.locking().Where("household_id IN ? AND year = ?", homes, year).Order("id").Find(&rows).Error
	return each(rows, accountRow.account), err
}

// KeepAll is Keep for postings one after the other on one chain: the entries
// together, each account once, as its last posting left it, and the last head.
func (t *Tx) KeepAll(posted []ledger.Posted) error {
	if len(posted) == 0 {
		return nil
	}
	last := map[ledger.AccountID]ledger.Account{}
	var order []ledger.AccountID
	var rows []entryRow
	for _, p := range posted {
		if _, known := last[p.Account.ID]; !known {
			order = append(order, p.Account.ID)
		}
		last[p.Account.ID] = p.Account
		rows = append(rows, each(p.Entries, newEntryRow)...)
	}
	if err := insert(t.db, rows); err != nil {
		return err
	}
	slices.Sort(order)
	for _, id := range order {
		if err := t.saveAccount(last[id]); err != nil {
			return err
		}
	}
	return t.saveHead(posted[len(posted)-1].Head)
}

// undecided are a village's events that would count in a quarter and wait.
func (s *Store) undecided(ctx context.Context, v village.ID, q calendar.Quarter, p ledger.Progress) *gorm.DB {
	from, to, ok := p.Days(q)
	db := s.read.WithContext(ctx).Table("event e").Where("e.village_id = ? AND e.state = 'pending'", v)
	switch {
	case !ok:
		return db.Where("1 = 0")
	case !from.IsZero():
		db = db.Where("e.occurred_on >= ?", day{from})
	}
	return db.Where("e.occurred_on <= ?", day{to})
}

// JudgedOf are a quarter's events in one state, in the order of their ids after
// one, at most so many, and whether there are more.
func (s *Store) JudgedOf(ctx context.Context, v village.ID, q calendar.Quarter, state record.State, after record.ID, most int) ([]script.Judged, bool, error) {
	p, err := s.reading(ctx).Progress(v)
	if err != nil {
		return nil, false, err
	}
	var db *gorm.DB
	switch state {
	case record.Confirmed:
		db = s.read.WithContext(ctx).Table("ledger_entry x").Joins("JOIN event e ON e.id = x.event_id").
			Where("x.village_id = ? AND x.kind = 'event' AND x.counts_in = ?", v, quarterText{q})
	case record.Rejected:
		db = s.read.WithContext(ctx).Table("event e").
			Where("e.village_id = ? AND e.state = 'rejected' AND e.occurred_on BETWEEN ? AND ?", v, day{q.First()}, day{q.Last()})
	case record.Returned:
		db = s.undecided(ctx, v, q, p).Where("e.returned_by IS NOT NULL")
	default:
		db = s.undecided(ctx, v, q, p).Where("e.returned_by IS NULL")
	}
	found, err := s.judged(ctx, db.Where("e.id > ?", after).Order("e.id").Limit(most+1), q)
	if more := len(found) > most; more {
		return found[:most], true, err
	}
	return found, false, err
}

func (s *Store) judged(ctx context.Context, which *gorm.DB, q calendar.Quarter) ([]script.Judged, error) {
	var found []struct {
		Row                                    eventRow `gorm:"embedded"`
		Number, Head, RecorderName, TypistName string
		LineNo                                 int
	}
	err := which.Select("e.*, h.number, h.head, r.name AS recorder_name, COALESCE(t.name, '') AS typist_name, COALESCE(l.line_no, 0) AS line_no").
		Joins("JOIN household h ON h.id = e.household_id").Joins("JOIN person r ON r.id = e.recorder").
		Joins("LEFT JOIN person t ON t.id = e.typist").
		Joins("LEFT JOIN ledger_entry l ON l.event_id = e.id AND l.kind = 'event'").Scan(&found).Error
	if err != nil || len(found) == 0 {
		return nil, err
	}
	ids := make([]int64, len(found))
	out := make([]script.Judged, len(found))
	for i, f := range found {
		ids[i] = f.Row.ItemID
	}
	items, err := s.itemRows(ctx, ids)
	for i, f := range found {
		out[i] = script.Judged{
			Event: f.Row.event(items[f.Row.ItemID]), Home: script.Home{ID: f.Row.HouseholdID, Number: f.Number, Head: f.Head},
			RecorderName: f.RecorderName, TypistName: f.TypistName, Line: f.LineNo, Late: calendar.QuarterOf(f.Row.OccurredOn.Date).Before(q),
		}
	}
	if err != nil {
		return nil, err
	}
	return out, s.recordsOf(ctx, out)
}

// recordsOf adds what events have from their records: the pictures, where else
// these stand, and how many households there are.
func (s *Store) recordsOf(ctx context.Context, events []script.Judged) error {
	var records []int64
	for _, e := range events {
		if e.Record != 0 && !slices.Contains(records, int64(e.Record)) {
			records = append(records, int64(e.Record))
		}
	}
	if len(records) == 0 {
		return nil
	}
	evidence, err := s.evidenceOf(ctx, "record_id", records)
	if err != nil {
		return err
	}
	var sizes []struct {
		RecordID record.RecordID
		N        int
	}
	err = s.read.WithContext(ctx).Table("event").Select("record_id, count(*) AS n").
		Where("record_id IN ? AND state <> 'withdrawn'", records).Group("record_id").Scan(&sizes).Error
	if err != nil {
		return err
	}
	together := map[record.RecordID]int{}
	for _, r := range sizes {
		together[r.RecordID] = r.N
	}
	uses, err := s.reuses(ctx, evidence)
	for i := range events {
		e := &events[i]
		e.Photos, e.Together, e.Reuses = shown(evidence[int64(e.Record)], false), together[e.Record], uses[int64(e.Record)]
	}
	return err
}

// Judging is what the rules of assessing ask for about households of a village,
// but for who asks.
func (s *Store) Judging(ctx context.Context, v village.Village, homes []household.ID) (record.Scene, error) {
	tx := s.reading(ctx)
	scene := record.Scene{Village: v}
	var err error
	if scene.Confirmers, err = tx.Confirmers(v.ID); err != nil || len(homes) == 0 {
		return scene, err
	}
	scene.Kin, err = tx.KinOf(homes)
	return scene, err
}

// CountJudged is how many events of a village wait for somebody who may decide
// about them, up to a day, and how many were given back to somebody.
func (s *Store) CountJudged(ctx context.Context, v village.ID, who household.PersonID, until calendar.Date) (waiting, returned int, err error) {
	var found struct{ Waiting, Returned int }
	err = s.read.WithContext(ctx).Table("event e").
		Select(`COALESCE(sum(CASE WHEN e.returned_by IS NULL AND e.occurred_on <= ? AND e.recorder <> ? AND (e.typist IS NULL OR e.typist <> ?) THEN 1 ELSE 0 END), 0) AS waiting,
			COALESCE(sum(CASE WHEN e.returned_by IS NOT NULL AND (e.recorder = ? OR e.typist = ?) THEN 1 ELSE 0 END), 0) AS returned`,
			day{until}, who, who, who, who).
		Where("e.village_id = ? AND e.state = 'pending'", v).Scan(&found).Error
	return found.Waiting, found.Returned, err
}
