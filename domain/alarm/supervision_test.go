package alarm_test

import (
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/xiangfeng/xiangfeng/domain/alarm"
)

var (
	update = flag.Bool("update", false, "rewrite the table of docs/supervision.md")
	from   = flag.Uint64("from", 0, "the first seed: another one plays quarters that nobody has seen yet")
)

// fullEnv set to 1 plays more than a thousand quarters to block and as many
// honest ones, as the page gives them: make supervision.
const fullEnv = "XIANGFENG_TEST_SUPERVISION"

// What the scheme promises: of the quarters that somebody leveled, caught at
// least; of the honest ones, blocked at most.
const (
	leastCaught   = .95
	mostlyBlocked = .02
)

// The page and the marks between which the table stands.
const (
	page   = "../../docs/supervision.md"
	opens  = "<!-- measured: begin -->"
	closes = "<!-- measured: end -->"
)

// tally is what the detector said about the quarters of a kind.
type tally struct {
	kind
	quarters, blocked int
	// warned is in how many quarters a finding of the kind was; under "" is in
	// how many one of those that are expected was.
	warned map[alarm.Kind]int
}

func (y tally) rate(n int) float64 { return float64(n) / float64(max(1, y.quarters)) }

func measure(k kind, seeds int) tally {
	y := tally{kind: k, warned: map[alarm.Kind]int{}}
	for seed := range seeds {
		y.add(alarm.Inspect(k.quarter(*from + uint64(seed)).seen()))
	}
	return y
}

func (y *tally) add(findings []alarm.Finding) {
	y.quarters++
	said := map[alarm.Kind]bool{}
	for _, f := range findings {
		said[f.Kind] = true
	}
	if alarm.Blocked(findings) {
		y.blocked++
	}
	for name := range said {
		y.warned[name]++
	}
	if slices.ContainsFunc(y.told, func(k alarm.Kind) bool { return said[k] }) {
		y.warned[""]++
	}
}

func all(kinds []kind, seeds int) (tallies []tally, sum tally) {
	sum.warned = map[alarm.Kind]int{}
	for _, k := range kinds {
		y := measure(k, seeds)
		tallies = append(tallies, y)
		sum.quarters += y.quarters
		sum.blocked += y.blocked
		for name, n := range y.warned {
			sum.warned[name] += n
		}
	}
	return tallies, sum
}

// TestCaughtAndWronglyBlocked holds what the scheme promises. The quarters are
// made from what people do, in files that know nothing of how one looks.
func TestCaughtAndWronglyBlocked(t *testing.T) {
	t.Parallel()
	rigged, plain, warned := 4, 4, 2
	full := os.Getenv(fullEnv) == "1"
	if full {
		rigged, plain, warned = 90, 75, 60
	}
	caught, ofRigged := all(leveledKinds, rigged)
	wrong, ofHonest := all(honestKinds, plain)
	told, _ := all(crookedKinds, warned)
	text := table(caught, ofRigged, wrong, ofHonest, told)
	t.Log("\n" + text)
	if got := ofRigged.rate(ofRigged.blocked); got < leastCaught {
		t.Errorf("caught %d of %d quarters that somebody leveled: %.1f %%", ofRigged.blocked, ofRigged.quarters, got*100)
	}
	if got := ofHonest.rate(ofHonest.blocked); got > mostlyBlocked {
		t.Errorf("blocked %d of %d honest quarters: %.1f %%", ofHonest.blocked, ofHonest.quarters, got*100)
	}
	if full && *from == 0 {
		keepPage(t, text)
	}
}

func percent(of float64) string { return fmt.Sprintf("%.1f %%", of*100) }

// table is what was measured, as the page has it.
func table(caught []tally, ofRigged tally, wrong []tally, ofHonest tally, told []tally) string {
	var b strings.Builder
	row := func(cells ...any) {
		for _, c := range cells {
			fmt.Fprintf(&b, "| %v ", c)
		}
		b.WriteString("|\n")
	}
	row("leveled: to be blocked", "quarters", "caught", "missed", "caught of them")
	row("---", "---:", "---:", "---:", "---:")
	for _, y := range caught {
		row(y.name, y.quarters, y.blocked, y.quarters-y.blocked, percent(y.rate(y.blocked)))
	}
	row("**all**", ofRigged.quarters, ofRigged.blocked, ofRigged.quarters-ofRigged.blocked, percent(ofRigged.rate(ofRigged.blocked)))
	b.WriteString("\n")
	row("honest: never to be blocked", "quarters", "wrongly blocked", "of them", "warnings shown")
	row("---", "---:", "---:", "---:", "---")
	for _, y := range wrong {
		row(y.name, y.quarters, y.blocked, percent(y.rate(y.blocked)), y.shown())
	}
	row("**all**", ofHonest.quarters, ofHonest.blocked, percent(ofHonest.rate(ofHonest.blocked)), ofHonest.shown())
	b.WriteString("\n")
	row("crooked: to be told, not blocked", "quarters", "blocked", "told by", "told in", "the same in honest ones", "all warnings shown")
	row("---", "---:", "---:", "---", "---:", "---:", "---")
	for _, y := range told {
		row(y.name, y.quarters, y.blocked, strings.Trim(fmt.Sprint(y.told), "[]"), percent(y.rate(y.warned[""])), percent(baseRate(y.told, wrong, ofHonest.quarters)), y.shown())
	}
	return b.String()
}

// baseRate is in what share of the honest quarters at least the most frequent
// of the warnings is shown too.
func baseRate(told []alarm.Kind, honest []tally, quarters int) (most float64) {
	for _, name := range told {
		n := 0
		for _, y := range honest {
			n += y.warned[name]
		}
		most = max(most, float64(n)/float64(quarters))
	}
	return most
}

// shown lists in what share of the quarters each warning was shown.
func (y tally) shown() string {
	var words []string
	for _, k := range alarm.Kinds() {
		if n := y.warned[k]; n > 0 {
			words = append(words, fmt.Sprintf("%s %.0f %%", k, y.rate(n)*100))
		}
	}
	return strings.Join(words, ", ")
}

// keepPage holds the page to what was measured just now; -update writes it.
func keepPage(t *testing.T, text string) {
	t.Helper()
	raw, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	before, rest, found := strings.Cut(string(raw), opens)
	_, after, closed := strings.Cut(rest, closes)
	if !found || !closed {
		t.Fatalf("%s has no place between %s and %s", page, opens, closes)
	}
	want := before + opens + "\n" + text + closes + after
	switch {
	case *update:
		if err := os.WriteFile(page, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
	case want != string(raw):
		t.Errorf("%s has other figures: make supervision writes these", page)
	}
}
