package household

import (
	"crypto/sha256"
	"encoding/base32"
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
	Household ID
	Number    string   // typed when nothing can be scanned: XF- and eight signs
	TokenHash [32]byte // of the token in the printed code
	State     CardState
}

// numberSigns leaves out what is mistaken for something else: 0 O 1 I.
var numberSigns = base32.NewEncoding("ABCDEFGHJKLMNPQRSTUVWXYZ23456789").WithPadding(base32.NoPadding)

// NewCard makes a card from 21 random bytes: 16 of them (128 bit) become the
// token, five (40 bit) the number. It returns the token for printing.
func NewCard(h ID, random [21]byte) (Card, string) {
	token := numberSigns.EncodeToString(random[:16])
	number := "XF-" + numberSigns.EncodeToString(random[16:])
	return Card{Household: h, Number: number, TokenHash: HashToken(token), State: CardActive}, token
}

// HashToken is how a token is stored: it cannot be read back from the database.
func HashToken(token string) [32]byte { return sha256.Sum256([]byte(token)) }
