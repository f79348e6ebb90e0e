package script

import (
	"fmt"

	"github.com/xiangfeng/xiangfeng/domain/calendar"
)

// Fault says what verify found wrong.
type Fault string

// What can be wrong with the books.
const (
	ChainBroken   Fault = "chain_broken"   // an entry was changed, removed or put in
	HeadWrong     Fault = "head_wrong"     // the chain does not end where the village says: its tail is missing
	TotalsWrong   Fault = "totals_wrong"   // an account's kept totals are not the sums of its entries
	LineMissing   Fault = "line_missing"   // an account's lines are not 1, 2, 3 …
	EventWrong    Fault = "event_wrong"    // a confirmed event and its line disagree, or one of them is missing
	SheetWrong    Fault = "sheet_wrong"    // a published sheet is not what the entries give
	ProgressWrong Fault = "progress_wrong" // a village's quarters and its progress disagree
	NotAtZero     Fault = "not_at_zero"    // a closed account holds points that nobody can spend
)

// Damage is the first place at which the books do not add up.
type Damage struct {
	Fault   Fault
	Village string
	Seq     int64  // the entry in the village, 0 where it is no entry
	Number  string // the household's number, where known
	Year    int
	Line    int // the line in the household's year, 0 where it is no line
	Quarter calendar.Quarter
}

// Found words the first damage that verify met, with what to do next.
func (d Damage) Found() string {
	where := d.Village
	if d.Number != "" {
		where += fmt.Sprintf(" %s户 %d年", d.Number, d.Year)
	}
	if d.Line > 0 {
		where += fmt.Sprintf(" 第%d条", d.Line)
	}
	if d.Seq > 0 {
		where += fmt.Sprintf("（村账第%d笔）", d.Seq)
	}
	return fmt.Sprintf("核对不通过：%s，%s。\n请先停止兑换，保留现场，用备份比对后再处理。", where, d.what())
}

func (d Damage) what() string {
	switch d.Fault {
	case ChainBroken:
		return "这一笔被改动过，或者前后有缺失"
	case HeadWrong:
		return "最后的账目缺失，账本的结尾对不上"
	case TotalsWrong:
		return "保存的合计和逐笔相加的结果不一样"
	case LineMissing:
		return "明细编号不连续"
	case EventWrong:
		return "积分事件和账目对不上"
	case SheetWrong:
		return fmt.Sprintf("%d年第%d季度的公示表和账目对不上", d.Quarter.Year, d.Quarter.N)
	case ProgressWrong:
		return "季度的状态和村里的进度对不上"
	case NotAtZero:
		return "已结清的账户余额不是零"
	}
	return string(d.Fault)
}

// Checked counts what verify went through.
type Checked struct{ Villages, Accounts, Entries, Events, Sheets int }

// Sound words a verify that found nothing wrong.
func (c Checked) Sound() string {
	return fmt.Sprintf("核对通过：%d个村，%d个账户，%d笔账，%d件积分事件，%d张公示表，账目、合计、公示表和校验链全部一致。",
		c.Villages, c.Accounts, c.Entries, c.Events, c.Sheets)
}
