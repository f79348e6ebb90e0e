package storage

import (
	"context"
	"log/slog"
	"sync/atomic"
	"time"

	"github.com/go-redis/redis_rate/v9"
)

// Limits bounds how often something is done under a key, such as what one
// person writes in a minute. It slows down who floods; what must never be
// exceeded, such as wrong tries, is counted in the database.
type Limits struct {
	shared, own counter
	log         *slog.Logger
	away        atomic.Bool
}

// NewLimits allows perMinute within a minute and under a key, shared between
// instances. While the shared Redis is away each instance counts for itself in own.
func NewLimits(shared, own *Redis, perMinute int, log *slog.Logger) *Limits {
	limit := redis_rate.PerMinute(perMinute)
	return &Limits{
		shared: counter{shared, redis_rate.NewLimiter(shared.client), limit},
		own:    counter{own, redis_rate.NewLimiter(own.client), limit}, log: log,
	}
}

// Allow counts one more under key and tells whether there was room for it, and
// where there was none, in how long there will be.
func (l *Limits) Allow(ctx context.Context, key string) (ok bool, retry time.Duration) {
	return l.AllowOnce(ctx, key, "")
}

// AllowOnce does so for something with a name of its own, such as a message,
// which is counted once however often it comes within a minute; "" has none.
func (l *Limits) AllowOnce(ctx context.Context, key, name string) (ok bool, retry time.Duration) {
	result, err := l.shared.count(ctx, key, name)
	if l.away.Swap(err != nil) != (err != nil) {
		l.log.Warn("whether Redis counts for the limits has changed", "away", err != nil)
	}
	if err != nil {
		result, err = l.own.count(context.WithoutCancel(ctx), key, name)
	}
	if err != nil {
		return true, 0 // a limit that cannot be counted stops nobody
	}
	return result.Allowed > 0, max(result.RetryAfter, 0)
}

// counter counts in one Redis.
type counter struct {
	redis *Redis
	*redis_rate.Limiter
	limit redis_rate.Limit
}

func (c counter) count(ctx context.Context, key, name string) (*redis_rate.Result, error) {
	if name != "" {
		first, err := c.redis.client.SetNX(ctx, "xiangfeng:counted:"+key+":"+name, 1, time.Minute).Result()
		if err != nil || !first {
			return &redis_rate.Result{Allowed: 1}, err
		}
	}
	return c.Allow(ctx, key, c.limit)
}
