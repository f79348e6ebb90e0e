// Package photo is a picture that somebody hands in as evidence: who may see
// it, how far its content check has come, and whether it was seen before.
package photo

import (
	"math/bits"
	"time"

	"github.com/xiangfeng/xiangfeng/domain/fault"
	"github.com/xiangfeng/xiangfeng/domain/household"
	"github.com/xiangfeng/xiangfeng/domain/village"
)

// Why a picture is not taken.
const (
	BadFormat fault.Code = "photo_format"  // neither JPEG nor PNG
	TooBig    fault.Code = "photo_too_big" // more than 10 MB
	TooLarge  fault.Code = "photo_pixels"  // more pixels than 40 million, or than can be read with little memory
	Broken    fault.Code = "photo_broken"  // damaged or cut off
)

// Check says how far the platform's content check of a picture has come.
type Check string

// The states of a check.
const (
	Waiting  Check = "waiting" // no verdict yet
	Passed   Check = "passed"
	Refused  Check = "refused"
	ByPerson Check = "person" // the platform cannot tell: a person has to look
)

// Patience is how long a verdict is waited for. After it a person has to look.
const Patience = 30 * time.Minute

// Photo is a picture as it is kept: once, however often it is handed in.
type Photo struct {
	// Hash names it: the SHA-256 of the kept picture, in hex.
	Hash    string
	Village village.ID         // of who handed it in first
	Keeper  household.PersonID // who did
	// Original is the SHA-256 of what was handed in.
	Original [32]byte
	// Near is alike for pictures that look alike.
	Near uint64
	// TakenAt is when it was taken, as far as the camera says; else zero.
	TakenAt       time.Time
	Width, Height int // pixels
	Check         Check
	// Trace is the platform's number of the check, empty until it was asked.
	Trace   string
	AskedAt time.Time
	KeptAt  time.Time
	// Reason is why a person refused it, empty for any other.
	Reason string
}

// Near is how many of the 64 bits differ at most between pictures that look
// alike (RELIABILITY 27).
const Near = 8

// Alike tells whether two pictures look alike by their Near.
func Alike(a, b uint64) bool { return bits.OnesCount64(a^b) <= Near }

// State is how far the check has come at now: silence leads to a person.
func (p Photo) State(now time.Time) Check {
	since := p.AskedAt
	if since.IsZero() {
		since = p.KeptAt
	}
	if p.Check == Waiting && !now.Before(since.Add(Patience)) {
		return ByPerson
	}
	return p.Check
}

// Asked notes that the platform was asked, under the number it gave.
func (p Photo) Asked(trace string, now time.Time) Photo {
	p.Trace, p.AskedAt = trace, now
	return p
}

// Judged notes what the platform found, while its verdict is still waited
// for; a later one changes nothing.
func (p Photo) Judged(found Check) Photo {
	if p.Check == Waiting && found != "" {
		p.Check = found
	}
	return p
}

// Seen notes what a person found who looked in the platform's place, with why.
// It refuses with Conflict a picture that waits for no person at now.
func (p Photo) Seen(found Check, reason string, now time.Time) (Photo, error) {
	if p.State(now) != ByPerson {
		return p, fault.Refuse(fault.Conflict)
	}
	p.Check, p.Reason = found, reason
	return p, nil
}

// Holding is a person who handed the picture in, for a village.
type Holding struct {
	Person  household.PersonID
	Village village.ID
}

// VisibleTo tells whether somebody may see the picture: who handed it in and who
// judges for that village always, others only what has passed.
func (p Photo) VisibleTo(who household.PersonID, judgeOf []village.ID, held []Holding) bool {
	if p.Check == Passed {
		return true
	}
	for _, h := range held {
		if h.Person == who {
			return true
		}
		for _, v := range judgeOf {
			if h.Village == v {
				return true
			}
		}
	}
	return false
}
