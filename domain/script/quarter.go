package script

import (
	"fmt"
	"time"

	"github.com/xiangfeng/xiangfeng/domain/calendar"
	"github.com/xiangfeng/xiangfeng/domain/fault"
	"github.com/xiangfeng/xiangfeng/domain/household"
	"github.com/xiangfeng/xiangfeng/domain/ledger"
	"github.com/xiangfeng/xiangfeng/domain/points"
	"github.com/xiangfeng/xiangfeng/domain/quarter"
	"github.com/xiangfeng/xiangfeng/domain/record"
)

// Season is a village's quarter with the check code of its newest sheet, empty
// before the first.
type Season struct {
	quarter.Quarter
	Code string
}

// Assessed is a quarter as its team and the township's office see it.
type Assessed struct {
	Season
	Progress ledger.Progress
	// Counts are its events by how far they have come.
	Counts map[record.State]int
	// Signed are the signatures under the edition to come, void ones too.
	Signed []Signed
	// Withdrawal is what was asked about the sheet that hangs, nil for nothing.
	Withdrawal *AskedDown
	// Withdrawn is how its newest sheet came down, with who consented; nil where
	// it did not, or another has gone up since.
	Withdrawn *AskedDown
}

// Signed is a signature with whose it is.
type Signed struct {
	quarter.Signature
	Name   string
	OfTeam bool // still
}

// AskedDown is what was asked, and by whom.
type AskedDown struct {
	quarter.Withdrawal
	Name string
}

// Judged is an event as who decides it reads it.
type Judged struct {
	record.Event
	Home         Home
	RecorderName string
	TypistName   string // empty where the recorder typed
	Photos       []record.PhotoHash
	Together     int     // how many households its record has, 0 where it stands alone
	Reuses       []Alike // other records' pictures that are the same or look alike
	Line         int     // 0 until confirmed
	Late         bool    // 补记
}

// Names are what households of a village are called, by their ids.
type Names map[household.ID]Home

// Preview is the sheet to come with whom it tells.
type Preview struct {
	quarter.Draft
	Homes Names
	// Told is how many people are told, Untold how many households have nobody bound.
	Told, Untold int
	Missed       []household.ID // those households
}

// Wall is a sheet as it hangs: names as the board writes them, and nothing of
// sensitive items.
type Wall struct {
	Season
	Place     Place
	Published time.Time
	Head      ledger.Head
	Rows      []WallRow // by rank, the unranked last
	Late      []WallLine
	Errata    []WallLine
	// LateHidden and ErrataHidden are how many more there are, of items that no
	// board names.
	LateHidden, ErrataHidden int

	Publisher string
	Signers   []string
	Minutes   string // empty of a sheet from before
}

// WallRow is a household on the wall.
type WallRow struct {
	quarter.Row
	Number string
	Name   string
	// Contested is how many of its lines were sealed in dispute (异议).
	Contested int
}

// WallLine is a line of 补记, or with a reason one of 勘误.
type WallLine struct {
	Household household.ID
	Number    string
	Name      string
	Line      int // that is corrected
	Year      int
	Title     string
	Tenths    points.Tenths
	On        calendar.Date
	Reason    string
}

// SeasonName names a quarter with its year, such as 2026年第三季度.
func SeasonName(q calendar.Quarter) string { return season(q, 0) }

// CodeToCome stands where a sheet that does not hang yet will have its code.
const CodeToCome = "（公示时生成）"

var blocks = map[string]string{
	quarter.BlockedByWall:      "上一季的榜还在墙上。请等它公示完再贴。",
	quarter.BlockedByEarlier:   "上一季还没公示完。请先把上一季办完。",
	quarter.BlockedByAveraging: "各户的分太平均。请先看提醒；要照样公示，须镇里书面同意。",
}

// Blocked words what stands in the way of publishing.
func Blocked(why string) string { return blocks[why] }

// Unassessed tells who goes through events why one was not decided, and the cure.
func Unassessed(c fault.Code, f fault.Facts) string {
	switch c {
	case fault.SamePerson:
		return "这一条是您自己记的或录的。请别人来认定。"
	case fault.Kin:
		return "这是您自己家或亲属家的。请别人来认定。"
	case fault.Forbidden:
		if f.Note == record.LeftToVillage {
			return "村里还有人能认定。请组长或副组长先办。"
		}
		return "只有组长、副组长能认定。请他们来办。"
	case fault.Conflict:
		return "这一条已经有人办过了。请刷新看看。"
	case fault.NotFound:
		return "没有找到这一条，或者账户还没开。请刷新看看。"
	case fault.Invalid:
		return "要写一句原因，不超过200字。请补上再办。"
	case fault.TooMany:
		return "一次最多认定100条。请分几次办。"
	}
	return Problem(c, f)
}

// LeftToOffice tells a village's leader or deputy that none of them may confirm an
// event (PRODUCT 2.7).
const LeftToOffice = "村里没有人能认定这一条：都是记的人或者亲属。要镇办公室来认定，请告诉他们。"

// WhyNot tells who goes through events why they may not decide this one, and
// who can; "" where they may.
func (e Judged) WhyNot(s record.Scene) string {
	err := e.MayReject(s)
	if err == nil {
		return ""
	}
	out, _ := fault.Settle(err)
	if (out.Code == fault.Kin || out.Code == fault.SamePerson) && e.LeftToOffice(s) {
		return LeftToOffice
	}
	return Unassessed(out.Code, out.Facts)
}

// Unpublished tells why a sheet was not signed, published or taken down, and
// the cure. moved says that the sheet to come is another one by now.
func Unpublished(c fault.Code, f fault.Facts, moved bool) string {
	switch c {
	case fault.Conflict:
		if moved {
			return "分数刚刚变了，和您看到的不一样。请重新看预览，再签字。"
		}
		return "这一季已经办过，或者情况变了。请刷新看看。"
	case fault.Unsigned:
		if f.Note == quarter.UnsignedMinutes {
			return "会议记录至少写四个字。请补上再公示。"
		}
		return fmt.Sprintf("还差%d个人签字。请小组成员看过预览再签。", f.ID)
	case fault.Blocked:
		return Blocked(f.Note)
	case fault.TooEarly:
		return "这一季还没过完。请" + until(f.Day) + "起再办。"
	case fault.Forbidden:
		return "这件事不归您办。请组长或副组长来办。"
	case fault.Invalid:
		return "填的内容不对，文字太长或照片没传好。请检查后再试。"
	}
	return ""
}

// NotWithdrawn tells why a sheet does not come down.
func NotWithdrawn(c fault.Code) string {
	switch c {
	case fault.Conflict:
		return "没有正在公示的榜，或者已经申请过撤榜。请刷新看看。"
	case fault.Invalid:
		return "要写一句撤榜的原因，不超过200字。请补上再办。"
	}
	return Unpublished(c, fault.Facts{}, false)
}
