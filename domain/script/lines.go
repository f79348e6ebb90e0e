package script

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/xiangfeng/xiangfeng/domain/calendar"
	"github.com/xiangfeng/xiangfeng/domain/ledger"
)

// Heading is what stands above a page of 明细.
type Heading struct {
	Home    Home
	Several bool // the person has several households
	Year    int
	Quarter int // 0: the whole year
	Minus   bool
}

func (h Heading) span() string {
	text := called(h.Home, h.Several) + fmt.Sprintf("%d年", h.Year)
	if h.Quarter != 0 {
		text += season(calendar.Quarter{Year: h.Year, N: h.Quarter}, h.Year)
	}
	return text
}

func (h Heading) String() string {
	if h.Minus {
		return h.span() + "扣分明细"
	}
	return h.span() + "明细"
}

// What a page of 明细 ends with.
const (
	footMore = "后面还有，请回：更多"
	footEnd  = "就这些。看总分请回：积分"
)

// room is how many characters the lines of a page have, with a line break each.
func (h Heading) room() int {
	foot := max(utf8.RuneCountInString(footMore), utf8.RuneCountInString(footEnd))
	return Characters - utf8.RuneCountInString(h.String()) - foot - 1
}

// Split tells how many lines each page under a heading holds. Together the
// pages hold each line once, in order, and no page is empty.
func Split(h Heading, lines []Line) []int {
	var pages []int
	left, count := h.room(), 0
	for _, l := range lines {
		need := 1 + utf8.RuneCountInString(l.full(h))
		if count > 0 && (need > left || count == Rows-2) {
			pages = append(pages, count)
			left, count = h.room(), 0
		}
		left -= need
		count++
	}
	if count > 0 {
		pages = append(pages, count)
	}
	return pages
}

// LinesPage words one page of 明细; more tells whether another follows.
func LinesPage(h Heading, lines []Line, more bool) string {
	foot := footEnd
	if more {
		foot = footMore
	}
	if len(lines) == 0 {
		return none(h)
	}
	full, brief := []string{h.String()}, []string{h.String()}
	for _, l := range lines {
		full = append(full, l.full(h))
		brief = append(brief, l.brief(shortTitle, h.Year))
	}
	return firstFit(rows(append(full, foot)...), rows(append(brief, foot)...))
}

func none(h Heading) string {
	what := "没有记录。"
	if h.Minus {
		what = "没有扣过分。"
	}
	if h.Quarter != 0 || h.Minus {
		return rows(h.span()+what, "看这一年的，请回：明细")
	}
	return rows(h.span()+what, "看总分请回：积分")
}

// longReason is how much of a reason is read out in chat.
const longReason = 16

// full words a line with who recorded and confirmed it, cut so that it fits
// under its heading with no other line.
func (l Line) full(h Heading) string {
	start := l.label() + " " + day(l.OccurredOn, h.Year) + " "
	end := " " + l.Tenths.Signed() + "分" + l.notes() + l.people()
	if l.Reason != "" {
		end += "，" + clip(l.Reason, longReason)
	}
	left := h.room() - 1 - utf8.RuneCountInString(start+end)
	return start + clip(l.what(), max(shortTitle, left)) + end
}

// brief words a line without people, its title cut to so many characters.
func (l Line) brief(title, year int) string {
	return l.label() + " " + day(l.OccurredOn, year) + " " + clip(l.what(), title) + " " + l.Tenths.Signed() + "分"
}

func (l Line) label() string {
	if l.Pending() {
		return "待确认"
	}
	return line(l.No)
}

// what names a line.
func (l Line) what() string {
	switch l.Kind {
	case ledger.Correction:
		if l.Corrects == 0 {
			return "更正" + titled(l.Title)
		}
		return "把" + line(l.Corrects) + "改过来" + titled(l.Title)
	case ledger.Redemption:
		return "兑换" + titled(l.Title)
	case ledger.Return:
		return "退货" + line(l.Corrects) + titled(l.Title)
	}
	if name := kinds[l.Kind]; name != "" {
		return name
	}
	return l.Title
}

// line names another line of the same account, or nothing for 0.
func line(no int) string {
	if no == 0 {
		return ""
	}
	return fmt.Sprintf("第%d条", no)
}

func titled(title string) string {
	if title == "" {
		return ""
	}
	return "：" + title
}

var kinds = map[ledger.Kind]string{
	ledger.BaseKind:      "基础分",
	ledger.Opening:       "以前纸账上的分",
	ledger.Award:         "服务奖励",
	ledger.Transfer:      "并户转分",
	ledger.Reinstatement: "补回的分",
	ledger.Lapse:         "过期清零",
	ledger.WriteOff:      "欠分销账",
}

// notes tell what is out of the ordinary: recorded late, apart from the rank, or
// objected to.
func (l Line) notes() string {
	var notes strings.Builder
	if own := calendar.QuarterOf(l.OccurredOn); l.Kind == ledger.EventKind && own.Before(l.CountsIn) {
		notes.WriteString("，补记到" + season(l.CountsIn, l.CountsIn.Year))
	}
	if !l.Pending() && !(ledger.Entry{Root: l.Root}).Scored() {
		notes.WriteString("，不影响排名")
	}
	if l.Mark != Unmarked {
		notes.WriteString("，" + marks[l.Mark])
	}
	return notes.String()
}

func (l Line) people() string {
	recorded, confirmed := "记录", "确认"
	if l.Kind == ledger.Correction { // who objected, and who decided
		recorded, confirmed = "提出", "决定"
	}
	switch {
	case l.Recorder == "" && l.Confirmer == "":
		return ""
	case l.Confirmer == "":
		return "（" + l.Recorder + recorded + "）"
	case l.Recorder == "":
		return "（" + l.Confirmer + confirmed + "）"
	}
	return "（" + l.Recorder + recorded + "，" + l.Confirmer + confirmed + "）"
}
