package storage

import (
	"context"
	"fmt"

	"gorm.io/gorm"

	"github.com/xiangfeng/xiangfeng/domain/calendar"
	"github.com/xiangfeng/xiangfeng/domain/dispute"
	"github.com/xiangfeng/xiangfeng/domain/household"
	"github.com/xiangfeng/xiangfeng/domain/ledger"
	"github.com/xiangfeng/xiangfeng/domain/points"
	"github.com/xiangfeng/xiangfeng/domain/record"
	"github.com/xiangfeng/xiangfeng/domain/script"
	"github.com/xiangfeng/xiangfeng/domain/usecase/ask"
	"github.com/xiangfeng/xiangfeng/domain/village"
)

// own is the asker's current household and its place; every read below starts
// from it, so that nothing of another household can be reached.
type own struct {
	Person    household.PersonID
	ID        household.ID
	Number    string
	Head      string
	VillageID village.ID
	LastSheet optional
}

func (s *Store) own(ctx context.Context, openid string) (own, error) {
	var o own
	err := s.read.WithContext(ctx).Table("person p").
		Select("p.id AS person, h.id, h.number, h.head, h.village_id, v.last_sheet").
		Joins("JOIN member m ON m.person_id = p.id AND m.household_id = p.current_household").
		Joins("JOIN household h ON h.id = m.household_id").
		Joins("JOIN village v ON v.id = h.village_id").
		Where("p.openid = ?", openid).Limit(1).Scan(&o).Error
	return o, err
}

func (o own) home() script.Home { return script.Home{ID: o.ID, Number: o.Number, Head: o.Head} }

type lineScan struct {
	No         int
	Kind       ledger.Kind
	Root       ledger.Kind
	Title      string
	Tenths     points.Tenths
	OccurredOn day
	CountsIn   quarterText
	Corrects   int
	Reason     string
	Recorder   string
	Confirmer  string
	Disputed   dispute.State
	Stood      bool
}

func (l lineScan) line() script.Line {
	return script.Line{
		No: l.No, Kind: l.Kind, Root: l.Root, Title: l.Title, Tenths: l.Tenths, OccurredOn: l.OccurredOn.Date,
		CountsIn: l.CountsIn.Quarter, Corrects: l.Corrects, Reason: l.Reason, Recorder: l.Recorder, Confirmer: l.Confirmer,
		Mark: script.MarkOf(l.Disputed, l.Stood),
	}
}

// Lines returns a page of the asker's household: on the first page the events
// that wait to be confirmed, then entries, the newest first.
func (s *Store) Lines(ctx context.Context, q ask.Query) (script.Lines, error) {
	o, err := s.own(ctx, q.OpenID)
	if err != nil || o.ID == 0 {
		return script.Lines{}, err
	}
	return s.linesOf(ctx, o, q)
}

func (s *Store) linesOf(ctx context.Context, o own, q ask.Query) (_ script.Lines, err error) {
	out := script.Lines{Home: o.home(), Year: q.Year}
	if q.Before == 0 {
		if out.Lines, err = s.pendingLines(ctx, o, q); err != nil {
			return script.Lines{}, err
		}
	}
	// One more than asked for tells whether there is a next page.
	var found []lineScan
	if err := s.entryLines(ctx, o, q).Limit(q.Limit + 1).Scan(&found).Error; err != nil {
		return script.Lines{}, err
	}
	if len(found) > q.Limit {
		found = found[:q.Limit]
		out.Next = found[q.Limit-1].No
	}
	for _, l := range found {
		out.Lines = append(out.Lines, l.line())
	}
	return out, nil
}

// lineScans are the lines of a household's year.
func (s *Store) lineScans(ctx context.Context, h household.ID, year int) *gorm.DB {
	return s.read.WithContext(ctx).Table("ledger_entry e").
		Select(`e.line_no AS no, e.kind, e.root, e.title, e.tenths, e.occurred_on, e.counts_in, COALESCE(c.line_no, 0) AS corrects,
			e.reason, COALESCE(r.name, '') AS recorder, COALESCE(f.name, '') AS confirmer,
			COALESCE(d.state, '') AS disputed, COALESCE(CASE WHEN d.final_decider IS NULL THEN d.stands ELSE d.final_stands END, FALSE) AS stood`).
		Joins("JOIN account a ON a.id = e.account_id AND a.household_id = ? AND a.year = ?", h, year).
		Joins("LEFT JOIN dispute d ON d.village_id = e.village_id AND d.line_seq = e.seq AND d.state <> 'withdrawn'").
		Joins("LEFT JOIN ledger_entry c ON e.corrects > 0 AND c.village_id = e.village_id AND c.seq = e.corrects AND c.account_id = e.account_id").
		Joins("LEFT JOIN person r ON r.id = e.recorder").
		Joins("LEFT JOIN person f ON f.id = e.confirmer")
}

func (s *Store) entryLines(ctx context.Context, o own, q ask.Query) *gorm.DB {
	db := s.lineScans(ctx, o.ID, q.Year).Order("e.line_no DESC")
	if q.Before > 0 {
		db = db.Where("e.line_no < ?", q.Before)
	}
	if q.Quarter > 0 {
		db = db.Where("e.counts_in = ?", quarterText{calendar.Quarter{Year: q.Year, N: q.Quarter}})
	}
	if q.Minus {
		db = db.Where("e.tenths < 0 AND e.root IN ?", []ledger.Kind{ledger.EventKind, ledger.Opening})
	}
	return db
}

// pendingLines are the events that nobody has confirmed yet, the newest first.
func (s *Store) pendingLines(ctx context.Context, o own, q ask.Query) ([]script.Line, error) {
	from, to := calendar.Date{Year: q.Year, Month: 1, Day: 1}, calendar.Date{Year: q.Year, Month: 12, Day: 31}
	if q.Quarter > 0 {
		quarter := calendar.Quarter{Year: q.Year, N: q.Quarter}
		from, to = quarter.First(), quarter.Last()
	}
	db := s.read.WithContext(ctx).Table("event e").
		Select("'event' AS kind, 'event' AS root, i.title, e.tenths, e.occurred_on, e.note AS reason, r.name AS recorder").
		Joins("JOIN item i ON i.id = e.item_id").
		Joins("JOIN person r ON r.id = e.recorder").
		Where("e.household_id = ? AND e.state = ?", o.ID, record.Pending).
		Where("e.occurred_on BETWEEN ? AND ?", day{from}, day{to}).
		Order("e.occurred_on DESC, e.id DESC")
	if q.Minus {
		db = db.Where("e.tenths < 0")
	}
	var found []lineScan
	err := db.Scan(&found).Error
	out := make([]script.Line, len(found))
	reasons := make([]*string, len(found))
	for i, l := range found {
		out[i] = l.line()
		reasons[i] = &out[i].Reason
	}
	if err != nil {
		return nil, err
	}
	return out, s.withhold(ctx, reasons...)
}

// Homes are the person's households in the order of their numbers, with the
// current one's position from 1, 0 for none.
func (s *Store) Homes(ctx context.Context, openid string) ([]script.Home, int, error) {
	var found []struct {
		ID      household.ID
		Number  string
		Head    string
		Current optional
	}
	err := s.read.WithContext(ctx).Table("person p").
		Select("h.id, h.number, h.head, p.current_household AS current").
		Joins("JOIN member m ON m.person_id = p.id").
		Joins("JOIN household h ON h.id = m.household_id").
		Where("p.openid = ?", openid).Order("h.number, h.id").Scan(&found).Error
	if err != nil {
		return nil, 0, fmt.Errorf("storage: homes: %w", err)
	}
	homes, current := make([]script.Home, len(found)), 0
	for i, f := range found {
		homes[i] = script.Home{ID: f.ID, Number: f.Number, Head: f.Head}
		if household.ID(f.Current) == f.ID {
			current = i + 1
		}
	}
	return homes, current, nil
}
