package callback

import (
	"context"
	"net/http"
	"time"

	"github.com/xiangfeng/xiangfeng/bot/weixin"
	"github.com/xiangfeng/xiangfeng/domain/fault"
)

// Judge takes what the platform found in a picture. Its error is
// fault.NotFound for a picture that we did not ask about.
type Judge interface {
	Judge(ctx context.Context, v weixin.MediaVerdict) error
}

type miniHandler struct {
	handler  // for what is refused
	receiver *weixin.MiniReceiver
	judge    Judge
}

// NewMini makes the handler of the Mini Program's address, GET and POST. Of
// the options it takes Now, Deadline, Log, Metrics and Told.
func NewMini(receiver *weixin.MiniReceiver, judge Judge, options Options) http.Handler {
	return &miniHandler{handler{options: options.filled()}, receiver, judge}
}

func (h *miniHandler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	h.serve(w, r, h.receiver, h.receive)
}

// receive acknowledges what it has dealt with, and lets the platform push again
// what could not be kept.
func (h *miniHandler) receive(w http.ResponseWriter, r *http.Request) {
	arrived := time.Now() // a stopwatch: the product's clock may be moved
	body, err := read(w, r)
	if err != nil {
		h.refuse(w, err)
		return
	}
	push, err := h.receiver.Open(r.URL.Query(), body, h.options.Now())
	if err != nil {
		h.refuse(w, err)
		return
	}
	result := h.deal(r.Context(), push)
	h.options.Metrics.Answered("mini", result, time.Since(arrived))
	if result == Failed {
		w.Header().Set("Retry-After", "5")
		writePlain(w, http.StatusServiceUnavailable, string(Failed))
		return
	}
	writePlain(w, http.StatusOK, weixin.Acknowledged)
}

func (h *miniHandler) deal(ctx context.Context, push weixin.MiniPush) Result {
	if push.Verdict == nil {
		h.options.Told(push.Told)
		return Acknowledged
	}
	ctx, cancel := context.WithTimeout(ctx, h.options.Deadline)
	defer cancel()
	err := h.judge.Judge(ctx, *push.Verdict)
	switch {
	case fault.CodeOf(err) == fault.NotFound:
		h.options.Log.Warn("a verdict on a picture that was not asked about", "trace", push.Verdict.Trace)
	case err != nil:
		h.options.Log.Error("a verdict on a picture was not kept", "trace", push.Verdict.Trace, "cause", types(err))
		return Failed
	}
	return Acknowledged
}
