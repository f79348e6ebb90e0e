package main

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/xiangfeng/xiangfeng/domain/script"
)

// shortestKey is how many characters secret_key has at least.
const shortestKey = 32

// key is the configured secret_key. Outside production an empty one is made
// once and kept in a file beside the embedded database, or in data/.
func (c config) key() (secret, error) {
	if c.SecretKey != "" {
		return c.SecretKey, nil
	}
	path := filepath.Join("data", "secret.key")
	if database, embedded := strings.CutPrefix(string(c.Database), "sqlite:"); embedded {
		path = filepath.Join(filepath.Dir(database), "secret.key")
	}
	key, err := keptKey(path)
	if err != nil {
		return "", fmt.Errorf("%s: %w", script.BadKeyFile(path), err)
	}
	return key, nil
}

// keptKey reads the key that a file holds, which is made where there is none.
// Of several processes that start at once all get the same.
func keptKey(path string) (secret, error) {
	text, err := os.ReadFile(path)
	if errors.Is(err, os.ErrNotExist) {
		if err := makeKey(path); err != nil {
			return "", err
		}
		text, err = os.ReadFile(path)
	}
	if err == nil && len(text) < shortestKey {
		err = errors.New("too short")
	}
	return secret(text), err
}

// makeKey writes a new key whole or not at all, and not over another's.
func makeKey(path string) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	f, err := os.CreateTemp(filepath.Dir(path), "secret.key.*") // with mode 0600
	if err != nil {
		return err
	}
	defer func() { _ = os.Remove(f.Name()) }()
	var random [shortestKey]byte
	_, _ = rand.Read(random[:]) // never fails
	_, err = f.WriteString(base64.RawURLEncoding.EncodeToString(random[:]))
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return err
	}
	if err := os.Link(f.Name(), path); !errors.Is(err, os.ErrExist) {
		return err
	}
	return nil
}

// What the installation's key is for. Each gets a key of its own from it.
const (
	forCards = "cards"
	forIDs   = "ids"
)

// derive makes the key of one purpose, 32 bytes.
func derive(key secret, purpose string) []byte {
	mac := hmac.New(sha256.New, []byte(key))
	mac.Write([]byte(purpose))
	return mac.Sum(nil)
}

// secret is the installation's key for one purpose.
func (s *service) secret(purpose string) []byte { return derive(s.key, purpose) }
