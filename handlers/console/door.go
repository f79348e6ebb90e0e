package console

import (
	"crypto/rand"
	"encoding/hex"
	"net"
	"net/http"
	"net/netip"
	"strings"

	"github.com/xiangfeng/xiangfeng/domain/fault"
	"github.com/xiangfeng/xiangfeng/domain/script"
	"github.com/xiangfeng/xiangfeng/domain/usecase"
	"github.com/xiangfeng/xiangfeng/domain/usecase/door"
	"github.com/xiangfeng/xiangfeng/handlers/web"
)

// The cookies: of a browser that is in, and of one that waits.
const (
	sessionCookie = "xf_console"
	waitingCookie = "xf_door"
)

// cookie is kept from scripts and from other sites' forms, and is gone with
// the browser's window.
func (h *handler) cookie(name, value string) *http.Cookie {
	c := &http.Cookie{
		Name: name, Value: value, Path: "/console/", HttpOnly: true, SameSite: http.SameSiteLaxMode,
		Secure: strings.HasPrefix(h.Press.URL, "https://"),
	}
	if value == "" {
		c.MaxAge = -1
	}
	return c
}

func cookieOf(r *http.Request, name string) string {
	c, err := r.Cookie(name)
	if err != nil {
		return ""
	}
	return c.Value
}

// doorView is what the door shows.
type doorView struct {
	Code           string // the picture of the code, "" unless the browser waits
	Browser, Place string
	Confirmed      bool
	Over           bool // the code was there and is not good any more
}

// watch is where the page asks how far it has come, "" where it need not.
func (d doorView) watch() string {
	if d.Code == "" {
		return ""
	}
	return "/console/door/state"
}

// Secret is what the browser keeps that waits at the door; false for any other.
func Secret(r *http.Request) (s door.Secret, ok bool) {
	raw, err := hex.DecodeString(cookieOf(r, waitingCookie))
	if err != nil || len(raw) != len(s) {
		return s, false
	}
	return door.Secret(raw), true
}

// door shows the code, or a button that asks for one.
func (h *handler) door(w http.ResponseWriter, r *http.Request) {
	s, waits := Secret(r)
	if !waits {
		h.render(w, r, http.StatusOK, doorPage(doorView{}))
		return
	}
	state, a, err := h.Watch.Do(r.Context(), s, h.Now())
	if err != nil {
		h.refuse(w, r, err)
		return
	}
	view := doorView{Browser: a.Browser, Place: a.Place, Confirmed: state == door.Confirmed, Over: state == door.Over}
	if state == door.Waits {
		if view.Code, err = picture(h.Press.URL + "/console/door/" + s.Code()); err != nil {
			h.refuse(w, r, err)
			return
		}
	}
	h.render(w, r, http.StatusOK, doorPage(view))
}

// doorState tells the page's script in one word how far its browser has come.
func (h *handler) doorState(w http.ResponseWriter, r *http.Request) {
	word := "over"
	if s, waits := Secret(r); waits {
		state, _, err := h.Watch.Do(r.Context(), s, h.Now())
		if err != nil {
			h.refuse(w, r, err)
			return
		}
		word = map[door.State]string{door.Over: "over", door.Waits: "waits", door.Confirmed: "confirmed"}[state]
	}
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	_, _ = w.Write([]byte(word))
}

// ask gives the browser a new secret, and with it a new code.
func (h *handler) ask(w http.ResponseWriter, r *http.Request) {
	var s door.Secret
	_, _ = rand.Read(s[:]) // never fails
	out, err := h.Ask.Do(r.Context(), h.command(), s, script.Browser(r.UserAgent()), whereabouts(r))
	switch {
	case err != nil:
		h.refuse(w, r, err)
		return
	case out.Refused():
		h.render(w, r, http.StatusTooManyRequests, messagePage(script.DoorTitle, "", script.DoorCrowded))
		return
	}
	http.SetCookie(w, h.cookie(waitingCookie, hex.EncodeToString(s[:])))
	http.Redirect(w, r, "/console/door", http.StatusSeeOther)
}

// scanned is what another scanner than the Mini Program's opens. It is the same
// for any code.
func (h *handler) scanned(w http.ResponseWriter, r *http.Request) {
	h.render(w, r, http.StatusOK, messagePage(script.DoorTitle, "", script.DoorNoScan))
}

// enter lets the browser in whose code was confirmed.
func (h *handler) enter(w http.ResponseWriter, r *http.Request) {
	s, waits := Secret(r)
	if !waits {
		http.Redirect(w, r, "/console/door", http.StatusSeeOther)
		return
	}
	token, hash := web.NewToken()
	out, err := h.Enter.Do(r.Context(), h.command(), s, hash, web.HashToken(cookieOf(r, sessionCookie)))
	h.admit(w, r, token, out, err, script.DoorOver)
}

// link shows the administrator's link and uses nothing up: programs that look
// at links before people do would.
func (h *handler) link(w http.ResponseWriter, r *http.Request) {
	h.render(w, r, http.StatusOK, linkPage(r.PathValue("code")))
}

// first lets the administrator in.
func (h *handler) first(w http.ResponseWriter, r *http.Request) {
	token, hash := web.NewToken()
	where := script.Browser(r.UserAgent()) + " " + whereabouts(r)
	out, err := h.Accept.Do(r.Context(), h.command(), r.PostFormValue("code"), hash, web.HashToken(cookieOf(r, sessionCookie)), where)
	h.admit(w, r, token, out, err, script.LinkOver)
}

// admit hands a new session's token to the browser, or says why not.
func (h *handler) admit(w http.ResponseWriter, r *http.Request, token string, out fault.Outcome, err error, over string) {
	http.SetCookie(w, h.cookie(waitingCookie, ""))
	switch {
	case err != nil:
		h.refuse(w, r, err)
	case out.Code == fault.NotFound:
		h.render(w, r, http.StatusNotFound, messagePage(script.DoorTitle, "", over))
	case out.Refused():
		h.refuse(w, r, fault.Refuse(out.Code))
	default:
		http.SetCookie(w, h.cookie(sessionCookie, token))
		http.Redirect(w, r, "/console/", http.StatusSeeOther)
	}
}

// leave ends the session.
func (h *handler) leave(w http.ResponseWriter, r *http.Request) {
	if err := h.Gate.Leave(r.Context(), cookieOf(r, sessionCookie)); err != nil {
		h.refuse(w, r, err)
		return
	}
	http.SetCookie(w, h.cookie(sessionCookie, ""))
	http.Redirect(w, r, "/console/door", http.StatusSeeOther)
}

// command is an act that nothing repeats: what may happen once is decided on
// locked rows.
func (h *handler) command() usecase.Command {
	return usecase.Command{Key: "console:" + rand.Text(), Now: h.Now()}
}

// whereabouts says where the browser is. The address that a proxy passes on
// counts where the proxy stands in our own network.
func whereabouts(r *http.Request) string {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		return script.FromNowhere
	}
	a, err := netip.ParseAddr(host)
	if err != nil {
		return script.FromNowhere
	}
	if passed := r.Header.Values("X-Forwarded-For"); len(passed) > 0 && (a.IsLoopback() || a.IsPrivate()) {
		list := strings.Split(passed[len(passed)-1], ",")
		if from, err := netip.ParseAddr(strings.TrimSpace(list[len(list)-1])); err == nil {
			a = from
		}
	}
	a = a.Unmap().WithZone("")
	switch {
	case a.IsLoopback():
		return script.FromServer
	case a.IsPrivate():
		return script.FromInside(a.String())
	}
	return script.FromOutside(a.String())
}
