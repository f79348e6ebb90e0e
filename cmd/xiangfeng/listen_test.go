package main

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"os"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// dribbling are connections that send a request's header a byte at a time.
type dribbling []net.Conn

func dribble(t testing.TB, addr string, n int) dribbling {
	t.Helper()
	conns := make(dribbling, n)
	for i := range conns {
		c, err := net.Dial("tcp", addr)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { c.Close() })
		if _, err := io.WriteString(c, "GET /healthz HTTP/1.1\r\nHost: x\r\nX-Slow: "); err != nil {
			t.Fatal(err)
		}
		conns[i] = c
	}
	return conns
}

// keepOn sends a byte on each connection every now and then until all are cut.
func (d dribbling) keepOn(t testing.TB) {
	ctx, cancel := context.WithCancel(context.Background())
	var running sync.WaitGroup
	t.Cleanup(func() { cancel(); running.Wait() })
	running.Go(func() {
		tick := time.NewTicker(20 * time.Millisecond)
		defer tick.Stop()
		for {
			for _, c := range d {
				_, _ = io.WriteString(c, "x") // it may be cut already
			}
			select {
			case <-ctx.Done():
				return
			case <-tick.C:
			}
		}
	})
}

// isCut waits until the server has closed the connection.
func isCut(t testing.TB, c net.Conn) bool {
	t.Helper()
	_ = c.SetReadDeadline(time.Now().Add(time.Minute))
	_, err := io.Copy(io.Discard, c)
	return !errors.Is(err, os.ErrDeadlineExceeded)
}

func isOpen(c net.Conn) bool {
	_ = c.SetReadDeadline(time.Now().Add(time.Millisecond))
	_, err := c.Read(make([]byte, 1))
	return errors.Is(err, os.ErrDeadlineExceeded)
}

// TestManySlowConnections: an address with too many connections that wait
// loses the oldest of them, and somebody honest is answered meanwhile.
func TestManySlowConnections(t *testing.T) {
	t.Parallel()
	const above = 40
	srv := newServer(http.HandlerFunc(alive), quiet)
	srv.ReadHeaderTimeout = time.Hour // so that nothing but the cap cuts
	l := listenAnywhere(t)
	serveUntilEnd(t, srv, l)
	slow := dribble(t, l.Addr().String(), connsPerIP+above)
	slow.keepOn(t)
	for i, c := range slow[:above] {
		if !isCut(t, c) {
			t.Fatalf("the %dth of %d connections is still there", i+1, len(slow))
		}
	}
	for range 20 {
		if a := get(t, "http://"+l.Addr().String()+"/healthz"); a.status != http.StatusOK {
			t.Fatalf("HTTP status %d", a.status)
		}
	}
	if newest := slow[len(slow)-1]; !isOpen(newest) {
		t.Error("the newest connection is cut")
	}
	for _, c := range slow {
		c.Close()
	}
}

// TestSlowHeadersAreCut: however it dribbles, no connection outlives the time
// that a header may take.
func TestSlowHeadersAreCut(t *testing.T) {
	t.Parallel()
	srv := newServer(http.HandlerFunc(alive), quiet)
	srv.ReadHeaderTimeout = 300 * time.Millisecond
	l := listenAnywhere(t)
	serveUntilEnd(t, srv, l)
	slow := dribble(t, l.Addr().String(), 500)
	slow.keepOn(t)
	if a := get(t, "http://"+l.Addr().String()+"/healthz"); a.status != http.StatusOK {
		t.Errorf("HTTP status %d", a.status)
	}
	for _, c := range slow {
		if !isCut(t, c) {
			t.Fatal("a connection outlives it")
		}
	}
}

// TestServersAreGuarded: every server of the program has all the limits.
func TestServersAreGuarded(t *testing.T) {
	t.Parallel()
	srv := newServer(nil, quiet)
	for what, limit := range map[string]time.Duration{
		"header": srv.ReadHeaderTimeout, "read": srv.ReadTimeout, "write": srv.WriteTimeout, "idle": srv.IdleTimeout,
	} {
		if limit <= 0 || limit > 2*time.Minute {
			t.Errorf("%s timeout %v", what, limit)
		}
	}
	if srv.ReadHeaderTimeout != 5*time.Second || srv.ReadTimeout != 15*time.Second {
		t.Errorf("a header may take %v, a request %v", srv.ReadHeaderTimeout, srv.ReadTimeout)
	}
	l := listenAnywhere(t)
	serveUntilEnd(t, newServer(http.HandlerFunc(alive), quiet), l)
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://"+l.Addr().String(), nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("X-Large", strings.Repeat("x", 64<<10))
	if a := do(t, r); a.status != http.StatusRequestHeaderFieldsTooLarge {
		t.Errorf("a header of 64 KiB: HTTP status %d", a.status)
	}
}

// TestGracefulStop: what is being answered when the stop comes is answered,
// and nobody new is let in.
func TestGracefulStop(t *testing.T) {
	t.Parallel()
	arrived, release := make(chan struct{}), make(chan struct{})
	l := listenAnywhere(t)
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	ended := make(chan error, 1)
	go func() {
		ended <- serve(ctx, newServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			close(arrived)
			<-release
			if r.Context().Err() != nil {
				t.Error("the request was cancelled")
			}
			_, _ = io.WriteString(w, "answered")
		}), quiet), l)
	}()
	answered := make(chan answer, 1)
	go func() { answered <- get(t, "http://"+l.Addr().String()) }()
	<-arrived
	stop()
	until(t, func() bool {
		c, err := net.Dial("tcp", l.Addr().String())
		if err == nil {
			c.Close()
		}
		return errors.Is(err, syscall.ECONNREFUSED)
	})
	select {
	case err := <-ended:
		t.Fatalf("it ended with a request open: %v", err)
	default:
	}
	close(release)
	if a := <-answered; a.status != http.StatusOK || a.body != "answered" {
		t.Errorf("%d %q", a.status, a.body)
	}
	if err := <-ended; err != nil {
		t.Error(err)
	}
}

// TestStopWithMetrics: the whole service ends with its context, on both addresses.
func TestStopWithMetrics(t *testing.T) {
	t.Parallel()
	c := testConfig(t, onSQLite(t))
	c.Listen, c.MetricsListen = freeAddr(t), freeAddr(t)
	s, err := newService(t.Context(), c, quiet)
	if err != nil {
		t.Fatal(err)
	}
	defer s.close()
	routes, err := s.routes()
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- s.listenAndServe(ctx, routes) }()
	for _, url := range []string{"http://" + c.Listen + "/readyz", "http://" + c.MetricsListen + "/metrics"} {
		until(t, func() bool {
			res, err := client.Get(url)
			if err != nil {
				return false
			}
			res.Body.Close()
			return res.StatusCode == http.StatusOK
		})
	}
	if a := get(t, "http://"+c.Listen+"/metrics"); a.status != http.StatusNotFound {
		t.Errorf("the public address shows the metrics: %d", a.status)
	}
	stop()
	if err := <-ended; err != nil {
		t.Error(err)
	}
}

// TestAddressTaken: another program on either address is an error at the start.
func TestAddressTaken(t *testing.T) {
	t.Parallel()
	l := listenAnywhere(t)
	defer func() { _ = l.Close() }()
	dsn := onSQLite(t)
	for _, set := range []func(*config){
		func(c *config) { c.Listen = l.Addr().String() },
		func(c *config) { c.Listen, c.MetricsListen = "127.0.0.1:0", l.Addr().String() },
	} {
		c := testConfig(t, dsn)
		set(&c)
		s, err := newService(t.Context(), c, quiet)
		if err != nil {
			t.Fatal(err)
		}
		if err := s.listenAndServe(t.Context(), http.NotFoundHandler()); err == nil || err.Error() != "地址 "+l.Addr().String()+" 已被别的程序占用，请换一个。" {
			t.Error(err)
		}
		s.close()
	}
}
