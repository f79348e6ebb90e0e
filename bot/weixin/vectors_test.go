package weixin

import (
	"encoding/json"
	"encoding/xml"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/xiangfeng/xiangfeng/bot"
)

type cryptoVector struct {
	ID, Kind, Token, Timestamp, Nonce, Signature, Encrypt, Plaintext, Random, Echostr string
	Key                                                                               string            `json:"encoding_aes_key"`
	ReceiveID                                                                         string            `json:"receive_id"`
	MsgSignature                                                                      string            `json:"msg_signature"`
	ExpectEcho                                                                        string            `json:"expect_echo"`
	ExpectFields                                                                      map[string]string `json:"expect_fields"`
	Parts                                                                             []string
}

func readVectors[T any](t *testing.T, name string) T {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("testdata/vectors", name))
	if err != nil {
		t.Fatal(err)
	}
	var out T
	if err := json.Unmarshal(text, &out); err != nil {
		t.Fatal(err)
	}
	return out
}

func (v cryptoVector) receiver(t *testing.T) *Receiver {
	c := ReceiverConfig{AppID: v.ReceiveID, OriginalID: v.ReceiveID, Token: v.Token, AESKey: v.Key}
	if c.AppID == "" {
		c.AppID, c.OriginalID, c.AESKey = testApp, testAccount, testKey
	}
	return newReceiver(t, c)
}

func (v cryptoVector) time(t *testing.T) time.Time {
	seconds, err := strconv.ParseInt(v.Timestamp, 10, 64)
	if err != nil {
		t.Fatal(err)
	}
	return time.Unix(seconds, 0)
}

// TestCryptoVectors needs every kind of the official account to be tried: the
// only ones left out are of the Mini Program's session data and JSON body.
func TestCryptoVectors(t *testing.T) {
	t.Parallel()
	tried := map[string]int{}
	for _, v := range readVectors[struct{ Vectors []cryptoVector }](t, "crypto.json").Vectors {
		tried[v.Kind]++
		t.Run(v.ID, func(t *testing.T) {
			t.Parallel()
			switch v.Kind {
			case "url-verify-plain":
				v.verifies(t)
			case "plain-post":
				if !signed(v.Signature, v.Token, v.Timestamp, v.Nonce) {
					t.Error("signature differs")
				}
			case "decrypt", "url-verify-encrypted":
				v.decrypts(t)
			case "encrypt":
				v.encrypts(t)
			case "sha1-sorted":
				if got := sign(v.Parts); string(got[:]) != v.Signature {
					t.Errorf("signature %s, want %s", got, v.Signature)
				}
			case "session-data-decrypt":
			default:
				t.Errorf("kind %s is not tried", v.Kind)
			}
		})
	}
	want := map[string]int{
		"url-verify-plain": 1, "plain-post": 1, "decrypt": 3, "encrypt": 4,
		"url-verify-encrypted": 2, "sha1-sorted": 1, "session-data-decrypt": 1,
	}
	if diff := cmp.Diff(want, tried); diff != "" {
		t.Error(diff)
	}
}

func (v cryptoVector) verifies(t *testing.T) {
	query := url.Values{"signature": {v.Signature}, "timestamp": {v.Timestamp}, "nonce": {v.Nonce}, "echostr": {v.Echostr}}
	got, err := v.receiver(t).Verify(query, v.time(t))
	if err != nil || got != v.ExpectEcho {
		t.Errorf("got %q, %v", got, err)
	}
}

func (v cryptoVector) decrypts(t *testing.T) {
	if !signed(v.MsgSignature, v.Token, v.Timestamp, v.Nonce, v.Encrypt) {
		t.Error("signature differs")
	}
	message, _, err := v.receiver(t).decrypt(v.Encrypt)
	if err != nil || v.Plaintext != "" && message != v.Plaintext {
		t.Fatalf("got %q, %v", message, err)
	}
	if v.ExpectFields == nil {
		return
	}
	p, err := parse(message)
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range v.ExpectFields {
		if f := fieldAt(name, []string{"xml"}); f != ignored && p[f] != want {
			t.Errorf("%s = %q, want %q", name, p[f], want)
		}
	}
}

func (v cryptoVector) encrypts(t *testing.T) {
	r := v.receiver(t)
	sealed := r.keys[0].seal([]byte(v.Random), []byte(v.Plaintext), v.ReceiveID)
	if sealed != v.Encrypt {
		t.Errorf("got %s, want %s", sealed, v.Encrypt)
	}
	if v.MsgSignature != "" && !signed(v.MsgSignature, v.Token, v.Timestamp, v.Nonce, sealed) {
		t.Error("signature differs")
	}
}

type packetVector struct {
	File    string
	MsgType string         `json:"msg_type"`
	Event   string         `json:"event"`
	ToUser  string         `json:"to_user"`
	From    string         `json:"from_user"`
	Created string         `json:"create_time"`
	Fields  map[string]any `json:"fields"`
}

func (v packetVector) field(name string) string {
	values, _ := v.Fields[name].([]any)
	if len(values) == 0 {
		return ""
	}
	return strings.TrimSpace(values[0].(string))
}

// want is what the index says of a packet, translated by hand.
func (v packetVector) want(t *testing.T) bot.Update {
	t.Helper()
	kinds := map[string]bot.Kind{
		"text": bot.Text, "voice": bot.Voice, "image": bot.Image,
		"video": bot.Unsupported, "shortvideo": bot.Unsupported, "location": bot.Unsupported, "link": bot.Unsupported,
		"event/subscribe": bot.Follow, "event/unsubscribe": bot.Unfollow, "event/scan": bot.Scan,
		"event/click": bot.Click, "event/scancode_push": bot.Click, "event/scancode_waitmsg": bot.Click,
	}
	what, key := v.MsgType, v.field("MsgId")
	if v.MsgType == "event" {
		event := strings.ToLower(v.Event)
		what += "/" + event
		key = strings.Join([]string{v.From, v.Created, event, v.field("EventKey")}, "|")
		if id := v.field("MsgID"); id != "" {
			key += "|" + id
		}
	} else if key == "" {
		key = v.field("MsgID")
	}
	u := bot.Update{Key: key, From: v.From, Kind: kinds[what]}
	if u.Kind == "" {
		return u
	}
	seconds, err := strconv.ParseInt(v.Created, 10, 64)
	if err != nil {
		t.Fatal(err)
	}
	u.At = time.Unix(seconds, 0).UTC()
	switch u.Kind {
	case bot.Text:
		u.Words, u.MenuID = v.field("Content"), v.field("bizmsgmenuid")
	case bot.Voice:
		u.Words, u.MediaID = v.field("Recognition"), v.field("MediaId")
		if wide := v.field("MediaId16K"); wide != "" {
			u.MediaID = wide
		}
	case bot.Image:
		u.MediaID = v.field("MediaId")
	case bot.Follow:
		u.EventKey = strings.TrimPrefix(v.field("EventKey"), "qrscene_")
	case bot.Click:
		u.EventKey, u.Words = v.field("EventKey"), v.field("ScanCodeInfo/ScanResult")
	case bot.Scan:
		u.EventKey = v.field("EventKey")
	}
	return u
}

func TestPacketVectors(t *testing.T) {
	t.Parallel()
	tried := map[string]int{}
	for _, v := range readVectors[[]packetVector](t, "index.json") {
		folder, _, _ := strings.Cut(v.File, "/")
		if !strings.HasPrefix(folder, "xml-") || folder == "xml-out" {
			continue
		}
		tried[folder]++
		v.ToUser, v.From = strings.TrimSpace(v.ToUser), strings.TrimSpace(v.From)
		t.Run(v.File, func(t *testing.T) {
			t.Parallel()
			v.opens(t, folder)
		})
	}
	if diff := cmp.Diff(map[string]int{"xml-in": 47, "xml-in-other": 17, "xml-malformed": 1}, tried); diff != "" {
		t.Error(diff)
	}
}

func (v packetVector) opens(t *testing.T, folder string) {
	text, err := os.ReadFile(filepath.Join("testdata/vectors", v.File))
	if err != nil {
		t.Fatal(err)
	}
	c := testConfig()
	if v.ToUser != "" {
		c.OriginalID = v.ToUser
	}
	query, body := push{inner: string(text), account: c.OriginalID, openid: v.From}.made(t)
	opened, err := newReceiver(t, c).Open(query, body, noon)
	switch folder {
	case "xml-malformed":
		refused(t, v.File, err, BadXML)
		return
	case "xml-in-other":
		if err != nil || opened.ForBot() {
			t.Errorf("got %+v, %v; want an acknowledgement", opened.Update, err)
		}
		return
	}
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(v.want(t), opened.Update); diff != "" {
		t.Error(diff)
	}
}

func TestTextReplyHasTheShapeOfTheVector(t *testing.T) {
	t.Parallel()
	want, err := os.ReadFile("testdata/vectors/xml-out/reply_text.wxjava.01.xml")
	if err != nil {
		t.Fatal(err)
	}
	if got := textReply("to", "from", "1122", "content"); string(got) != strings.TrimSpace(string(want)) {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

func TestTextMessageHasTheShapeOfTheVector(t *testing.T) {
	t.Parallel()
	want := readVectors[map[string]any](t, "json-out/custom_send_text.wxjava.json")
	message := customText{ToUser: want["touser"].(string), MsgType: "text"}
	message.Text.Content = want["text"].(map[string]any)["content"].(string)
	text, err := json.Marshal(message)
	if err != nil {
		t.Fatal(err)
	}
	var got map[string]any
	if err := json.Unmarshal(text, &got); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// xmlValue reads one element with the standard library.
func xmlValue(t testing.TB, text []byte, name string) string {
	t.Helper()
	var elements struct {
		All []struct {
			XMLName xml.Name
			Value   string `xml:",chardata"`
		} `xml:",any"`
	}
	if err := xml.Unmarshal(text, &elements); err != nil {
		t.Fatalf("%v in %q", err, text)
	}
	for _, e := range elements.All {
		if e.XMLName.Local == name {
			return e.Value
		}
	}
	return ""
}
