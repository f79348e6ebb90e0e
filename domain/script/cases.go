package script

import (
	"slices"
	"time"

	"github.com/xiangfeng/xiangfeng/domain/calendar"
	"github.com/xiangfeng/xiangfeng/domain/dispute"
	"github.com/xiangfeng/xiangfeng/domain/fault"
)

// CaseStep is something that happened to a dispute, as its pages tell it.
type CaseStep struct {
	At   time.Time
	Text string
}

// CaseState words how far a dispute has come, and until when who must act.
func CaseState(d Dispute, now time.Time) string { return d.stage(now) }

// CaseVerdict words what was decided, "" before there is a decision.
func CaseVerdict(d Dispute) string {
	if d.Verdict().By == 0 {
		return ""
	}
	return d.verdict()
}

// CaseTitle names what is disputed.
func CaseTitle(d Dispute) string {
	if d.Entry == nil {
		return missed
	}
	return line(d.LineNo) + " " + d.Entry.what()
}

// MarkWords words what became of an objection to a line, "" for none.
func MarkWords(m Mark) string { return marks[m] }

// CaseSteps tells what happened to a dispute, in order.
func CaseSteps(d Dispute) []CaseStep {
	promised := calendar.PromisedBy(d.FiledOn())
	filed := d.FilerName + "提出"
	if d.ByHelper {
		filed = d.FilerName + "代为提出"
	}
	on := func(c calendar.Date) string { return day(c, d.FiledOn().Year) }
	all := []CaseStep{{d.FiledAt, filed + "，答应" + on(promised) + "前给结果"}}
	add := func(at time.Time, text string) {
		if !at.IsZero() {
			all = append(all, CaseStep{at, text})
		}
	}
	add(d.AcceptedAt, d.InvestigatorName+"开始查")
	add(d.ExtendedAt, "要多查几天，改到"+on(calendar.ExtendedBy(d.FiledOn()))+"："+d.Extended)
	up := "过了日子没办，转给镇上"
	if d.EscalatedAt.Equal(d.FiledAt) {
		up = "村里没有能办的人，转给镇上"
	}
	add(d.EscalatedAt, up)
	if d.Decision.By != 0 {
		before := d
		before.Final = dispute.Decision{}
		add(d.Decision.At, d.DeciderName+"定了："+before.verdict()+"。"+d.Decision.Reason)
	}
	add(d.AppealedAt, "不服，请镇上看："+d.Appeal)
	if d.Final.By != 0 {
		add(d.Final.At, d.FinalName+"："+d.verdict()+"。"+d.Final.Reason)
	}
	switch {
	case d.ClosedAt.IsZero() || d.Final.By != 0 || d.ClosedAt.Equal(d.Decision.At):
	case d.State == dispute.Withdrawn:
		add(d.ClosedAt, "撤回了")
	case d.AppealUntil.Before(calendar.DateOf(d.ClosedAt)):
		add(d.ClosedAt, "到期没有回话，照村里定的办完")
	default:
		add(d.ClosedAt, "办完了")
	}
	slices.SortStableFunc(all, func(a, b CaseStep) int { return a.At.Compare(b.At) })
	return all
}

// Undisputed words why an act on a dispute was not done; empty where the
// refusal needs no words of its own.
func Undisputed(c fault.Code, f fault.Facts) string {
	switch c {
	case fault.SamePerson:
		return "这一条是您记的、录的、提的或定过的，不能由您来办。请换一个人。"
	case fault.Kin:
		return "这是您自己家或亲戚家的，不能由您来办。请交给别的组员。"
	case fault.Forbidden:
		return "现在不归您办。"
	case fault.Conflict:
		if f.Note != "" {
			return "这一条已经提过异议，是" + f.Note + "号。"
		}
		return "这件已经办过，或者还没到这一步。请刷新看看。"
	case fault.TooEarly:
		return "今天催过了，一天催一次。"
	case fault.TooLate:
		return "日子过了（最后一天是" + f.Day + "），不能办了。"
	case fault.CapReached:
		return "今天提得太多了，请明天再提。"
	case fault.Invalid:
		return "填的内容不对，没有办。话要写清楚，照片要先传上来，分数不能超过一万。"
	}
	return ""
}
