package weixin

import (
	"encoding/xml"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// nested is an element of so many levels, named a.
func nested(levels int) string {
	return strings.Repeat("<a>", levels) + "x" + strings.Repeat("</a>", levels)
}

// badShapes are packets that the platform never writes. Each is a good text
// message but for one thing.
func badShapes() map[string]string {
	good := textMessage("积分")
	body := strings.TrimSuffix(strings.TrimPrefix(good, "<xml>"), "</xml>")
	root := func(more string) string { return "<xml>" + body + more + "</xml>" }
	content := func(raw string) string { return strings.Replace(good, "<![CDATA[积分]]>", raw, 1) }
	laughs := `<!DOCTYPE lolz [<!ENTITY lol "lol">`
	for i := range 9 {
		laughs += fmt.Sprintf(`<!ENTITY lol%d "%s">`, i, strings.Repeat("&lol;", 10))
	}
	shapes := map[string]string{
		"external entity":        `<!DOCTYPE foo [<!ENTITY xxe SYSTEM "file:///etc/passwd">]>` + content("&xxe;"),
		"external entity http":   `<!DOCTYPE foo [<!ENTITY xxe SYSTEM "http://127.0.0.1:1/">]>` + content("&xxe;"),
		"parameter entity":       `<!DOCTYPE foo [<!ENTITY % p SYSTEM "http://127.0.0.1:1/x.dtd"> %p;]>` + good,
		"external DTD":           `<!DOCTYPE xml SYSTEM "http://127.0.0.1:1/x.dtd">` + good,
		"public DTD":             `<!DOCTYPE xml PUBLIC "-//x" "http://127.0.0.1:1/x.dtd">` + good,
		"billion laughs":         laughs + "]>" + content("&lol8;"),
		"quadratic blow-up":      `<!DOCTYPE x [<!ENTITY a "` + strings.Repeat("a", 9999) + `">]>` + content(strings.Repeat("&a;", 999)),
		"DOCTYPE alone":          "<!DOCTYPE xml>" + good,
		"doctype in small":       "<!doctype xml>" + good,
		"DOCTYPE inside":         root("<!DOCTYPE a>"),
		"entity declaration":     root(`<!ENTITY a "b">`),
		"undeclared entity":      content("&nbsp;"),
		"entity of nothing":      content("&;"),
		"open entity":            content("a &amp b"),
		"bare ampersand":         content("a & b"),
		"character zero":         content("&#0;"),
		"character two":          content("&#x2;"),
		"surrogate":              content("&#xD800;"),
		"beyond Unicode":         content("&#x110000;"),
		"huge reference":         content("&#99999999999999999999;"),
		"hex X in capital":       content("&#X41;"),
		"signed reference":       content("&#+65;"),
		"XInclude":               root(`<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="file:///etc/passwd"/>`),
		"declaration":            `<?xml version="1.0" encoding="UTF-8"?>` + good,
		"instruction":            root(`<?php echo 1 ?>`),
		"instruction behind":     good + "<?a?>",
		"stylesheet":             `<?xml-stylesheet href="http://127.0.0.1:1/"?>` + good,
		"comment":                root("<!-- a -->"),
		"comment before":         "<!-- a -->" + good,
		"comment behind":         good + "<!-- a -->",
		"comment in a value":     content("兑<!-- -->换"),
		"five levels":            root(nested(5)),
		"deep":                   root(nested(200)),
		"very deep":              root(nested(7000)),
		"deep and never closed":  "<xml>" + strings.Repeat("<a>", 9000),
		"many empty elements":    root(strings.Repeat("<a/>", 400)),
		"many elements":          root(strings.Repeat("<a>1</a>", 140)),
		"many CDATA":             content(strings.Repeat("<![CDATA[a]]>", 400)),
		"many blanks between":    root(strings.Repeat(" <a/>", 200)),
		"closed too often":       good + "</xml>",
		"second root":            good + good,
		"second empty root":      good + "<xml/>",
		"words behind":           good + "x",
		"CDATA behind":           good + "<![CDATA[x]]>",
		"words before":           "x" + good,
		"byte order mark":        "\ufeff" + good,
		"zero before":            "\x00" + good,
		"empty":                  "",
		"blank":                  " \n",
		"another root":           strings.ReplaceAll(good, "xml>", "html>"),
		"root in capitals":       strings.ReplaceAll(good, "xml>", "XML>"),
		"attribute":              strings.Replace(good, "<Content>", `<Content a="b">`, 1),
		"attribute of the root":  strings.Replace(good, "<xml>", `<xml xmlns="http://x/">`, 1),
		"prefix":                 root("<a:b>1</a:b>"),
		"words between elements": root("hello"),
		"CDATA between elements": root("<![CDATA[hello]]>"),
		"element in a value":     content("积<b>分</b>"),
		"element in the sender":  strings.Replace(good, "<![CDATA["+wangFang, "<i/><![CDATA["+wangFang, 1),
		"id in the content":      content("<MsgId>1</MsgId>"),
		"not closed":             strings.TrimSuffix(good, "</xml>"),
		"cut in a tag":           good[:len(good)-3],
		"cut in CDATA":           good[:strings.Index(good, "积分")],
		"cut in the opening":     good[:len(good)/2],
		"crossed":                root("<a><b>1</a></b>"),
		"closed as another":      strings.Replace(good, "</Content>", "</content>", 1),
		"closing with attribute": strings.Replace(good, "</Content>", `</Content a="b">`, 1),
		"blank before a name":    root("< OpenPID>1</ OpenPID>"),
		"digit before a name":    root("<1a>1</1a>"),
		"nameless":               root("<>1</>"),
		"CDATA in small":         content("<![cdata[积分]]>"),
		"CDATA end alone":        content("积]]>分"),
		"CDATA without end":      content("<![CDATA[积分"),
		"less than":              content("1 < 2"),
		"UTF-16":                 strings.Join(strings.Split(good, ""), "\x00"),
		"JSON":                   `{"MsgType":"text","Content":"积分"}`,
		"form":                   "MsgType=text&Content=1",
	}
	for _, name := range []string{"ToUserName", "FromUserName", "CreateTime", "MsgType", "Content", "MsgId", "Event", "EventKey", "MsgID"} {
		value := map[string]string{"ToUserName": testAccount, "FromUserName": wangFang, "CreateTime": "1775188800", "MsgType": "text"}[name]
		twice := fmt.Sprintf("<%s>%s</%s>", name, value, name)
		shapes["twice "+name] = root(twice + twice)
		shapes["empty, then "+name] = root("<" + name + "/>" + twice)
	}
	return shapes
}

func TestBadShapesAreRefused(t *testing.T) {
	t.Parallel()
	r := newReceiver(t, testConfig())
	shapes := badShapes()
	if len(shapes) < 60 {
		t.Errorf("%d shapes", len(shapes))
	}
	for what, text := range shapes {
		_, err := parse(text)
		refused(t, what, err, BadXML)
		if len(text) < 30_000 {
			_, err = openInner(t, r, text)
			refused(t, what+", sealed", err, BadXML)
		}
	}
}

// TestBadEnvelopesAreRefused puts the shapes around a sealed part that is good
// and rightly signed: the signature does not cover what surrounds it.
func TestBadEnvelopesAreRefused(t *testing.T) {
	t.Parallel()
	r := newReceiver(t, testConfig())
	query, body := push{inner: textMessage("积分")}.made(t)
	sealed := mustLocate(t, body)
	part := "<Encrypt>" + sealed + "</Encrypt>"
	for what, text := range map[string]string{
		"DOCTYPE":             "<!DOCTYPE a>" + string(body),
		"comment":             "<!-- -->" + string(body),
		"behind":              string(body) + "x",
		"twice":               "<xml>" + part + part + "</xml>",
		"deeper":              "<xml><a>" + part + "</a></xml>",
		"without a root":      part,
		"in CDATA":            "<xml><a><![CDATA[" + part + "]]></a></xml>",
		"attribute":           "<xml><Encrypt a='b'>" + sealed + "</Encrypt></xml>",
		"account twice":       "<xml>" + part + strings.Repeat("<ToUserName>"+testAccount+"</ToUserName>", 2) + "</xml>",
		"too many":            "<xml>" + part + strings.Repeat("<a/>", 400) + "</xml>",
		"nothing":             "",
		"no Encrypt":          "<xml><ToUserName>a</ToUserName></xml>",
		"empty Encrypt":       "<xml><Encrypt></Encrypt></xml>",
		"CDATA left open":     "<xml><Encrypt><![CDATA[" + sealed + "</Encrypt></xml>",
		"not closed":          "<xml><Encrypt>" + sealed,
		"second one unclosed": "<xml>" + part + "<Encrypt></xml>",
	} {
		_, err := r.Open(query, []byte(text), noon)
		refused(t, what, err, BadXML)
	}
	for what, text := range map[string]string{
		"without CDATA": "<xml>" + part + "</xml>",
		"with blanks":   "\n<xml>\n\t<Encrypt>\n<![CDATA[" + sealed + "]]>\r\n</Encrypt>\n</xml>\n",
	} {
		if _, err := r.Open(query, []byte(text), noon); err != nil {
			t.Errorf("%s: %v", what, err)
		}
	}
}

// TestInjectedWords are what a person could type if the platform passes a
// CDATA end on as it is. Nothing of it may reach a field but the words.
func TestInjectedWords(t *testing.T) {
	t.Parallel()
	const victim = "oLiQiang_0123456789abcdefghij"
	steal := "<FromUserName><![CDATA[" + victim + "]]></FromUserName>"
	for _, words := range []string{
		"x]]></Content>" + steal + "<Content><![CDATA[兑换 100",
		"]]></Content>" + steal + "<Content><![CDATA[",
		"]]></Content><FromUserName>" + victim + "</FromUserName><Content><![CDATA[兑换",
		"]]></Content>" + steal + "<a><![CDATA[",
		"]]></Content>" + steal + "<Recognition><![CDATA[",
		"]]></Content><MsgId>1</MsgId><Content><![CDATA[x",
		"]]><MsgId>0</MsgId><![CDATA[x",
		"]]>" + steal + "<![CDATA[x",
		"]]><b/><![CDATA[x",
		"]]><!-- --><![CDATA[x",
		"]]><!--<![CDATA[x",
		"]]><?a?><![CDATA[x",
		"]]></Content><!--",
		"]]></Content></xml>",
		"]]></Content></xml><xml>" + steal + "<Content><![CDATA[x",
		"]]></Content></xml><!--",
		"]]></Content><Event>subscribe</Event><Content><![CDATA[x",
		"]]></Content><MsgType>event</MsgType><Content><![CDATA[x",
		"]]></Content><MsgType><![CDATA[image]]></MsgType><PicUrl><![CDATA[x",
		"]]></Content><ToUserName>gh_x</ToUserName><Content><![CDATA[x",
		"]]></Content><xml>" + steal + "<Content><![CDATA[x]]></Content></xml><Content><![CDATA[x",
		"]]></Content><Content>x</Content><Content><![CDATA[",
		"]]></Content ><CreateTime>1</CreateTime><Content ><![CDATA[x",
		"]]></status>",
		"]]>&xxe;<![CDATA[x",
		"]]>]]><![CDATA[x",
	} {
		u, err := openInner(t, newReceiver(t, testConfig()), textMessage(words))
		refused(t, words, err, BadXML)
		if u.From != "" || u.Words != "" {
			t.Errorf("%q gave %+v", words, u)
		}
	}
	for words, want := range map[string]string{
		"a]]><![CDATA[b":     "ab",
		"a]]>b<![CDATA[c":    "abc",
		"a]]>&lt;<![CDATA[c": "a<c",
		"<FromUserName>x":    "<FromUserName>x",
		"&lt;&amp;&#65;":     "&lt;&amp;&#65;",
		"]] >":               "]] >",
		"</xml>":             "</xml>",
		"a\r\nb\rc":          "a\nb\nc",
		"a\ufffe\x1b\xffb":   "ab",
		"\ufffd":             "\ufffd",
		"🌾 好\t好":             "🌾 好\t好",
	} {
		u, err := openInner(t, newReceiver(t, testConfig()), textMessage(words))
		if err != nil || u.Words != want || u.From != wangFang || u.Key != "24517634512345678" {
			t.Errorf("%q gave %+v, %v", words, u, err)
		}
	}
}

func TestLimitsAreNotTighterThanStated(t *testing.T) {
	t.Parallel()
	for what, text := range map[string]string{
		"four levels below the root": "<xml>" + nested(4) + "</xml>",
		"400 tokens":                 "<xml>" + strings.Repeat("<a/>", 398) + "</xml>",
		"references":                 "<xml><Content>&#60;&#x3e;&amp;&apos;&quot;&#x1F33E;</Content></xml>",
		"unknown ones repeated":      "<xml><a/><a/></xml>",
	} {
		if _, err := parse(text); err != nil {
			t.Errorf("%s: %v", what, err)
		}
	}
	if p, _ := parse("<xml><Content>&#60;&#x3e;&amp;&apos;&quot;&#x1F33E;</Content></xml>"); p[content] != `<>&'"🌾` {
		t.Errorf("got %q", p[content])
	}
}

// FuzzParse compares with the standard library: whatever is accepted here, it
// accepts too, and reads the same in every field.
func FuzzParse(f *testing.F) {
	for _, text := range badShapes() {
		if len(text) < 4096 {
			f.Add(text)
		}
	}
	files, err := filepath.Glob("testdata/vectors/xml-*/*.xml")
	if err != nil || len(files) == 0 {
		f.Fatal("no vectors", err)
	}
	for _, name := range files {
		text, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(string(text))
	}
	f.Fuzz(func(t *testing.T, text string) {
		p, items, err := parseAll(text)
		if err != nil {
			if err != BadXML || p != (packet{}) || items != nil {
				t.Fatalf("refused as %v with %v", err, p)
			}
			return
		}
		for i, value := range p {
			if legal(value) != value || strings.Trim(value, blanks) != value {
				t.Errorf("field %d keeps %q", i, value)
			}
		}
		if legal(text) == text { // else the standard library refuses what is dropped here
			sameAsStandard(t, text, p, items)
		}
	})
}

func sameAsStandard(t *testing.T, text string, p packet, items []item) {
	t.Helper()
	var parents []string
	var values []string
	lists := 0
	decoder := xml.NewDecoder(strings.NewReader(text))
	for {
		token, err := decoder.RawToken()
		if err == io.EOF {
			return
		}
		if err != nil {
			t.Fatalf("the standard library refuses %q: %v", text, err)
		}
		switch token := token.(type) {
		case xml.StartElement:
			if isList(token.Name.Local, parents) {
				lists++
			}
			parents, values = append(parents, token.Name.Local), append(values, "")
		case xml.CharData:
			if len(values) > 0 {
				values[len(values)-1] += string(token)
			}
		case xml.EndElement:
			last := len(parents) - 1
			f := fieldAt(parents[last], parents[:last])
			var got string
			want := strings.Trim(values[last], blanks)
			switch {
			case f == ignored:
				got = want
			case f < fieldCount:
				got = p[f]
			default:
				got = *items[lists-1].at(f)
			}
			if got != want {
				t.Fatalf("%s is %q here, %q there", strconv.Quote(parents[last]), got, want)
			}
			parents, values = parents[:last], values[:last]
		}
	}
}

// FuzzOpen signs and seals whatever it is given, and posts it raw as well.
func FuzzOpen(f *testing.F) {
	f.Add("积分", "QUJD", []byte(textMessage("积分")))
	f.Add("x]]></Content><FromUserName>o</FromUserName><Content><![CDATA[y", "====", []byte("<xml/>"))
	f.Add("\x00\xff", strings.Repeat("A", 64), envelope("a", "b"))
	r := newReceiver(f, testConfig())
	f.Fuzz(func(t *testing.T, words, sealed string, raw []byte) {
		query, body := push{inner: textMessage(words)}.made(t)
		opened, err := r.Open(query, body, noon)
		if err == nil && (opened.Update.From != wangFang || opened.Update.Key != "24517634512345678") {
			t.Errorf("%q gave %+v", words, opened.Update)
		}
		if _, isRefusal := err.(Refusal); err != nil && !isRefusal {
			t.Errorf("%q: %v", words, err)
		}
		stamp := strconv.FormatInt(noon.Unix(), 10)
		if _, err := r.Open(signedQuery(testToken, stamp, sealed), envelope(testAccount, sealed), noon); err == nil {
			t.Errorf("%q opened", sealed)
		}
		if _, err := r.Open(query, raw, noon); err == nil && mustLocate(t, raw) != mustLocate(t, body) {
			t.Errorf("%q opened", raw)
		}
	})
}
