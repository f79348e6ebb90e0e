// Package demo is the demo page: a phone with the official account's chat, one
// with the Mini Program, the packets as they pass, and a clock to move. It plays
// whatever WeChat it is given and knows nothing of the product behind it.
package demo

import (
	"context"
	"errors"
	"net/http"
	"sync"
	"time"
)

// ErrNotNow is wrapped by a Phones whose phone cannot do what was asked of it,
// such as following what it follows already.
var ErrNotNow = errors.New("the phone cannot do that now")

// Phones is WeChat on everybody's phone. All methods may be called at the same
// time, also while the demo is being reset. What a person does returns once its
// answer, if any, stands in the chat.
type Phones interface {
	Say(ctx context.Context, openid, words string) error
	// Speak sends a voice message; an empty recognition is one that the
	// platform did not understand.
	Speak(ctx context.Context, openid, recognition string) error
	Click(ctx context.Context, openid, menuKey string) error
	Picture(ctx context.Context, openid string, jpeg []byte) error
	Follow(ctx context.Context, openid string) error
	Unfollow(ctx context.Context, openid string) error
	Following(openid string) bool
	// Chat returns a person's chat, oldest first.
	Chat(openid string) []Line
	// Wire returns the remembered packets whose ID is above after, oldest first.
	Wire(after int64) []Packet
	// Wait returns when there is a packet whose ID is above after, or ctx ends.
	Wait(ctx context.Context, after int64)
}

// By tells who put a line into the chat.
type By string

// A chat's lines come from the person, from the account's answer, from its
// customer-service message, or from the platform itself.
const (
	Self     By = "self"
	Reply    By = "reply"
	Service  By = "service"
	Platform By = "platform"
)

// Line is one thing in a person's chat.
type Line struct {
	ID   int64 // positive, rising within a chat
	At   time.Time
	By   By
	Kind string // text, voice, image, CLICK, SCAN, subscribe, unsubscribe; anything else is shown as text
	Text string // what is read; of an act its menu key, scene or recognised words
}

// Direction tells which way a Packet went.
type Direction string

// A Push goes from WeChat to the account's callback, a Call from the account to
// WeChat's API.
const (
	Push Direction = "push"
	Call Direction = "call"
)

// Packet is one request and its answer as they passed.
type Packet struct {
	ID            int64 // positive, rising
	At            time.Time
	Took          time.Duration
	Direction     Direction
	Kind          string // the message's kind or the API's path
	Method, URL   string
	Status        int // 0 when there was no answer
	Request       string
	Response      string
	PlainRequest  string // what was inside an encrypted request
	PlainResponse string // what was inside an encrypted answer
	Note          string // why there is no answer, or why it was refused
}

// Clock is the product's clock.
type Clock interface {
	Now() time.Time
	// Move sets it forward; what is due by then happens.
	Move(ctx context.Context, by time.Duration) error
}

// Person is somebody who can be played.
type Person struct {
	OpenID string
	Name   string
	Note   string // what is special about them
	Group  string // the heading they stand under
	// Team is who serves: they come first where one holds the Mini Program.
	Team bool
}

// MenuEntry is an entry of the official account's menu: a key to click, or
// entries of its own.
type MenuEntry struct {
	Key, Label string
	Sub        []MenuEntry
}

// patience is how long an act may take, its repeats by the platform included.
const patience = 30 * time.Second

type handler struct {
	phones Phones
	mini   Mini
	clock  Clock
	people []Person
	menu   []MenuEntry
	reset  func(context.Context) error
	news   *bulletin
	albums albums
	// stage is held for reading while somebody acts, for writing while the
	// clock moves or the demo is reset: a message signed before would be
	// stale after.
	stage sync.RWMutex
}

// New makes the handler of everything under /demo/. The people are shown in
// their order, of the menu only two levels. reset puts the demo back to its
// start.
func New(phones Phones, mini Mini, clock Clock, people []Person, menu []MenuEntry, reset func(context.Context) error) http.Handler {
	h := &handler{phones: phones, mini: mini, clock: clock, people: people, menu: menu, reset: reset, news: newBulletin()}
	mux := http.NewServeMux()
	for path, serve := range map[string]http.HandlerFunc{
		"/demo/{$}":             h.page(),
		"/demo/app.css":         file("app.css"),
		"/demo/app.js":          file("app.js"),
		"/demo/mini.js":         file("mini.js"),
		"/demo/events":          h.events,
		"/demo/packets/{id}":    h.packet,
		"/demo/cards":           h.cards,
		"/demo/card/{picture}":  h.drawn,
		"/demo/photo/{picture}": photo,
		"/demo/screen":          h.screen,
	} {
		mux.HandleFunc("GET "+path, serve)
		mux.HandleFunc(path, only("GET, HEAD"))
	}
	for path, serve := range map[string]http.HandlerFunc{
		"/demo/say":      h.act(words, phones.Say),
		"/demo/speak":    h.act(recognition, phones.Speak),
		"/demo/click":    h.act(h.menuKey, phones.Click),
		"/demo/picture":  h.act(pictured, h.photograph),
		"/demo/follow":   h.act(nothing, wordless(phones.Follow)),
		"/demo/unfollow": h.act(nothing, wordless(phones.Unfollow)),
		"/demo/login":    h.login,
		"/demo/revoke":   h.revoke,
		"/demo/clock":    h.move,
		"/demo/reset":    h.restart,
	} {
		mux.HandleFunc("POST "+path, serve)
		mux.HandleFunc(path, only("POST"))
	}
	mux.HandleFunc("/demo/", func(w http.ResponseWriter, _ *http.Request) { refuse(w, errNoPage) })
	return guarded(mux)
}

// guarded refuses writes that another site's page makes, and tells browsers to
// run nothing but the page's own files.
func guarded(next http.Handler) http.Handler {
	ownPages := http.NewCrossOriginProtection()
	ownPages.SetDenyHandler(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { refuse(w, errForeign) }))
	next = ownPages.Handler(next)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		header := w.Header()
		header.Set("Content-Security-Policy",
			"default-src 'self'; img-src 'self' data:; frame-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'")
		header.Set("X-Content-Type-Options", "nosniff")
		header.Set("Referrer-Policy", "no-referrer")
		header.Set("Cache-Control", "no-cache")
		next.ServeHTTP(w, r)
	})
}

func only(methods string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Allow", methods)
		refuse(w, errMethod)
	}
}
