package bot_test

import (
	"fmt"
	"hash/fnv"
	"os"
	"slices"
	"strings"
	"testing"

	"golang.org/x/text/encoding/simplifiedchinese"

	"github.com/xiangfeng/xiangfeng/bot"
	"github.com/xiangfeng/xiangfeng/bot/meaning"
)

// saying is a row of learn.tsv or judge.tsv.
type saying struct{ intent, words string }

func sayings(t testing.TB, name string) []saying {
	t.Helper()
	file, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	var all []saying
	for row := range strings.Lines(string(file)) {
		cells := strings.Split(strings.TrimSuffix(row, "\n"), "\t")
		if len(cells) != 3 {
			t.Fatalf("%s: %q", name, row)
		}
		all = append(all, saying{cells[0], cells[2]})
	}
	return all[1:]
}

// tally counts how messages were understood.
type tally struct{ inScope, direct, three, wrong, outside, answered int }

// unanswered are the intents that tell nothing of the scheme.
var unanswered = []string{meaning.None, "thanks", "rude"}

// judge sends messages to somebody of two households.
func judge(t *testing.T, all []saying) (n tally) {
	t.Helper()
	c := newChat(t, newTown(), "o-li")
	for _, s := range all {
		got, offered, err := c.bot.Understood(t.Context(), bot.Update{From: "o-li", Kind: bot.Text, Words: s.words})
		if err != nil {
			t.Fatal(err)
		}
		unsure := got == "fallback"
		switch {
		case s.intent == meaning.None:
			n.outside++
			if !unsure && !slices.Contains(unanswered, got) {
				n.answered++
			}
			continue
		case got == s.intent:
			n.direct++
			n.three++
		case !unsure:
			n.wrong++
		case slices.Contains(offered, s.intent):
			n.three++
		}
		n.inScope++
	}
	return n
}

func (n tally) percent(count int) float64 { return 100 * float64(count) / float64(n.inScope) }

func (n tally) String() string {
	return fmt.Sprintf("%d in scope: direct %.1f %%, direct or among three %.1f %%, wrong %.1f %% (%d); %d outside: %d answered",
		n.inScope, n.percent(n.direct), n.percent(n.three), n.percent(n.wrong), n.wrong, n.outside, n.answered)
}

// homophones are the commoner characters by their sound.
func homophones() map[string][]rune {
	all := map[string][]rune{}
	code := simplifiedchinese.GBK.NewEncoder()
	for r := '一'; r <= '龥'; r++ {
		// The first level of GB 2312 holds the 3,755 commonest.
		if b, err := code.Bytes([]byte(string(r))); err == nil && b[0] >= 0xb0 && b[0] <= 0xd7 && b[1] >= 0xa1 {
			all[meaning.Syllable(r)] = append(all[meaning.Syllable(r)], r)
		}
	}
	return all
}

// misheard writes one character in four as another that sounds like it.
func misheard(words string, alike map[string][]rune) string {
	text := []rune(words)
	for i, r := range text {
		h := fnv.New32a()
		fmt.Fprint(h, words, i)
		pick := int(h.Sum32() >> 4)
		others := slices.DeleteFunc(slices.Clone(alike[meaning.Syllable(r)]), func(o rune) bool { return o == r })
		if meaning.Syllable(r) != "" && len(others) > 0 && pick%4 == 0 {
			text[i] = others[pick/4%len(others)]
		}
	}
	return string(text)
}

// TestJudge measures understanding on what another author wrote, which nobody
// learns from, and holds it to the targets.
func TestJudge(t *testing.T) {
	t.Parallel()
	all := sayings(t, "meaning/judge.tsv")
	known := map[string]bool{}
	for _, s := range sayings(t, "meaning/learn.tsv") {
		known[meaning.Clean(s.words)] = true
	}
	fresh := slices.DeleteFunc(slices.Clone(all), func(s saying) bool { return known[meaning.Clean(s.words)] })
	alike := homophones()
	noised := slices.Clone(all)
	for i := range noised {
		noised[i].words = misheard(noised[i].words, alike)
	}
	got := judge(t, all)
	t.Logf("as written: %v", got)
	t.Logf("without the %d that are also learned from: %v", len(all)-len(fresh), judge(t, fresh))
	t.Logf("one character in four misheard: %v", judge(t, noised))
	if got.percent(got.direct) < 85 || got.percent(got.three) < 97 || got.percent(got.wrong) > 1 || got.answered > 2 {
		t.Error("below the targets")
	}
}
