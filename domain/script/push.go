package script

import (
	"fmt"
	"slices"
	"strings"

	"github.com/xiangfeng/xiangfeng/domain/calendar"
	"github.com/xiangfeng/xiangfeng/domain/notice"
	"github.com/xiangfeng/xiangfeng/domain/points"
)

// Push words what somebody is told without asking, for their chat.
func Push(k notice.Kind, f notice.Facts, h Home, several bool) string {
	switch k {
	case notice.Published:
		return publishedPush(f, h, several)
	case notice.Dispute:
		return DisputePush(f)
	case notice.Case:
		return CasePush(f)
	case notice.Timetable:
		return rows(
			f.Place+longSeason(f.Quarter)+"的考核开始了。", dayWords(f.Until, "请在", "前考核、开会、签字、公示。"),
			"公示满7天，其中3个工作日，到时自动封存。", "请打开小程序办理")
	case notice.Late:
		return latePush(f)
	case notice.Visits:
		return rows(f.Place+"这个月还有"+digits(f.Count)+"户没走访。", dayWords(f.Until, "请在", "前走完。"), "看是哪些户，请打开小程序“走访”")
	case notice.Summary:
		return f.Reason // as Summary worded it
	}
	return rows(f.Place+longSeason(f.Quarter)+"有事请您看。", clip(f.Reason, 80), "请打开小程序或管理台看看")
}

func publishedPush(f notice.Facts, h Home, several bool) string {
	head := f.Place + longSeason(f.Quarter) + "公示了，校验码" + f.Code
	if f.Edition > 1 {
		head = "更正：" + f.Place + longSeason(f.Quarter) + "重新公示，以这次为准，校验码" + f.Code
	}
	own := fmt.Sprintf("%s%s分（这季度%s）", called(h, several), points.Tenths(f.Score), points.Tenths(f.Gained).Signed())
	if f.Rank == 0 {
		own += "，新入户不排名"
	} else {
		own += fmt.Sprintf("，排第%d，共%d户", f.Rank, f.Of)
	}
	return rows(head, own, dayWords(f.Until, "有不对的，", "前（含当天）能提意见。"), "哪条不对请回：第几条不对，看每一条请回：明细")
}

func latePush(f notice.Facts) string {
	if f.Count == 0 {
		return rows(f.Place+longSeason(f.Quarter)+"还没公示，过了时间。", dayWords(f.Day, "应当在", "前公示，镇里已看到。"), "请尽快打开小程序考核、公示")
	}
	return rows(f.Place+"还有"+digits(f.Count)+"个村没公示"+longSeason(f.Quarter)+"。", listOf(f.Names, f.Count, 5, 12), "请催一催，细看请打开管理台")
}

// listOf names so many at most, each cut to so many characters, of n in all.
func listOf(names []string, n, most, room int) string {
	var shown []string
	for _, name := range names[:min(len(names), most)] {
		shown = append(shown, clip(name, room))
	}
	text := strings.Join(shown, "、")
	if text != "" && n > len(shown) {
		text += "等"
	}
	return text
}

// longSeason writes a kept quarter with its year, nothing for none.
func longSeason(text string) string {
	q, err := calendar.ParseQuarter(text)
	if err != nil {
		return ""
	}
	return season(q, 0)
}

// dayWords writes a kept day between words, nothing without one.
func dayWords(text, before, after string) string {
	d, err := calendar.ParseDate(text)
	if err != nil {
		return ""
	}
	return before + day(d, d.Year) + after
}

var pushNames = map[notice.Kind]string{
	notice.Published: "季度公示", notice.Redeem: "兑换提醒", notice.Lapse: "到期提醒", notice.Dispute: "异议进度", notice.Case: "异议待办",
	notice.Timetable: "考核公示安排", notice.Late: "公示逾期", notice.Visits: "走访提醒", notice.Summary: "每月摘要", notice.Alarm: "请您查看",
}

// PushName is what a kind of notice is called.
func PushName(k notice.Kind) string { return pushNames[k] }

func disputeState(state string) string {
	states := map[string]string{
		"filed": "已收到", "accepted": "已受理", "extended": "延期答复", "decided": "有结果了", "final": "镇里已定", "agreed": "已认可",
		"appealed": "已转镇里", "withdrawn": "已撤回", "late": "已转镇里",
	}
	if words, known := states[state]; known {
		return words
	}
	return "有进展"
}

// What stands in a field of a template: a name of what Content knows.
var contents = []string{
	"kind", "place", "home", "number", "quarter", "score", "gained", "rank", "of", "code", "until", "day", "case", "line", "title", "state", "reason", "count", "note",
}

// Contents are what can stand in a field of a template.
func Contents() []string { return slices.Clone(contents) }

// content is one of them, as far as it has them as words, as a number that is
// never negative, and as a day.
type content struct {
	words, number string
	day           calendar.Date
}

// contentOf is what a notice has under a name.
func contentOf(name string, k notice.Kind, f notice.Facts, h Home) content {
	whole := func(n int64, words string) content {
		if n == 0 {
			return content{}
		}
		return content{words: words, number: fmt.Sprint(n)}
	}
	on := func(text string) content {
		d, err := calendar.ParseDate(text)
		if err != nil {
			return content{}
		}
		return content{words: day(d, 0), day: d}
	}
	switch name {
	case "kind":
		return content{words: pushNames[k]}
	case "place":
		return content{words: f.Place}
	case "home":
		if h.Head == "" {
			return content{words: f.Place}
		}
		return content{words: h.Head + "家"}
	case "number":
		return content{words: h.Number}
	case "quarter":
		if f.Edition > 1 {
			return content{words: longSeason(f.Quarter) + "（更正）"}
		}
		return content{words: longSeason(f.Quarter)}
	case "score":
		return content{words: points.Tenths(f.Score).String() + "分"}
	case "gained":
		return content{words: points.Tenths(f.Gained).Signed() + "分"}
	case "rank":
		if f.Rank == 0 {
			return content{words: "不排名"}
		}
		return whole(int64(f.Rank), "第"+digits(f.Rank)+"名")
	case "of":
		return whole(int64(f.Of), digits(f.Of)+"户")
	case "code":
		return content{words: f.Code}
	case "until":
		return on(f.Until)
	case "day":
		return on(f.Day)
	case "case":
		return whole(f.Case, caseNo(f.Case))
	case "line":
		return whole(int64(f.Line), line(f.Line))
	case "title":
		return content{words: f.Title}
	case "state":
		return content{words: stateOf(k, f)}
	case "reason":
		return content{words: f.Reason}
	case "count":
		return whole(int64(f.Count), digits(f.Count))
	}
	return content{words: note(k, f)}
}

func stateOf(k notice.Kind, f notice.Facts) string {
	switch k {
	case notice.Dispute, notice.Case:
		return disputeState(f.State)
	case notice.Published:
		if f.Edition > 1 {
			return "重新公示"
		}
		return "公示中"
	}
	return "待办"
}

// alarmNotes are notices of alarms in a line of 20 characters, by what is found.
var alarmNotes = map[string]string{
	"averaging": "各户的分太平均，请打开小程序看",
	"kin":       "有人常给亲友加分，请打开小程序看",
}

// note is the whole of a notice in a line of 20 characters.
func note(k notice.Kind, f notice.Facts) string {
	switch k {
	case notice.Published:
		text := points.Tenths(f.Score).String() + "分"
		if f.Edition > 1 {
			text = "更正：" + text
		}
		if f.Rank > 0 {
			text += "，第" + digits(f.Rank) + "名"
		}
		return text
	case notice.Dispute:
		if f.Line > 0 {
			return caseNo(f.Case) + "：" + line(f.Line)
		}
		return caseNo(f.Case) + "：" + missed
	case notice.Case:
		if f.State == "nudged" {
			return "家里人催了" + caseNo(f.Case) + "，请快办"
		}
		return caseNo(f.Case) + "等您来办，请打开小程序"
	case notice.Timetable:
		q, _ := calendar.ParseQuarter(f.Quarter)
		return season(q, q.Year) + dayWords(f.Until, "请在", "前公示")
	case notice.Late:
		if f.Count > 0 {
			return clip(listOf(f.Names, f.Count, 5, 12), 15) + "还没公示"
		}
		return "过了时间还没公示，请尽快办"
	case notice.Visits:
		return "还有" + digits(f.Count) + "户没走访，请打开小程序"
	case notice.Summary:
		return "有" + digits(f.Count) + "件事要看，请打开小程序"
	}
	if words, known := alarmNotes[f.State]; known {
		return words
	}
	return "有事请您看，请打开小程序"
}

// Slot is a field of a template, such as thing1, and what stands in it: a name of
// Contents, or after a colon words that are always the same.
type Slot struct{ Field, Content string }

// kindOf is the type of a template's field: its name without the number.
func kindOf(field string) string { return strings.TrimRight(field, "0123456789") }

// Fits tells whether the slot can be filled: the platform knows the type of the
// field, and what stands in it has its form. A type whose values are approved one
// by one takes fixed words alone.
func (s Slot) Fits() bool {
	form, known := forms[kindOf(s.Field)]
	if !known || kindOf(s.Field) == s.Field {
		return false
	}
	if words, fixed := strings.CutPrefix(s.Content, ":"); fixed {
		return words != "" && form(content{words: words, number: words}) == words
	}
	if !slices.Contains(contents, s.Content) {
		return false
	}
	switch kindOf(s.Field) {
	case "const", "enum":
		return false
	case "number", "amount":
		return slices.Contains([]string{"rank", "of", "case", "line", "count"}, s.Content)
	case "time", "date":
		return s.Content == "until" || s.Content == "day"
	}
	return true
}

// Fields fills the slots of a template. on stands for a day that the notice does
// not have.
func Fields(slots []Slot, k notice.Kind, f notice.Facts, h Home, on calendar.Date) map[string]string {
	out := map[string]string{}
	for _, s := range slots {
		c := content{}
		if words, fixed := strings.CutPrefix(s.Content, ":"); fixed {
			c = content{words: words, number: words}
		} else {
			c = contentOf(s.Content, k, f, h)
		}
		if c.day.IsZero() {
			c.day = on
		}
		out[s.Field] = forms[kindOf(s.Field)](c)
	}
	return out
}
