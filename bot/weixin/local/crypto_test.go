package local

import (
	"crypto/aes"
	"crypto/cipher"
	"encoding/base64"
	"encoding/json"
	"os"
	"strings"
	"testing"
)

// vector is one entry of testdata/crypto.json; each names the public source it was taken from.
type vector struct {
	ID, Kind, Token, Timestamp, Nonce, Signature, Encrypt, Plaintext, Random string
	EncodingAESKey                                                           string         `json:"encoding_aes_key"`
	ReceiveID                                                                string         `json:"receive_id"`
	MsgSignature                                                             string         `json:"msg_signature"`
	ExpectFields                                                             map[string]any `json:"expect_fields"`
	Parts                                                                    []string
}

func vectors(t *testing.T) []vector {
	t.Helper()
	raw, err := os.ReadFile("testdata/crypto.json")
	if err != nil {
		t.Fatal(err)
	}
	var file struct{ Vectors []vector }
	if err := json.Unmarshal(raw, &file); err != nil {
		t.Fatal(err)
	}
	if len(file.Vectors) != 12 {
		t.Fatalf("%d vectors, want 12", len(file.Vectors))
	}
	return file.Vectors
}

func TestSignaturesOfOtherPeoplesVectors(t *testing.T) {
	t.Parallel()
	checked := 0
	for _, v := range vectors(t) {
		if v.Signature != "" && v.Token != "" {
			checked++
			if got := sign(v.Token, v.Timestamp, v.Nonce); got != v.Signature {
				t.Errorf("%s: signature %s, want %s", v.ID, got, v.Signature)
			}
		}
		if v.MsgSignature != "" {
			checked++
			if got := sign(v.Token, v.Timestamp, v.Nonce, v.Encrypt); got != v.MsgSignature {
				t.Errorf("%s: msg_signature %s, want %s", v.ID, got, v.MsgSignature)
			}
		}
		if len(v.Parts) > 0 {
			checked++
			if got := sign(v.Parts...); got != v.Signature {
				t.Errorf("%s: %s, want %s", v.ID, got, v.Signature)
			}
		}
	}
	if checked != 11 {
		t.Errorf("%d signatures checked, want 11", checked)
	}
}

func TestCipherOfOtherPeoplesVectors(t *testing.T) {
	t.Parallel()
	opened, sealed := 0, 0
	for _, v := range vectors(t) {
		if v.Encrypt == "" {
			continue
		}
		key, err := parseKey(v.EncodingAESKey)
		if err != nil {
			t.Fatalf("%s: %v", v.ID, err)
		}
		message, appid, err := unseal(key, v.Encrypt)
		if err != nil || appid != v.ReceiveID {
			t.Errorf("%s: for %q, %v; want for %q", v.ID, appid, err, v.ReceiveID)
			continue
		}
		opened++
		if v.Plaintext != "" && string(message) != v.Plaintext {
			t.Errorf("%s: message %q, want %q", v.ID, message, v.Plaintext)
		}
		for name, want := range v.ExpectFields {
			if text, ok := want.(string); ok && !strings.Contains(string(message), text) {
				t.Errorf("%s: no %s %q in %s", v.ID, name, text, message)
			}
		}
		if v.Random == "" {
			continue
		}
		sealed++
		if got := seal(key, [16]byte([]byte(v.Random)), message, appid); got != v.Encrypt {
			t.Errorf("%s: encrypted to %s, want %s", v.ID, got, v.Encrypt)
		}
	}
	if opened != 9 || sealed != 5 {
		t.Errorf("%d opened and %d sealed, want 9 and 5", opened, sealed)
	}
}

func TestUnsealRefusesEveryDeviation(t *testing.T) {
	t.Parallel()
	key, err := parseKey(testKey)
	if err != nil {
		t.Fatal(err)
	}
	good := seal(key, [16]byte{1}, []byte("hello"), testAppID)
	for name, c := range map[string]struct{ encrypted, want string }{
		"not base64":      {"***", "not base64"},
		"nothing":         {"", "0 bytes"},
		"cut to 16 bytes": {good[:20] + "AA==", "multiple of 32"},
		"foreign length":  {encryptRaw(key, append(make([]byte, 16), 0xff, 0xff, 0xff, 0xff)), "message length"},
		"too short":       {encryptRaw(key, make([]byte, 10)), "at least 20"},
		"padding 0":       {encryptBlocks(key, make([]byte, 32)), "padding of 0"},
		"padding 33":      {encryptBlocks(key, append(make([]byte, 31), 33)), "padding of 33"},
		"padding differs": {encryptBlocks(key, append(make([]byte, 31), 2)), "padding bytes differ"},
	} {
		if _, _, err := unseal(key, c.encrypted); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: error %v, want %q", name, err, c.want)
		}
	}
}

func TestKeysAreRefused(t *testing.T) {
	t.Parallel()
	for _, bad := range []string{"", testKey[:42], testKey + "A", strings.Repeat("*", 43)} {
		if _, err := parseKey(bad); err == nil {
			t.Errorf("key %q was accepted", bad)
		}
	}
}

// encryptRaw encrypts bytes that need not have the inner layout, padded rightly.
func encryptRaw(key aesKey, plain []byte) string {
	pad := padBlock - len(plain)%padBlock
	return encryptBlocks(key, append(plain, []byte(strings.Repeat(string(rune(pad)), pad))...))
}

// encryptBlocks encrypts whole blocks with no padding added.
func encryptBlocks(key aesKey, blocks []byte) string {
	block, _ := aes.NewCipher(key[:])
	out := make([]byte, len(blocks))
	cipher.NewCBCEncrypter(block, key[:aes.BlockSize]).CryptBlocks(out, blocks)
	return base64.StdEncoding.EncodeToString(out)
}
