package keep

import (
	"context"
	"time"

	"github.com/xiangfeng/xiangfeng/domain/fault"
	"github.com/xiangfeng/xiangfeng/domain/photo"
	"github.com/xiangfeng/xiangfeng/domain/usecase"
)

// CheckTx is what a check needs of a transaction.
type CheckTx interface {
	// Photo locks and returns a picture; NotFound where there is none.
	Photo(hash string) (photo.Photo, error)
	// PhotoOfTrace is Photo by the number of its check.
	PhotoOfTrace(trace string) (photo.Photo, error)
	// SavePhoto keeps what became of a picture's check.
	SavePhoto(photo.Photo) error
}

// Check is what becomes of a picture's content check.
type Check struct{ Once usecase.Once[CheckTx] }

// Asked notes under which number the platform checks a picture. Of several the
// first stands.
func (c Check) Asked(ctx context.Context, hash, trace string, now time.Time) error {
	return c.change(ctx, usecase.Command{Key: "photo/asked/" + hash, Now: now}, func(tx CheckTx) (photo.Photo, error) {
		p, err := tx.Photo(hash)
		return p.Asked(trace, now), err
	})
}

// Verdict notes what the platform found, once for each number that it gave us:
// for any other the error is NotFound and nothing is left behind.
func (c Check) Verdict(ctx context.Context, trace string, found photo.Check, now time.Time) error {
	return c.change(ctx, usecase.Command{Key: "photo/verdict/" + trace, Now: now}, func(tx CheckTx) (photo.Photo, error) {
		p, err := tx.PhotoOfTrace(trace)
		return p.Judged(found), err
	})
}

// GiveUp leaves a picture that the platform does not check to a person.
func (c Check) GiveUp(ctx context.Context, hash string, now time.Time) error {
	return c.change(ctx, usecase.Command{Key: "photo/given-up/" + hash, Now: now}, func(tx CheckTx) (photo.Photo, error) {
		p, err := tx.Photo(hash)
		return p.Judged(photo.ByPerson), err
	})
}

// change keeps no outcome of what is refused: another try may find it.
func (c Check) change(ctx context.Context, cmd usecase.Command, decide func(CheckTx) (photo.Photo, error)) error {
	_, err := c.Once(ctx, cmd, func(tx CheckTx) (fault.Outcome, error) {
		p, err := decide(tx)
		if err != nil {
			return fault.Outcome{}, err
		}
		return fault.Outcome{Code: fault.Done}, tx.SavePhoto(p)
	})
	return err
}
