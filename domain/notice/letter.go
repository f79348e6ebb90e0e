package notice

import "time"

// Letter is a notice on the wire: to whom, by which way, about what.
type Letter struct {
	ID         int64
	Claim      int64 // of who put it there
	Kind       Kind
	Facts      Facts
	Way        Way
	CameAt     time.Time
	Attempts   int  // with this one
	Doubtful   bool // it may have gone out before
	OpenID     string
	MiniOpenID string
	// Head and Number are the household's that it is about; empty where it is
	// about a village or township. Several tells that the person has others.
	Head, Number string
	Several      bool
}

// To is the openid that the letter's channel goes by.
func (l Letter) To() string {
	if l.Way.Channel.Mini() {
		return l.MiniOpenID
	}
	return l.OpenID
}

// Result is what the platform said to a letter.
type Result struct {
	Letter
	Answer  Answer
	Code    int    // the platform's
	Message string // the platform's number of the message, empty where it told none
}

// Word is the platform's later word on a message that it took.
type Word struct {
	OpenID   string
	Mini     bool   // the Mini Program's
	Message  string // the number
	Template string // known of subscriptions alone
	Report   Report
	Code     int
}

// Consent is a person's answer to whether a template's messages may come.
type Consent struct {
	OpenID   string // at the account that the template is of
	Template string
	// Accepted allows one more; else everything that was allowed is gone.
	Accepted bool
	At       time.Time
}

// Sign is what a person did by which it is known how they can be reached.
type Sign struct {
	OpenID string
	At     time.Time
	// Said opens the window of customer-service messages; Gone tells that they
	// do not follow any more. Neither: they follow, and said nothing.
	Said, Gone bool
}

// Used is a customer-service message that went out beside the notices.
type Used struct {
	OpenID string
	At     time.Time
}
