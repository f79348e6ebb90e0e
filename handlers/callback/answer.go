package callback

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"strings"
	"time"

	"github.com/xiangfeng/xiangfeng/bot"
)

type answer struct {
	reply  bot.Reply
	result Result
	cause  string // of a failure: types only, for an error's text may quote the person
	stack  string
}

// answer asks the responder and gives the sorry sentence where that fails. It
// ends in time also when the responder does not.
func (h *handler) answer(ctx context.Context, u bot.Update, arrived time.Time) (bot.Reply, Result) {
	a := answer{result: Busy}
	select {
	case h.slots <- struct{}{}:
		a = h.wait(ctx, u, arrived)
	default:
	}
	switch a.result {
	case Replied, Acknowledged:
		return a.reply, a.result
	}
	h.report(u, a)
	if u.Kind == bot.Unfollow {
		return bot.Reply{}, a.result // nobody is there to read it
	}
	return bot.Reply{Text: h.options.Sorry}, a.result
}

// wait runs the responder in a goroutine of its own, which gives back its slot
// whenever it ends.
func (h *handler) wait(ctx context.Context, u bot.Update, arrived time.Time) answer {
	ctx, cancel := context.WithDeadline(ctx, arrived.Add(h.options.Deadline))
	defer cancel()
	done := make(chan answer, 1)
	go func() {
		defer func() { <-h.slots }()
		done <- h.respond(ctx, u)
	}()
	select {
	case a := <-done:
		return a
	case <-ctx.Done():
	}
	last := time.NewTimer(grace)
	defer last.Stop()
	select {
	case a := <-done:
		return a
	case <-last.C:
		return answer{result: Late}
	}
}

func (h *handler) respond(ctx context.Context, u bot.Update) (a answer) {
	defer func() {
		if p := recover(); p != nil {
			a = answer{result: Panicked, cause: fmt.Sprintf("%T", p), stack: string(debug.Stack())}
		}
	}()
	reply, err := h.responder.Respond(ctx, u)
	switch {
	case errors.Is(err, context.DeadlineExceeded) && ctx.Err() != nil:
		return answer{result: Late, cause: types(err)}
	case err != nil:
		return answer{result: Failed, cause: types(err)}
	case reply.Text == "":
		return answer{result: Acknowledged}
	}
	return answer{reply: reply, result: Replied}
}

func (h *handler) report(u bot.Update, a answer) {
	attributes := []any{"result", string(a.result), "kind", string(u.Kind)}
	if h.options.Pseudonym != nil {
		attributes = append(attributes, "person", h.options.Pseudonym(u.From))
	}
	if a.cause != "" {
		attributes = append(attributes, "cause", a.cause)
	}
	if a.stack != "" {
		attributes = append(attributes, "stack", a.stack)
	}
	h.options.Log.Error("callback answered with the sorry sentence", attributes...)
}

// types names the types of an error's chain, outermost first.
func types(err error) string {
	var names []string
	for ; err != nil; err = errors.Unwrap(err) {
		names = append(names, fmt.Sprintf("%T", err))
	}
	return strings.Join(names, " > ")
}
