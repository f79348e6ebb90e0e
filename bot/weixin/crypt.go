package weixin

import (
	"crypto/sha1" // #nosec G505 -- the platform's protocol signs with SHA-1
	"crypto/subtle"
	"encoding/base64"
	"encoding/hex"
	"errors"

	"github.com/silenceper/wechat/v2/util"
)

// aesKey is the decoded EncodingAESKey. Its first half is also the IV.
type aesKey [32]byte

var errAESKey = errors.New("须为 43 个字符的 EncodingAESKey")

// decodeAESKey is lenient about the spare bits of the last symbol, because
// the console hands out keys that have them set.
func decodeAESKey(encoded string) (aesKey, error) {
	var key aesKey
	if len(encoded) != 43 {
		return key, errAESKey
	}
	raw, err := base64.StdEncoding.DecodeString(encoded + "=")
	if err != nil || len(raw) != len(key) {
		return key, errAESKey
	}
	copy(key[:], raw)
	return key, nil
}

// seal encrypts a message for the appid and encodes it. The SDK's helper gets
// a key that is already decoded: it cannot fail then.
func (k *aesKey) seal(random, message []byte, appID string) string {
	return base64.StdEncoding.EncodeToString(util.AESEncryptMsg(random, message, appID, k[:]))
}

// open decrypts what seal made. The SDK's helper checks lengths and padding
// range; with a key of 32 bytes nothing in it can panic.
func (k *aesKey) open(ciphertext []byte) (message, appID []byte, err error) {
	_, message, appID, err = util.AESDecryptMsg(ciphertext, k[:])
	return message, appID, err
}

// sign is the platform's signature, in hex: SHA-1 over the parts in byte
// order, joined. It sorts the given slice.
func sign(parts []string) [2 * sha1.Size]byte {
	for i := range parts {
		for j := i; j > 0 && parts[j] < parts[j-1]; j-- {
			parts[j], parts[j-1] = parts[j-1], parts[j]
		}
	}
	joined := make([]byte, 0, 1536)
	for _, part := range parts {
		joined = append(joined, part...)
	}
	sum := sha1.Sum(joined) // #nosec G401 -- see above
	var text [2 * sha1.Size]byte
	hex.Encode(text[:], sum[:])
	return text
}

// signed tells in constant time whether the signature is that of the parts.
func signed(signature string, parts ...string) bool {
	want := sign(parts)
	return subtle.ConstantTimeCompare(want[:], []byte(signature)) == 1
}
