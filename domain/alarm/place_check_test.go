package alarm_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/xiangfeng/xiangfeng/domain/alarm"
	"github.com/xiangfeng/xiangfeng/domain/calendar"
	"github.com/xiangfeng/xiangfeng/domain/catalogue"
	"github.com/xiangfeng/xiangfeng/domain/household"
	"github.com/xiangfeng/xiangfeng/domain/points"
)

func everyKind() []kind { return slices.Concat(honestKinds, leveledKinds, crookedKinds) }

// What a generator makes must be what the program would have let people do.
func TestQuartersKeepTheRules(t *testing.T) {
	t.Parallel()
	for _, k := range everyKind() {
		t.Run(k.name, func(t *testing.T) {
			t.Parallel()
			s := k.quarter(3)
			keepsTheRules(t, s)
			again := k.quarter(3)
			if !slices.Equal(again.sums, s.sums) || !slices.Equal(again.visits, s.visits) || len(again.events) != len(s.events) {
				t.Error("the same seed played another quarter")
			}
		})
	}
}

func keepsTheRules(t *testing.T, s *season) {
	t.Helper()
	own := map[household.PersonID][]household.ID{}
	for _, m := range s.team {
		own[m.person] = m.homes
	}
	if len(own) < 3 || len(own) > 12 {
		t.Errorf("%d recorders", len(own))
	}
	joined := map[household.ID]calendar.Date{}
	for _, h := range s.homes {
		joined[h.id] = h.joined
	}
	type use struct {
		home household.ID
		item string
	}
	used := map[use][]catalogue.Use{}
	for _, e := range s.events {
		item, by := s.items[e.Item], calendar.DateOf(e.RecordedAt)
		key := use{e.Household, e.Item}
		if room := item.Room(e.OccurredOn, e.Tenths, used[key]); room != e.Tenths || item.Value*e.Tenths <= 0 {
			t.Errorf("%v of %s with room for %v", e.Tenths, e.Item, room)
		}
		used[key] = append(used[key], catalogue.Use{On: e.OccurredOn, Tenths: e.Tenths})
		if !s.q.Contains(e.OccurredOn) || e.OccurredOn.After(by) || calendar.TooOld(e.OccurredOn, by, 60) || e.RecordedAt.After(s.now) {
			t.Errorf("%s of %v recorded at %v", e.Item, e.OccurredOn, e.RecordedAt)
		}
		if s.kin.Related(own[e.Recorder], e.Household) || e.Confirmer != 0 && s.kin.Related(own[e.Confirmer], e.Household) {
			t.Errorf("%s of kin", e.Item)
		}
		if stood := (alarm.Visit{Household: e.Household, On: e.OccurredOn}); strings.Contains(item.Evidence, "visit") && !s.stood[stood] {
			t.Errorf("%s and nobody at the door", e.Item)
		}
		if e.Recorder == e.Confirmer {
			t.Errorf("%s recorded and confirmed by one", e.Item)
		}
		if joined[e.Household].After(e.OccurredOn) {
			t.Errorf("%s of a household that was not there yet", e.Item)
		}
	}
}

// Whoever levels a village does it: what is called level must be, and what is
// called honest is far from it once there is anything to share.
func TestLevelMeansLevel(t *testing.T) {
	t.Parallel()
	share := func(s *season, group func(home) bool) float64 {
		var sums []points.Tenths
		for _, h := range s.where(group) {
			sums = append(sums, s.sums[h])
		}
		slices.Sort(sums)
		most := 0
		for i, low := range sums {
			high := low + max(points.Whole(4), low*3/10)
			n, _ := slices.BinarySearch(sums, high+1)
			most = max(most, n-i)
		}
		return float64(most) / float64(len(sums))
	}
	for _, k := range leveledKinds {
		for seed := range uint64(4) {
			s := k.quarter(seed)
			group := func(home) bool { return true }
			switch k.name {
			case "the same in each hamlet":
				group = func(h home) bool { return h.hamlet == 0 }
			case "the same but for locked doors":
				group = func(h home) bool { return !h.away }
			}
			if got := share(s, group); got < .8 {
				t.Errorf("%s, %d: of %d homes %.0f %% are alike", k.name, seed, len(s.homes), got*100)
			}
		}
	}
	if got := share(honestKinds[0].quarter(0), func(home) bool { return true }); got > .6 {
		t.Errorf("an ordinary village: %.0f %% are alike", got*100)
	}
}
