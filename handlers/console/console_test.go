package console_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"html"
	"image/png"
	"io"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/xiangfeng/xiangfeng/domain/calendar"
	"github.com/xiangfeng/xiangfeng/domain/fault"
	"github.com/xiangfeng/xiangfeng/domain/household"
	"github.com/xiangfeng/xiangfeng/domain/sample"
	"github.com/xiangfeng/xiangfeng/domain/script"
	"github.com/xiangfeng/xiangfeng/domain/usecase"
	"github.com/xiangfeng/xiangfeng/domain/usecase/assess"
	"github.com/xiangfeng/xiangfeng/domain/usecase/cards"
	closing "github.com/xiangfeng/xiangfeng/domain/usecase/close"
	"github.com/xiangfeng/xiangfeng/domain/usecase/door"
	"github.com/xiangfeng/xiangfeng/domain/usecase/object"
	"github.com/xiangfeng/xiangfeng/domain/usecase/supervise"
	"github.com/xiangfeng/xiangfeng/domain/village"
	"github.com/xiangfeng/xiangfeng/handlers/console"
	"github.com/xiangfeng/xiangfeng/handlers/web"
	"github.com/xiangfeng/xiangfeng/storage"
	"github.com/xiangfeng/xiangfeng/storage/conformance"
	"github.com/xiangfeng/xiangfeng/storage/workbook"
)

var cardKey = []byte("the cards of the tests")

// county is two villages of one township with a year of little.
var county = sync.OnceValue(func() []sample.Village {
	return slices.Collect(sample.Villages(sample.Options{
		Villages: 2, Households: 25, EventsPerHousehold: 1, Year: 2026, Until: calendar.On(2026, 2, 1), Seed: 5, CardKey: cardKey,
	}))
})

// office is the console on a database of its own, with a clock to move.
type office struct {
	*httptest.Server
	store *storage.Store
	dsn   string
	ids   web.IDs

	mu  sync.Mutex
	now time.Time
}

func (o *office) Now() time.Time {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.now
}

func (o *office) pass(d time.Duration) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.now = o.now.Add(d)
}

func open(t testing.TB) *office {
	t.Helper()
	dsn := conformance.SQLite(t)
	store, err := storage.Open(t.Context(), dsn)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = store.Close() })
	if err := store.Load(t.Context(), slices.Values(county())); err != nil {
		t.Fatal(err)
	}
	o := &office{store: store, dsn: dsn, ids: web.NewIDs([]byte("ids")), now: calendar.On(2026, 2, 2).Start().Add(9 * time.Hour)}
	doors := o.doors()
	once := storage.As(store, func(tx *storage.Tx) cards.Tx { return tx })
	closings := storage.As(store, func(tx *storage.Tx) closing.Tx { return tx })
	assessing := storage.As(store, func(tx *storage.Tx) assess.Tx { return tx })
	looks := storage.As(store, func(tx *storage.Tx) supervise.Tx { return tx })
	o.Server = httptest.NewServer(console.New(console.Options{
		Read: store, Ask: door.Ask{Once: doors}, Watch: door.Watch{Read: store}, Enter: door.Enter{Once: doors},
		Accept: door.Accept{Once: doors}, Gate: door.Gate{Sessions: store},
		Revoke: cards.Revoke{Once: once}, Reissue: cards.Reissue{Once: once, Random: rand.Reader, Key: cardKey},
		Quarters: store, Table: workbook.Wall, Disputes: store, Album: store, Show: func(hash string) (string, string) { return "/photos/" + hash, "/photos/" + hash + ".s" },
		Assessing: console.Assessing{Confirm: assess.Confirm{Once: assessing}, Return: assess.Return{Once: assessing}, Reject: assess.Reject{Once: assessing}},
		Objecting: console.Objecting{Accept: object.Accept{Once: o.cases()}, Extend: object.Extend{Once: o.cases()}, Decide: object.Decide{Once: o.cases()}},
		Closing: console.Closing{
			Sign: closing.Sign{Once: closings}, Publish: closing.Publish{Once: closings}, Withdraw: closing.Withdraw{Once: closings},
			Look: supervise.Look{Once: looks}, Close: supervise.Close{Once: looks}, Pass: supervise.Pass{Once: looks},
		},
		Press: console.Press{URL: "https://jifen.example", Key: cardKey}, IDs: o.ids, Now: o.Now, Log: slog.New(slog.DiscardHandler),
	}))
	t.Cleanup(o.Close)
	return o
}

func (o *office) cases() usecase.Once[object.CaseTx] {
	return storage.As(o.store, func(tx *storage.Tx) object.CaseTx { return tx })
}

func (o *office) doors() usecase.Once[door.Tx] {
	return storage.As(o.store, func(tx *storage.Tx) door.Tx { return tx })
}

// browser is one that keeps its cookies, over plain HTTP too.
type browser struct {
	t      testing.TB
	office *office
	*http.Client
}

func (o *office) browser(t testing.TB) browser {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	return browser{t, o, &http.Client{Jar: plainJar{jar}}}
}

// plainJar takes the cookies of a site that is reached by HTTPS outside.
type plainJar struct{ *cookiejar.Jar }

func (j plainJar) SetCookies(u *url.URL, cookies []*http.Cookie) {
	for _, c := range cookies {
		c.Secure = false
	}
	j.Jar.SetCookies(u, cookies)
}

// page is an answer, after redirects.
type page struct {
	status int
	path   string
	header http.Header
	text   string
}

func (b browser) do(r *http.Request) page {
	b.t.Helper()
	answer, err := b.Do(r)
	if err != nil {
		b.t.Fatal(err)
	}
	defer func() { _ = answer.Body.Close() }()
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		b.t.Fatal(err)
	}
	return page{answer.StatusCode, answer.Request.URL.RequestURI(), answer.Header, html.UnescapeString(string(body))}
}

func (b browser) get(path string) page {
	b.t.Helper()
	r, err := http.NewRequestWithContext(b.t.Context(), http.MethodGet, b.office.URL+path, nil)
	if err != nil {
		b.t.Fatal(err)
	}
	return b.do(r)
}

func (b browser) post(path string, form url.Values) page {
	b.t.Helper()
	r, err := http.NewRequestWithContext(b.t.Context(), http.MethodPost, b.office.URL+path, strings.NewReader(form.Encode()))
	if err != nil {
		b.t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	return b.do(r)
}

// secret is what the browser keeps while it waits.
func (b browser) secret() (s door.Secret) {
	b.t.Helper()
	u, err := url.Parse(b.office.URL + "/console/")
	if err != nil {
		b.t.Fatal(err)
	}
	for _, c := range b.Jar.Cookies(u) {
		if raw, err := hex.DecodeString(c.Value); c.Name == "xf_door" && err == nil {
			return door.Secret(raw)
		}
	}
	b.t.Fatal("the browser does not wait")
	return s
}

// confirm is what the phone does that has scanned the code.
func (o *office) confirm(t testing.TB, who household.PersonID, code string) {
	t.Helper()
	out, err := door.Confirm{Once: o.doors()}.Do(context.Background(), usecase.Command{Key: rand.Text(), Actor: who, Now: o.Now()}, code)
	if err != nil || out.Code != fault.Done {
		t.Fatalf("%+v, %v", out, err)
	}
}

// post is who holds a role in the nth village.
func post(t testing.TB, n int, role household.Role) household.PersonID {
	t.Helper()
	for _, p := range county()[n].Posts {
		if p.Role == role {
			return p.Person
		}
	}
	t.Fatal("nobody is " + role)
	return 0
}

// enter comes in by the door, as somebody.
func (o *office) enter(t testing.TB, who household.PersonID) browser {
	t.Helper()
	b := o.browser(t)
	if p := b.post("/console/door", nil); p.path != "/console/door" || !strings.Contains(p.text, script.DoorWaiting) {
		t.Fatalf("%+v", p)
	}
	o.confirm(t, who, b.secret().Code())
	if p := b.post("/console/enter", nil); p.status != http.StatusOK {
		t.Fatalf("%+v", p)
	}
	return b
}

// administrator comes in by the link.
func (o *office) administrator(t testing.TB) browser {
	t.Helper()
	code := rand.Text()
	out, err := door.Invite{Once: o.doors()}.Do(t.Context(), usecase.Command{Key: rand.Text(), Now: o.Now()}, door.Hash(code))
	if err != nil || out.Code != fault.Done {
		t.Fatal(out, err)
	}
	b := o.browser(t)
	if p := b.post("/console/first", url.Values{"code": {code}}); p.path != "/console/" {
		t.Fatalf("%+v", p)
	}
	return b
}

func (o *office) path(v village.ID) string {
	return "/console/villages/" + o.ids.Seal(web.Village, int64(v))
}

var (
	pageKey = regexp.MustCompile(`name="key" value="([A-Z2-7]+)"`)
	codes   = regexp.MustCompile(`<img src="data:image/png;base64,([^"]+)"`)
)

// TestDoor: the browser shows a code, waits, and comes in when a phone has
// confirmed; without that nothing of the console is seen.
func TestDoor(t *testing.T) {
	t.Parallel()
	o := open(t)
	b := o.browser(t)
	for _, path := range []string{"/console/", o.path(1), o.path(2)} {
		if p := b.get(path); p.path != "/console/door" || strings.Contains(p.text, "红旗村") {
			t.Errorf("%s leads to %+v", path, p)
		}
	}
	if p := b.get("/console/door/state"); p.text != "over" {
		t.Errorf("%+v", p)
	}
	shown := b.post("/console/door", nil)
	if !codes.MatchString(shown.text) || !strings.Contains(shown.text, script.FromServer) {
		t.Errorf("%s", shown.text)
	}
	if strings.Contains(shown.text, b.secret().Code()) || strings.Contains(shown.text, fmt.Sprintf("%x", b.secret())) {
		t.Error("the page gives away what only the picture and the cookie hold")
	}
	if p := b.get("/console/door/state"); p.text != "waits" {
		t.Errorf("%+v", p)
	}
	if p := b.post("/console/enter", nil); p.status != http.StatusNotFound || !strings.Contains(p.text, script.DoorOver) {
		t.Errorf("%+v; nobody has confirmed", p)
	}
	b = o.enter(t, post(t, 0, household.Leader))
	if p := b.get("/console/"); p.path != o.path(1)+"/quarters" || !strings.Contains(p.text, "红旗村") || !strings.Contains(p.text, script.CardTitle) {
		t.Errorf("%s", p.path)
	}
	if p := b.get("/console/door/state"); p.text != "over" {
		t.Errorf("%+v; the code was used", p)
	}
	o.pass(door.Idle)
	if p := b.get("/console/"); p.path != "/console/door" {
		t.Errorf("%s; half an hour has passed", p.path)
	}
	b = o.enter(t, post(t, 0, household.Leader))
	if p := b.post("/console/leave", nil); p.path != "/console/door" {
		t.Errorf("%s", p.path)
	}
	if p := b.get("/console/"); p.path != "/console/door" {
		t.Errorf("%s; who has left is in", p.path)
	}
	if p := b.get("/console/door/" + rand.Text()); p.status != http.StatusOK || !strings.Contains(p.text, script.DoorNoScan) {
		t.Errorf("%+v", p)
	}
}

// TestLink: looking at the administrator's link does not use it up; using it does.
func TestLink(t *testing.T) {
	t.Parallel()
	o := open(t)
	b := o.administrator(t)
	if p := b.get("/console/"); !strings.Contains(p.text, "红旗村") || !strings.Contains(p.text, "青山村") || !strings.Contains(p.text, script.ConsoleAdmin) {
		t.Errorf("%s", p.text)
	}
	code := rand.Text()
	if out, err := (door.Invite{Once: o.doors()}).Do(t.Context(), usecase.Command{Key: "link", Now: o.Now()}, door.Hash(code)); err != nil || out.Code != fault.Done {
		t.Fatal(out, err)
	}
	other := o.browser(t)
	for range 3 {
		if p := other.get("/console/first/" + code); p.status != http.StatusOK || !strings.Contains(p.text, script.LinkAsk) {
			t.Errorf("%+v", p)
		}
	}
	if p := other.post("/console/first", url.Values{"code": {code}}); p.path != "/console/" {
		t.Errorf("%+v", p)
	}
	if p := o.browser(t).post("/console/first", url.Values{"code": {code}}); p.status != http.StatusNotFound || !strings.Contains(p.text, script.LinkOver) {
		t.Errorf("%+v", p)
	}
}

// TestWhoSeesWhich: each sees the cards of their own villages; a foreign village
// and one that there is not look alike.
func TestWhoSeesWhich(t *testing.T) {
	t.Parallel()
	o := open(t)
	for role, sees := range map[household.Role][2]bool{
		household.Leader: {true, false}, household.Deputy: {true, false}, household.TeamMember: {}, household.Shopkeeper: {},
		household.Officer: {true, true},
	} {
		b := o.enter(t, post(t, 0, role))
		var none page
		for i, may := range sees {
			p := b.get(o.path(village.ID(i + 1)))
			if (p.status == http.StatusOK) != may {
				t.Errorf("%s gets %d for village %d", role, p.status, i+1)
			}
			if !may {
				none = p
			}
		}
		missing := b.get(o.path(99))
		if none.status != 0 && (none.status != missing.status || none.text != missing.text) {
			t.Errorf("%s can tell a foreign village from none:\n%s\n%s", role, none.text, missing.text)
		}
		first := b.get("/console/")
		if role == household.Shopkeeper && !strings.Contains(first.text, script.ConsoleNowhere) {
			t.Errorf("%s reads %s", role, first.text)
		}
	}
}

// TestPostLost: who leaves the team is out at once, and stays out.
func TestPostLost(t *testing.T) {
	t.Parallel()
	o := open(t)
	who := post(t, 0, household.Deputy)
	b := o.enter(t, who)
	if p := b.get(o.path(1)); p.status != http.StatusOK || p.path != o.path(1) {
		t.Fatalf("%+v", p)
	}
	tables := conformance.Tables(t, o.dsn)
	if _, err := tables.Exec("DELETE FROM post WHERE person_id = ?", who); err != nil {
		t.Fatal(err)
	}
	if p := b.get(o.path(1)); p.path != "/console/door" || strings.Contains(p.text, "HQ-") {
		t.Errorf("%+v", p)
	}
	var left int
	if err := tables.QueryRow("SELECT count(*) FROM console_session").Scan(&left); err != nil || left != 0 {
		t.Errorf("%d sessions are left, %v", left, err)
	}
}

// TestSheet is what is printed: eight to a page, each with a code that can be
// drawn, its number, the household's and the head as the board writes it.
func TestSheet(t *testing.T) {
	t.Parallel()
	o := open(t)
	p := o.enter(t, post(t, 0, household.Leader)).get(o.path(1))
	v := county()[0]
	if got := len(codes.FindAllString(p.text, -1)); got != len(v.Households) {
		t.Errorf("%d codes; want %d", got, len(v.Households))
	}
	if got, want := strings.Count(p.text, `<div class="sheet">`), (len(v.Households)+7)/8; got != want {
		t.Errorf("%d pages; want %d", got, want)
	}
	_, main, _ := strings.Cut(p.text, "<main") // above it stands who is signed in
	for i, h := range v.Households {
		for _, want := range []string{h.Number, household.Mask(h.Head), v.Cards[i].Number, "微信公众号“乡风积分”里发：<b>绑定 " + v.Cards[i].Number + "</b>"} {
			if !strings.Contains(p.text, want) {
				t.Errorf("%q is missing", want)
			}
		}
		token, _ := v.Cards[i].Token(cardKey)
		if strings.Contains(main, h.Head) || strings.Contains(p.text, token) {
			t.Errorf("%s: a name or a token stands there in clear", h.Number)
		}
	}
	raw, err := base64.StdEncoding.DecodeString(codes.FindStringSubmatch(p.text)[1])
	if err != nil {
		t.Fatal(err)
	}
	if picture, err := png.Decode(bytes.NewReader(raw)); err != nil || picture.Bounds().Dx() < 100 {
		t.Errorf("%v, %v", picture.Bounds(), err)
	}
	csp := p.header.Get("Content-Security-Policy")
	if !strings.Contains(csp, "default-src 'none'") || strings.Contains(csp, "unsafe") || strings.Contains(p.text, "<style") || strings.Contains(p.text, "style=") {
		t.Errorf("%s", csp)
	}
	css := o.browser(t).get("/console/static/sheet.css").text
	for _, want := range []string{"@page { size: A4; margin: 10mm; }", "@media print", "dashed", "break-after: page"} {
		if !strings.Contains(css, want) {
			t.Errorf("%q is missing in the print style", want)
		}
	}
}

// TestLookUp finds one household, to print its card alone.
func TestLookUp(t *testing.T) {
	t.Parallel()
	o := open(t)
	b := o.enter(t, post(t, 0, household.Leader))
	v := county()[0]
	for _, words := range []string{strings.ToLower(v.Households[3].Number), v.Cards[3].Number, v.Households[3].Head} {
		p := b.get(o.path(1) + "?q=" + url.QueryEscape(words))
		if !strings.Contains(p.text, v.Cards[3].Number) || !strings.Contains(p.text, script.CardsFound(1)) {
			t.Errorf("%q does not find it", words)
		}
	}
	if p := b.get(o.path(1) + "?q=%3Cb%3Enobody"); !strings.Contains(p.text, script.CardNone) || !strings.Contains(p.text, "<b>nobody") {
		t.Errorf("%s", p.text) // page unescapes: on the wire it is &lt;b&gt;
	}
}

// TestRevokeAndReissue by the page's own form, sent twice as by an impatient finger.
func TestRevokeAndReissue(t *testing.T) {
	t.Parallel()
	o := open(t)
	b := o.enter(t, post(t, 0, household.Leader))
	number := county()[0].Cards[2].Number
	key := pageKey.FindStringSubmatch(b.get(o.path(1)).text)[1]
	form := url.Values{"key": {key}, "card": {number}}
	for range 2 {
		if p := b.post("/console/cards/revoke", form); p.path != o.path(1)+"?revoked="+number || !strings.Contains(p.text, script.CardDone(false, number)) || !strings.Contains(p.text, script.CardIsRevoked) {
			t.Errorf("%+v", p)
		}
	}
	var renewed string
	for range 2 {
		p := b.post("/console/cards/reissue", form)
		_, new, _ := strings.Cut(p.path, "?reissued=")
		if new == number || renewed != "" && renewed != new || !strings.Contains(p.text, script.CardDone(true, new)) {
			t.Errorf("%s, %s", p.path, renewed)
		}
		renewed = new
	}
	// By another page the card that is gone is not found again.
	other := url.Values{"key": {rand.Text()}, "card": {number}}
	if p := b.post("/console/cards/revoke", other); p.status != http.StatusConflict {
		t.Errorf("%+v", p)
	}
	theirs := county()[1].Cards[2].Number
	for _, c := range []struct {
		form   url.Values
		status int
	}{
		{url.Values{"key": {rand.Text()}, "card": {theirs}}, http.StatusNotFound},
		{url.Values{"key": {rand.Text()}, "card": {"XF-22222222"}}, http.StatusNotFound},
		{url.Values{"key": {rand.Text()}, "card": {"XF-0"}}, http.StatusBadRequest},
		{url.Values{"card": {renewed}}, http.StatusBadRequest},
		{url.Values{"key": {rand.Text()}, "card": {renewed + strings.Repeat("A", 9<<10)}}, http.StatusBadRequest},
	} {
		for _, act := range []string{"revoke", "reissue"} {
			if p := b.post("/console/cards/"+act, c.form); p.status != c.status || !strings.Contains(p.text, "<h1>") {
				t.Errorf("%s: %d; want %d", act, p.status, c.status)
			}
		}
	}
	if p := o.browser(t).post("/console/cards/revoke", url.Values{"key": {rand.Text()}, "card": {renewed}}); p.path != "/console/door" {
		t.Errorf("%+v; nobody is signed in", p)
	}
	if card, ok := o.card(t, renewed); !ok || card.State != household.CardActive {
		t.Errorf("%+v; want it as it was", card)
	}
}

func (o *office) card(t testing.TB, number string) (household.Card, bool) {
	t.Helper()
	homes, err := o.store.CardHomes(t.Context(), 1)
	if err != nil {
		t.Fatal(err)
	}
	for _, h := range homes {
		if h.Card.Number == number {
			return h.Card, true
		}
	}
	return household.Card{}, false
}

// TestForeignPages: RELIABILITY row 57. No other site's page acts, nothing
// changes by a GET, and every answer says what a browser may run.
func TestForeignPages(t *testing.T) {
	t.Parallel()
	o := open(t)
	b := o.enter(t, post(t, 0, household.Leader))
	number := county()[0].Cards[4].Number
	key := pageKey.FindStringSubmatch(b.get(o.path(1)).text)[1]
	form := url.Values{"key": {key}, "card": {number}}.Encode()
	for _, path := range []string{"/console/cards/revoke", "/console/cards/reissue", "/console/leave", "/console/door", "/console/enter", "/console/first"} {
		for _, header := range []map[string]string{
			{"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"}, {"Origin": "https://evil.example"}, {"Origin": "null"},
		} {
			r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, o.URL+path, strings.NewReader(form))
			if err != nil {
				t.Fatal(err)
			}
			r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
			for k, v := range header {
				r.Header.Set(k, v)
			}
			if p := b.do(r); p.status != http.StatusForbidden || p.header.Get("Content-Security-Policy") == "" {
				t.Errorf("%s with %v: %d", path, header, p.status)
			}
		}
	}
	for _, path := range []string{"/console/cards/revoke", "/console/cards/reissue", "/console/leave"} {
		if p := b.get(path + "?" + form); p.status != http.StatusNotFound && p.status != http.StatusMethodNotAllowed {
			t.Errorf("GET %s: %d", path, p.status)
		}
	}
	if card, _ := o.card(t, number); card.State != household.CardActive {
		t.Error("the card was revoked")
	}
	if p := b.get("/console/"); p.path != o.path(1)+"/quarters" {
		t.Errorf("%s; the session was ended", p.path)
	}
}

// TestCookies are kept from scripts and other sites.
func TestCookies(t *testing.T) {
	t.Parallel()
	o := open(t)
	r := httptest.NewRequest(http.MethodPost, "/console/door", nil)
	w := httptest.NewRecorder()
	o.Config.Handler.ServeHTTP(w, r)
	cookies := w.Result().Cookies()
	if len(cookies) != 1 || !cookies[0].HttpOnly || !cookies[0].Secure || cookies[0].SameSite != http.SameSiteLaxMode || cookies[0].Path != "/console/" || cookies[0].MaxAge != 0 {
		t.Errorf("%+v", cookies)
	}
}

// TestWhereabouts: the address that a proxy passes on counts only behind one of ours.
func TestWhereabouts(t *testing.T) {
	t.Parallel()
	o := open(t)
	for _, c := range []struct{ from, passed, want string }{
		{"127.0.0.1:1", "", script.FromServer},
		{"10.1.2.3:1", "", script.FromInside("10.1.2.3")},
		{"127.0.0.1:1", "6.6.6.6, 203.0.113.9", script.FromOutside("203.0.113.9")},
		{"203.0.113.9:1", "10.0.0.1", script.FromOutside("203.0.113.9")},
		{"127.0.0.1:1", "<script>", script.FromServer},
		{"nowhere", "", script.FromNowhere},
	} {
		r := httptest.NewRequest(http.MethodPost, "/console/door", nil)
		r.RemoteAddr = c.from
		if c.passed != "" {
			r.Header.Set("X-Forwarded-For", c.passed)
		}
		w := httptest.NewRecorder()
		o.Config.Handler.ServeHTTP(w, r)
		r = httptest.NewRequest(http.MethodGet, "/console/door", nil)
		for _, cookie := range w.Result().Cookies() {
			r.AddCookie(cookie)
		}
		w = httptest.NewRecorder()
		o.Config.Handler.ServeHTTP(w, r)
		if !strings.Contains(w.Body.String(), c.want) {
			t.Errorf("%+v is not shown", c)
		}
	}
}

// TestStandalone is the same sheet in a file that needs nothing else; a card of
// another key is not in it.
func TestStandalone(t *testing.T) {
	t.Parallel()
	v := county()[0]
	place := script.CardVillage{Village: v.Village, Township: "清溪镇"}
	homes := make([]script.CardHome, len(v.Households))
	for i, h := range v.Households {
		homes[i] = script.CardHome{Home: script.Home{ID: h.ID, Number: h.Number, Head: h.Head}, Card: v.Cards[i]}
	}
	homes[1].Card.TokenHash[0]++
	homes[2].Card.State = household.CardRevoked
	place.Village.Settings.Board = village.Full
	sheet, err := console.Press{URL: "https://jifen.example", Key: cardKey}.Sheet(place, homes)
	if err != nil || sheet.Printed() != len(homes)-2 {
		t.Fatalf("%d printed, %v", sheet.Printed(), err)
	}
	var file bytes.Buffer
	if err := console.WriteSheet(&file, sheet); err != nil {
		t.Fatal(err)
	}
	text := file.String()
	for _, want := range []string{"@page { size: A4; margin: 10mm; }", homes[5].Home.Head, homes[5].Card.Number, script.CardCannotPrint, script.CardIsRevoked, "清溪镇红旗村"} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is missing", want)
		}
	}
	for _, no := range []string{"<script", "<form", "http://", "/console/", homes[1].Card.Number + "</p>"} {
		if strings.Contains(text, no) {
			t.Errorf("%q is in it", no)
		}
	}
}
