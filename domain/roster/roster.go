// Package roster holds the register that a township hands over in a workbook:
// its villages, households, members, kin, team, catalogue and what was earned
// on paper. It checks the whole of it at once and decides what must change so
// that the database says the same. It never deletes anybody and never touches
// points that are there.
package roster

import (
	"github.com/xiangfeng/xiangfeng/domain/calendar"
	"github.com/xiangfeng/xiangfeng/domain/catalogue"
	"github.com/xiangfeng/xiangfeng/domain/household"
	"github.com/xiangfeng/xiangfeng/domain/points"
	"github.com/xiangfeng/xiangfeng/domain/village"
)

// Sheet is one sheet of a workbook, as it was typed.
type Sheet struct {
	Name   string
	Hidden bool
	Merged []string // ranges of merged cells, such as A5:A8
	Rows   []Row    // those that are not empty, in their order
}

// Row is a row as it was typed: numbers and dates as the file keeps them.
type Row struct {
	N     int // as the program that shows the sheet counts, from 1
	Cells []string
}

// Roster is a workbook without faults.
type Roster struct {
	Villages []Village
	Ties     []Tie
	Posts    []Post
}

// Village is one village with all who live in it.
type Village struct {
	Township, Office string
	Name, Desk       string
	Board            village.Board
	Households       []Household
	Items            []catalogue.Item // of its catalogue, this year
}

// Household is one household with its register.
type Household struct {
	Number, Head string
	Joined       calendar.Date // zero where it was left empty
	Members      []Member
	Opening      Opening
}

// Member is a person of the register; Phone is empty or has 11 digits.
type Member struct{ Name, Phone string }

// Home names a household across the workbook.
type Home struct{ Village, Number string }

// Tie is a declared kinship of two households.
type Tie struct {
	A, B     Home
	Relation household.Relation
}

// Holder names who holds a post: somebody on the register of a household, or,
// where that is empty, of the township's office.
type Holder struct {
	Township string // "" for who holds a village's post
	Home     Home
	Name     string
}

// Post is a role and who holds it.
type Post struct {
	Role   household.Role
	Holder Holder
}

// Opening is what a household earned on paper this year, and the two persons
// who vouch for it. Its zero value is none.
type Opening struct {
	Tenths              points.Tenths
	On                  calendar.Date
	Paper               string // where the paper is found
	Recorder, Confirmer Holder
}
