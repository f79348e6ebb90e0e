package weixin

import (
	"strconv"
	"strings"
	"time"

	"github.com/xiangfeng/xiangfeng/domain/notice"
)

// Told is what the platform tells of messages that were made from templates:
// what became of those that it took, and which more people let come.
type Told struct {
	Words    []notice.Word
	Consents []notice.Consent
}

// The events that tell it, in small letters.
const (
	jobFinished    = "templatesendjobfinish"
	messageSent    = "subscribe_msg_sent_event"
	messagePopup   = "subscribe_msg_popup_event"
	messageChanged = "subscribe_msg_change_event"
)

// toldOf reads an event of the given name. What has not the form that it should
// is left out: the platform would repeat what is refused.
func toldOf(name, from, created, job, status string, items []item) Told {
	var t Told
	seconds, err := strconv.ParseInt(created, 10, 40)
	if err != nil || !isID(from) {
		return t
	}
	at := time.Unix(seconds, 0).UTC()
	switch strings.ToLower(name) {
	case jobFinished:
		if isID(job) {
			t.Words = []notice.Word{{OpenID: from, Message: job, Report: reportOf(status)}}
		}
	case messageSent:
		for _, i := range items {
			w := notice.Word{OpenID: from, Message: *i.at(itemMessage), Template: *i.at(itemTemplate), Report: notice.Arrived}
			if code, err := strconv.Atoi(*i.at(itemCode)); err != nil || code != 0 {
				w.Report, w.Code = reportOf(*i.at(itemWords)), code
				if w.Report == notice.Arrived {
					w.Report = notice.Failed
				}
			}
			if isID(w.Message) && isID(w.Template) {
				t.Words = append(t.Words, w)
			}
		}
	case messagePopup, messageChanged:
		for _, i := range items {
			accepted := *i.at(itemStatus) == "accept" && strings.EqualFold(name, messagePopup)
			refused := *i.at(itemStatus) == "reject" && strings.EqualFold(name, messageChanged)
			if template := *i.at(itemTemplate); isID(template) && (accepted || refused) {
				t.Consents = append(t.Consents, notice.Consent{OpenID: from, Template: template, Accepted: accepted, At: at})
			}
		}
	}
	return t
}

// reportOf reads the platform's words on a message, of which there is no code.
// The real ones differ from the documented ones by blanks.
func reportOf(status string) notice.Report {
	switch strings.ToLower(strings.ReplaceAll(status, " ", "")) {
	case "success":
		return notice.Arrived
	case "failed:userblock":
		return notice.Blocked
	case "failed:systemfailed":
		return notice.Broken
	case "failed:freqlimit":
		return notice.Frequency
	}
	return notice.Failed
}
