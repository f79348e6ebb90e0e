package storage

import (
	"context"
	"encoding/json"
	"fmt"

	"gorm.io/gorm/clause"

	"github.com/xiangfeng/xiangfeng/domain/fault"
	"github.com/xiangfeng/xiangfeng/domain/household"
	"github.com/xiangfeng/xiangfeng/domain/usecase"
)

type outcomeRow struct {
	Key   string
	Body  string
	Actor household.PersonID
	Code  fault.Code
	Facts string
	At    instant
}

func (outcomeRow) TableName() string { return "outcome" }

// As narrows the store to the transaction that one use case sees.
func As[T any](s *Store, narrow func(*Tx) T) usecase.Once[T] {
	return func(ctx context.Context, cmd usecase.Command, act func(T) (fault.Outcome, error)) (fault.Outcome, error) {
		return s.once(ctx, cmd, func(tx *Tx) (fault.Outcome, error) { return act(narrow(tx)) })
	}
}

// once takes the key first: a second transaction with the same key waits for
// the first to end and then finds its outcome, on any instance.
func (s *Store) once(ctx context.Context, cmd usecase.Command, act func(*Tx) (fault.Outcome, error)) (fault.Outcome, error) {
	if cmd.Key == "" {
		return fault.Outcome{}, fmt.Errorf("storage: a command has no key")
	}
	var out fault.Outcome
	err := s.inTx(ctx, func(tx *Tx) (err error) {
		taken, err := tx.takeKey(cmd)
		if err != nil {
			return err
		}
		if !taken {
			out, err = tx.outcome(cmd)
			return err
		}
		if out, err = act(tx); err != nil {
			return err
		}
		return tx.keepOutcome(cmd.Key, out)
	})
	if err != nil {
		return fault.Outcome{}, err
	}
	return out, nil
}

func (t *Tx) takeKey(cmd usecase.Command) (bool, error) {
	res := t.db.Clauses(clause.OnConflict{DoNothing: true}).
		Create(&outcomeRow{Key: cmd.Key, Body: cmd.Body, Actor: cmd.Actor, At: at(cmd.Now)})
	return res.RowsAffected == 1, res.Error
}

func (t *Tx) outcome(cmd usecase.Command) (fault.Outcome, error) {
	var row outcomeRow
	if err := t.db.Where("key = ?", cmd.Key).Take(&row).Error; err != nil {
		return fault.Outcome{}, err
	}
	if row.Body != cmd.Body || row.Actor != cmd.Actor {
		return fault.Outcome{Code: fault.Conflict}, nil
	}
	out := fault.Outcome{Code: row.Code}
	return out, json.Unmarshal([]byte(row.Facts), &out.Facts)
}

// Forget drops the outcome under a key, for an act that turned out not to have
// had its effect outside the database.
func (s *Store) Forget(ctx context.Context, key string) error {
	return s.write.WithContext(ctx).Where("key = ?", key).Delete(&outcomeRow{}).Error
}

func (t *Tx) keepOutcome(key string, out fault.Outcome) error {
	facts, err := json.Marshal(out.Facts)
	if err != nil {
		return err
	}
	return t.db.Model(&outcomeRow{}).Where("key = ?", key).
		Updates(map[string]any{"code": string(out.Code), "facts": string(facts)}).Error
}
