package weixin

import (
	"encoding/json"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"
)

func newMiniReceiver(tb testing.TB, c ReceiverConfig) *MiniReceiver {
	tb.Helper()
	m, err := NewMiniReceiver(c)
	if err != nil {
		tb.Fatal(err)
	}
	return m
}

// miniPush is a push to the Mini Program in JSON, where inner is of an app and
// addressed to an account.
func miniPush(tb testing.TB, app, account, inner string) (url.Values, []byte) {
	tb.Helper()
	key, err := decodeAESKey(testKey)
	if err != nil {
		tb.Fatal(err)
	}
	sealed := key.seal([]byte("0123456789abcdef"), []byte(inner), app)
	outer, err := json.Marshal(map[string]string{"ToUserName": account, "Encrypt": sealed})
	if err != nil {
		tb.Fatal(err)
	}
	return signedQuery(testToken, strconv.FormatInt(noon.Unix(), 10), sealed), outer
}

// TestRealVerdicts: of the platform's own samples only the one that says pass
// without an error is a pass.
func TestRealVerdicts(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("testdata/vectors/json-in/event_wxa_media_check.*.json")
	if err != nil || len(files) < 4 {
		t.Fatalf("%v, %v", files, err)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var v struct {
			ToUserName string
			AppID      string `json:"appid"`
			Trace      string `json:"trace_id"`
		}
		if err := json.Unmarshal(text, &v); err != nil {
			t.Fatal(err)
		}
		c := testConfig()
		c.AppID, c.OriginalID = v.AppID, v.ToUserName
		query, body := miniPush(t, v.AppID, v.ToUserName, string(text))
		got, err := newMiniReceiver(t, c).Open(query, body, noon)
		want := Review
		if strings.Contains(file, ".doc.") {
			want = Pass
		}
		if err != nil || got.Event != mediaCheck || got.Verdict == nil || *got.Verdict != (MediaVerdict{v.Trace, want}) {
			t.Errorf("%s: %+v, %v", filepath.Base(file), got, err)
		}
	}
}

const trace = "60f96f1d-3845297a-1976a3ae"

func verdictXML(rest string) string {
	return fmt.Sprintf("<xml><ToUserName><![CDATA[%s]]></ToUserName><FromUserName><![CDATA[oPlatform]]></FromUserName><CreateTime>1626959646</CreateTime>"+
		"<MsgType><![CDATA[event]]></MsgType><Event><![CDATA[wxa_media_check]]></Event><appid><![CDATA[%s]]></appid><trace_id><![CDATA[%s]]></trace_id>"+
		"<version>2</version>%s</xml>", testAccount, testApp, trace, rest)
}

func verdictJSON(rest string) string {
	return fmt.Sprintf(`{"ToUserName":%q,"CreateTime":"1626959646","MsgType":"event","Event":"wxa_media_check","appid":%q,"trace_id":%q%s}`, testAccount, testApp, trace, rest)
}

func TestOnlyPassPasses(t *testing.T) {
	t.Parallel()
	m := newMiniReceiver(t, testConfig())
	detail := "<detail><strategy><![CDATA[content_model]]></strategy><errcode>0</errcode><suggest><![CDATA[pass]]></suggest></detail>"
	for inner, want := range map[string]Suggest{
		verdictXML(detail + "<errcode>0</errcode><result><suggest><![CDATA[pass]]></suggest><label>100</label></result>"): Pass,
		verdictXML("<errcode>0</errcode><result><suggest><![CDATA[risky]]></suggest></result>" + detail):                  Risky,
		verdictXML("<errcode>0</errcode><result><suggest><![CDATA[review]]></suggest></result>"):                          Review,
		verdictXML("<errcode>-1008</errcode><errmsg><![CDATA[下载错误]]></errmsg>"):                                           Review,
		verdictXML("<errcode>-1008</errcode><result><suggest><![CDATA[pass]]></suggest></result>"):                        Review,
		verdictXML("<result><suggest><![CDATA[pass]]></suggest></result>"):                                                Review,
		verdictXML("<errcode>0</errcode>" + detail):                                                                       Review,
		verdictXML("<errcode>0</errcode><suggest><![CDATA[pass]]></suggest>"):                                             Review,
		verdictXML("<isrisky>0</isrisky><status_code>0</status_code>"):                                                    Review,
		verdictJSON(`,"errcode":0,"result":{"suggest":"pass","label":100}`):                                               Pass,
		verdictJSON(`,"errcode":"0","result":{"suggest":"pass"}`):                                                         Pass,
		verdictJSON(`,"errcode":0,"result":{"suggest":"risky"}`):                                                          Risky,
		verdictJSON(`,"errcode":0,"result":{"suggest":"Pass"}`):                                                           Review,
		verdictJSON(`,"errcode":0,"result":{}`):                                                                           Review,
		verdictJSON(`,"errcode":0`):                                                                                       Review,
		verdictJSON(`,"result":{"suggest":"pass"}`):                                                                       Review,
		verdictJSON(`,"errcode":-1,"result":{"suggest":"pass"}`):                                                          Review,
		verdictJSON(`,"isrisky":0,"status_code":4294966287`):                                                              Review,
	} {
		query, body := miniPush(t, testApp, testAccount, inner)
		if strings.HasPrefix(inner, "<") {
			query, body = push{inner: inner}.made(t)
		}
		got, err := m.Open(query, body, noon)
		if err != nil || got.Verdict == nil || *got.Verdict != (MediaVerdict{trace, want}) {
			t.Errorf("%s: %+v, %v; want %s", inner, got.Verdict, err, want)
		}
	}
}

// Other events have no verdict, whatever they hold.
func TestOtherPushesToTheMiniProgram(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("testdata/vectors/json-in/*.json")
	if err != nil || len(files) < 10 {
		t.Fatalf("%v, %v", files, err)
	}
	c := testConfig()
	c.OriginalID = "" // they are addressed to many
	m := newMiniReceiver(t, c)
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(file, mediaCheck) {
			continue
		}
		query, body := miniPush(t, testApp, "gh_any", string(text))
		if got, err := m.Open(query, body, noon); err != nil || got.Verdict != nil {
			t.Errorf("%s: %+v, %v", filepath.Base(file), got, err)
		}
	}
	query, body := miniPush(t, testApp, "", `{"MsgType":"text","Content":"wxa_media_check","trace_id":"x"}`)
	if got, err := m.Open(query, body, noon); err != nil || got.Verdict != nil || got.Event != "" {
		t.Errorf("%+v, %v", got, err)
	}
}

func TestRefusedPushesToTheMiniProgram(t *testing.T) {
	t.Parallel()
	m := newMiniReceiver(t, testConfig())
	good := verdictJSON(`,"errcode":0,"result":{"suggest":"pass"}`)
	query, body := miniPush(t, testApp, testAccount, good)
	if _, err := m.Open(query, body, noon.Add(-Fresh)); err != nil {
		t.Fatal(err)
	}
	open := func(what string, query url.Values, body []byte, want Refusal) {
		t.Helper()
		_, err := m.Open(query, body, noon)
		refused(t, what, err, want)
	}
	for bit := range 160 * 2 {
		signature := []byte(query.Get("msg_signature"))
		signature[bit/8] ^= 1 << (bit % 8)
		open("signature bit "+strconv.Itoa(bit), with(query, "msg_signature", string(signature)), body, BadSignature)
	}
	open("no signature", with(query, "msg_signature"), body, BadSignature)
	open("plain", with(query, "encrypt_type", "raw"), []byte(good), Downgraded)
	open("plain, unsaid", with(query, "encrypt_type"), []byte(good), Downgraded)
	open("nothing encrypted", query, []byte(good), BadXML)
	open("something behind", query, append(body, "{}"...), BadXML)
	open("an array", query, append([]byte("["), append(body, ']')...), BadXML)
	open("too large", query, append(body, make([]byte, MaxBody)...), TooLarge)
	for _, later := range []time.Duration{Fresh + time.Second, -Fresh - time.Second} {
		_, err := m.Open(query, body, noon.Add(later))
		refused(t, "stale", err, Stale)
	}
	for what, made := range map[string]struct {
		app, account, inner string
		want                Refusal
	}{
		"another app":             {"wx0000000000000000", testAccount, good, WrongApp},
		"another account outside": {testApp, "gh_other", good, WrongAccount},
		"another account inside":  {testApp, testAccount, strings.Replace(good, testAccount, "gh_other", 1), WrongAccount},
		"another appid inside":    {testApp, testAccount, strings.Replace(good, testApp, "wx0000000000000000", 1), BadMessage},
		"no number":               {testApp, testAccount, strings.Replace(good, trace, "", 1), BadMessage},
		"an odd number":           {testApp, testAccount, strings.Replace(good, trace, "a b", 1), BadMessage},
		"something behind inside": {testApp, testAccount, good + "{}", BadMessage},
		"cut off":                 {testApp, testAccount, good[:40], BadMessage},
		"no form":                 {testApp, testAccount, "pass", BadXML},
	} {
		query, body := miniPush(t, made.app, made.account, made.inner)
		open(what, query, body, made.want)
	}
	query, body = push{inner: verdictXML("<errcode>0</errcode><errcode>0</errcode>")}.made(t)
	open("a field twice", query, body, BadXML)
}

func TestMiniReceiverNeedsItsKeys(t *testing.T) {
	t.Parallel()
	if _, err := NewMiniReceiver(ReceiverConfig{}); err == nil {
		t.Error("nothing was enough")
	}
	c := testConfig()
	c.AESKey, c.PreviousAESKey = oldKey, testKey
	query, body := miniPush(t, testApp, testAccount, verdictJSON(""))
	if got, err := newMiniReceiver(t, c).Open(query, body, noon); err != nil || got.Verdict == nil {
		t.Errorf("the previous key: %+v, %v", got, err)
	}
	q := url.Values{"timestamp": {strconv.FormatInt(noon.Unix(), 10)}, "nonce": {"1"}, "echostr": {"echo"}}
	signature := sign([]string{testToken, q.Get("timestamp"), "1"})
	q.Set("signature", string(signature[:]))
	if echo, err := newMiniReceiver(t, testConfig()).Verify(q, noon); err != nil || echo != "echo" {
		t.Errorf("%q, %v", echo, err)
	}
}
