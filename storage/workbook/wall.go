package workbook

import (
	"fmt"
	"io"

	"github.com/xuri/excelize/v2"

	"github.com/xiangfeng/xiangfeng/domain/points"
	"github.com/xiangfeng/xiangfeng/domain/script"
)

// Wall writes a wall sheet as a workbook: ranks and points are numbers, all else
// is text and never a formula. It prints on A3 with its head on every page.
func Wall(w io.Writer, sheet script.Wall) error {
	f := excelize.NewFile()
	defer func() { _ = f.Close() }()
	if err := f.SetSheetName("Sheet1", script.WallTitle); err != nil {
		return err
	}
	stream, err := f.NewStreamWriter(script.WallTitle)
	if err != nil {
		return err
	}
	styles, err := wallStyles(f)
	if err != nil {
		return err
	}
	facts, tops := script.WallFacts(sheet), script.WallTops()
	head := len(facts) + 1 // the row of the columns' names
	for i, width := range []float64{8, 14, 18, 10, 10, 8} {
		if err := stream.SetColWidth(i+1, i+1, width); err != nil {
			return err
		}
	}
	if err := stream.SetPanes(&excelize.Panes{
		Freeze: true, YSplit: head, TopLeftCell: fmt.Sprintf("A%d", head+1), ActivePane: "bottomLeft",
	}); err != nil {
		return err
	}
	b := wallBook{stream: stream, styles: styles, columns: len(tops)}
	for i, text := range facts {
		b.across(text, i == 0)
	}
	b.row(styles.heading, values(tops)...)
	for _, r := range sheet.Rows {
		b.row(styles.text, b.cells(r)...)
	}
	for _, part := range sheet.Parts() {
		if part.Title != "" {
			b.across(part.Title, true)
		}
		for _, line := range part.Lines {
			b.across(line, false)
		}
	}
	if b.err == nil {
		b.err = stream.Flush()
	}
	if b.err != nil {
		return b.err
	}
	if err := wallPrint(f, head); err != nil {
		return err
	}
	return f.Write(w)
}

type wallStyle struct{ title, wrapped, heading, text, tenths int }

func wallStyles(f *excelize.File) (s wallStyle, err error) {
	thin := []excelize.Border{
		{Type: "left", Style: 1, Color: "000000"},
		{Type: "right", Style: 1, Color: "000000"},
		{Type: "top", Style: 1, Color: "000000"},
		{Type: "bottom", Style: 1, Color: "000000"},
	}
	tenths := "0.0;-0.0;0"
	for _, one := range []struct {
		into  *int
		style excelize.Style
	}{
		{&s.title, excelize.Style{Font: &excelize.Font{Bold: true, Size: 14}, Alignment: &excelize.Alignment{WrapText: true, Vertical: "center"}}},
		{&s.wrapped, excelize.Style{Alignment: &excelize.Alignment{WrapText: true, Vertical: "top"}}},
		{&s.heading, excelize.Style{Font: &excelize.Font{Bold: true}, Border: thin, Alignment: &excelize.Alignment{Horizontal: "center"}}},
		{&s.text, excelize.Style{Border: thin, NumFmt: 49}},
		{&s.tenths, excelize.Style{Border: thin, CustomNumFmt: &tenths}},
	} {
		if *one.into, err = f.NewStyle(&one.style); err != nil {
			return s, err
		}
	}
	return s, nil
}

// wallBook writes rows one after the other and keeps the first error.
type wallBook struct {
	stream  *excelize.StreamWriter
	styles  wallStyle
	columns int
	n       int
	err     error
}

func (b *wallBook) row(style int, cells ...any) {
	if b.err != nil {
		return
	}
	b.n++
	for i, c := range cells {
		if _, styled := c.(excelize.Cell); !styled {
			cells[i] = excelize.Cell{StyleID: style, Value: c}
		}
	}
	b.err = b.stream.SetRow(fmt.Sprintf("A%d", b.n), cells)
}

// wide is about how many full-width letters stand in a row of all columns.
const wide = 33

// across writes a text over all columns, as high as it needs.
func (b *wallBook) across(text string, title bool) {
	if b.err != nil {
		return
	}
	b.n++
	style, height := b.styles.wrapped, 15.0
	if title {
		style, height = b.styles.title, 22
	}
	lines := (len([]rune(text)) + wide - 1) / wide
	from, to := fmt.Sprintf("A%d", b.n), fmt.Sprintf("%s%d", letter(b.columns), b.n)
	b.err = b.stream.SetRow(from, []any{excelize.Cell{StyleID: style, Value: text}}, excelize.RowOpts{Height: height * float64(max(1, lines))})
	if b.err == nil {
		b.err = b.stream.MergeCell(from, to)
	}
}

func (b *wallBook) cells(r script.WallRow) []any {
	mark, rank := "", any(r.Place())
	if r.Contested > 0 {
		mark = script.WallMark
	}
	if r.Rank > 0 {
		rank = r.Rank
	}
	return []any{rank, r.Number, r.Name, b.tenths(r.Gained), b.tenths(r.Score), mark}
}

func (b *wallBook) tenths(t points.Tenths) excelize.Cell {
	return excelize.Cell{StyleID: b.styles.tenths, Value: float64(t) / 10}
}

func values(texts []string) []any {
	out := make([]any, len(texts))
	for i, t := range texts {
		out[i] = t
	}
	return out
}

// a3 is how a workbook names the paper.
const a3 = 8

// wallPrint lets the sheet print on A3, a page wide, with its head on every page
// and its pages numbered.
func wallPrint(f *excelize.File, head int) error {
	size, fit, tall := a3, 1, 0
	name := script.WallTitle
	if err := f.SetPageLayout(name, &excelize.PageLayoutOptions{Size: &size, FitToWidth: &fit, FitToHeight: &tall}); err != nil {
		return err
	}
	page := true
	if err := f.SetSheetProps(name, &excelize.SheetPropsOptions{FitToPage: &page}); err != nil {
		return err
	}
	if err := f.SetHeaderFooter(name, &excelize.HeaderFooterOptions{OddFooter: "&C&P/&N"}); err != nil {
		return err
	}
	return f.SetDefinedName(&excelize.DefinedName{
		Name: "_xlnm.Print_Titles", RefersTo: fmt.Sprintf("'%s'!$%d:$%d", name, head, head), Scope: name,
	})
}
