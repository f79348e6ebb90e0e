// Package usecase holds what the acts share: how one act runs exactly once,
// and the book that entries are posted to. Each act is a package below it.
package usecase

import (
	"context"
	"time"

	"github.com/xiangfeng/xiangfeng/domain/fault"
	"github.com/xiangfeng/xiangfeng/domain/household"
)

// Command is one act that somebody asked for.
type Command struct {
	// Key names the act: a message's id, an Idempotency-Key, a job's occasion.
	// The same key means the same act, however often it is asked.
	Key string
	// Body is what was asked, as far as a repeat must ask the same; the same
	// key with another body is refused with fault.Conflict.
	Body string
	// Actor is who asks, 0 for a person the product does not know.
	Actor household.PersonID
	Now   time.Time
}

// Once runs an act in one transaction over T, the act's own view of it, and
// keeps its outcome under the command's key. A repeat gets the kept outcome
// and runs nothing. A refusal is an outcome, decided before the first write,
// and kept like any other; only an error rolls back and leaves no trace.
type Once[T any] func(ctx context.Context, cmd Command, act func(T) (fault.Outcome, error)) (fault.Outcome, error)

// Step is where a conversation stands: which question was asked last, with
// what it needs to be answered. It is over after Until.
type Step struct {
	Name  string
	Data  string
	Until time.Time
}

// The names of the questions that any act can ask. A StepConfirm's Data is what
// a 确认 sets off, as a StepTyped's, which takes nothing but that word, typed: it
// stands before what cannot be undone or hits somebody. A StepMenu's is what each
// number does and a StepPages' what each further 更多 shows, apart by spaces; a
// StepWords' is what takes the words that come next, and a StepPhoto's what takes
// the picture. Each is the name of an act, a colon and what the act needs.
const (
	StepConfirm = "confirm"
	StepTyped   = "typed"
	StepMenu    = "menu"
	StepPages   = "pages"
	StepWords   = "words"
	StepPhoto   = "photo"
)

// Patience is how long an open question waits for its answer (PRODUCT 3).
const Patience = 10 * time.Minute

// Open tells whether the step still waits at now.
func (s Step) Open(now time.Time) bool { return s.Name != "" && now.Before(s.Until) }
