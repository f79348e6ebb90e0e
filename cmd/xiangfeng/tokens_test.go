package main

import (
	"context"
	"crypto/rand"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"github.com/xiangfeng/xiangfeng/bot/weixin/local"
	"github.com/xiangfeng/xiangfeng/storage/conformance"
)

// platformFor is the platform's API for the account of a configuration.
func platformFor(t testing.TB, c *config) *local.WeChat {
	t.Helper()
	a := c.OfficialAccount
	w, err := local.New(local.Config{
		AppID: a.AppID, OriginalID: a.OriginalID, Secret: string(a.Secret), Token: string(a.Token), EncodingAESKey: string(a.AESKey),
		CallbackURL: "http://127.0.0.1:1", Now: (&clock{file: c.ClockFile}).Now,
	})
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(w)
	t.Cleanup(server.Close)
	c.Wechat.APIBaseURL = server.URL
	return w
}

func calls(w *local.WeChat) int {
	n := 0
	for _, trace := range w.TraceSince(0) {
		if trace.Direction == local.Call {
			n++
		}
	}
	return n
}

// fetchTogether lets two instances ask for a token many times at once and
// returns the tokens they got.
func fetchTogether(t testing.TB, c config) map[string]bool {
	t.Helper()
	var mu sync.Mutex
	tokens := map[string]bool{}
	for _, i := range []*instance{raise(t, c), raise(t, c)} {
		var running sync.WaitGroup
		for range 50 {
			running.Go(func() {
				token, err := i.tokens.Token(context.Background())
				mu.Lock()
				defer mu.Unlock()
				if tokens[token] = true; err != nil {
					t.Error(err)
				}
			})
		}
		running.Wait()
	}
	return tokens
}

// TestInstancesShareAToken through Redis: the second asks the platform for none.
func TestInstancesShareAToken(t *testing.T) {
	t.Parallel()
	c := testConfig(t, onSQLite(t))
	c.Redis = conformance.Redis(t)
	c.OfficialAccount.AppID = "wx" + strings.ToLower(rand.Text()[:16]) // Redis is shared by all tests
	w := platformFor(t, &c)
	if tokens := fetchTogether(t, c); len(tokens) != 1 || calls(w) != 1 {
		t.Errorf("%d tokens with %d calls", len(tokens), calls(w))
	}
}

// TestRedisIsAConvenience: without it, or with it away, everything is the same
// but for one more call.
func TestRedisIsAConvenience(t *testing.T) {
	t.Parallel()
	for _, redis := range []string{"", freeAddr(t)} {
		c := testConfig(t, onSQLite(t))
		c.Redis = redis
		platform := platformFor(t, &c)
		if tokens := fetchTogether(t, c); len(tokens) != 1 || calls(platform) != 2 {
			t.Errorf("with Redis at %q: %d tokens with %d calls", redis, len(tokens), calls(platform))
		}
		i := raise(t, c)
		w := world{i, phonesFor(t, i)}
		if got := w.says(t, diligent.OpenID, "积分"); !strings.Contains(got, "今年积分") {
			t.Errorf("with Redis at %q one reads %s", redis, got)
		}
		if a := get(t, i.url+"/readyz"); a.status != 200 {
			t.Errorf("with Redis at %q /readyz is %d", redis, a.status)
		}
	}
}
