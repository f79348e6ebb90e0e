// Package sample makes a township or a county with a whole year of the
// scheme, for demo, seed and benchmarks. Everybody in it is invented. The same
// options always give the same bytes, and every line, sheet and total is made
// by the domain's own rules, in the order of time.
package sample

import (
	"iter"
	"math/rand/v2"

	"github.com/xiangfeng/xiangfeng/domain/calendar"
	"github.com/xiangfeng/xiangfeng/domain/catalogue"
	"github.com/xiangfeng/xiangfeng/domain/household"
	"github.com/xiangfeng/xiangfeng/domain/ledger"
	"github.com/xiangfeng/xiangfeng/domain/quarter"
	"github.com/xiangfeng/xiangfeng/domain/record"
	"github.com/xiangfeng/xiangfeng/domain/village"
)

// MinHouseholds is the smallest village that can be made: fewer could not
// hold its team, the demo's cast and their kin.
const MinHouseholds = 24

// Options say how large and for which year.
type Options struct {
	// Villages is how many; each 16 share a township.
	Villages int
	// Households is how many there are in each village; fewer than
	// MinHouseholds are raised to it.
	Households int
	// EventsPerHousehold is how many occur, on average, up to Until. What the
	// caps refuse is not made up for, so far above 40 fewer come out.
	EventsPerHousehold int
	Year               int
	// Until is a day of Year, or later for the whole of it. Nothing happens
	// after the day, nor on the day itself, which is left to whoever looks on.
	Until calendar.Date
	Seed  uint64
	// Levelled is the number of a village, from 1, in which everybody got the
	// same in the quarter that runs at Until (平均主义); 0 for none.
	Levelled int
	// CardKey is what the tokens of the cards are made with, so that they can be
	// printed where it is the installation's.
	CardKey []byte
}

// Default is the township of the demo: 3 villages with 201 households in all
// and their year 2026 until 24 November. In the third everybody got the same lately.
func Default() Options {
	return Options{
		Villages: 3, Households: 67, EventsPerHousehold: 22,
		Year: 2026, Until: calendar.On(2026, 11, 24), Seed: 2026, Levelled: 3,
	}
}

// Tie is a declared kinship between two households, A before B.
type Tie struct {
	A, B     household.ID
	Relation household.Relation
}

// Village is one village with its whole year.
type Village struct {
	Township   village.Township
	Village    village.Village
	Households []household.Household
	Members    []household.Member
	// Persons are whoever is bound, and with the first village of a township
	// its officer.
	Persons  []household.Person
	Posts    []household.Post
	Ties     []Tie
	Cards    []household.Card
	Items    []catalogue.Item // adopted for the year
	Accounts []ledger.Account // final state, one a household, in their order
	Events   []record.Event   // in the order they were recorded
	// Records are those of the events that nobody has decided yet, Visits the
	// newest month's. Of visits, declarations and warnings the ids are 0.
	Records      []record.Record
	Visits       []record.Visit
	Declarations []record.Declaration
	Warnings     []record.Warning
	Entries      []ledger.Entry // the chain, in seq order
	Head         ledger.Head
	Progress     ledger.Progress
	Quarters     []quarter.Quarter // in which something has happened, in their order
	Sheets       []quarter.Sheet
}

// Villages yields the county village by village, so that it never stands in
// memory whole. Ids of villages, households, accounts, persons, events and records
// each run from 1 over the whole county.
func Villages(o Options) iter.Seq[Village] {
	o.Households = max(o.Households, MinHouseholds)
	if end := calendar.On(o.Year+1, 1, 1); o.Until.After(end) {
		o.Until = end
	}
	return func(yield func(Village) bool) {
		c := county{Options: o}
		for range o.Villages {
			if !yield(c.next()) {
				return
			}
		}
	}
}

// county hands out the ids.
type county struct {
	Options
	village   village.ID
	household household.ID
	account   ledger.AccountID
	person    household.PersonID
	event     record.ID
	record    record.RecordID
	officer   household.Staff // of the newest township
}

// What is drawn from streams of its own, so that a change in one leaves the
// others as they were.
const (
	peopleStream uint64 = iota + 1
	yearStream
	castStream
)

func stream(seed, purpose, n uint64) *rand.Rand {
	return rand.New(rand.NewPCG(seed, purpose<<48|n))
}

func (c *county) next() Village {
	c.village++
	p := settle(c, stream(c.Seed, peopleStream, uint64(c.village)))
	y := newYear(c, p, stream(c.Seed, yearStream, uint64(c.village)))
	y.schedule()
	y.live()
	y.round()
	return *y.v
}
