// Package keep is the act of handing in a picture, and what becomes of the
// platform's check of its content. Pictures go before the records that name them.
package keep

import (
	"context"
	"encoding/hex"
	"time"

	"github.com/xiangfeng/xiangfeng/domain/fault"
	"github.com/xiangfeng/xiangfeng/domain/photo"
	"github.com/xiangfeng/xiangfeng/domain/usecase"
	"github.com/xiangfeng/xiangfeng/domain/village"
)

// CheckJob is the kind of the job that has a picture's content checked.
const CheckJob = "photo_check"

// Checking is that job's payload.
type Checking struct{ Hash string }

// Seen is what an outcome's Data says where the picture, or one that looks
// alike, is an event's evidence already.
const Seen = "seen"

// Tx is what handing in a picture needs of a transaction.
type Tx interface {
	Village(village.ID) (village.Village, error)
	// KeepPhoto keeps a picture, and tells whether none with its hash was kept.
	KeepPhoto(photo.Photo) (first bool, err error)
	// HoldPhoto notes that somebody handed a picture in.
	HoldPhoto(hash string, h photo.Holding, at time.Time) error
	// PhotoUsed tells whether the picture, or one that looks alike, is an
	// event's evidence.
	PhotoUsed(hash string, near uint64) (bool, error)
	// Enqueue leaves a job for later.
	Enqueue(kind string, payload any) error
}

// Photo is the use case.
type Photo struct{ Once usecase.Once[Tx] }

// Do keeps the facts of a picture that the actor hands in for a village; its
// pixels are on the shelf already. The outcome's Note is its hash and its Data
// is Seen or empty: a picture that was used before is taken all the same. It
// is refused with NotFound where there is no such village.
func (u Photo) Do(ctx context.Context, cmd usecase.Command, v village.ID, p photo.Photo) (fault.Outcome, error) {
	cmd.Body = hex.EncodeToString(p.Original[:])
	p.Village, p.Keeper, p.Check, p.KeptAt = v, cmd.Actor, photo.Waiting, cmd.Now
	return u.Once(ctx, cmd, func(tx Tx) (fault.Outcome, error) {
		if _, err := tx.Village(v); err != nil {
			return fault.Settle(err)
		}
		seen, err := tx.PhotoUsed(p.Hash, p.Near)
		if err != nil {
			return fault.Outcome{}, err
		}
		if err := save(tx, cmd, p); err != nil {
			return fault.Outcome{}, err
		}
		facts := fault.Facts{Village: int64(v), Note: p.Hash}
		if seen {
			facts.Data = Seen
		}
		return fault.Outcome{Code: fault.Done, Facts: facts}, nil
	})
}

// save has the picture checked the first time that it is handed in.
func save(tx Tx, cmd usecase.Command, p photo.Photo) error {
	first, err := tx.KeepPhoto(p)
	if err != nil {
		return err
	}
	if err := tx.HoldPhoto(p.Hash, photo.Holding{Person: cmd.Actor, Village: p.Village}, cmd.Now); err != nil {
		return err
	}
	if !first {
		return nil
	}
	return tx.Enqueue(CheckJob, Checking{p.Hash})
}
