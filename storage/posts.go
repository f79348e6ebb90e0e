package storage

import (
	"time"

	"github.com/xiangfeng/xiangfeng/domain/calendar"
	"github.com/xiangfeng/xiangfeng/domain/household"
	"github.com/xiangfeng/xiangfeng/domain/quarter"
	"github.com/xiangfeng/xiangfeng/domain/usecase/tell"
	"github.com/xiangfeng/xiangfeng/domain/village"
)

// Posts are those of the roles, everywhere, in the order of their places and persons.
func (t *Tx) Posts(roles ...household.Role) ([]household.Post, error) {
	var rows []postRow
	err := t.db.Where("role IN ?", roles).Order("village_id, township_id, person_id, role").Find(&rows).Error
	return each(rows, postRow.post), err
}

// Places are all villages and townships.
func (t *Tx) Places() (tell.Places, error) {
	places := tell.Places{Villages: map[village.ID]village.Village{}, Townships: map[village.TownshipID]village.Township{}}
	var villages []villageRow
	if err := t.db.Find(&villages).Error; err != nil {
		return places, err
	}
	for _, v := range villages {
		places.Villages[v.ID] = v.village()
	}
	var townships []townshipRow
	err := t.db.Find(&townships).Error
	for _, p := range townships {
		places.Townships[p.ID] = village.Township{ID: p.ID, Name: p.Name, Office: p.Office}
	}
	return places, err
}

// Unpublished are the villages with active households of the quarter that had no sheet
// of it at a time, or have none now because it was withdrawn.
func (t *Tx) Unpublished(q calendar.Quarter, when time.Time) (ids []village.ID, err error) {
	err = t.db.Model(&villageRow{}).
		Where("EXISTS (SELECT 1 FROM household h WHERE h.village_id = village.id AND h.state = ? AND h.joined <= ?)", household.Active, day{q.Last()}).
		Where(`NOT EXISTS (SELECT 1 FROM sheet s WHERE s.village_id = village.id AND s.year = ? AND s.n = ? AND s.published_at <= ?)
			OR EXISTS (SELECT 1 FROM quarter x WHERE x.village_id = village.id AND x.year = ? AND x.n = ? AND x.state = ?)`,
			q.Year, q.N, at(when), q.Year, q.N, quarter.Assessing).
		Order("id").Pluck("id", &ids).Error
	return ids, err
}

// Unvisited is how many active households of each village nobody had visited in
// the month up to a time.
func (t *Tx) Unvisited(m calendar.Month, when time.Time) (map[village.ID]int, error) {
	var rows []struct {
		VillageID village.ID
		N         int
	}
	until := calendar.DateOf(when)
	err := t.db.Model(&householdRow{}).Select("village_id, count(*) AS n").
		Where("state = ? AND joined <= ?", household.Active, day{until}).
		Where("NOT EXISTS (SELECT 1 FROM visit v WHERE v.household_id = household.id AND v.visited_on BETWEEN ? AND ? AND v.kept_at <= ?)",
			day{m.First()}, day{until}, at(when)).
		Group("village_id").Scan(&rows).Error
	left := map[village.ID]int{}
	for _, r := range rows {
		left[r.VillageID] = r.N
	}
	return left, err
}
