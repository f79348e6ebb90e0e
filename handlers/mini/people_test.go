package mini_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/xiangfeng/xiangfeng/domain/fault"
	"github.com/xiangfeng/xiangfeng/domain/household"
	"github.com/xiangfeng/xiangfeng/domain/usecase/enrol"
	"github.com/xiangfeng/xiangfeng/domain/usecase/login"
)

var none fault.Facts

type me struct {
	ID, Name   string
	Bound      bool
	Households []struct {
		ID, Number, Head, Village string
		VillageID                 string `json:"village_id"`
		Current                   bool
	}
	Helped   []struct{ ID, Number, Head string }
	Villages []struct {
		ID, Name, Township string
		Roles, Deeds       []string
	}
	Scale   float64
	Consent struct {
		Version string
		Given   bool
	}
	Needs []string
}

func TestWhoIAm(t *testing.T) {
	t.Parallel()
	w, v := newWorld(t), township()[0]
	person, home := villager(t, v, 0)
	var plain me
	w.call(http.MethodGet, "/me", w.signIn(t, person.MiniOpenID), nil).into(t, &plain)
	if !plain.Bound || plain.Name != person.Name || len(plain.Households) != 1 || plain.Households[0].Number != home.Number ||
		plain.Households[0].Village != v.Village.Name || !plain.Households[0].Current || len(plain.Villages) != 0 || plain.Scale != 1 {
		t.Errorf("%+v", plain)
	}
	var leads me
	w.call(http.MethodGet, "/me", w.signIn(t, miniOf(t, v, household.Leader, 0)), nil).into(t, &leads)
	if len(leads.Villages) != 1 || leads.Villages[0].Name != v.Village.Name || !slices.Equal(leads.Villages[0].Roles, []string{"leader"}) ||
		!slices.Contains(leads.Villages[0].Deeds, "record") || leads.Villages[0].ID != plain.Households[0].VillageID {
		t.Errorf("%+v", leads)
	}
	var officer me
	w.call(http.MethodGet, "/me", w.signIn(t, miniOf(t, v, household.Officer, 0)), nil).into(t, &officer)
	if len(officer.Villages) != 1 || slices.Contains(officer.Villages[0].Deeds, "record") || !slices.Contains(officer.Villages[0].Deeds, "see_team") {
		t.Errorf("%+v; want the one village of the township, to be looked at", officer)
	}
	var stranger me
	w.call(http.MethodGet, "/me", w.signIn(t, "m-stranger"), nil).into(t, &stranger)
	if stranger.Bound || stranger.Name != "" || !slices.Contains(stranger.Needs, "phone") {
		t.Errorf("%+v", stranger)
	}
}

// TestWhomIHelp: one sees whom one helps until the year is over.
func TestWhomIHelp(t *testing.T) {
	t.Parallel()
	w, v := newWorld(t), township()[0]
	helper, of := villager(t, v, 0)
	_, home := villager(t, v, 1)
	token := w.signIn(t, helper.MiniOpenID)
	for until, want := range map[string]int{"2026-01-01": 0, "2999-01-01": 1} {
		w.execute(t, "DELETE FROM helper")
		w.execute(t, "INSERT INTO helper (household_id, of_household, person_id, asked_by, state, asked_at, until) VALUES (?, ?, ?, ?, 'accepted', '2025-12-01 00:00:00', ?)",
			home.ID, of.ID, helper.ID, helper.ID, until)
		var got me
		w.call(http.MethodGet, "/me", token, nil).into(t, &got)
		if len(got.Helped) != want || want == 1 && (got.Helped[0].Number != home.Number || got.Helped[0].ID == "") {
			t.Errorf("until %s: %+v", until, got.Helped)
		}
	}
}

func TestSessions(t *testing.T) {
	t.Parallel()
	w, v := newWorld(t), township()[0]
	person, _ := villager(t, v, 0)
	token := w.signIn(t, person.MiniOpenID)
	if w.count(t, "session WHERE instr(hash, ?) > 0", token) != 0 {
		t.Error("the token itself is kept")
	}
	for name, bad := range map[string]string{"none": "", "another": token[:42] + "_", "longer": token + "A", "not one": "' OR 1=1 --"} {
		if got := w.call(http.MethodGet, "/me", bad, nil); got.status != http.StatusUnauthorized || got.code() != "signed_out" {
			t.Errorf("%s: %d %s", name, got.status, got.body)
		}
	}
	w.now = now.Add(login.Life - time.Second)
	if got := w.call(http.MethodGet, "/me", token, nil); got.status != http.StatusOK {
		t.Errorf("just before its end: %d %s", got.status, got.body)
	}
	w.now = now.Add(login.Life)
	if got := w.call(http.MethodGet, "/me", token, nil); got.status != http.StatusUnauthorized {
		t.Errorf("at its end: %d %s", got.status, got.body)
	}
	w.now = now
	for range 2 {
		if got := w.call(http.MethodPost, "/logout", token, nil); got.status != http.StatusOK {
			t.Errorf("logging out: %d %s", got.status, got.body)
		}
	}
	if got := w.call(http.MethodGet, "/me", token, nil); got.status != http.StatusUnauthorized {
		t.Errorf("after logging out: %d %s", got.status, got.body)
	}
	if got := w.call(http.MethodPost, "/login", "", map[string]string{"code": "spent"}); got.status != 422 || got.code() != "wrong_code" {
		t.Errorf("a spent code: %d %s", got.status, got.body)
	}
}

// TestSigningInAgain: the session that a phone shows ends when the same person
// signs in on it, and stays when another one does.
func TestSigningInAgain(t *testing.T) {
	t.Parallel()
	w, v := newWorld(t), township()[0]
	one, _ := villager(t, v, 0)
	two, _ := villager(t, v, 1)
	first := w.signIn(t, one.MiniOpenID)
	for _, c := range []struct {
		who    string
		status int
	}{{two.MiniOpenID, http.StatusOK}, {one.MiniOpenID, http.StatusUnauthorized}} {
		if got := w.call(http.MethodPost, "/login", first, map[string]string{"code": "mini:" + c.who}); got.status != http.StatusOK {
			t.Fatalf("%d %s", got.status, got.body)
		}
		if got := w.call(http.MethodGet, "/me", first, nil); got.status != c.status {
			t.Errorf("after %s signed in: %d %s", c.who, got.status, got.body)
		}
	}
}

func TestSettings(t *testing.T) {
	t.Parallel()
	w, v := newWorld(t), township()[0]
	person, _ := villager(t, v, 0)
	_, others := villager(t, v, 1)
	token := w.signIn(t, person.MiniOpenID)
	var mine me
	w.call(http.MethodPut, "/me/settings", token, map[string]any{"scale": 1.25}).into(t, &mine)
	if mine.Scale != 1.25 {
		t.Errorf("%+v", mine)
	}
	w.call(http.MethodPost, "/me/consent", token, map[string]any{"version": mine.Consent.Version}).into(t, &mine)
	if !mine.Consent.Given || mine.Scale != 1.25 || slices.Contains(mine.Needs, "consent") {
		t.Errorf("%+v", mine)
	}
	for body, status := range map[string]int{
		`{"scale": 1.7}`: 400, `{"scale": "1"}`: 400, `{"scale": 1, "admin": true}`: 400,
		fmt.Sprintf(`{"household": %q}`, w.ids.Seal("hous", int64(others.ID))): 404,
	} {
		if got := w.call(http.MethodPut, "/me/settings", token, body); got.status != status {
			t.Errorf("%s: %d %s", body, got.status, got.body)
		}
	}
	if got := w.call(http.MethodPost, "/me/consent", token, map[string]any{"version": "1"}); got.status != 400 {
		t.Errorf("to terms that there are not: %d %s", got.status, got.body)
	}
}

// phoned gives one of the register's members a telephone.
func (w *world) phoned(t testing.TB, h household.ID, name, phone string) {
	t.Helper()
	w.execute(t, "UPDATE member SET phone = ? WHERE household_id = ? AND name = ?", phone, h, name)
}

// unbound is a household of a village to which nobody is bound.
func (w *world) unbound(t testing.TB, village int64) (h household.ID, head string) {
	t.Helper()
	w.read(t, `SELECT h.id, h.head FROM household h WHERE h.village_id = ? AND h.state = 'active'
		AND NOT EXISTS (SELECT 1 FROM member m WHERE m.household_id = h.id AND m.person_id IS NOT NULL)
		AND EXISTS (SELECT 1 FROM member m WHERE m.household_id = h.id AND m.name = h.head) ORDER BY h.id LIMIT 1`, []any{village}, &h, &head)
	return h, head
}

type linked struct {
	Me    me
	Asked bool
}

func TestLinkByPhone(t *testing.T) {
	t.Parallel()
	w, v := newWorld(t), township()[0]
	h, head := w.unbound(t, int64(v.Village.ID))
	w.phoned(t, h, head, "13900001111")
	token := w.signIn(t, "m-new")
	link := func(token, number string) answer {
		return w.call(http.MethodPost, "/link/phone", token, map[string]string{"code": "phone:" + number})
	}
	if got := link(token, "13911112222"); got.status != 422 || got.code() != "phone_unknown" {
		t.Errorf("a number that stands nowhere: %d %s", got.status, got.body)
	}
	var l linked
	link(token, "+86 139 0000 1111").into(t, &l)
	if !l.Me.Bound || l.Me.Name != head || l.Asked {
		t.Errorf("%+v", l)
	}
	link(token, "13900001111").into(t, &l) // again, with another key
	if got := link(w.signIn(t, "m-newer"), "13900001111"); got.status != 409 || !strings.Contains(got.body, "另一个微信") {
		t.Errorf("a number that another WeChat is linked to: %d %s", got.status, got.body)
	}
	person, home := villager(t, v, 0)
	w.phoned(t, home.ID, person.Name, "13900001111")
	if got := link(w.signIn(t, "m-newest"), "13900001111"); got.status != 422 || got.code() != "ambiguous" {
		t.Errorf("a number that stands twice: %d %s", got.status, got.body)
	}
	if got := w.call(http.MethodPost, "/link/phone", token, map[string]string{"code": "spent"}); got.status != 422 || got.code() != "wrong_code" {
		t.Errorf("a spent code: %d %s", got.status, got.body)
	}
}

// TestLinkByPhoneJoinsTheChat: who chats already becomes the same person at the
// Mini Program, on the phone that is signed in; the answer is given again.
func TestLinkByPhoneJoinsTheChat(t *testing.T) {
	t.Parallel()
	w, v := newWorld(t), township()[0]
	person, home := villager(t, v, 0)
	w.execute(t, "UPDATE person SET mini_openid = NULL WHERE id = ?", person.ID)
	w.phoned(t, home.ID, person.Name, "13900002222")
	token := w.signIn(t, "m-fresh")
	var before me
	w.call(http.MethodGet, "/me", token, nil).into(t, &before)
	r := func() *http.Request {
		r := w.request(http.MethodPost, "/link/phone", token, map[string]string{"code": "phone:13900002222"})
		r.Header.Set("Idempotency-Key", "the-same-key")
		r.Header.Set("X-Person", before.ID) // whoever was never answered does not know who they are by now
		return r
	}
	first := w.do(r())
	var l linked
	first.into(t, &l)
	if l.Me.ID != w.ids.Seal("pers", int64(person.ID)) || len(l.Me.Households) != 1 {
		t.Errorf("%+v", l)
	}
	asked := w.wechat.asked.Load()
	if again := w.do(r()); again.body != first.body || again.status != first.status || w.wechat.asked.Load() != asked {
		t.Errorf("again: %d %s", again.status, again.body)
	}
	var now me
	w.call(http.MethodGet, "/me", token, nil).into(t, &now)
	if now.ID != l.Me.ID {
		t.Errorf("afterwards: %+v", now)
	}
	if w.count(t, "person WHERE mini_openid = 'm-fresh' AND openid = ?", person.OpenID) != 1 {
		t.Error("the openids are not together")
	}
}

func TestLinkByUnion(t *testing.T) {
	t.Parallel()
	w, v := newWorld(t), township()[0]
	person, _ := villager(t, v, 0)
	w.execute(t, "UPDATE person SET mini_openid = NULL WHERE id = ?", person.ID)
	w.execute(t, "INSERT INTO person_union (person_id, union_id) VALUES (?, 'u-1')", person.ID)
	early := w.signIn(t, "m-fresh") // before WeChat says which union
	var mine me
	w.call(http.MethodGet, "/me", w.signIn(t, "m-fresh:u-1"), nil).into(t, &mine)
	if mine.Name != person.Name || !mine.Bound {
		t.Errorf("%+v", mine)
	}
	w.call(http.MethodGet, "/me", early, nil).into(t, &mine)
	if mine.Name != person.Name {
		t.Errorf("the phone that was signed in before: %+v", mine)
	}
	other, _ := villager(t, v, 1)
	w.call(http.MethodGet, "/me", w.signIn(t, other.MiniOpenID+":u-1"), nil).into(t, &mine)
	if mine.Name != other.Name {
		t.Errorf("%+v; want nobody to become another one who is somebody", mine)
	}
}

func TestLinkByCard(t *testing.T) {
	t.Parallel()
	w, v := newWorld(t), township()[0]
	h, head := w.unbound(t, int64(v.Village.ID))
	w.phoned(t, h, head, "13900003333")
	link := func(token, card, digits string) answer {
		return w.call(http.MethodPost, "/link/card", token, map[string]string{"card": card, "digits": digits})
	}
	card, token := cardOf(t, v, h), w.signIn(t, "m-new")
	for name, got := range map[string]answer{
		"wrong digits": link(token, card, "0000"), "no such card": link(token, "XF-AAAAAAAA", "3333"), "a token": link(token, strings.Repeat("A", 26), "3333"),
	} {
		if got.status != 422 || got.code() != "wrong_factor" {
			t.Errorf("%s: %d %s", name, got.status, got.body)
		}
	}
	var l linked
	link(token, strings.ToLower(card), "3333").into(t, &l)
	if !l.Me.Bound || l.Asked || l.Me.Households[0].Head != head {
		t.Errorf("%+v", l)
	}
	if got := link(token, card, "3333"); got.status != 409 || !strings.Contains(got.body, "不用再连") {
		t.Errorf("the own household's card: %d %s", got.status, got.body)
	}
	link(w.signIn(t, "m-second"), card, "3333").into(t, &l)
	if l.Me.Bound || !l.Asked {
		t.Errorf("%+v; want the second to be approved first", l)
	}
}

// TestLocksAreShared: wrong tries in the chat count at the Mini Program, and ten
// of them lock.
func TestLocksAreShared(t *testing.T) {
	t.Parallel()
	w, v := newWorld(t), township()[0]
	person, _ := villager(t, v, 0)
	for range enrol.TriesAllowed - 1 {
		w.execute(t, "INSERT INTO wrong_try (openid, at) VALUES (?, ?)", person.OpenID, now.Add(-time.Minute).UTC())
	}
	token := w.signIn(t, person.MiniOpenID)
	try := func() answer {
		return w.call(http.MethodPost, "/link/card", token, map[string]string{"card": "XF-AAAAAAAA", "digits": "0000"})
	}
	if got := try(); got.code() != "wrong_factor" && got.code() != "locked" {
		t.Errorf("the tenth: %d %s", got.status, got.body)
	}
	if got := try(); got.status != 422 || got.code() != "locked" || !strings.Contains(got.body, "以后再试") {
		t.Errorf("the eleventh: %d %s", got.status, got.body)
	}
}

// TestUnsent: what a phone says that it still holds is what the leader reads.
func TestUnsent(t *testing.T) {
	t.Parallel()
	w, v := newWorld(t), township()[0]
	member, leader := w.signIn(t, miniOf(t, v, household.TeamMember, 0)), w.signIn(t, miniOf(t, v, household.Leader, 0))
	says := func(n, since string) {
		r := w.request(http.MethodGet, "/me", member, nil)
		r.Header.Set("X-Unsent", n)
		r.Header.Set("X-Unsent-Since", since)
		if got := w.do(r); got.status != http.StatusOK {
			t.Fatalf("%d %s", got.status, got.body)
		}
	}
	most := func() (n int, since string) {
		var body struct {
			Phones []struct {
				Name   string
				Unsent int
				Since  string
			}
		}
		w.call(http.MethodGet, "/villages/"+w.ids.Seal("vill", int64(v.Village.ID))+"/phones", leader, nil).into(t, &body)
		return body.Phones[0].Unsent, body.Phones[0].Since
	}
	says("3", "2026-11-23T08:00:00+08:00")
	if n, since := most(); n != 3 || since != "2026-11-23T00:00:00Z" {
		t.Errorf("%d since %s", n, since)
	}
	for _, nonsense := range []string{"", "-1", "x", "99999999999999999999", "3; DROP TABLE session"} {
		says(nonsense, "yesterday")
		if n, _ := most(); n != 3 {
			t.Errorf("%q left %d", nonsense, n)
		}
	}
	says("0", "")
	if n, since := most(); n != 0 || since != "" {
		t.Errorf("%d since %s", n, since)
	}
}
