package mini

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"net/http"
	"path"
	"regexp"
	"runtime/debug"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/xiangfeng/xiangfeng/domain/fault"
	"github.com/xiangfeng/xiangfeng/domain/household"
	"github.com/xiangfeng/xiangfeng/domain/script"
	"github.com/xiangfeng/xiangfeng/domain/usecase"
	"github.com/xiangfeng/xiangfeng/domain/usecase/login"
	"github.com/xiangfeng/xiangfeng/handlers/web"
)

const (
	maxBody    = 64 << 10
	maxUpload  = 11 << 20 // a picture of 10 MB and what multipart puts around it
	uploadTime = time.Minute
	seenEvery  = 10 * time.Minute
	keyHeader  = "Idempotency-Key"
	ofPerson   = "X-Person"
	ofPhone    = "X-Phone"
	mostUnsent = 100_000
)

var keys = regexp.MustCompile(`^[A-Za-z0-9-]{8,64}$`)

// caller is who asks, with the command of a write.
type caller struct {
	held  login.Held
	token [32]byte
	cmd   usecase.Command
}

func (c caller) person() household.PersonID { return c.held.Person.ID }

type callerKey struct{}

func callerOf(ctx context.Context) caller {
	c, _ := ctx.Value(callerKey{}).(caller)
	return c
}

// ServeHTTP answers a request of the Mini Program, never with an error of the
// server but the one that says when to come again.
func (a *API) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("X-Content-Type-Options", "nosniff")
	w.Header().Set("Cache-Control", "no-store")
	defer func() {
		if what := recover(); what != nil {
			a.Log.Error("a request went wrong", "what", fmt.Sprint(what), "stack", string(debug.Stack()))
			web.Busy().Write(w)
		}
	}()
	arrived := time.Now() // a stopwatch: the product's clock may be moved
	_, pattern := a.mux.Handler(r)
	held := &holding{header: w.Header(), status: http.StatusOK}
	who, err := a.serve(w, held, r, pattern)
	if err != nil {
		held.drop()
		a.problem(r.Context(), err).Write(held)
	}
	if who != 0 && held.status >= http.StatusBadRequest {
		a.Log.Info("a request was refused", "person", who, "address", pattern, "status", held.status)
	}
	a.Answered(pattern, held.status, time.Since(arrived))
	w.WriteHeader(held.status)
	_, _ = w.Write(held.body.Bytes()) // whoever went away does not read it
}

// serve lets a request through to its handler once it is known who asks. All
// that it refuses itself changes nothing.
func (a *API) serve(w http.ResponseWriter, held *holding, r *http.Request, pattern string) (household.PersonID, error) {
	rt, known := a.routes[pattern]
	odd := strings.ContainsRune(r.URL.Path, 0) || !utf8.ValidString(r.URL.Path) || path.Clean(r.URL.Path) != r.URL.Path // which the mux would send elsewhere
	if !known || odd {
		return 0, web.NotFound()
	}
	c, err := a.signedIn(r, rt)
	if err != nil {
		return 0, err
	}
	body, err := take(w, r, rt)
	if err != nil {
		return c.person(), err
	}
	if rt.write {
		return c.person(), a.write(held, r, rt, c, body)
	}
	a.mux.ServeHTTP(held, r.WithContext(context.WithValue(r.Context(), callerKey{}, c)))
	return c.person(), nil
}

// take reads the body, but for a file, which its handler reads.
func take(w http.ResponseWriter, r *http.Request, rt route) ([]byte, error) {
	if rt.upload {
		if web.Encoded(r) {
			return nil, web.WrongType()
		}
		r.Body = http.MaxBytesReader(w, r.Body, maxUpload)
		longer := http.NewResponseController(w) // where it cannot be set, the server's holds
		_ = longer.SetReadDeadline(time.Now().Add(uploadTime))
		_ = longer.SetWriteDeadline(time.Now().Add(2 * uploadTime))
		return nil, nil
	}
	body, err := web.ReadBody(w, r, maxBody)
	if bytes.Contains(body, []byte(`\u0000`)) { // which no database keeps in a text
		err = web.Invalid()
	}
	r.Body = io.NopCloser(bytes.NewReader(body))
	return body, err
}

// signedIn finds who asks and notes what their phone still holds.
func (a *API) signedIn(r *http.Request, rt route) (caller, error) {
	now := a.Now()
	token := web.Bearer(r)
	c := caller{token: web.HashToken(token), cmd: usecase.Command{Now: now}}
	if rt.public {
		return c, nil
	}
	if token == "" {
		return c, web.SignedOut()
	}
	var err error
	if c.held, err = a.Sessions.PhoneSession(r.Context(), c.token, now); fault.CodeOf(err) == fault.NotFound {
		return c, web.SignedOut()
	}
	if err != nil {
		return c, err
	}
	c.cmd.Actor = c.person()
	if owner := r.Header.Get(ofPerson); owner != "" && !rt.joins && owner != a.IDs.Seal(web.Person, int64(c.person())) {
		return c, web.OtherPerson()
	}
	a.noteSeen(r, c, now)
	return c, nil
}

// noteSeen notes which phone called and what it still holds, where that is news.
func (a *API) noteSeen(r *http.Request, c caller, now time.Time) {
	u, said := unsent(r)
	if !said {
		u = c.held.Unsent
	}
	phone := r.Header.Get(ofPhone)
	if !keys.MatchString(phone) {
		phone = c.held.Phone
	}
	if u.Count == c.held.Unsent.Count && u.Since.Equal(c.held.Unsent.Since) && phone == c.held.Phone && now.Sub(c.held.SeenAt) < seenEvery {
		return
	}
	if err := a.Sessions.SeenPhone(r.Context(), c.token, phone, u, now); err != nil {
		a.Log.Warn("what a phone still holds was not noted", "error", err) // a full disk stops no question
	}
}

// unsent reads what a phone says that it still holds; false where it says
// nothing that makes sense.
func unsent(r *http.Request) (login.Unsent, bool) {
	n, err := strconv.Atoi(r.Header.Get("X-Unsent"))
	if err != nil || n < 0 || n > mostUnsent {
		return login.Unsent{}, false
	}
	since, err := time.Parse(time.RFC3339, r.Header.Get("X-Unsent-Since"))
	if n == 0 || err != nil || since.Year() < 2000 || since.Year() > 9999 {
		since = time.Time{}
	}
	return login.Unsent{Count: n, Since: since.UTC()}, true
}

// write answers a write once: a repeat gets the same bytes, and another body
// under the same key is refused.
func (a *API) write(held *holding, r *http.Request, rt route, c caller, body []byte) error {
	key := r.Header.Get(keyHeader)
	if !keys.MatchString(key) {
		return web.KeyMissing()
	}
	if ok, retry := a.Allow(r.Context(), "write:"+strconv.FormatInt(int64(c.person()), 10)); !ok {
		return web.SlowDown(retry)
	}
	c.cmd.Key = login.MiniKey(c.held.Person.MiniOpenID) + "|" + key
	c.cmd.Body = digest(r, body)
	if !rt.upload {
		kept, err := a.Sessions.Answered(r.Context(), c.cmd.Key)
		if err == nil {
			return held.send(kept, c.cmd.Body)
		}
		if fault.CodeOf(err) != fault.NotFound {
			return err
		}
	}
	a.mux.ServeHTTP(held, r.WithContext(context.WithValue(r.Context(), callerKey{}, c)))
	if held.status/100 != 2 {
		return nil
	}
	answer := script.Answer{Body: c.cmd.Body, Status: held.status, Bytes: held.body.Bytes()}
	answer, err := a.Sessions.KeepAnswer(r.Context(), c.cmd.Key, answer, c.cmd.Now)
	if err != nil {
		return err
	}
	return held.send(answer, c.cmd.Body)
}

// digest is what a repeat must ask the same. A file is left to its use case: a
// phone sends the same one in other wrappings.
func digest(r *http.Request, body []byte) string {
	sum := sha256.New()
	fmt.Fprintf(sum, "%s %s\n", r.Method, r.URL.Path)
	sum.Write(body)
	return hex.EncodeToString(sum.Sum(nil))
}

// holding keeps an answer back until it is known what becomes of it.
type holding struct {
	header http.Header
	status int
	wrote  bool
	body   bytes.Buffer
}

func (h *holding) Header() http.Header { return h.header }

func (h *holding) WriteHeader(status int) {
	if !h.wrote {
		h.status, h.wrote = status, true
	}
}

// drop forgets what was written so far.
func (h *holding) drop() {
	h.status, h.wrote, h.body = http.StatusOK, false, bytes.Buffer{}
}

// send writes an answer that was kept, unless it is that to something else.
func (h *holding) send(answer script.Answer, body string) error {
	if answer.Body != body {
		return web.OtherBody()
	}
	h.drop()
	h.header.Set("Content-Type", "application/json")
	h.status, h.wrote = answer.Status, true
	h.body.Write(answer.Bytes)
	return nil
}

func (h *holding) Write(b []byte) (int, error) {
	h.wrote = true
	return h.body.Write(b)
}
