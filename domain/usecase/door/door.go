// Package door is the way into the web console. A browser shows a code, a
// phone that somebody with a post is signed in on scans and confirms it, and
// the browser that showed it, no other, comes in. There is no password. The
// administrator comes by a link from the server's shell.
package door

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"time"

	"github.com/xiangfeng/xiangfeng/domain/fault"
	"github.com/xiangfeng/xiangfeng/domain/household"
	"github.com/xiangfeng/xiangfeng/domain/usecase"
)

// How long each thing lasts.
const (
	CodeLife  = 2 * time.Minute  // a code, from its showing to its confirmation
	Step      = time.Minute      // what a browser has from the confirmation to come in
	LinkLife  = 10 * time.Minute // the administrator's link
	Idle      = 30 * time.Minute // a session that nobody uses
	Longest   = 12 * time.Hour   // a session that is used all the time
	kept      = time.Hour        // a code, before it is dropped
	seenEvery = time.Minute      // how exact the last use of a session is known
)

// atOnce is how many codes one place may have waiting: an office may share an
// address, but nobody needs to fill the table.
const atOnce = 30

// Secret is what a browser that waits keeps to itself, 256 random bits. Its code
// is shown to everybody who looks at the screen.
type Secret [32]byte

// Code is what the browser shows, 43 URL-safe characters of 256 bits. It does
// not give the secret away.
func (s Secret) Code() string {
	mac := hmac.New(sha256.New, s[:])
	mac.Write([]byte("code"))
	return base64.RawURLEncoding.EncodeToString(mac.Sum(nil))
}

// Hash is how a code, a link's or a session's token is stored.
func Hash(token string) [32]byte { return sha256.Sum256([]byte(token)) }

// Asking is a browser that waits to be let in.
type Asking struct {
	Hash           [32]byte // of the code
	Browser, Place string   // as they are shown to who confirms
	AskedAt        time.Time
	ConfirmedBy    household.PersonID // 0 until confirmed
	ConfirmedAt    time.Time
	UsedAt         time.Time // zero until the browser is in
}

// waits refuses a code that cannot be confirmed: with Conflict one that was
// confirmed already, with TooLate one that is too old.
func (a Asking) waits(now time.Time) error {
	switch {
	case a.ConfirmedBy != 0:
		return fault.Refuse(fault.Conflict)
	case !now.Before(a.AskedAt.Add(CodeLife)):
		return fault.Refuse(fault.TooLate)
	}
	return nil
}

// open tells whether the browser may come in now.
func (a Asking) open(now time.Time) bool {
	return a.ConfirmedBy != 0 && a.UsedAt.IsZero() && now.Before(a.ConfirmedAt.Add(Step))
}

// Link is the administrator's way in.
type Link struct {
	Hash           [32]byte
	MadeAt, UsedAt time.Time
}

// Session is a browser that is in.
type Session struct {
	Hash           [32]byte // of the token that the browser keeps
	By             usecase.Caller
	Opened, SeenAt time.Time
}

// alive tells whether the session still counts.
func (s Session) alive(now time.Time) bool {
	return now.Before(s.SeenAt.Add(Idle)) && now.Before(s.Opened.Add(Longest))
}

// Tx is what the door needs of a transaction.
type Tx interface {
	// Asking locks and returns the browser that shows a code; NotFound where there is none.
	Asking(hash [32]byte) (Asking, error)
	// AskingsFrom is how many codes a place was given since a moment.
	AskingsFrom(place string, since time.Time) (int, error)
	AddAsking(Asking) error
	SaveAsking(Asking) error
	// DropAskings drops the codes that were asked for before a moment.
	DropAskings(before time.Time) error
	Staff(household.PersonID) (household.Staff, error)
	AddLink(Link) error
	// Link locks and returns a link; NotFound where there is none.
	Link(hash [32]byte) (Link, error)
	SaveLink(Link) error
	OpenConsole(Session) error
	// CloseConsole ends a session; that there is none is fine.
	CloseConsole(hash [32]byte) error
	Trace(usecase.Trace) error
}
