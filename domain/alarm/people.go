package alarm

import (
	"cmp"
	"fmt"
	"maps"
	"math"
	"slices"

	"github.com/xiangfeng/xiangfeng/domain/household"
	"github.com/xiangfeng/xiangfeng/domain/points"
	"github.com/xiangfeng/xiangfeng/domain/record"
)

// favours finds 优亲厚友: homes and kin of the team's people that lie far above
// the others, and two of the team who each give the other's kin more.
func favours(l look) []Finding {
	var out []Finding
	if f, found := l.teamAbove(); found {
		out = append(out, f)
	}
	return append(out, l.mutual()...)
}

// teamAbove compares the homes of the team and its kin with all others.
func (l look) teamAbove() (Finding, bool) {
	got := make(sums, len(l.Homes))
	for _, e := range l.Events {
		if i, ok := l.home(e); ok {
			got[i] += e.Tenths
		}
	}
	var ours, others []float64
	related := map[household.ID]bool{}
	for i, h := range l.Homes {
		switch {
		case !l.settled[i]:
		case l.ofTeam(h.ID):
			related[h.ID] = true
			ours = append(ours, float64(got[i]))
		default:
			others = append(others, float64(got[i]))
		}
	}
	if len(ours) < 2 || len(others) < fewestHomes || !above(ours, others, favoured, favouredRatio) {
		return Finding{}, false
	}
	f := Finding{Kind: Favour, Key: "team", Facts: Facts{Count: len(ours), Of: len(ours) + len(others), Tenths: tenths(mean(ours)), Against: tenths(mean(others))}}
	for _, e := range l.Events {
		if related[e.Household] && e.Tenths > 0 {
			f.Events = append(f.Events, e.ID)
		}
	}
	return f, true
}

func (l look) ofTeam(h household.ID) bool {
	return slices.ContainsFunc(l.Team, func(r Recorder) bool { return l.Kin.Related(r.Households, h) })
}

// above tells whether a few lie far above many: by so many errors, by so many
// times, and by enough points to matter.
func above(few, many []float64, limit, ratio float64) bool {
	a, b := mean(few), mean(tamed(many))
	// The few are too few to tell their own spread: they are held to the many's.
	z := (a - b) / (math.Max(math.Sqrt(variance(many)), 1) / math.Sqrt(float64(len(few))))
	return z >= limit && a >= ratio*b && a-b >= favouredPoints
}

// mutual finds pairs of the team who each give the other's homes and kin more
// than other households.
func (l look) mutual() []Finding {
	by := map[household.PersonID]sums{0: make(sums, len(l.Homes))} // of nobody: from all together
	for _, r := range l.Team {
		by[r.Person] = make(sums, len(l.Homes))
	}
	for _, e := range l.Events {
		i, ok := l.home(e)
		if !ok {
			continue
		}
		by[0][i] += e.Tenths
		if by[e.Recorder] != nil {
			by[e.Recorder][i] += e.Tenths
		}
	}
	team := slices.Clone(l.Team)
	slices.SortFunc(team, func(a, b Recorder) int { return cmp.Compare(a.Person, b.Person) })
	var out []Finding
	for i, a := range team {
		for _, b := range team[i+1:] {
			if f, found := l.pair(a, b, by); found {
				out = append(out, f)
			}
		}
	}
	return out
}

func (l look) pair(a, b Recorder, by map[household.PersonID]sums) (Finding, bool) {
	toB, toOthers, one := l.gives(a, b, by)
	toA, toRest, other := l.gives(b, a, by)
	if !one || !other {
		return Finding{}, false
	}
	f := Finding{Kind: Favour, Key: fmt.Sprintf("pair:%d:%d", a.Person, b.Person), Facts: Facts{
		Recorder: a.Person, Other: b.Person, Tenths: tenths((toB + toA) / 2), Against: tenths((toOthers + toRest) / 2),
	}}
	for _, e := range l.Events {
		if e.Tenths > 0 && (e.Recorder == a.Person && l.Kin.Related(b.Households, e.Household) || e.Recorder == b.Person && l.Kin.Related(a.Households, e.Household)) {
			f.Events = append(f.Events, e.ID)
		}
	}
	f.Facts.Count = len(f.Events)
	return f, len(f.Events) >= sharedEvents
}

// gives is what somebody gives the homes and kin of another in the mean, and
// what others, and whether the first stands out, also by what they have from all
// together: somebody who alone sees to a home gives it more than to those that
// colleagues see to as well.
func (l look) gives(from, to Recorder, by map[household.PersonID]sums) (theirs, others float64, more bool) {
	got, all := by[from.Person], by[0]
	var few, many, fewAll, manyAll []float64
	for i, h := range l.Homes {
		// Homes of another's round say nothing.
		if !l.settled[i] || got[i] == 0 || l.Kin.Related(from.Households, h.ID) {
			continue
		}
		if l.Kin.Related(to.Households, h.ID) {
			few, fewAll = append(few, float64(got[i])), append(fewAll, float64(all[i]))
		} else {
			many, manyAll = append(many, float64(got[i])), append(manyAll, float64(all[i]))
		}
	}
	if len(few) == 0 || len(many) < fewestHomes {
		return 0, 0, false
	}
	return mean(few), mean(many), above(few, many, mutual, mutualRatio) && above(fewAll, manyAll, mutualAll, favouredRatio)
}

// deviations finds recorders whose mean a household lies far from that of their
// colleagues. Only what was recorded one household at a time is compared, by the
// items that both record: who goes round with the broom, who keeps the lists of
// meetings and who sits with the accounts do other work.
func deviations(l look) []Finding {
	single := l.single()
	total := map[string]int{}
	by := map[household.PersonID]map[string]int{}
	for _, e := range single {
		if by[e.Recorder] == nil {
			by[e.Recorder] = map[string]int{}
		}
		by[e.Recorder][e.Item]++
		total[e.Item]++
	}
	var out []Finding
	for _, who := range slices.Sorted(maps.Keys(by)) {
		shared := map[string]bool{}
		for item, own := range by[who] {
			shared[item] = own >= sharedEvents && total[item]-own >= sharedEvents
		}
		if f, found := l.deviates(who, single, shared); found {
			out = append(out, f)
		}
	}
	return out
}

// single are the events that were not recorded as a list.
func (l look) single() []Event {
	type sitting struct {
		deed
		who household.PersonID
	}
	sizes := map[sitting]int{}
	for _, e := range l.Events {
		sizes[sitting{onDay(e), e.Recorder}]++
	}
	var out []Event
	for _, e := range l.Events {
		if _, ok := l.home(e); ok && sizes[sitting{onDay(e), e.Recorder}] < listed {
			out = append(out, e)
		}
	}
	return out
}

func (l look) deviates(who household.PersonID, single []Event, shared map[string]bool) (Finding, bool) {
	gave := map[household.PersonID]map[int]float64{}
	note := func(p household.PersonID, home int, t points.Tenths) {
		if gave[p] == nil {
			gave[p] = map[int]float64{}
		}
		gave[p][home] += float64(t)
	}
	var behind []record.ID
	for _, e := range single {
		if !shared[e.Item] {
			continue
		}
		i, _ := l.home(e)
		note(e.Recorder, i, e.Tenths)
		if e.Recorder == who {
			behind = append(behind, e.ID)
		}
	}
	var own, others []float64
	for _, p := range slices.Sorted(maps.Keys(gave)) {
		for _, i := range slices.Sorted(maps.Keys(gave[p])) {
			if p == who {
				own = append(own, gave[p][i])
			} else {
				others = append(others, gave[p][i])
			}
		}
	}
	if len(own) < apartHomes || len(others) < apartHomes {
		return Finding{}, false
	}
	a, b := tamed(own), tamed(others)
	low, high := min(math.Abs(mean(a)), math.Abs(mean(b))), max(math.Abs(mean(a)), math.Abs(mean(b)))
	if math.Abs(standardErrors(a, b)) < apartErrors || high < apartRatio*low || math.Abs(mean(a)-mean(b)) < apartPoints {
		return Finding{}, false
	}
	return Finding{Kind: Deviation, Key: fmt.Sprintf("recorder:%d", who), Events: behind, Facts: Facts{
		Recorder: who, Count: len(own), Tenths: tenths(mean(a)), Against: tenths(mean(b)),
	}}, true
}

func tenths(x float64) points.Tenths { return points.Tenths(math.Round(x)) }

// unvisited finds the households without a visit in the whole quarter (PRODUCT
// 2.6). What was recorded at a door is a visit, what was recorded elsewhere is none.
func unvisited(l look) []Finding {
	seen := map[household.ID]bool{}
	for _, v := range l.Visits {
		if l.Quarter.Contains(v.On) {
			seen[v.Household] = true
		}
	}
	f := Finding{Kind: Unvisited, Key: "homes", Facts: Facts{Of: len(l.Homes)}}
	for _, h := range l.Homes {
		if !seen[h.ID] && h.Joined.DaysUntil(l.Quarter.Last()) >= arrived {
			f.Homes = append(f.Homes, h.ID)
		}
	}
	if len(f.Homes) == 0 {
		return nil
	}
	slices.Sort(f.Homes)
	f.Facts.Count = len(f.Homes)
	return []Finding{f}
}
