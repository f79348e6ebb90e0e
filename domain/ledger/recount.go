package ledger

import "github.com/xiangfeng/xiangfeng/domain/points"

// Totals are an account's sums as its entries alone give them.
type Totals struct {
	Lines      int
	Score      points.Tenths
	Waiting    [4]points.Tenths
	Settled    points.Tenths
	WrittenOff points.Tenths
}

// Totals are the sums that the account keeps.
func (a Account) Totals() Totals {
	return Totals{Lines: a.Lines, Score: a.Score, Waiting: a.Waiting, Settled: a.Settled, WrittenOff: a.WrittenOff}
}

// Recount adds up an account's entries, in any order, straight from the
// definition of PRODUCT 2.4 and without what is kept. It is what verify
// compares the kept totals with.
func Recount(entries []Entry, p Progress) Totals {
	var t Totals
	for _, e := range entries {
		t.Add(e, p)
	}
	return t
}

// Add counts one more entry.
func (t *Totals) Add(e Entry, p Progress) {
	t.Lines = max(t.Lines, e.Line)
	switch e.Root {
	case BaseKind:
		t.Score += e.Tenths
	case Opening:
		t.Score += e.Tenths
		t.Settled += e.Tenths
	case EventKind:
		t.Score += e.Tenths
		if p.IsSealed(e.CountsIn) {
			t.Settled += e.Tenths
		} else {
			t.Waiting[e.CountsIn.N-1] += e.Tenths
		}
	case WriteOff:
		t.WrittenOff += e.Tenths
		t.Settled += e.Tenths
	case Award, Transfer, Redemption, Return, Reinstatement, Lapse:
		t.Settled += e.Tenths
	}
}
