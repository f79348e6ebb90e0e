package storage

import (
	"context"
	"errors"
	"time"

	"github.com/go-redis/redis/v8"
)

// Redis shares what instances would otherwise each ask for themselves.
// Nothing that must be right depends on it.
type Redis struct{ client *redis.Client }

// OpenRedis connects to host:port. It does not wait for the server: a Redis
// that is away only costs the sharing.
func OpenRedis(addr string) *Redis {
	return &Redis{client: redis.NewClient(&redis.Options{
		Addr: addr, DialTimeout: time.Second, ReadTimeout: time.Second, WriteTimeout: time.Second, MaxRetries: -1,
	})}
}

// Ping asks whether the server answers.
func (r *Redis) Ping(ctx context.Context) error { return r.client.Ping(ctx).Err() }

// Close lets the connections go.
func (r *Redis) Close() error { return r.client.Close() }

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
