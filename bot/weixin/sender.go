package weixin

import (
	"context"
	"net/url"
	"strings"
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
	sent, err := s.call(ctx, callSend, "/cgi-bin/message/custom/send", message)
	return sent.Outcome, err
}

// Letter is a message that is made from a template.
type Letter struct {
	To       string // an openid at the account that sends it
	Template string
	// Fields are the template's, by their names.
	Fields map[string]string
	// Number is the sender's own: of template messages to one person with one
	// number the platform sends only one within ten minutes. Empty for none.
	Number string
	// Page is the page of the Mini Program with the appid that a tap leads to;
	// without an appid it is the sender's own, and without a page it leads nowhere.
	App, Page string
}

// letterBody is a letter as all three calls take it.
type letterBody struct {
	ToUser      string                `json:"touser"`
	Template    string                `json:"template_id"`
	Page        string                `json:"page,omitempty"`
	MiniProgram *letterPage           `json:"miniprogram,omitempty"`
	Number      string                `json:"client_msg_id,omitempty"`
	Data        map[string]letterText `json:"data"`
}

type letterPage struct {
	AppID string `json:"appid"`
	Page  string `json:"pagepath"`
}

type letterText struct {
	Value string `json:"value"`
}

func (l Letter) body() letterBody {
	b := letterBody{ToUser: l.To, Template: l.Template, Data: map[string]letterText{}}
	for name, value := range l.Fields {
		b.Data[name] = letterText{legal(value)}
	}
	switch {
	case l.Page != "" && l.App != "":
		b.MiniProgram = &letterPage{l.App, l.Page}
	case l.Page != "":
		b.Page = l.Page
	}
	return b
}

// SendTemplate sends a template message (模板消息) to a follower. Errors are
// SendText's. That it was Accepted does not mean that it arrives: an event with
// Sent's Message tells that later.
func (s *Sender) SendTemplate(ctx context.Context, l Letter) (Sent, error) {
	body := l.body()
	body.Number = l.Number
	return s.call(ctx, callTemplate, "/cgi-bin/message/template/send", body)
}

// SendSubscribed sends a message (订阅通知) of the official account to who agreed
// to it. Errors are SendText's; the platform gives it no number.
func (s *Sender) SendSubscribed(ctx context.Context, l Letter) (Sent, error) {
	return s.call(ctx, callSubscribe, "/cgi-bin/message/subscribe/bizsend", l.body())
}

// SendMini sends a message (订阅消息) of the Mini Program to who agreed to it; the
// sender's tokens are the Mini Program's. Errors are SendText's.
func (s *Sender) SendMini(ctx context.Context, l Letter) (Sent, error) {
	l.App = ""
	return s.call(ctx, callSubscribe, "/cgi-bin/message/subscribe/send", l.body())
}

// call posts body to an API that answers with an error code, and the number of
// the message where there is one. A refused token is renewed and the call
// repeated once.
func (s *Sender) call(ctx context.Context, call, path string, body any) (Sent, error) {
	token, err := s.tokens.Token(ctx)
	if err != nil {
		return Sent{}, err
	}
	outcome, err := s.once(ctx, call, path, token, body)
	if err != nil || outcome.Verdict != BadToken {
		return outcome, err
	}
	token, err = s.tokens.Renew(ctx, token)
	if err != nil {
		return Sent{}, err
	}
	return s.once(ctx, call, path, token, body)
}

func (s *Sender) once(ctx context.Context, call, path, token string, body any) (Sent, error) {
	var answer struct {
		Code    *number    `json:"errcode"`
		Message messageRef `json:"msgid"`
	}
	if err := s.api.post(ctx, call, path+"?access_token="+url.QueryEscape(token), body, &answer); err != nil {
		return Sent{}, err
	}
	if answer.Code == nil {
		return Sent{}, &CallError{Call: call, Kind: Garbled}
	}
	return Sent{outcomeOf(int(*answer.Code)), string(answer.Message)}, nil
}

// messageRef is the platform's number of a message, which it writes as a number
// or as a string. One that is neither is none: the message was taken all the same.
type messageRef string

// UnmarshalJSON keeps what may be a number.
func (m *messageRef) UnmarshalJSON(text []byte) error {
	if id := strings.Trim(string(text), `"`); id != "null" && isID(id) {
		*m = messageRef(id)
	}
	return nil
}
