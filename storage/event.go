package storage

import (
	"cmp"

	"github.com/xiangfeng/xiangfeng/domain/catalogue"
	"github.com/xiangfeng/xiangfeng/domain/household"
	"github.com/xiangfeng/xiangfeng/domain/points"
	"github.com/xiangfeng/xiangfeng/domain/record"
	"github.com/xiangfeng/xiangfeng/domain/village"
)

type itemRow struct {
	ID         int64
	VillageID  village.ID
	Year       int
	Code       string
	Category   string
	Title      string
	Value      points.Tenths
	Unit       catalogue.Unit
	CapMonth   points.Tenths
	CapQuarter points.Tenths
	CapYear    points.Tenths
	CapEver    points.Tenths
	Evidence   string
	WarnFirst  bool
	Public     bool
}

func (itemRow) TableName() string { return "item" }

func newItemRow(v village.ID, year int, i catalogue.Item) itemRow {
	return itemRow{
		VillageID: v, Year: year, Code: i.Code, Category: i.Category, Title: i.Title, Value: i.Value, Unit: i.Unit,
		CapMonth: i.Caps.Month, CapQuarter: i.Caps.Quarter, CapYear: i.Caps.Year, CapEver: i.Caps.Ever,
		Evidence: i.Evidence, WarnFirst: i.WarnFirst, Public: i.Public,
	}
}

func (r itemRow) item() catalogue.Item {
	return catalogue.Item{
		Code: r.Code, Category: r.Category, Title: r.Title, Value: r.Value, Unit: r.Unit,
		Caps:     catalogue.Caps{Month: r.CapMonth, Quarter: r.CapQuarter, Year: r.CapYear, Ever: r.CapEver},
		Evidence: r.Evidence, WarnFirst: r.WarnFirst, Public: r.Public,
	}
}

type eventRow struct {
	ID          record.ID
	VillageID   village.ID
	HouseholdID household.ID
	ItemID      int64
	Tenths      points.Tenths
	OccurredOn  day
	RecordedAt  instant
	Place       string
	Note        string
	Recorder    household.PersonID
	State       record.State
	Confirmer   optional
	DecidedAt   instant
	Reason      string
	RecordID    optional
	Typist      optional
	Corrects    optional
	// ReturnedBy is who gave the event back while it is pending: to its household
	// and under its caps it goes on waiting.
	ReturnedBy optional
}

func (eventRow) TableName() string { return "event" }

func newEventRow(e record.Event, item int64) eventRow {
	row := eventRow{
		ID: e.ID, VillageID: e.Village, HouseholdID: e.Household, ItemID: item, Tenths: e.Tenths,
		OccurredOn: day{e.OccurredOn}, RecordedAt: at(e.RecordedAt), Place: e.Place, Note: e.Note,
		Recorder: e.Recorder, DecidedAt: at(e.DecidedAt), Reason: e.Reason,
		RecordID: optional(e.Record), Typist: optional(e.Typist), Corrects: optional(e.Corrects),
	}
	row.State, row.Confirmer, row.ReturnedBy = decided(e)
	return row
}

// decided are an event's state as a row has it, who decided and who returned it.
func decided(e record.Event) (state record.State, confirmer, returnedBy optional) {
	switch e.State {
	case record.Returned:
		return record.Pending, 0, optional(e.Confirmer)
	case record.Withdrawn:
		return e.State, 0, optional(e.Confirmer)
	}
	return e.State, optional(e.Confirmer), 0
}

// stateOf is the state of an event that a row has, and eventState says so in SQL
// of an event e.
func stateOf(state record.State, returnedBy optional) record.State {
	if state == record.Pending && returnedBy != 0 {
		return record.Returned
	}
	return state
}

const eventState = "CASE WHEN e.state = 'pending' AND e.returned_by IS NOT NULL THEN 'returned' ELSE e.state END"

func (r eventRow) event(i itemRow) record.Event {
	return record.Event{
		ID: r.ID, Village: r.VillageID, Household: r.HouseholdID, Item: i.item(), Tenths: r.Tenths,
		OccurredOn: r.OccurredOn.Date, RecordedAt: r.RecordedAt.Time, Place: r.Place, Note: r.Note, Recorder: r.Recorder,
		State: stateOf(r.State, r.ReturnedBy), Confirmer: household.PersonID(cmp.Or(r.Confirmer, r.ReturnedBy)), DecidedAt: r.DecidedAt.Time, Reason: r.Reason,
		Record: record.RecordID(r.RecordID), Typist: household.PersonID(r.Typist), Corrects: record.ID(r.Corrects),
	}
}

// Item returns a row of the catalogue that the village adopted for a year.
func (t *Tx) Item(v village.ID, year int, code string) (catalogue.Item, error) {
	row, err := t.itemRow(v, year, code)
	return row.item(), err
}

func (t *Tx) itemRow(v village.ID, year int, code string) (itemRow, error) {
	var row itemRow
	err := t.db.Where("village_id = ? AND year = ? AND code = ?", v, year, code).Take(&row).Error
	return row, translate(err)
}

// Uses returns the household's undecided and confirmed events of an item, of
// all years: some items count once for ever.
func (t *Tx) Uses(h household.ID, code string) ([]catalogue.Use, error) {
	var rows []eventRow
	err := t.db.Joins("JOIN item i ON i.id = event.item_id AND i.code = ?", code).
		Where("event.household_id = ? AND event.state IN ?", h, []record.State{record.Pending, record.Confirmed}).Find(&rows).Error
	out := make([]catalogue.Use, len(rows))
	for i, r := range rows {
		out[i] = catalogue.Use{On: r.OccurredOn.Date, Tenths: r.Tenths, Event: int64(r.ID)}
	}
	return out, err
}

// AddEvent saves a new event and returns its id.
func (t *Tx) AddEvent(e record.Event) (record.ID, error) {
	item, err := t.itemRow(e.Village, e.OccurredOn.Year, e.Item.Code)
	if err != nil {
		return 0, err
	}
	row := newEventRow(e, item.ID)
	if err := t.db.Create(&row).Error; err != nil {
		return 0, err
	}
	return row.ID, t.touch(e.Household)
}

// Event locks and returns an event; NotFound where there is none.
func (t *Tx) Event(id record.ID) (record.Event, error) {
	var row eventRow
	if err := t.locking().Where("id = ?", id).Take(&row).Error; err != nil {
		return record.Event{}, translate(err)
	}
	var item itemRow
	err := t.db.Where("id = ?", row.ItemID).Take(&item).Error
	return row.event(item), err
}

// SaveEvent keeps what was decided about an event.
func (t *Tx) SaveEvent(e record.Event) error {
	if err := t.saveDecided([]record.ID{e.ID}, e); err != nil {
		return err
	}
	return t.touch(e.Household)
}

// saveDecided keeps the same decision about several events.
func (t *Tx) saveDecided(ids []record.ID, e record.Event) error {
	state, confirmer, returnedBy := decided(e)
	return t.db.Model(&eventRow{}).Where("id IN ?", ids).Updates(map[string]any{
		"state": state, "confirmer": confirmer, "returned_by": returnedBy, "decided_at": at(e.DecidedAt), "reason": e.Reason,
	}).Error
}
