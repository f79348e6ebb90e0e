package demo

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"sync"
)

// maxText is the longest message, in bytes: what WeChat lets an account send.
const maxText = 2048

// deed is what a person does on the phone.
type deed struct {
	OpenID string `json:"openid"`
	Text   string `json:"text"` // the words, the recognised words, or the menu key
}

// act lets a person do something whose text passes check. It goes on also when
// the page is closed, as a message that was sent does.
func (h *handler) act(check func(text string) error, do func(ctx context.Context, openid, text string) error) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		var d deed
		if err := decode(w, r, &d); err != nil {
			refuse(w, err)
			return
		}
		if !h.plays(d.OpenID) {
			refuse(w, errNobody)
			return
		}
		if err := check(d.Text); err != nil {
			refuse(w, err)
			return
		}
		h.finish(w, r, h.stage.RLocker(), func(ctx context.Context) error { return do(ctx, d.OpenID, d.Text) })
	}
}

// finish does one thing to its end, tells every window and answers.
func (h *handler) finish(w http.ResponseWriter, r *http.Request, lock sync.Locker, do func(ctx context.Context) error) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(r.Context()), patience)
	defer cancel()
	err := func() error {
		lock.Lock()
		defer lock.Unlock()
		return do(ctx)
	}()
	h.news.tell()
	if err != nil {
		refuse(w, err)
		return
	}
	w.WriteHeader(http.StatusNoContent)
}

func (h *handler) plays(openid string) bool {
	return slices.ContainsFunc(h.people, func(p Person) bool { return p.OpenID == openid })
}

// words may not be blank, recognised words may.
func words(text string) error {
	if strings.TrimSpace(text) == "" {
		return errBlank
	}
	return recognition(text)
}

// recognition refuses what no phone sends: WeChat's packets are XML 1.0.
func recognition(text string) error {
	switch {
	case len(text) > maxText:
		return errTooLarge
	case strings.ContainsFunc(text, outsideXML):
		return errInvalid
	}
	return nil
}

func outsideXML(r rune) bool {
	return r < ' ' && r != '\t' && r != '\n' && r != '\r' || r == 0xFFFE || r == 0xFFFF
}

func (h *handler) menuKey(key string) error {
	if key != "" && offers(h.menu, key) {
		return nil
	}
	return errNoEntry
}

func offers(menu []MenuEntry, key string) bool {
	return slices.ContainsFunc(menu, func(e MenuEntry) bool {
		return len(e.Sub) == 0 && e.Key == key || offers(e.Sub, key)
	})
}

func nothing(text string) error {
	if text != "" {
		return errInvalid
	}
	return nil
}

func wordless(do func(ctx context.Context, openid string) error) func(context.Context, string, string) error {
	return func(ctx context.Context, openid, _ string) error { return do(ctx, openid) }
}
