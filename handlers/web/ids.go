// Package web is what every handler of the web shares: ids that say nothing,
// tokens that are kept as hashes, bodies that stay small, and the table from a
// refusal to a status and a sentence.
package web

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
)

// The kinds of things that an id can name. An id of one kind opens none of another.
const (
	Household   = "hous"
	Village     = "vill"
	Person      = "pers"
	Record      = "reco"
	Event       = "even"
	Aside       = "asid"
	Declaration = "decl"
	Warning     = "warn"
	Dispute     = "disp"
	Alarm       = "alar"
	Township    = "town"
)

// IDs seals the database's numbers for the outside, where they neither count
// nor can be guessed: one block of AES over kind, zeros and number.
type IDs struct{ block cipher.Block }

// NewIDs makes the seal from a secret of any length.
func NewIDs(secret []byte) IDs {
	key := sha256.Sum256(secret)
	block, err := aes.NewCipher(key[:])
	if err != nil {
		panic("web: a key of 32 bytes is refused: " + err.Error())
	}
	return IDs{block}
}

// encoding takes each id in one spelling only.
var encoding = base64.RawURLEncoding.Strict()

// Seal writes a number as 22 URL-safe characters; 0 becomes "".
func (s IDs) Seal(kind string, id int64) string {
	if id == 0 {
		return ""
	}
	var plain, sealed [aes.BlockSize]byte
	copy(plain[:4], kind)
	binary.BigEndian.PutUint64(plain[8:], uint64(id))
	s.block.Encrypt(sealed[:], plain[:])
	return encoding.EncodeToString(sealed[:])
}

// Open reads what Seal wrote for the same kind; false for anything else.
func (s IDs) Open(kind, sealed string) (int64, bool) {
	if len(sealed) != encoding.EncodedLen(aes.BlockSize) { // what decodes also lets line breaks in
		return 0, false
	}
	raw, err := encoding.DecodeString(sealed)
	if err != nil {
		return 0, false
	}
	var plain, want [aes.BlockSize]byte
	s.block.Decrypt(plain[:], raw)
	copy(want[:4], kind)
	if [8]byte(plain[:8]) != [8]byte(want[:8]) {
		return 0, false
	}
	id := int64(binary.BigEndian.Uint64(plain[8:]))
	return id, id > 0
}
