package script

import (
	"fmt"
	"time"

	"github.com/xiangfeng/xiangfeng/domain/calendar"
	"github.com/xiangfeng/xiangfeng/domain/ledger"
	"github.com/xiangfeng/xiangfeng/domain/points"
)

// SheetCheck is what anybody may know of a sheet by its check code: enough to
// tell the one on the wall from a forged one, and nothing of any household.
type SheetCheck struct {
	Village, Township, Office string
	Quarter                   calendar.Quarter
	Edition                   int
	Code                      string
	PublishedAt               time.Time
	PublishedOn               calendar.Date // zero for a sheet that was withdrawn
	SealedOn                  calendar.Date // zero while it hangs
	Households                int
	Sum, Highest, Lowest      points.Tenths
	Head                      ledger.Head
	// Withdrawn tells that the sheet was taken down; Newer is the code of the
	// one that took its place, "" while there is none.
	Withdrawn bool
	Newer     string
	// Whole is false where the code does not come out from what is kept.
	Whole bool
}

// What the page behind a sheet's code says and needs no facts for.
const (
	CheckTitle   = "公示榜核对"
	CheckCompare = "请和墙上那张比一比："
	CheckNone    = "没有这个校验码的公示榜。请看清墙上的字再输一次；还是没有，这张榜可能是假的，请告诉村里或镇上。"
	CheckAsk     = "想看自家的每一条，请在微信里打开本地“乡风积分”公众号，发“明细”。觉得不对，发“异议”。"
	CheckForged  = "户数、分数或校验码有一样对不上，墙上那张就不是这一张。请拍下来告诉镇上。"
)

// CheckRow is one thing to compare.
type CheckRow struct{ Label, Value string }

// Verdict says in a sentence whether the sheet counts.
func (c SheetCheck) Verdict() string {
	switch {
	case !c.Whole:
		return "这张榜和账对不上，不能当真。请马上告诉" + c.township() + "。"
	case c.Withdrawn && c.Newer != "":
		return "这张榜已经撤下，不算数了。现在算数的那张，校验码是 " + c.Newer + "。"
	case c.Withdrawn:
		return "这张榜已经撤下，不算数了。更正后的还没贴出来。"
	case c.SealedOn.IsZero():
		return "这张榜是真的，正在公示。"
	}
	return "这张榜是真的，已经公示完。"
}

// Stands tells whether the sheet counts.
func (c SheetCheck) Stands() bool { return c.Whole && !c.Withdrawn }

func (c SheetCheck) township() string {
	if c.Office != "" {
		return c.Office
	}
	return c.Township
}

// Rows are what to compare with the wall.
func (c SheetCheck) Rows() []CheckRow {
	out := []CheckRow{
		{"村", c.Township + " " + c.Village},
		{"季度", editionOf(c.Quarter, c.Edition)},
		{WallCode, c.Code},
		{"贴出时间", c.PublishedAt.In(calendar.Shanghai).Format("2006年1月2日 15:04")},
	}
	if !c.SealedOn.IsZero() {
		out = append(out, CheckRow{"公示结束", day(c.SealedOn, 0)})
	} else if c.Stands() {
		out = append(out, CheckRow{"公示到", day(calendar.SealFrom(c.PublishedOn).AddDays(-1), 0) + "（含当天）"})
	}
	return append(out,
		CheckRow{"户数", fmt.Sprintf("%d户", c.Households)},
		CheckRow{"全村总分", c.Sum.String() + "分"},
		CheckRow{"最高、最低", c.Highest.String() + "分、" + c.Lowest.String() + "分"},
		CheckRow{WallChain, chainWords(c.Head)},
	)
}
