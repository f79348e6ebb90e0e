package main

import (
	"bytes"
	"context"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/xiangfeng/xiangfeng/bot/weixin/local"
	"github.com/xiangfeng/xiangfeng/domain/household"
	"github.com/xiangfeng/xiangfeng/domain/ledger"
	"github.com/xiangfeng/xiangfeng/domain/sample"
	"github.com/xiangfeng/xiangfeng/domain/script"
	"github.com/xiangfeng/xiangfeng/storage"
	"github.com/xiangfeng/xiangfeng/storage/conformance"
)

// programEnv makes the test binary the program itself, for what only a real
// process shows.
const programEnv = "XIANGFENG_TEST_PROGRAM"

func TestMain(m *testing.M) {
	if os.Getenv(programEnv) != "" {
		os.Exit(run(os.Args[1:]))
	}
	goleak.VerifyTestMain(m)
}

// The cast of the sample, by what they are good for.
var (
	diligent  = sample.DemoCast()[0]
	disputed  = sample.DemoCast()[1]
	widow     = sample.DemoCast()[2] // in two households
	fallen    = sample.DemoCast()[3]
	newcomer  = sample.DemoCast()[4]
	elsewhere = sample.DemoCast()[5]
	unbound   = sample.DemoCast()[6]
	stranger  = sample.DemoCast()[7]
)

// testKey is the installation's key.
const testKey secret = "theKeyOfTheTestsIsLongEnough0123"

// township is the sample, as the domain made it.
var township = sync.OnceValue(func() []sample.Village {
	o := sample.Default()
	o.CardKey = derive(testKey, forCards)
	return slices.Collect(sample.Villages(o))
})

// databases are fresh ones that hold the township and go with the test.
var databases = map[string]func(testing.TB) string{"sqlite": onSQLite, "postgres": onPostgres}

// onEach runs a test on both kinds of database.
func onEach(t *testing.T, test func(t *testing.T, dsn string)) {
	for name, make := range databases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test(t, make(t))
		})
	}
}

// seeded is the township in the embedded database, to be copied.
var seeded = sync.OnceValues(func() ([]byte, error) {
	dir, err := os.MkdirTemp("", "xiangfeng-test-")
	if err != nil {
		return nil, err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	path := filepath.Join(dir, "township.db")
	store, err := openStore(context.Background(), secret("sqlite:"+path))
	if err != nil {
		return nil, err
	}
	err = store.Load(context.Background(), slices.Values(township()))
	if closed := store.Close(); err == nil {
		err = closed
	}
	if err != nil {
		return nil, err
	}
	return os.ReadFile(path)
})

func onSQLite(t testing.TB) string {
	t.Helper()
	db, err := seeded()
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "xiangfeng.db")
	if err := os.WriteFile(path, db, 0o600); err != nil {
		t.Fatal(err)
	}
	return "sqlite:" + path
}

func onPostgres(t testing.TB) string {
	t.Helper()
	dsn := conformance.Postgres(t)
	store, err := storage.Open(t.Context(), dsn)
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(store.Load(t.Context(), slices.Values(township())), store.Close()); err != nil {
		t.Fatal(err)
	}
	return dsn
}

// testConfig is a complete configuration, with a clock that stands where the
// sample's year ends and moves on from there.
func testConfig(t testing.TB, dsn string) config {
	t.Helper()
	c := defaults()
	c.Environment, c.Database, c.Wechat.APIBaseURL = "test", secret(dsn), "http://127.0.0.1:1"
	c.SecretKey = testKey
	c.ClockFile, c.Photos = filepath.Join(t.TempDir(), "clock"), "file:"+t.TempDir()
	setClock(t, c, time.Until(demoStart).String())
	c.OfficialAccount = account{
		AppID: "wx7d0c5e91ab34f286", OriginalID: "gh_5e1f08c2a7b9", Secret: "c0ffee5ec2e7c0ffee5ec2e7c0ffee01",
		Token: "T0kenOfTheTests", AESKey: secret(strings.Repeat("aesKEY", 7) + "A"),
	}
	return c
}

func setClock(t testing.TB, c config, at string) {
	t.Helper()
	next := c.ClockFile + ".next"
	if err := os.WriteFile(next, []byte(at), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(next, c.ClockFile); err != nil {
		t.Fatal(err)
	}
}

// instance is the service, running.
type instance struct {
	*service
	url string
	out *buffer // its log
}

// raise starts the service on an address of its own; it stops with the test.
func raise(t testing.TB, c config) *instance {
	t.Helper()
	out := &buffer{}
	s, err := newService(t.Context(), c, newLog(out, c))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.close)
	routes, err := s.routes()
	if err != nil {
		t.Fatal(err)
	}
	l := listenAnywhere(t)
	serveUntilEnd(t, newServer(routes, s.log), l)
	return &instance{service: s, url: "http://" + l.Addr().String(), out: out}
}

func listenAnywhere(t testing.TB) net.Listener {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func serveUntilEnd(t testing.TB, srv *http.Server, l net.Listener) {
	ctx, cancel := context.WithCancel(context.WithoutCancel(t.Context()))
	ended := make(chan error, 1)
	go func() { ended <- serve(ctx, srv, l) }()
	t.Cleanup(func() {
		cancel()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
}

// world is one instance with the local WeChat around it.
type world struct {
	*instance
	*local.WeChat
}

func newWorld(t testing.TB, dsn string) world {
	t.Helper()
	i := raise(t, testConfig(t, dsn))
	return world{i, phonesFor(t, i)}
}

// phonesFor is the local WeChat of an instance's account, with the cast.
func phonesFor(t testing.TB, i *instance) *local.WeChat {
	t.Helper()
	st := &stage{service: i.service}
	w, err := st.phones(i.url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(w.Close)
	return w
}

// says sends words and returns the reply; the platform has to be content with it.
func (w world) says(t testing.TB, openid, words string) string {
	t.Helper()
	x, err := w.Say(t.Context(), openid, words)
	return reply(t, x, err)
}

// asks says words, and turns to the answer where news came before it.
func (w world) asks(t testing.TB, openid, words string) string {
	t.Helper()
	got := w.says(t, openid, words)
	if strings.HasSuffix(got, "看您刚才问的，请回：更多") {
		return w.says(t, openid, "更多")
	}
	return got
}

// reply is what the person reads, within the limits of the chat.
func reply(t testing.TB, x local.Exchange, err error) string {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	if x.Answer.Verdict != local.Replied || len(x.Attempts) != 1 {
		t.Fatalf("%s after %d attempts: %s", x.Answer.Verdict, len(x.Attempts), x.Answer.Why)
	}
	if text := x.Answer.Text; !script.Fits(text) || len(text) > 2048 || text == "" {
		t.Errorf("a reply of %d bytes: %q", len(text), text)
	}
	return x.Answer.Text
}

// homeOf is the household that replies to a person are about, its village and account.
func homeOf(t testing.TB, openid string) (sample.Village, household.Household, ledger.Account) {
	t.Helper()
	for _, v := range township() {
		for _, p := range v.Persons {
			if p.OpenID != openid {
				continue
			}
			at := slices.IndexFunc(v.Households, func(h household.Household) bool { return h.ID == p.Current })
			return v, v.Households[at], v.Accounts[at]
		}
	}
	t.Fatalf("%s is not bound", openid)
	return sample.Village{}, household.Household{}, ledger.Account{}
}

// answer is what came back over HTTP.
type answer struct {
	status int
	header http.Header
	body   string
}

// client follows nothing and keeps no connection.
var client = &http.Client{
	Transport:     &http.Transport{DisableKeepAlives: true},
	CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	Timeout:       time.Minute,
}

func do(t testing.TB, r *http.Request) answer {
	t.Helper()
	res, err := client.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer{res.StatusCode, res.Header, string(body)}
}

func get(t testing.TB, url string) answer {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	return do(t, r)
}

// buffer is a log that is written and read at the same time.
type buffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (b *buffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.Write(p)
}

func (b *buffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.String()
}

var quiet = slog.New(slog.DiscardHandler)

func execute(t testing.TB, dsn, statement string, args ...any) {
	t.Helper()
	db := conformance.Tables(t, dsn)
	defer func() { _ = db.Close() }()
	if _, err := db.Exec(statement, args...); err != nil {
		t.Fatalf("%s: %v", statement, err)
	}
}

// effects counts what was kept under keys with this beginning, all if it is empty.
func effects(t testing.TB, dsn, key string) int {
	t.Helper()
	db := conformance.Tables(t, dsn)
	defer func() { _ = db.Close() }()
	n := 0
	if err := db.QueryRow("SELECT count(*) FROM outcome WHERE key LIKE '" + key + "%'").Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}
