package local

import (
	"context"
	"net"
	"net/http"
	"slices"
	"time"
)

// Fault is something wrong with the platform's API. The zero Fault breaks nothing.
type Fault struct {
	// Path is the API path it strikes, such as /cgi-bin/user/info; empty strikes every path.
	Path string
	// Times is how many calls it strikes before it is gone; 0 means until it is healed.
	Times int
	// Delay is waited before anything else, or until the caller gives up.
	Delay time.Duration
	// Reset breaks the connection with nothing done.
	Reset bool
	// LoseAnswer carries the call out and breaks the connection instead of answering.
	LoseAnswer bool
	// Status answers with this HTTP status and Body, an HTML error page if Body is empty.
	Status int
	Body   string
	// ErrCode answers HTTP 200 with this errcode.
	ErrCode int
}

// Break switches a fault on and returns what switches it off again. Of several for one path the oldest strikes.
func (w *WeChat) Break(f Fault) (heal func()) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.faults = append(w.faults, &f)
	return func() {
		w.mu.Lock()
		defer w.mu.Unlock()
		w.faults = slices.DeleteFunc(w.faults, func(other *Fault) bool { return other == &f })
	}
}

// Heal switches every fault off and gives the platform's own daily quotas back.
func (w *WeChat) Heal() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.faults = nil
	clear(w.quotas)
}

// SetDailyQuota lets path, or every path when it is empty, be called n times a day (Shanghai time), today's calls so
// far counted in; further calls get 45009.
func (w *WeChat) SetDailyQuota(path string, n int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.quotas[path] = n
}

func (w *WeChat) dailyLimit(path string, own int) int {
	for _, key := range []string{path, ""} {
		if n, set := w.quotas[key]; set {
			return n
		}
	}
	return own
}

// takeFault uses up one strike of the oldest fault for path and returns it, or one that does nothing.
func (w *WeChat) takeFault(path string) Fault {
	w.mu.Lock()
	defer w.mu.Unlock()
	i := slices.IndexFunc(w.faults, func(f *Fault) bool { return f.Path == "" || f.Path == path })
	if i < 0 {
		return Fault{}
	}
	f := w.faults[i]
	if f.Times == 1 {
		w.faults = slices.Delete(w.faults, i, i+1)
	}
	if f.Times > 1 {
		f.Times--
	}
	return *f
}

// wait waits the delay; false means the caller gave up first.
func (f Fault) wait(ctx context.Context) bool {
	if f.Delay <= 0 {
		return true
	}
	timer := time.NewTimer(f.Delay)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}

const brokenPage = "<html><head><title>500 Internal Server Error</title></head><body><h1>500</h1></body></html>"

// instead is what the fault answers in the endpoint's place; ok is false when the endpoint shall answer.
func (f Fault) instead(now time.Time) (res response, ok bool) {
	switch {
	case f.Reset:
		return response{lost: true, note: "connection reset"}, true
	case f.Status != 0 && f.Body == "":
		return response{status: f.Status, contentType: "text/html", body: []byte(brokenPage)}, true
	case f.Status != 0:
		return response{status: f.Status, contentType: "text/html", body: []byte(f.Body)}, true
	case f.ErrCode != 0:
		return jsonResponse(apiError(now, f.ErrCode)), true
	}
	return response{}, false
}

// breakConnection resets the caller's connection where it can be taken over, and aborts the answer where it cannot.
func breakConnection(rw http.ResponseWriter) {
	conn, _, err := http.NewResponseController(rw).Hijack()
	if err != nil {
		panic(http.ErrAbortHandler)
	}
	if tcp, ok := conn.(*net.TCPConn); ok {
		_ = tcp.SetLinger(0) // close sends a reset
	}
	_ = conn.Close()
}
