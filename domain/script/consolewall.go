package script

import (
	"fmt"
	"strings"

	"github.com/xiangfeng/xiangfeng/domain/calendar"
	"github.com/xiangfeng/xiangfeng/domain/household"
	"github.com/xiangfeng/xiangfeng/domain/ledger"
	"github.com/xiangfeng/xiangfeng/domain/quarter"
)

// What the wall sheet says, on paper and as a workbook.

// The wall sheet's sentences that need no facts.
const (
	WallTitle   = "积分公示榜"
	WallRank    = "名次"
	WallNumber  = "户号"
	WallHead    = "户主"
	WallGained  = "本季"
	WallScore   = "总分"
	WallMark    = "异议"
	WallDraft   = "草稿"
	WallNewHome = "新户"
	WallCode    = "校验码"
	WallChain   = "账本号"
	WallScan    = "微信扫码，查真假"
	WallAlt     = "查这张榜真假的二维码"
	WallLate    = "补记：以前的事，这一季度才算上"
	WallErrata  = "勘误：以前的分，后来改正"
	WallPaper   = "纸张"
	WallPrint   = "打印"
	WallTable   = "存成 Excel"
	WallNobody  = "这个村还没有能上榜的户。"
	WallHow     = "打印时缩放选“实际大小”或 100%，页眉页脚不要勾。墙上建议用 A3 纸。"
	WallIsDraft = "这是草稿，还没公示，分数还会变。草稿没有校验码，不能贴出去。"
	WallToCome  = "这一季度还没过完，没有公示榜。"
	WallBoardA3 = "A3"
	WallBoardA4 = "A4"
)

// DraftWall is the sheet to come as it would hang: names as the board writes
// them, and nothing of sensitive items.
func DraftWall(p Preview, s Season, at Place) Wall {
	w := Wall{Season: s, Place: at}
	w.Edition, w.Code = p.Edition, ""
	for _, r := range p.ByRank() {
		h := p.Homes[r.Household]
		w.Rows = append(w.Rows, WallRow{Row: r, Number: h.Number, Name: household.Shown(h.Head, at.Board)})
	}
	w.List(p.Late, p.Errata, p.Homes)
	return w
}

// List adds 补记 and 勘误 as the board may show them.
func (w *Wall) List(late []quarter.Late, errata []quarter.Erratum, homes Names) {
	line := func(id household.ID) WallLine {
		h := homes[id]
		return WallLine{Household: id, Number: h.Number, Name: household.Shown(h.Head, w.Place.Board)}
	}
	for _, l := range late {
		if !l.Public {
			w.LateHidden++
			continue
		}
		one := line(l.Household)
		one.Title, one.Tenths, one.On = l.Title, l.Tenths, l.OccurredOn
		w.Late = append(w.Late, one)
	}
	for _, e := range errata {
		if !e.Public {
			w.ErrataHidden++
			continue
		}
		one := line(e.Household)
		one.Line, one.Year, one.Title, one.Tenths, one.Reason = e.Line, e.Year, e.Title, e.Tenths, e.Reason
		w.Errata = append(w.Errata, one)
	}
}

// Where names the village with its township.
func (w Wall) Where() string { return w.Place.Township + w.Place.Name }

// When names the quarter and, from the second on, the edition.
func (w Wall) When() string { return editionOf(w.Q, w.Edition) }

func editionOf(q calendar.Quarter, n int) string {
	if n > 1 {
		return season(q, 0) + fmt.Sprintf("（更正，第%d版）", n)
	}
	return season(q, 0)
}

// Days tells how long the sheet hangs, or that it is over; "" of a draft.
func (w Wall) Days() string {
	if w.PublishedOn.IsZero() {
		return ""
	}
	last := w.SealOn().AddDays(-1)
	text := fmt.Sprintf("%s到%s公示，首尾两天都算", day(w.PublishedOn, 0), day(last, w.PublishedOn.Year))
	if !w.SealedOn.IsZero() {
		text = fmt.Sprintf("%s到%s公示，已公示完", day(w.PublishedOn, 0), day(last, w.PublishedOn.Year))
	}
	return text
}

// Object tells how to object, and until when.
func (w Wall) Object() string {
	last := calendar.Date{}
	switch {
	case w.PublishedOn.IsZero():
		return "贴出以后，觉得不对的可以提异议。"
	case w.SealedOn.IsZero():
		last = w.SealOn().AddDays(-1)
	default:
		last = calendar.ObjectionUntil(w.SealedOn, calendar.DefaultObjectionDays)
	}
	return fmt.Sprintf("觉得自家的分不对，请在%s前（含当天）提：微信里打开本地“乡风积分”公众号，发“异议”。没有微信的，请找%s。",
		day(last, 0), w.Place.Whom())
}

// ChainWords are the ledger's head as it is printed.
func (w Wall) ChainWords() string { return chainWords(w.Head) }

func chainWords(h ledger.Head) string { return fmt.Sprintf("第%d条 %s", h.Seq, h.Signs()) }

// Place of a row as it is printed.
func (r WallRow) Place() string {
	if r.Rank == 0 {
		return WallNewHome
	}
	return digits(r.Rank)
}

// Marked tells whether a row has lines that were sealed in dispute.
func (w Wall) Marked() bool {
	for _, r := range w.Rows {
		if r.Contested > 0 {
			return true
		}
	}
	return false
}

// WallPart is a list below the rows.
type WallPart struct {
	Title string
	Lines []string
}

// Parts are what stands below the rows: marks, 补记, 勘误 and who signed.
func (w Wall) Parts() []WallPart {
	var parts []WallPart
	if w.Marked() {
		parts = append(parts, WallPart{Lines: []string{"标“异议”的户，公示完时还有分没查清，先照现在的算；查清改了的，写进下一张榜的勘误。"}})
	}
	late := make([]string, 0, len(w.Late))
	for _, l := range w.Late {
		late = append(late, fmt.Sprintf("%s %s：%s %s %s分", l.Number, l.Name, day(l.On, 0), l.Title, l.Tenths.Signed()))
	}
	errata := make([]string, 0, len(w.Errata))
	for _, e := range w.Errata {
		text := fmt.Sprintf("%s %s：%d年第%d条 %s，改了%s分", e.Number, e.Name, e.Year, e.Line, e.Title, e.Tenths.Signed())
		if e.Reason != "" {
			text += "。原因：" + e.Reason
		}
		errata = append(errata, text)
	}
	for _, p := range []WallPart{{WallLate, hidden(late, w.LateHidden)}, {WallErrata, hidden(errata, w.ErrataHidden)}} {
		if len(p.Lines) > 0 {
			parts = append(parts, p)
		}
	}
	if len(w.Signers) > 0 {
		parts = append(parts, WallPart{Lines: []string{"签字：" + strings.Join(w.Signers, "、") + "。公示人：" + w.Publisher + "。"}})
	}
	return parts
}

// hidden adds how many lines are of items that no board names.
func hidden(lines []string, n int) []string {
	if n > 0 {
		lines = append(lines, fmt.Sprintf("另有%d条，按规定不写明是谁、什么事。", n))
	}
	return lines
}

// WallPage numbers a page of the sheet.
func WallPage(n, of int) string { return fmt.Sprintf("第%d/%d页", n, of) }

// WallHomes says how many households are on the sheet.
func WallHomes(w Wall) string {
	return fmt.Sprintf("共%d户。名次按总分排，总分从每年的基础分算起；本季是这一季度加减的分。", len(w.Rows))
}

// WallFile names the workbook.
func WallFile(w Wall) string {
	name := w.Place.Name + season(w.Q, 0) + WallTitle
	if w.Code == "" {
		return name + "（" + WallDraft + "）"
	}
	return name + " " + w.Code
}

// WallTops are the columns of the sheet as a workbook.
func WallTops() []string {
	return []string{WallRank, WallNumber, WallHead, WallGained, WallScore, WallMark}
}

// WallFacts are what stands above the rows of the workbook.
func WallFacts(w Wall) []string {
	if w.Code == "" {
		return []string{w.Where() + " " + w.When() + " " + WallTitle, WallIsDraft, WallHomes(w)}
	}
	return []string{
		w.Where() + " " + w.When() + " " + WallTitle, WallCode + " " + w.Code + "　" + WallChain + " " + w.ChainWords(), w.Days() + "。" + w.Object(), WallHomes(w),
	}
}
