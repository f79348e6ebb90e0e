package conformance

import "github.com/xiangfeng/xiangfeng/domain/roster"

// PlantedFault is one thing that is wrong in a workbook of two villages with
// twelve households each.
type PlantedFault struct {
	Kind  roster.Kind
	Plant func(Workbook)
}

const (
	first  = "石桥一村"
	second = "石桥二村"
)

// Faults are forty that do not touch each other.
func Faults() []PlantedFault {
	put := func(k roster.Kind, sheet string, row int, title, text string) PlantedFault {
		return PlantedFault{k, func(w Workbook) { w.Put(sheet, row, title, text) }}
	}
	add := func(k roster.Kind, sheet string, cells ...string) PlantedFault {
		return PlantedFault{k, func(w Workbook) { w.Add(sheet, cells...) }}
	}
	item := func(k roster.Kind, row int, title, text string) PlantedFault {
		return put(k, roster.Items, row, title, text)
	}
	return []PlantedFault{
		put(roster.TownshipOffice, roster.Places, 3, roster.ColOffice, "镇积分办 023-5500 0199"),
		put(roster.NotAChoice, roster.Places, 2, roster.ColBoard, "只写姓"),
		add(roster.VillageTwice, roster.Places, "柳溪镇", "镇积分办 023-5500 0100", second, "村委会 023-5500 0102"),
		add(roster.NoLeader, roster.Places, "柳溪镇", "镇积分办 023-5500 0100", "石桥三村", "村委会 023-5500 0103"),
		add(roster.CellEmpty, roster.Households, first, "SQ-00090", ""),
		add(roster.VillageUnknown, roster.Households, "石桥九村", "SQ-00091", "周春山"),
		add(roster.HouseholdTwice, roster.Households, first, "ＳＱ－００００１", "周春山"),
		add(roster.NumberWrong, roster.Households, first, "SQ/00092", "周春山"),
		put(roster.HeadNoMember, roster.Households, 10, roster.ColHead, "冯不在"),
		add(roster.NoMembers, roster.Households, second, "SQ-00093", "郑春夏"),
		put(roster.DateWrong, roster.Households, 4, roster.ColJoined, "2026年2月30日"),
		put(roster.DateFuture, roster.Households, 5, roster.ColJoined, "2026.12.5"),
		add(roster.HomeUnknown, roster.Members, first, "SQ-00094", "周春山"),
		add(roster.MemberTwice, roster.Members, second, HomeNumber(1), PersonName(1)),
		put(roster.PhoneWrong, roster.Members, 4, roster.ColPhone, "138-0000-000"),
		add(roster.NameWrong, roster.Members, second, HomeNumber(2), "周春山、吴春山"),
		add(roster.FormulaBroken, roster.Members, second, "#REF!", "吴春山"),
		add(roster.HomeUnknown, roster.Kin, second, HomeNumber(8), "", "SQ-00095", "夫妻"),
		add(roster.KinSelf, roster.Kin, second, HomeNumber(9), second, HomeNumber(9), "夫妻"),
		add(roster.KinTwice, roster.Kin, second, HomeNumber(8), "", HomeNumber(1), "父母子女"),
		add(roster.NotAChoice, roster.Kin, second, HomeNumber(10), "", HomeNumber(11), "朋友"),
		add(roster.NotAChoice, roster.Staff, "", first, PersonName(8), "会计", HomeNumber(8)),
		add(roster.HolderUnknown, roster.Staff, "", first, "冯不在", "组员"),
		add(roster.LeaderTwice, roster.Staff, "", first, PersonName(9), "组长"),
		add(roster.LeaderDeputy, roster.Staff, "", second, PersonName(1), "副组长"),
		add(roster.RolePlace, roster.Staff, "", first, "韩干事", "镇积分办"),
		add(roster.TownUnknown, roster.Staff, "柳河镇", "", "韩干事", "监督"),
		add(roster.RoleTwice, roster.Staff, "", second, PersonName(4), "小组成员"),
		item(roster.CodeTwice, 3, roster.ColCode, "HJ01"),
		item(roster.NotAChoice, 4, roster.ColSign, "乘"),
		item(roster.PointsFine, 5, roster.ColPoints, "2.25"),
		item(roster.CapBelow, 6, roster.ColCapYear, "1"),
		item(roster.NotAChoice, 7, roster.ColCategory, "乡村旅游"),
		item(roster.NotAChoice, 8, roster.ColUnit, "趟"),
		item(roster.EvidenceWrong, 9, roster.ColEvidence, "口头说明"),
		item(roster.Levelling, 10, roster.ColTitle, "春节普惠积分，每户都有"),
		put(roster.PointsWrong, roster.Openings, 2, roster.ColOpening, "十二"),
		put(roster.PointsBeyond, roster.Openings, 3, roster.ColOpening, "10000.5"),
		put(roster.CellEmpty, roster.Openings, 4, roster.ColPaper, ""),
		put(roster.DateOtherYear, roster.Openings, 5, roster.ColUntil, "2025-12-31"),
	}
}
