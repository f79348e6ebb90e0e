package weixin

import (
	"context"

	"github.com/xiangfeng/xiangfeng/domain/script"
)

const callMenu = "menu_create"

// button is a menu entry as the platform takes it.
type button struct {
	Type string   `json:"type,omitempty"`
	Name string   `json:"name"`
	Key  string   `json:"key,omitempty"`
	Sub  []button `json:"sub_button,omitempty"`
}

func buttons(entries []script.MenuEntry) []button {
	out := make([]button, len(entries))
	for i, e := range entries {
		out[i] = button{Name: e.Label, Key: e.Key, Sub: buttons(e.Sub)}
		if e.Key != "" {
			out[i].Type = "click"
		}
	}
	return out
}

// PushMenu replaces the account's menu. People see the new one when they next
// open the chat, within a day at the latest.
func (s *Sender) PushMenu(ctx context.Context, entries []script.MenuEntry) (Outcome, error) {
	sent, err := s.call(ctx, callMenu, "/cgi-bin/menu/create", map[string][]button{"button": buttons(entries)})
	return sent.Outcome, err
}
