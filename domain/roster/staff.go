package roster

import (
	"fmt"
	"slices"

	"github.com/xiangfeng/xiangfeng/domain/household"
)

func (c *check) staff() {
	for _, l := range c.tables[Staff].lines {
		if p, ok := l.post(); ok && !c.holds(p) {
			c.posts = append(c.posts, p)
		}
	}
	if len(c.tables[Staff].lines) == 0 {
		return // said once of the whole sheet
	}
	for _, name := range c.names {
		c.leads(c.villages[name])
	}
}

// post reads a row of the staff.
func (l *line) post() (post, bool) {
	role := pick(l, ColRole, roles, "")
	name := l.person(ColName)
	speaksFor := pick(l, ColSpeaksFor, standsFor, "")
	p := post{Post: Post{Role: role}, line: l, speaksFor: speaksFor}
	if role == "" || name == "" {
		return p, false
	}
	if role == household.Officer || role == household.Auditor {
		return p, l.ofTownship(&p, name)
	}
	return p, l.ofVillage(&p, name)
}

// ofTownship fills a post of the township's office.
func (l *line) ofTownship(p *post, name string) bool {
	township := l.name(ColTownship)
	switch {
	case township == "":
		l.wrong(RolePlace, ColTownship, ColTownship)
	case l.offices[township] == "":
		l.wrong(TownUnknown, ColTownship, "")
	default:
		p.Holder = Holder{Township: township, Name: name}
		return true
	}
	return false
}

// ofVillage fills a village's post: whoever holds it is on the register, so
// that the product knows for whom they may not act.
func (l *line) ofVillage(p *post, name string) bool {
	if l.name(ColVillage) == "" {
		l.wrong(RolePlace, ColVillage, ColVillage)
		return false
	}
	if p.place = l.village(ColVillage); p.place == nil {
		return false
	}
	homes := p.place.named[name]
	if number := l.key(ColNumber); number != "" {
		at := Home{p.place.Name, number}
		if l.homes[at] == nil {
			l.wrong(HomeUnknown, ColNumber, at.Village)
			return false
		}
		homes = slices.DeleteFunc(slices.Clone(homes), func(h Home) bool { return h != at })
	}
	switch len(homes) {
	case 0:
		l.wrong(HolderUnknown, ColName, p.place.Name)
	case 1:
		p.Holder = Holder{Home: homes[0], Name: name}
		return true
	default:
		l.wrong(HolderSeveral, ColName, fmt.Sprint(len(homes)))
	}
	return false
}

// holds reports a post that its holder has already, or that does not go with
// another one.
func (c *check) holds(p post) bool {
	for _, other := range c.posts {
		if other.place != p.place || other.Holder != p.Holder {
			if p.Role == household.Leader && other.Role == household.Leader && other.place == p.place {
				p.line.wrong(LeaderTwice, ColRole, fmt.Sprint(other.line.row.N))
				return true
			}
			continue
		}
		row := fmt.Sprint(other.line.row.N)
		switch {
		case other.Role == p.Role:
			p.line.wrong(RoleTwice, ColRole, row)
			return true
		case command(p.Role) && command(other.Role):
			p.line.wrong(LeaderDeputy, ColRole, row)
			return true
		}
	}
	return false
}

// command tells the two roles that confirm; one person is not both.
func command(r household.Role) bool { return r == household.Leader || r == household.Deputy }

// leads reports a village that nobody leads, unless a row that was to name
// its leader was reported before.
func (c *check) leads(p *place) {
	if len(c.holding(p, household.Leader)) > 0 {
		return
	}
	for _, l := range c.tables[Staff].lines {
		role, _ := roles.read(folded(l.raw(ColRole)))
		if !l.sound && nameOf(l.raw(ColVillage)) == p.Name && role == household.Leader {
			return
		}
	}
	p.line.wrong(NoLeader, ColVillage, "")
}

func (c *check) holding(p *place, role household.Role) (found []post) {
	for _, one := range c.posts {
		if one.place == p && one.Role == role {
			found = append(found, one)
		}
	}
	return found
}

// remark says what a village should have and has not (PRODUCT 1): it stops
// nothing, for a team may still be found.
func (c *check) remark() {
	for _, name := range c.names {
		p := c.villages[name]
		if phoneless := p.phoneless(); phoneless > 0 {
			p.line.wrongless(PhonesMissing, ColVillage, fmt.Sprint(phoneless))
		}
		if len(c.tables[Staff].lines) == 0 {
			continue
		}
		if len(c.holding(p, household.Deputy)) == 0 {
			p.line.wrongless(NoDeputy, ColVillage, "")
		}
		if n := c.speaking(p, villagers); n < 2 {
			p.line.wrongless(FewVillagers, ColVillage, fmt.Sprint(n))
		}
		if n := c.speaking(p, party); n < 2 {
			p.line.wrongless(FewParty, ColVillage, fmt.Sprint(n))
		}
		if len(c.holding(p, household.Shopkeeper)) == 0 {
			p.line.wrongless(NoShopkeeper, ColVillage, "")
		}
	}
}

// phoneless counts the households that nobody can bind by a phone.
func (p *place) phoneless() (n int) {
	for _, h := range p.homes {
		if len(h.Members) > 0 && !slices.ContainsFunc(h.Members, func(m Member) bool { return m.Phone != "" }) {
			n++
		}
	}
	return n
}

// speaking counts the persons of the team who speak for somebody.
func (c *check) speaking(p *place, whom string) int {
	found := map[Holder]bool{}
	for _, one := range c.posts {
		if one.place == p && one.speaksFor == whom {
			found[one.Holder] = true
		}
	}
	return len(found)
}
