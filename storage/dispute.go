package storage

import (
	"time"

	"github.com/xiangfeng/xiangfeng/domain/calendar"
	"github.com/xiangfeng/xiangfeng/domain/dispute"
	"github.com/xiangfeng/xiangfeng/domain/household"
	"github.com/xiangfeng/xiangfeng/domain/ledger"
	"github.com/xiangfeng/xiangfeng/domain/points"
	"github.com/xiangfeng/xiangfeng/domain/record"
	"github.com/xiangfeng/xiangfeng/domain/village"
)

type disputeRow struct {
	ID              dispute.ID
	VillageID       village.ID
	Number          int
	HouseholdID     household.ID
	Year            int
	LineSeq         optional
	LineNo          int
	RecordID        optional
	Words           string
	FiledBy         household.PersonID
	ByHelper        bool
	FiledAt         instant
	State           dispute.State
	Investigator    optional
	AcceptedAt      instant
	Promised        day
	Extended        string
	ExtendedAt      instant
	Stands          bool
	StandsAs        points.Tenths
	Reason          string
	Decider         optional
	DecidedAt       instant
	Correction      optional
	AppealUntil     day
	Appeal          string
	AppealedBy      optional
	AppealedAt      instant
	TownshipDue     day
	FinalStands     bool
	FinalStandsAs   points.Tenths
	FinalReason     string
	FinalDecider    optional
	FinalAt         instant
	FinalCorrection optional
	EscalatedAt     instant
	NudgedOn        day
	ClosedAt        instant
}

func (disputeRow) TableName() string { return "dispute" }

// The parts of a dispute that pictures go with.
const (
	withWords    = "words"
	withDecision = "decision"
	withFinal    = "final"
)

type disputePhotoRow struct {
	ID        int64
	DisputeID dispute.ID
	Part      string
	Photo     record.PhotoHash
}

func (disputePhotoRow) TableName() string { return "dispute_photo" }

func newDisputeRow(d dispute.Dispute) disputeRow {
	return disputeRow{
		ID: d.ID, VillageID: d.Village, Number: d.Number, HouseholdID: d.Household, Year: d.Year, LineSeq: optional(d.Line), LineNo: d.LineNo,
		RecordID: optional(d.Record), Words: d.Words, FiledBy: d.FiledBy, ByHelper: d.ByHelper, FiledAt: at(d.FiledAt), State: d.State,
		Investigator: optional(d.Investigator), AcceptedAt: at(d.AcceptedAt), Promised: day{d.Promised}, Extended: d.Extended, ExtendedAt: at(d.ExtendedAt),
		Stands: d.Decision.Stands, StandsAs: d.Decision.StandsAs, Reason: d.Decision.Reason, Decider: optional(d.Decision.By),
		DecidedAt: at(d.Decision.At), Correction: optional(d.Decision.Correction), AppealUntil: day{d.AppealUntil}, Appeal: d.Appeal,
		AppealedBy: optional(d.AppealedBy), AppealedAt: at(d.AppealedAt), TownshipDue: day{d.TownshipDue},
		FinalStands: d.Final.Stands, FinalStandsAs: d.Final.StandsAs, FinalReason: d.Final.Reason, FinalDecider: optional(d.Final.By),
		FinalAt: at(d.Final.At), FinalCorrection: optional(d.Final.Correction), EscalatedAt: at(d.EscalatedAt), NudgedOn: day{d.NudgedOn},
		ClosedAt: at(d.ClosedAt),
	}
}

func (r disputeRow) dispute(photos []disputePhotoRow) dispute.Dispute {
	d := dispute.Dispute{
		ID: r.ID, Village: r.VillageID, Number: r.Number, Household: r.HouseholdID, Year: r.Year, Line: ledger.Seq(r.LineSeq), LineNo: r.LineNo,
		Record: record.RecordID(r.RecordID), Words: r.Words, FiledBy: r.FiledBy, ByHelper: r.ByHelper, FiledAt: r.FiledAt.Time, State: r.State,
		Investigator: household.PersonID(r.Investigator), AcceptedAt: r.AcceptedAt.Time, Promised: r.Promised.Date, Extended: r.Extended,
		ExtendedAt: r.ExtendedAt.Time, AppealUntil: r.AppealUntil.Date, Appeal: r.Appeal, AppealedBy: household.PersonID(r.AppealedBy),
		AppealedAt: r.AppealedAt.Time, TownshipDue: r.TownshipDue.Date, EscalatedAt: r.EscalatedAt.Time, NudgedOn: r.NudgedOn.Date, ClosedAt: r.ClosedAt.Time,
	}
	d.Decision = dispute.Decision{
		Stands: r.Stands, StandsAs: r.StandsAs, Reason: r.Reason, By: household.PersonID(r.Decider), At: r.DecidedAt.Time, Correction: ledger.Seq(r.Correction),
	}
	d.Final = dispute.Decision{
		Stands: r.FinalStands, StandsAs: r.FinalStandsAs, Reason: r.FinalReason, By: household.PersonID(r.FinalDecider), At: r.FinalAt.Time,
		Correction: ledger.Seq(r.FinalCorrection),
	}
	for _, p := range photos {
		switch p.Part {
		case withWords:
			d.Photos = append(d.Photos, p.Photo)
		case withDecision:
			d.Decision.Photos = append(d.Decision.Photos, p.Photo)
		case withFinal:
			d.Final.Photos = append(d.Final.Photos, p.Photo)
		}
	}
	return d
}

func disputePhotos(id dispute.ID, part string, photos []record.PhotoHash) []disputePhotoRow {
	return each(photos, func(p record.PhotoHash) disputePhotoRow { return disputePhotoRow{DisputeID: id, Part: part, Photo: p} })
}

// AddDispute keeps a dispute with its pictures and returns its id.
func (t *Tx) AddDispute(d dispute.Dispute) (dispute.ID, error) {
	row := newDisputeRow(d)
	if err := t.db.Create(&row).Error; err != nil {
		return 0, err
	}
	return row.ID, insert(t.db, disputePhotos(row.ID, withWords, d.Photos))
}

// SaveDispute keeps how far a dispute has come, and the pictures of what was
// decided since.
func (t *Tx) SaveDispute(d dispute.Dispute) error {
	row := newDisputeRow(d)
	if err := t.db.Save(&row).Error; err != nil {
		return err
	}
	for part, photos := range map[string][]record.PhotoHash{withDecision: d.Decision.Photos, withFinal: d.Final.Photos} {
		var kept int64
		if err := t.db.Model(&disputePhotoRow{}).Where("dispute_id = ? AND part = ?", d.ID, part).Count(&kept).Error; err != nil {
			return err
		}
		if kept > 0 {
			continue
		}
		if err := insert(t.db, disputePhotos(d.ID, part, photos)); err != nil {
			return err
		}
	}
	return nil
}

// Dispute locks and returns a dispute; NotFound where there is none.
func (t *Tx) Dispute(id dispute.ID) (dispute.Dispute, error) {
	var row disputeRow
	if err := t.locking().Where("id = ?", id).Take(&row).Error; err != nil {
		return dispute.Dispute{}, translate(err)
	}
	photos, err := t.photosOf(id)
	return row.dispute(photos[id]), err
}

func (t *Tx) photosOf(ids ...dispute.ID) (map[dispute.ID][]disputePhotoRow, error) {
	var rows []disputePhotoRow
	err := t.db.Where("dispute_id IN ?", ids).Order("id").Find(&rows).Error
	out := map[dispute.ID][]disputePhotoRow{}
	for _, r := range rows {
		out[r.DisputeID] = append(out[r.DisputeID], r)
	}
	return out, err
}

// investigated are the states of a dispute that waits for the village.
var investigated = []dispute.State{dispute.Filed, dispute.Accepted}

// Investigation locks and returns a dispute and those of the same record that
// wait for the village, in the order of their ids; NotFound where there is none.
func (t *Tx) Investigation(id dispute.ID) ([]dispute.Dispute, error) {
	var asked disputeRow
	if err := t.db.Where("id = ?", id).Take(&asked).Error; err != nil { // whose record and village never change
		return nil, translate(err)
	}
	db := t.locking().Where("id = ?", id)
	if asked.RecordID != 0 {
		db = t.locking().Where("id = ? OR record_id = ? AND state IN ?", id, asked.RecordID, investigated)
	}
	var rows []disputeRow
	if err := db.Order("id").Find(&rows).Error; err != nil {
		return nil, err
	}
	photos, err := t.photosOf(each(rows, func(r disputeRow) dispute.ID { return r.ID })...)
	return each(rows, func(r disputeRow) dispute.Dispute { return r.dispute(photos[r.ID]) }), err
}

// DisputedAs is the number of the dispute of a line that was not withdrawn, 0 for none.
func (t *Tx) DisputedAs(v village.ID, seq ledger.Seq) (int, error) {
	var row disputeRow
	err := t.db.Where("village_id = ? AND line_seq = ? AND state <> ?", v, seq, dispute.Withdrawn).Limit(1).Find(&row).Error
	return row.Number, err
}

// FiledSince counts a household's disputes since a moment.
func (t *Tx) FiledSince(h household.ID, since time.Time) (int, error) {
	var n int64
	err := t.db.Model(&disputeRow{}).Where("household_id = ? AND filed_at >= ?", h, at(since)).Count(&n).Error
	return int(n), err
}

// NextCase is the village's next number; the caller holds its chain.
func (t *Tx) NextCase(v village.ID) (int, error) {
	var last int
	err := t.db.Model(&disputeRow{}).Select("COALESCE(max(number), 0)").Where("village_id = ?", v).Scan(&last).Error
	return last + 1, err
}

// LineOf is a line with its corrections, by its own entry; NotFound where there
// is none.
func (t *Tx) LineOf(v village.ID, seq ledger.Seq) (dispute.Line, error) {
	first, _, err := t.Entry(v, seq)
	if err != nil {
		return dispute.Line{}, err
	}
	line := dispute.Line{Entry: first, Last: first, StandsAs: first.Tenths}
	for {
		var next []entryRow
		err := t.db.Where("village_id = ? AND corrects = ? AND kind = ?", v, line.Last.Seq, ledger.Correction).Limit(1).Find(&next).Error
		if err != nil {
			return dispute.Line{}, err
		}
		if len(next) == 0 {
			break
		}
		line.Last = next[0].entry()
		line.StandsAs += line.Last.Tenths
	}
	if first.Event == 0 {
		return line, nil
	}
	var event []eventRow
	err = t.db.Where("id = ?", first.Event).Limit(1).Find(&event).Error
	if len(event) > 0 {
		line.Typist, line.Record = household.PersonID(event[0].Typist), record.RecordID(event[0].RecordID)
	}
	return line, err
}

// LineAt is a line of a household's year by its number, or by that of a
// correction of it; NotFound where there is none.
func (t *Tx) LineAt(h household.ID, year, no int) (dispute.Line, error) {
	var row entryRow
	err := t.db.Joins("JOIN account a ON a.id = ledger_entry.account_id AND a.household_id = ? AND a.year = ?", h, year).
		Where("ledger_entry.line_no = ?", no).Take(&row).Error
	if err != nil {
		return dispute.Line{}, translate(err)
	}
	for row.Kind == ledger.Correction {
		var before entryRow
		if err := t.db.Where("village_id = ? AND seq = ?", row.VillageID, row.Corrects).Take(&before).Error; err != nil {
			return dispute.Line{}, translate(err)
		}
		row = before
	}
	return t.LineOf(row.VillageID, row.Seq)
}

// SealedOn is when a village sealed a quarter, zero where it has not.
func (t *Tx) SealedOn(v village.ID, q calendar.Quarter) (calendar.Date, error) {
	found, err := t.readQuarter(v, q)
	return found.SealedOn, err
}

// Helps is the id by which a person is a household's helper on a day, 0 for none.
func (t *Tx) Helps(p household.PersonID, h household.ID, today calendar.Date) (int64, error) {
	if p == 0 {
		return 0, nil
	}
	all, err := t.HelpedBy(p)
	for _, one := range all {
		if one.Household == h && one.Serves(today) {
			return one.ID, nil
		}
	}
	return 0, err
}

// NotHanded are those of the pictures that the person did not hand in for the village.
func (t *Tx) NotHanded(p household.PersonID, v village.ID, photos []record.PhotoHash) ([]record.PhotoHash, error) {
	var held []record.PhotoHash
	err := t.db.Table("photo_hold").Distinct().Where("person_id = ? AND village_id = ? AND hash IN ?", p, v, photos).Pluck("hash", &held).Error
	return without(photos, held), err
}

// Contested are the lines of a village's quarter that stand in an open dispute,
// in the order of the ledger: they are sealed with the mark 异议. The caller holds
// the village's chain, so that no decision comes in between.
func (t *Tx) Contested(v village.ID, q calendar.Quarter) (lines []ledger.Seq, err error) {
	err = t.db.Table("dispute d").Joins("JOIN ledger_entry e ON e.village_id = d.village_id AND e.seq = d.line_seq AND e.counts_in = ?", quarterText{q}).
		Where("d.village_id = ? AND d.state IN ('filed', 'accepted', 'decided', 'appealed')", v).Order("d.line_seq").Pluck("d.line_seq", &lines).Error
	return lines, err
}

// Withheld is how a household may read words of the team: with a sentence in the
// place of what the platform has not passed.
func (t *Tx) Withheld(words string) (string, error) {
	err := withhold(t.db, &words)
	return words, err
}
