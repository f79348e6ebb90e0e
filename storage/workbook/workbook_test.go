package workbook_test

import (
	"archive/zip"
	"bytes"
	"compress/flate"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/xuri/excelize/v2"
	"golang.org/x/text/encoding/simplifiedchinese"

	"github.com/xiangfeng/xiangfeng/domain/calendar"
	"github.com/xiangfeng/xiangfeng/domain/roster"
	"github.com/xiangfeng/xiangfeng/domain/script"
	"github.com/xiangfeng/xiangfeng/storage/conformance"
	"github.com/xiangfeng/xiangfeng/storage/workbook"
)

var today = calendar.On(2026, 11, 24)

func written(t testing.TB, sheets []roster.Sheet) []byte {
	t.Helper()
	var out bytes.Buffer
	if err := workbook.Write(&out, sheets); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func read(t testing.TB, file []byte) []roster.Sheet {
	t.Helper()
	sheets, err := workbook.Read(bytes.NewReader(file))
	if err != nil {
		t.Fatal(err)
	}
	return sheets
}

func template(t testing.TB) []byte {
	t.Helper()
	var out bytes.Buffer
	if err := workbook.Template(&out, today); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// TestThereAndBack: what is written is read the same, with its rows' numbers,
// merged ranges and hidden sheets.
func TestThereAndBack(t *testing.T) {
	t.Parallel()
	w := conformance.NewWorkbook(2, 12)
	w.Sheet(roster.Kin).Rows[2].N = 40
	w.Sheet(roster.Members).Merged = []string{"A5:A8", "B5:B8"}
	w.Sheet(roster.Items).Merged = []string{"C2:C3"}
	w[len(w)-1].Hidden = true
	got := read(t, written(t, w))
	if len(got) != len(w) || !got[len(w)-1].Hidden || got[len(w)-1].Rows != nil {
		t.Fatalf("%d sheets", len(got))
	}
	for i, s := range got[:len(w)-1] {
		if s.Name != w[i].Name || !slices.Equal(s.Merged, w[i].Merged) || len(s.Rows) != len(w[i].Rows) {
			t.Errorf("%s: %v, %d rows", s.Name, s.Merged, len(s.Rows))
			continue
		}
		for k, r := range s.Rows {
			if want := w[i].Rows[k]; r.N != want.N || strings.TrimRight(strings.Join(r.Cells, "|"), "|") != strings.TrimRight(strings.Join(want.Cells, "|"), "|") {
				t.Errorf("%s: %v, want %v", s.Name, r, want)
			}
		}
	}
}

// TestTemplate: as it is, it holds the county's catalogue and asks for the
// rest; with the places filled in it is sound.
func TestTemplate(t *testing.T) {
	t.Parallel()
	sheets := read(t, template(t))
	if len(sheets) != 8 || sheets[0].Name != roster.Manual {
		t.Fatalf("%d sheets", len(sheets))
	}
	_, faults, _ := roster.Check(sheets, today)
	if len(faults) != 4 {
		t.Errorf("%v", faults)
	}
	for _, f := range faults {
		if f.Kind != roster.SheetEmpty {
			t.Error(script.RosterFault(f))
		}
	}
	filled := conformance.NewWorkbook(1, 8)
	for i := range sheets {
		if name := sheets[i].Name; name != roster.Manual && name != roster.Items {
			sheets[i].Rows = append(sheets[i].Rows, filled.Sheet(name).Rows[1:]...)
		}
	}
	r, faults, remarks := roster.Check(read(t, written(t, renumbered(sheets))), today)
	if len(faults) != 0 || len(remarks) != 0 || len(r.Villages) != 1 || len(r.Villages[0].Items) != 116 {
		t.Errorf("%v %v %d items", faults, remarks, len(r.Villages[0].Items))
	}
}

func renumbered(sheets []roster.Sheet) []roster.Sheet {
	for _, s := range sheets {
		for i := range s.Rows {
			s.Rows[i].N = i + 1
		}
	}
	return sheets
}

// TestTemplateHelps whoever fills it in: every column has a note, every choice
// its list.
func TestTemplateHelps(t *testing.T) {
	t.Parallel()
	f, err := excelize.OpenReader(bytes.NewReader(template(t)))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for _, l := range roster.Layouts() {
		comments, err := f.GetComments(l.Name)
		if err != nil || len(comments) != len(l.Columns) {
			t.Errorf("%s: %d notes, %v", l.Name, len(comments), err)
		}
		lists, err := f.GetDataValidations(l.Name)
		choices := 0
		for _, c := range l.Columns {
			if len(c.Choices) > 0 {
				choices++
			}
		}
		if err != nil || len(lists) != choices {
			t.Errorf("%s: %d lists, want %d: %v", l.Name, len(lists), choices, err)
		}
	}
}

// TestAsExcelKeepsIt: numbers, dates and formulas typed into cells.
func TestAsExcelKeepsIt(t *testing.T) {
	t.Parallel()
	f := excelize.NewFile()
	defer f.Close()
	for cell, value := range map[string]any{"A1": 2.3, "B1": 13800138000, "C1": 46027, "D1": true, "F1": "＃"} {
		if err := f.SetCellValue("Sheet1", cell, value); err != nil {
			t.Fatal(err)
		}
	}
	if err := f.SetCellFormula("Sheet1", "E1", "A1*2"); err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	if err := f.Write(&out); err != nil {
		t.Fatal(err)
	}
	got := read(t, out.Bytes())[0].Rows[0].Cells
	if want := []string{"2.3", "13800138000", "46027", "1", "", "＃"}; !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}

// part is a file inside a workbook.
type part struct{ name, text string }

// packed puts parts into a zip file, in place of those of a small workbook.
func packed(t testing.TB, parts ...part) []byte {
	t.Helper()
	all := []part{}
	whole := small(t)
	z, err := zip.NewReader(bytes.NewReader(whole), int64(len(whole)))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range z.File {
		if slices.ContainsFunc(parts, func(p part) bool { return p.name == f.Name }) {
			continue
		}
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, part{f.Name, string(text)})
	}
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	w.RegisterCompressor(zip.Deflate, func(w io.Writer) (io.WriteCloser, error) { return flate.NewWriter(w, flate.BestSpeed) })
	for _, p := range append(all, parts...) {
		into, err := w.Create(p.name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.WriteString(into, p.text); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// small is a workbook of one village.
func small(t testing.TB) []byte {
	t.Helper()
	file, err := once()
	if err != nil {
		t.Fatal(err)
	}
	return file
}

var once = sync.OnceValues(func() ([]byte, error) {
	var out bytes.Buffer
	err := workbook.Write(&out, conformance.NewWorkbook(1, 8))
	return out.Bytes(), err
})

const sheetPart = "xl/worksheets/sheet1.xml"

func sheetOf(rows string) part {
	return part{sheetPart, `<?xml version="1.0"?><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>` + rows + `</sheetData></worksheet>`}
}

func repeated(n int, format string) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, format, i+1)
	}
	return b.String()
}

// noise does not compress.
func noise(n int) string {
	r := rand.New(rand.NewPCG(1, 2))
	b := make([]byte, n)
	for i := range b {
		b[i] = byte('@' + r.IntN(27))
	}
	return string(b)
}

// hostile are files that must be refused, each with its reason.
func hostile(t testing.TB) map[string]struct {
	file []byte
	want roster.Refusal
} {
	whole := small(t)
	gbk, err := simplifiedchinese.GBK.NewEncoder().String("村,户号,户主\n红旗村,HQ-0001,王桂兰\n")
	if err != nil {
		t.Fatal(err)
	}
	zeros := strings.Repeat("0", 20<<20)
	type c = struct {
		file []byte
		want roster.Refusal
	}
	return map[string]c{
		"nothing":               {nil, roster.Empty},
		"100 MB":                {make([]byte, 100<<20), roster.TooLarge},
		"a little too large":    {packed(t, part{"xl/media/a.png", noise(12 << 20)}), roster.TooLarge},
		"old xls":               {append([]byte{0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1}, make([]byte, 4096)...), roster.Old},
		"csv":                   {[]byte("\xEF\xBB\xBF村,户号\n"), roster.Text},
		"csv in GBK":            {[]byte(gbk), roster.TextGBK},
		"a web page":            {[]byte("<html><table></table></html>"), roster.Text},
		"a program":             {[]byte("\x7fELF\x02\x01\x01\x00\x00"), roster.NoWorkbook},
		"only the magic":        {[]byte("PK\x03\x04"), roster.Damaged},
		"cut in half":           {whole[:len(whole)/2], roster.Damaged},
		"without its last byte": {whole[:len(whole)-1], roster.Damaged},
		"a bit changed":         {flipped(whole), roster.Damaged},
		"another zip":           {zipped(t, part{"word/document.xml", "<a/>"}), roster.NoWorkbook},
		"a bomb in a sheet":     {packed(t, sheetOf("<row><c><v>"+zeros+"</v></c></row>")), roster.Swollen},
		"a bomb in a picture":   {packed(t, part{"xl/media/a.png", zeros}), roster.Swollen},
		"a bomb of many parts":  {packed(t, repeatedParts(12, noise(1<<10)+strings.Repeat("0", 9<<19))...), roster.Swollen},
		"a bomb in the styles":  {packed(t, part{"xl/styles.xml", "<a>" + strings.Repeat("<b c=\"d\"/>", 1<<20) + "</a>"}), roster.Swollen},
		"500 parts":             {packed(t, repeatedParts(500, "x")...), roster.ManyParts},
		"a part twice":          {packed(t, part{"xl/theme/theme1.xml", "<a/>"}, part{"XL/theme/theme1.xml", "<a/>"}), roster.Damaged},
		"a lie about its size":  {lying(t), roster.Damaged},
		"macros":                {packed(t, part{"xl/vbaProject.bin", "x"}), roster.Macros},
		"macros by type":        {packed(t, part{"[Content_Types].xml", `<Types><Override ContentType="application/vnd.ms-excel.sheet.macroEnabled.main+xml"/></Types>`}), roster.Macros},
		"an embedded object":    {packed(t, part{"xl/embeddings/oleObject1.bin", "x"}), roster.Macros},
		"active x":              {packed(t, part{"xl/activeX/activeX1.xml", "<a/>"}), roster.Macros},
		"old macros":            {packed(t, part{"xl/macrosheets/sheet1.xml", "<a/>"}), roster.Macros},
		"links":                 {packed(t, part{"xl/externalLinks/externalLink1.xml", "<a/>"}), roster.Linked},
		"a connection":          {packed(t, part{"xl/connections.xml", "<a/>"}), roster.Linked},
		"a query":               {packed(t, part{"xl/queryTables/queryTable1.xml", "<a/>"}), roster.Linked},
		"an external entity":    {packed(t, part{sheetPart, `<?xml version="1.0"?><!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><worksheet><sheetData><row><c><v>&x;</v></c></row></sheetData></worksheet>`}), roster.Entities},
		"a billion laughs":      {packed(t, part{"xl/workbook.xml", `<!DOCTYPE a [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]><workbook>&b;</workbook>`}), roster.Entities},
		"deeply nested":         {packed(t, sheetOf(strings.Repeat("<row>", 100)+strings.Repeat("</row>", 100))), roster.TooDeep},
		"nested without an end": {packed(t, part{sheetPart, "<worksheet><sheetData><row>"}), roster.Damaged},
		"closed too often":      {packed(t, part{sheetPart, "</worksheet></worksheet>"}), roster.Damaged},
		"a tag without an end":  {packed(t, part{sheetPart, `<worksheet a="`}), roster.Damaged},
		"a comment without end": {packed(t, part{sheetPart, `<worksheet><!-- `}), roster.Damaged},
		"UTF-16":                {packed(t, part{sheetPart, "\xff\xfe<\x00a\x00"}), roster.Damaged},
		"a million empty rows":  {packed(t, sheetOf(repeated(1_048_576, `<row r="%d" s="1" customFormat="1"/>`))), roster.TooManyCells},
		"16,384 columns":        {packed(t, sheetOf("<row>"+strings.Repeat("<c><v>1</v></c>", 16_384)+"</row>")), roster.TooManyCells},
		"one cell far to right": {packed(t, sheetOf(`<row r="1"><c r="XFD1"><v>1</v></c></row>`)), roster.TooManyCells},
		"a row beyond all":      {packed(t, sheetOf(`<row r="9999999"><c r="A9999999"><v>1</v></c></row>`)), roster.Damaged},
		"a text shared too often": {packed(t, part{"xl/sharedStrings.xml", sharedRich(100 << 10)},
			sheetOf(repeated(2000, `<row r="%d"><c t="s"><v>0</v></c></row>`))), roster.Swollen},
		"a text too long":   {packed(t, part{"xl/sharedStrings.xml", sharedRich(200 << 10)}), roster.Swollen},
		"no list of sheets": {packed(t, part{"xl/workbook.xml", "not xml at all"}), roster.Damaged},
	}
}

// sharedRich is a text of two runs, which the library puts together anew for
// each cell.
func sharedRich(n int) string {
	return `<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><si><r><t>` + noise(n/2) + `</t></r><r><t>` + noise(n/2) + `</t></r></si></sst>`
}

func repeatedParts(n int, text string) (parts []part) {
	for i := range n {
		parts = append(parts, part{fmt.Sprintf("xl/media/%d.bin", i), text})
	}
	return parts
}

func zipped(t testing.TB, p part) []byte {
	t.Helper()
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	into, err := w.Create(p.name)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.WriteString(into, p.text); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// flipped changes one bit in what the first part holds.
func flipped(file []byte) []byte {
	out := slices.Clone(file)
	out[30+int(binary.LittleEndian.Uint16(out[26:]))+200] ^= 4
	return out
}

// lying says of a large part that it is small.
func lying(t testing.TB) []byte {
	t.Helper()
	file := packed(t, part{"xl/media/zz.bin", strings.Repeat("0", 1<<20)})
	at := bytes.LastIndex(file, []byte("PK\x01\x02"))
	binary.LittleEndian.PutUint32(file[at+24:], 10)
	return file
}

// TestHostileFiles are refused with their reason, in words, and cost little.
func TestHostileFiles(t *testing.T) {
	files := hostile(t)
	if len(files) < 40 {
		t.Errorf("%d files", len(files))
	}
	for name, c := range files {
		runtime.GC()
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		_, err := workbook.Read(bytes.NewReader(c.file))
		runtime.ReadMemStats(&after)
		var why roster.Refusal
		if !errors.As(err, &why) || why != c.want {
			t.Errorf("%s: %v, want %s", name, err, c.want)
		}
		if words := script.RosterRefused(why); !strings.HasPrefix(words, "这个文件不能装入：") || strings.Count(words, "。") < 2 {
			t.Errorf("%s: %s", name, words)
		}
		if spent := after.TotalAlloc - before.TotalAlloc; spent > 400<<20 {
			t.Errorf("%s: %d MB", name, spent>>20)
		}
	}
}

// TestEveryRefusalHasWords of its own.
func TestEveryRefusalHasWords(t *testing.T) {
	t.Parallel()
	seen := map[string]roster.Refusal{}
	for _, why := range []roster.Refusal{
		roster.TooLarge, roster.Empty, roster.Old, roster.Text, roster.TextGBK, roster.NoWorkbook, roster.Damaged, roster.Swollen,
		roster.TooManyCells, roster.Macros, roster.Linked, roster.Entities, roster.TooDeep, roster.ManyParts,
	} {
		words := script.RosterRefused(why)
		if other, taken := seen[words]; taken {
			t.Errorf("%s and %s say the same", why, other)
		}
		seen[words] = why
	}
}

// FuzzRead: whatever a sheet and its texts hold, they are read or refused.
func FuzzRead(f *testing.F) {
	for _, rows := range oddRows() {
		f.Add(rows, `<si><t>村</t></si>`)
	}
	f.Fuzz(func(t *testing.T, rows, texts string) {
		bear(t, packed(t, sheetOf(rows), part{"xl/sharedStrings.xml", `<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">` + texts + `</sst>`}))
	})
}

func oddRows() []string {
	return []string{
		`<row r="1"><c r="A1" t="s"><v>-1</v></c></row>`, `<row r="1"><c r="A1" t="s"><v>99999999999</v></c></row>`,
		`<row r="-1"><c r="0"><v/></c></row>`, `<row><c t="inlineStr"><is><t>村</t></is></c><c><f>1+1</f></c></row>`,
		`<c r="A1"/>`, `<row r="1048576"><c r="ZZZZ1"><v>1</v></c></row>`, `<row r="2"/><row r="1"><c><v>1</v></c></row>`,
		`<row r="1"><c r="A1" s="99999"><v>1</v></c></row>`, `<row r="1"><c r="A1" t="d"><v>2026-13-45T99</v></c></row>`,
	}
}

// bear reads a file that may be anything.
func bear(t *testing.T, file []byte) {
	t.Helper()
	sheets, err := workbook.Read(bytes.NewReader(file))
	var why roster.Refusal
	if err != nil && !errors.As(err, &why) {
		t.Errorf("%v is no refusal", err)
	}
	roster.Check(sheets, today)
}

// TestMangled: workbooks whose parts were changed at random are read or
// refused, and never more than that.
func TestMangled(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(7, 11))
	sheet := `<row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1" t="str"><f>A1</f><v>户号</v></c></row><row r="2"><c r="A2" t="inlineStr"><is><t>红旗村</t></is></c><c r="B2"><v>1.5E+3</v></c></row>`
	texts := `<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><si><t>村</t></si><si><r><t>户</t></r></si></sst>`
	scraps := []string{"<", ">", "</row>", "<c>", `r="`, "-", "999999999", "\x00", "&#x0;", "]]>", "<is>", `t="s"`, `s="-1"`, "é", "\xff"}
	for range 400 {
		a, b := mangled(r, sheet, scraps), mangled(r, texts, scraps)
		bear(t, packed(t, sheetOf(a), part{"xl/sharedStrings.xml", b}))
	}
	whole := small(t)
	for range 200 {
		bear(t, []byte(mangled(r, string(whole), scraps)))
	}
}

func mangled(r *rand.Rand, text string, scraps []string) string {
	for range 1 + r.IntN(3) {
		at := r.IntN(len(text))
		end := min(len(text), at+r.IntN(8))
		text = text[:at] + scraps[r.IntN(len(scraps))] + text[end:]
	}
	return text
}

// BenchmarkRead reads and checks a township of 20,000 households.
func BenchmarkRead(b *testing.B) {
	file := written(b, conformance.NewWorkbook(40, 500))
	b.SetBytes(int64(len(file)))
	for b.Loop() {
		sheets := read(b, file)
		if _, faults, _ := roster.Check(sheets, today); len(faults) > 0 {
			b.Fatal(faults[0])
		}
	}
}
