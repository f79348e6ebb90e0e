package script_test

import (
	"fmt"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"pgregory.net/rapid"

	"github.com/xiangfeng/xiangfeng/domain/calendar"
	"github.com/xiangfeng/xiangfeng/domain/catalogue"
	"github.com/xiangfeng/xiangfeng/domain/ledger"
	"github.com/xiangfeng/xiangfeng/domain/points"
	"github.com/xiangfeng/xiangfeng/domain/script"
)

// The longest data that a county has: a head of six characters, the longest
// title of the catalogue, a village of twelve characters with a desk to call.
var (
	longHome  = script.Home{ID: 31, Number: "HQ-0031", Head: "欧阳上官司马"}
	longPlace = script.Place{
		Name: "东方红水库移民安置社区村", Desk: "移民安置社区积分小组欧阳上官（023-55501234）", Office: "镇积分办（023-55505678）",
	}
	longScore = points.Tenths(-98_765)
)

func longestTitle() string {
	longest := ""
	for _, item := range catalogue.County() {
		if utf8.RuneCountInString(item.Title) > utf8.RuneCountInString(longest) {
			longest = item.Title
		}
	}
	return longest
}

func longLine(no int) script.Line {
	return script.Line{
		No: no, Kind: ledger.EventKind, Root: ledger.EventKind, Title: longestTitle(), Tenths: -99_999,
		OccurredOn: calendar.On(2025, 12, 31), CountsIn: calendar.Quarter{Year: 2026, N: 4},
		Reason: strings.Repeat("说明", 40), Recorder: "欧阳上官司马", Confirmer: "司马上官欧阳",
	}
}

func longStanding() script.Standing {
	newest := script.Account{
		Account: ledger.Account{Year: 2027, State: ledger.Open, Score: longScore, Settled: 98_765, Waiting: [4]points.Tenths{-12_345}},
		Newest:  []script.Line{longLine(234), longLine(233)},
	}
	older := script.Account{
		Account:     ledger.Account{Year: 2026, State: ledger.Open, Score: longScore, Settled: 98_765, Waiting: [4]points.Tenths{0, 0, 0, -12_345}},
		Q4Published: calendar.On(2027, 1, 12),
	}
	return script.Standing{
		Person: 1, Homes: 2, Home: longHome, Place: longPlace, Accounts: []script.Account{newest, older},
		Progress: ledger.Progress{Sealed: calendar.Quarter{Year: 2026, N: 3}, Published: calendar.Quarter{Year: 2026, N: 4}},
		Pending:  123, PendingSum: -12_345,
		Sheet: &script.Placing{Quarter: calendar.Quarter{Year: 2026, N: 4}, Rank: 1888, Of: 2068, Score: longScore},
	}
}

func longRows(n, rank int) []script.Row {
	rows := make([]script.Row, n)
	for i := range rows {
		rows[i] = script.Row{Rank: rank, Name: "欧阳上官司马", Score: longScore, Own: i == n/2}
	}
	return rows
}

// TestPointsKeepWhatMatters shows that only the newest lines give way.
func TestPointsKeepWhatMatters(t *testing.T) {
	t.Parallel()
	text := script.Points(longStanding(), calendar.On(2027, 1, 20).Start())
	for _, part := range []string{"-9876.5分", "待确认123条共-1234.5分", "2026年第四季度排第1888，共排2068户（公示中）", "现在能兑换8642分，至少到2月2日", "已留出", "请回：明细"} {
		if !strings.Contains(text, part) {
			t.Errorf("%q is missing in %q", part, text)
		}
	}
}

// TestLineWords reads lines of every kind.
func TestLineWords(t *testing.T) {
	t.Parallel()
	spring := calendar.Quarter{Year: 2026, N: 2}
	line := func(no int, k, root ledger.Kind, title string, tenths points.Tenths) script.Line {
		return script.Line{No: no, Kind: k, Root: root, Title: title, Tenths: tenths, OccurredOn: calendar.On(2026, 5, 3), CountsIn: spring}
	}
	with := func(l script.Line, change func(*script.Line)) script.Line {
		change(&l)
		return l
	}
	for _, test := range []struct {
		line script.Line
		want string
	}{
		{line(1, ledger.BaseKind, ledger.BaseKind, "", 1000), "第1条 5月3日 基础分 +100分"},
		{line(2, ledger.Opening, ledger.Opening, "", 125), "第2条 5月3日 以前纸账上的分 +12.5分"},
		{with(line(3, ledger.EventKind, ledger.EventKind, "志愿服务", 30), func(l *script.Line) { l.Recorder, l.Confirmer = "孙会计", "周支书" }), "第3条 5月3日 志愿服务 +3分（孙会计记录，周支书确认）"},
		{with(line(0, ledger.EventKind, ledger.EventKind, "志愿服务", 30), func(l *script.Line) { l.Recorder = "孙会计" }), "待确认 5月3日 志愿服务 +3分（孙会计记录）"},
		{with(line(4, ledger.EventKind, ledger.EventKind, "志愿服务", 30), func(l *script.Line) { l.CountsIn.N = 3 }), "第4条 5月3日 志愿服务 +3分，补记到第三季度"},
		{with(line(5, ledger.EventKind, ledger.EventKind, "志愿服务", 30), func(l *script.Line) { l.OccurredOn.Year-- }), "第5条 2025年5月3日 志愿服务 +3分，补记到第二季度"},
		{with(line(6, ledger.Correction, ledger.EventKind, "乱倒垃圾", 30), func(l *script.Line) { l.Corrects, l.Reason = 2, "认错了人" }), "第6条 5月3日 把第2条改过来：乱倒垃圾 +3分，认错了人"},
		{line(7, ledger.Redemption, ledger.Redemption, "大米10斤", -155), "第7条 5月3日 兑换：大米10斤 -15.5分，不影响排名"},
		{with(line(8, ledger.Return, ledger.Redemption, "大米10斤", 155), func(l *script.Line) { l.Corrects = 7 }), "第8条 5月3日 退货第7条：大米10斤 +15.5分，不影响排名"},
		{line(9, ledger.Return, ledger.Return, "", 155), "第9条 5月3日 退货 +15.5分，不影响排名"},
		{line(10, ledger.Lapse, ledger.Lapse, "", -40), "第10条 5月3日 过期清零 -4分，不影响排名"},
		{line(11, ledger.WriteOff, ledger.WriteOff, "", 40), "第11条 5月3日 欠分销账 +4分，不影响排名"},
		{line(12, ledger.Award, ledger.Award, "", 40), "第12条 5月3日 服务奖励 +4分，不影响排名"},
		{line(13, ledger.Transfer, ledger.Transfer, "", -40), "第13条 5月3日 并户转分 -4分，不影响排名"},
		{line(14, ledger.Reinstatement, ledger.Reinstatement, "", 40), "第14条 5月3日 补回的分 +4分，不影响排名"},
	} {
		h := script.Heading{Home: script.Home{Head: "王桂兰"}, Year: 2026}
		want := "王桂兰家2026年明细\n" + test.want + "\n就这些。看总分请回：积分"
		if got := script.LinesPage(h, []script.Line{test.line}, false); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

// TestSplit shows for random lines that the pages hold each line once, in
// order, and that every page fits with all its people.
func TestSplit(t *testing.T) {
	t.Parallel()
	items := catalogue.County()
	rapid.Check(t, func(t *rapid.T) {
		h := script.Heading{
			Home: longHome, Several: rapid.Bool().Draw(t, "several"), Year: 2026,
			Quarter: rapid.IntRange(0, 4).Draw(t, "quarter"), Minus: rapid.Bool().Draw(t, "minus"),
		}
		lines := make([]script.Line, rapid.IntRange(0, 240).Draw(t, "lines"))
		for i := range lines {
			lines[i] = longLine(len(lines) - i)
			lines[i].Title = rapid.SampledFrom(items).Draw(t, "item").Title
			lines[i].Reason = strings.Repeat("因", rapid.IntRange(0, 60).Draw(t, "reason"))
			lines[i].Mark = rapid.SampledFrom([]script.Mark{script.Unmarked, script.Contested, script.Corrected, script.Stood}).Draw(t, "mark")
			lines[i].CountsIn.Year = rapid.SampledFrom([]int{2025, 2026}).Draw(t, "year")
		}
		sum := 0
		for _, n := range script.Split(h, lines) {
			if n < 1 {
				t.Fatal("an empty page")
			}
			text := script.LinesPage(h, lines[sum:sum+n], sum+n < len(lines))
			if !script.Fits(text) {
				t.Fatalf("%d characters: %q", utf8.RuneCountInString(text), text)
			}
			for _, l := range lines[sum : sum+n] {
				if !strings.Contains(text, fmt.Sprintf("第%d条 ", l.No)) || !strings.Contains(text, "司马上官欧阳确认") {
					t.Fatalf("line %d is not whole in %q", l.No, text)
				}
			}
			sum += n
		}
		if sum != len(lines) {
			t.Fatalf("%d lines on the pages, want %d", sum, len(lines))
		}
	})
}

// TestWhom names the township's desk where the village has none.
func TestWhom(t *testing.T) {
	t.Parallel()
	for want, p := range map[string]script.Place{
		"村里": {Desk: "村里", Office: "镇上"}, "镇上": {Office: "镇上"}, "村里的积分小组": {},
	} {
		if got := p.Whom(); got != want {
			t.Errorf("%+v: %q, want %q", p, got, want)
		}
	}
}

func BenchmarkPoints(b *testing.B) {
	s, now := longStanding(), time.Date(2027, 2, 10, 0, 0, 0, 0, calendar.Shanghai)
	for b.Loop() {
		script.Points(s, now)
	}
}
