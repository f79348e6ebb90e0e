package script

import (
	"fmt"
	"time"

	"github.com/xiangfeng/xiangfeng/domain/alarm"
	"github.com/xiangfeng/xiangfeng/domain/calendar"
	"github.com/xiangfeng/xiangfeng/domain/quarter"
	"github.com/xiangfeng/xiangfeng/domain/record"
)

// What the console says about a quarter: its assessment, its sheet and who signs.

// The sentences that need no facts.
const (
	DeskMenu      = "本村的页面"
	DeskQuarters  = "季度公示"
	DeskDisputes  = "异议"
	DeskSummary   = "镇里汇总"
	DeskState     = "办到哪了"
	DeskAssess    = "考核认定"
	DeskNoQuarter = "这个村还没有户，没有季度可办。"
	DeskLate      = "过了日子还没公示，镇里看得到。"

	SheetToCome   = "要贴的榜"
	SheetLook     = "看公示榜"
	SheetDigest   = "这一版的指纹"
	SheetNotice   = "每一户会收到这样的通知（这里是第一户的）："
	SheetMissed   = "通知不到的户，要印纸条告诉："
	SheetSigned   = "签字"
	SheetSign     = "我看过了，签字"
	SheetSignHow  = "请先看公示榜草稿。签字只对您看到的这一版有效，分数变了要重新签。"
	SheetSignGone = "分数变了，这个签字作废了"
	SheetSignLeft = "已经不在小组里，这个签字不算"
	SheetNoSign   = "还没有人签字。"
	SheetPublish  = "公示"
	SheetMinutes  = "会议记录：什么时候开的会，谁参加了，定了什么"
	SheetPutUp    = "贴出公示榜"
	SheetPutHow   = "贴出以后不能改，要改得先由镇里同意撤下。校验码马上生成，绑定了的人都会收到通知。"
	SheetDown     = "撤下这张榜"
	SheetDownWhy  = "为什么要撤"
	SheetDownAsk  = "请镇里同意撤榜"
	SheetDownDo   = "同意，撤下"
	SheetDownHow  = "撤下以后，这张榜和它的校验码都不算数了。改好再贴，要换新的校验码，公示的日子重新算。"
	SheetBlocked  = "现在还不能公示"
	SheetPass     = "镇里书面放行"
	SheetPassWhy  = "放行的理由（会记下来）"
	SheetPassDo   = "写明理由，放行"
	SheetPassed   = "镇里已经放行："
	SheetMinuted  = "会议记录："

	// What has been done, as the page says after it.
	DoneSigned    = "签好了。"
	DonePublished = "贴出来了。请把公示榜印出来，贴到墙上。"
	DoneAsked     = "已经报给镇里，等镇里同意。"
	DoneDown      = "已经撤下。改好以后重新签字、公示。"
	DonePassed    = "已经放行，理由记下了。"
)

var seasonStates = map[quarter.State]string{
	quarter.Open: "正在记", quarter.Assessing: "等考核、公示", quarter.Published: "正在公示", quarter.Sealed: "已办结",
}

// SeasonState words how far a quarter has come.
func SeasonState(s Season, today calendar.Date) string {
	if s.State == quarter.Open && s.Q.Last().Before(today) {
		return seasonStates[quarter.Assessing]
	}
	return seasonStates[s.State]
}

// SeasonSays tells what is to be done about a quarter, and by when.
func SeasonSays(s Season, today calendar.Date) string {
	switch {
	case s.State == quarter.Sealed:
		return fmt.Sprintf("%s办结，校验码 %s。分数不再变，要改只能勘误。", day(s.SealedOn, 0), s.Code)
	case s.State == quarter.Published:
		return fmt.Sprintf("校验码 %s。%s贴出，挂到%s（含当天），到期自动办结。", s.Code, day(s.PublishedOn, 0), day(s.SealOn().AddDays(-1), 0))
	case s.Q.Last().Before(today):
		return fmt.Sprintf("请在%s前认定完，公示出来。", day(calendar.PublishBy(s.Q), 0))
	}
	return fmt.Sprintf("记到%s。记下的可以随时认定。", day(s.Q.Last(), 0))
}

// SeasonCounts words a quarter's events by how far they have come.
func SeasonCounts(pending, confirmed, returned, rejected int) string {
	return fmt.Sprintf("待认定%d条，已认定%d条，退回%d条，不通过%d条。", pending, confirmed, returned, rejected)
}

// SeasonUnsent tells that phones of the team hold what was not sent yet.
func SeasonUnsent(phones, records int, since time.Time) string {
	text := fmt.Sprintf("还有%d部手机上的%d条记录没发出来。", phones, records)
	if !since.IsZero() {
		text = fmt.Sprintf("还有%d部手机上的%d条记录没发出来，最早是%s的。", phones, records, day(calendar.DateOf(since), 0))
	}
	return text + "公示前请让他们连上网发出来，不然算下一季度的补记。"
}

// SheetReach tells whom the sheet to come is told to.
func SheetReach(told, untold int) string {
	return fmt.Sprintf("公示后会通知%d个人；有%d户没有人绑定微信，通知不到。", told, untold)
}

// SheetNeed tells how many signatures there are and must be.
func SheetNeed(have, need int) string {
	if have >= need {
		return fmt.Sprintf("要%d个人签字，已经够了。", need)
	}
	return fmt.Sprintf("要%d个人签字，有效的有%d个，还差%d个。", need, have, need-have)
}

// SheetAsked tells that the village has asked for its sheet to come down.
func SheetAsked(name string, at time.Time, reason string) string {
	return fmt.Sprintf("%s在%s申请撤下这张榜：%s", name, moment(at), reason)
}

// SheetSignature words a signature.
func SheetSignature(name string, at time.Time) string { return name + "，" + moment(at) }

// SheetLists tells how many lines of 补记 and 勘误 a sheet has.
func SheetLists(late, errata int) string {
	return fmt.Sprintf("补记%d条，勘误%d条。", late, errata)
}

func moment(at time.Time) string {
	return at.In(calendar.Shanghai).Format("1月2日 15:04")
}

// What the desk of the assessment says and needs no facts for.
const (
	AssessKeys     = "键盘：J、K 或上下键换一条，1 认定，2 退回，3 不通过，空格勾选。"
	AssessNone     = "这里没有了。"
	AssessConfirm  = "认定"
	AssessOther    = "退回或不通过"
	AssessReason   = "原因（退回的，记的人看得到；不通过的，农户看得到）"
	AssessReturn   = "退回给记的人"
	AssessReject   = "不通过"
	AssessPick     = "勾选"
	AssessMany     = "认定勾选的"
	AssessAll      = "全部勾选"
	AssessMore     = "下一页"
	AssessLate     = "补记"
	AssessFilter   = "看哪一种"
	AssessAlarms   = "提醒"
	AssessBehind   = "后面的记录"
	AssessUnseen   = "没走访的户"
	AssessBlocks   = "拦着公示"
	AssessClose    = "了结这条提醒"
	AssessOutcome  = "结果"
	AssessWords    = "情况说明"
	AssessCloseDo  = "了结"
	AssessPhoto    = "佐证照片"
	DoneConfirmed  = "认定好了。"
	DoneReturned   = "已经退回给记的人。"
	DoneRejected   = "已经定为不通过。"
	DoneAlarm      = "这条提醒了结了。"
	AssessNotAsked = "没有勾选。请先勾选再认定。"
)

// AssessTab names a filter of the desk with how many there are.
func AssessTab(s record.State, n int) string {
	return map[record.State]string{
		record.Pending: "待认定", record.Confirmed: "已认定", record.Returned: "退回的", record.Rejected: "不通过的",
	}[s] + fmt.Sprintf(" %d", n)
}

// AssessTold tells how many of several events were confirmed.
func AssessTold(n int) string { return fmt.Sprintf("认定了%d条。", n) }

// AssessLeft tells why one of several was not.
func AssessLeft(number, why string) string {
	if number == "" {
		return why
	}
	return number + "：" + why
}

// AssessBy tells who recorded an event, and who typed it.
func AssessBy(e Judged) string {
	text := day(e.OccurredOn, 0) + "，" + e.RecorderName + "记"
	if e.TypistName != "" {
		text += "，" + e.TypistName + "录"
	}
	if e.Place != "" {
		text += "，在" + e.Place
	}
	if e.Together > 1 {
		text += fmt.Sprintf("，同一次记了%d户", e.Together)
	}
	return text
}

// AlarmLineText words an event behind an alarm.
func AlarmLineText(l AlarmLine) string {
	return fmt.Sprintf("%s：%s %s %s分，%s记", l.Home.Name(), day(l.On, 0), l.Title, l.Tenths.Signed(), l.Recorder)
}

// OutcomeName is how closing an alarm with an outcome is called.
func OutcomeName(o alarm.Outcome) string { return alarmOutcomes[o] }
