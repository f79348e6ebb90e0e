package bot

import (
	"strings"

	learned "github.com/xiangfeng/xiangfeng/bot/meaning"
)

// syllables are the sounds of characters, each as people of any dialect may
// mean it, and "" for what has none.
func syllables(text []rune) []string {
	s := make([]string, len(text))
	for i, r := range text {
		s[i] = learned.Syllable(r)
	}
	return s
}

// sound is the sound of two to six characters, "" for anything else.
func sound(text []rune) string {
	if len(text) < 2 || len(text) > 6 {
		return ""
	}
	s := syllables(text)
	for _, syllable := range s {
		if syllable == "" {
			return ""
		}
	}
	return strings.Join(s, " ")
}
