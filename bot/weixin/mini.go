package weixin

import (
	"context"
	"errors"
	"net/url"
	"strings"
	"unicode/utf8"

	"github.com/silenceper/wechat/v2/miniprogram/auth"
	"github.com/silenceper/wechat/v2/miniprogram/config"
	minicontext "github.com/silenceper/wechat/v2/miniprogram/context"
	"github.com/silenceper/wechat/v2/miniprogram/security"
)

// The Mini Program's calls, as errors name them.
const (
	callLogin      = "code2session"
	callPhone      = "phone_number"
	callCheckMedia = "media_check"
	callCheckText  = "text_check"
)

// MiniConfig is what it takes to call the platform for the Mini Program.
type MiniConfig struct {
	AppID, Secret string
	BaseURL       string  // api_base_url, without a path
	Tokens        *Tokens // of the Mini Program, not of the official account
}

// Mini calls the platform for the Mini Program. It is safe for concurrent use.
type Mini struct {
	api    caller
	tokens *Tokens
	login  *auth.Auth
	checks *security.Security
}

// NewMini makes the caller, or tells what is wrong with the configuration.
func NewMini(c MiniConfig) (*Mini, error) {
	api, err := newCaller(c.BaseURL)
	if c.AppID == "" || c.Secret == "" || c.Tokens == nil {
		err = errors.Join(errors.New("app_id、secret：不能为空"), err)
	}
	if err != nil {
		return nil, err
	}
	through.Do(sdkThroughUs)
	sdk := &minicontext.Context{Config: &config.Config{AppID: c.AppID, AppSecret: c.Secret}, AccessTokenContextHandle: lent{}}
	return &Mini{api: api, tokens: c.Tokens, login: auth.NewAuth(sdk), checks: security.NewSecurity(sdk)}, nil
}

// What is wrong with a code that a phone handed over.
var (
	// ErrBadCode says that the platform does not know the code, that it is over
	// or was used: the phone has to get another one.
	ErrBadCode = errors.New("weixin: the code is unknown, over or used")
	// ErrBlocked says that the platform does not let this person log in.
	ErrBlocked = errors.New("weixin: the platform blocks this person")
)

// MiniSession is who logged in. The session key, which could read what the
// platform encrypts for this person, is forgotten at once.
type MiniSession struct {
	OpenID  string // at the Mini Program
	UnionID string // empty where the accounts belong to no open platform account
}

// Login exchanges a code of wx.login, once. Its error is ErrBadCode, ErrBlocked
// or a *CallError.
func (m *Mini) Login(ctx context.Context, code string) (MiniSession, error) {
	if !isCode(code) {
		return MiniSession{}, ErrBadCode
	}
	t := &trip{api: m.api, call: callLogin}
	answer, err := m.login.Code2SessionContext(t.on(ctx), code)
	if err := t.outcome(err, answer.ErrCode); err != nil {
		return MiniSession{}, aboutCode(err)
	}
	if !isID(answer.OpenID) || answer.UnionID != "" && !isID(answer.UnionID) {
		return MiniSession{}, &CallError{Call: callLogin, Kind: Garbled}
	}
	return MiniSession{answer.OpenID, answer.UnionID}, nil
}

// PhoneNumber exchanges a code of the phone number button, once, and returns
// the number that WeChat knows of the person: eleven digits, or one of another
// country with its prefix. Its error is ErrBadCode or a *CallError, Declined with
// 1400001 where the account has no calls left.
func (m *Mini) PhoneNumber(ctx context.Context, code string) (string, error) {
	if !isCode(code) {
		return "", ErrBadCode
	}
	var answer struct {
		Code  number `json:"errcode"`
		Phone struct {
			Whole   string  `json:"phoneNumber"`
			Pure    string  `json:"purePhoneNumber"`
			Country *number `json:"countryCode"` // the SDK takes a string only
		} `json:"phone_info"`
	}
	err := m.tokens.lend(ctx, func(ctx context.Context, token string) error {
		answer.Code = 0
		question := map[string]string{"code": code}
		if err := m.api.post(ctx, callPhone, "/wxa/business/getuserphonenumber?access_token="+url.QueryEscape(token), question, &answer); err != nil {
			return err
		}
		return declined(callPhone, int64(answer.Code))
	})
	if err != nil {
		return "", aboutCode(err)
	}
	phone := answer.Phone.Whole
	if answer.Phone.Country != nil && *answer.Phone.Country == 86 {
		phone = answer.Phone.Pure
	}
	if strings.Trim(phone, "+0123456789-") != "" || phone == "" {
		return "", &CallError{Call: callPhone, Kind: Garbled}
	}
	return phone, nil
}

// scene is what the platform is told about where words and pictures are shown:
// 3, a forum.
const scene = 3

// CheckMedia asks the platform to look at the picture under an address that it
// can fetch, handed in by somebody who used the Mini Program within two hours.
// It returns the number under which the verdict is pushed later, within half
// an hour. Its error is a *CallError, Declined with 61010 for who did not use it.
func (m *Mini) CheckMedia(ctx context.Context, openid, address string) (trace string, err error) {
	err = m.tokens.lend(ctx, func(ctx context.Context, token string) error {
		t := &trip{api: m.api, call: callCheckMedia, token: token}
		trace, err = m.checks.MediaCheckAsyncContext(t.on(ctx), &security.MediaCheckAsyncRequest{
			MediaURL: address, MediaType: 2, OpenID: openid, Scene: scene,
		})
		return t.outcome(err, 0)
	})
	if err == nil && !isID(trace) {
		err = &CallError{Call: callCheckMedia, Kind: Garbled}
	}
	return trace, err
}

// Suggest is what the platform thinks of words or of a picture.
type Suggest string

// What the platform suggests. Whatever it does not say is Review.
const (
	Pass   Suggest = "pass"
	Review Suggest = "review" // a person has to look
	Risky  Suggest = "risky"
)

// maxChecked is how many characters the platform checks at once.
const maxChecked = 2500

// CheckText asks what the platform thinks of words of somebody who used the
// Mini Program within two hours; more than 2,500 characters are for a person
// to look at. Its error is a *CallError, Declined with 61010 for who did not use it.
func (m *Mini) CheckText(ctx context.Context, openid, words string) (Suggest, error) {
	if utf8.RuneCountInString(words) > maxChecked {
		return Review, nil
	}
	var answer security.MsgCheckResponse
	err := m.tokens.lend(ctx, func(ctx context.Context, token string) (err error) {
		t := &trip{api: m.api, call: callCheckText, token: token}
		answer, err = m.checks.MsgCheckContext(t.on(ctx), &security.MsgCheckRequest{OpenID: openid, Scene: scene, Content: words})
		return t.outcome(err, answer.ErrCode)
	})
	if err != nil {
		return Review, err
	}
	return suggested(string(answer.Result.Suggest)), nil
}

func suggested(word string) Suggest {
	switch s := Suggest(word); s {
	case Pass, Risky:
		return s
	}
	return Review
}

func declined(call string, code int64) error {
	if code == 0 {
		return nil
	}
	return &CallError{Call: call, Kind: Declined, Code: int(code)}
}

// aboutCode tells apart what is wrong with the phone's code.
func aboutCode(err error) error {
	var failed *CallError
	if !errors.As(err, &failed) || failed.Kind != Declined {
		return err
	}
	switch failed.Code {
	case 40029, 40163, 41008:
		return ErrBadCode
	case 40226:
		return ErrBlocked
	}
	return err
}

// isCode keeps out what would change the address that the SDK builds with it.
func isCode(code string) bool {
	for i := range len(code) {
		c := code[i]
		letter := c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9'
		if !letter && strings.IndexByte("-_.~", c) < 0 {
			return false
		}
	}
	return code != "" && len(code) <= maxID
}
