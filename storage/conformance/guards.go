package conformance

import (
	"strings"
	"testing"
	"time"

	"github.com/xiangfeng/xiangfeng/domain/fault"
	"github.com/xiangfeng/xiangfeng/domain/usecase"
	"github.com/xiangfeng/xiangfeng/storage"
)

func testMigrate(t *testing.T, database Database) {
	a := enter(t, database(t))
	if pending, err := a.Pending(ctx); err != nil || pending {
		t.Errorf("%v, %v; want nothing pending", pending, err)
	}
	if ran, err := a.Migrate(ctx); err != nil || len(ran) != 0 {
		t.Errorf("%v, %v; want nothing to do the second time", ran, err)
	}
	// A program with one more step than the database has finds it pending.
	for _, statement := range []string{
		"DELETE FROM river_migration WHERE version > 7", "DELETE FROM goose_db_version WHERE version_id > 0",
	} {
		run(t, raw(t, a.dsn), statement)
		if pending, err := a.Pending(ctx); err != nil || !pending {
			t.Errorf("%s: %v, %v; want something pending", statement, pending, err)
		}
	}
	if empty, err := a.Empty(ctx); err != nil || !empty {
		t.Errorf("%v, %v; want no village", empty, err)
	}
}

func testAppendOnly(t *testing.T, database Database) {
	a := stage(t, database)
	a.sealQuarter(t, q1)
	db := raw(t, a.dsn)
	run(t, db, "INSERT INTO audit (at, administrator, what, object) VALUES ('2026-05-04 08:00:00', true, 'console_link_made', '')")
	for _, statement := range []string{
		"UPDATE ledger_entry SET tenths = 5", "UPDATE ledger_entry SET title = title WHERE seq = 1", "DELETE FROM ledger_entry",
		"DELETE FROM ledger_entry WHERE seq = 3", "UPDATE sheet SET code = 'AAAA-AAAA'", "DELETE FROM sheet",
		"UPDATE sheet_row SET rank = 1", "DELETE FROM sheet_row", "UPDATE audit SET object = ''", "DELETE FROM audit",
	} {
		if _, err := db.Exec(statement); err == nil || !strings.Contains(err.Error(), "append-only") {
			t.Errorf("%s: %v; want it refused as append-only", statement, err)
		}
	}
	a.sound(t)
}

func testStep(t *testing.T, database Database) {
	a := stage(t, database)
	step := usecase.Step{Name: "homes", Data: "7 8", Until: on(5, 4).UTC()}
	if got := a.step(t, "o-new"); got.Name != "" || got.Open(time.Unix(1, 0)) {
		t.Errorf("%+v; want none", got)
	}
	for range 2 {
		if err := a.SaveStep(ctx, "o-new", step); err != nil {
			t.Fatal(err)
		}
	}
	if got := a.step(t, "o-new"); got != step {
		t.Errorf("%+v; want %+v", got, step)
	}
	next := usecase.Step{Name: "lines", Data: "7 2026", Until: on(5, 5).UTC()}
	done(t)(a.bare(by(0, on(5, 4)), func(tx *storage.Tx) (fault.Outcome, error) {
		return fault.Outcome{Code: fault.Done}, tx.SetStep("o-new", next)
	}))
	if got := a.step(t, "o-new"); got != next {
		t.Errorf("%+v; want %+v", got, next)
	}
	if err := a.SaveStep(ctx, "o-new", usecase.Step{}); err != nil {
		t.Fatal(err)
	}
	if got := a.step(t, "o-new"); got.Name != "" || got.Open(time.Unix(1, 0)) {
		t.Errorf("%+v; want it closed", got)
	}
	// Turning pages in parallel: each message turns one, none is lost.
	both := [2]acts{a, enter(t, a.dsn)}
	count(t, together(32, func(i int) (fault.Outcome, error) {
		return both[i%2].bare(by(0, on(5, 4)), func(tx *storage.Tx) (fault.Outcome, error) {
			step, err := tx.Step("o-pages")
			if err != nil {
				return fault.Outcome{}, err
			}
			step.Data += "x"
			return fault.Outcome{Code: fault.Done}, tx.SetStep("o-pages", step)
		})
	}))
	if got := a.step(t, "o-pages"); len(got.Data) != 32 {
		t.Errorf("%d pages turned; want 32", len(got.Data))
	}
}

func (a acts) step(t testing.TB, openid string) (out usecase.Step) {
	t.Helper()
	_, err := a.bare(by(0, on(1, 1)), func(tx *storage.Tx) (_ fault.Outcome, err error) {
		out, err = tx.Step(openid)
		return fault.Outcome{Code: fault.Done}, err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}
