package local

import (
	"slices"
)

// Button is an entry of the account's menu. One with entries of its own does nothing but show them.
type Button struct {
	Type     string // click, view, miniprogram …; empty with Sub
	Name     string // 1 to 16 bytes, below another one to 60
	Key      string // of click and its like: 1 to 128 bytes
	URL      string // of view and miniprogram: at most 1,024 bytes
	AppID    string // of miniprogram
	PagePath string // of miniprogram
	Sub      []Button
}

// Menu is what people see below the chat: the menu the account created last, empty when there is none.
func (w *WeChat) Menu() []Button {
	w.mu.Lock()
	defer w.mu.Unlock()
	return slices.Clone(w.menu)
}

// hasKey tells whether a tap somewhere in the menu sends this key as a CLICK.
func hasKey(menu []Button, key string) bool {
	return slices.ContainsFunc(menu, func(b Button) bool {
		return b.Type == "click" && b.Key == key || hasKey(b.Sub, key)
	})
}

// The most a menu may have: entries, and bytes of what is in them.
const (
	maxButtons, maxSubButtons = 3, 5
	maxName, maxSubName       = 16, 60
	maxKey, maxURL            = 128, 1024
)

// buttonKinds tell what a type needs: a key, an address, a page of the Mini Program, or a medium.
var buttonKinds = map[string]string{
	"click": "key", "scancode_push": "key", "scancode_waitmsg": "key", "pic_sysphoto": "key", "pic_photo_or_album": "key",
	"pic_weixin": "key", "location_select": "key", "view": "url", "miniprogram": "page",
	"media_id": "medium", "view_limited": "medium", "article_id": "medium", "article_view_limited": "medium",
}

// buttonCodes are the documented codes of one level of the menu. 40017 is a type in the platform's English list and a
// number of buttons in its Chinese one; answers about the number that accounts report are 40016.
type buttonCodes struct{ count, kind, name, key, url, domain int }

var (
	topCodes = buttonCodes{count: 40016, kind: 40017, name: 40018, key: 40019, url: 40020, domain: 40055}
	subCodes = buttonCodes{count: 40023, kind: 40024, name: 40025, key: 40026, url: 40027, domain: 40054}
)

// menuEntry is an entry as the account sends it.
type menuEntry struct {
	Type     string      `json:"type"`
	Name     string      `json:"name"`
	Key      string      `json:"key"`
	URL      string      `json:"url"`
	AppID    string      `json:"appid"`
	PagePath string      `json:"pagepath"`
	Sub      []menuEntry `json:"sub_button"`
}

// createMenu is POST /cgi-bin/menu/create. It replaces the menu, or leaves it as it is.
func (w *WeChat) createMenu(c call) any {
	if hasEscapes(c.body) {
		return apiError(c.now, 40033)
	}
	var in struct {
		Button []menuEntry `json:"button"`
	}
	if !decode(c.body, &in) {
		return apiError(c.now, 47001)
	}
	menu, code := w.readMenu(in.Button, topCodes, maxButtons, maxName)
	if code != 0 {
		return apiError(c.now, code)
	}
	w.menu = menu
	return accepted
}

// readMenu reads the entries of one level. Of several faults the first one in reading order is answered.
func (w *WeChat) readMenu(entries []menuEntry, codes buttonCodes, most, longest int) ([]Button, int) {
	if len(entries) == 0 || len(entries) > most {
		return nil, codes.count
	}
	var menu []Button
	for _, e := range entries {
		if len(e.Name) == 0 || len(e.Name) > longest {
			return nil, codes.name
		}
		b := Button{Name: e.Name}
		var code int
		switch {
		case len(e.Sub) > 0 && codes == subCodes:
			code = 40022
		case len(e.Sub) > 0 && e.Type != "":
			code = 40015 // "type 与 sub_button 互斥" is documented, its code is the nearest one
		case len(e.Sub) > 0:
			b.Sub, code = w.readMenu(e.Sub, subCodes, maxSubButtons, maxSubName)
		default:
			b.Type, b.Key, b.URL, b.AppID, b.PagePath = e.Type, e.Key, e.URL, e.AppID, e.PagePath
			code = w.checkButton(b, codes)
		}
		if code != 0 {
			return nil, code
		}
		menu = append(menu, b)
	}
	return menu, 0
}

// checkButton checks what a tap does. 40165 and 40166 are not in the list of codes; they are what accounts report.
func (w *WeChat) checkButton(b Button, codes buttonCodes) int {
	switch buttonKinds[b.Type] {
	case "key":
		if b.Key == "" || len(b.Key) > maxKey {
			return codes.key
		}
		return 0
	case "medium":
		return 40007 // nearest: these show permanent media, of which this platform holds none
	case "url", "page":
		switch {
		case b.URL == "" || len(b.URL) > maxURL:
			return codes.url
		case !webAddress(b.URL):
			return codes.domain
		case b.Type == "view":
			return 0
		case b.AppID == "" || w.mini == nil || b.AppID != w.mini.appID:
			return 40166
		case b.PagePath == "" || !w.published(b.PagePath):
			return 40165
		}
		return 0
	}
	return codes.kind
}

// shownButton is an entry as the two queries give it back.
type shownButton struct {
	Type     string `json:"type,omitempty"`
	Name     string `json:"name"`
	Key      string `json:"key,omitempty"`
	URL      string `json:"url,omitempty"`
	AppID    string `json:"appid,omitempty"`
	PagePath string `json:"pagepath,omitempty"`
	Sub      any    `json:"sub_button,omitempty"`
}

// showMenu words the entries; below tells how a query gives the entries of an entry.
func showMenu(menu []Button, below func([]shownButton) any) []shownButton {
	shown := make([]shownButton, 0, len(menu))
	for _, b := range menu {
		shown = append(shown, shownButton{b.Type, b.Name, b.Key, b.URL, b.AppID, b.PagePath, below(showMenu(b.Sub, below))})
	}
	return shown
}

// getMenu is GET /cgi-bin/menu/get.
func (w *WeChat) getMenu(c call) any {
	if w.menu == nil {
		return apiError(c.now, 46003)
	}
	return map[string]any{"menu": map[string]any{
		"button": showMenu(w.menu, func(sub []shownButton) any { return sub }),
	}}
}

// selfMenu is GET /cgi-bin/get_current_selfmenu_info.
func (w *WeChat) selfMenu(call) any {
	open := 0
	if w.menu != nil {
		open = 1
	}
	list := func(sub []shownButton) any {
		if len(sub) == 0 {
			return nil
		}
		return map[string]any{"list": sub}
	}
	return map[string]any{"is_menu_open": open, "selfmenu_info": map[string]any{"button": showMenu(w.menu, list)}}
}

// deleteMenu is GET /cgi-bin/menu/delete; there may be none.
func (w *WeChat) deleteMenu(call) any {
	w.menu = nil
	return accepted
}
