package local

import (
	"strings"
	"time"
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

// customMessage is a customer-service message as the account sends it.
type customMessage struct {
	ToUser  string `json:"touser"`
	MsgType string `json:"msgtype"`
	Text    struct {
		Content string `json:"content"`
	} `json:"text"`
	Image struct {
		MediaID string `json:"media_id"`
	} `json:"image"`
	Menu struct {
		Head string `json:"head_content"`
		List []struct {
			ID      string `json:"id"`
			Content string `json:"content"`
		} `json:"list"`
		Tail string `json:"tail_content"`
	} `json:"msgmenu"`
}

// MessageMenu is a menu inside a message; see TapMenu.
type MessageMenu struct {
	Head, Tail string // may be empty
	Choices    []MenuChoice
}

// MenuChoice is an entry of a MessageMenu.
type MenuChoice struct {
	ID    string // comes back as bizmsgmenuid
	Words string // come back as the text
}

// customSend is POST /cgi-bin/message/custom/send for text, image and msgmenu.
func (w *WeChat) customSend(c call) any {
	var in customMessage
	if !decode(c.body, &in) {
		return apiError(c.now, 47001)
	}
	if code := w.deliverCustom(in, c.now); code != 0 {
		return apiError(c.now, code)
	}
	return accepted
}

func (w *WeChat) deliverCustom(m customMessage, now time.Time) int {
	p := w.people[m.ToUser]
	if p == nil {
		return 40003
	}
	line, code := w.customLine(m, now)
	switch {
	case code != 0:
		return code
	case !p.Following:
		return 43004
	}
	if code := p.spend(now); code != 0 {
		return code
	}
	w.note(p, line)
	return 0
}

// customLine is what the person reads, or the errcode for a message that says nothing or too much.
func (w *WeChat) customLine(m customMessage, now time.Time) (Line, int) {
	line := Line{By: Service, Kind: Kind(m.MsgType)}
	switch line.Kind {
	case Text:
		line.Text = m.Text.Content
	case Image:
		if found := w.medium(m.Image.MediaID, now); found == nil || found.kind != Image {
			return Line{}, 40007
		}
		line.MediaID = m.Image.MediaID
		return line, 0
	case Menu:
		if w.cfg.Uncertified {
			return Line{}, 48001
		}
		line.Menu, line.Text = m.menu()
	default:
		return Line{}, 40008
	}
	switch {
	case strings.TrimSpace(line.Text) == "":
		return Line{}, 44004
	case len(line.Text) > maxText:
		return Line{}, 45002
	}
	return line, 0
}

// menu is the message's menu, and its words for who does not draw it: none without choices, or with an empty one.
func (m customMessage) menu() (*MessageMenu, string) {
	menu := &MessageMenu{Head: m.Menu.Head, Tail: m.Menu.Tail}
	words := []string{m.Menu.Head}
	for _, c := range m.Menu.List {
		if c.ID == "" || strings.TrimSpace(c.Content) == "" {
			return nil, ""
		}
		menu.Choices = append(menu.Choices, MenuChoice{c.ID, c.Content})
		words = append(words, c.Content)
	}
	if len(menu.Choices) == 0 {
		return nil, ""
	}
	return menu, strings.TrimSpace(strings.Join(append(words, m.Menu.Tail), "\n"))
}
