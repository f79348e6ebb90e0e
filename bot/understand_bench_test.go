package bot_test

import (
	"runtime"
	"testing"

	"github.com/xiangfeng/xiangfeng/bot"
)

// BenchmarkUnderstanding reads messages of every kind that no phrase covers.
func BenchmarkUnderstanding(b *testing.B) {
	understand := bot.NewEar()
	all := sayings(b, "meaning/judge.tsv")
	understand(all[0].words)
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		understand(all[i%len(all)].words)
	}
}

// BenchmarkLoading tells what is kept in memory for understanding beside the
// tables that are loaded with the program.
func BenchmarkLoading(b *testing.B) {
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	understand := bot.NewEar()
	for _, s := range sayings(b, "meaning/learn.tsv") {
		understand(s.words)
	}
	runtime.GC()
	runtime.ReadMemStats(&after)
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(float64(after.HeapAlloc-before.HeapAlloc)/1e6, "MB-more")
	b.ReportMetric(float64(after.HeapAlloc)/1e6, "MB-in-all")
	runtime.KeepAlive(understand)
}
