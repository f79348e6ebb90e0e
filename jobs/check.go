package jobs

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"

	"github.com/xiangfeng/xiangfeng/domain/usecase/keep"
)

// Checker asks the platform to look at a picture of somebody's. It returns the
// number under which the verdict comes later.
type Checker interface {
	CheckMedia(ctx context.Context, openid, address string) (trace string, err error)
}

// ErrUnchecked is in a Checker's error where asking again would not help.
var ErrUnchecked = errors.New("jobs: the platform does not check this picture")

// Pictures are those that wait to be checked.
type Pictures interface {
	// PhotoToCheck tells whether the platform has still to be asked, and the Mini
	// Program's openid of who handed the picture in, empty where they have none.
	PhotoToCheck(ctx context.Context, hash string) (openid string, waits bool, err error)
	// Address is where the platform can fetch the picture for some minutes.
	Address(hash string) string
	// Asked notes under which number the platform checks the picture.
	Asked(ctx context.Context, hash, trace string) error
	// GiveUp leaves the picture to a person.
	GiveUp(ctx context.Context, hash string) error
}

// checkTries is how often the platform is asked, within half a minute.
const checkTries = 5

// Check has the platform check a picture's content. What it does not check is
// left to a person; nobody else is shown it before.
type Check struct {
	Checker  Checker // nil: there is no Mini Program
	Pictures Pictures
	Log      *slog.Logger
}

// Name is the kind under which the job is enqueued.
func (Check) Name() string { return keep.CheckJob }

// Run asks about the picture that the payload names, once. attempt counts from 1.
func (c Check) Run(ctx context.Context, payload []byte, attempt int) error {
	var p keep.Checking
	if err := json.Unmarshal(payload, &p); err != nil || p.Hash == "" {
		return errors.New("jobs: the payload is no picture")
	}
	openid, waits, err := c.Pictures.PhotoToCheck(ctx, p.Hash)
	if err != nil || !waits {
		return err
	}
	if c.Checker == nil || openid == "" {
		return c.Pictures.GiveUp(ctx, p.Hash)
	}
	trace, err := c.Checker.CheckMedia(ctx, openid, c.Pictures.Address(p.Hash))
	switch {
	case err == nil:
		return c.Pictures.Asked(ctx, p.Hash, trace)
	case ctx.Err() != nil, attempt < checkTries && !errors.Is(err, ErrUnchecked):
		return err
	}
	c.Log.Warn("a picture is left to a person", "photo", p.Hash, "attempt", attempt, "error", err)
	return c.Pictures.GiveUp(ctx, p.Hash)
}
