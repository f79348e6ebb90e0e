package alarm

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"github.com/xiangfeng/xiangfeng/domain/calendar"
	"github.com/xiangfeng/xiangfeng/domain/household"
	"github.com/xiangfeng/xiangfeng/domain/points"
)

// deed is an item on a day, or in a month where it was done from door to door
// or by one part of the village after another.
type deed struct {
	item  string
	day   calendar.Date // zero for a month's
	month calendar.Month
}

func onDay(e Event) deed   { return deed{item: e.Item, day: e.OccurredOn} }
func inMonth(e Event) deed { return deed{item: e.Item, month: calendar.MonthOf(e.OccurredOn)} }

// batch is all that was recorded of a deed.
type batch struct {
	deed
	events []Event
	// homes are the households, sorted, each once.
	homes []household.ID
	// share is which part of the village they are.
	share float64
	// middle is the day by which half of it had occurred.
	middle calendar.Date
}

// batches are those of some events of the settled homes, in the order of their deeds.
func (l look) batches(events []Event, of func(Event) deed) []batch {
	at := map[deed]int{}
	var out []batch
	for _, e := range events {
		if _, ok := l.home(e); !ok {
			continue
		}
		i, known := at[of(e)]
		if !known {
			i = len(out)
			at[of(e)] = i
			out = append(out, batch{deed: of(e)})
		}
		out[i].events = append(out[i].events, e)
		out[i].homes = append(out[i].homes, e.Household)
	}
	for i := range out {
		out[i].finish(l.n)
	}
	slices.SortFunc(out, func(a, b batch) int {
		return cmp.Or(a.middle.Compare(b.middle), cmp.Compare(a.item, b.item), a.day.Compare(b.day))
	})
	return out
}

func (b *batch) finish(n int) {
	slices.Sort(b.homes)
	b.homes = slices.Compact(b.homes)
	b.share = share(len(b.homes), n)
	days := make([]calendar.Date, len(b.events))
	for i, e := range b.events {
		days[i] = e.OccurredOn
	}
	slices.SortFunc(days, calendar.Date.Compare)
	b.middle = days[len(days)/2]
}

// deeds are the large batches of days, and of what is left the months' in
// which each household stands once.
func (l look) deeds() []batch {
	byDay := l.batches(l.Events, onDay)
	whole := map[deed]batch{}
	for _, b := range l.batches(l.Events, inMonth) {
		whole[b.deed] = b
	}
	var out []batch
	taken := map[deed]bool{}
	for _, b := range byDay {
		if b.large() {
			// One half today, the other tomorrow, is one list.
			if m := whole[inMonth(b.events[0])]; len(m.events) == len(m.homes) {
				b.share = m.share
			}
			out = append(out, b)
			taken[b.deed] = true
		}
	}
	rest := slices.DeleteFunc(slices.Clone(l.Events), func(e Event) bool { return taken[onDay(e)] })
	for _, b := range l.batches(rest, inMonth) {
		if b.large() && len(b.events) == len(b.homes) {
			out = append(out, b)
		}
	}
	return out
}

// amount is what the batch gave and took in sum.
func (b batch) amount() (sum float64) {
	for _, e := range b.events {
		sum += math.Abs(float64(e.Tenths))
	}
	return sum
}

// large tells whether a batch is of much of the village.
func (b batch) large() bool { return b.share >= mass && len(b.homes) >= fewestMet }

// shows is what of a quarter shows who took part and who did not: gatherings
// and rounds in which much of the village got the same, honestly as far as can
// be seen: recorded soon, some were missing, and others than at other times.
// What they gave makes no quarter alike.
type shows struct{ days, months map[deed]bool }

func (s shows) has(e Event) bool {
	return s.days[onDay(e)] || s.months[inMonth(e)] && !s.days[onDay(e)]
}

func (l look) shows() shows {
	all := l.deeds()
	copies := l.copies(all)
	out := shows{days: map[deed]bool{}, months: map[deed]bool{}}
	var met []float64
	for _, b := range all {
		switch {
		case copies[b.deed] || !l.honest(b):
		case b.day.IsZero():
			out.months[b.deed] = true
		default:
			out.days[b.deed] = true
			met = append(met, b.share)
		}
	}
	// Nobody believes that nearly all come every time.
	if l.n >= smallVillage && len(met) >= often && mean(met) > gatheredOften {
		out.days = map[deed]bool{}
	}
	return out
}

func (l look) honest(b batch) bool {
	amounts := map[points.Tenths]int{}
	lag := make([]int, 0, len(b.events))
	most := 0
	for _, e := range b.events {
		if e.Reused || offDay(e) {
			return false
		}
		amounts[e.Tenths]++
		most = max(most, amounts[e.Tenths])
		lag = append(lag, e.OccurredOn.DaysUntil(calendar.DateOf(e.RecordedAt)))
	}
	slices.Sort(lag)
	return share(most, len(b.events)) >= alikeAmount && lag[len(lag)/2] <= prompt && b.share <= l.mostMet(b)
}

// mostMet is which part of the village may honestly have taken part. From door
// to door takes days, which nobody spends on what is the same for all.
func (l look) mostMet(b batch) float64 {
	shown := b.pictured() || b.day.IsZero()
	switch {
	case !b.pictured() && b.middle.DaysUntil(l.Quarter.Last()) < endDays:
		return 0
	case shown && l.n < smallVillage:
		return 1
	case shown:
		return gathered
	}
	return gatheredUnseen
}

// pictured tells whether most of the events have a picture.
func (b batch) pictured() bool {
	n := 0
	for _, e := range b.events {
		if len(e.Photos) > 0 {
			n++
		}
	}
	return share(n, len(b.events)) >= mass
}

// copies are the large batches whose list is that of another day, too. In a
// small village the same two may be away each time: there it takes three
// lists, and no picture. Everybody is no list.
func (l look) copies(all []batch) map[deed]bool {
	out := map[deed]bool{}
	for _, a := range all {
		if a.share == 1 || l.n < smallVillage && a.pictured() {
			continue
		}
		days := map[calendar.Date]bool{}
		for _, b := range all {
			if b.middle != a.middle && float64(differ(a.homes, b.homes)) <= copied*float64(l.n) {
				days[b.middle] = true
			}
		}
		if len(days) >= 2 || len(days) == 1 && l.n >= smallVillage {
			out[a.deed] = true
		}
	}
	return out
}

// differ counts the households on one of two sorted lists only.
func differ(a, b []household.ID) int {
	n := 0
	for len(a) > 0 && len(b) > 0 {
		switch {
		case a[0] == b[0]:
			a, b = a[1:], b[1:]
		case a[0] < b[0]:
			a, n = a[1:], n+1
		default:
			b, n = b[1:], n+1
		}
	}
	return n + len(a) + len(b)
}

// repeats finds lists of households that stand again and again, word for word,
// for different days: written off, not written down.
func repeats(l look) []Finding {
	byList := map[string][]batch{}
	for _, b := range l.batches(l.Events, onDay) {
		if len(b.homes) >= listed && b.share >= listedShare {
			key := fmt.Sprint(b.homes)
			byList[key] = append(byList[key], b)
		}
	}
	var out []Finding
	for _, same := range byList {
		if f, found := l.repeated(same); found {
			out = append(out, f)
		}
	}
	slices.SortFunc(out, func(a, b Finding) int { return cmp.Compare(a.Key, b.Key) })
	return out
}

func (l look) repeated(same []batch) (Finding, bool) {
	days := map[calendar.Date]bool{}
	homes := same[0].homes
	f := Finding{Kind: Batches, Facts: Facts{Count: len(homes), Of: l.n, Day: same[0].day}}
	for _, b := range same {
		days[b.day] = true
		for _, e := range b.events {
			f.Events = append(f.Events, e.ID)
		}
	}
	f.Facts.Times = len(days)
	f.Key = fmt.Sprintf("list:%s:%s:%d", same[0].day, same[0].item, homes[0])
	need := listedTimes
	if l.n < smallVillage || len(homes) == l.n {
		need = listedSmall
	}
	return f, len(days) >= need
}
