package script

import (
	"fmt"
	"strings"
	"time"

	"github.com/xiangfeng/xiangfeng/domain/calendar"
	"github.com/xiangfeng/xiangfeng/domain/dispute"
	"github.com/xiangfeng/xiangfeng/domain/fault"
	"github.com/xiangfeng/xiangfeng/domain/notice"
	"github.com/xiangfeng/xiangfeng/domain/points"
	"github.com/xiangfeng/xiangfeng/domain/record"
)

// Dispute is a dispute with the names and the line that are shown of it.
type Dispute struct {
	dispute.Dispute
	Home  Home
	Place Place
	// Entry is the line as it was posted, nil for one that is missing, and
	// StandsAs what it counts with its corrections.
	Entry                                               *Line
	StandsAs                                            points.Tenths
	FilerName, InvestigatorName, DeciderName, FinalName string
	// Contested says that the line's quarter was sealed while it was open.
	Contested bool
	// Same counts the others of the same record that wait for the village.
	Same int
}

// Objectable is a line as its household may object to it.
type Objectable struct {
	Home       Home
	Line       Line
	StandsAs   points.Tenths // with its corrections
	Disputable bool
	Posted     Posted
	Before     int // the number of the dispute of it, 0 for none
}

// Mark is what became of an objection to a line.
type Mark int

// The marks.
const (
	Unmarked  Mark = iota
	Contested      // 异议中
	Corrected      // 已更正
	Stood          // 维持
)

var marks = map[Mark]string{Contested: "异议中", Corrected: "异议已更正", Stood: "异议维持"}

// MarkOf is the mark of a line whose dispute has come so far; stood says that
// the decision changed nothing.
func MarkOf(s dispute.State, stood bool) Mark {
	switch {
	case s.Undecided():
		return Contested
	case s != dispute.Decided && s != dispute.Closed:
		return Unmarked
	case stood:
		return Stood
	}
	return Corrected
}

// How much is shown of words, of a reason and of a title where there is little room.
const (
	disputeWords  = 26
	disputeReason = 46
	disputeTitle  = 14
)

func caseNo[N int | int64](n N) string { return fmt.Sprintf("异议%d号", n) }

// missed names a line that is missing.
const missed = "少记的一次"

// about names what is disputed.
func (d Dispute) about(title int) string {
	if d.Entry == nil {
		return missed
	}
	return line(d.LineNo) + clip(d.Entry.what(), title)
}

// WhichLine asks which line is wrong.
func WhichLine(s Standing) string {
	return Under(s, rows(
		"哪一条不对？请把第几条发来，比如：第3条不对。",
		"不知道是第几条，先回：明细",
		"少记了一回的，请回：少记了一次",
	))
}

// WhichHelpedLine asks a helper which line of the household is wrong.
func WhichHelpedLine(s Standing) string {
	return Under(s, rows("替这一家提异议，那家看得到是您提的。", "哪一条不对？请回第几条，比如：第3条", "少记了的，请回：少记了一次；不提了回：取消"))
}

// DisputeWhy reads a line back, tells until when it can be objected to and asks
// what is wrong (PRODUCT 2.8).
func DisputeWhy(s Standing, o Objectable, year int, now time.Time) string {
	h := Heading{Home: s.Home, Several: true, Year: year}
	foot := "哪里不对、为什么？请把话发来，不提了回：取消"
	until, _ := o.until(now)
	return firstFit(
		Under(s, rows(o.Line.full(h), until, foot)),
		Under(s, rows(o.Line.brief(disputeTitle, year)+o.Line.people(), until, foot)),
		Under(s, rows(o.Line.brief(shortTitle, year), until, foot)),
	)
}

// until tells how long the line can be objected to, and whether it still can.
func (o Objectable) until(now time.Time) (text string, open bool) {
	if o.Posted.PublishedOn.IsZero() {
		return "这一季还没公示，现在就能提", true
	}
	text, open = objection(Published{PublishedOn: o.Posted.PublishedOn, SealedOn: o.Posted.SealedOn}, now)
	return text, open || o.Posted.SealedOn.IsZero()
}

// Objection tells whether the line can be objected to at now, and where not why.
func Objection(s Standing, o Objectable, year int, now time.Time) (refusal string, ok bool) {
	_, open := o.until(now)
	switch {
	case o.Before != 0:
		return DisputedBefore(s, o.Before), false
	case !o.Disputable:
		return NotDisputable(s, o.Line, year), false
	case !open:
		return DisputeTooLate(s, o, year, now), false
	}
	return "", true
}

// DisputeTooLate tells that the days to object to a line are over.
func DisputeTooLate(s Standing, o Objectable, year int, now time.Time) string {
	until, _ := o.until(now)
	return Under(s, rows(o.Line.brief(disputeTitle, year), until+"。", "想问清楚，请找"+s.Place.Whom()))
}

// NotDisputable tells that a line is none of what was earned or taken away.
func NotDisputable(s Standing, l Line, year int) string {
	return Under(s, rows(l.brief(disputeTitle, year), "这一条不是加分扣分，不用提异议。", "东西不是您家换的，请回：不是我换的；别的请回：人工"))
}

// DisputedBefore tells under which number a line was objected to already.
func DisputedBefore(s Standing, number int) string { return disputedAs(s, digits(number)) }

func disputedAs(s Standing, number string) string {
	return Under(s, rows("这一条您家提过了，是异议"+number+"号，不用再提。", "看办到哪了，请回：进度"))
}

// MissingWhat asks what was not recorded.
func MissingWhat(s Standing) string {
	return Under(s, rows("少记了什么？请说哪一天、什么事、在哪里、谁看见了。", "请把话发来，不提了回：取消"))
}

// DisputePhotos asks for pictures, with so many taken already.
func DisputePhotos(s Standing, words string, photos int) string {
	taken := "有照片就发来，一张一张发。"
	if photos > 0 {
		taken = fmt.Sprintf("照片收下了%d张，还有就接着发。", photos)
	}
	return Under(s, rows("您说的是：“"+clip(words, shortWords)+"”", taken, "不提了，请回：取消", "没有照片，或发完了，请回：好了"))
}

// DisputeManyPhotos tells that no more pictures are taken.
func DisputeManyPhotos(s Standing) string {
	return Under(s, rows(fmt.Sprintf("照片最多%d张，这张没有收。", record.MostPhotos), "发完了，请回：好了；不提了回：取消"))
}

// DisputeLong tells how long the words may be.
func DisputeLong(s Standing) string {
	return Under(s, rows(fmt.Sprintf("太长了，最多%d个字。", dispute.LongestWords), "请说短一点，再发一次；不提了回：取消"))
}

// DisputeBack reads an objection back and asks for a 确认; o is nil for a line
// that is missing.
func DisputeBack(s Standing, o *Objectable, year int, words string, photos int) string {
	what := "要提的是：少记了一次"
	if o != nil {
		what = "要提的是：" + o.Line.brief(disputeTitle, year)
	}
	return Under(s, rows(what, "“"+clip(words, shortWords)+"”，"+pictures(photos), "要改，把话重新发一遍；不提，请回：取消", "要提，请回：确认"))
}

// DisputeFiled tells the number and the promised day.
func DisputeFiled(s Standing, number string, promised calendar.Date, now time.Time) string {
	return Under(s, rows(
		"收下了，编号：异议"+number+"号。",
		"由没记这一条的人来查，最迟"+day(promised, calendar.DateOf(now).Year)+"给您结果。",
		"看办到哪了回：进度；不提了回：撤回",
	))
}

// NotFiled tells why an objection was not taken.
func NotFiled(s Standing, code fault.Code, number string) string {
	switch code {
	case fault.Conflict:
		return disputedAs(s, number)
	case fault.TooLate:
		return Under(s, rows("提异议的日子已经过了，没有提成。", "想问清楚，请找"+s.Place.Whom()))
	case fault.CapReached:
		return Under(s, rows(fmt.Sprintf("今天已经提了%d件，这件没有收。", dispute.PerDay), "请明天再提，急事请找"+s.Place.Whom()))
	case fault.TextRisky:
		return Under(s, rows("话里有不能发的内容，没有收。", "请改一改，重新回：异议"))
	}
	return Under(s, rows("这件没有提成。", "请重新回：异议，还不行就找"+s.Place.Whom()))
}

// NoCases answers 进度 where nothing was objected to.
func NoCases(s Standing) string {
	return Under(s, rows("您家还没有提过异议。", "要说哪条不对，请回：异议"))
}

// stage tells in a few words how far a dispute has come, and who must act by when.
func (d Dispute) stage(now time.Time) string {
	year := calendar.DateOf(now).Year
	by := func(on calendar.Date) string { return "最迟" + day(on, year) }
	switch d.State {
	case dispute.Filed, dispute.Accepted:
		return d.investigation() + "，" + by(d.Promised) + "给结果"
	case dispute.Decided:
		return d.verdict() + "，" + day(d.AppealUntil, year) + "前等您回话"
	case dispute.Appealed:
		return "等镇上定，" + by(d.TownshipDue)
	case dispute.Withdrawn:
		return "撤回了"
	}
	return d.verdict()
}

// investigation tells who looks into it.
func (d Dispute) investigation() string {
	switch {
	case !d.EscalatedAt.IsZero():
		return "转给镇上办"
	case d.InvestigatorName != "":
		return clip(d.InvestigatorName, shortName) + "在查"
	}
	return "等小组来查"
}

// verdict tells what was decided.
func (d Dispute) verdict() string {
	v := d.Verdict()
	who := ""
	if d.Final.By != 0 {
		who = "镇上定了："
	}
	switch {
	case v.Stands && d.Entry == nil:
		return who + "没有少记"
	case v.Stands:
		return who + "维持不变"
	case d.Entry == nil:
		return who + "补记，等小组记上"
	}
	return who + "改成" + v.StandsAs.Signed() + "分"
}

// MostCases is how many disputes are listed, or to be chosen from.
const MostCases = 5

// Cases lists a household's disputes, the newest first, numbered to be looked
// at. It returns how many there was room for.
func Cases(s Standing, all []Dispute, now time.Time) (text string, shown int) {
	for shown = min(len(all), MostCases); ; shown-- {
		var list strings.Builder
		for i, d := range all[:shown] {
			list.WriteString("\n" + digits(i+1) + " " + caseNo(d.Number) + "（" + d.about(shortTitle) + "）" + d.stage(now))
		}
		if text = Under(s, "您家提过的："+list.String()+"\n要看哪件，请回数字"); Fits(text) || shown <= 1 {
			return text, shown
		}
	}
}

// OneCase tells how far a dispute has come: who must act, by when, and where it
// was decided why. Where the household may answer it asks for it.
func OneCase(s Standing, d Dispute, now time.Time) string {
	head := caseNo(d.Number) + "：" + d.about(disputeTitle)
	reason, foot := "", "看明细请回：明细"
	switch {
	case d.State.Undecided():
		if foot = "着急请回：催一下；不提了回：撤回"; d.Extended != "" && d.State != dispute.Appealed {
			reason = "要多查几天：" + clip(d.Extended, disputeWords)
		}
	case d.State == dispute.Decided:
		foot = answerFoot
	}
	if v := d.Verdict(); v.By != 0 && d.State != dispute.Appealed {
		reason = "理由：" + clip(v.Reason, disputeReason)
	}
	return Under(s, rows(head, d.stage(now), reason, foot))
}

// answerFoot is what the message of a decision ends with (PRODUCT 2.9).
const answerFoot = "1 认可 2 不服，请镇上看"

// WhichCase asks which of several disputes is meant.
func WhichCase(s Standing, all []Dispute) string {
	var list strings.Builder
	for i, d := range all {
		list.WriteString("\n" + digits(i+1) + " " + caseNo(d.Number) + "（" + d.about(shortTitle) + "）")
	}
	return Under(s, "是哪一件？"+list.String()+"\n请回数字，选一个")
}

// ConfirmWithdrawal repeats which dispute a 确认 takes back.
func ConfirmWithdrawal(s Standing, d Dispute) string {
	after := "撤回以后不再查，这一条照原样算。"
	if d.Entry == nil {
		after = "撤回以后不再查，也不补记。"
	}
	if d.State == dispute.Appealed {
		after = "撤回以后镇上不再看，照村里定的算。"
	}
	return Under(s, rows("要撤回"+caseNo(d.Number)+"："+d.about(disputeTitle), after, "要撤请回：确认，还要查回：取消"))
}

// CaseWithdrawn tells that a dispute was taken back.
func CaseWithdrawn(s Standing, number string) string {
	return Under(s, rows("异议"+number+"号撤回了。", "看明细请回：明细"))
}

// NothingToWithdraw tells that no dispute can be taken back or hurried.
func NothingToWithdraw(s Standing) string {
	return Under(s, rows("您家现在没有在办的异议。", "看提过的请回：进度；要提请回：异议"))
}

// CaseNudged tells that who must act was reminded.
func CaseNudged(s Standing, number string, due calendar.Date, now time.Time) string {
	return Under(s, rows("替您催了异议"+number+"号，要办的人会收到提醒。", "最迟"+day(due, calendar.DateOf(now).Year)+"给结果，看进度请回：进度"))
}

// NudgedToday tells that a dispute was hurried today already.
func NudgedToday(s Standing, d Dispute) string {
	return Under(s, rows(caseNo(d.Number)+"今天催过了，一天催一次。", "着急请打电话找"+s.Place.Whom()))
}

// NothingDecided tells that no decision waits for an answer of the household.
func NothingDecided(s Standing) string {
	return Under(s, rows("您家现在没有等您回话的异议。", "看提过的请回：进度；要提请回：异议"))
}

// ConfirmAgree repeats which decision a 确认 accepts.
func ConfirmAgree(s Standing, d Dispute) string {
	return Under(s, rows(caseNo(d.Number)+"："+d.about(disputeTitle)+"，"+d.verdict(), "认可了就办完，不能再改。", "认可请回：确认，不服请回：不服"))
}

// CaseAgreed tells that the household has accepted a decision.
func CaseAgreed(s Standing, number string) string {
	return Under(s, rows("好，异议"+number+"号办完了。", "看明细请回：明细"))
}

// AppealWhy asks what the township is to be told.
func AppealWhy(s Standing, d Dispute) string {
	return Under(s, rows(caseNo(d.Number)+"："+d.about(disputeTitle)+"，村里定的是："+d.verdict(), "哪里不服？请说给镇上听。", "请把话发来，不去了回：取消"))
}

// AppealBack reads an appeal back and asks for a 确认.
func AppealBack(s Standing, d Dispute, words string) string {
	return Under(s, rows("要请镇上看"+caseNo(d.Number)+"，您的话：", "“"+clip(words, shortWords)+"”", "镇上定了就不再改。不去，请回：取消", "要去，请回：确认"))
}

// CaseAppealed tells that the township looks at it, and until when.
func CaseAppealed(s Standing, number string, due calendar.Date, now time.Time) string {
	return Under(s, rows("异议"+number+"号转给镇上了，最迟"+day(due, calendar.DateOf(now).Year)+"定。", "看办到哪了，请回：进度"))
}

// AppealLate tells that the days of an appeal are over, or it was answered before.
func AppealLate(s Standing) string {
	return Under(s, rows("这件已经办完，或者过了请镇上看的日子。", "看办到哪了请回：进度，想问清楚请找"+s.Place.Whom()))
}

// DisputePush words the notice that a household's dispute has come further.
func DisputePush(f notice.Facts) string {
	head := noticed(f)
	switch f.State {
	case "filed":
		return rows(head+"收下了。", dayWords(f.Day, "最迟", "给结果。"), "看办到哪了，请回：进度")
	case "accepted":
		return rows(head+"有人在查了。", dayWords(f.Day, "最迟", "给结果。"), "看办到哪了，请回：进度")
	case "extended":
		return rows(head+"要多查几天。", "原因："+clip(f.Reason, disputeReason), dayWords(f.Day, "最迟", "给结果。"), "看办到哪了，请回：进度")
	case "decided":
		return rows(head+"有结果了："+decided(f), "理由："+clip(f.Reason, disputeReason), dayWords(f.Day, "请在", "前回数字，不回就照这样定："), answerFoot)
	case "final":
		return rows(head+"镇上定了："+decided(f), "理由："+clip(f.Reason, disputeReason), "这是最后的决定。看明细请回：明细")
	case "agreed":
		return rows(head+"家里人认可了，办完了。", "看明细请回：明细")
	case "appealed":
		return rows(head+"转给镇上了。", dayWords(f.Day, "最迟", "定。"), "看办到哪了，请回：进度")
	case "withdrawn":
		return rows(head+"家里人撤回了。", "看明细请回：明细")
	case "late":
		return rows(head+"村里过了日子没办，已经转给镇上。", "看办到哪了，请回：进度")
	}
	return rows(head+"有新进展。", "看办到哪了，请回：进度")
}

// noticed names the household and the dispute of a notice.
func noticed(f notice.Facts) string {
	what := missed
	if f.Line != 0 {
		what = line(f.Line) + clip(f.Title, disputeTitle)
	}
	return f.Place + strings.Join(f.Names, "、") + "的" + caseNo(f.Case) + "（" + what + "）"
}

func decided(f notice.Facts) string {
	switch f.Outcome {
	case "corrected":
		return "改成" + points.Tenths(f.Score).Signed() + "分，总分已经改了。"
	case "recorded":
		return "会补记，等小组记上。"
	}
	return "维持不变。"
}

// CasePush words the notice that a dispute waits for who reads it.
func CasePush(f notice.Facts) string {
	head := noticed(f)
	foot := "请打开小程序“异议”查办"
	switch f.State {
	case "nudged":
		return rows(head+"家里人催了一下。", dayWords(f.Day, "最迟", "给结果。"), foot)
	case "late":
		return rows(head+"村里过了日子没办，转到镇上了。", dayWords(f.Day, "答应的日子是", "。"), foot)
	case "appealed":
		return rows(head+"不服村里的决定，请镇上看。", dayWords(f.Day, "最迟", "定。"), foot)
	case "overdue":
		return rows(head+"镇上过了日子还没定。", dayWords(f.Day, "应在", "前定。"), foot)
	}
	return rows(head+"等您查办。", dayWords(f.Day, "最迟", "给结果。"), foot)
}
