package script

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/xiangfeng/xiangfeng/domain/calendar"
)

// Sorry is said when the system cannot answer in time.
const Sorry = "系统正忙，没有查到。\n请过一会儿再发一次。"

// Fits tells whether a reply keeps the limits of the chat.
func Fits(s string) bool {
	return utf8.RuneCountInString(s) <= Characters && strings.Count(s, "\n") < Rows
}

// firstFit returns the first wording that fits, and the last where none does.
func firstFit(wordings ...string) string {
	for _, w := range wordings {
		if Fits(w) {
			return w
		}
	}
	return wordings[len(wordings)-1]
}

// rows joins what is not empty, a row each.
func rows(parts ...string) string {
	kept := make([]string, 0, len(parts))
	for _, p := range parts {
		if p != "" {
			kept = append(kept, p)
		}
	}
	return strings.Join(kept, "\n")
}

// clip shortens s to n characters, the last of them an ellipsis.
func clip(s string, n int) string {
	r := []rune(s)
	if len(r) <= n {
		return s
	}
	if n < 1 {
		return ""
	}
	return string(r[:n-1]) + "…"
}

// called names a household; its number tells it from a person's other one.
func called(h Home, several bool) string {
	if several && h.Number != "" {
		return h.Head + "家（" + h.Number + "）"
	}
	return h.Head + "家"
}

// day writes a date, with its year where that is not the one talked about.
func day(d calendar.Date, year int) string {
	if d.Year == year {
		return fmt.Sprintf("%d月%d日", d.Month, d.Day)
	}
	return fmt.Sprintf("%d年%d月%d日", d.Year, d.Month, d.Day)
}

var numerals = [...]string{"", "一", "二", "三", "四"}

// season writes a quarter, with its year where that is not the one talked about.
func season(q calendar.Quarter, year int) string {
	if q.Year == year {
		return "第" + numerals[q.N] + "季度"
	}
	return fmt.Sprintf("%d年第%s季度", q.Year, numerals[q.N])
}

// Whom names whom to call in the village, or at the township.
func (p Place) Whom() string {
	switch {
	case p.Desk != "":
		return p.Desk
	case p.Office != "":
		return p.Office
	}
	return "村里的积分小组"
}

// Under puts the household's name above words that do not name it, for a
// person who has several (PRODUCT 2, the life of a household).
func Under(s Standing, text string) string {
	if s.Homes < 2 || s.Home.ID == 0 {
		return text
	}
	return called(s.Home, true) + "：\n" + text
}
