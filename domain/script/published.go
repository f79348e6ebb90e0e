package script

import (
	"fmt"
	"time"

	"github.com/xiangfeng/xiangfeng/domain/calendar"
)

// Sheet answers 公示: the newest sheet, and how long its lines can be objected
// to; first that a newer one came down, where one did.
func Sheet(p Published, several bool, now time.Time) string {
	year := calendar.DateOf(now).Year
	down := ""
	if p.Down != (calendar.Quarter{}) {
		down = season(p.Down, year) + "的公示撤下来了，更正后再贴"
	}
	switch {
	case p.None && down != "":
		return rows(p.Place.Name+down, "看总分请回：积分")
	case p.None:
		return rows(called(p.Home, several)+"："+p.Place.Name+"还没公示过。", "看总分请回：积分")
	}
	title := p.Place.Name + season(p.Quarter, year) + "公示，校验码" + p.Code
	all := fmt.Sprintf("%s贴出，全村%d户", day(p.PublishedOn, year), p.Households)
	if p.Own != nil && p.Own.Of > 0 && p.Own.Of < p.Households {
		all += fmt.Sprintf("，排名的%d户", p.Own.Of)
	}
	until, open := objection(p, now)
	call := ""
	if open {
		call = "自家的有不对，请回：异议；别家的请回：投诉"
	}
	foot := "看自家每一条，请回：明细"
	return firstFit(
		rows(down, title, all, ownOn(p, several), until, call, foot),
		rows(down, title, ownOn(p, several), until, call, foot),
		rows(down, title, ownOn(p, several), until, foot),
		rows(down, title, ownOn(p, several), foot),
	)
}

func ownOn(p Published, several bool) string {
	name := called(p.Home, several)
	switch {
	case p.Own == nil:
		return name + "不在这张榜上"
	case p.Own.Rank == 0:
		return fmt.Sprintf("%s%s分（这季度%s），新入户不排名", name, p.Own.Score, p.Gained.Signed())
	}
	return fmt.Sprintf("%s%s分（这季度%s），排第%d", name, p.Own.Score, p.Gained.Signed(), p.Own.Rank)
}

// objection tells until when a line can be objected to: while the sheet hangs,
// and for some days after it is sealed (PRODUCT 2.8).
func objection(p Published, now time.Time) (text string, open bool) {
	today := calendar.DateOf(now)
	last := calendar.SealFrom(p.PublishedOn).AddDays(-1)
	state := "正在公示"
	if !p.SealedOn.IsZero() {
		last = calendar.ObjectionUntil(p.SealedOn, calendar.DefaultObjectionDays)
		state = day(p.SealedOn, today.Year) + "公示完了"
	}
	left := today.DaysUntil(last)
	switch {
	case left > 0:
		return fmt.Sprintf("%s，%s前（含当天）能提意见，还剩%d天", state, day(last, today.Year), left), true
	case left == 0:
		return state + "，今天是提意见的最后一天", true
	case p.SealedOn.IsZero():
		return "公示期已满，就要定下，有意见请马上提", true
	}
	return state + "，提意见的日子已过", false
}
