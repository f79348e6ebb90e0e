package storage

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"gorm.io/gorm/clause"

	"github.com/xiangfeng/xiangfeng/domain/household"
	"github.com/xiangfeng/xiangfeng/domain/notice"
	"github.com/xiangfeng/xiangfeng/domain/village"
)

type pushRow struct {
	ID          int64
	PersonID    household.PersonID
	Scope       string
	Occasion    string
	Kind        notice.Kind
	Facts       string
	CameAt      instant
	Until       instant
	State       notice.State
	VillageID   optional
	HouseholdID optional
	DueAt       instant
	Channel     notice.Channel
	Template    string
	Tried       string
	Attempts    int
	Doubtful    bool
	BegunAt     instant
	Claim       int64
	LeaseUntil  instant
	MsgID       string
	Code        int
	ChangedAt   instant
}

func (pushRow) TableName() string { return "push" }

// row is what sending goes by.
func (r pushRow) row() notice.Row {
	row := notice.Row{Kind: r.Kind, Until: r.Until.Time, Attempts: r.Attempts, Begun: r.BegunAt.Time}
	if r.Tried != "" {
		for _, c := range strings.Split(r.Tried, ",") {
			row.Tried = append(row.Tried, notice.Channel(c))
		}
	}
	if r.Doubtful {
		row.Doubtful = r.way()
	}
	return row
}

func (r pushRow) way() notice.Way { return notice.Way{Channel: r.Channel, Template: r.Template} }

type pushLogRow struct {
	ID      int64
	PushID  int64
	At      instant
	Channel notice.Channel
	Became  string
	Code    int
}

func (pushLogRow) TableName() string { return "push_log" }

// Notify leaves notices; one of a person, scope and occasion that were told
// before is left as it is. It waits until people may be told something.
func (t *Tx) Notify(notices ...notice.Notice) error {
	of, err := t.villagesOf(notices)
	if err != nil {
		return err
	}
	rows := make([]pushRow, len(notices))
	for i, n := range notices {
		facts, err := json.Marshal(n.Facts)
		if err != nil {
			return err
		}
		v := n.Scope.Village
		if n.Scope.Household != 0 {
			v = of[n.Scope.Household]
		}
		rows[i] = pushRow{
			PersonID: n.Person, Scope: n.Scope.String(), Occasion: n.Occasion, Kind: n.Kind, Facts: string(facts),
			CameAt: at(n.At), Until: at(n.Until), State: notice.Waiting,
			VillageID: optional(v), HouseholdID: optional(n.Scope.Household), DueAt: at(notice.NextGo(n.At)), ChangedAt: at(n.At),
		}
	}
	return insert(t.db.Clauses(clause.OnConflict{DoNothing: true}), rows)
}

// villagesOf are the villages of the households that notices are about.
func (t *Tx) villagesOf(notices []notice.Notice) (map[household.ID]village.ID, error) {
	of := map[household.ID]village.ID{}
	for _, n := range notices {
		if n.Scope.Household != 0 {
			of[n.Scope.Household] = 0
		}
	}
	ids := make([]household.ID, 0, len(of))
	for id := range of {
		ids = append(ids, id)
	}
	slices.Sort(ids)
	for chunk := range slices.Chunk(ids, batch) {
		var rows []householdRow
		if err := t.db.Select("id", "village_id").Where("id IN ?", chunk).Find(&rows).Error; err != nil {
			return nil, err
		}
		for _, r := range rows {
			of[r.ID] = r.VillageID
		}
	}
	for id, v := range of {
		if v == 0 {
			return nil, fmt.Errorf("storage: a notice about household %d, which there is not", id)
		}
	}
	return of, nil
}
