package storage

import (
	"context"
	"errors"
	"time"

	"github.com/alicebob/miniredis/v2"
	"github.com/go-redis/redis/v8"
)

// Redis shares what instances would otherwise each ask for themselves.
// Nothing that must be right depends on it.
type Redis struct {
	client *redis.Client
	stop   func() // of the one in process
}

// OpenRedis connects to host:port. It does not wait for the server: a Redis
// that is away only costs the sharing.
func OpenRedis(addr string) *Redis {
	return &Redis{client: redis.NewClient(&redis.Options{
		Addr: addr, DialTimeout: time.Second, ReadTimeout: time.Second, WriteTimeout: time.Second, MaxRetries: -1,
	})}
}

// RunRedis starts one inside the process, for a single instance that has no server.
func RunRedis() (*Redis, error) {
	server := miniredis.NewMiniRedis()
	if err := server.Start(); err != nil {
		return nil, err
	}
	r := OpenRedis(server.Addr())
	over := make(chan struct{})
	go age(server, over)
	r.stop = func() { close(over); server.Close() }
	return r, nil
}

// age lets the keys of a Redis in process expire, which it does not do by itself.
func age(server *miniredis.Miniredis, over <-chan struct{}) {
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	last := time.Now()
	for {
		select {
		case <-over:
			return
		case now := <-tick.C:
			server.FastForward(now.Sub(last))
			last = now
		}
	}
}

// Ping asks whether the server answers.
func (r *Redis) Ping(ctx context.Context) error { return r.client.Ping(ctx).Err() }

// Close lets the connections go.
func (r *Redis) Close() error {
	err := r.client.Close()
	if r.stop != nil {
		r.stop()
	}
	return err
}

const tokenPrefix = "xiangfeng:token:"

// Get returns the token under key and how long it is good for; an absent one
// is empty and no error.
func (r *Redis) Get(ctx context.Context, key string) (string, time.Duration, error) {
	pipe := r.client.Pipeline()
	token, left := pipe.Get(ctx, tokenPrefix+key), pipe.PTTL(ctx, tokenPrefix+key)
	if _, err := pipe.Exec(ctx); err != nil {
		if errors.Is(err, redis.Nil) {
			return "", 0, nil
		}
		return "", 0, err
	}
	return token.Val(), left.Val(), nil
}

// Set keeps a token for ttl.
func (r *Redis) Set(ctx context.Context, key, token string, ttl time.Duration) error {
	return r.client.Set(ctx, tokenPrefix+key, token, ttl).Err()
}
