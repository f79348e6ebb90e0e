package storage_test

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"
	_ "time/tzdata" // the zones below are there on every host

	"github.com/xiangfeng/xiangfeng/domain/usecase"
	"github.com/xiangfeng/xiangfeng/storage/conformance"
)

func TestSQLite(t *testing.T) {
	t.Parallel()
	conformance.Run(t, conformance.SQLite)
}

// Days and instants are the same wherever the process believes to be.
func TestElsewhere(t *testing.T) {
	t.Parallel()
	for zone, hours := range map[string]int{"Pacific/Kiritimati": 14, "Pacific/Honolulu": -10} {
		if os.Getenv("TZ") == zone {
			if _, offset := time.Date(2026, 7, 1, 0, 0, 0, 0, time.Local).Zone(); offset != hours*3600 {
				t.Errorf("an offset of %d seconds; want %d hours", offset, hours)
			}
			return
		}
	}
	for _, zone := range []string{"Pacific/Kiritimati", "Pacific/Honolulu"} {
		t.Run(zone, func(t *testing.T) {
			t.Parallel()
			child := exec.Command(os.Args[0], "-test.v", "-test.run=^(TestElsewhere|TestSQLite|TestPostgres)$/^(columns|lines|year_end)$")
			child.Env = append(os.Environ(), "TZ="+zone)
			out, err := child.CombinedOutput()
			if err != nil || !strings.Contains(string(out), "--- PASS: TestSQLite/columns") {
				t.Errorf("%v\n%s", err, out)
			}
		})
	}
}

// A question cannot write, and does not wait for a writer.
func TestReadersDoNotWait(t *testing.T) {
	t.Parallel()
	s := open(t, conformance.SQLite(t))
	if err := s.Reader().Exec("DELETE FROM step").Error; err == nil || !strings.Contains(err.Error(), "readonly") {
		t.Errorf("%v; want the readers' pool to refuse a write", err)
	}
	tx := s.Gorm().Begin()
	defer tx.Rollback()
	short, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	if _, _, err := s.Standing(short, "o-x"); err != nil {
		t.Error(err)
	}
	brief, cancel := context.WithTimeout(context.Background(), 50*time.Millisecond)
	defer cancel()
	if err := s.SaveStep(brief, "o-x", stepOf("lines")); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("%v; want a second writer to give up at its deadline", err)
	}
}

func stepOf(name string) usecase.Step {
	return usecase.Step{Name: name, Data: "1", Until: time.Unix(1_800_000_000, 0)}
}
