package local

import (
	"crypto/subtle"
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"strconv"
)

// Verdict is what the platform makes of an account's answer.
type Verdict string

// Silence is an empty answer or success; Replied shows the person a message; Failed shows them FailureNotice.
const (
	Silence Verdict = "silence"
	Replied Verdict = "replied"
	Failed  Verdict = "failed"
)

// FailureNotice is what a person reads when the account gave no valid answer in time.
const FailureNotice = "该公众号提供的服务出现故障,请稍后再试"

// Answer is a judged answer.
type Answer struct {
	Verdict Verdict
	Why     string // of Failed: the first thing found wrong
	Kind    Kind   // of Replied: text, news …
	Text    string // of Replied: the words of a text, the first title of news, music and video
	Plain   []byte // the decrypted reply, as far as it could be decrypted
}

// Judge decides on an answer to a push about openid as the platform would.
func (w *WeChat) Judge(openid string, status int, body []byte) Answer {
	return w.oa.judge(openid, status, body)
}

func (a *app) judge(openid string, status int, body []byte) Answer {
	if status != http.StatusOK {
		return Answer{Verdict: Failed, Why: fmt.Sprintf("HTTP status %d, want 200", status)}
	}
	if len(body) > maxReply {
		return Answer{Verdict: Failed, Why: fmt.Sprintf("the answer has more than %d bytes", maxReply)}
	}
	if len(body) == 0 || string(body) == "success" {
		return Answer{Verdict: Silence}
	}
	plain, err := a.openEnvelope(body)
	if err != nil {
		return Answer{Verdict: Failed, Why: err.Error(), Plain: plain}
	}
	kind, words, err := readReply(plain, openid, a.originalID)
	if err != nil {
		return Answer{Verdict: Failed, Why: "reply: " + err.Error(), Plain: plain}
	}
	return Answer{Verdict: Replied, Kind: kind, Text: words, Plain: plain}
}

var (
	hexForm    = regexp.MustCompile(`^[0-9a-f]{40}$`)
	numberForm = regexp.MustCompile(`^[0-9]+$`)
)

// openEnvelope checks the encrypted envelope of a reply and decrypts it.
func (a *app) openEnvelope(body []byte) ([]byte, error) {
	root, err := parseXML(body)
	if err != nil {
		return nil, fmt.Errorf("envelope: %w", err)
	}
	var parts [4]string // in the order below
	for i, name := range []string{"Encrypt", "TimeStamp", "Nonce", "MsgSignature"} {
		if parts[i], err = root.value(name); err != nil {
			return nil, fmt.Errorf("envelope: %w", err)
		}
	}
	encrypted, timestamp, nonce, signature := parts[0], parts[1], parts[2], parts[3]
	switch {
	case len(root.children) != len(parts):
		return nil, errors.New("envelope: more than Encrypt, MsgSignature, TimeStamp and Nonce")
	case !numberForm.MatchString(timestamp):
		return nil, fmt.Errorf("envelope: TimeStamp %q is not a number", timestamp)
	case !hexForm.MatchString(signature):
		return nil, errors.New("envelope: MsgSignature is not 40 lower hex digits")
	case subtle.ConstantTimeCompare([]byte(signature), []byte(sign(a.token, timestamp, nonce, encrypted))) != 1:
		return nil, errors.New("envelope: MsgSignature is wrong")
	}
	plain, appid, err := unseal(a.key, encrypted)
	if err != nil {
		return nil, fmt.Errorf("envelope: %w", err)
	}
	if appid != a.appID {
		return plain, fmt.Errorf("envelope: encrypted for appid %q, want %q", appid, a.appID)
	}
	return plain, nil
}

// replyParts lists for each permitted kind what must not be missing, and where its words are.
var replyParts = map[Kind]struct{ need, words []string }{
	Text:                        {need: []string{"Content"}, words: []string{"Content"}},
	Image:                       {need: []string{"Image", "MediaId"}},
	Voice:                       {need: []string{"Voice", "MediaId"}},
	"video":                     {need: []string{"Video", "MediaId"}, words: []string{"Video", "Title"}},
	"music":                     {need: []string{"Music", "ThumbMediaId"}, words: []string{"Music", "Title"}},
	"news":                      {need: []string{"Articles", "item", "Title"}, words: []string{"Articles", "item", "Title"}},
	"transfer_customer_service": {},
}

// readReply checks a decrypted reply and returns its kind and what the person reads.
func readReply(plain []byte, openid, original string) (kind Kind, words string, err error) {
	root, err := parseXML(plain)
	if err != nil {
		return "", "", err
	}
	if err := checkHead(root, openid, original); err != nil {
		return "", "", err
	}
	name, err := root.value("MsgType")
	if err != nil {
		return "", "", err
	}
	parts, permitted := replyParts[Kind(name)]
	if !permitted {
		return "", "", fmt.Errorf("MsgType %q is not permitted", name)
	}
	if len(parts.need) > 0 {
		if _, err := root.value(parts.need...); err != nil {
			return "", "", err
		}
	}
	if len(parts.words) > 0 {
		words, _ = root.value(parts.words...) // a title may be left out; Content was checked above
	}
	return Kind(name), words, checkSize(root, Kind(name), words)
}

// lastSecond is far above any date in seconds and below any in milliseconds.
const lastSecond = 100_000_000_000

func checkHead(root *element, openid, original string) error {
	for _, want := range []struct{ name, value string }{{"ToUserName", openid}, {"FromUserName", original}} {
		got, err := root.value(want.name)
		if err != nil {
			return err
		}
		if got != want.value {
			return fmt.Errorf("%s is %q, want %q", want.name, got, want.value)
		}
	}
	created, err := root.value("CreateTime")
	if err != nil {
		return err
	}
	if n, err := strconv.ParseInt(created, 10, 64); err != nil || n <= 0 || n >= lastSecond || !numberForm.MatchString(created) {
		return fmt.Errorf("CreateTime %q is not a time in seconds", created)
	}
	return nil
}

func checkSize(root *element, kind Kind, words string) error {
	switch kind {
	case Text:
		if len(words) > maxText {
			return fmt.Errorf("Content has %d bytes, at most %d", len(words), maxText)
		}
	case "news":
		count, err := root.value("ArticleCount")
		if err != nil {
			return err
		}
		if items := len(root.child("Articles").children); count != strconv.Itoa(items) || items > 8 {
			return fmt.Errorf("ArticleCount %s with %d articles, want the same and at most 8", count, items)
		}
	}
	return nil
}
