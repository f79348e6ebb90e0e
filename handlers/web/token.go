package web

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"strings"
)

// NewToken makes a session's token of 256 random bits, and the hash under
// which it is kept.
func NewToken() (token string, hash [32]byte) {
	var random [32]byte
	_, _ = rand.Read(random[:]) // never fails
	token = base64.RawURLEncoding.EncodeToString(random[:])
	return token, HashToken(token)
}

// HashToken is how a token is kept: it cannot be read back.
func HashToken(token string) [32]byte { return sha256.Sum256([]byte(token)) }

// longestToken is more than any token has.
const longestToken = 128

// Bearer is the token that a request shows, "" for none.
func Bearer(r *http.Request) string {
	scheme, token, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	if !strings.EqualFold(scheme, "Bearer") || len(token) > longestToken {
		return ""
	}
	return token
}
