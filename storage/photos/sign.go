package photos

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"net/url"
	"strconv"
	"time"
)

// Shown is how long an address is good at most.
const Shown = 10 * time.Minute

// Sign makes the path and query under which a picture is shown until a time,
// which is at most Shown ahead. Who has the address needs nothing else.
func Sign(key []byte, hash string, v Variant, until time.Time) string {
	seconds := strconv.FormatInt(until.Unix(), 10)
	query := url.Values{"until": {seconds}, "sign": {signature(key, hash, v, seconds)}}
	return "/photos/" + hash + "-" + string(v) + ".jpg?" + query.Encode()
}

// Check tells whether an address was signed for this picture and is still good
// at now.
func Check(key []byte, hash string, v Variant, until, sign string, now time.Time) bool {
	want := signature(key, hash, v, until)
	seconds, err := strconv.ParseInt(until, 10, 64)
	if err != nil || !hmac.Equal([]byte(want), []byte(sign)) {
		return false
	}
	left := time.Unix(seconds, 0).Sub(now)
	return 0 <= left && left <= Shown
}

func signature(key []byte, hash string, v Variant, until string) string {
	mac := hmac.New(sha256.New, key)
	mac.Write([]byte("photo\x00" + hash + "\x00" + string(v) + "\x00" + until))
	return base64.RawURLEncoding.EncodeToString(mac.Sum(nil))
}
