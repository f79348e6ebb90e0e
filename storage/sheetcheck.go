package storage

import (
	"context"

	"github.com/xiangfeng/xiangfeng/domain/quarter"
	"github.com/xiangfeng/xiangfeng/domain/script"
)

// SheetCheck returns what a stranger may know of the sheet with a check code,
// and whether it is whole: the code comes out again from its rows, and its
// chain's head stands in the ledger. NotFound where no sheet has the code.
func (s *Store) SheetCheck(ctx context.Context, code string) (script.SheetCheck, error) {
	var row sheetRow
	db := s.read.WithContext(ctx)
	if err := db.Where("code = ?", code).Take(&row).Error; err != nil {
		return script.SheetCheck{}, translate(err)
	}
	var lines []sheetLineRow
	if err := db.Where("sheet_id = ?", row.ID).Order("household_id").Find(&lines).Error; err != nil {
		return script.SheetCheck{}, err
	}
	sheet := row.sheet(each(lines, sheetLineRow.row))
	out := script.SheetCheck{
		Quarter: sheet.Quarter, Edition: sheet.Edition, Code: sheet.Code, PublishedAt: sheet.PublishedAt,
		Head: sheet.Head, Households: len(sheet.Rows), Whole: sheet.CheckCode() == sheet.Code,
	}
	for i, r := range sheet.Rows {
		out.Sum += r.Score
		if i == 0 || r.Score > out.Highest {
			out.Highest = r.Score
		}
		if i == 0 || r.Score < out.Lowest {
			out.Lowest = r.Score
		}
	}
	return out, s.placeCheck(ctx, row, &out)
}

// placeCheck adds where the sheet hangs, whether another has taken its place,
// and whether the ledger has its head.
func (s *Store) placeCheck(ctx context.Context, row sheetRow, out *script.SheetCheck) error {
	var f struct {
		Village, Township, Office string
		State                     quarter.State
		Edition                   int
		PublishedOn, SealedOn     day
		Newer                     string
		HasHead                   bool
	}
	err := s.read.WithContext(ctx).Table("village v").
		Select(`v.name AS village, t.name AS township, t.office, COALESCE(q.state, '') AS state, COALESCE(q.edition, 0) AS edition, q.published_on, q.sealed_on,
			COALESCE((SELECT n.code FROM sheet n WHERE n.village_id = v.id AND n.year = q.year AND n.n = q.n AND n.edition = q.edition), '') AS newer,
			EXISTS (SELECT 1 FROM ledger_entry e WHERE e.village_id = v.id AND e.seq = ? AND e.hash = ?) AS has_head`, row.HeadSeq, row.HeadHash).
		Joins("JOIN township t ON t.id = v.township_id").
		Joins("LEFT JOIN quarter q ON q.village_id = v.id AND q.year = ? AND q.n = ?", row.Year, row.N).
		Where("v.id = ?", row.VillageID).Take(&f).Error
	if err != nil {
		return err
	}
	out.Village, out.Township, out.Office = f.Village, f.Township, f.Office
	out.Whole = out.Whole && f.HasHead
	hangs := f.State.Hangs()
	switch {
	case hangs && f.Edition == row.Edition:
		out.PublishedOn, out.SealedOn = f.PublishedOn.Date, f.SealedOn.Date
	case hangs:
		out.Withdrawn, out.Newer = true, f.Newer
	default:
		out.Withdrawn = true
	}
	return nil
}
