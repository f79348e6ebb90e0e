package roster

import (
	"slices"

	"github.com/xiangfeng/xiangfeng/domain/catalogue"
	"github.com/xiangfeng/xiangfeng/domain/household"
	"github.com/xiangfeng/xiangfeng/domain/points"
	"github.com/xiangfeng/xiangfeng/domain/village"
)

// The sheets of the workbook. Manual is read by people only.
const (
	Manual     = "填写说明"
	Places     = "村"
	Households = "户"
	Members    = "成员"
	Kin        = "亲属"
	Staff      = "人员"
	Items      = "评分细则"
	Openings   = "期初积分"
)

// The columns. A title means the same on every sheet.
const (
	ColTownship   = "镇"
	ColOffice     = "镇积分办电话"
	ColVillage    = "村"
	ColDesk       = "村积分小组电话"
	ColBoard      = "榜上姓名"
	ColNumber     = "户号"
	ColHead       = "户主"
	ColJoined     = "入户日期"
	ColName       = "姓名"
	ColPhone      = "电话"
	ColKinVillage = "亲属村"
	ColKinNumber  = "亲属户号"
	ColRelation   = "关系"
	ColRole       = "职务"
	ColSpeaksFor  = "代表"
	ColCode       = "编号"
	ColCategory   = "类别"
	ColTitle      = "项目"
	ColSign       = "加减"
	ColPoints     = "分值"
	ColUnit       = "单位"
	ColCapMonth   = "每月上限"
	ColCapQuarter = "每季上限"
	ColCapYear    = "每年上限"
	ColCapEver    = "总上限"
	ColEvidence   = "佐证"
	ColWarnFirst  = "先提醒"
	ColPublic     = "可上榜"
	ColOpening    = "分数"
	ColUntil      = "截至日期"
	ColPaper      = "纸账凭据"
)

// Column is one column of a sheet.
type Column struct {
	Title    string
	Aliases  []string // other titles that people give it
	Required bool
	Choices  []string // what may stand in it; nil for anything
	Example  string   // in the example row of the template
}

// Layout is what a sheet must look like.
type Layout struct {
	Name    string
	Columns []Column
}

// Example marks a row that is not read, at the start of its first cell.
const Example = "示例"

var (
	relations = choices[household.Relation]{
		{"夫妻", household.Spouse},
		{"父母子女", household.Parent},
		{"父母", household.Parent},
		{"子女", household.Parent},
		{"父子", household.Parent},
		{"父女", household.Parent},
		{"母子", household.Parent},
		{"母女", household.Parent},
		{"兄弟姐妹", household.Sibling},
		{"兄弟", household.Sibling},
		{"姐妹", household.Sibling},
		{"兄妹", household.Sibling},
		{"姐弟", household.Sibling},
	}
	roles = choices[household.Role]{
		{"组长", household.Leader},
		{"副组长", household.Deputy},
		{"组员", household.TeamMember},
		{"成员", household.TeamMember},
		{"小组成员", household.TeamMember},
		{"超市经营者", household.Shopkeeper},
		{"经营者", household.Shopkeeper},
		{"镇积分办", household.Officer},
		{"镇办公室", household.Officer},
		{"监督", household.Auditor},
		{"监督员", household.Auditor},
	}
	boards = choices[village.Board]{{"打码", village.Masked}, {"全名", village.Full}}
	signs  = choices[int]{{"加", 1}, {"+", 1}, {"加分", 1}, {"减", -1}, {"-", -1}, {"扣", -1}, {"减分", -1}, {"扣分", -1}}
	flags  = choices[bool]{{"是", true}, {"否", false}}
	units  = choices[catalogue.Unit]{
		{"次", "time"},
		{"每月", catalogue.ByMonth},
		{"月", catalogue.ByMonth},
		{"每季", catalogue.ByQuarter},
		{"季度", catalogue.ByQuarter},
		{"季", catalogue.ByQuarter},
		{"每年", catalogue.ByYear},
		{"年", catalogue.ByYear},
		{"一生一次", catalogue.Once},
		{"天", "day"},
		{"件", "case"},
		{"决定书", "decision"},
		{"项目", "project"},
		{"每100元", "¥100"},
	}
	evidences = choices[string]{
		{"走访", "visit"},
		{"签到", "sign_in"},
		{"前后照片", "before_after"},
		{"照片", "photo"},
		{"会议记录", "minutes"},
		{"证明", "certificate"},
		{"决定书", "decision"},
		{"收据", "receipt"},
		{"链接", "link"},
		{"时长", "hours"},
		{"受助人确认", "helped_confirms"},
	}
	standsFor = choices[string]{{villagers, villagers}, {party, party}}
)

const (
	villagers = "村民代表"
	party     = "党员代表"
)

// choice is a word that people write and what it means; the first of several
// for the same is the one that they are offered.
type choice[T comparable] struct {
	word  string
	means T
}

type choices[T comparable] []choice[T]

// offered are the words to choose from, one a meaning.
func (c choices[T]) offered() (words []string) {
	seen := map[T]bool{}
	for _, one := range c {
		if !seen[one.means] {
			seen[one.means] = true
			words = append(words, one.word)
		}
	}
	return words
}

func (c choices[T]) read(word string) (means T, ok bool) {
	i := slices.IndexFunc(c, func(one choice[T]) bool { return one.word == word })
	if i < 0 {
		return means, false
	}
	return c[i].means, true
}

// word is how a meaning is written.
func (c choices[T]) word(means T) string {
	i := slices.IndexFunc(c, func(one choice[T]) bool { return one.means == means })
	if i < 0 {
		return ""
	}
	return c[i].word
}

var (
	colVillage = Column{Title: ColVillage, Aliases: []string{"村名", "村社区", "村/社区", "村(社区)"}, Required: true, Example: "红旗村"}
	colNumber  = Column{Title: ColNumber, Aliases: []string{"户编号"}, Required: true, Example: "HQ-0001"}
)

// Layouts are the sheets that are read, in their order.
func Layouts() []Layout {
	return []Layout{
		{Places, []Column{
			{Title: ColTownship, Aliases: []string{"乡镇", "镇街"}, Required: true, Example: "清溪镇"},
			{Title: ColOffice, Aliases: []string{"镇电话"}, Required: true, Example: "镇积分办 023-5588 0100"},
			colVillage,
			{Title: ColDesk, Aliases: []string{"村电话"}, Required: true, Example: "村委会 023-5588 0101"},
			{Title: ColBoard, Choices: boards.offered(), Example: "打码"},
		}},
		{Households, []Column{
			colVillage, colNumber,
			{Title: ColHead, Aliases: []string{"户主姓名"}, Required: true, Example: "王桂兰"},
			{Title: ColJoined, Aliases: []string{"加入日期"}, Example: "2026-01-01"},
		}},
		{Members, []Column{
			colVillage, colNumber,
			{Title: ColName, Aliases: []string{"成员姓名"}, Required: true, Example: "王桂兰"},
			{Title: ColPhone, Aliases: []string{"手机", "手机号", "手机号码", "联系电话", "电话号码"}, Example: "13800000000"},
		}},
		{Kin, []Column{
			colVillage, colNumber,
			{Title: ColKinVillage, Example: "红旗村"},
			{Title: ColKinNumber, Required: true, Example: "HQ-0002"},
			{Title: ColRelation, Required: true, Choices: relations.offered(), Example: "兄弟姐妹"},
		}},
		{Staff, []Column{
			{Title: ColTownship, Aliases: []string{"乡镇", "镇街"}, Example: ""},
			{Title: ColVillage, Aliases: []string{"村名"}, Example: "红旗村"},
			{Title: ColName, Required: true, Example: "王桂兰"},
			{Title: ColRole, Aliases: []string{"角色"}, Required: true, Choices: roles.offered(), Example: "组长"},
			{Title: ColNumber, Aliases: []string{"户编号"}, Example: "HQ-0001"},
			{Title: ColSpeaksFor, Choices: standsFor.offered(), Example: "党员代表"},
		}},
		{Items, itemColumns()},
		{Openings, []Column{
			colVillage, colNumber,
			{Title: ColOpening, Aliases: []string{"积分", "期初分数"}, Required: true, Example: "35.5"},
			{Title: ColUntil, Aliases: []string{"截止日期"}, Required: true, Example: "2026-06-30"},
			{Title: ColPaper, Aliases: []string{"凭据"}, Required: true, Example: "2026年纸质台账第3页"},
		}},
	}
}

func itemColumns() []Column {
	return []Column{
		{Title: ColVillage, Aliases: []string{"村名"}, Example: "红旗村"},
		{Title: ColCode, Aliases: []string{"代码"}, Required: true, Example: "HJ01"},
		{Title: ColCategory, Required: true, Choices: catalogue.Categories(), Example: "人居环境"},
		{Title: ColTitle, Aliases: []string{"内容"}, Required: true, Example: "房前屋后干净、无乱堆乱放"},
		{Title: ColSign, Required: true, Choices: signs.offered(), Example: "加"},
		{Title: ColPoints, Aliases: []string{"分"}, Required: true, Example: "5"},
		{Title: ColUnit, Required: true, Choices: units.offered(), Example: "每月"},
		{Title: ColCapMonth, Example: "5"},
		{Title: ColCapQuarter, Example: ""},
		{Title: ColCapYear, Example: ""},
		{Title: ColCapEver, Example: ""},
		{Title: ColEvidence, Required: true, Example: "走访"},
		{Title: ColWarnFirst, Choices: flags.offered(), Example: "否"},
		{Title: ColPublic, Choices: flags.offered(), Example: "是"},
	}
}

// ItemCells writes an item of a catalogue as a row of Items, for every village.
func ItemCells(i catalogue.Item) []string {
	sign := 1
	if i.Value < 0 {
		sign = -1
	}
	cells := []string{"", i.Code, i.Category, i.Title, signs.word(sign), i.Value.Abs().String(), units.word(i.Unit)}
	for _, most := range []points.Tenths{i.Caps.Month, i.Caps.Quarter, i.Caps.Year, i.Caps.Ever} {
		if most == 0 {
			cells = append(cells, "")
			continue
		}
		cells = append(cells, most.String())
	}
	return append(cells, evidenceWords(i.Evidence), flags.word(i.WarnFirst), flags.word(i.Public))
}
