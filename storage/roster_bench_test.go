package storage_test

import (
	"context"
	"crypto/rand"
	"testing"
	"time"

	"github.com/xiangfeng/xiangfeng/domain/calendar"
	"github.com/xiangfeng/xiangfeng/domain/roster"
	"github.com/xiangfeng/xiangfeng/domain/usecase"
	"github.com/xiangfeng/xiangfeng/domain/usecase/importing"
	"github.com/xiangfeng/xiangfeng/storage"
	"github.com/xiangfeng/xiangfeng/storage/conformance"
)

// BenchmarkImport takes in a township of 20,000 households, then the same with
// another phone for every head.
func BenchmarkImport(b *testing.B) {
	for name, database := range map[string]conformance.Database{"sqlite": conformance.SQLite, "postgres": conformance.Postgres} {
		b.Run(name, func(b *testing.B) {
			now := time.Date(2026, 7, 1, 12, 0, 0, 0, calendar.Shanghai)
			first, _, _ := roster.Check(conformance.NewWorkbook(40, 500), calendar.DateOf(now))
			second, _, _ := roster.Check(conformance.NewWorkbook(40, 500), calendar.DateOf(now))
			for _, v := range second.Villages {
				for _, h := range v.Households {
					if phone := h.Members[0].Phone; phone != "" {
						h.Members[0].Phone = "109" + phone[3:]
					}
				}
			}
			for i := 0; b.Loop(); i++ {
				b.StopTimer()
				s := open(b, database(b))
				act := importing.Import{Once: storage.As(s, func(tx *storage.Tx) importing.Tx { return tx }), Random: rand.Reader}
				b.StartTimer()
				began := time.Now()
				if _, err := act.Do(context.Background(), usecase.Command{Key: "first", Now: now}, first, 2026); err != nil {
					b.Fatal(err)
				}
				b.ReportMetric(time.Since(began).Seconds(), "s/first")
				began = time.Now()
				if _, err := act.Do(context.Background(), usecase.Command{Key: "second", Now: now}, second, 2026); err != nil {
					b.Fatal(err)
				}
				b.ReportMetric(time.Since(began).Seconds(), "s/again")
			}
		})
	}
}
