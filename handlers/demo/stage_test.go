package demo_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"image"
	"image/jpeg"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/xiangfeng/xiangfeng/handlers/demo"
)

const (
	chunlin  = "o-chunlin"
	guixiang = "o-guixiang"
	stranger = "o-stranger"
	member   = "o-member"
)

var cast = []demo.Person{
	{OpenID: chunlin, Name: "贺春林", Note: "得分高", Group: "红旗村"},
	{OpenID: stranger, Name: "陌生人", Group: "路过的人"},
	{OpenID: guixiang, Name: "向桂香", Note: "在两户里", Group: "红旗村"},
	{OpenID: member, Name: "余广翠", Note: "小组成员", Group: "积分工作组", Team: true},
}

// cards hang on the doors; the second is dead.
var cards = []demo.Card{
	{Number: "XF-AAAAAAAA", Home: "HQ-0001", Head: "贺春林", Village: "红旗村", Code: "http://127.0.0.1/h/TOKEN1"},
	{Number: "XF-BBBBBBBB", Home: "HQ-0002", Head: "冉家富", Village: "红旗村", Code: "http://127.0.0.1/h/TOKEN2", Revoked: true},
}

var menu = []demo.MenuEntry{
	{Key: "unused", Label: "我的积分", Sub: []demo.MenuEntry{{Key: "points", Label: "查积分"}, {Key: "lines", Label: "看明细"}}},
	{Key: "help", Label: "帮助"},
}

// phones answers everything with 好 and remembers what was done. A hold makes
// an act wait.
type phones struct {
	mu        sync.Mutex
	did       []string
	fails     error
	hold      chan struct{}
	begun     chan struct{}
	following map[string]bool
	chats     map[string][]demo.Line
	wire      []demo.Packet
	shown     []image.Image
	grown     chan struct{}
}

func newPhones() *phones {
	p := &phones{}
	p.clear()
	return p
}

func (p *phones) clear() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.following = map[string]bool{chunlin: true, guixiang: true}
	p.chats, p.wire, p.grown = map[string][]demo.Line{}, nil, make(chan struct{})
}

func (p *phones) do(openid, kind, text string) error {
	if p.begun != nil {
		p.begun <- struct{}{}
		<-p.hold
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.did = append(p.did, fmt.Sprintf("%s %s %q", openid, kind, text))
	if p.fails != nil {
		return p.fails
	}
	p.line(openid, demo.Self, kind, text)
	p.line(openid, demo.Reply, "text", "好")
	p.pass(demo.Packet{Direction: demo.Push, Kind: kind, Method: "POST", URL: "http://127.0.0.1/wechat/callback?nonce=1", Status: 200, Took: 1500 * time.Microsecond})
	return nil
}

func (p *phones) line(openid string, by demo.By, kind, text string) {
	n := int64(len(p.chats[openid]) + 1)
	p.chats[openid] = append(p.chats[openid], demo.Line{ID: n, At: morning, By: by, Kind: kind, Text: text})
}

func (p *phones) pass(packet demo.Packet) {
	packet.ID, packet.At = int64(len(p.wire)+1), morning
	p.wire = append(p.wire, packet)
	close(p.grown)
	p.grown = make(chan struct{})
}

func (p *phones) Say(_ context.Context, openid, words string) error {
	return p.do(openid, "text", words)
}

func (p *phones) Speak(_ context.Context, openid, heard string) error {
	return p.do(openid, "voice", heard)
}

func (p *phones) Click(_ context.Context, openid, key string) error {
	return p.do(openid, "CLICK", key)
}

func (p *phones) Picture(_ context.Context, openid string, picture []byte) error {
	shown, err := jpeg.Decode(bytes.NewReader(picture))
	if err != nil {
		return err
	}
	p.mu.Lock()
	p.shown = append(p.shown, shown)
	p.mu.Unlock()
	return p.do(openid, "image", "")
}

func (p *phones) Follow(_ context.Context, openid string) error {
	if p.Following(openid) {
		return fmt.Errorf("%w: she follows already", demo.ErrNotNow)
	}
	p.setFollowing(openid, true)
	return p.do(openid, "subscribe", "")
}

func (p *phones) Unfollow(_ context.Context, openid string) error {
	p.setFollowing(openid, false)
	return p.do(openid, "unsubscribe", "")
}

func (p *phones) setFollowing(openid string, yes bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.following[openid] = yes
}

func (p *phones) Following(openid string) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.following[openid]
}

func (p *phones) Chat(openid string) []demo.Line {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Clone(p.chats[openid])
}

func (p *phones) Wire(after int64) []demo.Packet {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Clone(p.wire[min(int(after), len(p.wire)):])
}

func (p *phones) Wait(ctx context.Context, after int64) {
	for {
		p.mu.Lock()
		enough, grown := int64(len(p.wire)) > after, p.grown
		p.mu.Unlock()
		if enough {
			return
		}
		select {
		case <-grown:
		case <-ctx.Done():
			return
		}
	}
}

// minis are the Mini Program on the phones. They remember what was done.
type minis struct {
	did    []string
	fails  error
	screen string
}

func (m *minis) Code(_ context.Context, openid string) (string, error) {
	m.did = append(m.did, "code "+openid)
	return "code-of-" + openid, m.fails
}

func (m *minis) Cards(context.Context) ([]demo.Card, error) { return cards, m.fails }

func (m *minis) Revoke(_ context.Context, number string) error {
	m.did = append(m.did, "revoke "+number)
	return m.fails
}

func (m *minis) Screen(context.Context) (string, error) { return m.screen, m.fails }

var morning = time.Date(2026, 11, 24, 1, 30, 0, 0, time.UTC) // 09:30 in Shanghai

type clock struct {
	mu    sync.Mutex
	now   time.Time
	fails error
}

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) Move(_ context.Context, by time.Duration) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.fails != nil {
		return c.fails
	}
	c.now = c.now.Add(by)
	return nil
}

// stage is a demo that runs.
type stage struct {
	phones *phones
	minis  *minis
	clock  *clock
	url    string
	broken error // what reset fails with
}

func newStage(t *testing.T) *stage {
	t.Helper()
	s := &stage{phones: newPhones(), minis: &minis{}, clock: &clock{now: morning}}
	server := httptest.NewServer(demo.New(s.phones, s.minis, s.clock, cast, menu, func(context.Context) error {
		s.phones.clear()
		return s.broken
	}))
	t.Cleanup(server.Close)
	s.url = server.URL + "/demo/"
	return s
}

// answer is what came back of a request.
type answer struct {
	status int
	header http.Header
	body   string
}

func (s *stage) ask(t *testing.T, method, path, body string, headers ...string) answer {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), method, s.url+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	if body != "" {
		request.Header.Set("Content-Type", "application/json")
	}
	for i := 0; i < len(headers); i += 2 {
		request.Header.Set(headers[i], headers[i+1])
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	var b bytes.Buffer
	if _, err := io.Copy(&b, response.Body); err != nil {
		t.Fatal(err)
	}
	return answer{response.StatusCode, response.Header, b.String()}
}

// refusal reads an error's code, and fails where it is not in the form that
// every error has.
func (a answer) refusal(t *testing.T) string {
	t.Helper()
	var e struct{ Code, Message string }
	if err := json.Unmarshal([]byte(a.body), &e); err != nil || e.Code == "" || !strings.HasSuffix(e.Message, "。") {
		t.Fatalf("not an error with code and sentence: %d %s", a.status, a.body)
	}
	return e.Code
}

// told is what a window hears.
type told struct {
	mark      string
	Anew      bool
	Now       int64
	Following bool
	Lines     []struct {
		ID             int64
		By, Kind, Text string
	}
	Newest  map[string]int64
	Packets []struct {
		ID   int64
		Took float64
		Path string
	}
}

func (n told) words() string {
	var words []string
	for _, l := range n.Lines {
		words = append(words, l.By+":"+l.Text)
	}
	return strings.Join(words, " ")
}

// patience is how long a window waits for news: less than the pulse, at which
// it would hear of anything.
const patience = 12 * time.Second

// window opens the stream that a page listens to and returns what it hears
// next, each time it is called.
func (s *stage) window(t *testing.T, openid, since string) (next func() told) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	t.Cleanup(cancel)
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, s.url+"events?openid="+openid, nil)
	if err != nil {
		t.Fatal(err)
	}
	if since != "" {
		request.Header.Set("Last-Event-ID", since)
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { response.Body.Close() })
	if kind := response.Header.Get("Content-Type"); response.StatusCode != http.StatusOK || kind != "text/event-stream" {
		t.Fatalf("the stream is %d %s", response.StatusCode, kind)
	}
	lines := bufio.NewScanner(response.Body)
	return func() told {
		t.Helper()
		var n told
		for lines.Scan() && lines.Text() != "" {
			field, value, _ := strings.Cut(lines.Text(), ": ")
			switch field {
			case "id":
				n.mark = value
			case "data":
				if err := json.Unmarshal([]byte(value), &n); err != nil {
					t.Fatal(err)
				}
			}
		}
		if n.mark == "" {
			t.Fatalf("the stream ended: %v", lines.Err())
		}
		return n
	}
}

// until hears a window out up to the first news that are as wanted.
func until(next func() told, wanted func(told) bool) told {
	for {
		if n := next(); wanted(n) {
			return n
		}
	}
}
