// Package fault holds what can be refused and why: a stable code for
// machines, plain facts for the sentence that people read. The sentence itself
// lives in domain/script.
package fault

import "errors"

// Code names an outcome. It is stable: clients, logs and stored outcomes rely on it.
type Code string

// Done is the code of an act that took effect.
const Done Code = "done"

// The refusals. Each leaves everything as it was.
const (
	Invalid       Code = "invalid"        // the request makes no sense as it is
	NotFound      Code = "not_found"      // no such thing, or none that the caller may see
	Conflict      Code = "conflict"       // another act came first, or the key was used for something else
	Forbidden     Code = "forbidden"      // the caller may not do this
	SamePerson    Code = "same_person"    // whoever recorded an event never confirms it (PRODUCT 2.7)
	Kin           Code = "kin"            // for one's own household or for kin (优亲厚友)
	Insufficient  Code = "insufficient"   // more than what can be redeemed
	CapReached    Code = "cap_reached"    // nothing is left under the item's cap
	TooEarly      Code = "too_early"      // not yet
	TooLate       Code = "too_late"       // not any more
	InFuture      Code = "in_future"      // a day that has not come
	ClockAhead    Code = "clock_ahead"    // the phone's clock runs more than a day fast
	TooOld        Code = "too_old"        // the event lies too far back
	Corrected     Code = "corrected"      // the entry was corrected already; correct its correction
	AccountClosed Code = "account_closed" // the account was closed
	WindowClosed  Code = "window_closed"  // outside the first month of a quarter (policy 四(三)2)
	Unsigned      Code = "unsigned"       // minutes or signatures are missing
	Blocked       Code = "blocked"        // something open stands in the way
	Locked        Code = "locked"         // too many wrong tries; Data is when it ends, 15:04

	CardRevoked     Code = "card_revoked"     // the card opens nothing any more
	Gone            Code = "gone"             // the household keeps no account any more
	WarnFirst       Code = "warn_first"       // the household must be warned and given time to mend first
	EvidenceMissing Code = "evidence_missing" // Data is what is missing, as a catalogue writes it
	TooMany         Code = "too_many"         // more than one act may have
)

// Facts are what the sentence about an outcome is made of. It is closed and
// plain, so that a stored outcome can be worded again, the same, by any later
// version. Points are in tenths.
type Facts struct {
	ID        int64 // what the act made
	Household int64
	Village   int64
	Account   int64
	Line      int    // a line's number in its account
	Seq       int64  // an entry's number in its village
	Need      int64  // what was asked for, in tenths
	Claim     int64  // what the account holds, in tenths
	Held      int64  // what a published quarter will take away, in tenths
	Day       string // a date, 2006-01-02
	Step      string // the conversation's step that the message answered
	Data      string // that step's data
	Note      string
}

// Outcome is what became of an act: Done, or a refusal's code, with its facts.
type Outcome struct {
	Code  Code
	Facts Facts
}

// Refused tells whether the act changed nothing.
func (o Outcome) Refused() bool { return o.Code != Done }

// Refusal is a rule's no. It is an error so that rules can return it early.
type Refusal struct {
	Code  Code
	Facts Facts
}

func (r *Refusal) Error() string { return "refused: " + string(r.Code) }

// Refuse makes a refusal without facts.
func Refuse(c Code) *Refusal { return &Refusal{Code: c} }

// With makes a refusal with facts.
func With(c Code, f Facts) *Refusal { return &Refusal{Code: c, Facts: f} }

// CodeOf returns the code of the refusal in err's chain, or "".
func CodeOf(err error) Code {
	var r *Refusal
	if errors.As(err, &r) {
		return r.Code
	}
	return ""
}

// Settle turns a refusal into the outcome that is stored, and passes any
// other error on.
func Settle(err error) (Outcome, error) {
	var r *Refusal
	if errors.As(err, &r) {
		return Outcome{Code: r.Code, Facts: r.Facts}, nil
	}
	return Outcome{}, err
}
