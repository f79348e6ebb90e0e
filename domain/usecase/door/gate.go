package door

import (
	"context"
	"time"

	"github.com/xiangfeng/xiangfeng/domain/fault"
)

// Sessions are the browsers that are in.
type Sessions interface {
	// Console is the session of a token's hash; NotFound where there is none.
	Console(ctx context.Context, hash [32]byte) (Session, error)
	// SawConsole notes that a session was used.
	SawConsole(ctx context.Context, hash [32]byte, at time.Time) error
	// LeaveConsole ends a session.
	LeaveConsole(ctx context.Context, hash [32]byte) error
}

// Gate asks each request for its session.
type Gate struct{ Sessions Sessions }

// Pass returns the session of a token. It refuses with NotFound alike a token
// that there is not and one whose session is over.
func (g Gate) Pass(ctx context.Context, token string, now time.Time) (Session, error) {
	s, err := g.Sessions.Console(ctx, Hash(token))
	if err != nil {
		return Session{}, err
	}
	if !s.alive(now) {
		return Session{}, fault.Refuse(fault.NotFound)
	}
	if now.Sub(s.SeenAt) >= seenEvery {
		return s, g.Sessions.SawConsole(ctx, s.Hash, now)
	}
	return s, nil
}

// Leave ends the session of a token.
func (g Gate) Leave(ctx context.Context, token string) error {
	return g.Sessions.LeaveConsole(ctx, Hash(token))
}
