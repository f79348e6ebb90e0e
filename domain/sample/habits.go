package sample

import (
	"sync"

	"github.com/xiangfeng/xiangfeng/domain/catalogue"
)

// way is how an item comes to be recorded.
type way int

const (
	visit   way = iota // the team's monthly round (月走访)
	rally              // one day for the whole group: a meeting, a clean-up
	single             // a household's own deed, on any day
	misdeed            // the likelier, the less a household does otherwise
)

// habit is something that households do in some months.
type habit struct {
	code string
	way  way
	// weight is how likely it is in a month, relative to other habits; of a
	// misdeed, how likely in itself.
	weight float64
	months []int    // nil for all
	day    int      // of the month; 0: drawn
	places []string // nil: at home
	notes  []string
	// missed is the code of the misdeed of some who stay away.
	missed string
}

var (
	yards  = []string{"1组", "2组", "3组", "4组", "5组", "6组"}
	halls  = []string{"村委会院坝"}
	roads  = []string{"村道主路", "河堤步道", "文化广场", "2组水渠", "老街口"}
	fields = []string{"合作社果园", "合作社菜地", "烘干房"}
)

// habits are a village's ordinary year.
var habits = []habit{
	{code: "HJ01", way: visit, weight: .4},
	{code: "HJ02", way: visit, weight: .4},
	{code: "HJ03", way: visit, weight: .4},
	{code: "HJ05", way: visit, weight: .4},
	{code: "HJ04", way: visit, weight: .3, months: []int{2, 5, 8, 11}},
	{code: "CF01", way: rally, weight: .6, day: 8, missed: "CF18", places: halls, notes: []string{"院坝会：说本季度的事", "村民会议：讨论村里开支", "院坝会：清洁评比", "院坝会：公示上季积分"}},
	{code: "HJ06", way: rally, weight: .35, places: roads, notes: []string{"清洁日", "清洁日：清沟渠", "清洁日：清河道"}},
	{code: "CF02", way: rally, weight: .6, months: []int{1, 3, 5, 7, 9, 11}, places: halls, notes: []string{"学习用电安全", "学习防诈骗", "学习土地政策"}},
	{code: "CF05", way: rally, weight: .4, months: []int{2, 6, 9, 10}, places: []string{"文化广场"}, notes: []string{"坝坝舞", "篮球赛", "重阳节活动"}},
	{code: "CY01", way: rally, weight: .25, months: []int{3, 5, 8, 11}, places: halls, notes: []string{"果树修剪培训", "养蜂培训", "电工培训"}},
	{code: "SX02", way: rally, weight: .08, months: []int{4, 9, 11}, places: []string{"村道主路"}, notes: []string{"公路养护"}},
	{code: "SX01", way: single, weight: .1, places: halls, notes: []string{"帮老人理发排队登记", "红白理事会帮忙", "给独居老人送饭", "接送学生过路"}},
	{code: "SX06", way: single, weight: .2, notes: []string{"帮邻居收谷子", "照看邻家老人", "帮邻居修电灯"}},
	{code: "HJ11", way: single, weight: .1, months: []int{1, 7, 8}, places: roads, notes: []string{"雨后清淤", "清路上落石"}},
	{code: "HJ09", way: single, weight: .06, months: []int{3, 4}, notes: []string{"院边栽桂花", "院边栽果树"}},
	{code: "CY10", way: single, weight: .1, months: []int{3, 5, 9, 10}, places: fields, notes: []string{"合作社采摘", "合作社除草"}},
	{code: "CY07", way: single, weight: .02, places: fields, notes: []string{"帮合作社卖出柑橘"}},
	{code: "CF03", way: single, weight: .03, places: halls, notes: []string{"宣讲不办无事酒"}},
	{code: "CF04", way: single, weight: .03, months: []int{2, 5, 8, 10}, places: halls, notes: []string{"建议加装路灯，采纳"}},
	{code: "CF10", way: single, weight: .02, notes: []string{"劝和邻里地界纠纷"}},
	{code: "ZJ02", way: single, weight: .04, months: []int{1, 2, 3, 4, 10}, places: roads, notes: []string{"护林防火值守"}},
	{code: "SX05", way: single, weight: .03, places: roads, notes: []string{"修好路灯", "补好水渠缺口"}},
	{code: "SX08", way: single, weight: .05, months: []int{6, 7}, places: roads, notes: []string{"防汛值守"}},
	{code: "SX10", way: single, weight: .01, notes: []string{"献血证已看"}},
	{code: "HJ12", way: single, weight: .02},
	{code: "HJ07", way: rally, weight: .03, months: []int{3, 6, 9}, places: halls, notes: []string{"评议会评定"}},
	{code: "BZ06", way: rally, weight: .04, months: []int{6, 9}, places: halls, notes: []string{"村里表扬"}},
	{code: "BZ05", way: rally, weight: .02, months: []int{6, 9}, places: halls, notes: []string{"镇里表扬"}},
	{code: "BZ14b", way: single, weight: .02, months: []int{8}, notes: []string{"录取通知书已看"}},
	{code: "CY03", way: single, weight: .03, months: []int{4, 10}, notes: []string{"自办养殖", "自办网店"}},

	{code: "HJ16", way: misdeed, weight: .025, months: []int{5, 6, 9, 10}, notes: []string{"屋后烧秸秆", "田坎上烧秸秆"}},
	{code: "HJ20", way: misdeed, weight: .006, places: roads, notes: []string{"在公示栏乱贴"}},
	{code: "CF15", way: misdeed, weight: .015, months: []int{2, 4}, notes: []string{"在禁放区放炮"}},
	{code: "ZJ11", way: misdeed, weight: .006, months: []int{1, 2, 4, 10}, places: fields, notes: []string{"林边用火"}},
	{code: "HJ14", way: misdeed, weight: .003, places: roads, notes: []string{"已提醒两次，仍乱倒"}},
	{code: "ZJ15", way: misdeed, weight: .003, notes: []string{"已提醒，犬只仍不拴"}},
	{code: "CF16", way: misdeed, weight: .004},
	{code: "ZJ06", way: misdeed, weight: .001},
}

// everyMonth stands for no months of its own.
var everyMonth = []int{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12}

func (h habit) when() []int {
	if h.months == nil {
		return everyMonth
	}
	return h.months
}

// note is what is written down in a month.
func (h habit) note(month int) string {
	if len(h.notes) == 0 {
		return ""
	}
	return h.notes[month%len(h.notes)]
}

// adopt is what the village made of the county's template for the year: some
// drop what they have no use for, some value an item anew.
func adopt(n int) []catalogue.Item {
	items := make([]catalogue.Item, 0, 100)
	for _, i := range template() {
		switch {
		case n%3 == 1 && (i.Code == "ZJ08" || i.Code == "CY06"):
			continue
		case n%3 == 2 && i.Code == "CF02":
			i.Value = 15 // one and a half points
		}
		items = append(items, i)
	}
	return items
}

// template is parsed only where a sample is made.
var template = sync.OnceValue(catalogue.County)
