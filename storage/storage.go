// Package storage keeps the scheme in a database: gorm rows ↔ domain, one
// file an aggregate, over SQLite or PostgreSQL alike. Rules are decided in the
// domain, on rows that are locked here; the constraints of the schema are
// backstops whose violation is a bug.
package storage

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
	"time"

	"github.com/glebarez/sqlite"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
	"gorm.io/driver/postgres"
	"gorm.io/gorm"
	"gorm.io/gorm/clause"
	"gorm.io/gorm/logger"

	"github.com/xiangfeng/xiangfeng/storage/queue"
)

// Store is one database. Writes and reads have pools of their own, so that on
// SQLite, which has one writer, a question never waits for a write.
type Store struct {
	write, read *gorm.DB
	postgres    bool
	hot         hotQueries
	jobs        *queue.Queue
}

// pool sizes: a county's questions need few connections that are kept open.
const (
	postgresConns = 24
	sqliteReaders = 4
)

// Open opens "sqlite:PATH" or "postgres://…". It does not migrate.
func Open(ctx context.Context, dsn string) (*Store, error) {
	s := &Store{postgres: strings.HasPrefix(dsn, "postgres://") || strings.HasPrefix(dsn, "postgresql://")}
	if err := s.connect(dsn); err != nil {
		return nil, err
	}
	if err := s.Ping(ctx); err != nil {
		_ = s.Close()
		return nil, err
	}
	return s, nil
}

func (s *Store) connect(dsn string) error {
	if err := s.openPools(dsn); err != nil {
		return err
	}
	pool, err := s.write.DB()
	if err != nil {
		return err
	}
	s.jobs, err = queue.New(pool, s.postgres)
	return err
}

func (s *Store) openPools(dsn string) (err error) {
	if s.postgres {
		s.write, err = openPostgres(dsn)
		s.read = s.write
		return err
	}
	path, ok := strings.CutPrefix(dsn, "sqlite:")
	if !ok || path == "" {
		return fmt.Errorf("storage: the database must be sqlite:PATH or postgres://…")
	}
	if s.write, err = openSQLite(path, "&_txlock=immediate", 1); err != nil {
		return err
	}
	s.read, err = openSQLite(path, "&_pragma=query_only(1)", sqliteReaders)
	return err
}

func openPostgres(dsn string) (*gorm.DB, error) {
	cfg, err := pgx.ParseConfig(dsn)
	if err != nil {
		return nil, fmt.Errorf("storage: the database's address cannot be read") // the error would hold the password
	}
	cfg.RuntimeParams["timezone"] = "UTC"
	if cfg.ConnectTimeout == 0 {
		cfg.ConnectTimeout = 3 * time.Second
	}
	pool := stdlib.OpenDB(*cfg)
	pool.SetMaxOpenConns(postgresConns)
	pool.SetMaxIdleConns(postgresConns)
	return gorm.Open(postgres.New(postgres.Config{Conn: pool}), gormConfig())
}

func openSQLite(path, extra string, conns int) (*gorm.DB, error) {
	const base = "?_pragma=busy_timeout(10000)&_pragma=journal_mode(WAL)&_pragma=foreign_keys(1)&_pragma=synchronous(FULL)"
	db, err := gorm.Open(sqlite.Open("file:"+path+base+extra), gormConfig())
	if err != nil {
		return nil, err
	}
	pool, err := db.DB()
	if err != nil {
		return nil, err
	}
	pool.SetMaxOpenConns(conns)
	pool.SetMaxIdleConns(conns)
	return db, nil
}

func gormConfig() *gorm.Config {
	return &gorm.Config{
		TranslateError:         true,
		SkipDefaultTransaction: true,
		Logger:                 logger.Discard, // its lines hold values, and values are people's
		NowFunc:                func() time.Time { return time.Now().UTC().Truncate(time.Microsecond) },
	}
}

// Ping asks whether the database answers.
func (s *Store) Ping(ctx context.Context) error {
	pool, err := s.read.DB()
	if err != nil {
		return err
	}
	return pool.PingContext(ctx)
}

// Close lets all connections go.
func (s *Store) Close() error {
	s.hot.close()
	var first error
	for _, db := range []*gorm.DB{s.write, s.read} {
		if db == nil {
			continue
		}
		if pool, err := db.DB(); err == nil {
			if err := pool.Close(); first == nil {
				first = err
			}
		}
	}
	return first
}

// Now is the database's clock; on SQLite it is the machine's.
func (s *Store) Now(ctx context.Context) (time.Time, error) {
	if !s.postgres {
		return time.Now(), nil
	}
	var now time.Time
	err := s.read.WithContext(ctx).Raw("SELECT clock_timestamp()").Scan(&now).Error
	return now, err
}

// locked adds the row lock that PostgreSQL needs; a SQLite transaction holds
// the whole database from its start. No act changes a key, and with this lock
// those who only refer to the row, by a foreign key, need not wait.
func (s *Store) locked(db *gorm.DB) *gorm.DB {
	if !s.postgres {
		return db
	}
	return db.Clauses(clause.Locking{Strength: "NO KEY UPDATE"})
}

// redraw is the expression of a new random version.
func (s *Store) redraw() clause.Expr {
	if s.postgres {
		return gorm.Expr("(random() * 9007199254740991)::bigint")
	}
	return gorm.Expr("random() & 9007199254740991")
}

// inTx runs f in one transaction of the write pool.
func (s *Store) inTx(ctx context.Context, f func(*Tx) error) error {
	return s.write.WithContext(ctx).Transaction(func(db *gorm.DB) error {
		return f(&Tx{store: s, db: db})
	}, &sql.TxOptions{})
}

// Tx is one transaction: everything that a use case reads and writes. It
// satisfies the narrow views of all of them.
type Tx struct {
	store *Store
	db    *gorm.DB
}

// reading is a transaction's view for reads that need no transaction.
func (s *Store) reading(ctx context.Context) *Tx { return &Tx{store: s, db: s.read.WithContext(ctx)} }

// done is the first error of changes that were made one after the other.
func done(changes ...*gorm.DB) error {
	for _, c := range changes {
		if c.Error != nil {
			return c.Error
		}
	}
	return nil
}

// locking starts a query whose rows stay locked until the transaction ends.
func (t *Tx) locking() *gorm.DB { return t.store.locked(t.db) }
