package bot

import (
	"cmp"
	"slices"
	"strings"
)

// odds know which traits of words speak for which intents.
type odds struct {
	intents []intent // those that can be offered, in the order of a tie
	speak   map[string][]int
}

func newOdds(intents []intent) odds {
	o := odds{speak: map[string][]int{}}
	for _, i := range intents {
		if i.title == "" {
			continue
		}
		n := len(o.intents)
		o.intents = append(o.intents, i)
		for _, example := range i.examples() {
			for _, t := range traits([]rune(example)) {
				if !slices.Contains(o.speak[t], n) {
					o.speak[t] = append(o.speak[t], n)
				}
			}
		}
	}
	return o
}

func (i intent) examples() []string {
	all := slices.Clone(i.phrases)
	for t, list := range lexicon {
		if t&i.words != 0 {
			all = append(all, strings.Fields(list)...)
		}
	}
	return all
}

// likeliest orders the intents that can be offered by how much of the words
// speaks for each, a trait that speaks for few counting more.
func (o odds) likeliest(clean string) []intent {
	scores := make([]float64, len(o.intents))
	for _, t := range traits([]rune(clean)) {
		for _, n := range o.speak[t] {
			scores[n] += 1 / float64(len(o.speak[t]))
		}
	}
	order := make([]int, len(o.intents))
	for n := range order {
		order[n] = n
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(scores[b], scores[a]) })
	sorted := make([]intent, len(order))
	for i, n := range order {
		sorted[i] = o.intents[n]
	}
	return sorted
}

// idle are the characters of questions of every kind.
const idle = "怎么咋个有我家的多少什啥谁哪第看是在为了吗里上下头"

// traits are a text's characters and pairs of characters, and pairs of sounds,
// but for those of idle characters.
func traits(text []rune) []string {
	found := make([]string, 0, 3*len(text))
	sounds := syllables(text)
	before := false
	for i, r := range text {
		if strings.ContainsRune(idle, r) {
			before = false
			continue
		}
		found = append(found, string(r))
		if before {
			found = append(found, string(text[i-1:i+1]))
		}
		if before && sounds[i-1] != "" && sounds[i] != "" {
			found = append(found, sounds[i-1]+" "+sounds[i])
		}
		before = true
	}
	return found
}
