package sample_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/xiangfeng/xiangfeng/domain/household"
	"github.com/xiangfeng/xiangfeng/domain/ledger"
	"github.com/xiangfeng/xiangfeng/domain/record"
	"github.com/xiangfeng/xiangfeng/domain/sample"
)

// played is one of the cast as the township has it.
type played struct {
	person household.Person
	bound  bool
	homes  []int // places in the village
	v      sample.Village
}

func play(t *testing.T, n int) played {
	t.Helper()
	c := sample.DemoCast()[n]
	for _, v := range township {
		for _, p := range v.Persons {
			if p.OpenID != c.OpenID {
				continue
			}
			if p.Name != c.Name {
				t.Fatalf("%s is called %s", c.Name, p.Name)
			}
			return played{p, true, homesOf(v, p.ID), v}
		}
	}
	return played{}
}

func homesOf(v sample.Village, id household.PersonID) []int {
	var homes []int
	for _, m := range v.Members {
		if m.Person == id {
			homes = append(homes, int(m.Household-v.Households[0].ID))
		}
	}
	return homes
}

func (p played) account() ledger.Account { return p.v.Accounts[p.homes[0]] }

func (p played) entries() []ledger.Entry {
	var out []ledger.Entry
	for _, e := range p.v.Entries {
		if e.Account == p.account().ID {
			out = append(out, e)
		}
	}
	return out
}

func TestCastIsWhatItsNotesSay(t *testing.T) {
	t.Parallel()
	t.Run("a good score, points to spend, something waiting and something late", func(t *testing.T) {
		t.Parallel()
		p := play(t, 0)
		if a := p.account(); a.Score < 1700 || a.Redeemable(p.v.Progress) < 300 {
			t.Errorf("score %v, redeemable %v", a.Score, a.Redeemable(p.v.Progress))
		}
		late, pending, spent := 0, 0, 0
		for _, e := range p.entries() {
			if e.Item == "SX08" && e.CountsIn.N == 2 {
				late++
			}
			if e.Kind == ledger.Redemption {
				spent++
			}
		}
		for _, e := range p.v.Events {
			if e.Household == p.account().Household && e.State == record.Pending {
				pending++
			}
		}
		if late != 1 || pending == 0 || spent == 0 {
			t.Errorf("%d late, %d pending, %d redemptions", late, pending, spent)
		}
	})
	t.Run("deductions, one of them corrected before the seal", func(t *testing.T) {
		t.Parallel()
		p := play(t, 1)
		deducted, corrected := 0, 0
		for _, e := range p.entries() {
			if e.Kind == ledger.EventKind && e.Tenths < 0 {
				deducted++
			}
			if e.Kind == ledger.Correction && e.Tenths > 0 && e.CountsIn.N == 2 && e.OccurredOn.Before(p.v.Quarters[1].SealedOn) {
				corrected++
			}
		}
		if deducted < 2 || corrected != 1 {
			t.Errorf("%d deductions, %d corrected", deducted, corrected)
		}
	})
	t.Run("an old woman in two households that are kin", func(t *testing.T) {
		t.Parallel()
		p := play(t, 2)
		if len(p.homes) != 2 || p.person.Current != p.v.Households[p.homes[0]].ID {
			t.Fatalf("homes %v, current %d", p.homes, p.person.Current)
		}
		if !peopleOf(p.v).kin.Related([]household.ID{p.v.Households[p.homes[0]].ID}, p.v.Households[p.homes[1]].ID) {
			t.Error("her two households are not kin")
		}
	})
	t.Run("below 100", func(t *testing.T) {
		t.Parallel()
		if a := play(t, 3).account(); a.Score >= 1000 {
			t.Errorf("score %v", a.Score)
		}
	})
	t.Run("a newcomer on the newest sheet without a rank", func(t *testing.T) {
		t.Parallel()
		p := play(t, 4)
		for _, r := range p.v.Sheets[2].Rows {
			if r.Household == p.account().Household && r.Rank == 0 {
				return
			}
		}
		t.Error("not on the sheet, or ranked")
	})
	t.Run("from the second village", func(t *testing.T) {
		t.Parallel()
		if p := play(t, 5); p.v.Village.ID != 2 || len(p.homes) != 1 {
			t.Errorf("from village %d", p.v.Village.ID)
		}
	})
	t.Run("on the register and not bound", func(t *testing.T) {
		t.Parallel()
		if play(t, 6).bound {
			t.Error("bound already")
		}
		registered := 0
		for _, m := range township[0].Members {
			if m.Name == sample.DemoCast()[6].Name && m.Person == 0 {
				registered++
			}
		}
		if registered != 1 {
			t.Errorf("on the register %d times", registered)
		}
	})
	t.Run("a stranger", func(t *testing.T) {
		t.Parallel()
		if play(t, 7).bound {
			t.Error("known already")
		}
	})
}

func TestTeamServesAndKnowsWhomItMayNotScore(t *testing.T) {
	t.Parallel()
	roles := map[string]household.Role{
		"小组成员": household.TeamMember, "副组长": household.Deputy, "组长": household.Leader, "镇办公室": household.Officer,
	}
	for n, c := range sample.DemoTeam() {
		v := township[0]
		if n > 4 {
			v = township[2]
		}
		i := slices.IndexFunc(v.Persons, func(p household.Person) bool { return p.OpenID == c.OpenID })
		if i < 0 || v.Persons[i].MiniOpenID != c.Mini || v.Persons[i].Name != c.Name {
			t.Fatalf("%+v is not in the village", c)
		}
		if !slices.ContainsFunc(v.Posts, func(p household.Post) bool { return p.Person == v.Persons[i].ID && p.Role == roles[c.Role] }) {
			t.Errorf("%s is not %s", c.Name, c.Role)
		}
		for _, head := range strings.FieldsFunc(c.Note, func(r rune) bool { return strings.ContainsRune("：、；", r) }) {
			h := slices.IndexFunc(v.Households, func(h household.Household) bool { return h.Head+"家" == head })
			if h >= 0 && !peopleOf(v).kin.Related(homeIDs(v, v.Persons[i].ID), v.Households[h].ID) {
				t.Errorf("%s is no kin of %s", c.Name, head)
			}
		}
	}
	if team := sample.DemoTeam(); !strings.Contains(team[0].Note, "亲戚：") {
		t.Errorf("the first of the team has no kin: %s", team[0].Note)
	}
}

func homeIDs(v sample.Village, id household.PersonID) []household.ID {
	var ids []household.ID
	for _, n := range homesOf(v, id) {
		ids = append(ids, v.Households[n].ID)
	}
	return ids
}

func TestCastHasTheMiniProgramWhereItIsBound(t *testing.T) {
	t.Parallel()
	for i, c := range sample.DemoCast() {
		if p := play(t, i); p.bound != (c.Mini != "") || p.person.MiniOpenID != c.Mini {
			t.Errorf("%s has %q, in the village %q", c.Name, c.Mini, p.person.MiniOpenID)
		}
	}
}

func TestFirstCardIsTheOneOnTheDoor(t *testing.T) {
	t.Parallel()
	for _, v := range township {
		for i, c := range v.Cards {
			if got := sample.FirstCard(v.Households[i].ID, sample.Default().Seed, sample.Default().CardKey); got != c {
				t.Fatalf("%+v, want %+v", got, c)
			}
		}
	}
}
