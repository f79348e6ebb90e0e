// Package quarter is the 季公示: a village's quarter from open through
// assessing and published to sealed, and the sheet that hangs on the wall
// (policy 四(二)2, PRODUCT 2.8).
package quarter

import (
	"strings"
	"time"
	"unicode/utf8"

	"github.com/xiangfeng/xiangfeng/domain/calendar"
	"github.com/xiangfeng/xiangfeng/domain/fault"
	"github.com/xiangfeng/xiangfeng/domain/household"
	"github.com/xiangfeng/xiangfeng/domain/ledger"
	"github.com/xiangfeng/xiangfeng/domain/record"
	"github.com/xiangfeng/xiangfeng/domain/village"
)

// State says how far a quarter has come.
type State string

// The states, in their order. A withdrawn sheet takes the quarter back to assessing.
const (
	Open      State = "open"
	Assessing State = "assessing" // 考核认定
	Published State = "published" // 公示
	Sealed    State = "sealed"
)

// Hangs tells whether the quarter's newest sheet is on the board, sealed or not.
func (s State) Hangs() bool { return s == Published || s == Sealed }

// Quarter is one quarter of one village.
type Quarter struct {
	Village village.ID
	Q       calendar.Quarter
	State   State
	// Edition is the newest sheet's number within the quarter, 0 before the first.
	Edition     int
	PublishedOn calendar.Date // of the newest sheet; zero before
	SealedOn    calendar.Date // zero before
}

// New is a quarter in which nothing has happened yet.
func New(v village.ID, q calendar.Quarter) Quarter {
	return Quarter{Village: v, Q: q, State: Open}
}

// Assess starts the assessment, from the first day of the next quarter on.
func (q Quarter) Assess(now time.Time) (Quarter, error) {
	if q.State != Open {
		return q, fault.Refuse(fault.Conflict)
	}
	if !q.Q.Last().Before(calendar.DateOf(now)) {
		return q, fault.With(fault.TooEarly, fault.Facts{Day: q.Q.Next().First().String()})
	}
	q.State = Assessing
	return q, nil
}

// ToCome tells whether the quarter has a sheet to come: it is over, and none is
// on the wall or sealed.
func (q Quarter) ToCome(today calendar.Date) bool {
	return (q.State == Open || q.State == Assessing) && q.Q.Last().Before(today)
}

// How long the minutes of the meeting are, in characters.
const (
	ShortestMinutes = 4
	LongestMinutes  = 500
)

// Signing is what publishing needs from people: the minutes of the meeting
// and the signatures of the village's team.
type Signing struct {
	Minutes string
	Signers []household.PersonID
	// Need is how many different persons must sign.
	Need int
	// Blocked tells that supervision finds everybody alike (平均主义), Overridden
	// that the township lets the quarter through in writing all the same.
	Blocked, Overridden bool
}

// Why publishing is blocked.
const (
	BlockedByWall      = "wall"      // the quarter before still hangs
	BlockedByEarlier   = "earlier"   // the quarter before was not published
	BlockedByAveraging = "averaging" // everybody alike, and the township has not overridden
)

// Blocks tells what stands in the way of publishing the quarter, "" for
// nothing: one sheet hangs at a time, one after the other, and not everybody
// alike (PRODUCT 2.8 and supervision built in).
func (q Quarter) Blocks(p ledger.Progress, s Signing) string {
	switch {
	case p.Published != (calendar.Quarter{}) && p.Published != q.Q:
		return BlockedByWall
	case p.Sealed.Year != 0 && p.Sealed.Next() != q.Q:
		return BlockedByEarlier
	case s.Blocked && !s.Overridden:
		return BlockedByAveraging
	}
	return ""
}

// Publish puts the quarter up on the wall as a new edition. It refuses with
// Unsigned without minutes and enough signatures, and with Blocked, the note
// saying why, what Blocks finds.
func (q Quarter) Publish(p ledger.Progress, s Signing, now time.Time) (Quarter, error) {
	if q.State != Assessing {
		return q, fault.Refuse(fault.Conflict)
	}
	if why := q.Blocks(p, s); why != "" {
		return q, fault.With(fault.Blocked, fault.Facts{Note: why})
	}
	distinct := map[household.PersonID]bool{}
	for _, id := range s.Signers {
		distinct[id] = true
	}
	delete(distinct, 0) // nobody's signature
	if n := utf8.RuneCountInString(strings.TrimSpace(s.Minutes)); n < ShortestMinutes {
		return q, fault.With(fault.Unsigned, fault.Facts{Note: UnsignedMinutes})
	} else if n > LongestMinutes {
		return q, fault.Refuse(fault.Invalid)
	}
	if len(distinct) < s.Need {
		return q, fault.With(fault.Unsigned, fault.Facts{ID: int64(s.Need - len(distinct))})
	}
	q.State, q.Edition, q.PublishedOn = Published, q.Edition+1, calendar.DateOf(now)
	return q, nil
}

// UnsignedMinutes is the note of a refusal for want of minutes; for want of
// signatures the facts have how many are missing instead.
const UnsignedMinutes = "minutes"

// Signature is somebody of the team who agrees with the sheet to come, as it
// was when they looked at it.
type Signature struct {
	Person household.PersonID
	Digest string // of the Draft that they saw
	At     time.Time
}

// Signers are those whose signature is under what the digest names: a
// signature under anything else is void.
func Signers(signed []Signature, digest string) (out []household.PersonID) {
	for _, s := range signed {
		if s.Digest == digest {
			out = append(out, s.Person)
		}
	}
	return out
}

// LongestReason is how long a reason for a withdrawal is, in characters.
const LongestReason = 200

// Withdrawal is a wrong sheet that is to come down: asked for by the village,
// consented to by the township's office, or done by the office at once.
type Withdrawal struct {
	Reason      string
	AskedBy     household.PersonID
	AskedAt     time.Time
	ConsentedBy household.PersonID // 0 while it waits
	ConsentedAt time.Time
}

// AskWithdrawal asks for the sheet to come down. It refuses with Conflict where
// none hangs, and with Invalid without a reason.
func (q Quarter) AskWithdrawal(by household.PersonID, reason string, now time.Time) (Withdrawal, error) {
	if q.State != Published {
		return Withdrawal{}, fault.Refuse(fault.Conflict)
	}
	if !record.Fits(reason, 1, LongestReason) {
		return Withdrawal{}, fault.Refuse(fault.Invalid)
	}
	return Withdrawal{Reason: reason, AskedBy: by, AskedAt: now}, nil
}

// Consent is the township's yes to what was asked.
func (w Withdrawal) Consent(by household.PersonID, now time.Time) Withdrawal {
	w.ConsentedBy, w.ConsentedAt = by, now
	return w
}

// Withdraw takes a wrong sheet down, with the township's consent; published
// anew it gets a new code and the days start again.
func (q Quarter) Withdraw(consent household.PersonID) (Quarter, error) {
	if q.State != Published {
		return q, fault.Refuse(fault.Conflict)
	}
	if consent == 0 {
		return q, fault.Refuse(fault.Forbidden)
	}
	q.State, q.PublishedOn = Assessing, calendar.Date{}
	return q, nil
}

// Seal ends the quarter when its days on the wall are over. It waits for
// nobody: what is in dispute is sealed as it stands (PRODUCT 2.8).
func (q Quarter) Seal(now time.Time) (Quarter, error) {
	if q.State != Published {
		return q, fault.Refuse(fault.Conflict)
	}
	if from := calendar.SealFrom(q.PublishedOn); calendar.DateOf(now).Before(from) {
		return q, fault.With(fault.TooEarly, fault.Facts{Day: from.String()})
	}
	q.State, q.SealedOn = Sealed, calendar.DateOf(now)
	return q, nil
}

// SealOn is the first day on which the hanging sheet may be sealed, zero where
// none hangs; it hangs to the day before.
func (q Quarter) SealOn() calendar.Date {
	if q.PublishedOn.IsZero() {
		return calendar.Date{}
	}
	return calendar.SealFrom(q.PublishedOn)
}

// Late tells whether the quarter should have been published, by the day from
// which the township is shown it (PRODUCT 2.8).
func (q Quarter) Late(today calendar.Date) bool {
	return !q.State.Hangs() && !today.Before(calendar.LateFrom(q.Q))
}
