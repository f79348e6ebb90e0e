package main

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/xiangfeng/xiangfeng/bot/weixin/local"
	"github.com/xiangfeng/xiangfeng/domain/calendar"
	"github.com/xiangfeng/xiangfeng/domain/sample"
	"github.com/xiangfeng/xiangfeng/domain/script"
	"github.com/xiangfeng/xiangfeng/handlers/demo"
)

type demoCmd struct {
	Addr    string `help:"监听的地址；不写而 8080 被占用时，另找一个。"`
	DataDir string `help:"数据放在哪里；不写就用临时文件夹，结束时删掉。" type:"path"`
}

const demoAddr = "127.0.0.1:8080"

// demoStart is when the demo begins: a working day in the fourth quarter, with
// three quarters sealed behind it.
var demoStart = calendar.On(2026, time.November, 24).Start().Add(9*time.Hour + 30*time.Minute)

// Run plays the whole product on this machine: a seeded township in the
// embedded database, and the local WeChat on everybody's phone.
func (c demoCmd) Run(ctx context.Context) error {
	l, err := c.listen()
	if err != nil {
		return err
	}
	defer func() { _ = l.Close() }()
	platform, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	defer func() { _ = platform.Close() }()
	dir, remove, err := c.dir()
	if err != nil {
		return err
	}
	defer remove()
	t := &theatre{dir: dir, site: site(l), platform: "http://" + platform.Addr().String()}
	if err := t.raise(ctx); err != nil {
		return err
	}
	defer t.strike()
	fmt.Println(script.DemoReady(t.site + "/demo/"))
	return t.play(ctx, l, platform)
}

func (c demoCmd) listen() (net.Listener, error) {
	if c.Addr != "" {
		return listen(c.Addr)
	}
	if l, err := net.Listen("tcp", demoAddr); err == nil {
		return l, nil
	}
	return net.Listen("tcp", "127.0.0.1:0")
}

// site is how the listener is reached from this machine.
func site(l net.Listener) string {
	a := l.Addr().(*net.TCPAddr)
	if a.IP.IsUnspecified() {
		return fmt.Sprintf("http://127.0.0.1:%d", a.Port)
	}
	return "http://" + a.String()
}

func (c demoCmd) dir() (string, func(), error) {
	if c.DataDir != "" {
		return c.DataDir, func() {}, os.MkdirAll(c.DataDir, 0o700)
	}
	dir, err := os.MkdirTemp("", "xiangfeng-demo-")
	return dir, func() { _ = os.RemoveAll(dir) }, err
}

// theatre holds the stage that is played on: a reset strikes it and raises a
// new one while the addresses stay.
type theatre struct {
	dir, site, platform string

	screen atomic.Pointer[shown] // the laptop's
	// wechat is the stage's. The product calls it while it answers, which a reset
	// waits for.
	wechat atomic.Pointer[local.WeChat]

	mu    sync.RWMutex
	stage *stage
}

// stage is one run of the product with a WeChat around it.
type stage struct {
	service *service
	routes  http.Handler
	wechat  *local.WeChat
	end     func() // stops what works in the background, and waits for it
}

func (t *theatre) current() *stage {
	t.mu.RLock()
	defer t.mu.RUnlock()
	return t.stage
}

// raise builds the stage from what the folder holds, or from the sample.
func (t *theatre) raise(ctx context.Context) error {
	if err := t.setClock(demoStart, true); err != nil {
		return err
	}
	cfg := t.config()
	log := newLog(os.Stderr, cfg)
	s, err := newService(ctx, cfg, log)
	if err != nil {
		return err
	}
	st := &stage{service: s}
	if err := st.fill(ctx); err != nil {
		s.close()
		return err
	}
	if st.wechat, err = st.phones(t.site); err == nil {
		st.routes, err = s.routes()
	}
	if err != nil {
		s.close()
		return err
	}
	s.ear.SignsEvery = demoTick        // whoever writes is answered in the chat, not by a template
	if err := s.ask(ctx); err != nil { // the schedule begins before anybody can move the clock
		s.close()
		return err
	}
	st.begin(ctx)
	t.stage = st
	t.wechat.Store(st.wechat)
	return nil
}

// demoTick is how often the demo looks at its clock, which people move.
const demoTick = time.Second

// begin works off what the acts leave for later, until the stage is struck.
func (st *stage) begin(ctx context.Context) {
	ctx, cancel := context.WithCancel(context.WithoutCancel(ctx))
	var running sync.WaitGroup
	running.Go(func() {
		if err := st.service.work(ctx); err != nil {
			st.service.log.Error("the queue ended", "error", err)
		}
	})
	running.Go(func() { st.service.keepUp(ctx, demoTick) })
	st.end = func() {
		cancel()
		running.Wait()
	}
}

func (st *stage) fill(ctx context.Context) error {
	empty, err := st.service.store.Empty(ctx)
	if err != nil || !empty {
		return err
	}
	o := sample.Default()
	o.CardKey = st.service.secret(forCards)
	if err := st.service.store.Load(ctx, sample.Villages(o)); err != nil {
		return err
	}
	return st.loseCard(ctx)
}

// phones is the local WeChat with the cast as its people.
func (st *stage) phones(site string) (*local.WeChat, error) {
	a, m := st.service.cfg.OfficialAccount, st.service.cfg.MiniProgram
	w, err := local.New(local.Config{
		AppID: a.AppID, OriginalID: a.OriginalID, Secret: string(a.Secret), Token: string(a.Token),
		EncodingAESKey: string(a.AESKey), CallbackURL: site + "/wechat/callback", Now: st.service.clock.Now,
		MiniProgram: local.MiniProgram{
			AppID: m.AppID, OriginalID: m.OriginalID, Secret: string(m.Secret), Token: string(m.Token),
			EncodingAESKey: string(m.AESKey), CallbackURL: site + "/wechat/mini", Bound: true,
		},
	})
	if err != nil {
		return nil, err
	}
	for _, form := range demoTemplates {
		if err := w.AddTemplate(form); err != nil {
			return nil, err
		}
	}
	for _, c := range append(sample.DemoCast(), sample.DemoTeam()...) {
		if err := w.Add(local.Person{OpenID: c.OpenID, UnionID: unionOf(c.OpenID), MiniOpenID: c.Mini, Following: true}); err != nil {
			return nil, err
		}
	}
	return w, nil
}

// unionOf is the unionid of who has an openid: well-formed, and another one.
func unionOf(openid string) string { return "u" + openid[1:] }

// strike closes what is on the stage.
func (t *theatre) strike() {
	if t.stage == nil {
		return
	}
	t.stage.end()
	t.stage.wechat.Close()
	t.stage.service.close()
	t.stage = nil
}

// reset plays from the beginning again. It waits for what is being answered.
func (t *theatre) reset(ctx context.Context) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.strike()
	for _, name := range []string{databaseFile, databaseFile + "-wal", databaseFile + "-shm", clockFile, photoFolder} {
		if err := os.RemoveAll(filepath.Join(t.dir, name)); err != nil {
			return err
		}
	}
	return t.raise(context.WithoutCancel(ctx))
}

const (
	databaseFile = "xiangfeng.db"
	clockFile    = "clock"
	photoFolder  = "photos"
)

// config is the demo's configuration: the embedded defaults, and an account
// that exists on the local WeChat alone.
func (t *theatre) config() config {
	c := defaults()
	c.Listen, c.MetricsListen, c.PublicURL, c.LogLevel = "", "", t.site, "warn"
	c.Database = secret("sqlite:" + filepath.Join(t.dir, databaseFile))
	c.ClockFile, c.Photos = filepath.Join(t.dir, clockFile), "file:"+filepath.Join(t.dir, photoFolder)
	c.Wechat.APIBaseURL = t.platform
	c.OfficialAccount = account{
		AppID: "wx0123456789abcdef", OriginalID: "gh_0123456789ab", Secret: secret(strings.Repeat("demo", 8)),
		Token: "xiangfengdemo", AESKey: secret(strings.Repeat("xiangfeng", 4) + "demoAES"),
	}
	c.MiniProgram = account{
		AppID: "wxfedcba9876543210", OriginalID: "gh_ba9876543210", Secret: secret(strings.Repeat("mini", 8)),
		Token: "xiangfengmini", AESKey: secret(strings.Repeat("xiangfeng", 4) + "miniAES"),
	}
	c.Push.Usual = "template " + demoTemplates[2].ID + " thing1=kind thing2=place thing3=note\nservice"
	c.Push.Published = "template " + demoTemplates[0].ID + " thing1=home thing2=quarter thing3=note character_string4=code date5=until\nservice"
	c.Push.Dispute = "service\ntemplate " + demoTemplates[1].ID + " thing1=home thing2=note phrase3=state date4=day"
	return c
}

// demoTemplates are the forms of messages that the demo's account has.
var demoTemplates = []local.Template{
	{ID: templateNamed("result"), Channel: local.Notification, Title: "积分公示结果通知", Fields: []local.Field{
		{Name: "thing1", Label: "户主"},
		{Name: "thing2", Label: "季度"},
		{Name: "thing3", Label: "得分"},
		{Name: "character_string4", Label: "校验码"},
		{Name: "date5", Label: "提意见到"},
	}},
	{ID: templateNamed("progress"), Channel: local.Notification, Title: "异议处理进度通知", Fields: []local.Field{
		{Name: "thing1", Label: "户主"}, {Name: "thing2", Label: "异议"}, {Name: "phrase3", Label: "进展"}, {Name: "date4", Label: "日期"},
	}},
	{ID: templateNamed("work"), Channel: local.Notification, Title: "工作提醒", Fields: []local.Field{
		{Name: "thing1", Label: "事项"}, {Name: "thing2", Label: "哪里"}, {Name: "thing3", Label: "说明"},
	}},
}

// templateNamed is a template's id, which has 43 characters.
func templateNamed(name string) string { return (name + strings.Repeat("-", 43))[:43] }

// play answers on both addresses until ctx ends.
func (t *theatre) play(ctx context.Context, l, platform net.Listener) error {
	s := t.stage.service
	mux := http.NewServeMux()
	mux.Handle("/demo/", demo.New(phones{t}, minis{t}, demoClock{t}, people(), menu(script.Menu()), t.reset))
	mux.Handle("GET /{$}", http.RedirectHandler("/demo/", http.StatusFound))
	mux.HandleFunc("GET /console/door", t.laptop)
	mux.HandleFunc("/", t.product)
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	var running sync.WaitGroup
	defer running.Wait()
	running.Go(func() {
		if err := serve(ctx, newServer(http.HandlerFunc(t.api), s.log), platform); err != nil {
			s.log.Error("the local WeChat ended", "error", err)
		}
	})
	running.Go(func() { s.greetWeChat(ctx) })
	srv := newServer(mux, s.log)
	srv.WriteTimeout = 0 // the page's news are one long answer
	srv.RegisterOnShutdown(cancel)
	srv.BaseContext = func(net.Listener) context.Context { return ctx }
	err := serve(ctx, srv, l)
	cancel()
	return err
}

// product passes a request to whatever is on the stage, which stays there
// until it is answered.
func (t *theatre) product(w http.ResponseWriter, r *http.Request) {
	t.mu.RLock()
	defer t.mu.RUnlock()
	t.stage.routes.ServeHTTP(w, r)
}

func (t *theatre) api(w http.ResponseWriter, r *http.Request) { t.wechat.Load().ServeHTTP(w, r) }

// setClock writes the clock file so that the product's time is now at; with
// keep, a file that is there stays.
func (t *theatre) setClock(at time.Time, keep bool) error {
	path := filepath.Join(t.dir, clockFile)
	if _, err := os.Stat(path); err == nil && keep {
		return nil
	}
	next := path + ".next"
	if err := os.WriteFile(next, []byte(time.Until(at).String()), 0o600); err != nil {
		return err
	}
	return os.Rename(next, path)
}

// demoClock moves the product's clock.
type demoClock struct{ *theatre }

func (c demoClock) Now() time.Time { return c.current().service.clock.Now() }

func (c demoClock) Move(_ context.Context, by time.Duration) error {
	return c.setClock(c.Now().Add(by), false)
}
