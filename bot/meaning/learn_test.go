package meaning_test

import (
	"encoding/binary"
	"flag"
	"hash/fnv"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/xiangfeng/xiangfeng/bot/meaning"
)

var update = flag.Bool("update", false, "learn weights.bin anew")

// examples reads learn.tsv: intent, kind and what was said.
func examples(t *testing.T) []meaning.Example {
	t.Helper()
	file, err := os.ReadFile("learn.tsv")
	if err != nil {
		t.Fatal(err)
	}
	var all []meaning.Example
	seen := map[string]bool{}
	for row := range strings.Lines(string(file)) {
		cells := strings.Split(strings.TrimSuffix(row, "\n"), "\t")
		if cells[0] == "intent" {
			continue
		}
		if len(cells) != 3 || !slices.Contains(meaning.Labels, cells[0]) || seen[cells[2]] {
			t.Fatalf("learn.tsv: %q", row)
		}
		seen[cells[2]] = true
		all = append(all, meaning.Example{Label: cells[0], Words: meaning.Clean(cells[2])})
	}
	return all
}

// TestWeights learns the weights anew and compares them with those that are
// kept. Processors round differently, so that a weight may lie one step off.
func TestWeights(t *testing.T) {
	t.Parallel()
	learned := meaning.Learn(examples(t))
	if *update {
		if err := os.WriteFile("weights.bin", learned, 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	kept := meaning.Kept()
	if len(kept) != len(learned) || len(kept) > 400<<10 {
		t.Fatalf("%d bytes are kept, %d learned; go generate ./bot/meaning", len(kept), len(learned))
	}
	rows := 8 + 4*int(binary.LittleEndian.Uint32(kept))
	for i := range kept {
		off := int(int8(kept[i])) - int(int8(learned[i]))
		if i >= 8 && i < rows && off != 0 || i >= rows && (off > 1 || off < -1) {
			t.Fatalf("byte %d is %d and learned as %d; go generate ./bot/meaning", i, kept[i], learned[i])
		}
	}
}

// figures count what becomes of messages.
type figures struct{ inScope, direct, three, wrong, crossed, outside, outsideAnswered, outsideTold int }

// risky are the intents that ask for a 确认 or begin something, told apart by
// words as near as 退订, 取消预订 and 解绑.
var risky = []string{"privacy", "notices", "redeem", "helper", "bind"}

func (f *figures) add(want string, v meaning.Verdict) {
	if want == meaning.None {
		f.outside++
		switch v.Intent {
		case meaning.None:
			f.outsideTold++
		case "":
		default:
			f.outsideAnswered++
		}
		return
	}
	f.inScope++
	switch v.Intent {
	case want:
		f.direct++
		f.three++
	case "":
		if slices.Contains(v.Likely[:3], want) {
			f.three++
		}
	default:
		f.wrong++
		if slices.Contains(risky, want) && slices.Contains(risky, v.Intent) {
			f.crossed++
		}
	}
}

func share(n, of int) float64 { return 100 * float64(n) / float64(of) }

const folds = 5

// foldOf puts what sounds alike into one fold, so that a misspelt twin is
// never learned from.
func foldOf(words string) int {
	h := fnv.New32a()
	for _, r := range words {
		h.Write([]byte(meaning.Syllable(r)))
	}
	return int(h.Sum32()>>4) % folds
}

// TestThresholds holds the thresholds to what they were chosen by: each fifth
// of learn.tsv read by what is learned from the other four.
func TestThresholds(t *testing.T) {
	t.Parallel()
	all := examples(t)
	var f figures
	var mu sync.Mutex
	var wait sync.WaitGroup
	for fold := range folds {
		wait.Go(func() {
			learned := meaning.Learn(slices.DeleteFunc(slices.Clone(all), func(e meaning.Example) bool { return foldOf(e.Words) == fold }))
			mu.Lock()
			defer mu.Unlock()
			for _, e := range all {
				if foldOf(e.Words) == fold {
					f.add(e.Label, meaning.Weighed(learned, e.Words))
				}
			}
		})
	}
	wait.Wait()
	t.Logf("%d in scope: direct %.1f %%, direct or among three %.1f %%, wrong %.1f %%, %d of them one risky thing for another; of %d outside %d answered, %d told so",
		f.inScope, share(f.direct, f.inScope), share(f.three, f.inScope), share(f.wrong, f.inScope), f.crossed, f.outside, f.outsideAnswered, f.outsideTold)
	if share(f.direct, f.inScope) < 82 || share(f.three, f.inScope) < 98 || share(f.wrong, f.inScope) > 1 || f.crossed > 0 || f.outsideAnswered > 30 {
		t.Error("the thresholds do not fit what is learned")
	}
}
