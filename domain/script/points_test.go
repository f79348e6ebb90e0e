package script_test

import (
	"strings"
	"testing"
	"time"

	"github.com/xiangfeng/xiangfeng/domain/calendar"
	"github.com/xiangfeng/xiangfeng/domain/ledger"
	"github.com/xiangfeng/xiangfeng/domain/points"
	"github.com/xiangfeng/xiangfeng/domain/script"
)

func instant(t *testing.T, s string) time.Time {
	t.Helper()
	at, err := time.ParseInLocation("2006-01-02 15:04", s, calendar.Shanghai)
	if err != nil {
		t.Fatal(err)
	}
	return at
}

// account is a year with a claim, in points.
func account(year, claim int) script.Account {
	return script.Account{Account: ledger.Account{Year: year, State: ledger.Open, Score: points.Base + points.Whole(claim), Settled: points.Whole(claim)}}
}

// published adds the days on which the fourth quarter was published and sealed.
func published(a script.Account, on, sealed calendar.Date) script.Account {
	a.Q4Published, a.Q4Sealed = on, sealed
	return a
}

func closed(a script.Account, grace calendar.Date) script.Account {
	a.State = ledger.Closed
	if !grace.IsZero() {
		a.Grace = grace.Start()
	}
	return a
}

func waiting(a script.Account, quarter, whole int) script.Account {
	a.Waiting[quarter-1] = points.Whole(whole)
	return a
}

func merged(a script.Account) script.Account {
	a.State = ledger.Merged
	return a
}

// TestRedeemable reads the row of 积分 that tells what can be redeemed, in each
// season of the scheme.
func TestRedeemable(t *testing.T) {
	t.Parallel()
	none := calendar.Date{}
	third := ledger.Progress{Sealed: calendar.Quarter{Year: 2026, N: 3}}
	hangs := ledger.Progress{Sealed: calendar.Quarter{Year: 2026, N: 2}, Published: calendar.Quarter{Year: 2026, N: 3}}
	for _, test := range []struct {
		name     string
		now      string
		progress ledger.Progress
		accounts []script.Account
		want     string
	}{
		{"a window of this year", "2026-10-15 10:00", third, []script.Account{account(2026, 30)}, "现在能兑换30分，到10月31日"},
		{"its last minute", "2026-10-31 23:59", third, []script.Account{account(2026, 30)}, "现在能兑换30分，到10月31日"},
		{"after it, the next one is January's", "2026-11-01 00:00", third, []script.Account{account(2026, 30)}, "明年1月公示第四季度后能换东西，现在攒了30分"},
		{"between windows", "2026-08-01 00:00", third, []script.Account{account(2026, 30)}, "10月1日起能换东西，现在攒了30分"},
		{"held points bite", "2026-10-15 10:00", hangs, []script.Account{waiting(account(2026, 30), 3, -12)}, "现在能兑换18分，到10月31日（公示中要扣的12分已留出）"},
		{"a quarter that adds holds nothing", "2026-10-15 10:00", hangs, []script.Account{waiting(account(2026, 30), 3, 12)}, "现在能兑换30分，到10月31日"},
		{"held points take all", "2026-10-15 10:00", hangs, []script.Account{waiting(account(2026, 10), 3, -12)}, "现在没有能兑换的分：公示中要扣12分，先留着"},
		{"a claim below 0", "2026-10-15 10:00", third, []script.Account{account(2026, -7)}, "现在没有能兑换的分：扣的换的比加的多7分，以后得的先补上"},
		{"a claim below 0 between windows", "2026-08-15 10:00", third, []script.Account{account(2026, -7)}, "10月1日起能换东西，现在没有能换的：扣的换的比加的多7分，以后得的先补上"},
		{"base only", "2026-07-02 10:00", third, []script.Account{account(2026, 0)}, "现在没有能兑换的分：100分基础分不能换，加的分公示完才能换"},
		{
			"January before the sheet", "2027-01-03 10:00", third,
			[]script.Account{account(2027, 0), account(2026, 30)},
			"2026年的分第四季度公示后能换东西，现在攒了30分",
		},
		{
			"January with the sheet hanging", "2027-01-07 10:00", third,
			[]script.Account{account(2027, 0), published(account(2026, 30), calendar.On(2027, 1, 6), none)},
			"2026年的分现在能兑换30分，至少到1月31日",
		},
		{
			"January with the sheet sealed", "2027-01-20 10:00", third,
			[]script.Account{account(2027, 0), published(account(2026, 30), calendar.On(2027, 1, 6), calendar.On(2027, 1, 13))},
			"2026年的分现在能兑换30分，到1月31日，过期清零",
		},
		{
			"sealed late", "2027-02-01 10:00", third,
			[]script.Account{account(2027, 0), published(account(2026, 30), calendar.On(2027, 1, 12), calendar.On(2027, 1, 20))},
			"2026年的分现在能兑换30分，到2月3日，过期清零",
		},
		{
			"not sealed when the earliest end is over", "2027-02-10 10:00", third,
			[]script.Account{account(2027, 0), published(account(2026, 30), calendar.On(2027, 1, 12), none)},
			"2026年的分现在能兑换30分，第四季度公示完后还能换14天",
		},
		{
			"lapsed, the closing job still to come", "2027-02-01 00:10", third,
			[]script.Account{account(2027, 0), published(account(2026, 30), calendar.On(2027, 1, 6), calendar.On(2027, 1, 13))},
			"4月1日起能换东西，现在没有能换的：100分基础分不能换，加的分公示完才能换",
		},
		{
			"two accounts at once, the older first", "2027-04-10 10:00", third,
			[]script.Account{account(2027, 12), closed(account(2026, 5), calendar.On(2027, 5, 1))},
			"2026年的分现在能兑换5分，到4月30日，过期清零；现在能兑换12分，到4月30日",
		},
		{
			"a closed account before its window", "2027-03-10 10:00", third,
			[]script.Account{account(2027, 12), closed(account(2026, 5), calendar.On(2027, 5, 1))},
			"2026年的分4月1日起能换东西，现在攒了5分；4月1日起能换东西，现在攒了12分",
		},
		{"no account of this year yet", "2027-03-10 10:00", third, []script.Account{closed(account(2026, 0), none)}, "2026年的账已结清，没有能兑换的分"},
		{"merged", "2026-10-10 10:00", third, []script.Account{merged(account(2026, 0))}, "这户已并到别的户，分转过去了"},
	} {
		s := script.Standing{Person: 1, Homes: 1, Home: script.Home{ID: 1, Head: "王桂兰"}, Progress: test.progress, Accounts: test.accounts}
		text := script.Points(s, instant(t, test.now))
		rows := strings.Split(text, "\n")
		if got := rows[2]; got != test.want {
			t.Errorf("%s: %q, want %q", test.name, got, test.want)
		}
	}
}

// TestScores reads the first row: whose score of which year.
func TestScores(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name     string
		now      string
		homes    int
		accounts []script.Account
		want     string
	}{
		{"this year", "2026-11-24 10:00", 1, []script.Account{account(2026, 25), account(2025, 5)}, "王桂兰家今年积分125分，2025年105分"},
		{"last year's is over", "2026-11-24 10:00", 1, []script.Account{account(2026, 25), closed(account(2025, 5), calendar.Date{})}, "王桂兰家今年积分125分"},
		{"the newest is not this year's", "2027-01-02 10:00", 1, []script.Account{account(2026, 25)}, "王桂兰家2026年积分125分"},
		{"below 0", "2026-11-24 10:00", 1, []script.Account{account(2026, -130)}, "王桂兰家今年积分-30分"},
		{"two households", "2026-11-24 10:00", 2, []script.Account{account(2026, 25)}, "王桂兰家（HQ-0031）今年积分125分"},
		{"no account at all", "2026-11-24 10:00", 1, nil, "王桂兰家还没有积分账。"},
	} {
		s := script.Standing{Homes: test.homes, Home: script.Home{ID: 1, Head: "王桂兰", Number: "HQ-0031"}, Accounts: test.accounts}
		got, _, _ := strings.Cut(script.Points(s, instant(t, test.now)), "\n")
		if got != test.want {
			t.Errorf("%s: %q, want %q", test.name, got, test.want)
		}
	}
}

// TestSheetDown: that the newest sheet came down is said before an older one is.
func TestSheetDown(t *testing.T) {
	t.Parallel()
	p := script.Published{
		Home: script.Home{ID: 1, Head: "王桂兰"}, Place: script.Place{Name: "黄桥村"}, Quarter: calendar.Quarter{Year: 2026, N: 3},
		Code: "K7QM", PublishedOn: calendar.On(2026, 10, 4), SealedOn: calendar.On(2026, 10, 11), Households: 68, Down: calendar.Quarter{Year: 2026, N: 4},
	}
	now := instant(t, "2027-01-05 09:00")
	if text := script.Sheet(p, false, now); !strings.HasPrefix(text, "2026年第四季度的公示撤下来了，更正后再贴\n黄桥村2026年第三季度公示，校验码K7QM\n") {
		t.Errorf("%q", text)
	}
	p.None = true
	if text := script.Sheet(p, false, now); !strings.HasPrefix(text, "黄桥村2026年第四季度的公示撤下来了") || strings.Contains(text, "还没公示过") {
		t.Errorf("%q", text)
	}
}

// TestSheetDays reads until when a line can be objected to.
func TestSheetDays(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name, now         string
		published, sealed calendar.Date
		want              string
	}{
		{"the first day", "2026-10-04 09:00", calendar.On(2026, 10, 4), calendar.Date{}, "正在公示，10月10日前（含当天）能提意见，还剩6天"},
		{"the last day", "2026-10-10 23:59", calendar.On(2026, 10, 4), calendar.Date{}, "正在公示，今天是提意见的最后一天"},
		{"over, not sealed yet", "2026-10-11 00:00", calendar.On(2026, 10, 4), calendar.Date{}, "公示期已满，就要定下，有意见请马上提"},
		{"sealed", "2026-10-12 09:00", calendar.On(2026, 10, 4), calendar.On(2026, 10, 11), "10月11日公示完了，11月10日前（含当天）能提意见，还剩29天"},
		{"the thirtieth day", "2026-11-10 09:00", calendar.On(2026, 10, 4), calendar.On(2026, 10, 11), "10月11日公示完了，今天是提意见的最后一天"},
		{"over", "2026-11-11 09:00", calendar.On(2026, 10, 4), calendar.On(2026, 10, 11), "10月11日公示完了，提意见的日子已过"},
		{"in another year", "2027-01-12 09:00", calendar.On(2026, 12, 30), calendar.On(2027, 1, 8), "1月8日公示完了，2月7日前（含当天）能提意见，还剩26天"},
	} {
		p := script.Published{
			Home: script.Home{ID: 1, Head: "王桂兰"}, Place: script.Place{Name: "黄桥村", Desk: "孙会计"}, Quarter: calendar.Quarter{Year: 2026, N: 3},
			Code: "K7QM", PublishedOn: test.published, SealedOn: test.sealed, Households: 68,
		}
		text := script.Sheet(p, false, instant(t, test.now))
		if !strings.Contains(text, "\n"+test.want+"\n") {
			t.Errorf("%s: want %q in %q", test.name, test.want, text)
		}
		if past := strings.Contains(test.want, "已过"); strings.Contains(text, "请回：异议") == past {
			t.Errorf("%s: how to object is wrong in %q", test.name, text)
		}
	}
}
