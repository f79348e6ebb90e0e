package local

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// callback is an account's server that answers as a test says and remembers what came.
type callback struct {
	*httptest.Server

	mu       sync.Mutex
	requests []Request
}

func (c *callback) configure(cfg *Config) { cfg.CallbackURL = c.URL + "/wechat/callback" }

func (c *callback) seen() []Request {
	c.mu.Lock()
	defer c.mu.Unlock()
	return append([]Request(nil), c.requests...)
}

type behaviour func(c *callback, nth int, rw http.ResponseWriter, r *http.Request)

// serve starts a callback; nth counts its requests from 1.
func serve(t *testing.T, do behaviour) *callback {
	t.Helper()
	c := &callback{}
	c.Server = httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		body := readAll(t, r)
		c.mu.Lock()
		c.requests = append(c.requests, Request{r.Method, r.URL.RequestURI(), r.Header.Get("Content-Type"), []byte(body)})
		nth := len(c.requests)
		c.mu.Unlock()
		do(c, nth, rw, r)
	}))
	t.Cleanup(c.Close)
	return c
}

func answering(body string) behaviour {
	return func(_ *callback, _ int, rw http.ResponseWriter, _ *http.Request) { _, _ = rw.Write([]byte(body)) }
}

// replying answers with the packet made, encrypted rightly.
func replying(make func(openid string) string) behaviour {
	return func(_ *callback, _ int, rw http.ResponseWriter, r *http.Request) {
		_, _ = rw.Write([]byte(envelope(make(r.URL.Query().Get("openid")), nil)))
	}
}

func goodReply(openid, words string) string {
	return "<xml><ToUserName><![CDATA[" + openid + "]]></ToUserName><FromUserName><![CDATA[" + testOriginal + "]]></FromUserName>" +
		"<CreateTime>1772683200</CreateTime><MsgType><![CDATA[text]]></MsgType><Content><![CDATA[" + words + "]]></Content></xml>"
}

// sealed are the parts of an envelope, for tests that spoil one.
type sealed struct{ appid, token, key, timestamp, nonce, encrypt, signature string }

func envelope(plain string, spoil func(*sealed)) string {
	s := sealed{appid: testAppID, token: testToken, key: testKey, timestamp: "1772683200", nonce: "415670741"}
	if spoil != nil {
		spoil(&s)
	}
	key, _ := parseKey(s.key)
	if s.encrypt == "" {
		s.encrypt = seal(key, [16]byte{7}, []byte(plain), s.appid)
	}
	if s.signature == "" {
		s.signature = sign(s.token, s.timestamp, s.nonce, s.encrypt)
	}
	return fmt.Sprintf("<xml><Encrypt><![CDATA[%s]]></Encrypt><MsgSignature><![CDATA[%s]]></MsgSignature><TimeStamp>%s</TimeStamp><Nonce><![CDATA[%s]]></Nonce></xml>",
		s.encrypt, s.signature, s.timestamp, s.nonce)
}

// hangUp breaks the connection without an answer.
func hangUp(rw http.ResponseWriter) { breakConnection(rw) }

func TestAReplyReachesTheChat(t *testing.T) {
	t.Parallel()
	c := serve(t, replying(func(openid string) string { return goodReply(openid, "您有 12 分") }))
	a := open(t, c.configure)
	x, err := a.Say(t.Context(), a.fang, "积分")
	if err != nil || x.Answer.Verdict != Replied || x.Answer.Text != "您有 12 分" || len(x.Attempts) != 1 {
		t.Fatalf("%+v, %v", x, err)
	}
	want := []Line{{ID: 1, At: a.clock.now(), By: Self, Kind: Text, Text: "积分"}, {ID: 2, At: a.clock.now(), By: Reply, Kind: Text, Text: "您有 12 分"}}
	if got := a.Inbox(a.fang); len(got) != 2 || got[0] != want[0] || got[1] != want[1] {
		t.Errorf("chat %+v, want %+v", got, want)
	}
}

func TestEveryActReachesTheCallback(t *testing.T) {
	t.Parallel()
	c := serve(t, answering("success"))
	a := open(t, c.configure)
	ctx := t.Context()
	var got []string
	for _, do := range []func() (Exchange, error){
		func() (Exchange, error) { return a.Say(ctx, a.fang, "积分") },
		func() (Exchange, error) { return a.SayVoice(ctx, a.fang, "") },
		func() (Exchange, error) { return a.SendImage(ctx, a.fang) },
		func() (Exchange, error) { return a.TapMenu(ctx, a.fang, "满意", "101") },
		func() (Exchange, error) { return a.Click(ctx, a.fang, "POINTS") },
		func() (Exchange, error) { return a.Scan(ctx, a.fang, "h:1") },
		func() (Exchange, error) { return a.Unfollow(ctx, a.fang) },
		func() (Exchange, error) { return a.Follow(ctx, a.fang, "") },
	} {
		x, err := do()
		if err != nil || x.Answer.Verdict != Silence {
			t.Fatalf("%+v, %v", x.Answer, err)
		}
		got = append(got, string(x.Packet.Kind))
	}
	if want := "text voice image tap CLICK SCAN unsubscribe subscribe"; strings.Join(got, " ") != want {
		t.Errorf("kinds %v, want %s", got, want)
	}
	if len(c.seen()) != 8 {
		t.Errorf("%d requests, want 8", len(c.seen()))
	}
}

func TestWhatGoesOnTheWire(t *testing.T) {
	t.Parallel()
	c := serve(t, answering("success"))
	a := open(t, c.configure)
	x, err := a.Say(t.Context(), a.fang, "积分")
	if err != nil {
		t.Fatal(err)
	}
	raw := c.seen()[0]
	if raw.ContentType != "text/xml" || raw.Method != http.MethodPost || strings.Contains(string(raw.Body), "积分") {
		t.Errorf("request %+v", raw)
	}
	request, err := http.NewRequest(raw.Method, raw.URL, nil)
	if err != nil {
		t.Fatal(err)
	}
	q := request.URL.Query()
	root, err := parseXML(raw.Body)
	if err != nil {
		t.Fatal(err)
	}
	to, _ := root.value("ToUserName")
	encrypted, _ := root.value("Encrypt")
	if to != testOriginal || len(root.children) != 2 || q.Get("openid") != a.fang || q.Get("encrypt_type") != "aes" ||
		q.Get("timestamp") != fmt.Sprint(a.clock.now().Unix()) ||
		q.Get("signature") != sign(testToken, q.Get("timestamp"), q.Get("nonce")) ||
		q.Get("msg_signature") != sign(testToken, q.Get("timestamp"), q.Get("nonce"), encrypted) {
		t.Errorf("request %+v", raw)
	}
	plain, appid, err := unseal(a.oa.key, encrypted)
	if err != nil || appid != testAppID || !bytes.Equal(plain, x.Packet.Plain) {
		t.Errorf("inside: %s for %s, %v", plain, appid, err)
	}
}

func TestWrongAnswersAreShownAsAFailure(t *testing.T) {
	t.Parallel()
	reply := func(change ...string) func(string) string {
		return func(openid string) string {
			return envelope(strings.NewReplacer(change...).Replace(goodReply(openid, "您好")), nil)
		}
	}
	spoilt := func(spoil func(*sealed)) func(string) string {
		return func(openid string) string { return envelope(goodReply(openid, "您好"), spoil) }
	}
	plain := func(body string) func(string) string { return func(string) string { return body } }
	const content = "<Content><![CDATA[您好]]></Content>"
	for name, c := range map[string]struct {
		status int
		body   func(openid string) string
		want   string
	}{
		"status 500":           {500, plain("success"), "HTTP status 500"},
		"status 204":           {204, plain(""), "HTTP status 204"},
		"redirect":             {302, plain(""), "HTTP status 302"},
		"success, new line":    {200, plain("success\n"), "envelope: text outside the root"},
		"success in capitals":  {200, plain("SUCCESS"), "envelope: text outside the root"},
		"JSON":                 {200, plain(`{"Encrypt":"x"}`), "envelope: text outside the root"},
		"HTML":                 {200, plain("<html></html>"), "envelope: want one root element"},
		"unencrypted reply":    {200, func(openid string) string { return goodReply(openid, "您好") }, "envelope: <Encrypt> is missing"},
		"too long":             {200, plain(strings.Repeat(" ", maxReply+1)), "more than 65536 bytes"},
		"broken envelope":      {200, plain("<xml><Encrypt>"), "envelope: XML syntax error"},
		"after the envelope":   {200, func(o string) string { return reply()(o) + "x" }, "envelope: text outside"},
		"two envelopes":        {200, func(o string) string { return reply()(o) + reply()(o) }, "envelope: <xml> stands twice"},
		"more in the envelope": {200, func(o string) string { return strings.Replace(reply()(o), "</xml>", "<X>1</X></xml>", 1) }, "envelope: more than"},
		"Encrypt twice": {200, func(o string) string {
			return strings.Replace(reply()(o), "</xml>", "<Encrypt>1</Encrypt></xml>", 1)
		}, "envelope: <Encrypt> stands twice"},
		"DOCTYPE": {200, func(o string) string { return "<!DOCTYPE xml>" + reply()(o) }, "not allowed"},
		"attribute": {200, func(o string) string {
			return strings.Replace(reply()(o), "<TimeStamp>", `<TimeStamp a="1">`, 1)
		}, "has an attribute"},
		"wrong token":          {200, spoilt(func(s *sealed) { s.token = "BBBBB" }), "MsgSignature is wrong"},
		"signature of no use":  {200, spoilt(func(s *sealed) { s.signature = "abc" }), "MsgSignature is not 40"},
		"timestamp no number":  {200, spoilt(func(s *sealed) { s.timestamp = "now" }), "TimeStamp \"now\" is not"},
		"no nonce":             {200, spoilt(func(s *sealed) { s.nonce = "" }), "<Nonce> is empty"},
		"wrong key":            {200, spoilt(func(s *sealed) { s.key = strings.Repeat("B", 43) }), "envelope: "},
		"wrong appid":          {200, spoilt(func(s *sealed) { s.appid = "wx0000000000000000" }), `encrypted for appid "wx0000000000000000"`},
		"not base64":           {200, spoilt(func(s *sealed) { s.encrypt = "*" }), "Encrypt is not base64"},
		"encrypted success":    {200, func(string) string { return envelope("success", nil) }, "reply: text outside the root"},
		"encrypted nothing":    {200, func(string) string { return envelope("", nil) }, "reply: want one root element"},
		"inner not XML":        {200, reply("</xml>", ""), "reply: XML syntax error"},
		"inner not UTF-8":      {200, reply("您好", "\xff"), "reply: not UTF-8"},
		"control character":    {200, reply("您好", "\x02"), "reply: XML syntax error"},
		"other root":           {200, reply("<xml>", "<XML>", "</xml>", "</XML>"), "reply: want one root element"},
		"too deep":             {200, reply(content, "<A><B><C><D>1</D></C></B></A>"), "nested deeper than 4"},
		"mixed":                {200, reply("</CreateTime>", "</CreateTime>words"), "<xml> mixes text and elements"},
		"to someone else":      {200, reply("<ToUserName><![CDATA[", "<ToUserName><![CDATA[x"), "reply: ToUserName is"},
		"from someone else":    {200, reply(testOriginal, testAppID), "reply: FromUserName is"},
		"no FromUserName":      {200, reply("<FromUserName><![CDATA["+testOriginal+"]]></FromUserName>", ""), "<FromUserName> is missing"},
		"CreateTime no number": {200, reply("1772683200", "today"), `CreateTime "today"`},
		"CreateTime signed":    {200, reply("1772683200", "+1772683200"), `CreateTime "+1772683200"`},
		"CreateTime in ms":     {200, reply("1772683200", "1772683200000"), "not a time in seconds"},
		"no CreateTime":        {200, reply("<CreateTime>1772683200</CreateTime>", ""), "<CreateTime> is missing"},
		"no MsgType":           {200, reply("<MsgType><![CDATA[text]]></MsgType>", ""), "<MsgType> is missing"},
		"MsgType in capitals":  {200, reply("[text]", "[TEXT]"), `MsgType "TEXT" is not permitted`},
		"an event":             {200, reply("[text]", "[event]"), `MsgType "event" is not permitted`},
		"no Content":           {200, reply(content, ""), "<Content> is missing"},
		"empty Content":        {200, reply("您好", ""), "<Content> is empty"},
		"2049 bytes":           {200, reply("您好", strings.Repeat("x", 2049)), "Content has 2049 bytes"},
		"CDATA ended early":    {200, reply("您好", "您]]>好"), "reply: XML syntax error"},
		"image without media":  {200, reply("[text]", "[image]"), "<Image> is missing"},
		"news without count":   {200, reply("[text]", "[news]", content, "<Articles><item><Title>x</Title></item></Articles>"), "<ArticleCount> is missing"},
		"news miscounted": {200, reply("[text]", "[news]", content,
			"<ArticleCount>2</ArticleCount><Articles><item><Title>x</Title></item></Articles>"), "ArticleCount 2 with 1"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := serve(t, func(_ *callback, _ int, rw http.ResponseWriter, r *http.Request) {
				rw.Header().Set("Location", "/wechat/callback?elsewhere")
				rw.WriteHeader(c.status)
				_, _ = rw.Write([]byte(c.body(r.URL.Query().Get("openid"))))
			})
			a := open(t, server.configure)
			x, err := a.Say(t.Context(), a.fang, "积分")
			if err != nil {
				t.Fatal(err)
			}
			if x.Answer.Verdict != Failed || !strings.Contains(x.Answer.Why, c.want) {
				t.Errorf("%s because %q, want failed because %q", x.Answer.Verdict, x.Answer.Why, c.want)
			}
			lines := a.Inbox(a.fang)
			if last := lines[len(lines)-1]; last.By != Platform || last.Text != FailureNotice {
				t.Errorf("the chat ends with %+v, want the failure notice", last)
			}
			if len(x.Attempts) != 1 || len(server.seen()) != 1 {
				t.Errorf("%d attempts; an answer that came is final", len(server.seen()))
			}
		})
	}
}

func TestRightAnswers(t *testing.T) {
	t.Parallel()
	a := open(t)
	const content = "<Content><![CDATA[您好]]></Content>"
	for name, c := range map[string]struct {
		change     []string
		kind, text string
	}{
		"text":             {nil, "text", "您好"},
		"2048 bytes":       {[]string{"您好", strings.Repeat("x", 2048)}, "text", strings.Repeat("x", 2048)},
		"split CDATA end":  {[]string{"您好", "]]]]><![CDATA[>"}, "text", "]]>"},
		"escaped":          {[]string{"<![CDATA[您好]]>", "&lt;a&gt;"}, "text", "<a>"},
		"image":            {[]string{"[text]", "[image]", content, "<Image><MediaId>m</MediaId></Image>"}, "image", ""},
		"video":            {[]string{"[text]", "[video]", content, "<Video><MediaId>m</MediaId></Video>"}, "video", ""},
		"transfer":         {[]string{"[text]", "[transfer_customer_service]", content, ""}, "transfer_customer_service", ""},
		"news":             {[]string{"[text]", "[news]", content, "<ArticleCount>1</ArticleCount><Articles><item><Title>公示</Title></item></Articles>"}, "news", "公示"},
		"lines in between": {[]string{"><FromUserName>", ">\n  <FromUserName>"}, "text", "您好"},
	} {
		body := envelope(strings.NewReplacer(c.change...).Replace(goodReply(a.fang, "您好")), nil)
		got := a.Judge(a.fang, 200, []byte(body))
		if got.Verdict != Replied || string(got.Kind) != c.kind || got.Text != c.text {
			t.Errorf("%s: %s %q %s %q", name, got.Verdict, got.Why, got.Kind, got.Text)
		}
	}
	for _, silent := range []string{"", "success"} {
		if got := a.Judge(a.fang, 200, []byte(silent)); got.Verdict != Silence {
			t.Errorf("%q: %+v", silent, got)
		}
	}
}

func TestThreeAttemptsOfOnePacket(t *testing.T) {
	t.Parallel()
	c := serve(t, func(c *callback, nth int, rw http.ResponseWriter, r *http.Request) {
		if nth < 3 {
			hangUp(rw)
			return
		}
		replying(func(openid string) string { return goodReply(openid, "您好") })(c, nth, rw, r)
	})
	a := open(t, c.configure)
	x, err := a.Say(t.Context(), a.fang, "积分")
	if err != nil || x.Answer.Verdict != Replied || len(x.Attempts) != 3 {
		t.Fatalf("%d attempts, %+v, %v", len(x.Attempts), x.Answer, err)
	}
	distinct := map[string]bool{}
	for i, raw := range c.seen() {
		if string(raw.Body) != string(x.Attempts[i].Request.Body) || !strings.HasSuffix(x.Attempts[i].Request.URL, raw.URL) {
			t.Errorf("attempt %d was recorded otherwise than it came", i+1)
		}
		root, err := parseXML(raw.Body)
		if err != nil {
			t.Fatal(err)
		}
		encrypted, _ := root.value("Encrypt")
		plain, _, err := unseal(a.oa.key, encrypted)
		if err != nil || !bytes.Equal(plain, x.Packet.Plain) {
			t.Errorf("attempt %d holds another packet: %s, %v", i+1, plain, err)
		}
		distinct[encrypted] = true
		distinct[raw.URL] = true
	}
	if len(distinct) != 6 {
		t.Errorf("%d different encryptions and queries, want 6", len(distinct))
	}
	if a.Inbox(a.fang)[1].Text != "您好" || len(a.Inbox(a.fang)) != 2 {
		t.Errorf("chat %+v", a.Inbox(a.fang))
	}
}

func TestNoAnswerAfterThreeAttempts(t *testing.T) {
	t.Parallel()
	for name, do := range map[string]struct {
		answer behaviour
		why    string
	}{
		"silent": {func(_ *callback, _ int, _ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }, "3 attempts: cut after 50ms"},
		"stops in the middle": {func(_ *callback, _ int, rw http.ResponseWriter, r *http.Request) {
			_, _ = rw.Write([]byte("succ"))
			_ = http.NewResponseController(rw).Flush()
			<-r.Context().Done()
		}, "cut after 50ms"},
		"hangs up": {func(_ *callback, _ int, rw http.ResponseWriter, _ *http.Request) { hangUp(rw) }, "no answer after 3 attempts"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := serve(t, do.answer)
			a := open(t, c.configure, func(cfg *Config) { cfg.Cut = 50 * time.Millisecond })
			x, err := a.Say(t.Context(), a.fang, "积分")
			if err != nil || x.Answer.Verdict != Failed || !strings.Contains(x.Answer.Why, do.why) || len(x.Attempts) != 3 {
				t.Errorf("%d attempts, %+v, %v", len(x.Attempts), x.Answer, err)
			}
			for _, attempt := range x.Attempts {
				if attempt.Err == nil || attempt.Status != 0 {
					t.Errorf("attempt %+v", attempt)
				}
			}
			if got := a.Inbox(a.fang); len(got) != 2 || got[1].Text != FailureNotice {
				t.Errorf("chat %+v, want one failure notice", got)
			}
		})
	}
}

func TestAGivenClientFollowsNoRedirect(t *testing.T) {
	t.Parallel()
	c := serve(t, func(_ *callback, _ int, rw http.ResponseWriter, r *http.Request) {
		http.Redirect(rw, r, "/elsewhere", http.StatusTemporaryRedirect)
	})
	mine := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	a := open(t, c.configure, func(cfg *Config) { cfg.HTTPClient = mine })
	x, err := a.Say(t.Context(), a.fang, "积分")
	if err != nil || x.Answer.Why != "HTTP status 307, want 200" || len(c.seen()) != 1 || mine.CheckRedirect != nil {
		t.Errorf("%+v, %v, %d requests", x.Answer, err, len(c.seen()))
	}
}

func TestAnAddressOfNoUse(t *testing.T) {
	t.Parallel()
	a := open(t)
	p, err := a.Act(a.fang, Message{Kind: Text, Text: "积分"})
	if err != nil {
		t.Fatal(err)
	}
	all, err := a.DeliverTo(t.Context(), p, "http://%")
	if err != nil || all[0].Answer.Verdict != Failed || len(a.Inbox(a.fang)) != 2 {
		t.Errorf("%+v, %v, chat %+v", all, err, a.Inbox(a.fang))
	}
}

// silent is a callback that never answers.
type silent struct{}

func (silent) RoundTrip(r *http.Request) (*http.Response, error) {
	<-r.Context().Done()
	return nil, context.Cause(r.Context())
}

func TestThreeTimesFiveSecondsIsThePlatformsPatience(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) { // time is not real in here
		a := open(t, func(cfg *Config) { cfg.HTTPClient = &http.Client{Transport: silent{}} })
		x, err := a.Say(t.Context(), a.fang, "积分")
		if err != nil || len(x.Attempts) != 3 {
			t.Fatalf("%d attempts, %v", len(x.Attempts), err)
		}
		for i, attempt := range x.Attempts {
			if attempt.Took != 5*time.Second {
				t.Errorf("attempt %d was cut after %v, want 5s", i+1, attempt.Took)
			}
		}
	})
}

func TestAGivenUpDelivery(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	c := serve(t, func(_ *callback, _ int, _ http.ResponseWriter, r *http.Request) {
		cancel()
		<-r.Context().Done()
	})
	a := open(t, c.configure)
	x, err := a.Say(ctx, a.fang, "积分")
	if !errors.Is(err, context.Canceled) || len(x.Attempts) != 1 || len(a.Inbox(a.fang)) != 1 {
		t.Errorf("%v, %d attempts, chat %+v", err, len(x.Attempts), a.Inbox(a.fang))
	}
}

func TestUnfollowersSeeNothing(t *testing.T) {
	t.Parallel()
	c := serve(t, answering("nonsense"))
	a := open(t, c.configure)
	x, err := a.Unfollow(t.Context(), a.fang)
	if err != nil || x.Answer.Verdict != Failed || len(a.Inbox(a.fang)) != 1 {
		t.Errorf("%v, %+v, chat %+v", err, x.Answer, a.Inbox(a.fang))
	}
}

func TestDuplicatesOnTwoInstances(t *testing.T) {
	t.Parallel()
	var both sync.WaitGroup
	both.Add(2)
	reply := func(words string) behaviour {
		return func(c *callback, nth int, rw http.ResponseWriter, r *http.Request) {
			both.Done()
			both.Wait() // neither answers before both were asked
			replying(func(openid string) string { return goodReply(openid, words) })(c, nth, rw, r)
		}
	}
	one, two := serve(t, reply("一")), serve(t, reply("二"))
	a := open(t)
	p, err := a.Act(a.fang, Message{Kind: Text, Text: "兑换"})
	if err != nil {
		t.Fatal(err)
	}
	all, err := a.DeliverTo(t.Context(), p, one.URL, two.URL)
	if err != nil || len(all) != 2 || all[0].Answer.Text != "一" || all[1].Answer.Text != "二" {
		t.Fatalf("%+v, %v", all, err)
	}
	if got := a.Inbox(a.fang); len(got) != 2 || got[1].Text != "一" {
		t.Errorf("chat %+v, want one reply", got)
	}
}

func TestVerify(t *testing.T) {
	t.Parallel()
	right := serve(t, func(_ *callback, _ int, rw http.ResponseWriter, r *http.Request) {
		q := r.URL.Query()
		if r.Method == http.MethodGet && q.Get("signature") == sign(testToken, q.Get("timestamp"), q.Get("nonce")) {
			_, _ = rw.Write([]byte(q.Get("echostr")))
		}
	})
	if err := open(t, right.configure).Verify(t.Context()); err != nil {
		t.Error(err)
	}
	for want, do := range map[string]behaviour{
		"not the echostr": answering("success"),
		"status 401": func(_ *callback, _ int, rw http.ResponseWriter, _ *http.Request) {
			rw.WriteHeader(http.StatusUnauthorized)
		},
		"EOF": func(_ *callback, _ int, rw http.ResponseWriter, _ *http.Request) { panic(http.ErrAbortHandler) },
	} {
		if err := open(t, serve(t, do).configure).Verify(t.Context()); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v, want %q", err, want)
		}
	}
}
