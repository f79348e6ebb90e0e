package storage

import (
	"database/sql"
	"fmt"

	"github.com/xiangfeng/xiangfeng/storage/queue"
)

// Jobs is the queue of work that acts leave for later.
func (s *Store) Jobs() *queue.Queue { return s.jobs }

// Enqueue leaves a job for later. It is there if and only if the act takes effect.
func (t *Tx) Enqueue(kind string, payload any) error {
	tx, ok := t.db.Statement.ConnPool.(*sql.Tx)
	if !ok {
		return fmt.Errorf("storage: a job outside a transaction")
	}
	return t.store.jobs.Enqueue(t.db.Statement.Context, tx, kind, payload)
}
