package sample

import (
	"fmt"
	"strings"

	"github.com/xiangfeng/xiangfeng/domain/village"
)

// perTownship is how many villages share a township.
const perTownship = 16

type place struct{ name, initials string }

// The demo's villages keep their names in every county.
var known = []place{{"红旗村", "HQ"}, {"青山村", "QS"}, {"柳林社区", "LL"}}

// Village names are a front, a middle and an end, none of them giving a known name.
var (
	fronts  = split("新上下东西南北老大")
	middles = strings.Fields("石S 松S 竹Z 梅M 桃T 杏X 桂G 白B 黄H 金J 银Y 龙L 凤F 鹤H 云Y 月Y 泉Q 沙S 茶C 稻D 麦M 梨L 枫F 莲L")
	ends    = strings.Fields("桥Q 坝B 湾W 坪P 岭L 溪X 塘T 垭Y 坡P 沟G 梁L 井J 田T 岩Y 坎K 冲C 台T 滩T 槽C 寨Z 口K 洞D 园Y 岗G")
)

// placeOf names the n-th village, n from 0. No two are alike.
func placeOf(n int) place {
	if n < len(known) {
		return known[n]
	}
	n -= len(known)
	e := n % len(ends)
	n /= len(ends)
	// Neighbours that share a middle would read like a row of sisters.
	m := (n + 7*e) % len(middles)
	n /= len(middles)
	name, initials := "", ""
	for ; n > 0; n = (n - 1) / len(fronts) {
		name = fronts[(n-1)%len(fronts)] + name
	}
	for _, part := range []string{middles[m], ends[e]} {
		name += strings.TrimRight(part, "ABCDEFGHIJKLMNOPQRSTUVWXYZ")
		initials += part[len(part)-1:]
	}
	return place{name + "村", initials}
}

var townships = split("清云龙石白金双长新永太安高沙青大")

// newTownship names a township, the first 清溪镇, and invents a telephone number.
func newTownship(id village.TownshipID) village.Township {
	n := int(id - 1)
	kinds := []string{"溪", "坪", "河", "坝", "桥", "岭", "泉", "湾"}
	name := townships[n%len(townships)] + kinds[n/len(townships)%len(kinds)]
	if round := n / len(townships) / len(kinds); round > 0 {
		name += fronts[(round-1)%len(fronts)]
	}
	clerk := split("张李赵孙吴郑冯褚")[n%8]
	return village.Township{ID: id, Name: name + "镇", Office: fmt.Sprintf("镇积分办 %s干事 %s", clerk, telephone(int(id), 0))}
}

// telephone is a number that nobody has: 023-5588 with the township's and the desk's own digits.
func telephone(township, desk int) string {
	return fmt.Sprintf("023-5588 %02d%02d", township%100, desk)
}

// newVillage makes the n-th village, n from 0, and the sign its households'
// numbers start with, which no other village of the county has.
func newVillage(n int, t village.Township) (village.Village, string) {
	p := placeOf(n)
	prefix := p.initials
	if n >= len(known) {
		prefix = fmt.Sprintf("%s%d", p.initials, n+1)
	}
	return village.Village{
		ID: village.ID(n + 1), Township: t.ID, Name: p.name,
		Desk:     "村委会 " + telephone(int(t.ID), 1+n%perTownship),
		Settings: village.Defaults(),
	}, prefix
}
