package weixin

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// MiniReceiver opens what the platform pushes to the Mini Program: the same
// safe mode as the official account's, in XML or JSON as its console is set.
type MiniReceiver struct{ in *Receiver }

// NewMiniReceiver makes a receiver, or returns all that is wrong with the
// configuration. OriginalID may be empty: the appid inside the encryption
// names the account too.
func NewMiniReceiver(c ReceiverConfig) (*MiniReceiver, error) {
	given := c.OriginalID
	if given == "" {
		c.OriginalID = c.AppID
	}
	c.AllowPlain = false
	in, err := NewReceiver(c)
	if err != nil {
		return nil, err
	}
	in.originalID = given
	return &MiniReceiver{in}, nil
}

// Verify is Receiver's.
func (m *MiniReceiver) Verify(query url.Values, now time.Time) (string, error) {
	return m.in.Verify(query, now)
}

// MediaVerdict is what the platform found in a picture.
type MediaVerdict struct {
	Trace string
	// Suggest is Pass only where the platform says so without an error.
	Suggest Suggest
}

// MiniPush is what the platform tells the Mini Program of.
type MiniPush struct {
	// Event is its name in small letters, empty for what is no event.
	Event string
	// Verdict is that of wxa_media_check, nil for anything else.
	Verdict *MediaVerdict
	// Told is what the platform tells of messages that we sent.
	Told Told
}

// mediaCheck is the event with a verdict.
const mediaCheck = "wxa_media_check"

// Open proves that a push is the platform's, fresh and meant for this account,
// and reads it. Its error is a Refusal.
func (m *MiniReceiver) Open(query url.Values, body []byte, now time.Time) (MiniPush, error) {
	if len(body) > MaxBody {
		return MiniPush{}, TooLarge
	}
	if mode, ok := only(query, "encrypt_type"); !ok || mode != "aes" {
		return MiniPush{}, Downgraded
	}
	to, sealed, err := envelopeOf(body)
	if err != nil {
		return MiniPush{}, err
	}
	q := signatureOf(query, "msg_signature")
	switch {
	case !q.complete() || !signed(q.signature, m.in.token, q.timestamp, q.nonce, sealed):
		return MiniPush{}, BadSignature
	case !isFresh(q.timestamp, now):
		return MiniPush{}, Stale
	case !m.mine(to):
		return MiniPush{}, WrongAccount
	}
	message, _, err := m.in.decrypt(sealed)
	if err != nil {
		return MiniPush{}, err
	}
	return m.read(message)
}

// mine tells whether a name is this account's; where either is missing, the
// appid inside the encryption decides.
func (m *MiniReceiver) mine(name string) bool {
	return name == "" || m.in.originalID == "" || name == m.in.originalID
}

// envelopeOf finds what is encrypted, and to whom it is addressed.
func envelopeOf(body []byte) (to, sealed string, err error) {
	if !isObject(body) {
		located, ok := locate(string(body))
		outer, err := parse(string(body))
		if !ok || err != nil || outer[encrypt] != located {
			return "", "", BadXML
		}
		return outer[toUserName], located, nil
	}
	var outer struct{ ToUserName, Encrypt string }
	if !decodeOne(body, &outer) || outer.Encrypt == "" {
		return "", "", BadXML
	}
	return outer.ToUserName, outer.Encrypt, nil
}

func isObject(text []byte) bool { return bytes.HasPrefix(bytes.TrimLeft(text, blanks), []byte("{")) }

// decodeOne reads one JSON object with nothing behind it.
func decodeOne(text []byte, into any) bool {
	d := json.NewDecoder(bytes.NewReader(text))
	if d.Decode(into) != nil {
		return false
	}
	_, err := d.Token()
	return errors.Is(err, io.EOF)
}

// heard is a push as far as it is looked at, in either form.
type heard struct {
	ToUserName string
	Event      string
	AppID      string  `json:"appid"`
	Trace      string  `json:"trace_id"`
	Code       *number `json:"errcode"`
	Result     struct {
		Suggest string `json:"suggest"`
	} `json:"result"`

	FromUserName string
	CreateTime   *number
	List         itemList
	items        []item // of XML
}

// itemList is a List of JSON, which is one or several.
type itemList []item

// UnmarshalJSON reads both. What is neither is another event's, and left out.
func (l *itemList) UnmarshalJSON(text []byte) error {
	type listed struct {
		TemplateID string     `json:"TemplateId"`
		Status     string     `json:"SubscribeStatusString"`
		Message    messageRef `json:"MsgID"`
		Code       *number    `json:"ErrorCode"`
		Words      string     `json:"ErrorStatus"`
	}
	many := make([]listed, 1)
	if isObject(text) {
		if json.Unmarshal(text, &many[0]) != nil {
			return nil
		}
	} else if json.Unmarshal(text, &many) != nil {
		return nil
	}
	for _, one := range many {
		code := ""
		if one.Code != nil {
			code = strconv.Itoa(int(*one.Code))
		}
		*l = append(*l, item{one.TemplateID, one.Status, string(one.Message), code, one.Words})
	}
	return nil
}

func (m *MiniReceiver) read(message string) (MiniPush, error) {
	h, err := hear(message)
	switch {
	case err != nil:
		return MiniPush{}, err
	case !m.mine(h.ToUserName):
		return MiniPush{}, WrongAccount
	}
	push := MiniPush{Event: strings.ToLower(h.Event)}
	if push.Event != mediaCheck {
		push.Told = h.told()
		return push, nil
	}
	if h.AppID != "" && h.AppID != m.in.appID || !isID(h.Trace) {
		return MiniPush{}, BadMessage
	}
	push.Verdict = &MediaVerdict{Trace: h.Trace, Suggest: Review}
	if h.Code != nil && *h.Code == 0 {
		push.Verdict.Suggest = suggested(h.Result.Suggest)
	}
	return push, nil
}

// told is what the platform tells of messages of the Mini Program.
func (h heard) told() Told {
	created := ""
	if h.CreateTime != nil {
		created = strconv.Itoa(int(*h.CreateTime))
	}
	t := toldOf(h.Event, h.FromUserName, created, "", "", append(h.items, h.List...))
	for i := range t.Words {
		t.Words[i].Mini = true
	}
	return t
}

func hear(message string) (heard, error) {
	var h heard
	if isObject([]byte(message)) {
		if !decodeOne([]byte(message), &h) {
			return heard{}, BadMessage
		}
		return h, nil
	}
	p, items, err := parseAll(message)
	if err != nil {
		return heard{}, err
	}
	h.ToUserName, h.Event, h.AppID, h.Trace, h.FromUserName, h.items = p[toUserName], p[event], p[appID], p[traceID], p[fromUserName], items
	if n, err := strconv.Atoi(p[createTime]); err == nil {
		h.CreateTime = new(number)
		*h.CreateTime = number(n)
	}
	h.Result.Suggest = p[suggest]
	if n, err := strconv.Atoi(p[errCode]); err == nil {
		h.Code = new(number)
		*h.Code = number(n)
	}
	return h, nil
}
