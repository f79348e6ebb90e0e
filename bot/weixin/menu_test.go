package weixin

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/xiangfeng/xiangfeng/domain/script"
)

// The platform takes {"button":[…]}, with a type and key on what can be tapped.
func TestPushMenuWritesWhatThePlatformTakes(t *testing.T) {
	t.Parallel()
	var got map[string]any
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/cgi-bin/stable_token" {
			_, _ = io.WriteString(w, `{"access_token":"T","expires_in":7200}`)
			return
		}
		if r.URL.Path != "/cgi-bin/menu/create" || r.URL.Query().Get("access_token") != "T" {
			t.Errorf("called %s", r.URL)
		}
		if err := json.NewDecoder(r.Body).Decode(&got); err != nil {
			t.Error(err)
		}
		_, _ = io.WriteString(w, `{"errcode":0,"errmsg":"ok"}`)
	}))
	t.Cleanup(srv.Close)
	tokens, err := NewTokens(TokensConfig{AppID: "wx1", Secret: "s", BaseURL: srv.URL, Now: time.Now})
	if err != nil {
		t.Fatal(err)
	}
	sender, err := NewSender(srv.URL, tokens)
	if err != nil {
		t.Fatal(err)
	}
	outcome, err := sender.PushMenu(t.Context(), []script.MenuEntry{
		{Label: "我家积分", Sub: []script.MenuEntry{{Key: "points", Label: "查积分"}}}, {Key: "help", Label: "帮助"},
	})
	if err != nil || outcome.Verdict != Accepted {
		t.Fatalf("PushMenu = %+v, %v", outcome, err)
	}
	want := map[string]any{"button": []any{
		map[string]any{"name": "我家积分", "sub_button": []any{map[string]any{"type": "click", "name": "查积分", "key": "points"}}},
		map[string]any{"type": "click", "name": "帮助", "key": "help"},
	}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("the menu (-want +got):\n%s", diff)
	}
}

// WeChat refuses more than three entries, five below each, and long names.
func TestTheMenuKeepsWeChatsLimits(t *testing.T) {
	t.Parallel()
	menu := script.Menu()
	if len(menu) == 0 || len(menu) > 3 {
		t.Errorf("%d entries; WeChat takes one to three", len(menu))
	}
	for _, e := range menu {
		if len(e.Label) > 16 || len(e.Sub) > 5 || (e.Key == "") == (len(e.Sub) == 0) {
			t.Errorf("%+v: at most 16 bytes, five entries below, and either a key or entries", e)
		}
		for _, sub := range e.Sub {
			if len(sub.Label) > 60 || sub.Key == "" || len(sub.Sub) > 0 {
				t.Errorf("%+v: at most 60 bytes, a key, and nothing below", sub)
			}
		}
	}
}
