package alarm

import (
	"cmp"
	"slices"

	"github.com/xiangfeng/xiangfeng/domain/calendar"
	"github.com/xiangfeng/xiangfeng/domain/household"
	"github.com/xiangfeng/xiangfeng/domain/points"
	"github.com/xiangfeng/xiangfeng/domain/record"
)

// Kind is what is wrong.
type Kind string

// The kinds.
const (
	Averaging Kind = "averaging"    // 平均主义: everybody alike
	Batches   Kind = "batches"      // the same list of households again and again
	Bulk      Kind = "bulk"         // entered at the month's end, long after
	Deviation Kind = "deviation"    // one recorder far from the colleagues
	Favour    Kind = "kin"          // 优亲厚友: homes and kin of the team far above
	Reused    Kind = "photo_reused" // a picture that stands elsewhere too
	PhotoDay  Kind = "photo_day"    // a picture of another day than claimed
	Unvisited Kind = "unvisited"    // households where nobody was
)

// Kinds are all of them, the gravest first.
func Kinds() []Kind {
	return []Kind{Averaging, Favour, Deviation, Batches, Reused, PhotoDay, Bulk, Unvisited}
}

// Loud is what leader and officer are told of at once (PRODUCT 4).
func (f Finding) Loud() bool { return f.Blocks || f.Kind == Favour }

// How says in which way households are alike.
type How string

// The ways of being alike.
const (
	Same     How = "same"     // the very same sum
	Near     How = "near"     // sums within a tenth of each other
	Shared   How = "shared"   // what everybody has is nearly all there is
	Stepped  How = "stepped"  // a few steps near each other, recorded as lists
	Grouped  How = "grouped"  // the same within each group, and no two groups alike
	Levelled How = "levelled" // different items that come to one sum
	Rotated  How = "rotated"  // several quarters together are the same
	// Those that only hint.
	Topped How = "topped" // many have one sum, each in a way of its own
	Handed How = "handed" // a part went to everybody
)

// Facts are what a finding's sentence is made of.
type Facts struct {
	How      How
	Count    int           // households, events or pictures that it is about
	Of       int           // of how many
	Tenths   points.Tenths // the sum in question, or the mean of those in question
	Against  points.Tenths // what the others have in the mean
	Item     string        // an item's code
	Day      calendar.Date // the day in question
	Times    int           // how often, or over how many quarters
	Recorder household.PersonID
	Other    household.PersonID
}

// Finding is one thing that looks wrong, as a plain fact.
type Finding struct {
	Kind Kind
	// Key tells findings of a kind apart, the same whenever it is found again.
	Key   string
	Facts Facts
	// Events are those behind it, MostLines at most, in their order.
	Events []record.ID
	// Homes are the households behind one that is not about events.
	Homes []household.ID
	// Blocks says that nothing is published until the township overrides.
	Blocks bool
}

// Inspect looks at a quarter before it is published. What it finds stands in
// the order of Kinds; the same quarter is always found the same. Only
// Averaging blocks, where it does not merely hint.
func Inspect(s Seen) []Finding {
	l := newLook(s)
	var found []Finding
	for _, check := range []func(look) []Finding{
		averaging, favours, deviations, repeats, reused, photoDays, bulks, unvisited,
	} {
		found = append(found, check(l)...)
	}
	for i := range found {
		found[i].Events = kept(found[i].Events)
	}
	return found
}

// kept sorts events and keeps the first.
func kept(events []record.ID) []record.ID {
	slices.Sort(events)
	events = slices.Compact(events)
	return events[:min(len(events), MostLines)]
}

// Blocks tells whether Inspect would find what blocks publishing.
func Blocks(s Seen) bool { return Blocked(averaging(newLook(s))) }

// Blocked tells whether one of the findings blocks publishing.
func Blocked(found []Finding) bool {
	return slices.ContainsFunc(found, func(f Finding) bool { return f.Blocks })
}

// look is a quarter with what several checks need of it.
type look struct {
	Seen
	// at is where a household stands in Homes.
	at map[household.ID]int
	// settled tells which homes were there long enough to be compared.
	settled []bool
	n       int // how many of them
	known   shows
}

func newLook(s Seen) look {
	l := look{Seen: s, at: make(map[household.ID]int, len(s.Homes)), settled: make([]bool, len(s.Homes))}
	l.Events = slices.Clone(s.Events)
	slices.SortFunc(l.Events, func(a, b Event) int { return cmp.Compare(a.ID, b.ID) })
	for i, h := range s.Homes {
		l.at[h.ID] = i
	}
	since := l.since()
	for i, h := range s.Homes {
		if l.settled[i] = !h.Joined.After(since); l.settled[i] {
			l.n++
		}
	}
	l.known = l.shows()
	return l
}

// since is the day by which one must have joined to be compared: the quarter's
// first, or, where the village itself began later, the day on which most had.
func (l look) since() calendar.Date {
	if len(l.Homes) == 0 {
		return l.Quarter.First()
	}
	days := make([]calendar.Date, len(l.Homes))
	for i, h := range l.Homes {
		days[i] = h.Joined
	}
	slices.SortFunc(days, calendar.Date.Compare)
	middle := days[len(days)/2]
	if middle.Before(l.Quarter.First()) {
		return l.Quarter.First()
	}
	return middle
}

// home is where an event's household stands among those that are compared.
func (l look) home(e Event) (int, bool) {
	i, ok := l.at[e.Household]
	return i, ok && l.settled[i]
}
