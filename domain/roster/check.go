package roster

import (
	"fmt"
	"regexp"
	"strings"

	"golang.org/x/text/width"

	"github.com/xiangfeng/xiangfeng/domain/calendar"
	"github.com/xiangfeng/xiangfeng/domain/household"
	"github.com/xiangfeng/xiangfeng/domain/village"
)

// Check reads a workbook and returns all that is wrong with it, in the order
// of its sheets and rows: what must be mended first, then what is only worth
// knowing. The roster is whole where nothing must be mended.
func Check(sheets []Sheet, today calendar.Date) (r Roster, faults, remarks []Fault) {
	c := &check{
		today: today, villages: map[string]*place{}, offices: map[string]string{},
		homes: map[Home]*home{}, phones: map[string]Home{}, ties: map[[2]Home]bool{}, kin: map[Home][]Home{},
	}
	c.findTables(sheets)
	c.places()
	c.households()
	c.members()
	c.heads()
	c.kinship()
	c.staff()
	c.items()
	c.openings()
	c.remark()
	order(c.faults)
	order(c.remarks)
	return c.roster(), c.faults, c.remarks
}

// check is a workbook under examination.
type check struct {
	today   calendar.Date
	tables  map[string]*table
	faults  []Fault
	remarks []Fault

	names    []string // of the villages, in their order
	villages map[string]*place
	offices  map[string]string // by township
	homes    map[Home]*home
	phones   map[string]Home // who gave a phone first
	ties     map[[2]Home]bool
	kin      map[Home][]Home
	tied     []Tie
	posts    []post
}

// place is a village and where it stands in the workbook.
type place struct {
	Village
	line  *line
	homes []*home
	named map[string][]Home // who of a name is on the register
	codes map[string]bool   // of its catalogue
}

// home is a household and where it stands in the workbook.
type home struct {
	Household
	line  *line
	place *place // nil where its village is not known
	named map[string]bool
}

// post is a post and where it stands in the workbook.
type post struct {
	Post
	line      *line
	place     *place // nil for a township's
	speaksFor string
}

func (c *check) report(f Fault) {
	switch {
	case f.Kind.Warning():
		c.remarks = append(c.remarks, f)
	case len(c.faults) < mostFaults:
		c.faults = append(c.faults, f)
	case len(c.faults) == mostFaults:
		c.faults = append(c.faults, Fault{Kind: TooMany, Detail: fmt.Sprint(mostFaults)})
	}
}

func (c *check) places() {
	for _, l := range c.tables[Places].lines {
		v := Village{
			Township: l.name(ColTownship), Office: l.called(ColOffice), Name: l.name(ColVillage), Desk: l.called(ColDesk),
			Board: pick(l, ColBoard, boards, village.Masked),
		}
		if office, seen := c.offices[v.Township]; seen && v.Office != "" && office != v.Office {
			l.wrong(TownshipOffice, ColOffice, v.Township)
		} else if v.Township != "" && v.Office != "" {
			c.offices[v.Township] = v.Office
		}
		if v.Name == "" {
			continue
		}
		if c.villages[v.Name] != nil {
			l.wrong(VillageTwice, ColVillage, fmt.Sprint(c.villages[v.Name].line.row.N))
			continue
		}
		c.names = append(c.names, v.Name)
		c.villages[v.Name] = &place{Village: v, line: l, named: map[string][]Home{}, codes: map[string]bool{}}
	}
}

// shortestCall is how many digits somebody needs to call at least.
const shortestCall = 5

// called is whom to call and under which number.
func (l *line) called(title string) string {
	text := l.text(title)
	if text != "" && digits(width.Fold.String(text)) < shortestCall {
		l.wrong(DeskWrong, title, "")
	}
	return text
}

// village is the one that a row names; nil where there is none, which is
// reported.
func (l *line) village(title string) *place {
	name := l.name(title)
	if name == "" {
		return nil
	}
	if l.villages[name] == nil {
		l.wrong(VillageUnknown, title, "")
	}
	return l.villages[name]
}

// longestNumber is how many characters a household's number may have.
const longestNumber = 20

func (c *check) households() {
	for _, l := range c.tables[Households].lines {
		at := Home{l.name(ColVillage), l.key(ColNumber)}
		h := &home{line: l, place: l.villages[at.Village], named: map[string]bool{}}
		h.Number, h.Head, h.Joined = at.Number, l.person(ColHead), l.day(ColJoined)
		if at.Village != "" && h.place == nil {
			l.wrong(VillageUnknown, ColVillage, "")
		}
		if !numbered(at.Number) {
			l.wrong(NumberWrong, ColNumber, "")
		}
		if at.Village == "" || at.Number == "" {
			continue
		}
		if first := c.homes[at]; first != nil {
			l.wrong(HouseholdTwice, ColNumber, fmt.Sprint(first.line.row.N))
			continue
		}
		c.homes[at] = h
		if h.place != nil {
			h.place.homes = append(h.place.homes, h)
		}
	}
}

// signs36 are what people can type and say to name a household.
var signs36 = regexp.MustCompile(`^[A-Z0-9]+(-[A-Z0-9]+)*$`)

// numbered tells whether a household can have the number; an empty one was
// reported before.
func numbered(s string) bool {
	return len(s) <= longestNumber && signs36.MatchString(s) && strings.Trim(s, "0-") != "" || s == ""
}

// home is the household that a row names; nil where there is none, which is
// reported once for a household, not for each of its rows.
func (l *line) home(village, number string) (*home, Home) {
	at := Home{l.name(village), l.key(number)}
	if at.Village == "" || at.Number == "" {
		return nil, at
	}
	h := l.homes[at]
	switch {
	case h != nil:
		return h, at
	case l.villages[at.Village] == nil:
		l.wrong(VillageUnknown, village, "")
	default:
		l.wrong(HomeUnknown, number, at.Village)
	}
	return nil, at
}

func (c *check) members() {
	for _, l := range c.tables[Members].lines {
		h, at := l.home(ColVillage, ColNumber)
		m := Member{Name: l.person(ColName), Phone: l.phone(at)}
		if h == nil || m.Name == "" {
			continue
		}
		if h.named[m.Name] {
			l.wrong(MemberTwice, ColName, at.Number)
			continue
		}
		h.named[m.Name] = true
		h.Members = append(h.Members, m)
		if h.place != nil {
			h.place.named[m.Name] = append(h.place.named[m.Name], at)
		}
	}
}

// phone is a member's, "" where there is none. One that another household has
// too may be right, such as that of a son who looks after both.
func (l *line) phone(at Home) string {
	text := l.text(ColPhone)
	if text == "" {
		return ""
	}
	phone, ok := phoneOf(text)
	switch {
	case !ok:
		l.wrong(PhoneWrong, ColPhone, fmt.Sprint(digits(phone)))
		return ""
	case phone[0] > '1': // a mobile's begins with 1, a landline's with 0
		l.wrong(PhoneOdd, ColPhone, "")
		return ""
	}
	if first, taken := l.phones[phone]; taken && first != at {
		l.wrongless(PhoneShared, ColPhone, first.Number)
	} else {
		l.phones[phone] = at
	}
	return phone
}

func digits(s string) (n int) {
	for _, r := range s {
		if '0' <= r && r <= '9' {
			n++
		}
	}
	return n
}

// wrongless remarks on a cell without holding it against the row.
func (l *line) wrongless(k Kind, title, detail string) {
	sound := l.sound
	l.wrong(k, title, detail)
	l.sound = sound
}

// heads holds every household against its register.
func (c *check) heads() {
	if len(c.tables[Members].lines) == 0 {
		return // said once of the whole sheet
	}
	for _, l := range c.tables[Households].lines {
		h := c.homes[Home{nameOf(l.raw(ColVillage)), folded(l.raw(ColNumber))}]
		switch {
		case h == nil || h.line != l || h.Head == "" || h.named[h.Head]:
		case len(h.named) == 0 && (h.place == nil || !numbered(h.Number)):
			// Nobody can be found under a name that is wrong itself, which was said.
		case len(h.named) == 0:
			l.wrong(NoMembers, ColNumber, "")
		default:
			l.wrong(HeadNoMember, ColHead, h.Number)
		}
	}
}

func (c *check) kinship() {
	for _, l := range c.tables[Kin].lines {
		one, a := l.home(ColVillage, ColNumber)
		village := ColKinVillage
		if l.name(ColKinVillage) == "" {
			village = ColVillage
		}
		other, b := l.home(village, ColKinNumber)
		relation := pick(l, ColRelation, relations, household.Sibling)
		if one == nil || other == nil {
			continue
		}
		pair := [2]Home{a, b}
		if b.Village+"/"+b.Number < a.Village+"/"+a.Number {
			pair = [2]Home{b, a}
		}
		switch {
		case a == b:
			l.wrong(KinSelf, ColKinNumber, "")
			continue
		case c.ties[pair]:
			l.wrong(KinTwice, ColKinNumber, a.Number)
			continue
		}
		c.ties[pair] = true
		c.kin[a], c.kin[b] = append(c.kin[a], b), append(c.kin[b], a)
		c.tied = append(c.tied, Tie{A: a, B: b, Relation: relation})
	}
}

// roster puts together what the checks have read.
func (c *check) roster() Roster {
	var r Roster
	for _, name := range c.names {
		p := c.villages[name]
		for _, h := range p.homes {
			p.Households = append(p.Households, h.Household)
		}
		r.Villages = append(r.Villages, p.Village)
	}
	for _, p := range c.posts {
		r.Posts = append(r.Posts, p.Post)
	}
	r.Ties = c.tied
	return r
}
