package storage_test

import (
	"context"
	"io/fs"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"gorm.io/gorm"
	"gorm.io/gorm/logger"

	"github.com/xiangfeng/xiangfeng/storage"
	"github.com/xiangfeng/xiangfeng/storage/conformance"
)

// Every step is written for both databases and says why it is there.
func TestMigrationsArePaired(t *testing.T) {
	t.Parallel()
	files := func(folder string) (names []string) {
		entries, err := fs.ReadDir(storage.Migrations(), folder)
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range entries {
			text, err := fs.ReadFile(storage.Migrations(), folder+"/"+e.Name())
			if err != nil || !strings.HasPrefix(string(text), "-- ") {
				t.Errorf("%s/%s: %v; the first line says why", folder, e.Name(), err)
			}
			names = append(names, e.Name())
		}
		return names
	}
	if diff := cmp.Diff(files("sqlite"), files("postgres")); diff != "" {
		t.Errorf("-sqlite +postgres:\n%s", diff)
	}
}

func TestSchemaIsWhatTheRowsExpect(t *testing.T) {
	t.Parallel()
	for _, d := range []struct {
		name string
		open conformance.Database
	}{{"sqlite", conformance.SQLite}, {"postgres", conformance.Postgres}} {
		t.Run(d.name, func(t *testing.T) {
			t.Parallel()
			db := open(t, d.open(t)).Gorm()
			var known []string
			for _, row := range storage.Rows {
				known = append(known, sameColumns(t, db, row))
			}
			tables, err := db.Migrator().GetTables()
			if err != nil {
				t.Fatal(err)
			}
			for _, table := range tables {
				ours := !strings.HasPrefix(table, "sqlite_") && table != "goose_db_version" && !strings.HasPrefix(table, "river_")
				if ours && !slices.Contains(known, table) {
					t.Errorf("table %s has no row", table)
				}
			}
		})
	}
}

// sameColumns compares a row's fields with its table's columns and returns
// the table's name.
func sameColumns(t *testing.T, db *gorm.DB, row any) string {
	t.Helper()
	stmt := &gorm.Statement{DB: db}
	if err := stmt.Parse(row); err != nil {
		t.Fatal(err)
	}
	types, err := db.Migrator().ColumnTypes(row)
	if err != nil {
		t.Fatal(err)
	}
	var have, want []string
	for _, c := range types {
		have = append(have, c.Name())
	}
	for _, f := range stmt.Schema.Fields {
		want = append(want, f.DBName)
	}
	slices.Sort(have)
	slices.Sort(want)
	if diff := cmp.Diff(want, have); diff != "" {
		t.Errorf("%s (-row +table):\n%s", stmt.Schema.Table, diff)
	}
	return stmt.Schema.Table
}

// gorm's own log would hold values, and values are people's.
func TestNothingIsLogged(t *testing.T) {
	t.Parallel()
	s := open(t, conformance.SQLite(t))
	if s.Gorm().Config.Logger != logger.Discard {
		t.Error("gorm has a logger")
	}
	err := s.Gorm().Exec("INSERT INTO township VALUES (1, '秘密', '秘密'), (1, '秘密', '秘密')").Error
	if err == nil || strings.Contains(err.Error(), "秘密") {
		t.Errorf("%v; want an error without the value", err)
	}
}

func TestOpenRefuses(t *testing.T) {
	t.Parallel()
	for _, dsn := range []string{
		"", "xiangfeng.db", "sqlite:", "mysql://app:geheim@127.0.0.1/x", "postgres://app:geheim@127.0.0.1:1/x?connect_timeout=2",
		"postgres://app:geheim@%zz", "sqlite:/nowhere/at/all.db",
	} {
		s, err := storage.Open(context.Background(), dsn)
		if err == nil {
			_ = s.Close()
			t.Errorf("%q was opened", dsn)
			continue
		}
		if strings.Contains(err.Error(), "geheim") {
			t.Errorf("%v: holds the password", err)
		}
	}
}

func open(t testing.TB, dsn string) *storage.Store {
	t.Helper()
	s, err := storage.Open(context.Background(), dsn)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}
