package storage_test

import (
	"context"
	"fmt"
	"net"
	"testing"
	"time"

	"github.com/xiangfeng/xiangfeng/storage"
	"github.com/xiangfeng/xiangfeng/storage/conformance"
)

func TestRedisSharesTokens(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	addr := conformance.Redis(t)
	one, two := storage.OpenRedis(addr), storage.OpenRedis(addr)
	defer one.Close()
	defer two.Close()
	if err := one.Ping(ctx); err != nil {
		t.Fatal(err)
	}
	key := fmt.Sprintf("test-%d", time.Now().UnixNano())
	if token, left, err := one.Get(ctx, key); token != "" || left != 0 || err != nil {
		t.Errorf("%q, %v, %v; want an absent token and no error", token, left, err)
	}
	if err := one.Set(ctx, key, "令牌", time.Hour); err != nil {
		t.Fatal(err)
	}
	if token, left, err := two.Get(ctx, key); token != "令牌" || left <= 59*time.Minute || left > time.Hour || err != nil {
		t.Errorf("%q, %v, %v; want the token for an hour", token, left, err)
	}
	if err := two.Set(ctx, key, "新的", time.Minute); err != nil {
		t.Fatal(err)
	}
	if token, left, err := one.Get(ctx, key); token != "新的" || left > time.Minute || err != nil {
		t.Errorf("%q, %v, %v; want the new one for a minute", token, left, err)
	}
	// A token lasts no longer than it is said to.
	if err := one.Set(ctx, key, "x", time.Millisecond); err != nil {
		t.Fatal(err)
	}
	for token := "x"; token != ""; {
		var err error
		if token, _, err = one.Get(ctx, key); err != nil {
			t.Fatal(err)
		}
	}
}

// A Redis that is away, or hangs, costs an error and no more time than that.
func TestRedisAway(t *testing.T) {
	t.Parallel()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close() // it accepts and never answers
	gone, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	_ = gone.Close()
	for _, addr := range []string{listener.Addr().String(), gone.Addr().String()} {
		r := storage.OpenRedis(addr)
		defer r.Close()
		limit, cancel := context.WithTimeout(context.Background(), time.Minute)
		defer cancel()
		if err := r.Ping(limit); err == nil {
			t.Errorf("%s answers", addr)
		}
		if token, _, err := r.Get(limit, "k"); err == nil || token != "" {
			t.Errorf("%q, %v; want an error", token, err)
		}
		if err := r.Set(limit, "k", "v", time.Hour); err == nil {
			t.Error("a token was set nowhere")
		}
		if limit.Err() != nil {
			t.Error("it hung")
		}
	}
}
