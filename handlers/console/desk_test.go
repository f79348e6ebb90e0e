package console_test

import (
	"crypto/rand"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/xiangfeng/xiangfeng/domain/calendar"
	"github.com/xiangfeng/xiangfeng/domain/dispute"
	"github.com/xiangfeng/xiangfeng/domain/fault"
	"github.com/xiangfeng/xiangfeng/domain/household"
	"github.com/xiangfeng/xiangfeng/domain/record"
	"github.com/xiangfeng/xiangfeng/domain/script"
	"github.com/xiangfeng/xiangfeng/domain/usecase"
	"github.com/xiangfeng/xiangfeng/domain/usecase/object"
	"github.com/xiangfeng/xiangfeng/handlers/web"
	"github.com/xiangfeng/xiangfeng/storage/conformance"
)

// TestWhoSeesTheDesk: each sees the pages of their own villages that their role
// has, and acts as it may; all others learn nothing, of a foreign village no more
// than of one that there is not.
func TestWhoSeesTheDesk(t *testing.T) {
	t.Parallel()
	o := open(t)
	o.season(t)
	q := "/quarters/2026Q1"
	town := "/console/townships/" + o.ids.Seal(web.Township, int64(county()[0].Village.Township)) + "/summary"
	elsewhere := int64(county()[0].Village.Township) + 1
	if _, err := conformance.Tables(t, o.dsn).Exec("INSERT INTO township (id, name, office) VALUES (?, '别的镇', '')", elsewhere); err != nil {
		t.Fatal(err)
	}
	const (
		leader = 1 << iota
		deputy
		member
		keeper
		officer
		admin
	)
	all := o.everybody(t)
	team := leader | deputy | member | officer
	for _, c := range []struct {
		method, path string
		may          int
	}{
		{"GET", "", leader | deputy | officer | admin},
		{"GET", "/quarters", team},
		{"GET", q, team},
		{"GET", q + "/wall", team},
		{"GET", q + "/wall.xlsx", team},
		{"GET", q + "/assess", team},
		{"GET", "/disputes", team},
		{"GET", "/untold", leader | deputy | officer},
		{"POST", q + "/sign", leader | deputy | member},
		{"POST", q + "/publish", leader | deputy},
		{"POST", q + "/withdraw", team},
		{"POST", q + "/override", officer},
		{"POST", q + "/assess", leader | deputy | officer},
		{"POST", q + "/assess/alarms/x", leader | deputy | officer},
	} {
		for bit, b := range all {
			ask := func(at string) page {
				if c.method == "GET" {
					return b.get(at)
				}
				return b.post(at, url.Values{})
			}
			p := ask(o.path(1) + c.path)
			// A form without its key is refused as it is, once one may send it.
			let := p.status == 200 && c.method == "GET" || p.status == 400 && c.method == "POST"
			if may := c.may&(1<<bit) != 0; let != may || !may && p.status != 404 {
				t.Errorf("%s %s: number %d gets %d", c.method, c.path, bit, p.status)
			}
			if bit == 4 || bit == 5 { // they see both villages
				continue
			}
			if foreign, none := ask(o.path(2)+c.path), ask(o.path(99)+c.path); foreign.status != 404 || foreign.text != none.text {
				t.Errorf("%s %s: number %d can tell a foreign village from none", c.method, c.path, bit)
			}
		}
	}
	for bit, b := range all {
		if p := b.get(town); (p.status == 200) != (1<<bit == officer) {
			t.Errorf("the summary: number %d gets %d", bit, p.status)
		}
		if p := b.get("/console/townships/" + o.ids.Seal(web.Township, elsewhere) + "/summary"); p.status != 404 {
			t.Errorf("another township's summary: number %d gets %d", bit, p.status)
		}
		for _, bad := range []string{"/quarters/2026Q5", "/quarters/1", "/quarters/2019Q4", "/quarters/2027Q1", "/disputes/x"} {
			if p := b.get(o.path(1) + bad); p.status != 404 {
				t.Errorf("%s: number %d gets %d", bad, bit, p.status)
			}
		}
	}
}

// everybody is a browser each of the leader, a deputy, a member, the shopkeeper,
// the officer and the administrator.
func (o *office) everybody(t *testing.T) []browser {
	t.Helper()
	var all []browser
	for _, role := range []household.Role{household.Leader, household.Deputy, household.TeamMember, household.Shopkeeper, household.Officer} {
		all = append(all, o.enter(t, post(t, 0, role)))
	}
	return append(all, o.administrator(t))
}

var (
	eventIDs = regexp.MustCompile(`id="e-([\w-]{22})"`)
	confirms = regexp.MustCompile(`name="id" value="([\w-]{22})"/?>\s*<input type="hidden" name="next" value="([\w-]*)"/?>\s*<button class="primary" name="act" value="confirm"`)
)

// pending lets events of the first village wait that one of the team recorded.
func (o *office) pending(t *testing.T, n int) {
	t.Helper()
	recorded, err := conformance.Tables(t, o.dsn).Exec(`INSERT INTO event (village_id, household_id, item_id, tenths, occurred_on, recorded_at, place, note, recorder, state, reason)
		SELECT h.village_id, h.id, (SELECT min(i.id) FROM item i WHERE i.village_id = h.village_id AND i.value > 0), 20, '2026-03-20', max(e.recorded_at), '', '', ?, 'pending', ''
		FROM household h JOIN event e ON e.household_id = h.id WHERE h.village_id = 1 GROUP BY h.id ORDER BY h.id LIMIT ?`,
		post(t, 0, household.TeamMember), n)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := recorded.RowsAffected(); err != nil || int(got) != n {
		t.Fatalf("%d wait, %v", got, err)
	}
}

// TestDesk goes through a quarter: one confirmed, one returned, one rejected, the
// rest together; twice the same form does it once.
func TestDesk(t *testing.T) {
	t.Parallel()
	o := open(t)
	desk := o.quarterPath() + "/assess"
	o.season(t)
	o.pending(t, 12)
	b := o.enter(t, post(t, 0, household.Leader))
	shown := b.get(desk)
	mine := confirms.FindAllStringSubmatch(shown.text, -1)
	if len(mine) < 5 {
		t.Fatalf("%d wait for the leader, of %d", len(mine), len(eventIDs.FindAllString(shown.text, -1)))
	}
	key := pageKey.FindStringSubmatch(shown.text)[1]
	form := func(id, act, reason string) url.Values {
		return url.Values{"key": {key}, "id": {id}, "act": {act}, "reason": {reason}, "next": {mine[4][1]}}
	}
	for range 2 {
		if p := b.post(desk, form(mine[0][1], "confirm", "")); p.status != 200 || !strings.Contains(p.text, script.DoneConfirmed) || strings.Contains(p.text, "e-"+mine[0][1]) {
			t.Errorf("%d %s", p.status, p.path)
		}
	}
	for _, act := range []string{"return", "reject"} {
		if p := b.post(desk, form(mine[1][1], act, " ")); p.status != 400 || !strings.Contains(p.text, script.Unassessed(fault.Invalid, fault.Facts{})) {
			t.Errorf("%s without a reason: %d", act, p.status)
		}
	}
	if p := b.post(desk, form(mine[1][1], "return", "看不清是哪家")); !strings.Contains(p.text, script.DoneReturned) {
		t.Errorf("%d %s", p.status, p.path)
	}
	if p := b.get(desk + "?state=returned"); !strings.Contains(p.text, "看不清是哪家") {
		t.Error("the reason is not shown")
	}
	if p := b.post(desk, form(mine[2][1], "reject", "没有这回事")); !strings.Contains(p.text, script.DoneRejected) {
		t.Errorf("%d %s", p.status, p.path)
	}
	if p := b.post(desk, url.Values{"key": {key}, "act": {"many"}}); p.status != 400 || !strings.Contains(p.text, script.AssessNotAsked) {
		t.Errorf("%d; nothing was picked", p.status)
	}
	many := url.Values{"key": {key}, "act": {"many"}}
	for _, m := range mine[2:] { // the first of them is decided already
		many.Add("id", m[1])
	}
	if p := b.post(desk, many); p.status != 200 || !strings.Contains(p.text, script.AssessTold(len(mine)-3)) || !strings.Contains(p.text, script.Unassessed(fault.Conflict, fault.Facts{})) {
		t.Errorf("%d %s", p.status, p.text)
	}
	for _, bad := range []url.Values{form("x", "confirm", ""), form(mine[0][1], "other", ""), {"key": {"x"}, "id": {mine[0][1]}, "act": {"confirm"}}} {
		if p := b.post(desk, bad); p.status != 400 {
			t.Errorf("%v: %d", bad, p.status)
		}
	}
	events, _, err := o.store.JudgedOf(t.Context(), 1, calendar.Quarter{Year: 2026, N: 1}, record.Rejected, 0, 100)
	if err != nil || len(events) == 0 {
		t.Errorf("%d are rejected, %v", len(events), err)
	}
}

// TestDeskLeavesToTheOffice: where leader and deputy both had a hand in an event
// the desk sends neither to the other.
func TestDeskLeavesToTheOffice(t *testing.T) {
	t.Parallel()
	o := open(t)
	o.season(t)
	o.pending(t, 3)
	leader, deputy := post(t, 0, household.Leader), post(t, 0, household.Deputy)
	set := func(recorder, typist household.PersonID) {
		if _, err := conformance.Tables(t, o.dsn).Exec(`UPDATE event SET recorder = ?, typist = ? WHERE state = 'pending' AND village_id = 1`, recorder, typist); err != nil {
			t.Fatal(err)
		}
	}
	same := script.Unassessed(fault.SamePerson, fault.Facts{})
	for _, who := range []household.PersonID{leader, deputy} {
		b := o.enter(t, who)
		set(leader, deputy)
		if p := b.get(o.quarterPath() + "/assess"); !strings.Contains(p.text, script.LeftToOffice) || strings.Contains(p.text, same) || confirms.MatchString(p.text) {
			t.Errorf("number %d is not told that it is the office's", who)
		}
		set(who, post(t, 0, household.TeamMember))
		if p := b.get(o.quarterPath() + "/assess"); !strings.Contains(p.text, same) {
			t.Errorf("number %d is not sent to the other", who)
		}
	}
}

// TestSummaryAsItWasPushed: a month that is over is shown as of the day after it,
// not with what fell due since.
func TestSummaryAsItWasPushed(t *testing.T) {
	t.Parallel()
	o := open(t)
	o.pass(calendar.On(2026, 5, 20).Start().Add(9 * time.Hour).Sub(o.Now()))
	b := o.enter(t, post(t, 0, household.Officer))
	town := "/console/townships/" + o.ids.Seal(web.Township, int64(county()[0].Village.Township)) + "/summary"
	late := script.ExceptionLine{Place: county()[0].Village.Name, Quarter: calendar.Quarter{Year: 2026, N: 1}}.Text(script.NotPublished)
	for at, want := range map[string]bool{"": true, "?month=2026-05": true, "?month=2026-04": true, "?month=2026-03": false} {
		if p := b.get(town + at); p.status != 200 || strings.Contains(p.text, late) != want {
			t.Errorf("%q: %d, the first quarter is late: %t", at, p.status, !want)
		}
	}
}

// TestDisputePages: a household's objection to what is missing is listed, taken
// on and decided by one of the team who had no part in it.
func TestDisputePages(t *testing.T) {
	t.Parallel()
	o := open(t)
	homes := county()[0].Households
	var filer household.PersonID
	var home household.ID
	for _, m := range county()[0].Members {
		if m.Person != 0 && !holds(m.Person) {
			filer, home = m.Person, m.Household
			break
		}
	}
	if filer == 0 || len(homes) == 0 {
		t.Fatal("nobody is bound")
	}
	out, err := object.File{Once: o.cases()}.Do(t.Context(), usecase.Command{Key: rand.Text(), Actor: filer, Now: o.Now()}, object.Objection{
		Household: home, Year: 2026, Words: "上周帮邻居修路，没有记", Photos: nil,
	})
	if err != nil || out.Code != fault.Done {
		t.Fatalf("%+v, %v", out, err)
	}
	path := o.path(1) + "/disputes/" + o.ids.Seal(web.Dispute, out.Facts.ID)
	d, err := o.store.DisputeOf(t.Context(), dispute.ID(out.Facts.ID))
	if err != nil {
		t.Fatal(err)
	}
	var b browser
	for _, p := range county()[0].Posts {
		if may, err := o.store.MayDispute(t.Context(), d.Dispute, p.Person, o.Now()); err == nil && may.Accept && p.Role != household.Officer {
			b = o.enter(t, p.Person)
			break
		}
	}
	if b.t == nil {
		t.Fatal("nobody may look into it")
	}
	if p := b.get(o.path(1) + "/disputes"); !strings.Contains(p.text, script.CaseName(d)) {
		t.Errorf("%s is not listed", script.CaseName(d))
	}
	if p := b.get(path); !strings.Contains(p.text, "上周帮邻居修路") || !strings.Contains(p.text, script.CaseAccept) {
		t.Errorf("%d %s", p.status, p.text)
	}
	if p := b.sent(path, "/accept", nil); !strings.Contains(p.text, script.DoneAccepted) {
		t.Errorf("%d %s", p.status, p.text)
	}
	if p := b.sent(path, "/extend", map[string]string{"reason": "要等证人回来"}); !strings.Contains(p.text, script.DoneExtended) {
		t.Errorf("%d %s", p.status, p.text)
	}
	if p := b.sent(path, "/decide", map[string]string{"reason": "没有写怎么定"}); p.status != 400 || !strings.Contains(p.text, "没有写怎么定</textarea>") {
		t.Errorf("%d; no ruling", p.status)
	}
	if p := b.sent(path, "/decide", map[string]string{"ruling": "stands", "reason": "问过邻居，没有这回事"}); !strings.Contains(p.text, script.DoneDecided) || !strings.Contains(p.text, "问过邻居") {
		t.Errorf("%d %s", p.status, p.text)
	}
	other := o.enter(t, post(t, 1, household.Leader))
	foreign := strings.Replace(path, o.path(1), o.path(2), 1)
	if p := other.get(foreign); p.status != 404 {
		t.Errorf("%d; the dispute is of another village", p.status)
	}
}

// TestDecidingPoints: a decision that changes points is asked once more in words
// and then done once; one that is none, or two, leaves everything as it was typed.
func TestDecidingPoints(t *testing.T) {
	t.Parallel()
	o := open(t)
	d, path, b := o.disputed(t)
	refused := func(form map[string]string, why string, kept ...string) {
		t.Helper()
		form["reason"] = "路修了两天"
		p := b.sent(path, "/decide", form)
		if p.status != 400 || !strings.Contains(p.text, why) {
			t.Errorf("%v: %d, want %s", form, p.status, why)
		}
		for _, k := range append(kept, "路修了两天</textarea>") {
			if !strings.Contains(p.text, k) {
				t.Errorf("%v: %q is lost", form, k)
			}
		}
		if now, err := o.store.DisputeOf(t.Context(), d.ID); err != nil || now.State != dispute.Accepted {
			t.Fatalf("%v: %s, %v", form, now.State, err)
		}
	}
	const stands, changes = `value="stands" checked`, `value="changes" checked`
	refused(map[string]string{"points": "8"}, script.CaseNoRuling, `name="points" value="8"`)
	refused(map[string]string{"ruling": "changes"}, script.CaseNoPoints, changes)
	refused(map[string]string{"ruling": "changes", "points": "八"}, script.CaseNoPoints, changes, `name="points" value="八"`)
	refused(map[string]string{"ruling": "stands", "points": "0"}, script.CaseTwoThings, stands, `name="points" value="0"`)
	refused(map[string]string{"ruling": "changes", "points": d.StandsAs.Signed()}, script.CaseNoChange(d), changes)
	if p := b.get(path); strings.Contains(p.text, " checked") {
		t.Error("something is chosen before anybody chose")
	}

	to := d.StandsAs + 70
	change := script.CaseChange(d, to)
	form := map[string]string{"ruling": "changes", "points": to.Signed(), "reason": "路修了两天"}
	asked := b.sent(path, "/decide", form)
	if asked.status != 200 || !strings.Contains(asked.text, change+"</p>") || !strings.Contains(asked.text, script.CaseSureDo) {
		t.Fatalf("%d %s; want to be asked", asked.status, asked.text)
	}
	if now, err := o.store.DisputeOf(t.Context(), d.ID); err != nil || now.State != dispute.Accepted {
		t.Fatalf("%s, %v; nobody has said yes", now.State, err)
	}
	form["back"] = "1"
	if p := b.sent(path, "/decide", form); p.status != 200 || !strings.Contains(p.text, changes) || !strings.Contains(p.text, "路修了两天</textarea>") {
		t.Errorf("%d %s; want the form as it was", p.status, p.text)
	}
	delete(form, "back")
	form["sure"] = script.CaseChange(d, to+10)
	if p := b.sent(path, "/decide", form); p.status != 200 || !strings.Contains(p.text, change+"</p>") {
		t.Errorf("%d; something else was said yes to", p.status)
	}
	said := url.Values{"key": {pageKey.FindStringSubmatch(asked.text)[1]}, "sure": {change}}
	for _, k := range []string{"ruling", "points", "reason"} {
		said.Set(k, form[k])
	}
	for range 2 { // an impatient finger
		if p := b.post(path+"/decide", said); !strings.Contains(p.text, script.DoneDecided) {
			t.Errorf("%d %s", p.status, p.text)
		}
	}
	now, err := o.store.DisputeOf(t.Context(), d.ID)
	if err != nil || now.StandsAs != to || now.Decision.StandsAs != to {
		t.Errorf("%s, %v; want %s", now.StandsAs, err, to)
	}
	said.Set("key", rand.Text())
	if p := b.post(path+"/decide", said); p.status < 400 {
		t.Errorf("%d; it is decided", p.status)
	}

	appeal := usecase.Command{Key: rand.Text(), Actor: d.FiledBy, Now: o.Now()}
	if out, err := (object.Answers{Once: o.cases()}).Appeal(t.Context(), appeal, d.ID, "还是少了"); err != nil || out.Code != fault.Done {
		t.Fatalf("%+v, %v", out, err)
	}
	b = o.enter(t, post(t, 0, household.Officer))
	form = map[string]string{"ruling": "changes", "points": "-1", "reason": "镇上看过了"}
	change = script.CaseChange(now, -10)
	if p := b.sent(path, "/decide", form); p.status != 200 || !strings.Contains(p.text, change+"</p>") || !strings.Contains(p.text, script.CaseLast) {
		t.Fatalf("%d %s; want the township to be asked", p.status, p.text)
	}
	form["sure"] = change
	if p := b.sent(path, "/decide", form); !strings.Contains(p.text, script.DoneDecided) {
		t.Errorf("%d %s", p.status, p.text)
	}
	if now, err := o.store.DisputeOf(t.Context(), d.ID); err != nil || now.StandsAs != -10 || now.State != dispute.Closed {
		t.Errorf("%s, %s, %v", now.StandsAs, now.State, err)
	}
}

// disputed is a line that a household objects to, its page, and who looks into it.
func (o *office) disputed(t *testing.T) (script.Dispute, string, browser) {
	t.Helper()
	for _, m := range county()[0].Members {
		if m.Person == 0 || holds(m.Person) {
			continue
		}
		for no := range 5 {
			line, err := o.store.Objectable(t.Context(), m.Person, m.Household, 2026, no+1, o.Now())
			if err != nil || !line.Disputable {
				continue
			}
			out, err := object.File{Once: o.cases()}.Do(t.Context(), usecase.Command{Key: rand.Text(), Actor: m.Person, Now: o.Now()}, object.Objection{
				Household: m.Household, Year: 2026, Line: no + 1, Words: "修了两天，只记了一天",
			})
			if err != nil || out.Code != fault.Done {
				continue
			}
			d, err := o.store.DisputeOf(t.Context(), dispute.ID(out.Facts.ID))
			if err != nil {
				t.Fatal(err)
			}
			for _, p := range county()[0].Posts {
				if may, err := o.store.MayDispute(t.Context(), d.Dispute, p.Person, o.Now()); err == nil && may.Accept && p.Role != household.Officer {
					b, path := o.enter(t, p.Person), o.path(1)+"/disputes/"+o.ids.Seal(web.Dispute, out.Facts.ID)
					if p := b.sent(path, "/accept", nil); !strings.Contains(p.text, script.DoneAccepted) {
						t.Fatalf("%d %s", p.status, p.text)
					}
					return d, path, b
				}
			}
		}
	}
	t.Fatal("nobody objects to anything")
	return script.Dispute{}, "", browser{}
}

func holds(p household.PersonID) bool {
	for _, post := range county()[0].Posts {
		if post.Person == p {
			return true
		}
	}
	return false
}
