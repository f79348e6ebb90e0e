package usecase_test

import (
	"slices"
	"testing"
	"time"

	"github.com/xiangfeng/xiangfeng/domain/calendar"
	"github.com/xiangfeng/xiangfeng/domain/catalogue"
	"github.com/xiangfeng/xiangfeng/domain/fault"
	"github.com/xiangfeng/xiangfeng/domain/household"
	"github.com/xiangfeng/xiangfeng/domain/ledger"
	"github.com/xiangfeng/xiangfeng/domain/record"
	"github.com/xiangfeng/xiangfeng/domain/usecase"
	"github.com/xiangfeng/xiangfeng/domain/village"
)

var (
	here  = village.Village{ID: 1, Township: 1, Settings: village.Defaults()}
	near  = village.Village{ID: 2, Township: 1, Settings: village.Defaults()}
	apart = village.Village{ID: 3, Township: 2, Settings: village.Defaults()}
	roles = []household.Role{household.TeamMember, household.Deputy, household.Leader, household.Shopkeeper, household.Officer, household.Auditor}
)

func holder(r household.Role, v village.Village) household.Staff {
	p := household.Post{Person: 7, Role: r, Village: v.ID}
	if r == household.Officer || r == household.Auditor {
		p.Village, p.Township = 0, v.Township
	}
	return household.Staff{Person: 7, Posts: []household.Post{p}}
}

// TestWhoMayInTownship: the office of a township, and nobody of another.
func TestWhoMayInTownship(t *testing.T) {
	t.Parallel()
	for _, r := range roles {
		office := r == household.Officer || r == household.Auditor
		if usecase.MayInTownship(holder(r, here), here.Township, usecase.SeeTownship) != office {
			t.Errorf("a %s sees the township: %t", r, !office)
		}
		if usecase.MayInTownship(holder(r, here), apart.Township, usecase.SeeTownship) {
			t.Errorf("a %s sees another township", r)
		}
	}
}

func TestWhoMayDoWhat(t *testing.T) {
	t.Parallel()
	want := map[household.Role][]usecase.Deed{
		household.TeamMember: {usecase.SeeTeam, usecase.Record, usecase.Sign, usecase.DecideDispute},
		household.Deputy:     {usecase.SeeTeam, usecase.Record, usecase.Confirm, usecase.SeePhones, usecase.PrintCards, usecase.Sign, usecase.Publish, usecase.DecideDispute, usecase.SeeAlarms},
		household.Leader:     {usecase.SeeTeam, usecase.Record, usecase.Confirm, usecase.SeePhones, usecase.PrintCards, usecase.Sign, usecase.Publish, usecase.DecideDispute, usecase.SeeAlarms},
		household.Shopkeeper: {usecase.HandOver},
		household.Officer:    {usecase.SeeTeam, usecase.Confirm, usecase.PrintCards, usecase.Consent, usecase.DecideDispute, usecase.SeeAlarms, usecase.SeeTownship},
		household.Auditor:    {usecase.SeeTeam, usecase.SeeAlarms, usecase.SeeTownship},
	}
	for _, r := range roles {
		own := usecase.Access{Staff: holder(r, here), Village: here}
		if got := own.Deeds(); !slices.Equal(got, want[r]) {
			t.Errorf("a %s may %v, want %v", r, got, want[r])
		}
		if got := own.Roles(); !slices.Equal(got, []household.Role{r}) {
			t.Errorf("a %s is %v", r, got)
		}
		wide := r == household.Officer || r == household.Auditor
		if got := (usecase.Access{Staff: holder(r, here), Village: near}).Deeds(); (len(got) > 0) != wide {
			t.Errorf("a %s may %v in the township's other village", r, got)
		}
		if got := (usecase.Access{Staff: holder(r, here), Village: apart}).Deeds(); len(got) > 0 {
			t.Errorf("a %s may %v in another township", r, got)
		}
	}
	if got := (usecase.Access{Staff: household.Staff{Person: 8, Households: []household.ID{1}}, Village: here}).Deeds(); len(got) > 0 {
		t.Errorf("a villager may %v", got)
	}
}

// TestAccessAgreesWithTheRules: the pages show what the rules let be done.
func TestAccessAgreesWithTheRules(t *testing.T) {
	t.Parallel()
	item := catalogue.Item{Code: "SX01", Value: 30, Unit: "time"}
	now := calendar.On(2026, 5, 20).Start().Add(12 * time.Hour)
	home := household.Household{ID: 31, Village: here.ID, State: household.Active}
	event := record.Event{ID: 1, Village: here.ID, Household: home.ID, Item: item, Tenths: 30, OccurredOn: calendar.On(2026, 5, 19), Recorder: 5, State: record.Pending}
	for _, r := range roles {
		s := record.Scene{Village: here, Staff: holder(r, here), Now: now}
		_, err := record.New(s, home, item, event.OccurredOn, "", "")
		if may := usecase.May(s.Staff, here, usecase.Record); may != (err == nil) {
			t.Errorf("a %s may record by the table %v, by the rules %v", r, may, err)
		}
		_, _, err = event.Confirm(s, ledger.Progress{})
		if may := usecase.May(s.Staff, here, usecase.Confirm); may != (err == nil) {
			t.Errorf("a %s may confirm by the table %v, by the rules %v", r, may, err)
		}
		if err != nil && fault.CodeOf(err) != fault.Forbidden {
			t.Errorf("a %s is refused with %v", r, err)
		}
	}
}
