package weixin

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"net/url"
	"sync"

	"github.com/silenceper/wechat/v2/util"
)

// The SDK calls one address with one client of the whole process, without a
// time limit, and its errors quote the account's secret. So its client is ours:
// each call carries in its context where it goes and what became of it.
var through sync.Once

func sdkThroughUs() {
	util.DefaultHTTPClient = &http.Client{Transport: escort{}, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
}

// trip is one call of the SDK.
type trip struct {
	api   caller
	call  string
	token string // that the SDK gets to use
	err   error  // why there was no answer
}

type tripKey struct{}

func (t *trip) on(ctx context.Context) context.Context { return context.WithValue(ctx, tripKey{}, t) }

// outcome makes the rim's own error of the SDK's, with the code of the answer
// where its error does not hold it.
func (t *trip) outcome(err error, code int64) error {
	var answered *util.CommonError
	switch {
	case t.err != nil:
		return t.err
	case errors.As(err, &answered):
		code = answered.ErrCode
	case err != nil && code == 0:
		return &CallError{Call: t.call, Kind: Garbled}
	}
	return declined(t.call, code)
}

var errNoTrip = errors.New("weixin: a call of the SDK outside of the rim")

// escort is the SDK's way out.
type escort struct{}

// RoundTrip makes the call where its context says.
func (escort) RoundTrip(r *http.Request) (*http.Response, error) {
	t, ok := r.Context().Value(tripKey{}).(*trip)
	if !ok {
		return nil, errNoTrip
	}
	base, err := url.Parse(t.api.base)
	if err != nil {
		return nil, err
	}
	there := r.Clone(r.Context())
	there.URL.Scheme, there.URL.Host, there.Host = base.Scheme, base.Host, base.Host
	there.URL.Path = base.Path + r.URL.Path
	body, _, err := t.api.do(r.Context(), t.call, there, maxAnswer)
	if err != nil {
		t.err = err
		return nil, err
	}
	return &http.Response{
		StatusCode: http.StatusOK, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1, Header: http.Header{},
		Body: io.NopCloser(bytes.NewReader(body)), ContentLength: int64(len(body)), Request: r,
	}, nil
}

// lent hands the SDK the token that the call carries.
type lent struct{}

// GetAccessToken is of calls without a context, which are not made.
func (lent) GetAccessToken() (string, error) { return "", errNoTrip }

// GetAccessTokenContext returns the call's token.
func (lent) GetAccessTokenContext(ctx context.Context) (string, error) {
	t, ok := ctx.Value(tripKey{}).(*trip)
	if !ok {
		return "", errNoTrip
	}
	return url.QueryEscape(t.token), nil
}
