package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/xiangfeng/xiangfeng/bot/weixin/local"
	"github.com/xiangfeng/xiangfeng/domain/sample"
)

// newPhones is a world whose people have the Mini Program too.
func newPhones(t testing.TB, dsn string) world {
	t.Helper()
	var wechat atomic.Pointer[local.WeChat]
	platform := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { wechat.Load().ServeHTTP(w, r) }))
	t.Cleanup(platform.Close)
	c := testConfig(t, dsn)
	c.Wechat.APIBaseURL = platform.URL
	c.MiniProgram = account{
		AppID: "wxa1b2c3d4e5f60718", OriginalID: "gh_a1b2c3d4e5f6", Secret: "5ec2e75ec2e75ec2e75ec2e75ec2e75e",
		Token: "M1niT0ken", AESKey: secret(strings.Repeat("miniAES", 6) + "A"),
	}
	i := raise(t, c)
	w := world{i, phonesFor(t, i)}
	wechat.Store(w.WeChat)
	return w
}

// handset is somebody's Mini Program, signed in.
type handset struct {
	world
	token string
	keys  int
}

func (w world) opens(t testing.TB, openid string) *handset {
	t.Helper()
	code, err := w.LoginCode(openid)
	if err != nil {
		t.Fatal(err)
	}
	var in struct{ Token string }
	p := &handset{world: w}
	p.call(t, http.MethodPost, "/login", map[string]string{"code": code}, &in)
	p.token = in.Token
	return p
}

// sends makes a request and returns what came back.
func (p *handset) sends(t testing.TB, method, path, kind string, body io.Reader) answer {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, p.url+"/api/v1"+path, body)
	if err != nil {
		t.Fatal(err)
	}
	p.keys++
	r.Header.Set("Content-Type", kind)
	r.Header.Set("Authorization", "Bearer "+p.token)
	r.Header.Set("Idempotency-Key", fmt.Sprintf("of-this-test-%d", p.keys))
	return do(t, r)
}

// call sends JSON and reads what has to be JSON.
func (p *handset) call(t testing.TB, method, path string, body, into any) {
	t.Helper()
	text, err := json.Marshal(body)
	if err != nil {
		t.Fatal(err)
	}
	got := p.sends(t, method, path, "application/json", bytes.NewReader(text))
	if got.status != http.StatusOK {
		t.Fatalf("%s %s: %d %s", method, path, got.status, got.body)
	}
	if err := json.Unmarshal([]byte(got.body), into); err != nil {
		t.Fatalf("%v: %s", err, got.body)
	}
}

type shot struct {
	Hash, URL, Thumb string
	SeenBefore       bool `json:"seen_before"`
}

// takes hands in a picture of one colour.
func (p *handset) takes(t testing.TB, shade uint8) (kept shot) {
	t.Helper()
	picture := image.NewRGBA(image.Rect(0, 0, 64, 48))
	for i := range picture.Pix {
		picture.Pix[i] = shade + uint8(i%7)
	}
	picture.Set(3, 3, color.White)
	var b bytes.Buffer
	form := multipart.NewWriter(&b)
	file, err := form.CreateFormFile("file", "a.jpg")
	if err == nil {
		err = jpeg.Encode(file, picture, nil)
	}
	if err != nil || form.Close() != nil {
		t.Fatal(err)
	}
	got := p.sends(t, http.MethodPost, "/photos", form.FormDataContentType(), &b)
	if err := json.Unmarshal([]byte(got.body), &kept); err != nil || got.status != http.StatusOK {
		t.Fatalf("%d %s", got.status, got.body)
	}
	return kept
}

// TestThePhoneRecords: one of the team scans a card, takes a picture and sends;
// the household reads of it at once, in the chat and in the Mini Program, and
// its neighbour does not.
func TestThePhoneRecords(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, dsn string) {
		w := newPhones(t, dsn)
		team := w.opens(t, sample.DemoTeam()[0].OpenID)
		var me struct{ Villages []struct{ ID string } }
		team.call(t, http.MethodGet, "/me", nil, &me)
		v, home, _ := homeOf(t, diligent.OpenID)
		number := v.Cards[0].Number
		var door struct {
			Household struct{ ID, Head string }
			MayRecord bool `json:"may_record"`
		}
		team.call(t, http.MethodGet, "/cards/"+number, nil, &door)
		if !door.MayRecord || door.Household.Head != home.Head {
			t.Fatalf("%+v; want %s", door, home.Head)
		}
		kept := team.takes(t, 40)
		address := strings.TrimPrefix(kept.Thumb, defaults().PublicURL)
		for signed, status := range map[string]int{address: http.StatusOK, address[:len(address)-1]: http.StatusNotFound} {
			if got := get(t, w.url+signed); got.status != status || status == http.StatusOK && !strings.HasPrefix(got.body, "\xff\xd8") {
				t.Errorf("%s: %d", signed, got.status)
			}
		}
		var made struct {
			Recorded []struct{ Points, State string }
		}
		team.call(t, http.MethodPost, "/records", map[string]any{
			"village": me.Villages[0].ID, "targets": []map[string]string{{"card": number}}, "item": "HJ10", "on": "2026-11-23", "note": "院坝亮灯",
			"evidence": []map[string]string{{"proof": "photo", "photo": kept.Hash}}, "at_door": true,
		}, &made)
		if len(made.Recorded) != 1 || made.Recorded[0].State != "pending" {
			t.Fatalf("%+v", made)
		}
		if said := w.says(t, diligent.OpenID, "明细"); !strings.Contains(said, "待确认 11月23日 院落亮化 "+made.Recorded[0].Points+"分") {
			t.Errorf("the chat says %q", said)
		}
		own := w.opens(t, diligent.OpenID)
		var lines struct {
			Lines []struct{ Title, State, Recorder string }
		}
		own.call(t, http.MethodGet, "/households/"+door.Household.ID+"/lines", nil, &lines)
		if len(lines.Lines) == 0 || lines.Lines[0].Title != "院落亮化" || lines.Lines[0].State != "pending" || lines.Lines[0].Recorder != sample.DemoTeam()[0].Name {
			t.Errorf("%+v", lines)
		}
		neighbour := w.opens(t, disputed.OpenID)
		if got := neighbour.sends(t, http.MethodGet, "/households/"+door.Household.ID+"/lines", "", nil); got.status != http.StatusNotFound {
			t.Errorf("the neighbour reads %d %s", got.status, got.body)
		}
	})
}

// TestWeChatReadsWhatIsTyped before others do.
func TestWeChatReadsWhatIsTyped(t *testing.T) {
	t.Parallel()
	w := newPhones(t, onSQLite(t))
	w.SetRiskyWords("骂人的话")
	own := w.opens(t, diligent.OpenID)
	var me struct{ Households []struct{ ID string } }
	own.call(t, http.MethodGet, "/me", nil, &me)
	declares := func(words string) answer {
		body := fmt.Sprintf(`{"household":%q,"words":%q,"on":"2026-11-23"}`, me.Households[0].ID, words)
		return own.sends(t, http.MethodPost, "/declarations", "application/json", strings.NewReader(body))
	}
	if got := declares("帮邻居，骂人的话"); got.status != http.StatusUnprocessableEntity || !strings.Contains(got.body, "text_risky") {
		t.Errorf("%d %s", got.status, got.body)
	}
	if got := declares("帮邻居收玉米"); got.status != http.StatusOK {
		t.Errorf("%d %s", got.status, got.body)
	}
	var told struct{ Declarations []struct{ Words string } }
	own.call(t, http.MethodGet, "/households/"+me.Households[0].ID+"/declarations", nil, &told)
	if len(told.Declarations) != 2 || told.Declarations[0].Words != "帮邻居收玉米" { // the older is the sample's
		t.Errorf("%+v", told)
	}
}

// TestThePhoneLinks: whoever is on the register comes to their household by the
// number that WeChat vouches for; a code is good once.
func TestThePhoneLinks(t *testing.T) {
	t.Parallel()
	w := newPhones(t, onSQLite(t))
	var number string
	for _, m := range township()[0].Members {
		if m.Name == unbound.Name {
			number = m.Phone
		}
	}
	if !w.SetPhone(unbound.OpenID, number) {
		t.Fatalf("%q is no number", number)
	}
	p := w.opens(t, unbound.OpenID)
	code, err := w.PhoneCode(unbound.OpenID)
	if err != nil {
		t.Fatal(err)
	}
	var linked struct {
		Me struct {
			Name       string
			Households []struct{ Head string }
		}
	}
	p.call(t, http.MethodPost, "/link/phone", map[string]string{"code": code}, &linked)
	if linked.Me.Name != unbound.Name || len(linked.Me.Households) != 1 {
		t.Errorf("%+v", linked)
	}
	if got := p.sends(t, http.MethodPost, "/link/phone", "application/json", strings.NewReader(`{"code":"`+code+`"}`)); got.status != http.StatusUnprocessableEntity || !strings.Contains(got.body, "wrong_code") {
		t.Errorf("the code again: %d %s", got.status, got.body)
	}
}

// TestTheLogKeepsPhonesSecrets: of what phones send, well or wrong, neither the
// log nor the metrics hold a token, an openid, a number, a code or words.
func TestTheLogKeepsPhonesSecrets(t *testing.T) {
	t.Parallel()
	w := newPhones(t, onSQLite(t))
	team, own := w.opens(t, sample.DemoTeam()[0].OpenID), w.opens(t, diligent.OpenID)
	v := township()[0]
	canaries := []string{
		team.token, own.token, sample.DemoTeam()[0].Mini, sample.DemoTeam()[0].OpenID, diligent.OpenID, v.Cards[0].Number,
		"13812345678", "canary-code", "金丝雀说的话", "canary-key-1", diligent.Name,
	}
	for n := range 2 {
		for _, p := range []*handset{team, own, {world: w, token: "canary-token"}} {
			p.sends(t, http.MethodGet, "/cards/"+v.Cards[0].Number, "", nil)
			p.sends(t, http.MethodGet, "/households/金丝雀说的话/lines", "", nil)
			p.sends(t, http.MethodGet, "/nowhere/13812345678?code=canary-code", "", nil)
			for _, path := range []string{"/login", "/link/phone"} {
				p.sends(t, http.MethodPost, path, "application/json", strings.NewReader(`{"code":"canary-code"}`))
			}
			p.sends(t, http.MethodPost, "/link/card", "application/json", strings.NewReader(`{"card":"`+v.Cards[0].Number+`","digits":"5678"}`))
			p.sends(t, http.MethodPost, "/records", "application/json", strings.NewReader(`{"village":"金丝雀说的话","note":13812345678}`))
			p.sends(t, http.MethodPost, "/photos", "multipart/form-data; boundary=canary-code", strings.NewReader("金丝雀说的话"))
		}
		if n == 0 {
			if err := w.store.Close(); err != nil { // from here on everything fails
				t.Fatal(err)
			}
		}
	}
	log := w.out.String()
	for _, want := range []string{"a request was refused", "a request was not answered"} {
		if !strings.Contains(log, want) {
			t.Errorf("%q is not in the log, so nothing was shown", want)
		}
	}
	shown := httptest.NewRecorder()
	w.metrics.handler().ServeHTTP(shown, httptest.NewRequest(http.MethodGet, "/metrics", nil))
	if !strings.Contains(shown.Body.String(), `xiangfeng_api_requests_total{address="POST /api/v1/records",status="400"}`) {
		t.Error("nothing was counted")
	}
	for _, canary := range append(canaries, "canary-token") {
		if strings.Contains(log, canary) || strings.Contains(shown.Body.String(), canary) {
			t.Errorf("%s is in the log or the metrics", canary)
		}
	}
}
