package local

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"
)

const (
	textPath  = "/wxa/msg_sec_check"
	mediaPath = "/wxa/media_check_async"
)

// visitor is 王芳's openid in the Mini Program.
func (a account) visitor() string { return a.People()[0].MiniOpenID }

func (a account) words(openid, content string) string {
	return fmt.Sprintf(`{"version":2,"scene":3,"openid":%q,"content":%q}`, openid, content)
}

func picture(openid, address string) string {
	return fmt.Sprintf(`{"version":2,"scene":3,"media_type":2,"openid":%q,"media_url":%q}`, openid, address)
}

func TestWordsAreJudgedByTheirSuggestion(t *testing.T) {
	t.Parallel()
	a := open(t, withMini)
	a.Visit(a.fang)
	a.SetRiskyWords("赌博")
	path := a.miniPath(textPath)
	for content, want := range map[string]Suggest{"帮邻居收谷子": Pass, "来打牌赌博": Risky} {
		var got struct {
			errorBody
			Result  found  `json:"result"`
			TraceID string `json:"trace_id"`
		}
		if err := json.Unmarshal([]byte(a.raw("POST", path, a.words(a.visitor(), content))), &got); err != nil {
			t.Fatal(err)
		}
		if got.ErrCode != 0 || got.Result.Suggest != want || got.Result.Label != labels[want] || got.TraceID == "" {
			t.Errorf("%s: %+v, want %s", content, got, want)
		}
	}
	a.code(44004, "POST", path, a.words(a.visitor(), " "))
	a.code(0, "POST", path, a.words(a.visitor(), strings.Repeat("字", 2500)))
	a.code(45002, "POST", path, a.words(a.visitor(), strings.Repeat("字", 2501)))
}

// Whoever did not visit the Mini Program within two hours is not checked.
func TestOnlyVisitorsAreChecked(t *testing.T) {
	t.Parallel()
	for _, path := range []string{textPath, mediaPath} {
		body := func(a account, openid string) string {
			if path == mediaPath {
				return picture(openid, "https://example.org/a.jpg")
			}
			return a.words(openid, "你好")
		}
		a := open(t, withMini)
		a.code(61010, "POST", a.miniPath(path), body(a, a.visitor()))
		a.Visit(a.fang)
		a.code(0, "POST", a.miniPath(path), body(a, a.visitor()))
		a.clock.move(2 * time.Hour)
		a.code(0, "POST", a.miniPath(path), body(a, a.visitor()))
		a.clock.move(time.Second)
		a.code(61010, "POST", a.miniPath(path), body(a, a.visitor()))
		a.loginCode()
		a.code(0, "POST", a.miniPath(path), body(a, a.visitor()))
		a.code(43104, "POST", a.miniPath(path), body(a, a.fang))
		a.code(40003, "POST", a.miniPath(path), body(a, a.OpenID("nobody")))
		a.code(40129, "POST", a.miniPath(path), strings.Replace(body(a, a.visitor()), `"scene":3`, `"scene":5`, 1))
		a.code(47001, "POST", a.miniPath(path), strings.Replace(body(a, a.visitor()), `"version":2`, `"version":1`, 1))
		a.code(48001, "POST", a.path(path), body(a, a.visitor()))
	}
}

func TestBadMediaChecks(t *testing.T) {
	t.Parallel()
	a := open(t, withMini)
	a.Visit(a.fang)
	path := a.miniPath(mediaPath)
	good := picture(a.visitor(), "https://example.org/a.jpg")
	a.code(47001, "POST", path, strings.Replace(good, "https://", "ftp://", 1))
	a.code(47001, "POST", path, strings.Replace(good, `"media_type":2`, `"media_type":3`, 1))
	for range 2000 - 2 {
		a.code(0, "POST", path, good)
	}
	a.code(45011, "POST", path, good)
}

// events is a callback that takes every push.
type events struct {
	*httptest.Server
	mu    sync.Mutex
	kinds []string // the content types that came
}

// checking makes an account whose Mini Program's pushes are taken, and a host with pictures.
func checking(t *testing.T, change func(*MiniProgram)) (account, *events, string) {
	t.Helper()
	e := &events{}
	e.Server = httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		e.mu.Lock()
		defer e.mu.Unlock()
		e.kinds = append(e.kinds, r.Header.Get("Content-Type"))
	}))
	t.Cleanup(e.Close)
	a := open(t, withMiniPush, func(c *Config) {
		c.MiniProgram.CallbackURL, c.CheckTime, c.Cut = e.URL, time.Millisecond, 2*time.Second
		change(&c.MiniProgram)
	})
	a.Visit(a.fang)
	host := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/photo.jpg":
			_, _ = w.Write(greyPicture)
		case "/page.jpg":
			_, _ = w.Write([]byte("<html>"))
		default:
			http.NotFound(w, r)
		}
	}))
	t.Cleanup(host.Close)
	return a, e, host.URL
}

func TestAVerdictComesLater(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		json    bool
		verdict Suggest
		path    string
		want    []string // in the packet
		not     string
	}{
		"pass":            {false, Pass, "/photo.jpg", []string{"<Event><![CDATA[wxa_media_check]]></Event>", "<errcode>0</errcode>", "<result>\n<suggest><![CDATA[pass]]></suggest>\n<label>100</label>"}, "下载"},
		"risky":           {false, Risky, "/photo.jpg", []string{"<suggest><![CDATA[risky]]></suggest>", "<label>20006</label>"}, "pass"},
		"pass in JSON":    {true, Pass, "/photo.jpg", []string{`"Event":"wxa_media_check"`, `"result":{"suggest":"pass","label":100}`, `"errcode":0`, `"version":2`}, "下载"},
		"review in JSON":  {true, Review, "/photo.jpg", []string{`"result":{"suggest":"review","label":20001}`}, "pass"},
		"away":            {false, Pass, "/gone.jpg", []string{"<errcode>-1008</errcode>"}, "<result>"},
		"no picture":      {false, Pass, "/page.jpg", []string{"<errcode>-1008</errcode>"}, "<result>"},
		"away, in JSON":   {true, Pass, "/gone.jpg", []string{`"errcode":-1008`, `"detail":[]`}, `"result"`},
		"nothing is said": {false, Silent, "/photo.jpg", nil, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a, e, host := checking(t, func(m *MiniProgram) { m.JSON = test.json })
			a.SetVerdict(test.verdict)
			answer := a.raw("POST", a.miniPath(mediaPath), picture(a.visitor(), host+test.path))
			var got struct {
				errorBody
				TraceID string `json:"trace_id"`
			}
			if err := json.Unmarshal([]byte(answer), &got); err != nil || got.ErrCode != 0 || got.TraceID == "" {
				t.Fatalf("%s, %v", answer, err)
			}
			if err := a.Settle(t.Context()); err != nil {
				t.Fatal(err)
			}
			a.wantVerdict(e, got.TraceID, test.json, test.want, test.not)
		})
	}
}

// wantVerdict looks at the one push there is, or sees that there is none.
func (a account) wantVerdict(e *events, trace string, asJSON bool, want []string, not string) {
	a.t.Helper()
	var pushes []Trace
	for _, tr := range a.TraceSince(0) {
		if tr.Direction == Push {
			pushes = append(pushes, tr)
		}
	}
	if len(want) == 0 {
		if len(pushes) > 0 {
			a.t.Errorf("pushed %s", pushes[0].PlainRequest)
		}
		return
	}
	if len(pushes) != 1 {
		a.t.Fatalf("%d pushes", len(pushes))
	}
	plain := pushes[0].PlainRequest
	for _, part := range append(want, trace, testMiniID, testMiniName, a.visitor()) {
		if !strings.Contains(plain, part) {
			a.t.Errorf("%s\nlacks %s", plain, part)
		}
	}
	if strings.Contains(plain, not) {
		a.t.Errorf("%s\nholds %s", plain, not)
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	if kind := e.kinds[0]; (kind == "application/json") != asJSON || strings.HasPrefix(pushes[0].Request, "{") != asJSON {
		a.t.Errorf("%s as %s", pushes[0].Request, kind)
	}
}

// Without message push a verdict goes nowhere, and Close ends a check under way.
func TestChecksEndWithThePlatform(t *testing.T) {
	t.Parallel()
	a := open(t, withMini)
	a.Visit(a.fang)
	a.code(0, "POST", a.miniPath(mediaPath), picture(a.visitor(), "http://127.0.0.1:9/a.jpg"))
	if err := a.Settle(t.Context()); err != nil {
		t.Fatal(err)
	}
	b := open(t, withMiniPush, func(c *Config) { c.CheckTime = time.Hour })
	b.Visit(b.fang)
	b.code(0, "POST", b.miniPath(mediaPath), picture(b.visitor(), "http://127.0.0.1:9/a.jpg"))
	b.Close()
}
