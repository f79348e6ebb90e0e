package mini_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/xiangfeng/xiangfeng/domain/household"
	"github.com/xiangfeng/xiangfeng/storage/conformance"
)

// keyed is a request with a key of its own choosing.
func (w *world) keyed(method, path, token, key string, body any) answer {
	r := w.request(method, path, token, body)
	r.Header.Set("Idempotency-Key", key)
	return w.do(r)
}

// TestRepeats: the same write is answered by the same bytes, whatever has become
// of it meanwhile, and happens once; another body under its key is refused.
func TestRepeats(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	s := w.stage(t, township()[0], "a")
	body := strings.NewReplacer("{village}", s["village"], "{home}", s["home"], "{item}", s["item"], "{evidence}", s["evidence"]).Replace(matrix["POST /records"].body)
	member, events := s["token team_member"], w.count(t, "event")
	first := w.keyed(http.MethodPost, "/records", member, "a-key-of-mine", body)
	if first.status != http.StatusOK || w.count(t, "event") != events+1 {
		t.Fatalf("%d %s", first.status, first.body)
	}
	w.execute(t, "UPDATE event SET state = 'withdrawn', reason = 'x' WHERE id = (SELECT max(id) FROM event)")
	again := w.keyed(http.MethodPost, "/records", member, "a-key-of-mine", body)
	if again.status != first.status || again.body != first.body || w.count(t, "event") != events+1 {
		t.Errorf("again: %d %s, want %s", again.status, again.body, first.body)
	}
	w.execute(t, "DELETE FROM answer") // the server ended before it could keep the answer
	if again := w.keyed(http.MethodPost, "/records", member, "a-key-of-mine", body); again.status != http.StatusOK || w.count(t, "event") != events+1 {
		t.Errorf("where the answer was lost: %d %s", again.status, again.body)
	}
	for _, other := range []answer{
		w.keyed(http.MethodPost, "/records", member, "a-key-of-mine", strings.Replace(body, "11-20", "11-21", 1)),
		w.keyed(http.MethodPost, "/visits", member, "a-key-of-mine", body),
	} {
		if other.status != http.StatusConflict || other.code() != "conflict" {
			t.Errorf("something else under the key: %d %s", other.status, other.body)
		}
	}
	deputy := w.keyed(http.MethodPost, "/records", s["token deputy"], "a-key-of-mine", body)
	if deputy.status != http.StatusOK || deputy.body == first.body {
		t.Errorf("somebody else's key: %d %s", deputy.status, deputy.body)
	}
}

// TestTheSameWriteAtOnce: of many at the same time one happens, and all are
// answered by its bytes.
func TestTheSameWriteAtOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	s := w.stage(t, township()[0], "a")
	body := strings.NewReplacer("{village}", s["village"], "{home}", s["home"], "{item}", s["item"], "{evidence}", s["evidence"]).Replace(matrix["POST /records"].body)
	events := w.count(t, "event")
	answers := make([]string, 20)
	var wg sync.WaitGroup
	for i := range answers {
		wg.Go(func() {
			answers[i] = w.keyed(http.MethodPost, "/records", s["token team_member"], "all-at-once", body).body
		})
	}
	wg.Wait()
	slices.Sort(answers)
	if got := slices.Compact(answers); len(got) != 1 || w.count(t, "event") != events+1 {
		t.Errorf("%q, and %d events more", got, w.count(t, "event")-events)
	}
}

// TestRepeatedUploads: a phone sends the same picture in other wrappings.
func TestRepeatedUploads(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	token := w.signIn(t, miniOf(t, township()[0], household.TeamMember, 0))
	send := func(picture, key string) answer {
		r := w.upload(token, picture, nil)
		r.Header.Set("Idempotency-Key", key)
		return w.do(r)
	}
	first := send("picture 1", "photo-key-1")
	if again := send("picture 1", "photo-key-1"); first.status != http.StatusOK || again.body != first.body {
		t.Errorf("%d %s, again %s", first.status, first.body, again.body)
	}
	if other := send("picture 2", "photo-key-1"); other.status != http.StatusConflict {
		t.Errorf("another picture under the key: %d %s", other.status, other.body)
	}
	if bad := send("<svg/>", "photo-key-2"); bad.status != 422 || bad.code() != "photo_format" {
		t.Errorf("no picture: %d %s", bad.status, bad.body)
	}
	if bad := send("picture"+strings.Repeat("x", 11<<20), "photo-key-3"); bad.status != http.StatusRequestEntityTooLarge {
		t.Errorf("too large: %d %s", bad.status, bad.body)
	}
	if bad := w.call(http.MethodPost, "/photos", token, "{}"); bad.status != http.StatusUnsupportedMediaType {
		t.Errorf("no form: %d %s", bad.status, bad.body)
	}
	if far := w.do(w.upload(token, "picture 3", map[string]string{"village": w.ids.Seal("vill", int64(township()[1].Village.ID))})); far.status != http.StatusNotFound {
		t.Errorf("for another village: %d %s", far.status, far.body)
	}
}

func TestKeys(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	person, _ := villager(t, township()[0], 0)
	token := w.signIn(t, person.MiniOpenID)
	for key, status := range map[string]int{
		"": 400, "short": 400, strings.Repeat("k", 65): 400, "with a space": 400, "a|mini:b": 400, "12345678": 200, strings.Repeat("k", 64): 200,
	} {
		got := w.keyed(http.MethodPut, "/me/settings", token, key, `{"scale":1.1}`)
		if got.status != status || status == 400 && got.code() != "key_missing" {
			t.Errorf("%q: %d %s", key, got.status, got.body)
		}
	}
}

// TestFlood: who writes too much is told when to go on, by whom it is counted,
// and nothing happens; what one reads is not counted.
func TestFlood(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	person, _ := villager(t, township()[0], 0)
	token := w.signIn(t, person.MiniOpenID)
	var keys []string
	w.allow = func(key string) (bool, time.Duration) {
		keys = append(keys, key)
		return len(keys) < 3, 20*time.Second + 1
	}
	var last answer
	for range 3 {
		last = w.call(http.MethodPut, "/me/settings", token, `{"scale":1.1}`)
	}
	if last.status != http.StatusTooManyRequests || last.code() != "slow_down" || last.header.Get("Retry-After") != "21" {
		t.Errorf("%d %s %v", last.status, last.body, last.header)
	}
	if want := fmt.Sprintf("write:%d", person.ID); !slices.Equal(keys, []string{want, want, want}) {
		t.Errorf("counted under %q", keys)
	}
	if got := w.call(http.MethodGet, "/me", token, nil); got.status != http.StatusOK {
		t.Errorf("a question: %d %s", got.status, got.body)
	}
}

// TestTheDatabaseIsAway: whoever asks is told to come again, and nothing of
// what went wrong.
func TestTheDatabaseIsAway(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	person, _ := villager(t, township()[0], 0)
	token := w.signIn(t, person.MiniOpenID)
	if err := w.store.Close(); err != nil {
		t.Fatal(err)
	}
	for _, got := range []answer{
		w.call(http.MethodGet, "/me", token, nil), w.call(http.MethodPut, "/me/settings", token, `{"scale":1.1}`),
		w.call(http.MethodPost, "/login", "", map[string]string{"code": "mini:m-new"}),
	} {
		if got.status != http.StatusServiceUnavailable || got.header.Get("Retry-After") == "" || got.code() != "busy" || strings.Contains(got.body, "sql") {
			t.Errorf("%d %s %v", got.status, got.body, got.header)
		}
	}
}

// TestOddRequests are refused before anything is asked of the database.
func TestOddRequests(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	person, _ := villager(t, township()[0], 0)
	token := w.signIn(t, person.MiniOpenID)
	compressed := w.request(http.MethodPut, "/me/settings", token, `{"scale":1.1}`)
	compressed.Header.Set("Content-Encoding", "gzip")
	for name, c := range map[string]struct {
		got    answer
		status int
	}{
		"no such address": {w.call(http.MethodGet, "/persons", token, nil), 404},
		"another method":  {w.call(http.MethodDelete, "/me", token, nil), 404},
		"too long":        {w.call(http.MethodPut, "/me/settings", token, `{"household":"`+strings.Repeat("x", 64<<10)+`"}`), 413},
		"compressed":      {w.do(compressed), 415},
		"no JSON":         {w.call(http.MethodPut, "/me/settings", token, `{"scale":`), 400},
		"an unknown key":  {w.call(http.MethodPut, "/me/settings", token, `{"person":1}`), 400},
	} {
		if c.got.status != c.status || c.got.code() == "" || c.got.header.Get("X-Content-Type-Options") != "nosniff" || c.got.header.Get("Cache-Control") != "no-store" {
			t.Errorf("%s: %d %s %v", name, c.got.status, c.got.body, c.got.header)
		}
	}
}

// TestZeroBytes: what PostgreSQL keeps in no text is refused before it is asked.
func TestZeroBytes(t *testing.T) {
	t.Parallel()
	for name, make := range map[string]func(testing.TB) *world{
		"sqlite": newWorld, "postgres": func(t testing.TB) *world { return worldOn(t, conformance.Postgres(t)) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := make(t)
			person, home := villager(t, township()[0], 0)
			token, declare := w.signIn(t, person.MiniOpenID), `{"household":"`+w.ids.Seal("hous", int64(home.ID))+`","words":"帮邻居%s收红薯","on":"2026-11-20"}`
			if got := w.call(http.MethodPost, "/declarations", token, fmt.Sprintf(declare, `\u0000`)); got.status != http.StatusBadRequest {
				t.Errorf("in words: %d %s", got.status, got.body)
			}
			if got := w.call(http.MethodPost, "/declarations", token, fmt.Sprintf(declare, "")); got.status != http.StatusOK {
				t.Errorf("without: %d %s", got.status, got.body)
			}
			for _, card := range []string{"XF-%00", "XF-%ff", "%00", "%ff%fe"} {
				if got := w.call(http.MethodGet, "/cards/"+card, token, nil); got.status != http.StatusNotFound {
					t.Errorf("card %s: %d %s", card, got.status, got.body)
				}
			}
		})
	}
}
