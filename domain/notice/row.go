package notice

import (
	"slices"
	"time"
)

// State says how far a notice has come on its way to one person.
type State string

// The states. Each notice ends in one of those from Accepted on.
const (
	Waiting     State = "waiting"
	Sending     State = "sending"     // on the wire; without news of it, in doubt
	Accepted    State = "accepted"    // the platform took it, and tells what becomes of it
	Delivered   State = "delivered"   // it stands in their chat
	InDoubt     State = "in_doubt"    // nobody knows whether it arrived: to be told on paper
	Unreachable State = "unreachable" // no way led there: to be told on paper
	Declined    State = "declined"    // they turned the kind off
	Expired     State = "expired"     // its time was over before it could be sent
)

// States are all of them, in the order in which they are listed.
func States() []State {
	return []State{Waiting, Sending, Accepted, Delivered, InDoubt, Unreachable, Declined, Expired}
}

// OnPaper are the states of those who have still to be told, on paper.
func OnPaper() []State { return []State{Unreachable, InDoubt} }

// Row is a notice that waits to be sent, as far as sending goes by it.
type Row struct {
	Kind  Kind
	Until time.Time
	// Tried are the channels that did not lead to the person.
	Tried []Channel
	// Attempts counts how often it was on the wire.
	Attempts int
	// Doubtful is the way by which it may have gone out at Begun, and may be sent
	// again; a zero Way where there is none.
	Doubtful Way
	Begun    time.Time
}

// Plan is what is to be done with a row.
type Plan struct {
	State State // Sending by Way, Waiting until Due, or one of the ends
	Way   Way
	Due   time.Time
}

// Decide plans a row at now: whether the person wants it, whether it still
// matters, whether it may be sent at this hour, and by which of the ways.
func Decide(r Row, reach Reach, off bool, ways []Way, stops []Stop, now time.Time) Plan {
	doubtful := r.Doubtful.Channel != ""
	again := doubtful && r.Doubtful.Channel.Repeats() && now.Before(r.Begun.Add(Repeating)) && !now.Before(r.Begun)
	switch {
	case doubtful && again && MayGo(now):
		return Plan{State: Sending, Way: r.Doubtful}
	case doubtful:
		return Plan{State: InDoubt}
	case !now.Before(r.Until):
		return Plan{State: Expired}
	case off && slices.Contains(Kinds(), r.Kind):
		return Plan{State: Declined}
	case !MayGo(now):
		return Plan{State: Waiting, Due: NextGo(now)}
	}
	way, later, found := choose(ways, r.Tried, reach, stops, now)
	switch {
	case found:
		return Plan{State: Sending, Way: way}
	case !later.IsZero():
		return Plan{State: Waiting, Due: NextGo(later)}
	}
	return Plan{State: Unreachable}
}
