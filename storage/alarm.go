package storage

import (
	"context"
	"encoding/json"
	"time"

	"github.com/xiangfeng/xiangfeng/domain/alarm"
	"github.com/xiangfeng/xiangfeng/domain/calendar"
	"github.com/xiangfeng/xiangfeng/domain/household"
	"github.com/xiangfeng/xiangfeng/domain/record"
	closing "github.com/xiangfeng/xiangfeng/domain/usecase/close"
	"github.com/xiangfeng/xiangfeng/domain/village"
)

type alarmRow struct {
	ID        alarm.ID
	VillageID village.ID
	Year      int
	N         int
	Kind      alarm.Kind
	Name      string
	Facts     string
	Blocks    bool
	FoundAt   instant
	State     alarm.State
	Outcome   alarm.Outcome
	Words     string
	ClosedBy  optional
	ClosedAt  instant
}

func (alarmRow) TableName() string { return "alarm" }

type alarmEventRow struct {
	AlarmID alarm.ID
	EventID record.ID
}

func (alarmEventRow) TableName() string { return "alarm_event" }

type alarmHomeRow struct {
	AlarmID     alarm.ID
	HouseholdID household.ID
}

func (alarmHomeRow) TableName() string { return "alarm_home" }

type overrideRow struct {
	VillageID village.ID
	Year      int
	N         int
	Edition   int
	Reason    string
	Officer   household.PersonID
	At        instant
}

func (overrideRow) TableName() string { return "override" }

func newAlarmRow(c alarm.Case) (alarmRow, error) {
	facts, err := json.Marshal(c.Facts)
	return alarmRow{
		ID: c.ID, VillageID: c.Village, Year: c.Quarter.Year, N: c.Quarter.N, Kind: c.Kind, Name: c.Key, Facts: string(facts), Blocks: c.Blocks,
		FoundAt: at(c.FoundAt), State: c.State, Outcome: c.Outcome, Words: c.Words, ClosedBy: optional(c.ClosedBy), ClosedAt: at(c.ClosedAt),
	}, err
}

// alarm is the case without what is behind it.
func (r alarmRow) alarm() (alarm.Case, error) {
	c := alarm.Case{
		ID: r.ID, Village: r.VillageID, Quarter: calendar.Quarter{Year: r.Year, N: r.N}, Finding: alarm.Finding{Kind: r.Kind, Key: r.Name, Blocks: r.Blocks},
		FoundAt: r.FoundAt.Time, State: r.State, Outcome: r.Outcome, Words: r.Words, ClosedBy: household.PersonID(r.ClosedBy), ClosedAt: r.ClosedAt.Time,
	}
	return c, json.Unmarshal([]byte(r.Facts), &c.Facts)
}

// Alarms are the cases of a quarter, in the order in which they were opened.
func (t *Tx) Alarms(v village.ID, q calendar.Quarter) ([]alarm.Case, error) {
	var rows []alarmRow
	if err := t.db.Where("village_id = ? AND year = ? AND n = ?", v, q.Year, q.N).Order("id").Find(&rows).Error; err != nil {
		return nil, err
	}
	return t.alarms(rows)
}

// alarms are cases with what is behind them.
func (t *Tx) alarms(rows []alarmRow) ([]alarm.Case, error) {
	ids := each(rows, func(r alarmRow) alarm.ID { return r.ID })
	var events []alarmEventRow
	if err := t.db.Where("alarm_id IN ?", ids).Order("alarm_id, event_id").Find(&events).Error; err != nil {
		return nil, err
	}
	var homes []alarmHomeRow
	if err := t.db.Where("alarm_id IN ?", ids).Order("alarm_id, household_id").Find(&homes).Error; err != nil {
		return nil, err
	}
	out := make([]alarm.Case, len(rows))
	at := map[alarm.ID]int{}
	for i, r := range rows {
		var err error
		if out[i], err = r.alarm(); err != nil {
			return nil, err
		}
		at[r.ID] = i
	}
	for _, e := range events {
		c := &out[at[e.AlarmID]]
		c.Events = append(c.Events, e.EventID)
	}
	for _, h := range homes {
		c := &out[at[h.AlarmID]]
		c.Homes = append(c.Homes, h.HouseholdID)
	}
	return out, nil
}

// Alarm locks and returns a case; NotFound where there is none.
func (t *Tx) Alarm(id alarm.ID) (alarm.Case, error) {
	var row alarmRow
	if err := t.locking().Where("id = ?", id).Take(&row).Error; err != nil {
		return alarm.Case{}, translate(err)
	}
	all, err := t.alarms([]alarmRow{row})
	return only(all, err)
}

// SaveAlarm keeps a case, a new one where its ID is 0. What is behind it
// changes only while it is not closed.
func (t *Tx) SaveAlarm(c alarm.Case) error {
	row, err := newAlarmRow(c)
	if err != nil {
		return err
	}
	if err := t.db.Save(&row).Error; err != nil || c.State == alarm.Closed {
		return err
	}
	err = done(
		t.db.Where("alarm_id = ?", row.ID).Delete(&alarmEventRow{}),
		t.db.Where("alarm_id = ?", row.ID).Delete(&alarmHomeRow{}),
	)
	if err != nil {
		return err
	}
	if err := insert(t.db, each(c.Events, func(e record.ID) alarmEventRow { return alarmEventRow{row.ID, e} })); err != nil {
		return err
	}
	return insert(t.db, each(c.Homes, func(h household.ID) alarmHomeRow { return alarmHomeRow{row.ID, h} }))
}

// AlarmLines are what has become of the events behind a case: when each was
// decided against or taken back, or its entry was corrected.
func (t *Tx) AlarmLines(id alarm.ID) ([]alarm.Line, error) {
	var rows []struct {
		ID          record.ID
		State       record.State
		DecidedAt   instant
		CorrectedAt instant
	}
	err := t.db.Table("alarm_event a").Select("e.id, e.state, e.decided_at, c.posted_at AS corrected_at").
		Joins("JOIN event e ON e.id = a.event_id").
		Joins("LEFT JOIN ledger_entry l ON l.event_id = e.id AND l.kind = 'event'").
		Joins("LEFT JOIN ledger_entry c ON c.village_id = l.village_id AND c.corrects = l.seq AND c.kind = 'correction'").
		Where("a.alarm_id = ?", id).Order("e.id").Scan(&rows).Error
	out := make([]alarm.Line, len(rows))
	for i, r := range rows {
		out[i] = alarm.Line{Event: r.ID, State: r.State, ChangedAt: r.CorrectedAt.Time}
		if r.State != record.Pending && r.State != record.Confirmed {
			out[i].ChangedAt = r.DecidedAt.Time
		}
	}
	return out, err
}

// Override is what lets an edition of a quarter through; NotFound for nothing.
func (t *Tx) Override(v village.ID, q calendar.Quarter, edition int) (alarm.Override, error) {
	var r overrideRow
	err := t.db.Where(ofEdition, v, q.Year, q.N, edition).Take(&r).Error
	return alarm.Override{Village: v, Quarter: q, Edition: edition, Reason: r.Reason, By: r.Officer, At: r.At.Time}, translate(err)
}

// SaveOverride keeps the township's word.
func (t *Tx) SaveOverride(o alarm.Override) error {
	return t.db.Create(&overrideRow{
		VillageID: o.Village, Year: o.Quarter.Year, N: o.Quarter.N, Edition: o.Edition, Reason: o.Reason, Officer: o.By, At: at(o.At),
	}).Error
}

// Overseers are a village's leaders and its township's officers.
func (t *Tx) Overseers(v village.Village) (leaders, officers []household.PersonID, err error) {
	if leaders, err = t.holders("village_id = ? AND role = ?", v.ID, household.Leader); err != nil {
		return nil, nil, err
	}
	officers, err = t.Officers(v.Township)
	return leaders, officers, err
}

// Officers are the officers of a township.
func (t *Tx) Officers(id village.TownshipID) ([]household.PersonID, error) {
	return t.holders("township_id = ? AND role = ?", id, household.Officer)
}

// Names are what people are called; nobody's is missing.
func (t *Tx) Names(people ...household.PersonID) (map[household.PersonID]string, error) {
	var rows []personRow
	err := t.db.Select("id, name").Where("id IN ?", people).Find(&rows).Error
	out := map[household.PersonID]string{}
	for _, r := range rows {
		out[r.ID] = r.Name
	}
	return out, err
}

// Supervised tells whether supervision blocks a quarter's sheet to come, and
// whether the township has overridden that.
func (s *Store) Supervised(ctx context.Context, v village.ID, q calendar.Quarter, now time.Time) (blocked, overridden bool, err error) {
	tx := s.reading(ctx)
	current, err := tx.readQuarter(v, q)
	if err != nil {
		return false, false, err
	}
	return closing.Supervised(tx, current, now)
}
