package mini_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/xiangfeng/xiangfeng/domain/calendar"
	"github.com/xiangfeng/xiangfeng/domain/household"
	"github.com/xiangfeng/xiangfeng/domain/photo"
	"github.com/xiangfeng/xiangfeng/domain/sample"
	"github.com/xiangfeng/xiangfeng/domain/script"
	"github.com/xiangfeng/xiangfeng/domain/usecase"
	"github.com/xiangfeng/xiangfeng/domain/usecase/assess"
	closing "github.com/xiangfeng/xiangfeng/domain/usecase/close"
	"github.com/xiangfeng/xiangfeng/domain/usecase/door"
	"github.com/xiangfeng/xiangfeng/domain/usecase/enrol"
	"github.com/xiangfeng/xiangfeng/domain/usecase/keep"
	"github.com/xiangfeng/xiangfeng/domain/usecase/login"
	"github.com/xiangfeng/xiangfeng/domain/usecase/object"
	"github.com/xiangfeng/xiangfeng/domain/usecase/record"
	"github.com/xiangfeng/xiangfeng/domain/usecase/screen"
	"github.com/xiangfeng/xiangfeng/domain/usecase/supervise"
	"github.com/xiangfeng/xiangfeng/domain/village"
	"github.com/xiangfeng/xiangfeng/handlers/mini"
	"github.com/xiangfeng/xiangfeng/handlers/web"
	"github.com/xiangfeng/xiangfeng/storage"
	"github.com/xiangfeng/xiangfeng/storage/conformance"
)

// now is when the tests play: a working day in the sample's fourth quarter.
var now = calendar.On(2026, time.November, 24).Start().Add(9*time.Hour + 30*time.Minute)

const cardKey = "the key of the tests' cards"

// township is two villages of two townships: whoever is of the one has nothing
// to do with the other.
var township = sync.OnceValue(func() []sample.Village {
	vs := slices.Collect(sample.Villages(sample.Options{
		Villages: 2, Households: sample.MinHouseholds, EventsPerHousehold: 6, Year: 2026, Until: calendar.On(2026, 11, 24), Seed: 7, CardKey: []byte(cardKey),
	}))
	vs[1].Township = village.Township{ID: 2, Name: "白云镇", Office: "镇积分办 023-5588 0200"}
	vs[1].Village.Township = 2
	vs[0].Persons = append(vs[0].Persons, household.Person{ID: 9001, MiniOpenID: "m-auditor", Name: "监督员"})
	vs[0].Posts = append(vs[0].Posts, household.Post{Person: 9001, Role: household.Auditor, Township: vs[0].Township.ID})
	return vs
})

// seeded is the township in a database, to be copied.
var seeded = sync.OnceValues(func() ([]byte, error) {
	dir, err := os.MkdirTemp("", "xiangfeng-mini-")
	if err != nil {
		return nil, err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	path := filepath.Join(dir, "township.db")
	store, err := storage.Open(context.Background(), "sqlite:"+path)
	if err != nil {
		return nil, err
	}
	if _, err = store.Migrate(context.Background()); err == nil {
		err = store.Load(context.Background(), slices.Values(township()))
	}
	if closed := store.Close(); err == nil {
		err = closed
	}
	if err != nil {
		return nil, err
	}
	return os.ReadFile(path)
})

// wechat knows the codes mini:OPENID, mini:OPENID:UNION and phone:NUMBER.
type wechat struct {
	asked atomic.Int64
	// words is what it finds in what was typed; nil finds nothing.
	words func(ctx context.Context, openid, words string) (screen.Found, error)
}

func (w *wechat) Ask(ctx context.Context, openid, words string) (screen.Found, error) {
	if w.words == nil {
		return screen.Passed, nil
	}
	return w.words(ctx, openid, words)
}

func (w *wechat) Login(_ context.Context, code string) (login.Identity, error) {
	w.asked.Add(1)
	who, ok := strings.CutPrefix(code, "mini:")
	if !ok {
		return login.Identity{}, mini.ErrCode
	}
	openid, union, _ := strings.Cut(who, ":")
	return login.Identity{MiniOpenID: openid, UnionID: union}, nil
}

func (w *wechat) PhoneNumber(_ context.Context, code string) (string, error) {
	w.asked.Add(1)
	number, ok := strings.CutPrefix(code, "phone:")
	if !ok {
		return "", mini.ErrCode
	}
	return number, nil
}

// shelf keeps what it is given as if it were a picture.
type shelf struct{ keep keep.Photo }

func (s shelf) Keep(ctx context.Context, cmd usecase.Command, v village.ID, r io.Reader) (script.Kept, error) {
	text, err := io.ReadAll(r)
	if err != nil {
		return script.Kept{}, err
	}
	if !bytes.HasPrefix(text, []byte("picture")) {
		return script.Kept{}, web.Refused(photo.BadFormat, none)
	}
	sum := sha256.Sum256(text)
	out, err := s.keep.Do(ctx, cmd, v, photo.Photo{Hash: hex.EncodeToString(sum[:]), Original: sum, Near: uint64(sum[0]) << 32, Width: 4, Height: 3})
	if err != nil {
		return script.Kept{}, err
	}
	if out.Refused() {
		return script.Kept{}, web.Refused(out.Code, out.Facts)
	}
	url, thumb := s.Show(out.Facts.Note)
	return script.Kept{Hash: out.Facts.Note, URL: url, Thumb: thumb, SeenBefore: out.Facts.Data != ""}, nil
}

func (shelf) Show(hash string) (url, thumb string) {
	return "/photos/" + hash + "-full.jpg", "/photos/" + hash + "-thumb.jpg"
}

// world is the API over a database of its own.
type world struct {
	*mini.API
	store  *storage.Store
	wechat *wechat
	ids    web.IDs
	dsn    string
	key    atomic.Int64
	allow  func(key string) (bool, time.Duration)
	now    time.Time
}

func newWorld(t testing.TB) *world {
	t.Helper()
	db, err := seeded()
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "xiangfeng.db")
	if err := os.WriteFile(path, db, 0o600); err != nil {
		t.Fatal(err)
	}
	return worldOn(t, "sqlite:"+path)
}

// worldOn is the API over a database that may hold the township already.
func worldOn(t testing.TB, dsn string) *world {
	t.Helper()
	w := &world{wechat: &wechat{}, ids: web.NewIDs([]byte("ids")), dsn: dsn, now: now}
	var err error
	if w.store, err = storage.Open(t.Context(), w.dsn); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = w.store.Close() })
	if empty, err := w.store.Empty(t.Context()); err != nil || empty && w.store.Load(t.Context(), slices.Values(township())) != nil {
		t.Fatal("the township cannot be loaded")
	}
	w.API = mini.New(w.ports())
	return w
}

func (w *world) ports() mini.Ports {
	acts := storage.As(w.store, func(tx *storage.Tx) record.Tx { return tx })
	return mini.Ports{
		WeChat: w.wechat, Sessions: w.store, Read: w.store, IDs: w.ids, Log: slog.New(slog.DiscardHandler),
		Now:    func() time.Time { return w.now },
		Enter:  login.Enter{Once: storage.As(w.store, func(tx *storage.Tx) login.Tx { return tx })},
		Phone:  login.Phone{Once: storage.As(w.store, func(tx *storage.Tx) login.PhoneTx { return tx })},
		Desk:   enrol.Desk{Once: storage.As(w.store, func(tx *storage.Tx) enrol.Register { return tx })},
		Choose: login.Choose{Once: storage.As(w.store, func(tx *storage.Tx) login.ChooseTx { return tx })},
		Acts:   mini.ActsOf(acts), Supervision: mini.SupervisionOf(storage.As(w.store, func(tx *storage.Tx) supervise.Tx { return tx }), w.store), Quarters: w.store,
		Disputes:  mini.ObjectionsOf(storage.As(w.store, func(tx *storage.Tx) object.CaseTx { return tx }), w.store),
		Closing:   mini.ClosingOf(storage.As(w.store, func(tx *storage.Tx) closing.Tx { return tx })),
		Assessing: mini.AssessingOf(storage.As(w.store, func(tx *storage.Tx) assess.Tx { return tx })),
		Photos:    shelf{keep.Photo{Once: storage.As(w.store, func(tx *storage.Tx) keep.Tx { return tx })}},
		Judge:     keep.Judge{Once: storage.As(w.store, func(tx *storage.Tx) keep.JudgeTx { return tx })},
		Words:     screen.Words{Once: storage.As(w.store, func(tx *storage.Tx) screen.Tx { return tx }), Ask: w.wechat.Ask, Failed: func(error) {}},
		Look:      door.Look{Read: w.store}, Confirm: door.Confirm{Once: storage.As(w.store, func(tx *storage.Tx) door.Tx { return tx })},
		Allow: func(_ context.Context, key string) (bool, time.Duration) {
			if w.allow == nil {
				return true, 0
			}
			return w.allow(key)
		},
	}
}

// answer is what came back.
type answer struct {
	status int
	header http.Header
	body   string
}

// code is the error's, "" for none.
func (a answer) code() string {
	var body struct{ Code string }
	_ = json.Unmarshal([]byte(a.body), &body)
	return body.Code
}

// problem reads a refusal.
func (a answer) problem(t testing.TB, v any) {
	t.Helper()
	if a.status == http.StatusOK {
		t.Fatalf("it was done: %s", a.body)
	}
	a.status = http.StatusOK
	a.into(t, v)
}

// into reads a body.
func (a answer) into(t testing.TB, v any) {
	t.Helper()
	if a.status != http.StatusOK {
		t.Fatalf("%d %s", a.status, a.body)
	}
	if err := json.Unmarshal([]byte(a.body), v); err != nil {
		t.Fatalf("%v: %s", err, a.body)
	}
}

// request makes a request under the API's prefix; a write gets a new key.
func (w *world) request(method, path, token string, body any) *http.Request {
	var r io.Reader
	switch b := body.(type) {
	case nil:
	case string:
		r = strings.NewReader(b)
	default:
		text, err := json.Marshal(b)
		if err != nil {
			panic(err)
		}
		r = bytes.NewReader(text)
	}
	req := httptest.NewRequest(method, mini.Prefix+path, r)
	if r != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	if token != "" {
		req.Header.Set("Authorization", "Bearer "+token)
	}
	if method != http.MethodGet {
		req.Header.Set("Idempotency-Key", fmt.Sprintf("key-%06d", w.key.Add(1)))
	}
	return req
}

func (w *world) do(r *http.Request) answer {
	rec := httptest.NewRecorder()
	w.ServeHTTP(rec, r)
	return answer{rec.Code, rec.Header(), rec.Body.String()}
}

func (w *world) call(method, path, token string, body any) answer {
	return w.do(w.request(method, path, token, body))
}

// signIn is the token of somebody at the Mini Program.
func (w *world) signIn(t testing.TB, openid string) string {
	t.Helper()
	var in struct{ Token string }
	w.call(http.MethodPost, "/login", "", map[string]string{"code": "mini:" + openid}).into(t, &in)
	return in.Token
}

// upload is the request that hands in a picture.
func (w *world) upload(token, picture string, fields map[string]string) *http.Request {
	var b bytes.Buffer
	form := multipart.NewWriter(&b)
	for name, value := range fields {
		_ = form.WriteField(name, value)
	}
	file, _ := form.CreateFormFile("file", "a.jpg")
	_, _ = io.WriteString(file, picture)
	_ = form.Close()
	r := w.request(http.MethodPost, "/photos", token, b.String())
	r.Header.Set("Content-Type", form.FormDataContentType())
	return r
}

func (w *world) picture(t testing.TB, token, picture string) string {
	t.Helper()
	var kept struct{ Hash string }
	w.do(w.upload(token, picture, nil)).into(t, &kept)
	return kept.Hash
}

// miniOf is the openid at the Mini Program of who holds a role in a village,
// the nth from 0.
func miniOf(t testing.TB, v sample.Village, role household.Role, nth int) string {
	t.Helper()
	for _, p := range v.Posts {
		if p.Role != role {
			continue
		}
		if nth > 0 {
			nth--
			continue
		}
		return v.Persons[slices.IndexFunc(v.Persons, func(o household.Person) bool { return o.ID == p.Person })].MiniOpenID
	}
	t.Fatalf("nobody is %s", role)
	return ""
}

// villager is a bound person of a village who holds no post, with their household.
func villager(t testing.TB, v sample.Village, nth int) (household.Person, household.Household) {
	t.Helper()
	for _, p := range v.Persons {
		serves := slices.ContainsFunc(v.Posts, func(o household.Post) bool { return o.Person == p.ID })
		homes := slices.DeleteFunc(slices.Clone(v.Members), func(m household.Member) bool { return m.Person != p.ID })
		if serves || len(homes) != 1 {
			continue
		}
		if nth > 0 {
			nth--
			continue
		}
		at := slices.IndexFunc(v.Households, func(h household.Household) bool { return h.ID == p.Current })
		return p, v.Households[at]
	}
	t.Fatal("nobody is only a villager")
	return household.Person{}, household.Household{}
}

// cardOf is the number of a household's card.
func cardOf(t testing.TB, v sample.Village, h household.ID) string {
	t.Helper()
	at := slices.IndexFunc(v.Cards, func(c household.Card) bool { return c.Household == h })
	if at < 0 {
		t.Fatalf("household %d has no card", h)
	}
	return v.Cards[at].Number
}

// execute changes the tables past the rules.
func (w *world) execute(t testing.TB, statement string, args ...any) {
	t.Helper()
	if _, err := conformance.Tables(t, w.dsn).Exec(statement, args...); err != nil {
		t.Fatalf("%s: %v", statement, err)
	}
}

// count counts rows.
func (w *world) count(t testing.TB, from string, args ...any) (n int) {
	t.Helper()
	if err := conformance.Tables(t, w.dsn).QueryRow("SELECT count(*) FROM "+from, args...).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

// read reads one row.
func (w *world) read(t testing.TB, query string, args []any, into ...any) {
	t.Helper()
	if err := conformance.Tables(t, w.dsn).QueryRow(query, args...).Scan(into...); err != nil {
		t.Fatalf("%s: %v", query, err)
	}
}
