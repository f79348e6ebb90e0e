package meaning

// Weighed reads words by weights that were learned just now.
func Weighed(file []byte, words string) Verdict { return weights(file).of(words) }

// Kept are the weights that Of stands on.
func Kept() []byte { return []byte(weightsFile) }

// Concepts lists the concepts by name.
func Concepts() map[string]string { return concepts }

// Ruled is what the rules alone say.
func Ruled(words string) string { return ruled(named([]rune(words))) }

// Demands are the concepts that the rules speak of.
func Demands() []string {
	var all []string
	for _, r := range rules {
		all = append(all, r.all+" "+r.not)
	}
	return all
}
