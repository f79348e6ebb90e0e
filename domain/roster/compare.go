package roster

import (
	"slices"
	"time"

	"github.com/xiangfeng/xiangfeng/domain/calendar"
	"github.com/xiangfeng/xiangfeng/domain/catalogue"
	"github.com/xiangfeng/xiangfeng/domain/household"
	"github.com/xiangfeng/xiangfeng/domain/ledger"
	"github.com/xiangfeng/xiangfeng/domain/village"
)

// Known is what the database holds of the places that a roster names.
type Known struct {
	Townships  []village.Township
	Villages   []KnownVillage
	Households []household.Household
	Members    []KnownMember
	Posts      []KnownPost
	Ties       []KnownTie
}

// KnownVillage is a village with what a new household's account starts from.
type KnownVillage struct {
	village.Village
	Head     ledger.Head
	Progress ledger.Progress
	Items    int // in the catalogue of the year
}

// KnownMember is a row of the register.
type KnownMember struct {
	ID int64
	household.Member
	// Erased holds of who had their information deleted: it is not brought back.
	Erased bool
}

// KnownPost is a post and its holder's name.
type KnownPost struct {
	household.Post
	ID   int64
	Name string
}

// KnownTie is a declared kinship, A below B.
type KnownTie struct {
	A, B     household.ID
	Relation household.Relation
}

// Wanted is how many ids of each kind a roster needs at most.
type Wanted struct{ Townships, Villages, Households, Persons, Accounts int }

// Ids are fresh ids, as many as were wanted.
type Ids struct{ Townships, Villages, Households, Persons, Accounts []int64 }

// Changes are what makes the database say what the roster says.
type Changes struct {
	NewTownships []village.Township
	Townships    []village.Township // another telephone
	NewVillages  []village.Village
	Villages     []village.Village // another desk or board
	Households   []household.Household
	Heads        []household.Household // of those that were there: another head
	NewMembers   []household.Member
	Members      []KnownMember // another name, phone or person
	Persons      []household.Person
	Names        []household.Person // of persons that were there
	Posts        []household.Post
	Ended        []KnownPost
	Ties         []KnownTie // new, or with another relation
	Items        []VillageItem
	Accounts     []ledger.Account
	Entries      []ledger.Entry
	Chains       []ledger.Head // of the villages with new entries
	Left         Left
	Places       map[village.ID]string // the names of the roster's villages
}

// VillageItem is an item of a village's catalogue of a year.
type VillageItem struct {
	Village village.ID
	Year    int
	Item    catalogue.Item
}

// Left is what the database holds, the workbook does not say, and was left as
// it is: nothing is ever deleted, and points that are there are not touched.
type Left struct {
	Households int // not in the workbook
	Ended      int // merged or gone, though the workbook has them
	Members    int // not in the workbook
	Ties       int // not in the workbook
	Erased     int // members who had their information deleted, whose phones the workbook has
	Catalogues int // villages whose catalogue of the year was adopted before
	Openings   int // of households that were there before
}

// Touched are the villages in which an answer may change.
func (c Changes) Touched() []village.ID {
	var all []village.ID
	for _, chain := range c.Chains {
		all = append(all, chain.Village)
	}
	for _, v := range c.Villages {
		all = append(all, v.ID)
	}
	for _, h := range c.Heads {
		all = append(all, h.Village)
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// None tells whether nothing changes.
func (c Changes) None() bool {
	return len(c.NewTownships)+len(c.Townships)+len(c.NewVillages)+len(c.Villages)+len(c.Households)+len(c.Heads)+
		len(c.NewMembers)+len(c.Members)+len(c.Persons)+len(c.Names)+len(c.Posts)+len(c.Ended)+len(c.Ties)+len(c.Items) == 0
}

// Wants is how many ids the roster needs at most, beside what is known.
func (k Known) Wants(r Roster) Wanted {
	w := Wanted{Townships: len(r.Villages), Villages: len(r.Villages), Persons: len(r.Posts)}
	there := map[Home]bool{}
	names := map[village.ID]string{}
	for _, v := range k.Villages {
		names[v.ID] = v.Name
	}
	for _, h := range k.Households {
		there[Home{names[h.Village], h.Number}] = true
	}
	for _, v := range r.Villages {
		for _, h := range v.Households {
			if !there[Home{v.Name, h.Number}] {
				w.Households++
			}
		}
	}
	w.Accounts = w.Households
	return w
}

// Compare decides what changes. New households join on the day that the
// roster has, else on 1 January in a new village and today in one that is
// there; each gets its account of the year with the base of 100 points and
// what it earned on paper (policy 四(一), PRODUCT 2.1, 2.2).
func Compare(k Known, r Roster, ids Ids, now time.Time) (Changes, error) {
	p := plan{was: k, ids: ids, now: now, today: calendar.DateOf(now)}
	p.index()
	for _, v := range r.Villages {
		p.settle(v)
		p.Places[p.villages[v.Name].ID] = v.Name
	}
	p.appoint(r.Posts)
	p.tie(r.Ties)
	if err := p.open(r); err != nil {
		return Changes{}, err
	}
	p.Left.Households = len(p.unnamed)
	return p.Changes, nil
}

// plan is a comparison under way.
type plan struct {
	was Known
	Changes
	ids   Ids
	now   time.Time
	today calendar.Date

	townships map[string]village.Township
	villages  map[string]KnownVillage
	homes     map[Home]household.Household
	fresh     map[household.ID]bool
	unnamed   map[household.ID]bool // known, and not yet met in the roster
	members   map[household.ID][]KnownMember
	added     map[household.ID]map[string]int // index in NewMembers
	changed   map[int64]int                   // index in Changes.Members
	officers  []KnownPost                     // of the townships, new
}

func (p *plan) index() {
	p.Places = map[village.ID]string{}
	p.townships, p.villages = map[string]village.Township{}, map[string]KnownVillage{}
	p.homes, p.fresh, p.unnamed = map[Home]household.Household{}, map[household.ID]bool{}, map[household.ID]bool{}
	p.members, p.added, p.changed = map[household.ID][]KnownMember{}, map[household.ID]map[string]int{}, map[int64]int{}
	for _, t := range p.was.Townships {
		p.townships[t.Name] = t
	}
	names := map[village.ID]string{}
	for _, v := range p.was.Villages {
		p.villages[v.Name] = v
		names[v.ID] = v.Name
	}
	for _, h := range p.was.Households {
		p.homes[Home{names[h.Village], h.Number}] = h
		p.unnamed[h.ID] = h.State == household.Active
		if h.State != household.Active {
			delete(p.unnamed, h.ID)
		}
	}
	for _, m := range p.was.Members {
		p.members[m.Household] = append(p.members[m.Household], m)
	}
}

// next takes the next of the fresh ids.
func next(ids *[]int64) int64 {
	id := (*ids)[0]
	*ids = (*ids)[1:]
	return id
}

// settle compares one village and its households.
func (p *plan) settle(v Village) {
	township := p.township(v)
	known, there := p.villages[v.Name]
	if !there {
		settings := village.Defaults()
		settings.Board = v.Board
		known.Village = village.Village{ID: village.ID(next(&p.ids.Villages)), Township: township, Name: v.Name, Desk: v.Desk, Settings: settings}
		known.Head = ledger.Head{Village: known.ID}
		p.villages[v.Name] = known
		p.NewVillages = append(p.NewVillages, known.Village)
	} else if known.Desk != v.Desk || known.Settings.Board != v.Board {
		known.Desk, known.Settings.Board = v.Desk, v.Board
		p.Changes.Villages = append(p.Changes.Villages, known.Village)
	}
	if known.Items > 0 {
		p.Left.Catalogues++
	} else {
		for _, i := range v.Items {
			p.Items = append(p.Items, VillageItem{Village: known.ID, Year: p.today.Year, Item: i})
		}
	}
	for _, h := range v.Households {
		p.household(known, there, h)
	}
}

func (p *plan) township(v Village) village.TownshipID {
	t, there := p.townships[v.Township]
	switch {
	case !there:
		t = village.Township{ID: village.TownshipID(next(&p.ids.Townships)), Name: v.Township, Office: v.Office}
		p.NewTownships = append(p.NewTownships, t)
	case t.Office != v.Office:
		t.Office = v.Office
		p.Changes.Townships = append(p.Changes.Townships, t)
	}
	p.townships[v.Township] = t
	return t.ID
}

func (p *plan) household(v KnownVillage, settled bool, h Household) {
	at := Home{v.Name, h.Number}
	known, there := p.homes[at]
	delete(p.unnamed, known.ID)
	switch {
	case !there:
		known = household.Household{
			ID: household.ID(next(&p.ids.Households)), Village: v.ID, Number: h.Number, Head: h.Head, State: household.Active, Joined: h.Joined,
		}
		if h.Joined.IsZero() && settled {
			known.Joined = p.today
		} else if h.Joined.IsZero() {
			known.Joined = calendar.On(p.today.Year, 1, 1)
		}
		p.homes[at], p.fresh[known.ID] = known, true
		p.Households = append(p.Households, known)
	case known.State != household.Active:
		p.Left.Ended++
		return
	case known.Head != h.Head:
		known.Head = h.Head
		p.Heads = append(p.Heads, known)
	}
	p.register(known.ID, h.Members)
}

// register compares the members of a household. A name that is new beside one
// that is no longer there, with the same phone, is the same person renamed.
func (p *plan) register(id household.ID, members []Member) {
	left := slices.Clone(p.members[id])
	take := func(fits func(KnownMember) bool) (KnownMember, bool) {
		i := slices.IndexFunc(left, fits)
		if i < 0 {
			return KnownMember{}, false
		}
		m := left[i]
		left = slices.Delete(left, i, i+1)
		return m, true
	}
	var unmet []Member
	for _, m := range members {
		if known, ok := take(func(k KnownMember) bool { return k.Name == m.Name }); ok {
			p.update(known, m)
			continue
		}
		unmet = append(unmet, m)
	}
	for _, m := range unmet {
		if known, ok := take(func(k KnownMember) bool { return m.Phone != "" && k.Phone == m.Phone }); ok {
			p.update(known, m)
			continue
		}
		p.join(id, m)
	}
	p.Left.Members += len(left)
}

// update keeps a phone that the workbook does not have: an empty cell is no
// news. One that its owner had deleted stays so, whatever the workbook has.
func (p *plan) update(known KnownMember, m Member) {
	if known.Erased && m.Phone != "" {
		p.Left.Erased++
		m.Phone = ""
	}
	renamed := known.Name != m.Name
	if !renamed && (m.Phone == "" || m.Phone == known.Phone) {
		return
	}
	known.Name = m.Name
	if m.Phone != "" {
		known.Phone = m.Phone
	}
	p.change(known)
	if renamed && known.Person != 0 {
		p.Names = append(p.Names, household.Person{ID: known.Person, Name: m.Name})
	}
}

func (p *plan) change(m KnownMember) {
	i, there := p.changed[m.ID]
	if !there {
		i = len(p.Changes.Members)
		p.changed[m.ID] = i
		p.Changes.Members = append(p.Changes.Members, m)
	}
	p.Changes.Members[i] = m
	of := p.members[m.Household]
	of[slices.IndexFunc(of, func(k KnownMember) bool { return k.ID == m.ID })] = m
}

func (p *plan) join(id household.ID, m Member) {
	if p.added[id] == nil {
		p.added[id] = map[string]int{}
	}
	p.added[id][m.Name] = len(p.NewMembers)
	p.NewMembers = append(p.NewMembers, household.Member{Household: id, Name: m.Name, Phone: m.Phone})
}

// tie declares what is not declared. One that the workbook no longer has
// stays: it bars somebody from scoring kin, and who wants it gone must say so
// where it is seen.
func (p *plan) tie(ties []Tie) {
	known := map[[2]household.ID]household.Relation{}
	for _, t := range p.was.Ties {
		known[[2]household.ID{t.A, t.B}] = t.Relation
	}
	met := 0
	for _, t := range ties {
		a, b := p.homes[t.A].ID, p.homes[t.B].ID
		a, b = min(a, b), max(a, b)
		relation, there := known[[2]household.ID{a, b}]
		if there {
			met++
		}
		if relation != t.Relation {
			p.Changes.Ties = append(p.Changes.Ties, KnownTie{A: a, B: b, Relation: t.Relation})
		}
	}
	p.Left.Ties = len(known) - met
}

// open gives every new household its account.
func (p *plan) open(r Roster) error {
	for _, v := range r.Villages {
		known := p.villages[v.Name]
		head, entries := known.Head, len(p.Entries)
		for _, h := range v.Households {
			home := p.homes[Home{v.Name, h.Number}]
			if !p.fresh[home.ID] {
				if h.Opening != (Opening{}) {
					p.Left.Openings++
				}
				continue
			}
			posted, err := p.start(head, known, home, h.Opening)
			if err != nil {
				return err
			}
			head = posted.Head
			p.Accounts, p.Entries = append(p.Accounts, posted.Account), append(p.Entries, posted.Entries...)
		}
		if len(p.Entries) > entries {
			p.Chains = append(p.Chains, head)
		}
	}
	return nil
}

// start posts the base, and what was earned on paper.
func (p *plan) start(head ledger.Head, v KnownVillage, home household.Household, o Opening) (ledger.Posted, error) {
	account := ledger.Account{
		ID: ledger.AccountID(next(&p.ids.Accounts)), Household: home.ID, Village: v.ID, Year: p.today.Year, State: ledger.Open,
	}
	from := calendar.On(p.today.Year, 1, 1)
	if home.Joined.After(from) {
		from = home.Joined
	}
	posted, err := ledger.Post(head, account, v.Progress, ledger.Start(from), p.now)
	if err != nil || o == (Opening{}) {
		return posted, err
	}
	by := ledger.By{Recorder: p.personOf(o.Recorder), Confirmer: p.personOf(o.Confirmer)}
	draft, err := ledger.FromPaper(o.Tenths, o.On, o.Paper, by)
	if err != nil {
		return ledger.Posted{}, err
	}
	more, err := ledger.Post(posted.Head, posted.Account, v.Progress, draft, p.now)
	return posted.Then(more), err
}
