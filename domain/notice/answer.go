package notice

import (
	"slices"
	"time"
)

// Answer is what the platform said to a message, or that it said nothing.
type Answer string

// The answers.
const (
	Taken        Answer = "taken"
	Busy         Answer = "busy"          // it is: again, with growing pauses
	SlowDown     Answer = "slow_down"     // the minute's limit
	DayFull      Answer = "day_full"      // the day's limit
	NoSuchPerson Answer = "no_person"     // an openid that is none here
	NotFollowing Answer = "not_following" // the person does not follow
	OutOfWindow  Answer = "out_of_window" // the person did not write of late
	WindowUsed   Answer = "window_used"   // their window's messages are used up
	NoConsent    Answer = "no_consent"    // refused, or used up
	TooFrequent  Answer = "too_frequent"  // the person had too many
	BadWords     Answer = "bad_words"     // a field or the text is not as the template wants it
	BadTemplate  Answer = "bad_template"  // the template is wrong or was banned
	BadSetup     Answer = "bad_setup"     // a page or a right is missing
	BadAddress   Answer = "bad_address"   // it takes no calls from our address
	Refused      Answer = "refused"       // for a reason that nobody has written down
	Unsent       Answer = "unsent"        // nothing reached it
	Silent       Answer = "silent"        // it may have been carried out
)

// Answers are all of them.
func Answers() []Answer {
	return []Answer{
		Taken, Busy, SlowDown, DayFull, NoSuchPerson, NotFollowing, OutOfWindow, WindowUsed, NoConsent, TooFrequent,
		BadWords, BadTemplate, BadSetup, BadAddress, Refused, Unsent, Silent,
	}
}

// Alarming tells whether somebody has to mend something before it works.
func (a Answer) Alarming() bool {
	return slices.Contains([]Answer{DayFull, BadWords, BadTemplate, BadSetup, BadAddress, Refused}, a)
}

// Effect is what an answer means: for the row, for the person, for everybody.
type Effect struct {
	State State
	// Due is when a Waiting row may be looked at again.
	Due time.Time
	// Tried tells that the row's channel leads nowhere for this person.
	Tried bool
	// Doubtful tells that the row may have gone out and is sent again under its number.
	Doubtful bool
	// Person is what it tells of the person.
	Person Lesson
	// Rests is until when the platform takes no more for the person.
	Rests time.Time
	// Stop is a way that is closed to everybody for a while; its What is empty for none.
	Stop Stop
}

// Lesson is what an answer teaches about a person.
type Lesson string

// The lessons.
const (
	NoLesson    Lesson = ""
	Unfollowed  Lesson = "unfollowed"
	NoWindow    Lesson = "no_window"    // nothing is left of their window
	NoCredit    Lesson = "no_credit"    // nothing is left of their consent
	UsedWindow  Lesson = "used_window"  // one message less
	UsedConsent Lesson = "used_consent" // one message less
)

// Pauses.
const (
	firstPause  = 30 * time.Second
	longest     = 30 * time.Minute
	minute      = time.Minute
	mendPause   = time.Hour        // before a faulty configuration is tried again
	addressTime = 10 * time.Minute // before the platform is called again from here
	again       = 20 * time.Second // before a doubtful message is repeated
	resting     = 24 * time.Hour
)

// pause grows with the attempts.
func pause(attempts int) time.Duration {
	return min(firstPause<<min(max(attempts-1, 0), 10), longest)
}

// After tells what an answer to a message means that was on the wire the
// attempts-th time, by a way (PLATFORM B4). A message that was in doubt before
// stays so until the platform takes it: no other answer tells what became of it
// the first time, and by another way it could arrive twice.
func After(a Answer, w Way, attempts int, doubtful bool, now time.Time) Effect {
	if doubtful && a != Taken {
		a = Silent
	}
	next := Effect{State: Waiting, Due: NextGo(now), Tried: true}
	wait := func(until time.Time, what string) Effect {
		e := Effect{State: Waiting, Due: NextGo(now)}
		if what != "" {
			e.Stop = Stop{What: what, Until: until}
		} else {
			e.Due = NextGo(until)
		}
		return e
	}
	switch a {
	case Taken:
		return taken(w)
	case Silent:
		return silent(w, now)
	case Busy, Unsent:
		return wait(now.Add(pause(attempts)), "")
	case SlowDown:
		return wait(now.Add(minute), string(w.Channel))
	case DayFull:
		return wait(midnight(now), string(w.Channel))
	case BadAddress:
		return wait(now.Add(addressTime), Everything)
	case BadTemplate:
		return wait(now.Add(mendPause), w.stops())
	case BadSetup:
		return wait(now.Add(mendPause), string(w.Channel))
	case TooFrequent:
		e := wait(now, "")
		e.Rests = now.Add(resting)
		return e
	case NotFollowing:
		next.Person = Unfollowed
	case OutOfWindow, WindowUsed:
		next.Person = NoWindow
	case NoConsent:
		next.Person = NoCredit
	}
	return next
}

// stops is what stops when a way's template is no good.
func (w Way) stops() string {
	if w.Template != "" {
		return w.Template
	}
	return string(w.Channel)
}

func taken(w Way) Effect {
	e := Effect{State: Accepted, Person: spent(w)}
	if !w.Channel.Reported() {
		e.State = Delivered
	}
	return e
}

// silent is of a message that may have gone out: it counts as if it had.
func silent(w Way, now time.Time) Effect {
	if w.Channel.Repeats() {
		return Effect{State: Waiting, Due: now.Add(again), Doubtful: true}
	}
	return Effect{State: InDoubt, Person: spent(w)}
}

func spent(w Way) Lesson {
	switch {
	case w.Channel == Service:
		return UsedWindow
	case w.Channel.UsesUp():
		return UsedConsent
	}
	return NoLesson
}

// Report is the platform's word, later, on a message that it took.
type Report string

// The reports. Lost is none within ReportWithin.
const (
	Arrived   Report = "arrived"
	Blocked   Report = "blocked"   // the person does not let it through
	Broken    Report = "broken"    // the platform's own fault
	Frequency Report = "frequency" // the person had too many
	Failed    Report = "failed"    // for another reason
	Lost      Report = "no_report" // nothing was heard
)

// ReportWithin is how long the platform's word is waited for.
const ReportWithin = time.Hour

// brokenPause is longer than the platform keeps the number of a message, under
// which it would not send it again; brokenTries is how often it is sent at all.
const (
	brokenPause = 15 * time.Minute
	brokenTries = 3
)

// Reported tells what a report means for a row that was on the wire attempts times.
func Reported(r Report, attempts int, now time.Time) Effect {
	switch r {
	case Arrived:
		return Effect{State: Delivered}
	case Lost:
		return Effect{State: InDoubt}
	case Broken:
		if attempts < brokenTries {
			return Effect{State: Waiting, Due: NextGo(now.Add(brokenPause))}
		}
	case Frequency:
		return Effect{State: Waiting, Due: NextGo(now), Rests: now.Add(resting)}
	}
	return Effect{State: Waiting, Due: NextGo(now), Tried: true}
}
