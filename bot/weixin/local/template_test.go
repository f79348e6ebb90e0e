package local

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

const templatePath = "/cgi-bin/message/template/send"

// result is the template of a quarter's result.
func (a account) result() Template {
	return Template{ID: a.TemplateID("result"), Channel: Notification, Title: "积分结算结果通知", Fields: []Field{
		{Name: "thing1", Label: "户主"},
		{Name: "number2", Label: "积分"},
		{Name: "time3", Label: "时间"},
		{Name: "const4", Label: "状态", Values: []string{"已公示", "已确认"}},
	}}
}

func (a account) approve(all ...Template) {
	a.t.Helper()
	for _, t := range all {
		if err := a.AddTemplate(t); err != nil {
			a.t.Fatal(err)
		}
	}
}

// fields is the data of a message, "thing1=王芳" and so on.
func fields(pairs ...string) map[string]map[string]string {
	data := map[string]map[string]string{}
	for _, pair := range pairs {
		name, v, _ := strings.Cut(pair, "=")
		data[name] = map[string]string{"value": v}
	}
	return data
}

func goodFields() map[string]map[string]string {
	return fields("thing1=王芳", "number2=120", "time3=2026年3月5日 12:00", "const4=已公示")
}

// message is the body of a send call; more are further parameters.
func message(openid, template string, data any, more ...string) string {
	raw, _ := json.Marshal(data) // maps of strings
	return fmt.Sprintf(`{"touser":%q,"template_id":%q,"data":%s%s}`, openid, template, raw, strings.Join(more, ""))
}

// sends makes a send call, checks the errcode, and returns the rest.
func (a account) sends(want int, target, body string) (msgID int64, words string) {
	a.t.Helper()
	var got sentBody
	raw := a.raw("POST", target, body)
	if err := json.Unmarshal([]byte(raw), &got); err != nil || got.ErrCode != want {
		a.t.Errorf("%s: %s, want errcode %d", body, raw, want)
	}
	words, _, _ = strings.Cut(got.ErrMsg, " rid: ")
	return got.MsgID, words
}

// listening is a callback that keeps what is told it, deciphered, in the order it came.
type listening struct {
	*callback
	a *account

	mu      sync.Mutex
	packets []string
}

func listen(t *testing.T, changes ...func(*Config)) (account, *listening) {
	t.Helper()
	l := &listening{}
	l.callback = serve(t, func(c *callback, nth int, rw http.ResponseWriter, r *http.Request) {
		c.mu.Lock()
		body := string(c.requests[nth-1].Body)
		c.mu.Unlock()
		root, err := parseXML([]byte(body))
		if err != nil {
			t.Error(err)
			return
		}
		name, _ := root.value("ToUserName")
		encrypted, _ := root.value("Encrypt")
		to := l.a.oa
		if name == testMiniName {
			to = l.a.mini
		}
		q := r.URL.Query()
		plain, appid, err := unseal(to.key, encrypted)
		if err != nil || appid != to.appID || q.Get("msg_signature") != sign(to.token, q.Get("timestamp"), q.Get("nonce"), encrypted) {
			t.Errorf("for %s: appid %s, %v", name, appid, err)
		}
		if inside, err := parseXML(plain); err == nil {
			if addressed, _ := inside.value("ToUserName"); addressed != name {
				t.Errorf("a packet to %s came to %s", addressed, name)
			}
		}
		l.mu.Lock()
		l.packets = append(l.packets, string(plain))
		l.mu.Unlock()
		_, _ = rw.Write([]byte("success"))
	})
	a := open(t, append([]func(*Config){l.configure}, changes...)...)
	l.a = &a
	return a, l
}

// told waits for the platform and returns what it has told since the last time.
func (l *listening) told() []string {
	l.a.t.Helper()
	if err := l.a.Settle(l.a.t.Context()); err != nil {
		l.a.t.Fatal(err)
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	told := l.packets
	l.packets = nil
	return told
}

func finish(openid string, msgID int64, status string) string {
	return "<xml><ToUserName><![CDATA[" + testOriginal + "]]></ToUserName>\n<FromUserName><![CDATA[" + openid + "]]></FromUserName>\n" +
		"<CreateTime>1772683200</CreateTime>\n<MsgType><![CDATA[event]]></MsgType>\n<Event><![CDATA[TEMPLATESENDJOBFINISH]]></Event>\n" +
		"<MsgID>" + strconv.FormatInt(msgID, 10) + "</MsgID>\n<Status><![CDATA[" + status + "]]></Status>\n</xml>"
}

func TestATemplateMessageIsACardAndIsReported(t *testing.T) {
	t.Parallel()
	a, l := listen(t)
	a.approve(a.result())
	id, words := a.sends(0, a.path(templatePath), message(a.fang, a.result().ID, goodFields(), `,"url":"https://example.org/q"`))
	if id == 0 || words != "ok" {
		t.Errorf("msgid %d, %s", id, words)
	}
	if told := l.told(); len(told) != 1 || told[0] != finish(a.fang, id, "success") {
		t.Errorf("told %q, want one %q", told, finish(a.fang, id, "success"))
	}
	lines := a.Inbox(a.fang)
	if len(lines) != 1 {
		t.Fatalf("chat %+v", lines)
	}
	got := lines[0]
	want := Card{"积分结算结果通知", [][2]string{{"户主", "王芳"}, {"积分", "120"}, {"时间", "2026年3月5日 12:00"}, {"状态", "已公示"}}, "https://example.org/q"}
	if got.Kind != Templated || got.By != Service || got.Card.Title != want.Title || !slices.Equal(got.Card.Fields, want.Fields) || got.Card.Page != want.Page {
		t.Errorf("card %+v, want %+v", got.Card, want)
	}
	if got.Text != "积分结算结果通知\n户主：王芳\n积分：120\n时间：2026年3月5日 12:00\n状态：已公示" {
		t.Errorf("in words %q", got.Text)
	}
}

func TestTemplateRefusals(t *testing.T) {
	t.Parallel()
	a, l := listen(t, withMini)
	other := a.result()
	other.ID, other.Channel = a.TemplateID("other"), Subscription
	a.approve(a.result(), other)
	send, id := a.path(templatePath), a.result().ID
	good := goodFields()
	page := func(appid, path string) string {
		return fmt.Sprintf(`,"miniprogram":{"appid":%q,"pagepath":%q}`, appid, path)
	}
	a.sends(40003, send, message(a.OpenID("路人"), id, good))
	a.sends(40003, send, message(a.People()[0].MiniOpenID, id, good))
	a.sends(40003, send, strings.Replace(message(a.fang, id, good), "touser", "toUser", 1))
	a.sends(40037, send, message(a.fang, a.TemplateID("none"), good))
	a.sends(40037, send, message(a.fang, other.ID, good))
	a.sends(40013, send, message(a.fang, id, good, page(testAppID, "pages/points")))
	a.sends(40013, send, message(a.fang, id, good, page("wx0000000000000000", "pages/points")))
	a.sends(41030, send, message(a.fang, id, good, page(testMiniID, "pages/none")))
	a.sends(47001, send, `{"touser":`)
	a.sends(47001, send, strings.Replace(message(a.fang, id, good), `"120"`, `120`, 1))
	a.sends(47001, send, `{"touser":"`+a.fang+`","template_id":"`+id+`","data":"none"}`)
	a.sends(44002, send, "")
	a.BanTemplate(id, true)
	a.sends(43116, send, message(a.fang, id, good))
	a.BanTemplate(id, false)
	a.act(Unsubscribe, "")
	a.sends(43004, send, message(a.fang, id, good))
	a.act(Subscribe, "")
	if told := l.told(); len(told) != 0 || len(a.Inbox(a.fang)) != 2 {
		t.Errorf("told %q, chat %+v after refusals alone", told, a.Inbox(a.fang))
	}
	a.sends(0, send, message(a.fang, id, good, page(testMiniID, "pages/points?q=1")))
	a.sends(0, send, message(a.fang, id, good, page("", ""))) // as one SDK always sends it
	lines := a.Inbox(a.fang)
	if lines[2].Card.Page != "pages/points?q=1" || lines[3].Card.Page != "" {
		t.Errorf("cards %+v, %+v", lines[2].Card, lines[3].Card)
	}
	l.told()
}

//nolint:misspell // the platform spells emtpy so
func TestTemplateFieldsAreNamedWhenTheyAreWrong(t *testing.T) {
	t.Parallel()
	a := open(t)
	a.approve(a.result())
	send := a.path(templatePath)
	for _, c := range []struct{ field, want string }{
		{"thing1=", "argument invalid! data.thing1.value is emtpy"},
		{"thing1= ", "argument invalid! data.thing1.value is emtpy"},
		{"thing1=👍", "argument invalid! data.thing1.value is emtpy"}, // nothing is left of it
		{"thing1=" + strings.Repeat("积", 21), "argument invalid! data.thing1.value invalid"},
		{"thing1=两\n行", "argument invalid! data.thing1.value invalid"},
		{"number2=十二", "argument invalid! data.number2.value invalid"},
		{"time3=今天", "argument invalid! data.time3.value invalid"},
		{"const4=已公示了", "argument invalid! data.const4.value invalid"},
		{"thing9=x", "argument invalid! data.thing9.value invalid"},
	} {
		data := goodFields()
		for name, v := range fields(c.field) {
			data[name] = v
		}
		if _, words := a.sends(47003, send, message(a.fang, a.result().ID, data)); words != c.want {
			t.Errorf("%s: %s, want %s", c.field, words, c.want)
		}
	}
	data := goodFields()
	delete(data, "time3")
	if _, words := a.sends(47003, send, message(a.fang, a.result().ID, data)); words != "argument invalid! data.time3.value is emtpy" {
		t.Errorf("left out: %s", words)
	}
	data = goodFields()
	data["first"], data["remark"], data["thing1"]["value"], data["thing1"]["color"] = fields("x=您好")["x"], fields("x=谢谢")["x"], "王芳👨\u200d👩", "#ff0000"
	a.sends(0, send, message(a.fang, a.result().ID, data))
	if got := a.Inbox(a.fang)[0].Card; len(got.Fields) != 4 || got.Fields[0][1] != "王芳" {
		t.Errorf("card %+v; first, remark and emoji are dropped", got)
	}
}

func TestOneClientMsgIDIsOneMessageForTenMinutes(t *testing.T) {
	t.Parallel()
	a, l := listen(t)
	a.approve(a.result())
	qiang := a.OpenID("李强")
	if err := a.Add(Person{OpenID: qiang, Following: true}); err != nil {
		t.Fatal(err)
	}
	send := func(openid, client string) int64 {
		id, _ := a.sends(0, a.path(templatePath), message(openid, a.result().ID, goodFields(), `,"client_msg_id":"`+client+`"`))
		return id
	}
	first := send(a.fang, "q1")
	a.clock.move(10*time.Minute - time.Second)
	if send(a.fang, "q1") != first || len(a.Inbox(a.fang)) != 1 || len(l.told()) != 1 {
		t.Errorf("a repeat within 10 minutes was sent: %+v", a.Inbox(a.fang))
	}
	without := send(a.fang, "")
	if send(qiang, "q1") == first || send(a.fang, "q2") == first || send(a.fang, "") == without {
		t.Error("another person, another id, no id: not sent")
	}
	a.clock.move(time.Second)
	if send(a.fang, "q1") == first || len(a.Inbox(a.fang)) != 5 {
		t.Errorf("after 10 minutes not sent again: %+v", a.Inbox(a.fang))
	}
	if told := l.told(); len(told) != 5 {
		t.Errorf("%d reports, want 5", len(told))
	}
	a.clock.move(time.Hour)
	send(a.fang, "q9")
	if len(a.messages) != 1 || len(a.sentOrder) != 1 {
		t.Errorf("%d ids kept, want the last one", len(a.messages))
	}
}

func TestARefusedMessageDoesNotTakeItsClientMsgID(t *testing.T) {
	t.Parallel()
	a := open(t)
	a.approve(a.result())
	a.sends(47003, a.path(templatePath), message(a.fang, a.result().ID, fields("thing1=x"), `,"client_msg_id":"q1"`))
	a.sends(0, a.path(templatePath), message(a.fang, a.result().ID, goodFields(), `,"client_msg_id":"q1"`))
	if len(a.Inbox(a.fang)) != 1 {
		t.Error("the message was not sent")
	}
}

func TestWhatBecameOfAMessageIsTold(t *testing.T) {
	t.Parallel()
	a, l := listen(t)
	a.approve(a.result())
	for _, o := range []Outcome{UserBlock, SystemFailed, FreqLimit} {
		if !a.SetOutcome(a.fang, o) {
			t.Fatal(o)
		}
		id, _ := a.sends(0, a.path(templatePath), message(a.fang, a.result().ID, goodFields()))
		if told := l.told(); len(told) != 1 || told[0] != finish(a.fang, id, string(o)) {
			t.Errorf("%s: told %q", o, told)
		}
	}
	if len(a.Inbox(a.fang)) != 0 {
		t.Errorf("chat %+v, want nothing", a.Inbox(a.fang))
	}
	if a.SetOutcome(a.fang, "lost") || a.SetOutcome("nobody", UserBlock) || a.SetTooFrequent("nobody", true) || a.SetBlocked("nobody", true) {
		t.Error("an unknown outcome or person was taken")
	}
}

func TestABurstIsReportedExactlyOnce(t *testing.T) {
	t.Parallel()
	a, l := listen(t)
	a.approve(a.result())
	send := a.path(templatePath)
	var ids []string
	for range 300 {
		id, _ := a.sends(0, send, message(a.fang, a.result().ID, goodFields()))
		ids = append(ids, finish(a.fang, id, "success"))
	}
	told := l.told()
	slices.Sort(told)
	slices.Sort(ids)
	if !slices.Equal(told, ids) {
		t.Errorf("%d reports of %d messages, or not the same", len(told), len(ids))
	}
}

func TestReportsAreRepeatedAndShowNothing(t *testing.T) {
	t.Parallel()
	c := serve(t, func(c *callback, nth int, rw http.ResponseWriter, _ *http.Request) {
		if nth == 1 {
			hangUp(rw)
			return
		}
		http.Error(rw, "broken", http.StatusInternalServerError)
	})
	a := open(t, c.configure)
	a.approve(a.result())
	a.sends(0, a.path(templatePath), message(a.fang, a.result().ID, goodFields()))
	if err := a.Settle(t.Context()); err != nil {
		t.Fatal(err)
	}
	if len(c.seen()) != 2 || len(a.Inbox(a.fang)) != 1 {
		t.Errorf("%d requests, chat %+v; want 2 and the card alone", len(c.seen()), a.Inbox(a.fang))
	}
	traces := a.TraceSince(0)
	if last := traces[len(traces)-1]; last.Kind != string(JobFinish) || last.Note == "" {
		t.Errorf("the trace %+v does not say what was wrong", last)
	}
}

func TestCloseEndsWhatIsUnderWay(t *testing.T) {
	t.Parallel()
	reached, release := make(chan struct{}, 100), make(chan struct{})
	c := serve(t, func(_ *callback, _ int, _ http.ResponseWriter, r *http.Request) {
		reached <- struct{}{}
		select {
		case <-r.Context().Done():
		case <-release:
		}
	})
	defer close(release)
	a := open(t, c.configure, func(cfg *Config) { cfg.Cut = time.Hour })
	a.approve(a.result())
	send := a.path(templatePath)
	for range 40 {
		a.sends(0, send, message(a.fang, a.result().ID, goodFields()))
	}
	<-reached
	a.Close()
	pushes := 0
	for _, trace := range a.TraceSince(0) {
		if trace.Direction == Push {
			pushes++
		}
	}
	if pushes > pushersAtOnce {
		t.Errorf("%d pushes; the %d waiting at Close were to be dropped", pushes, 40-pushersAtOnce)
	}
	if err := a.Settle(t.Context()); err != nil || a.crew.working != 0 || len(a.crew.waiting) != 0 {
		t.Errorf("%v, %d at work, %d waiting after Close", err, a.crew.working, len(a.crew.waiting))
	}
	a.sends(0, send, message(a.fang, a.result().ID, goodFields()))
	if len(a.crew.waiting) != 0 {
		t.Error("something is to be pushed after Close")
	}
	a.Close()
}

func TestTemplateQuota(t *testing.T) {
	t.Parallel()
	a := open(t)
	a.approve(a.result())
	send := a.path(templatePath)
	body := message(a.fang, a.result().ID, goodFields())
	a.sends(0, send, body)
	a.oa.usage[templatePath].callsOfDay = 99_999
	a.sends(0, send, body)
	a.sends(45009, send, body)
	if len(a.Inbox(a.fang)) != 2 {
		t.Error("a message over the quota was sent")
	}
	a.clock.move(12 * time.Hour)
	a.sends(0, a.path(templatePath), body)
	a.SetDailyQuota(templatePath, 1)
	a.sends(45009, a.path(templatePath), body)
}

func TestTemplatesAreListed(t *testing.T) {
	t.Parallel()
	a := open(t, withMini)
	once, always := a.consent("once", Subscription, false), a.consent("always", MiniSubscription, true)
	a.approve(a.result(), once, always)
	want := `{"template_list":[{"template_id":"` + a.result().ID + `","title":"积分结算结果通知","primary_industry":"","deputy_industry":"",` +
		`"content":"户主:{{thing1.DATA}}\n积分:{{number2.DATA}}\n时间:{{time3.DATA}}\n状态:{{const4.DATA}}\n","example":""}]}`
	if got := a.raw("GET", a.path("/cgi-bin/template/get_all_private_template"), ""); got != want {
		t.Errorf("%s, want\n%s", got, want)
	}
	if got := a.raw("GET", a.path("/wxaapi/newtmpl/gettemplate"), ""); !strings.Contains(got, `"data":[{"priTmplId":"`+once.ID) || !strings.Contains(got, `"type":2}]`) {
		t.Errorf("the official account's subscriptions: %s", got)
	}
	if got := a.raw("GET", a.miniPath("/wxaapi/newtmpl/gettemplate"), ""); !strings.Contains(got, `"data":[{"priTmplId":"`+always.ID) || !strings.Contains(got, `"type":3}]`) {
		t.Errorf("the Mini Program's: %s", got)
	}
}

func TestAddTemplateRefuses(t *testing.T) {
	t.Parallel()
	a := open(t)
	a.approve(a.result())
	if a.AddTemplate(a.result()) == nil {
		t.Error("the same one twice")
	}
	for want, change := range map[string]func(*Template){
		"ID":           func(t *Template) { t.ID = "x" },
		"channel":      func(t *Template) { t.Channel = "pigeon" },
		"long-term":    func(t *Template) { t.LongTerm = true },
		"title":        func(t *Template) { t.Title = "" },
		"and fields":   func(t *Template) { t.Fields = nil },
		"type":         func(t *Template) { t.Fields = []Field{{Name: "poem1", Label: "x"}} },
		"no such":      func(t *Template) { t.Fields = []Field{{Name: "thing", Label: "x"}} },
		"label":        func(t *Template) { t.Fields = []Field{{Name: "thing1"}} },
		"approved":     func(t *Template) { t.Fields = []Field{{Name: "const1", Label: "x"}} },
		"belong":       func(t *Template) { t.Fields = []Field{{Name: "thing1", Label: "x", Values: []string{"y"}}} },
		"stands twice": func(t *Template) { t.Fields = []Field{{Name: "thing1", Label: "x"}, {Name: "thing1", Label: "y"}} },
	} {
		bad := a.result()
		bad.ID = a.TemplateID("bad")
		change(&bad)
		if err := a.AddTemplate(bad); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want an error about %s", err, want)
		}
	}
}
