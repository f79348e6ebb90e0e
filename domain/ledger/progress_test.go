package ledger_test

import (
	"testing"

	"github.com/xiangfeng/xiangfeng/domain/calendar"
	"github.com/xiangfeng/xiangfeng/domain/ledger"
)

// TestDaysAgreeWithCountsIn: the days of a quarter are those whose events count
// in it, day by day over two years.
func TestDaysAgreeWithCountsIn(t *testing.T) {
	t.Parallel()
	q := calendar.Quarter{Year: 2026, N: 1}
	for _, p := range []ledger.Progress{{}, {Sealed: q}, {Sealed: q, Published: q.Next()}, {Published: q}} {
		for at := q.Prev(); at.Before(q.Next().Next().Next()); at = at.Next() {
			from, to, ok := p.Days(at)
			for d := calendar.On(2025, 1, 1); d.Before(calendar.On(2027, 1, 1)); d = d.AddDays(1) {
				counts, _ := p.CountsIn(d)
				within := ok && !d.After(to) && (from.IsZero() || !d.Before(from))
				if within != (counts == at) {
					t.Fatalf("%+v: %s counts in %s, and is among the days of %s: %t", p, d, counts, at, within)
				}
			}
		}
	}
}
