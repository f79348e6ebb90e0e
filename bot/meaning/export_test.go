package meaning

import "strings"

// Weighed reads words by weights that were learned just now.
func Weighed(file []byte, words string) Verdict { return weights(file).of(words) }

// Kept are the weights that Of stands on.
func Kept() []byte { return []byte(weightsFile) }

// Concepts lists the concepts by name.
func Concepts() map[string]string { return concepts }

// Demand is a rule in words: the intent, and the concepts that it speaks of.
type Demand struct{ Intent, Names string }

// Demands are the rules.
func Demands() []Demand {
	var all []Demand
	for _, r := range rules {
		all = append(all, Demand{r.intent, strings.ReplaceAll(r.all, "|", " ") + " " + r.not})
	}
	return all
}

// Named are the concepts that words name.
func Named(words string) []string { return named([]rune(words)) }
