package script

import (
	"fmt"
	"time"

	"github.com/xiangfeng/xiangfeng/domain/calendar"
)

// Person answers 人工: whom to call.
func Person(s Standing) string {
	office := ""
	if s.Place.Office != "" && s.Place.Office != s.Place.Whom() {
		office = "镇上：" + s.Place.Office
	}
	return Under(s, rows("村里：请找"+s.Place.Whom(), office, "超市几点开门，这里还没有记，也请问村里。", "请打电话，或当面去问"))
}

// NotAllowed says what the scheme does not allow, and what instead.
func NotAllowed(s Standing) string {
	return Under(s, rows(
		"积分不能换现金，不能卖，也不能转给别家。",
		"能换的是积分超市的东西，您家的分一直是您家的。",
		"看能换多少，请回：兑换",
	))
}

// Outside says that something has nothing to do with points.
func Outside(s Standing) string {
	return Under(s, rows("这件事我答不了，我只管积分。", "请找"+s.Place.Whom()+"问，看电话请回：人工"))
}

// NoLine tells that the household has no line of the number in the year.
func NoLine(s Standing, no, year int) string {
	return Under(s, rows(fmt.Sprintf("您家%d年没有第%d条。", year, no), "看有哪些，请回：明细"))
}

// OneLine shows one line of 明细, with who recorded and confirmed it.
func OneLine(s Standing, l Line, year int) string {
	h := Heading{Home: s.Home, Several: s.Homes > 1, Year: year}
	return Under(s, rows(l.full(h), "觉得不对，请回：第"+digits(l.No)+"条不对"))
}

// Redeem answers 兑换 with what there is to spend at now.
func Redeem(s Standing, now time.Time) string {
	balance := "您家还没有积分账"
	if len(s.Accounts) > 0 {
		balance = purse(s, now)
	}
	window := "每年1、4、7、10月能换"
	if _, open := calendar.WindowOf(now); open {
		window = "这个月能换"
	}
	foot := "有啥东西、要多少分，请问" + s.Place.Whom()
	return firstFit(
		Under(s, rows(balance, window+"，要到积分超市当面换，网上预订还没开通", foot)),
		Under(s, rows(balance, "要到积分超市当面换", foot)),
		Under(s, rows(balance, "看东西找谁，请回：人工")),
	)
}

// NoReservation answers 取消预订 while nothing can be reserved here.
func NoReservation(s Standing) string {
	return Under(s, rows("网上预订还没开通，您家没有网上的预订。", "当面订的，请找"+s.Place.Whom()+"取消"))
}

// Taken tells where to see what was redeemed.
func Taken(s Standing) string {
	return Under(s, rows("换过的都在明细里，写着“兑换”。", "请回：明细；没换过却有的，请回：不是我换的"))
}

// NotMine tells what to do about a redemption that was not theirs.
func NotMine(s Standing) string {
	office := ""
	if s.Place.Office != "" && s.Place.Office != s.Place.Whom() {
		office = "村里不管，找" + s.Place.Office
	}
	return Under(s, rows("先看是第几条，请回：明细。", "再请马上找"+s.Place.Whom()+"查，说清是第几条、哪一天", office, "网上还不能停，请当面或打电话说"))
}
