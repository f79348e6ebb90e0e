package sample

import (
	"slices"
	"strings"

	"github.com/xiangfeng/xiangfeng/domain/household"
)

// Cast is somebody whom the demo lets one be.
type Cast struct {
	Village string // empty for who belongs to none
	Role    string // who that is in the scheme
	Name    string
	OpenID  string // at the official account
	Mini    string // the openid in the Mini Program, empty for who is not bound
	Note    string // why one would want to be this person
}

// Where the cast lives: places among a village's households, from 0. The
// first seven exist in every village; the cast itself only in the first.
const (
	diligentHome = iota
	disputedHome
	widowHome
	sonsHome
	fallenHome
	newcomerHome
	unboundHome
	endingHome // that merges into the next, in the one village where that happens
	survivingHome
	compoundHome
	leaderHome // the leader's, then the deputy's, the team's and the shopkeeper's
)

// The openids of the cast, in the order of their streams.
const (
	diligentRole = iota
	disputedRole
	widowRole
	fallenRole
	newcomerRole
	elsewhereRole
	unboundRole
	strangerRole
)

const (
	diligentName  = "贺春林"
	disputedName  = "冉家富"
	widowName     = "向桂香"
	sonName       = "田长安"
	fallenName    = "牟大才"
	newcomerName  = "幸红梅"
	elsewhereName = "秦素芳"
	unboundName   = "庹金莲"
)

// DemoCast lists who can be played in the township of Default: bound
// villagers, then one who is on the register and not yet bound, then a stranger.
func DemoCast() []Cast {
	seed := Default().Seed
	minis := map[string]string{}
	for _, p := range settled(2) {
		for _, person := range p.v.Persons {
			minis[person.OpenID] = person.MiniOpenID
		}
	}
	cast := func(n uint64, village, role, name, note string) Cast {
		openid := castOpenID(seed, n)
		return Cast{Village: village, Role: role, Name: name, OpenID: openid, Mini: minis[openid], Note: note}
	}
	return []Cast{
		cast(diligentRole, "红旗村", "村民", diligentName, "得分高，还有分没换"),
		cast(disputedRole, "红旗村", "村民", disputedName, "扣过分，有一条更正过"),
		cast(widowRole, "红旗村", "老人", widowName, "在两户里：自己家和儿子家"),
		cast(fallenRole, "红旗村", "村民", fallenName, "低于100分"),
		cast(newcomerRole, "红旗村", "新来户", newcomerName, "8月才加入，还没有名次"),
		cast(elsewhereRole, "青山村", "村民", elsewhereName, "另一个村的人"),
		cast(unboundRole, "红旗村", "村民", unboundName, "在册，微信还没绑定。发：绑定 "+unboundCard(seed)+"，手机尾号"+unboundEnding()),
		cast(strangerRole, "", "路过的人", "陌生人", "不在册，刚关注"),
	}
}

// DemoTeam lists who serves in the first village of Default: two of the team,
// the deputy, the leader and the township's officer; and after them the leader
// and three of the team of the village where everybody got the same.
func DemoTeam() []Cast {
	villages := settled(3)
	p, levelled := villages[0], villages[2]
	var cast []Cast
	add := func(p *people, place string, s household.Staff, role, note string) {
		for _, person := range p.v.Persons {
			if person.ID == s.Person {
				note += p.kinOf(s)
				cast = append(cast, Cast{Village: place, Role: role, Name: person.Name, OpenID: person.OpenID, Mini: person.MiniOpenID, Note: role + note})
			}
		}
	}
	here := p.v.Village.Name
	add(p, here, p.staff.team[0], "小组成员", "，上门记积分")
	add(p, here, p.staff.team[1], "小组成员", "，前一位记不了的由他来记")
	add(p, here, p.staff.deputy, "副组长", "")
	add(p, here, p.staff.leader, "组长", "，看谁还没发完，印卡")
	add(p, "", p.staff.officer, "镇办公室", "，看各村的例外")
	there := levelled.v.Village.Name
	add(levelled, there, levelled.staff.leader, "组长", "，这一季度人人一样，看能不能公示")
	add(levelled, there, levelled.staff.deputy, "副组长", "")
	add(levelled, there, levelled.staff.team[0], "小组成员", "")
	add(levelled, there, levelled.staff.team[1], "小组成员", "")
	return cast
}

// kinOf says whose household somebody may not score beside their own.
func (p *people) kinOf(s household.Staff) string {
	var heads []string
	for _, t := range p.v.Ties {
		for _, own := range s.Households {
			if t.A == own || t.B == own {
				other := t.A + t.B - own
				at := slices.IndexFunc(p.v.Households, func(h household.Household) bool { return h.ID == other })
				heads = append(heads, p.v.Households[at].Head+"家")
			}
		}
	}
	if len(heads) == 0 {
		return ""
	}
	return "；亲戚：" + strings.Join(heads, "、")
}

// settled are the people of the first villages of Default, without their year.
func settled(villages int) []*people {
	c := &county{Options: Default()}
	all := make([]*people, villages)
	for i := range all {
		c.village++
		all[i] = settle(c, stream(c.Seed, peopleStream, uint64(c.village)))
	}
	return all
}

// FirstCard is the card that a household got when it came, as Villages makes it
// with the same seed and key.
func FirstCard(h household.ID, seed uint64, key []byte) household.Card {
	card, _ := household.NewCard(h, cardNumber(h, seed), key)
	return card
}

// unboundCard is the card's number of the household that nobody is bound to.
func unboundCard(seed uint64) string {
	return FirstCard(unboundHome+1, seed, nil).Number
}

func unboundEnding() string {
	number := phone(unboundHome+1, 0)
	return number[len(number)-household.Ending:]
}

func castOpenID(seed, role uint64) string { return openID(stream(seed, castStream, role)) }

// part is a member of the cast as the register has it.
type part struct {
	home  int
	head  string // of that household
	name  string
	role  uint64
	bound bool
	also  int // a second household, 0 for none
}

var firstVillage = []part{
	{home: diligentHome, head: diligentName, name: diligentName, role: diligentRole, bound: true},
	{home: disputedHome, head: disputedName, name: disputedName, role: disputedRole, bound: true},
	{home: widowHome, head: widowName, name: widowName, role: widowRole, bound: true, also: sonsHome},
	{home: sonsHome, head: sonName},
	{home: fallenHome, head: fallenName, name: fallenName, role: fallenRole, bound: true},
	{home: newcomerHome, head: newcomerName, name: newcomerName, role: newcomerRole, bound: true},
	{home: unboundHome, head: unboundName, name: unboundName, role: unboundRole},
	{home: compoundHome, head: "欧阳开林"},
}

var secondVillage = []part{
	{home: diligentHome, head: elsewhereName, name: elsewhereName, role: elsewhereRole, bound: true},
	{home: compoundHome, head: "司徒玉兰"},
}

// partOf returns who of the cast lives in a household, if anybody does.
func (c *county) partOf(home int) (part, bool) {
	var parts []part
	switch c.village {
	case 1:
		parts = firstVillage
	case 2:
		parts = secondVillage
	}
	for _, p := range parts {
		if p.home == home {
			return p, true
		}
	}
	return part{}, false
}

// zeal is how much more a household does than others, 1 being the mean. It
// makes the cast what its notes say.
func zeal(first bool, home int, drawn float64) float64 {
	if !first {
		return drawn
	}
	switch home {
	case diligentHome:
		return 1.7
	case disputedHome, widowHome, sonsHome, unboundHome, newcomerHome:
		return 1.1
	case fallenHome:
		return 0.05
	}
	return drawn
}

// deed is an event that happens whatever is drawn, and is confirmed.
type deed struct {
	home       int
	code       string
	month, day int
	lag        int // days until it is recorded
	note       string
}

// deeds are the first village's.
var deeds = []deed{
	{home: diligentHome, code: "SX08", month: 3, day: 27, lag: 13, note: "山火扑救，村里补记"},
	{home: diligentHome, code: "CY07", month: 4, day: 16, note: "帮合作社卖出柑橘"},
	{home: diligentHome, code: "CY07", month: 9, day: 22, note: "帮合作社卖出梨子"},
	{home: diligentHome, code: "BZ06", month: 6, day: 26, note: "评为“清洁户”"},
	{home: diligentHome, code: "SX06", month: 11, day: 22, lag: 1, note: "帮邻居收红薯"},
	{home: disputedHome, code: "HJ16", month: 5, day: 12, note: "屋后地里烧秸秆"},
	{home: disputedHome, code: "HJ20", month: 9, day: 10, lag: 1, note: "公示栏上贴广告"},
	{home: fallenHome, code: "CF15", month: 2, day: 17, note: "在禁放区放炮"},
	{home: fallenHome, code: "ZJ11", month: 4, day: 3, note: "清明在林边烧纸引燃荒草"},
	{home: fallenHome, code: "HJ16", month: 6, day: 9, note: "田坎上烧秸秆"},
	{home: fallenHome, code: "HJ16", month: 10, day: 18, note: "田坎上烧秸秆"},
}
