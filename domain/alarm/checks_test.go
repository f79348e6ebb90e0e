package alarm_test

import (
	"reflect"
	"slices"
	"testing"
	"time"

	"github.com/xiangfeng/xiangfeng/domain/alarm"
	"github.com/xiangfeng/xiangfeng/domain/calendar"
	"github.com/xiangfeng/xiangfeng/domain/household"
	"github.com/xiangfeng/xiangfeng/domain/points"
)

// found are the findings of one kind.
func found(s *scene, k alarm.Kind) []alarm.Finding {
	return slices.DeleteFunc(alarm.Inspect(s.Seen), func(f alarm.Finding) bool { return f.Kind != k })
}

// usual is an honest quarter of 40 households.
func usual(seed uint64) *scene {
	s := newScene(40, seed)
	honest["everything"](s)
	return s
}

func TestEverybodyTheSameSaysHowManyAndHowMuch(t *testing.T) {
	t.Parallel()
	s := newScene(92, 1)
	s.evening(map[string]int{"HJ01": 6}, func(h int) bool { return h < 85 })
	all := found(s, alarm.Averaging)
	want := alarm.Facts{How: alarm.Same, Count: 85, Of: 92, Tenths: 60}
	if len(all) != 1 || all[0].Facts != want || !all[0].Blocks || len(all[0].Events) != 85 {
		t.Fatalf("%+v", all)
	}
}

func TestOnlyAveragingBlocks(t *testing.T) {
	t.Parallel()
	for seed := range uint64(20) {
		s := usual(seed)
		for i := range s.Events {
			s.Events[i].Reused = true
			s.Events[i].TakenOn = s.Events[i].OccurredOn.AddDays(5)
		}
		for _, f := range alarm.Inspect(s.Seen) {
			if f.Blocks && f.Kind != alarm.Averaging {
				t.Errorf("%+v", f)
			}
		}
	}
}

func TestTheSameQuarterIsAlwaysFoundTheSame(t *testing.T) {
	t.Parallel()
	s := newScene(40, 3)
	rigged["monthly, to everybody"](s)
	rigged["the same, kin more"](s)
	first := alarm.Inspect(s.Seen)
	slices.Reverse(s.Events)
	if again := alarm.Inspect(s.Seen); len(first) < 2 || !reflect.DeepEqual(first, again) {
		t.Errorf("%+v\n%+v", first, again)
	}
}

func TestListsThatStandAgain(t *testing.T) {
	t.Parallel()
	s := usual(1)
	if all := found(s, alarm.Batches); len(all) > 0 {
		t.Fatalf("honest lists are found: %+v", all)
	}
	for _, day := range []int{5, 12, 19} {
		for h := range 15 {
			s.give(h*2, "CF05", 2, calendar.On(2026, 8, day), 0, false)
		}
	}
	all := found(s, alarm.Batches)
	if len(all) != 1 || all[0].Facts.Count != 15 || all[0].Facts.Times != 3 || len(all[0].Events) != 45 {
		t.Errorf("%+v", all)
	}
}

func TestWrittenAtTheEndOfTheMonth(t *testing.T) {
	t.Parallel()
	s := usual(2)
	if all := found(s, alarm.Bulk); len(all) > 0 {
		t.Fatalf("%+v", all)
	}
	for i, e := range s.Events {
		s.Events[i].RecordedAt = calendar.MonthOf(e.OccurredOn).Last().Start().Add(20 * time.Hour)
	}
	if all := found(s, alarm.Bulk); len(all) != 1 || all[0].Facts.Of != len(s.Events) || all[0].Facts.Count < len(s.Events)/2 {
		t.Errorf("%+v", all)
	}
}

func TestPictures(t *testing.T) {
	t.Parallel()
	s := usual(3)
	var photographed []int
	for i, e := range s.Events {
		if len(e.Photos) > 0 {
			photographed = append(photographed, i)
			s.Events[i].TakenOn = e.OccurredOn.AddDays(1) // past midnight
		}
	}
	if len(found(s, alarm.Reused))+len(found(s, alarm.PhotoDay)) > 0 {
		t.Fatal("honest pictures are found")
	}
	again, off := photographed[0], photographed[3]
	s.Events[again].Reused = true
	s.Events[off].TakenOn = s.Events[off].OccurredOn.AddDays(-2)
	for kind, i := range map[alarm.Kind]int{alarm.Reused: again, alarm.PhotoDay: off} {
		all := found(s, kind)
		if len(all) != 1 || all[0].Facts.Count != 1 || all[0].Facts.Of != len(photographed) || all[0].Events[0] != s.Events[i].ID {
			t.Errorf("%s: %+v", kind, all)
		}
	}
}

func TestHomesWhereNobodyWas(t *testing.T) {
	t.Parallel()
	s := newScene(20, 4)
	s.Homes[18].Joined = calendar.On(2026, 9, 20)
	s.gathering("HJ06", 3, 0.8, 0, true) // who came there was not visited, nor who was scored elsewhere
	for h := range 15 {
		s.Visits = append(s.Visits, alarm.Visit{Household: household.ID(h + 1), By: 1, On: calendar.On(2026, 8, 3)})
	}
	s.give(15, "SX01", 5, calendar.On(2026, 8, 4), 0, false)
	s.Visits = append(s.Visits, alarm.Visit{Household: 17, By: 1, On: calendar.On(2026, 6, 30)}) // of the quarter before
	all := found(s, alarm.Unvisited)
	if len(all) != 1 || !slices.Equal(all[0].Homes, []household.ID{16, 17, 18, 20}) || all[0].Facts.Count != 4 || all[0].Facts.Of != 20 {
		t.Errorf("%+v", all)
	}
}

func TestOneRecorderFarFromTheOthers(t *testing.T) {
	t.Parallel()
	s := usual(5)
	if all := found(s, alarm.Deviation); len(all) > 0 {
		t.Fatalf("%+v", all)
	}
	for i, e := range s.Events {
		if e.Recorder == 2 && e.Tenths > 0 && e.Item != "HJ06" && e.Item != "CF01" {
			s.Events[i].Tenths *= 3
		}
	}
	all := found(s, alarm.Deviation)
	if len(all) != 1 || all[0].Facts.Recorder != 2 || all[0].Facts.Tenths < 2*all[0].Facts.Against || len(all[0].Events) == 0 {
		t.Errorf("%+v", all)
	}
}

// TestOtherWorkIsNoDeviation: who judges rubbish heaps is not compared with who
// goes to meetings.
func TestOtherWorkIsNoDeviation(t *testing.T) {
	t.Parallel()
	s := newScene(40, 6)
	for h := range s.Homes {
		if s.chance(0.4) {
			s.give(h, "HJ14", -3, s.day(8), 0, false)
			s.Events[len(s.Events)-1].Recorder = 1
		}
		if s.chance(0.4) {
			s.give(h, "SX01", 5, s.day(8), 0, false)
			s.Events[len(s.Events)-1].Recorder = 2
		}
	}
	if all := found(s, alarm.Deviation); len(all) > 0 {
		t.Errorf("%+v", all)
	}
}

func TestHomesOfTheTeamFarAbove(t *testing.T) {
	t.Parallel()
	s := usual(7)
	for p := range s.Team {
		s.Kin.Declare(household.ID(p+1), household.ID(p+11), household.Sibling)
	}
	if all := found(s, alarm.Favour); len(all) > 0 {
		t.Fatalf("%+v", all)
	}
	for _, h := range []int{0, 1, 2, 3, 10, 11, 12, 13} {
		for range 6 {
			s.give(h, "SX01", 5, s.day(8), 0, false)
		}
	}
	all := found(s, alarm.Favour)
	if len(all) == 0 || all[0].Key != "team" || all[0].Facts.Count != 8 || all[0].Facts.Tenths < all[0].Facts.Against+points.Whole(20) {
		t.Errorf("%+v", all)
	}
}

func TestTwoWhoGiveEachOthersKinMore(t *testing.T) {
	t.Parallel()
	s := usual(8)
	s.Kin.Declare(1, 21, household.Parent) // of recorder 1
	s.Kin.Declare(2, 22, household.Parent) // of recorder 2
	for range 14 {
		s.give(21, "SX01", 5, s.day(8), 0, false)
		s.Events[len(s.Events)-1].Recorder = 1
		s.give(20, "SX01", 5, s.day(8), 0, false)
		s.Events[len(s.Events)-1].Recorder = 2
	}
	pairs := slices.DeleteFunc(found(s, alarm.Favour), func(f alarm.Finding) bool { return f.Key != "pair:1:2" })
	if len(pairs) != 1 || pairs[0].Facts.Recorder != 1 || pairs[0].Facts.Other != 2 || pairs[0].Facts.Count < 28 {
		t.Errorf("%+v", pairs)
	}
}

// TestHonestTeamsAreLeftAlone: what is told at once must be rare.
func TestHonestTeamsAreLeftAlone(t *testing.T) {
	t.Parallel()
	loud, quarters := 0, 0
	for seed := range uint64(60) {
		s := usual(seed)
		for p := range s.Team {
			s.Kin.Declare(household.ID(p+1), household.ID(p+11), household.Sibling)
		}
		quarters++
		for _, f := range alarm.Inspect(s.Seen) {
			if f.Kind == alarm.Favour || f.Kind == alarm.Deviation {
				loud++
				t.Logf("seed %d: %+v", seed, f.Facts)
			}
		}
	}
	if loud*20 > quarters {
		t.Errorf("%d alarms in %d honest quarters", loud, quarters)
	}
}

func TestEachGroupItsSumSaysHowManySums(t *testing.T) {
	t.Parallel()
	s := newScene(90, 1)
	for h := range s.Homes {
		s.lines(h, []int{10, 14, 21}[s.group(h, 3)], func() calendar.Date { return s.day(8) })
	}
	all := found(s, alarm.Averaging)
	want := alarm.Facts{How: alarm.Grouped, Count: 90, Of: 90, Tenths: 210, Times: 3}
	if len(all) != 1 || all[0].Facts != want || !all[0].Blocks {
		t.Errorf("%+v", all)
	}
}

// TestFewSumsOfWhatPeopleDid: two days split a village in four, honestly.
func TestFewSumsOfWhatPeopleDid(t *testing.T) {
	t.Parallel()
	for seed := range uint64(50) {
		s := newScene(90, seed)
		s.gathering("HJ06", 3, 0.8, 1, true)
		s.gathering("CF01", 2, 0.75, 1, true)
		if all := found(s, alarm.Averaging); len(all) > 0 {
			t.Errorf("seed %d: %+v", seed, all)
		}
	}
}

func TestLiftedToOneSumIsAHint(t *testing.T) {
	t.Parallel()
	s := newScene(60, 2)
	s.rounds(months, between(s.r, 0.3, 1), map[string]int{"HJ01": 5, "HJ02": 2})
	s.deeds(1)
	got := map[household.ID]points.Tenths{}
	for _, e := range s.Events {
		got[e.Household] += e.Tenths
	}
	lifted := 0
	for h := range s.Homes {
		if lack := points.Whole(16) - got[household.ID(h+1)]; lack > 0 {
			s.give(h, "SX01", int(lack/points.Whole(1)), s.day(9), 1, false)
			lifted++
		}
	}
	all := found(s, alarm.Averaging)
	if len(all) != 1 || all[0].Blocks || all[0].Loud() || all[0].Facts.How != alarm.Topped || all[0].Facts.Count < lifted || all[0].Facts.Tenths != points.Whole(16) {
		t.Errorf("%d lifted: %+v", lifted, all)
	}
}

func TestAPartForEverybodyIsAHint(t *testing.T) {
	t.Parallel()
	s := usual(9)
	if all := found(s, alarm.Averaging); len(all) > 0 {
		t.Fatalf("%+v", all)
	}
	on := calendar.On(2026, 9, 27)
	for h := range s.Homes {
		s.give(h, "SX01", 4, on, 0, false)
	}
	all := found(s, alarm.Averaging)
	want := alarm.Facts{How: alarm.Handed, Count: 40, Of: 40, Tenths: 40, Item: "SX01", Day: on}
	if len(all) != 1 || all[0].Blocks || all[0].Facts != want || len(all[0].Events) != 40 {
		t.Errorf("%+v", all)
	}
}

// TestAllTheSameInASmallVillage: three rounds may find everything in order, and
// yet somebody should look.
func TestAllTheSameInASmallVillage(t *testing.T) {
	t.Parallel()
	s := newScene(12, 3)
	for h := range s.Homes {
		for _, m := range months {
			s.give(h, "HJ01", 5, calendar.On(2026, m, 5+h), 0, false)
		}
	}
	s.give(3, "SX01", 5, s.day(8), 0, false)
	s.give(7, "SX01", 5, s.day(9), 0, false)
	all := found(s, alarm.Averaging)
	want := alarm.Facts{How: alarm.Same, Count: 10, Of: 12, Tenths: 150}
	if len(all) != 1 || all[0].Blocks || all[0].Facts != want || len(all[0].Events) != 30 {
		t.Errorf("%+v", all)
	}
}
