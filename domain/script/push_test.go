package script_test

import (
	"slices"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"pgregory.net/rapid"

	"github.com/xiangfeng/xiangfeng/domain/calendar"
	"github.com/xiangfeng/xiangfeng/domain/notice"
	"github.com/xiangfeng/xiangfeng/domain/script"
)

var kinds = []notice.Kind{
	notice.Published, notice.Dispute, notice.Case, notice.Timetable, notice.Late, notice.Visits, notice.Summary, notice.Alarm,
}

// longestNotice are the longest that a notice may have.
func longestNotice() notice.Facts {
	return notice.Facts{
		Place: longPlace.Name, Quarter: "2026Q4", Edition: 12, Code: "K7QM-2XWD-99", Score: int64(longScore), Gained: int64(longScore), Rank: 1888, Of: 2068,
		Day: "2026-12-31", Until: "2026-12-31", Case: 99_999, Line: 234, Title: longestTitle(), State: "extended", Reason: strings.Repeat("长", 500), Count: 480,
		Names: []string{longPlace.Name, longPlace.Name, longPlace.Name, longPlace.Name, longPlace.Name, longPlace.Name},
	}
}

// TestPush words every kind of notice.
func TestPush(t *testing.T) {
	t.Parallel()
	home := script.Home{Number: "HQ-0006", Head: "王桂兰"}
	f := notice.Facts{
		Place: "红旗村", Quarter: "2026Q3", Edition: 1, Code: "K7QM-2XWD", Score: 1135, Gained: 135, Rank: 12, Of: 43, Day: "2026-10-10", Until: "2026-10-11", Count: 3,
		Names: []string{"红旗村", "青山村", "石桥村"},
	}
	with := func(change func(*notice.Facts)) notice.Facts {
		g := f
		change(&g)
		return g
	}
	for _, c := range []struct {
		kind    notice.Kind
		facts   notice.Facts
		several bool
		want    string
	}{
		{notice.Published, f, false, "红旗村2026年第三季度公示了，校验码K7QM-2XWD\n王桂兰家113.5分（这季度+13.5），排第12，共43户\n有不对的，10月11日前（含当天）能提意见。\n哪条不对请回：第几条不对，看每一条请回：明细"},
		{notice.Published, with(func(f *notice.Facts) { f.Edition, f.Rank, f.Until = 2, 0, "" }), true, "更正：红旗村2026年第三季度重新公示，以这次为准，校验码K7QM-2XWD\n王桂兰家（HQ-0006）113.5分（这季度+13.5），新入户不排名\n哪条不对请回：第几条不对，看每一条请回：明细"},
		{notice.Timetable, f, false, "红旗村2026年第三季度的考核开始了。\n请在10月11日前考核、开会、签字、公示。\n公示满7天，其中3个工作日，到时自动封存。\n请打开小程序办理"},
		{notice.Late, with(func(f *notice.Facts) { f.Count = 0 }), false, "红旗村2026年第三季度还没公示，过了时间。\n应当在10月10日前公示，镇里已看到。\n请尽快打开小程序考核、公示"},
		{notice.Late, with(func(f *notice.Facts) { f.Place = "清溪镇" }), false, "清溪镇还有3个村没公示2026年第三季度。\n红旗村、青山村、石桥村\n请催一催，细看请打开管理台"},
		{notice.Visits, f, false, "红旗村这个月还有3户没走访。\n请在10月11日前走完。\n看是哪些户，请打开小程序“走访”"},
	} {
		if got := script.Push(c.kind, c.facts, home, c.several); got != c.want {
			t.Errorf("%s: got\n%s\nwant\n%s", c.kind, got, c.want)
		}
	}
	for _, k := range slices.DeleteFunc(slices.Clone(kinds), func(k notice.Kind) bool {
		return k == notice.Summary || k == notice.Dispute || k == notice.Case // worded, and seen to fit, where they come from
	}) {
		if script.PushName(k) == "" {
			t.Errorf("%s has no name", k)
		}
		for _, several := range []bool{false, true} {
			fits(t, string(k), script.Push(k, longestNotice(), longHome, several))
			fits(t, string(k)+", empty", script.Push(k, notice.Facts{}, script.Home{}, several))
		}
	}
}

// types are those that the platform has, with how long they may be.
var types = map[string]int{
	"thing": 20, "short_thing": 5, "phrase": 5, "name": 20, "character_string": 32, "letter": 32, "symbol": 5, "number": 32, "amount": 10,
	"phone_number": 17, "car_number": 8, "time": 20, "date": 15, "const": 20, "enum": 20,
}

// TestFieldsKeepTheirForm fills every type with every content of any words:
// nothing is empty or too long, and no line break or picture is left.
func TestFieldsKeepTheirForm(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		words := rapid.StringOfN(rapid.RuneFrom([]rune("王a1-。，（☀😀\n\r\t \u200d\ufe0f〇…，+.")), 0, 60, -1)
		f := notice.Facts{
			Place: words.Draw(t, "place"), Quarter: "2026Q3", Code: words.Draw(t, "code"), Title: words.Draw(t, "title"), Reason: words.Draw(t, "reason"),
			Score: rapid.Int64Range(-100_000, 100_000).Draw(t, "score"), Rank: rapid.IntRange(0, 2000).Draw(t, "rank"), Until: "2026-10-11", Count: 3, Case: 12,
		}
		h := script.Home{Head: words.Draw(t, "head"), Number: "HQ-0001"}
		k := rapid.SampledFrom(kinds).Draw(t, "kind")
		for kind, longest := range types {
			for _, c := range append(script.Contents(), ":处理中") {
				got := script.Fields([]script.Slot{{Field: kind + "1", Content: c}}, k, f, h, calendar.On(2026, 10, 1))[kind+"1"]
				odd := strings.ContainsFunc(got, func(r rune) bool {
					return unicode.IsControl(r) || r == '☀' || r == '😀' || r == '\u200d' || r == '\ufe0f'
				})
				if strings.TrimSpace(got) == "" || utf8.RuneCountInString(got) > longest || odd {
					t.Fatalf("%s with %s: %q", kind, c, got)
				}
			}
		}
	})
}

func TestFields(t *testing.T) {
	t.Parallel()
	home := script.Home{Number: "HQ-0006", Head: "王桂兰"}
	f := notice.Facts{Place: "红旗村", Quarter: "2026Q3", Code: "K7QM-2XWD", Score: 1135, Gained: -15, Rank: 12, Of: 43, Until: "2026-10-11", Reason: "第一句。\n第二句很长很长很长很长很长很长很长"}
	for slot, want := range map[script.Slot]string{
		{Field: "thing1", Content: "home"}:              "王桂兰家",
		{Field: "thing2", Content: "note"}:              "113.5分，第12名",
		{Field: "thing3", Content: "reason"}:            "第一句。 第二句很长很长很长很长很长很…",
		{Field: "thing4", Content: "title"}:             "无",
		{Field: "number1", Content: "rank"}:             "12",
		{Field: "number2", Content: "line"}:             "0",
		{Field: "character_string1", Content: "code"}:   "K7QM-2XWD",
		{Field: "character_string2", Content: "place"}:  "-",
		{Field: "character_string3", Content: "gained"}: "-1.5",
		{Field: "time1", Content: "until"}:              "2026年10月11日 23:59",
		{Field: "date1", Content: "until"}:              "2026年10月11日",
		{Field: "date2", Content: "day"}:                "2026年10月1日",
		{Field: "phrase1", Content: "state"}:            "公示中",
		{Field: "name1", Content: "home"}:               "王桂兰家",
		{Field: "const1", Content: ":季度公示"}:             "季度公示",
		{Field: "thing20", Content: ":请打开聊天，回复“积分”"}:    "请打开聊天，回复“积分”",
	} {
		if got := script.Fields([]script.Slot{slot}, notice.Published, f, home, calendar.On(2026, 10, 1))[slot.Field]; got != want || !slot.Fits() {
			t.Errorf("%+v: %q, want %q (fits: %v)", slot, got, want, slot.Fits())
		}
	}
	for _, s := range []script.Slot{
		{Field: "thing", Content: "home"}, {Field: "1", Content: "home"}, {Field: "stuff1", Content: "home"}, {Field: "thing1", Content: "salary"}, {Field: "number1", Content: "score"},
		{Field: "const1", Content: "kind"}, {Field: "date1", Content: "code"}, {Field: "thing1", Content: ":" + strings.Repeat("长", 21)}, {Field: "phrase1", Content: ":abc"}, {Field: "thing1", Content: ":"},
	} {
		if s.Fits() {
			t.Errorf("%+v fits", s)
		}
	}
}
