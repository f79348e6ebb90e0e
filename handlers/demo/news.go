package demo

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"time"
)

const (
	// pulse is how long a window goes without news at most, so that it sees
	// a clock that was set from outside, and we see that it is gone.
	pulse = 15 * time.Second
	// stuck is how long a window may take to read its news.
	stuck = 10 * time.Second
)

// bulletin wakes every window when something happened. Its edition changes when
// lines and packets are numbered from the start again.
type bulletin struct {
	mu      sync.Mutex
	edition string
	next    chan struct{} // closed and replaced when there is news
}

func newBulletin() *bulletin {
	return &bulletin{edition: rand.Text(), next: make(chan struct{})}
}

func (b *bulletin) tell() {
	b.mu.Lock()
	defer b.mu.Unlock()
	close(b.next)
	b.next = make(chan struct{})
}

func (b *bulletin) turn() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.edition = rand.Text()
}

func (b *bulletin) current() (edition string, next <-chan struct{}) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.edition, b.next
}

// mark is how far a window has read: the last line and the last packet of an
// edition.
type mark struct {
	edition      string
	line, packet int64
}

func (m mark) String() string { return fmt.Sprintf("%s.%d.%d", m.edition, m.line, m.packet) }

// readMark reads String's form; anything else is the mark of who read nothing.
func readMark(s string) mark {
	edition, numbers, _ := strings.Cut(s, ".")
	line, packet, _ := strings.Cut(numbers, ".")
	m := mark{edition: edition}
	var errLine, errPacket error
	m.line, errLine = strconv.ParseInt(line, 10, 64)
	m.packet, errPacket = strconv.ParseInt(packet, 10, 64)
	if errLine != nil || errPacket != nil {
		return mark{}
	}
	return m
}

// news is what a window is told. Times are in milliseconds since 1970.
type news struct {
	Anew      bool          `json:"anew"` // forget everything that was told before
	Now       int64         `json:"now"`
	Following bool          `json:"following"`
	Lines     []lineNews    `json:"lines"`
	Packets   []packetTitle `json:"packets"`
	// Newest is the last line of everybody's chat that they did not write themselves.
	Newest map[string]int64 `json:"newest"`
}

type lineNews struct {
	ID   int64  `json:"id"`
	At   int64  `json:"at"`
	By   By     `json:"by"`
	Kind string `json:"kind"`
	Text string `json:"text"`
}

type packetTitle struct {
	ID        int64     `json:"id"`
	At        int64     `json:"at"`
	Took      float64   `json:"took"` // milliseconds
	Direction Direction `json:"direction"`
	Kind      string    `json:"kind"`
	Method    string    `json:"method"`
	Path      string    `json:"path"`
	Status    int       `json:"status"`
	Note      string    `json:"note"`
}

// events streams a person's new lines and everybody's new packets for as long
// as the window is open. A window that comes back says how far it has read.
func (h *handler) events(w http.ResponseWriter, r *http.Request) {
	openid := r.URL.Query().Get("openid")
	if !h.plays(openid) {
		refuse(w, errNobody)
		return
	}
	read := readMark(r.URL.Query().Get("since"))
	if last := r.Header.Get("Last-Event-ID"); last != "" {
		read = readMark(last)
	}
	w.Header().Set("Content-Type", "text/event-stream")
	for r.Context().Err() == nil {
		edition, next := h.news.current()
		fresh := h.since(&read, edition, openid)
		if send(w, read, fresh) != nil {
			return
		}
		h.wait(r.Context(), next, read.packet)
	}
}

// since gathers what came after the mark and moves the mark on.
func (h *handler) since(read *mark, edition, openid string) news {
	fresh := news{Anew: read.edition != edition, Lines: []lineNews{}, Packets: []packetTitle{}, Newest: h.newest()}
	if fresh.Anew {
		*read = mark{edition: edition}
	}
	fresh.Now, fresh.Following = h.clock.Now().UnixMilli(), h.phones.Following(openid)
	for _, p := range h.phones.Wire(read.packet) {
		fresh.Packets = append(fresh.Packets, p.title())
		read.packet = p.ID
	}
	for _, l := range h.album(openid) {
		if l.ID > read.line {
			fresh.Lines = append(fresh.Lines, lineNews{l.ID, l.At.UnixMilli(), l.By, l.Kind, l.Text})
			read.line = l.ID
		}
	}
	return fresh
}

// album is a chat in which a picture's text is its name, as far as it is known.
func (h *handler) album(openid string) []Line {
	lines, names := h.phones.Chat(openid), h.albums.of(openid)
	for i, l := range lines {
		if l.By != Self || l.Kind != "image" {
			continue
		}
		if len(names) == 0 {
			break
		}
		lines[i].Text, names = names[0], names[1:]
	}
	return lines
}

func (h *handler) newest() map[string]int64 {
	last := map[string]int64{}
	for _, p := range h.people {
		for _, l := range h.phones.Chat(p.OpenID) {
			if l.By != Self {
				last[p.OpenID] = l.ID
			}
		}
	}
	return last
}

func (p Packet) title() packetTitle {
	return packetTitle{
		ID: p.ID, At: p.At.UnixMilli(), Took: float64(p.Took.Microseconds()) / 1000, Direction: p.Direction,
		Kind: p.Kind, Method: p.Method, Path: pathOf(p.URL), Status: p.Status, Note: p.Note,
	}
}

// pathOf is the path of an address, or all of what is none.
func pathOf(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return address
	}
	return u.EscapedPath()
}

func send(w http.ResponseWriter, read mark, fresh news) error {
	body, err := json.Marshal(fresh)
	if err != nil {
		return err
	}
	rc := http.NewResponseController(w)
	_ = rc.SetWriteDeadline(time.Now().Add(stuck)) // a writer without deadlines has none to overrun
	if _, err := fmt.Fprintf(w, "id: %s\ndata: %s\n\n", read, body); err != nil {
		return err
	}
	return rc.Flush()
}

// wait returns when there may be news or the pulse is due.
func (h *handler) wait(ctx context.Context, next <-chan struct{}, packet int64) {
	ctx, cancel := context.WithTimeout(ctx, pulse)
	defer cancel()
	go func() {
		select {
		case <-next:
			cancel()
		case <-ctx.Done():
		}
	}()
	h.phones.Wait(ctx, packet)
}
