package main

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"

	toxiproxy "github.com/Shopify/toxiproxy/v2"
	"github.com/rs/zerolog"

	"github.com/xiangfeng/xiangfeng/bot/weixin/local"
	"github.com/xiangfeng/xiangfeng/domain/script"
)

// through puts a proxy in front of a PostgreSQL database and returns the
// address through it.
func through(t testing.TB, dsn string) (*toxiproxy.Proxy, string) {
	t.Helper()
	u, err := url.Parse(dsn)
	if err != nil {
		t.Fatal(err)
	}
	server := toxiproxy.NewServer(toxiproxy.NewMetricsContainer(nil), zerolog.Nop())
	proxy := toxiproxy.NewProxy(server, t.Name(), "127.0.0.1:0", u.Host)
	if err := proxy.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(proxy.Stop)
	u.Host = proxy.Listen
	u.User = url.UserPassword(u.User.Username(), databasePassword)
	return proxy, u.String()
}

// databasePassword is one that the tests' server does not ask for, and that no
// log may hold.
const databasePassword = "canaryDatabasePassword"

// hasty is a WeChat whose people wait no longer than the real one lets them: 5 s.
func hasty(t testing.TB, i *instance) *local.WeChat {
	t.Helper()
	a := i.cfg.OfficialAccount
	w, err := local.New(local.Config{
		AppID: a.AppID, OriginalID: a.OriginalID, Secret: string(a.Secret), Token: string(a.Token), EncodingAESKey: string(a.AESKey),
		CallbackURL: i.url + "/wechat/callback", Now: i.clock.Now,
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(w.Close)
	return w
}

// TestSlowDatabase: while the database takes 7 s for a packet, everybody reads
// the honest sentence in time, however often WeChat repeats; sent again later,
// each message has its effect once.
func TestSlowDatabase(t *testing.T) {
	t.Parallel()
	dsn := onPostgres(t)
	proxy, slow := through(t, dsn)
	i := raise(t, testConfig(t, slow))
	w := world{i, hasty(t, i)}
	messages := w.openLists(t, 100)
	if _, err := proxy.Toxics.AddToxicJson(strings.NewReader(`{"name": "slow", "type": "latency", "attributes": {"latency": 7000}}`)); err != nil {
		t.Fatal(err)
	}
	for _, text := range w.sendAll(t, messages, 3) {
		if text != script.Sorry {
			t.Errorf("while the database is slow one reads %q", text)
		}
	}
	if err := proxy.Toxics.RemoveToxic(context.Background(), "slow"); err != nil {
		t.Fatal(err)
	}
	w.untilReady(t)
	first := w.sendAll(t, messages, 1)
	again := w.sendAll(t, messages, 2)
	for at, m := range messages {
		if n := effects(t, dsn, m.key); n != 1 {
			t.Errorf("%d effects", n)
		}
		if len(numbers(first[at])) == 0 || again[2*at] != first[at] || again[2*at+1] != first[at] {
			t.Errorf("sent again it reads %q, then %q and %q", first[at], again[2*at], again[2*at+1])
		}
	}
	if strings.Contains(i.out.String(), databasePassword) {
		t.Error("the log holds the database's password")
	}
}

// openLists opens 明细 for n people and returns an unsent 更多 of each.
func (w world) openLists(t testing.TB, n int) []replay {
	t.Helper()
	var messages []replay
	for _, p := range boundPersons() {
		if len(messages) == n {
			break
		}
		w.follow(t, p.OpenID)
		if page := w.says(t, p.OpenID, "明细"); strings.HasSuffix(page, "请回：更多") {
			messages = append(messages, w.replay(t, p.OpenID, local.Message{Kind: local.Text, Text: "更多"}))
		}
	}
	if len(messages) < n {
		t.Fatalf("only %d people have a second page", len(messages))
	}
	return messages
}

// sendAll delivers every message, each so many times, all at once.
func (w world) sendAll(t testing.TB, messages []replay, times int) []string {
	t.Helper()
	texts := make([]string, len(messages)*times)
	var running sync.WaitGroup
	for at := range texts {
		running.Go(func() {
			m := messages[at/times]
			a := w.Post(t.Context(), m.packet)
			answer := w.Judge(m.openid, a.Status, a.Body)
			if texts[at] = answer.Text; answer.Verdict != local.Replied {
				t.Errorf("%s: %s after %v: %v", answer.Verdict, answer.Why, a.Took, a.Err)
			}
		})
	}
	running.Wait()
	return texts
}

func (w world) untilReady(t testing.TB) {
	t.Helper()
	until(t, func() bool { return get(t, w.url+"/readyz").status == http.StatusOK })
}

// TestDatabaseAway: without the database everybody reads the honest sentence
// and the service says that it is not ready; when the database is back it
// answers again by itself, also if it was away at the very first question.
func TestDatabaseAway(t *testing.T) {
	t.Parallel()
	dsn := onPostgres(t)
	proxy, address := through(t, dsn)
	i := raise(t, testConfig(t, address))
	w := world{i, hasty(t, i)}
	for round := range 3 {
		proxy.Stop()
		for _, p := range boundPersons()[:20] {
			w.follow(t, p.OpenID)
			if got := w.says(t, p.OpenID, "积分"); got != script.Sorry {
				t.Errorf("round %d: without the database one reads %q", round, got)
			}
		}
		if a := get(t, w.url+"/readyz"); a.status != http.StatusServiceUnavailable || a.header.Get("Retry-After") == "" {
			t.Errorf("/readyz is %d, Retry-After %q", a.status, a.header.Get("Retry-After"))
		}
		if a := get(t, w.url+"/healthz"); a.status != http.StatusOK {
			t.Errorf("/healthz is %d", a.status)
		}
		if n := effects(t, dsn, ""); n != 0 {
			t.Errorf("%d effects", n)
		}
		if err := proxy.Start(); err != nil {
			t.Fatal(err)
		}
		w.untilReady(t)
		if got := w.says(t, boundPersons()[0].OpenID, "积分"); !strings.Contains(got, "今年积分") {
			t.Errorf("round %d: with the database back one reads %q", round, got)
		}
	}
	if strings.Contains(i.out.String(), databasePassword) {
		t.Error("the log holds the database's password")
	}
}
