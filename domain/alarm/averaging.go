package alarm

import (
	"maps"
	"math"
	"slices"

	"github.com/xiangfeng/xiangfeng/domain/calendar"
	"github.com/xiangfeng/xiangfeng/domain/points"
	"github.com/xiangfeng/xiangfeng/domain/record"
)

// averaging finds 平均主义: what households got, but for days on which they
// gathered and some were missing, tells them apart too little (policy 五(二):
// 严禁搞平均主义). One finding at most; it blocks, but for one that only hints.
func averaging(l look) []Finding {
	if l.n < fewestHomes {
		return nil
	}
	g := l.given()
	f, found := g.alike()
	if !found {
		f, found = g.grouped()
	}
	if !found {
		f, found = l.rotation(g)
	}
	if found {
		return []Finding{{Kind: Averaging, Facts: f, Events: g.behind(f), Blocks: true}}
	}
	if f, found := g.hint(); found {
		return []Finding{{Kind: Averaging, Key: "hint", Facts: f, Events: g.behind(f)}}
	}
	return nil
}

// given is what the settled households got.
type given struct {
	l     look
	index []int           // where a home stands in the sums
	sums  sums            // without gatherings
	all   sums            // with them
	items map[string]sums // of all, by item
	rest  map[string]sums // of sums, by item
	used  []Event         // that make up sums
	signs int
}

func (l look) given() given {
	g := given{
		l: l, index: make([]int, len(l.Homes)), sums: make(sums, l.n), all: make(sums, l.n),
		items: map[string]sums{}, rest: map[string]sums{},
	}
	n := 0
	for i := range l.Homes {
		if l.settled[i] {
			g.index[i], n = n, n+1
		}
	}
	for _, e := range l.Events {
		home, ok := l.home(e)
		if !ok {
			continue
		}
		i := g.index[home]
		g.all[i] += e.Tenths
		add(g.items, e.Item, i, l.n, e.Tenths)
		if l.known.has(e) {
			continue
		}
		g.used = append(g.used, e)
		g.sums[i] += e.Tenths
		add(g.rest, e.Item, i, l.n, e.Tenths)
	}
	g.signs = l.signs(g)
	return g
}

func add(to map[string]sums, item string, i, n int, t points.Tenths) {
	if to[item] == nil {
		to[item] = make(sums, n)
	}
	to[item][i] += t
}

// alike tells in which way the sums are alike, if they are: without what shows
// who took part, where that is the lesser part; and with it.
func (g given) alike() (Facts, bool) {
	n := len(g.sums)
	level, shared := levels(g.all, g.items), g.shared() >= common
	rests := g.sums.nonzero() >= active
	if rests && g.sums.amount() >= lesser*g.all.amount() {
		if f, found := g.close(g.sums, levels(g.sums, g.rest), shared); found {
			return f, true
		}
	}
	if rests || level && g.all.nonzero() >= active {
		if f, found := g.close(g.all, level, false); found {
			return f, true
		}
	}
	mode, same := g.all.mode()
	middle, _ := g.sums.near()
	switch {
	case share(same, n) >= everybody && len(g.l.batches(g.l.Events, inMonth)) > 1:
		return Facts{How: Same, Count: same, Of: n, Tenths: mode}, true
	case g.sums.nonzero() >= everybody && g.sums.gini() <= stepped && g.written() >= desk:
		return Facts{How: Stepped, Count: n, Of: n, Tenths: middle}, true
	case n >= smallVillage && shared && g.sums.gini() <= narrow, g.handed() >= handedOut:
		return Facts{How: Shared, Count: n, Of: n, Tenths: middle}, true
	}
	return Facts{}, false
}

// close tells whether the sums lie so close that it suffices with the signs
// that there are.
func (g given) close(s sums, level, shared bool) (Facts, bool) {
	n := len(s)
	mode, same := s.mode()
	middle, around := s.near()
	signs := g.signs
	for _, sign := range []bool{level, shared} {
		if sign {
			signs++
		}
	}
	signs = min(signs, 2)
	switch {
	case share(same, n) >= [...]float64{sameAlone, sameSigned, sameMarked}[signs]:
		return Facts{How: Same, Count: same, Of: n, Tenths: mode}, true
	case share(around, n) >= [...]float64{nearAlone, nearSigned, nearMarked}[signs]:
		return Facts{How: Near, Count: around, Of: n, Tenths: middle}, true
	case level && s.gini() <= levelledNarrow:
		return Facts{How: Levelled, Count: around, Of: n, Tenths: middle}, true
	}
	return Facts{}, false
}

// shared is which part of what was given came by items that everybody has.
func (g given) shared() float64 {
	var part float64
	for _, s := range g.rest {
		_, most := s.mode()
		if share(most, len(s)) >= everybody || len(s)-most <= 1 && len(s) >= smallVillage {
			part += s.amount()
		}
	}
	return part / max(g.all.amount(), 1)
}

// handed is which part of all that was given came on single days to everybody,
// and shows nothing of anybody. In a small village everybody may have come once:
// there it takes two such days, or the quarter's last.
func (g given) handed() float64 {
	var part float64
	full, last := 0, false
	for _, b := range g.l.batches(g.used, onDay) {
		if b.share < everybody {
			continue
		}
		full++
		last = last || b.day.DaysUntil(g.l.Quarter.Last()) < endDays
		part += b.amount()
	}
	if g.l.n < smallVillage && full < 2 && !last {
		return 0
	}
	return part / max(g.all.amount(), 1)
}

// written is which part of the sums was recorded as lists of much of the village.
func (g given) written() float64 {
	var part float64
	for _, b := range g.l.batches(g.used, onDay) {
		if b.large() {
			part += b.amount()
		}
	}
	return part / max(g.sums.amount(), 1)
}

// levels tells whether the sums vary far less than the items do that they are of.
func levels(s sums, items map[string]sums) bool {
	limit := levelled
	if len(s) < smallVillage {
		limit = levelledSmall
	}
	var parts float64
	for _, item := range slices.Sorted(maps.Keys(items)) {
		parts += variance(items[item].floats())
	}
	whole := s.floats()
	return parts > 0 && math.Sqrt(parts) >= varied*math.Abs(mean(whole)) && variance(whole) <= limit*parts
}

// signs counts what else shows that sums were made at a desk: lists that were
// copied, and a quarter that came in on one day at its end.
func (l look) signs(g given) int {
	n := 0
	if len(l.copies(l.deeds())) > 0 {
		n++
	}
	days := map[calendar.Date]int{}
	from := l.Quarter.Last().AddDays(1 - endDays)
	for _, e := range g.used {
		if on := calendar.DateOf(e.RecordedAt); !on.Before(from) {
			days[on]++
		}
	}
	for _, count := range days {
		if share(count, len(g.used)) >= desk {
			n++
			break
		}
	}
	return n
}

// rotation tells whether this quarter with those before it comes to the same
// for everybody.
func (l look) rotation(g given) (Facts, bool) {
	if g.all.nonzero() == 0 || g.all.gini() < rotatedSpread && g.all.nonzero() > active {
		return Facts{}, false
	}
	sum := slices.Clone(g.all)
	parts := variance(sum.floats())
	for back := range l.history() {
		before := l.quarterBefore(back)
		for i := range sum {
			sum[i] += before[i]
		}
		parts += variance(before.floats())
		middle, around := sum.near()
		if parts > 0 && variance(sum.floats()) <= rotated*parts && share(around, len(sum)) >= rotatedNear && middle != 0 {
			return Facts{How: Rotated, Count: around, Of: len(sum), Tenths: middle, Times: back + 2}, true
		}
	}
	return Facts{}, false
}

// history is how many quarters before this one all settled homes have.
func (l look) history() int {
	n := math.MaxInt
	for i, h := range l.Homes {
		if l.settled[i] {
			n = min(n, len(h.Before))
		}
	}
	if n == math.MaxInt {
		return 0
	}
	return n
}

func (l look) quarterBefore(back int) sums {
	var out sums
	for i, h := range l.Homes {
		if l.settled[i] {
			out = append(out, h.Before[back])
		}
	}
	return out
}

// behind are the events that a finding rests on: those of the households that
// are alike where it says of which, else all.
func (g given) behind(f Facts) []record.ID {
	alike := func(int) bool { return true }
	if f.How == Topped {
		alike = func(i int) bool { return g.all[i] == f.Tenths }
	}
	if f.How == Same {
		for _, whole := range []sums{g.all, g.unmet(), g.sums} {
			if _, same := whole.mode(); same == f.Count {
				alike = func(i int) bool { return whole[i] == f.Tenths }
			}
		}
	}
	var out []record.ID
	for _, e := range g.l.Events {
		if f.How == Handed && (e.Item != f.Item || e.OccurredOn != f.Day) {
			continue
		}
		if i, ok := g.l.home(e); ok && alike(g.index[i]) {
			out = append(out, e.ID)
		}
	}
	return out
}
