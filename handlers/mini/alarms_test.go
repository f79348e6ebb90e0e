package mini_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/xiangfeng/xiangfeng/domain/calendar"
	"github.com/xiangfeng/xiangfeng/domain/household"
)

type alarmView struct {
	ID, Kind, Title, Text, State, Outcome, Words string
	Blocks                                       bool
	Lines                                        []struct {
		ID, Item, Points, On, Recorder string
		Household                      struct{ ID, Number, Head string }
	}
	Homes      []struct{ Number string }
	StateWords string `json:"state_words"`
	ClosedBy   string `json:"closed_by"`
	MayClose   bool   `json:"may_close"`
	MaySuspend bool   `json:"may_suspend"`
	WhyNot     string `json:"why_not"`
}

type alarmsView struct {
	Alarms   []alarmView
	Override *struct{ Reason string }
}

// levelled is a village whose fourth quarter was written on one evening, the
// same for everybody, on the second day after it.
func levelled(t *testing.T) (w *world, path string, leader, officer string) {
	t.Helper()
	w = newWorld(t)
	v := township()[0]
	recorder := int64(0)
	for _, p := range v.Posts {
		if p.Role == household.TeamMember && p.Village == v.Village.ID {
			recorder = int64(p.Person)
		}
	}
	item, _ := w.itemsFor(t, v)
	w.execute(t, fmt.Sprintf("UPDATE event SET state = 'withdrawn', confirmer = NULL WHERE village_id = %d AND state = 'pending'", v.Village.ID))
	w.execute(t, fmt.Sprintf(`INSERT INTO event (village_id, household_id, item_id, tenths, occurred_on, recorded_at, place, note, recorder, state, reason)
		SELECT h.village_id, h.id, i.id, 60, '2026-12-29', '2026-12-29 12:00:00+00:00', '', '', %d, 'pending', ''
		FROM household h JOIN item i ON i.village_id = h.village_id AND i.code = '%s' AND i.year = 2026 WHERE h.village_id = %d AND h.state = 'active'`,
		recorder, item.Code, v.Village.ID))
	// nothing else counts in the quarter
	w.execute(t, fmt.Sprintf(`UPDATE village SET sealed = %d WHERE id = %d`, calendar.Quarter{Year: 2026, N: 3}.Index(), v.Village.ID))
	w.now = calendar.On(2027, time.January, 2).Start().Add(10 * time.Hour)
	leader, officer = w.signIn(t, miniOf(t, v, household.Leader, 0)), w.signIn(t, miniOf(t, v, household.Officer, 0))
	return w, "/villages/" + w.ids.Seal("vill", int64(v.Village.ID)) + "/quarters/2026Q4", leader, officer
}

func TestAlarmsBecomeCases(t *testing.T) {
	t.Parallel()
	w, path, leader, officer := levelled(t)
	var seen alarmsView
	w.call(http.MethodGet, path+"/alarms", leader, nil).into(t, &seen)
	if len(seen.Alarms) == 0 || seen.Alarms[0].Kind != "averaging" {
		t.Fatalf("%+v", seen)
	}
	first := seen.Alarms[0]
	if !first.Blocks || first.State != "open" || !strings.Contains(first.Text, "户人人都有的") || len(first.Lines) == 0 || first.Lines[0].Points != "+6" || first.Lines[0].Household.Number == "" || !first.MayClose || first.MaySuspend {
		t.Errorf("%+v", first)
	}
	var again alarmsView
	w.call(http.MethodGet, path+"/alarms", leader, nil).into(t, &again)
	if len(again.Alarms) != len(seen.Alarms) || again.Alarms[0].ID != first.ID {
		t.Errorf("%+v", again)
	}
	closing := func(token, outcome, words string) answer {
		return w.call(http.MethodPost, "/alarms/"+first.ID+"/close", token, map[string]string{"outcome": outcome, "words": words})
	}
	for _, test := range []struct {
		token, outcome, words string
		status                int
		says                  string
	}{
		{leader, "corrected", "逐条看过了", http.StatusUnprocessableEntity, "条记录没有考核"},
		{leader, "suspended", "停他的记录", http.StatusForbidden, "由镇里来办"},
		{leader, "explained", "没事", http.StatusBadRequest, "请写明情况"},
	} {
		got := closing(test.token, test.outcome, test.words)
		if got.status != test.status || !strings.Contains(got.body, test.says) {
			t.Errorf("%s %s: %d %s", test.outcome, test.words, got.status, got.body)
		}
	}
	var before, after struct {
		Blocked    []struct{ State, Text string }
		Overridden bool
		May        struct{ Publish, Override bool }
	}
	w.call(http.MethodGet, path, leader, nil).into(t, &before)
	if len(before.Blocked) != 1 || before.Blocked[0].State != "averaging" || before.Overridden || before.May.Publish {
		t.Errorf("%+v", before)
	}
	if got := w.call(http.MethodPost, path+"/override", leader, map[string]string{"reason": "全村抢险，核实属实"}); got.status != http.StatusForbidden {
		t.Errorf("%d %s", got.status, got.body)
	}
	if got := w.call(http.MethodPost, path+"/override", officer, map[string]string{"reason": "同意"}); got.status != http.StatusBadRequest || !strings.Contains(got.body, "理由") {
		t.Errorf("%d %s", got.status, got.body)
	}
	if got := w.call(http.MethodPost, path+"/override", officer, map[string]string{"reason": "全村抢险，核实属实"}); got.status != http.StatusOK {
		t.Errorf("%d %s", got.status, got.body)
	}
	w.call(http.MethodGet, path, leader, nil).into(t, &after)
	if len(after.Blocked) != 0 || !after.Overridden || !after.May.Publish {
		t.Errorf("%+v", after)
	}
	if got := closing(leader, "explained", "全村抢险，都到场"); got.status != http.StatusOK {
		t.Errorf("%d %s", got.status, got.body)
	}
	if got := closing(officer, "explained", "全村抢险，都到场"); got.status != http.StatusConflict || !strings.Contains(got.body, "已经了结") {
		t.Errorf("%d %s", got.status, got.body)
	}
	w.call(http.MethodGet, path+"/alarms", officer, nil).into(t, &seen)
	last := seen.Alarms[len(seen.Alarms)-1]
	if last.ID != first.ID || last.State != "closed" || last.StateWords != "说明了原因" || last.ClosedBy == "" || last.MayClose || seen.Override == nil || seen.Override.Reason != "全村抢险，核实属实" {
		t.Errorf("%+v %+v", last, seen.Override)
	}
}

func TestTheMonthsSummary(t *testing.T) {
	t.Parallel()
	w, path, leader, officer := levelled(t)
	w.call(http.MethodGet, path+"/alarms", leader, nil).into(t, &alarmsView{})
	id := w.ids.Seal("town", int64(township()[0].Township.ID))
	var got struct {
		Month, Township, Text string
		Sections              []struct {
			Kind, Title string
			Lines       []struct{ Text, Village string }
		}
	}
	w.call(http.MethodGet, "/townships/"+id+"/summary?month=2027-01", officer, nil).into(t, &got)
	found := map[string]string{}
	for _, s := range got.Sections {
		found[s.Kind] = s.Lines[0].Text
		if s.Title == "" || s.Lines[0].Village == "" {
			t.Errorf("%+v", s)
		}
	}
	if got.Month != "2027-01" || !strings.Contains(found["averaging"], "一样，还没处理") || found["unvisited"] == "" || !strings.Contains(got.Text, "分数人人一样1村") {
		t.Errorf("%+v", got)
	}
	w.call(http.MethodGet, "/townships/"+id+"/summary", officer, nil).into(t, &got)
	if got.Month != "2026-12" {
		t.Errorf("%s is not the month before", got.Month)
	}
	for _, month := range []string{"2027-02", "2027-13", "gestern"} {
		if a := w.call(http.MethodGet, "/townships/"+id+"/summary?month="+month, officer, nil); a.status != http.StatusBadRequest {
			t.Errorf("%s: %d %s", month, a.status, a.body)
		}
	}
}
