package storage

import (
	"context"
	"embed"
	"fmt"
	"io/fs"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"
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

// Migrate brings the schema to the newest version and returns the names of
// the steps that ran. On PostgreSQL any number of processes may ask at once.
func (s *Store) Migrate(ctx context.Context) ([]string, error) {
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
	return ran, nil
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
	return p.HasPending(ctx)
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
	locker, err := lock.NewPostgresSessionLocker()
	if err != nil {
		return nil, err
	}
	return goose.NewProvider(goose.DialectPostgres, pool, files, goose.WithSessionLocker(locker))
}

// appendOnly are the tables that the service's login may add to and nothing else.
const appendOnly = "ledger_entry, sheet, sheet_row"

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
