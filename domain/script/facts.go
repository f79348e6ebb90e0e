// Package script holds every sentence that a person reads. It turns facts
// into words and decides nothing; whoever does not program can read and mend
// it. A chat reply has at most Characters characters and Rows lines, and its
// last line says what to do next.
package script

import (
	"strings"

	"github.com/xiangfeng/xiangfeng/domain/calendar"
	"github.com/xiangfeng/xiangfeng/domain/household"
	"github.com/xiangfeng/xiangfeng/domain/ledger"
	"github.com/xiangfeng/xiangfeng/domain/points"
	"github.com/xiangfeng/xiangfeng/domain/village"
)

// The limits of a chat reply (PRODUCT 3): characters, not bytes, and lines.
const (
	Characters = 160
	Rows       = 12
)

// Home is a household as its own members are told about it.
type Home struct {
	ID     household.ID
	Number string
	Head   string
}

// Name is how a household is called in a list: its number and its head.
func (h Home) Name() string { return strings.TrimSpace(h.Number + " " + h.Head) }

// Place is where a household belongs and whom to call there.
type Place struct {
	Village  village.ID
	Name     string
	Desk     string
	Township string
	Office   string
	Board    village.Board
}

// Account is a household's year as the answer to 积分 needs it.
type Account struct {
	ledger.Account
	// Q4Published and Q4Sealed are the days of the fourth quarter's sheet, zero before.
	Q4Published calendar.Date
	Q4Sealed    calendar.Date
	// Newest are the newest entries, at most two, the newest first.
	Newest []Line
}

// Placing is a household's place on a published sheet.
type Placing struct {
	Quarter calendar.Quarter
	Rank    int // 0: not ranked yet
	Of      int // how many households are ranked
	Score   points.Tenths
	Sealed  bool
}

// Standing is everything that the answer to 积分 shows, but for what the
// clock decides: what can be redeemed now, and until when, is worded with now.
type Standing struct {
	// Person is who asks, 0 for a stranger.
	Person household.PersonID
	// Homes is how many households the person belongs to.
	Homes int
	// Home is the one the answer is about; its ID is 0 where there is none.
	Home  Home
	Place Place
	// Progress is how far the village's quarters have come.
	Progress ledger.Progress
	// Accounts are the household's newest years, the newest first, at most two.
	Accounts []Account
	// Pending are the events that wait to be confirmed: how many, and their sum.
	Pending    int
	PendingSum points.Tenths
	// Sheet is the place on the village's newest sheet, nil where there is none.
	Sheet *Placing
	// Listed tells whether the person's question is a list that a number answers,
	// whether or not it still waits.
	Listed bool
	// News is how much the person has still to be told.
	News int
	// Heard is the key of the message that was answered with the newest of it.
	Heard string
}

// Version changes whenever anything that a Standing shows has changed. Equal
// versions of the same person mean equal standings.
type Version string

// Line is one line of 明细: an entry, or an event that waits to be confirmed.
type Line struct {
	No         int // 0 while pending
	Kind       ledger.Kind
	Root       ledger.Kind
	Title      string
	Tenths     points.Tenths
	OccurredOn calendar.Date
	CountsIn   calendar.Quarter
	Corrects   int // the line number that this one corrects, 0 for none
	Reason     string
	Recorder   string // names, as the household may read them
	Confirmer  string
	// Mark is what became of an objection to the line, 0 for none.
	Mark Mark
}

// Pending tells whether the line is an event that nobody has confirmed yet.
func (l Line) Pending() bool { return l.No == 0 }

// Lines are a page of 明细.
type Lines struct {
	Home Home
	Year int
	// Lines are the page, pending events first, then the newest line first.
	Lines []Line
	// Next is where the next page starts: lines before this number; 0 at the end.
	Next int
}

// Row is a household on a public list. Name is written as the village chose.
type Row struct {
	Rank  int
	Name  string
	Score points.Tenths
	Own   bool
}

// Ranking is a household's place on the newest sheet, with its neighbours and the top.
type Ranking struct {
	Home    Home
	Place   Place
	Placing *Placing // nil: no sheet yet
	Near    []Row    // up to two above and two below, with the own row
	Top     []Row    // the first ten
}

// Posted is when a village published and sealed a quarter, zero days where it
// has not.
type Posted struct {
	Quarter     calendar.Quarter
	PublishedOn calendar.Date
	SealedOn    calendar.Date
}

// Published is a village's newest sheet.
type Published struct {
	Home        Home
	Place       Place
	Quarter     calendar.Quarter
	Code        string
	PublishedOn calendar.Date
	SealedOn    calendar.Date // zero while it hangs
	Households  int
	Own         *Placing
	Gained      points.Tenths
	// None is true while the village has published nothing.
	None bool
	// Down is the newest quarter whose sheet came down and has not gone up anew,
	// zero for none.
	Down calendar.Quarter
}
