package local

import (
	"context"
	"regexp"
	"slices"
	"strings"
	"time"
)

// Direction tells which way a Trace went.
type Direction string

// A Push goes from the platform to the account's callback, a Call from the account to the platform's API.
const (
	Push Direction = "push"
	Call Direction = "call"
)

// Trace is one request and its answer as they passed. Secret, access_token and session_key values in it are masked.
type Trace struct {
	ID            int64 // 1 for the first, then without gaps
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

// tracesKept is how many traces are remembered; older ones are gone.
const tracesKept = 500

// journal holds the last traces. Its fields are guarded by WeChat.mu.
type journal struct {
	secrets []string
	last    int64
	kept    []Trace
	grown   chan struct{} // closed and replaced at every new trace
}

func newJournal(secrets ...string) journal {
	return journal{secrets: slices.DeleteFunc(secrets, func(s string) bool { return s == "" }), grown: make(chan struct{})}
}

// record numbers, dates and masks a trace and keeps it.
func (w *WeChat) record(t Trace) {
	w.mu.Lock()
	defer w.mu.Unlock()
	j := &w.traces
	j.last++
	t.ID, t.At = j.last, w.cfg.Now()
	for _, s := range []*string{&t.URL, &t.Request, &t.Response, &t.Note} {
		*s = j.mask(*s)
	}
	j.kept = append(j.kept, t)
	if len(j.kept) > tracesKept {
		j.kept[0] = Trace{}
		j.kept = j.kept[1:]
	}
	close(j.grown)
	j.grown = make(chan struct{})
}

const masked = "***"

var secretForms = regexp.MustCompile(`("(?:secret|access_token|session_key)"\s*:\s*")[^"]*|((?:^|[?&])(?:secret|access_token)=)[^&\s#]*`)

func (j *journal) mask(s string) string {
	for _, secret := range j.secrets {
		s = strings.ReplaceAll(s, secret, masked)
	}
	return secretForms.ReplaceAllString(s, "${1}${2}"+masked)
}

// TraceSince returns the remembered traces with an ID above id, oldest first.
func (w *WeChat) TraceSince(id int64) []Trace {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.traces.since(id)
}

func (j *journal) since(id int64) []Trace {
	first := j.last - int64(len(j.kept)) + 1
	skip := min(max(id+1-first, 0), int64(len(j.kept)))
	return append([]Trace(nil), j.kept[skip:]...)
}

// Watch is TraceSince that waits until there is at least one trace, or returns ctx's error.
func (w *WeChat) Watch(ctx context.Context, id int64) ([]Trace, error) {
	for {
		w.mu.Lock()
		news, grown := w.traces.since(id), w.traces.grown
		w.mu.Unlock()
		if len(news) > 0 {
			return news, nil
		}
		select {
		case <-grown:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}
