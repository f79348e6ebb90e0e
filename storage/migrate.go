package storage

import (
	"context"
	"embed"
	"fmt"
	"io/fs"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/pressly/goose/v3"
)

//go:embed migrations
var migrations embed.FS

// Migrations are the numbered SQL files, a folder for each database.
func Migrations() fs.FS {
	files, err := fs.Sub(migrations, "migrations")
	if err != nil {
		panic("storage: the migrations are not embedded: " + err.Error())
	}
	return files
}

// Migrate brings the schema, and after it the queue's tables, to the newest
// version and returns the names of the steps that ran. On PostgreSQL any number
// of processes may ask at once.
func (s *Store) Migrate(ctx context.Context) ([]string, error) {
	unlock, err := s.lockMigrations(ctx)
	if err != nil {
		return nil, fmt.Errorf("storage: migrate: %w", err)
	}
	defer unlock()
	p, err := s.provider()
	if err != nil {
		return nil, err
	}
	results, err := p.Up(ctx)
	if err != nil {
		return nil, fmt.Errorf("storage: migrate: %w", err)
	}
	var ran []string
	for _, r := range results {
		ran = append(ran, r.Source.Path)
	}
	queued, err := s.jobs.Migrate(ctx)
	return append(ran, queued...), err
}

// migrating is the lock that whoever migrates holds on PostgreSQL.
const migrating = 7266

// lockMigrations waits until no other process migrates. Neither library's own
// lock covers the other's steps.
func (s *Store) lockMigrations(ctx context.Context) (unlock func(), err error) {
	if !s.postgres {
		return func() {}, nil
	}
	pool, err := s.write.DB()
	if err != nil {
		return nil, err
	}
	conn, err := pool.Conn(ctx)
	if err != nil {
		return nil, err
	}
	if _, err := conn.ExecContext(ctx, "SELECT pg_advisory_lock($1)", migrating); err != nil {
		_ = conn.Close()
		return nil, err
	}
	return func() {
		_, _ = conn.ExecContext(context.WithoutCancel(ctx), "SELECT pg_advisory_unlock($1)", migrating)
		_ = conn.Close()
	}, nil
}

// Pending tells whether the schema is older than this program. It only reads:
// the service's login may not create anything.
func (s *Store) Pending(ctx context.Context) (bool, error) {
	if !s.write.WithContext(ctx).Migrator().HasTable(goose.DefaultTablename) {
		return true, nil // goose would make the table to look into it
	}
	p, err := s.provider()
	if err != nil {
		return false, err
	}
	pending, err := p.HasPending(ctx)
	if err != nil || pending {
		return pending, err
	}
	return s.jobs.Pending(ctx)
}

func (s *Store) provider() (*goose.Provider, error) {
	pool, err := s.write.DB()
	if err != nil {
		return nil, err
	}
	folder := "sqlite"
	if s.postgres {
		folder = "postgres"
	}
	files, err := fs.Sub(Migrations(), folder)
	if err != nil {
		return nil, err
	}
	if !s.postgres {
		return goose.NewProvider(goose.DialectSQLite3, pool, files)
	}
	return goose.NewProvider(goose.DialectPostgres, pool, files)
}

// appendOnly are the tables that the service's login may add to and nothing else.
const appendOnly = "ledger_entry, sheet, sheet_row, audit"

// GrantTo lets another login use the tables, but never change or delete what
// is append-only. s is open as the owner of the tables; dsn is the other
// login's address.
func (s *Store) GrantTo(ctx context.Context, dsn string) error {
	cfg, err := pgx.ParseConfig(dsn)
	if err != nil {
		return fmt.Errorf("storage: the database's address cannot be read")
	}
	login := pgx.Identifier{cfg.User}.Sanitize()
	for _, statement := range []string{
		"GRANT USAGE ON SCHEMA public TO " + login,
		"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO " + login,
		"GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO " + login,
		"REVOKE UPDATE, DELETE, TRUNCATE ON " + appendOnly + " FROM " + login,
	} {
		if err := s.write.WithContext(ctx).Exec(statement).Error; err != nil {
			return fmt.Errorf("storage: %s: %w", strings.Fields(statement)[0], err)
		}
	}
	return nil
}
