package weixin

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/xiangfeng/xiangfeng/bot"
)

func TestReceiverOpensAQuestion(t *testing.T) {
	t.Parallel()
	query, body := push{inner: textMessage(" 积分\x02 "), openid: wangFang}.made(t)
	opened, err := newReceiver(t, testConfig()).Open(query, body, noon)
	if err != nil || !opened.ForBot() {
		t.Fatal(opened, err)
	}
	want := bot.Update{Key: "24517634512345678", From: wangFang, Kind: bot.Text, Words: "积分", At: noon.UTC()}
	if diff := cmp.Diff(want, opened.Update); diff != "" {
		t.Error(diff)
	}
}

func TestConfigurationNamesEveryFaultAndNoSecret(t *testing.T) {
	t.Parallel()
	secrets := []string{"no-token!", "short-key-canary", "short-previous-canary"}
	_, err := NewReceiver(ReceiverConfig{Token: secrets[0], AESKey: secrets[1], PreviousAESKey: secrets[2]})
	if err == nil {
		t.Fatal("accepted")
	}
	for _, name := range []string{"app_id：", "original_id：", "token：", "aes_key：", "previous_aes_key："} {
		if !strings.Contains(err.Error(), name) {
			t.Errorf("%s is not named", name)
		}
	}
	for _, secret := range secrets {
		if strings.Contains(err.Error(), secret) {
			t.Errorf("%q stands in the error", secret)
		}
	}
}

// TestForgedPacketsAreRefused flips every bit of a valid ciphertext once, both
// under the packet's signature and, so that the layers beneath it are seen
// too, under one made anew with the right token; then signs with wrong tokens.
func TestForgedPacketsAreRefused(t *testing.T) {
	t.Parallel()
	r := newReceiver(t, testConfig())
	query, body := push{inner: textMessage("积分"), openid: wangFang}.made(t)
	sealed, _ := locate(string(body))
	ciphertext, err := base64.StdEncoding.DecodeString(sealed)
	if err != nil {
		t.Fatal(err)
	}
	timestamp := query.Get("timestamp")
	for bit := range len(ciphertext) * 8 {
		ciphertext[bit/8] ^= 1 << (bit % 8)
		forged := base64.StdEncoding.EncodeToString(ciphertext)
		ciphertext[bit/8] ^= 1 << (bit % 8)
		_, err := r.Open(query, envelope(testAccount, forged), noon)
		refused(t, fmt.Sprint("bit ", bit), err, BadSignature)
		// No panic beneath the signature; what opens is another text at most.
		_, _ = r.Open(signedQuery(testToken, timestamp, forged), envelope(testAccount, forged), noon)
	}
	for i := range 1000 {
		_, err := r.Open(signedQuery("wrong"+strconv.Itoa(i), timestamp, sealed), body, noon)
		refused(t, fmt.Sprint("token ", i), err, BadSignature)
	}
	for bit := range 160 * 2 { // a signature is 40 hexadecimal digits
		signature := []byte(query.Get("msg_signature"))
		signature[bit/8] ^= 1 << (bit % 8)
		forged := with(query, "msg_signature", string(signature))
		_, err := r.Open(forged, body, noon)
		refused(t, fmt.Sprint("signature bit ", bit), err, BadSignature)
	}
}

func with(query url.Values, name string, values ...string) url.Values {
	changed := url.Values{}
	for k, v := range query {
		changed[k] = v
	}
	changed[name] = values
	if len(values) == 0 {
		delete(changed, name)
	}
	return changed
}

func TestSignatureParametersAreGivenOnce(t *testing.T) {
	t.Parallel()
	r := newReceiver(t, testConfig())
	query, body := push{inner: textMessage("积分")}.made(t)
	for _, name := range []string{"msg_signature", "timestamp", "nonce"} {
		value := query.Get(name)
		for what, changed := range map[string]url.Values{
			"absent": with(query, name), "empty": with(query, name, ""), "twice": with(query, name, value, value),
			"upper": with(query, name, strings.ToUpper(value)+" "), "long": with(query, name, strings.Repeat(value, 99)),
		} {
			_, err := r.Open(changed, body, noon)
			refused(t, name+" "+what, err, BadSignature)
		}
	}
	// A nonce is repeated in the reply, so it must not speak XML even if signed.
	odd := "1]]></Nonce>"
	signature := sign([]string{testToken, query.Get("timestamp"), odd, mustLocate(t, body)})
	_, err := r.Open(with(with(query, "nonce", odd), "msg_signature", string(signature[:])), body, noon)
	refused(t, "odd nonce", err, BadSignature)
}

func mustLocate(tb testing.TB, body []byte) string {
	tb.Helper()
	sealed, ok := locate(string(body))
	if !ok {
		tb.Fatal("no Encrypt")
	}
	return sealed
}

// TestDowngradesAreRefused sends 40 and more shapes of a packet that is not in
// safe mode, each with a signature that is right for plain mode.
func TestDowngradesAreRefused(t *testing.T) {
	t.Parallel()
	r := newReceiver(t, testConfig())
	query, body := push{inner: textMessage("兑换 100")}.made(t)
	sealed := mustLocate(t, body)
	modes := [][]string{nil, {""}, {"raw"}, {"RAW"}, {"AES"}, {"Aes"}, {" aes"}, {"aes "}, {"aes\x00"}, {"plain"}, {"none"},
		{"null"}, {"0"}, {"aes128"}, {"aes", "raw"}, {"raw", "aes"}, {"aes", "aes"}, {"", "aes"}, {"aes", ""}, {"ａｅｓ"}}
	bodies := map[string]string{
		"plain":      textMessage("兑换 100"),
		"compatible": strings.Replace(textMessage("兑换 100"), "</xml>", "<Encrypt>"+sealed+"</Encrypt></xml>", 1),
	}
	shapes := 0
	for _, mode := range modes {
		for what, text := range bodies {
			_, err := r.Open(with(query, "encrypt_type", mode...), []byte(text), noon)
			refused(t, fmt.Sprintf("%q %s", mode, what), err, Downgraded)
			shapes++
		}
	}
	if shapes < 40 {
		t.Errorf("%d shapes", shapes)
	}
	_, err := r.Open(query, []byte(bodies["plain"]), noon)
	refused(t, "plain body said to be safe", err, BadXML)
	opened, err := r.Open(query, []byte(bodies["compatible"]), noon)
	if err != nil || opened.key == nil {
		t.Errorf("in compatible mode the sealed part counts: %v", err)
	}
}

func TestPlainModeIsForDevelopment(t *testing.T) {
	t.Parallel()
	c := testConfig()
	c.AllowPlain = true
	r := newReceiver(t, c)
	query, _ := push{}.made(t)
	for _, mode := range [][]string{nil, {"raw"}} {
		opened, err := r.Open(with(query, "encrypt_type", mode...), []byte(textMessage("积分")), noon)
		if err != nil || opened.Update.Words != "积分" {
			t.Fatal(opened, err)
		}
		if got := xmlValue(t, r.Seal(bot.Reply{Text: "36 分"}, opened, noon), "Content"); got != "36 分" {
			t.Errorf("answered %q", got)
		}
	}
	_, err := r.Open(with(query, "encrypt_type"), []byte(textMessage("积分")), noon.Add(time.Hour))
	refused(t, "old", err, Stale)
	_, err = r.Open(with(with(query, "encrypt_type"), "signature", "0"), []byte(textMessage("积分")), noon)
	refused(t, "forged", err, BadSignature)
}

func TestReplaysCountByTheProductsClock(t *testing.T) {
	t.Parallel()
	r := newReceiver(t, testConfig())
	query, body := push{inner: textMessage("积分")}.made(t)
	first, err := r.Open(query, body, noon)
	if err != nil {
		t.Fatal(err)
	}
	for range 100 { // the effect is once by its key, and the reply is the same
		again, err := r.Open(query, body, noon.Add(Fresh))
		if err != nil || again.Update != first.Update {
			t.Fatal(again, err)
		}
	}
	for _, edge := range []struct {
		off   time.Duration
		fresh bool
	}{
		{299 * time.Second, true}, {300 * time.Second, true}, {301 * time.Second, false},
		{-299 * time.Second, true}, {-300 * time.Second, true}, {-301 * time.Second, false},
	} {
		if _, err := r.Open(query, body, noon.Add(edge.off)); (err == nil) != edge.fresh {
			t.Errorf("%v away: %v", edge.off, err)
		}
	}
	for i := range 50 {
		_, err := r.Open(query, body, noon.Add(Fresh+time.Duration(i*i+1)*time.Second))
		refused(t, fmt.Sprint("late ", i), err, Stale)
	}
}

func TestOddTimestampsAreStale(t *testing.T) {
	t.Parallel()
	r := newReceiver(t, testConfig())
	_, body := push{inner: textMessage("积分")}.made(t)
	now := strconv.FormatInt(noon.Unix(), 10)
	for _, timestamp := range []string{
		now + "000", now + "0", now[:9], "0" + now, "+" + now[1:], "-" + now[1:], " " + now[1:], now[:9] + " ",
		now[:9] + "x", "1e9", "0x6" + now[:7], "NaN", now + ".0", "6070486400"[:9] + "9", "4294967296", "0000000000", "9999999999", "１７７５", strings.Repeat("9", 40),
	} {
		_, err := r.Open(signedQuery(testToken, timestamp, mustLocate(t, body)), body, noon)
		refused(t, timestamp, err, Stale)
	}
}

func TestVerifyOfTheAddress(t *testing.T) {
	t.Parallel()
	r := newReceiver(t, testConfig())
	query := signedQuery(testToken, strconv.FormatInt(noon.Unix(), 10), "")
	query.Set("echostr", "4375120948345356249")
	if echo, err := r.Verify(query, noon); err != nil || echo != "4375120948345356249" {
		t.Errorf("got %q, %v", echo, err)
	}
	_, err := r.Verify(query, noon.Add(Fresh+time.Second))
	refused(t, "old", err, Stale)
	_, err = r.Verify(with(query, "signature"), noon)
	refused(t, "unsigned", err, BadSignature)
	_, err = r.Verify(with(query, "nonce", "1"), noon)
	refused(t, "other nonce", err, BadSignature)
}

func TestKeysAppsAndAccounts(t *testing.T) {
	t.Parallel()
	c := testConfig()
	c.PreviousAESKey = oldKey
	both, current := newReceiver(t, c), newReceiver(t, testConfig())
	other := "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"
	text := textMessage("积分")
	for _, tt := range []struct {
		what string
		r    *Receiver
		push push
		want Refusal
	}{
		{"previous key", both, push{inner: text, key: oldKey}, ""},
		{"current key", both, push{inner: text}, ""},
		{"previous key where there is none", current, push{inner: text, key: oldKey}, BadKey},
		{"unknown key", both, push{inner: text, key: other}, BadKey},
		{"another app", both, push{inner: text, app: "wx0000000000000000"}, WrongApp},
		{"another app under the previous key", both, push{inner: text, app: "wx0", key: oldKey}, WrongApp},
		{"another app with ours as prefix", both, push{inner: text, app: testApp + "x"}, WrongApp},
		{"another account outside", both, push{inner: text, account: "gh_other"}, WrongAccount},
		{"another account inside", both, push{inner: strings.Replace(text, testAccount, "gh_other", 1)}, WrongAccount},
		{"no account inside", both, push{inner: "<xml><MsgType>text</MsgType></xml>"}, WrongAccount},
	} {
		query, body := tt.push.made(t)
		opened, err := tt.r.Open(query, body, noon)
		if tt.want != "" {
			refused(t, tt.what, err, tt.want)
			continue
		}
		if err != nil {
			t.Errorf("%s: %v", tt.what, err)
			continue
		}
		if got := replyText(t, tt.push.key, tt.r.Seal(bot.Reply{Text: "36 分"}, opened, noon)); got != "36 分" {
			t.Errorf("%s: the reply is not under the key of the packet: %q", tt.what, got)
		}
	}
}

// replyText opens a sealed reply with the given key alone.
func replyText(tb testing.TB, key string, sealed []byte) string {
	tb.Helper()
	if key == "" {
		key = testKey
	}
	k, err := decodeAESKey(key)
	if err != nil {
		tb.Fatal(err)
	}
	encrypted := xmlValue(tb, sealed, "Encrypt")
	timestamp, nonce := xmlValue(tb, sealed, "TimeStamp"), xmlValue(tb, sealed, "Nonce")
	if !signed(xmlValue(tb, sealed, "MsgSignature"), testToken, timestamp, nonce, encrypted) {
		tb.Error("the reply's signature is wrong")
	}
	ciphertext, err := base64.StdEncoding.DecodeString(encrypted)
	if err != nil {
		tb.Fatal(err)
	}
	message, appID, err := k.open(ciphertext)
	if err != nil || string(appID) != testApp {
		tb.Fatalf("%v, for %q", err, appID)
	}
	return xmlValue(tb, message, "Content")
}

// TestSealedPartsThatCannotBeOpened signs them rightly: what is beneath the
// signature must stand by itself.
func TestSealedPartsThatCannotBeOpened(t *testing.T) {
	t.Parallel()
	r := newReceiver(t, testConfig())
	blocks := func(n int) string { return base64.StdEncoding.EncodeToString(make([]byte, n)) }
	for _, sealed := range []string{
		"x", "====", "not base64!", "AAAA", blocks(1), blocks(16), blocks(31), blocks(32), blocks(33), blocks(48), blocks(64),
		blocks(4096), blocks(4097), "积分", strings.Repeat("A", 40001),
	} {
		query := signedQuery(testToken, strconv.FormatInt(noon.Unix(), 10), sealed)
		_, err := r.Open(query, envelope(testAccount, sealed), noon)
		refused(t, sealed[:min(len(sealed), 12)], err, BadKey)
	}
	_, err := r.Open(signedQuery(testToken, "1", ""), make([]byte, MaxBody+1), noon)
	refused(t, "large", err, TooLarge)
}

// TestSpoofedSenders names another person in the address line, or in what a
// person typed, in 50 and more ways.
func TestSpoofedSenders(t *testing.T) {
	t.Parallel()
	r := newReceiver(t, testConfig())
	const victim = "oLiQiang_0123456789abcdefghij"
	query, body := push{inner: textMessage("积分")}.made(t)
	variants := 0
	for _, openid := range []string{
		victim, strings.ToLower(wangFang), strings.ToUpper(wangFang), wangFang + " ", " " + wangFang, wangFang[:27], wangFang + "x",
		wangFang + "\x00", "0", "null", "undefined", "*", "%", wangFang + "," + victim, "' or '1'='1", "o", "\t", testAccount, wangFang + "\n", "ｏ" + wangFang[1:],
	} {
		_, err := r.Open(with(query, "openid", openid), body, noon)
		refused(t, fmt.Sprintf("%q", openid), err, Spoofed)
		_, err = r.Open(with(query, "openid", wangFang, openid), body, noon)
		refused(t, "twice", err, Spoofed)
		variants += 2
	}
	for _, name := range []string{"OpenID", "open_id", "fromusername", "FromUserName", "unionid", "from", "user", "x-wx-openid", "X-WX-OPENID", "openid[]"} {
		opened, err := r.Open(with(query, name, victim), body, noon)
		if err != nil || opened.Update.From != wangFang {
			t.Errorf("%s: %v, %v", name, opened.Update.From, err)
		}
		variants++
	}
	for _, name := range []string{"subscribe", "CLICK", "SCAN", "VIEW", "TEMPLATESENDJOBFINISH"} {
		query, body := push{inner: eventMessage(name, "k", ""), openid: victim}.made(t)
		_, err := r.Open(query, body, noon)
		refused(t, name, err, Spoofed)
		variants++
	}
	if variants < 50 {
		t.Errorf("%d variants", variants)
	}
	for _, name := range []string{"user_info_modified", "User_Authorization_Revoke", "wxa_media_check"} {
		query, body := push{inner: eventMessage(name, "", ""), openid: victim}.made(t)
		opened, err := r.Open(query, body, noon)
		if err != nil || opened.ForBot() {
			t.Errorf("%s is the platform's: %v, %v", name, opened, err)
		}
	}
}

func TestMessagesNeedTheirIDs(t *testing.T) {
	t.Parallel()
	r := newReceiver(t, testConfig())
	const id, from, at = "<MsgId>24517634512345678</MsgId>", "<![CDATA[" + wangFang + "]]>", "<CreateTime>1775188800</CreateTime>"
	good := textMessage("积分")
	for _, part := range []string{id, from, at} {
		if !strings.Contains(good, part) {
			t.Fatalf("%s is not in the message", part)
		}
	}
	for what, text := range map[string]string{
		"no id":        strings.Replace(good, id, "", 1),
		"empty id":     strings.Replace(good, id, "<MsgId/>", 1),
		"zero":         strings.Replace(good, id, "<MsgId>0</MsgId>", 1),
		"zeros":        strings.Replace(good, id, "<MsgId>0000</MsgId>", 1),
		"spaced id":    strings.Replace(good, id, "<MsgId>1 2</MsgId>", 1),
		"piped id":     strings.Replace(good, id, "<MsgId>1|2</MsgId>", 1),
		"Chinese id":   strings.Replace(good, id, "<MsgId>一</MsgId>", 1),
		"long id":      strings.Replace(good, id, "<MsgId>"+strings.Repeat("9", 129)+"</MsgId>", 1),
		"no sender":    strings.Replace(good, from, "", 1),
		"odd sender":   strings.Replace(good, from, "o王芳", 1),
		"CDATA sender": strings.Replace(good, from, "o]]&gt;", 1),
		"no time":      strings.Replace(good, at, "", 1),
		"odd time":     strings.Replace(good, at, "<CreateTime>now</CreateTime>", 1),
		"minus":        strings.Replace(good, at, "<CreateTime>-1</CreateTime>", 1),
		"long key":     eventMessage("CLICK", strings.Repeat("k", 600), ""),
	} {
		_, err := openInner(t, r, text)
		refused(t, what, err, BadMessage)
	}
	opaque := "49d72d67b16d115e7935ac386f2f0fa41535298877_1555684067"
	u, err := openInner(t, r, strings.Replace(good, id, "<MsgId>"+opaque+"</MsgId>", 1))
	if err != nil || u.Key != opaque {
		t.Errorf("an opaque id is an id: %v, %v", u, err)
	}
}

// TestEventKeys: two presses in one second are two, a repeat is one.
func TestEventKeys(t *testing.T) {
	t.Parallel()
	r := newReceiver(t, testConfig())
	seen := map[string]string{}
	for _, e := range [][3]string{
		{"CLICK", "points", ""}, {"CLICK", "lines", ""}, {"SCAN", "points", ""}, {"subscribe", "", ""}, {"unsubscribe", "", ""},
		{"TEMPLATESENDJOBFINISH", "", "<MsgID>1</MsgID>"}, {"TEMPLATESENDJOBFINISH", "", "<MsgID>2</MsgID>"},
	} {
		u, err := openInner(t, r, eventMessage(e[0], e[1], e[2]))
		if err != nil || u.Key == "" {
			t.Fatal(u, err)
		}
		again, _ := openInner(t, r, eventMessage(strings.ToLower(e[0]), e[1], e[2]))
		if again.Key != u.Key {
			t.Errorf("%v: %q, then %q", e, u.Key, again.Key)
		}
		if other, twice := seen[u.Key]; twice {
			t.Errorf("%v has the key of %s", e, other)
		}
		seen[u.Key] = e[0] + e[1]
	}
}

func TestKeysHoldLegalCharacters(t *testing.T) {
	t.Parallel()
	u, err := openInner(t, newReceiver(t, testConfig()), eventMessage("CLICK", " po\x00in\xffts\x1b ", ""))
	if err != nil || u.EventKey != "points" || !strings.HasSuffix(u.Key, "|click|points") {
		t.Errorf("%+v, %v", u, err)
	}
}

func TestWordsFitTheBot(t *testing.T) {
	t.Parallel()
	u, err := openInner(t, newReceiver(t, testConfig()), textMessage("\u3000"+strings.Repeat("积", 1000)))
	if err != nil || len(u.Words) > MaxText || !strings.HasPrefix(u.Words, "积积") || strings.Trim(u.Words, "积") != "" {
		t.Errorf("%d bytes, %v", len(u.Words), err)
	}
}

// TestRefusalsSayNothing: an error's text is one of a closed set.
func TestRefusalsSayNothing(t *testing.T) {
	t.Parallel()
	r := newReceiver(t, testConfig())
	query, body := push{inner: textMessage("canary-text"), openid: "canary-openid"}.made(t)
	_, err := r.Open(query, body, noon)
	text, _ := json.Marshal(err)
	if all := fmt.Sprintf("%v %+v %#v %s", err, err, err, text); strings.Contains(all, "canary") {
		t.Error(all)
	}
}
