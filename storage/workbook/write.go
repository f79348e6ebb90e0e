package workbook

import (
	"fmt"
	"io"
	"strings"

	"github.com/xuri/excelize/v2"

	"github.com/xiangfeng/xiangfeng/domain/roster"
)

// Write writes sheets as texts, row by row.
func Write(w io.Writer, sheets []roster.Sheet) error {
	f := excelize.NewFile()
	defer func() { _ = f.Close() }()
	for i, s := range sheets {
		if i == 0 {
			if err := f.SetSheetName("Sheet1", s.Name); err != nil {
				return err
			}
		} else if _, err := f.NewSheet(s.Name); err != nil {
			return err
		}
		if err := stream(f, s); err != nil {
			return err
		}
		if err := f.SetSheetVisible(s.Name, !s.Hidden); err != nil {
			return err
		}
	}
	return f.Write(w)
}

func stream(f *excelize.File, s roster.Sheet) error {
	sheet, err := f.NewStreamWriter(s.Name)
	if err != nil {
		return err
	}
	for _, row := range s.Rows {
		cells := make([]any, len(row.Cells))
		for i, text := range row.Cells {
			if text != "" {
				cells[i] = text
			}
		}
		if err := sheet.SetRow(fmt.Sprintf("A%d", row.N), cells); err != nil {
			return err
		}
	}
	for _, cells := range s.Merged {
		from, to, _ := strings.Cut(cells, ":")
		if err := sheet.MergeCell(from, to); err != nil {
			return err
		}
	}
	return sheet.Flush()
}
