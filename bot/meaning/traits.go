package meaning

import (
	"slices"
	"strings"
)

// trait is the hash of what a text is weighed by: one to three characters in a
// row, their sounds, a concept or two.
type trait uint32

// longest is how many characters are weighed.
const longest = 120

// readShare is what a trait of characters counts beside one of sounds or
// concepts, which survive misspelling.
const readShare = 0.5

// traits are what a text is weighed by, each once and in order: what it reads,
// and what it sounds like and names. A digit stands for any digit.
func traits(words string, names []string) (read, heard []trait) {
	signs, sounds := []string{"^"}, []string{"^"}
	for _, r := range words {
		if len(signs) > longest {
			break
		}
		if r >= '0' && r <= '9' {
			r = '0'
		}
		sound := Syllable(r)
		if sound == "" {
			sound = string(r)
		}
		signs, sounds = append(signs, string(r)), append(sounds, sound)
	}
	heard = append(grams("s", append(sounds, "$")), pairs(names)...)
	return unique(grams("c", append(signs, "$"))), unique(heard)
}

func grams(kind string, parts []string) []trait {
	found := make([]trait, 0, 3*len(parts))
	for n := 1; n <= 3; n++ {
		for i := 0; i+n <= len(parts); i++ {
			found = append(found, traitOf(kind, parts[i:i+n]...))
		}
	}
	return found
}

// pairs are the concepts and any two of them, in whatever order they stand.
func pairs(names []string) []trait {
	var found []trait
	for i, a := range names {
		found = append(found, traitOf("k", a))
		for _, b := range names[:i] {
			found = append(found, traitOf("k", min(a, b), max(a, b)))
		}
	}
	return found
}

func unique(traits []trait) []trait {
	slices.Sort(traits)
	return slices.Compact(traits)
}

// traitOf is the FNV-1a hash of the kind and the parts.
func traitOf(kind string, parts ...string) trait {
	h := hash(2166136261, kind)
	return hash(h, strings.Join(parts, " "))
}

func hash(h trait, s string) trait {
	for i := range len(s) {
		h = (h ^ trait(s[i])) * 16777619
	}
	return h
}
