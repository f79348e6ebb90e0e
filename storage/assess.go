package storage

import (
	"slices"

	"github.com/xiangfeng/xiangfeng/domain/household"
	"github.com/xiangfeng/xiangfeng/domain/ledger"
	"github.com/xiangfeng/xiangfeng/domain/record"
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
	items, err := t.itemsByID(each(rows, func(r eventRow) int64 { return r.ItemID }))
	return each(rows, func(r eventRow) record.Event { return r.event(items[r.ItemID]) }), err
}

func (t *Tx) itemsByID(ids []int64) (map[int64]itemRow, error) {
	slices.Sort(ids)
	var rows []itemRow
	err := t.db.Where("id IN ?", slices.Compact(ids)).Find(&rows).Error
	out := make(map[int64]itemRow, len(rows))
	for _, r := range rows {
		out[r.ID] = r
	}
	return out, err
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
	var posts []postRow
	err := t.db.Where("village_id = ? AND role IN ?", v, []household.Role{household.Leader, household.Deputy}).Order("id").Find(&posts).Error
	if err != nil || len(posts) == 0 {
		return nil, err
	}
	homes, err := t.householdsOf(each(posts, func(p postRow) household.PersonID { return p.PersonID }))
	return each(posts, func(p postRow) household.Staff {
		return household.Staff{
			Person: p.PersonID, Households: homes[p.PersonID],
			Posts: []household.Post{{Person: p.PersonID, Role: p.Role, Village: village.ID(p.VillageID)}},
		}
	}), err
}

// householdsOf are the households of people.
func (t *Tx) householdsOf(people []household.PersonID) (map[household.PersonID][]household.ID, error) {
	var rows []struct {
		PersonID    household.PersonID
		HouseholdID household.ID
	}
	err := t.db.Model(&memberRow{}).Select("person_id, household_id").Where("person_id IN ?", people).Order("id").Scan(&rows).Error
	out := map[household.PersonID][]household.ID{}
	for _, r := range rows {
		out[r.PersonID] = append(out[r.PersonID], r.HouseholdID)
	}
	return out, err
}

// KinOf returns the ties of several households.
func (t *Tx) KinOf(homes []household.ID) (household.Kin, error) {
	var kin household.Kin
	var rows []kinRow
	err := t.db.Where("a IN ? OR b IN ?", homes, homes).Find(&rows).Error
	for _, r := range rows {
		kin.Declare(r.A, r.B, r.Relation)
	}
	return kin, err
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
