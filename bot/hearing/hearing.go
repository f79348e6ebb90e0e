// Package hearing asks a speech engine over HTTP what is said in a recording:
// a cloud's interface or a process of one's own. The engine gets the recording
// as the body of a POST, with its content type, and answers {"text": "…"}.
package hearing

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"
	"unicode"
)

const (
	connectTime = 2 * time.Second
	listenTime  = 15 * time.Second
	maxAnswer   = 64 << 10
	maxWords    = 2048 // of a message, in bytes
)

// Failure is why the engine gave no words. Its text holds neither address nor
// token nor anything said.
type Failure string

// The failures.
const (
	Unreachable Failure = "unreachable" // no connection
	TimedOut    Failure = "timed_out"   // no answer within 15 seconds, or the caller gave up
	Broken      Failure = "broken"      // the connection ended before the answer
	BadStatus   Failure = "bad_status"  // an HTTP status other than 200, redirects included
	Oversized   Failure = "oversized"   // more than 64 KiB
	Garbled     Failure = "garbled"     // not the JSON that is documented
)

// Error names the failure.
func (f Failure) Error() string { return "hearing: " + string(f) }

// Engine is a speech engine. It is safe for concurrent use.
type Engine struct {
	url, token string
	client     *http.Client
}

// New makes an engine that is asked at an address; a token that is not empty
// is sent along as a bearer token. The error tells that the address is none.
func New(address, token string) (*Engine, error) {
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Host == "" {
		return nil, errors.New("voice.url：须为 http 或 https 地址")
	}
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.DialContext = (&net.Dialer{Timeout: connectTime}).DialContext
	// A redirect would carry what somebody said to another host.
	stay := func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return &Engine{address, token, &http.Client{Transport: transport, Timeout: listenTime, CheckRedirect: stay}}, nil
}

// Transcribe returns the words of a recording, trimmed, on one line and of at
// most 2,048 bytes; "" where nothing was understood. Its error is a Failure.
func (e *Engine) Transcribe(ctx context.Context, recording []byte, contentType string) (string, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, e.url, bytes.NewReader(recording))
	if err != nil {
		return "", Unreachable
	}
	request.Header.Set("Content-Type", contentType)
	request.Header.Set("Accept", "application/json")
	if e.token != "" {
		request.Header.Set("Authorization", "Bearer "+e.token)
	}
	response, err := e.client.Do(request)
	if err != nil {
		return "", failure(ctx, err)
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return "", BadStatus
	}
	body, err := io.ReadAll(io.LimitReader(response.Body, maxAnswer+1))
	switch {
	case err != nil:
		return "", failure(ctx, err)
	case len(body) > maxAnswer:
		return "", Oversized
	}
	var answer struct {
		Text *string `json:"text"`
	}
	if json.Unmarshal(body, &answer) != nil || answer.Text == nil {
		return "", Garbled
	}
	return clean(*answer.Text), nil
}

// clean puts words on one line and cuts them where no message could be longer.
func clean(text string) string {
	text = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return ' '
		}
		return r
	}, text)
	text = strings.Join(strings.Fields(text), " ")
	if len(text) > maxWords {
		text = strings.ToValidUTF8(text[:maxWords], "")
	}
	return text
}

// failure finds out what ended a call and forgets the transport's error, which
// holds the address.
func failure(ctx context.Context, err error) Failure {
	var op *net.OpError
	var timeout net.Error
	switch {
	case errors.As(err, &op) && op.Op == "dial":
		return Unreachable
	case ctx.Err() != nil, errors.As(err, &timeout) && timeout.Timeout():
		return TimedOut
	}
	return Broken
}
