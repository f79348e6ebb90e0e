package storage

import (
	"github.com/xiangfeng/xiangfeng/domain/catalogue"
	"github.com/xiangfeng/xiangfeng/domain/fault"
	"github.com/xiangfeng/xiangfeng/domain/household"
	"github.com/xiangfeng/xiangfeng/domain/record"
	"github.com/xiangfeng/xiangfeng/domain/village"
)

type recordRow struct {
	ID         record.RecordID
	VillageID  village.ID
	ItemID     int64
	OccurredOn day
	NotedAt    instant
	RecordedAt instant
	Place      string
	Note       string
	AtDoor     bool
	Recorder   household.PersonID
	Typist     optional
}

func (recordRow) TableName() string { return "record" }

func newRecordRow(r record.Record, item int64) recordRow {
	return recordRow{
		ID: r.ID, VillageID: r.Village, ItemID: item, OccurredOn: day{r.On}, NotedAt: at(r.NotedAt), RecordedAt: at(r.RecordedAt),
		Place: r.Place, Note: r.Note, AtDoor: r.AtDoor, Recorder: r.Recorder, Typist: optional(r.Typist),
	}
}

func (r recordRow) record(item catalogue.Item, evidence []record.Evidence) record.Record {
	return record.Record{
		ID: r.ID, Village: r.VillageID, RecordedAt: r.RecordedAt.Time, Recorder: r.Recorder, Typist: household.PersonID(r.Typist),
		Draft: record.Draft{
			Item: item, On: r.OccurredOn.Date, NotedAt: r.NotedAt.Time, Place: r.Place, Note: r.Note, AtDoor: r.AtDoor, Evidence: evidence,
		},
	}
}

// evidenceRow belongs to one of a record, a declaration and a warning.
type evidenceRow struct {
	ID            int64
	RecordID      optional
	DeclarationID optional
	WarningID     optional
	Answer        bool // to the warning
	Proof         catalogue.Proof
	Photo         record.PhotoHash
	Words         string
}

func (evidenceRow) TableName() string { return "evidence" }

func (r evidenceRow) evidence() record.Evidence {
	return record.Evidence{Proof: r.Proof, Photo: r.Photo, Words: r.Words}
}

// pictures are rows of the same owner, a picture each.
func pictures(owner evidenceRow, photos []record.PhotoHash) []evidenceRow {
	return each(photos, func(p record.PhotoHash) evidenceRow {
		row := owner
		row.Proof, row.Photo = catalogue.Photo, p
		return row
	})
}

// shown are the pictures of rows, of an answer or not.
func shown(rows []evidenceRow, answer bool) []record.PhotoHash {
	var out []record.PhotoHash
	for _, r := range rows {
		if r.Answer == answer && r.Photo != "" {
			out = append(out, r.Photo)
		}
	}
	return out
}

// AddRecord saves a new record with its evidence and returns its id.
func (t *Tx) AddRecord(r record.Record) (record.RecordID, error) {
	item, err := t.itemRow(r.Village, r.On.Year, r.Item.Code)
	if err != nil {
		return 0, err
	}
	row := newRecordRow(r, item.ID)
	if err := t.db.Create(&row).Error; err != nil {
		return 0, err
	}
	return row.ID, insert(t.db, evidenceRows(row.ID, r.Evidence))
}

func evidenceRows(id record.RecordID, evidence []record.Evidence) []evidenceRow {
	return each(evidence, func(e record.Evidence) evidenceRow {
		return evidenceRow{RecordID: optional(id), Proof: e.Proof, Photo: e.Photo, Words: e.Words}
	})
}

// Record returns a record with its evidence; NotFound where there is none.
func (t *Tx) Record(id record.RecordID) (record.Record, error) {
	var row recordRow
	if err := t.db.Where("id = ?", id).Take(&row).Error; err != nil {
		return record.Record{}, translate(err)
	}
	item, err := t.itemByID(row.ItemID)
	if err != nil {
		return record.Record{}, err
	}
	var rows []evidenceRow
	err = t.db.Where("record_id = ?", id).Order("id").Find(&rows).Error
	return row.record(item, each(rows, evidenceRow.evidence)), err
}

func (t *Tx) itemByID(id int64) (catalogue.Item, error) {
	var row itemRow
	err := t.db.Where("id = ?", id).Take(&row).Error
	return row.item(), err
}

type asideRow struct {
	ID          record.AsideID
	RecordID    record.RecordID
	Nth         int
	HouseholdID optional
	Card        string
	Why         fault.Code
	State       record.AsideState
	Decider     optional
	DecidedAt   instant
	Reason      string
	EventID     optional
}

func (asideRow) TableName() string { return "aside" }

func newAsideRow(a record.Aside) asideRow {
	return asideRow{
		ID: a.ID, RecordID: a.Record, Nth: a.Nth, HouseholdID: optional(a.Household), Card: a.Card, Why: a.Why, State: a.State,
		Decider: optional(a.Decider), DecidedAt: at(a.DecidedAt), Reason: a.Reason, EventID: optional(a.Event),
	}
}

func (r asideRow) aside() record.Aside {
	return record.Aside{
		ID: r.ID, Record: r.RecordID, Nth: r.Nth, Household: household.ID(r.HouseholdID), Card: r.Card, Why: r.Why, State: r.State,
		Decider: household.PersonID(r.Decider), DecidedAt: r.DecidedAt.Time, Reason: r.Reason, Event: record.ID(r.EventID),
	}
}

// AddAside keeps a household that was set aside and returns its id.
func (t *Tx) AddAside(a record.Aside) (record.AsideID, error) {
	row := newAsideRow(a)
	err := t.db.Create(&row).Error
	return row.ID, err
}

// Aside locks and returns what was set aside; NotFound where there is none.
func (t *Tx) Aside(id record.AsideID) (record.Aside, error) {
	var row asideRow
	err := t.locking().Where("id = ?", id).Take(&row).Error
	return row.aside(), translate(err)
}

// SaveAside keeps what became of it.
func (t *Tx) SaveAside(a record.Aside) error {
	row := newAsideRow(a)
	return t.db.Save(&row).Error
}
