package ask

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/xiangfeng/xiangfeng/domain/calendar"
	"github.com/xiangfeng/xiangfeng/domain/fault"
	"github.com/xiangfeng/xiangfeng/domain/household"
	"github.com/xiangfeng/xiangfeng/domain/ledger"
	"github.com/xiangfeng/xiangfeng/domain/script"
	"github.com/xiangfeng/xiangfeng/domain/usecase"
)

// Page is a part of 明细 that fits one reply. Its edges are line numbers, which
// never move, so that a page shows the same lines whenever it is asked for.
// Events that wait have no number yet: those from FirstWaiting up to
// EndWaiting, by position, are on the page.
type Page struct {
	FirstWaiting, EndWaiting int
	// Top is one more than the highest and Low the lowest line number on the
	// page, both 0 where it holds none.
	Top, Low int
}

// Listing is an opened 明细: what was asked and the pages that are still to
// be shown, all of them, because the pages are cut when the list is opened.
// So turning a page needs nothing but the person's own step.
type Listing struct {
	Home    household.ID
	Several bool // not kept: it is what the heading needs to know of the person
	Year    int
	Quarter int
	Minus   bool
	Pages   []Page
}

func (l Listing) heading(home script.Home) script.Heading {
	return script.Heading{Home: home, Several: l.Several, Year: l.Year, Quarter: l.Quarter, Minus: l.Minus}
}

func (l Listing) query(openid string, before, limit int) Query {
	return Query{OpenID: openid, Year: l.Year, Quarter: l.Quarter, Minus: l.Minus, Before: before, Limit: limit}
}

// batch is how many lines are read at a time when a list is opened.
const batch = 200

// Open reads all lines that were asked for, cuts them into pages and words the
// first. The step waits for 更多, a zero one where there is one page only.
func Open(ctx context.Context, r Reader, openid string, l Listing, now time.Time) (string, usecase.Step, error) {
	home, all, err := readAll(ctx, r, openid, l)
	if err != nil {
		return "", usecase.Step{}, err
	}
	l.Home = home.ID
	h := l.heading(home)
	l.Pages = cut(all, script.Split(h, all))
	if len(l.Pages) < 2 {
		return script.LinesPage(h, all, false), usecase.Step{}, nil
	}
	text := script.LinesPage(h, l.Pages[0].of(all), true)
	l.Pages = l.Pages[1:]
	return text, l.step(now), nil
}

func readAll(ctx context.Context, r Reader, openid string, l Listing) (home script.Home, all []script.Line, err error) {
	for before := 0; ; {
		got, err := r.Lines(ctx, l.query(openid, before, batch))
		if err != nil {
			return home, nil, err
		}
		home, all, before = got.Home, append(all, l.meant(got.Lines)...), got.Next
		if before == 0 || len(got.Lines) == 0 {
			return home, all, nil
		}
	}
}

// meant leaves out what nobody calls a deduction (扣分): points that were spent
// or lapsed take nothing from the score.
func (l Listing) meant(lines []script.Line) []script.Line {
	if !l.Minus {
		return lines
	}
	meant := make([]script.Line, 0, len(lines))
	for _, line := range lines {
		if line.Pending() || (ledger.Entry{Root: line.Root}).Scored() {
			meant = append(meant, line)
		}
	}
	return meant
}

// Show words the first page that the listing still has. It refuses with
// NotFound where there is none, or replies are about another household by now.
func Show(ctx context.Context, r Reader, openid string, l Listing) (string, error) {
	if len(l.Pages) == 0 {
		return "", fault.Refuse(fault.NotFound)
	}
	p := l.Pages[0]
	q := l.query(openid, p.Top, p.Top-p.Low)
	if p.EndWaiting > p.FirstWaiting {
		q.Before, q.Limit = 0, batch
	}
	got, err := r.Lines(ctx, q)
	if err != nil {
		return "", err
	}
	if got.Home.ID != l.Home {
		return "", fault.Refuse(fault.NotFound)
	}
	return script.LinesPage(l.heading(got.Home), p.of(l.meant(got.Lines)), len(l.Pages) > 1), nil
}

// of picks the page's lines out of what was read.
func (p Page) of(read []script.Line) []script.Line {
	var on []script.Line
	waiting := 0
	for _, line := range read {
		if line.Pending() {
			if waiting >= p.FirstWaiting && waiting < p.EndWaiting {
				on = append(on, line)
			}
			waiting++
		} else if line.No >= p.Low && line.No < p.Top {
			on = append(on, line)
		}
	}
	return on
}

// cut turns how many lines each page holds into edges that do not move.
func cut(lines []script.Line, counts []int) []Page {
	pages := make([]Page, 0, len(counts))
	waiting := 0
	for _, n := range counts {
		p := Page{FirstWaiting: waiting, EndWaiting: waiting}
		for _, line := range lines[:n] {
			if line.Pending() {
				waiting++
				p.EndWaiting = waiting
				continue
			}
			p.Top, p.Low = max(p.Top, line.No+1), line.No
		}
		lines, pages = lines[n:], append(pages, p)
	}
	return pages
}

func (l Listing) step(now time.Time) usecase.Step {
	return usecase.Step{Name: StepLines, Data: l.String(), Until: now.Add(usecase.Patience)}
}

// String writes the listing as a step keeps it: household, year, quarter,
// signs and, for each page, its four edges.
func (l Listing) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%d %d %d %s", l.Home, l.Year, l.Quarter, signs[l.Minus])
	for _, p := range l.Pages {
		fmt.Fprintf(&b, " %d,%d,%d,%d", p.FirstWaiting, p.EndWaiting, p.Top, p.Low)
	}
	return b.String()
}

// signs are what a listing shows: deductions, or everything.
var signs = map[bool]string{true: "minus", false: "all"}

var errListing = errors.New("ask: a step does not hold a listing")

// ParseListing reads what String wrote and fails on anything else.
func ParseListing(s string) (Listing, error) {
	var l Listing
	head := 4
	var sign string
	if n, _ := fmt.Sscanf(s, "%d %d %d %s", &l.Home, &l.Year, &l.Quarter, &sign); n != head || sign != signs[true] && sign != signs[false] {
		return Listing{}, errListing
	}
	l.Minus = sign == signs[true]
	for _, f := range strings.Fields(s)[head:] {
		var p Page
		if n, _ := fmt.Sscanf(f, "%d,%d,%d,%d", &p.FirstWaiting, &p.EndWaiting, &p.Top, &p.Low); n != head {
			return Listing{}, errListing
		}
		l.Pages = append(l.Pages, p)
	}
	return l, nil
}

// YearOf tells which year a question without one is about: this year where the
// household has an account of it, else its newest; for a quarter that has
// not begun, the year before.
func YearOf(accounts []script.Account, quarter int, now time.Time) int {
	today := calendar.DateOf(now)
	year := today.Year
	if len(accounts) > 0 {
		year = min(year, accounts[0].Year)
	}
	if quarter != 0 && (calendar.Quarter{Year: year, N: quarter}).First().After(today) {
		return year - 1
	}
	return year
}
