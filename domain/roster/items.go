package roster

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/xiangfeng/xiangfeng/domain/catalogue"
	"github.com/xiangfeng/xiangfeng/domain/household"
	"github.com/xiangfeng/xiangfeng/domain/points"
)

// items reads the catalogue. A row without a village counts for all of them;
// a village that has no row takes the county's template.
func (c *check) items() {
	common := map[string]int{}
	own := map[Home]int{} // by village and code
	for _, l := range c.tables[Items].lines {
		var p *place
		if l.name(ColVillage) != "" {
			if p = l.village(ColVillage); p == nil {
				continue
			}
		}
		item := l.item()
		if item.Code == "" {
			continue
		}
		first := common[item.Code]
		if p != nil {
			first = max(first, own[Home{p.Name, item.Code}])
			own[Home{p.Name, item.Code}] = l.row.N
		} else {
			for _, name := range c.names {
				first = max(first, own[Home{name, item.Code}])
			}
			common[item.Code] = l.row.N
		}
		if first > 0 {
			l.wrong(CodeTwice, ColCode, fmt.Sprint(first))
			continue
		}
		for _, name := range c.names {
			if at := c.villages[name]; p == nil || p == at {
				at.Items = append(at.Items, item)
			}
		}
	}
	if len(c.names) > 0 && len(c.tables[Items].lines) == 0 && len(c.tables[Items].at) > 0 {
		c.report(Fault{Kind: NoItems, Sheet: Items})
	}
	for _, name := range c.names {
		if at := c.villages[name]; len(at.Items) == 0 {
			at.Items = catalogue.County()
		}
	}
}

var code = regexp.MustCompile(`^[A-Z0-9][A-Z0-9-]{0,9}[a-z]?$`)

func (l *line) item() catalogue.Item {
	i := catalogue.Item{Code: l.code(), Title: l.text(ColTitle)}
	i.Category = pick(l, ColCategory, categories(), "")
	i.Value = l.positive(ColPoints)
	i.Unit = pick(l, ColUnit, units, "")
	for _, most := range []struct {
		title string
		into  *points.Tenths
	}{{ColCapMonth, &i.Caps.Month}, {ColCapQuarter, &i.Caps.Quarter}, {ColCapYear, &i.Caps.Year}, {ColCapEver, &i.Caps.Ever}} {
		*most.into = l.positive(most.title)
		if *most.into > 0 && *most.into < i.Value {
			l.wrong(CapBelow, most.title, i.Value.String())
		}
	}
	i.Evidence = l.evidence()
	i.WarnFirst = pick(l, ColWarnFirst, flags, false)
	i.Public = pick(l, ColPublic, flags, false)
	sign := pick(l, ColSign, signs, 1)
	if sign > 0 && levelling(i.Title) {
		l.wrong(Levelling, ColTitle, "")
	}
	if i.Public && sensitive(i.Title, sign) {
		l.wrong(PublicLine, ColPublic, "")
	}
	i.Value *= points.Tenths(sign)
	return i
}

// code may end in a small letter, as BZ11a does.
func (l *line) code() string {
	text := l.read(ColCode, tidy)
	if text != "" && !code.MatchString(text) {
		l.wrong(CodeWrong, ColCode, "")
	}
	return text
}

func (l *line) evidence() string {
	text := l.text(ColEvidence)
	if text == "" {
		return ""
	}
	evidence, ok := evidenceOf(text)
	if !ok {
		l.wrong(EvidenceWrong, ColEvidence, strings.Join(evidences.offered(), "、"))
	}
	return evidence
}

func categories() (all choices[string]) {
	for _, name := range catalogue.Categories() {
		all = append(all, choice[string]{name, name})
	}
	return all
}

// everybody are the words of an item that all get without doing anything
// (平均主义, policy 三): points for being there, by household or by head. That a
// gain also needs evidence, which the column demands, keeps out the rest: what
// nobody has to show, everybody has.
var everybody = []string{
	"普惠", "人人有", "人人都", "人人得", "户户有", "户户都", "户户得", "家家有", "家家都", "每户都", "每户发", "各户都", "全村都", "全体农户", "所有农户", "所有家庭",
	"按户发", "按户平均", "按人头", "平均分", "平均发", "保底分", "保底积分", "基础分", "基本分", "人头分",
}

func levelling(title string) bool {
	title = folded(title)
	for _, word := range everybody {
		if strings.Contains(title, word) {
			return true
		}
	}
	return false
}

// Words of items whose lines no board may show (PRODUCT 2.5): drugs, cults,
// petition, health, blood and organs, minors; and of deductions, crime.
var (
	shielded = []string{
		"吸毒", "贩毒", "涉毒", "制毒", "毒品", "涉黄", "卖淫", "嫖", "邪教", "非法组织", "信访", "上访", "献血", "捐血", "造血", "骨髓", "器官", "遗体", "病", "残疾", "失能",
		"未成年", "学生", "犯罪", "判刑", "服刑", "拘留", "强制戒",
	}
	crimes = []string{"赌", "偷", "盗", "抢", "诈骗", "骗取", "斗殴", "打架", "寻衅", "滋事", "家暴", "家庭暴力", "虐待", "遗弃", "儿童", "违法犯罪", "涉黑", "涉恶", "酒驾", "醉驾"}
)

func sensitive(title string, sign int) bool {
	title = folded(title)
	in := func(word string) bool { return strings.Contains(title, word) }
	return slices.ContainsFunc(shielded, in) || sign < 0 && slices.ContainsFunc(crimes, in)
}

// openings reads what was earned on paper.
func (c *check) openings() {
	rows := map[Home]int{}
	for _, l := range c.tables[Openings].lines {
		h, at := l.home(ColVillage, ColNumber)
		o := Opening{Paper: l.text(ColPaper), On: l.day(ColUntil)}
		var earned bool
		o.Tenths, earned = l.amount(ColOpening)
		if earned && o.Tenths == 0 {
			l.wrong(OpeningZero, ColOpening, "")
		}
		if o.Tenths < 0 {
			l.wrongless(OpeningBelow, ColOpening, "")
		}
		if !o.On.IsZero() && o.On.Year != c.today.Year {
			l.wrong(DateOtherYear, ColUntil, fmt.Sprint(c.today.Year))
		}
		if h == nil {
			continue
		}
		if rows[at] != 0 {
			l.wrong(OpeningTwice, ColNumber, fmt.Sprint(rows[at]))
			continue
		}
		rows[at] = l.row.N
		if h.place == nil || len(c.holding(h.place, household.Leader)) == 0 {
			continue // the village or its leader is missing, which was said
		}
		recorder, confirmer, ok := c.vouching(h.place, at)
		if !ok {
			l.wrong(OpeningNobody, ColNumber, "")
			continue
		}
		o.Recorder, o.Confirmer = recorder, confirmer
		h.Opening = o
	}
}

// vouching are the two who take over a household's paper points: a deputy
// records, the leader confirms; where that is their own household or kin,
// another deputy or the township's office does (PRODUCT 2.7).
func (c *check) vouching(p *place, at Home) (recorder, confirmer Holder, ok bool) {
	var free []Holder
	for _, role := range []household.Role{household.Leader, household.Deputy, household.Officer} {
		for _, one := range c.posts {
			ours := one.place == p || one.place == nil && one.Holder.Township == p.Township
			if one.Role == role && ours && !c.related(one.Holder, at) {
				free = append(free, one.Holder)
			}
		}
	}
	if len(free) < 2 {
		return Holder{}, Holder{}, false
	}
	return free[1], free[0], true
}

func (c *check) related(who Holder, at Home) bool {
	if who.Township != "" {
		return false
	}
	// The same person may be on the register of other households too; the
	// workbook does not tell, so the one that the post names counts.
	if who.Home == at {
		return true
	}
	for _, kin := range c.kin[at] {
		if kin == who.Home {
			return true
		}
	}
	return false
}
