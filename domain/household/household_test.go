package household_test

import (
	"crypto/sha256"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/xiangfeng/xiangfeng/domain/household"
	"github.com/xiangfeng/xiangfeng/domain/village"
)

func TestMask(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{"王桂兰": "王**", "李明": "李*", "欧阳修文": "欧***", "王": "王", "": "", "𠮷田": "𠮷*"} {
		if got := household.Mask(name); got != want {
			t.Errorf("Mask(%q) = %q, want %q", name, got, want)
		}
		if got := household.Shown(name, village.Masked); got != want {
			t.Errorf("shown masked, %q is %q, want %q", name, got, want)
		}
		if got := household.Shown(name, ""); got != want {
			t.Errorf("where nothing is settled, %q is %q, want %q", name, got, want)
		}
		if got := household.Shown(name, village.Full); got != name {
			t.Errorf("shown in full, %q is %q", name, got)
		}
	}
}

func TestKin(t *testing.T) {
	t.Parallel()
	var k household.Kin
	if k.Related(nil, 1) || k.Related([]household.ID{2, 3}, 1) {
		t.Error("nothing is declared, and somebody is kin")
	}
	if !k.Related([]household.ID{2, 1}, 1) {
		t.Error("the own household is not barred")
	}
	k.Declare(1, 2, household.Parent)
	k.Declare(5, 4, household.Spouse)
	k.Declare(7, 7, household.Sibling)
	for _, test := range []struct {
		own   []household.ID
		other household.ID
		want  bool
	}{
		{[]household.ID{1}, 2, true},
		{[]household.ID{2}, 1, true},
		{[]household.ID{4}, 5, true},
		{[]household.ID{5}, 4, true},
		{[]household.ID{9, 1}, 2, true}, // through any of a person's households
		{[]household.ID{1}, 4, false},
		{[]household.ID{2}, 5, false},
		{[]household.ID{7}, 8, false},
	} {
		if got := k.Related(test.own, test.other); got != test.want {
			t.Errorf("of %v for %d: %v", test.own, test.other, got)
		}
	}
}

func TestKinIsSymmetric(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		id := rapid.Map(rapid.Int64Range(1, 6), func(n int64) household.ID { return household.ID(n) })
		var k household.Kin
		for range rapid.IntRange(0, 8).Draw(t, "ties") {
			k.Declare(id.Draw(t, "a"), id.Draw(t, "b"), household.Sibling)
		}
		a, b := id.Draw(t, "one"), id.Draw(t, "other")
		if k.Related([]household.ID{a}, b) != k.Related([]household.ID{b}, a) {
			t.Fatalf("%d and %d are kin from one side only", a, b)
		}
	})
}

func TestHolds(t *testing.T) {
	t.Parallel()
	here := village.Village{ID: 1, Township: 1}
	for _, test := range []struct {
		name string
		post household.Post
		want bool
	}{
		{"the role here", household.Post{Role: household.Leader, Village: 1}, true},
		{"another role here", household.Post{Role: household.TeamMember, Village: 1}, false},
		{"the role in another village", household.Post{Role: household.Leader, Village: 2}, false},
		{"the township's officer", household.Post{Role: household.Officer, Township: 1}, true},
		{"another township's officer", household.Post{Role: household.Officer, Township: 2}, false},
		{"the township's auditor", household.Post{Role: household.Auditor, Township: 1}, false},
	} {
		s := household.Staff{Person: 5, Posts: []household.Post{test.post}}
		if got := s.Holds(here, household.Leader, household.Officer); got != test.want {
			t.Errorf("%s: %v", test.name, got)
		}
	}
	office := household.Staff{Person: 5, Posts: []household.Post{{Role: household.Officer, Township: 2}, {Role: household.Leader, Village: 1}}}
	for township, want := range map[village.TownshipID]bool{1: false, 2: true} {
		if office.Holds(village.Village{Township: township}, household.Leader, household.Officer) != want {
			t.Errorf("of township %d as a whole: %v", township, !want)
		}
	}
	if (household.Staff{Person: 5}).Holds(here, household.Leader) {
		t.Error("somebody without a post holds a role")
	}
}

const signs = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"

func TestNewCard(t *testing.T) {
	t.Parallel()
	key := []byte("of the tests")
	card, token := household.NewCard(31, [5]byte{11, 22, 33, 44, 55}, key)
	if card.Household != 31 || card.State != household.CardActive || card.Generation != 1 {
		t.Errorf("%+v is no active card of household 31", card)
	}
	if card.TokenHash != sha256.Sum256([]byte(token)) || card.TokenHash != household.HashToken(token) {
		t.Error("the card does not keep the token's SHA-256")
	}
	if strings.Contains(card.Number, token[:4]) || strings.Contains(token, card.Number[3:]) {
		t.Error("the number gives the token away")
	}
	// It can be printed again, but under no other key and not as another generation.
	if again, ok := card.Token(key); !ok || again != token {
		t.Errorf("printed again the token is %q, %v; want %q", again, ok, token)
	}
	older := card
	older.Generation = 2
	for _, foreign := range []func() (string, bool){
		func() (string, bool) { return card.Token([]byte("another key")) },
		func() (string, bool) { return older.Token(key) },
	} {
		if other, ok := foreign(); ok || other == token {
			t.Errorf("%q, %v; want another token, and no", other, ok)
		}
	}
	next, nextToken := card.Next([5]byte{11, 22, 33, 44, 56}, key)
	if next.Household != 31 || next.Generation != 2 || next.Number == card.Number || nextToken == token || next.State != household.CardActive {
		t.Errorf("%+v takes the place of %+v", next, card)
	}
}

func TestReadCard(t *testing.T) {
	t.Parallel()
	for shown, want := range map[string][2]string{
		"XF-AB12CD34": {"XF-AB12CD34"}, "XF-AB12-CD34": {"XF-AB12CD34"}, "xfab12cd34": {"XF-AB12CD34"}, "ab12 cd34": {"XF-AB12CD34"}, " XF AB12CD34\n": {"XF-AB12CD34"},
		"ｘｆ－ａｂ１２—cd34": {"XF-AB12CD34"}, "XF-AB12": {"XF-AB12"}, "AB12": {"", "AB12"}, "": {}, "\x00\xff": {},
		"XFCDEFGHJKLMNPQRSTUVWXYZ23": {"", "XFCDEFGHJKLMNPQRSTUVWXYZ23"}, "abcdefghjklmnpqrstuvwxyz23": {"", "ABCDEFGHJKLMNPQRSTUVWXYZ23"},
	} {
		if number, token := household.ReadCard(shown); number != want[0] || token != want[1] {
			t.Errorf("%q is read as %q, %q; want %q", shown, number, token, want)
		}
	}
}

func TestCardsAreReadableAndDifferent(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		random := [5]byte(rapid.SliceOfN(rapid.Byte(), 5, 5).Draw(t, "random"))
		key := rapid.SliceOfN(rapid.Byte(), 32, 32).Draw(t, "key")
		card, token := household.NewCard(1, random, key)
		number, ok := strings.CutPrefix(card.Number, "XF-")
		if !ok || len(number) != 8 {
			t.Fatalf("number %q is not XF- and eight signs", card.Number)
		}
		if strings.Trim(number+token, signs) != "" {
			t.Fatalf("%q and %q have signs that are mistaken for others", number, token)
		}
		if len(token)*5 < 128 {
			t.Fatalf("token %q is shorter than 128 bits", token)
		}
		// Every single bit matters: of the number's five bytes and of the key.
		bit := rapid.IntRange(0, 37*8-1).Draw(t, "bit")
		ofKey := bit >= 40
		if ofKey {
			key[bit/8-5] ^= 1 << (bit % 8)
		} else {
			random[bit/8] ^= 1 << (bit % 8)
		}
		other, otherToken := household.NewCard(1, random, key)
		if otherToken == token || (other.Number == card.Number) != ofKey {
			t.Fatalf("bit %d: %q became %q, %q became %q", bit, token, otherToken, card.Number, other.Number)
		}
	})
}
