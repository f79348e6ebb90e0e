package script

import (
	"fmt"
	"strings"

	"github.com/xiangfeng/xiangfeng/domain/calendar"
	"github.com/xiangfeng/xiangfeng/domain/roster"
)

// What the import of a township's workbook says. It is read on a screen by
// whoever keeps the register, so a line may be longer than the chat allows.

// RosterFault says where a workbook must be mended, what stands there and how.
func RosterFault(f roster.Fault) string {
	s := where(f)
	if f.Row == 0 && f.Column == 0 && f.Sheet != "" {
		s = "工作表「" + f.Sheet + "」"
	}
	s += "：" + fill(faultWords[f.Kind].what, f)
	if f.Found != "" && f.Title != f.Found && !strings.Contains(faultWords[f.Kind].what, "{found}") {
		s += "（现在是「" + f.Found + "」）"
	}
	return strings.TrimPrefix(s, "：") + "。" + fill(faultWords[f.Kind].cure, f) + "。"
}

// where is 户 第5行 C列「户主」.
func where(f roster.Fault) string {
	s := f.Sheet
	if f.Row > 0 {
		s += fmt.Sprintf(" 第%d行", f.Row)
	}
	if letter := f.Letter(); letter != "" {
		s += " " + letter + "列"
	}
	if f.Title != "" {
		s += "「" + f.Title + "」"
	}
	return s
}

// fill puts a fault's facts into its words.
func fill(words string, f roster.Fault) string {
	return strings.NewReplacer("{detail}", f.Detail, "{title}", f.Title, "{found}", f.Found, "{sheet}", f.Sheet).Replace(words)
}

// faultWords are what is wrong and what to do about it.
var faultWords = map[roster.Kind]struct{ what, cure string }{
	roster.SheetMissing:   {"没有这张工作表", "请从模板里把「{sheet}」复制过来，没有内容也要留着表头"},
	roster.SheetTwice:     {"有两张同名的工作表", "请合成一张"},
	roster.SheetEmpty:     {"表里一行内容也没有", "请填好再装入"},
	roster.ColumnMissing:  {"没有这一列", "请在表头里补上「{title}」"},
	roster.ColumnTwice:    {"这一列出现了两次", "请删掉一列"},
	roster.CellsMerged:    {"有合并的单元格", "请取消合并，每一行都填上"},
	roster.CellEmpty:      {"不能空着", "请填上"},
	roster.CellTooLong:    {"太长了，最多{detail}个字", "请写短一些"},
	roster.FormulaBroken:  {"公式算不出结果", "请改成直接填写的内容"},
	roster.NotAChoice:     {"没有这种写法", "请从这些里选：{detail}"},
	roster.TownshipOffice: {"同一个镇的电话前后不一样", "请把{detail}各行的电话写成一样"},
	roster.VillageTwice:   {"这个村第{detail}行已经有了", "请删掉一行；不同的镇有同名的村，请分成两份表"},
	roster.VillageUnknown: {"「村」表里没有这个村", "请改正村名，或者先在「村」表里加上"},
	roster.NumberWrong:    {"户号不能这样写", "请用字母、数字和短横线，最多20个，如 HQ-0001"},
	roster.HouseholdTwice: {"这个户号第{detail}行已经有了", "请改成不重复的户号"},
	roster.HomeUnknown:    {"「户」表里，{detail}没有这个户号", "请改正户号，或者先在「户」表里加上"},
	roster.NoMembers:      {"「成员」表里没有这一户的人", "请在「成员」表里至少加上户主"},
	roster.HeadNoMember:   {"户主不在这一户的成员里", "请在「成员」表里加上，或者改正姓名"},
	roster.DateWrong:      {"看不懂这个日期", "请写成 2026-01-05"},
	roster.DateFuture:     {"日期还没有到", "请改成今天或以前的日期"},
	roster.DateOtherYear:  {"日期不在今年", "期初积分只记{detail}年的，请改正日期"},
	roster.NameWrong:      {"姓名不能这样写", "请只写一个人的姓名，2到20个字，不带数字和括号"},
	roster.MemberTwice:    {"{detail}户里这个人已经有了", "请删掉一行；真是同名，请加上区分的字"},
	roster.PhoneWrong:     {"电话不是11位，有{detail}位数字", "请核对后填11位，没有电话就空着"},
	roster.PhoneOdd:       {"不像电话号码：手机号是1开头，座机是0开头", "请核对后改正，没有电话就空着"},
	roster.DeskWrong:      {"里面没有电话号码，村民打不通", "请写明找谁和电话，如：村委会 023-5588 0101"},
	roster.KinSelf:        {"自己和自己不能是亲属", "请改成亲属家的户号"},
	roster.KinTwice:       {"这两户的亲属关系前面已经写过", "请删掉一行，写一次两边都算"},
	roster.RolePlace:      {"这个职务要写明在哪个{detail}", "请填上{detail}名"},
	roster.TownUnknown:    {"「村」表里没有这个镇", "请改正镇名"},
	roster.HolderUnknown:  {"{detail}的「成员」表里没有这个人", "请先把人加到「成员」表，或者改正姓名、户号"},
	roster.HolderSeveral:  {"村里有{detail}个同名的人", "请在这一行填上户号"},
	roster.RoleTwice:      {"这个人的这个职务第{detail}行已经有了", "请删掉一行"},
	roster.NoLeader:       {"{found}没有组长", "请在「人员」表里加上一名组长"},
	roster.LeaderTwice:    {"第{detail}行已经有组长了", "一个村只有一名组长，请改正"},
	roster.LeaderDeputy:   {"第{detail}行是同一个人，一个人不能又当组长又当副组长", "两个人才能互相把关，请换一个人"},
	roster.CodeWrong:      {"编号不能这样写", "请用大写字母和数字，如 HJ01"},
	roster.CodeTwice:      {"这个编号第{detail}行已经有了", "请改成不重复的编号"},
	roster.PointsWrong:    {"不是数字", "请填数字，如 5 或 2.5"},
	roster.PointsFine:     {"小数多于一位", "分数最多一位小数，请改正"},
	roster.PointsBeyond:   {"超过了10000分", "请核对后改小"},
	roster.PointsSigned:   {"要大于0", "请填大于0的数，加分还是扣分写在「加减」里"},
	roster.CapBelow:       {"上限比分值{detail}还小", "请把上限改到不小于分值，没有上限就空着"},
	roster.EvidenceWrong:  {"没有这种佐证", "请从这些里选，都要用顿号，任选一样用“或”：{detail}"},
	roster.Levelling:      {"不做什么也人人有份，是平均主义，不能加分", "请改成要做到什么才加分，或者删掉"},
	roster.PublicLine:     {"违法、毒品、邪教、信访、健康、献血捐献、未成年人的事不能上榜", "请把「可上榜」改成否"},
	roster.OpeningTwice:   {"这一户第{detail}行已经有期初积分", "请合成一行"},
	roster.OpeningZero:    {"是0分", "没有积分的户不用写，请删掉这一行"},
	roster.OpeningNobody:  {"没有两个可以作证的人：本户和亲属要回避", "请在「人员」表里再加一名副组长，或者镇积分办的人"},
	roster.TooMany:        {"错处超过{detail}处，后面的没有列出", "请先改好上面的"},

	roster.SheetUnknown:   {"不认识这张工作表，没有读", "用不着就不用管"},
	roster.SheetHidden:    {"是隐藏的，没有读", "要用请先取消隐藏"},
	roster.ColumnUnknown:  {"不认识这一列，没有读", "用不着就不用管"},
	roster.ColumnIdentity: {"不需要身份证号，没有读", "请从表里删掉这一列，免得泄露"},
	roster.PhoneShared:    {"和{detail}户的电话一样", "确实是同一个人的就不用管"},
	roster.PhonesMissing:  {"{found}有{detail}户一个电话也没有", "这些户绑定时要由小组成员同意"},
	roster.OpeningBelow:   {"是负数，装入后比基础分还少", "今年在纸上确实扣的比加的多就不用管，否则请改正"},
	roster.NoDeputy:       {"{found}没有副组长", "组长自己记的分没有人能确认，请尽快补上"},
	roster.FewVillagers:   {"{found}的村民代表只有{detail}名，应有2名", "请尽快补上"},
	roster.FewParty:       {"{found}的党员代表只有{detail}名，应有2名", "请尽快补上"},
	roster.NoShopkeeper:   {"{found}没有超市经营者", "开始兑换前请补上"},
	roster.NoItems:        {"没有填细则，先用县里的样本", "村民会议定了细则再改"},
}

// RosterFaults heads the list of what must be mended.
func RosterFaults(n int) string {
	return fmt.Sprintf("这份表有 %d 处要改，一行也没有装入。改好后再装一次：", n)
}

// RosterRemarks heads the list of what is only worth knowing.
func RosterRemarks(n int) string { return fmt.Sprintf("另有 %d 处提醒，不影响装入：", n) }

// RosterRefused says why a file cannot be read at all.
func RosterRefused(why roster.Refusal) string {
	words, known := refusals[why]
	if !known {
		words = refusals[roster.Damaged]
	}
	return "这个文件不能装入：" + words
}

var refusals = map[roster.Refusal]string{
	roster.TooLarge:     "超过了5MB。请删掉图片和用不着的工作表，或者按镇分成几份。",
	roster.Empty:        "文件是空的。请重新保存一次。",
	roster.Old:          "是旧的 .xls 格式，或者设了打开密码。请去掉密码，另存为 .xlsx。",
	roster.Text:         "是文本文件（如 .csv），不是 Excel 工作簿。请用模板填写，存为 .xlsx。",
	roster.TextGBK:      "是文本文件（如 GBK 编码的 .csv），不是 Excel 工作簿。请用 Excel 打开，复制到模板里，存为 .xlsx。",
	roster.NoWorkbook:   "不是 Excel 工作簿。请用模板填写，存为 .xlsx。",
	roster.Damaged:      "文件损坏或者不完整。请用 Excel 打开，另存一份再装。",
	roster.Swollen:      "解开以后大得不正常。请把有用的内容复制到新的模板里再装。",
	roster.TooManyCells: "行数或列数太多，多半是给空行空列设了格式。请把有用的内容复制到新的模板里再装。",
	roster.Macros:       "里面有宏或者嵌入的程序。请另存为不带宏的 .xlsx。",
	roster.Linked:       "里面连着别的文件或者网络数据。请断开链接，只留数值，再存一次。",
	roster.Entities:     "里面有自定义的 XML 内容，不是 Excel 存出来的。请用 Excel 打开，另存一份再装。",
	roster.TooDeep:      "内部结构层数太多，不是 Excel 存出来的。请用 Excel 打开，另存一份再装。",
	roster.ManyParts:    "里面的部件太多。请把有用的内容复制到新的模板里再装。",
}

// NoRosterFile is said when there is no such file.
func NoRosterFile(path string) string { return "读不到文件 " + path + "，请检查路径。" }

// NoRosterNamed is said when import is not told which file.
func NoRosterNamed() string {
	return "请写明要装入的文件：xiangfeng import 名册.xlsx --config 配置文件\n还没有表，请先取模板：xiangfeng import --template 模板.xlsx"
}

// RosterExists is said when a file to be written is there already.
func RosterExists(path string) string {
	return "文件 " + path + " 已经有了，请换一个名字。"
}

// RosterTemplate says where the template was written.
func RosterTemplate(path string) string {
	return "模板已写到 " + path + "。填好后运行：xiangfeng import " + path + " --config 配置文件"
}

// RosterBefore is said of a file that was taken in before.
func RosterBefore() string {
	return "这份表以前装入过，内容一样，这次什么也没有变。"
}

// RosterCards says where the new cards were written.
func RosterCards(path string, n int) string {
	return fmt.Sprintf("%d 张新卡的卡号和二维码内容已写到 %s，印好后请收好或删掉。", n, path)
}

// RosterCardsKept says how the new cards are printed.
func RosterCardsKept(n int) string {
	return fmt.Sprintf("发了 %d 张新卡。卡号和二维码随时可以印，也可以再印，请运行：xiangfeng cards --config 配置文件 --village 村名 --out 卡片.html", n)
}

// RosterDone says what an import changed and what it left as it was.
func RosterDone(c roster.Changes) string {
	var parts []string
	add := func(n int, words string) {
		if n > 0 {
			parts = append(parts, fmt.Sprintf(words, n))
		}
	}
	add(len(c.NewTownships), "新增 %d 个镇")
	add(len(c.NewVillages), "新增 %d 个村")
	add(len(c.Households), "新增 %d 户")
	add(len(c.NewMembers), "新增成员 %d 人")
	add(openings(c), "记入期初积分 %d 户")
	add(len(c.Items), "细则 %d 条")
	add(len(c.Posts), "任职 %d 项")
	add(len(c.Ended), "卸任 %d 项")
	add(len(c.Ties), "亲属关系 %d 对")
	add(len(c.Heads), "改户主 %d 户")
	add(len(c.Members), "改成员姓名、电话、任职 %d 人")
	add(len(c.Townships)+len(c.Villages), "改镇村电话等 %d 处")
	if c.None() {
		return rows("和库里的一样，没有要改的。", untouched(c.Left))
	}
	return rows("已装入："+strings.Join(parts, "，")+"。", untouched(c.Left))
}

func openings(c roster.Changes) int { return len(c.Entries) - len(c.Accounts) }

// untouched says what the database has, the workbook has not, and stayed.
func untouched(l roster.Left) string {
	var parts []string
	add := func(n int, words string) {
		if n > 0 {
			parts = append(parts, fmt.Sprintf(words, n))
		}
	}
	add(l.Households, "表里没有的 %d 户")
	add(l.Members, "表里没有的成员 %d 人")
	add(l.Ties, "表里没有的亲属关系 %d 对")
	add(l.Erased, "本人要求删掉信息的成员 %d 人的电话（没有再装入，他们绑定要由小组成员同意）")
	add(l.Ended, "已并户或迁走的 %d 户")
	add(l.Catalogues, "%d 个村今年已有的细则")
	add(l.Openings, "%d 户已有账户的积分")
	if len(parts) == 0 {
		return ""
	}
	return "没有动的：" + strings.Join(parts, "，") + "。"
}

// RosterManual is the first sheet of the template, line by line.
func RosterManual(today calendar.Date) []string {
	return []string{
		"怎么填这份名册",
		"1. 一份表装一个镇（或几个村）的全部名册：村、户、成员、亲属、人员、细则、期初积分。以后有变动，改这份表再装一次。",
		"2. 第一行是表头，不要改。表头的次序可以换，多出来的列不读。带 * 的列必须填。",
		"3. 以“" + roster.Example + "”开头的行只是样子，不会装入，可以留着也可以删掉。",
		"4. 不要合并单元格。公式按算出来的结果读。隐藏的工作表不读。",
		"5. 日期写成 " + today.String() + "。电话填11位，没有就空着。不要填身份证号。",
		"6. 「人员」里的组长、副组长、组员、超市经营者要先在「成员」里有名字；同名的人要填户号。一个村一名组长，还要有副组长、两名村民代表、两名党员代表。",
		"7. 「评分细则」已放入县里的样本，按村民会议定的改。村名空着就是各村都用；整张表删空就先用样本。人人有份的加分（平均主义）和没有佐证的加分不收。",
		"8. 「期初积分」只给新装入的户记一次，由组长和副组长两人作证，本户和亲属回避。",
		"9. 有一处错就一行也不装入，会列出每一处在哪张表、哪一行、哪一列、怎么改。",
		"10. 再装一次：会加新户新人，改姓名、电话、亲属和任职；不删任何户和人，不动已有的积分和今年已有的细则；本人在微信里要求删掉的电话不再装入。",
	}
}

// RosterColumn is the note on a column of the template.
func RosterColumn(c roster.Column) string {
	need := "可以空着。"
	if c.Required {
		need = "必须填。"
	}
	if len(c.Choices) > 0 {
		need += "从这些里选：" + strings.Join(c.Choices, "、") + "。"
	}
	return need + columnNotes[c.Title]
}

var columnNotes = map[string]string{
	roster.ColOffice:     "村民打给镇上的电话，写明找谁。",
	roster.ColDesk:       "村民打给村里的电话，写明找谁。",
	roster.ColBoard:      "公示榜上的姓名：打码是王**；全名要本人同意。空着就打码。",
	roster.ColNumber:     "一个村里不重复，印在卡上，如 HQ-0001。",
	roster.ColHead:       "要和「成员」里的姓名一样。",
	roster.ColJoined:     "空着：新村从今年1月1日算，老村的新户从装入那天算。",
	roster.ColPhone:      "11位。绑定微信时核对后四位。",
	roster.ColKinVillage: "同村的可以空着。",
	roster.ColRelation:   "记分、确认、裁决、发货都要回避亲属。写一次两边都算。",
	roster.ColTownship:   "「人员」里只有镇积分办和监督要填。",
	roster.ColSpeaksFor:  "小组里要有两名村民代表、两名党员代表。",
	roster.ColPoints:     "大于0，最多一位小数。",
	roster.ColEvidence:   "都要用顿号，任选一样用“或”。走访、签到、照片、前后照片、会议记录、证明、决定书、收据、链接、时长、受助人确认。",
	roster.ColPublic:     "涉及违法、信访、健康、未成年人的一律填否。",
	roster.ColOpening:    "今年在纸上记的、基础分以外的分，最多一位小数。",
	roster.ColPaper:      "纸账在哪里，如：2026年纸质台账第3页。",
}

// RosterCardSheet names the sheet of new cards.
const RosterCardSheet = "新卡"

// RosterCardColumns are the titles of the sheet of new cards.
func RosterCardColumns() []string {
	return []string{"村", "户号", "户主", "卡号", "二维码内容"}
}
