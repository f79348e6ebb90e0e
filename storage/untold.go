package storage

import (
	"context"
	"encoding/json"
	"slices"

	"github.com/xiangfeng/xiangfeng/domain/calendar"
	"github.com/xiangfeng/xiangfeng/domain/household"
	"github.com/xiangfeng/xiangfeng/domain/notice"
	"github.com/xiangfeng/xiangfeng/domain/script"
	closing "github.com/xiangfeng/xiangfeng/domain/usecase/close"
	"github.com/xiangfeng/xiangfeng/domain/village"
)

// occasionsShown is how many of a village's occasions are listed, the newest first.
const occasionsShown = 20

// Untold is what became of a village's notices of one occasion, of its newest
// sheet where that is empty: how many are in which state, and who has still to be
// told on paper; of a sheet also its households with nobody bound. It also lists the village's newest occasions.
func (s *Store) Untold(ctx context.Context, v village.ID, occasion string) (script.Untold, error) {
	out := script.Untold{Occasion: occasion, Counts: map[notice.State]int{}}
	db := s.read.WithContext(ctx)
	var told []struct {
		Occasion string
		Kind     notice.Kind
		Facts    string
		CameAt   instant
	}
	// The smallest of the rows stands for its occasion.
	err := db.Raw(`SELECT p.occasion, p.kind, p.facts, p.came_at FROM push p
		JOIN (SELECT min(id) AS id FROM push WHERE village_id = ? GROUP BY occasion) o ON o.id = p.id
		ORDER BY p.came_at DESC, p.id DESC LIMIT ?`, v, occasionsShown).Scan(&told).Error
	if err != nil {
		return out, err
	}
	for _, t := range told {
		one := script.Told{Occasion: t.Occasion, Kind: t.Kind, At: t.CameAt.Time}
		if err := json.Unmarshal([]byte(t.Facts), &one.Facts); err != nil {
			return out, err
		}
		out.Occasions = append(out.Occasions, one)
	}
	if out.Occasion == "" {
		at := slices.IndexFunc(out.Occasions, func(t script.Told) bool { return t.Kind == notice.Published })
		if at >= 0 {
			out.Occasion = out.Occasions[at].Occasion
		}
	}
	if err := s.unboundOn(ctx, v, &out); err != nil || out.Occasion == "" {
		return out, err
	}
	var counts []struct {
		State notice.State
		N     int
	}
	err = db.Raw("SELECT state, count(*) AS n FROM push WHERE village_id = ? AND occasion = ? GROUP BY state", v, out.Occasion).Scan(&counts).Error
	if err != nil {
		return out, err
	}
	for _, c := range counts {
		out.Counts[c.State] = c.N
	}
	out.Rows, err = s.pushes(ctx, "p.village_id = ? AND p.occasion = ? AND p.state IN ?", "h.number, n.name, p.id", -1, v, out.Occasion, notice.OnPaper())
	return out, err
}

// unboundOn adds the households on the sheet whose going up is the occasion, that
// have nobody bound and of whom nobody was told of it. An empty occasion becomes
// that of the newest sheet, of which nobody could be told. The sheet is among the
// occasions then, whether or not anybody was told.
func (s *Store) unboundOn(ctx context.Context, v village.ID, out *script.Untold) error {
	db := s.read.WithContext(ctx)
	var sheets []sheetRow
	if err := db.Where("village_id = ?", v).Order("published_at DESC, id DESC").Find(&sheets).Error; err != nil {
		return err
	}
	for _, sheet := range sheets {
		q := calendar.Quarter{Year: sheet.Year, N: sheet.N}
		named := closing.Occasion(q, sheet.Edition)
		if out.Occasion == "" {
			out.Occasion = named
		}
		if named != out.Occasion {
			continue
		}
		if !slices.ContainsFunc(out.Occasions, func(t script.Told) bool { return t.Occasion == named }) {
			out.Occasions = append(out.Occasions, script.Told{
				Occasion: named, Kind: notice.Published, Facts: notice.Facts{Quarter: q.String(), Edition: sheet.Edition}, At: sheet.PublishedAt.Time,
			})
		}
		var rows []householdRow
		err := db.Raw(`SELECT h.id, h.number, h.head FROM sheet_row r JOIN household h ON h.id = r.household_id
			WHERE r.sheet_id = ? AND NOT EXISTS (SELECT 1 FROM member m WHERE m.household_id = h.id AND m.person_id IS NOT NULL)
			AND NOT EXISTS (SELECT 1 FROM push p WHERE p.village_id = h.village_id AND p.occasion = ? AND p.household_id = h.id)
			ORDER BY h.number, h.id`, sheet.ID, named).Scan(&rows).Error
		out.Homes = each(rows, func(h householdRow) script.Home { return script.Home{ID: h.ID, Number: h.Number, Head: h.Head} })
		return err
	}
	return nil
}

// PushLog are a village's notices, or with 0 those that are of no village, the newest
// first, with how far each has come. before is the ID of the last one of the page before, 0 for the first.
func (s *Store) PushLog(ctx context.Context, v village.ID, before int64, limit int) ([]script.Pushed, error) {
	where, args := "p.village_id = ?", []any{v}
	if v == 0 {
		where, args = "p.village_id IS NULL", nil
	}
	if before > 0 {
		where, args = where+" AND p.id < ?", append(args, before)
	}
	return s.pushes(ctx, where, "p.id DESC", limit, args...)
}

func (s *Store) pushes(ctx context.Context, where, order string, limit int, args ...any) ([]script.Pushed, error) {
	var rows []struct {
		Row    pushRow `gorm:"embedded"`
		Name   string
		HomeID household.ID
		Head   string
		Number string
	}
	err := s.read.WithContext(ctx).Table("push p").
		Select("p.*, n.name, COALESCE(h.id, 0) AS home_id, COALESCE(h.head, '') AS head, COALESCE(h.number, '') AS number").
		Joins("JOIN person n ON n.id = p.person_id").Joins("LEFT JOIN household h ON h.id = p.household_id").
		Where(where, args...).Order(order).Limit(limit).Scan(&rows).Error
	out := make([]script.Pushed, len(rows))
	for i, r := range rows {
		out[i] = script.Pushed{
			ID: r.Row.ID, Home: script.Home{ID: r.HomeID, Head: r.Head, Number: r.Number}, Name: r.Name, Occasion: r.Row.Occasion, Kind: r.Row.Kind,
			State: r.Row.State, Channel: r.Row.Channel, Attempts: r.Row.Attempts, Code: r.Row.Code, CameAt: r.Row.CameAt.Time, At: r.Row.ChangedAt.Time,
		}
	}
	return out, err
}
