package conformance

import (
	"fmt"
	"slices"

	"github.com/xiangfeng/xiangfeng/domain/catalogue"
	"github.com/xiangfeng/xiangfeng/domain/roster"
)

// Workbook is a township's register as somebody typed it.
type Workbook []roster.Sheet

// A household in ten goes without a phone, every third has points on paper;
// the first seven of a village are its team's and its shopkeeper's.
const teamHomes = 7

// NewWorkbook makes one without faults, of villages with some households each,
// seven at least. Everybody in it is invented.
func NewWorkbook(villages, households int) Workbook {
	var w Workbook
	for _, l := range roster.Layouts() {
		s := roster.Sheet{Name: l.Name}
		var titles []string
		for _, c := range l.Columns {
			titles = append(titles, c.Title)
		}
		s.Rows = []roster.Row{{N: 1, Cells: titles}}
		w = append(w, s)
	}
	for v := range villages {
		w.village(fmt.Sprintf("石桥%s村", numeral(v+1)), households)
	}
	for _, i := range catalogue.County()[:12] {
		w.Add(roster.Items, roster.ItemCells(i)...)
	}
	w.Add(roster.Staff, "柳溪镇", "", "秦干事", "镇积分办")
	return w
}

// numeral writes a small number in Chinese.
func numeral(n int) string {
	digits := []rune("零一二三四五六七八九")
	switch {
	case n >= 10:
		return numeral(n/10) + string(digits[n%10])
	default:
		return string(digits[n])
	}
}

func (w Workbook) village(name string, households int) {
	w.Add(roster.Places, "柳溪镇", "镇积分办 023-5500 0100", name, "村委会 023-5500 0101", "打码")
	for n := 1; n <= households; n++ {
		number, head := HomeNumber(n), PersonName(n)
		w.Add(roster.Households, name, number, head, "")
		phone := ""
		if n%10 != 9 {
			phone = phoneOf(name, n)
		}
		w.Add(roster.Members, name, number, head, phone)
		w.Add(roster.Members, name, number, PersonName(n+households), "")
		if n%3 == 0 {
			w.Add(roster.Openings, name, number, "12.5", "2026-01-03", "2026年纸质台账第3页")
		}
	}
	for i, post := range [][2]string{{"组长", "党员代表"}, {"副组长", "党员代表"}, {"副组长", ""}, {"组员", "村民代表"}, {"组员", "村民代表"}, {"组员", ""}, {"超市经营者", ""}} {
		w.Add(roster.Staff, "", name, PersonName(i+1), post[0], HomeNumber(i+1), post[1])
	}
	if households > teamHomes {
		w.Add(roster.Kin, name, HomeNumber(1), "", HomeNumber(teamHomes+1), "兄弟姐妹")
	}
}

// HomeNumber is the number of a village's nth household, from 1.
func HomeNumber(n int) string { return fmt.Sprintf("SQ-%05d", n) }

// PersonName is the nth of many different names, from 1.
func PersonName(n int) string {
	surnames, given := []rune("周吴郑冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔"), []rune("春夏秋冬梅兰竹菊山水云月金木石田禾谷雨雪风花林泉")
	n--
	return string([]rune{surnames[n%20], given[n/20%24], given[n/480%24], given[(n/11520+n*7)%24]})
}

// phoneOf is a phone that nobody has: the prefix 100 is not given out.
func phoneOf(village string, n int) string {
	sum := 0
	for _, r := range village {
		sum += int(r)
	}
	return fmt.Sprintf("100%03d%05d", sum%1000, n)
}

// Sheet is the sheet of a name.
func (w Workbook) Sheet(name string) *roster.Sheet {
	i := slices.IndexFunc(w, func(s roster.Sheet) bool { return s.Name == name })
	return &w[i]
}

// Add puts a row below the others of a sheet.
func (w Workbook) Add(sheet string, cells ...string) {
	s := w.Sheet(sheet)
	s.Rows = append(s.Rows, roster.Row{N: s.Rows[len(s.Rows)-1].N + 1, Cells: cells})
}

// Put writes into a cell, by the row as the spreadsheet counts and the title.
func (w Workbook) Put(sheet string, row int, title, text string) {
	s := w.Sheet(sheet)
	at := slices.Index(s.Rows[0].Cells, title)
	i := slices.IndexFunc(s.Rows, func(r roster.Row) bool { return r.N == row })
	for len(s.Rows[i].Cells) <= at {
		s.Rows[i].Cells = append(s.Rows[i].Cells, "")
	}
	s.Rows[i].Cells[at] = text
}
