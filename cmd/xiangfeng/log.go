package main

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"log/slog"
)

// newLog writes JSON lines in production and text elsewhere.
func newLog(w io.Writer, c config) *slog.Logger {
	var level slog.Level
	if err := level.UnmarshalText([]byte(c.LogLevel)); err != nil {
		level = slog.LevelInfo
	}
	options := &slog.HandlerOptions{Level: level}
	if c.Environment == "production" {
		return slog.New(slog.NewJSONHandler(w, options))
	}
	return slog.New(slog.NewTextHandler(w, options))
}

// pseudonym names a person in logs: the same on every instance, and nobody
// without the account's secret can find the openid behind it.
func pseudonym(key secret) func(openid string) string {
	derived := sha256.Sum256([]byte("log\x00" + string(key)))
	return func(openid string) string {
		mac := hmac.New(sha256.New, derived[:])
		mac.Write([]byte(openid))
		return hex.EncodeToString(mac.Sum(nil)[:8])
	}
}
