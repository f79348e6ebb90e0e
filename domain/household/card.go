package household

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base32"
	"fmt"
	"strings"
	"unicode"
)

// CardState says whether a card still opens anything.
type CardState string

// The states of a card. A lost card is revoked at once (PRODUCT 2, the life of a household).
const (
	CardActive  CardState = "active"
	CardRevoked CardState = "revoked"
)

// Card is the 积分信息卡 on a household's door: a code that names the
// household to the product and to nobody else. The token itself is only printed.
type Card struct {
	Household  ID
	Number     string   // typed when nothing can be scanned: XF- and eight signs
	TokenHash  [32]byte // of the token in the printed code
	State      CardState
	Generation int // 1 for a household's first card, one more for each that took its place
}

// numberSigns leaves out what is mistaken for something else: 0 O 1 I.
var numberSigns = base32.NewEncoding("ABCDEFGHJKLMNPQRSTUVWXYZ23456789").WithPadding(base32.NoPadding)

// NewCard makes a household's first card from five random bytes (40 bit), which
// become its number, and the key of the installation's cards. It returns the
// token of 128 bit for printing.
func NewCard(h ID, random [5]byte, key []byte) (Card, string) { return newCard(h, 1, random, key) }

// Next makes the card that takes c's place, with a number and a token of its own.
func (c Card) Next(random [5]byte, key []byte) (Card, string) {
	return newCard(c.Household, c.Generation+1, random, key)
}

func newCard(h ID, generation int, random [5]byte, key []byte) (Card, string) {
	c := Card{Household: h, Number: "XF-" + numberSigns.EncodeToString(random[:]), State: CardActive, Generation: generation}
	token := c.token(key)
	c.TokenHash = HashToken(token)
	return c, token
}

// Token is what the card's printed code holds, so that a card can be printed
// again. It is false for a card that was made under another key.
func (c Card) Token(key []byte) (string, bool) {
	token := c.token(key)
	return token, HashToken(token) == c.TokenHash
}

func (c Card) token(key []byte) string {
	mac := hmac.New(sha256.New, key)
	fmt.Fprintf(mac, "card:%s:%d", c.Number, c.Generation)
	return numberSigns.EncodeToString(mac.Sum(nil)[:16])
}

// numberLength and tokenLength are how many signs a number has after its XF, and a token.
const (
	numberLength = 8
	tokenLength  = 26
)

// ReadCard reads a card as somebody types or scans it: its number as it is
// printed, or else the token of its code. Dashes, spaces, wide and small letters
// and a missing XF make no difference.
func ReadCard(shown string) (number, token string) {
	plain := strings.Map(plainSign, shown)
	rest, marked := strings.CutPrefix(plain, "XF")
	switch {
	case len(plain) == tokenLength:
		return "", plain
	case len(plain) == numberLength:
		return "XF-" + plain, ""
	case marked:
		return "XF-" + rest, ""
	}
	return "", plain
}

// plainSign is a letter or digit as cards have them, and nothing for what stands between.
func plainSign(r rune) rune {
	if r >= '！' && r <= '～' { // the wide ones
		r -= '！' - '!'
	}
	if !unicode.IsLetter(r) && !unicode.IsDigit(r) {
		return -1
	}
	return unicode.ToUpper(r)
}

// HashToken is how a token is stored: it cannot be read back from the database.
func HashToken(token string) [32]byte { return sha256.Sum256([]byte(token)) }
