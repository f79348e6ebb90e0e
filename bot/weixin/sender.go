package weixin

import (
	"context"
	"net/url"
)

// Sender pushes messages to people of the official account.
type Sender struct {
	api    caller
	tokens *Tokens
}

// NewSender makes a sender that uses the given tokens, or tells that the base
// address of the API is not one.
func NewSender(baseURL string, tokens *Tokens) (*Sender, error) {
	api, err := newCaller(baseURL)
	if err != nil {
		return nil, err
	}
	return &Sender{api, tokens}, nil
}

// customText is a customer-service message of type text.
type customText struct {
	ToUser  string `json:"touser"`
	MsgType string `json:"msgtype"`
	Text    struct {
		Content string `json:"content"`
	} `json:"text"`
}

// SendText sends a customer-service text, cut at MaxText bytes. Whatever the
// platform decided is an Outcome; without its decision there is an error, and
// only a *CallError that is InDoubt leaves open whether the message went out.
// A refused token is renewed and the send repeated once.
func (s *Sender) SendText(ctx context.Context, openid, text string) (Outcome, error) {
	message := customText{ToUser: openid, MsgType: "text"}
	message.Text.Content = fit(text)
	return s.call(ctx, callSend, "/cgi-bin/message/custom/send", message)
}

// call posts body to an API that answers with an error code alone. A refused
// token is renewed and the call repeated once.
func (s *Sender) call(ctx context.Context, call, path string, body any) (Outcome, error) {
	token, err := s.tokens.Token(ctx)
	if err != nil {
		return Outcome{}, err
	}
	outcome, err := s.once(ctx, call, path, token, body)
	if err != nil || outcome.Verdict != BadToken {
		return outcome, err
	}
	token, err = s.tokens.Renew(ctx, token)
	if err != nil {
		return Outcome{}, err
	}
	return s.once(ctx, call, path, token, body)
}

func (s *Sender) once(ctx context.Context, call, path, token string, body any) (Outcome, error) {
	var answer struct {
		Code *number `json:"errcode"`
	}
	if err := s.api.post(ctx, call, path+"?access_token="+url.QueryEscape(token), body, &answer); err != nil {
		return Outcome{}, err
	}
	if answer.Code == nil {
		return Outcome{}, &CallError{Call: call, Kind: Garbled}
	}
	return outcomeOf(int(*answer.Code)), nil
}
