package workbook

import (
	"fmt"
	"io"

	"github.com/xuri/excelize/v2"

	"github.com/xiangfeng/xiangfeng/domain/calendar"
	"github.com/xiangfeng/xiangfeng/domain/catalogue"
	"github.com/xiangfeng/xiangfeng/domain/roster"
	"github.com/xiangfeng/xiangfeng/domain/script"
)

// lastOffered is the last row in which a cell offers its choices.
const lastOffered = 20_000

// Template writes the empty workbook of a township: a sheet that explains, and
// each sheet with its columns, what they mean, one example and the choices.
// The county's catalogue is filled in, to be changed.
func Template(w io.Writer, today calendar.Date) error {
	f := excelize.NewFile()
	defer func() { _ = f.Close() }()
	t := template{f: f}
	if err := t.styles(); err != nil {
		return err
	}
	if err := t.manual(today); err != nil {
		return err
	}
	for _, l := range roster.Layouts() {
		if err := t.sheet(l); err != nil {
			return fmt.Errorf("workbook: %s: %w", l.Name, err)
		}
	}
	return f.Write(w)
}

type template struct {
	f                                *excelize.File
	heading, needed, example, asText int
}

func (t *template) styles() (err error) {
	for _, one := range []struct {
		into  *int
		style excelize.Style
	}{
		{&t.heading, excelize.Style{Font: &excelize.Font{Bold: true}, Fill: excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{"E2EFDA"}}}},
		{&t.needed, excelize.Style{Font: &excelize.Font{Bold: true}, Fill: excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{"A9D08E"}}}},
		{&t.example, excelize.Style{Font: &excelize.Font{Italic: true, Color: "808080"}, NumFmt: 49}},
		{&t.asText, excelize.Style{NumFmt: 49}},
	} {
		if *one.into, err = t.f.NewStyle(&one.style); err != nil {
			return err
		}
	}
	return nil
}

func (t *template) manual(today calendar.Date) error {
	if err := t.f.SetSheetName("Sheet1", roster.Manual); err != nil {
		return err
	}
	for i, text := range script.RosterManual(today) {
		if err := t.f.SetCellStr(roster.Manual, fmt.Sprintf("A%d", i+1), text); err != nil {
			return err
		}
	}
	return t.f.SetColWidth(roster.Manual, "A", "A", 110)
}

func (t *template) sheet(l roster.Layout) error {
	if _, err := t.f.NewSheet(l.Name); err != nil {
		return err
	}
	// As text a number keeps its zeros and a phone its digits.
	if err := t.f.SetColStyle(l.Name, "A:"+letter(len(l.Columns)), t.asText); err != nil {
		return err
	}
	for i, c := range l.Columns {
		if err := t.column(l.Name, i+1, c); err != nil {
			return err
		}
	}
	if l.Name == roster.Items {
		for i, item := range catalogue.County() {
			if err := t.row(l.Name, i+3, roster.ItemCells(item)); err != nil {
				return err
			}
		}
	}
	return t.f.SetPanes(l.Name, &excelize.Panes{Freeze: true, YSplit: 1, TopLeftCell: "A2", ActivePane: "bottomLeft"})
}

func (t *template) column(sheet string, n int, c roster.Column) error {
	title, style, example := c.Title, t.heading, c.Example
	if c.Required {
		title, style = title+"*", t.needed
	}
	if n == 1 {
		example = roster.Example + "：" + example
	}
	head, below := letter(n)+"1", letter(n)+"2"
	for _, step := range []func() error{
		func() error { return t.f.SetCellStr(sheet, head, title) },
		func() error { return t.f.SetCellStyle(sheet, head, head, style) },
		func() error { return t.f.SetCellStr(sheet, below, example) },
		func() error { return t.f.SetCellStyle(sheet, below, below, t.example) },
		func() error { return t.f.SetColWidth(sheet, letter(n), letter(n), 18) },
		func() error {
			return t.f.AddComment(sheet, excelize.Comment{Cell: head, Paragraph: []excelize.RichTextRun{{Text: script.RosterColumn(c)}}})
		},
		func() error { return t.offer(sheet, n, c.Choices) },
	} {
		if err := step(); err != nil {
			return err
		}
	}
	return nil
}

// offer lets cells be chosen from a list; what is typed is checked when it is
// read, in more ways of writing than the list has.
func (t *template) offer(sheet string, n int, choices []string) error {
	if len(choices) == 0 {
		return nil
	}
	v := excelize.NewDataValidation(true)
	v.ShowErrorMessage = false
	v.SetSqref(fmt.Sprintf("%[1]s3:%[1]s%[2]d", letter(n), lastOffered))
	if err := v.SetDropList(choices); err != nil {
		return err
	}
	return t.f.AddDataValidation(sheet, v)
}

func (t *template) row(sheet string, n int, cells []string) error {
	for i, text := range cells {
		if text == "" {
			continue
		}
		if err := t.f.SetCellStr(sheet, fmt.Sprintf("%s%d", letter(i+1), n), text); err != nil {
			return err
		}
	}
	return nil
}

func letter(n int) string { return roster.Fault{Column: n}.Letter() }
