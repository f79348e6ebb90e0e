package web

import (
	"encoding/json"
	"errors"
	"net/http"
	"strconv"
	"time"

	"github.com/xiangfeng/xiangfeng/domain/fault"
	"github.com/xiangfeng/xiangfeng/domain/script"
)

// Problem is how a request that was not carried out is answered: a stable code
// for machines and a sentence for people.
type Problem struct {
	Status  int           `json:"-"`
	Code    string        `json:"code" doc:"stable, for machines"`
	Message string        `json:"message" doc:"a sentence for people, in Chinese"`
	Retry   time.Duration `json:"-"`
	// Household is whom the refused act was about, for the team of its village alone.
	Household *Home `json:"household,omitempty" doc:"for the team: whom the refused act was about"`
}

// Home is a household as a problem names it.
type Home struct {
	ID     string `json:"id"`
	Number string `json:"number"`
	Head   string `json:"head"`
}

// NewProblem makes a problem with the sentence of its code.
func NewProblem(status int, code fault.Code, f fault.Facts) *Problem {
	return &Problem{Status: status, Code: string(code), Message: script.Problem(code, f)}
}

func (p *Problem) Error() string { return "web: " + p.Code }

// GetStatus is the HTTP status.
func (p *Problem) GetStatus() int { return p.Status }

// GetHeaders tells when to try again, in whole seconds.
func (p *Problem) GetHeaders() http.Header {
	if p.Retry <= 0 {
		return nil
	}
	return http.Header{"Retry-After": {strconv.Itoa(int((p.Retry + time.Second - 1) / time.Second))}}
}

// The problems that no rule of the scheme decides.
func problem(status int, code fault.Code) *Problem { return NewProblem(status, code, fault.Facts{}) }

// NotFound is what is not there, or not for the one who asks: the same bytes.
func NotFound() *Problem { return problem(http.StatusNotFound, fault.NotFound) }

// SignedOut is a request without a session.
func SignedOut() *Problem { return problem(http.StatusUnauthorized, fault.SignedOut) }

// OtherPerson is a request that is meant of somebody else than who is signed in.
func OtherPerson() *Problem { return problem(http.StatusConflict, fault.OtherPerson) }

// KeyMissing is a write without an Idempotency-Key.
func KeyMissing() *Problem { return problem(http.StatusBadRequest, fault.KeyMissing) }

// Invalid is a request that makes no sense as it is.
func Invalid() *Problem { return problem(http.StatusBadRequest, fault.Invalid) }

// OtherBody is a key that was used for something else.
func OtherBody() *Problem { return problem(http.StatusConflict, fault.Conflict) }

// TooLarge is a body beyond what the address takes.
func TooLarge() *Problem { return problem(http.StatusRequestEntityTooLarge, fault.TooLarge) }

// WrongType is a body of a kind that the address does not take.
func WrongType() *Problem { return problem(http.StatusUnsupportedMediaType, fault.WrongType) }

// SlowDown is one write too many within a minute.
func SlowDown(retry time.Duration) *Problem {
	p := problem(http.StatusTooManyRequests, fault.SlowDown)
	p.Retry = max(retry, time.Second)
	return p
}

// busyFor is after how long a phone may ask again where the server could not answer.
const busyFor = 5 * time.Second

// Busy is a request that could not be answered now.
func Busy() *Problem {
	p := problem(http.StatusServiceUnavailable, fault.Busy)
	p.Retry = busyFor
	return p
}

// statuses are those of the refusals; all others are 422.
var statuses = map[fault.Code]int{
	fault.Invalid:   http.StatusBadRequest,
	fault.NotFound:  http.StatusNotFound,
	fault.Forbidden: http.StatusForbidden,
	fault.Conflict:  http.StatusConflict,
}

// Refused is the problem of a refusal.
func Refused(code fault.Code, f fault.Facts) *Problem {
	status, ok := statuses[code]
	if !ok {
		status = http.StatusUnprocessableEntity
	}
	return NewProblem(status, code, f)
}

// ProblemOf finds what an error means to who asked; nil for one that only the
// log may know.
func ProblemOf(err error) *Problem {
	var p *Problem
	var r *fault.Refusal
	switch {
	case errors.As(err, &p):
		return p
	case errors.As(err, &r):
		return Refused(r.Code, r.Facts)
	}
	return nil
}

// Write answers with the problem.
func (p *Problem) Write(w http.ResponseWriter) {
	for name, values := range p.GetHeaders() {
		w.Header()[name] = values
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(p.Status)
	_ = json.NewEncoder(w).Encode(p)
}

// WriteJSON answers with a body.
func WriteJSON(w http.ResponseWriter, body any) {
	w.Header().Set("Content-Type", "application/json")
	encoder := json.NewEncoder(w)
	encoder.SetEscapeHTML(false)
	_ = encoder.Encode(body) // whoever went away does not read it
}
