package weixin

import (
	"context"
	"encoding/json"
	"net/url"
	"strings"
)

// MaxMedia is the largest recording that is fetched, in bytes: what the
// platform lets a person send.
const MaxMedia = 2 << 20

// MaxPicture is the largest picture that is fetched, in bytes.
const MaxPicture = 10 << 20

// Media fetches what people said and the pictures that they sent. The platform keeps it for three days.
type Media struct {
	api    caller
	tokens *Tokens
}

// NewMedia makes a fetcher that uses the given tokens, or tells that the base
// address of the API is not one.
func NewMedia(baseURL string, tokens *Tokens) (*Media, error) {
	api, err := newCaller(baseURL)
	if err != nil {
		return nil, err
	}
	return &Media{api, tokens}, nil
}

// Fetch returns the recording under an id, at most MaxMedia bytes, and its
// content type. A refused token is renewed and the call repeated once. Its
// error is a *CallError, Declined where the platform has no such recording, or
// the context's.
func (m *Media) Fetch(ctx context.Context, id string) (data []byte, contentType string, err error) {
	return m.fetch(ctx, id, MaxMedia, spoken)
}

// Picture returns the picture under an id, at most MaxPicture bytes. Its errors
// are those of Fetch.
func (m *Media) Picture(ctx context.Context, id string) ([]byte, error) {
	data, _, err := m.fetch(ctx, id, MaxPicture, pictured)
	return data, err
}

func (m *Media) fetch(ctx context.Context, id string, most int, wanted func(string) bool) (data []byte, contentType string, err error) {
	token, err := m.tokens.Token(ctx)
	if err != nil {
		return nil, "", err
	}
	data, contentType, refused, err := m.once(ctx, token, id, most, wanted)
	if err != nil || !refused {
		return data, contentType, err
	}
	if token, err = m.tokens.Renew(ctx, token); err != nil {
		return nil, "", err
	}
	data, contentType, refused, err = m.once(ctx, token, id, most, wanted)
	if refused {
		return nil, "", ErrTokenRefused
	}
	return data, contentType, err
}

func (m *Media) once(ctx context.Context, token, id string, most int, wanted func(string) bool) (data []byte, contentType string, refused bool, err error) {
	query := url.Values{"access_token": {token}, "media_id": {id}}
	data, contentType, err = m.api.get(ctx, callMedia, "/cgi-bin/media/get?"+query.Encode(), most)
	if err != nil || wanted(contentType) {
		return data, contentType, false, err
	}
	// Errors come as JSON under several content types.
	var answer struct {
		Code number `json:"errcode"`
	}
	if json.Unmarshal(data, &answer) != nil || answer.Code == 0 {
		return nil, "", false, &CallError{Call: callMedia, Kind: Garbled}
	}
	if outcomeOf(int(answer.Code)).Verdict == BadToken {
		return nil, "", true, nil
	}
	return nil, "", false, &CallError{Call: callMedia, Kind: Declined, Code: int(answer.Code)}
}

// pictured tells whether a content type is a picture's.
func pictured(contentType string) bool { return strings.HasPrefix(contentType, "image/") }

// spoken tells whether a content type is a recording's; the platform spells it
// in several ways.
func spoken(contentType string) bool {
	return strings.HasPrefix(contentType, "audio/") || strings.HasPrefix(contentType, "voice/") ||
		contentType == "application/octet-stream"
}
