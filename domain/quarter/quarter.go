// Package quarter is the 季公示: a village's quarter from open through
// assessing and published to sealed, and the sheet that hangs on the wall
// (policy 四(二)2, PRODUCT 2.8).
package quarter

import (
	"time"

	"github.com/xiangfeng/xiangfeng/domain/calendar"
	"github.com/xiangfeng/xiangfeng/domain/fault"
	"github.com/xiangfeng/xiangfeng/domain/household"
	"github.com/xiangfeng/xiangfeng/domain/ledger"
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

// Signing is what publishing needs from people: the minutes of the meeting
// and the signatures of the village's team.
type Signing struct {
	Minutes string
	Signers []household.PersonID
	// Need is how many different persons must sign.
	Need int
}

// Publish puts the quarter up on the wall as a new edition. It refuses with
// Unsigned without minutes and enough signatures, and with Blocked while the
// quarter before is not sealed: one sheet hangs at a time.
func (q Quarter) Publish(p ledger.Progress, s Signing, now time.Time) (Quarter, error) {
	if q.State != Assessing {
		return q, fault.Refuse(fault.Conflict)
	}
	if p.Published != (calendar.Quarter{}) || p.Sealed.Year != 0 && p.Sealed.Next() != q.Q {
		return q, fault.Refuse(fault.Blocked)
	}
	distinct := map[household.PersonID]bool{}
	for _, id := range s.Signers {
		distinct[id] = true
	}
	delete(distinct, 0) // nobody's signature
	if s.Minutes == "" || len(distinct) < s.Need {
		return q, fault.Refuse(fault.Unsigned)
	}
	q.State, q.Edition, q.PublishedOn = Published, q.Edition+1, calendar.DateOf(now)
	return q, nil
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
