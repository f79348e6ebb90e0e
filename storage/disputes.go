package storage

import (
	"context"
	"time"

	"gorm.io/gorm"

	"github.com/xiangfeng/xiangfeng/domain/calendar"
	"github.com/xiangfeng/xiangfeng/domain/dispute"
	"github.com/xiangfeng/xiangfeng/domain/fault"
	"github.com/xiangfeng/xiangfeng/domain/household"
	"github.com/xiangfeng/xiangfeng/domain/ledger"
	"github.com/xiangfeng/xiangfeng/domain/notice"
	"github.com/xiangfeng/xiangfeng/domain/points"
	"github.com/xiangfeng/xiangfeng/domain/script"
	"github.com/xiangfeng/xiangfeng/domain/usecase/object"
	"github.com/xiangfeng/xiangfeng/domain/village"
)

// disputesShown is how many of a household's, or a village's, are listed.
const (
	disputesShown = 50
	casesShown    = 300
)

// disputeScan is a dispute with the names that are shown of it.
type disputeScan struct {
	Row                                             disputeRow `gorm:"embedded"`
	HomeNumber, Head, Place, Desk, Township, Office string
	Filer, InvestigatorName, DeciderName, FinalName string
	Kind                                            ledger.Kind
	Title, Recorder, Confirmer                      string
	Tenths                                          points.Tenths
	OccurredOn                                      day
	CountsIn                                        quarterText
	SealedOn                                        day
	Same                                            int
}

func (s *Store) disputes(ctx context.Context, which func(*gorm.DB) *gorm.DB) ([]script.Dispute, error) {
	var found []disputeScan
	err := which(s.read.WithContext(ctx).Table("dispute d").
		Select(`d.*, h.number AS home_number, h.head, v.name AS place, v.desk, w.name AS township, w.office,
			f.name AS filer, COALESCE(i.name, '') AS investigator_name, COALESCE(x.name, '') AS decider_name, COALESCE(y.name, '') AS final_name,
			COALESCE(e.kind, '') AS kind, COALESCE(e.title, '') AS title, COALESCE(e.tenths, 0) AS tenths, e.occurred_on, e.counts_in,
			COALESCE(r.name, '') AS recorder, COALESCE(c.name, '') AS confirmer, q.sealed_on,
			(SELECT count(*) FROM dispute o WHERE o.record_id = d.record_id AND o.id <> d.id AND o.state IN ('filed', 'accepted')) AS same`).
		Joins("JOIN household h ON h.id = d.household_id").
		Joins("JOIN village v ON v.id = d.village_id").Joins("JOIN township w ON w.id = v.township_id").
		Joins("JOIN person f ON f.id = d.filed_by").
		Joins("LEFT JOIN person i ON i.id = d.investigator").
		Joins("LEFT JOIN person x ON x.id = d.decider").
		Joins("LEFT JOIN person y ON y.id = d.final_decider").
		Joins("LEFT JOIN ledger_entry e ON e.village_id = d.village_id AND e.seq = d.line_seq").
		Joins("LEFT JOIN person r ON r.id = e.recorder").
		Joins("LEFT JOIN person c ON c.id = e.confirmer").
		Joins("LEFT JOIN quarter q ON q.village_id = d.village_id AND e.counts_in = q.year || 'Q' || q.n")).Scan(&found).Error
	if err != nil || len(found) == 0 {
		return nil, err
	}
	tx := s.reading(ctx)
	ids := each(found, func(f disputeScan) dispute.ID { return f.Row.ID })
	photos, err := tx.photosOf(ids...)
	if err != nil {
		return nil, err
	}
	standing, err := tx.standAs(ids)
	return each(found, func(f disputeScan) script.Dispute { return f.dispute(photos[f.Row.ID], standing[f.Row.ID]) }), err
}

// standAs is what the lines of disputes count with their corrections, and the
// corrections of these.
func (t *Tx) standAs(ids []dispute.ID) (map[dispute.ID]points.Tenths, error) {
	var rows []struct {
		ID     dispute.ID
		Tenths points.Tenths
	}
	err := t.db.Raw(`WITH RECURSIVE chain (id, village_id, seq, tenths) AS (
			SELECT d.id, e.village_id, e.seq, e.tenths FROM dispute d JOIN ledger_entry e ON e.village_id = d.village_id AND e.seq = d.line_seq WHERE d.id IN ?
			UNION ALL
			SELECT b.id, e.village_id, e.seq, e.tenths FROM chain b JOIN ledger_entry e ON e.village_id = b.village_id AND e.corrects = b.seq AND e.kind = 'correction')
		SELECT id, sum(tenths) AS tenths FROM chain GROUP BY id`, ids).Scan(&rows).Error
	out := make(map[dispute.ID]points.Tenths, len(rows))
	for _, r := range rows {
		out[r.ID] = r.Tenths
	}
	return out, err
}

func (f disputeScan) dispute(photos []disputePhotoRow, standsAs points.Tenths) script.Dispute {
	d := script.Dispute{
		Dispute: f.Row.dispute(photos), Home: script.Home{ID: f.Row.HouseholdID, Number: f.HomeNumber, Head: f.Head},
		Place:     script.Place{Village: f.Row.VillageID, Name: f.Place, Desk: f.Desk, Township: f.Township, Office: f.Office},
		FilerName: f.Filer, InvestigatorName: f.InvestigatorName, DeciderName: f.DeciderName, FinalName: f.FinalName, Same: f.Same,
	}
	if d.Line == 0 {
		return d
	}
	d.Entry = &script.Line{
		No: f.Row.LineNo, Kind: f.Kind, Root: f.Kind, Title: f.Title, Tenths: f.Tenths, OccurredOn: f.OccurredOn.Date, CountsIn: f.CountsIn.Quarter,
		Recorder: f.Recorder, Confirmer: f.Confirmer,
	}
	d.StandsAs = standsAs
	d.Contested = contested(d.Dispute, f.SealedOn.Date)
	return d
}

// contested tells whether the line's quarter was sealed while the dispute was open.
func contested(d dispute.Dispute, sealed calendar.Date) bool {
	if sealed.IsZero() || d.FiledOn().After(sealed) {
		return false
	}
	return d.ClosedAt.IsZero() || calendar.DateOf(d.ClosedAt).After(sealed)
}

// withholdReasons keeps from a household what the platform has not passed of
// the team's words.
func (s *Store) withholdReasons(ctx context.Context, found []script.Dispute) error {
	var words []*string
	for i := range found {
		words = append(words, &found[i].Extended, &found[i].Decision.Reason, &found[i].Final.Reason)
	}
	return s.withhold(ctx, words...)
}

// DisputesOf are the newest of a household, the newest first, as the household
// may read them.
func (s *Store) DisputesOf(ctx context.Context, h household.ID) ([]script.Dispute, error) {
	found, err := s.disputes(ctx, func(db *gorm.DB) *gorm.DB {
		return db.Where("d.household_id = ?", h).Order("d.id DESC").Limit(disputesShown)
	})
	if err != nil {
		return nil, err
	}
	return found, s.withholdReasons(ctx, found)
}

// Cases are the disputes of a household and those that a person has filed as a
// helper who still is one, each the newest first, as the households may read them.
func (s *Store) Cases(ctx context.Context, p household.PersonID, h household.ID, now time.Time) ([]script.Dispute, error) {
	all, err := s.DisputesOf(ctx, h)
	if err != nil {
		return nil, err
	}
	today := day{calendar.DateOf(now)}
	helped, err := s.disputes(ctx, func(db *gorm.DB) *gorm.DB {
		return db.Where("d.filed_by = ? AND d.by_helper AND d.household_id <> ?", p, h).
			Where("EXISTS (SELECT 1 FROM helper k WHERE k.household_id = d.household_id AND k.person_id = ? AND k.state = ? AND k.until >= ?)",
				p, household.HelperAccepted, today).
			Order("d.id DESC").Limit(disputesShown)
	})
	if err != nil {
		return nil, err
	}
	return append(all, helped...), s.withholdReasons(ctx, helped)
}

// DisputesIn are a village's, those that wait first and the oldest of them
// first; open ones alone, or also those that are over, the newest first.
func (s *Store) DisputesIn(ctx context.Context, v village.ID, all bool) ([]script.Dispute, error) {
	found, err := s.disputes(ctx, func(db *gorm.DB) *gorm.DB {
		return db.Where("d.village_id = ? AND d.state IN ('filed', 'accepted', 'decided', 'appealed')", v).Order("d.promised, d.id").Limit(casesShown)
	})
	if err != nil || !all {
		return found, err
	}
	over, err := s.disputes(ctx, func(db *gorm.DB) *gorm.DB {
		return db.Where("d.village_id = ? AND d.state IN ('closed', 'withdrawn')", v).Order("d.id DESC").Limit(casesShown)
	})
	return append(found, over...), err
}

// DisputesUp are those of a township that went up to it or were appealed, and
// wait for somebody, the oldest first.
func (s *Store) DisputesUp(ctx context.Context, t village.TownshipID) ([]script.Dispute, error) {
	return s.disputes(ctx, func(db *gorm.DB) *gorm.DB {
		return db.Where("v.township_id = ?", t).
			Where("d.state = 'appealed' OR d.state IN ('filed', 'accepted') AND d.escalated_at IS NOT NULL").
			Order("COALESCE(d.township_due, d.promised), d.id").Limit(casesShown)
	})
}

// DisputeOf is one dispute; NotFound where there is none.
func (s *Store) DisputeOf(ctx context.Context, id dispute.ID) (script.Dispute, error) {
	return only(s.disputes(ctx, func(db *gorm.DB) *gorm.DB { return db.Where("d.id = ?", id) }))
}

// ReadDispute is one dispute as its household may read it; NotFound where there is none.
func (s *Store) ReadDispute(ctx context.Context, id dispute.ID) (script.Dispute, error) {
	d, err := s.DisputeOf(ctx, id)
	if err != nil {
		return d, err
	}
	one := []script.Dispute{d}
	err = s.withholdReasons(ctx, one)
	return one[0], err
}

// MayDispute tells what somebody may do about a dispute now.
func (s *Store) MayDispute(ctx context.Context, d dispute.Dispute, p household.PersonID, now time.Time) (object.May, error) {
	return object.MayDo(s.reading(ctx), d, p, now)
}

// CountDisputes is how many disputes of a village wait for somebody of its team
// or of the township's office, who may act on them.
func (s *Store) CountDisputes(ctx context.Context, v village.Village, who household.Staff, now time.Time) (int, error) {
	var found []struct {
		Row              disputeRow `gorm:"embedded"`
		Recorder, Typist optional
	}
	err := s.read.WithContext(ctx).Table("dispute d").Select("d.*, e.recorder, t.typist").
		Joins("LEFT JOIN ledger_entry e ON e.village_id = d.village_id AND e.seq = d.line_seq").
		Joins("LEFT JOIN event t ON t.id = e.event_id").
		Where("d.village_id = ? AND d.state IN ('filed', 'accepted', 'appealed')", v.ID).Scan(&found).Error
	if err != nil || len(found) == 0 {
		return 0, err
	}
	scene := dispute.Scene{Village: v, Staff: who, Now: now}
	homes := make([]household.ID, len(found))
	for i, f := range found {
		homes[i] = f.Row.HouseholdID
	}
	if scene.Kin, err = s.reading(ctx).KinOf(homes); err != nil {
		return 0, err
	}
	n := 0
	for _, f := range found {
		scene.Line = dispute.Line{Entry: ledger.Entry{Recorder: household.PersonID(f.Recorder)}, Typist: household.PersonID(f.Typist)}
		if f.Row.dispute(nil).MayAct(scene) == nil {
			n++
		}
	}
	return n, nil
}

// DueDisputes are those that may have missed a day on the given one, by id, also
// where they moved on that day for it: a run that is repeated counts them again.
func (s *Store) DueDisputes(ctx context.Context, today calendar.Date) (ids []dispute.ID, err error) {
	start := at(today.Start())
	err = s.read.WithContext(ctx).Model(&disputeRow{}).
		Where(`state = 'filed' AND escalated_at IS NULL AND filed_at < ? OR state = 'accepted' AND escalated_at IS NULL AND promised < ?
			OR state = 'decided' AND appeal_until < ? OR state = 'appealed' AND township_due < ?
			OR escalated_at >= ? OR closed_at >= ? AND appeal_until < ?`, start, day{today}, day{today}, day{today}, start, start, day{today}).
		Order("id").Pluck("id", &ids).Error
	return ids, err
}

// Objectable is a line of a household as somebody of it, or its helper today,
// may object to it; NotFound where there is none, or where the household is not theirs.
func (s *Store) Objectable(ctx context.Context, p household.PersonID, h household.ID, year, no int, now time.Time) (script.Objectable, error) {
	o, err := s.household(ctx, p, h, now)
	if err != nil {
		return script.Objectable{}, err
	}
	tx := s.reading(ctx)
	line, err := tx.LineAt(h, year, no)
	if err != nil {
		return script.Objectable{}, err
	}
	out := script.Objectable{Home: o.home(), StandsAs: line.StandsAs, Disputable: line.Disputable()}
	var found []lineScan
	if err := s.lineScans(ctx, h, year).Where("e.line_no = ?", line.Entry.Line).Limit(1).Scan(&found).Error; err != nil || len(found) == 0 {
		return out, orNotFound(err)
	}
	out.Line = found[0].line()
	if out.Before, err = tx.DisputedAs(o.VillageID, line.Entry.Seq); err != nil {
		return out, err
	}
	q, err := tx.readQuarter(o.VillageID, line.Entry.CountsIn)
	out.Posted = script.Posted{Quarter: line.Entry.CountsIn, PublishedOn: q.PublishedOn, SealedOn: q.SealedOn}
	return out, err
}

func orNotFound(err error) error {
	if err == nil {
		err = fault.Refuse(fault.NotFound)
	}
	return err
}

// household is a household that a person belongs to or helps; NotFound where not.
func (s *Store) household(ctx context.Context, p household.PersonID, h household.ID, now time.Time) (own, error) {
	o, err := s.mine(ctx, p, h)
	if fault.CodeOf(err) != fault.NotFound {
		return o, err
	}
	tx := s.reading(ctx)
	helper, err := tx.Helps(p, h, calendar.DateOf(now))
	if err != nil || helper == 0 {
		return own{}, orNotFound(err)
	}
	home, err := tx.Household(h)
	return own{Person: p, ID: home.ID, Number: home.Number, Head: home.Head, VillageID: home.Village}, err
}

// HelpsToday tells whether a person is a household's helper today.
func (s *Store) HelpsToday(ctx context.Context, p household.PersonID, h household.ID, now time.Time) (bool, error) {
	helper, err := s.reading(ctx).Helps(p, h, calendar.DateOf(now))
	return helper != 0, err
}

// Awaiting are the disputes of a person's household whose decision waits for an
// answer of the household and was sent to the person, the newest first.
func (s *Store) Awaiting(ctx context.Context, p household.PersonID, h household.ID) (ids []dispute.ID, err error) {
	err = s.read.WithContext(ctx).Table("dispute d").
		Where("d.household_id = ? AND d.state = ?", h, dispute.Decided).
		Where(`EXISTS (SELECT 1 FROM push n WHERE n.person_id = ? AND n.scope = ? AND n.occasion = 'dispute:' || d.id || ':decided'
			AND n.state IN ('sending', 'accepted', 'delivered', 'in_doubt'))`, p, notice.Scope{Household: h}.String()).
		Order("d.id DESC").Pluck("d.id", &ids).Error
	return ids, err
}

// MiniOpenID is how a person is known at the Mini Program, "" where they are not.
func (s *Store) MiniOpenID(ctx context.Context, p household.PersonID) (string, error) {
	var row personRow
	err := s.read.WithContext(ctx).Where("id = ?", p).Limit(1).Find(&row).Error
	return row.person().MiniOpenID, err
}
