package mini_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/xiangfeng/xiangfeng/domain/calendar"
	"github.com/xiangfeng/xiangfeng/domain/household"
	"github.com/xiangfeng/xiangfeng/domain/sample"
)

type season struct {
	Quarter, State, Code, Digest string
	PublishBy                    string `json:"publish_by"`
	PublishedOn                  string `json:"published_on"`
	SealOn                       string `json:"seal_on"`
	WallUntil                    string `json:"wall_until"`
	Late                         bool
	Edition, Need                int
	Counts                       struct{ Pending, Confirmed, Returned, Rejected int }
	Unsent                       struct{ Phones, Records int }
	Blocked                      []struct{ State, Text string }
	Withdrawal                   *struct {
		AskedBy string `json:"asked_by"`
		Reason  string
	}
	Withdrawn *struct {
		By, Reason string
		At         time.Time
	}
	Signatures []struct {
		Name        string
		Valid, Mine bool
	}
	May map[string]bool
}

type judged struct {
	ID        string
	Household struct{ ID, Head string }
	Points    string
	State     string
	Together  int `json:"households_in_record"`
	Photos    []struct{ Hash string }
	Reused    []struct{ Words string }
	Late      bool
	Line      int
	MayDecide bool   `json:"may_decide"`
	WhyNot    string `json:"why_not"`
}

type preview struct {
	Digest, Notice string
	Rows           []struct {
		Household, Head, Score, Gained string
		Rank                           int
	}
	Told, Untold int
}

// closed is a village at the start of the quarter after the one at hand.
type closed struct {
	*world
	t     *testing.T
	s     scene
	base  string // of the quarter at hand
	token map[string]string
}

// january is the stage on the first working day of 2027, everybody signed in.
func january(t *testing.T) *closed {
	t.Helper()
	w := newWorld(t)
	v := township()[0]
	c := &closed{world: w, t: t, s: w.stage(t, v, "a"), token: map[string]string{}}
	c.at(calendar.On(2027, 1, 4))
	c.base = "/villages/" + c.s["village"] + "/quarters/2026Q4"
	return c
}

// at moves the clock to a morning and signs everybody in again.
func (c *closed) at(d calendar.Date) {
	c.t.Helper()
	c.now = d.Start().Add(9 * time.Hour)
	v := township()[0]
	for name, openid := range map[string]string{
		"member": miniOf(c.t, v, household.TeamMember, 0), "colleague": miniOf(c.t, v, household.TeamMember, 1), "deputy": miniOf(c.t, v, household.Deputy, 0),
		"leader": miniOf(c.t, v, household.Leader, 0), "officer": miniOf(c.t, v, household.Officer, 0),
	} {
		c.token[name] = c.signIn(c.t, openid)
	}
	plain, _ := villager(c.t, v, 0)
	c.token["plain"] = c.signIn(c.t, plain.MiniOpenID)
}

func (c *closed) season(as string) (s season) {
	c.t.Helper()
	c.call(http.MethodGet, c.base, c.token[as], nil).into(c.t, &s)
	return s
}

func (c *closed) events(as, state string) (all []judged) {
	c.t.Helper()
	for after := ""; ; {
		var page struct {
			Events []judged
			Next   string
		}
		c.call(http.MethodGet, c.base+"/events?state="+state+"&after="+after, c.token[as], nil).into(c.t, &page)
		all = append(all, page.Events...)
		if after = page.Next; after == "" {
			return all
		}
	}
}

func (c *closed) preview(as string) (p preview) {
	c.t.Helper()
	c.call(http.MethodGet, c.base+"/preview", c.token[as], nil).into(c.t, &p)
	return p
}

func (c *closed) sign(as, digest string) answer {
	return c.call(http.MethodPost, c.base+"/sign", c.token[as], map[string]string{"digest": digest})
}

func (c *closed) publish(as, digest, minutes string) answer {
	return c.call(http.MethodPost, c.base+"/publish", c.token[as], map[string]any{"digest": digest, "minutes": minutes})
}

// refused fails the test unless an answer is a refusal that says something.
func refusedWith(t *testing.T, got answer, status int, says string) {
	t.Helper()
	if got.status != status || !strings.Contains(got.body, says) {
		t.Errorf("%d %s; want %d and %q", got.status, got.body, status, says)
	}
}

// TestAssess goes through a quarter's events: who may not is told why, many are
// confirmed at once, one is given back and mended by its recorder.
func TestAssess(t *testing.T) {
	t.Parallel()
	c := january(t)
	before := c.season("leader")
	if before.State != "open" || before.Digest == "" || before.PublishBy != "2027-01-06" || before.Counts.Pending == 0 || !before.May["assess"] {
		t.Fatalf("%+v", before)
	}
	mine := fmt.Sprintf(`{"village":%q,"targets":[{"household":%q}],"item":%q,"on":"2026-12-20","evidence":%s}`, c.s["village"], c.s["home"], c.s["item"], c.s["evidence"])
	var made struct{ Recorded []struct{ Event string } }
	c.call(http.MethodPost, "/records", c.token["leader"], mine).into(t, &made)
	pending := c.events("leader", "pending")
	if len(pending) != before.Counts.Pending+1 {
		t.Fatalf("%d events; want %d", len(pending), before.Counts.Pending+1)
	}
	var ids []string
	for _, e := range pending {
		ids = append(ids, e.ID)
		switch e.ID {
		case made.Recorded[0].Event:
			if e.MayDecide || !strings.Contains(e.WhyNot, "自己记的") {
				t.Errorf("the leader's own: %+v", e)
			}
			if len(e.Photos) != 1 || len(e.Reused) == 0 {
				t.Errorf("a picture that another record has: %+v", e)
			}
		case c.s["event"]:
			if !e.MayDecide || e.WhyNot != "" || e.Together != 1 || e.Points == "" || e.Household.ID != c.s["home"] {
				t.Errorf("the member's: %+v", e)
			}
		}
	}
	for _, e := range c.events("officer", "pending") {
		if e.ID == c.s["event"] && (e.MayDecide || !strings.Contains(e.WhyNot, "村里还有人")) {
			t.Errorf("as the officer: %+v", e)
		}
	}
	refusedWith(t, c.call(http.MethodPost, "/events/"+c.s["event"]+"/confirm", c.token["officer"], `{}`), 403, "村里还有人")
	refusedWith(t, c.call(http.MethodPost, "/events/"+made.Recorded[0].Event+"/confirm", c.token["leader"], `{}`), 422, "自己记的")
	refusedWith(t, c.call(http.MethodPost, "/events/"+c.s["event"]+"/return", c.token["leader"], `{"reason":"  "}`), 400, "写一句原因")

	// One goes back to its recorder, who reads why, and mends it.
	c.call(http.MethodPost, "/events/"+c.s["event"]+"/return", c.token["leader"], `{"reason":"照片看不清，请补拍"}`).into(t, &struct{}{})
	if got := c.events("leader", "returned"); len(got) != 1 || got[0].ID != c.s["event"] || got[0].State != "returned" {
		t.Errorf("returned: %+v", got)
	}
	refusedWith(t, c.call(http.MethodPost, "/events/"+c.s["event"]+"/confirm", c.token["deputy"], `{}`), 409, "已经有人办过")
	var record struct {
		Events []struct {
			State, Reason string
			MayCorrect    bool `json:"may_correct"`
			MayWithdraw   bool `json:"may_withdraw"`
		}
	}
	c.call(http.MethodGet, "/records/"+c.s["record"], c.token["member"], nil).into(t, &record)
	if e := record.Events[0]; e.State != "returned" || e.Reason != "照片看不清，请补拍" || !e.MayCorrect || !e.MayWithdraw {
		t.Errorf("%+v", e)
	}
	if got := c.waits("member", "returned"); got != 1 {
		t.Errorf("%d were returned to the member; want 1", got)
	}
	c.call(http.MethodPost, "/events/"+c.s["event"]+"/correct", c.token["member"], fmt.Sprintf(`{"item":%q,"on":"2026-11-18"}`, c.s["item"])).into(t, &struct{}{})
	if got := c.waits("member", "returned"); got != 0 {
		t.Errorf("%d are still returned; want none", got)
	}

	// All the rest at once: what one may not is left, with why.
	var many struct {
		Confirmed int
		Left      []struct{ ID, Why string }
	}
	for len(ids) > 0 {
		n := min(len(ids), 100)
		c.call(http.MethodPost, "/events/confirm", c.token["leader"], map[string]any{"ids": ids[:n]}).into(t, &many)
		if many.Confirmed+len(many.Left) != n {
			t.Errorf("%+v of %d", many, n)
		}
		ids = ids[n:]
	}
	told := false
	for _, l := range many.Left {
		told = told || l.ID == made.Recorded[0].Event && strings.Contains(l.Why, "自己记的")
	}
	if after := c.season("leader"); !told || after.State != "assessing" || after.Counts.Confirmed <= before.Counts.Confirmed || after.Digest == before.Digest {
		t.Errorf("%+v, left %+v", after, many.Left)
	}
	if got := c.events("leader", "confirmed"); len(got) == 0 || got[0].Line == 0 || got[0].MayDecide {
		t.Errorf("confirmed: %+v", got)
	}
	if _, damage, err := c.store.Verify(t.Context()); damage != nil || err != nil {
		t.Errorf("%+v, %v", damage, err)
	}
}

func (c *closed) waits(as, kind string) int {
	c.t.Helper()
	return c.world.waits(c.t, c.token[as], kind)
}

// TestPublish: three sign what they saw, a change voids it, the sheet hangs with
// names as the board writes them, comes down with the township's consent, and
// goes up again as another edition.
func TestPublish(t *testing.T) {
	t.Parallel()
	c := january(t)
	p := c.preview("leader")
	if p.Digest != c.season("leader").Digest || p.Told == 0 || p.Untold == 0 || len(p.Rows) != sample.MinHouseholds || !strings.Contains(p.Notice, p.Rows[0].Score+"分") {
		t.Fatalf("%+v", p)
	}
	refusedWith(t, c.sign("deputy", strings.Repeat("0", 64)), 409, "刚刚变了")
	for _, who := range []string{"member", "colleague"} {
		c.sign(who, p.Digest).into(t, &struct{}{})
	}
	refusedWith(t, c.publish("leader", p.Digest, "评议会记录"), 422, "还差1个人签字")
	c.sign("deputy", p.Digest).into(t, &struct{}{})
	refusedWith(t, c.publish("leader", p.Digest, "开会"), 422, "至少写四个字")

	// A line confirmed meanwhile changes the sheet: what was signed is void.
	c.call(http.MethodPost, "/events/"+c.s["event"]+"/confirm", c.token["deputy"], `{}`).into(t, &struct{}{})
	refusedWith(t, c.publish("leader", p.Digest, "评议会记录"), 409, "刚刚变了")
	s := c.season("deputy")
	for _, g := range s.Signatures {
		if g.Valid {
			t.Errorf("%+v still counts", g)
		}
	}
	p = c.preview("leader")
	for _, who := range []string{"member", "colleague", "leader"} {
		c.sign(who, p.Digest).into(t, &struct{}{})
	}
	valid, mine := 0, 0
	for _, g := range c.season("leader").Signatures {
		if g.Valid {
			valid++
		}
		if g.Mine {
			mine++
		}
	}
	if valid != 3 || mine != 1 {
		t.Errorf("%d are valid, %d mine; want 3 and 1", valid, mine)
	}
	var up struct {
		Code   string
		SealOn string `json:"seal_on"`
	}
	c.publish("leader", p.Digest, "一月四日评议会记录").into(t, &up)
	if up.Code == "" || up.SealOn != "2027-01-11" {
		t.Errorf("%+v", up)
	}
	if n := c.count(t, "push WHERE kind = 'published' AND occasion = 'published:2026Q4:1'"); n != p.Told {
		t.Errorf("%d notices; want %d", n, p.Told)
	}
	var sheet struct {
		Code, WallUntil string
		Chain           string
		Rows            []struct {
			Head string
			Own  bool
			Rank int
		}
		Signers []string
		Left    int `json:"days_left"`
	}
	c.call(http.MethodGet, c.base+"/sheet", c.token["plain"], nil).into(t, &sheet)
	own := 0
	for _, r := range sheet.Rows {
		if !strings.Contains(r.Head, "*") {
			t.Errorf("%q stands in full", r.Head)
		}
		if r.Own {
			own++
		}
	}
	if sheet.Code != up.Code || own != 1 || len(sheet.Rows) != len(p.Rows) || len(sheet.Signers) != 3 || sheet.Left != 7 || len(sheet.Chain) != 12 {
		t.Errorf("%+v", sheet)
	}

	// It was wrong: the village asks, the office consents, and it goes up anew.
	withdraw := func(as, reason string) answer {
		return c.call(http.MethodPost, c.base+"/withdraw", c.token[as], map[string]string{"reason": reason})
	}
	var down struct{ Down bool }
	withdraw("leader", "两户的分记反了").into(t, &down)
	if s := c.season("officer"); down.Down || s.Withdrawal == nil || s.Withdrawal.Reason != "两户的分记反了" || !s.May["withdraw"] || s.May["ask_withdraw"] {
		t.Errorf("%+v, %+v", down, s)
	}
	refusedWith(t, withdraw("deputy", "再说一次"), 409, "已经申请过")
	withdraw("officer", "同意撤下").into(t, &down)
	if s := c.season("leader"); !down.Down || s.State != "assessing" || s.Withdrawal != nil || len(s.Signatures) != 0 ||
		s.Withdrawn == nil || s.Withdrawn.Reason != "两户的分记反了" || s.Withdrawn.By == "" || !s.Withdrawn.At.Equal(c.now) {
		t.Errorf("%+v, %+v", down, s)
	}
	refusedWith(t, c.call(http.MethodGet, c.base+"/sheet", c.token["plain"], nil), 404, "")
	if n := c.count(t, "push WHERE occasion = 'published:2026Q4:1' AND state = 'waiting'"); n != 0 {
		t.Errorf("%d notices of the wrong sheet still wait", n)
	}
	p = c.preview("leader")
	refusedWith(t, c.publish("leader", p.Digest, "一月四日评议会记录"), 422, "还差3个人签字")
	for _, who := range []string{"member", "colleague", "leader"} {
		c.sign(who, p.Digest).into(t, &struct{}{})
	}
	first := up
	c.publish("leader", p.Digest, "更正后的评议会记录").into(t, &up)
	if s := c.season("leader"); up.Code == first.Code || s.Edition != 2 || s.Withdrawn != nil || !strings.Contains(p.Notice, "更正") {
		t.Errorf("%+v after %+v, %q", up, first, p.Notice)
	}
	if _, damage, err := c.store.Verify(t.Context()); damage != nil || err != nil {
		t.Errorf("%+v, %v", damage, err)
	}
}
