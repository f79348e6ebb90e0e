package workbook

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"io"
	"path"
	"strings"
	"unicode/utf8"

	"github.com/xiangfeng/xiangfeng/domain/roster"
)

// The limits. A register of 20,000 households with their members is about
// 3 MB and 40 MB unpacked.
const (
	unpacked   = 96 << 20 // all parts together
	ratio      = 150      // a part may be so many times what it is packed
	smallPart  = 1 << 20  // below this the ratio says nothing
	parts      = 400
	plainPart  = 8 << 20 // a part that is neither a sheet nor its texts
	depth      = 64
	rowLimit   = 200_000
	widthLimit = 100       // columns with something in them
	longText   = 128 << 10 // the XML of one text that cells share
	textLimit  = 64 << 20  // all cells together
)

// guard refuses what could cost more than a register is worth, before the
// library sees it, and returns the merged ranges of each worksheet by its part.
func guard(file []byte) (*zip.Reader, map[string][]string, error) {
	if err := kindOf(file); err != nil {
		return nil, nil, err
	}
	z, err := zip.NewReader(bytes.NewReader(file), int64(len(file)))
	if err != nil {
		return nil, nil, roster.Damaged
	}
	if len(z.File) > parts {
		return nil, nil, roster.ManyParts
	}
	if err := weigh(z); err != nil {
		return nil, nil, err
	}
	merged := map[string][]string{}
	for _, f := range z.File {
		name := strings.ToLower(strings.ReplaceAll(f.Name, "\\", "/"))
		if err := forbidden(name); err != nil {
			return nil, nil, err
		}
		ranges, err := look(f, name)
		if err != nil {
			return nil, nil, err
		}
		merged[f.Name] = ranges
	}
	return z, merged, nil
}

// kindOf tells what sort of file it is by its first bytes.
func kindOf(file []byte) error {
	switch {
	case len(file) > roster.MaxFile:
		return roster.TooLarge
	case len(file) == 0:
		return roster.Empty
	case bytes.HasPrefix(file, []byte("PK\x03\x04")):
		return nil
	case bytes.HasPrefix(file, []byte{0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1}):
		return roster.Old
	case bytes.IndexByte(file, 0) >= 0:
		return roster.NoWorkbook
	case utf8.Valid(file):
		return roster.Text
	default:
		return roster.TextGBK
	}
}

// weigh adds up what the parts say they unpack to. The zip reader holds them
// to it.
func weigh(z *zip.Reader) error {
	var sum uint64
	seen := map[string]bool{}
	for _, f := range z.File {
		sum += f.UncompressedSize64
		name := strings.ToLower(strings.ReplaceAll(f.Name, "\\", "/"))
		if sum > unpacked || f.UncompressedSize64 > unpacked || f.UncompressedSize64 > plainPart && !large(name) {
			return roster.Swollen
		}
		if f.UncompressedSize64 > smallPart && f.UncompressedSize64 > ratio*f.CompressedSize64 {
			return roster.Swollen
		}
		if seen[name] {
			return roster.Damaged
		}
		seen[name] = true
	}
	if !seen["[content_types].xml"] || !seen["xl/workbook.xml"] {
		return roster.NoWorkbook
	}
	return nil
}

// large tells the parts that grow with the register.
func large(name string) bool {
	return strings.HasPrefix(name, "xl/worksheets/sheet") || name == "xl/sharedstrings.xml"
}

// forbidden are parts that run or reach out.
func forbidden(name string) error {
	base := path.Base(name)
	switch {
	case strings.Contains(base, "vbaproject") || strings.Contains(base, "vbadata"),
		strings.Contains(name, "/activex/"), strings.Contains(name, "/macrosheets/"), strings.Contains(name, "/embeddings/"):
		return roster.Macros
	case strings.Contains(name, "/externallinks/"), strings.Contains(name, "/querytables/"), base == "connections.xml":
		return roster.Linked
	}
	return nil
}

// look reads one part to its end, so that its checksum is tested, and walks
// its XML. A worksheet's merged ranges are returned.
func look(f *zip.File, name string) ([]string, error) {
	r, err := f.Open()
	if err != nil {
		return nil, fmt.Errorf("%w: %w", roster.Damaged, err)
	}
	defer r.Close()
	if ext := path.Ext(name); ext != ".xml" && ext != ".rels" && ext != ".vml" {
		if _, err := io.Copy(io.Discard, r); err != nil {
			return nil, fmt.Errorf("%w: %w", roster.Damaged, err)
		}
		return nil, nil
	}
	text, err := io.ReadAll(io.LimitReader(r, unpacked+1))
	if err != nil {
		return nil, fmt.Errorf("%w: %w", roster.Damaged, err)
	}
	if name == "[content_types].xml" && bytes.Contains(bytes.ToLower(text), []byte("macroenabled")) {
		return nil, roster.Macros
	}
	var w walk
	if err := w.all(text); err != nil {
		return nil, err
	}
	return w.merged, nil
}

// walk goes from tag to tag. It is not a parser: it only measures what a
// parser would have to bear, many times faster than one.
type walk struct {
	depth  int
	rows   int
	cells  int // of the row, with something in them
	text   int // where a shared text began
	merged []string
}

func (w *walk) all(text []byte) error {
	if bytes.IndexByte(text, 0) >= 0 {
		return roster.Damaged // UTF-16, in which nothing below would be found
	}
	for at := 0; ; {
		i := bytes.IndexByte(text[at:], '<')
		if i < 0 {
			break
		}
		at += i
		n, err := w.tag(text[at:], at)
		if err != nil {
			return err
		}
		at += n
	}
	if w.depth != 0 {
		return roster.Damaged
	}
	return nil
}

// tag reads one tag, comment or section, which begins at, and returns its
// length.
func (w *walk) tag(text []byte, at int) (int, error) {
	for _, section := range []struct{ from, to string }{{"<!--", "-->"}, {"<![CDATA[", "]]>"}, {"<?", "?>"}} {
		if bytes.HasPrefix(text, []byte(section.from)) {
			end := bytes.Index(text, []byte(section.to))
			if end < 0 {
				return 0, roster.Damaged
			}
			return end + len(section.to), nil
		}
	}
	if bytes.HasPrefix(text, []byte("<!")) {
		return 0, roster.Entities
	}
	end := closing(text)
	if end < 0 {
		return 0, roster.Damaged
	}
	tag := text[:end+1]
	switch {
	case tag[1] == '/':
		w.depth--
	case tag[len(tag)-2] != '/':
		w.depth++
	}
	if w.depth < 0 {
		return 0, roster.Damaged
	}
	if w.depth > depth {
		return 0, roster.TooDeep
	}
	return end + 1, w.count(tag, at)
}

// closing is where a tag ends; a > inside quotes is part of a value.
func closing(text []byte) int {
	var quote byte
	for i, b := range text {
		switch {
		case quote != 0:
			if b == quote {
				quote = 0
			}
		case b == '"' || b == '\'':
			quote = b
		case b == '>':
			return i
		}
	}
	return -1
}

// mostMerged is how many merged ranges are told.
const mostMerged = 200

// count measures rows, cells and texts, and notes merged ranges, whatever the
// prefix of their namespace.
func (w *walk) count(tag []byte, at int) error {
	name, _, _ := bytes.Cut(bytes.Trim(tag, "<>/"), []byte(" "))
	if i := bytes.IndexByte(name, ':'); i >= 0 {
		name = name[i+1:]
	}
	opens := tag[1] != '/'
	switch string(name) {
	case "row":
		if opens {
			w.rows, w.cells = w.rows+1, 0
		}
	case "c":
		if opens && tag[len(tag)-2] != '/' {
			w.cells++
		}
	case "si":
		if opens {
			w.text = at
		} else if at-w.text > longText {
			return roster.Swollen
		}
	case "mergeCell":
		_, ref, _ := bytes.Cut(tag, []byte(`ref="`))
		ref, _, found := bytes.Cut(ref, []byte(`"`))
		if opens && found && len(ref) < 24 && len(w.merged) < mostMerged {
			w.merged = append(w.merged, string(ref))
		}
	}
	if w.rows > rowLimit || w.cells > widthLimit {
		return roster.TooManyCells
	}
	return nil
}

// refused finds the refusal in an error.
func refused(err error) error {
	var r roster.Refusal
	if errors.As(err, &r) {
		return err
	}
	return fmt.Errorf("%w: %w", roster.Damaged, err)
}
