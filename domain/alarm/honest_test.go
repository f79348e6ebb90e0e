package alarm_test

import (
	"slices"
	"time"

	"github.com/xiangfeng/xiangfeng/domain/calendar"
	"github.com/xiangfeng/xiangfeng/domain/catalogue"
)

// live is an honest quarter: rounds, meetings, clean-up days, what households
// do by themselves, and what is held against some.
func (s *season) live() {
	for month := range 3 {
		s.round(month)
		s.harvest(month)
	}
	for n := range s.meetings {
		s.rally("CF01", s.day(n%3), .3, .6, false)
	}
	for n := range s.cleanups {
		s.rally("HJ06", s.day(n%3), .1, .7, true)
	}
	if s.chance(.5) {
		s.rally("CF02", s.day(-1), .1, .5, false)
	}
	if s.chance(.4) {
		s.rally("CF05", s.day(-1), 0, .6, true)
	}
	if s.chance(.3) {
		s.rally("CY01", s.day(-1), -.1, .5, true)
	}
	s.deeds()
	s.honours()
	s.misdeeds()
}

// round is the monthly visit: each hamlet's recorder goes from door to door on
// some days, and scores what is tidy.
func (s *season) round(month int) {
	days := make([]calendar.Date, s.whole(2, 6))
	for i := range days {
		days[i] = s.day(month)
	}
	type sheet struct {
		by   int
		code string
		on   calendar.Date
	}
	var order []sheet
	tidy := map[sheet][]int{}
	for h, home := range s.homes {
		if s.skip[h] || !s.chance(s.reach) {
			continue
		}
		by, on := s.charge[home.hamlet], days[(h+month)%len(days)]
		s.visit(by, h, on)
		if home.away {
			continue
		}
		looks := home.tidy + .1*s.r.NormFloat64() - s.team[by].strict
		for _, code := range s.looks {
			if code == "HJ04" && month != 1 || looks+.1*s.r.NormFloat64() < .5 {
				continue
			}
			x := sheet{by, code, on}
			if !s.team[by].bundles {
				s.put(sitting{by: by, code: code, on: on, homes: []int{h}})
				continue
			}
			if tidy[x] == nil {
				order = append(order, x)
			}
			tidy[x] = append(tidy[x], h)
		}
		if looks < .12 && s.chance(.2*s.fines) {
			s.proven(sitting{by: by, code: "HJ24", on: on, homes: []int{h}})
		}
	}
	for _, x := range order {
		s.put(sitting{by: x.by, code: x.code, on: x.on, homes: tidy[x]})
	}
}

// rally is a day for everybody: who comes is put down from the list, with one
// picture of all. In a village that fines it, some who stay away lose a point.
func (s *season) rally(code string, on calendar.Date, least, social float64, work bool) {
	by := s.r.IntN(len(s.team))
	var came, missed []int
	for h, home := range s.homes {
		p := (least + social*home.social) * s.turnout
		switch {
		case home.away:
			p *= .05
		case work && home.hands == 0:
			p *= .3
		case work && home.hands > 1:
			p += .1
		}
		if s.chance(p) {
			came = append(came, h)
		} else if code == "CF01" && s.fines > 1 && !home.away && !home.old && s.chance(.15) {
			missed = append(missed, h)
		}
	}
	x := sitting{by: by, code: code, on: on, homes: came}
	if s.chance(.7) {
		x.photo, x.taken = s.shoot(on)
	}
	s.put(x)
	s.put(sitting{by: by, code: "CF18", on: on, homes: missed})
}

// proven adds a picture of its own; one in 250 looks like another.
func (s *season) proven(x sitting) {
	x.photo, x.taken = s.shoot(x.on)
	x.again = s.chance(.004)
	s.put(x)
}

// harvest: the co-operative counts the days worked; straw burns, grain dries on the road.
func (s *season) harvest(month int) {
	m := s.month(month)
	if m != time.May && m != time.June && m != time.September && m != time.October {
		return
	}
	for range s.whole(1, 4) {
		on, by := s.day(month), s.r.IntN(len(s.team))
		hands := s.where(func(h home) bool { return h.hands > 0 && s.chance(.3*s.life*h.social) })
		s.put(sitting{by: by, code: "CY10", on: on, homes: hands})
	}
	for h, home := range s.homes {
		if home.hands > 0 && s.chance(.03*s.fines*(1-home.tidy)) {
			s.proven(sitting{by: s.charge[home.hamlet], code: one(s.r, []string{"HJ16", "HJ18"}), on: s.day(month), homes: []int{h}})
		}
	}
}

// deed is what a household does by itself: how likely, and whether it is shown.
type deed struct {
	code   string
	weight float64
	hands  bool
	shown  bool
}

var deeds = []deed{
	{"SX01", 3, true, false},
	{"SX06", 4, false, false},
	{"HJ11", 2, true, true},
	{"SX02", 2, true, true},
	{"SX03", 1, true, false},
	{"SX05", 1, true, true},
	{"ZJ02", 1, true, false},
	{"HJ09", 1, true, true},
	{"CF03", .5, false, true},
	{"CF04", .5, false, false},
	{"CF10", .3, false, false},
	{"SX13", 1, false, true},
	{"SX16", .5, false, false},
	{"HJ12", .5, true, true},
	{"SX15", .2, true, true},
	{"CY03", .3, true, true},
	{"CY04", .3, true, true},
	{"HJ08", .2, true, true},
	{"HJ10", .3, false, true},
	{"SX10", .2, true, true},
	{"SX14", .1, false, false},
	{"CF09", .1, false, false},
	{"CY09", .1, true, false},
}

func (s *season) deeds() {
	var sum float64
	for _, d := range deeds {
		sum += d.weight
	}
	for h, home := range s.homes {
		if home.away {
			if s.chance(.03) { // whoever works away gives money at the New Year
				s.proven(sitting{by: s.charge[home.hamlet], code: "SX13", on: s.day(-1), homes: []int{h}, times: s.whole(1, 5)})
			}
			continue
		}
		for range s.poisson(1.6 * s.life * home.social) {
			at := s.r.Float64() * sum
			i := slices.IndexFunc(deeds, func(d deed) bool { at -= d.weight; return at < 0 })
			if i < 0 || deeds[i].hands && home.hands == 0 {
				continue
			}
			x := sitting{by: s.charge[home.hamlet], code: deeds[i].code, on: s.day(-1), homes: []int{h}}
			if s.chance(.2) {
				x.by = s.r.IntN(len(s.team))
			}
			if x.code == "SX13" {
				x.times = s.whole(1, 6)
			}
			if deeds[i].shown {
				s.proven(x)
				continue
			}
			s.put(x)
		}
	}
}

// honours are few: the yards that the meeting picks, an enlistment, a place at a university.
func (s *season) honours() {
	best := s.where(func(h home) bool { return h.tidy > .8 && !h.away && s.chance(.3*s.life) })
	x := sitting{by: 0, code: "HJ07", on: s.day(2), homes: best}
	x.photo, x.taken = s.shoot(x.on)
	s.put(x)
	for h := range s.homes {
		if !s.chance(.012) {
			continue
		}
		code := one(s.r, []string{"BZ06", "BZ05", "BZ04", "CF07", "CF08", "BZ12"})
		switch s.q.N {
		case 3:
			code = one(s.r, []string{"BZ14a", "BZ14b", "BZ10", "BZ15a"})
		case 4:
			code = one(s.r, []string{"BZ07", "BZ07", "BZ06"})
		}
		s.put(sitting{by: s.r.IntN(len(s.team)), code: code, on: s.day(-1), homes: []int{h}})
	}
}

func (s *season) misdeeds() {
	codes := []string{"HJ14", "HJ15", "HJ17", "HJ19", "ZJ15", "CF12", "CF15", "CF16", "CF23", "ZJ09", "ZJ06"}
	for h, home := range s.homes {
		if !home.away && s.chance(.05*s.fines*(1-home.tidy)) {
			s.proven(sitting{by: s.charge[home.hamlet], code: one(s.r, codes), on: s.day(-1), homes: []int{h}})
		}
	}
}

// honestKinds are the quarters that may not be blocked, whatever they look like.
var honestKinds = []kind{
	{name: "an ordinary village", play: (*season).live},
	{name: "strict and generous recorders", shape: func(p *place) {
		for i := range p.team {
			p.team[i].strict = p.between(-.25, .25)
		}
		p.team[p.charge[0]].strict = one(p.r, []float64{-.3, .3})
	}, play: (*season).live},
	{name: "typed from paper in bulk", shape: func(p *place) {
		for i := range p.team {
			p.team[i].typing = one(p.r, []typing{monthly, paper, paper})
		}
	}, play: (*season).live},
	{name: "nearly nobody gets anything", size: [2]int{8, 40}, play: func(s *season) {
		for month := range 3 {
			s.walk(month, s.everybody())
		}
		for range s.r.IntN(4) {
			s.put(sitting{by: s.r.IntN(len(s.team)), code: one(s.r, []string{"SX01", "SX06", "BZ06", "HJ11", "CF04"}), on: s.day(-1), homes: []int{s.r.IntN(len(s.homes))}})
		}
	}},
	{name: "a sleepy village", shape: func(p *place) { p.life = p.between(.03, .15) }, play: func(s *season) {
		for month := range 3 {
			s.walk(month, s.where(func(home) bool { return s.chance(.8) }))
		}
		s.deeds()
		s.misdeeds()
	}},
	{name: "meetings and nothing else", size: [2]int{8, 400}, play: func(s *season) {
		for n := range s.whole(1, 3) {
			s.rally("CF01", s.day(n), .35, .6, false)
			s.walk(n, s.everybody())
		}
		s.honours()
	}},
	{name: "one big thing done together", play: func(s *season) {
		s.life *= .6
		s.live()
		s.together()
	}},
	{name: "one big thing and little else", size: [2]int{8, 300}, play: func(s *season) {
		s.life *= .2
		s.walk(0, s.everybody())
		s.together()
		s.deeds()
		s.honours()
	}},
	{name: "a new village's first quarter", shape: func(p *place) { p.fresh = true }, play: func(s *season) {
		s.rally("CF01", s.q.First().AddDays(s.whole(11, 20)), .5, .5, false)
		if s.chance(.5) { // at every door somebody explains the scheme and is listened to
			for _, h := range s.where(func(h home) bool { return !h.away }) {
				on, by := s.q.First().AddDays(s.whole(11, 40)), s.charge[s.homes[h].hamlet]
				s.visit(by, h, on)
				s.put(sitting{by: by, code: "CF02", on: on, homes: []int{h}})
			}
		}
		for month := s.whole(0, 2); month < 3; month++ {
			s.round(month)
		}
		s.life *= .5
		s.deeds()
		if s.chance(.6) {
			s.rally("HJ06", s.day(2), .2, .7, true)
		}
	}},
	{name: "a harvest quarter", play: func(s *season) {
		s.life *= 1.3
		s.reach *= .7
		for range 2 {
			for month := range 3 {
				s.harvest(month)
			}
		}
		s.live()
	}},
	{name: "a recorder who does one hamlet only", shape: func(p *place) {
		rest := p.whole(1, len(p.team)-1)
		for i := range p.charge {
			p.charge[i] = rest
		}
		p.charge[0] = 0
	}, play: (*season).live},
	{name: "a village that is tidy all over", shape: func(p *place) {
		for i := range p.homes {
			if h := &p.homes[i]; !h.away {
				h.tidy = p.about(.82, .14)
			}
		}
		p.reach = 1
	}, play: (*season).live},
	{name: "yards and hardly anything else", size: [2]int{8, 300}, shape: func(p *place) {
		p.looks, p.meetings, p.cleanups, p.life = []string{"HJ01"}, p.r.IntN(2), p.r.IntN(2), p.between(.1, .4)
	}, play: (*season).live},
	{name: "everything counts a fifth", shape: func(p *place) {
		for code, i := range p.items {
			i.Value /= 5
			i.Caps = catalogue.Caps{Month: i.Caps.Month / 5, Quarter: i.Caps.Quarter / 5, Year: i.Caps.Year / 5, Ever: i.Caps.Ever / 5}
			p.items[code] = i
		}
	}, play: (*season).live},
	{name: "old people at home", shape: func(p *place) {
		for i := range p.homes {
			if h := &p.homes[i]; !h.away && p.chance(.6) {
				h.old, h.hands = true, 0
			}
		}
	}, play: func(s *season) {
		// The yearly look whether each pensioner lives, with the talk on pensions; help with errands.
		on := s.day(-1)
		old := s.where(func(h home) bool { return h.old })
		s.put(sitting{by: s.r.IntN(len(s.team)), code: "CF02", on: on, homes: old})
		for _, h := range s.where(func(h home) bool { return h.hands > 0 }) {
			for range s.poisson(1.2 * s.homes[h].social) {
				s.put(sitting{by: s.charge[s.homes[h].hamlet], code: "SX06", on: s.day(-1), homes: []int{h}})
			}
		}
		s.life *= .5
		s.live()
	}},
}

// walk is a round that finds nothing worth scoring.
func (s *season) walk(month int, homes []int) {
	for _, h := range homes {
		s.visit(s.charge[s.homes[h].hamlet], h, s.day(month))
	}
}

// together is a road or a dyke that the whole village builds on one to five
// days: who has hands comes, on as many days as there is time.
func (s *season) together() {
	code, first := one(s.r, []string{"SX03", "SX02", "SX08"}), s.day(-1)
	days, keen := s.whole(1, 5), s.between(.75, .97)
	for n := range days {
		on := first.AddDays(n)
		if !s.q.Contains(on) {
			return
		}
		came := s.where(func(h home) bool {
			switch {
			case h.away:
				return s.chance(.05)
			case h.old:
				return s.chance(.35) // tea and rice count too
			}
			return s.chance(keen * (1 - .08*float64(n)))
		})
		x := sitting{by: s.r.IntN(len(s.team)), code: code, on: on, homes: came}
		x.photo, x.taken = s.shoot(on)
		s.put(x)
	}
}
