package script

import (
	"fmt"
	"strings"
	"time"

	"github.com/xiangfeng/xiangfeng/domain/calendar"
	"github.com/xiangfeng/xiangfeng/domain/ledger"
	"github.com/xiangfeng/xiangfeng/domain/points"
)

// purse tells what can be redeemed now and until when, or from when and how
// much that would be by what is sealed today (PRODUCT 2.4, 2.11).
func purse(s Standing, now time.Time) string {
	var open []Account
	for i := len(s.Accounts) - 1; i >= 0; i-- { // the older is spent first
		if a := s.Accounts[i]; a.Spendable(a.end(), now) {
			open = append(open, a)
		}
	}
	if len(open) == 0 {
		return later(s, now)
	}
	var parts []string
	for _, a := range open {
		if amount := a.Redeemable(s.Progress); amount > 0 {
			parts = append(parts, a.whose(now)+"现在能兑换"+amount.String()+"分，"+a.until(now)+a.kept(s.Progress))
		}
	}
	if len(parts) == 0 {
		return "现在没有能兑换的分：" + open[len(open)-1].why(s.Progress)
	}
	return strings.Join(parts, "；")
}

// later tells what can be redeemed when the next window opens.
func later(s Standing, now time.Time) string {
	today, next := calendar.DateOf(now), calendar.NextWindow(now)
	var parts []string
	for i := len(s.Accounts) - 1; i >= 0; i-- {
		a := s.Accounts[i]
		switch {
		case a.State == ledger.Closed && next.From.Before(a.Grace):
			parts = append(parts, a.from(day(calendar.DateOf(next.From), today.Year)+"起", now, s.Progress))
		case a.State != ledger.Open || a.end().Lapsed(now):
		case a.Year == today.Year-1:
			parts = append(parts, a.from("第四季度公示后", now, s.Progress))
		case a.Year == today.Year && calendar.DateOf(next.From).Month == time.January:
			parts = append(parts, a.from("明年1月公示第四季度后", now, s.Progress))
		case a.Year == today.Year && (len(parts) == 0 || a.Redeemable(s.Progress) > 0):
			parts = append(parts, a.from(day(calendar.DateOf(next.From), today.Year)+"起", now, s.Progress))
		}
	}
	if len(parts) == 0 {
		return s.Accounts[0].over()
	}
	return strings.Join(parts, "；")
}

func (a Account) from(when string, now time.Time, p ledger.Progress) string {
	amount := a.Redeemable(p)
	if amount == 0 {
		return a.whose(now) + when + "能换东西，现在没有能换的：" + a.why(p)
	}
	return a.whose(now) + when + "能换东西，现在攒了" + amount.String() + "分" + a.kept(p)
}

// over tells of an account that is never spent again as it stands.
func (a Account) over() string {
	if a.State == ledger.Merged {
		return "这户已并到别的户，分转过去了"
	}
	return fmt.Sprintf("%d年的账已结清，没有能兑换的分", a.Year)
}

func (a Account) end() calendar.YearEnd {
	return calendar.YearEndOf(a.Year, orNil(a.Q4Published), orNil(a.Q4Sealed))
}

func orNil(d calendar.Date) *calendar.Date {
	if d.IsZero() {
		return nil
	}
	return &d
}

// whose names an older account's year; this year's goes without saying.
func (a Account) whose(now time.Time) string {
	if a.Year == calendar.DateOf(now).Year {
		return ""
	}
	return fmt.Sprintf("%d年的分", a.Year)
}

// until tells the last day on which an account that is open now can be spent.
func (a Account) until(now time.Time) string {
	year := calendar.DateOf(now).Year
	lastOf := func(t time.Time) string { return "到" + day(calendar.DateOf(t).AddDays(-1), year) }
	window, _ := calendar.WindowOf(now)
	end := a.end()
	switch {
	case a.State == ledger.Closed && !window.Until.Before(a.Grace):
		return lastOf(a.Grace) + "，过期清零"
	case a.State == ledger.Closed || a.Year == year:
		return lastOf(window.Until)
	case end.Final:
		return lastOf(end.Lapse) + "，过期清零"
	case now.Before(end.Lapse):
		return "至少" + lastOf(end.Lapse)
	}
	return "第四季度公示完后还能换14天"
}

// kept explains what a published quarter will take away.
func (a Account) kept(p ledger.Progress) string {
	held := a.Held(p)
	if held == 0 {
		return ""
	}
	return "（公示中要扣的" + held.String() + "分已留出）"
}

// why explains that nothing can be redeemed.
func (a Account) why(p ledger.Progress) string {
	claim := a.Claim()
	switch {
	case claim < 0:
		// Not only from what was spent: deductions alone can do it.
		return "扣的换的比加的多" + points.Tenths(-claim).String() + "分，以后得的先补上"
	case claim > 0:
		return "公示中要扣" + a.Held(p).String() + "分，先留着"
	}
	return "100分基础分不能换，加的分公示完才能换"
}
