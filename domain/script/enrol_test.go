package script_test

import (
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/xiangfeng/xiangfeng/domain/calendar"
	"github.com/xiangfeng/xiangfeng/domain/script"
)

// TestEnrolmentFits words every sentence of binding and privacy with its
// longest data: nothing is too long, nothing ends without what to do, and no
// sentence for who has not shown to be of a household names one.
func TestEnrolmentFits(t *testing.T) {
	t.Parallel()
	s := longStanding()
	h, p := s.Home, s.Place
	name := strings.Repeat("长", 40)
	a := script.Asking{ID: 1, Home: h, Place: p, Name: name}
	proved := script.Asking{Home: h, Place: p, Name: name, Phone: name, Twin: true}
	out := script.Outsider{Request: 1, Until: calendar.On(2026, 12, 31), Office: p.Office}
	bound := slices.Repeat([]script.Bound{{Person: 1, Name: name, Self: true}}, 30)
	nobody := script.Standing{Person: 1}
	blind := map[string]string{
		"stranger": script.Stranger(), "card": script.AskCard(nobody), "bad card": script.BadCard(nobody), "factor": script.AskFactor(), "wrong": script.WrongFactor(),
		"locked": script.LockedOut(nobody, "23:59"), "name": script.AskName(), "vouched": script.ConfirmVouched(name), "known": script.ConfirmVouched(""),
		"filed": script.Filed(), "overtaken": script.Overtaken(), "requests": script.TooManyRequests(nobody), "lost": script.LostCard(nobody),
		"awaiting": script.Awaiting(out), "awaiting, anywhere": script.Awaiting(script.Outsider{Until: out.Until}), "withdraw": script.ConfirmWithdraw(nobody),
		"withdrawn": script.Withdrawn(nobody), "outsider": script.OutsiderPerson(out), "outsider suggests": script.OutsiderSuggests(out), "outsider elsewhere": script.OutsiderElsewhere(out),
		"not approved": script.NotApproved(), "erased": script.Erased(), "nothing to erase": script.NothingToErase(),
	}
	all := map[string]string{
		"card, two homes": script.AskCard(s), "bad card, two homes": script.BadCard(s), "locked, two homes": script.LockedOut(s, "23:59"),
		"direct": script.ConfirmDirect(h, p), "request": script.ConfirmRequest(name, h, p), "joined": script.Joined(h, p), "already": script.Already(h),
		"requests, two homes": script.TooManyRequests(s), "lost, two homes": script.LostCard(s), "approval": script.AskApproval(a), "proved": script.AskApproval(proved), "push, proved": script.PushAsked(proved),
		"one waits": script.Waiting([]script.Asking{a}), "many wait": script.Waiting(slices.Repeat([]script.Asking{a}, 40)), "nothing waits": script.NothingWaiting(s),
		"approved": script.Decided(a, true), "refused": script.Decided(a, false), "decided": script.DecidedBefore(s), "not yours": script.NotYours(s),
		"push": script.PushAsked(a), "other": script.OtherJoined(a), "members": script.Members(h, bound), "alone": script.Alone(h), "no member": script.NoSuchMember(s),
		"remove": script.ConfirmRemove(name, h), "removed": script.RemovedOther(h), "removed you": script.RemovedYou(h, p), "which": script.WhichPrivacy(s),
		"leave": script.ConfirmLeave(s), "left": script.Left(h), "nothing to leave": script.NothingToLeave(s), "erase": script.ConfirmErase(s),
		"erase blocked": script.EraseBlocked(s), "phone": script.NewPhone(s), "nothing to confirm": script.NothingToConfirm(s),
	}
	for what, text := range blind {
		if strings.Contains(text, h.Head) || strings.Contains(text, p.Name) {
			t.Errorf("%s names a household: %q", what, text)
		}
		all[what] = text
	}
	for what, text := range all {
		if !script.Fits(text) || len(text) > 2048 {
			t.Errorf("%s: %d characters, %d rows: %q", what, utf8.RuneCountInString(text), strings.Count(text, "\n")+1, text)
		}
		if strings.Contains(text, "\n\n") || strings.HasSuffix(text, "\n") {
			t.Errorf("%s has an empty row: %q", what, text)
		}
		if last := text[strings.LastIndex(text, "\n")+1:]; !strings.ContainsAny(last, "请回发打问") {
			t.Errorf("%s does not end with what to do: %q", what, last)
		}
	}
}
