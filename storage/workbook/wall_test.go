package workbook_test

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"github.com/xiangfeng/xiangfeng/domain/calendar"
	"github.com/xiangfeng/xiangfeng/domain/quarter"
	"github.com/xiangfeng/xiangfeng/domain/script"
	"github.com/xiangfeng/xiangfeng/storage/workbook"
)

// TestWall: the sheet as a workbook has its ranks and points as numbers and
// all else as texts, also what begins like a formula.
func TestWall(t *testing.T) {
	t.Parallel()
	w := script.Wall{
		Season: script.Season{Quarter: quarter.Quarter{Q: calendar.Quarter{Year: 2026, N: 3}, State: quarter.Published, PublishedOn: today}, Code: "7KQ2-M4XB"},
		Place:  script.Place{Name: "红旗村", Township: "清溪镇"},
		Rows: []script.WallRow{
			{Row: quarter.Row{Score: 2105, Gained: -25, Rank: 1}, Number: "HQ-0001", Name: "王**"},
			{Row: quarter.Row{Score: 2104, Gained: 30, Rank: 2}, Number: "+1+1", Name: `=HYPERLINK("http://evil.example")`, Contested: 1},
			{Row: quarter.Row{Score: 1000}, Number: "HQ-0003", Name: "李*"},
		},
		Late: []script.WallLine{{Number: "@SUM(A1)", Name: "王**", Title: "=1+1", Tenths: 20, On: today}}, ErrataHidden: 1,
	}
	var out bytes.Buffer
	if err := workbook.Wall(&out, w); err != nil {
		t.Fatal(err)
	}
	f, err := excelize.OpenReader(&out)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	rows, err := f.GetRows(script.WallTitle)
	if err != nil {
		t.Fatal(err)
	}
	head := slices.IndexFunc(rows, func(r []string) bool { return len(r) > 1 && r[1] == script.WallNumber })
	if head < 1 || len(rows) < head+1+len(w.Rows) || !strings.Contains(rows[1][0], w.Code) {
		t.Fatalf("%d rows, the columns' names in %d", len(rows), head)
	}
	for i := range rows {
		for c := range rows[i] {
			cell, _ := excelize.CoordinatesToCellName(c+1, i+1)
			if formula, err := f.GetCellFormula(script.WallTitle, cell); err != nil || formula != "" {
				t.Errorf("%s is the formula %q, %v", cell, formula, err)
			}
		}
	}
	for _, c := range []struct {
		column string
		text   bool
	}{{"A", false}, {"B", true}, {"C", true}, {"D", false}, {"E", false}} {
		cell := fmt.Sprintf("%s%d", c.column, head+3)
		kind, err := f.GetCellType(script.WallTitle, cell)
		if err != nil || (kind == excelize.CellTypeInlineString || kind == excelize.CellTypeSharedString) != c.text {
			t.Errorf("%s is of type %v, %v", cell, kind, err)
		}
	}
	if got := rows[head+2]; got[1] != w.Rows[1].Number || got[2] != w.Rows[1].Name {
		t.Errorf("%q", got)
	}
	raw, err := f.GetCellValue(script.WallTitle, fmt.Sprintf("E%d", head+2), excelize.Options{RawCellValue: true})
	if err != nil || raw != "210.5" {
		t.Errorf("%q, %v; want 210.5", raw, err)
	}
}
