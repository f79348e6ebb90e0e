package local

import (
	"bytes"
	"encoding/json"
	"errors"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

// upload is the form with one file.
func upload(target, field string, raw []byte) *http.Request {
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	part, _ := form.CreateFormFile(field, "a.bin") // a Buffer takes everything
	_, _ = part.Write(raw)
	_ = form.Close()
	r := httptest.NewRequest(http.MethodPost, target, &body)
	r.Header.Set("Content-Type", form.FormDataContentType())
	return r
}

// uploads sends a file, checks the errcode, and returns the media_id.
func (a account) uploads(want int, kind string, raw []byte) string {
	a.t.Helper()
	rec := httptest.NewRecorder()
	a.ServeHTTP(rec, upload(a.path("/cgi-bin/media/upload")+"&type="+kind, "media", raw))
	var got struct {
		errorBody
		Type      string `json:"type"`
		MediaID   string `json:"media_id"`
		CreatedAt int64  `json:"created_at"`
	}
	if err := json.Unmarshal(rec.Body.Bytes(), &got); err != nil || got.ErrCode != want {
		a.t.Errorf("%s of %d bytes: %s, want errcode %d", kind, len(raw), rec.Body, want)
	}
	if want == 0 && (got.Type != kind || got.CreatedAt != a.clock.now().Unix()) {
		a.t.Errorf("%s: %+v", kind, got)
	}
	return got.MediaID
}

// fetch gets a medium.
func (a account) fetch(id string) *httptest.ResponseRecorder {
	rec := httptest.NewRecorder()
	a.ServeHTTP(rec, httptest.NewRequest(http.MethodGet, a.path("/cgi-bin/media/get")+"&media_id="+id, nil))
	return rec
}

func (a account) wantMedium(id, contentType, suffix string, raw []byte) {
	a.t.Helper()
	rec := a.fetch(id)
	if got := rec.Header().Get("Content-Type"); rec.Code != 200 || got != contentType {
		a.t.Errorf("%d %s, want %s", rec.Code, got, contentType)
	}
	if got := rec.Header().Get("Content-Disposition"); got != `attachment; filename="`+id+"."+suffix+`"` {
		a.t.Errorf("file %s", got)
	}
	if !bytes.Equal(rec.Body.Bytes(), raw) {
		a.t.Errorf("%d bytes, want the %d that were sent", rec.Body.Len(), len(raw))
	}
}

// sized is a file of n bytes with this beginning.
func sized(n int, head string) []byte { return append([]byte(head), make([]byte, n-len(head))...) }

const (
	pngHead  = "\x89PNG\r\n\x1a\n"
	jpegHead = "\xff\xd8\xff"
)

func TestUploadedMediaCanBeFetchedForThreeDays(t *testing.T) {
	t.Parallel()
	a := open(t)
	picture, voice := sized(2000, pngHead), sized(3000, "ID3")
	id, other := a.uploads(0, "image", picture), a.uploads(0, "voice", voice)
	a.wantMedium(id, "image/png", "png", picture)
	a.wantMedium(other, "audio/mp3", "mp3", voice)
	a.wantMedium(a.uploads(0, "image", greyPicture), "image/jpeg", "jpg", greyPicture)
	a.clock.move(72*time.Hour - time.Second)
	a.wantMedium(id, "image/png", "png", picture) // as often as one likes
	a.clock.move(time.Second)
	a.code(40007, "GET", a.path("/cgi-bin/media/get")+"&media_id="+id, "")
	a.code(40007, "GET", a.path("/cgi-bin/media/get")+"&media_id=x", "")
	a.code(41006, "GET", a.path("/cgi-bin/media/get"), "")
	a.uploads(0, "image", picture)
	if len(a.media) != 1 {
		t.Errorf("%d media kept, want the last one", len(a.media))
	}
}

func TestUploadLimits(t *testing.T) {
	t.Parallel()
	a := open(t)
	a.uploads(0, "image", sized(10<<20, jpegHead))
	a.uploads(40009, "image", sized(10<<20+1, jpegHead))
	a.uploads(45001, "image", sized(11<<20, jpegHead)) // with the form around it more than is read at all
	a.uploads(0, "voice", sized(2<<20, "ID3"))
	a.uploads(40010, "voice", sized(2<<20+1, "ID3"))
	a.uploads(40005, "voice", greyPicture)
	a.uploads(40005, "image", silence)
	a.uploads(40005, "image", []byte("<svg/>"))
	a.uploads(40005, "voice", wideSilence) // people's phones send it, accounts do not
	a.uploads(40004, "poem", greyPicture)
	a.uploads(44001, "image", nil)
	minute := append([]byte(amrHead), bytes.Repeat([]byte{0x7c}, 60*50)...)
	a.uploads(0, "voice", minute)
	a.uploads(45007, "voice", append(minute, 0x7c))
	spoken := append([]byte(amrHead), bytes.Repeat(sized(32, "\x3c"), 60*50)...) // 12.2 kbit/s
	a.uploads(0, "voice", spoken)
	a.uploads(45007, "voice", append(spoken, sized(32, "\x3c")...))
}

func TestUploadNeedsTheForm(t *testing.T) {
	t.Parallel()
	a := open(t)
	rec := httptest.NewRecorder()
	a.ServeHTTP(rec, upload(a.path("/cgi-bin/media/upload")+"&type=image", "file", greyPicture))
	if !strings.Contains(rec.Body.String(), `"errcode":41005`) {
		t.Errorf("under another name: %s", rec.Body)
	}
	a.code(41005, "POST", a.path("/cgi-bin/media/upload")+"&type=image", string(greyPicture))
	a.code(43002, "GET", a.path("/cgi-bin/media/upload"), "")
}

func TestWhatAPersonSendsCanBeFetched(t *testing.T) {
	t.Parallel()
	c := serve(t, answering("success"))
	a := open(t, c.configure)
	narrow, wide := append(bytes.Clone(silence), 0x7c), append(bytes.Clone(wideSilence), 0x7c)
	id := func(x Exchange, name string) string {
		root, err := parseXML(x.Packet.Plain)
		if err != nil {
			t.Fatal(err)
		}
		got, err := root.value(name)
		if err != nil {
			t.Fatal(err)
		}
		return got
	}
	x, err := a.SayVoice(t.Context(), a.fang, "", narrow, wide)
	if err != nil {
		t.Fatal(err)
	}
	a.wantMedium(id(x, "MediaId"), "audio/amr", "amr", narrow)
	a.wantMedium(id(x, "MediaId16K"), "audio/amr", "amr", wide)
	if x, err = a.SayVoice(t.Context(), a.fang, ""); err != nil {
		t.Fatal(err)
	}
	a.wantMedium(id(x, "MediaId"), "audio/amr", "amr", silence)
	a.wantMedium(id(x, "MediaId16K"), "audio/amr", "amr", wideSilence)
	picture := sized(100, pngHead)
	if x, err = a.SendImage(t.Context(), a.fang, picture); err != nil {
		t.Fatal(err)
	}
	a.wantMedium(id(x, "MediaId"), "image/png", "png", picture)
	if lines := a.Inbox(a.fang); lines[2].MediaID != id(x, "MediaId") {
		t.Errorf("the chat shows %+v", lines[2])
	}
	if x, err = a.SendImage(t.Context(), a.fang); err != nil {
		t.Fatal(err)
	}
	a.wantMedium(id(x, "MediaId"), "image/jpeg", "jpg", greyPicture)
	a.clock.move(72 * time.Hour)
	a.code(40007, "GET", a.path("/cgi-bin/media/get")+"&media_id="+id(x, "MediaId"), "")
	for _, m := range []Message{{Kind: Voice, Media: picture}, {Kind: Voice, Media16K: []byte("x")}, {Kind: Image, Media: narrow}} {
		if _, err := a.Act(a.fang, m); !errors.Is(err, ErrNoMedium) {
			t.Errorf("%s: %v, want ErrNoMedium", m.Kind, err)
		}
	}
}

func TestTheAccountSendsPicturesAndMenus(t *testing.T) {
	t.Parallel()
	a := open(t)
	picture, voice := a.uploads(0, "image", greyPicture), a.uploads(0, "voice", silence)
	send := a.path("/cgi-bin/message/custom/send")
	image := func(id string) string {
		return `{"touser":"` + a.fang + `","msgtype":"image","image":{"media_id":"` + id + `"}}`
	}
	menu := func(inside string) string {
		return `{"touser":"` + a.fang + `","msgtype":"msgmenu","msgmenu":{` + inside + `}}`
	}
	a.code(45015, "POST", send, image(picture))
	a.act(Text, "积分")
	a.code(40007, "POST", send, image(voice))
	a.code(40007, "POST", send, image("x"))
	a.code(44004, "POST", send, menu(`"head_content":"满意吗？"`))
	a.code(44004, "POST", send, menu(`"list":[{"id":"","content":"满意"}]`))
	a.code(47001, "POST", send, menu(`"list":[{"id":101,"content":"满意"}]`))
	a.code(45002, "POST", send, menu(`"head_content":"`+strings.Repeat("x", 2048)+`","list":[{"id":"1","content":"满意"}]`))
	a.code(0, "POST", send, image(picture))
	a.code(0, "POST", send, menu(`"head_content":"满意吗？","list":[{"id":"101","content":"满意"},{"id":"102","content":"不满意"}],"tail_content":"谢谢"`))
	lines := a.Inbox(a.fang)
	if got := lines[1]; got.Kind != Image || got.MediaID != picture || got.By != Service {
		t.Errorf("the picture: %+v", got)
	}
	got := lines[2]
	if got.Kind != Menu || got.Text != "满意吗？\n满意\n不满意\n谢谢" || len(got.Menu.Choices) != 2 || got.Menu.Choices[1] != (MenuChoice{"102", "不满意"}) {
		t.Errorf("the menu: %+v", got)
	}
	tapped, err := a.Act(a.fang, Message{Kind: Tap, Text: got.Menu.Choices[1].Words, MenuID: got.Menu.Choices[1].ID})
	if err != nil || !strings.Contains(string(tapped.Plain), "<bizmsgmenuid>102</bizmsgmenuid>") {
		t.Errorf("%s, %v", tapped.Plain, err)
	}
	for range 3 + 3 { // the tap's three and what is left of the message's five
		a.send(0, a.fang, "您好")
	}
	a.send(45047, a.fang, "您好")
}
