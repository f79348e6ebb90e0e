package storage_test

import (
	"context"
	"fmt"
	"log/slog"
	"net"
	"testing"
	"time"

	"github.com/xiangfeng/xiangfeng/storage"
	"github.com/xiangfeng/xiangfeng/storage/conformance"
)

func inProcess(t *testing.T) *storage.Redis {
	t.Helper()
	r, err := storage.RunRedis()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = r.Close() })
	return r
}

// allowed is how many of tries have room under a key.
func allowed(t *testing.T, l *storage.Limits, key string, tries int) (n int, retry time.Duration) {
	t.Helper()
	for range tries {
		ok, in := l.Allow(context.Background(), key)
		if ok {
			n++
		} else {
			retry = in
		}
	}
	return n, retry
}

// Two instances share what a person may do, on a server and in process alike.
func TestLimitsAreSharedAndAPersons(t *testing.T) {
	t.Parallel()
	addr := conformance.Redis(t)
	server := storage.OpenRedis(addr)
	defer server.Close()
	key := fmt.Sprintf("limit-%d", time.Now().UnixNano())
	for name, shared := range map[string]*storage.Redis{"a server": server, "in process": inProcess(t)} {
		one := storage.NewLimits(shared, inProcess(t), 5, slog.New(slog.DiscardHandler))
		two := storage.NewLimits(shared, inProcess(t), 5, slog.New(slog.DiscardHandler))
		first, _ := allowed(t, one, key, 3)
		second, retry := allowed(t, two, key, 30)
		if first != 3 || second < 2 || second > 4 { // what a slow machine takes a minute for comes back meanwhile
			t.Errorf("%s: %d and %d were allowed, want 3 and the 2 that are left", name, first, second)
		}
		if retry <= 0 || retry > time.Minute {
			t.Errorf("%s: there is room again in %v", name, retry)
		}
		if ok, _ := one.Allow(context.Background(), key+"-other"); !ok {
			t.Errorf("%s: one person stops another", name)
		}
	}
}

// A message that comes again and again is counted once, and lets itself in
// again: what became of it is known by its key.
func TestLimitsCountAMessageOnce(t *testing.T) {
	t.Parallel()
	l := storage.NewLimits(inProcess(t), inProcess(t), 5, slog.New(slog.DiscardHandler))
	for range 30 {
		if ok, _ := l.AllowOnce(context.Background(), "a person", "message 1"); !ok {
			t.Fatal("a repeat is stopped")
		}
	}
	for n := range 4 {
		if ok, _ := l.AllowOnce(context.Background(), "a person", fmt.Sprint("other ", n)); !ok {
			t.Errorf("the repeats left no room for message %d", n)
		}
	}
}

// While the shared one is away an instance counts alone, and who floods is
// still slowed down.
func TestLimitsWithoutTheSharedRedis(t *testing.T) {
	t.Parallel()
	gone, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	_ = gone.Close()
	away := storage.OpenRedis(gone.Addr().String())
	defer away.Close()
	l := storage.NewLimits(away, inProcess(t), 5, slog.New(slog.DiscardHandler))
	if n, _ := allowed(t, l, "a person", 30); n < 5 || n > 7 {
		t.Errorf("%d were allowed, want 5", n)
	}
}

// The one in process forgets a token when its time is over.
func TestRedisInProcessExpires(t *testing.T) {
	t.Parallel()
	ctx, r := context.Background(), inProcess(t)
	if err := r.Set(ctx, "k", "令牌", time.Second); err != nil {
		t.Fatal(err)
	}
	for token := "x"; token != ""; {
		var err error
		if token, _, err = r.Get(ctx, "k"); err != nil {
			t.Fatal(err)
		}
	}
}
