package weixin

import (
	"context"
	"encoding/json"
	"errors"
	"net/url"
	"strings"
)

const callUserInfo = "user_info"

// ErrNoFollower says that the account has no such follower. Of nobody else the
// platform tells anything.
var ErrNoFollower = errors.New("weixin: the account has no such follower")

// Followers tells who follows the official account.
type Followers struct {
	api    caller
	tokens *Tokens
}

// NewFollowers makes a caller that uses the official account's tokens, or tells
// that the base address of the API is not one.
func NewFollowers(baseURL string, tokens *Tokens) (*Followers, error) {
	api, err := newCaller(baseURL)
	if err != nil {
		return nil, err
	}
	return &Followers{api, tokens}, nil
}

// userInfo is what is read of the answer; names and pictures it holds no more.
type userInfo struct {
	Code    number  `json:"errcode"`
	Follows *number `json:"subscribe"`
	UnionID string  `json:"unionid"`
}

// UnionID returns the unionid of a follower, empty where the official account
// belongs to no open platform account. Its error is ErrNoFollower, a *CallError,
// ErrTokenRefused or the context's.
func (f *Followers) UnionID(ctx context.Context, openid string) (string, error) {
	var answer userInfo
	err := f.tokens.lend(ctx, func(ctx context.Context, token string) (err error) {
		answer, err = f.once(ctx, token, openid)
		return err
	})
	var failed *CallError
	switch {
	case errors.As(err, &failed) && failed.Kind == Declined && outcomeOf(failed.Code).Verdict == BadOpenID:
		return "", ErrNoFollower
	case err != nil:
		return "", err
	case *answer.Follows == 0:
		return "", ErrNoFollower
	}
	union := strings.TrimSpace(answer.UnionID) // one stands with a space in the platform's own example
	if union != "" && !isID(union) {
		return "", &CallError{Call: callUserInfo, Kind: Garbled}
	}
	return union, nil
}

func (f *Followers) once(ctx context.Context, token, openid string) (userInfo, error) {
	query := url.Values{"access_token": {token}, "openid": {openid}}
	text, _, err := f.api.get(ctx, callUserInfo, "/cgi-bin/user/info?"+query.Encode(), maxAnswer)
	if err != nil {
		return userInfo{}, err
	}
	var answer userInfo
	if json.Unmarshal(text, &answer) != nil || answer.Code == 0 && answer.Follows == nil {
		return userInfo{}, &CallError{Call: callUserInfo, Kind: Garbled}
	}
	return answer, declined(callUserInfo, int64(answer.Code))
}
