package alarm

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/xiangfeng/xiangfeng/domain/points"
)

// hint tells what in a quarter looks leveled, though too little to block it:
// the lower were lifted to one sum, everybody got a part, or a little less than
// what blocks are alike.
func (g given) hint() (Facts, bool) {
	for _, look := range []func() (Facts, bool){g.topped, g.handedSome, g.nearlyAlike} {
		if f, found := look(); found {
			return f, true
		}
	}
	return Facts{}, false
}

// nearlyAlike tells whether one sign more would block what does not show who
// took part, where that is the greater part; or whether nearly everybody has the
// same without gatherings, though rounds may find all in order.
func (g given) nearlyAlike() (Facts, bool) {
	if g.sums.nonzero() >= active && g.sums.amount() >= lesser*g.all.amount() {
		if f, found := g.close(g.sums, levels(g.sums, g.rest), true); found {
			return f, true
		}
	}
	unmet := g.unmet()
	mode, same := unmet.mode()
	found := share(same, g.l.n) >= sameSigned && unmet.amount() >= lesser*g.all.amount()
	return Facts{How: Same, Count: same, Of: g.l.n, Tenths: mode}, found
}

// unmet is what households got but at gatherings.
func (g given) unmet() sums {
	out := make(sums, g.l.n)
	for _, e := range g.l.Events {
		if home, ok := g.l.home(e); ok && !g.l.known.days[onDay(e)] {
			out[g.index[home]] += e.Tenths
		}
	}
	return out
}

// topped tells whether many households have one sum though nearly each got it in
// another way. Who did the same has the same honestly.
func (g given) topped() (Facts, bool) {
	mode, same := g.all.mode()
	if same < fewestMet || share(same, g.l.n) < topped {
		return Facts{}, false
	}
	by := make(map[int][]string, same)
	for _, e := range g.l.Events {
		if home, ok := g.l.home(e); ok && g.all[g.index[home]] == mode {
			by[g.index[home]] = append(by[g.index[home]], fmt.Sprint(inMonth(e), e.Tenths))
		}
	}
	ways := map[string]bool{}
	for _, lines := range by {
		slices.Sort(lines)
		ways[fmt.Sprint(lines)] = true
	}
	return Facts{How: Topped, Count: same, Of: g.l.n, Tenths: mode}, share(len(ways), same) >= ownWay
}

// handedSome tells whether a part came to everybody on one day, the same for
// all. In a small village everybody may have come once.
func (g given) handedSome() (Facts, bool) {
	all := g.l.batches(g.used, onDay)
	slices.SortStableFunc(all, func(a, b batch) int { return cmp.Compare(b.amount(), a.amount()) })
	for _, b := range all {
		if b.share < everybody || g.l.n < smallVillage && b.pictured() || b.amount() < handedSome*g.all.amount() {
			continue
		}
		of := make([]points.Tenths, 0, len(b.events))
		for _, e := range b.events {
			of = append(of, e.Tenths)
		}
		each, same := sums(of).mode()
		if share(same, len(of)) >= alikeAmount {
			return Facts{How: Handed, Count: len(b.homes), Of: g.l.n, Tenths: each, Item: b.item, Day: b.day}, true
		}
	}
	return Facts{}, false
}
