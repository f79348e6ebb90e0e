// Package jobs is what the service does without being asked: one file a job,
// with its name and its Run. A job may run again although it came to its end,
// and bears it.
package jobs

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"

	"github.com/xiangfeng/xiangfeng/domain/usecase/ask"
)

// Transcriber makes out the words of a recording, "" where there are none.
type Transcriber interface {
	Transcribe(ctx context.Context, recording []byte, contentType string) (string, error)
}

// Library fetches a recording by the id that the platform keeps it under.
type Library interface {
	Fetch(ctx context.Context, id string) (recording []byte, contentType string, err error)
}

// Responder words the answer to what a recording says, "" for nothing that was
// understood. Asked again it answers alike and changes things once.
type Responder interface {
	Respond(ctx context.Context, r ask.Recording, words string) (string, error)
}

// Sent is what became of a message.
type Sent string

// What becomes of messages.
const (
	Taken   Sent = "taken"    // the platform took it
	Refused Sent = "refused"  // the person cannot be reached: nothing more is tried
	NotYet  Sent = "not_yet"  // certainly not sent; later it may be
	InDoubt Sent = "in_doubt" // it may have been sent
)

// Sender sends a message to a person's chat.
type Sender interface {
	Send(ctx context.Context, openid, text string) Sent
}

// Marks are set before something is sent, so that nothing is sent twice.
type Marks interface {
	// Set tells whether this call set the mark.
	Set(ctx context.Context, key string) (first bool, err error)
	// Unset takes away a mark for what was certainly not sent.
	Unset(ctx context.Context, key string) error
}

var errNotSent = errors.New("jobs: the message was not sent")

// hearTries is how often a recording is fetched and listened to, before the
// person is told that it was not understood: somebody is waiting.
const hearTries = 4

// Hear finds out what a recording says and sends the answer to it, once.
type Hear struct {
	Library   Library
	Engine    Transcriber
	Responder Responder
	Sender    Sender
	Marks     Marks
	Log       *slog.Logger
	// Ended counts what became of each answer.
	Ended func(Sent)
}

// Name is the kind under which the job is enqueued.
func (Hear) Name() string { return ask.Hear }

// Run answers the recording that the payload names. attempt counts from 1.
func (h Hear) Run(ctx context.Context, payload []byte, attempt int) error {
	var r ask.Recording
	if err := json.Unmarshal(payload, &r); err != nil {
		return errors.New("jobs: the payload is no recording")
	}
	words, err := h.listen(ctx, r)
	if err != nil {
		h.Log.Warn("a recording was not understood", "message", r.Message, "attempt", attempt, "error", err)
		if attempt < hearTries || ctx.Err() != nil {
			return err
		}
	}
	text, err := h.Responder.Respond(ctx, r, words)
	if err != nil {
		return err
	}
	return h.send(ctx, r, text)
}

func (h Hear) listen(ctx context.Context, r ask.Recording) (string, error) {
	recording, contentType, err := h.Library.Fetch(ctx, r.Media)
	if err != nil {
		return "", err
	}
	return h.Engine.Transcribe(ctx, recording, contentType)
}

// send marks the answer first. Whoever finds it marked does not know whether
// it went out, and leaves it at that.
func (h Hear) send(ctx context.Context, r ask.Recording, text string) error {
	key := r.Message + "/answered"
	first, err := h.Marks.Set(ctx, key)
	if err != nil {
		return err
	}
	sent := InDoubt
	if first {
		sent = h.Sender.Send(ctx, r.From, text)
	}
	if sent == NotYet {
		return errors.Join(errNotSent, h.Marks.Unset(context.WithoutCancel(ctx), key))
	}
	if sent == InDoubt {
		h.Log.Warn("the answer to a recording may not have been sent, and is not sent again", "message", r.Message)
	}
	h.Ended(sent)
	return nil
}
