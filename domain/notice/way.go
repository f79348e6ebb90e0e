package notice

import (
	"slices"
	"time"
)

// Channel is a way to reach a person on the platform.
type Channel string

// The channels.
const (
	LongTerm     Channel = "long_term"      // 长期订阅: the official account's, to who agreed once
	Template     Channel = "template"       // 模板消息: to who follows
	OneTime      Channel = "one_time"       // 一次性订阅: a message for each time that they agreed
	MiniLongTerm Channel = "mini_long_term" // the Mini Program's
	MiniOneTime  Channel = "mini_one_time"
	Service      Channel = "service" // 客服消息: while the person wrote of late
)

// Channels are all that there are, in the order in which they are tried where
// nothing else is configured.
func Channels() []Channel {
	return []Channel{LongTerm, Template, OneTime, MiniLongTerm, MiniOneTime, Service}
}

// Templated tells whether a message of the channel is made from a template.
func (c Channel) Templated() bool { return c != Service }

// Mini tells whether the Mini Program sends it.
func (c Channel) Mini() bool { return c == MiniLongTerm || c == MiniOneTime }

// Repeats tells whether a message may be sent again while it is not known
// whether it went out: of those with one number the platform sends one only.
func (c Channel) Repeats() bool { return c == Template }

// Reported tells whether the platform tells later what became of a message that
// it took.
func (c Channel) Reported() bool { return c != Service }

// UsesUp tells whether each message uses up one consent.
func (c Channel) UsesUp() bool { return c == OneTime || c == MiniOneTime }

// Way is a channel, with the template that a kind of notice has there; none for
// customer-service messages.
type Way struct {
	Channel  Channel
	Template string
}

// The platform's rules of customer-service messages, since 2023: so many after
// somebody wrote, and for so long.
const (
	WindowSends = 5
	WindowOpen  = 48 * time.Hour
)

// Repeating is how long a message may be sent again under its number. The
// platform keeps the number for ten minutes.
const Repeating = 9 * time.Minute

// Reach is how a person can be reached, as far as is known.
type Reach struct {
	OpenID     string // at the official account; empty for who does not chat
	MiniOpenID string
	Unfollowed bool      // does not follow, by the platform's word
	SaidAt     time.Time // when they wrote last
	Used       int       // customer-service messages since
	Rests      time.Time // until when the platform takes no more for them
	Credits    map[string]int
}

// ID is the openid at the Mini Program or at the official account.
func (r Reach) ID(mini bool) string {
	if mini {
		return r.MiniOpenID
	}
	return r.OpenID
}

// open tells whether a way leads to the person at now.
func (r Reach) open(w Way, now time.Time) bool {
	switch {
	case r.ID(w.Channel.Mini()) == "":
		return false
	case w.Channel == Service:
		return !r.Unfollowed && r.Used < WindowSends && now.Before(r.SaidAt.Add(WindowOpen))
	case w.Channel == Template:
		return !r.Unfollowed
	}
	return r.Credits[w.Template] > 0
}

// Stop is a way that nobody is sent anything by for a while: what the platform
// takes is used up, or somebody has to mend the configuration.
type Stop struct {
	What  string // a channel, a template, or Everything
	Until time.Time
	Code  int // the platform's
}

// Everything is stopped where the platform does not take calls from us at all.
const Everything = "everything"

// stopped returns until when a way is stopped, a zero time where it is not.
func stopped(stops []Stop, w Way, now time.Time) (until time.Time) {
	for _, s := range stops {
		of := s.What == Everything || s.What == string(w.Channel) || w.Template != "" && s.What == w.Template
		if of && now.Before(s.Until) && s.Until.After(until) {
			until = s.Until
		}
	}
	return until
}

// choose returns the first of the ways that is open to the person and was not
// tried in vain. Where there is none it tells when one may be, if ever.
func choose(ways []Way, tried []Channel, r Reach, stops []Stop, now time.Time) (way Way, later time.Time, found bool) {
	for _, w := range ways {
		if slices.Contains(tried, w.Channel) || !r.open(w, now) {
			continue
		}
		until := stopped(stops, w, now)
		if w.Channel.Reported() && now.Before(r.Rests) && r.Rests.After(until) {
			until = r.Rests
		}
		if until.IsZero() {
			return w, time.Time{}, true
		}
		if later.IsZero() || until.Before(later) {
			later = until
		}
	}
	return Way{}, later, false
}
