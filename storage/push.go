package storage

import (
	"encoding/json"

	"gorm.io/gorm/clause"

	"github.com/xiangfeng/xiangfeng/domain/household"
	"github.com/xiangfeng/xiangfeng/domain/notice"
)

type pushRow struct {
	ID       int64
	PersonID household.PersonID
	Scope    string
	Occasion string
	Kind     notice.Kind
	Facts    string
	CameAt   instant
	Until    instant
	State    string
}

func (pushRow) TableName() string { return "push" }

// Notify leaves notices; one of a person, scope and occasion that were told
// before is left as it is.
func (t *Tx) Notify(notices ...notice.Notice) error {
	rows := make([]pushRow, len(notices))
	for i, n := range notices {
		facts, err := json.Marshal(n.Facts)
		if err != nil {
			return err
		}
		rows[i] = pushRow{
			PersonID: n.Person, Scope: n.Scope.String(), Occasion: n.Occasion, Kind: n.Kind, Facts: string(facts),
			CameAt: at(n.At), Until: at(n.Until), State: "waiting",
		}
	}
	return insert(t.db.Clauses(clause.OnConflict{DoNothing: true}), rows)
}
