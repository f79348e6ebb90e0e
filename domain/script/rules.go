package script

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/xiangfeng/xiangfeng/domain/catalogue"
	"github.com/xiangfeng/xiangfeng/domain/points"
)

// Rulebook is what stands above items of a village's catalogue.
type Rulebook struct {
	Standing Standing
	Year     int
	// About is what was asked for, such as a category; empty for all.
	About string
}

func (r Rulebook) String() string {
	title := r.Standing.Place.Name + fmt.Sprintf("%d年细则", r.Year)
	if r.About != "" {
		title += "·" + clip(r.About, longAbout)
	}
	if r.Standing.Homes > 1 {
		title = called(r.Standing.Home, true) + "，" + title
	}
	return title
}

// longAbout is how much of what somebody asked for is read back.
const longAbout = 10

const (
	rulesMore = "后面还有，请回：更多"
	rulesEnd  = "就这些。看别的，请回：细则"
)

func (r Rulebook) room() int {
	foot := max(utf8.RuneCountInString(rulesMore), utf8.RuneCountInString(rulesEnd))
	return Characters - utf8.RuneCountInString(r.String()) - foot - 1
}

// SplitRules tells how many items each page holds. Together the pages hold each
// item once, in order, and no page is empty.
func SplitRules(r Rulebook, items []catalogue.Item) []int {
	var pages []int
	left, count := r.room(), 0
	for _, i := range items {
		need := 1 + utf8.RuneCountInString(r.rule(i))
		if count > 0 && (need > left || count == Rows-2) {
			pages, left, count = append(pages, count), r.room(), 0
		}
		left -= need
		count++
	}
	if count > 0 {
		pages = append(pages, count)
	}
	return pages
}

// RulesPage words one page of items; more tells whether another follows.
func RulesPage(r Rulebook, items []catalogue.Item, more bool) string {
	foot := rulesEnd
	if more {
		foot = rulesMore
	}
	written := []string{r.String()}
	for _, i := range items {
		written = append(written, r.rule(i))
	}
	return rows(append(written, foot)...)
}

// rule words an item, its title cut so that it fits under its heading with no other.
func (r Rulebook) rule(i catalogue.Item) string {
	end := " " + i.Value.Signed() + "分，" + often(i)
	if i.WarnFirst {
		end += "，先提醒再扣"
	}
	left := r.room() - 1 - utf8.RuneCountInString(end)
	return clip(i.Title, max(shortTitle, left)) + end
}

// units say how often an item counts, and cases for what.
var units = map[catalogue.Unit]string{
	catalogue.ByMonth: "每月一次", catalogue.ByQuarter: "每季度一次", catalogue.ByYear: "每年一次", catalogue.Once: "只算一次",
	"time": "每次", "day": "每天", "case": "每件", "project": "每个项目", "decision": "凭处理决定", "¥100": "每100元",
}

func often(i catalogue.Item) string {
	text := units[i.Unit]
	if text == "" {
		text = "每" + clip(string(i.Unit), shortTitle)
	}
	for _, c := range []struct {
		span string
		cap  points.Tenths
		said bool // the unit says it already
	}{
		{"每月", i.Caps.Month, i.Unit == catalogue.ByMonth},
		{"每季度", i.Caps.Quarter, i.Unit == catalogue.ByQuarter},
		{"每年", i.Caps.Year, i.Unit == catalogue.ByYear},
		{"总共", i.Caps.Ever, i.Unit == catalogue.Once},
	} {
		if c.cap > 0 && !c.said {
			text += "，" + c.span + "最多" + c.cap.String() + "分"
		}
	}
	return text
}

// RulesMenu answers 细则 with the categories, numbered; sign is 1 where only
// what adds is asked for, -1 for what takes away, 0 for both.
func RulesMenu(r Rulebook, categories []string, sign int) string {
	what := map[int]string{0: "加分扣分的事", 1: "加分的事", -1: "扣分的事"}[sign]
	var list strings.Builder
	for n, c := range categories {
		list.WriteString("\n" + digits(n+1) + " " + clip(c, longAbout))
	}
	for {
		text := r.String() + "，" + what + "，看哪一类？" + list.String() + "\n请回数字，也可以直接问，比如：打牌扣几分"
		if Fits(text) || list.Len() == 0 {
			return text
		}
		cut := list.String()
		list.Reset()
		list.WriteString(cut[:strings.LastIndex(cut, "\n")])
	}
}

// NoRule tells that the catalogue has nothing about what was asked.
func NoRule(r Rulebook) string {
	return rows(r.String(), "细则里没找到这件事，可能不加分也不扣分。", "看有哪些，请回：细则；拿不准请问"+r.Standing.Place.Whom())
}

// NoRules tells that the village has adopted no catalogue for the year.
func NoRules(r Rulebook) string {
	return rows(r.String()+"还没有定下来。", "请问"+r.Standing.Place.Whom())
}
