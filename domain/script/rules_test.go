package script_test

import (
	"testing"

	"pgregory.net/rapid"

	"github.com/xiangfeng/xiangfeng/domain/catalogue"
	"github.com/xiangfeng/xiangfeng/domain/script"
)

// TestSplitRules shows that the pages hold each item once and all fit.
func TestSplitRules(t *testing.T) {
	t.Parallel()
	items := append(catalogue.County(), longItem())
	rapid.Check(t, func(t *rapid.T) {
		book := script.Rulebook{Standing: longStanding(), Year: 2026, About: rapid.SampledFrom([]string{"", "人居环境", "办酒席请客的事情要不要"}).Draw(t, "about")}
		some := rapid.SliceOf(rapid.SampledFrom(items)).Draw(t, "items")
		left := some
		for _, n := range script.SplitRules(book, some) {
			if n < 1 {
				t.Fatal("an empty page")
			}
			if text := script.RulesPage(book, left[:n], n < len(left)); !script.Fits(text) {
				t.Fatalf("too long: %q", text)
			}
			left = left[n:]
		}
		if len(left) > 0 {
			t.Fatalf("%d items are on no page", len(left))
		}
	})
}
