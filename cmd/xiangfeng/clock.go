package main

import (
	"context"
	"log/slog"
	"os"
	"strings"
	"sync/atomic"
	"time"

	"github.com/xiangfeng/xiangfeng/storage"
)

// clock is the product's clock: the database's, so that instances agree, moved
// by a file in development and tests.
type clock struct {
	offset atomic.Int64 // of the database from this machine, in nanoseconds
	file   string       // empty in production
}

// Now is the product's time. A file that is missing or cannot be read moves
// nothing.
func (c *clock) Now() time.Time {
	now := time.Now().Add(time.Duration(c.offset.Load()))
	if c.file == "" {
		return now
	}
	text, err := os.ReadFile(c.file)
	if err != nil {
		return now
	}
	moved := strings.TrimSpace(string(text))
	if t, err := time.Parse(time.RFC3339, moved); err == nil {
		return t
	}
	if by, err := time.ParseDuration(strings.TrimPrefix(moved, "+")); err == nil {
		return now.Add(by)
	}
	return now
}

const clockEvery = time.Minute

// follow keeps the offset from the database until ctx ends.
func (c *clock) follow(ctx context.Context, store *storage.Store, log *slog.Logger) {
	tick := time.NewTicker(clockEvery)
	defer tick.Stop()
	for {
		if err := c.compare(ctx, store); err != nil && ctx.Err() == nil {
			log.Warn("the database's clock was not read", "error", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// compare reads the database's clock once, taking half of the way there and
// back off.
func (c *clock) compare(ctx context.Context, store *storage.Store) error {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	before := time.Now()
	theirs, err := store.Now(ctx)
	if err != nil {
		return err
	}
	c.offset.Store(int64(theirs.Sub(before.Add(time.Since(before) / 2))))
	return nil
}
