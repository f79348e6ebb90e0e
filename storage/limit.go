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
	shared, own *redis_rate.Limiter
	perMinute   redis_rate.Limit
	log         *slog.Logger
	away        atomic.Bool
}

// NewLimits allows perMinute within a minute and under a key, shared between
// instances. While the shared Redis is away each instance counts for itself in own.
func NewLimits(shared, own *Redis, perMinute int, log *slog.Logger) *Limits {
	return &Limits{
		shared: redis_rate.NewLimiter(shared.client), own: redis_rate.NewLimiter(own.client),
		perMinute: redis_rate.PerMinute(perMinute), log: log,
	}
}

// Allow counts one more under key and tells whether there was room for it, and
// where there was none, in how long there will be.
func (l *Limits) Allow(ctx context.Context, key string) (ok bool, retry time.Duration) {
	result, err := l.shared.Allow(ctx, key, l.perMinute)
	if l.away.Swap(err != nil) != (err != nil) {
		l.log.Warn("whether Redis counts for the limits has changed", "away", err != nil)
	}
	if err != nil {
		result, err = l.own.Allow(context.WithoutCancel(ctx), key, l.perMinute)
	}
	if err != nil {
		return true, 0 // a limit that cannot be counted stops nobody
	}
	return result.Allowed > 0, max(result.RetryAfter, 0)
}
