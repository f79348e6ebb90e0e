package ask

import (
	"context"

	"github.com/xiangfeng/xiangfeng/domain/script"
)

// How far a ranking looks: rows above and below the own one, and from the first.
const (
	neighbours = 2
	top        = 10
)

// Ranking puts the rows of the village's newest sheet around the household
// that the standing is about.
func Ranking(ctx context.Context, r Reader, openid string, s script.Standing) (script.Ranking, error) {
	if s.Sheet == nil {
		return Around(s, nil), nil
	}
	rows, err := r.SheetRows(ctx, openid)
	if err != nil {
		return script.Ranking{}, err
	}
	return Around(s, rows), nil
}

// Around puts the rows of a sheet around the household that the standing is
// about: the first ten, and those next to its own.
func Around(s script.Standing, rows []script.Row) script.Ranking {
	ranking := script.Ranking{Home: s.Home, Place: s.Place, Placing: s.Sheet}
	ranked := rows[:0:0]
	for _, row := range rows {
		if row.Rank > 0 {
			ranked = append(ranked, row)
		}
	}
	ranking.Top = ranked[:min(top, len(ranked))]
	for i, row := range ranked {
		if row.Own {
			ranking.Near = ranked[max(0, i-neighbours):min(len(ranked), i+neighbours+1)]
		}
	}
	return ranking
}
