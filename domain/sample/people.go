package sample

import (
	"fmt"
	"math/rand/v2"
	"slices"

	"github.com/xiangfeng/xiangfeng/domain/calendar"
	"github.com/xiangfeng/xiangfeng/domain/household"
	"github.com/xiangfeng/xiangfeng/domain/village"
)

// people is a village before its year: who lives in it, who is kin to whom
// and who serves.
type people struct {
	c        *county
	r        *rand.Rand
	v        *Village
	kin      household.Kin
	register []int                // where each household's members begin
	speakers []household.PersonID // of each household who agrees for it, 0 for nobody
	staff    staff
}

// staff is who may act, each with their posts and households.
type staff struct {
	leader, deputy, shopkeeper household.Staff
	officer                    household.Staff // the township's
	team                       []household.Staff
}

// recorders are all who may record, the team first.
func (s staff) recorders() []household.Staff {
	all := append([]household.Staff{}, s.team...)
	return append(all, s.deputy, s.leader)
}

// settle makes the people of the county's newest village.
func settle(c *county, r *rand.Rand) *people {
	p := &people{c: c, r: r, v: &Village{}}
	prefix := p.found()
	p.speakers = make([]household.PersonID, c.Households)
	local := p.localSurnames()
	for n := range c.Households {
		p.move(n, prefix, one(r, local))
	}
	for n := range c.Households {
		p.bind(n)
	}
	p.appoint()
	p.declareKin()
	return p
}

// found makes the village and, with the first of its township, that.
func (p *people) found() string {
	n := int(p.c.village - 1)
	p.v.Township = newTownship(village.TownshipID(n/perTownship + 1))
	v, prefix := newVillage(n, p.v.Township)
	p.v.Village = v
	return prefix
}

// localSurnames are the few that most of a village shares; one that is drawn
// twice is that of a large clan.
func (p *people) localSurnames() []string {
	local := make([]string, 14)
	for i := range local {
		local[i] = one(p.r, surnames)
	}
	return local
}

// move lets one household in, with its card and its members.
func (p *people) move(n int, prefix, surname string) {
	p.c.household++
	head := p.headOf(n, surname)
	surname = surnameOf(head)
	p.v.Households = append(p.v.Households, household.Household{
		ID: p.c.household, Village: p.v.Village.ID, Number: fmt.Sprintf("%s-%04d", prefix, n+1),
		Head: head, State: household.Active, Joined: calendar.On(p.c.Year-1, 12, 1+p.r.IntN(20)),
	})
	for range 16 {
		p.r.Uint32() // so many once made the token: without them a seed's people were others
	}
	p.v.Cards = append(p.v.Cards, FirstCard(p.c.household, p.c.Seed, p.c.CardKey))
	p.family(n, head, surname)
}

func (p *people) headOf(n int, surname string) string {
	if part, ok := p.c.partOf(n); ok {
		return part.head
	}
	if p.r.IntN(4) == 0 {
		return femaleName(p.r, surname)
	}
	return maleName(p.r, surname)
}

// surnameOf is the first character of a name, of one with four the first two.
func surnameOf(name string) string {
	r := []rune(name)
	if len(r) == 4 {
		return string(r[:2])
	}
	return string(r[:1])
}

// cardNumber is what a card's number is made of. It is unique over the county:
// 40 bits drawn freely would meet twice among 400,000 households.
func cardNumber(id household.ID, seed uint64) (b [5]byte) {
	// Multiplying by an odd number permutes the 40-bit numbers.
	number := (uint64(id)*0x9E3779B97F + seed) & (1<<40 - 1)
	for i := range b {
		b[i] = byte(number >> (8 * (4 - i)))
	}
	return b
}

// phone is the invented number of a household's nth member, with 0000 in its middle.
func phone(id household.ID, n int) string {
	drawn := (int64(id)*16 + int64(n)) * 7919
	return fmt.Sprintf("1%02d0000%04d", 30+drawn/10_000%70, drawn%10_000)
}

// family fills the register of a household, no name twice.
func (p *people) family(n int, head, surname string) {
	p.register = append(p.register, len(p.v.Members))
	names := []string{head}
	if n == sonsHome && p.c.village == 1 {
		names = append(names, widowName)
	}
	for range p.r.IntN(4) {
		name := youngName(p.r, surname)
		if len(names) == 1 {
			name = femaleName(p.r, one(p.r, surnames))
		}
		if !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	id := p.v.Households[n].ID
	for i, name := range names {
		p.v.Members = append(p.v.Members, household.Member{Household: id, Name: name, Phone: phone(id, i)})
	}
}

// bind binds somebody in about six households of ten, in some a second
// member, and always whoever serves.
func (p *people) bind(n int) {
	part, isCast := p.c.partOf(n)
	switch {
	case isCast && part.bound:
		p.bindCast(n, part)
		return
	case isCast && n == unboundHome, n == endingHome:
		return
	case !p.serves(n) && p.r.IntN(100) >= 57:
		return
	}
	members := p.membersOf(n)
	p.speakers[n] = p.bindMember(&members[0], openID(p.r))
	if len(members) > 1 && p.r.IntN(10) == 0 && members[1].Person == 0 {
		p.bindMember(&members[1], openID(p.r))
	}
}

func (p *people) serves(n int) bool { return leaderHome <= n && n <= p.shopHome() }

// bindCast binds one person, who may be on the register of two households.
func (p *people) bindCast(n int, part part) {
	id := p.bindMember(&p.membersOf(n)[0], castOpenID(p.c.Seed, part.role))
	p.speakers[n] = id
	if part.also == 0 {
		return
	}
	also := p.membersOf(part.also)
	for i := range also {
		if also[i].Name == part.name {
			also[i].Person = id
		}
	}
}

// membersOf is the part of the register that holds a household; what is
// changed in it is changed there.
func (p *people) membersOf(n int) []household.Member {
	end := len(p.v.Members)
	if n+1 < len(p.register) {
		end = p.register[n+1]
	}
	return p.v.Members[p.register[n]:end]
}

func (p *people) bindMember(m *household.Member, openid string) household.PersonID {
	id := p.person(m.Name, openid, m.Household)
	m.Person = id
	return id
}

func (p *people) person(name, openid string, current household.ID) household.PersonID {
	p.c.person++
	p.v.Persons = append(p.v.Persons, household.Person{
		ID: p.c.person, OpenID: openid, MiniOpenID: openID(p.r), Name: name, Current: current,
	})
	return p.c.person
}

// teamSize is one for every hundred households, three at least.
func (p *people) teamSize() int { return max(3, (p.c.Households+99)/100) }

func (p *people) shopHome() int { return leaderHome + 2 + p.teamSize() }

// appoint gives the posts of the village to the heads of some households and,
// in a township's first village, that of its officer.
func (p *people) appoint() {
	p.staff.leader = p.post(leaderHome, household.Leader)
	p.staff.deputy = p.post(leaderHome+1, household.Deputy)
	for n := leaderHome + 2; n < p.shopHome(); n++ {
		p.staff.team = append(p.staff.team, p.post(n, household.TeamMember))
	}
	p.staff.shopkeeper = p.post(p.shopHome(), household.Shopkeeper)
	if int(p.v.Village.ID-1)%perTownship == 0 {
		id := p.person(officerName(p.v.Township), openID(p.r), 0)
		post := household.Post{Person: id, Role: household.Officer, Township: p.v.Township.ID}
		p.v.Posts = append(p.v.Posts, post)
		p.c.officer = household.Staff{Person: id, Posts: []household.Post{post}}
	}
	p.staff.officer = p.c.officer
}

func (p *people) post(home int, role household.Role) household.Staff {
	post := household.Post{Person: p.speakers[home], Role: role, Village: p.v.Village.ID}
	p.v.Posts = append(p.v.Posts, post)
	return household.Staff{
		Person: post.Person, Posts: []household.Post{post}, Households: []household.ID{p.v.Households[home].ID},
	}
}

// maxTies leaves every household somebody of the team who may score it, look
// into a dispute and witness.
const maxTies = 2

// declareKin declares ties at random, and those that make the rules bite: one
// household is kin to leader and deputy both, and is left to the township.
func (p *people) declareKin() {
	ties := map[int]int{}
	declared := map[[2]int]bool{}
	tie := func(a, b int, r household.Relation) {
		a, b = min(a, b), max(a, b)
		if a == b || declared[[2]int{a, b}] || ties[a] == maxTies || ties[b] == maxTies || p.serves(a) && p.serves(b) {
			return
		}
		declared[[2]int{a, b}] = true
		ties[a]++
		ties[b]++
		t := Tie{p.v.Households[a].ID, p.v.Households[b].ID, r}
		p.v.Ties = append(p.v.Ties, t)
		p.kin.Declare(t.A, t.B, t.Relation)
	}
	last := p.shopHome()
	tie(widowHome, sonsHome, household.Parent)
	tie(endingHome, survivingHome, household.Parent)
	tie(leaderHome, last+1, household.Sibling)
	tie(leaderHome, last+2, household.Parent)
	tie(leaderHome+1, last+2, household.Spouse)
	tie(leaderHome+2, last+3, household.Sibling)
	tie(last, last+4, household.Parent)
	for range p.c.Households * 2 / 5 {
		a := p.r.IntN(p.c.Households)
		tie(a, p.relative(a), one(p.r, []household.Relation{household.Parent, household.Sibling}))
	}
}

// relative draws a household, if it can one with the same surname.
func (p *people) relative(a int) int {
	var b int
	for range 20 {
		b = p.r.IntN(p.c.Households)
		if b != a && surnameOf(p.v.Households[b].Head) == surnameOf(p.v.Households[a].Head) {
			break
		}
	}
	return b
}

// officerName is the clerk's, as the telephone list has it.
func officerName(t village.Township) string {
	for _, r := range t.Office[len("镇积分办 "):] {
		return string(r) + "干事"
	}
	return ""
}
