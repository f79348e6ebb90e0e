package script

import (
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/xiangfeng/xiangfeng/domain/calendar"
	"github.com/xiangfeng/xiangfeng/domain/ledger"
)

// Points answers 积分 with what can be redeemed at now.
func Points(s Standing, now time.Time) string {
	name := called(s.Home, s.Homes > 1)
	if len(s.Accounts) == 0 {
		return rows(name+"还没有积分账。", "请问"+s.Place.Whom())
	}
	body := rows(name+scores(s.Accounts, now), pending(s), place(s.Sheet, now), purse(s, now))
	return withNewest(body, s.Accounts[0], "看每一条，请回：明细")
}

// scores tells the newest year's score, and last year's while it can still be spent.
func scores(accounts []Account, now time.Time) string {
	newest, year := accounts[0], calendar.DateOf(now).Year
	when := fmt.Sprintf("%d年", newest.Year)
	if newest.Year == year {
		when = "今年"
	}
	text := when + "积分" + newest.Score.String() + "分"
	if len(accounts) > 1 && newest.Year == year && accounts[1].Year == year-1 && accounts[1].State == ledger.Open {
		text += fmt.Sprintf("，%d年%s分", accounts[1].Year, accounts[1].Score)
	}
	return text
}

func pending(s Standing) string {
	if s.Pending == 0 {
		return ""
	}
	return fmt.Sprintf("待确认%d条共%s分，还没算进去", s.Pending, s.PendingSum.Signed())
}

func place(p *Placing, now time.Time) string {
	switch {
	case p == nil:
		return "还没上过公示榜，没有排名"
	case p.Rank == 0:
		return season(p.Quarter, calendar.DateOf(now).Year) + "新入户，不排名"
	}
	return fmt.Sprintf("%s排第%d，共排%d户%s", season(p.Quarter, calendar.DateOf(now).Year), p.Rank, p.Of, hanging(p.Sealed))
}

func hanging(sealed bool) string {
	if sealed {
		return ""
	}
	return "（公示中）"
}

// The shortest a title is cut to before a line is left out, and the longest there is room for.
const (
	shortTitle = 5
	longTitle  = 24
)

// withNewest puts the newest lines between body and foot as far as they fit:
// titles are cut first, alike, then a line goes.
func withNewest(body string, a Account, foot string) string {
	left := Characters - utf8.RuneCountInString(body) - utf8.RuneCountInString(foot) - 1
	for n := min(2, len(a.Newest)); n > 0; n-- {
		bare := 0
		for _, l := range a.Newest[:n] {
			bare += 1 + utf8.RuneCountInString(l.brief(0, a.Year))
		}
		for _, title := range []int{longTitle, (left - bare) / n} {
			if text := briefly(body, a.Newest[:n], title, a.Year, foot); title >= shortTitle && Fits(text) {
				return text
			}
		}
	}
	return rows(body, foot)
}

func briefly(body string, lines []Line, title, year int, foot string) string {
	var b strings.Builder
	b.WriteString(body)
	for _, l := range lines {
		b.WriteString("\n" + l.brief(title, year))
	}
	b.WriteString("\n" + foot)
	return b.String()
}
