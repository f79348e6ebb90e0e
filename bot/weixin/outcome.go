package weixin

// Verdict is what to do about the platform's answer to a send.
type Verdict string

// The verdicts, from the documented error codes.
const (
	Accepted     Verdict = "accepted"       // taken; arrival is told by a later event where there is one
	Busy         Verdict = "busy"           // try again with growing pauses
	SlowDown     Verdict = "slow_down"      // the minute's limit: pause
	DayQuota     Verdict = "day_quota"      // stop until midnight and alert
	BadToken     Verdict = "bad_token"      // the token stayed bad after one renewal
	BadOpenID    Verdict = "bad_openid"     // permanent for this person
	NotFollowing Verdict = "not_following"  // mark as unfollowed, next channel
	OutsideReach Verdict = "outside_window" // the person did not write in time, next channel
	WindowUsed   Verdict = "window_used"    // all messages of this window are used, next channel
	NoCredit     Verdict = "no_credit"      // refused or the one-time credit is used, next channel
	TooFrequent  Verdict = "too_frequent"   // this person had too many: a day later, or next channel
	TooLong      Verdict = "too_long"       // a defect of ours
	BadField     Verdict = "bad_field"      // permanent for this text, alert
	Template     Verdict = "template"       // the template is wrong or banned: stop it, alert
	Setup        Verdict = "setup"          // configuration: a page path or a missing right, alert
	CallerIP     Verdict = "caller_ip"      // our address is not in the platform's list: alert, do not repeat
	NoMassQuota  Verdict = "no_mass_quota"  // stop mass sends
	Duplicate    Verdict = "duplicate"      // the same id was taken before: as good as sent
	Unknown      Verdict = "unknown"        // a code without a rule
)

var verdicts = map[int]Verdict{
	0:     Accepted,
	-1:    Busy,
	40001: BadToken, 40014: BadToken, 42001: BadToken,
	40003: BadOpenID,
	40037: Template, 43116: Template,
	40164: CallerIP,
	41030: Setup, 48001: Setup,
	43004: NotFollowing,
	43101: NoCredit,
	43117: TooFrequent,
	45002: TooLong,
	45009: DayQuota,
	45011: SlowDown,
	45015: OutsideReach,
	45028: NoMassQuota,
	45047: WindowUsed,
	45065: Duplicate,
	47003: BadField,
}

// Outcome is the platform's answer to a send. The code is kept also where the
// verdict is Unknown; the platform's wording is not, since it changes.
type Outcome struct {
	Code    int
	Verdict Verdict
}

// Sent is the platform's answer to a send, with its number of the message, empty
// where it gives none.
type Sent struct {
	Outcome
	Message string
}

func outcomeOf(code int) Outcome {
	if verdict, ok := verdicts[code]; ok {
		return Outcome{code, verdict}
	}
	return Outcome{code, Unknown}
}
