package main

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"net/http"
	"slices"
	"testing"

	"github.com/xiangfeng/xiangfeng/domain/household"
	"github.com/xiangfeng/xiangfeng/domain/sample"
	"github.com/xiangfeng/xiangfeng/domain/usecase/door"
	"github.com/xiangfeng/xiangfeng/handlers/demo"
)

func (p playing) cards(t testing.TB) []demo.Card {
	t.Helper()
	var told struct{ Cards []demo.Card }
	if err := json.Unmarshal([]byte(get(t, p.site+"/demo/cards").body), &told); err != nil {
		t.Fatal(err)
	}
	return told.Cards
}

// TestDemoHangsCardsOnDoors: those of the first village, one of the next, and a
// lost one beside the card that took its place.
func TestDemoHangsCardsOnDoors(t *testing.T) {
	t.Parallel()
	p := play(t, t.TempDir())
	before := p.cards(t)
	if len(before) < 60 || before[0].Village == before[len(before)-1].Village || before[0].Village != before[len(before)-2].Village {
		t.Fatalf("%d cards: %+v", len(before), before)
	}
	if err := p.current().loseCard(context.Background()); err != nil {
		t.Fatal(err)
	}
	after := p.cards(t)
	if len(after) != len(before)+1 {
		t.Fatalf("%d cards, then %d", len(before), len(after))
	}
	fresh, lost := after[len(after)-3], after[len(after)-2]
	same := demo.Card{Number: lost.Number, Home: fresh.Home, Head: fresh.Head, Shown: household.Mask(fresh.Head), Village: fresh.Village, Code: lost.Code, Revoked: true}
	if lost != same || fresh.Revoked || fresh.Code == lost.Code ||
		!slices.ContainsFunc(before, func(c demo.Card) bool { return c.Code == lost.Code }) {
		t.Errorf("lost %+v, fresh %+v", lost, fresh)
	}
}

func TestDemoRevokesACard(t *testing.T) {
	t.Parallel()
	p := play(t, t.TempDir())
	number := p.cards(t)[3].Number
	if status := p.act(t, "revoke", map[string]string{"card": number}); status != http.StatusNoContent {
		t.Fatalf("HTTP status %d", status)
	}
	for i, c := range p.cards(t) {
		if c.Revoked != (i == 3) {
			t.Errorf("card %d: %+v", i, c)
		}
	}
	if status := p.act(t, "revoke", map[string]string{"card": number}); status != http.StatusConflict {
		t.Errorf("again: HTTP status %d", status)
	}
}

func TestDemoOpensTheMiniProgramForEverybody(t *testing.T) {
	t.Parallel()
	p := play(t, t.TempDir())
	for _, who := range append(sample.DemoCast(), sample.DemoTeam()...) {
		if status := p.act(t, "login", map[string]string{"openid": who.OpenID}); status != http.StatusOK {
			t.Errorf("%s: HTTP status %d", who.Name, status)
		}
	}
}

// TestDemoSeesTheLaptopsScreen: the code that its browser waits with, as long as
// that is good.
func TestDemoSeesTheLaptopsScreen(t *testing.T) {
	t.Parallel()
	p := play(t, t.TempDir())
	seen := func() (code string) {
		code, err := (minis{p.theatre}).Screen(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		return code
	}
	if code := seen(); code != "" {
		t.Errorf("before anything is shown: %s", code)
	}
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, p.site+"/console/door", nil)
	if err != nil {
		t.Fatal(err)
	}
	secret := door.Secret{7}
	r.AddCookie(&http.Cookie{Name: "xf_door", Value: hex.EncodeToString(secret[:])})
	do(t, r)
	if code, want := seen(), p.site+"/console/door/"+secret.Code(); code != want {
		t.Errorf("the camera sees %s, want %s", code, want)
	}
	if err := (demoClock{p.theatre}).Move(t.Context(), door.CodeLife); err != nil {
		t.Fatal(err)
	}
	if code := seen(); code != "" {
		t.Errorf("after its life: %s", code)
	}
}
