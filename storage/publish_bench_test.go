package storage_test

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/xiangfeng/xiangfeng/domain/calendar"
	"github.com/xiangfeng/xiangfeng/domain/fault"
	"github.com/xiangfeng/xiangfeng/domain/household"
	"github.com/xiangfeng/xiangfeng/domain/record"
	"github.com/xiangfeng/xiangfeng/domain/sample"
	"github.com/xiangfeng/xiangfeng/domain/usecase"
	"github.com/xiangfeng/xiangfeng/domain/usecase/assess"
	closing "github.com/xiangfeng/xiangfeng/domain/usecase/close"
	"github.com/xiangfeng/xiangfeng/storage"
	"github.com/xiangfeng/xiangfeng/storage/conformance"
)

// desk is the quarter of a village of a thousand households, on the first
// working day after it.
type desk struct {
	store *storage.Store
	once  usecase.Once[closing.Tx]
	v     sample.Village
	now   time.Time
	keys  int
}

// fourth is the quarter that is published.
var fourth = calendar.Quarter{Year: 2026, N: 4}

func newDesk(b *testing.B, dsn string) *desk {
	b.Helper()
	store, err := storage.Open(b.Context(), dsn)
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = store.Close() })
	made := slices.Collect(sample.Villages(sample.Options{
		Villages: 1, Households: 1000, EventsPerHousehold: 20, Year: 2026, Until: calendar.On(2027, 1, 1), Seed: 2026,
	}))
	if err := store.Load(b.Context(), slices.Values(made)); err != nil {
		b.Fatal(err)
	}
	return &desk{
		store: store, once: storage.As(store, func(tx *storage.Tx) closing.Tx { return tx }), v: made[0],
		now: calendar.On(2027, 1, 4).Start().Add(9 * time.Hour),
	}
}

func (d *desk) by(role household.Role, nth int) usecase.Command {
	d.keys++
	for _, p := range d.v.Posts {
		if p.Role != role {
			continue
		}
		if nth == 0 {
			return usecase.Command{Key: fmt.Sprintf("bench-%d", d.keys), Actor: p.Person, Now: d.now}
		}
		nth--
	}
	panic("nobody is " + role)
}

func must(b *testing.B, out fault.Outcome, err error) fault.Outcome {
	b.Helper()
	if err != nil || out.Refused() {
		b.Fatalf("%+v, %v", out, err)
	}
	return out
}

// signed lets three sign what there is, and is what is then published.
func (d *desk) signed(b *testing.B) closing.Request {
	b.Helper()
	draft, err := d.store.DraftOf(b.Context(), d.v.Village.ID, fourth, d.now)
	if err != nil {
		b.Fatal(err)
	}
	for nth := range 3 {
		out, err := closing.Sign{Once: d.once}.Do(b.Context(), d.by(household.TeamMember, nth), d.v.Village.ID, fourth, draft.Digest())
		must(b, out, err)
	}
	return closing.Request{Village: d.v.Village.ID, Quarter: fourth, Digest: draft.Digest(), Minutes: "一月四日评议会记录"}
}

// BenchmarkPublish puts the sheet of a village of 1,000 households up, with a
// notice to everybody bound, and reads what comes before it:
//
//	make bench BENCH=Publish PACKAGES=./storage COUNT=1
func BenchmarkPublish(b *testing.B) {
	for _, database := range []struct {
		name string
		open conformance.Database
	}{{"sqlite", conformance.SQLite}, {"postgres", conformance.Postgres}} {
		b.Run(database.name, func(b *testing.B) {
			d := newDesk(b, database.open(b))
			confirmed := d.confirmAll(b)
			var preview time.Duration
			b.ResetTimer()
			for b.Loop() {
				b.StopTimer()
				begin := time.Now()
				if _, err := d.store.PreviewOf(b.Context(), d.v.Village.ID, fourth, d.now); err != nil {
					b.Fatal(err)
				}
				preview = time.Since(begin)
				req := d.signed(b)
				b.StartTimer()
				out, err := closing.Publish{Once: d.once}.Do(b.Context(), d.by(household.Leader, 0), req)
				b.StopTimer()
				must(b, out, err)
				out, err = closing.Withdraw{Once: d.once}.Do(b.Context(), d.by(household.Officer, 0), d.v.Village.ID, fourth, "再来一次")
				must(b, out, err)
				b.StartTimer()
			}
			b.ReportMetric(float64(preview.Milliseconds()), "ms-preview")
			b.ReportMetric(float64(confirmed.n)/confirmed.took.Seconds(), "confirmed/s")
		})
	}
}

type pace struct {
	n    int
	took time.Duration
}

// confirmAll confirms all that waits for the quarter, a hundred at a time.
func (d *desk) confirmAll(b *testing.B) (p pace) {
	b.Helper()
	once := storage.As(d.store, func(tx *storage.Tx) assess.Tx { return tx })
	after := record.ID(0)
	for more := true; more; {
		var page []record.ID
		page, after, more = d.waiting(b, after)
		if len(page) == 0 {
			break
		}
		begin := time.Now()
		out, err := assess.Confirm{Once: once}.Many(context.Background(), d.by(household.Deputy, 0), page)
		p.took += time.Since(begin)
		p.n += int(must(b, out, err).Facts.Need)
	}
	return p
}

func (d *desk) waiting(b *testing.B, after record.ID) (page []record.ID, last record.ID, more bool) {
	b.Helper()
	found, more, err := d.store.JudgedOf(b.Context(), d.v.Village.ID, fourth, record.Pending, after, assess.Most)
	if err != nil {
		b.Fatal(err)
	}
	for _, e := range found {
		page, last = append(page, e.ID), e.ID
	}
	return page, last, more
}
