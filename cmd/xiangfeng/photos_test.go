package main

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"image"
	"image/color"
	"image/jpeg"
	"mime/multipart"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/xiangfeng/xiangfeng/bot/weixin/local"
	"github.com/xiangfeng/xiangfeng/domain/photo"
	"github.com/xiangfeng/xiangfeng/domain/sample"
	"github.com/xiangfeng/xiangfeng/domain/script"
	"github.com/xiangfeng/xiangfeng/storage/photos"
)

// signsIn opens the Mini Program for somebody and returns the session's token.
func (p playing) signsIn(t testing.TB, who sample.Cast) string {
	t.Helper()
	code, err := p.current().wechat.LoginCode(who.OpenID)
	if err != nil {
		t.Fatal(err)
	}
	text, err := json.Marshal(map[string]string{"code": code})
	if err != nil {
		t.Fatal(err)
	}
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, p.site+"/api/v1/login", bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Idempotency-Key", rand.Text())
	got := do(t, r)
	var session struct{ Token string }
	if err := json.Unmarshal([]byte(got.body), &session); err != nil || session.Token == "" {
		t.Fatalf("%d %s", got.status, got.body)
	}
	return session.Token
}

type keptPhoto struct {
	Code, Message    string
	Hash, URL, Thumb string
	SeenBefore       bool `json:"seen_before"`
}

// handsIn uploads a file.
func (p playing) handsIn(t testing.TB, token string, file []byte) (int, keptPhoto) {
	t.Helper()
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	part, err := form.CreateFormFile("file", "../../etc/passwd.svg")
	if err == nil {
		_, err = part.Write(file)
	}
	if err == nil {
		err = form.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, p.site+"/api/v1/photos", &body)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", form.FormDataContentType())
	r.Header.Set("Authorization", "Bearer "+token)
	r.Header.Set("Idempotency-Key", rand.Text())
	got := do(t, r)
	var kept keptPhoto
	if err := json.Unmarshal([]byte(got.body), &kept); err != nil {
		t.Fatalf("%d %s", got.status, got.body)
	}
	return got.status, kept
}

// snapshot is a photo that looks like no other of another shade.
func snapshot(t testing.TB, shade uint8) []byte {
	t.Helper()
	m := image.NewRGBA(image.Rect(0, 0, 400, 300))
	for y := range 300 {
		for x := range 400 {
			m.SetRGBA(x, y, color.RGBA{uint8(x) ^ shade, uint8(y) * shade, shade, 255})
		}
	}
	var out bytes.Buffer
	if err := jpeg.Encode(&out, m, nil); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func (p playing) photo(t testing.TB, hash string) script.Picture {
	t.Helper()
	all, err := p.current().service.store.Photos(context.Background(), []string{hash})
	if err != nil {
		t.Fatal(err)
	}
	return all[hash]
}

// judged waits until the platform has pushed so many verdicts.
func (p playing) judged(t testing.TB, n int) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	for last := int64(0); n > 0; {
		traces, err := p.current().wechat.Watch(ctx, last)
		if err != nil {
			t.Fatalf("%d verdicts did not come: %v", n, err)
		}
		for _, trace := range traces {
			last = trace.ID
			if trace.Direction == local.Push && trace.Kind == string(local.MediaCheck) {
				n--
				if trace.Status != http.StatusOK || trace.Response != "success" {
					t.Errorf("the verdict %s was answered with %d %s", trace.PlainRequest, trace.Status, trace.Response)
				}
			}
		}
	}
}

// TestPhotosFromThePhoneToTheVerdict: a picture is kept, checked by the
// platform, which fetches it, and shown under the address that was signed for it.
func TestPhotosFromThePhoneToTheVerdict(t *testing.T) {
	t.Parallel()
	p := play(t, t.TempDir())
	token := p.signsIn(t, sample.DemoTeam()[0])
	var hashes []string
	for i, verdict := range []local.Suggest{local.Pass, local.Risky, local.Review} {
		p.current().wechat.SetVerdict(verdict)
		status, kept := p.handsIn(t, token, snapshot(t, uint8(40*i+7)))
		if status != http.StatusOK || kept.SeenBefore {
			t.Fatalf("%d %+v", status, kept)
		}
		hashes = append(hashes, kept.Hash)
		for address, longest := range map[string]int{kept.URL: 400, kept.Thumb: 320} {
			got := get(t, address)
			m, err := jpeg.Decode(strings.NewReader(got.body))
			if got.status != http.StatusOK || err != nil || m.Bounds().Dx() != longest {
				t.Errorf("%s: %d, %v", address, got.status, err)
			}
			for name, want := range map[string]string{"Content-Type": "image/jpeg", "X-Content-Type-Options": "nosniff", "Content-Security-Policy": "default-src 'none'; sandbox"} {
				if got.header.Get(name) != want {
					t.Errorf("%s: %q", name, got.header.Get(name))
				}
			}
		}
		p.judged(t, i+1)
	}
	for i, want := range []photo.Check{photo.Passed, photo.Refused, photo.ByPerson} {
		if got := p.photo(t, hashes[i]); got.Check != want || got.Trace == "" {
			t.Errorf("picture %d: %+v, want %s", i, got, want)
		}
	}
}

// TestAddressesOfPhotosEnd: who has an old or another address sees nothing.
func TestAddressesOfPhotosEnd(t *testing.T) {
	t.Parallel()
	p := play(t, t.TempDir())
	token := p.signsIn(t, sample.DemoTeam()[0])
	_, kept := p.handsIn(t, token, snapshot(t, 9))
	_, other := p.handsIn(t, token, snapshot(t, 99))
	if kept.Hash == other.Hash || get(t, kept.URL).status != http.StatusOK {
		t.Fatalf("%+v, %+v", kept, other)
	}
	bare, query, _ := strings.Cut(kept.URL, "?")
	for what, address := range map[string]string{
		"unsigned": bare, "another picture": strings.Replace(kept.URL, kept.Hash, other.Hash, 1), "another size": strings.Replace(kept.URL, "-full", "-thumb", 1),
		"later": strings.Replace(kept.URL, "until=1", "until=2", 1), "a way out": p.site + "/photos/..%2f..%2fclock?" + query, "the folder": p.site + "/photos/?" + query,
		"no picture": p.site + "/photos/x.jpg?" + query,
	} {
		if got := get(t, address); got.status != http.StatusNotFound {
			t.Errorf("%s: HTTP status %d", what, got.status)
		}
	}
	if err := (demoClock{p.theatre}).Move(t.Context(), photos.Shown+time.Minute); err != nil {
		t.Fatal(err)
	}
	if got := get(t, kept.URL); got.status != http.StatusNotFound {
		t.Errorf("after its time: HTTP status %d", got.status)
	}
}

func TestWhatIsNoPhotoIsRefused(t *testing.T) {
	t.Parallel()
	p := play(t, t.TempDir())
	token := p.signsIn(t, sample.DemoTeam()[0])
	for name, test := range map[string]struct {
		file []byte
		code string
	}{
		"svg":       {[]byte("<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>"), "photo_format"},
		"cut off":   {snapshot(t, 1)[:700], "photo_broken"},
		"a bomb":    {bytes.Replace(snapshot(t, 1), []byte{0xff, 0xc0, 0, 17, 8, 1, 44, 1, 144}, []byte{0xff, 0xc0, 0, 17, 8, 255, 255, 255, 255}, 1), "photo_pixels"},
		"too large": {append(snapshot(t, 1), make([]byte, photos.MaxBytes)...), "photo_too_big"},
	} {
		status, got := p.handsIn(t, token, test.file)
		if status < 400 || status >= 500 || got.Code != test.code || got.Message == "" || got.Hash != "" {
			t.Errorf("%s: %d %+v", name, status, got)
		}
	}
}

// TestPhotosWithoutAMiniProgram: nobody can be asked, so a person has to look.
func TestPhotosWithoutAMiniProgram(t *testing.T) {
	t.Parallel()
	i := raise(t, testConfig(t, onSQLite(t)))
	if i.mini != nil || i.photos == nil {
		t.Fatalf("%v, %v", i.mini, i.photos)
	}
	if got := get(t, i.url+"/wechat/mini"); got.status != http.StatusNotFound {
		t.Errorf("HTTP status %d", got.status)
	}
	c := testConfig(t, onSQLite(t))
	c.Photos = "file:/proc/1/photos"
	s, err := newService(t.Context(), c, quiet)
	if err != nil {
		t.Fatal(err)
	}
	defer s.close()
	if _, err := s.routes(); err == nil || !strings.Contains(err.Error(), "/proc/1/photos") {
		t.Errorf("%v; want it refused with its name", err)
	}
}

// TestAReusedPhotoIsMarked: the same picture for another household's event is
// taken, and marked for whoever assesses it.
func TestAReusedPhotoIsMarked(t *testing.T) {
	t.Parallel()
	w := newPhones(t, onSQLite(t))
	team, leader := w.opens(t, sample.DemoTeam()[0].OpenID), w.opens(t, sample.DemoTeam()[3].OpenID)
	var me struct{ Villages []struct{ ID string } }
	team.call(t, http.MethodGet, "/me", nil, &me)
	var ids []string
	for i, on := range []string{"2026-11-20", "2026-11-23"} {
		kept := team.takes(t, 40)
		if kept.SeenBefore != (i > 0) {
			t.Errorf("picture %d was seen before: %v", i+1, kept.SeenBefore)
		}
		var made struct{ ID string }
		team.call(t, http.MethodPost, "/records", map[string]any{
			"village": me.Villages[0].ID, "targets": []map[string]string{{"card": township()[0].Cards[i].Number}}, "item": "HJ10", "on": on,
			"evidence": []map[string]string{{"proof": "photo", "photo": kept.Hash}}, "at_door": true,
		}, &made)
		ids = append(ids, made.ID)
	}
	for i, want := range []string{"和2026年11月23日另一条的照片是同一张，请核实。", "和2026年11月20日另一条的照片是同一张，请核实。"} {
		var read struct {
			Reused []struct{ Photo, On, Words string }
		}
		leader.call(t, http.MethodGet, "/records/"+ids[i], nil, &read)
		if len(read.Reused) != 1 || read.Reused[0].Words != want || len(read.Reused[0].Photo) != 64 {
			t.Errorf("record %d: %+v, want %s", i+1, read.Reused, want)
		}
	}
}
