// Package weixin is the rim towards WeChat, and the only place that knows its
// signatures, encryption, XML, tokens and error codes. A Receiver turns what
// the platform pushes into a bot.Update and a bot.Reply into what it accepts;
// a Sender pushes messages with an access token from Tokens.
//
// Of the SDK only the AES helpers are used here. Whoever imports more of it
// has to lower its global logger first, which prints messages at debug level.
package weixin

import (
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/xiangfeng/xiangfeng/bot"
)

const (
	// MaxBody is the largest packet that is looked at, in bytes.
	MaxBody = 64 << 10
	// Fresh is how far a packet's time may be from the product's, both ways.
	Fresh = 300 * time.Second

	maxNonce = 128
)

// ReceiverConfig is what the official account's console shows of its
// developer settings.
type ReceiverConfig struct {
	AppID string
	// OriginalID is the account's gh_… name, to which every packet is addressed.
	OriginalID string
	Token      string
	AESKey     string
	// PreviousAESKey is tried when AESKey fails; empty if there is none.
	PreviousAESKey string
	// AllowPlain accepts packets that are not encrypted. Their signature does
	// not cover the body, so it is for development and tests alone.
	AllowPlain bool
}

// Receiver opens what the platform pushes to the official account and seals
// the replies. It is safe for concurrent use.
type Receiver struct {
	appID, originalID, token string
	keys                     []aesKey
	allowPlain               bool
	random                   func([]byte)
}

// NewReceiver makes a receiver, or returns all that is wrong with the
// configuration without repeating any of its secrets.
func NewReceiver(c ReceiverConfig) (*Receiver, error) {
	r := &Receiver{appID: c.AppID, originalID: c.OriginalID, token: c.Token, allowPlain: c.AllowPlain, random: fillRandom}
	var wrong []error
	if c.AppID == "" {
		wrong = append(wrong, errors.New("app_id：不能为空"))
	}
	if c.OriginalID == "" {
		wrong = append(wrong, errors.New("original_id：不能为空"))
	}
	if !isToken(c.Token) {
		wrong = append(wrong, errors.New("token：须为 3 到 32 个字母或数字"))
	}
	key, err := decodeAESKey(c.AESKey)
	if err != nil {
		wrong = append(wrong, fmt.Errorf("aes_key：%w", err))
	}
	r.keys = append(r.keys, key)
	if c.PreviousAESKey != "" {
		key, err := decodeAESKey(c.PreviousAESKey)
		if err != nil {
			wrong = append(wrong, fmt.Errorf("previous_aes_key：%w", err))
		}
		r.keys = append(r.keys, key)
	}
	if len(wrong) > 0 {
		return nil, errors.Join(wrong...)
	}
	return r, nil
}

func fillRandom(b []byte) { _, _ = rand.Read(b) } // it never fails

func isToken(s string) bool {
	for i := range len(s) {
		c := s[i]
		if (c < '0' || c > '9') && (c < 'A' || c > 'Z') && (c < 'a' || c > 'z') {
			return false
		}
	}
	return len(s) >= 3 && len(s) <= 32
}

// Opened is a packet that was proved to come from the platform.
type Opened struct {
	// Update is what a person did. Without a Kind nobody is to be answered:
	// it is an event of the platform or of a type that is not known, has at
	// most its Key and From, and Seal makes Acknowledged of any reply.
	Update bot.Update
	// Told is what the platform tells of messages that we sent.
	Told Told

	key   *aesKey // the key that worked; nil for a plain packet
	nonce string
}

// ForBot tells whether the bot answers the packet.
func (o Opened) ForBot() bool { return o.Update.Kind != "" }

// Verify answers the console's check of the address: it returns what the body
// of the answer must be, or BadSignature or Stale.
func (r *Receiver) Verify(query url.Values, now time.Time) (string, error) {
	q := signatureOf(query, "signature")
	if !q.complete() || !signed(q.signature, r.token, q.timestamp, q.nonce) {
		return "", BadSignature
	}
	if !isFresh(q.timestamp, now) {
		return "", Stale
	}
	return query.Get("echostr"), nil
}

// Open proves that a pushed packet is the platform's, fresh and meant for
// this account, and reads it. Its error is a Refusal. Nothing of the body is
// looked at before its signature is right, but for where Encrypt stands.
func (r *Receiver) Open(query url.Values, body []byte, now time.Time) (Opened, error) {
	if len(body) > MaxBody {
		return Opened{}, TooLarge
	}
	switch mode, ok := only(query, "encrypt_type"); {
	case ok && mode == "aes":
		return r.openSafe(query, string(body), now)
	case ok && (mode == "" || mode == "raw") && r.allowPlain:
		return r.openPlain(query, string(body), now)
	}
	return Opened{}, Downgraded
}

func (r *Receiver) openSafe(query url.Values, body string, now time.Time) (Opened, error) {
	sealed, ok := locate(body)
	if !ok {
		return Opened{}, BadXML
	}
	q := signatureOf(query, "msg_signature")
	if !q.complete() || !signed(q.signature, r.token, q.timestamp, q.nonce, sealed) {
		return Opened{}, BadSignature
	}
	if !isFresh(q.timestamp, now) {
		return Opened{}, Stale
	}
	outer, err := parse(body)
	if err != nil || outer[encrypt] != sealed {
		return Opened{}, BadXML
	}
	if outer[toUserName] != "" && outer[toUserName] != r.originalID {
		return Opened{}, WrongAccount
	}
	message, key, err := r.decrypt(sealed)
	if err != nil {
		return Opened{}, err
	}
	opened := Opened{key: key, nonce: q.nonce}
	opened.Update, opened.Told, err = r.read(message, query)
	return opened, err
}

func (r *Receiver) openPlain(query url.Values, body string, now time.Time) (Opened, error) {
	q := signatureOf(query, "signature")
	if !q.complete() || !signed(q.signature, r.token, q.timestamp, q.nonce) {
		return Opened{}, BadSignature
	}
	if !isFresh(q.timestamp, now) {
		return Opened{}, Stale
	}
	update, told, err := r.read(body, query)
	return Opened{Update: update, Told: told}, err
}

// decrypt tries the current key, then the previous one. A key is right only
// if the appid inside is, so that a lucky padding decides nothing.
func (r *Receiver) decrypt(sealed string) (string, *aesKey, error) {
	ciphertext, err := base64.StdEncoding.DecodeString(sealed)
	if err != nil {
		return "", nil, BadKey
	}
	refusal := BadKey
	for i := range r.keys {
		message, appID, err := r.keys[i].open(ciphertext)
		if err != nil {
			continue
		}
		if string(appID) == r.appID {
			return string(message), &r.keys[i], nil
		}
		refusal = WrongApp
	}
	return "", nil, refusal
}

func (r *Receiver) read(message string, query url.Values) (bot.Update, Told, error) {
	p, items, err := parseAll(message)
	if err != nil {
		return bot.Update{}, Told{}, err
	}
	if p[toUserName] != r.originalID {
		return bot.Update{}, Told{}, WrongAccount
	}
	if p.fromPerson() && !named(query, p[fromUserName]) {
		return bot.Update{}, Told{}, Spoofed
	}
	u, err := p.update()
	return u, toldOf(p[event], p[fromUserName], p[createTime], p[jobID], p[jobStatus], items), err
}

// named tells whether the address line, where it names a person at all, names
// this one.
func named(query url.Values, from string) bool {
	who, once := only(query, "openid")
	return once && (who == "" || who == from)
}

type signature struct{ signature, timestamp, nonce string }

func signatureOf(query url.Values, name string) signature {
	s, _ := only(query, name)
	timestamp, _ := only(query, "timestamp")
	nonce, _ := only(query, "nonce")
	return signature{s, timestamp, nonce}
}

// complete also keeps a nonce, which the reply repeats, to characters that
// mean nothing in XML.
func (s signature) complete() bool {
	odd := func(r rune) bool { return r <= ' ' || r > '~' || strings.ContainsRune(`<>&"'[]`, r) }
	return s.signature != "" && s.timestamp != "" && len(s.timestamp) <= maxNonce &&
		s.nonce != "" && len(s.nonce) <= maxNonce && strings.IndexFunc(s.nonce, odd) < 0
}

// only returns the value of a parameter that is given at most once.
func only(query url.Values, name string) (string, bool) {
	switch values := query[name]; len(values) {
	case 0:
		return "", true
	case 1:
		return values[0], true
	}
	return "", false
}

// isFresh takes seconds since 1970 in ten digits, as the platform writes them.
func isFresh(timestamp string, now time.Time) bool {
	if len(timestamp) != 10 {
		return false
	}
	seconds, err := strconv.ParseUint(timestamp, 10, 63)
	return err == nil && now.Sub(time.Unix(int64(seconds), 0)).Abs() <= Fresh
}

// locate finds the text of the one Encrypt element without parsing anything.
func locate(body string) (string, bool) {
	_, after, found := strings.Cut(body, "<Encrypt>")
	sealed, rest, closed := strings.Cut(after, "</Encrypt>")
	if !found || !closed || strings.Contains(rest, "<Encrypt>") {
		return "", false
	}
	sealed = strings.Trim(sealed, blanks)
	if inner, ok := strings.CutPrefix(sealed, "<![CDATA["); ok {
		sealed, ok = strings.CutSuffix(inner, "]]>")
		if !ok {
			return "", false
		}
	}
	return sealed, sealed != "" && !strings.ContainsAny(sealed, "<>&")
}
