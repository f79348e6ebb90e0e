// Package queue is the durable work of the service: what an act leaves for
// later stands in the same database, written in the act's own transaction, so
// that a job exists if and only if its act took effect. River works it off;
// nothing else in the program knows River.
package queue

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"log/slog"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver"
	"github.com/riverqueue/river/riverdriver/riverdatabasesql"
	"github.com/riverqueue/river/riverdriver/riversqlite"
	"github.com/riverqueue/river/rivermigrate"
)

// Attempts is how often a job is tried before it has failed for good.
const Attempts = 8

// Spare attempts are the library's only: a try that a killed process never
// ended must come back here, to be given up in the open.
const spare = 8

// Queue is the queue of one database.
type Queue struct {
	driver  riverdriver.Driver[*sql.Tx]
	inserts *river.Client[*sql.Tx]
}

// New makes the queue of a database, whose pool must have a single connection
// if it is SQLite.
func New(pool *sql.DB, postgres bool) (*Queue, error) {
	q := &Queue{driver: riversqlite.New(pool)}
	if postgres {
		q.driver = riverdatabasesql.New(pool)
	}
	var err error
	q.inserts, err = river.NewClient(q.driver, &river.Config{Logger: slog.New(slog.DiscardHandler)})
	return q, err
}

// job is the one type of argument: which kind of work, and its payload as JSON.
type job struct {
	Name    string          `json:"kind"`
	Payload json.RawMessage `json:"payload"`
}

// Kind is what the library calls all of them: a kind unknown to it would be
// discarded, and another version's job must not be.
func (job) Kind() string { return "job" }

// Enqueue adds a job to tx. payload is kept as JSON.
func (q *Queue) Enqueue(ctx context.Context, tx *sql.Tx, kind string, payload any) error {
	text, err := json.Marshal(payload)
	if err != nil {
		return fmt.Errorf("queue: %s: %w", kind, err)
	}
	_, err = q.inserts.InsertTx(ctx, tx, job{kind, text}, &river.InsertOpts{MaxAttempts: Attempts + spare})
	return err
}

// Migrate brings the queue's tables to the newest version and returns the
// names of the steps that ran. Only one process may ask at a time.
func (q *Queue) Migrate(ctx context.Context) ([]string, error) {
	m, err := q.migrator()
	if err != nil {
		return nil, err
	}
	result, err := m.Migrate(ctx, rivermigrate.DirectionUp, nil)
	if err != nil {
		return nil, fmt.Errorf("queue: migrate: %w", err)
	}
	var ran []string
	for _, v := range result.Versions {
		ran = append(ran, fmt.Sprintf("queue_%03d", v.Version))
	}
	return ran, nil
}

// Pending tells whether the tables are older than this program. It only reads.
func (q *Queue) Pending(ctx context.Context) (bool, error) {
	m, err := q.migrator()
	if err != nil {
		return false, err
	}
	result, err := m.Validate(ctx, nil)
	if err != nil {
		return false, err
	}
	return !result.OK, nil
}

// Version is the newest version of the queue's tables that this program knows.
func (q *Queue) Version() (int, error) {
	m, err := q.migrator()
	if err != nil {
		return 0, err
	}
	all := m.AllVersions()
	return all[len(all)-1].Version, nil
}

func (q *Queue) migrator() (*rivermigrate.Migrator[*sql.Tx], error) {
	return rivermigrate.New(q.driver, &rivermigrate.Config{Logger: slog.New(slog.DiscardHandler)})
}
