// Package callback is the addresses that WeChat pushes to. At the official
// account's it lets the bot answer and sends the reply back, always within the
// time that WeChat waits and never as an error of the server; at the Mini
// Program's it takes the verdicts on pictures.
package callback

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"time"

	"github.com/xiangfeng/xiangfeng/bot"
	"github.com/xiangfeng/xiangfeng/bot/weixin"
)

const (
	defaultDeadline  = 3500 * time.Millisecond
	defaultAnswering = 512
	// grace is how long after its deadline a responder may still hand in what
	// it is about to finish, such as a commit under way.
	grace = 500 * time.Millisecond
)

// Responder answers what a person did. It is called under a deadline, and has
// to undo what it cannot finish by then.
type Responder interface {
	Respond(ctx context.Context, u bot.Update) (bot.Reply, error)
}

// Metrics counts what comes in. Its arguments are of small closed sets.
type Metrics interface {
	// Refused counts a packet that was not acted on, by its reason.
	Refused(reason string)
	// Answered counts an answered packet by its bot.Kind, "platform" or "mini", and
	// its Result, and observes the time from the packet's arrival.
	Answered(kind string, result Result, took time.Duration)
}

// Result is how a packet was answered.
type Result string

// The results. All but Replied and Acknowledged gave the sorry sentence.
const (
	Replied      Result = "replied"
	Acknowledged Result = "acknowledged" // nothing to say
	Failed       Result = "failed"       // the responder gave an error
	Late         Result = "late"         // it did not end in time
	Panicked     Result = "panicked"
	Busy         Result = "busy" // too many were being answered
)

// Options are what the handler needs besides its two partners. The zero value
// of all but Now has a meaning.
type Options struct {
	// Now is the product's clock.
	Now func() time.Time
	// Sorry is the honest sentence for a person who gets no answer now. If it
	// is empty nothing is said.
	Sorry string
	// Deadline is when a responder's context ends, counted from the packet's
	// arrival; 0 is 3.5 s. Half a second later the sorry sentence goes out, so
	// at most 4 s keeps what WeChat allows.
	Deadline time.Duration
	// MaxAnswering is how many packets the responder works on at a time,
	// counting those that were given up; 0 is 512.
	MaxAnswering int
	// Pseudonym makes of an openid what logs may hold; nil leaves it out.
	Pseudonym func(openid string) string
	Log       *slog.Logger // nil is slog.Default
	Metrics   Metrics      // nil counts nothing
	// Did takes what a person did, before it is answered, and Told what the platform
	// tells of our messages. Both come in bursts and are acknowledged at once: they
	// must not wait for anything. nil takes nothing.
	Did  func(u bot.Update)
	Told func(t weixin.Told)
}

type handler struct {
	receiver  *weixin.Receiver
	responder Responder
	options   Options
	slots     chan struct{}
}

// New makes the handler of the official account's address, GET and POST.
func New(receiver *weixin.Receiver, responder Responder, options Options) http.Handler {
	options = options.filled()
	return &handler{receiver, responder, options, make(chan struct{}, options.MaxAnswering)}
}

// filled are the options with what their zero values mean.
func (o Options) filled() Options {
	if o.Deadline == 0 {
		o.Deadline = defaultDeadline
	}
	if o.MaxAnswering == 0 {
		o.MaxAnswering = defaultAnswering
	}
	if o.Log == nil {
		o.Log = slog.Default()
	}
	if o.Metrics == nil {
		o.Metrics = uncounted{}
	}
	if o.Did == nil {
		o.Did = func(bot.Update) {}
	}
	if o.Told == nil {
		o.Told = func(weixin.Told) {}
	}
	return o
}

type uncounted struct{}

func (uncounted) Refused(string)                         {}
func (uncounted) Answered(string, Result, time.Duration) {}

func (h *handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	h.serve(w, r, h.receiver, h.receive)
}

// verifier answers the platform's question whether an address is the account's.
type verifier interface {
	Verify(query url.Values, now time.Time) (echo string, err error)
}

// serve answers at an address of either account: GET asks whether it is ours,
// POST pushes.
func (h *handler) serve(w http.ResponseWriter, r *http.Request, v verifier, receive http.HandlerFunc) {
	w.Header().Set("X-Content-Type-Options", "nosniff")
	switch r.Method {
	case http.MethodGet:
		h.verify(w, r, v)
	case http.MethodPost:
		receive(w, r)
	default:
		w.Header().Set("Allow", "GET, POST")
		h.refuse(w, errMethod)
	}
}

func (h *handler) verify(w http.ResponseWriter, r *http.Request, v verifier) {
	echo, err := v.Verify(r.URL.Query(), h.options.Now())
	if err != nil {
		h.refuse(w, err)
		return
	}
	writePlain(w, http.StatusOK, echo)
}

func (h *handler) receive(w http.ResponseWriter, r *http.Request) {
	arrived := time.Now() // a stopwatch: the product's clock may be moved
	body, err := read(w, r)
	if err != nil {
		h.refuse(w, err)
		return
	}
	opened, err := h.receiver.Open(r.URL.Query(), body, h.options.Now())
	if err != nil {
		h.refuse(w, err)
		return
	}
	if !opened.ForBot() {
		h.options.Told(opened.Told)
		h.options.Metrics.Answered("platform", Acknowledged, time.Since(arrived))
		writePlain(w, http.StatusOK, weixin.Acknowledged)
		return
	}
	h.options.Did(opened.Update)
	reply, result := h.answer(r.Context(), opened.Update, arrived)
	h.options.Metrics.Answered(string(opened.Update.Kind), result, time.Since(arrived))
	sealed := h.receiver.Seal(reply, opened, h.options.Now())
	if string(sealed) == weixin.Acknowledged {
		writePlain(w, http.StatusOK, weixin.Acknowledged)
		return
	}
	w.Header().Set("Content-Type", "application/xml; charset=utf-8")
	_, _ = w.Write(sealed) // WeChat pushes again if it did not get it
}

// read takes the whole body, which may be neither large nor compressed.
func read(w http.ResponseWriter, r *http.Request) ([]byte, error) {
	if coding := r.Header.Get("Content-Encoding"); coding != "" && coding != "identity" {
		return nil, errEncoded
	}
	if r.ContentLength > weixin.MaxBody {
		return nil, weixin.TooLarge
	}
	limited := http.MaxBytesReader(w, r.Body, weixin.MaxBody)
	if r.ContentLength <= 0 {
		return whole(io.ReadAll(limited))
	}
	body := make([]byte, r.ContentLength)
	_, err := io.ReadFull(limited, body)
	return whole(body, err)
}

func whole(body []byte, err error) ([]byte, error) {
	var tooLarge *http.MaxBytesError
	switch {
	case errors.As(err, &tooLarge):
		return nil, weixin.TooLarge
	case err != nil:
		return nil, errUnread
	}
	return body, nil
}

func writePlain(w http.ResponseWriter, status int, text string) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.WriteHeader(status)
	_, _ = io.WriteString(w, text)
}
