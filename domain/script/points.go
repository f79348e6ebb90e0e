package script

import (
	"fmt"
	"time"

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
		return "村里还没公示过，没有排名"
	case p.Rank == 0:
		return season(p.Quarter, calendar.DateOf(now).Year) + "新入户，不排名"
	}
	return fmt.Sprintf("%s排第%d，全村%d户%s", season(p.Quarter, calendar.DateOf(now).Year), p.Rank, p.Of, hanging(p.Sealed))
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
// titles are cut first, then a line goes.
func withNewest(body string, a Account, foot string) string {
	for n := min(2, len(a.Newest)); n > 0; n-- {
		for title := longTitle; title >= shortTitle; title-- {
			text := body
			for _, l := range a.Newest[:n] {
				text += "\n" + l.brief(title, a.Year)
			}
			if text += "\n" + foot; Fits(text) {
				return text
			}
		}
	}
	return rows(body, foot)
}
