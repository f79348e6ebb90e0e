package alarm_test

import (
	"fmt"
	"hash/fnv"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"time"

	"github.com/xiangfeng/xiangfeng/domain/alarm"
	"github.com/xiangfeng/xiangfeng/domain/calendar"
	"github.com/xiangfeng/xiangfeng/domain/catalogue"
	"github.com/xiangfeng/xiangfeng/domain/household"
	"github.com/xiangfeng/xiangfeng/domain/points"
	"github.com/xiangfeng/xiangfeng/domain/record"
)

// home is a household as its neighbours know it.
type home struct {
	id     household.ID
	hamlet int
	// tidy and social run from 0 to 1.
	tidy, social float64
	// hands are the adults at home who can work; none in a home of old people
	// alone and none where all are away, whose door is locked.
	hands     int
	old, away bool
	joined    calendar.Date
	before    []points.Tenths
}

// typing is how what a recorder saw comes into the program.
type typing int

const (
	phone   typing = iota // on the spot
	evening               // at home, the same day
	weekly                // on Sunday
	monthly               // from paper, at the month's end
	paper                 // from paper, twice a quarter: nothing older than 60 days is taken
)

// hand is somebody who records.
type hand struct {
	person household.PersonID
	homes  []household.ID
	// strict is what a home must show more than elsewhere; below 0 is generous.
	strict float64
	typing typing
	// bundles is whether a day's round is put down together, an item a record.
	bundles bool
	typed   int // what was typed from paper so far
}

// customs are how the village keeps its scheme.
type customs struct {
	looks              []string // what the monthly round scores
	reach              float64  // the share of homes that a round comes to
	meetings, cleanups int      // in a quarter
	turnout            float64  // factor on who comes
	life               float64  // factor on what households do by themselves
	fines              float64  // factor on what is held against them
	dated              float64  // the share of pictures that name their day
	pending            float64  // the share not yet confirmed when somebody looks
}

// place is a village before anything happens in it.
type place struct {
	customs
	r     *rand.Rand
	items map[string]catalogue.Item
	homes []home
	team  []hand // the leader first, then the deputy
	// charge names the recorder of each hamlet.
	charge []int
	kin    household.Kin
	fresh  bool // the village joined in this quarter
}

func one[T any](r *rand.Rand, of []T) T { return of[r.IntN(len(of))] }

func (p *place) chance(of float64) bool       { return p.r.Float64() < of }
func (p *place) between(a, b float64) float64 { return a + (b-a)*p.r.Float64() }
func (p *place) whole(a, b int) int           { return a + p.r.IntN(b-a+1) }

// about draws a trait, which runs from 0 to 1.
func (p *place) about(mean, sd float64) float64 {
	return max(0, min(1, mean+sd*p.r.NormFloat64()))
}

// poisson draws how often what happens mean times on average happened.
func (p *place) poisson(mean float64) (n int) {
	for limit, left := math.Exp(-mean), p.r.Float64(); left > limit; n++ {
		left *= p.r.Float64()
	}
	return n
}

// settle makes a village of n homes and its team.
func settle(r *rand.Rand, n int, q calendar.Quarter) *place {
	p := &place{r: r, items: map[string]catalogue.Item{}}
	for _, i := range catalogue.County() {
		p.items[i.Code] = i
	}
	if p.chance(.2) { // the village meeting valued the yards anew
		yard := p.items["HJ01"]
		yard.Value = points.Whole(p.whole(2, 4))
		p.items["HJ01"] = yard
	}
	p.customs = customs{
		reach: p.between(.85, 1), meetings: p.whole(1, 3), cleanups: p.whole(1, 3), turnout: p.between(.7, 1.1),
		life: p.between(.3, 1.5), fines: p.between(.3, 1.5), dated: one(r, []float64{.2, .6, .95}), pending: one(r, []float64{0, .05, .3}),
	}
	looks := [][]string{{"HJ01", "HJ02", "HJ03", "HJ05", "HJ04"}, {"HJ01", "HJ02", "HJ05"}, {"HJ01", "HJ04"}, {"HJ01"}, {"HJ02", "HJ03"}}
	p.looks = one(r, looks)
	p.build(n, q)
	p.appoint()
	return p
}

func (p *place) build(n int, q calendar.Quarter) {
	hamlets := max(1, min(12, n/p.whole(15, 60)))
	away, old, tidy := p.between(.05, .3), p.between(.1, .35), p.between(.4, .65)
	for i := range n {
		h := home{
			id: household.ID(1000 + i), hamlet: i * hamlets / n, tidy: p.about(tidy, .22), social: p.about(.5, .22),
			joined: calendar.On(q.Year-p.whole(2, 4), time.Month(p.whole(1, 12)), p.whole(1, 28)),
		}
		switch {
		case p.chance(away):
			h.away = true
		case p.chance(old):
			h.old = true
		default:
			h.hands = p.whole(1, 3)
		}
		if p.chance(.01) {
			h.joined = q.First().AddDays(p.whole(0, 80))
		}
		p.homes = append(p.homes, h)
	}
	p.charge = make([]int, hamlets)
}

// appoint seats three to twelve recorders with their homes and kin, and gives
// each hamlet to one. One in four is sent from outside and has none.
func (p *place) appoint() {
	n := len(p.homes)
	members := min(12, max(3, p.whole(3, 4+n/40)))
	for i := range members {
		m := hand{person: household.PersonID(10 + i), strict: p.r.NormFloat64() * .04, bundles: p.chance(.3), typing: one(p.r, []typing{phone, phone, phone, evening, weekly, monthly})}
		if i == 0 || p.chance(.75) {
			own := p.r.IntN(n)
			m.homes = []household.ID{p.homes[own].id}
			p.homes[own].away = false
			for range p.whole(0, min(6, n/8)) {
				p.kin.Declare(p.homes[own].id, p.homes[p.r.IntN(n)].id, one(p.r, []household.Relation{household.Parent, household.Sibling}))
			}
		}
		p.team = append(p.team, m)
	}
	for range n / 10 {
		p.kin.Declare(p.homes[p.r.IntN(n)].id, p.homes[p.r.IntN(n)].id, household.Sibling)
	}
	for i := range p.charge {
		p.charge[i] = p.r.IntN(members)
	}
}

func (p *place) barred(member, home int) bool {
	return p.kin.Related(p.team[member].homes, p.homes[home].id)
}

// mayScore is the member, or a colleague where the home is the member's kin;
// -1 where all of them are.
func (p *place) mayScore(member, home int) int {
	if !p.barred(member, home) {
		return member
	}
	for _, other := range p.r.Perm(len(p.team)) {
		if !p.barred(other, home) {
			return other
		}
	}
	return -1
}

func (p *place) everybody() []int {
	all := make([]int, len(p.homes))
	for i := range all {
		all[i] = i
	}
	return all
}

func (p *place) where(keep func(home) bool) (homes []int) {
	for i, h := range p.homes {
		if keep(h) {
			homes = append(homes, i)
		}
	}
	return homes
}

type slot struct {
	home int
	code string
}

// season is a village's quarter while it is lived.
type season struct {
	*place
	customs // of this quarter
	q       calendar.Quarter
	now     time.Time
	used    map[slot][]catalogue.Use
	sums    []points.Tenths
	events  []alarm.Event
	visits  []alarm.Visit
	stood   map[alarm.Visit]bool // without who, one a day
	skip    map[int]bool         // homes that the round leaves out
	writes  record.RecordID
}

func (p *place) season(q calendar.Quarter) *season {
	now := calendar.PublishBy(q).Start().Add(9 * time.Hour)
	return &season{place: p, customs: p.customs, q: q, now: now, used: map[slot][]catalogue.Use{}, stood: map[alarm.Visit]bool{}, skip: map[int]bool{}, sums: make([]points.Tenths, len(p.homes))}
}

// day draws one of the quarter's month, 0 to 2; -1 is any month.
func (s *season) day(month int) calendar.Date {
	if month < 0 {
		month = s.r.IntN(3)
	}
	first := calendar.Month{Year: s.q.Year, Month: s.q.First().Month + time.Month(month)}
	return first.First().AddDays(s.r.IntN(first.Last().Day))
}

func (s *season) month(n int) time.Month { return s.q.First().Month + time.Month(n) }

// sitting is what a recorder puts down at once.
type sitting struct {
	by    int
	code  string
	on    calendar.Date
	at    time.Time // zero: as this recorder types
	homes []int
	times int // of the item's value; 0 is once
	photo record.PhotoHash
	taken calendar.Date
	again bool // the picture stands elsewhere for something else
	apart bool // every home by itself
	sure  bool // nobody is forgotten
}

// put records as the program lets a recorder record: no kin, no more than the
// caps leave, nothing older than 60 days. What is kin's a colleague takes, mostly.
func (s *season) put(x sitting) {
	item, ok := s.items[x.code]
	if !ok {
		return
	}
	if x.at.IsZero() {
		x.at = s.typedAt(x.by, x.on)
	}
	if x.at.After(s.now) {
		x.at = s.now.Add(-time.Duration(s.r.IntN(3600)) * time.Second)
	}
	if calendar.TooOld(x.on, calendar.DateOf(x.at), 60) || len(x.homes) == 0 {
		return
	}
	together := record.RecordID(0)
	if len(x.homes) > 1 && !x.apart {
		s.writes++
		together = s.writes
	}
	before := len(s.events)
	for n, h := range x.homes {
		at := x.at
		if x.apart {
			at = at.Add(time.Duration(n*25+s.r.IntN(20)) * time.Second)
		}
		switch by := s.mayScore(x.by, h); {
		case by == x.by:
			s.note(x, item, by, h, together, at)
		case by >= 0 && (x.sure || s.chance(.9)):
			s.note(x, item, by, h, 0, at.Add(time.Duration(s.r.IntN(30))*time.Hour))
		}
	}
	if written := s.events[before:]; len(written) == 1 {
		written[0].Record = 0 // the others had no room
	}
}

func (s *season) note(x sitting, item catalogue.Item, by, h int, together record.RecordID, at time.Time) {
	if s.homes[h].joined.After(x.on) {
		return
	}
	if at.After(s.now) {
		at = s.now
	}
	key := slot{h, x.code}
	room := item.Room(x.on, item.Value*points.Tenths(max(1, x.times)), s.used[key])
	if room == 0 {
		return
	}
	s.used[key] = append(s.used[key], catalogue.Use{On: x.on, Tenths: room})
	s.sums[h] += room
	e := alarm.Event{
		ID: record.ID(len(s.events) + 1), Household: s.homes[h].id, Record: together, Item: x.code, Tenths: room, OccurredOn: x.on,
		RecordedAt: at, Recorder: s.team[by].person, Confirmer: s.confirmer(by, h), Reused: x.again, TakenOn: x.taken,
	}
	if x.photo != "" {
		e.Photos = []record.PhotoHash{x.photo}
	}
	s.events = append(s.events, e)
	if strings.Contains(item.Evidence, string(catalogue.Visit)) {
		s.stand(by, h, x.on) // a record at the door is a visit, wherever its recorder sat
	}
}

// confirmer is the leader, or a deputy for the leader's records and kin.
func (s *season) confirmer(by, h int) household.PersonID {
	if s.chance(s.pending) {
		return 0
	}
	for m := range s.team[:2] {
		if m != by && !s.barred(m, h) {
			return s.team[m].person
		}
	}
	return 0
}

// typedAt is when a recorder types what was seen on a day.
func (s *season) typedAt(by int, on calendar.Date) time.Time {
	m := &s.team[by]
	clock := func(d calendar.Date, from, minutes int) time.Time {
		return d.Start().Add(time.Duration(from)*time.Hour + time.Duration(s.r.IntN(minutes*60))*time.Second)
	}
	switch m.typing {
	case evening:
		return clock(on, 19, 180)
	case weekly:
		return clock(on.AddDays((7-int(on.Weekday()))%7), 19, 150)
	case monthly, paper:
		last := calendar.MonthOf(on).Last()
		if m.typing == paper && on.DaysUntil(s.q.Last()) < 57 {
			last = s.q.Last()
		}
		m.typed++
		return last.Start().Add(18*time.Hour + time.Duration(m.typed*45+s.r.IntN(30))%(5*3600)*time.Second)
	default:
		return clock(on, 8, 600)
	}
}

// shoot takes a picture; where it names its day, that is the day, but for the
// few taken on the eve and the few of a phone whose clock is wrong.
func (s *season) shoot(on calendar.Date) (record.PhotoHash, calendar.Date) {
	hash := record.PhotoHash(fmt.Sprintf("%016x%016x%016x%016x", s.r.Uint64(), s.r.Uint64(), s.r.Uint64(), s.r.Uint64()))
	switch {
	case !s.chance(s.dated):
		return hash, calendar.Date{}
	case s.chance(.01):
		return hash, on.AddDays(-1)
	case s.chance(.002):
		return hash, calendar.On(2010, 1, 1)
	}
	return hash, on
}

// visit notes that somebody of the team stood at the door.
func (s *season) visit(by, h int, on calendar.Date) {
	if by = s.mayScore(by, h); by >= 0 && !s.homes[h].joined.After(on) {
		s.stand(by, h, on)
	}
}

func (s *season) stand(by, h int, on calendar.Date) {
	v := alarm.Visit{Household: s.homes[h].id, On: on}
	if !s.stood[v] {
		s.stood[v] = true
		v.By = s.team[by].person
		s.visits = append(s.visits, v)
	}
}

// kind is something that people do with a quarter.
type kind struct {
	name string
	// size bounds the homes of such a village; zero is 8 to 1,200.
	size  [2]int
	shape func(*place)
	play  func(*season)
	// rigged is whether somebody means to mislead.
	rigged bool
	// told are the kinds of warnings that an officer expects of it.
	told []alarm.Kind
}

// quarter plays one, the same for the same seed. Half of the villages that rig
// it have rigged those before; the others lived them.
func (k kind) quarter(seed uint64) *season {
	name := fnv.New64a()
	fmt.Fprint(name, k.name)
	r := rand.New(rand.NewPCG(seed, name.Sum64()))
	if k.size == [2]int{} {
		k.size = [2]int{8, 1200}
	}
	n := int(math.Round(float64(k.size[0]) * math.Pow(float64(k.size[1])/float64(k.size[0]), r.Float64())))
	q := calendar.Quarter{Year: 2025 + r.IntN(2), N: 1 + r.IntN(4)}
	p := settle(r, n, q)
	if k.shape != nil {
		k.shape(p)
	}
	if p.fresh {
		for i := range p.homes {
			p.homes[i].joined = q.First().AddDays(p.whole(0, 10))
		}
	} else {
		past := (*season).live
		if k.rigged && p.chance(.5) {
			past = k.play
		}
		p.remember(q, past)
	}
	s := p.season(q)
	k.play(s)
	return s
}

// remember lives up to four quarters before the one at hand.
func (p *place) remember(q calendar.Quarter, past func(*season)) {
	quarters := one(p.r, []int{1, 2, 4, 4, 4, 4})
	for range quarters {
		q = q.Prev()
		s := p.season(q)
		past(s)
		for i := range p.homes {
			if h := &p.homes[i]; h.joined.Before(q.First()) {
				h.before = append(h.before, s.sums[i])
			}
		}
	}
}

// seen is the quarter as the program sees it before publishing.
func (s *season) seen() alarm.Seen {
	seen := alarm.Seen{Quarter: s.q, Events: s.events, Visits: s.visits, Kin: s.kin, Now: s.now}
	for _, h := range s.homes {
		seen.Homes = append(seen.Homes, alarm.Home{ID: h.id, Joined: h.joined, Before: h.before})
	}
	for _, m := range s.team {
		seen.Team = append(seen.Team, alarm.Recorder{Person: m.person, Households: m.homes})
	}
	slices.SortStableFunc(seen.Events, func(a, b alarm.Event) int { return a.RecordedAt.Compare(b.RecordedAt) })
	for i := range seen.Events {
		seen.Events[i].ID = record.ID(i + 1)
	}
	return seen
}
