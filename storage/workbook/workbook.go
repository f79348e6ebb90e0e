// Package workbook reads and writes the spreadsheets that townships work with
// (xlsx). What it reads comes from strangers: it is weighed before the library
// unpacks it, and refused with a roster.Refusal where it is not what it should be.
package workbook

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"fmt"
	"io"
	"path"
	"strings"

	"github.com/xuri/excelize/v2"

	"github.com/xiangfeng/xiangfeng/domain/roster"
)

// inMemory is up to what size the library unpacks a part in memory; larger
// ones go through a temporary file.
const inMemory = 16 << 20

// Read reads the sheets of a workbook as they were typed: numbers and dates as
// the file keeps them, a formula as what it came to when the file was last
// saved. An error is a roster.Refusal.
func Read(r io.Reader) ([]roster.Sheet, error) {
	file, err := io.ReadAll(io.LimitReader(r, roster.MaxFile+1))
	if err != nil {
		return nil, err
	}
	z, merged, err := guard(file)
	if err != nil {
		return nil, refused(err)
	}
	return sheets(file, partsOf(z), merged)
}

// sheets hands a file that was weighed to the library. A panic in there is
// the file's fault, not the product's.
func sheets(file []byte, parts map[string]string, merged map[string][]string) (out []roster.Sheet, err error) {
	defer func() {
		if p := recover(); p != nil {
			out, err = nil, fmt.Errorf("%w: %v", roster.Damaged, p)
		}
	}()
	f, err := excelize.OpenReader(bytes.NewReader(file), excelize.Options{
		RawCellValue: true, UnzipSizeLimit: unpacked, UnzipXMLSizeLimit: inMemory,
	})
	if err != nil {
		return nil, refused(err)
	}
	defer func() { _ = f.Close() }()
	left := textLimit
	for _, name := range f.GetSheetList() {
		visible, err := f.GetSheetVisible(name)
		if err != nil {
			return nil, refused(err)
		}
		s := roster.Sheet{Name: name, Hidden: !visible, Merged: merged[parts[name]]}
		if visible {
			if s.Rows, err = rows(f, name, &left); err != nil {
				return nil, refused(err)
			}
		}
		out = append(out, s)
	}
	return out, nil
}

// partsOf tells in which part of the file each sheet is, as far as that can
// be read: it only serves to find the merged cells.
func partsOf(z *zip.Reader) map[string]string {
	var book struct {
		Sheets []struct {
			Name string `xml:"name,attr"`
			ID   string `xml:"id,attr"`
		} `xml:"sheets>sheet"`
	}
	var rels struct {
		All []struct {
			ID     string `xml:"Id,attr"`
			Target string `xml:"Target,attr"`
		} `xml:"Relationship"`
	}
	decode(z, "xl/workbook.xml", &book)
	decode(z, "xl/_rels/workbook.xml.rels", &rels)
	targets := map[string]string{}
	for _, rel := range rels.All {
		target := strings.TrimPrefix(rel.Target, "/")
		if !strings.HasPrefix(target, "xl/") {
			target = path.Join("xl", target)
		}
		targets[rel.ID] = target
	}
	parts := map[string]string{}
	for _, s := range book.Sheets {
		parts[s.Name] = targets[s.ID]
	}
	return parts
}

func decode(z *zip.Reader, name string, into any) {
	f, err := z.Open(name)
	if err != nil {
		return
	}
	defer func() { _ = f.Close() }()
	_ = xml.NewDecoder(f).Decode(into)
}

// rows reads a sheet; left is how much text the workbook may still have.
func rows(f *excelize.File, name string, left *int) (out []roster.Row, err error) {
	rows, err := f.Rows(name)
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }()
	for n := 1; rows.Next(); n++ {
		cells, err := rows.Columns()
		if err != nil {
			return nil, err
		}
		if len(cells) > widthLimit {
			return nil, roster.TooManyCells
		}
		size := 0
		for _, cell := range cells {
			size += len(cell)
		}
		if *left -= size; *left < 0 {
			return nil, roster.Swollen
		}
		if size > 0 {
			out = append(out, roster.Row{N: n, Cells: cells})
		}
	}
	return out, rows.Error()
}
