// Package ledger is the book of points: append-only entries, one account a
// household and year, one hash chain a village (PRODUCT 2.1 to 2.4). It knows
// ids only. Nothing in it is ever edited: a mistake is cured by a correction.
package ledger

import (
	"time"

	"github.com/xiangfeng/xiangfeng/domain/calendar"
	"github.com/xiangfeng/xiangfeng/domain/household"
	"github.com/xiangfeng/xiangfeng/domain/points"
	"github.com/xiangfeng/xiangfeng/domain/village"
)

// Kind says what an entry is.
type Kind string

// The kinds of entry (PRODUCT 2.2).
const (
	BaseKind      Kind = "base"          // the 100 points of a new year (policy 四(一))
	Opening       Kind = "opening"       // earned on paper before the village started
	EventKind     Kind = "event"         // a confirmed event (积分事件)
	Correction    Kind = "correction"    // changes what an earlier entry stands as
	Award         Kind = "award"         // the shopkeeper's service award: spent, not ranked
	Transfer      Kind = "transfer"      // a merged household's claim going over
	Redemption    Kind = "redemption"    // points given for goods (兑换)
	Return        Kind = "return"        // goods brought back
	Reinstatement Kind = "reinstatement" // instead of a return to a lapsed account
	Lapse         Kind = "lapse"         // what was not spent in time
	WriteOff      Kind = "write_off"     // a claim below 0 let go at the close, or that undone
)

// AccountID identifies an account: a household's year.
type AccountID int64

// Seq numbers a village's entries 1, 2, 3 … without a gap. 0 is none.
type Seq int64

// Entry is one immutable line of the ledger.
type Entry struct {
	Village village.ID
	Seq     Seq
	Account AccountID
	// Line is the entry's number in its account: what a villager calls 第3条.
	Line int
	Kind Kind
	// Tenths is the change, with its sign.
	Tenths points.Tenths
	// CountsIn is the quarter in which the entry counts (PRODUCT 2.3).
	CountsIn calendar.Quarter
	// OccurredOn is the day of what happened.
	OccurredOn calendar.Date
	// Corrects is the entry that a correction, return, reinstatement or undone
	// write-off answers to; 0 for none.
	Corrects Seq
	// Root is the kind at the root of a chain of corrections: what the line
	// means. For everything else it is the kind itself.
	Root Kind
	// Event is the event that became this entry, 0 for none.
	Event     int64
	Item      string // the catalogue item's code
	Title     string // what the line is called when it is read out
	Reason    string // why, for what was decided by people
	Recorder  household.PersonID
	Confirmer household.PersonID
	PostedAt  time.Time
	Prev      Hash
	Hash      Hash
}

// Scored tells whether the entry is part of the score, and so of the rank:
// base, opening, events, and corrections of them (PRODUCT 2.4).
func (e Entry) Scored() bool {
	return e.Root == BaseKind || e.Root == Opening || e.Root == EventKind
}

// waits tells whether the entry reaches the claim only when its quarter is sealed.
func waits(root Kind) bool { return root == EventKind }

// claims tells whether entries of the root kind ever reach the claim: all but base.
func claims(root Kind) bool { return root != BaseKind }

// Draft is an entry before it has a place in an account and in the chain.
type Draft struct {
	Kind       Kind
	Tenths     points.Tenths
	CountsIn   calendar.Quarter
	OccurredOn calendar.Date
	Corrects   Seq
	Root       Kind // empty: the kind itself
	Event      int64
	Item       string
	Title      string
	Reason     string
	Recorder   household.PersonID
	Confirmer  household.PersonID
}

func (d Draft) root() Kind {
	if d.Root == "" {
		return d.Kind
	}
	return d.Root
}
