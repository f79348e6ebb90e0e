package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"math/rand/v2"
	"net/http"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/xiangfeng/xiangfeng/bot/weixin/local"
	"github.com/xiangfeng/xiangfeng/domain/calendar"
	"github.com/xiangfeng/xiangfeng/domain/household"
	"github.com/xiangfeng/xiangfeng/domain/notice"
	"github.com/xiangfeng/xiangfeng/domain/sample"
	"github.com/xiangfeng/xiangfeng/jobs"
	"github.com/xiangfeng/xiangfeng/storage"
	"github.com/xiangfeng/xiangfeng/storage/conformance"
)

// pushEnv says to how many people something is told; without it there are few,
// and the database server, which other tests need, is left alone.
const pushEnv = "XIANGFENG_TEST_PUSH"

// restartEnv is the command that crashes and restarts PostgreSQL.
const restartEnv = "XIANGFENG_TEST_POSTGRES_RESTART"

// crowd is many people, and what they are told.
type crowd struct {
	office
	dsn    string
	people []recipient
	faulty atomic.Bool
	calls  atomic.Int64
	struck atomic.Int64
}

type recipient struct {
	household.Person
	kind notice.Kind
}

// latency is how long the local WeChat takes for a message: with few people so
// long that the program is killed while it sends.
func latency() time.Duration {
	if os.Getenv(pushEnv) == "" {
		return 150 * time.Millisecond
	}
	return 20 * time.Millisecond
}

// newCrowd puts n people around the account: of each five three follow and are
// told by template, one does not and agreed to one message, and one wrote of late
// and is told by customer service.
func newCrowd(t *testing.T, n int) *crowd {
	t.Helper()
	dsn := conformance.Postgres(t)
	store, err := storage.Open(t.Context(), dsn)
	if err != nil {
		t.Fatal(err)
	}
	o := sample.Options{Villages: n/500 + 1, Households: 900, EventsPerHousehold: 1, Year: 2026, Until: calendar.On(2026, 1, 20), Seed: 7}
	var people []recipient
	villages := slices.Collect(sample.Villages(o))
	if err := errors.Join(store.Load(t.Context(), slices.Values(villages)), store.Close()); err != nil {
		t.Fatal(err)
	}
	for _, v := range villages {
		for _, p := range v.Persons {
			if p.OpenID != "" && p.Current != 0 && len(people) < n {
				people = append(people, recipient{Person: p, kind: notice.Published})
			}
		}
	}
	if len(people) < n {
		t.Fatalf("only %d people are bound", len(people))
	}
	return &crowd{dsn: dsn, people: people}
}

// strike passes calls on to the local WeChat; 7 % of the messages go wrong, each
// in a way of its own.
func (c *crowd) strike(w *local.WeChat) http.Handler {
	faults := []local.Fault{
		{ErrCode: -1},
		{ErrCode: -1},
		{ErrCode: 43004},
		{ErrCode: 43101},
		{ErrCode: 47003},
		{ErrCode: 40001},
		{Status: http.StatusBadGateway},
		{Reset: true},
		{LoseAnswer: true},
		{LoseAnswer: true},
		{LoseAnswer: true},
		{Status: http.StatusOK, Body: "{}"},
	}
	if os.Getenv(pushEnv) != "" { // they stop sending for a minute, and for a day
		faults = append(faults, local.Fault{ErrCode: 45011}, local.Fault{ErrCode: 43117})
	}
	return http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/cgi-bin/stable_token" {
			time.Sleep(latency())
			if c.calls.Add(1); c.faulty.Load() && rand.IntN(100) < 7 {
				c.struck.Add(1)
				f := faults[rand.IntN(len(faults))]
				if f.ErrCode == 45011 && rand.IntN(20) > 0 { // each stops its channel for a minute
					f.ErrCode = -1
				}
				f.Path, f.Times = r.URL.Path, 1
				w.Break(f)
			}
		}
		w.ServeHTTP(rw, r)
	})
}

// open starts the local WeChat and returns the configuration of the program.
func (c *crowd) open(t *testing.T) config {
	t.Helper()
	cfg := testConfig(t, c.dsn)
	platform := listenAnywhere(t)
	cfg.Wechat.APIBaseURL, cfg.Listen, cfg.MetricsListen = "http://"+platform.Addr().String(), freeAddr(t), ""
	cfg.LogLevel = "error"
	setClock(t, cfg, time.Until(demoStart).String())
	a := cfg.OfficialAccount
	clk := &clock{file: cfg.ClockFile}
	w, err := local.New(local.Config{
		AppID: a.AppID, OriginalID: a.OriginalID, Secret: string(a.Secret), Token: string(a.Token), EncodingAESKey: string(a.AESKey),
		CallbackURL: "http://" + cfg.Listen + "/wechat/callback", Now: clk.Now,
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(w.Close)
	c.WeChat, c.template, c.once = w, w.TemplateID("T"), w.TemplateID("S")
	for id, form := range map[string]local.Template{c.template: resultTemplate, c.once: onceTemplate} {
		form.ID = id
		if err := w.AddTemplate(form); err != nil {
			t.Fatal(err)
		}
	}
	for _, p := range c.people {
		if err := w.Add(local.Person{OpenID: p.OpenID, Following: true}); err != nil {
			t.Fatal(err)
		}
	}
	cfg.Push.Pace = "0"
	cfg.Push.Published = "template " + c.template + " thing1=home thing2=note character_string3=code date4=until\none_time " + c.once + " thing1=home time2=until"
	cfg.Push.Alarm = "service"
	serveUntilEnd(t, newServer(c.strike(w), quiet), platform)
	return cfg
}

// act lets the people do what they do before they are told anything.
func (c *crowd) act(t *testing.T) {
	t.Helper()
	var running sync.WaitGroup
	next := make(chan int)
	for range 8 {
		running.Go(func() {
			for i := range next {
				p := &c.people[i]
				var err error
				switch i % 5 {
				case 0:
					_, err = c.AnswerSubscribe(t.Context(), p.OpenID, local.Choice{TemplateID: c.once, Accept: true})
					if err == nil {
						_, err = c.Unfollow(t.Context(), p.OpenID)
					}
				case 1:
					_, err = c.Say(t.Context(), p.OpenID, "积分")
					p.kind = notice.Alarm
				}
				if err != nil {
					t.Error(err)
				}
			}
		})
	}
	for i := range c.people {
		next <- i
	}
	close(next)
	running.Wait()
}

// tally is how many notices are in each state, and what became of each person's.
func (c *crowd) tally(t *testing.T) map[string]int {
	all := map[string]int{}
	for _, s := range c.became(t) {
		all[s]++
	}
	return all
}

func (c *crowd) became(t *testing.T) map[string]string {
	t.Helper()
	db := conformance.Tables(t, c.dsn)
	defer func() { _ = db.Close() }()
	all := map[string]string{}
	until(t, func() bool { // the server may just be starting again
		rows, err := db.Query("SELECT n.openid, p.state FROM push p JOIN person n ON n.id = p.person_id WHERE p.occasion = 'many'")
		if err != nil {
			return false
		}
		defer func() { _ = rows.Close() }()
		for rows.Next() {
			var openid, state string
			if rows.Scan(&openid, &state) != nil {
				return false
			}
			all[openid] = state
		}
		return rows.Err() == nil
	})
	return all
}

func (c *crowd) count(t *testing.T, question string) (n int) {
	t.Helper()
	db := conformance.Tables(t, c.dsn)
	defer func() { _ = db.Close() }()
	if err := db.QueryRow(question).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

// notices are what all are told.
func (c *crowd) notices(occasion string, now time.Time) []notice.Notice {
	all := make([]notice.Notice, len(c.people))
	for i, p := range c.people {
		all[i] = notice.Notice{
			Person: p.ID, Scope: notice.Scope{Household: p.Current}, Occasion: occasion, Kind: p.kind, At: now, Until: now.AddDate(0, 0, 7),
			Facts: notice.Facts{Place: "红旗村", Quarter: "2026Q3", Edition: 1, Code: "K7QM-2XWD", Score: 1135, Gained: 135, Rank: 3, Of: 40, Until: "2026-11-30", Reason: "请看"},
		}
	}
	return all
}

// received is how many messages stand in a person's chat but replies.
func (c *crowd) received(openid string) (n int) {
	for _, l := range c.Inbox(openid) {
		if l.By == local.Service {
			n++
		}
	}
	return n
}

// TestPushThroughKills: the program is killed and the database crashes while
// many are told, and the platform answers 7 in 100 wrong. Nobody is told twice,
// nobody is forgotten, what is in doubt is listed, and the report adds up.
func TestPushThroughKills(t *testing.T) {
	n, kills, crashes := 300, 2, 0
	if many, err := strconv.Atoi(os.Getenv(pushEnv)); err == nil {
		n, kills, crashes = many, 10, 5
	} else {
		t.Parallel()
	}
	c := newCrowd(t, n)
	cfg := c.open(t)
	run := func() *exec.Cmd {
		cmd := program(t, cfg, "serve")
		cmd.Stdout, cmd.Stderr = os.Stderr, os.Stderr
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		return cmd
	}
	cmd := run()
	defer func() { stop(cmd) }()
	until(t, func() bool {
		r, err := client.Get("http://" + cfg.Listen + "/readyz")
		return err == nil && r.Body.Close() == nil && r.StatusCode == http.StatusOK
	})
	c.act(t)
	until(t, func() bool {
		return c.count(t, "SELECT count(*) FROM reach WHERE said_at IS NOT NULL") == n/5 && c.count(t, "SELECT count(*) FROM credit WHERE remaining = 1") == n/5
	})
	store, err := storage.Open(t.Context(), c.dsn)
	if err != nil {
		t.Fatal(err)
	}
	clk := &clock{file: cfg.ClockFile}
	c.office.world.instance = &instance{service: &service{store: store, clock: clk}}
	c.faulty.Store(true)
	began := time.Now()
	c.notify(t, c.notices("many", clk.Now())...)
	if err := store.Close(); err != nil {
		t.Fatal(err)
	}
	blows := kills + crashes
	for blow := range blows {
		goal := int64(n) * int64(blow+1) / int64(blows+1)
		start := time.Now()
		for c.calls.Load() < goal && time.Since(start) < 2*time.Minute {
			time.Sleep(5 * time.Millisecond)
		}
		if crashes > 0 && blow%3 == 2 {
			if out, err := exec.Command("bash", "-c", os.Getenv(restartEnv)).CombinedOutput(); err != nil {
				t.Fatalf("PostgreSQL was not restarted: %v %s", err, out)
			}
			continue
		}
		stop(cmd) // SIGKILL
		cmd = run()
	}
	settled := func() bool {
		all := c.tally(t)
		return all["waiting"]+all["sending"] == 0
	}
	c.wait(t, cfg, settled)
	// What the platform's word was lost of ends by time.
	setClock(t, cfg, time.Until(clk.Now().Add(2*time.Hour)).String())
	c.wait(t, cfg, func() bool { return settled() && c.tally(t)["accepted"] == 0 })
	all := c.tally(t)
	t.Logf("%d people in %v, %d calls, %d of them went wrong: %v", n, time.Since(began).Round(time.Second), c.calls.Load(), c.struck.Load(), all)
	sum := 0
	for _, m := range all {
		sum += m
	}
	if sum != n {
		t.Errorf("the report has %d; want %d", sum, n)
	}
	c.judge(t)
}

// judge compares what is reported with what stands in the chats.
func (c *crowd) judge(t *testing.T) {
	t.Helper()
	states := c.became(t)
	wrong := map[string]int{}
	for _, p := range c.people {
		got, state := c.received(p.OpenID), states[p.OpenID]
		switch {
		case got > 1:
			wrong["told twice, "+state]++
		case got == 0 && state != "in_doubt" && state != "unreachable":
			wrong["forgotten, "+state]++
		case got == 1 && state != "in_doubt" && state != "delivered":
			wrong["told, "+state]++
		}
	}
	for _, what := range slices.Sorted(maps.Keys(wrong)) {
		t.Errorf("%d were %s", wrong[what], what)
	}
}

// wait waits until what is tried again has been, moving the clock over the
// pauses of minutes and hours.
func (c *crowd) wait(t *testing.T, cfg config, done func() bool) {
	t.Helper()
	clk := &clock{file: cfg.ClockFile}
	last, calls, steps := time.Now(), c.calls.Load(), 0
	for start := time.Now(); !done(); time.Sleep(200 * time.Millisecond) {
		if time.Since(start) > 10*time.Minute {
			t.Fatalf("it does not end: %v", c.tally(t))
		}
		if now := c.calls.Load(); now != calls {
			last, calls, steps = time.Now(), now, 0
		}
		if time.Since(last) < 6*time.Second || c.tally(t)["sending"] > 0 {
			continue
		}
		step := 35 * time.Second // over the short pauses
		if steps++; steps > 5 {
			step = 25 * time.Hour // over that of a day
		}
		setClock(t, cfg, time.Until(notice.NextGo(clk.Now().Add(step))).String())
		last = time.Now()
	}
}

// TestPushKeepsUp: sending reaches 70 % at least of what as many workers reach
// who only post the same to the same local WeChat.
func TestPushKeepsUp(t *testing.T) {
	if os.Getenv(pushEnv) == "" {
		t.Skip("skipped: it is a measurement; see make push")
	}
	const n = 4000
	c := newCrowd(t, n)
	cfg := c.open(t)
	i := raise(t, cfg)
	c.office.world.instance = i
	token, err := i.tokens.Token(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var shares []float64
	for round := range 3 {
		bare := c.bare(t, cfg, token, round)
		c.notify(t, c.notices(fmt.Sprint("round ", round), i.clock.Now())...)
		began := time.Now()
		for c.count(t, "SELECT count(*) FROM push WHERE state IN ('waiting', 'sending')") > 0 {
			if err := i.handlers[jobs.PushJob](t.Context(), nil, 1); err != nil {
				t.Fatal(err)
			}
		}
		ours := float64(n) / time.Since(began).Seconds()
		shares = append(shares, ours/bare)
		t.Logf("with %v latency and %d workers: %.0f messages a second, bare posts %.0f: %.0f %%", latency(), pushers, ours, bare, 100*ours/bare)
	}
	if best := slices.Max(shares); best < 0.7 {
		t.Errorf("%.0f %% of bare posts; want 70", 100*best)
	}
}

// bare posts as many template messages as there are people and returns the rate.
func (c *crowd) bare(t *testing.T, cfg config, token string, round int) float64 {
	t.Helper()
	transport := &http.Transport{MaxIdleConnsPerHost: pushers}
	defer transport.CloseIdleConnections()
	poster := &http.Client{Transport: transport}
	next := make(chan string)
	var running sync.WaitGroup
	for range pushers {
		running.Go(func() {
			for openid := range next {
				value := func(s string) map[string]string { return map[string]string{"value": s} }
				body, err := json.Marshal(map[string]any{"touser": openid, "template_id": c.template, "client_msg_id": fmt.Sprint("bare", round, openid), "data": map[string]any{
					"thing1": value("王桂兰家"), "thing2": value("113.5分"), "character_string3": value("K7QM"), "date4": value("2026年11月30日"),
				}})
				if err != nil {
					t.Error(err)
				}
				res, err := poster.Post(cfg.Wechat.APIBaseURL+"/cgi-bin/message/template/send?access_token="+token, "application/json", bytes.NewReader(body))
				if err != nil {
					t.Error(err)
					continue
				}
				if text, _ := io.ReadAll(res.Body); !bytes.Contains(text, []byte(`"errcode":0`)) {
					t.Errorf("%s", text)
				}
				_ = res.Body.Close()
			}
		})
	}
	began := time.Now()
	for _, p := range c.people {
		next <- p.OpenID
	}
	close(next)
	running.Wait()
	rate := float64(len(c.people)) / time.Since(began).Seconds()
	if err := c.Settle(context.WithoutCancel(t.Context())); err != nil {
		t.Fatal(err)
	}
	return rate
}
