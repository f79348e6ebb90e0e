package local

import (
	"crypto/rand"
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// Mode is how a push is protected.
type Mode int

// Safe encrypts the packet, Compatible sends it both plain and encrypted, Plain only plain.
const (
	Safe Mode = iota
	Compatible
	Plain
)

// Request is a push as it goes on the wire. Posting an equal one again is a replay.
type Request struct {
	Method      string
	URL         string
	ContentType string
	Body        []byte
}

// Craft describes a push. WeChat.Craft gives one that is right in everything, to be made wrong in what a test is about.
type Craft struct {
	URL            string // of the callback
	Token          string
	EncodingAESKey string
	AppID          string // inside the encryption
	OriginalID     string // outside it
	OpenID         string // in the query; empty leaves it out
	Plain          []byte // the packet
	Mode           Mode
	At             time.Time // the query's timestamp, in seconds
	Nonce          string
	Random         [16]byte // what the encrypted text starts with
	Encrypt        string   // not empty: this instead of the encrypted packet
	Signature      string   // not empty: this instead of the right one
	MsgSignature   string   // not empty: this instead of the right one
	JSON           bool     // the outside is JSON, and the packet should be
}

// Craft describes the push of a packet to openid's account as this platform would make it now.
func (w *WeChat) Craft(openid string, plain []byte) Craft {
	return w.oa.craft(openid, plain, w.cfg.Now())
}

func (a *app) craft(openid string, plain []byte, now time.Time) Craft {
	c := Craft{
		URL: a.callbackURL, Token: a.token, EncodingAESKey: a.encodingAESKey, AppID: a.appID,
		OriginalID: a.originalID, OpenID: openid, Plain: plain, At: now, Nonce: randomText(9, digits[1:]), JSON: a.json,
	}
	_, _ = rand.Read(c.Random[:]) // never fails since Go 1.24
	return c
}

// Request builds the query and the body. A malformed EncodingAESKey is an error.
func (c Craft) Request() (Request, error) {
	timestamp := strconv.FormatInt(c.At.Unix(), 10)
	query := "signature=" + or(c.Signature, sign(c.Token, timestamp, c.Nonce)) + "&timestamp=" + timestamp + "&nonce=" + c.Nonce
	if c.OpenID != "" {
		query += "&openid=" + c.OpenID
	}
	req := Request{Method: http.MethodPost, ContentType: "text/xml", Body: c.Plain}
	if c.Mode != Plain {
		key, err := parseKey(c.EncodingAESKey)
		if err != nil {
			return Request{}, fmt.Errorf("local WeChat: %w", err)
		}
		encrypted := or(c.Encrypt, seal(key, c.Random, c.Plain, c.AppID))
		query += "&encrypt_type=aes&msg_signature=" + or(c.MsgSignature, sign(c.Token, timestamp, c.Nonce, encrypted))
		req.Body = c.envelope(encrypted)
	}
	if c.JSON {
		req.ContentType = "application/json"
	}
	req.URL = join(c.URL, query)
	return req, nil
}

// mustRequest is Request for one of this platform's own keys, which New has read.
func (c Craft) mustRequest() Request {
	request, err := c.Request()
	if err != nil {
		panic(err)
	}
	return request
}

func (c Craft) envelope(encrypted string) []byte {
	if c.JSON {
		outer, _ := json.Marshal(struct{ ToUserName, Encrypt string }{c.OriginalID, encrypted}) // plain text
		return outer
	}
	added := "    <Encrypt><![CDATA[" + encrypted + "]]></Encrypt>\n</xml>"
	if c.Mode == Compatible {
		return []byte(strings.TrimSuffix(string(c.Plain), "</xml>") + added)
	}
	return []byte("<xml>\n    <ToUserName><![CDATA[" + c.OriginalID + "]]></ToUserName>\n" + added + "\n")
}

func or(given, usual string) string {
	if given != "" {
		return given
	}
	return usual
}

func join(address, query string) string {
	if strings.Contains(address, "?") {
		return address + "&" + query
	}
	return address + "?" + query
}
