package main

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/xiangfeng/xiangfeng/storage"
	"github.com/xiangfeng/xiangfeng/storage/conformance"
)

// TestClockFile: a time stands still, an offset moves on, and what cannot be
// read moves nothing.
func TestClockFile(t *testing.T) {
	t.Parallel()
	fixed := time.Date(2027, 1, 1, 0, 0, 0, 0, time.FixedZone("", 8*3600))
	for text, want := range map[string]func(now time.Time) time.Time{
		"2027-01-01T00:00:00+08:00": func(time.Time) time.Time { return fixed },
		"2026-12-31T16:00:00Z\n":    func(time.Time) time.Time { return fixed },
		"+36h":                      func(now time.Time) time.Time { return now.Add(36 * time.Hour) },
		"36h":                       func(now time.Time) time.Time { return now.Add(36 * time.Hour) },
		" -90m \n":                  func(now time.Time) time.Time { return now.Add(-90 * time.Minute) },
		"+8760h0m0.5s":              func(now time.Time) time.Time { return now.Add(8760*time.Hour + time.Second/2) },
		"":                          func(now time.Time) time.Time { return now },
		"tomorrow":                  func(now time.Time) time.Time { return now },
		"2027-01-01":                func(now time.Time) time.Time { return now },
		"+36":                       func(now time.Time) time.Time { return now },
	} {
		path := filepath.Join(t.TempDir(), "clock")
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		c := &clock{file: path}
		before := time.Now()
		got := c.Now()
		after := time.Now()
		if got.Before(want(before)) || got.After(want(after)) {
			t.Errorf("%q is %v", text, got)
		}
	}
	gone := &clock{file: filepath.Join(t.TempDir(), "none")}
	if before, got := time.Now(), gone.Now(); got.Before(before) || got.After(time.Now()) {
		t.Errorf("without the file it is %v", got)
	}
}

// TestClockIsTheDatabases: the offset of the database's clock is added, and
// the file's comes on top.
func TestClockIsTheDatabases(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "clock")
	if err := os.WriteFile(path, []byte("+1h"), 0o600); err != nil {
		t.Fatal(err)
	}
	c := &clock{file: path}
	c.offset.Store(int64(10 * time.Minute))
	before := time.Now()
	got := c.Now()
	if by := got.Sub(before); by < 70*time.Minute || got.After(time.Now().Add(70*time.Minute)) {
		t.Errorf("moved by %v", by)
	}
	store, err := storage.Open(t.Context(), conformance.Postgres(t))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = store.Close() }()
	// The server is on this machine: its clock is ours.
	if err := c.compare(t.Context(), store); err != nil {
		t.Fatal(err)
	}
	if off := time.Duration(c.offset.Load()).Abs(); off == 10*time.Minute || off > 5*time.Second {
		t.Errorf("the database's clock is off by %v", off)
	}
}

// TestClockFollows: without the database the last offset stays, and a warning
// says so.
func TestClockFollows(t *testing.T) {
	t.Parallel()
	store, err := openStore(t.Context(), secret(conformance.Postgres(t)))
	if err != nil {
		t.Fatal(err)
	}
	if err := store.Close(); err != nil {
		t.Fatal(err)
	}
	c, out := &clock{}, &buffer{}
	c.offset.Store(int64(time.Minute))
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() { c.follow(ctx, store, newLog(out, defaults())); close(done) }()
	until(t, func() bool { return strings.Contains(out.String(), "the database's clock was not read") })
	cancel()
	<-done
	if c.offset.Load() != int64(time.Minute) {
		t.Error("the offset is gone")
	}
}

func TestLogIsForMachinesInProduction(t *testing.T) {
	t.Parallel()
	for environment, want := range map[string]string{"production": `{"time":`, "dev": "time=", "test": "time="} {
		for level, shown := range map[string]int{"debug": 4, "info": 3, "warn": 2, "error": 1} {
			c := defaults()
			c.Environment, c.LogLevel = environment, level
			var out bytes.Buffer
			log := newLog(&out, c)
			log.Debug("x")
			log.Info("x")
			log.Warn("x")
			log.Error("x")
			if n := strings.Count(out.String(), "\n"); n != shown || !strings.HasPrefix(out.String(), want) {
				t.Errorf("%s, %s: %s", environment, level, out.String())
			}
		}
	}
}

// TestPseudonyms are the same on every instance, different for each person
// and account, and are not the openid.
func TestPseudonyms(t *testing.T) {
	t.Parallel()
	one, other := pseudonym("secret"), pseudonym("another")
	seen := map[string]bool{}
	for _, p := range boundPersons() {
		name := one(p.OpenID)
		if name != pseudonym("secret")(p.OpenID) || name == other(p.OpenID) || seen[name] {
			t.Errorf("%s for %s", name, p.Name)
		}
		if !regexp.MustCompile(`^[0-9a-f]{16}$`).MatchString(name) || strings.Contains(p.OpenID, name) {
			t.Errorf("%s for %s", name, p.OpenID)
		}
		seen[name] = true
	}
}
