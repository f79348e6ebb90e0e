package alarm

import (
	"cmp"
	"maps"
	"math"
	"slices"

	"github.com/xiangfeng/xiangfeng/domain/calendar"
	"github.com/xiangfeng/xiangfeng/domain/household"
	"github.com/xiangfeng/xiangfeng/domain/points"
)

// part is what one list did to the households: an item in a month.
type part struct {
	values sums
	homes  int // that it is of
}

// parts are those that some events make up. Lists of much the same
// households are one: who is diligent in the one is in the other.
func (g given) parts(events []Event) []part {
	at := map[deed]int{}
	var all []part
	for _, e := range events {
		home, ok := g.l.home(e)
		if !ok {
			continue
		}
		i, known := at[inMonth(e)]
		if !known {
			i = len(all)
			at[inMonth(e)] = i
			all = append(all, part{values: make(sums, g.l.n)})
		}
		all[i].values[g.index[home]] += e.Tenths
	}
	for i := range all {
		for _, v := range all[i].values {
			if v != 0 {
				all[i].homes++
			}
		}
	}
	slices.SortStableFunc(all, func(a, b part) int { return b.homes - a.homes })
	var out []part
	for _, p := range all {
		i := slices.IndexFunc(out, p.like)
		if i < 0 || p.homes < fewestHeap {
			out = append(out, p)
			continue
		}
		for h, v := range p.values {
			out[i].values[h] += v
		}
	}
	return out
}

// like tells whether two lists have most of their households in common.
func (p part) like(q part) bool {
	both, either := 0, 0
	for i := range p.values {
		a, b := p.values[i] != 0, q.values[i] != 0
		if a && b {
			both++
		}
		if a || b {
			either++
		}
	}
	return share(both, either) >= together
}

// apart tells whether nearly every household is on exactly one list.
func apart(parts []part, n int) bool {
	on := make([]int, n)
	lists := 0
	for _, p := range parts {
		if p.homes < fewestHeap {
			continue
		}
		lists++
		for i, v := range p.values {
			if v != 0 {
				on[i]++
			}
		}
	}
	one := 0
	for _, k := range on {
		if k == 1 {
			one++
		}
	}
	return lists >= 2 && share(one, n) >= heaped
}

// meetByChance is how likely two households have the same sum if each part goes
// to whom it goes without regard to the others.
func meetByChance(parts []part, n int) float64 {
	at := map[points.Tenths]float64{0: 1}
	for _, p := range parts {
		of := map[points.Tenths]float64{}
		for _, v := range p.values {
			of[v] += 1 / float64(n)
		}
		next := make(map[points.Tenths]float64, len(at)+len(of))
		values := slices.Sorted(maps.Keys(of))
		for _, sum := range slices.Sorted(maps.Keys(at)) {
			for _, v := range values {
				next[sum+v] += at[sum] * of[v]
			}
		}
		at = next
	}
	var meet float64
	for _, sum := range slices.Sorted(maps.Keys(at)) {
		meet += at[sum] * at[sum]
	}
	return meet
}

// meet is how often two households do have the same sum.
func (s sums) meet() float64 {
	n, pairs := float64(len(s)), 0.0
	for _, c := range s.counts() {
		pairs += float64(c) * float64(c-1)
	}
	return pairs / max(1, n*(n-1))
}

func (s sums) counts() map[points.Tenths]int {
	out := map[points.Tenths]int{}
	for _, x := range s {
		out[x]++
	}
	return out
}

// heaps are the sums, but 0, that many households share, and how many are in one.
func (s sums) heaps() (of map[points.Tenths]bool, covered int) {
	of = map[points.Tenths]bool{}
	least := max(fewestHeap, int(math.Ceil(heap*float64(len(s)))))
	for x, c := range s.counts() {
		if x != 0 && c >= least {
			of[x] = true
			covered += c
		}
	}
	return of, covered
}

// grouped finds a village in which each group got a sum of its own, and all of
// a group the same (各组一样多): nearly everybody is in one of a few heaps of the
// very same sum, and nothing that the households did differently makes it so.
func (g given) grouped() (Facts, bool) {
	try := []struct {
		sums   sums
		events []Event
	}{{g.all, g.l.Events}}
	if g.sums.amount() >= lesser*g.all.amount() {
		try = append(try, struct {
			sums   sums
			events []Event
		}{g.sums, g.used})
	}
	for _, one := range try {
		of, covered := one.sums.heaps()
		n := len(one.sums)
		if len(of) < 2 || len(of) > mostHeaps || share(covered, n) < heaped && n-covered > 1 {
			continue
		}
		if g.unexplained(one.sums, one.events, of) {
			middle, _ := one.sums.mode()
			return Facts{How: Grouped, Count: covered, Of: n, Tenths: middle, Times: len(of)}, true
		}
	}
	return Facts{}, false
}

// unexplained tells whether the heaps are none that come about where each
// household does what it does: more meet than by chance, or the heaps lie
// side by side in the village's list, or each is of lists of its own.
func (g given) unexplained(s sums, events []Event, of map[points.Tenths]bool) bool {
	parts := g.parts(events)
	return s.meet() >= meeting*meetByChance(parts, len(s)) || apart(parts, len(s)) || g.sideBySide(s, of) ||
		g.ownLists(s, events, of, true) || g.ownLists(s, events, of, false)
}

// sideBySide tells whether the heaps are stretches of the village's list, in
// which households stand by groups, too much so for chance.
func (g given) sideBySide(s sums, of map[points.Tenths]bool) bool {
	type at struct {
		id  household.ID
		sum points.Tenths
	}
	var list []at
	for i, h := range g.l.Homes {
		if g.l.settled[i] && of[s[g.index[i]]] {
			list = append(list, at{h.ID, s[g.index[i]]})
		}
	}
	slices.SortFunc(list, func(a, b at) int { return cmp.Compare(a.id, b.id) })
	runs, counts := 1, map[points.Tenths]int{list[0].sum: 1}
	for i := 1; i < len(list); i++ {
		counts[list[i].sum]++
		if list[i].sum != list[i-1].sum {
			runs++
		}
	}
	n := float64(len(list))
	var squares float64
	for _, c := range counts {
		squares += float64(c) * float64(c)
	}
	expected := n - squares/n // changes from one to the next
	errors := (expected - float64(runs-1)) / math.Sqrt(max(1, expected*expected/n))
	return float64(runs) <= float64(len(of))+stretch*n && errors >= stretchErrors
}

// ownLists tells whether households that stand on lists together, of a day or of
// somebody's day, have all the same, and those of other lists something else.
func (g given) ownLists(s sums, events []Event, of map[points.Tenths]bool, perRecorder bool) bool {
	alike := 0
	had := map[points.Tenths]bool{}
	for _, group := range g.companies(events, perRecorder) {
		x, same := s.of(group).mode()
		if len(group) >= fewestHeap && of[x] && share(same, len(group)) >= everybody {
			alike += same
			had[x] = true
		}
	}
	return len(had) >= 2 && share(alike, len(s)) >= heaped
}

// of are the sums of some households.
func (s sums) of(which []int) sums {
	out := make(sums, len(which))
	for k, i := range which {
		out[k] = s[i]
	}
	return out
}

// companies are the households that hang together by the lists on which they stand.
func (g given) companies(events []Event, perRecorder bool) [][]int {
	type list struct {
		item string
		day  calendar.Date
		who  household.PersonID
	}
	on := map[list][]int{}
	for _, e := range events {
		home, ok := g.l.home(e)
		if !ok {
			continue
		}
		key := list{item: e.Item, day: e.OccurredOn}
		if perRecorder {
			key.who = e.Recorder
		}
		on[key] = append(on[key], g.index[home])
	}
	root := make([]int, g.l.n)
	for i := range root {
		root[i] = i
	}
	find := func(i int) int {
		for root[i] != i {
			root[i] = root[root[i]]
			i = root[i]
		}
		return i
	}
	for _, homes := range on {
		if len(homes) < fewestHeap {
			continue
		}
		for _, i := range homes[1:] {
			root[find(i)] = find(homes[0])
		}
	}
	groups := make([][]int, g.l.n)
	for i := range root {
		groups[find(i)] = append(groups[find(i)], i)
	}
	return groups
}
