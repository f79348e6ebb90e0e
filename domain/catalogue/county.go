package catalogue

import (
	_ "embed"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
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

// categories are the six of the policy (三).
var categories = []string{"人居环境", "产业发展", "遵纪守法", "村风民俗", "善行公益", "表彰奖励"}

// Parse reads a template: points and caps in points, one row an item. An error
// names the line.
func Parse(text string) ([]Item, error) {
	r := csv.NewReader(strings.NewReader(text))
	header, err := r.Read()
	if err != nil || !slices.Equal(header, columns) {
		return nil, fmt.Errorf("line 1: the columns must be %s", strings.Join(columns, ","))
	}
	var items []Item
	seen := map[string]bool{}
	for {
		row, err := r.Read()
		if errors.Is(err, io.EOF) {
			return items, nil
		}
		if err != nil {
			return nil, err
		}
		item, err := parseRow(row)
		if err == nil && seen[item.Code] {
			err = fmt.Errorf("item %q: there is one already", item.Code)
		}
		if err != nil {
			line, _ := r.FieldPos(0)
			return nil, fmt.Errorf("line %d: %w", line, err)
		}
		seen[item.Code] = true
		items = append(items, item)
	}
}

// Categories are the six of the policy (三), in its order.
func Categories() []string { return slices.Clone(categories) }

func parseRow(r []string) (Item, error) {
	i := Item{Code: r[0], Category: r[1], Title: r[2], Unit: Unit(r[5]), Evidence: r[10], WarnFirst: r[11] == "yes", Public: r[12] == "yes"}
	if i.Code == "" || i.Title == "" || i.Unit == "" {
		return Item{}, fmt.Errorf("item %q: code, title and unit are needed", i.Code)
	}
	if !slices.Contains(categories, i.Category) {
		return Item{}, fmt.Errorf("category %q: one of %s", i.Category, strings.Join(categories, " "))
	}
	if err := i.parsePoints(r); err != nil {
		return Item{}, err
	}
	for _, flag := range r[11:13] {
		if flag != "yes" && flag != "no" {
			return Item{}, fmt.Errorf("%q: yes or no", flag)
		}
	}
	switch r[3] {
	case "+":
	case "-":
		i.Value = -i.Value
	default:
		return Item{}, fmt.Errorf("sign %q: + or -", r[3])
	}
	return i, nil
}

// parsePoints reads the value, which is needed, and the caps. None has a sign:
// that has its own column, and a cap below 0 would be none.
func (i *Item) parsePoints(r []string) error {
	for _, f := range []struct {
		text string
		into *points.Tenths
	}{{r[4], &i.Value}, {r[6], &i.Caps.Month}, {r[7], &i.Caps.Quarter}, {r[8], &i.Caps.Year}, {r[9], &i.Caps.Ever}} {
		if f.text == "" && f.into != &i.Value {
			continue
		}
		t, err := points.Parse(f.text)
		if err != nil {
			return err
		}
		if t <= 0 {
			return fmt.Errorf("points %q: above 0", f.text)
		}
		*f.into = t
	}
	return nil
}
