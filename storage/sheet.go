package storage

import (
	"context"

	"github.com/xiangfeng/xiangfeng/domain/calendar"
	"github.com/xiangfeng/xiangfeng/domain/household"
	"github.com/xiangfeng/xiangfeng/domain/points"
	"github.com/xiangfeng/xiangfeng/domain/quarter"
	"github.com/xiangfeng/xiangfeng/domain/script"
	"github.com/xiangfeng/xiangfeng/domain/village"
)

// SheetRows returns all rows of the newest sheet of the asker's village, by
// rank, the unranked last, with names as the board writes them.
func (s *Store) SheetRows(ctx context.Context, openid string) ([]script.Row, error) {
	o, err := s.own(ctx, openid)
	if err != nil || o.LastSheet == 0 {
		return nil, err
	}
	return s.sheetRowsOf(ctx, o)
}

func (s *Store) sheetRowsOf(ctx context.Context, o own) ([]script.Row, error) {
	var found []struct {
		HouseholdID household.ID
		Head        string
		Board       village.Board
		Rank        int
		Score       points.Tenths
	}
	err := s.read.WithContext(ctx).Table("sheet_row r").
		Select("r.household_id, h.head, v.board, r.rank, r.score").
		Joins("JOIN household h ON h.id = r.household_id").
		Joins("JOIN village v ON v.id = h.village_id").
		Where("r.sheet_id = ?", o.LastSheet).
		Order("CASE WHEN r.rank = 0 THEN 1 ELSE 0 END, r.rank, h.number").Scan(&found).Error
	out := make([]script.Row, len(found))
	for i, f := range found {
		out[i] = script.Row{
			Rank: f.Rank, Name: household.Shown(f.Head, f.Board), Score: f.Score, Own: f.HouseholdID == o.ID,
		}
	}
	return out, err
}

// Sheet returns the newest sheet of the asker's village without its rows.
func (s *Store) Sheet(ctx context.Context, openid string) (script.Published, error) {
	o, err := s.own(ctx, openid)
	if err != nil || o.ID == 0 {
		return script.Published{}, err
	}
	var f struct {
		Name, Desk, Township, Office string
		Board                        village.Board
		Year, N, Households, Ranked  int
		Code                         string
		PublishedOn, SealedOn        day
		Rank                         *int
		Score, Gained                points.Tenths
	}
	err = s.read.WithContext(ctx).Table("village v").
		Select(`v.name, v.desk, v.board, t.name AS township, t.office, s.year, s.n, s.households, s.ranked, s.code,
			q.published_on, q.sealed_on, r.rank, COALESCE(r.score, 0) AS score, COALESCE(r.gained, 0) AS gained`).
		Joins("JOIN township t ON t.id = v.township_id").
		Joins("LEFT JOIN sheet s ON s.id = v.last_sheet").
		Joins("LEFT JOIN quarter q ON q.village_id = v.id AND q.year = s.year AND q.n = s.n").
		Joins("LEFT JOIN sheet_row r ON r.sheet_id = s.id AND r.household_id = ?", o.ID).
		Where("v.id = ?", o.VillageID).Scan(&f).Error
	out := script.Published{
		Home:  o.home(),
		Place: script.Place{Village: o.VillageID, Name: f.Name, Desk: f.Desk, Township: f.Township, Office: f.Office, Board: f.Board},
		None:  f.Code == "", Quarter: calendar.Quarter{Year: f.Year, N: f.N}, Code: f.Code, Households: f.Households,
		PublishedOn: f.PublishedOn.Date, SealedOn: f.SealedOn.Date, Gained: f.Gained,
	}
	if f.Rank != nil {
		out.Own = &script.Placing{Quarter: out.Quarter, Rank: *f.Rank, Of: f.Ranked, Score: f.Score, Sealed: !out.SealedOn.IsZero()}
	}
	if err != nil {
		return out, err
	}
	out.Down, err = s.cameDown(ctx, o.VillageID)
	return out, err
}

// cameDown is the newest quarter of a village whose sheet came down and has not
// gone up anew, zero for none.
func (s *Store) cameDown(ctx context.Context, v village.ID) (calendar.Quarter, error) {
	var found []quarterRow
	err := s.read.WithContext(ctx).Table("quarter q").Select("q.*").
		Joins("JOIN withdrawal w ON w.village_id = q.village_id AND w.year = q.year AND w.n = q.n AND w.edition = q.edition").
		Where("q.village_id = ? AND q.state = ? AND w.consented_by IS NOT NULL", v, quarter.Assessing).
		Order("q.year DESC, q.n DESC").Limit(1).Scan(&found).Error
	if err != nil || len(found) == 0 {
		return calendar.Quarter{}, err
	}
	return found[0].quarter().Q, nil
}
