package alarm_test

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/xiangfeng/xiangfeng/domain/alarm"
	"github.com/xiangfeng/xiangfeng/domain/calendar"
	"github.com/xiangfeng/xiangfeng/domain/household"
	"github.com/xiangfeng/xiangfeng/domain/points"
	"github.com/xiangfeng/xiangfeng/domain/record"
)

var q3 = calendar.Quarter{Year: 2026, N: 3}

// scene makes a village's quarter by hand.
type scene struct {
	alarm.Seen
	r *rand.Rand
}

func newScene(n int, seed uint64) *scene {
	s := &scene{Seen: alarm.Seen{Quarter: q3, Now: q3.Next().First().Start().Add(30 * time.Hour)}, r: rand.New(rand.NewPCG(seed, uint64(n)))}
	for i := range n {
		s.Homes = append(s.Homes, alarm.Home{ID: household.ID(i + 1), Joined: calendar.On(2025, 1, 1)})
	}
	for p := range 4 {
		s.Team = append(s.Team, alarm.Recorder{Person: household.PersonID(p + 1), Households: []household.ID{household.ID(p + 1)}})
	}
	return s
}

// give records one event; it comes in lag days after.
func (s *scene) give(h int, item string, whole int, on calendar.Date, lag int, photo bool) {
	id := record.ID(len(s.Events) + 1)
	e := alarm.Event{
		ID: id, Household: household.ID(h + 1), Item: item, Tenths: points.Whole(whole), OccurredOn: on,
		RecordedAt: on.AddDays(lag).Start().Add(16 * time.Hour), Recorder: household.PersonID(h%4 + 1),
	}
	if photo {
		e.Photos = []record.PhotoHash{record.PhotoHash(fmt.Sprintf("%064x", id))}
	}
	s.Events = append(s.Events, e)
}

func (s *scene) chance(p float64) bool { return s.r.Float64() < p }

func (s *scene) day(month time.Month) calendar.Date { return calendar.On(2026, month, 1+s.r.IntN(27)) }

// rounds are the monthly inspections: each home has its own diligence.
func (s *scene) rounds(months []time.Month, tidy func() float64, items map[string]int) {
	diligent := make([]float64, len(s.Homes))
	for i := range diligent {
		diligent[i] = tidy()
	}
	for _, m := range months {
		start := 3 + s.r.IntN(15)
		for h := range s.Homes {
			on := calendar.On(2026, m, start+h*5/len(s.Homes))
			for _, item := range []string{"HJ01", "HJ02", "HJ03", "HJ05"} {
				if v, used := items[item]; used && s.chance(diligent[h]) {
					s.give(h, item, v, on, s.r.IntN(2), false)
				}
			}
		}
	}
}

func (s *scene) gathering(item string, whole int, p float64, lag int, photo bool) {
	on := s.day(time.Month(7 + s.r.IntN(3)))
	for h := range s.Homes {
		if s.chance(p) {
			s.give(h, item, whole, on, lag, photo)
		}
	}
}

// deeds are what single households do.
func (s *scene) deeds(perHome float64) {
	kinds := []struct {
		item  string
		whole int
	}{{"CF01", 2}, {"HJ09", 3}, {"SX01", 5}, {"CF10", 5}, {"HJ14", -3}, {"CY01", 3}, {"HJ07", 10}, {"HJ18", -2}, {"CY03", 10}}
	eager := make([]float64, len(s.Homes))
	for h := range s.Homes {
		eager[h] = s.r.ExpFloat64()
	}
	for range int(perHome * float64(len(s.Homes))) {
		h := s.r.IntN(len(s.Homes))
		if !s.chance(eager[h] / 2) {
			continue
		}
		k := kinds[s.r.IntN(len(kinds))]
		s.give(h, k.item, k.whole, s.day(time.Month(7+s.r.IntN(3))), s.r.IntN(3), s.chance(0.5))
	}
}

var months = []time.Month{7, 8, 9}

func between(r *rand.Rand, low, high float64) func() float64 {
	return func() float64 { return low + (high-low)*r.Float64() }
}

// honest are quarters as they come about where nobody cheats.
var honest = map[string]func(s *scene){
	"everything": func(s *scene) {
		s.rounds(months, between(s.r, 0.3, 1), map[string]int{"HJ01": 5, "HJ02": 2, "HJ03": 2})
		s.gathering("HJ06", 3, 0.8, 1, true)
		s.gathering("CF01", 2, 0.6, 0, true)
		s.deeds(1)
	},
	"tidy": func(s *scene) {
		s.rounds(months, between(s.r, 0.85, 1), map[string]int{"HJ01": 5, "HJ02": 2, "HJ03": 2})
		s.gathering("HJ06", 3, 0.9, 1, true)
		s.deeds(1)
	},
	"rounds alone": func(s *scene) {
		s.rounds(months, between(s.r, 0.6, 1), map[string]int{"HJ01": 5})
	},
	"rounds of a new start": func(s *scene) {
		for i := range s.Homes {
			s.Homes[i].Joined = calendar.On(2026, 9, 1)
		}
		s.rounds(months[2:], between(s.r, 0.4, 1), map[string]int{"HJ01": 5, "HJ02": 2})
		s.deeds(0.3)
	},
	"sparse":  func(s *scene) { s.deeds(0.5) },
	"nothing": func(s *scene) {},
	"one clean-up day": func(s *scene) {
		s.gathering("HJ06", 2, 0.75+0.2*s.r.Float64(), 0, true)
	},
	"one clean-up day, no picture": func(s *scene) {
		s.gathering("HJ06", 2, 0.6+0.25*s.r.Float64(), 1, false)
		s.deeds(0.3)
	},
	"three gatherings": func(s *scene) {
		s.gathering("HJ06", 3, 0.85, 1, true)
		s.gathering("CF01", 2, 0.8, 1, true)
		s.gathering("CF02", 1, 0.7, 1, true)
	},
	"typed at the end": func(s *scene) {
		s.rounds(months, between(s.r, 0.3, 1), map[string]int{"HJ01": 5, "HJ02": 2})
		s.gathering("HJ06", 3, 0.75, 0, false)
		s.deeds(0.7)
		for i := range s.Events {
			s.Events[i].RecordedAt = calendar.On(2026, 9, 30).Start().Add(20 * time.Hour)
		}
	},
	"by groups": func(s *scene) { // each on a day of its own
		for h := range s.Homes {
			if s.chance(0.8) {
				s.give(h, "HJ06", 3, calendar.On(2026, 8, 3+h*6/len(s.Homes)), 0, true)
			}
			if s.chance(0.7) {
				s.give(h, "CF01", 2, calendar.On(2026, 7, 3+h*6/len(s.Homes)), 1, false)
			}
		}
		s.deeds(0.4)
	},
	"tidy or not": func(s *scene) { // the same homes each month
		s.rounds(months, func() float64 {
			if s.chance(0.65) {
				return 1
			}
			return 0.2
		}, map[string]int{"HJ01": 5})
		s.gathering("HJ06", 3, 0.7, 1, true)
		s.deeds(0.5)
	},
	"late lists": func(s *scene) { // typed weeks after
		s.gathering("HJ06", 3, 0.7, 20, false)
		s.gathering("CF01", 2, 0.6, 25, false)
		s.deeds(0.7)
	},
	"meetings and a day's work, nothing else": func(s *scene) {
		s.gathering("HJ06", 3, 0.75, 1, true)
		s.gathering("CF01", 2, 0.7, 1, true)
	},
	"one great work": func(s *scene) { // four days, the same who are able
		able := most(s, 0.7)
		for day := range 4 {
			for h := range s.Homes {
				if able(h) && s.chance(0.85) {
					s.give(h, "HJ07", 5, calendar.On(2026, 8, 10+day), 0, true)
				}
			}
		}
		s.gathering("CF01", 2, 0.8, 1, true)
	},
	"each group its day of work": func(s *scene) {
		for h := range s.Homes {
			g := s.group(h, s.groups())
			if s.chance(0.75) {
				s.give(h, "HJ06", 3, calendar.On(2026, 8, 3+g), 0, true)
			}
		}
		s.rounds(months, between(s.r, 0.5, 1), map[string]int{"HJ01": 5})
	},
	"graded once": func(s *scene) {
		for h := range s.Homes {
			s.give(h, "HJ01", []int{6, 4, 2}[s.r.IntN(3)], calendar.On(2026, 9, 5+s.group(h, 4)), 0, false)
		}
	},
	"tidy or never": func(s *scene) {
		s.rounds(months, func() float64 {
			if s.chance(0.6) {
				return 1
			}
			return 0.1
		}, map[string]int{"HJ01": 5, "HJ02": 2})
		s.gathering("CF01", 2, 0.7, 1, true)
	},
	"many away": func(s *scene) {
		s.rounds(months, func() float64 {
			if s.chance(0.25) {
				return 0
			}
			return 0.6 + 0.4*s.r.Float64()
		}, map[string]int{"HJ01": 5, "HJ02": 2, "HJ03": 2})
		s.gathering("HJ06", 3, 0.6, 1, true)
		s.deeds(0.6)
	},
}

// lines are what fills a sum up by items of all kinds.
func (s *scene) lines(h, whole int, on func() calendar.Date) {
	for left := whole; left > 0; {
		v := min(left, []int{2, 3, 5, 10}[s.r.IntN(4)])
		s.give(h, fmt.Sprintf("X%02d", s.r.IntN(12)), v, on(), 1, false)
		left -= v
	}
}

// group is which of the village's groups a household is of: they stand one
// after another in its list.
func (s *scene) group(h, groups int) int { return h * groups / len(s.Homes) }

// groups is how many a village of that size has.
func (s *scene) groups() int { return 2 + min(len(s.Homes)/20, 4) }

// evening is the day on which a rigged quarter is written.
func (s *scene) evening(items map[string]int, who func(h int) bool) {
	on := calendar.On(2026, 9, 26+s.r.IntN(4))
	for h := range s.Homes {
		for _, item := range []string{"HJ01", "HJ02", "HJ03", "HJ05"} {
			if v, used := items[item]; used && who(h) {
				s.give(h, item, v, on, 0, false)
			}
		}
	}
}

// sorted are sums for groups, no two the same.
func (s *scene) sorted() []int {
	out := make([]int, s.groups())
	for i := range out {
		out[i] = 9 + 4*i + s.r.IntN(3)
	}
	s.r.Shuffle(len(out), func(i, j int) { out[i], out[j] = out[j], out[i] })
	return out
}

func most(s *scene, p float64) func(int) bool {
	out := make([]bool, len(s.Homes))
	for h := range out {
		out[h] = s.chance(p)
	}
	return func(h int) bool { return out[h] }
}

// rigged are quarters that were made alike.
var rigged = map[string]func(s *scene){
	"all the same": func(s *scene) { s.evening(map[string]int{"HJ01": 6}, most(s, 1)) },
	"nearly all the same": func(s *scene) {
		s.evening(map[string]int{"HJ01": 5, "HJ02": 2}, most(s, 0.95))
	},
	"monthly, to everybody": func(s *scene) {
		listed := most(s, 0.95)
		for _, m := range months {
			for h := range s.Homes {
				if listed(h) {
					s.give(h, "HJ01", 5, calendar.On(2026, m, 28), 0, false)
				}
			}
		}
		s.deeds(0.2)
	},
	"a little apart": func(s *scene) {
		s.evening(map[string]int{"HJ01": 15}, most(s, 1))
		for h := range s.Homes {
			if s.chance(0.5) {
				s.give(h, "HJ05", 1, calendar.On(2026, 9, 27), 0, false)
			}
		}
	},
	"other items, one sum": func(s *scene) {
		for h := range s.Homes {
			for left := 18; left > 0; {
				v := min(left, []int{2, 3, 5, 10}[s.r.IntN(4)])
				s.give(h, fmt.Sprintf("X%02d", s.r.IntN(12)), v, s.day(months[s.r.IntN(3)]), 1, false)
				left -= v
			}
		}
	},
	"other items, about one sum": func(s *scene) {
		for h := range s.Homes {
			for left := 17 + s.r.IntN(4); left > 0; {
				v := min(left, []int{2, 3, 5, 10}[s.r.IntN(4)])
				s.give(h, fmt.Sprintf("X%02d", s.r.IntN(12)), v, s.day(months[s.r.IntN(3)]), 1, false)
				left -= v
			}
		}
	},
	"filled up": func(s *scene) {
		s.rounds(months, between(s.r, 0.3, 1), map[string]int{"HJ01": 5, "HJ02": 2})
		got := map[int]int{}
		for _, e := range s.Events {
			got[int(e.Household)-1] += int(e.Tenths / 10)
		}
		for h := range s.Homes {
			if lack := 21 - got[h]; lack > 0 {
				s.give(h, "SX01", lack, calendar.On(2026, 9, 29), 0, false)
			}
		}
	},
	"the same and a real day": func(s *scene) {
		s.gathering("HJ06", 3, 0.8, 1, true)
		s.evening(map[string]int{"HJ01": 8}, most(s, 0.97))
	},
	"the same, kin more": func(s *scene) {
		s.evening(map[string]int{"HJ01": 6}, most(s, 1))
		for h := range s.Homes {
			if s.chance(0.1) {
				s.give(h, "SX01", 10, calendar.On(2026, 9, 28), 0, false)
			}
		}
	},
	"by halves": func(s *scene) {
		for h := range s.Homes {
			s.give(h, "HJ01", 6, calendar.On(2026, 9, 10+h%2), 0, false)
		}
	},
	"on days of their own": func(s *scene) {
		for h := range s.Homes {
			for _, m := range months {
				s.give(h, "HJ01", 5, calendar.On(2026, m, 1+s.r.IntN(27)), 0, false)
			}
		}
		s.deeds(0.1)
	},
	"real deeds and ten for all": func(s *scene) {
		s.deeds(1)
		s.evening(map[string]int{"HJ01": 10}, most(s, 1))
	},
	"three steps": func(s *scene) {
		for h := range s.Homes {
			v := 5 + s.r.IntN(3)
			for _, m := range months {
				s.give(h, "HJ01", v, calendar.On(2026, m, 28), 0, false)
			}
		}
	},
	"most in the middle": func(s *scene) {
		on := calendar.On(2026, 9, 29)
		for h := range s.Homes {
			v := 10
			switch p := s.r.Float64(); {
			case p < 0.08:
				v = 15
			case p < 0.16:
				v = 5
			}
			s.give(h, "HJ01", v, on, 0, false)
		}
	},
	"written at the end, dated over the quarter": func(s *scene) {
		for h := range s.Homes {
			for _, m := range months {
				on := calendar.On(2026, m, 10)
				s.give(h, "HJ01", 4, on, on.DaysUntil(calendar.On(2026, 9, 30)), false)
			}
			if s.chance(0.3) {
				s.give(h, "HJ05", 1, calendar.On(2026, 9, 12), 18, false)
			}
		}
	},
	"each group its sum": func(s *scene) {
		sum := s.sorted()
		for h := range s.Homes {
			s.give(h, "HJ01", sum[s.group(h, s.groups())], calendar.On(2026, 9, 28), 0, false)
		}
	},
	"each group its sum by other items": func(s *scene) {
		sum := s.sorted()
		for h := range s.Homes {
			s.lines(h, sum[s.group(h, s.groups())], func() calendar.Date { return s.day(months[s.r.IntN(3)]) })
		}
	},
	"each group its day and its lines": func(s *scene) {
		sum := s.sorted()
		for h := range s.Homes {
			g := s.group(h, s.groups())
			for i, m := range months {
				s.give(h, []string{"HJ01", "CF01", "SX01"}[(g+i)%3], sum[g]/3, calendar.On(2026, m, 3+g), 1, false)
			}
		}
	},
	"each group its sum, homes mixed": func(s *scene) {
		sum, at := s.sorted(), s.r.Perm(len(s.Homes))
		for h := range s.Homes {
			g := s.group(at[h], s.groups())
			s.lines(h, sum[g], func() calendar.Date { return s.day(months[s.r.IntN(3)]) })
		}
	},
	"by turns": func(s *scene) {
		for h := range s.Homes {
			for back := range 3 {
				turn := points.Tenths(0)
				if (h+back+1)%2 == 0 {
					turn = 120
				}
				s.Homes[h].Before = append(s.Homes[h].Before, turn)
			}
			if h%2 == 0 {
				s.give(h, "HJ07", 12, s.day(9), 1, false)
			}
		}
	},
}

var sizes = []int{8, 12, 30, 92, 250, 1000}

// TestRiggedIsBlockedAndHonestIsNot counts over villages of all sizes.
func TestRiggedIsBlockedAndHonestIsNot(t *testing.T) {
	t.Parallel()
	wrong, quarters := count(t, honest, true)
	if float64(wrong) > 0.02*float64(quarters) {
		t.Errorf("%d of %d honest quarters are blocked", wrong, quarters)
	}
	missed, quarters := count(t, rigged, false)
	if float64(missed) > 0.05*float64(quarters) {
		t.Errorf("%d of %d rigged quarters pass", missed, quarters)
	}
}

// count is how many quarters are not found as they should be.
func count(t *testing.T, kinds map[string]func(*scene), open bool) (wrong, all int) {
	t.Helper()
	for name, make := range kinds {
		for _, n := range sizes {
			bad, tries := 0, 40
			if n > 100 {
				tries = 400 / n
			}
			how := map[alarm.How]int{}
			for seed := range tries {
				s := newScene(n, uint64(seed))
				make(s)
				found := alarm.Inspect(s.Seen)
				if alarm.Blocked(found) == open {
					bad++
				}
				if alarm.Blocked(found) {
					how[found[0].Facts.How]++
				}
			}
			wrong, all = wrong+bad, all+tries
			if bad > 0 {
				t.Logf("%s, %d households: %d of %d wrong; %v", name, n, bad, tries, how)
			}
		}
	}
	return wrong, all
}

// BenchmarkInspect looks at an honest quarter of a large village.
func BenchmarkInspect(b *testing.B) {
	s := newScene(1000, 1)
	honest["everything"](s)
	b.ReportMetric(float64(len(s.Events)), "events")
	for b.Loop() {
		alarm.Inspect(s.Seen)
	}
}
