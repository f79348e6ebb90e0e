package storage

import (
	"context"
	"time"

	"github.com/xiangfeng/xiangfeng/domain/alarm"
	"github.com/xiangfeng/xiangfeng/domain/calendar"
	"github.com/xiangfeng/xiangfeng/domain/dispute"
	"github.com/xiangfeng/xiangfeng/domain/household"
	"github.com/xiangfeng/xiangfeng/domain/points"
	"github.com/xiangfeng/xiangfeng/domain/quarter"
	"github.com/xiangfeng/xiangfeng/domain/record"
	"github.com/xiangfeng/xiangfeng/domain/script"
	"github.com/xiangfeng/xiangfeng/domain/village"
)

// Unlooked tells whether a look at the quarter now would change its cases.
func (s *Store) Unlooked(ctx context.Context, v village.ID, q calendar.Quarter, now time.Time) (bool, error) {
	tx := s.reading(ctx)
	current, err := tx.readQuarter(v, q)
	if err != nil || !current.ToCome(calendar.DateOf(now)) {
		return false, err
	}
	seen, err := tx.Seen(v, q, now)
	if err != nil {
		return false, err
	}
	kept, err := tx.Alarms(v, q)
	return len(alarm.Merge(kept, alarm.Inspect(seen), v, q, now)) > 0, err
}

// Unpublished are the villages with households by a quarter's last day that have
// not published it.
func (s *Store) Unpublished(ctx context.Context, q calendar.Quarter) ([]village.ID, error) {
	var ids []village.ID
	err := s.behind(ctx, q).Pluck("v.id", &ids).Error
	return ids, err
}

// AlarmOf is a case without what is behind it; NotFound where there is none.
func (s *Store) AlarmOf(ctx context.Context, id alarm.ID) (alarm.Case, error) {
	var row alarmRow
	if err := s.read.WithContext(ctx).Where("id = ?", id).Take(&row).Error; err != nil {
		return alarm.Case{}, translate(err)
	}
	return row.alarm()
}

// AlarmsOf are the cases of a village's quarter with what is behind them, the
// open ones first, the gravest first among them.
func (s *Store) AlarmsOf(ctx context.Context, v village.ID, q calendar.Quarter) ([]script.Alarm, error) {
	tx := s.reading(ctx)
	cases, err := tx.Alarms(v, q)
	if err != nil || len(cases) == 0 {
		return nil, err
	}
	var people []household.PersonID
	var ids []alarm.ID
	for _, c := range cases {
		people = append(people, c.Facts.Recorder, c.Facts.Other, c.ClosedBy)
		ids = append(ids, c.ID)
	}
	names, err := tx.Names(people...)
	if err != nil {
		return nil, err
	}
	lines, err := tx.alarmLines(ids)
	if err != nil {
		return nil, err
	}
	homes, err := tx.alarmHomes(ids)
	if err != nil {
		return nil, err
	}
	var out []script.Alarm
	for _, open := range []bool{true, false} {
		for _, k := range alarm.Kinds() {
			for _, c := range cases {
				if c.Kind == k && (c.State == alarm.Open) == open {
					out = append(out, script.Alarm{
						Case: c, Recorder: names[c.Facts.Recorder], Other: names[c.Facts.Other], Closer: names[c.ClosedBy], Lines: lines[c.ID], Visit: homes[c.ID],
					})
				}
			}
		}
	}
	return out, nil
}

func (t *Tx) alarmLines(ids []alarm.ID) (map[alarm.ID][]script.AlarmLine, error) {
	var rows []struct {
		AlarmID     alarm.ID
		ID          record.ID
		HouseholdID household.ID
		Number      string
		Head        string
		Title       string
		Tenths      points.Tenths
		OccurredOn  day
		Name        string
	}
	err := t.db.Table("alarm_event a").Select("a.alarm_id, e.id, e.household_id, h.number, h.head, i.title, e.tenths, e.occurred_on, p.name").
		Joins("JOIN event e ON e.id = a.event_id").Joins("JOIN household h ON h.id = e.household_id").
		Joins("JOIN item i ON i.id = e.item_id").Joins("JOIN person p ON p.id = e.recorder").
		Where("a.alarm_id IN ?", ids).Order("a.alarm_id, h.number, e.occurred_on, e.id").Scan(&rows).Error
	out := map[alarm.ID][]script.AlarmLine{}
	for _, r := range rows {
		out[r.AlarmID] = append(out[r.AlarmID], script.AlarmLine{
			Event: r.ID, Home: script.Home{ID: r.HouseholdID, Number: r.Number, Head: r.Head}, Title: r.Title, Tenths: r.Tenths,
			On: r.OccurredOn.Date, Recorder: r.Name,
		})
	}
	return out, err
}

func (t *Tx) alarmHomes(ids []alarm.ID) (map[alarm.ID][]script.Home, error) {
	var rows []struct {
		AlarmID alarm.ID
		ID      household.ID
		Number  string
		Head    string
	}
	err := t.db.Table("alarm_home a").Select("a.alarm_id, h.id, h.number, h.head").Joins("JOIN household h ON h.id = a.household_id").
		Where("a.alarm_id IN ?", ids).Order("a.alarm_id, h.number").Scan(&rows).Error
	out := map[alarm.ID][]script.Home{}
	for _, r := range rows {
		out[r.AlarmID] = append(out[r.AlarmID], script.Home{ID: r.ID, Number: r.Number, Head: r.Head})
	}
	return out, err
}

// OverrideOf is the township's word about the next or the newest sheet of a
// quarter; NotFound where there is none.
func (s *Store) OverrideOf(ctx context.Context, v village.ID, q calendar.Quarter) (alarm.Override, error) {
	tx := s.reading(ctx)
	current, err := tx.readQuarter(v, q)
	if err != nil {
		return alarm.Override{}, err
	}
	edition := current.Edition
	if current.State == quarter.Open || current.State == quarter.Assessing {
		edition++
	}
	return tx.Override(v, q, edition)
}

// TownshipIDs are all townships.
func (s *Store) TownshipIDs(ctx context.Context) (ids []village.TownshipID, err error) {
	err = s.read.WithContext(ctx).Model(&townshipRow{}).Order("id").Pluck("id", &ids).Error
	return ids, err
}

// ExceptionsOf are those of a month for a township's pages, as of a day.
func (s *Store) ExceptionsOf(ctx context.Context, id village.TownshipID, m calendar.Month, asOf calendar.Date) (script.Exceptions, error) {
	return s.reading(ctx).Exceptions(id, m, asOf)
}

// Exceptions are what a township's office has to see of a month, as of a day,
// in a fixed number of statements; NotFound for a township that there is not.
func (t *Tx) Exceptions(id village.TownshipID, m calendar.Month, asOf calendar.Date) (script.Exceptions, error) {
	var place townshipRow
	if err := t.db.Where("id = ?", id).Take(&place).Error; err != nil {
		return script.Exceptions{}, translate(err)
	}
	until := m.Last().AddDays(1)
	if asOf.AddDays(1).Before(until) {
		until = asOf.AddDays(1)
	}
	e := exceptions{t, id, m, until.Start(), asOf}
	out := script.Exceptions{Place: place.Name, Month: m}
	for _, section := range []struct {
		kind script.ExceptionKind
		read func() ([]script.ExceptionLine, error)
	}{
		{script.NotPublished, e.late},
		{script.InDispute, e.disputed},
		{script.NotSeen, e.unvisited},
		{script.AllAlike, e.alike},
		{script.Overridden, e.overridden},
		{script.NotTold, e.untold},
	} {
		lines, err := section.read()
		if err != nil {
			return out, err
		}
		if len(lines) > 0 {
			out.Sections = append(out.Sections, script.Exception{Kind: section.kind, Lines: lines})
		}
	}
	return out, nil
}

// exceptions are those of one township and month, up to an instant.
type exceptions struct {
	*Tx
	township village.TownshipID
	month    calendar.Month
	until    time.Time
	asOf     calendar.Date
}

// exceptionScan is a line as it is read.
type exceptionScan struct {
	VillageID village.ID
	Place     string
	Year, N   int
	Count     int
	Of        int
	Reason    string
	Outcome   alarm.Outcome
	Facts     string
	Passed    bool
}

func (r exceptionScan) line() script.ExceptionLine {
	return script.ExceptionLine{
		Village: r.VillageID, Place: r.Place, Quarter: calendar.Quarter{Year: r.Year, N: r.N}, Count: r.Count, Of: r.Of,
		Reason: r.Reason, Outcome: r.Outcome, Passed: r.Passed,
	}
}

// late are the villages that have not published the newest quarter that was due.
func (e exceptions) late() ([]script.ExceptionLine, error) {
	q := calendar.QuarterOf(e.asOf).Prev()
	if e.asOf.Before(calendar.LateFrom(q)) {
		q = q.Prev()
	}
	var rows []exceptionScan
	err := e.db.Table("village v").Select("v.id AS village_id, v.name AS place").Where("v.township_id = ?", e.township).
		Where(settled, day{q.Last()}).
		Where("v.sealed < ?", q.Index()).
		Where("NOT EXISTS (SELECT 1 FROM quarter x WHERE x.village_id = v.id AND x.year = ? AND x.n = ? AND x.published_on IS NOT NULL AND x.published_on <= ?)",
			q.Year, q.N, day{e.asOf}).Order("v.id").Scan(&rows).Error
	return each(rows, func(r exceptionScan) script.ExceptionLine {
		r.Year, r.N = q.Year, q.N
		return r.line()
	}), err
}

// disputed are what waits for the office: what a household did not accept, and
// what the village left lying.
func (e exceptions) disputed() ([]script.ExceptionLine, error) {
	var rows []struct {
		VillageID village.ID
		Place     string
		Number    int
		State     dispute.State
		Due       day
	}
	err := e.db.Table("dispute d").Select("v.id AS village_id, v.name AS place, d.number, d.state, COALESCE(d.township_due, d.promised) AS due").
		Joins("JOIN village v ON v.id = d.village_id AND v.township_id = ?", e.township).
		Where("d.state = ? OR d.state IN ? AND d.promised < ?", dispute.Appealed, investigated, day{e.asOf}).
		Order("due, v.id, d.number").Scan(&rows).Error
	out := make([]script.ExceptionLine, len(rows))
	for i, r := range rows {
		out[i] = script.ExceptionLine{
			Village: r.VillageID, Place: r.Place, Count: 1, Number: r.Number, Due: r.Due.Date, Appealed: r.State == dispute.Appealed,
			Overdue: r.Due.Before(e.asOf),
		}
	}
	return out, err
}

// unvisited counts by village the households where nobody was in the month.
func (e exceptions) unvisited() ([]script.ExceptionLine, error) {
	var rows []exceptionScan
	err := e.db.Raw(`SELECT v.id AS village_id, v.name AS place, COUNT(*) AS "of", SUM(CASE WHEN x.household_id IS NULL THEN 1 ELSE 0 END) AS count
		FROM village v JOIN household h ON h.village_id = v.id AND h.state = 'active' AND h.joined <= ?
		LEFT JOIN (SELECT DISTINCT household_id FROM visit WHERE visited_on BETWEEN ? AND ?) x ON x.household_id = h.id
		WHERE v.township_id = ? GROUP BY v.id, v.name HAVING SUM(CASE WHEN x.household_id IS NULL THEN 1 ELSE 0 END) > 0 ORDER BY count DESC, v.id`,
		day{e.month.Last()}, day{e.month.First()}, day{e.month.Last()}, e.township).Scan(&rows).Error
	return each(rows, exceptionScan.line), err
}

// alike are the alarms of the month that everybody got the same, and what
// became of them.
func (e exceptions) alike() ([]script.ExceptionLine, error) {
	var rows []exceptionScan
	err := e.db.Table("alarm a").Select(`v.id AS village_id, v.name AS place, a.year, a.n, a.facts, a.outcome,
		EXISTS (SELECT 1 FROM override o WHERE o.village_id = a.village_id AND o.year = a.year AND o.n = a.n) AS passed`).
		Joins("JOIN village v ON v.id = a.village_id AND v.township_id = ?", e.township).
		Where("a.kind = ? AND a.blocks AND a.state <> ? AND a.found_at >= ? AND a.found_at < ?", alarm.Averaging, alarm.Past, at(e.month.First().Start()), at(e.until)).
		Order("a.year, a.n, v.id").Scan(&rows).Error
	if err != nil {
		return nil, err
	}
	out := make([]script.ExceptionLine, len(rows))
	for i, r := range rows {
		c, err := alarmRow{Facts: r.Facts}.alarm()
		if err != nil {
			return nil, err
		}
		r.Count, r.Of = c.Facts.Count, c.Facts.Of
		out[i] = r.line()
	}
	return out, nil
}

// overridden are the sheets that the township let through in the month.
func (e exceptions) overridden() ([]script.ExceptionLine, error) {
	var rows []exceptionScan
	err := e.db.Table("override o").Select("v.id AS village_id, v.name AS place, o.year, o.n, o.reason, 1 AS count").
		Joins("JOIN village v ON v.id = o.village_id AND v.township_id = ?", e.township).
		Where("o.at >= ? AND o.at < ?", at(e.month.First().Start()), at(e.until)).Order("o.at, v.id").Scan(&rows).Error
	return each(rows, exceptionScan.line), err
}

// untold counts by village the people whom no notice of the month reached for
// sure, and who are to be told on paper.
func (e exceptions) untold() ([]script.ExceptionLine, error) {
	var rows []exceptionScan
	err := e.db.Table("push p").Select("v.id AS village_id, v.name AS place, COUNT(DISTINCT p.person_id) AS count").
		Joins("JOIN village v ON v.id = p.village_id AND v.township_id = ?", e.township).
		Where("p.household_id IS NOT NULL AND p.state IN ('in_doubt', 'unreachable') AND p.came_at >= ? AND p.came_at < ?", at(e.month.First().Start()), at(e.until)).
		Group("v.id, v.name").Order("count DESC, v.id").Scan(&rows).Error
	return each(rows, exceptionScan.line), err
}
