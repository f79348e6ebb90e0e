// Package conformance is the contract of storage: one suite that every
// database must pass, and the databases that tests and benchmarks run on.
package conformance

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	// The suite looks at the tables with drivers of its own, beside the store.
	_ "github.com/glebarez/sqlite"
	_ "github.com/jackc/pgx/v5/stdlib"

	"github.com/xiangfeng/xiangfeng/storage"
	"github.com/xiangfeng/xiangfeng/storage/queue"
)

// The environment of the tests: the address of a PostgreSQL server whose login
// may create databases, host:port of a Redis, and whether a missing server is
// a failure. .ci/services.sh sets all three.
const (
	postgresEnv = "XIANGFENG_TEST_POSTGRES"
	redisEnv    = "XIANGFENG_TEST_REDIS"
	noSkipEnv   = "XIANGFENG_TEST_NO_SKIP"
)

// SQLite returns the address of a new, migrated SQLite database that goes with the test.
func SQLite(t testing.TB) string {
	t.Helper()
	migrated, err := sqliteTemplate()
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "xiangfeng.db")
	if err := os.WriteFile(path, migrated, 0o600); err != nil {
		t.Fatal(err)
	}
	return "sqlite:" + path
}

// sqliteTemplate returns a migrated database file to copy: its driver is slow
// under the race detector, and one migration a process is enough.
var sqliteTemplate = sync.OnceValues(func() ([]byte, error) {
	folder, err := os.MkdirTemp("", "xiangfeng-template")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(folder)
	path := filepath.Join(folder, "xiangfeng.db")
	if err := migrated("sqlite:" + path); err != nil {
		return nil, err
	}
	return os.ReadFile(path)
})

// Postgres returns the address of a new, migrated PostgreSQL database that is
// dropped with the test. Without a server the test is skipped, or fails where
// skips are forbidden.
func Postgres(t testing.TB) string {
	t.Helper()
	server := address(t, postgresEnv)
	name := "xiangfeng_test_" + random()
	admin := raw(t, server)
	run(t, admin, "CREATE DATABASE "+name+" TEMPLATE "+template(t, server))
	t.Cleanup(func() { run(t, admin, "DROP DATABASE "+name+" WITH (FORCE)") })
	return named(t, server, name)
}

// Redis returns host:port of a Redis server, shared by all tests: use keys of
// your own. Without a server the test is skipped, or fails where skips are forbidden.
func Redis(t testing.TB) string {
	t.Helper()
	return address(t, redisEnv)
}

func address(t testing.TB, env string) string {
	t.Helper()
	value := os.Getenv(env)
	switch {
	case value != "":
	case os.Getenv(noSkipEnv) != "":
		t.Fatalf("%s is not set, and skips are forbidden", env)
	default:
		t.Skipf("skipped: %s is not set; make test starts what is needed", env)
	}
	return value
}

// templates keeps tests of one process from asking at once; other processes
// are kept away by a lock in the server.
var templates sync.Mutex

// template returns the name of a migrated database to copy. It is made once
// for each state of the migrations and stays on the server.
func template(t testing.TB, server string) string {
	t.Helper()
	templates.Lock()
	defer templates.Unlock()
	name := "xiangfeng_template_" + fingerprint(t)
	admin := raw(t, server)
	admin.SetMaxOpenConns(1)
	run(t, admin, "SELECT pg_advisory_lock(7265)")
	defer run(t, admin, "SELECT pg_advisory_unlock(7265)")
	var ready bool
	// A template that was not finished is no template yet.
	query(t, admin, &ready, "SELECT EXISTS (SELECT FROM pg_database WHERE datname = '"+name+"' AND datistemplate)")
	if ready {
		return name
	}
	run(t, admin, "DROP DATABASE IF EXISTS "+name+" WITH (FORCE)")
	run(t, admin, "CREATE DATABASE "+name)
	migrate(t, named(t, server, name))
	run(t, admin, "ALTER DATABASE "+name+" WITH IS_TEMPLATE true")
	return name
}

// fingerprint changes with the migrations, the queue's among them.
func fingerprint(t testing.TB) string {
	t.Helper()
	sum := sha256.New()
	err := fs.WalkDir(storage.Migrations(), "postgres", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text, err := fs.ReadFile(storage.Migrations(), path)
		sum.Write(text)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	jobs, err := queue.New(nil, true)
	if err != nil {
		t.Fatal(err)
	}
	version, err := jobs.Version()
	if err != nil {
		t.Fatal(err)
	}
	fmt.Fprintf(sum, "queue %d", version)
	return hex.EncodeToString(sum.Sum(nil)[:6])
}

func migrate(t testing.TB, dsn string) {
	t.Helper()
	if err := migrated(dsn); err != nil {
		t.Fatal(err)
	}
}

// migrated leaves the database closed, with all of it in its file.
func migrated(dsn string) error {
	s, err := storage.Open(context.Background(), dsn)
	if err != nil {
		return err
	}
	_, err = s.Migrate(context.Background())
	return errors.Join(err, s.Close())
}

// openStore opens a store that closes with the test at the latest.
func openStore(t testing.TB, dsn string) *storage.Store {
	t.Helper()
	s, err := storage.Open(context.Background(), dsn)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

// Tables opens the tables themselves, past the store and its rules, for tests
// that look at what is kept or tamper with it.
func Tables(t testing.TB, dsn string) *sql.DB {
	t.Helper()
	return raw(t, dsn)
}

// raw opens the tables themselves, past the store and its rules.
func raw(t testing.TB, dsn string) *sql.DB {
	t.Helper()
	driver, address := "pgx", dsn
	if path, ok := strings.CutPrefix(dsn, "sqlite:"); ok {
		driver, address = "sqlite", "file:"+path+"?_pragma=busy_timeout(10000)"
	}
	db, err := sql.Open(driver, address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	return db
}

func run(t testing.TB, db *sql.DB, statement string) {
	t.Helper()
	if _, err := db.Exec(statement); err != nil {
		t.Fatalf("%s: %v", statement, err)
	}
}

func query(t testing.TB, db *sql.DB, into any, statement string) {
	t.Helper()
	if err := db.QueryRow(statement).Scan(into); err != nil {
		t.Fatalf("%s: %v", statement, err)
	}
}

// named is the address of another database on the same server.
func named(t testing.TB, server, name string) string {
	t.Helper()
	u, err := url.Parse(server)
	if err != nil {
		t.Fatalf("%s is no address", postgresEnv)
	}
	u.Path = "/" + name
	return u.String()
}

func random() string {
	var b [6]byte
	rand.Read(b[:])
	return fmt.Sprintf("%x", b)
}
