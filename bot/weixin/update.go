package weixin

import (
	"strconv"
	"strings"
	"time"

	"github.com/xiangfeng/xiangfeng/bot"
)

const (
	maxID  = 128 // of an openid or a message's id, in bytes
	maxKey = 512
)

// fromPerson tells whether FromUserName is the person whom the packet is
// about. In these events it is the platform's own account.
func (p *packet) fromPerson() bool {
	name := strings.ToLower(p[event])
	return !p.isEvent() || !strings.HasPrefix(name, "user_") && !strings.HasPrefix(name, "wxa_")
}

func (p *packet) isEvent() bool { return strings.EqualFold(p[msgType], "event") }

// update says what a person did. What nobody is to be answered has no Kind,
// only a key and a sender, and is not looked at closely: the platform repeats
// what is refused.
func (p *packet) update() (bot.Update, error) {
	key, ok := p.key()
	kind := p.kind()
	if kind == "" {
		return bot.Update{Key: key, From: p[fromUserName]}, nil
	}
	at, err := strconv.ParseUint(p[createTime], 10, 40)
	if !ok || err != nil || !isID(p[fromUserName]) {
		return bot.Update{}, BadMessage
	}
	u := bot.Update{Key: key, From: p[fromUserName], Kind: kind, At: time.Unix(int64(at), 0).UTC()}
	switch kind {
	case bot.Text:
		u.Words, u.MenuID = p.words(content), p[menuID]
	case bot.Voice:
		// The 16 kHz recording is the better one to transcribe.
		u.Words, u.MediaID = p.words(recognition), p[mediaID]
		if p[mediaID16K] != "" {
			u.MediaID = p[mediaID16K]
		}
	case bot.Image:
		u.MediaID = p[mediaID]
	case bot.Follow:
		u.EventKey = strings.TrimPrefix(p[eventKey], "qrscene_")
	case bot.Click:
		u.EventKey, u.Words = p[eventKey], p.words(scanResult)
	case bot.Scan:
		u.EventKey = p[eventKey]
	}
	return u, nil
}

func (p *packet) kind() bot.Kind {
	if p.isEvent() {
		return p.eventKind()
	}
	switch strings.ToLower(p[msgType]) {
	case "text":
		return bot.Text
	case "voice":
		return bot.Voice
	case "image":
		return bot.Image
	case "video", "shortvideo", "location", "link":
		return bot.Unsupported
	}
	return ""
}

func (p *packet) eventKind() bot.Kind {
	switch strings.ToLower(p[event]) {
	case "subscribe":
		return bot.Follow
	case "unsubscribe":
		return bot.Unfollow
	case "scan":
		return bot.Scan
	case "click", "scancode_push", "scancode_waitmsg":
		return bot.Click
	}
	return ""
}

// key is the same for every delivery of one packet. CreateTime counts whole
// seconds, so an event's also holds what was pressed. A message that has only
// the job's spelling of its id was seen in the wild.
func (p *packet) key() (string, bool) {
	if !p.isEvent() {
		id := p[msgID]
		if id == "" {
			id = p[jobID]
		}
		return id, isID(id) && strings.Trim(id, "0") != ""
	}
	key := p[fromUserName] + "|" + p[createTime] + "|" + strings.ToLower(p[event]) + "|" + p[eventKey]
	if p[jobID] != "" {
		key += "|" + p[jobID]
	}
	return key, len(key) <= maxKey
}

func (p *packet) words(f field) string { return strings.TrimSpace(fit(p[f])) }

// isID tells whether s can be an openid or a message's id: visible ASCII
// without the bar that separates the parts of a key and what means something
// in XML.
func isID(s string) bool {
	for i := range len(s) {
		if s[i] <= ' ' || s[i] > '~' || strings.IndexByte("|<>&]", s[i]) >= 0 {
			return false
		}
	}
	return s != "" && len(s) <= maxID
}
