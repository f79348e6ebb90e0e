package jobs

import (
	"cmp"
	"context"
	"log/slog"
	"sync"
	"time"

	"github.com/xiangfeng/xiangfeng/domain/notice"
)

// Diary keeps what the platform tells without being asked.
type Diary interface {
	// Report keeps words on messages and returns those on messages that are not
	// known yet.
	Report(ctx context.Context, words []notice.Word) (unknown []notice.Word, err error)
	Learn(ctx context.Context, signs []notice.Sign, used []notice.Used, consents []notice.Consent) error
}

// Ear takes what the platform tells without being asked, so quickly that nobody
// waits for a database, and keeps it a little later: the platform tells of many
// messages in one burst. What is lost when the process is killed closes a window
// early, and leaves a message in doubt.
type Ear struct {
	Diary Diary
	Log   *slog.Logger
	Every time.Duration // how often words are kept; 0 is a fifth of a second
	// SignsEvery is how often what people did is kept; 0 is ten seconds.
	SignsEvery time.Duration
	// Reported counts the platform's words on messages; nil counts nothing.
	Reported func(r notice.Report)

	mu       sync.Mutex
	words    []heardWord
	signs    []notice.Sign
	used     []notice.Used
	consents []notice.Consent
}

type heardWord struct {
	notice.Word
	at time.Time
}

// How long the ear is patient, and how much it holds.
const (
	patience = time.Minute // with a word on a message that is not known yet
	earful   = 200_000
	wordsOf  = 200 // in one transaction
)

// Word takes the platform's word on a message.
func (e *Ear) Word(w notice.Word) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if len(e.words) < earful {
		e.words = append(e.words, heardWord{w, time.Now()})
	}
	if e.Reported != nil {
		e.Reported(w.Report)
	}
}

// Sign takes what a person did.
func (e *Ear) Sign(s notice.Sign) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if len(e.signs) < earful {
		e.signs = append(e.signs, s)
	}
}

// Used takes that a customer-service message went out.
func (e *Ear) Used(u notice.Used) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if len(e.used) < earful {
		e.used = append(e.used, u)
	}
}

// Consent takes what a person agreed to or refused.
func (e *Ear) Consent(c notice.Consent) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if len(e.consents) < earful {
		e.consents = append(e.consents, c)
	}
}

// Listen keeps what was heard, again and again until ctx ends, and then the rest.
func (e *Ear) Listen(ctx context.Context) {
	tick, signs := time.NewTicker(cmp.Or(e.Every, time.Second/5)), time.NewTicker(cmp.Or(e.SignsEvery, 10*time.Second))
	defer tick.Stop()
	defer signs.Stop()
	for ctx.Err() == nil {
		select {
		case <-ctx.Done():
		case <-tick.C:
			e.keepWords(ctx)
		case <-signs.C:
			e.keepSigns(ctx)
		}
	}
	last, cancel := context.WithTimeout(context.WithoutCancel(ctx), 3*time.Second)
	defer cancel()
	e.Keep(last)
}

// Keep keeps what was heard so far. What fails stays for the next time.
func (e *Ear) Keep(ctx context.Context) {
	e.keepSigns(ctx)
	e.keepWords(ctx)
}

func (e *Ear) keepSigns(ctx context.Context) {
	e.mu.Lock()
	signs, used, consents := e.signs, e.used, e.consents
	e.signs, e.used, e.consents = nil, nil, nil
	e.mu.Unlock()
	if len(signs)+len(used)+len(consents) == 0 {
		return
	}
	if err := e.Diary.Learn(ctx, signs, used, consents); err != nil {
		e.Log.Warn("what people did was not kept yet", "error", err)
		e.mu.Lock()
		defer e.mu.Unlock()
		e.signs, e.used, e.consents = append(signs, e.signs...), append(used, e.used...), append(consents, e.consents...)
	}
}

func (e *Ear) keepWords(ctx context.Context) {
	e.mu.Lock()
	words := e.words
	e.words = nil
	e.mu.Unlock()
	left := e.report(ctx, words)
	e.mu.Lock()
	defer e.mu.Unlock()
	e.words = append(left, e.words...)
}

// report keeps words and returns those that may still be kept later.
func (e *Ear) report(ctx context.Context, words []heardWord) (left []heardWord) {
	dropped := 0
	for len(words) > 0 {
		n := min(len(words), wordsOf)
		chunk := words[:n]
		words = words[n:]
		plain, at := make([]notice.Word, n), map[notice.Word]time.Time{}
		for i, w := range chunk {
			plain[i], at[w.Word] = w.Word, w.at
		}
		unknown, err := e.Diary.Report(ctx, plain)
		if err != nil {
			e.Log.Warn("what became of messages was not kept yet", "error", err)
			return append(append(left, chunk...), words...)
		}
		for _, w := range unknown {
			if time.Since(at[w]) < patience {
				left = append(left, heardWord{w, at[w]})
			} else {
				dropped++
			}
		}
	}
	if dropped > 0 {
		e.Log.Warn("the platform told of messages that nobody knows", "messages", dropped)
	}
	return left
}
