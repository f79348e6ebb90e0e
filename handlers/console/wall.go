package console

import (
	"math"
	"mime"
	"net/http"
	"unicode/utf8"

	"github.com/xiangfeng/xiangfeng/domain/calendar"
	"github.com/xiangfeng/xiangfeng/domain/fault"
	"github.com/xiangfeng/xiangfeng/domain/script"
)

// paper is how a wall sheet is laid out on one size of paper, in millimetres.
// The style sheet of that name has the same numbers.
type paper struct {
	Name        string
	Columns     int     // of rows beside each other
	Height      float64 // of a page without its margins
	First, Next float64 // what stands above the rows of the first page, and of the others
	Foot        float64 // what stands below
	Head, Row   float64 // a table's head, and a row
	Line        float64 // a line of a list
	Letters     int     // full-width ones in such a line
}

var papers = map[string]paper{
	"a3": {Name: "a3", Columns: 3, Height: 400, First: 98, Next: 18, Foot: 12, Head: 10, Row: 7.5, Line: 7, Letters: 52},
	"a4": {Name: "a4", Columns: 2, Height: 277, First: 80, Next: 14, Foot: 10, Head: 8, Row: 6.4, Line: 6.4, Letters: 42},
}

// board is a wall sheet laid out on paper.
type board struct {
	script.Wall
	Paper paper
	Pages []boardPage
	Code  string // the picture of the address that checks it, "" of a draft
	Draft bool
}

// boardPage is one page of it: the rows in columns, each column to be read down,
// and below them the lists.
type boardPage struct {
	Columns [][]script.WallRow
	Parts   []script.WallPart
}

// newBoard lays a sheet out.
func newBoard(w script.Wall, p paper) board {
	b := board{Wall: w, Paper: p, Draft: w.PublishedOn.IsZero()}
	rows, parts := w.Rows, w.Parts()
	for len(b.Pages) == 0 || len(rows) > 0 || len(parts) > 0 {
		var page boardPage
		room := p.Height - p.Foot - p.Next
		if len(b.Pages) == 0 {
			room = p.Height - p.Foot - p.First
		}
		if len(rows) > 0 {
			each := min(int((room-p.Head)/p.Row), ceil(len(rows), p.Columns))
			n := min(each*p.Columns, len(rows))
			page.Columns, rows = columns(rows[:n], each), rows[n:]
			room -= p.Head + float64(each)*p.Row
		}
		if len(rows) == 0 {
			page.Parts, parts = p.fill(room, parts, len(page.Columns) == 0)
		}
		b.Pages = append(b.Pages, page)
	}
	return b
}

func ceil(n, by int) int { return (n + by - 1) / by }

// columns cuts rows into columns of so many each.
func columns(rows []script.WallRow, each int) (out [][]script.WallRow) {
	for ; len(rows) > 0; rows = rows[min(each, len(rows)):] {
		out = append(out, rows[:min(each, len(rows))])
	}
	return out
}

// fill takes of the lists what fits into so much room, on an empty page at
// least one line, and returns what is left.
func (p paper) fill(room float64, parts []script.WallPart, empty bool) (fit, left []script.WallPart) {
	for i, part := range parts {
		need := p.over(part)
		n := 0
		for _, line := range part.Lines {
			tall := p.Line * float64(p.lines(line))
			if need+tall > room && !(empty && n == 0 && len(fit) == 0) {
				break
			}
			need += tall
			n++
		}
		if n > 0 {
			fit = append(fit, script.WallPart{Title: part.Title, Lines: part.Lines[:n]})
			room -= need
		}
		if n < len(part.Lines) {
			return fit, append([]script.WallPart{{Title: part.Title, Lines: part.Lines[n:]}}, parts[i+1:]...)
		}
	}
	return fit, nil
}

// over is what stands over a list's lines: a gap, and its title.
func (p paper) over(part script.WallPart) float64 {
	if part.Title == "" {
		return p.Line / 2
	}
	return p.Line / 2 * 3.4
}

// lines is how many lines a text takes: what is not ASCII is as wide as high.
func (p paper) lines(text string) int {
	width := 0.0
	for _, r := range text {
		if r < utf8.RuneSelf {
			width += .62
		} else {
			width++
		}
	}
	return max(1, int(math.Ceil(width/float64(p.Letters))))
}

// long tells whether a name is set smaller on paper.
func long(name string) bool { return utf8.RuneCountInString(name) > 4 }

// wall shows the sheet of a quarter as it hangs, or as a draft how it would.
func (h *handler) wall(w http.ResponseWriter, r *http.Request, p place, q calendar.Quarter) {
	chosen, ok := papers[r.FormValue("paper")]
	if !ok {
		chosen = papers["a3"]
	}
	sheet, err := h.wallOf(r, p, q)
	if fault.CodeOf(err) == fault.TooEarly {
		h.render(w, r, http.StatusOK, notePage(h.quarterFrame(p, q, tabWall), script.WallTitle, script.WallToCome))
		return
	}
	if err != nil {
		h.refuse(w, r, err)
		return
	}
	b := newBoard(sheet, chosen)
	if !b.Draft {
		if b.Code, err = picture(h.Press.URL + "/n/" + sheet.Code); err != nil {
			h.refuse(w, r, err)
			return
		}
	}
	h.render(w, r, http.StatusOK, wallPage(h.quarterFrame(p, q, tabWall), b, h.quarterPath(p.id(), q)))
}

// wallOf is the sheet that hangs, or the one to come. It refuses with TooEarly
// while the quarter is not over.
func (h *handler) wallOf(r *http.Request, p place, q calendar.Quarter) (script.Wall, error) {
	sheet, err := h.Quarters.WallOf(r.Context(), p.id(), q)
	if fault.CodeOf(err) != fault.NotFound {
		return sheet, err
	}
	now := h.Now()
	s, err := h.Quarters.AssessedOf(r.Context(), p.id(), q, calendar.DateOf(now))
	if err != nil {
		return sheet, err
	}
	if !s.ToCome(calendar.DateOf(now)) {
		return sheet, fault.Refuse(fault.TooEarly)
	}
	draft, err := h.Quarters.PreviewOf(r.Context(), p.id(), q, now)
	return script.DraftWall(draft, s.Season, script.Place{
		Village: p.id(), Name: p.Village.Name, Desk: p.Village.Desk, Township: p.Township, Board: p.Village.Settings.Board,
	}), err
}

// table hands out the sheet as a workbook.
func (h *handler) table(w http.ResponseWriter, r *http.Request, p place, q calendar.Quarter) {
	sheet, err := h.wallOf(r, p, q)
	if fault.CodeOf(err) == fault.TooEarly {
		err = fault.Refuse(fault.NotFound)
	}
	if err != nil {
		h.refuse(w, r, err)
		return
	}
	w.Header().Set("Content-Type", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")
	w.Header().Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": script.WallFile(sheet) + ".xlsx"}))
	if err := h.Table(w, sheet); err != nil {
		h.Log.Debug("a wall sheet's workbook was not written", "error", err)
	}
}
