package bot

import (
	"cmp"
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"

	learned "github.com/xiangfeng/xiangfeng/bot/meaning"
)

// meaning is what a message's words come to.
type meaning struct {
	// clean are the words without punctuation, in simplified characters, of
	// what is longer than weighed only the beginning.
	clean string
	// number is a bare number that is the whole message, 0 for none.
	number int
	// phrase is the intent of which the whole message is a phrase, "" for none.
	phrase string
	// intent is what the words mean, by its name: that of the phrase, or one of
	// those that are told apart by rules and learned weights. It is "" where
	// that is not sure, and where sense says it all.
	intent string
	slots
	// sense is what the words name where they are words of one dictionary from
	// end to end; beside an intent, the times and whether it is about deductions.
	sense
}

// means tells whether the words mean the intent, or name something of need and
// nothing but need and allow.
func (m meaning) means(name string, need, allow tag) bool {
	if said := cmp.Or(m.phrase, m.intent); said != "" {
		return said == name
	}
	return m.tags&need != 0 && m.tags&^(need|allow|small) == 0
}

// longest is how many characters one dictionary is tried on, and weighed how
// many are listened to at all.
const (
	longest = 40
	weighed = 120
)

// ear understands words: exact phrases first, then words that cover the whole
// message, each by its characters or by its sound, then rules and weights.
type ear struct {
	phrases, soundPhrases map[string]string
	words, sounds         map[string]sense
}

func newEar(intents []intent) *ear {
	e := &ear{phrases: map[string]string{}, soundPhrases: map[string]string{}}
	for _, i := range intents {
		for _, p := range i.phrases {
			e.phrases[p] = i.name
			if s := sound([]rune(p)); s != "" {
				e.soundPhrases[s] = i.name
			}
		}
	}
	e.words, e.sounds = vocabulary()
	return e
}

func (e *ear) understand(words string) meaning {
	plain := strings.ToLower(norm.NFKC.String(words))
	if n := bareNumber(plain); n > 0 {
		return meaning{number: n}
	}
	text := []rune(learned.Clean(words))
	text = text[:min(len(text), weighed)]
	m := meaning{clean: string(text), slots: slotsOf(plain)}
	if len(text) == 0 && strings.ContainsRune(plain, '?') {
		m.phrase = "help"
	}
	if len(text) > 0 && len(text) <= longest {
		e.interpret(&m, text)
	}
	switch {
	case m.phrase != "":
		m.intent = m.phrase
	case m.card != "":
		m.intent = "bind"
	case len(text) > 0 && (m.tags == 0 || m.tags&elsewhere != 0):
		m.sense = sense{}
		if m.intent = learned.Of(m.clean).Intent; slices.Contains(timed, m.intent) {
			m.sense = e.particulars(text)
		}
	}
	return m
}

// timed are the intents that answer for a quarter or a year.
var timed = []string{"points", "lines", "rank", "top", "published"}

// interpret looks for a phrase, or words of one dictionary, that are the whole message.
func (e *ear) interpret(m *meaning, text []rune) {
	if m.phrase = e.phrases[m.clean]; m.phrase != "" {
		return
	}
	if m.sense = e.cover(text, nil); m.tags != 0 {
		return
	}
	syllables := syllables(text)
	if m.phrase = e.soundPhrases[strings.Join(syllables, " ")]; m.phrase == "" {
		m.sense = e.cover(text, syllables)
	}
}

// particulars are the times that words name, whatever else they say, and
// whether they are about deductions alone.
func (e *ear) particulars(text []rune) sense {
	var all sense
	sounds := syllables(text)
	for start := 0; start < len(text); {
		s, n := sense{}, min(widest, len(text)-start)
		for ; n > 0; n-- {
			if s, _ = e.word(text[start:start+n], sounds[start:], 0); s.tags&(when|minus) != 0 {
				break
			}
		}
		all, start = all.and(s), start+max(n, 1)
	}
	all.tags &= when | minus
	if strings.ContainsRune(string(text), '加') {
		all.tags &^= minus
	}
	return all
}

// keep drops punctuation, space and emoji.
func keep(text []rune) []rune { return []rune(learned.Keep(string(text))) }

// tooMany stands for a number that no list reaches.
const tooMany = 1000

var counted = map[string]int{
	"一": 1, "二": 2, "两": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9, "十": 10,
}

// bareNumber reads a whole message that answers a list: 1, 1. , 一, 第一个. It
// returns 0 for anything else, and tooMany for a number that no list reaches.
func bareNumber(s string) int {
	s = strings.TrimFunc(s, unicode.IsSpace)
	s = strings.TrimRight(s, ".。、,，!！)） \ufe0f\u20e3")
	s = strings.TrimPrefix(strings.TrimPrefix(s, "我"), "选")
	bare, unit := s, ""
	for _, u := range []string{"个", "户", "号"} {
		if before, cut := strings.CutSuffix(s, u); cut {
			bare, unit = before, u
		}
	}
	if rest, ordinal := strings.CutPrefix(bare, "第"); ordinal && unit != "" {
		bare = rest
	}
	if n, ok := counted[bare]; ok {
		return n
	}
	return arabic(bare)
}

func arabic(s string) int {
	n := 0
	for _, r := range s {
		if r < '0' || r > '9' {
			return 0
		}
		n = min(tooMany, n*10+int(r-'0'))
	}
	if n == 0 && s != "" {
		return tooMany
	}
	return n
}
