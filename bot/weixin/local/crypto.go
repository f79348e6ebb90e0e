package local

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"crypto/sha1" //nolint:gosec // the platform signs with SHA-1
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// padBlock is the PKCS#7 block of the platform's messages, in bytes; it is not AES's own 16.
const padBlock = 32

// headLen is what stands before the message inside: 16 random bytes and its length in 4.
const headLen = 20

type aesKey [32]byte

// parseKey reads an EncodingAESKey. The spare bits of its last symbol may be set, so decoding is not strict.
func parseKey(encoded string) (aesKey, error) {
	var key aesKey
	if len(encoded) != 43 {
		return key, fmt.Errorf("EncodingAESKey has %d characters, want 43", len(encoded))
	}
	raw, err := base64.StdEncoding.DecodeString(encoded + "=")
	if err != nil {
		return key, fmt.Errorf("EncodingAESKey: %w", err)
	}
	copy(key[:], raw)
	return key, nil
}

// sign is the SHA-1, in lower hex, of the parts sorted by their bytes and joined.
func sign(parts ...string) string {
	sorted := slices.Sorted(slices.Values(parts))
	sum := sha1.Sum([]byte(strings.Join(sorted, ""))) //nolint:gosec // as above
	return hex.EncodeToString(sum[:])
}

// seal encrypts one message for appid as the platform does; random is the 16 bytes it starts with.
func seal(key aesKey, random [16]byte, message []byte, appid string) string {
	plain := make([]byte, 0, headLen+len(message)+len(appid)+padBlock)
	plain = append(plain, random[:]...)
	plain = binary.BigEndian.AppendUint32(plain, uint32(len(message))) //nolint:gosec // a message is far below 4 GiB
	plain = append(plain, message...)
	plain = append(plain, appid...)
	pad := padBlock - len(plain)%padBlock
	for range pad {
		plain = append(plain, byte(pad))
	}
	block, _ := aes.NewCipher(key[:]) // 32 bytes are always a key
	cipher.NewCBCEncrypter(block, key[:aes.BlockSize]).CryptBlocks(plain, plain)
	return base64.StdEncoding.EncodeToString(plain)
}

// unseal decrypts what seal made and returns the message and the appid behind it; any deviation is an error.
func unseal(key aesKey, encrypted string) (message []byte, appid string, err error) {
	raw, err := base64.StdEncoding.DecodeString(encrypted)
	if err != nil {
		return nil, "", fmt.Errorf("Encrypt is not base64: %w", err)
	}
	if len(raw) == 0 || len(raw)%padBlock != 0 {
		return nil, "", fmt.Errorf("Encrypt holds %d bytes, not a multiple of %d", len(raw), padBlock)
	}
	block, _ := aes.NewCipher(key[:])
	cipher.NewCBCDecrypter(block, key[:aes.BlockSize]).CryptBlocks(raw, raw)
	body, err := unpad(raw)
	if err != nil {
		return nil, "", err
	}
	return splitPlain(body)
}

func unpad(plain []byte) ([]byte, error) {
	pad := int(plain[len(plain)-1])
	if pad < 1 || pad > padBlock {
		return nil, fmt.Errorf("padding of %d, want 1 to %d", pad, padBlock)
	}
	body := plain[:len(plain)-pad]
	for _, b := range plain[len(body):] {
		if int(b) != pad {
			return nil, errors.New("padding bytes differ")
		}
	}
	return body, nil
}

func splitPlain(body []byte) (message []byte, appid string, err error) {
	if len(body) < headLen {
		return nil, "", fmt.Errorf("%d bytes inside, want at least %d", len(body), headLen)
	}
	size := uint64(binary.BigEndian.Uint32(body[16:headLen]))
	rest := body[headLen:]
	if size > uint64(len(rest)) {
		return nil, "", fmt.Errorf("message length says %d, only %d bytes follow", size, len(rest))
	}
	return rest[:size], string(rest[size:]), nil
}

const (
	digits  = "0123456789"
	letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
)

// randomText draws n characters of alphabet, whose length must be at most 256. The slight bias does no harm here.
func randomText(n int, alphabet string) string {
	raw := make([]byte, n)
	_, _ = rand.Read(raw) // never fails since Go 1.24
	for i, b := range raw {
		raw[i] = alphabet[int(b)%len(alphabet)]
	}
	return string(raw)
}
