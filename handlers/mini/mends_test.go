package mini_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/xiangfeng/xiangfeng/domain/household"
)

// said is what stands in a problem.
type said struct {
	Code, Message string
	Household     *struct{ ID, Number, Head string }
}

// TestOtherPerson: what a phone means of one person is never done as another.
func TestOtherPerson(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	s := w.stage(t, township()[0], "a")
	var member, leader me
	w.call(http.MethodGet, "/me", s["token team_member"], nil).into(t, &member)
	w.call(http.MethodGet, "/me", s["token leader"], nil).into(t, &leader)
	records, photos := w.count(t, "record"), w.count(t, "photo_hold")
	record := fmt.Sprintf(`{"village":%q,"targets":[{"household":%q}],"item":%q,"on":"2026-11-20","evidence":%s}`, s["village"], s["home"], s["item"], s["evidence"])
	as := func(owner string) []*http.Request {
		all := []*http.Request{
			w.request(http.MethodPost, "/records", s["token leader"], record), w.upload(s["token leader"], "picture at the door of "+owner, nil),
			w.request(http.MethodGet, "/waiting", s["token leader"], nil),
		}
		for _, r := range all {
			r.Header.Set("X-Person", owner)
		}
		return all
	}
	for _, owner := range []string{member.ID, "junk", s["home"]} {
		for _, r := range as(owner) {
			if got := w.do(r); got.status != http.StatusConflict || got.code() != "other_person" {
				t.Errorf("%s of %q: %d %s", r.URL.Path, owner, got.status, got.body)
			}
		}
	}
	if w.count(t, "record") != records || w.count(t, "photo_hold") != photos {
		t.Error("something was kept under another person's name")
	}
	for _, r := range as(leader.ID) {
		if got := w.do(r); got.status != http.StatusOK {
			t.Errorf("%s of the leader: %d %s", r.URL.Path, got.status, got.body)
		}
	}
}

// TestGhosts: what a phone says takes the place of what its earlier sessions
// said, and is no certainty for ever.
func TestGhosts(t *testing.T) {
	t.Parallel()
	w, v := newWorld(t), township()[0]
	who, leader := miniOf(t, v, household.TeamMember, 0), w.signIn(t, miniOf(t, v, household.Leader, 0))
	says := func(phone, n string) {
		r := w.request(http.MethodGet, "/me", w.signIn(t, who), nil)
		r.Header.Set("X-Phone", phone)
		r.Header.Set("X-Unsent", n)
		if got := w.do(r); got.status != http.StatusOK {
			t.Fatalf("%d %s", got.status, got.body)
		}
	}
	type phone struct {
		Unsent int
		Stale  bool
		Words  string
	}
	held := func() (found []phone) {
		var body struct{ Phones []phone }
		w.call(http.MethodGet, "/villages/"+w.ids.Seal("vill", int64(v.Village.ID))+"/phones", leader, nil).into(t, &body)
		return slices.DeleteFunc(body.Phones, func(p phone) bool { return p.Unsent == 0 })
	}
	says("phone-one", "5")
	says("phone-two", "3")
	if got := held(); !slices.Equal(got, []phone{{5, false, "还有5条没发"}, {3, false, "还有3条没发"}}) {
		t.Errorf("%+v", got)
	}
	says("phone-one", "0")
	if got := held(); !slices.Equal(got, []phone{{3, false, "还有3条没发"}}) {
		t.Errorf("%+v; want what the first phone said to be over", got)
	}
	w.now = now.Add(15 * 24 * time.Hour)
	if got := held(); !slices.Equal(got, []phone{{3, true, "最后联系11月24日，当时还有3条没发"}}) {
		t.Errorf("after two weeks %+v", got)
	}
}

// TestCardSpellings: a card's number opens the door however it is typed.
func TestCardSpellings(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	s := w.stage(t, township()[0], "a")
	signs := strings.TrimPrefix(s["card"], "XF-")
	for _, card := range []string{
		s["card"], signs, strings.ToLower(signs), "xf" + signs, "XF-" + signs[:4] + "-" + signs[4:], " xf " + signs[:4] + " " + signs[4:] + " ", "ＸＦ－" + signs,
	} {
		target := map[string]any{"card": card}
		got := w.call(http.MethodPost, "/visits", s["token team_member"], map[string]any{"village": s["village"], "target": target, "on": "2026-11-20"})
		if got.status != http.StatusOK {
			t.Errorf("%q: %d %s", card, got.status, got.body)
		}
	}
}

// TestRevokedCards: the team of the village reads whose card it was, and nobody else.
func TestRevokedCards(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	s, far := w.stage(t, township()[0], "a"), w.stage(t, township()[1], "b")
	w.execute(t, "UPDATE card SET state = 'revoked' WHERE number = '"+s["card"]+"'")
	_, home := villager(t, township()[0], 0)
	record := fmt.Sprintf(`{"village":%q,"targets":[{"card":%q}],"item":%q,"on":"2026-11-20","evidence":%s}`, s["village"], s["card"], s["item"], s["evidence"])
	visit := fmt.Sprintf(`{"village":%q,"target":{"card":%q},"on":"2026-11-20"}`, s["village"], s["card"])
	warn := fmt.Sprintf(`{"village":%q,"target":{"card":%q},"item":%q,"photos":[%q]}`, s["village"], s["card"], s["bad"], s["photo"])
	for name, got := range map[string]answer{
		"door":   w.call(http.MethodGet, "/cards/"+s["card"], s["token team_member"], nil),
		"record": w.call(http.MethodPost, "/records", s["token team_member"], record),
		"visit":  w.call(http.MethodPost, "/visits", s["token team_member"], visit),
		"warn":   w.call(http.MethodPost, "/warnings", s["token team_member"], warn),
	} {
		var p said
		got.problem(t, &p)
		if got.status != 422 || p.Code != "card_revoked" || p.Household == nil || p.Household.ID != s["home"] || p.Household.Number != home.Number || p.Household.Head != home.Head {
			t.Errorf("%s: %d %s", name, got.status, got.body)
		}
	}
	for name, token := range map[string]string{"its family": s["token plain"], "another village": far["token leader"], "a stranger": s["token stranger"]} {
		if got := w.call(http.MethodGet, "/cards/"+s["card"], token, nil); got.status != http.StatusNotFound || strings.Contains(got.body, "household") {
			t.Errorf("%s: %d %s", name, got.status, got.body)
		}
	}
	elsewhere := fmt.Sprintf(`{"village":%q,"target":{"card":%q},"on":"2026-11-20"}`, far["village"], s["card"])
	if got := w.call(http.MethodPost, "/visits", far["token leader"], elsewhere); got.status != http.StatusNotFound || strings.Contains(got.body, "household") {
		t.Errorf("in another village: %d %s", got.status, got.body)
	}
}

// TestWhatWaits: only what somebody can go to is counted.
func TestWhatWaits(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	s := w.stage(t, township()[0], "a")
	if w.count(t, "event WHERE state = 'pending' AND village_id = 1") == 0 {
		t.Fatal("nothing waits to be confirmed")
	}
	got := w.call(http.MethodGet, "/waiting", s["token leader"], nil)
	if strings.Contains(got.body, `"events"`) || !strings.Contains(got.body, `"asides"`) {
		t.Errorf("%d %s", got.status, got.body)
	}
}

// TestAsideOfKin: a colleague is asked to record what the recorder may not, the
// recorder is told why.
func TestAsideOfKin(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	s := w.stage(t, township()[0], "a")
	var member me
	w.call(http.MethodGet, "/me", s["token team_member"], nil).into(t, &member)
	for who, want := range map[string]string{
		"token leader": "是" + member.Name + "自己家或亲属家，请您来记。", "token team_member": "这是您自己家或亲属家，不能由您记。请让同事来记。",
	} {
		var body struct {
			Asides []struct{ Code, Message string }
		}
		w.call(http.MethodGet, "/villages/"+s["village"]+"/asides", s[who], nil).into(t, &body)
		at := slices.IndexFunc(body.Asides, func(a struct{ Code, Message string }) bool { return a.Code == "kin" })
		if at < 0 || body.Asides[at].Message != want {
			t.Errorf("%s: %+v, want %q", who, body.Asides, want)
		}
	}
}

// TestWhenToDeduct: a warning names the day from which points may be taken away.
func TestWhenToDeduct(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	s := w.stage(t, township()[0], "a")
	type warning struct {
		ID         string
		DueOn      string `json:"due_on"`
		MayClose   bool   `json:"may_close"`
		MayDeduct  bool   `json:"may_deduct"`
		DeductFrom string `json:"deduct_from"`
	}
	first := func(token string) warning {
		var body struct{ Warnings []warning }
		w.call(http.MethodGet, "/villages/"+s["village"]+"/warnings", token, nil).into(t, &body)
		return body.Warnings[slices.IndexFunc(body.Warnings, func(o warning) bool { return o.ID == s["warning"] })]
	}
	open := first(s["token leader"])
	if !open.MayClose || open.MayDeduct || open.DeductFrom <= open.DueOn {
		t.Errorf("%+v", open)
	}
	var p said
	w.call(http.MethodPost, "/warnings/"+s["warning"]+"/close", s["token leader"], `{"mended":false}`).problem(t, &p)
	if month, day := open.DueOn[5:7], open.DueOn[8:]; p.Code != "too_early" || !strings.Contains(p.Message, strings.TrimLeft(month, "0")+"月"+strings.TrimLeft(day, "0")+"日") {
		t.Errorf("%+v; want the day %s named", p, open.DueOn)
	}
	from, err := time.Parse(time.DateOnly, open.DeductFrom)
	if err != nil {
		t.Fatal(err)
	}
	w.now = from.Add(4 * time.Hour)
	if later := first(s["token leader"]); !later.MayDeduct {
		t.Errorf("on the day itself %+v", later)
	}
	if onlooker := first(s["token officer"]); onlooker.MayClose || onlooker.MayDeduct {
		t.Errorf("to an onlooker %+v", onlooker)
	}
}

// TestOthersEvents: who cannot take an event back is told who can.
func TestOthersEvents(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	s := w.stage(t, township()[0], "a")
	for address, body := range map[string]string{"withdraw": `{"reason":"记错了"}`, "correct": fmt.Sprintf(`{"item":%q,"on":"2026-11-19"}`, s["item"])} {
		var p said
		w.call(http.MethodPost, "/events/"+s["event"]+"/"+address, s["token leader"], body).problem(t, &p)
		if p.Code != "forbidden" || p.Message != "谁记的谁撤、谁改。请找记的人来办。" {
			t.Errorf("%s: %+v", address, p)
		}
	}
}

// TestOddDrafts: a clock that is days fast and a link that leads nowhere are
// named, and not recorded.
func TestOddDrafts(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	s := w.stage(t, township()[0], "a")
	records := w.count(t, "record")
	for name, c := range map[string]struct{ at, more, code, words string }{
		"three days ahead": {"2026-11-27T09:00:00+08:00", "", "clock_ahead", "手机的时间"},
		"no link":          {"2026-11-24T09:00:00+08:00", `,{"proof":"link","words":"x"}`, "invalid", "http"},
	} {
		body := fmt.Sprintf(`{"village":%q,"targets":[{"household":%q}],"item":%q,"on":"2026-11-20","at":%q,"evidence":[{"proof":"photo","photo":%q}%s]}`,
			s["village"], s["home"], s["item"], c.at, s["photo"], c.more)
		var p said
		w.call(http.MethodPost, "/records", s["token team_member"], body).problem(t, &p)
		if p.Code != c.code || !strings.Contains(p.Message, c.words) {
			t.Errorf("%s: %+v", name, p)
		}
	}
	if w.count(t, "record") != records {
		t.Error("something was recorded")
	}
}

// TestDeclaredTwice: the same words about the same day are one declaration while
// it waits.
func TestDeclaredTwice(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	s := w.stage(t, township()[0], "a")
	tell := func(words, on string) string {
		var made struct{ ID string }
		w.call(http.MethodPost, "/declarations", s["token plain"], map[string]any{"household": s["home"], "words": words, "on": on}).into(t, &made)
		return made.ID
	}
	if again := tell("帮邻居收红薯", "2026-11-20"); again != s["declaration"] {
		t.Errorf("%q, again %q", s["declaration"], again)
	}
	if tell("帮邻居收红薯", "2026-11-21") == s["declaration"] || tell("帮邻居收花生", "2026-11-20") == s["declaration"] {
		t.Error("another day or another deed is taken for the same")
	}
	w.call(http.MethodPost, "/declarations/"+s["declaration"]+"/decline", s["token leader"], `{"reason":"没有核实到"}`)
	if tell("帮邻居收红薯", "2026-11-20") == s["declaration"] {
		t.Error("it is taken for one that was declined")
	}
}
