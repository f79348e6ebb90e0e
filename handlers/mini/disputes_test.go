package mini_test

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/xiangfeng/xiangfeng/domain/household"
	"github.com/xiangfeng/xiangfeng/domain/record"
	"github.com/xiangfeng/xiangfeng/domain/usecase"
	"github.com/xiangfeng/xiangfeng/domain/usecase/assess"
	"github.com/xiangfeng/xiangfeng/domain/usecase/screen"
	"github.com/xiangfeng/xiangfeng/storage"
)

// disputed is a dispute as its page shows it.
type disputed struct {
	ID         string
	Number     string
	State      string
	StateWords string `json:"state_words"`
	Words      string
	Photos     []struct{ Hash string }
	Line       *struct {
		No                                    int
		Points, Recorder, Confirmer, StandsAs string
	}
	Decision, First *struct {
		Stands        bool
		Reason, Words string
		StandsAs      string `json:"stands_as"`
		By            string
	}
	Steps  []struct{ Text string }
	May    struct{ Accept, Extend, Decide, Withdraw, Nudge, Agree, Appeal bool }
	WhyNot string `json:"why_not"`
}

// confirmed lets a deputy confirm the event of the scene and returns its line.
func (w *world) confirmed(t *testing.T, s scene) int {
	t.Helper()
	n, _ := w.ids.Open("even", s["event"])
	var deputy household.PersonID
	for _, p := range township()[0].Posts {
		if p.Role == household.Leader {
			deputy = p.Person
		}
	}
	u := assess.Confirm{Once: storage.As(w.store, func(tx *storage.Tx) assess.Tx { return tx })}
	out, err := u.Do(t.Context(), usecase.Command{Key: "confirm " + s["event"], Actor: deputy, Now: w.now}, record.ID(n))
	if err != nil || out.Refused() {
		t.Fatalf("%+v, %v", out, err)
	}
	return out.Facts.Line
}

func (w *world) disputed(t *testing.T, id, token string) (d disputed) {
	t.Helper()
	w.call(http.MethodGet, "/disputes/"+id, token, nil).into(t, &d)
	return d
}

// sameCases: what waits for somebody are the disputes that each say they may act.
func (w *world) sameCases(t *testing.T, s scene, role string) {
	t.Helper()
	token := s["token "+role]
	var list struct{ Disputes []disputed }
	w.call(http.MethodGet, "/villages/"+s["village"]+"/disputes", s["token leader"], nil).into(t, &list)
	want := 0
	for _, d := range list.Disputes {
		if w.disputed(t, d.ID, token).May.Decide {
			want++
		}
	}
	if got := w.waits(t, token, "disputes"); got != want {
		t.Errorf("%d disputes wait for the %s; want %d", got, role, want)
	}
}

// TestDisputes: filed with a picture of one's own, not decided by who recorded
// the line, decided as an amount, and by the township as another.
func TestDisputes(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	s := w.stage(t, township()[0], "a")
	line := w.confirmed(t, s)
	plain, member, deputy, officer := s["token plain"], s["token team_member"], s["token deputy"], s["token officer"]
	mine := w.picture(t, plain, "picture of what happened")
	file := func(photo string) answer {
		return w.call(http.MethodPost, "/disputes", plain, fmt.Sprintf(`{"household":%q,"year":2026,"line":%d,"words":"那天我们去了两个人","photos":[%q]}`, s["home"], line, photo))
	}
	if got := file(s["photo"]); got.status != http.StatusBadRequest { // handed in by the team
		t.Errorf("%d %s", got.status, got.body)
	}
	var filed struct{ ID, Number, Promised string }
	file(mine).into(t, &filed)
	if filed.Number != "2" || filed.Promised != "2026-11-30" {
		t.Errorf("%+v", filed)
	}
	if got := file(mine); got.status != http.StatusConflict || !strings.Contains(got.body, "是2号") {
		t.Errorf("%d %s", got.status, got.body)
	}
	own, recorder, other := w.disputed(t, filed.ID, plain), w.disputed(t, filed.ID, member), w.disputed(t, filed.ID, deputy)
	if !own.May.Withdraw || !own.May.Nudge || own.May.Decide || own.WhyNot != "" || len(own.Photos) != 1 || own.Line.No != line {
		t.Errorf("the household: %+v", own)
	}
	if recorder.May.Decide || recorder.May.Accept || !strings.Contains(recorder.WhyNot, "换一个人") || len(recorder.Photos) != 1 {
		t.Errorf("who recorded it: %+v", recorder)
	}
	if !other.May.Accept || !other.May.Extend || !other.May.Decide || other.May.Agree {
		t.Errorf("a colleague: %+v", other)
	}
	for _, role := range []string{"plain", "team_member", "deputy", "leader", "officer"} {
		w.sameCases(t, s, role)
	}
	decide := func(token, body string) answer {
		return w.call(http.MethodPost, "/disputes/"+filed.ID+"/decide", token, body)
	}
	for _, body := range []string{`{"stands":false,"reason":"问过在场的人"}`, `{"stands":false,"points":"1.25","reason":"问过在场的人"}`, `{"stands":false,"points":"20000","reason":"问过在场的人"}`, `{"stands":true,"reason":"短"}`} {
		if got := decide(deputy, body); got.status != http.StatusBadRequest {
			t.Errorf("%s: %d %s", body, got.status, got.body)
		}
	}
	if got := decide(member, `{"stands":true,"reason":"我记的没有错"}`); got.code() != "same_person" {
		t.Errorf("%d %s", got.status, got.body)
	}
	if got := decide(deputy, `{"stands":false,"points":"+2.5","reason":"问过在场的人，去了两个"}`); got.status != http.StatusOK || !strings.Contains(got.body, `"decided":1`) {
		t.Fatalf("%d %s", got.status, got.body)
	}
	d := w.disputed(t, filed.ID, plain)
	if d.State != "decided" || d.Decision.StandsAs != "+2.5" || !d.May.Agree || !d.May.Appeal || d.May.Withdraw || len(d.Steps) != 2 {
		t.Errorf("%+v", d)
	}
	var lines struct {
		Lines []struct {
			Number             int
			Points, Kind, Mark string
			Disputable         bool
		}
	}
	w.call(http.MethodGet, "/households/"+s["home"]+"/lines", plain, nil).into(t, &lines)
	kinds := map[string]bool{}
	for _, l := range lines.Lines {
		if (l.Mark == "异议已更正") != (l.Number == line) || l.Disputable != (l.Kind == "event" && l.Number > 0 && l.Number != line) {
			t.Errorf("%+v", l)
		}
		kinds[l.Kind] = true
	}
	if !kinds["event"] || !kinds["correction"] {
		t.Errorf("%v", kinds)
	}
	if got := w.call(http.MethodPost, "/disputes/"+filed.ID+"/appeal", plain, `{"words":"应该再多一点"}`); got.status != http.StatusOK {
		t.Fatalf("%d %s", got.status, got.body)
	}
	var up struct{ Disputes []disputed }
	w.call(http.MethodGet, "/townships/"+s["township"]+"/disputes", officer, nil).into(t, &up)
	if len(up.Disputes) != 1 || up.Disputes[0].ID != filed.ID || !w.disputed(t, filed.ID, officer).May.Decide {
		t.Errorf("%+v", up)
	}
	w.sameCases(t, s, "deputy")
	w.sameCases(t, s, "officer")
	if got := decide(deputy, `{"stands":true,"reason":"我还是这样定"}`); got.status != http.StatusForbidden {
		t.Errorf("%d %s", got.status, got.body)
	}
	if got := decide(officer, `{"stands":true,"reason":"村里定得对，不再改"}`); got.status != http.StatusOK {
		t.Fatalf("%d %s", got.status, got.body)
	}
	if d := w.disputed(t, filed.ID, plain); d.State != "closed" || d.First == nil || !d.Decision.Stands || d.First.Words != "改成+2.5分" || d.May.Appeal {
		t.Errorf("%+v", d)
	}
	var list struct{ Disputes []disputed }
	w.call(http.MethodGet, "/villages/"+s["village"]+"/disputes?state=all", member, nil).into(t, &list)
	if len(list.Disputes) != 2 || list.Disputes[1].ID != filed.ID {
		t.Errorf("%+v", list)
	}
}

// TestTownships: who is of an office knows which.
func TestTownships(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	s := w.stage(t, township()[0], "a")
	for _, role := range everybody {
		var me struct{ Townships []struct{ ID, Name string } }
		w.call(http.MethodGet, "/me", s["token "+string(role)], nil).into(t, &me)
		if of := role == household.Officer || role == household.Auditor; len(me.Townships) == 1 != of || of && (me.Townships[0].ID != s["township"] || me.Townships[0].Name == "") {
			t.Errorf("a %s: %+v", role, me)
		}
	}
}

// TestDisputeWords: risky words are not filed, and a reason that the platform has
// not passed is kept from the household, not from the team.
func TestDisputeWords(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	s := w.stage(t, township()[0], "a")
	w.wechat.words = func(_ context.Context, _, words string) (screen.Found, error) {
		if strings.Contains(words, "骂") {
			return screen.Risky, nil
		}
		return screen.Doubted, nil
	}
	if got := w.call(http.MethodPost, "/disputes", s["token plain"], fmt.Sprintf(`{"household":%q,"year":2026,"line":0,"words":"骂人的话"}`, s["home"])); got.code() != "text_risky" {
		t.Errorf("%d %s", got.status, got.body)
	}
	if got := w.ask("POST /disputes/{id}/decide", s["token deputy"], s); got.status != http.StatusOK {
		t.Fatalf("%d %s", got.status, got.body)
	}
	if d := w.disputed(t, s["dispute"], s["token plain"]); !strings.Contains(d.Decision.Reason, "没审核") {
		t.Errorf("the household reads %q", d.Decision.Reason)
	}
	if d := w.disputed(t, s["dispute"], s["token leader"]); d.Decision.Reason != "问过在场的三户人家" {
		t.Errorf("the team reads %q", d.Decision.Reason)
	}
	if n := w.count(t, "push WHERE kind = 'dispute' AND facts LIKE '%问过在场%'"); n != 0 {
		t.Error("the household is told what was not passed")
	}
}
