package script

import (
	"fmt"

	"github.com/xiangfeng/xiangfeng/domain/alarm"
	"github.com/xiangfeng/xiangfeng/domain/calendar"
	"github.com/xiangfeng/xiangfeng/domain/fault"
	"github.com/xiangfeng/xiangfeng/domain/points"
	"github.com/xiangfeng/xiangfeng/domain/record"
)

// Alarm is a case of supervision with the names that are shown of it.
type Alarm struct {
	alarm.Case
	Recorder string // the names of Facts.Recorder and Other, empty for none
	Other    string
	Closer   string
	Lines    []AlarmLine
	// Visit are the households that nobody saw, of an alarm about those.
	Visit []Home
}

// AlarmLine is an event behind an alarm.
type AlarmLine struct {
	Event    record.ID
	Home     Home
	Title    string
	Tenths   points.Tenths
	On       calendar.Date
	Recorder string
}

var alarmNames = map[alarm.Kind]string{
	alarm.Averaging: "分数都一样", alarm.Favour: "小组自家和亲戚偏高", alarm.Deviation: "一个人记得和别人差得远", alarm.Batches: "名单照抄",
	alarm.Reused: "照片重复", alarm.PhotoDay: "照片日子对不上", alarm.Bulk: "月底突击补录", alarm.Unvisited: "没走访的户",
}

// AlarmName is what a kind of alarm is called.
func AlarmName(k alarm.Kind) string { return alarmNames[k] }

var alarmOutcomes = map[alarm.Outcome]string{
	alarm.Explained: "说明了原因", alarm.Corrected: "核对后改了", alarm.Suspended: "停了职务",
}

// AlarmState words how far a case has come.
func AlarmState(c alarm.Case) string {
	switch c.State {
	case alarm.Closed:
		return alarmOutcomes[c.Outcome]
	case alarm.Past:
		return "现在没有了"
	}
	return "等处理"
}

// AlarmText tells what an alarm found, and what to do.
func AlarmText(a Alarm) string {
	f := a.Facts
	switch a.Kind {
	case alarm.Averaging:
		if !a.Blocks {
			return averagingText(f) + "不拦公示，请抽几户核对，看是不是凑的。"
		}
		return averagingText(f) + "请逐户核对；确实如此，请镇里写明理由同意后再公示。"
	case alarm.Favour:
		return favourText(a) + "请另找人逐条核实。"
	case alarm.Deviation:
		return fmt.Sprintf("%s给%d户记分，平均每户%s分；同样的项目，别的组员平均%s分，差得远。请看松紧是不是一样。", a.Recorder, f.Count, f.Tenths.Signed(), f.Against.Signed())
	case alarm.Batches:
		return fmt.Sprintf("同一份%d户的名单，在%d个不同的日子里原样出现。请对照签到表核实。", f.Count, f.Times)
	case alarm.Reused:
		return fmt.Sprintf("有%d条记录的照片，在别的记录里用过，或者几乎一样。请看照片，问问记的人。", f.Count)
	case alarm.PhotoDay:
		return fmt.Sprintf("有%d条记录的照片，不是所说的那一天拍的。请问清是哪天的事。", f.Count)
	case alarm.Bulk:
		return fmt.Sprintf("%d条记录里，有%d条是事情过了一周多、到月底才补录的。请抽几条核实，以后当时就记。", f.Of, f.Count)
	}
	return fmt.Sprintf("%d户里有%d户，这个季度没有人去过。请尽快走访。", f.Of, f.Count)
}

func averagingText(f alarm.Facts) string {
	switch f.How {
	case alarm.Same:
		return fmt.Sprintf("这个季度%d户里有%d户都是%s分，看不出差别。", f.Of, f.Count, f.Tenths.Signed())
	case alarm.Near:
		return fmt.Sprintf("这个季度%d户里有%d户都在%s分上下，看不出差别。", f.Of, f.Count, f.Tenths.Signed())
	case alarm.Stepped:
		return fmt.Sprintf("这个季度%d户户户有分，都在%s分上下差一点点，大半是按名单一次记的。", f.Of, f.Tenths.Signed())
	case alarm.Grouped:
		return fmt.Sprintf("这个季度%d户里有%d户，只有%d种分数，一片一片的一样多，和各户做了什么对不上。", f.Of, f.Count, f.Times)
	case alarm.Topped:
		return fmt.Sprintf("%d户里有%d户正好都是%s分，得分的项目却各不相同，像是补到一个数的。", f.Of, f.Count, f.Tenths.Signed())
	case alarm.Handed:
		return fmt.Sprintf("%d月%d日，%d户里有%d户都加了%s分，做没做一个样。", f.Day.Month, f.Day.Day, f.Of, f.Count, f.Tenths.Signed())
	case alarm.Levelled:
		return fmt.Sprintf("各户得分的项目不一样，加起来%d户里却有%d户都在%s分上下，像是凑平的。", f.Of, f.Count, f.Tenths.Signed())
	case alarm.Rotated:
		return fmt.Sprintf("连着%d个季度加起来，%d户里有%d户都在%s分上下，像是轮流得分。", f.Times, f.Of, f.Count, f.Tenths.Signed())
	}
	return fmt.Sprintf("这个季度记的分，大半是%d户人人都有的，做没做一个样。", f.Of)
}

func favourText(a Alarm) string {
	f := a.Facts
	if f.Recorder != 0 {
		return fmt.Sprintf("%s和%s给对方自家和亲戚家记的分，平均每户%s分，给别家平均%s分。", a.Recorder, a.Other, f.Tenths.Signed(), f.Against.Signed())
	}
	return fmt.Sprintf("小组成员自家和亲戚家共%d户，平均%s分；别的户平均%s分，高出一大截。", f.Count, f.Tenths.Signed(), f.Against.Signed())
}

// AlarmPush is the line of an alarm in the notice that goes out at once: what
// was found, without what to do.
func AlarmPush(a Alarm) string {
	switch a.Kind {
	case alarm.Averaging:
		return averagingText(a.Facts)
	case alarm.Favour:
		return favourText(a)
	}
	return AlarmText(a)
}

// Unclosed tells why a case was not closed; empty for a refusal without words of
// its own.
func Unclosed(c fault.Code, f fault.Facts) string {
	switch {
	case c == fault.Forbidden && f.Note == alarm.NotYours:
		return "这条提醒说的是您自己或小组，不能由您来了结。请镇里或别人来办。"
	case c == fault.Forbidden && f.Note == alarm.OfficeOnly:
		return "停职务由镇里来办。请先选别的结果，或者报镇里。"
	case c == fault.Blocked && f.Note == alarm.Unreviewed:
		return fmt.Sprintf("后面还有%d条记录没有考核。请先逐条确认、退回或不通过。", f.ID)
	case c == fault.Blocked && f.Note == alarm.Unchanged:
		return "后面的记录一条也没改过。请先改，或者改选“说明了原因”。"
	case c == fault.Invalid:
		return fmt.Sprintf("请写明情况，%d到%d个字。", alarm.ShortestWords, alarm.LongestWords)
	case c == fault.Conflict:
		return "这件事已经了结，或者现在没有了。请刷新看看。"
	}
	return ""
}

// Unpassed tells why an override was refused; empty for a refusal without words
// of its own.
func Unpassed(c fault.Code) string {
	switch c {
	case fault.Conflict:
		return "现在没有拦着公示的提醒，或者已经放行过。请刷新看看。"
	case fault.Invalid:
		return fmt.Sprintf("请写明放行的理由，%d到%d个字。", alarm.ShortestWords, alarm.LongestWords)
	}
	return ""
}
