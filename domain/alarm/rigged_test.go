package alarm_test

import (
	"slices"
	"time"

	"github.com/xiangfeng/xiangfeng/domain/alarm"
	"github.com/xiangfeng/xiangfeng/domain/calendar"
	"github.com/xiangfeng/xiangfeng/domain/catalogue"
	"github.com/xiangfeng/xiangfeng/domain/household"
	"github.com/xiangfeng/xiangfeng/domain/points"
)

// hour is when invented lines are typed.
type hour int

const (
	onTheDay hour = iota
	monthsEnd
	lastDays
)

// desk is how somebody who invents lines goes about it.
type desk struct {
	clerk   int // who types them all; -1: each recorder for the own hamlets
	batch   bool
	when    hour
	staged  float64 // the share of lines with a picture
	visited float64 // the share of homes that are noted as visited each month
}

func (s *season) desk() desk {
	d := desk{clerk: -1, batch: s.chance(.5), when: one(s.r, []hour{onTheDay, monthsEnd, lastDays}), staged: one(s.r, []float64{0, 0, .3, 1}), visited: one(s.r, []float64{0, .5, .9, 1})}
	if s.chance(.5) {
		d.clerk = s.r.IntN(min(3, len(s.team)))
	}
	return d
}

// line is something that never happened.
type line struct {
	code  string
	times int
	on    calendar.Date
}

// inventible are what nobody can check: no certificate, no decision.
var inventible = []string{"HJ01", "HJ02", "HJ03", "HJ05", "HJ04", "HJ06", "HJ11", "SX01", "SX02", "SX03", "SX05", "SX06", "SX16", "CF01", "CF02", "CF05", "CY01", "CY10", "SX17"}

// compose makes up lines of so many points in months, which the caps allow
// after what the home has already; what is left over becomes a donation.
func (s *season) compose(sum int, home int, months ...int) (lines []line) {
	if len(months) == 0 {
		months = []int{0, 1, 2}
	}
	codes := slices.Clone(inventible)
	s.r.Shuffle(len(codes), func(i, j int) { codes[i], codes[j] = codes[j], codes[i] })
	liked := codes[:s.whole(4, 12)]
	had := map[string]int{}
	for tries := 0; sum > 0 && tries < 120; tries++ {
		if tries == 40 {
			liked = codes
		}
		x := line{code: one(s.r, liked), on: s.day(one(s.r, months))}
		item := s.items[x.code]
		used := slices.Clone(s.used[slot{home, x.code}])
		for _, l := range lines {
			if l.code == x.code {
				used = append(used, catalogue.Use{On: l.on, Tenths: item.Value})
			}
		}
		if item.Value > points.Whole(sum) || item.Room(x.on, item.Value, used) != item.Value || had[x.code] > 3 {
			continue
		}
		had[x.code]++
		lines = append(lines, x)
		sum -= int(item.Value / 10)
	}
	for ; sum > 0; sum -= 20 {
		lines = append(lines, line{code: "SX13", times: min(sum, 20), on: s.day(one(s.r, months))})
	}
	return lines
}

// invent puts the lines down for all of the homes.
func (s *season) invent(d desk, lines []line, homes []int) {
	for _, x := range lines {
		for _, group := range s.shared(d, homes) {
			in := sitting{by: group.by, code: x.code, on: x.on, times: x.times, homes: group.homes, at: s.typedLate(d, x.on), apart: !d.batch, sure: true}
			if s.chance(d.staged) {
				in.photo, in.taken = s.shoot(x.on)
			}
			s.put(in)
		}
	}
}

type share struct {
	by    int
	homes []int
}

// shared is who types which homes.
func (s *season) shared(d desk, homes []int) (shares []share) {
	if d.clerk >= 0 {
		return []share{{d.clerk, homes}}
	}
	at := map[int]int{}
	for _, h := range homes {
		by := s.charge[s.homes[h].hamlet]
		i, known := at[by]
		if !known {
			i = len(shares)
			at[by], shares = i, append(shares, share{by: by})
		}
		shares[i].homes = append(shares[i].homes, h)
	}
	return shares
}

// typedLate is when an invented line of that day is typed; one older than 60
// days cannot wait for the quarter's end.
func (s *season) typedLate(d desk, on calendar.Date) time.Time {
	day := on
	switch {
	case d.when == lastDays && on.DaysUntil(s.q.Last()) < 60:
		day = s.q.Last().AddDays(-s.r.IntN(3))
	case d.when != onTheDay:
		day = calendar.MonthOf(on).Last()
	}
	if day.Before(on) {
		day = on
	}
	return day.Start().Add(14*time.Hour + time.Duration(s.r.IntN(8*3600))*time.Second)
}

// rounds are the visits as they were noted, whether or not anybody went.
func (s *season) rounds(d desk) {
	for month := range 3 {
		s.walk(month, s.where(func(home) bool { return s.chance(d.visited) }))
	}
}

// few is what even a village that levels all records truly: an honour, an
// enlistment, somebody fined.
func (s *season) few() {
	if s.chance(.6) {
		s.fines *= .3
		s.honours()
		s.misdeeds()
	}
}

// target is the round sum that a leader thinks everybody should have.
func (s *season) target() int {
	return one(s.r, []int{6, 8, 10, 10, 12, 15, 15, 18, 20, 20, 24, 30, 30, 36, 40})
}

// nth is what the given share of the homes have at most.

func (s *season) nth(share float64) points.Tenths {
	sums := slices.Sorted(slices.Values(s.sums))
	return sums[int(share*float64(len(sums)-1))]
}

// fill gives every one of the homes what it lacks to sum, by lines of its own.
func (s *season) fill(d desk, sum points.Tenths, homes []int, months ...int) {
	for _, h := range homes {
		if lacks := int((sum - s.sums[h]) / 10); lacks > 0 {
			s.invent(d, s.compose(lacks, h, months...), []int{h})
		}
	}
}

// leveledKinds are what an honest officer wants blocked: 平均主义, nearly everybody
// the same because somebody meant it to be so.
var leveledKinds = []kind{
	{name: "the same for everybody", rigged: true, play: func(s *season) {
		d := s.desk()
		s.rounds(d)
		s.invent(d, s.compose(s.target(), 0), s.everybody())
		s.few()
	}},
	{name: "the same but for an alibi", rigged: true, play: func(s *season) {
		d, lines := s.desk(), s.compose(s.target()+4, 0)
		s.rounds(d)
		alibi := s.between(.03, .12)
		for _, h := range s.everybody() {
			if !s.chance(alibi) {
				continue
			}
			if s.chance(.5) {
				s.invent(d, s.compose(s.whole(5, 20), h), []int{h})
			} else {
				s.put(sitting{by: s.charge[s.homes[h].hamlet], code: one(s.r, []string{"HJ14", "HJ16", "CF15", "HJ19"}), on: s.day(-1), homes: []int{h}})
			}
		}
		s.invent(d, lines, s.everybody())
	}},
	{name: "within a point or two", rigged: true, play: func(s *season) {
		d, sum, off := s.desk(), max(10, s.target()), s.whole(1, 2)
		s.rounds(d)
		s.invent(d, s.compose(sum-off, 0), s.everybody())
		for _, h := range s.everybody() {
			s.invent(d, s.compose(s.r.IntN(2*off+1), h), []int{h})
		}
		s.few()
	}},
	{name: "the same sum by different items", rigged: true, play: func(s *season) {
		d := s.desk()
		s.rounds(d)
		s.fill(d, points.Whole(s.target()), s.everybody())
		s.few()
	}},
	{name: "one home's lines for all", rigged: true, play: func(s *season) {
		d, model := s.desk(), s.season(s.q)
		model.life, model.pending = max(.8, s.life), 0
		model.live()
		s.rounds(d)
		like := slices.Index(model.sums, model.nth(.75))
		for _, e := range model.events {
			if e.Household == s.homes[like].id && e.Tenths > 0 {
				s.invent(d, []line{{code: e.Item, on: e.OccurredOn}}, s.everybody())
			}
		}
		if s.nth(.5) < points.Whole(5) {
			s.invent(d, s.compose(10, like), s.everybody())
		}
	}},
	{name: "equal shares over the months", rigged: true, play: func(s *season) {
		d, share := s.desk(), max(2, s.target()/3)
		d.when = one(s.r, []hour{onTheDay, monthsEnd})
		s.rounds(d)
		for month := range 3 {
			s.invent(d, s.compose(share, 0, month), s.everybody())
		}
		s.few()
	}},
	{name: "leveled in the last days", rigged: true, play: func(s *season) {
		s.life, s.meetings, s.cleanups = s.between(.1, .4), s.r.IntN(2), s.r.IntN(2)
		s.deeds()
		for n := range s.cleanups {
			s.rally("HJ06", s.day(n), .1, .7, true)
		}
		d := s.desk()
		d.when, d.clerk = lastDays, s.r.IntN(2)
		s.rounds(d)
		s.fill(d, s.nth(.97)+points.Whole(s.whole(2, 8)), s.everybody(), 1, 2)
	}},
	{name: "topped up to the best", rigged: true, play: func(s *season) {
		s.live()
		d := s.desk()
		s.fill(d, s.nth(s.between(.88, .97)), s.everybody(), 1, 2)
	}},
	{name: "the same in each hamlet", rigged: true, size: [2]int{30, 1200}, shape: func(p *place) {
		hamlets := min(8, max(2, len(p.homes)/15))
		p.charge = nil
		for i := range hamlets {
			p.charge = append(p.charge, i%len(p.team))
		}
		for i := range p.homes {
			p.homes[i].hamlet = i * hamlets / len(p.homes)
		}
	}, play: func(s *season) {
		d := s.desk()
		s.rounds(d)
		for hamlet := range s.charge {
			own := s.where(func(h home) bool { return h.hamlet == hamlet })
			s.invent(d, s.compose(s.target()+hamlet, own[0]), own)
		}
		s.few()
	}},
	{name: "the same with noise", rigged: true, play: func(s *season) {
		d, sum, noise := s.desk(), float64(max(12, s.target())), s.between(.04, .1)
		s.rounds(d)
		base := s.compose(int(sum*.7), 0)
		s.invent(d, base, s.everybody())
		for _, h := range s.everybody() {
			s.fill(d, points.Whole(int(sum*(1+noise*s.r.NormFloat64())+.5)), []int{h})
		}
	}},
	{name: "the same but for locked doors", rigged: true, shape: func(p *place) {
		for i := range p.homes {
			p.homes[i].away = p.homes[i].away && p.chance(.6)
		}
	}, play: func(s *season) {
		d := s.desk()
		s.rounds(d)
		there := s.where(func(h home) bool { return !h.away })
		s.invent(d, s.compose(s.target(), there[0]), there)
		s.few()
	}},
	{name: "everybody in turn, all alike", rigged: true, play: func(s *season) {
		d, sum := s.desk(), s.target()
		d.when = onTheDay
		s.rounds(d)
		for _, h := range s.everybody() {
			s.invent(d, s.compose(sum, h, s.r.IntN(3)), []int{h})
		}
	}},
}

// crookedKinds are what an officer wants told and not blocked.
var crookedKinds = []kind{
	{name: "friends lifted", rigged: true, told: []alarm.Kind{alarm.Deviation}, play: func(s *season) {
		s.live()
		for range s.whole(1, 2) {
			by := s.r.IntN(len(s.team))
			for range max(2, int(s.between(.02, .08)*float64(len(s.homes)))) {
				s.lift(by, s.r.IntN(len(s.homes)), s.whole(10, 30))
			}
		}
	}},
	{name: "recorders trade favours", rigged: true, told: []alarm.Kind{alarm.Favour}, size: [2]int{15, 1200}, shape: func(p *place) {
		for m := range 2 {
			own := p.r.IntN(len(p.homes))
			p.team[m].homes = []household.ID{p.homes[own].id}
			for range p.whole(1, 4) {
				p.kin.Declare(p.homes[own].id, p.homes[p.r.IntN(len(p.homes))].id, household.Sibling)
			}
		}
	}, play: func(s *season) {
		s.live()
		for h := range s.homes {
			for m := range 2 {
				if s.barred(m, h) && !s.barred(1-m, h) {
					s.lift(1-m, h, s.whole(10, 25))
				}
			}
		}
	}},
	{name: "pictures used again", rigged: true, told: []alarm.Kind{alarm.Reused}, play: func(s *season) {
		s.live()
		hash, taken := s.shoot(s.day(0))
		s.pose(func(x *sitting) { x.photo, x.taken, x.again = hash, taken, true })
	}},
	{name: "pictures of another day", rigged: true, told: []alarm.Kind{alarm.PhotoDay}, shape: func(p *place) { p.dated = .95 }, play: func(s *season) {
		s.live()
		s.pose(func(x *sitting) {
			x.photo, x.taken = s.shoot(x.on)
			if !x.taken.IsZero() {
				x.taken = x.on.AddDays(-s.whole(3, 200))
			}
		})
	}},
	{name: "scored and never visited", rigged: true, told: []alarm.Kind{alarm.Unvisited}, play: func(s *season) {
		lazy := s.charge[s.r.IntN(len(s.charge))]
		own := s.where(func(h home) bool { return s.charge[h.hamlet] == lazy })
		for month := range 3 { // what needs nobody to stand at the door
			for _, h := range own {
				s.skip[h] = true
				if s.chance(.8) {
					s.put(sitting{by: lazy, code: one(s.r, []string{"SX06", "HJ06", "CF02", "SX01"}), on: s.day(month), homes: []int{h}})
				}
			}
		}
		s.live()
	}},
	{name: "rounds made at the desk", rigged: true, told: []alarm.Kind{alarm.Unvisited}, play: func(s *season) {
		lazy := s.charge[s.r.IntN(len(s.charge))]
		own := s.where(func(h home) bool { return s.charge[h.hamlet] == lazy })
		for month := range 3 {
			on := s.day(month)
			at := on.Start().Add(time.Duration(s.whole(19, 21)) * time.Hour)
			for n, h := range own {
				s.skip[h] = true
				s.visit(lazy, h, on)
				if s.chance(.8) {
					s.put(sitting{by: lazy, code: s.looks[0], on: on, at: at.Add(time.Duration(n*6) * time.Second), homes: []int{h}})
				}
			}
		}
		s.live()
	}},
	{name: "invented at the quarter's end", rigged: true, told: []alarm.Kind{alarm.Bulk}, play: func(s *season) {
		d := desk{clerk: s.r.IntN(2), when: lastDays, batch: s.chance(.3), visited: .9}
		s.rounds(d)
		for h, home := range s.homes {
			if !home.away {
				s.invent(d, s.compose(int(80*home.tidy*home.social*s.r.Float64()), h, 1, 2), []int{h})
			}
		}
	}},
	{name: "topped up to the mean", rigged: true, told: []alarm.Kind{alarm.Averaging}, play: func(s *season) {
		s.live()
		var sum points.Tenths
		for _, t := range s.sums {
			sum += t
		}
		s.fill(s.desk(), sum/points.Tenths(len(s.sums)), s.everybody(), 1, 2)
	}},
	{name: "a share for all on top", rigged: true, told: []alarm.Kind{alarm.Averaging, alarm.Batches}, play: func(s *season) {
		s.live()
		d := s.desk()
		d.batch, d.clerk = true, 0
		s.invent(d, []line{{code: one(s.r, []string{"SX16", "CF05", "SX01", "SX03"}), on: s.day(2)}}, s.everybody())
	}},
}

// lift gives a home what it did not earn, in single lines over the quarter.
func (s *season) lift(by, h, sum int) {
	if !s.barred(by, h) {
		s.invent(desk{clerk: by}, s.compose(sum, h), []int{h})
	}
}

// pose puts down ten to thirty deeds by one recorder with pictures that show something else.
func (s *season) pose(picture func(*sitting)) {
	by := s.r.IntN(len(s.team))
	for range s.whole(5, 10) + len(s.homes)/50 {
		x := sitting{by: by, code: one(s.r, []string{"HJ11", "SX02", "SX05", "HJ09", "SX04"}), on: s.day(-1), homes: []int{s.r.IntN(len(s.homes))}}
		picture(&x)
		s.put(x)
	}
}
