package bot

import (
	"strings"
	"sync"
	"unicode"

	"github.com/longbridgeapp/opencc"
	"golang.org/x/text/unicode/norm"
)

// meaning is what a message's words come to.
type meaning struct {
	// clean are the words without punctuation, in simplified characters.
	clean string
	// number is a bare number that is the whole message, 0 for none.
	number int
	// phrase is the intent of which the whole message is a phrase, "" for none.
	phrase string
	// intent is what the words mean, by its name; "" where that is not sure.
	intent string
	// choices name the likeliest intents, the likeliest first.
	choices []string
	slots
	// sense is what the words name, none unless it covers them from end to end.
	sense
}

// means tells whether the words are a phrase of the intent, or name something
// of need and nothing but need and allow.
func (m meaning) means(name string, need, allow tag) bool {
	if m.phrase != "" {
		return m.phrase == name
	}
	return m.tags&need != 0 && m.tags&^(need|allow|filler|hello) == 0
}

// longest is how many characters are listened to. What is longer tells a story
// and is offered choices.
const longest = 40

// ear understands words: exact phrases first, then words that cover the whole
// message, each by its characters or by its sound.
type ear struct {
	phrases, soundPhrases map[string]string
	words, sounds         map[string]sense
	odds                  odds
}

func newEar(intents []intent) *ear {
	e := &ear{phrases: map[string]string{}, soundPhrases: map[string]string{}, odds: newOdds(intents)}
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
	raw := []rune(strings.ToLower(norm.NFKC.String(words)))
	if n := bareNumber(string(raw)); n > 0 {
		return meaning{number: n}
	}
	m := e.read(raw)
	m.intent = m.phrase
	return m
}

func (e *ear) read(raw []rune) meaning {
	text := keep(raw)
	m := meaning{clean: string(text), slots: slotsOf(string(raw))}
	if m.phrase = e.phrases[m.clean]; m.phrase != "" {
		return m
	}
	switch {
	case len(text) == 0 && strings.ContainsRune(string(raw), '?'):
		m.phrase = "help"
	case len(text) > longest:
		m.clean = simplified(string(text[:longest]))
	case len(text) > 0:
		m.clean = simplified(m.clean)
		e.interpret(&m)
	}
	return m
}

func (e *ear) interpret(m *meaning) {
	if m.phrase = e.phrases[m.clean]; m.phrase != "" {
		return
	}
	text := []rune(m.clean)
	if m.sense = e.cover(text, nil); m.tags != 0 {
		return
	}
	syllables := syllables(text)
	if m.phrase = e.soundPhrases[strings.Join(syllables, " ")]; m.phrase == "" {
		m.sense = e.cover(text, syllables)
	}
}

// keep drops punctuation, space and emoji.
func keep(text []rune) []rune {
	kept := make([]rune, 0, len(text))
	for _, r := range text {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			kept = append(kept, r)
		}
	}
	return kept
}

// converter is loaded with the first message that needs it, in about 10 ms.
var converter = sync.OnceValues(func() (*opencc.OpenCC, error) { return opencc.New("t2s") })

// simplified writes traditional characters as simplified ones.
func simplified(s string) string {
	cc, err := converter()
	if err != nil {
		return s
	}
	out, err := cc.Convert(s)
	if err != nil {
		return s
	}
	return out
}

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
