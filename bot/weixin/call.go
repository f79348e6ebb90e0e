package weixin

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
)

const (
	connectTime = 2 * time.Second
	callTime    = 5 * time.Second
	maxAnswer   = 64 << 10
)

// The calls, as errors name them.
const (
	callToken = "stable_token"
	callSend  = "custom_send"
	callMedia = "media_get"

	callTemplate  = "template_send"
	callSubscribe = "subscribe_send"
)

// Failure is the kind of a call that got no usable answer.
type Failure string

// The kinds of failed calls.
const (
	Unreachable Failure = "unreachable" // no connection: nothing was sent
	TimedOut    Failure = "timed_out"   // no answer within five seconds, or the caller gave up
	Broken      Failure = "broken"      // the connection ended before the answer
	BadStatus   Failure = "bad_status"  // an HTTP status other than 200, redirects included
	Oversized   Failure = "oversized"   // more than 64 KiB, or than MaxMedia of a recording
	Garbled     Failure = "garbled"     // not the JSON that is documented
	Declined    Failure = "declined"    // a call that asks for something answered with an error code
)

// CallError is a call of the platform's API that gave no usable answer. Its
// text names neither address nor token: the transport's own errors do.
type CallError struct {
	Call   string // callToken, callSend and their like
	Kind   Failure
	Status int // of HTTP, for BadStatus
	Code   int // the platform's, for Declined

	gaveUp error // the context's error, if that ended the call
}

func (e *CallError) Error() string {
	text := "weixin: " + e.Call + ": " + string(e.Kind)
	switch e.Kind {
	case BadStatus:
		text += " " + strconv.Itoa(e.Status)
	case Declined:
		text += " " + strconv.Itoa(e.Code)
	}
	return text
}

// Unwrap gives the context's error when that ended the call.
func (e *CallError) Unwrap() error { return e.gaveUp }

// InDoubt tells whether a message may have gone out all the same. Then it must
// not be sent again blindly.
func (e *CallError) InDoubt() bool {
	switch e.Call {
	case callSend, callMenu, callTemplate, callSubscribe:
		return e.Kind != Unreachable
	}
	return false
}

// Passing tells whether the same call may succeed later.
func (e *CallError) Passing() bool {
	if e.Kind != Declined {
		return true
	}
	switch outcomeOf(e.Code).Verdict {
	case Busy, SlowDown, BadToken:
		return true
	}
	return false
}

// caller talks to the platform's API.
type caller struct {
	base   string
	client *http.Client
}

func newCaller(base string) (caller, error) {
	u, err := url.Parse(base)
	if err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Host == "" || u.User != nil || u.RawQuery != "" {
		return caller{}, errors.New("api_base_url：须为 http 或 https 地址")
	}
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.DialContext = (&net.Dialer{Timeout: connectTime}).DialContext
	transport.MaxIdleConnsPerHost = 32
	// A redirect would carry the token to another host.
	stay := func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	client := &http.Client{Transport: transport, Timeout: callTime, CheckRedirect: stay}
	return caller{strings.TrimRight(base, "/"), client}, nil
}

// post sends body as JSON and reads the answer into answer. Its error is a
// *CallError.
func (c caller) post(ctx context.Context, call, path string, body, answer any) error {
	request, err := c.request(ctx, path, body)
	if err != nil {
		return &CallError{Call: call, Kind: Unreachable}
	}
	text, _, err := c.do(ctx, call, request, maxAnswer)
	if err != nil {
		return err
	}
	if json.Unmarshal(text, answer) != nil {
		return &CallError{Call: call, Kind: Garbled}
	}
	return nil
}

// get reads what stands under a path, at most limit bytes, and its content
// type without parameters. Its error is a *CallError.
func (c caller) get(ctx context.Context, call, path string, limit int) (body []byte, contentType string, err error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, c.base+path, http.NoBody)
	if err != nil {
		return nil, "", &CallError{Call: call, Kind: Unreachable}
	}
	return c.do(ctx, call, request, limit)
}

func (c caller) do(ctx context.Context, call string, request *http.Request, limit int) (body []byte, contentType string, err error) {
	response, err := c.client.Do(request)
	if err != nil {
		return nil, "", failure(ctx, call, err)
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return nil, "", &CallError{Call: call, Kind: BadStatus, Status: response.StatusCode}
	}
	body, err = io.ReadAll(io.LimitReader(response.Body, int64(limit)+1))
	switch {
	case err != nil:
		return nil, "", failure(ctx, call, err)
	case len(body) > limit:
		return nil, "", &CallError{Call: call, Kind: Oversized}
	}
	contentType, _, _ = strings.Cut(response.Header.Get("Content-Type"), ";")
	return body, strings.ToLower(strings.TrimSpace(contentType)), nil
}

func (c caller) request(ctx context.Context, path string, body any) (*http.Request, error) {
	var text bytes.Buffer
	encoder := json.NewEncoder(&text)
	encoder.SetEscapeHTML(false) // the platform shows \u003c as it stands in some places
	if err := encoder.Encode(body); err != nil {
		return nil, err
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, c.base+path, &text)
	if err != nil {
		return nil, err
	}
	request.Header.Set("Content-Type", "application/json; charset=utf-8")
	return request, nil
}

// failure finds out what ended a call and forgets the transport's error.
func failure(ctx context.Context, call string, err error) *CallError {
	e := &CallError{Call: call, Kind: Broken, gaveUp: ctx.Err()}
	var op *net.OpError
	var timeout net.Error
	switch {
	case errors.As(err, &op) && op.Op == "dial":
		e.Kind = Unreachable
	case e.gaveUp != nil, errors.As(err, &timeout) && timeout.Timeout():
		e.Kind = TimedOut
	}
	return e
}

// number is one that the platform writes as a number or as a string.
type number int

// UnmarshalJSON reads both spellings.
func (n *number) UnmarshalJSON(text []byte) error {
	value, err := strconv.Atoi(strings.Trim(string(text), `"`))
	if err != nil {
		return strconv.ErrSyntax
	}
	*n = number(value)
	return nil
}
