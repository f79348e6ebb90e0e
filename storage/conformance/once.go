package conformance

import (
	"context"
	"errors"
	"sync"
	"testing"

	"github.com/xiangfeng/xiangfeng/domain/fault"
	"github.com/xiangfeng/xiangfeng/domain/household"
	"github.com/xiangfeng/xiangfeng/domain/usecase"
	"github.com/xiangfeng/xiangfeng/storage"
)

// bare runs an act that sees the whole transaction.
func (a acts) bare(cmd usecase.Command, act func(*storage.Tx) (fault.Outcome, error)) (fault.Outcome, error) {
	return storage.As(a.Store, func(tx *storage.Tx) *storage.Tx { return tx })(ctx, cmd, act)
}

// switching makes the widow's nth household her current one, counting how
// often it is really done.
func switching(runs *int, h household.ID) func(*storage.Tx) (fault.Outcome, error) {
	return func(tx *storage.Tx) (fault.Outcome, error) {
		*runs++
		return fault.Outcome{Code: fault.Done, Facts: fault.Facts{Household: int64(h), Note: "换好了"}}, tx.SetCurrent(widow, h)
	}
}

func testOnce(t *testing.T, database Database) {
	a := stage(t, database)
	runs := 0
	cmd := usecase.Command{Key: "message 1", Body: "2", Actor: widow, Now: on(5, 1)}
	want := done(t)(a.bare(cmd, switching(&runs, sonsHome)))

	again := enter(t, a.dsn)
	if got := done(t)(again.bare(cmd, switching(&runs, widowsHome))); got != want || runs != 1 {
		t.Errorf("the repeat says %+v after %d runs; want %+v after 1", got, runs, want)
	}
	other := cmd
	other.Body = "1"
	refused(t, fault.Conflict)(a.bare(other, switching(&runs, widowsHome)))
	other = cmd
	other.Actor = wang
	refused(t, fault.Conflict)(a.bare(other, switching(&runs, widowsHome)))
	if runs != 1 {
		t.Errorf("%d runs; a key that was used for something else runs nothing", runs)
	}
	if _, current, err := a.Homes(ctx, openid(widow)); err != nil || current != 2 {
		t.Errorf("household %d, %v; want the second", current, err)
	}
	if _, err := a.bare(usecase.Command{Now: on(5, 1)}, switching(&runs, sonsHome)); err == nil || runs != 1 {
		t.Errorf("%v; an act without a key is an error", err)
	}
}

func testOnceRollsBack(t *testing.T, database Database) {
	a := stage(t, database)
	runs := 0
	cmd := by(widow, on(5, 1))
	broken := errors.New("the line broke")
	_, err := a.bare(cmd, func(tx *storage.Tx) (fault.Outcome, error) {
		out, err := switching(&runs, sonsHome)(tx)
		return out, errors.Join(err, broken)
	})
	if !errors.Is(err, broken) {
		t.Fatalf("%v; want the act's own error", err)
	}
	if _, current, _ := a.Homes(ctx, openid(widow)); current != 1 {
		t.Error("what a failed act wrote is still there")
	}
	done(t)(a.bare(cmd, switching(&runs, sonsHome)))
	if runs != 2 {
		t.Errorf("%d runs; the failed act must leave no key", runs)
	}

	// A refusal is an outcome: it stays one when it is asked again.
	no := by(widow, on(5, 1))
	refused(t, fault.NotFound)(a.switchTo(no, widow, 3))
	refused(t, fault.NotFound)(a.switchTo(no, widow, 1))

	cancelled, cancel := context.WithCancel(ctx)
	cancel()
	_, err = storage.As(a.Store, func(tx *storage.Tx) *storage.Tx { return tx })(cancelled, by(widow, on(5, 1)), switching(&runs, widowsHome))
	if !errors.Is(err, context.Canceled) || runs != 2 {
		t.Errorf("%v after %d runs; want it cancelled", err, runs)
	}
}

func testOnceInParallel(t *testing.T, database Database) {
	a := stage(t, database)
	b := enter(t, a.dsn)
	cmd := by(qian, on(5, 4))
	outcomes := together(64, func(i int) (fault.Outcome, error) {
		return []acts{a, b}[i%2].record(cmd, wangsHome, meeting)
	})
	for _, got := range outcomes {
		if got.err != nil || got.out != outcomes[0].out || got.out.Code != fault.Done {
			t.Errorf("%+v, %v; want one and the same outcome as %+v", got.out, got.err, outcomes[0].out)
		}
	}
	var events int
	query(t, raw(t, a.dsn), &events, "SELECT count(*) FROM event")
	if events != 1 {
		t.Errorf("%d events; want 1", events)
	}
}

type result struct {
	out fault.Outcome
	err error
}

// together runs n acts at once and returns what became of each.
func together(n int, act func(i int) (fault.Outcome, error)) []result {
	out := make([]result, n)
	start := make(chan struct{})
	var all sync.WaitGroup
	for i := range n {
		all.Go(func() {
			<-start
			out[i].out, out[i].err = act(i)
		})
	}
	close(start)
	all.Wait()
	return out
}

// count tells how many acts took effect; any error fails the test.
func count(t testing.TB, results []result) (effects int, refusals map[fault.Code]int) {
	t.Helper()
	refusals = map[fault.Code]int{}
	for _, r := range results {
		switch {
		case r.err != nil:
			t.Fatal(r.err)
		case r.out.Code == fault.Done:
			effects++
		default:
			refusals[r.out.Code]++
		}
	}
	return effects, refusals
}

// A mark is set by one, whoever asks, until it is forgotten.
func testOnceForgotten(t *testing.T, database Database) {
	a := enter(t, database(t))
	mark := usecase.Mark{Once: storage.As(a.Store, func(*storage.Tx) struct{} { return struct{}{} })}
	sets := func(key string) bool {
		first, err := mark.Set(ctx, usecase.Command{Key: key, Now: on(5, 4)})
		if err != nil {
			t.Fatal(err)
		}
		return first
	}
	if !sets("a") || sets("a") || !sets("b") {
		t.Error("want each mark set once")
	}
	if err := a.Forget(ctx, "a"); err != nil {
		t.Fatal(err)
	}
	if !sets("a") || sets("b") {
		t.Error("want the forgotten mark alone to be set again")
	}
}
