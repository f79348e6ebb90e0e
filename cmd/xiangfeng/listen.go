package main

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"sync"
	"time"
)

// What a connection may take before it is cut (slow-loris), and how long a
// stop waits for what is being answered.
const (
	headerTimeout = 5 * time.Second
	readTimeout   = 15 * time.Second
	writeTimeout  = 30 * time.Second
	idleTimeout   = 2 * time.Minute
	maxHeader     = 16 << 10
	drainTimeout  = 10 * time.Second
	connsPerIP    = 512
)

// newServer makes an HTTP server that nobody can hold up: a slow sender is cut,
// and an address with too many waiting connections loses its oldest.
func newServer(h http.Handler, log *slog.Logger) *http.Server {
	waiting := &waitingRoom{conns: map[string][]net.Conn{}}
	return &http.Server{
		Handler: h, ReadHeaderTimeout: headerTimeout, ReadTimeout: readTimeout, WriteTimeout: writeTimeout,
		IdleTimeout: idleTimeout, MaxHeaderBytes: maxHeader, ConnState: waiting.note,
		ErrorLog: slog.NewLogLogger(log.Handler(), slog.LevelDebug),
	}
}

// serve answers on l until ctx ends, then lets what is being answered finish.
func serve(ctx context.Context, srv *http.Server, l net.Listener) error {
	stopped := make(chan error, 1)
	go func() {
		<-ctx.Done()
		drain, cancel := context.WithTimeout(context.WithoutCancel(ctx), drainTimeout)
		defer cancel()
		stopped <- srv.Shutdown(drain)
	}()
	if err := srv.Serve(l); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return <-stopped
}

// waitingRoom knows, for each address, the connections on which no request is
// being answered, the oldest first.
type waitingRoom struct {
	mu    sync.Mutex
	conns map[string][]net.Conn
}

// note follows a connection through its states.
func (w *waitingRoom) note(c net.Conn, state http.ConnState) {
	ip, _, err := net.SplitHostPort(c.RemoteAddr().String())
	if err != nil {
		return
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.leave(ip, c)
	if state != http.StateNew && state != http.StateIdle {
		return
	}
	w.conns[ip] = append(w.conns[ip], c)
	if len(w.conns[ip]) > connsPerIP {
		oldest := w.conns[ip][0]
		w.leave(ip, oldest)
		oldest.Close()
	}
}

func (w *waitingRoom) leave(ip string, c net.Conn) {
	list := w.conns[ip]
	for i, other := range list {
		if other == c {
			list = append(list[:i], list[i+1:]...)
			break
		}
	}
	if len(list) == 0 {
		delete(w.conns, ip)
		return
	}
	w.conns[ip] = list
}
