package household_test

import (
	"testing"

	"github.com/xiangfeng/xiangfeng/domain/calendar"
	"github.com/xiangfeng/xiangfeng/domain/household"
	"github.com/xiangfeng/xiangfeng/domain/village"
)

func TestMayHelp(t *testing.T) {
	t.Parallel()
	here := village.Village{ID: 1, Township: 1}
	for _, test := range []struct {
		post household.Post
		want bool
	}{
		{household.Post{Role: household.TeamMember, Village: 1}, false},
		{household.Post{Role: household.Deputy, Village: 1}, false},
		{household.Post{Role: household.Leader, Village: 1}, false},
		{household.Post{Role: household.Shopkeeper, Village: 1}, false},
		{household.Post{Role: household.Officer, Township: 1}, false},
		{household.Post{Role: household.Auditor, Township: 1}, true},
		{household.Post{Role: household.Leader, Village: 2}, true}, // of another village
	} {
		if got := (household.Staff{Posts: []household.Post{test.post}}).MayHelp(here); got != test.want {
			t.Errorf("%+v: %v", test.post, got)
		}
	}
}

func TestHelperTimes(t *testing.T) {
	t.Parallel()
	asked := household.Helper{State: household.HelperAsked, AskedAt: calendar.On(2026, 3, 1).Start()}
	for day, want := range map[calendar.Date]bool{calendar.On(2026, 3, 1): true, calendar.On(2026, 3, 31): true, calendar.On(2026, 4, 1): false} {
		if got := asked.Waits(day); got != want || asked.Serves(day) {
			t.Errorf("on %s it waits: %v", day, got)
		}
	}
	accepted := asked.Accept(7, calendar.On(2028, 2, 29))
	if accepted.Person != 7 || accepted.Until != calendar.On(2029, 3, 1) || accepted.Waits(calendar.On(2028, 2, 29)) {
		t.Errorf("%+v", accepted)
	}
	for day, want := range map[calendar.Date]bool{calendar.On(2029, 3, 1): true, calendar.On(2029, 3, 2): false} {
		if got := accepted.Serves(day); got != want {
			t.Errorf("on %s it serves: %v", day, got)
		}
	}
	accepted.State = household.HelperEnded
	if accepted.Serves(calendar.On(2028, 3, 1)) {
		t.Error("an ended one serves")
	}
}
