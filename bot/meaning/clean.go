package meaning

import (
	"strings"
	"sync"
	"unicode"

	"github.com/longbridgeapp/opencc"
	"golang.org/x/text/unicode/norm"
)

// Clean leaves letters, characters and digits of what somebody sent, in lower
// case, simple width and simplified characters.
func Clean(words string) string {
	return simplified(Keep(strings.ToLower(norm.NFKC.String(words))))
}

// Keep drops punctuation, space and emoji.
func Keep(words string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return r
		}
		return -1
	}, words)
}

// converter is loaded with the first message, in about 10 ms.
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
