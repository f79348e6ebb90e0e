package storage_test

import (
	"context"
	"fmt"
	"sync/atomic"
	"testing"

	"github.com/xiangfeng/xiangfeng/domain/sample"
	"github.com/xiangfeng/xiangfeng/storage"
	"github.com/xiangfeng/xiangfeng/storage/conformance"
)

// BenchmarkStanding asks the hot question for everybody of the demo's
// township in turn, one at a time and from eight goroutines at once.
func BenchmarkStanding(b *testing.B) {
	for _, d := range []struct {
		name string
		open conformance.Database
	}{{"sqlite", conformance.SQLite}, {"postgres", conformance.Postgres}} {
		for _, askers := range []int{1, 8} {
			b.Run(fmt.Sprintf("%s/%d", d.name, askers), func(b *testing.B) {
				benchmarkStanding(b, d.open(b), askers)
			})
		}
	}
}

func benchmarkStanding(b *testing.B, dsn string, askers int) {
	store, people := township(b, dsn)
	s := storage.Keep(store)
	var next atomic.Int64
	b.SetParallelism(askers) // a goroutine each, on one core
	b.ReportAllocs()
	b.ResetTimer()
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			openid := people[int(next.Add(1))%len(people)]
			if got, _, err := s.Standing(context.Background(), openid); err != nil || got.Person == 0 {
				b.Fatalf("%+v, %v", got, err)
			}
		}
	})
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "answers/s")
}

// township opens a database that holds the demo's township, and returns the
// openids of everybody bound.
func township(tb testing.TB, dsn string) (*storage.Store, []string) {
	tb.Helper()
	ctx := context.Background()
	s, err := storage.Open(ctx, dsn)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { _ = s.Close() })
	if err := s.Load(ctx, sample.Villages(sample.Default())); err != nil {
		tb.Fatal(err)
	}
	var people []string
	for v := range sample.Villages(sample.Default()) {
		for _, p := range v.Persons {
			people = append(people, p.OpenID)
		}
	}
	return s, people
}

// BenchmarkLoad writes the demo's township into a new database.
func BenchmarkLoad(b *testing.B) {
	ctx := context.Background()
	for b.Loop() {
		b.StopTimer()
		s, err := storage.Open(ctx, conformance.SQLite(b))
		if err != nil {
			b.Fatal(err)
		}
		b.StartTimer()
		if err := s.Load(ctx, sample.Villages(sample.Default())); err != nil {
			b.Fatal(err)
		}
		b.StopTimer()
		_ = s.Close()
		b.StartTimer()
	}
}
