package script

import (
	"fmt"
	"strings"
)

// Rank answers 排名: the own place with its neighbours.
func Rank(r Ranking, several bool, year int) string {
	name := called(r.Home, several)
	switch {
	case r.Placing == nil:
		return rows(name+"在"+r.Place.Name+"还没上过公示榜，没有排名。", "看总分请回：积分")
	case r.Placing.Rank == 0:
		return rows(name+season(r.Placing.Quarter, year)+"刚入户，这个季度不排名，下个季度起排。", "看总分请回：积分")
	}
	title := fmt.Sprintf("%s%s排第%d，共排%d户%s", name, season(r.Placing.Quarter, year), r.Placing.Rank, r.Placing.Of, hanging(r.Placing.Sealed))
	foot := "看前十名，请回：前十"
	return firstFit(
		rows(title, list(r.Near, true), foot),
		rows(title, list(around(r.Near), true), foot),
		rows(title, list(around(r.Near), false), foot),
	)
}

// around keeps the own row and the ones next to it.
func around(near []Row) []Row {
	for i, row := range near {
		if row.Own {
			return near[max(0, i-1):min(len(near), i+2)]
		}
	}
	return near[:min(3, len(near))]
}

// list writes rows of a public list; where room is short, without their scores.
func list(of []Row, scores bool) string {
	written := make([]string, 0, len(of))
	for _, row := range of {
		text := fmt.Sprintf("%d %s", row.Rank, row.Name)
		if scores {
			text += " " + row.Score.String() + "分"
		}
		if row.Own {
			text += "（您家）"
		}
		written = append(written, text)
	}
	return strings.Join(written, "\n")
}

// Top answers 前十, with names as the village's board writes them.
func Top(r Ranking, several bool, year int) string {
	if r.Placing == nil || len(r.Top) == 0 {
		return rows(called(r.Home, several)+"在"+r.Place.Name+"还没上过公示榜，没有排名。", "看总分请回：积分")
	}
	title := season(r.Placing.Quarter, year) + "前十名" + hanging(r.Placing.Sealed)
	foot := called(r.Home, several) + fmt.Sprintf("第%d。看自家，请回：排名", r.Placing.Rank)
	if r.Placing.Rank == 0 {
		foot = called(r.Home, several) + "还不排名。看总分请回：积分"
	}
	return firstFit(
		rows(r.Place.Name+title, list(r.Top, true), foot),
		rows(r.Place.Name+title, list(r.Top, false), foot),
		rows(title, list(r.Top, false), foot),
	)
}

// Township answers 全镇排名: why villages are not compared (PRODUCT 2.10).
func Township(s Standing, year int) string {
	own := called(s.Home, s.Homes > 1)
	if s.Sheet != nil && s.Sheet.Rank > 0 {
		own += fmt.Sprintf("在%s：%s排第%d，共排%d户。", s.Place.Name, season(s.Sheet.Quarter, year), s.Sheet.Rank, s.Sheet.Of)
	} else {
		own += "在" + s.Place.Name + "还没有排名。"
	}
	return rows("各村定的评分项目不一样，分数不好比，所以全镇不排名，只在本村排。", own, "看村里的，请回：排名")
}
