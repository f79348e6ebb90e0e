package sample

import (
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/xiangfeng/xiangfeng/domain/calendar"
	"github.com/xiangfeng/xiangfeng/domain/catalogue"
	"github.com/xiangfeng/xiangfeng/domain/fault"
	"github.com/xiangfeng/xiangfeng/domain/household"
	"github.com/xiangfeng/xiangfeng/domain/ledger"
	"github.com/xiangfeng/xiangfeng/domain/points"
	"github.com/xiangfeng/xiangfeng/domain/record"
)

// year is a village on its way through the year.
type year struct {
	*people
	r     *rand.Rand
	opens calendar.Date // from when the village is in the scheme
	end   int64         // the second from which nothing happens any more

	items       []catalogue.Item
	itemIndex   map[string]int
	homes       []home
	recorders   []household.Staff
	team        []household.Staff
	occurrences []occurrence
	acts        []act

	now       int64 // never goes back
	pending   []waiting
	corrected map[ledger.Seq]bool
	returned  map[ledger.Seq]bool
	scratch   []catalogue.Use
}

// home is what a household is like, and what it has used of each cap.
type home struct {
	zeal    float64
	group   int // 组, from 0
	visited int // on this day of the month
	thrifty bool
	used    []use
}

type use struct {
	item int
	id   record.ID
	catalogue.Use
}

// waiting is an event that nobody has decided yet.
type waiting struct {
	event int // in Village.Events
	home  int
	sure  bool
}

func newYear(c *county, p *people, r *rand.Rand) *year {
	y := &year{
		people: p, r: r, opens: opening(c), end: c.Until.Start().Unix(),
		items: adopt(int(c.village - 1)), itemIndex: map[string]int{},
		recorders: p.staff.recorders(), team: p.staff.team,
		corrected: map[ledger.Seq]bool{}, returned: map[ledger.Seq]bool{},
	}
	y.v.Items, y.v.Head.Village = y.items, p.v.Village.ID
	for i, item := range y.items {
		y.itemIndex[item.Code] = i
	}
	y.homes = make([]home, c.Households)
	for i := range y.homes {
		drawn := .25 + .75*(r.Float64()+r.Float64())
		y.homes[i] = home{zeal: zeal(c.village == 1, i, drawn), group: i % len(yards), visited: 5 + r.IntN(19), thrifty: i == diligentHome}
	}
	for _, h := range y.v.Households {
		c.account++
		y.v.Accounts = append(y.v.Accounts, ledger.Account{
			ID: c.account, Household: h.ID, Village: h.Village, Year: c.Year, State: ledger.Open,
		})
	}
	return y
}

// opening is the day a village is taken into the product: 1 January, but one
// village in forty keeps its points on paper until March.
func opening(c *county) calendar.Date {
	if march := calendar.On(c.Year, 3, 2); fromPaper(c) && march.Before(c.Until) {
		return march
	}
	return calendar.On(c.Year, 1, 1)
}

func fromPaper(c *county) bool { return c.village%40 == 3 }

// schedule plans the whole year.
func (y *year) schedule() {
	y.plan(y.opens, 0, 5, y.openAccounts)
	y.planNewcomer()
	y.planHabits()
	y.planLevelled()
	y.planDeeds()
	y.planSittings()
	y.planQuarters()
	y.planMerge()
	y.order()
	y.v.Events = make([]record.Event, 0, len(y.occurrences))
	y.v.Entries = make([]ledger.Entry, 0, len(y.occurrences)+4*len(y.homes))
}

// live goes through the year in the order of time.
func (y *year) live() {
	for _, a := range y.acts {
		y.now = max(y.now, a.at)
		if a.record >= 0 {
			y.record(y.occurrences[a.record])
			continue
		}
		a.do(y.clock())
	}
}

func (y *year) clock() time.Time { return time.Unix(y.now, 0).UTC() }

// tick lets a second pass, so that what one sitting decides has an order.
func (y *year) tick() time.Time {
	y.now++
	return y.clock()
}

func (y *year) scene(s household.Staff) record.Scene {
	return record.Scene{Village: y.v.Village, Staff: s, Kin: y.kin, Used: y.scratch, Now: y.clock()}
}

// post puts a draft into a household's account.
func (y *year) post(home int, d ledger.Draft, at time.Time) {
	posted, err := ledger.Post(y.v.Head, y.v.Accounts[home], y.v.Progress, d, at)
	must(err)
	y.keep(home, posted)
}

func (y *year) keep(home int, p ledger.Posted) {
	y.v.Head, y.v.Accounts[home] = p.Head, p.Account
	y.v.Entries = append(y.v.Entries, p.Entries...)
}

// must stops at a refusal that the sample had no reason to expect: then the
// sample itself breaks a rule.
func must(err error) {
	if err != nil {
		panic("sample: " + err.Error())
	}
}

// record records an occurrence by whose turn it is, or by the next colleague
// who is not kin. What the caps refuse is left out.
func (y *year) record(o occurrence) {
	h := y.v.Households[o.home]
	if h.State != household.Active {
		return
	}
	y.scratch = y.uses(o)
	for k := range y.recorders {
		s := y.scene(y.recorders[(o.first+k)%len(y.recorders)])
		e, err := record.New(s, h, y.items[o.item], o.on, o.place, o.note)
		switch fault.CodeOf(err) {
		case fault.Kin:
			continue
		case fault.CapReached:
			return
		}
		must(err)
		y.c.event++
		e.ID = y.c.event
		y.pending = append(y.pending, waiting{event: len(y.v.Events), home: o.home, sure: o.sure})
		y.v.Events = append(y.v.Events, e)
		y.homes[o.home].used = append(y.homes[o.home].used, use{o.item, e.ID, catalogue.Use{On: o.on, Tenths: e.Tenths}})
		return
	}
}

// uses are the household's pending and confirmed events of the item.
func (y *year) uses(o occurrence) []catalogue.Use {
	uses := y.scratch[:0]
	for _, u := range y.homes[o.home].used {
		if u.item == o.item {
			uses = append(uses, u.Use)
		}
	}
	return uses
}

// openAccounts gives every household its base and, in a village that comes
// from paper, what it had earned there.
func (y *year) openAccounts(time.Time) {
	for i, h := range y.v.Households {
		if h.Joined.Year < y.c.Year {
			y.post(i, ledger.Start(calendar.On(y.c.Year, 1, 1)), y.tick())
		}
	}
	if y.opens == calendar.On(y.c.Year, 1, 1) {
		return
	}
	for i, h := range y.v.Households {
		earned := points.Tenths(y.r.IntN(8) * 25)
		if h.Joined.Year == y.c.Year || earned == 0 {
			continue
		}
		d, err := ledger.FromPaper(earned, y.opens, "纸质台账转入（1至2月）", y.two(i))
		must(err)
		y.post(i, d, y.tick())
	}
}

// planNewcomer lets one household join in mid-year.
func (y *year) planNewcomer() {
	joined := calendar.On(y.c.Year, []time.Month{time.July, time.August, time.May}[y.c.village%3], 20)
	if !joined.Before(y.c.Until) {
		return
	}
	y.v.Households[newcomerHome].Joined = joined
	y.plan(joined, 10, 0, func(now time.Time) {
		y.post(newcomerHome, ledger.Start(joined), now)
	})
}

// planMerge lets one household go over into another, in one village of forty.
func (y *year) planMerge() {
	if y.c.village%40 != 2 {
		return
	}
	y.plan(calendar.On(y.c.Year, 8, 21), 10, 0, func(now time.Time) {
		y.v.Households[endingHome].State = household.Merged
		y.merge(now)
	})
}

// merge passes a claim on, and later what its open quarter still brought.
func (y *year) merge(now time.Time) {
	from, into := y.v.Accounts[endingHome], y.v.Accounts[survivingHome]
	out, in, err := ledger.Merge(y.v.Head, from, into, y.v.Progress, ledger.Merging{}, calendar.DateOf(now), now)
	must(err)
	y.keep(endingHome, out)
	y.keep(survivingHome, in)
}

// colleague is somebody of the team who is not kin to the household and not
// among those named.
func (y *year) colleague(home int, not ...household.PersonID) household.Staff {
	return y.eligible(y.recorders, home, not)
}

// decider is the leader, the deputy or, where both are barred, the township's officer.
func (y *year) decider(home int, not ...household.PersonID) household.Staff {
	return y.eligible([]household.Staff{y.staff.leader, y.staff.deputy, y.staff.officer}, home, not)
}

func (y *year) eligible(from []household.Staff, home int, not []household.PersonID) household.Staff {
next:
	for _, s := range from {
		for _, id := range not {
			if s.Person == id {
				continue next
			}
		}
		if !y.kin.Related(s.Households, y.v.Households[home].ID) {
			return s
		}
	}
	panic(fmt.Sprintf("sample: nobody is left for household %d", y.v.Households[home].ID))
}

// two are a colleague who proposes and a decider who agrees.
func (y *year) two(home int) ledger.By {
	by := ledger.By{Recorder: y.colleague(home).Person}
	by.Confirmer = y.decider(home, by.Recorder).Person
	return by
}
