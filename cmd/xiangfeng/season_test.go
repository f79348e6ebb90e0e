package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/xiangfeng/xiangfeng/domain/calendar"
	"github.com/xiangfeng/xiangfeng/domain/sample"
)

// stagePhone is a Mini Program that somebody of the demo has in hand.
type stagePhone struct {
	playing
	who   sample.Cast
	token string
	keys  int
}

func (p playing) opensMini(t testing.TB, who sample.Cast) *stagePhone {
	t.Helper()
	var in struct{ Code, Token string }
	s := &stagePhone{playing: p, who: who}
	s.into(t, s.posts(t, "/demo/login", map[string]string{"openid": who.OpenID}), &in)
	s.into(t, s.posts(t, "/api/v1/login", map[string]string{"code": in.Code}), &in)
	s.token = in.Token
	return s
}

func (s *stagePhone) posts(t testing.TB, path string, body any) answer {
	t.Helper()
	text, err := json.Marshal(body)
	if err != nil {
		t.Fatal(err)
	}
	return s.sends(t, http.MethodPost, path, text)
}

func (s *stagePhone) sends(t testing.TB, method, path string, body []byte) answer {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, s.site+path, bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	s.keys++
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Authorization", "Bearer "+s.token)
	r.Header.Set("Idempotency-Key", fmt.Sprintf("season-%x-%d", s.who.OpenID[len(s.who.OpenID)-4:], s.keys))
	return do(t, r)
}

func (s *stagePhone) into(t testing.TB, got answer, into any) {
	t.Helper()
	if got.status != http.StatusOK {
		t.Fatalf("%s: %d %s", s.who.Name, got.status, got.body)
	}
	if err := json.Unmarshal([]byte(got.body), into); err != nil {
		t.Fatalf("%v: %s", err, got.body)
	}
}

func (s *stagePhone) reads(t testing.TB, path string, into any) {
	t.Helper()
	s.into(t, s.sends(t, http.MethodGet, "/api/v1"+path, nil), into)
}

func (s *stagePhone) does(t testing.TB, path string, body, into any) {
	t.Helper()
	s.into(t, s.posts(t, "/api/v1"+path, body), into)
}

func (p playing) moves(t testing.TB, to string) {
	t.Helper()
	if status := p.act(t, "clock", map[string]string{"to": to}); status != http.StatusNoContent {
		t.Fatalf("%s: HTTP status %d", to, status)
	}
}

func (p playing) today() calendar.Date { return calendar.DateOf(p.current().service.clock.Now()) }

// movesTo presses the clock's button for a day until the day has come.
func (p playing) movesTo(t testing.TB, d calendar.Date) {
	t.Helper()
	for p.today().Before(d) {
		p.moves(t, "day")
	}
}

// told waits until somebody's chat has a message that was not asked for and
// says what is looked for, and returns it.
func (p playing) told(t testing.TB, who sample.Cast, says string) string {
	t.Helper()
	for range 600 {
		for _, l := range p.chat(t, who) {
			if l.By != "self" && l.By != "reply" && strings.Contains(l.Text, says) {
				return l.Text
			}
		}
		time.Sleep(100 * time.Millisecond)
	}
	t.Fatalf("%s is never told %q: %+v", who.Name, says, p.chat(t, who))
	return ""
}

// times counts how often somebody was told something without asking.
func (p playing) times(t testing.TB, who sample.Cast, says string) (n int) {
	t.Helper()
	for _, l := range p.chat(t, who) {
		if l.By != "self" && l.By != "reply" && strings.Contains(l.Text, says) {
			n++
		}
	}
	return n
}

type seasonEvent struct {
	ID        string
	MayDecide bool   `json:"may_decide"`
	Recorder  string `json:"recorder"`
	Household struct{ Number, Head string }
	Item      struct{ Title string }
}

// events are a quarter's pending events.
func (s *stagePhone) events(t testing.TB, village, quarter string) (all []seasonEvent) {
	t.Helper()
	after := ""
	for {
		var page struct {
			Events []seasonEvent
			Next   string
		}
		s.reads(t, "/villages/"+village+"/quarters/"+quarter+"/events?state=pending&after="+after, &page)
		all = append(all, page.Events...)
		if after = page.Next; after == "" {
			return all
		}
	}
}

// confirms confirms all that this person may.
func (s *stagePhone) confirms(t testing.TB, village, quarter string, but string) {
	t.Helper()
	var ids []string
	for _, e := range s.events(t, village, quarter) {
		if e.MayDecide && e.ID != but {
			ids = append(ids, e.ID)
		}
	}
	for len(ids) > 0 {
		n := min(100, len(ids))
		var done struct{ Confirmed int }
		s.does(t, "/events/confirm", map[string]any{"ids": ids[:n]}, &done)
		if done.Confirmed != n {
			t.Fatalf("%s confirms %d of %d", s.who.Name, done.Confirmed, n)
		}
		ids = ids[n:]
	}
}

var caseNumber = regexp.MustCompile(`异议(\d+)号`)

// TestASeason plays the fourth quarter to its end with the clock's buttons, as
// people do: the timetable, the assessment, three signatures, the sheet, the
// notices, a dispute through to the township, the seal, and the month's summary.
func TestASeason(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	p := play(t, dir)
	team := sample.DemoTeam()
	first, second, deputy, leader, officer := team[0], team[1], team[2], team[3], team[4]
	p.moves(t, "quarter")
	p.told(t, leader, "考核公示安排")

	head, two, one, other := p.opensMini(t, leader), p.opensMini(t, deputy), p.opensMini(t, first), p.opensMini(t, second)
	var me struct{ Villages []struct{ ID string } }
	head.reads(t, "/me", &me)
	village, quarter := me.Villages[0].ID, "2026Q4"
	path := "/villages/" + village + "/quarters/" + quarter

	waiting := head.events(t, village, quarter)
	if len(waiting) == 0 {
		t.Fatal("nothing waits to be assessed")
	}
	back := ""
	for _, e := range waiting {
		if e.MayDecide && (e.Recorder == first.Name || e.Recorder == second.Name) {
			back = e.ID
			break
		}
	}
	var ok struct{ OK bool }
	head.does(t, "/events/"+back+"/return", map[string]string{"reason": "照片看不清，请补一张"}, &ok)
	head.confirms(t, village, quarter, back)
	two.confirms(t, village, quarter, back)
	office := p.opensMini(t, officer)
	office.confirms(t, village, quarter, back) // what neither of them may

	var season struct {
		Digest     string
		Need       int
		Blocked    []struct{ State, Text string }
		Signatures []struct{ Valid bool }
		Counts     struct{ Pending, Returned int }
	}
	head.reads(t, path, &season)
	if len(season.Blocked) > 0 || season.Counts.Pending > 0 || season.Counts.Returned != 1 {
		t.Fatalf("%+v", season)
	}
	paper := map[string]any{"digest": season.Digest, "minutes": "1月4日小组会议，逐条看过，同意公示"}
	if got := head.posts(t, "/api/v1"+path+"/publish", paper); got.status != http.StatusUnprocessableEntity || !strings.Contains(got.body, `"unsigned"`) {
		t.Errorf("published without signatures: %d %s", got.status, got.body)
	}
	for _, s := range []*stagePhone{one, other, two} {
		s.does(t, path+"/sign", map[string]string{"digest": season.Digest}, &ok)
	}
	var up struct {
		Code   string
		SealOn string `json:"seal_on"`
	}
	head.does(t, path+"/publish", paper, &up)
	for _, who := range []sample.Cast{diligent, disputed, fallen} {
		if n := p.times(t, who, "公示结果"); n > 1 {
			t.Errorf("%s was told of the sheet %d times", who.Name, n)
		}
		if text := p.told(t, who, "公示"); !strings.Contains(text, up.Code) && !strings.Contains(text, "第四季度") {
			t.Errorf("%s reads %s", who.Name, text)
		}
	}
	if page := get(t, p.site+"/n/"+up.Code); page.status != http.StatusOK || !strings.Contains(page.body, "正在公示") {
		t.Errorf("the sheet's page: %d %s", page.status, page.body)
	}

	// Stopped and started again: whoever was told is not told again.
	p.stop()
	p = play(t, dir)
	head, two, one, other = p.opensMini(t, leader), p.opensMini(t, deputy), p.opensMini(t, first), p.opensMini(t, second)
	office = p.opensMini(t, officer)

	number := p.objects(t)
	var listed struct {
		Disputes []struct {
			ID     string
			Number string
			State  string
		}
	}
	head.reads(t, "/villages/"+village+"/disputes?state=open", &listed)
	id := ""
	for _, d := range listed.Disputes {
		if d.Number == number {
			id = d.ID
		}
	}
	if id == "" {
		t.Fatalf("异议%s号 is not among %+v", number, listed)
	}
	p.current().service.ear.Keep(t.Context()) // that they wrote just now
	decider := p.mayDecide(t, id, one, other, two, head)
	decider.does(t, "/disputes/"+id+"/accept", map[string]string{}, &ok)
	decider.does(t, "/disputes/"+id+"/decide", map[string]any{"stands": true, "reason": "签到表上没有这一户，当天的照片里也没有"}, &ok)
	if text := p.told(t, disputed, "不服，请镇上看"); !strings.Contains(text, "签到表上没有这一户") {
		t.Errorf("the decision reads %s", text)
	}
	before := p.asks(t, disputed, "积分")
	p.asks(t, disputed, "2")
	p.asks(t, disputed, "我在场，村口王家可以作证，漏签了")
	if got := p.asks(t, disputed, "确认"); !strings.Contains(got, "镇") {
		t.Errorf("the appeal reads %s", got)
	}
	office.does(t, "/disputes/"+id+"/decide", map[string]any{"stands": false, "points": "8", "reason": "走访核实，本人在场，漏签，按8分记"}, &ok)
	p.told(t, disputed, "走访核实")
	if after := p.asks(t, disputed, "积分"); after == before {
		t.Errorf("the score stays: %s", after)
	}

	sealed, err := calendar.ParseDate(up.SealOn)
	if err != nil {
		t.Fatal(err)
	}
	p.movesTo(t, sealed)
	over := false
	for range 600 {
		if over = strings.Contains(get(t, p.site+"/n/"+up.Code).body, "已经公示完"); over {
			break
		}
		time.Sleep(100 * time.Millisecond)
	}
	if !over {
		t.Error("the quarter does not seal by itself")
	}
	p.moves(t, "month")
	p.told(t, officer, "每月摘要")
	for _, c := range []struct {
		who  sample.Cast
		says string
		want int
	}{{diligent, "公示结果", 0}, {disputed, "公示结果", 0}, {disputed, "签到表上没有这一户", 1}, {disputed, "走访核实", 1}, {officer, "每月摘要", 1}} {
		if n := p.times(t, c.who, c.says); n != c.want {
			t.Errorf("%s was told %q %d times, want %d", c.who.Name, c.says, n, c.want)
		}
	}
}

// TestALevelledSeason: where everybody got the same, the leader is told so and
// cannot publish before the township lets it through in writing.
func TestALevelledSeason(t *testing.T) {
	t.Parallel()
	p := play(t, t.TempDir())
	team := sample.DemoTeam()
	p.moves(t, "quarter")
	p.told(t, team[5], "考核公示安排")
	leader, office := p.opensMini(t, team[5]), p.opensMini(t, team[4])
	var me struct{ Villages []struct{ ID string } }
	leader.reads(t, "/me", &me)
	village, quarter := me.Villages[0].ID, "2026Q4"
	path := "/villages/" + village + "/quarters/" + quarter
	deputy := p.opensMini(t, team[6])
	for _, s := range []*stagePhone{leader, deputy, office} {
		s.confirms(t, village, quarter, "")
	}
	var season struct {
		Digest  string
		Blocked []struct{ State, Text string }
	}
	leader.reads(t, path, &season)
	if len(season.Blocked) != 1 || season.Blocked[0].State != "averaging" || !strings.Contains(season.Blocked[0].Text, "镇") {
		t.Errorf("the leader is told %+v", season.Blocked)
	}
	var ok struct{ OK bool }
	for _, s := range []*stagePhone{deputy, p.opensMini(t, team[7]), p.opensMini(t, team[8])} {
		s.does(t, path+"/sign", map[string]string{"digest": season.Digest}, &ok)
	}
	paper := map[string]any{"digest": season.Digest, "minutes": "1月小组会议，同意公示"}
	if got := leader.posts(t, "/api/v1"+path+"/publish", paper); got.status != http.StatusUnprocessableEntity || !strings.Contains(got.body, `"blocked"`) {
		t.Errorf("published: %d %s", got.status, got.body)
	}
	if got := leader.posts(t, "/api/v1"+path+"/override", map[string]string{"reason": "我们村就是齐心"}); got.status != http.StatusForbidden {
		t.Errorf("the leader overrides: %d %s", got.status, got.body)
	}
	office.does(t, path+"/override", map[string]string{"reason": "已到村核实，三次清洁日全村到齐，属实"}, &ok)
	var up struct{ Code string }
	leader.does(t, path+"/publish", paper, &up)
	if up.Code == "" {
		t.Error("it has no code")
	}
}

// objects lets a villager object to the newest line and returns the case's number.
func (p playing) objects(t testing.TB) string {
	t.Helper()
	line := regexp.MustCompile(`第(\d+)条`).FindStringSubmatch(p.asks(t, disputed, "明细"))
	if line == nil {
		t.Fatal("no line has a number")
	}
	if got := p.asks(t, disputed, "第"+line[1]+"条不对"); !strings.Contains(got, "第"+line[1]+"条") {
		t.Fatalf("the line is not read back: %s", got)
	}
	p.asks(t, disputed, "那天我在场，少给了")
	if status := p.act(t, "picture", map[string]string{"openid": disputed.OpenID, "text": "list?n=9"}); status != http.StatusNoContent {
		t.Fatalf("HTTP status %d", status)
	}
	p.asks(t, disputed, "好了")
	got := p.asks(t, disputed, "确认")
	number := caseNumber.FindStringSubmatch(got)
	if number == nil || !strings.Contains(got, "月") {
		t.Fatalf("no number and day: %s", got)
	}
	return number[1]
}

// mayDecide is the first who had no part in what is disputed.
func (p playing) mayDecide(t testing.TB, id string, all ...*stagePhone) *stagePhone {
	t.Helper()
	for _, s := range all {
		var d struct{ May struct{ Decide, Accept bool } }
		s.reads(t, "/disputes/"+id, &d)
		if d.May.Accept || d.May.Decide {
			return s
		}
	}
	t.Fatal("nobody may decide")
	return nil
}
