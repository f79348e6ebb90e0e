package local

import "slices"

// Outcome is what becomes of accepted messages, in the platform's words.
type Outcome string

// Delivered messages are read. UserBlock is a person's refusal of the account, SystemFailed the platform's own fault,
// FreqLimit too many to one person; it is not documented, but comes.
const (
	Delivered    Outcome = "success"
	UserBlock    Outcome = "failed:user block"
	SystemFailed Outcome = "failed: system failed"
	FreqLimit    Outcome = "failed:freq limit"
)

var outcomes = []Outcome{Delivered, UserBlock, SystemFailed, FreqLimit}

// SetOutcome decides what becomes of the template and subscribe messages to a person from now on. A stranger or an
// unknown outcome changes nothing and is false.
func (w *WeChat) SetOutcome(openid string, o Outcome) bool {
	return w.change(openid, slices.Contains(outcomes, o), func(p *person) { p.outcome = o })
}

// SetTooFrequent makes every subscribe message to a person get 43117, or ends that. A stranger is false.
func (w *WeChat) SetTooFrequent(openid string, on bool) bool {
	return w.change(openid, true, func(p *person) { p.tooFrequent = on })
}

// SetBlocked makes the Mini Program's logins of a person get 40226, as the platform does with high-risk users, or ends
// that. A stranger is false.
func (w *WeChat) SetBlocked(openid string, on bool) bool {
	return w.change(openid, true, func(p *person) { p.Blocked = on })
}

func (w *WeChat) change(openid string, may bool, how func(*person)) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	p := w.people[openid]
	if p == nil || !may {
		return false
	}
	how(p)
	return true
}

// BanTemplate makes every message of a template get 43116, or ends that.
func (w *WeChat) BanTemplate(id string, on bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.banned[id] = on
}
