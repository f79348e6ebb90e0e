package photos_test

import (
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/xiangfeng/xiangfeng/domain/calendar"
	"github.com/xiangfeng/xiangfeng/storage/photos"
)

var (
	key  = []byte("an installation's key for photos")
	noon = calendar.On(2026, time.November, 24).Start().Add(12 * time.Hour)
)

// signed takes an address apart.
func signed(t *testing.T, key []byte, hash string, v photos.Variant, until time.Time) (u, sign string) {
	t.Helper()
	address, err := url.Parse(photos.Sign(key, hash, v, until))
	if err != nil || address.Path != "/photos/"+hash+"-"+string(v)+".jpg" {
		t.Fatalf("%v, %v", address, err)
	}
	return address.Query().Get("until"), address.Query().Get("sign")
}

func TestASignedAddressIsGoodForAWhile(t *testing.T) {
	t.Parallel()
	until, sign := signed(t, key, name, photos.Full, noon.Add(photos.Shown))
	for after, want := range map[time.Duration]bool{
		-time.Second: false, // it would be good for longer than any may be
		0:            true, photos.Shown: true, photos.Shown + time.Second: false, 24 * time.Hour: false,
	} {
		if got := photos.Check(key, name, photos.Full, until, sign, noon.Add(after)); got != want {
			t.Errorf("after %v: %v", after, got)
		}
	}
}

func TestForgedAddresses(t *testing.T) {
	t.Parallel()
	until, sign := signed(t, key, name, photos.Thumb, noon.Add(time.Minute))
	later, _ := signed(t, key, name, photos.Thumb, noon.Add(2*time.Minute))
	_, others := signed(t, []byte("another key"), name, photos.Thumb, noon.Add(time.Minute))
	if !photos.Check(key, name, photos.Thumb, until, sign, noon) {
		t.Fatal("the right one was refused")
	}
	other := strings.Repeat("0b", 32)
	for what, good := range map[string]bool{
		"another picture":  photos.Check(key, other, photos.Thumb, until, sign, noon),
		"another size":     photos.Check(key, name, photos.Full, until, sign, noon),
		"later":            photos.Check(key, name, photos.Thumb, later, sign, noon),
		"the same, spelt":  photos.Check(key, name, photos.Thumb, "+"+until, sign, noon),
		"no time":          photos.Check(key, name, photos.Thumb, "", sign, noon),
		"no signature":     photos.Check(key, name, photos.Thumb, until, "", noon),
		"under other keys": photos.Check(key, name, photos.Thumb, until, others, noon),
		"padded":           photos.Check(key, name, photos.Thumb, until, sign+"=", noon),
	} {
		if good {
			t.Errorf("%s was taken", what)
		}
	}
	for i := range len(sign) {
		forged := []byte(sign)
		forged[i] ^= 1
		if photos.Check(key, name, photos.Thumb, until, string(forged), noon) {
			t.Errorf("a changed sign at %d was taken", i)
		}
	}
}
