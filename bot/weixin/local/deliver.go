package local

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"sync"
	"time"
)

// maxReply is the most that is read of an answer, in bytes; a longer one is refused.
const maxReply = 64 << 10

// Attempt is one request of a push and what came back.
type Attempt struct {
	Request Request
	At      time.Time
	Took    time.Duration
	Status  int    // 0 when there was no answer
	Body    []byte // of the answer
	Err     error  // why there was no answer: refused, reset, cut
}

// Exchange is a push from its first attempt to the platform's verdict.
type Exchange struct {
	Packet   Packet
	Attempts []Attempt
	Answer   Answer
}

// pushClient is the given client, or one of its own, that follows no redirect.
func pushClient(given *http.Client) *http.Client {
	client := &http.Client{Transport: &http.Transport{DisableCompression: true, MaxIdleConnsPerHost: 64}}
	if given != nil {
		copied := *given
		client = &copied
	}
	client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return client
}

// Deliver pushes a packet to the account and shows the person what the platform makes of the answer. An attempt without
// an answer is repeated; any complete answer, even an invalid one, is final. The error is ctx's.
func (w *WeChat) Deliver(ctx context.Context, p Packet) (Exchange, error) {
	all, err := w.DeliverTo(ctx, p, w.receiver(p).callbackURL)
	return all[0], err
}

// DeliverTo pushes one packet to several callbacks at the same time, as if it were delivered twice. The person is shown
// the first reply in the order of the addresses. The error is ctx's.
func (w *WeChat) DeliverTo(ctx context.Context, p Packet, callbacks ...string) ([]Exchange, error) {
	all := make([]Exchange, len(callbacks))
	var running sync.WaitGroup
	for i, address := range callbacks {
		running.Go(func() { all[i] = w.push(ctx, p, address) })
	}
	running.Wait()
	if err := ctx.Err(); err != nil {
		return all, err
	}
	w.show(p.OpenID, all)
	return all, nil
}

// push makes the attempts: the packet stays the same, timestamp, nonce and encryption are new each time.
func (w *WeChat) push(ctx context.Context, p Packet, address string) Exchange {
	x := Exchange{Packet: p}
	for range w.cfg.Attempts {
		craft := w.receiver(p).craft(p.OpenID, p.Plain, w.cfg.Now())
		craft.URL = address
		attempt := w.post(ctx, craft.mustRequest())
		x.Attempts = append(x.Attempts, attempt)
		x.Answer = w.receiver(p).judgeAttempt(p.OpenID, attempt)
		w.recordPush(string(p.Kind), p.Plain, attempt, x.Answer)
		if attempt.Status != 0 || ctx.Err() != nil {
			return x
		}
	}
	x.Answer.Why = fmt.Sprintf("no answer after %d attempts: %s", len(x.Attempts), x.Answer.Why)
	return x
}

func (a *app) judgeAttempt(openid string, got Attempt) Answer {
	if got.Err != nil {
		return Answer{Verdict: Failed, Why: got.Err.Error()}
	}
	return a.judge(openid, got.Status, got.Body)
}

// receiver is the account a packet goes to.
func (w *WeChat) receiver(p Packet) *app {
	if p.toMini {
		return w.mini
	}
	return w.oa
}

// Post sends any bytes to the callback, once, and neither judges the answer nor shows it to anybody.
func (w *WeChat) Post(ctx context.Context, r Request) Attempt {
	attempt := w.post(ctx, r)
	w.recordPush("raw", nil, attempt, Answer{})
	return attempt
}

func (w *WeChat) post(ctx context.Context, r Request) Attempt {
	start := time.Now()
	attempt := Attempt{Request: r, At: w.cfg.Now()}
	ctx, cancel := context.WithTimeoutCause(ctx, w.cfg.Cut, fmt.Errorf("cut after %v", w.cfg.Cut))
	defer cancel()
	attempt.Status, attempt.Body, attempt.Err = w.exchange(ctx, r)
	attempt.Took = time.Since(start)
	return attempt
}

// exchange returns status 0 and an error unless the whole answer arrived.
func (w *WeChat) exchange(ctx context.Context, r Request) (int, []byte, error) {
	request, err := http.NewRequestWithContext(ctx, r.Method, r.URL, bytes.NewReader(r.Body))
	if err != nil {
		return 0, nil, err
	}
	request.Header.Set("User-Agent", "Mozilla/4.0")
	request.Header.Set("Accept", "*/*")
	request.Header.Set("Pragma", "no-cache")
	if r.ContentType != "" {
		request.Header.Set("Content-Type", r.ContentType)
	}
	answer, err := w.client.Do(request)
	if err != nil {
		if wrapped := (*url.Error)(nil); errors.As(err, &wrapped) {
			err = wrapped.Err // the address stands in the attempt already
		}
		return 0, nil, err
	}
	defer func() { _ = answer.Body.Close() }()
	body, err := io.ReadAll(io.LimitReader(answer.Body, maxReply+1))
	if err != nil {
		return 0, nil, fmt.Errorf("the answer broke off: %w", err)
	}
	return answer.StatusCode, body, nil
}

// show puts the outcome into the chat: the first reply, else a failure notice if there was a failure. Who does not
// follow, or does not any more, sees nothing, and nobody sees the answer to a notice.
func (w *WeChat) show(openid string, all []Exchange) {
	if all[0].Packet.silent {
		return
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	p := w.people[openid]
	if p == nil || !p.Following {
		return
	}
	line := Line{}
	for _, x := range all {
		switch {
		case x.Answer.Verdict == Replied:
			w.note(p, Line{By: Reply, Kind: x.Answer.Kind, Text: x.Answer.Text})
			return
		case x.Answer.Verdict == Failed:
			line = Line{By: Platform, Kind: Text, Text: FailureNotice}
		}
	}
	if line.By != "" {
		w.note(p, line)
	}
}

func (w *WeChat) recordPush(kind string, plain []byte, a Attempt, answer Answer) {
	note := answer.Why
	if a.Err != nil {
		note = a.Err.Error()
	}
	w.record(Trace{
		Took: a.Took, Direction: Push, Kind: kind, Method: a.Request.Method, URL: a.Request.URL, Status: a.Status,
		Request: string(a.Request.Body), Response: string(a.Body),
		PlainRequest: string(plain), PlainResponse: string(answer.Plain), Note: note,
	})
}

// Verify makes the check the console makes when the callback's address is saved: a signed GET whose echostr must
// come back as it is.
func (w *WeChat) Verify(ctx context.Context) error {
	craft := w.Craft("", nil)
	craft.Mode = Plain
	echo := randomText(19, digits[1:])
	attempt := w.Post(ctx, Request{Method: http.MethodGet, URL: craft.mustRequest().URL + "&echostr=" + echo})
	switch {
	case attempt.Err != nil:
		return fmt.Errorf("local WeChat: callback: %w", attempt.Err)
	case attempt.Status != http.StatusOK:
		return fmt.Errorf("local WeChat: callback: HTTP status %d, want 200", attempt.Status)
	case string(attempt.Body) != echo:
		return errors.New("local WeChat: callback: the answer is not the echostr")
	}
	return nil
}
