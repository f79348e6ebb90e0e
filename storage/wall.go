package storage

import (
	"context"
	"time"

	"github.com/xiangfeng/xiangfeng/domain/calendar"
	"github.com/xiangfeng/xiangfeng/domain/fault"
	"github.com/xiangfeng/xiangfeng/domain/household"
	"github.com/xiangfeng/xiangfeng/domain/script"
	"github.com/xiangfeng/xiangfeng/domain/village"
)

// PreviewOf is the sheet that would go up now as a quarter's next edition, with
// whom it tells.
func (s *Store) PreviewOf(ctx context.Context, v village.ID, q calendar.Quarter, now time.Time) (script.Preview, error) {
	draft, err := s.DraftOf(ctx, v, q, now)
	out := script.Preview{Draft: draft}
	if err != nil {
		return out, err
	}
	bound, err := s.reading(ctx).Bound(v)
	if err != nil {
		return out, err
	}
	for _, r := range draft.Rows {
		out.Told += len(bound[r.Household])
		if len(bound[r.Household]) == 0 {
			out.Untold++
			out.Missed = append(out.Missed, r.Household)
		}
	}
	out.Homes, err = s.homeNames(ctx, v)
	return out, err
}

// homeNames are what a village's households are called.
func (s *Store) homeNames(ctx context.Context, v village.ID) (script.Names, error) {
	var rows []householdRow
	err := s.read.WithContext(ctx).Select("id, number, head").Where("village_id = ?", v).Find(&rows).Error
	out := make(script.Names, len(rows))
	for _, r := range rows {
		out[r.ID] = script.Home{ID: r.ID, Number: r.Number, Head: r.Head}
	}
	return out, err
}

// WallOf is the newest sheet of a quarter as it hangs or has hung; NotFound
// where there is none, also after it was taken down.
func (s *Store) WallOf(ctx context.Context, v village.ID, q calendar.Quarter) (script.Wall, error) {
	var out script.Wall
	known, err := s.seasonsOf(ctx, v, q.Year)
	if err != nil {
		return out, err
	}
	out.Season = known[q]
	if !out.State.Hangs() {
		return out, fault.Refuse(fault.NotFound)
	}
	return out, s.fillWall(ctx, &out)
}

func (s *Store) fillWall(ctx context.Context, out *script.Wall) error {
	db := s.read.WithContext(ctx)
	v, q := out.Village, out.Q
	var sheet sheetRow
	if err := db.Where(ofEdition, v, q.Year, q.N, out.Edition).Take(&sheet).Error; err != nil {
		return translate(err)
	}
	out.Published, out.Head = sheet.PublishedAt.Time, sheet.sheet(nil).Head
	if err := s.placeOf(ctx, v, &out.Place); err != nil {
		return err
	}
	homes, err := s.homeNames(ctx, v)
	if err != nil {
		return err
	}
	if err := s.wallRows(ctx, out, sheet.ID, homes); err != nil {
		return err
	}
	if err := s.wallLists(ctx, out, homes); err != nil {
		return err
	}
	return s.wallPeople(ctx, out)
}

func (s *Store) placeOf(ctx context.Context, v village.ID, out *script.Place) error {
	var f struct {
		Name, Desk, Township, Office string
		Board                        village.Board
	}
	err := s.read.WithContext(ctx).Table("village v").Select("v.name, v.desk, v.board, t.name AS township, t.office").
		Joins("JOIN township t ON t.id = v.township_id").Where("v.id = ?", v).Scan(&f).Error
	*out = script.Place{Village: v, Name: f.Name, Desk: f.Desk, Township: f.Township, Office: f.Office, Board: f.Board}
	return err
}

func (s *Store) wallRows(ctx context.Context, out *script.Wall, sheet int64, homes script.Names) error {
	var found []struct {
		Row       sheetLineRow `gorm:"embedded"`
		Contested int
	}
	err := s.read.WithContext(ctx).Table("sheet_row r").
		Select(`r.*, (SELECT count(*) FROM contested c JOIN ledger_entry e ON e.village_id = c.village_id AND e.seq = c.seq
			JOIN account a ON a.id = e.account_id WHERE c.village_id = ? AND c.year = ? AND c.n = ? AND a.household_id = r.household_id) AS contested`,
			out.Village, out.Q.Year, out.Q.N).
		Joins("JOIN household h ON h.id = r.household_id").Where("r.sheet_id = ?", sheet).
		Order("CASE WHEN r.rank = 0 THEN 1 ELSE 0 END, r.rank, h.number").Scan(&found).Error
	for _, f := range found {
		home := homes[f.Row.HouseholdID]
		out.Rows = append(out.Rows, script.WallRow{
			Row: f.Row.row(), Number: home.Number, Name: household.Shown(home.Head, out.Place.Board), Contested: f.Contested,
		})
	}
	return err
}

// wallLists are 补记 and 勘误 as the board may show them.
func (s *Store) wallLists(ctx context.Context, out *script.Wall, homes script.Names) error {
	tx := s.reading(ctx)
	late, err := tx.lateUntil(out.Village, out.Q, out.Head.Seq)
	if err != nil {
		return err
	}
	errata, err := tx.errataUntil(out.Village, out.Q, out.Head.Seq)
	if err != nil {
		return err
	}
	out.List(late, errata, homes)
	reasons := make([]*string, len(out.Errata))
	for i := range out.Errata {
		reasons[i] = &out.Errata[i].Reason
	}
	return s.withhold(ctx, reasons...)
}

// wallPeople adds the meeting and who signed what hangs.
func (s *Store) wallPeople(ctx context.Context, out *script.Wall) error {
	var minutes []minutesRow
	err := s.read.WithContext(ctx).Where(ofEdition, out.Village, out.Q.Year, out.Q.N, out.Edition).Limit(1).Find(&minutes).Error
	if err != nil || len(minutes) == 0 {
		return err
	}
	out.Minutes = minutes[0].Words
	signed, err := s.signed(ctx, out.Village, out.Q, out.Edition)
	if err != nil {
		return err
	}
	for _, g := range signed {
		if g.Digest == minutes[0].Digest {
			out.Signers = append(out.Signers, g.Name)
		}
	}
	names, err := s.reading(ctx).Names(minutes[0].Publisher)
	out.Publisher = names[minutes[0].Publisher]
	return err
}
