package roster

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/xiangfeng/xiangfeng/domain/calendar"
	"github.com/xiangfeng/xiangfeng/domain/points"
)

// table is a sheet whose columns have been found.
type table struct {
	layout Layout
	at     map[string]int // title → column, from 1
	lines  []*line
}

// line is one row of a table.
type line struct {
	*check
	table *table
	row   Row
	sound bool // nothing was wrong with it so far
}

// headerWithin is how far down the titles are looked for, below a heading or
// a remark.
const headerWithin = 10

// tables finds the sheets and their columns.
func (c *check) findTables(sheets []Sheet) {
	c.tables = map[string]*table{}
	layouts := Layouts()
	for _, s := range sheets {
		i := slices.IndexFunc(layouts, func(l Layout) bool { return titleOf(s.Name) == l.Name })
		switch {
		case s.Hidden:
			c.report(Fault{Kind: SheetHidden, Sheet: shorten(s.Name)})
		case titleOf(s.Name) == Manual:
		case i < 0 && len(s.Rows) > 0:
			c.report(Fault{Kind: SheetUnknown, Sheet: shorten(s.Name)})
		case i < 0:
		case c.tables[layouts[i].Name] != nil:
			c.report(Fault{Kind: SheetTwice, Sheet: layouts[i].Name})
		default:
			c.tables[layouts[i].Name] = c.findColumns(layouts[i], s)
		}
	}
	for _, l := range layouts {
		if c.tables[l.Name] == nil {
			c.report(Fault{Kind: SheetMissing, Sheet: l.Name})
			c.tables[l.Name] = &table{layout: l, at: map[string]int{}}
			continue
		}
		if empty := len(c.tables[l.Name].lines) == 0; empty && (l.Name == Places || l.Name == Households || l.Name == Members || l.Name == Staff) {
			c.report(Fault{Kind: SheetEmpty, Sheet: l.Name})
		}
	}
}

// findColumns reads the titles of a sheet, in whatever order they stand.
func (c *check) findColumns(l Layout, s Sheet) *table {
	t := &table{layout: l, at: map[string]int{}}
	for _, merged := range s.Merged {
		c.report(Fault{Kind: CellsMerged, Sheet: l.Name, Row: rowOf(merged), Found: merged})
	}
	head := l.header(s.Rows)
	if head < 0 {
		if len(s.Rows) > 0 {
			c.missing(t, s.Rows[0].N)
		} else {
			c.missing(t, 1)
		}
		return t
	}
	for i, cell := range s.Rows[head].Cells {
		c.place(t, s.Rows[head].N, i+1, cell)
	}
	c.missing(t, s.Rows[head].N)
	for _, r := range s.Rows[head+1:] {
		if !example(r) {
			t.lines = append(t.lines, &line{check: c, table: t, row: r, sound: true})
		}
	}
	return t
}

// rowOf is the first row of a range such as A5:A8, 0 where it has none.
func rowOf(cells string) (row int) {
	_, _ = fmt.Sscanf(strings.TrimLeft(cells, "ABCDEFGHIJKLMNOPQRSTUVWXYZ$"), "%d", &row)
	return row
}

// header is the index of the row that has most titles, -1 where none has any.
func (l Layout) header(rows []Row) int {
	best, most := -1, 0
	for i := range min(len(rows), headerWithin) {
		n := 0
		for _, cell := range rows[i].Cells {
			if l.column(cell) >= 0 {
				n++
			}
		}
		if n > most {
			best, most = i, n
		}
	}
	return best
}

// column is the index of the column that a cell titles, -1 for none.
func (l Layout) column(cell string) int {
	title := titleOf(cell)
	return slices.IndexFunc(l.Columns, func(col Column) bool {
		return title != "" && (title == col.Title || slices.ContainsFunc(col.Aliases, func(a string) bool { return title == titleOf(a) }))
	})
}

func (c *check) place(t *table, row, column int, cell string) {
	i := t.layout.column(cell)
	f := Fault{Sheet: t.layout.Name, Row: row, Column: column, Title: shorten(cell)}
	switch {
	case titleOf(cell) == "":
		return
	case i < 0 && strings.Contains(titleOf(cell), "身份证"):
		f.Kind = ColumnIdentity
	case i < 0:
		f.Kind = ColumnUnknown
	case t.at[t.layout.Columns[i].Title] != 0:
		f.Kind = ColumnTwice
	default:
		t.at[t.layout.Columns[i].Title] = column
		return
	}
	c.report(f)
}

func (c *check) missing(t *table, row int) {
	for _, col := range t.layout.Columns {
		if col.Required && t.at[col.Title] == 0 {
			c.report(Fault{Kind: ColumnMissing, Sheet: t.layout.Name, Row: row, Title: col.Title})
		}
	}
}

// example tells a row that only shows how to fill in the sheet.
func example(r Row) bool {
	for _, cell := range r.Cells {
		if text := tidy(cell); text != "" {
			return strings.HasPrefix(text, Example)
		}
	}
	return true // nothing in it
}

// raw is what stands under a title, "" where the column is not there.
func (l *line) raw(title string) string {
	at := l.table.at[title]
	if at == 0 || at > len(l.row.Cells) {
		return ""
	}
	return l.row.Cells[at-1]
}

// wrong reports what is wrong under a title.
func (l *line) wrong(k Kind, title, detail string) {
	l.sound = false
	l.report(Fault{
		Kind: k, Sheet: l.table.layout.Name, Row: l.row.N, Column: l.table.at[title], Title: title,
		Found: shorten(l.raw(title)), Detail: conceal(detail),
	})
}

// longest is how many characters a cell may have.
const longest = 60

// read is what stands under a title, as made by form; "" after a fault. A
// formula counts as what it came to when the workbook was last saved.
func (l *line) read(title string, form func(string) string) string {
	raw := l.raw(title)
	text := form(raw)
	switch {
	case strings.HasPrefix(text, "#") && strings.ContainsAny(text, "!?/"):
		l.wrong(FormulaBroken, title, "")
		return ""
	case utf8.RuneCountInString(text) > longest:
		l.wrong(CellTooLong, title, fmt.Sprint(longest))
		return ""
	case text == "" && l.table.at[title] != 0 && l.required(title):
		l.wrong(CellEmpty, title, "")
	}
	return text
}

func (l *line) required(title string) bool {
	return slices.ContainsFunc(l.table.layout.Columns, func(c Column) bool { return c.Title == title && c.Required })
}

func (l *line) text(title string) string { return l.read(title, tidy) }
func (l *line) key(title string) string  { return l.read(title, folded) }
func (l *line) name(title string) string { return l.read(title, nameOf) }

// person is a name that a person can have.
func (l *line) person(title string) string {
	name := l.name(title)
	if name != "" && (strings.ContainsAny(name, "0123456789()（）/、,，") || utf8.RuneCountInString(name) < 2 || utf8.RuneCountInString(name) > 20) {
		l.wrong(NameWrong, title, "")
		return ""
	}
	return name
}

// day is a date that is not in the future; zero where there is none.
func (l *line) day(title string) calendar.Date {
	text := l.text(title)
	if text == "" {
		return calendar.Date{}
	}
	d, ok := dateOf(text)
	switch {
	case !ok:
		l.wrong(DateWrong, title, "")
	case d.After(l.today):
		l.wrong(DateFuture, title, d.String())
	default:
		return d
	}
	return calendar.Date{}
}

// amount is an amount of points; ok is false where there is none.
func (l *line) amount(title string) (points.Tenths, bool) {
	text := l.text(title)
	if text == "" {
		return 0, false
	}
	t, kind := amount(text)
	if kind != "" {
		l.wrong(kind, title, "")
		return 0, false
	}
	return t, true
}

// positive is an amount above 0; the sign has a column of its own.
func (l *line) positive(title string) points.Tenths {
	t, ok := l.amount(title)
	if ok && t <= 0 {
		l.wrong(PointsSigned, title, "")
		return 0
	}
	return t
}

// pick is what was chosen under a title, fallback where it was left empty.
func pick[T comparable](l *line, title string, from choices[T], fallback T) T {
	word := l.key(title)
	if word == "" {
		return fallback
	}
	means, ok := from.read(word)
	if !ok {
		l.wrong(NotAChoice, title, strings.Join(from.offered(), "、"))
		return fallback
	}
	return means
}
