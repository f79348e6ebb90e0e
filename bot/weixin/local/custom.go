package local

import (
	"bytes"
	"encoding/json"
	"strings"
	"time"
	"unicode/utf8"
)

// maxText is the longest text message, in bytes of UTF-8.
const maxText = 2048

// opening is what a person did that lets the account send customer-service messages.
type opening int

const (
	byMessage opening = iota
	byMenu
	byFollow
	byScan
)

// allowances are the platform's rules since 2023-06: how many messages within how long.
var allowances = map[opening]struct {
	sends  int
	within time.Duration
}{
	byMessage: {5, 48 * time.Hour},
	byMenu:    {3, time.Minute},
	byFollow:  {3, time.Minute},
	byScan:    {3, time.Minute},
}

// window is one allowance in use. A new act of the same kind replaces it; kinds stand side by side.
type window struct {
	ends time.Time
	left int
}

func (p *person) open(o opening, now time.Time) {
	a := allowances[o]
	p.windows[o] = &window{now.Add(a.within), a.sends}
}

// spend uses up one send of the window that ends first and returns 0, 45015 when none is open, 45047 when all that
// are open are used up.
func (p *person) spend(now time.Time) int {
	var best *window
	code := 45015
	for _, win := range p.windows {
		if !now.Before(win.ends) {
			continue
		}
		code = 45047
		if win.left > 0 && (best == nil || win.ends.Before(best.ends)) {
			best = win
		}
	}
	if best == nil {
		return code
	}
	best.left--
	return 0
}

// customSend is POST /cgi-bin/message/custom/send for text.
func (w *WeChat) customSend(c call) any {
	var in struct {
		ToUser  string `json:"touser"`
		MsgType string `json:"msgtype"`
		Text    struct {
			Content string `json:"content"`
		} `json:"text"`
	}
	if !utf8.Valid(c.body) || json.Unmarshal(keepEscapes(c.body), &in) != nil {
		return apiError(c.now, 47001)
	}
	if code := w.deliverCustom(in.ToUser, in.MsgType, in.Text.Content, c.now); code != 0 {
		return apiError(c.now, code)
	}
	return errorBody{0, "ok"}
}

func (w *WeChat) deliverCustom(openid, kind, content string, now time.Time) int {
	p := w.people[openid]
	switch {
	case p == nil:
		return 40003
	case kind != string(Text):
		return 40008
	case strings.TrimSpace(content) == "":
		return 44004
	case len(content) > maxText:
		return 45002
	case !p.Following:
		return 43004
	}
	if code := p.spend(now); code != 0 {
		return code
	}
	w.note(p, Line{By: Service, Kind: Text, Text: content})
	return 0
}

// keepEscapes makes \uXXXX arrive as these six characters: the platform does not decode them in what people read, which
// is why every SDK sends < and 汉字 unescaped.
func keepEscapes(body []byte) []byte {
	var out bytes.Buffer
	for i := 0; i < len(body); i++ {
		if body[i] != '\\' || i+1 == len(body) {
			out.WriteByte(body[i])
			continue
		}
		if body[i+1] == 'u' {
			out.WriteByte('\\')
		}
		out.Write(body[i : i+2])
		i++
	}
	return out.Bytes()
}
