package demo_test

import (
	"encoding/xml"
	"errors"
	"net/http"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
)

func TestActsReachThePhone(t *testing.T) {
	t.Parallel()
	for path, c := range map[string]struct{ body, did string }{
		"say":      {`{"openid":"o-chunlin","text":"积分\n<b>&</b>"}`, `o-chunlin text "积分\n<b>&</b>"`},
		"speak":    {`{"openid":"o-chunlin","text":"我屋头好多分"}`, `o-chunlin voice "我屋头好多分"`},
		"click":    {`{"openid":"o-guixiang","text":"lines"}`, `o-guixiang CLICK "lines"`},
		"picture":  {`{"openid":"o-guixiang","text":"yard?n=3"}`, `o-guixiang image ""`},
		"follow":   {`{"openid":"o-stranger"}`, `o-stranger subscribe ""`},
		"unfollow": {`{"openid":"o-chunlin"}`, `o-chunlin unsubscribe ""`},
	} {
		t.Run(path, func(t *testing.T) {
			t.Parallel()
			s := newStage(t)
			if got := s.ask(t, "POST", path, c.body); got.status != http.StatusNoContent || got.body != "" {
				t.Fatalf("got %d %s", got.status, got.body)
			}
			if got := strings.Join(s.phones.did, "; "); got != c.did {
				t.Errorf("did %s, want %s", got, c.did)
			}
		})
	}
}

// Whoever sends two pictures sends two, and the chat shows which.
func TestPicturesAreWhatWasBeforeTheCamera(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	for _, name := range []string{"heap?n=1", "heap?n=2"} {
		if got := s.ask(t, "POST", "picture", `{"openid":"o-chunlin","text":"`+name+`"}`); got.status != http.StatusNoContent {
			t.Fatalf("got %d %s", got.status, got.body)
		}
	}
	if reflect.DeepEqual(s.phones.shown[0], s.phones.shown[1]) {
		t.Error("both are the same")
	}
	fresh := s.window(t, chunlin, "")()
	var shown []string
	for _, l := range fresh.Lines {
		if l.Kind == "image" {
			shown = append(shown, l.Text)
		}
	}
	if !slices.Equal(shown, []string{"heap?n=1", "heap?n=2"}) {
		t.Errorf("the chat shows %q", shown)
	}
}

func TestVoiceMayBeNotUnderstood(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	if got := s.ask(t, "POST", "speak", `{"openid":"o-chunlin","text":""}`); got.status != http.StatusNoContent {
		t.Fatalf("got %d %s", got.status, got.body)
	}
}

func TestBadInputDoesNothing(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("分", 683) // 2,049 bytes
	for name, c := range map[string]struct {
		path, body string
		status     int
		code       string
	}{
		"nobody":               {"say", `{"openid":"o-nobody","text":"积分"}`, 404, "unknown_person"},
		"no openid":            {"say", `{"text":"积分"}`, 404, "unknown_person"},
		"blank":                {"say", `{"openid":"o-chunlin","text":" \n　"}`, 400, "blank"},
		"too many bytes":       {"say", `{"openid":"o-chunlin","text":"` + long + `"}`, 413, "too_large"},
		"too long a voice":     {"speak", `{"openid":"o-chunlin","text":"` + long + `"}`, 413, "too_large"},
		"not of XML":           {"say", `{"openid":"o-chunlin","text":"积\u0000分"}`, 400, "invalid"},
		"no such entry":        {"click", `{"openid":"o-chunlin","text":"points2"}`, 400, "unknown_entry"},
		"no entry":             {"click", `{"openid":"o-chunlin"}`, 400, "unknown_entry"},
		"a heading":            {"click", `{"openid":"o-chunlin","text":"unused"}`, 400, "unknown_entry"},
		"picture with words":   {"picture", `{"openid":"o-chunlin","text":"x"}`, 400, "invalid"},
		"follows already":      {"follow", `{"openid":"o-chunlin"}`, 409, "not_now"},
		"no body":              {"say", "", 415, "not_json"},
		"not JSON":             {"say", `openid=o-chunlin`, 400, "invalid"},
		"cut":                  {"say", `{"openid":"o-chunlin"`, 400, "invalid"},
		"an unknown field":     {"say", `{"openid":"o-chunlin","text":"积分","as":"x"}`, 400, "invalid"},
		"another type":         {"say", `{"openid":"o-chunlin","text":7}`, 400, "invalid"},
		"two values":           {"say", `{"openid":"o-chunlin","text":"积分"}{}`, 400, "invalid"},
		"something after":      {"say", `{"openid":"o-chunlin","text":"积分"}]`, 400, "invalid"},
		"deep":                 {"say", strings.Repeat("[", 8000), 400, "invalid"},
		"large":                {"say", `{"openid":"o-chunlin","text":"` + strings.Repeat("a", 8<<10) + `"}`, 413, "too_large"},
		"large after":          {"say", `{"openid":"o-chunlin","text":"积分"}` + strings.Repeat(" ", 8<<10), 413, "too_large"},
		"no such move":         {"clock", `{"to":"yesterday"}`, 400, "unknown_move"},
		"a move without where": {"clock", `{}`, 400, "unknown_move"},
		"a reset with more":    {"reset", `{"really":true}`, 400, "invalid"},
		"nobody's login":       {"login", `{"openid":"o-nobody"}`, 404, "unknown_person"},
		"a login with words":   {"login", `{"openid":"o-member","text":"x"}`, 400, "invalid"},
		"no such card":         {"revoke", `{"card":"XF-CCCCCCCC"}`, 404, "unknown_card"},
		"a dead card":          {"revoke", `{"card":"XF-BBBBBBBB"}`, 409, "revoked"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newStage(t)
			got := s.ask(t, "POST", c.path, c.body)
			if code := got.refusal(t); got.status != c.status || code != c.code {
				t.Errorf("got %d %s, want %d %s", got.status, code, c.status, c.code)
			}
			if len(s.phones.did)+len(s.minis.did) > 0 || !s.clock.Now().Equal(morning) {
				t.Errorf("it did %v at %v", s.phones.did, s.clock.Now())
			}
		})
	}
}

func TestOnlyJSONFromTheOwnPage(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	body := `{"openid":"o-chunlin","text":"积分"}`
	for name, c := range map[string]struct {
		headers []string
		code    string
	}{
		"a form":         {[]string{"Content-Type", "text/plain"}, "not_json"},
		"another site":   {[]string{"Sec-Fetch-Site", "cross-site"}, "foreign_page"},
		"another origin": {[]string{"Origin", "http://evil.example"}, "foreign_page"},
	} {
		if code := s.ask(t, "POST", "say", body, c.headers...).refusal(t); code != c.code {
			t.Errorf("%s: %s, want %s", name, code, c.code)
		}
	}
	if len(s.phones.did) > 0 {
		t.Errorf("it did %v", s.phones.did)
	}
}

func TestWhatFailsBehindIsUnavailable(t *testing.T) {
	t.Parallel()
	for path, body := range map[string]string{
		"say": `{"openid":"o-chunlin","text":"积分"}`, "clock": `{"to":"day"}`, "reset": `{}`,
		"login": `{"openid":"o-member"}`, "revoke": `{"card":"XF-AAAAAAAA"}`,
	} {
		s := newStage(t)
		s.phones.fails = errors.New("dial tcp: secret place")
		s.minis.fails, s.clock.fails, s.broken = s.phones.fails, s.phones.fails, s.phones.fails
		got := s.ask(t, "POST", path, body)
		if code := got.refusal(t); got.status != http.StatusServiceUnavailable || code != "unavailable" || strings.Contains(got.body, "secret") {
			t.Errorf("%s: got %d %s", path, got.status, got.body)
		}
	}
}

func TestWrongAddressOrMethod(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	for _, c := range []struct {
		method, path string
		status       int
		allow        string
	}{
		{"GET", "nothing", 404, ""},
		{"GET", "page.html", 404, ""},
		{"GET", "packets/", 404, ""},
		{"GET", "say", 405, "POST"},
		{"DELETE", "reset", 405, "POST"},
		{"POST", "", 405, "GET, HEAD"},
		{"POST", "events", 405, "GET, HEAD"},
		{"GET", "events", 404, ""},
		{"GET", "events?openid=o-nobody", 404, ""},
		{"GET", "login", 405, "POST"},
		{"POST", "cards", 405, "GET, HEAD"},
		{"GET", "card/XF-AAAAAAAA", 404, ""},
		{"GET", "card/XF-CCCCCCCC.png", 404, ""},
		{"GET", "photo/yard.jpg", 404, ""},
		{"GET", "photo/yard.png?n=1", 404, ""},
		{"GET", "photo/people.jpg?n=1", 404, ""},
	} {
		got := s.ask(t, c.method, c.path, "")
		got.refusal(t)
		if got.status != c.status || got.header.Get("Allow") != c.allow {
			t.Errorf("%s %s: got %d, Allow %q", c.method, c.path, got.status, got.header.Get("Allow"))
		}
	}
}

func TestEveryAnswerIsGuarded(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	for path, kind := range map[string]string{
		"": "text/html; charset=utf-8", "app.css": "text/css; charset=utf-8", "app.js": "text/javascript; charset=utf-8",
		"mini.js": "text/javascript; charset=utf-8", "card/XF-AAAAAAAA.png": "image/png", "photo/heap.jpg?n=1": "image/jpeg",
		"nothing": "application/json; charset=utf-8",
	} {
		h := s.ask(t, "GET", path, "").header
		if got := h.Get("Content-Type"); got != kind {
			t.Errorf("%q is %s", path, got)
		}
		policy := h.Get("Content-Security-Policy")
		for _, rule := range []string{"default-src 'self';", "img-src 'self' data:;", "frame-src 'self';", "frame-ancestors 'none';"} {
			if !strings.Contains(policy, rule) {
				t.Errorf("%q has the policy %q, without %s", path, policy, rule)
			}
		}
		if strings.Contains(policy, "unsafe") || h.Get("X-Content-Type-Options") != "nosniff" {
			t.Errorf("%q: %v", path, h)
		}
	}
}

// element is a piece of the page.
type element struct {
	name  string
	attrs map[string]string
	text  string // of it and all inside it
	label string // the text of the label that it stands in
}

// void are the elements without an end.
var void = regexp.MustCompile(`<(meta|link|input|img|br|hr|wbr)\b([^>]*[^/>])>`)

// elements parses the page, which is well-formed but for void elements and
// attributes without a value. It fails where it is not.
func elements(t *testing.T, page string) []element {
	t.Helper()
	page = void.ReplaceAllString(page, "<$1$2/>")
	d := xml.NewDecoder(strings.NewReader(page))
	d.Strict, d.Entity = false, xml.HTMLEntity
	var all []element
	var open []int
	parent := map[int]int{}
	for {
		token, err := d.Token()
		if token == nil {
			if len(open) > 0 || err.Error() != "EOF" {
				t.Fatalf("the page is not well-formed: %v, %d open", err, len(open))
			}
			for child, label := range parent {
				all[child].label = all[label].text
			}
			return all
		}
		switch token := token.(type) {
		case xml.StartElement:
			e := element{name: token.Name.Local, attrs: map[string]string{}}
			for _, i := range open {
				if all[i].name == "label" {
					parent[len(all)] = i
				}
			}
			for _, a := range token.Attr {
				e.attrs[a.Name.Local] = a.Value
			}
			open, all = append(open, len(all)), append(all, e)
		case xml.EndElement:
			if all[open[len(open)-1]].name != token.Name.Local {
				t.Fatalf("</%s> closes <%s>", token.Name.Local, all[open[len(open)-1]].name)
			}
			open = open[:len(open)-1]
		case xml.CharData:
			for _, i := range open {
				all[i].text += string(token)
			}
		}
	}
}

func TestPageHoldsNothingInline(t *testing.T) {
	t.Parallel()
	for _, e := range elements(t, newStage(t).ask(t, "GET", "", "").body) {
		if e.name == "style" || e.name == "script" && (e.attrs["src"] == "" || strings.TrimSpace(e.text) != "") {
			t.Errorf("inline <%s>: %s", e.name, e.text)
		}
		for name, value := range e.attrs {
			foreign := (name == "src" || name == "href") && (strings.Contains(value, "//") && !strings.HasPrefix(value, "data:"))
			if name == "style" || strings.HasPrefix(name, "on") || strings.HasPrefix(value, "javascript:") || foreign {
				t.Errorf(`<%s %s="%s">`, e.name, name, value)
			}
		}
	}
}

func TestEveryControlHasAName(t *testing.T) {
	t.Parallel()
	all := elements(t, newStage(t).ask(t, "GET", "", "").body)
	labelled := map[string]bool{}
	ids := map[string]int{}
	for _, e := range all {
		if e.name == "label" && strings.TrimSpace(e.text) != "" {
			labelled[e.attrs["for"]] = e.attrs["for"] != ""
		}
		ids[e.attrs["id"]]++
	}
	var buttons, inputs int
	for _, e := range all {
		switch {
		case e.name == "button":
			buttons++
			if strings.TrimSpace(e.text+e.attrs["aria-label"]) == "" {
				t.Errorf("a button without a name: %v", e.attrs)
			}
		case e.name == "input", e.name == "select":
			inputs++
			if !labelled[e.attrs["id"]] && strings.TrimSpace(e.label) == "" {
				t.Errorf("an input without a label: %v", e.attrs)
			}
		}
		for _, reference := range []string{"aria-controls", "aria-labelledby", "for"} {
			if id := e.attrs[reference]; id != "" && ids[id] != 1 {
				t.Errorf("%s=%q names %d elements", reference, id, ids[id])
			}
		}
	}
	if buttons < 20 || inputs < 5 {
		t.Errorf("only %d buttons and %d inputs were seen", buttons, inputs)
	}
}

func TestPageShowsCastAndMenu(t *testing.T) {
	t.Parallel()
	var people, holders, headings, keys, chips []string
	for _, e := range elements(t, newStage(t).ask(t, "GET", "", "").body) {
		switch {
		case e.attrs["data-openid"] != "":
			people = append(people, e.attrs["data-openid"]+"="+strings.Join(strings.Fields(e.text), "/"))
		case e.name == "option" && e.attrs["data-note"] != "":
			holders = append(holders, e.attrs["value"]+"="+e.text+"/"+e.attrs["data-note"])
		case e.name == "h3":
			headings = append(headings, e.text)
		case e.attrs["data-key"] != "":
			keys = append(keys, e.attrs["data-key"]+"="+strings.TrimSpace(e.text))
		case e.attrs["data-words"] != "":
			chips = append(chips, e.attrs["data-words"])
		}
	}
	for name, c := range map[string]struct {
		got  []string
		want string
	}{
		"people":   {people, "o-chunlin=贺春林/得分高 o-guixiang=向桂香/在两户里 o-stranger=陌生人 o-member=余广翠/小组成员"},
		"holders":  {holders, "o-member=余广翠/小组成员 o-chunlin=贺春林/得分高 o-guixiang=向桂香/在两户里"},
		"headings": {headings, "红旗村 路过的人 积分工作组"},
		"keys":     {keys, "points=查积分 lines=看明细 help=帮助"},
		"chips":    {chips[:7], "积分 明细 排名 公示 更多 换户 帮助"},
	} {
		if got := strings.Join(c.got, " "); got != c.want {
			t.Errorf("%s: %s, want %s", name, got, c.want)
		}
	}
}

func TestScriptFindsWhatThePageHolds(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	page, script := s.ask(t, "GET", "", "").body, s.ask(t, "GET", "app.js", "").body+s.ask(t, "GET", "mini.js", "").body
	asked := regexp.MustCompile(`\$\("([a-z-]+)"\)`).FindAllStringSubmatch(script, -1)
	if len(asked) < 60 {
		t.Fatalf("only %d look-ups were seen", len(asked))
	}
	for _, id := range asked {
		if !strings.Contains(page, `id="`+id[1]+`"`) {
			t.Errorf("the page has no %s", id[1])
		}
	}
}
