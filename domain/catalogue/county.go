package catalogue

import (
	_ "embed"
	"encoding/csv"
	"fmt"
	"strings"

	"github.com/xiangfeng/xiangfeng/domain/points"
)

//go:embed county.csv
var countyCSV string

// County is the starting template of the county, in its order. Its values are
// placeholders until the county adopts its own.
func County() []Item {
	items, err := Parse(countyCSV)
	if err != nil {
		panic("catalogue: the embedded template is broken: " + err.Error())
	}
	return items
}

var columns = []string{
	"code", "category", "item", "sign", "points", "unit",
	"cap_month", "cap_quarter", "cap_year", "cap_once", "evidence", "warn_first", "public_line",
}

// Parse reads a template: points and caps in points, one row an item. An error
// names the line.
func Parse(text string) ([]Item, error) {
	rows, err := csv.NewReader(strings.NewReader(text)).ReadAll()
	if err != nil {
		return nil, err
	}
	if len(rows) == 0 || strings.Join(rows[0], ",") != strings.Join(columns, ",") {
		return nil, fmt.Errorf("line 1: the columns must be %s", strings.Join(columns, ","))
	}
	items := make([]Item, 0, len(rows)-1)
	for n, row := range rows[1:] {
		item, err := parseRow(row)
		if err != nil {
			return nil, fmt.Errorf("line %d: %w", n+2, err)
		}
		items = append(items, item)
	}
	return items, nil
}

func parseRow(r []string) (Item, error) {
	i := Item{Code: r[0], Category: r[1], Title: r[2], Unit: Unit(r[5]), Evidence: r[10], WarnFirst: r[11] == "yes", Public: r[12] == "yes"}
	for _, f := range []struct {
		text string
		into *points.Tenths
	}{{r[4], &i.Value}, {r[6], &i.Caps.Month}, {r[7], &i.Caps.Quarter}, {r[8], &i.Caps.Year}, {r[9], &i.Caps.Ever}} {
		if f.text == "" {
			continue
		}
		t, err := points.Parse(f.text)
		if err != nil {
			return Item{}, err
		}
		*f.into = t
	}
	switch r[3] {
	case "+":
	case "-":
		i.Value = -i.Value
	default:
		return Item{}, fmt.Errorf("sign %q: + or -", r[3])
	}
	if i.Code == "" || i.Title == "" || i.Value == 0 {
		return Item{}, fmt.Errorf("item %q: code, title and points are needed", i.Code)
	}
	return i, nil
}
