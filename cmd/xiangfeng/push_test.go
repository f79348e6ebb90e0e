package main

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/xiangfeng/xiangfeng/bot/weixin/local"
	"github.com/xiangfeng/xiangfeng/domain/calendar"
	"github.com/xiangfeng/xiangfeng/domain/fault"
	"github.com/xiangfeng/xiangfeng/domain/household"
	"github.com/xiangfeng/xiangfeng/domain/notice"
	"github.com/xiangfeng/xiangfeng/domain/usecase"
	"github.com/xiangfeng/xiangfeng/jobs"
	"github.com/xiangfeng/xiangfeng/storage"
	"github.com/xiangfeng/xiangfeng/storage/conformance"
)

// The templates of the account's console, in the tests and in the demo.
var (
	resultTemplate = local.Template{Channel: local.Notification, Title: "积分结算结果通知", Fields: []local.Field{
		{Name: "thing1", Label: "户主"}, {Name: "thing2", Label: "结果"}, {Name: "character_string3", Label: "校验码"}, {Name: "date4", Label: "提意见截止"},
	}}
	onceTemplate = local.Template{Channel: local.Subscription, Title: "公示提醒", Fields: []local.Field{{Name: "thing1", Label: "户主"}, {Name: "time2", Label: "截止"}}}
	miniTemplate = local.Template{Channel: local.MiniSubscription, Title: "公示提醒", Fields: []local.Field{{Name: "thing1", Label: "户主"}, {Name: "phrase2", Label: "状态"}}}
)

// office is a world whose account has templates, and whose notices go by them.
type office struct {
	world
	template, once, mini string
}

// newOffice opens one. ways are the lines of push.usual, where {T}, {S} and {M}
// stand for the templates with their fields.
func newOffice(t *testing.T, dsn, ways string) office {
	t.Helper()
	c := testConfig(t, dsn)
	platform := listenAnywhere(t)
	c.Wechat.APIBaseURL = "http://" + platform.Addr().String()
	c.MiniProgram = account{AppID: "wx5d0c5e91ab34f287", OriginalID: "gh_5e1f08c2a7b8", Secret: "c0ffee5ec2e7c0ffee5ec2e7c0ffee02", Token: "T0kenOfTheMini", AESKey: secret(strings.Repeat("miniES", 7) + "A")}
	names := local.Config{AppID: c.OfficialAccount.AppID}
	o := office{template: templateID(t, names, "T"), once: templateID(t, names, "S"), mini: templateID(t, names, "M")}
	c.Push.Pace, c.Push.Usual = "0", strings.NewReplacer(
		"{T}", o.template+" thing1=home thing2=note character_string3=code date4=until",
		"{S}", o.once+" thing1=home time2=until", "{M}", o.mini+" thing1=home phrase2=state").Replace(ways)
	if wrong := c.check(); len(wrong) > 0 {
		t.Fatal(wrong)
	}
	i := raise(t, c)
	o.world = world{i, phonesFor(t, i)}
	for id, form := range map[string]local.Template{o.template: resultTemplate, o.once: onceTemplate, o.mini: miniTemplate} {
		form.ID = id
		if err := o.AddTemplate(form); err != nil {
			t.Fatal(err)
		}
	}
	serveUntilEnd(t, newServer(o.WeChat, i.log), platform)
	return o
}

// templateID is the id that the local WeChat derives from a name.
func templateID(t *testing.T, c local.Config, name string) string {
	t.Helper()
	c.OriginalID, c.Secret, c.Token, c.EncodingAESKey, c.CallbackURL = "gh_0", strings.Repeat("0", 32), "abc", strings.Repeat("A", 43), "http://127.0.0.1:1"
	w, err := local.New(c)
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	return w.TemplateID(name)
}

// notify leaves notices as an act does.
func (o office) notify(t *testing.T, notices ...notice.Notice) {
	t.Helper()
	act := storage.As(o.store, func(tx *storage.Tx) usecase.Notices { return tx })
	_, err := act(t.Context(), usecase.Command{Key: fmt.Sprint("notify ", time.Now().UnixNano()), Now: o.clock.Now()}, func(tx usecase.Notices) (fault.Outcome, error) {
		return fault.Outcome{Code: fault.Done}, tx.Notify(notices...)
	})
	if err != nil {
		t.Fatal(err)
	}
}

// publishedTo is a notice of the third quarter's sheet to who has an openid.
func (o office) publishedTo(t *testing.T, openid, occasion string) notice.Notice {
	t.Helper()
	v, h, _ := homeOf(t, openid)
	var id household.PersonID
	for _, p := range v.Persons {
		if p.OpenID == openid {
			id = p.ID
		}
	}
	now := o.clock.Now()
	return notice.Notice{
		Person: id, Scope: notice.Scope{Household: h.ID}, Occasion: occasion, Kind: notice.Published, At: now, Until: now.AddDate(0, 0, 7),
		Facts: notice.Facts{Place: v.Village.Name, Quarter: "2026Q3", Edition: 1, Code: "K7QM-2XWD", Score: 1135, Gained: 135, Rank: 3, Of: 40, Until: "2026-11-30"},
	}
}

// send runs the job that sends, and hears what the platform tells.
func (o office) send(t *testing.T) {
	t.Helper()
	o.ear.Keep(t.Context())
	if err := o.handlers[jobs.PushJob](t.Context(), nil, 1); err != nil {
		t.Fatal(err)
	}
	if err := o.Settle(t.Context()); err != nil {
		t.Fatal(err)
	}
	o.ear.Keep(t.Context())
}

// states are how far the notices of an occasion have come, by their person's openid.
func states(t *testing.T, dsn, occasion string) map[string]string {
	t.Helper()
	db := conformance.Tables(t, dsn)
	defer func() { _ = db.Close() }()
	rows, err := db.Query("SELECT n.openid, p.state, p.channel FROM push p JOIN person n ON n.id = p.person_id WHERE p.occasion = '" + occasion + "'")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = rows.Close() }()
	all := map[string]string{}
	for rows.Next() {
		var openid, state, channel string
		if err := rows.Scan(&openid, &state, &channel); err != nil {
			t.Fatal(err)
		}
		all[openid] = strings.TrimSpace(state + " " + channel)
	}
	if rows.Err() != nil {
		t.Fatal(rows.Err())
	}
	return all
}

func (o office) lastLine(openid string) local.Line {
	lines := o.Inbox(openid)
	if len(lines) == 0 {
		return local.Line{}
	}
	return lines[len(lines)-1]
}

// TestPushReachesPeople: by the ways that are configured, each once, with what
// they read; who cannot be reached is left for paper.
func TestPushReachesPeople(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, dsn string) {
		o := newOffice(t, dsn, "template {T}\none_time {S}\nmini_one_time {M}\nservice")
		if _, err := o.Unfollow(t.Context(), disputed.OpenID); err != nil {
			t.Fatal(err)
		}
		if _, err := o.Unfollow(t.Context(), widow.OpenID); err != nil {
			t.Fatal(err)
		}
		if _, err := o.AnswerSubscribe(t.Context(), widow.OpenID, local.Choice{TemplateID: o.once, Accept: true}); err != nil {
			t.Fatal(err)
		}
		for _, p := range []string{diligent.OpenID, disputed.OpenID, widow.OpenID, elsewhere.OpenID} {
			o.notify(t, o.publishedTo(t, p, "published:2026Q3:1"))
			o.notify(t, o.publishedTo(t, p, "published:2026Q3:1"))
		}
		o.SetOutcome(elsewhere.OpenID, local.UserBlock)
		o.send(t)
		want := map[string]string{
			diligent.OpenID: "delivered template", disputed.OpenID: "unreachable", widow.OpenID: "delivered one_time", elsewhere.OpenID: "waiting template",
		}
		if diff := cmp.Diff(want, states(t, dsn, "published:2026Q3:1")); diff != "" {
			t.Errorf("-want +got:\n%s", diff)
		}
		card := o.lastLine(diligent.OpenID).Card
		if card == nil || card.Title != resultTemplate.Title || card.Fields[0][1] != "贺春林家" || card.Fields[1][1] != "113.5分，第3名" || card.Fields[3][1] != "2026年11月30日" {
			t.Errorf("%+v", card)
		}
		o.says(t, elsewhere.OpenID, "积分") // opens the window
		o.send(t)
		if got := states(t, dsn, "published:2026Q3:1")[elsewhere.OpenID]; got != "delivered service" {
			t.Errorf("blocked by the template it is %s", got)
		}
		if got := o.lastLine(elsewhere.OpenID).Text; !strings.Contains(got, "2026年第三季度公示了，校验码K7QM-2XWD") {
			t.Errorf("%q", got)
		}
		before := len(o.Inbox(diligent.OpenID)) + len(o.Inbox(elsewhere.OpenID))
		o.send(t)
		if after := len(o.Inbox(diligent.OpenID)) + len(o.Inbox(elsewhere.OpenID)); after != before {
			t.Errorf("%d lines more", after-before)
		}
	})
}

// TestPushKeepsItsHours: nothing goes out at night, and what is over by morning
// is never sent.
func TestPushKeepsItsHours(t *testing.T) {
	t.Parallel()
	dsn := onSQLite(t)
	o := newOffice(t, dsn, "template {T}")
	evening := calendar.On(2026, 11, 24).Start().Add(20*time.Hour + time.Minute)
	setClock(t, o.cfg, evening.Format(time.RFC3339))
	lasting, short := o.publishedTo(t, diligent.OpenID, "lasting"), o.publishedTo(t, diligent.OpenID, "short")
	short.Until = evening.Add(6 * time.Hour)
	o.notify(t, lasting, short)
	o.send(t)
	if got := len(o.Inbox(diligent.OpenID)); got != 0 {
		t.Errorf("%d messages at night", got)
	}
	setClock(t, o.cfg, evening.Add(12*time.Hour+30*time.Minute).Format(time.RFC3339))
	o.send(t)
	if got := states(t, dsn, "lasting")[diligent.OpenID] + ", " + states(t, dsn, "short")[diligent.OpenID]; got != "delivered template, expired" {
		t.Error(got)
	}
}

// TestPushInDoubt: a message of which nobody knows whether it arrived is sent
// again only under its number; else it is left for paper.
func TestPushInDoubt(t *testing.T) {
	t.Parallel()
	dsn := onSQLite(t)
	o := newOffice(t, dsn, "template {T}\nservice")
	o.says(t, widow.OpenID, "积分")
	o.notify(t, o.publishedTo(t, diligent.OpenID, "template"))
	o.Break(local.Fault{Path: "/cgi-bin/message/template/send", Times: 1, LoseAnswer: true})
	o.send(t)
	if got := states(t, dsn, "template")[diligent.OpenID]; got != "waiting template" {
		t.Fatalf("after the answer was lost it is %s", got)
	}
	setClock(t, o.cfg, time.Until(o.clock.Now().Add(25*time.Second)).String())
	o.send(t)
	if got := states(t, dsn, "template")[diligent.OpenID]; got != "delivered template" || len(o.Inbox(diligent.OpenID)) != 1 {
		t.Errorf("it is %s, and %d messages stand in the chat", got, len(o.Inbox(diligent.OpenID)))
	}
	if _, err := o.Unfollow(t.Context(), widow.OpenID); err != nil {
		t.Fatal(err)
	}
	if _, err := o.Follow(t.Context(), widow.OpenID, ""); err != nil {
		t.Fatal(err)
	}
	o.says(t, widow.OpenID, "积分")
	o.BanTemplate(o.template, true)
	o.notify(t, o.publishedTo(t, widow.OpenID, "service"))
	o.send(t) // the template is stopped
	o.send(t) // and the next way is taken
	before := len(o.Inbox(widow.OpenID))
	o.notify(t, o.publishedTo(t, widow.OpenID, "doubtful"))
	o.Break(local.Fault{Path: "/cgi-bin/message/custom/send", Times: 1, LoseAnswer: true})
	o.send(t)
	for range 3 {
		setClock(t, o.cfg, time.Until(o.clock.Now().Add(time.Minute)).String())
		o.send(t)
	}
	if got := states(t, dsn, "doubtful")[widow.OpenID]; got != "in_doubt service" || len(o.Inbox(widow.OpenID)) != before+1 {
		t.Errorf("it is %s, and %d messages more", got, len(o.Inbox(widow.OpenID))-before)
	}
	if !strings.Contains(o.out.String(), "bad_template") {
		t.Errorf("nobody was alarmed:\n%s", o.out)
	}
}

// TestScheduleTells: moving the clock tells leaders, teams and the township what
// is due, once, whoever ticks.
func TestScheduleTells(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, dsn string) {
		o := newOffice(t, dsn, "template {T}")
		other := raise(t, o.cfg)
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		both := []*instance{o.instance, other}
		for _, i := range both {
			if err := i.ask(ctx); err != nil {
				t.Fatal(err)
			}
		}
		setClock(t, o.cfg, calendar.On(2027, 1, 21).Start().Add(9*time.Hour).Format(time.RFC3339))
		for range 2 {
			for _, i := range both {
				if err := i.ask(ctx); err != nil {
					t.Fatal(err)
				}
				if err := i.handlers[jobs.OccasionJob](ctx, nil, 1); err != nil {
					t.Fatal(err)
				}
			}
		}
		db := conformance.Tables(t, dsn)
		defer func() { _ = db.Close() }()
		rows, err := db.Query("SELECT occasion, count(*) FROM push WHERE kind IN ('timetable', 'late', 'visits') GROUP BY occasion")
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = rows.Close() }()
		got := map[string]int{}
		for rows.Next() {
			var occasion string
			var n int
			if err := rows.Scan(&occasion, &n); err != nil {
				t.Fatal(err)
			}
			got[occasion] = n
		}
		villages, members := len(township()), 0
		for _, v := range township() {
			for _, p := range v.Posts {
				if p.Role == household.TeamMember {
					members++
				}
			}
		}
		want := map[string]int{"timetable:2026Q4": villages, "late:2026Q4": villages + 1, "visits:2026-12": members, "visits:2027-01": members}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("-want +got:\n%s", diff)
		}
		var left, ran int
		if err := db.QueryRow("SELECT count(*) FROM occasion WHERE state <> 'done'").Scan(&left); err != nil {
			t.Fatal(err)
		}
		if err := db.QueryRow("SELECT count(*) FROM occasion WHERE job IN ('timetable', 'late', 'visits')").Scan(&ran); err != nil {
			t.Fatal(err)
		}
		if ran != 4 || left != 0 {
			t.Errorf("%d occasions ran; want 4; and %d did not", ran, left)
		}
	})
}
