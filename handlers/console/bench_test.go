package console_test

import (
	"strings"
	"testing"

	"github.com/xiangfeng/xiangfeng/domain/household"
	"github.com/xiangfeng/xiangfeng/domain/script"
	"github.com/xiangfeng/xiangfeng/handlers/console"
)

// BenchmarkSheet draws the cards of a large village.
func BenchmarkSheet(b *testing.B) {
	homes := make([]script.CardHome, 833)
	for i := range homes {
		homes[i].Card, _ = household.NewCard(household.ID(i), [5]byte{byte(i), byte(i >> 8)}, cardKey)
	}
	for b.Loop() {
		sheet, err := console.Press{URL: "https://jifen.gaoyang.example.gov.cn", Key: cardKey}.Sheet(script.CardVillage{}, homes)
		if err != nil || sheet.Printed() != len(homes) {
			b.Fatal(err)
		}
		var text strings.Builder
		if err := console.WriteSheet(&text, sheet); err != nil {
			b.Fatal(err)
		}
		b.ReportMetric(float64(text.Len()), "bytes")
	}
}
