package household_test

import (
	"testing"
	"time"

	"github.com/xiangfeng/xiangfeng/domain/fault"
	"github.com/xiangfeng/xiangfeng/domain/household"
	"github.com/xiangfeng/xiangfeng/domain/village"
)

// TestDecideRequest: who may let somebody into a household, and when.
func TestDecideRequest(t *testing.T) {
	t.Parallel()
	asked := time.Date(2026, 11, 24, 10, 0, 0, 0, time.UTC)
	v := village.Village{ID: 1, Township: 1}
	waiting := household.Request{ID: 5, Household: 31, Person: 7, State: household.RequestWaiting, AskedAt: asked}
	var kin household.Kin
	kin.Declare(31, 40, household.Sibling)
	post := func(p household.PersonID, r household.Role, where village.ID, homes ...household.ID) household.Staff {
		return household.Staff{Person: p, Posts: []household.Post{{Person: p, Role: r, Village: where}}, Households: homes}
	}
	member := household.Staff{Person: 8, Households: []household.ID{31}}
	for name, c := range map[string]struct {
		by   household.Staff
		who  household.PersonID // who asks, where not 7
		at   time.Duration
		from household.RequestState
		want fault.Code
	}{
		"a bound member":                 {by: member},
		"the team":                       {by: post(9, household.TeamMember, 1, 50)},
		"a deputy":                       {by: post(9, household.Deputy, 1, 50)},
		"the leader":                     {by: post(9, household.Leader, 1, 50)},
		"a bound member with kin":        {by: household.Staff{Person: 8, Households: []household.ID{31, 40}}},
		"the last moment":                {by: member, at: household.RequestLife - 1},
		"too late":                       {by: member, at: household.RequestLife, want: fault.TooLate},
		"a neighbour":                    {by: household.Staff{Person: 9, Households: []household.ID{50}}, want: fault.Forbidden},
		"the team of another village":    {by: post(9, household.Leader, 2, 50), want: fault.Forbidden},
		"the shopkeeper":                 {by: post(9, household.Shopkeeper, 1, 50), want: fault.Forbidden},
		"the team, for kin":              {by: post(9, household.Leader, 1, 40), want: fault.Kin},
		"the team, for oneself":          {by: post(9, household.Leader, 1, 50), who: 9, want: fault.SamePerson},
		"a second time":                  {by: member, from: household.RequestApproved, want: fault.Conflict},
		"after a refusal":                {by: member, from: household.RequestRefused, want: fault.Conflict},
		"before it is confirmed":         {by: member, from: household.RequestDraft, want: fault.Conflict},
		"a stranger, of what is decided": {by: household.Staff{Person: 9}, from: household.RequestApproved, want: fault.Forbidden},
	} {
		r := waiting
		if c.who != 0 {
			r.Person = c.who
		}
		if c.from != "" {
			r.State = c.from
		}
		for _, approve := range []bool{true, false} {
			got, err := r.Decide(c.by, v, []household.PersonID{8}, kin, approve, asked.Add(c.at))
			if fault.CodeOf(err) != c.want {
				t.Errorf("%s: %v, want %q", name, err, c.want)
				continue
			}
			want := household.RequestRefused
			if approve {
				want = household.RequestApproved
			}
			if c.want == "" && (got.State != want || got.Decider != c.by.Person || !got.DecidedAt.Equal(asked.Add(c.at))) {
				t.Errorf("%s: %+v", name, got)
			}
			if c.want != "" && got != r {
				t.Errorf("%s: refused, but %+v", name, got)
			}
		}
	}
}

// TestEndsIn: exactly the last four digits, and of a phone only.
func TestEndsIn(t *testing.T) {
	t.Parallel()
	m := household.Member{Phone: "13800001234"}
	for digits, want := range map[string]bool{"1234": true, "234": false, "01234": false, "": false, "0000": false, "13800001234": false} {
		if got := m.EndsIn(digits); got != want {
			t.Errorf("%q: %v", digits, got)
		}
	}
	for _, none := range []string{"", "1234", "234"} {
		if (household.Member{Phone: none}).EndsIn("1234") {
			t.Errorf("%q is no phone", none)
		}
	}
}
