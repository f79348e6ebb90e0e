package local

import (
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Channel is a way to reach a person unasked. Each has templates of its own.
type Channel string

// A Notification is a template message to a follower; a Subscription is sent by the official account to who asked for
// it, a MiniSubscription by the Mini Program.
const (
	Notification     Channel = "template"
	Subscription     Channel = "subscription"
	MiniSubscription Channel = "mini"
)

// Template is the form of a message that the console has approved.
type Template struct {
	ID       string // 43 letters, digits, - or _
	Channel  Channel
	Title    string
	Fields   []Field
	LongTerm bool // of a subscription: one consent is for all messages
}

// Field is a field of a template.
type Field struct {
	Name   string   // its type and a number, such as thing1
	Label  string   // what people read beside the value
	Values []string // of const and enum: the approved values
}

var (
	templateForm = regexp.MustCompile(`^[0-9A-Za-z_-]{43}$`)
	fieldForm    = regexp.MustCompile(`^([a-z_]+?)[0-9]+$`)
)

// TemplateID derives a well-formed template id from any name, always the same one.
func (w *WeChat) TemplateID(name string) string { return derive(w.cfg.AppID, "template", name)[:43] }

// AddTemplate approves a template; a malformed or known one is an error.
func (w *WeChat) AddTemplate(t Template) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if err := t.check(); err != nil {
		return fmt.Errorf("local WeChat: template %q: %w", t.ID, err)
	}
	if w.template(t.ID) != nil {
		return fmt.Errorf("local WeChat: template %q is there already", t.ID)
	}
	w.templates = append(w.templates, &t)
	return nil
}

func (t Template) check() error {
	switch {
	case !templateForm.MatchString(t.ID):
		return errors.New("want an ID of 43 letters, digits, - or _")
	case t.Channel != Notification && t.Channel != Subscription && t.Channel != MiniSubscription:
		return fmt.Errorf("no such channel: %q", t.Channel)
	case t.LongTerm && t.Channel == Notification:
		return errors.New("only subscriptions are long-term")
	case t.Title == "" || len(t.Fields) == 0:
		return errors.New("want a title and fields")
	}
	for i, f := range t.Fields {
		switch {
		case fieldRules[f.kind()] == nil:
			return fmt.Errorf("field %q: no such type", f.Name)
		case f.Label == "":
			return fmt.Errorf("field %q: want a label", f.Name)
		case (f.kind() == "const" || f.kind() == "enum") != (len(f.Values) > 0):
			return fmt.Errorf("field %q: approved values belong to const and enum", f.Name)
		case slices.ContainsFunc(t.Fields[:i], func(g Field) bool { return g.Name == f.Name }):
			return fmt.Errorf("field %q stands twice", f.Name)
		}
	}
	return nil
}

func (f Field) kind() string {
	if m := fieldForm.FindStringSubmatch(f.Name); m != nil {
		return m[1]
	}
	return ""
}

func (w *WeChat) template(id string) *Template {
	if i := slices.IndexFunc(w.templates, func(t *Template) bool { return t.ID == id }); i >= 0 {
		return w.templates[i]
	}
	return nil
}

// content is the template as the lists word it.
func (t *Template) content() string {
	var b strings.Builder
	for _, f := range t.Fields {
		fmt.Fprintf(&b, "%s:{{%s.DATA}}\n", f.Label, f.Name)
	}
	return b.String()
}

// listTemplates is GET /cgi-bin/template/get_all_private_template.
func (w *WeChat) listTemplates(call) any {
	type listed struct {
		ID       string `json:"template_id"`
		Title    string `json:"title"`
		Industry string `json:"primary_industry"`
		Deputy   string `json:"deputy_industry"`
		Content  string `json:"content"`
		Example  string `json:"example"`
	}
	list := []listed{}
	for _, t := range w.templates {
		if t.Channel == Notification {
			list = append(list, listed{ID: t.ID, Title: t.Title, Content: t.content()})
		}
	}
	return map[string]any{"template_list": list}
}

// outgoing is a message as the account sends it, over any of the channels.
type outgoing struct {
	ToUser      string `json:"touser"`
	TemplateID  string `json:"template_id"`
	URL         string `json:"url"`  // of a Notification
	Page        string `json:"page"` // an address of a Subscription, a page of a MiniSubscription
	MiniProgram struct {
		AppID    string `json:"appid"`
		PagePath string `json:"pagepath"`
	} `json:"miniprogram"`
	ClientMsgID string           `json:"client_msg_id"`
	Data        map[string]value `json:"data"`
}

// value is a field's value: an object with the text named value; anything beside it is dropped.
type value string

// UnmarshalJSON leaves a value empty that is not named right, and refuses one that is no text.
func (v *value) UnmarshalJSON(raw []byte) error {
	var parts map[string]json.RawMessage
	if err := json.Unmarshal(raw, &parts); err != nil {
		return err
	}
	if parts["value"] == nil {
		return nil
	}
	return json.Unmarshal(parts["value"], (*string)(v))
}

// pageFault is the errcode for where a tap on the message leads: pages must be the linked Mini Program's and published.
// The code for a foreign appid is the nearest documented one.
func (w *WeChat) pageFault(m outgoing, page string) int {
	if m.MiniProgram.AppID != "" && w.named(m.MiniProgram.AppID) != w.mini {
		return 40013
	}
	if m.MiniProgram.AppID == "" && page == "" {
		return 0
	}
	if w.mini == nil {
		return 40013
	}
	if !w.published(page) {
		return 41030
	}
	return 0
}

// published tells whether a page, whatever its query, belongs to the Mini Program as it is published.
func (w *WeChat) published(page string) bool {
	path, _, _ := strings.Cut(strings.TrimPrefix(page, "/"), "?")
	pages := w.cfg.MiniProgram.Pages
	return len(pages) == 0 || slices.Contains(pages, path)
}

// fieldFault is the platform's sentence about the first field that is wrong in the template's order, empty when all are
// right. A field left out is an empty one; of fields the template does not have, first and remark are dropped.
func (t *Template) fieldFault(data map[string]value) string {
	for _, f := range t.Fields {
		s := string(data[f.Name])
		if strings.TrimSpace(s) == "" {
			return fmt.Sprintf("argument invalid! data.%s.value is emtpy", f.Name) //nolint:misspell // the platform spells it so
		}
		if !fieldRules[f.kind()](s) || len(f.Values) > 0 && !slices.Contains(f.Values, s) {
			return fmt.Sprintf("argument invalid! data.%s.value invalid", f.Name)
		}
	}
	names := make([]string, 0, len(data))
	for name := range data {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		known := slices.ContainsFunc(t.Fields, func(f Field) bool { return f.Name == name })
		if !known && (t.Channel != Notification || name != "first" && name != "remark") {
			return fmt.Sprintf("argument invalid! data.%s.value invalid", name)
		}
	}
	return ""
}

// Card is how a message from a template looks.
type Card struct {
	Title  string
	Fields [][2]string // label and value, in the template's order
	Page   string      // where a tap leads: an address or a page of the Mini Program; empty is nowhere
}

// line is the card as it stands among the lines of a chat, in words for who does not draw it.
func (t *Template) line(by Kind, data map[string]value, page string) Line {
	card := &Card{Title: t.Title, Page: page}
	words := t.Title
	for _, f := range t.Fields {
		card.Fields = append(card.Fields, [2]string{f.Label, string(data[f.Name])})
		words += "\n" + f.Label + "：" + string(data[f.Name])
	}
	return Line{By: Service, Kind: by, Text: words, Card: card}
}

// messageKey is what a template message is not sent twice for within 10 minutes.
type messageKey struct{ openid, clientMsgID string }

const clientMsgKept = 10 * time.Minute

type sent struct {
	msgID int64
	at    time.Time
}

// sentBody is the answer to an accepted message.
type sentBody struct {
	errorBody
	MsgID int64 `json:"msgid"`
}

// templateSend is POST /cgi-bin/message/template/send. What became of an accepted message is pushed afterwards.
func (w *WeChat) templateSend(c call) any {
	var in outgoing
	if !decode(c.body, &in) {
		return apiError(c.now, 47001)
	}
	p, t := w.people[in.ToUser], w.template(in.TemplateID)
	var code int
	switch {
	case p == nil:
		code = 40003
	case t == nil || t.Channel != Notification:
		code = 40037
	case w.banned[in.TemplateID]:
		code = 43116
	case !p.Following:
		code = 43004
	default:
		code = w.pageFault(in, in.MiniProgram.PagePath)
	}
	if code != 0 {
		return apiError(c.now, code)
	}
	for name, v := range in.Data {
		in.Data[name] = value(strings.Map(withoutEmoji, string(v))) // dropped since 2023-05-04
	}
	if fault := t.fieldFault(in.Data); fault != "" {
		return apiErrorText(c.now, 47003, fault)
	}
	return sentBody{accepted, w.notify(p, t, in, or(in.MiniProgram.PagePath, in.URL), c.now)}
}

func withoutEmoji(r rune) rune {
	if emoji(r) {
		return -1
	}
	return r
}

// notify sends an accepted message and returns its msgid. The platform documents that of messages to one openid with
// one client_msg_id only one is sent within 10 minutes; that the others get the msgid of that one is an assumption.
func (w *WeChat) notify(p *person, t *Template, m outgoing, page string, now time.Time) int64 {
	for len(w.sentOrder) > 0 && now.Sub(w.messages[w.sentOrder[0]].at) >= clientMsgKept {
		delete(w.messages, w.sentOrder[0])
		w.sentOrder = w.sentOrder[1:]
	}
	key := messageKey{p.OpenID, m.ClientMsgID}
	if s, repeated := w.messages[key]; repeated {
		return s.msgID
	}
	id := w.nextMsgID(now)
	if m.ClientMsgID != "" {
		w.messages[key], w.sentOrder = sent{id, now}, append(w.sentOrder, key)
	}
	if p.outcome == Delivered {
		w.note(p, t.line(Templated, m.Data, page))
	}
	w.later(w.notice(w.oa, p.OpenID, JobFinish, now, number("MsgID", strconv.FormatInt(id, 10)), text("Status", string(p.outcome))))
	return id
}
