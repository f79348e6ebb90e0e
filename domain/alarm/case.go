package alarm

import (
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/xiangfeng/xiangfeng/domain/calendar"
	"github.com/xiangfeng/xiangfeng/domain/fault"
	"github.com/xiangfeng/xiangfeng/domain/household"
	"github.com/xiangfeng/xiangfeng/domain/record"
	"github.com/xiangfeng/xiangfeng/domain/village"
)

// ID identifies an alarm that became a case.
type ID int64

// State says how far a case has come.
type State string

// The states of a case.
const (
	Open   State = "open"
	Past   State = "past"   // not found any more; whoever mended it can still say so
	Closed State = "closed" // with an outcome
)

// Outcome is how a case ended (PRODUCT 2, supervision built in: 严肃处理).
type Outcome string

// The outcomes.
const (
	Explained Outcome = "explained" // it is as it should be, and why
	Corrected Outcome = "corrected" // the lines behind it were gone through
	Suspended Outcome = "suspended" // somebody's role rests; the township alone
)

// How long words are that close a case or override a block, in characters.
const (
	ShortestWords = 4
	LongestWords  = 200
)

// Case is an alarm that somebody has to answer for.
type Case struct {
	ID      ID
	Village village.ID
	Quarter calendar.Quarter
	Finding
	FoundAt  time.Time
	State    State
	Outcome  Outcome
	Words    string
	ClosedBy household.PersonID
	ClosedAt time.Time
}

// Merge brings the cases of a quarter up to what is found now: what is new
// opens a case, what an open one is about follows what is found, and an open one
// that is not found any more is past, until it is found again. A closed one
// stays. It returns those that are to be saved, new ones with ID 0.
func Merge(kept []Case, found []Finding, v village.ID, q calendar.Quarter, now time.Time) (changed []Case) {
	left := slices.Clone(kept)
	for _, f := range found {
		i := slices.IndexFunc(left, func(c Case) bool { return c.Kind == f.Kind && c.Key == f.Key })
		if i < 0 {
			changed = append(changed, Case{Village: v, Quarter: q, Finding: f, FoundAt: now, State: Open})
			continue
		}
		if c := left[i]; c.State != Closed && (c.State == Past || !reflect.DeepEqual(c.Finding, f)) {
			c.Finding, c.State = f, Open
			changed = append(changed, c)
		}
		left = slices.Delete(left, i, i+1)
	}
	for _, c := range left {
		if c.State == Open {
			c.State = Past
			changed = append(changed, c)
		}
	}
	return changed
}

// Line is what has become of an event behind a case.
type Line struct {
	Event record.ID
	State record.State
	// ChangedAt is when it was rejected, returned, taken back or corrected, zero
	// where it stands as it was recorded.
	ChangedAt time.Time
}

// Closing is how somebody ends a case.
type Closing struct {
	Staff   household.Staff
	Village village.Village
	Outcome Outcome
	Words   string
	Lines   []Line
	Now     time.Time
}

// The notes of what Close refuses.
const (
	NotYours   = "about"      // the alarm is about who would close it, or about the whole team
	OfficeOnly = "office"     // only the township suspends
	Unreviewed = "unreviewed" // lines behind it still wait; ID is how many
	Unchanged  = "unchanged"  // none of them was changed
)

// Close ends the case. The leader, a deputy or the township's office does, but
// nobody whom it is about. It refuses with Forbidden who may not, with Conflict
// one that is closed, with Invalid too few words or no outcome, and with
// Blocked the outcome Corrected before the lines were gone through: none waits
// any more, and something was changed since it was found.
func (c Case) Close(x Closing) (Case, error) {
	if err := c.mayClose(x); err != nil {
		return c, err
	}
	words := strings.TrimSpace(x.Words)
	known := slices.Contains([]Outcome{Explained, Corrected, Suspended}, x.Outcome)
	if !known || !enough(words) {
		return c, fault.Refuse(fault.Invalid)
	}
	if x.Outcome == Corrected {
		if err := c.reviewed(x.Lines); err != nil {
			return c, err
		}
	}
	c.State, c.Outcome, c.Words, c.ClosedBy, c.ClosedAt = Closed, x.Outcome, words, x.Staff.Person, x.Now
	return c, nil
}

// MayClose refuses who may not close the case with any outcome.
func (c Case) MayClose(s household.Staff, v village.Village) error {
	return c.mayClose(Closing{Staff: s, Village: v})
}

func (c Case) mayClose(x Closing) error {
	office := x.Staff.Holds(x.Village, household.Officer)
	switch {
	case c.Village != x.Village.ID:
		return fault.Refuse(fault.NotFound)
	case !office && !x.Staff.Holds(x.Village, household.Leader, household.Deputy):
		return fault.Refuse(fault.Forbidden)
	case c.State == Closed:
		return fault.Refuse(fault.Conflict)
	case c.about(x.Staff.Person) || !office && c.aboutTeam():
		return fault.With(fault.Forbidden, fault.Facts{Note: NotYours})
	case x.Outcome == Suspended && !office:
		return fault.With(fault.Forbidden, fault.Facts{Note: OfficeOnly})
	}
	return nil
}

func (c Case) about(p household.PersonID) bool {
	return p != 0 && (c.Facts.Recorder == p || c.Facts.Other == p)
}

// aboutTeam tells whether it is about all who could close it in the village.
func (c Case) aboutTeam() bool { return c.Kind == Favour && c.Facts.Recorder == 0 }

func (c Case) reviewed(lines []Line) error {
	waiting, changed := 0, false
	for _, l := range lines {
		if l.State == record.Pending {
			waiting++
		}
		changed = changed || l.ChangedAt.After(c.FoundAt)
	}
	switch {
	case waiting > 0:
		return fault.With(fault.Blocked, fault.Facts{ID: int64(waiting), Note: Unreviewed})
	case !changed && len(lines) > 0:
		return fault.With(fault.Blocked, fault.Facts{Note: Unchanged})
	}
	return nil
}

// enough tells whether words are long enough, and not too long, to close a case
// or to override a block.
func enough(words string) bool { return record.Fits(words, ShortestWords, LongestWords) }

// Override is the township's written word that a sheet goes up although
// supervision blocks it. It holds for one edition.
type Override struct {
	Village village.ID
	Quarter calendar.Quarter
	Edition int
	Reason  string
	By      household.PersonID
	At      time.Time
}

// NewOverride makes it, where something is blocked. It refuses with Forbidden
// who is not of the township's office, with Invalid too few words, and with
// Conflict where nothing is blocked.
func NewOverride(s household.Staff, v village.Village, q calendar.Quarter, edition int, blocked bool, reason string, now time.Time) (Override, error) {
	switch {
	case !s.Holds(v, household.Officer):
		return Override{}, fault.Refuse(fault.Forbidden)
	case !enough(reason):
		return Override{}, fault.Refuse(fault.Invalid)
	case !blocked:
		return Override{}, fault.Refuse(fault.Conflict)
	}
	return Override{Village: v.ID, Quarter: q, Edition: edition, Reason: strings.TrimSpace(reason), By: s.Person, At: now}, nil
}
