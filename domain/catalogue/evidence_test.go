package catalogue_test

import (
	"reflect"
	"testing"

	"github.com/xiangfeng/xiangfeng/domain/catalogue"
)

func TestLacking(t *testing.T) {
	t.Parallel()
	type given map[catalogue.Proof]int
	for _, test := range []struct {
		evidence string
		given    given
		want     string
	}{
		{"", nil, ""},
		{"photo", nil, "photo"},
		{"photo", given{"photo": 1}, ""},
		{"photo", given{"minutes": 3}, "photo"},
		{"minutes photo", given{"photo": 1}, "minutes"},
		{"minutes photo", given{"photo": 1, "minutes": 1}, ""},
		{"photo|decision", given{"decision": 1}, ""},
		{"photo|decision", given{"photo": 1}, ""},
		{"photo|decision", given{"sign_in": 1}, "photo|decision"},
		{"photo|decision minutes", nil, "photo|decision minutes"},
		{"before_after", given{"before_after": 1}, "before_after"}, // only a before
		{"before_after", given{"before_after": 2}, ""},
		{"certificate before_after", given{"certificate": 1, "before_after": 1}, "before_after"},
		{"visit", nil, "visit"},
		{"visit", given{"visit": 1}, ""},
	} {
		lacking := catalogue.Item{Evidence: test.evidence}.Lacking(test.given)
		if got := catalogue.WriteDemands(lacking); got != test.want || (lacking == nil) != (test.want == "") {
			t.Errorf("%q with %v lacks %q, want %q", test.evidence, test.given, got, test.want)
		}
	}
}

// TestCountysDemands holds that every word in the county's column is a proof,
// and that what is written is read again.
func TestCountysDemands(t *testing.T) {
	t.Parallel()
	known := map[catalogue.Proof]bool{}
	for _, p := range []catalogue.Proof{
		catalogue.Visit, catalogue.Photo, catalogue.BeforeAfter, catalogue.Minutes, catalogue.Decision, catalogue.Certificate,
		catalogue.SignIn, catalogue.Receipt, catalogue.Link, catalogue.Hours, catalogue.HelpedConfirms,
	} {
		known[p] = true
	}
	used := map[catalogue.Proof]bool{}
	for _, i := range catalogue.County() {
		demands := i.Demands()
		if len(demands) == 0 {
			t.Errorf("%s asks for nothing", i.Code)
		}
		for _, group := range demands {
			for _, p := range group {
				used[p] = true
				if !known[p] {
					t.Errorf("%s asks for %q", i.Code, p)
				}
			}
		}
		if got := catalogue.WriteDemands(demands); got != i.Evidence || !reflect.DeepEqual(catalogue.ReadDemands(got), demands) {
			t.Errorf("%s: %q is written as %q", i.Code, i.Evidence, got)
		}
	}
	if len(used) != len(known) {
		t.Errorf("the county asks for %v", used)
	}
}

func TestWhichProofsArePictures(t *testing.T) {
	t.Parallel()
	for p, want := range map[catalogue.Proof]bool{catalogue.Photo: true, catalogue.BeforeAfter: true, catalogue.Minutes: false, catalogue.Visit: false} {
		if p.Pictured() != want {
			t.Errorf("%s: %v", p, !want)
		}
	}
}
