package script

import (
	"fmt"
	"strings"
	"time"

	"github.com/xiangfeng/xiangfeng/domain/calendar"
	"github.com/xiangfeng/xiangfeng/domain/catalogue"
	"github.com/xiangfeng/xiangfeng/domain/fault"
	"github.com/xiangfeng/xiangfeng/domain/household"
	"github.com/xiangfeng/xiangfeng/domain/points"
	"github.com/xiangfeng/xiangfeng/domain/record"
	"github.com/xiangfeng/xiangfeng/domain/village"
)

// Page is which part of a list is wanted, the newest first.
type Page struct {
	Number int // from 1; below it is taken as 1
	Size   int
}

// Record is a record as the team reads it.
type Record struct {
	record.Record
	RecorderName string
	TypistName   string // empty where the recorder typed
	Events       []RecordedEvent
	Asides       []Aside
}

// Recorded is a record in a list.
type Recorded = Record

// RecordedEvent is what a record brought one household.
type RecordedEvent struct {
	ID       record.ID
	Home     Home
	Tenths   points.Tenths
	State    record.State
	Reason   string    // why it was rejected or withdrawn
	Corrects record.ID // 0 for none
}

// Aside is a household of a record that waits for a colleague.
type Aside struct {
	record.Aside
	Home       Home // its ID is 0 where the card belongs to none
	Item       catalogue.Item
	On         calendar.Date
	Place      string
	Note       string
	Recorder   household.PersonID
	Typist     household.PersonID // 0 for the recorder
	Name       string             // the recorder's
	RecordedAt time.Time
}

// Relation is what ties a household to who looks at it.
type Relation string

// The relations.
const (
	OwnHome Relation = "own"
	KinHome Relation = "kin"
)

// Door is a household as one of the team stands before it.
type Door struct {
	Home
	Village  village.ID
	Place    string // the village's name
	Relation Relation
	// Visited is the day of its newest visit, zero for none.
	Visited calendar.Date
	// Warnings are those that are open, the oldest first.
	Warnings []Warning
}

// Visits are a month of a village: how many of its households were visited,
// and those that were not, in the order of their numbers.
type Visits struct {
	Month       calendar.Month
	Done, Total int
	Left        []Home
}

// Declaration is a declared deed with the names that are shown of it.
type Declaration struct {
	record.Declaration
	Home         Home
	DeclarerName string
	DeciderName  string
}

// Warning is a warning with the names that are shown of it.
type Warning struct {
	record.Warning
	Home         Home
	WarnerName   string
	AnswererName string
	CloserName   string
}

// Waits are how many things wait for the team of a village.
type Waits struct {
	Asides       int
	Declarations int
	Warnings     int // whose days are over, without an answer
	Mended       int // answered, to be looked at
}

// Colleague is somebody of a village's team.
type Colleague struct {
	ID   household.PersonID
	Name string
	Role household.Role // the highest of those that the person has
}

var proofs = map[catalogue.Proof]string{
	catalogue.Visit: "上门查看", catalogue.Photo: "照片", catalogue.BeforeAfter: "前后对比照片（两张）", catalogue.Minutes: "会议记录",
	catalogue.Decision: "处理决定书", catalogue.Certificate: "证书或证明", catalogue.SignIn: "签到表", catalogue.Receipt: "收据",
	catalogue.Link: "链接", catalogue.Hours: "时长", catalogue.HelpedConfirms: "受助人确认",
}

// Proof words a proof.
func Proof(p catalogue.Proof) string {
	if name := proofs[p]; name != "" {
		return name
	}
	return string(p)
}

// Demands words what an item asks to be shown; empty for nothing.
func Demands(demands [][]catalogue.Proof) string {
	all := make([]string, 0, len(demands))
	for _, group := range demands {
		ors := make([]string, 0, len(group))
		for _, p := range group {
			ors = append(ors, Proof(p))
		}
		all = append(all, strings.Join(ors, "或"))
	}
	return strings.Join(all, "、")
}

// Unrecorded tells one of the team why something was not recorded, and the one
// cure; empty for a code that recording does not know.
func Unrecorded(c fault.Code, f fault.Facts) string {
	switch c {
	case fault.Kin:
		return "这是您自己家或亲属家，不能由您记。请让同事来记。"
	case fault.CapReached:
		return about(f.Note) + full(catalogue.Unit(f.Data))
	case fault.Invalid:
		if f.Data == string(catalogue.Link) {
			return "链接要从http://或https://开头，中间没有空格。请改好再发。"
		}
	case fault.ClockAhead:
		return "手机的时间走快了，记的时间还没有到。请把手机时间调准，再记一次。"
	case fault.CardRevoked:
		return "这张积分卡已经作废。请扫这户的新卡，或从名册里选这一户。"
	case fault.NotFound:
		return "没有找到这一户。请重新扫卡，或从名册里选这一户。"
	case fault.Gone:
		return "这一户已经迁走或并户，不再记分。请核对名册。"
	case fault.Forbidden:
		return "只有本村积分小组的人能记。请让小组的同事来记。"
	case fault.InFuture:
		return "日期还没有到，不能先记。请改成已经过去的日期。"
	case fault.TooOld:
		return "时间太久了，不能再补记。请问村里的积分小组组长。"
	}
	return unready(c, f)
}

// unready tells what is missing before something can be recorded.
func unready(c fault.Code, f fault.Facts) string {
	switch c {
	case fault.WarnFirst:
		return about(f.Note) + "要先提醒，给几天时间整改。请改用“提醒”。"
	case fault.EvidenceMissing:
		return about(f.Note) + "还缺佐证：" + Demands(catalogue.ReadDemands(f.Data)) + "。请补上再发。"
	case fault.TooMany:
		return "一次太多了。请分几次来。"
	case fault.Conflict:
		return "这一条已经有人处理过了。请刷新看看。"
	case fault.TooEarly:
		return "整改的日子还没有到头。请过了" + until(f.Day) + "再来看。"
	case fault.TooLate:
		return "过去太久，不能再扣分。请按已整改结案，或重新提醒。"
	}
	return ""
}

// full words over which time nothing is left, "" where that is not known.
func full(span catalogue.Unit) string {
	switch span {
	case catalogue.ByMonth:
		return "当月的分已经记满，不能再记。请换一项，或等下个月再记。"
	case catalogue.ByQuarter:
		return "当季的分已经记满，不能再记。请换一项，或等下个季度再记。"
	case catalogue.ByYear:
		return "当年的分已经记满，不能再记。请换一项，或等明年再记。"
	}
	return "的分已经记满，不能再记。请换一项。"
}

// until words the last day to mend.
func until(day string) string {
	d, err := calendar.ParseDate(day)
	if err != nil {
		return "期限"
	}
	return fmt.Sprintf("%d月%d日", d.Month, d.Day)
}

// OthersEvent tells that an event is taken back and mended by who recorded it.
const OthersEvent = "谁记的谁撤、谁改。请找记的人来办。"

// SetAside tells one of the team why a household was set aside: its recorder, or
// a colleague, who may be barred from it too.
func SetAside(a Aside, reader household.PersonID, barred bool) string {
	if a.Why != fault.Kin || a.Recorder == reader || a.Typist == reader || barred {
		return Unrecorded(a.Why, fault.Facts{Note: a.Item.Title})
	}
	if a.Typist != 0 {
		return "是" + a.Name + "或代录的人自己家或亲属家，请您来记。"
	}
	return "是" + a.Name + "自己家或亲属家，请您来记。"
}

func about(title string) string {
	if title == "" {
		return "这一项"
	}
	return "“" + title + "”"
}
