package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/xiangfeng/xiangfeng/domain/calendar"
	"github.com/xiangfeng/xiangfeng/domain/sample"
)

// playing is the demo, running in this process.
type playing struct {
	*theatre
	stop func()
}

func play(t testing.TB, dir string) playing {
	t.Helper()
	fill(t, dir)
	l, platform := listenAnywhere(t), listenAnywhere(t)
	th := &theatre{dir: dir, site: site(l), platform: "http://" + platform.Addr().String()}
	if err := th.raise(t.Context()); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.WithoutCancel(t.Context()))
	ended := make(chan error, 1)
	go func() { ended <- th.play(ctx, l, platform) }()
	stop := sync.OnceFunc(func() {
		cancel()
		if err := <-ended; err != nil {
			t.Error(err)
		}
		th.strike()
	})
	t.Cleanup(stop)
	return playing{th, stop}
}

// fill saves the time of making the township, unless the folder holds one.
func fill(t testing.TB, dir string) {
	t.Helper()
	db, err := seeded()
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, databaseFile)
	if _, err := os.Stat(path); err == nil {
		return
	}
	key := []byte(testKey) // with which the township's cards were made
	if err := errors.Join(os.WriteFile(path, db, 0o600), os.WriteFile(filepath.Join(dir, "secret.key"), key, 0o600)); err != nil {
		t.Fatal(err)
	}
}

// act does something on the page and returns the HTTP status.
func (p playing) act(t testing.TB, what string, body any) int {
	t.Helper()
	text, err := json.Marshal(body)
	if err != nil {
		t.Fatal(err)
	}
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, p.site+"/demo/"+what, bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/json")
	return do(t, r).status
}

// asks sends words and returns the newest line of the chat.
func (p playing) asks(t testing.TB, who sample.Cast, words string) string {
	t.Helper()
	if status := p.act(t, "say", map[string]string{"openid": who.OpenID, "text": words}); status != http.StatusNoContent {
		t.Fatalf("HTTP status %d", status)
	}
	lines := p.chat(t, who)
	if last := lines[len(lines)-1]; last.By == "reply" {
		return last.Text
	}
	t.Fatalf("no reply: %+v", lines)
	return ""
}

type chatLine struct {
	By   string `json:"by"`
	Text string `json:"text"`
}

// chat is what a window that is opened now is shown.
func (p playing) chat(t testing.TB, who sample.Cast) []chatLine {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, p.site+"/demo/events?openid="+who.OpenID, nil)
	if err != nil {
		t.Fatal(err)
	}
	res, err := client.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	for in := bufio.NewReader(res.Body); ; {
		line, err := in.ReadString('\n')
		if err != nil {
			t.Fatal(err)
		}
		if data, ok := strings.CutPrefix(line, "data:"); ok {
			var news struct {
				Lines []chatLine `json:"lines"`
			}
			if err := json.Unmarshal([]byte(data), &news); err != nil {
				t.Fatal(err)
			}
			return news.Lines
		}
	}
}

var menuKey = regexp.MustCompile(`data-key="([^"]+)"`)

// TestDemoPlaysEveryone: everybody on the page can be played, and every entry
// of the menu answers.
func TestDemoPlaysEveryone(t *testing.T) {
	t.Parallel()
	p := play(t, t.TempDir())
	page := get(t, p.site+"/demo/")
	for _, who := range sample.DemoCast() {
		if !strings.Contains(page.body, who.Name) {
			t.Errorf("%s is not on the page", who.Name)
		}
		if got := p.asks(t, who, "积分"); got == "" {
			t.Errorf("%s is not answered", who.Name)
		}
	}
	keys := menuKey.FindAllStringSubmatch(page.body, -1)
	if len(keys) == 0 {
		t.Error("there is no menu on the page")
	}
	for _, key := range keys {
		if status := p.act(t, "click", map[string]string{"openid": diligent.OpenID, "text": key[1]}); status != http.StatusNoContent {
			t.Errorf("the menu's %s: HTTP status %d", key[1], status)
		}
	}
	for _, what := range []struct{ act, text string }{{"speak", ""}, {"picture", "yard?n=1"}, {"unfollow", ""}, {"follow", ""}, {"unfollow", ""}} {
		if status := p.act(t, what.act, map[string]string{"openid": fallen.OpenID, "text": what.text}); status != http.StatusNoContent {
			t.Errorf("%s: HTTP status %d", what.act, status)
		}
	}
	for _, line := range p.chat(t, fallen) {
		if line.By == "platform" {
			t.Error(line.Text)
		}
	}
	if status := p.act(t, "say", map[string]string{"openid": fallen.OpenID, "text": "积分"}); status != http.StatusConflict {
		t.Errorf("who does not follow can speak: HTTP status %d", status)
	}
	if a := get(t, p.site+"/"); a.status != http.StatusFound || a.header.Get("Location") != "/demo/" {
		t.Errorf("%d %s", a.status, a.header.Get("Location"))
	}
	if a := get(t, p.site+"/readyz"); a.status != http.StatusOK {
		t.Errorf("/readyz is %d", a.status)
	}
}

// TestDemoMovesItsClock: answers and signatures follow.
func TestDemoMovesItsClock(t *testing.T) {
	t.Parallel()
	p := play(t, t.TempDir())
	before := p.asks(t, diligent, "积分")
	if !strings.Contains(before, "今年积分") || calendar.DateOf(p.current().service.clock.Now()) != calendar.On(2026, 11, 24) {
		t.Fatal(before)
	}
	for _, to := range []string{"hour", "day", "month", "quarter"} {
		if status := p.act(t, "clock", map[string]string{"to": to}); status != http.StatusNoContent {
			t.Fatalf("%s: HTTP status %d", to, status)
		}
		if got := p.asks(t, diligent, "帮助"); !strings.Contains(got, "积分") {
			t.Errorf("%s later: %s", to, got)
		}
	}
	now := p.current().service.clock.Now().In(calendar.Shanghai)
	if now.Year() != 2027 || now.Month() != time.January || now.Day() != 1 {
		t.Errorf("it is %v", now)
	}
	if after := p.asks(t, diligent, "积分"); !strings.Contains(after, "2026年积分219分") {
		t.Errorf("in 2027 one reads %s", after)
	}
}

// TestDemoResetsUnderWay: a reset waits for what is being answered and nobody
// meets an error of the server; afterwards all is as at the beginning.
func TestDemoResetsUnderWay(t *testing.T) {
	t.Parallel()
	p := play(t, t.TempDir())
	first := p.asks(t, widow, "积分")
	p.asks(t, widow, "换户")
	p.asks(t, widow, "2")
	done := make(chan struct{})
	var running sync.WaitGroup
	keepDoing := func(what func()) {
		running.Go(func() {
			for {
				what()
				select {
				case <-done:
					return
				default:
				}
			}
		})
	}
	for _, who := range sample.DemoCast()[:5] {
		keepDoing(func() {
			if status := p.act(t, "say", map[string]string{"openid": who.OpenID, "text": "积分"}); status != http.StatusNoContent {
				t.Errorf("%s: HTTP status %d", who.Name, status)
			}
		})
	}
	keepDoing(func() {
		res, err := client.Get(p.site + "/readyz")
		if err != nil {
			t.Error(err)
			return
		}
		res.Body.Close()
		if res.StatusCode != http.StatusOK {
			t.Errorf("/readyz is %d", res.StatusCode)
		}
	})
	if status := p.act(t, "reset", struct{}{}); status != http.StatusNoContent {
		t.Errorf("reset: HTTP status %d", status)
	}
	close(done)
	running.Wait()
	for _, line := range p.chat(t, diligent) {
		if line.By == "platform" {
			t.Errorf("the chat has %s", line.Text)
		}
	}
	p.act(t, "clock", map[string]string{"to": "day"})
	if status := p.act(t, "reset", struct{}{}); status != http.StatusNoContent {
		t.Errorf("reset: HTTP status %d", status)
	}
	if today := calendar.DateOf(p.current().service.clock.Now()); today != calendar.On(2026, 11, 24) {
		t.Errorf("after the reset it is %v", today)
	}
	if lines := p.chat(t, widow); len(lines) != 0 {
		t.Errorf("after the reset the chat has %v", lines)
	}
	if got := p.asks(t, widow, "积分"); got != first {
		t.Errorf("after the reset one reads %s, want %s", got, first)
	}
}

// TestDemoKeepsItsData in a folder that it is given, with the clock.
func TestDemoKeepsItsData(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	p := play(t, dir)
	p.asks(t, widow, "换户")
	p.asks(t, widow, "2")
	p.act(t, "clock", map[string]string{"to": "day"})
	want := p.asks(t, widow, "积分")
	p.stop()
	again := play(t, dir)
	if got := again.asks(t, widow, "积分"); got != want {
		t.Errorf("after the restart one reads %s, want %s", got, want)
	}
	if today := calendar.DateOf(again.current().service.clock.Now()); today != calendar.On(2026, 11, 25) {
		t.Errorf("after the restart it is %v", today)
	}
}

// TestDemoAsAProcess: it prints its address, finds another port where the
// usual one is taken, and leaves nothing behind.
func TestDemoAsAProcess(t *testing.T) {
	t.Parallel()
	temporary := t.TempDir()
	kept := t.TempDir()
	fill(t, kept)
	for _, args := range [][]string{{"demo"}, {"demo", "--addr", freeAddr(t), "--data-dir", kept}} {
		cmd := exec.CommandContext(t.Context(), os.Args[0], args...)
		cmd.Env = []string{programEnv + "=1", "TMPDIR=" + temporary}
		out, err := cmd.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		printed, err := bufio.NewReader(out).ReadString('\n')
		if err != nil {
			t.Fatal(err)
		}
		_, address, found := strings.Cut(strings.TrimSpace(printed), "http://")
		if !found || len(args) > 1 && address != args[2]+"/demo/" {
			t.Errorf("%s prints %q", args, printed)
		}
		if a := get(t, "http://"+address); a.status != http.StatusOK {
			t.Errorf("HTTP status %d", a.status)
		}
		if err := errors.Join(cmd.Process.Signal(syscall.SIGTERM), cmd.Wait()); err != nil {
			t.Errorf("%s: %v", args, err)
		}
	}
	if left, err := filepath.Glob(filepath.Join(temporary, "*")); err != nil || len(left) > 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}
