package main

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/xiangfeng/xiangfeng/bot/weixin/local"
	"github.com/xiangfeng/xiangfeng/domain/household"
)

// replay is a message's bytes on the wire, to be sent any number of times.
type replay struct {
	world
	openid string
	key    string
	packet local.Request
}

func (w world) replay(t testing.TB, openid string, m local.Message) replay {
	t.Helper()
	p, err := w.Act(openid, m)
	if err != nil {
		t.Fatal(err)
	}
	request, err := w.Craft(openid, p.Plain).Request()
	if err != nil {
		t.Fatal(err)
	}
	return replay{w, openid, strconv.FormatInt(p.MsgID, 10), request}
}

// send posts the bytes n times, ten at a time, and returns the different replies.
func (r replay) send(t testing.TB, n int) []string {
	t.Helper()
	replies := make([]string, n)
	var running sync.WaitGroup
	for lane := range 10 {
		running.Go(func() {
			for i := lane; i < n; i += 10 {
				a := r.Post(t.Context(), r.packet)
				answer := r.Judge(r.openid, a.Status, a.Body)
				if replies[i] = answer.Text; answer.Verdict != local.Replied {
					t.Errorf("%s: %s, HTTP status %d, %v", answer.Verdict, answer.Why, a.Status, a.Err)
				}
			}
		})
	}
	running.Wait()
	slices.Sort(replies)
	return slices.Compact(replies)
}

func one(t testing.TB, replies []string) string {
	t.Helper()
	if len(replies) != 1 {
		t.Fatalf("one message has %d replies: %q", len(replies), replies)
	}
	return replies[0]
}

// TestIdenticalBytesTurnOnePage: a replayed 更多 turns one page, is always
// answered with that page, and the next 更多 goes on behind it.
func TestIdenticalBytesTurnOnePage(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, dsn string) {
		w := newWorld(t, dsn)
		want := w.allPages(t, diligent.OpenID)
		w.says(t, diligent.OpenID, "明细")
		more := w.replay(t, diligent.OpenID, local.Message{Kind: local.Text, Text: "更多"})
		if got := one(t, more.send(t, 100)); got != want[1] {
			t.Errorf("the second page is %q, want %q", got, want[1])
		}
		if n := effects(t, dsn, more.key); n != 1 {
			t.Errorf("%d effects", n)
		}
		if got := w.says(t, diligent.OpenID, "更多"); got != want[2] {
			t.Errorf("the third page is %q, want %q", got, want[2])
		}
		if got := one(t, more.send(t, 10)); got != want[1] {
			t.Errorf("repeated later it is %q, want %q", got, want[1])
		}
	})
}

// TestIdenticalBytesSwitchOnce: a replayed choice of a household takes effect
// once, and not again after the person has gone back.
func TestIdenticalBytesSwitchOnce(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, dsn string) {
		w := newWorld(t, dsn)
		w.says(t, widow.OpenID, "换户")
		choice := w.replay(t, widow.OpenID, local.Message{Kind: local.Text, Text: "2"})
		switched := one(t, choice.send(t, 100))
		if !strings.Contains(switched, "现在看的是田长安家") {
			t.Fatal(switched)
		}
		if n := effects(t, dsn, choice.key); n != 2 {
			t.Errorf("%d outcomes, want the choice and the switch", n)
		}
		w.says(t, widow.OpenID, "换户")
		w.says(t, widow.OpenID, "1")
		if got := one(t, choice.send(t, 50)); got != switched {
			t.Errorf("a repeat reads %q, want %q", got, switched)
		}
		if got := w.says(t, widow.OpenID, "积分"); !strings.HasPrefix(got, "向桂香家") {
			t.Errorf("a repeat switched back: %s", got)
		}
	})
}

// TestStaleBytesChangeNothing: what was signed more than 300 s from the
// product's time is refused, whichever of the two clocks is wrong.
func TestStaleBytesChangeNothing(t *testing.T) {
	t.Parallel()
	dsn := onSQLite(t)
	w := newWorld(t, dsn)
	w.says(t, diligent.OpenID, "明细")
	more := w.replay(t, diligent.OpenID, local.Message{Kind: local.Text, Text: "更多"})
	refused := func(what string, r local.Request) {
		t.Helper()
		if a := w.Post(t.Context(), r); a.Status != http.StatusUnauthorized {
			t.Errorf("%s: HTTP status %d", what, a.Status)
		}
	}
	p, _ := w.Act(diligent.OpenID, local.Message{Kind: local.Text, Text: "更多"})
	for i := range 25 {
		for _, off := range []time.Duration{305 * time.Second, -305 * time.Second} {
			craft := w.Craft(diligent.OpenID, p.Plain)
			craft.At = craft.At.Add(off * time.Duration(i*i+1))
			r, err := craft.Request()
			if err != nil {
				t.Fatal(err)
			}
			refused(craft.At.String(), r)
		}
	}
	for _, at := range []string{demoStart.Add(305 * time.Second).Format(time.RFC3339), "2026-11-24T09:20:00+08:00", "+400h", "-400h"} {
		setClock(t, w.cfg, at)
		refused("the clock at "+at, more.packet)
	}
	if n := effects(t, dsn, ""); n != 0 {
		t.Errorf("%d effects", n)
	}
	setClock(t, w.cfg, time.Until(demoStart).String())
	if got := one(t, more.send(t, 1)); !strings.HasPrefix(got, "贺春林家2026年明细") {
		t.Errorf("fresh again it reads %s", got)
	}
}

// TestTwoInstancesGiveOneReply: a message that reaches two instances at the
// same time, many times each, has one effect and one reply.
func TestTwoInstancesGiveOneReply(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, dsn string) {
		const rounds, copies = 20, 16
		w := newWorld(t, dsn)
		c := w.cfg
		other := raise(t, c)
		var callbacks []string
		for range copies / 2 {
			callbacks = append(callbacks, w.url+"/wechat/callback", other.url+"/wechat/callback")
		}
		pages := w.allPages(t, diligent.OpenID)
		for round := range rounds {
			at := round % (len(pages) - 1)
			if at == 0 {
				w.says(t, diligent.OpenID, "明细")
			}
			p, err := w.Act(diligent.OpenID, local.Message{Kind: local.Text, Text: "更多"})
			if err != nil {
				t.Fatal(err)
			}
			all, err := w.DeliverTo(t.Context(), p, callbacks...)
			for _, x := range all {
				if got := reply(t, x, err); got != pages[at+1] {
					t.Fatalf("round %d: %q, want %q", round, got, pages[at+1])
				}
			}
			if n := effects(t, dsn, strconv.FormatInt(p.MsgID, 10)); n != 1 {
				t.Fatalf("round %d: %d effects", round, n)
			}
		}
	})
}

// TestEventsOfOneSecond: two events of one person in one second are told apart
// by what they are, both take effect, and a repeat of either is answered the same.
func TestEventsOfOneSecond(t *testing.T) {
	t.Parallel()
	dsn := onSQLite(t)
	w := newWorld(t, dsn)
	setClock(t, w.cfg, demoStart.Format(time.RFC3339)) // so that all of them are
	const people = 100
	quietPeople := slices.DeleteFunc(boundPersons(), func(p household.Person) bool { return p.OpenID == fallen.OpenID }) // nobody has news
	for _, p := range quietPeople[:people] {
		w.follow(t, p.OpenID)
		w.says(t, p.OpenID, "全村积分")
		drop := w.replay(t, p.OpenID, local.Message{Kind: local.Click, Text: "cancel"})
		more := w.replay(t, p.OpenID, local.Message{Kind: local.Click, Text: "more"})
		scan := w.replay(t, p.OpenID, local.Message{Kind: local.Scan, Text: "more"})
		dropped, none, welcome := one(t, drop.send(t, 3)), one(t, more.send(t, 3)), one(t, scan.send(t, 3))
		if !strings.Contains(dropped, "刚才的不算了") || !strings.Contains(none, "后面没有了") || !strings.Contains(welcome, "您好") {
			t.Errorf("%s reads %q, %q and %q", p.Name, dropped, none, welcome)
		}
	}
	if n := effects(t, dsn, ""); n != 3*people {
		t.Errorf("%d effects of three acts of each of %d", n, people)
	}
}

// TestInstancesShowTheSame: what changes through one instance is what the
// other answers next, though both keep answers.
func TestInstancesShowTheSame(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, dsn string) {
		w := newWorld(t, dsn)
		other := raise(t, w.cfg)
		phones := world{other, phonesFor(t, other)}
		for n, head := range []string{"田长安家", "向桂香家", "田长安家", "向桂香家"} {
			w.says(t, widow.OpenID, "换户")
			w.says(t, widow.OpenID, strconv.Itoa(2-n%2))
			for _, i := range []world{phones, w, phones} {
				if got := i.says(t, widow.OpenID, "积分"); !strings.HasPrefix(got, head) {
					t.Errorf("after switch %d one reads %s", n+1, got)
				}
			}
		}
	})
}
