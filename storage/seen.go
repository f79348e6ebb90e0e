package storage

import (
	"time"

	"github.com/xiangfeng/xiangfeng/domain/alarm"
	"github.com/xiangfeng/xiangfeng/domain/calendar"
	"github.com/xiangfeng/xiangfeng/domain/household"
	"github.com/xiangfeng/xiangfeng/domain/ledger"
	"github.com/xiangfeng/xiangfeng/domain/photo"
	"github.com/xiangfeng/xiangfeng/domain/points"
	"github.com/xiangfeng/xiangfeng/domain/quarter"
	"github.com/xiangfeng/xiangfeng/domain/record"
	"github.com/xiangfeng/xiangfeng/domain/village"
)

// quartersBefore is over how many quarters supervision looks back.
const quartersBefore = 4

// Seen is a village's quarter as supervision looks at it, in a fixed number of
// statements, however many households there are.
func (t *Tx) Seen(v village.ID, q calendar.Quarter, now time.Time) (alarm.Seen, error) {
	s := alarm.Seen{Quarter: q, Now: now}
	for _, read := range []func(village.ID, calendar.Quarter, *alarm.Seen) error{
		t.seenHomes, t.seenEvents, t.seenPhotos, t.seenVisits, t.seenKin, t.seenTeam,
	} {
		if err := read(v, q, &s); err != nil {
			return s, err
		}
	}
	return s, nil
}

func (t *Tx) seenHomes(v village.ID, q calendar.Quarter, s *alarm.Seen) error {
	homes, err := t.Ranked(v, q)
	if err != nil {
		return err
	}
	var rows []struct {
		HouseholdID household.ID
		Year, N     int
		Gained      points.Tenths
	}
	// the newest edition of each sealed quarter, which the quarter names
	err = t.db.Table("quarter q").Select("r.household_id, q.year, q.n, r.gained").
		Joins("JOIN sheet s ON s.village_id = q.village_id AND s.year = q.year AND s.n = q.n AND s.edition = q.edition").
		Joins("JOIN sheet_row r ON r.sheet_id = s.id").
		Where("q.village_id = ? AND q.state = ? AND q.year * 4 + q.n - 1 BETWEEN ? AND ?", v, quarter.Sealed, q.Index()-quartersBefore, q.Index()-1).
		Scan(&rows).Error
	if err != nil {
		return err
	}
	gained := map[household.ID]map[int]points.Tenths{}
	for _, r := range rows {
		if gained[r.HouseholdID] == nil {
			gained[r.HouseholdID] = map[int]points.Tenths{}
		}
		gained[r.HouseholdID][calendar.Quarter{Year: r.Year, N: r.N}.Index()] = r.Gained
	}
	for _, h := range homes {
		home := alarm.Home{ID: h.ID, Joined: h.Joined}
		for i := q.Index() - 1; i >= q.Index()-quartersBefore; i-- {
			got, listed := gained[h.ID][i]
			if !listed {
				break
			}
			home.Before = append(home.Before, got)
		}
		s.Homes = append(s.Homes, home)
	}
	return nil
}

type seenEvent struct {
	ID          record.ID
	HouseholdID household.ID
	RecordID    optional
	Code        string
	Tenths      points.Tenths
	OccurredOn  day
	RecordedAt  instant
	Recorder    household.PersonID
	Confirmer   optional
}

const seenColumns = "e.id, e.household_id, e.record_id, i.code, e.occurred_on, e.recorded_at, e.recorder, e.confirmer"

// seenEvents are those that wait and occurred by the quarter's end, and those
// whose entry counts in it, as their corrections left them.
func (t *Tx) seenEvents(v village.ID, q calendar.Quarter, s *alarm.Seen) error {
	var waiting, counted []seenEvent
	err := t.db.Table("event e").Select(seenColumns+", e.tenths").Joins("JOIN item i ON i.id = e.item_id").
		Where("e.village_id = ? AND e.state = ? AND e.occurred_on <= ?", v, record.Pending, day{q.Last()}).Order("e.id").Scan(&waiting).Error
	if err != nil {
		return err
	}
	err = t.db.Table("ledger_entry l").Select(seenColumns+", l.tenths").
		Joins("JOIN event e ON e.id = l.event_id").Joins("JOIN item i ON i.id = e.item_id").
		Where("l.village_id = ? AND l.kind = ? AND l.counts_in = ?", v, ledger.EventKind, quarterText{q}).Order("e.id").Scan(&counted).Error
	if err != nil {
		return err
	}
	corrected, err := t.correctedIn(v, q)
	if err != nil {
		return err
	}
	for _, e := range append(waiting, counted...) {
		tenths := e.Tenths + corrected[e.ID]
		if tenths == 0 {
			continue // a line that was taken back altogether
		}
		s.Events = append(s.Events, alarm.Event{
			ID: e.ID, Household: e.HouseholdID, Record: record.RecordID(e.RecordID), Item: e.Code, Tenths: tenths, OccurredOn: e.OccurredOn.Date,
			RecordedAt: e.RecordedAt.Time, Recorder: e.Recorder, Confirmer: household.PersonID(e.Confirmer),
		})
	}
	return nil
}

// correctedIn is by how much corrections moved the events of a quarter. A
// correction of a correction leads back over at most a few steps.
func (t *Tx) correctedIn(v village.ID, q calendar.Quarter) (map[record.ID]points.Tenths, error) {
	var rows []struct {
		Seq, Corrects ledger.Seq
		Tenths        points.Tenths
		EventID       record.ID
	}
	err := t.db.Model(&entryRow{}).Select("seq, corrects, tenths, event_id").
		Where("village_id = ? AND root = ? AND counts_in = ?", v, ledger.EventKind, quarterText{q}).Order("seq").Scan(&rows).Error
	root := make(map[ledger.Seq]record.ID, len(rows))
	out := map[record.ID]points.Tenths{}
	for _, r := range rows {
		if r.Corrects == 0 {
			root[r.Seq] = r.EventID
			continue
		}
		root[r.Seq] = root[r.Corrects]
		out[root[r.Seq]] += r.Tenths
	}
	return out, err
}

// seenPhotos adds the pictures of the events' records, the day that they name,
// and whether they stand elsewhere, too.
func (t *Tx) seenPhotos(v village.ID, _ calendar.Quarter, s *alarm.Seen) error {
	all, err := t.picturesOf(v)
	if err != nil {
		return err
	}
	here := map[record.RecordID]bool{}
	for _, e := range s.Events {
		here[e.Record] = e.Record != 0
	}
	var own []picture
	for _, p := range all {
		if here[p.RecordID] {
			own = append(own, p)
		}
	}
	again, err := t.again(v, own, all)
	if err != nil {
		return err
	}
	byRecord := map[record.RecordID][]picture{}
	for _, p := range own {
		byRecord[p.RecordID] = append(byRecord[p.RecordID], p)
	}
	for i := range s.Events {
		for _, p := range byRecord[s.Events[i].Record] {
			p.show(&s.Events[i], again)
		}
	}
	return nil
}

// picture is a picture of a record of the village, some event of which stands.
type picture struct {
	RecordID   record.RecordID
	ItemID     int64
	OccurredOn day
	Photo      record.PhotoHash
	Near       int64
	TakenAt    instant
}

// use is a picture in a record.
type use struct {
	record record.RecordID
	photo  record.PhotoHash
}

func (p picture) show(e *alarm.Event, again map[use]bool) {
	e.Photos = append(e.Photos, p.Photo)
	if !p.TakenAt.IsZero() && e.TakenOn.IsZero() {
		e.TakenOn = calendar.DateOf(p.TakenAt.Time)
	}
	e.Reused = e.Reused || again[use{p.RecordID, p.Photo}]
}

// same tells whether two records are of one deed: more households than a record
// takes, those that were set aside, what was recorded anew.
func (p picture) same(o picture) bool {
	return p.RecordID == o.RecordID || p.ItemID == o.ItemID && p.OccurredOn == o.OccurredOn
}

func (p picture) alike(o picture) bool {
	return p.Photo == o.Photo || photo.Alike(uint64(p.Near), uint64(o.Near))
}

const stands = "EXISTS (SELECT 1 FROM event e WHERE e.record_id = x.record_id AND e.state <> 'withdrawn')"

func (t *Tx) picturesOf(v village.ID) (all []picture, err error) {
	err = t.db.Table("record r").Select("x.record_id, r.item_id, r.occurred_on, x.photo, p.near, p.taken_at").
		Joins("JOIN evidence x ON x.record_id = r.id AND x.photo <> ''").
		Joins("JOIN photo p ON p.hash = x.photo").
		Where("r.village_id = ?", v).Where(stands).Order("x.record_id, x.id").Scan(&all).Error
	return all, err
}

// again are the uses of pictures that are, or look like, one of another deed of
// the village, or are one of another village's.
func (t *Tx) again(v village.ID, own, all []picture) (map[use]bool, error) {
	elsewhere, err := t.elsewhere(v)
	if err != nil {
		return nil, err
	}
	instead, err := t.instead(v)
	if err != nil {
		return nil, err
	}
	out := map[use]bool{}
	for _, p := range own {
		out[use{p.RecordID, p.Photo}] = elsewhere[p.Photo]
		for _, o := range all {
			if !p.same(o) && p.alike(o) && !instead[[2]record.RecordID{p.RecordID, o.RecordID}] && !instead[[2]record.RecordID{o.RecordID, p.RecordID}] {
				out[use{p.RecordID, p.Photo}] = true
				break
			}
		}
	}
	return out, nil
}

// elsewhere are the pictures of the village's records that another village's
// have, too.
func (t *Tx) elsewhere(v village.ID) (map[record.PhotoHash]bool, error) {
	var found []record.PhotoHash
	err := t.db.Table("record o").Distinct().Joins("JOIN evidence y ON y.record_id = o.id AND y.photo <> ''").
		Joins("JOIN evidence x ON x.photo = y.photo AND x.photo <> '' AND x.record_id <> y.record_id").
		Joins("JOIN record r ON r.id = x.record_id AND r.village_id <> o.village_id").
		Where("o.village_id = ?", v).Where(stands).Pluck("x.photo", &found).Error
	out := make(map[record.PhotoHash]bool, len(found))
	for _, p := range found {
		out[p] = true
	}
	return out, err
}

// instead are pairs of records, one of which holds an event in the place of
// one of the other.
func (t *Tx) instead(v village.ID) (map[[2]record.RecordID]bool, error) {
	var rows []struct{ One, Other record.RecordID }
	err := t.db.Table("event e").Distinct("e.record_id AS one, o.record_id AS other").Joins("JOIN event o ON o.id = e.corrects").
		Where("e.village_id = ? AND e.corrects IS NOT NULL AND e.record_id IS NOT NULL AND o.record_id IS NOT NULL", v).Scan(&rows).Error
	out := make(map[[2]record.RecordID]bool, len(rows))
	for _, r := range rows {
		out[[2]record.RecordID{r.One, r.Other}] = true
	}
	return out, err
}

func (t *Tx) seenVisits(v village.ID, q calendar.Quarter, s *alarm.Seen) error {
	var rows []visitRow
	err := t.db.Where("village_id = ? AND visited_on BETWEEN ? AND ?", v, day{q.First()}, day{q.Last()}).Order("id").Find(&rows).Error
	s.Visits = each(rows, func(r visitRow) alarm.Visit {
		return alarm.Visit{Household: r.HouseholdID, By: r.Visitor, On: r.VisitedOn.Date}
	})
	return err
}

func (t *Tx) seenKin(v village.ID, _ calendar.Quarter, s *alarm.Seen) (err error) {
	s.Kin, err = kinOf(t.db.Joins("JOIN household h ON h.id = kin.a AND h.village_id = ?", v))
	return err
}

func (t *Tx) seenTeam(v village.ID, _ calendar.Quarter, s *alarm.Seen) error {
	team, err := t.TeamStaff(v)
	s.Team = each(team, func(m household.Staff) alarm.Recorder {
		return alarm.Recorder{Person: m.Person, Households: m.Households}
	})
	return err
}
