package roster

import (
	"slices"

	"github.com/xiangfeng/xiangfeng/domain/household"
	"github.com/xiangfeng/xiangfeng/domain/village"
)

// seat is a post without its database id.
type seat struct {
	person   household.PersonID
	role     household.Role
	village  village.ID
	township village.TownshipID
}

func seatOf(p household.Post) seat { return seat{p.Person, p.Role, p.Village, p.Township} }

// appoint makes the posts of the roster's villages and townships those that
// it names. A post that it no longer names ends: who has left the team must
// not confirm any more. The person and all that they did stay.
func (p *plan) appoint(posts []Post) {
	ended := map[seat]KnownPost{}
	for _, known := range p.was.Posts {
		if p.named(known.Post, posts) {
			ended[seatOf(known.Post)] = known
		}
	}
	for _, one := range posts {
		post := household.Post{Person: p.employ(one.Holder), Role: one.Role}
		if one.Holder.Township != "" {
			post.Township = p.townships[one.Holder.Township].ID
		} else {
			post.Village = p.villages[one.Holder.Home.Village].ID
		}
		if _, there := ended[seatOf(post)]; there {
			delete(ended, seatOf(post))
			continue
		}
		p.Changes.Posts = append(p.Changes.Posts, post)
	}
	for _, known := range p.was.Posts {
		if _, over := ended[seatOf(known.Post)]; over {
			p.Ended = append(p.Ended, known)
		}
	}
}

// named tells whether the roster speaks of the place of a post: of every
// village that it has, of a township's office only where it names somebody.
func (p *plan) named(known household.Post, posts []Post) bool {
	return known.Village != 0 || slices.ContainsFunc(posts, func(one Post) bool {
		return one.Holder.Township != "" && p.townships[one.Holder.Township].ID == known.Township
	})
}

// employ is the person who holds a post, a new one where the holder was none
// so far: they get their openid when they bind.
func (p *plan) employ(who Holder) household.PersonID {
	if id := p.personOf(who); id != 0 {
		return id
	}
	person := household.Person{ID: household.PersonID(next(&p.ids.Persons)), Name: who.Name}
	if who.Township == "" {
		person.Current = p.homes[who.Home].ID
		p.link(person)
	}
	p.Persons = append(p.Persons, person)
	if who.Township != "" {
		post := household.Post{Person: person.ID, Township: p.townships[who.Township].ID}
		p.officers = append(p.officers, KnownPost{Post: post, Name: who.Name})
	}
	return person.ID
}

// link puts the person into the register.
func (p *plan) link(person household.Person) {
	if i, added := p.added[person.Current][person.Name]; added {
		p.NewMembers[i].Person = person.ID
		return
	}
	for _, m := range p.members[person.Current] {
		if m.Name == person.Name {
			m.Person = person.ID
			p.change(m)
			return
		}
	}
}

// personOf is the person behind a holder, 0 for none yet.
func (p *plan) personOf(who Holder) household.PersonID {
	if who.Township != "" {
		for _, officer := range append(slices.Clip(p.was.Posts), p.officers...) {
			if officer.Township == p.townships[who.Township].ID && officer.Name == who.Name {
				return officer.Person
			}
		}
		return 0
	}
	home := p.homes[who.Home].ID
	if i, added := p.added[home][who.Name]; added {
		return p.NewMembers[i].Person
	}
	for _, m := range p.members[home] {
		if m.Name == who.Name {
			return m.Person
		}
	}
	return 0
}
