package storage

import (
	"context"
	"slices"

	"gorm.io/gorm"

	"github.com/xiangfeng/xiangfeng/domain/calendar"
	"github.com/xiangfeng/xiangfeng/domain/fault"
	"github.com/xiangfeng/xiangfeng/domain/household"
	"github.com/xiangfeng/xiangfeng/domain/points"
	"github.com/xiangfeng/xiangfeng/domain/record"
	"github.com/xiangfeng/xiangfeng/domain/script"
	"github.com/xiangfeng/xiangfeng/domain/usecase"
	recording "github.com/xiangfeng/xiangfeng/domain/usecase/record"
	"github.com/xiangfeng/xiangfeng/domain/village"
)

// Unknown are those of the pictures that nobody has handed in for the village.
func (t *Tx) Unknown(v village.ID, photos []record.PhotoHash) ([]record.PhotoHash, error) {
	var held []record.PhotoHash
	err := t.db.Table("photo_hold").Distinct().Where("village_id = ? AND hash IN ?", v, photos).Pluck("hash", &held).Error
	return without(photos, held), err
}

func without(photos, held []record.PhotoHash) []record.PhotoHash {
	return slices.DeleteFunc(slices.Clone(photos), func(p record.PhotoHash) bool { return slices.Contains(held, p) })
}

// only is the one of a list that has one; NotFound where it has none.
func only[T any](list []T, err error) (T, error) {
	var none T
	switch {
	case err != nil:
		return none, err
	case len(list) == 0:
		return none, fault.Refuse(fault.NotFound)
	}
	return list[0], nil
}

func (s *Store) itemRows(ctx context.Context, ids []int64) (map[int64]itemRow, error) {
	return itemsByID(s.read.WithContext(ctx), ids)
}

// itemsByID are rows of catalogues by their ids, of which many may be the same.
func itemsByID(db *gorm.DB, ids []int64) (map[int64]itemRow, error) {
	ids = slices.Clone(ids)
	slices.Sort(ids)
	var rows []itemRow
	err := db.Where("id IN ?", slices.Compact(ids)).Find(&rows).Error
	out := make(map[int64]itemRow, len(rows))
	for _, r := range rows {
		out[r.ID] = r
	}
	return out, err
}

// evidenceOf is the evidence of records, declarations or warnings, by their ids.
func (s *Store) evidenceOf(ctx context.Context, owner string, ids []int64) (map[int64][]evidenceRow, error) {
	out := map[int64][]evidenceRow{}
	if len(ids) == 0 {
		return out, nil
	}
	var rows []evidenceRow
	err := s.read.WithContext(ctx).Where(owner+" IN ?", ids).Order("id").Find(&rows).Error
	for _, r := range rows {
		id := int64(max(r.RecordID, r.DeclarationID, r.WarningID))
		out[id] = append(out[id], r)
	}
	return out, err
}

// namedRecord is a record with the names that are shown of it.
type namedRecord struct {
	Row recordRow `gorm:"embedded"`

	RecorderName, TypistName string
}

// RecordOf is a record with what it brought each household; NotFound where
// there is none.
func (s *Store) RecordOf(ctx context.Context, id record.RecordID) (script.Record, error) {
	return only(s.records(ctx, func(db *gorm.DB) *gorm.DB { return db.Where("r.id = ?", id) }))
}

// Recorded is a page of what a person recorded or typed in a village, the
// newest first, and whether there is more.
func (s *Store) Recorded(ctx context.Context, by household.PersonID, v village.ID, page script.Page) ([]script.Recorded, bool, error) {
	found, err := s.records(ctx, func(db *gorm.DB) *gorm.DB {
		return db.Where("r.village_id = ? AND (r.recorder = ? OR r.typist = ?)", v, by, by).
			Order("r.id DESC").Offset((max(1, page.Number) - 1) * page.Size).Limit(page.Size + 1)
	})
	if more := len(found) > page.Size; more {
		return found[:page.Size], true, err
	}
	return found, false, err
}

func (s *Store) records(ctx context.Context, which func(*gorm.DB) *gorm.DB) ([]script.Record, error) {
	var found []namedRecord
	err := which(s.read.WithContext(ctx).Table("record r").
		Select("r.*, p.name AS recorder_name, COALESCE(t.name, '') AS typist_name").
		Joins("JOIN person p ON p.id = r.recorder").
		Joins("LEFT JOIN person t ON t.id = r.typist")).Scan(&found).Error
	if err != nil || len(found) == 0 {
		return nil, err
	}
	ids := each(found, func(f namedRecord) int64 { return int64(f.Row.ID) })
	items, err := s.itemRows(ctx, each(found, func(f namedRecord) int64 { return f.Row.ItemID }))
	if err != nil {
		return nil, err
	}
	evidence, err := s.evidenceOf(ctx, "record_id", ids)
	if err != nil {
		return nil, err
	}
	out := each(found, func(f namedRecord) script.Record {
		return script.Record{
			Record:       f.Row.record(items[f.Row.ItemID].item(), each(evidence[int64(f.Row.ID)], evidenceRow.evidence)),
			RecorderName: f.RecorderName, TypistName: f.TypistName,
		}
	})
	return out, s.fill(ctx, out, ids)
}

// fill adds what became of the households of records.
func (s *Store) fill(ctx context.Context, records []script.Record, ids []int64) error {
	events, err := s.eventsOf(ctx, ids)
	if err != nil {
		return err
	}
	asides, err := s.asides(ctx, func(db *gorm.DB) *gorm.DB { return db.Where("a.record_id IN ?", ids).Order("a.nth") })
	if err != nil {
		return err
	}
	at := map[record.RecordID]*script.Record{}
	for i := range records {
		r := &records[i]
		r.Events, at[r.ID] = events[r.ID], r
	}
	for _, a := range asides {
		at[a.Record].Asides = append(at[a.Record].Asides, a)
	}
	return nil
}

func (s *Store) eventsOf(ctx context.Context, records []int64) (map[record.RecordID][]script.RecordedEvent, error) {
	var found []struct {
		ID           record.ID
		RecordID     record.RecordID
		HouseholdID  household.ID
		Number, Head string
		Tenths       points.Tenths
		State        record.State
		Reason       string
		Corrects     optional
	}
	err := s.read.WithContext(ctx).Table("event e").
		Select("e.id, e.record_id, e.household_id, h.number, h.head, e.tenths, "+eventState+" AS state, e.reason, e.corrects").
		Joins("JOIN household h ON h.id = e.household_id").
		Where("e.record_id IN ?", records).Order("e.id").Scan(&found).Error
	out := map[record.RecordID][]script.RecordedEvent{}
	for _, f := range found {
		out[f.RecordID] = append(out[f.RecordID], script.RecordedEvent{
			ID: f.ID, Home: script.Home{ID: f.HouseholdID, Number: f.Number, Head: f.Head}, Tenths: f.Tenths, State: f.State,
			Reason: f.Reason, Corrects: record.ID(f.Corrects),
		})
	}
	return out, err
}

// Asides are what waits in a village for a colleague, the oldest first.
func (s *Store) Asides(ctx context.Context, v village.ID) ([]script.Aside, error) {
	return s.asides(ctx, func(db *gorm.DB) *gorm.DB {
		return db.Where("r.village_id = ? AND a.state = ?", v, record.AsideWaiting).Order("a.id")
	})
}

// AsideOf is one household that was set aside; NotFound where there is none.
func (s *Store) AsideOf(ctx context.Context, id record.AsideID) (script.Aside, error) {
	return only(s.asides(ctx, func(db *gorm.DB) *gorm.DB { return db.Where("a.id = ?", id) }))
}

func (s *Store) asides(ctx context.Context, which func(*gorm.DB) *gorm.DB) ([]script.Aside, error) {
	var found []struct {
		Row                             asideRow `gorm:"embedded"`
		ItemID                          int64
		OccurredOn                      day
		RecordedAt                      instant
		Place, Note, Number, Head, Name string
		Recorder                        household.PersonID
		Typist                          optional
	}
	err := which(s.read.WithContext(ctx).Table("aside a").
		Select(`a.*, r.item_id, r.occurred_on, r.recorded_at, r.place, r.note, r.recorder, r.typist, p.name,
			COALESCE(h.number, '') AS number, COALESCE(h.head, '') AS head`).
		Joins("JOIN record r ON r.id = a.record_id").
		Joins("JOIN person p ON p.id = r.recorder").
		Joins("LEFT JOIN household h ON h.id = a.household_id")).Scan(&found).Error
	if err != nil || len(found) == 0 {
		return nil, err
	}
	itemIDs := make([]int64, len(found))
	for i, f := range found {
		itemIDs[i] = f.ItemID
	}
	items, err := s.itemRows(ctx, itemIDs)
	out := make([]script.Aside, len(found))
	for i, f := range found {
		out[i] = script.Aside{
			Aside: f.Row.aside(), Home: script.Home{ID: household.ID(f.Row.HouseholdID), Number: f.Number, Head: f.Head}, Item: items[f.ItemID].item(),
			On: f.OccurredOn.Date, Place: f.Place, Note: f.Note, Recorder: f.Recorder,
			Typist: household.PersonID(f.Typist), Name: f.Name, RecordedAt: f.RecordedAt.Time,
		}
	}
	return out, err
}

// doorScan is a household as it is seen from outside.
type doorScan struct {
	ID           household.ID
	VillageID    village.ID
	Number, Head string
	Place        string
	State        household.State
	Visited      day
}

func (d doorScan) door() script.Door {
	return script.Door{
		Home: script.Home{ID: d.ID, Number: d.Number, Head: d.Head}, Village: d.VillageID, Place: d.Place, Visited: d.Visited.Date,
	}
}

func (s *Store) doors(ctx context.Context) *gorm.DB {
	return s.read.WithContext(ctx).Table("household h").
		Select("h.id, h.village_id, h.number, h.head, h.state, v.name AS place, (SELECT max(x.visited_on) FROM visit x WHERE x.household_id = h.id) AS visited").
		Joins("JOIN village v ON v.id = h.village_id")
}

// Doors are all active households of a village, in the order of their numbers.
func (s *Store) Doors(ctx context.Context, v village.ID) ([]script.Door, error) {
	var found []doorScan
	err := s.doors(ctx).Where("h.village_id = ? AND h.state = ?", v, household.Active).Order("h.number, h.id").Scan(&found).Error
	return each(found, doorScan.door), err
}

// Barred are the households that a person must leave to colleagues: their own,
// and those of their kin.
func (s *Store) Barred(ctx context.Context, p household.PersonID) (map[household.ID]script.Relation, error) {
	out := map[household.ID]script.Relation{}
	db := s.read.WithContext(ctx)
	var own []household.ID
	if err := db.Model(&memberRow{}).Where("person_id = ?", p).Pluck("household_id", &own).Error; err != nil || len(own) == 0 {
		return out, err
	}
	var ties []kinRow
	err := db.Where("a IN ? OR b IN ?", own, own).Find(&ties).Error
	for _, t := range ties {
		out[t.A], out[t.B] = script.KinHome, script.KinHome
	}
	for _, h := range own {
		out[h] = script.OwnHome
	}
	return out, err
}

// Door is a household by what somebody shows of it, and why that person may not
// record for it, "" where they may. A household of a village that is not the
// person's, and not their own, is answered like one that is not there.
func (s *Store) Door(ctx context.Context, p household.PersonID, t recording.Target) (script.Door, fault.Code, error) {
	tx := s.reading(ctx)
	id, revoked, err := tx.shown(t)
	if err != nil || id == 0 {
		return script.Door{}, fault.NotFound, err
	}
	var found []doorScan
	if err := s.doors(ctx).Where("h.id = ?", id).Scan(&found).Error; err != nil || len(found) == 0 {
		return script.Door{}, fault.NotFound, err
	}
	door := found[0].door()
	barred, err := s.Barred(ctx, p)
	if err != nil {
		return script.Door{}, "", err
	}
	door.Relation = barred[id]
	access, err := tx.access(p, door.Village)
	if err != nil {
		return script.Door{}, "", err
	}
	why := mayRecord(access, door, found[0].State)
	switch {
	case why == fault.NotFound, revoked && door.Relation == script.OwnHome && !access.May(usecase.SeeTeam):
		return script.Door{}, fault.NotFound, nil
	case revoked:
		return door, fault.CardRevoked, nil
	}
	door.Warnings, err = s.WarningsOf(ctx, id)
	return door, why, err
}

func mayRecord(a usecase.Access, d script.Door, state household.State) fault.Code {
	switch {
	case !a.May(usecase.SeeTeam) && d.Relation != script.OwnHome:
		return fault.NotFound
	case !a.May(usecase.Record):
		return fault.Forbidden
	case state != household.Active:
		return fault.Gone
	case d.Relation != "":
		return fault.Kin
	}
	return ""
}

// shown finds what household a target names, 0 for none, and whether by a card
// that was revoked.
func (t *Tx) shown(target recording.Target) (household.ID, bool, error) {
	if target.Card == "" {
		return target.Household, false, nil
	}
	card, err := recording.CardOf(t, target.Card)
	if fault.CodeOf(err) == fault.NotFound {
		return 0, false, nil
	}
	return card.Household, card.State != household.CardActive, err
}

func (t *Tx) access(p household.PersonID, v village.ID) (usecase.Access, error) {
	staff, err := t.Staff(p)
	if err != nil {
		return usecase.Access{}, err
	}
	place, err := t.Village(v)
	return usecase.Access{Staff: staff, Village: place}, err
}

// Waits are how many things wait for the team of a village on a day.
func (s *Store) Waits(ctx context.Context, v village.ID, today calendar.Date) (script.Waits, error) {
	var out script.Waits
	err := s.read.WithContext(ctx).Raw(`SELECT
		(SELECT count(*) FROM aside a JOIN record r ON r.id = a.record_id WHERE r.village_id = ? AND a.state = 'waiting') AS asides,
		(SELECT count(*) FROM declaration WHERE village_id = ? AND state = 'waiting') AS declarations,
		(SELECT count(*) FROM warning WHERE village_id = ? AND state = 'open' AND due < ?) AS warnings,
		(SELECT count(*) FROM warning WHERE village_id = ? AND state = 'answered') AS mended`,
		v, v, v, day{today}, v).Scan(&out).Error
	return out, err
}

// TeamOf are who records in a village, each by their highest role, by name.
func (s *Store) TeamOf(ctx context.Context, v village.ID) ([]script.Colleague, error) {
	var found []script.Colleague
	err := s.read.WithContext(ctx).Table("post").Select("p.id, p.name, post.role").
		Joins("JOIN person p ON p.id = post.person_id").
		Where("post.village_id = ? AND post.role IN ?", v, teamRoles).Order("p.name, p.id").Scan(&found).Error
	if err != nil {
		return nil, err
	}
	// Of a person's posts the highest is kept, where the first stood.
	at := map[household.PersonID]int{}
	var team []script.Colleague
	for _, c := range found {
		n, twice := at[c.ID]
		switch {
		case !twice:
			at[c.ID] = len(team)
			team = append(team, c)
		case slices.Index(teamRoles, c.Role) > slices.Index(teamRoles, team[n].Role):
			team[n] = c
		}
	}
	return team, nil
}
