package main

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"io"
	"math/rand/v2"
	"mime/multipart"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/xiangfeng/xiangfeng/bot/weixin/local"
	"github.com/xiangfeng/xiangfeng/storage/conformance"
)

// BenchmarkRecord measures what a team member waits for: a photo of 2 MB handed
// in and the record that names it, five phones at once, on all cores, with
// PostgreSQL where XIANGFENG_TEST_POSTGRES names one, and how long the server
// computes for each; then what it holds in memory while fifty upload at once:
//
//	make bench BENCH=Record PACKAGES=./cmd/xiangfeng COUNT=1
func BenchmarkRecord(b *testing.B) {
	for _, size := range []struct{ width, height int }{{2560, 1920}, {4000, 3000}} {
		b.Run(fmt.Sprintf("%dx%d", size.width, size.height), func(b *testing.B) {
			p := newHandsets(b)
			photo := photoOf2MB(b, size.width, size.height)
			b.ReportMetric(float64(len(photo))/(1<<20), "MB-photo")
			for b.Loop() {
				before := processorMs(b, p.pid)
				took := p.together(b, 5, 20, photo)
				b.ReportMetric((processorMs(b, p.pid)-before)/float64(len(took)), "cpu-ms/record")
				for _, percent := range []int{50, 95} {
					b.ReportMetric(float64(took[len(took)*percent/100].Milliseconds()), fmt.Sprintf("p%d-ms", percent))
				}
				time.Sleep(time.Minute) // in which a person may do sixty things
				b.ReportMetric(p.mostMiB(b, func() { p.together(b, 50, 2, photo) }), "MiB-at-50")
			}
		})
	}
}

// handsets are team members who are signed in at one server.
type handsets struct {
	base    string
	pid     int
	tokens  []string
	village string
	homes   []string
	next    atomic.Int64
}

func newHandsets(b *testing.B) *handsets {
	b.Helper()
	rig := newRig(b)
	mini := local.MiniProgram{AppID: "wxfedcba0987654321", Secret: strings.Repeat("6", 32)}
	account := rig.account
	account.MiniProgram = mini
	wechat, err := local.New(account)
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(wechat.Close)
	platform, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = platform.Close() })
	go func() { _ = http.Serve(platform, wechat) }() //nolint:gosec // of this test alone

	peer := &peer{name: "record", addr: freeAddr(b), rig: rig}
	people := filepath.Join(b.TempDir(), "people.jsonl")
	dsn := "sqlite:" + filepath.Join(b.TempDir(), "bench.db")
	if os.Getenv("XIANGFENG_TEST_POSTGRES") != "" {
		dsn = conformance.Postgres(b)
	}
	env := append(rig.environ(), "GOMAXPROCS=", "XIANGFENG_DATABASE="+dsn, "XIANGFENG_LISTEN="+peer.addr, "XIANGFENG_METRICS_LISTEN=",
		"XIANGFENG_WECHAT_API_BASE_URL=http://"+platform.Addr().String(), "XIANGFENG_LOG_LEVEL=error", "XIANGFENG_PHOTOS=file:"+b.TempDir(),
		"XIANGFENG_MINI_PROGRAM_APP_ID="+mini.AppID, "XIANGFENG_MINI_PROGRAM_SECRET="+mini.Secret,
		"XIANGFENG_MINI_PROGRAM_ORIGINAL_ID=gh_ba9876543210", "XIANGFENG_MINI_PROGRAM_TOKEN=benchtoken",
		"XIANGFENG_MINI_PROGRAM_AES_KEY="+strings.Repeat("m", 42)+"A",
		"XIANGFENG_SECRET_KEY="+strings.Repeat("k", 40))
	peer.command(b, env, "migrate")
	peer.command(b, env, "seed", "--people", people)
	cmd := exec.Command(rig.product, "serve", "--config", "../../config.example.yaml")
	cmd.Env = env
	start(b, cmd)
	peer.waitUp(b)
	p := &handsets{base: "http://" + peer.addr, pid: cmd.Process.Pid}
	p.signIn(b, wechat, people)
	return p
}

// signIn lets the first village's team in and finds its households.
func (p *handsets) signIn(b *testing.B, wechat *local.WeChat, people string) {
	b.Helper()
	text, err := os.ReadFile(people)
	if err != nil {
		b.Fatal(err)
	}
	first := ""
	for line := range strings.Lines(string(text)) {
		var who boundPerson
		if err := json.Unmarshal([]byte(line), &who); err != nil {
			b.Fatal(err)
		}
		first = cmp.Or(first, who.Village)
		if who.Village != first || !slices.ContainsFunc(who.Roles, func(r string) bool { return r == "team_member" || r == "deputy" || r == "leader" }) {
			continue
		}
		if err := wechat.Add(local.Person{OpenID: who.OpenID, MiniOpenID: who.MiniOpenID}); err != nil {
			b.Fatal(err)
		}
		code, err := wechat.LoginCode(who.OpenID)
		if err != nil {
			b.Fatal(err)
		}
		var in struct {
			Token string
			Me    struct{ Villages []struct{ ID string } }
		}
		p.call(b, "", http.MethodPost, "/login", map[string]string{"code": code}, &in)
		p.tokens, p.village = append(p.tokens, in.Token), in.Me.Villages[0].ID
	}
	if len(p.tokens) < 5 {
		b.Fatalf("%d of the team signed in", len(p.tokens))
	}
	var doors struct{ Households []struct{ ID string } }
	p.call(b, p.tokens[0], http.MethodGet, "/villages/"+p.village+"/households", nil, &doors)
	for _, h := range doors.Households {
		p.homes = append(p.homes, h.ID)
	}
}

func (p *handsets) call(b *testing.B, token, method, path string, body, into any) {
	b.Helper()
	text, err := json.Marshal(body)
	if err != nil {
		b.Fatal(err)
	}
	req, err := http.NewRequest(method, p.base+"/api/v1"+path, bytes.NewReader(text))
	if err != nil {
		b.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json")
	p.send(b, req, token, into)
}

func (p *handsets) send(b *testing.B, req *http.Request, token string, into any) {
	if token != "" {
		req.Header.Set("Authorization", "Bearer "+token)
	}
	req.Header.Set("Idempotency-Key", fmt.Sprintf("bench-%010d", p.next.Add(1)))
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		b.Error(err)
		return
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	if err == nil && res.StatusCode != http.StatusOK {
		err = fmt.Errorf("%s: %d %s", req.URL.Path, res.StatusCode, text)
	}
	if err == nil && into != nil {
		err = json.Unmarshal(text, into)
	}
	if err != nil {
		b.Error(err)
	}
}

// together lets n phones record rounds times each, all at once, and returns how
// long each record took with its photo, in order.
func (p *handsets) together(b *testing.B, n, rounds int, photo []byte) []time.Duration {
	b.Helper()
	took := make([][]time.Duration, n)
	var wg sync.WaitGroup
	for phone := range n {
		wg.Go(func() {
			for range rounds {
				begin := time.Now()
				p.record(b, p.tokens[phone%len(p.tokens)], photo)
				took[phone] = append(took[phone], time.Since(begin))
			}
		})
	}
	wg.Wait()
	all := slices.Concat(took...)
	slices.Sort(all)
	return all
}

// record hands in a photo that nobody handed in before and names it. The item
// has a cap, so what the record comes to is the server's to say.
func (p *handsets) record(b *testing.B, token string, photo []byte) {
	n := int(p.next.Add(1))
	var form bytes.Buffer
	w := multipart.NewWriter(&form)
	part, err := w.CreateFormFile("file", "photo.jpg")
	if err == nil {
		_, err = part.Write(photo)
	}
	if err = cmp.Or(err, w.Close()); err != nil {
		b.Error(err)
		return
	}
	req, err := http.NewRequest(http.MethodPost, p.base+"/api/v1/photos", &form)
	if err != nil {
		b.Error(err)
		return
	}
	req.Header.Set("Content-Type", w.FormDataContentType())
	var kept struct{ Hash string }
	p.send(b, req, token, &kept)
	body := map[string]any{
		"village": p.village, "item": "SX01", "on": time.Now().Format(time.DateOnly), "at_door": true,
		"targets":  []map[string]string{{"household": p.homes[n%len(p.homes)]}, {"household": p.homes[(n+1)%len(p.homes)]}},
		"evidence": []map[string]string{{"proof": "sign_in", "photo": kept.Hash}, {"proof": "hours", "words": "2小时"}},
	}
	p.call(b, token, http.MethodPost, "/records", body, nil)
}

// mostMiB is the most that the server holds in memory while f runs.
func (p *handsets) mostMiB(b *testing.B, f func()) float64 {
	b.Helper()
	over, most := make(chan struct{}), 0.0
	var wg sync.WaitGroup
	wg.Go(func() {
		for {
			most = max(most, residentMiB(b, p.pid))
			select {
			case <-over:
				return
			case <-time.After(20 * time.Millisecond):
			}
		}
	})
	f()
	close(over)
	wg.Wait()
	return most
}

// processorMs is how long a process has computed, in milliseconds.
func processorMs(b *testing.B, pid int) float64 {
	b.Helper()
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		b.Skip("no /proc on this machine")
	}
	fields := strings.Fields(string(text[bytes.LastIndexByte(text, ')')+1:]))
	all := 0.0
	for _, ticks := range fields[11:13] { // the process's own and the system's for it
		n, err := strconv.ParseFloat(ticks, 64)
		if err != nil {
			b.Fatal(err)
		}
		all += n
	}
	return all * 10 // a hundred ticks a second
}

// photoOf2MB makes a JPEG of about two megabytes out of noise over a slope, as
// busy as a yard.
func photoOf2MB(b *testing.B, width, height int) []byte {
	b.Helper()
	r := rand.New(rand.NewPCG(1, 2))
	picture := image.NewRGBA(image.Rect(0, 0, width, height))
	for y := range height {
		for x := range width {
			n := uint8(r.IntN(24))
			picture.SetRGBA(x, y, color.RGBA{uint8(x*200/width) + n, uint8(y*200/height) + n, 90 + n, 255})
		}
	}
	var best []byte
	for quality := 30; quality <= 95; quality += 5 {
		var out bytes.Buffer
		if err := jpeg.Encode(&out, picture, &jpeg.Options{Quality: quality}); err != nil {
			b.Fatal(err)
		}
		best = out.Bytes()
		if len(best) >= 2<<20 {
			break
		}
	}
	return best
}
