package script

import (
	"fmt"
	"strings"

	"github.com/xiangfeng/xiangfeng/domain/calendar"
	"github.com/xiangfeng/xiangfeng/domain/points"
)

// What the console says of disputes and of a township's month.

// The sentences that need no facts.
const (
	CasesOpen     = "没办完的"
	CasesAll      = "全部"
	CasesNone     = "没有异议。"
	CasesFilter   = "看哪一种"
	CaseOpen      = "打开"
	CaseLate      = "过了日子"
	CaseUp        = "转到镇里"
	CaseBack      = "回到列表"
	CaseWords     = "家里人说"
	CaseLineTitle = "说的是这一条"
	CaseStepsHead = "经过"
	CaseAccept    = "我来查"
	CaseExtend    = "要多查几天"
	CaseExtendWhy = "为什么要多查（家里人看得到，只能延一次）"
	CaseExtendDo  = "延期，告诉家里人"
	CaseDecide    = "定下来"
	CaseRuling    = "怎么定"
	CaseStands    = "维持不变"
	CaseChanges   = "改成下面的分"
	CaseMissing   = "确实少记了，请同事补记"
	CasePoints    = "改成多少分（比如 2 或 -1.5）"
	CaseReason    = "理由（家里人看得到）"
	CaseDecideDo  = "定了，告诉家里人"
	CasePhotos    = "异议的照片"
	DoneAccepted  = "好，由您来查。"
	DoneExtended  = "延期了，已经告诉家里人。"
	DoneDecided   = "定了，已经告诉家里人。"
	CaseNoRuling  = "请先选怎么定。"
	CaseNoPoints  = "请写明改成多少分，比如 2 或 -1.5。"
	CaseTwoThings = "选了“维持不变”，又写了分数，是两个意思。不改分，请删掉分数；要改分，请选“改成下面的分”。"
	CaseSure      = "请再看一遍，这样定吗？"
	CaseSureDo    = "对，就这样定"
	CaseSureBack  = "不对，回去改"
	CaseLast      = "镇上定了就是最后的决定，不能再改。"

	DeskUntold   = "告知"
	UntoldFilter = "看哪一次通知"
	UntoldHomes  = "没有人绑定微信的户，请上门说或贴通知"
	UntoldNobody = "没有要用纸条告诉的人。"

	MonthNone = "这个月没有要看的事。"
	MonthPrev = "上个月"
	MonthNext = "下个月"
)

// CaseName is what a dispute is called in a list.
func CaseName(d Dispute) string {
	return fmt.Sprintf("%s · %s · %s", caseNo(d.Number), d.Home.Name(), CaseTitle(d))
}

// CaseFiled tells who objected and when, and until when it was promised.
func CaseFiled(d Dispute) string {
	by := d.FilerName
	if d.ByHelper {
		by += "（代办）"
	}
	return fmt.Sprintf("%s在%s提出，答应%s前给结果。", by, day(d.FiledOn(), 0), day(d.Promised, 0))
}

// CaseLine tells of the line that is disputed: who recorded and confirmed it.
func CaseLine(d Dispute) string {
	e := d.Entry
	text := fmt.Sprintf("%d年第%d条：%s %s %s分", d.Year, d.LineNo, day(e.OccurredOn, 0), e.What(), e.Tenths.Signed())
	if d.StandsAs != e.Tenths {
		text += "，现在算" + d.StandsAs.Signed() + "分"
	}
	if e.Recorder != "" {
		text += "，" + e.Recorder + "记"
	}
	if e.Confirmer != "" {
		text += "，" + e.Confirmer + "认定"
	}
	return text
}

// CaseSame tells that one decision decides others too.
func CaseSame(n int) string {
	return fmt.Sprintf("同一次记录的还有%d户也提了。一起查、一起定，理由一样，各家各有回话。", n)
}

// CaseChange repeats what a decision will change.
func CaseChange(d Dispute, to points.Tenths) string {
	return line(d.LineNo) + "由" + d.StandsAs.Signed() + "分改为" + to.Signed() + "分"
}

// CaseNoChange tells that the points that were typed are what the line has.
func CaseNoChange(d Dispute) string {
	return "这一条现在就是" + d.StandsAs.Signed() + "分，没有改。不改分，请选“维持不变”，删掉分数。"
}

// CaseStepText is a step of a dispute with its time.
func CaseStepText(s CaseStep) string { return moment(s.At) + "　" + s.Text }

// MonthName names a township's month.
func MonthName(place string, m calendar.Month) string {
	return fmt.Sprintf("%s%d年%d月", place, m.Year, m.Month)
}

// UntoldTitle is the title of the list of an occasion.
func UntoldTitle(t Told) string { return DeskUntold + "：" + PushTitle(t) }

// UntoldRow words one who has to be told on paper, and why.
func UntoldRow(p Pushed) string {
	return strings.TrimSpace(p.Home.Name()+" "+p.Name) + "：" + PushState(p.State) + "。" + PushCure(p.State)
}

// UntoldUnbound tells how many of a sheet's households have nobody bound.
func UntoldUnbound(n int) string { return fmt.Sprintf("没有人绑定微信：%d户", n) }

// UntoldCount tells how many notices have come so far.
func UntoldCount(state string, n int) string { return fmt.Sprintf("%s：%d份", state, n) }
