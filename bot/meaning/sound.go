package meaning

import (
	"strings"
	"sync"

	"github.com/mozillazg/go-pinyin"
)

// heard remembers syllables; there are as many as there are characters.
var heard sync.Map

// Syllable is the sound of a character as people of any dialect may mean it,
// and "" for what has none.
func Syllable(r rune) string {
	if s, ok := heard.Load(r); ok {
		return s.(string)
	}
	var s string
	if readings := pinyin.SinglePinyin(r, pinyin.NewArgs()); len(readings) > 0 {
		s = blur(readings[0])
	}
	heard.Store(r, s)
	return s
}

var blurred = strings.NewReplacer("zh", "z", "ch", "c", "sh", "s", "ng", "n")

// blur takes for one what many people say alike: zh and z, ch and c, sh and s,
// n and l, f and h, -ng and -n.
func blur(s string) string {
	s = blurred.Replace(s)
	switch {
	case strings.HasPrefix(s, "n"):
		return "l" + s[1:]
	case strings.HasPrefix(s, "f"):
		return "h" + s[1:]
	}
	return s
}
