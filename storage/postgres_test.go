package storage_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/xiangfeng/xiangfeng/domain/fault"
	"github.com/xiangfeng/xiangfeng/domain/sample"
	"github.com/xiangfeng/xiangfeng/domain/usecase"
	"github.com/xiangfeng/xiangfeng/storage"
	"github.com/xiangfeng/xiangfeng/storage/conformance"
	"github.com/xiangfeng/xiangfeng/storage/queue"
)

func TestPostgres(t *testing.T) {
	t.Parallel()
	conformance.Run(t, conformance.Postgres)
}

// With an owner of its own for the tables, the service's login cannot change
// the ledger even by hand, triggers or not.
func TestServiceLoginCannotChangeTheLedger(t *testing.T) {
	t.Parallel()
	dsn := conformance.Postgres(t)
	owner := open(t, dsn)
	login := login(t, owner)
	service := as(t, dsn, login)
	if err := owner.GrantTo(context.Background(), service); err != nil {
		t.Fatal(err)
	}
	for _, table := range []string{"ledger_entry", "sheet", "sheet_row"} {
		if err := owner.Gorm().Exec("ALTER TABLE " + table + " DISABLE TRIGGER ALL").Error; err != nil {
			t.Fatal(err)
		}
	}
	s := open(t, service)
	small := sample.Options{Villages: 1, EventsPerHousehold: 4, Year: 2026, Until: sample.Default().Until, Seed: 1}
	if err := owner.Load(context.Background(), sample.Villages(small)); err != nil {
		t.Fatal(err)
	}
	for _, statement := range []string{
		"UPDATE ledger_entry SET tenths = 5", "DELETE FROM ledger_entry", "TRUNCATE ledger_entry", "UPDATE sheet SET code = ''",
		"DELETE FROM sheet", "UPDATE sheet_row SET rank = 1", "DELETE FROM sheet_row", "DROP TABLE ledger_entry",
		"ALTER TABLE ledger_entry ENABLE TRIGGER ALL", "DROP TRIGGER ledger_entry_append_only ON ledger_entry",
	} {
		if err := s.Gorm().Exec(statement).Error; err == nil || !strings.Contains(err.Error(), "42501") {
			t.Errorf("%s: %v; want it forbidden", statement, err)
		}
	}
	if pending, err := s.Pending(context.Background()); err != nil || pending {
		t.Errorf("%v, %v; the service sees that nothing is pending", pending, err)
	}
	if _, damage, err := s.Verify(context.Background()); err != nil || damage != nil {
		t.Errorf("%v, %v", damage, err)
	}
	if err := s.SaveStep(context.Background(), "o-x", stepOf("lines")); err != nil {
		t.Errorf("%v; the service does its own work", err)
	}
	worksOffItsJobs(t, s)
}

// worksOffItsJobs lets a store leave a job for itself.
func worksOffItsJobs(t *testing.T, s *storage.Store) {
	t.Helper()
	act := storage.As(s, func(tx *storage.Tx) *storage.Tx { return tx })
	_, err := act(context.Background(), usecase.Command{Key: "k", Now: time.Unix(1, 0)}, func(tx *storage.Tx) (fault.Outcome, error) {
		return fault.Outcome{Code: fault.Done}, tx.Enqueue("later", "x")
	})
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	handle := func(context.Context, []byte, int) error { close(done); return nil }
	w, err := s.Jobs().Start(context.Background(), map[string]queue.Handler{"later": handle}, queue.Options{Log: slog.New(slog.NewTextHandler(t.Output(), nil))})
	if err != nil {
		t.Fatal(err)
	}
	<-done
	if err := w.Stop(context.Background()); err != nil {
		t.Error(err)
	}
}

// login makes a login that goes with the test.
func login(t *testing.T, owner *storage.Store) string {
	t.Helper()
	name := fmt.Sprintf("service_%d", time.Now().UnixNano())
	if err := owner.Gorm().Exec("CREATE ROLE " + name + " LOGIN").Error; err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		for _, statement := range []string{"DROP OWNED BY " + name, "DROP ROLE " + name} {
			if err := owner.Gorm().Exec(statement).Error; err != nil {
				t.Error(err)
			}
		}
	})
	return name
}

func as(t *testing.T, dsn, login string) string {
	t.Helper()
	u, err := url.Parse(dsn)
	if err != nil {
		t.Fatal(err)
	}
	u.User = url.User(login)
	return u.String()
}

// Any number of processes may migrate at once.
func TestMigrateTogether(t *testing.T) {
	t.Parallel()
	dsn := conformance.Postgres(t)
	s := open(t, dsn)
	for _, statement := range []string{"DROP SCHEMA public CASCADE", "CREATE SCHEMA public"} {
		if err := s.Gorm().Exec(statement).Error; err != nil {
			t.Fatal(err)
		}
	}
	var all sync.WaitGroup
	ran := make([]int, 4)
	for i := range ran {
		all.Go(func() {
			names, err := open(t, dsn).Migrate(context.Background())
			if err != nil {
				t.Error(err)
			}
			ran[i] = len(names)
		})
	}
	all.Wait()
	steps, total := 0, 0
	for _, n := range ran {
		steps, total = max(steps, n), total+n
	}
	if total != steps || steps == 0 {
		t.Errorf("%v steps ran; want each once, by one of them", ran)
	}
}

// A question that the database does not answer ends when its time is over.
func TestStandingKeepsItsDeadline(t *testing.T) {
	t.Parallel()
	s := open(t, conformance.Postgres(t))
	if _, _, err := s.Standing(context.Background(), "o-x"); err != nil {
		t.Fatal(err)
	}
	tx := s.Gorm().Begin()
	defer tx.Rollback()
	if err := tx.Exec("LOCK TABLE person IN ACCESS EXCLUSIVE MODE").Error; err != nil {
		t.Fatal(err)
	}
	short, cancel := context.WithTimeout(context.Background(), 50*time.Millisecond)
	defer cancel()
	if _, _, err := s.Standing(short, "o-x"); !errors.Is(err, context.DeadlineExceeded) && !strings.Contains(fmt.Sprint(err), "timeout") {
		t.Errorf("%v; want the deadline", err)
	}
}
