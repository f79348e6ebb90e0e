// Package notice is what people are told without asking: to whom, about what,
// when it may be sent and until when it matters, and which of it a person may
// turn off (PRODUCT 4).
package notice

import (
	"strconv"
	"time"

	"github.com/xiangfeng/xiangfeng/domain/household"
	"github.com/xiangfeng/xiangfeng/domain/village"
)

// Kind is a kind of notice.
type Kind string

// The kinds that a household's people may turn off. What is told at once about
// one's own account, such as a redemption or somebody new in the household, is
// not among them: it guards the household.
const (
	Published Kind = "published" // 季度公示: a quarter's sheet is out
	Redeem    Kind = "redeem"    // 兑换提醒: points can be spent, the window ends soon
	Lapse     Kind = "lapse"     // 到期提醒: points are about to lapse
	Dispute   Kind = "dispute"   // 异议进度: a dispute has come further
)

// The kinds that go with a post and cannot be turned off.
const (
	Case      Kind = "case"      // a dispute waits for this person to act
	Timetable Kind = "timetable" // a quarter is to be assessed, published, sealed: until when
	Late      Kind = "late"      // a village has not published its quarter by day 11
	Visits    Kind = "visits"    // households not visited yet this month
	Summary   Kind = "summary"   // the month's exceptions
	Alarm     Kind = "alarm"     // something to look at, at once
)

// Kinds are the kinds that can be turned off, in the order in which they are listed.
func Kinds() []Kind { return []Kind{Published, Redeem, Lapse, Dispute} }

// Off are the kinds that a person has turned off; all others are wanted.
type Off map[Kind]bool

// Scope is what a notice is about for whom it goes to: a household of theirs,
// or the village or township of their post. Exactly one is set.
type Scope struct {
	Household household.ID
	Village   village.ID
	Township  village.TownshipID
}

// String names the scope, such as household:12. It is stable.
func (s Scope) String() string {
	switch {
	case s.Household != 0:
		return "household:" + strconv.FormatInt(int64(s.Household), 10)
	case s.Village != 0:
		return "village:" + strconv.FormatInt(int64(s.Village), 10)
	}
	return "township:" + strconv.FormatInt(int64(s.Township), 10)
}

// Notice is one thing that one person is told once: the person, the scope and
// the occasion together are unique for ever (PRODUCT 4).
type Notice struct {
	Person household.PersonID
	Scope  Scope
	// Occasion names what happened, the same for all who are told of it, such
	// as published:2026Q3:1.
	Occasion string
	Kind     Kind
	Facts    Facts
	// At is when it came up; it is sent from then on, by day only.
	At time.Time
	// Until is when it matters no more: what has not been sent by then closes
	// as expired (过期).
	Until time.Time
}

// Facts are what the words of a notice are made of. It is closed and plain, so
// that a kept notice is worded the same by any later version. Points are in
// tenths, days are 2006-01-02, quarters 2026Q3.
type Facts struct {
	Place   string // the village's or township's name
	Quarter string
	Edition int    // above 1: published anew (更正)
	Code    string // the sheet's check code
	Score   int64  // also what a disputed line stands as
	Gained  int64
	Rank    int // 0: not ranked
	Of      int // how many are ranked
	Day     string
	Until   string // the last day to do something
	Case    int64  // a dispute's number
	Line    int
	Title   string // what the line is called
	State   string // how far a dispute has come, or what kind of alarm it is
	Outcome string // what was decided of a dispute: stands, corrected, recorded
	Reason  string
	Count   int
	Names   []string // villages, or households by number, never more than ten
	About   int64
}
