package roster_test

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/xiangfeng/xiangfeng/domain/calendar"
	"github.com/xiangfeng/xiangfeng/domain/roster"
	"github.com/xiangfeng/xiangfeng/domain/script"
	"github.com/xiangfeng/xiangfeng/storage/conformance"
)

var update = flag.Bool("update", false, "rewrite testdata")

var today = calendar.On(2026, 11, 24)

func TestSound(t *testing.T) {
	t.Parallel()
	r, faults, remarks := roster.Check(conformance.NewWorkbook(2, 12), today)
	if len(faults) != 0 {
		t.Errorf("%d faults: %v", len(faults), words(faults))
	}
	if len(r.Villages) != 2 || len(r.Villages[1].Households) != 12 || len(r.Posts) != 15 || len(r.Ties) != 2 || len(r.Villages[0].Items) != 12 {
		t.Errorf("%+v", r)
	}
	for _, f := range remarks {
		if f.Kind != roster.PhonesMissing {
			t.Error(script.RosterFault(f))
		}
	}
}

func words(faults []roster.Fault) string {
	var all []string
	for _, f := range faults {
		all = append(all, script.RosterFault(f))
	}
	return strings.Join(all, "\n") + "\n"
}

// TestForty plants forty faults in one workbook: each alone is found alone,
// all together are found at once, and the words are those of testdata.
func TestForty(t *testing.T) {
	t.Parallel()
	all := conformance.NewWorkbook(2, 12)
	for _, p := range conformance.Faults() {
		alone := conformance.NewWorkbook(2, 12)
		p.Plant(alone)
		p.Plant(all)
		if _, faults, _ := roster.Check(alone, today); len(faults) != 1 || faults[0].Kind != p.Kind {
			t.Errorf("%s: found\n%s", p.Kind, words(faults))
		}
	}
	_, faults, remarks := roster.Check(all, today)
	if len(faults) != 40 || len(conformance.Faults()) != 40 {
		t.Errorf("%d faults, of %d planted", len(faults), len(conformance.Faults()))
	}
	golden(t, "forty.txt", words(faults)+"---\n"+words(remarks))
}

func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}
