package console

import (
	"context"
	"fmt"
	"io"

	"github.com/xiangfeng/xiangfeng/domain/script"
)

// Laid is how a wall sheet comes out on paper: the rows and the lines of the
// lists on each page, and how many millimetres each page is full of how many.
type Laid struct {
	Rows, Lines  int
	Columns      int
	Full, Height float64
	Shown        []script.WallRow
	Texts        []string
}

// Lay lays a sheet out on paper of a name.
func Lay(w script.Wall, name string) (pages []Laid) {
	p := papers[name]
	for i, one := range newBoard(w, p).Pages {
		laid := Laid{Columns: len(one.Columns), Height: p.Height, Full: p.Foot + p.Next}
		if i == 0 {
			laid.Full = p.Foot + p.First
		}
		for n, c := range one.Columns {
			if n == 0 {
				laid.Full += p.Head + float64(len(c))*p.Row
			}
			laid.Rows += len(c)
			laid.Shown = append(laid.Shown, c...)
		}
		for _, part := range one.Parts {
			laid.Full += p.over(part)
			for _, line := range part.Lines {
				laid.Full += p.Line * float64(p.lines(line))
				laid.Lines++
				laid.Texts = append(laid.Texts, line)
			}
		}
		pages = append(pages, laid)
	}
	return pages
}

// Draw writes a sheet's page as it would hang, without its code's picture.
func Draw(out io.Writer, w script.Wall, name string) error {
	return wallPage(frame{Place: w.Where(), Quarter: w.When()}, newBoard(w, papers[name]), "/x").Render(context.Background(), out)
}

// Numbers are the lengths that a paper's style sheet has to have.
func Numbers(name string) map[string]string {
	p := papers[name]
	return map[string]string{
		"columns": fmt.Sprint(p.Columns), "first": fmt.Sprint(p.First), "next": fmt.Sprint(p.Next), "head": fmt.Sprint(p.Head),
		"row": fmt.Sprint(p.Row), "line": fmt.Sprint(p.Line),
	}
}
