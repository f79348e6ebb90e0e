package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/xiangfeng/xiangfeng/bot/weixin/local"
	"github.com/xiangfeng/xiangfeng/domain/sample"
	"github.com/xiangfeng/xiangfeng/storage/conformance"
)

// BenchmarkQuestion measures the full question 积分 (safe mode, decrypt,
// database read, encrypt) beside the SDK's bare echo server, side by side in
// one run: each server on core 0, eight connections, rounds in turn, medians.
// The load and PostgreSQL run where the system puts them. PostgreSQL takes
// part where XIANGFENG_TEST_POSTGRES names one:
//
//	make bench BENCH=Question PACKAGES=./cmd/xiangfeng COUNT=1
func BenchmarkQuestion(b *testing.B) {
	rig := newRig(b)
	servers := []*peer{rig.startEcho(b), rig.startProduct(b, "sqlite", "sqlite:"+filepath.Join(b.TempDir(), "bench.db"))}
	if os.Getenv("XIANGFENG_TEST_POSTGRES") != "" {
		servers = append(servers, rig.startProduct(b, "postgres", conformance.Postgres(b)))
	}
	for b.Loop() {
		for range rounds {
			for _, s := range servers {
				s.rates = append(s.rates, s.flood(b, connections, roundTime))
			}
		}
	}
	echo := median(servers[0].rates)
	b.ReportMetric(echo, "echo-msg/s")
	for _, s := range servers[1:] {
		peak := median(s.rates)
		b.ReportMetric(peak, s.name+"-msg/s")
		b.ReportMetric(100*peak/echo, s.name+"-%of-echo")
		s.p99AtRate(b, peak/2) // opens the database's connections
		b.ReportMetric(float64(s.p99AtRate(b, peak/2).Microseconds())/1000, s.name+"-p99-ms-at-half")
	}
}

const (
	connections = 8
	rounds      = 5
	roundTime   = 2 * time.Second
	pacedTime   = 5 * time.Second
)

// BenchmarkCounty loads a county of XIANGFENG_TEST_COUNTY villages of 830
// households into PostgreSQL and asks it the question beside the demo's
// township, at the same steady rate in turn; then it verifies the county. 480
// villages are 400,000 households and 8 million events:
//
//	make county
func BenchmarkCounty(b *testing.B) {
	villages := os.Getenv("XIANGFENG_TEST_COUNTY")
	if villages == "" {
		b.Skip("XIANGFENG_TEST_COUNTY does not say how many villages; see make county")
	}
	rig := newRig(b)
	township := rig.startProduct(b, "township", conformance.Postgres(b))
	county := rig.startProduct(b, "county", conformance.Postgres(b),
		"--villages", villages, "--households", "830", "--events-per-household", "20")
	took := map[*peer][]time.Duration{}
	for b.Loop() {
		for range rounds {
			for _, p := range []*peer{township, county} {
				took[p] = append(took[p], p.atRate(b, countyRate)...)
			}
		}
	}
	b.ReportMetric(county.loading.Seconds(), "s-to-load")
	for _, p := range []*peer{township, county} {
		slices.Sort(took[p])
		for _, percent := range []int{50, 99} {
			at := took[p][len(took[p])*percent/100]
			b.ReportMetric(float64(at.Microseconds())/1000, fmt.Sprintf("%s-p%d-ms", p.name, percent))
		}
	}
	b.ReportMetric(county.command(b, county.env, "verify").Seconds(), "s-to-verify")
}

// countyRate is how many questions a second 280,000 people who ask within an
// hour are, and four times that.
const countyRate = 4 * 78

// BenchmarkColdStart measures the demo from the start of the built program to
// the first answer, and what it holds in memory then.
func BenchmarkColdStart(b *testing.B) {
	binary := build(b, ".")
	var took, resident []float64
	for b.Loop() {
		addr := freeAddr(b)
		begin := time.Now()
		cmd := exec.Command(binary, "demo", "--addr", addr)
		cmd.Env = append(os.Environ(), "TMPDIR="+b.TempDir()) // it is killed, and leaves its folder
		start(b, cmd)
		firstAnswer(b, "http://"+addr)
		took = append(took, time.Since(begin).Seconds())
		resident = append(resident, residentMiB(b, cmd.Process.Pid))
		stop(cmd)
	}
	b.ReportMetric(median(took), "s-to-first-answer")
	b.ReportMetric(median(resident), "MiB-resident")
}

// firstAnswer sends 积分 in the demo as soon as it takes it, and waits until the
// answer stands in the chat.
func firstAnswer(b *testing.B, base string) {
	b.Helper()
	openid := sample.DemoCast()[0].OpenID
	body := fmt.Sprintf(`{"openid":%q,"text":"积分"}`, openid)
	client := &http.Client{Timeout: 10 * time.Second}
	until(b, func() bool {
		res, err := client.Post(base+"/demo/say", "application/json", strings.NewReader(body))
		if err != nil {
			return false
		}
		res.Body.Close()
		return res.StatusCode == http.StatusNoContent
	})
	res, err := client.Get(base + "/demo/events?openid=" + openid)
	if err != nil {
		b.Fatal(err)
	}
	defer res.Body.Close()
	for lines := bufio.NewScanner(res.Body); lines.Scan(); {
		if strings.HasPrefix(lines.Text(), "data:") {
			if !strings.Contains(lines.Text(), `"by":"reply"`) {
				b.Fatal("the demo did not answer")
			}
			return
		}
	}
}

// rig is an account that all servers share, so that they meet the same packets.
type rig struct {
	account local.Config
	echo    string
	product string
	wechat  *local.WeChat
}

func newRig(b *testing.B) *rig {
	b.Helper()
	r := &rig{account: local.Config{
		AppID: "wx1234567890abcdef", OriginalID: "gh_0123456789ab", Secret: strings.Repeat("5", 32),
		Token: "benchtoken", EncodingAESKey: strings.Repeat("k", 42) + "A", CallbackURL: "http://127.0.0.1:1/wechat/callback",
	}}
	var err error
	if r.wechat, err = local.New(r.account); err != nil {
		b.Fatal(err)
	}
	b.Cleanup(r.wechat.Close)
	r.echo, r.product = build(b, "../../bot/weixin/sdkecho"), build(b, ".")
	return r
}

func (r *rig) environ() []string {
	prefix := "XIANGFENG_OFFICIAL_ACCOUNT_"
	return append(os.Environ(), prefix+"APP_ID="+r.account.AppID, prefix+"ORIGINAL_ID="+r.account.OriginalID,
		prefix+"SECRET="+r.account.Secret, prefix+"TOKEN="+r.account.Token, prefix+"AES_KEY="+r.account.EncodingAESKey,
		"GOMAXPROCS=1")
}

// peer is a server under load.
type peer struct {
	name   string
	addr   string
	people []string
	rig    *rig
	rates  []float64

	env     []string
	loading time.Duration // of the seed
}

func (r *rig) startEcho(b *testing.B) *peer {
	b.Helper()
	p := &peer{name: "echo", addr: freeAddr(b), rig: r, people: []string{r.wechat.OpenID("somebody")}}
	cmd := onCore(0, r.echo, p.addr)
	cmd.Env = r.environ()
	start(b, cmd)
	p.waitUp(b)
	return p
}

func (r *rig) startProduct(b *testing.B, name, dsn string, size ...string) *peer {
	b.Helper()
	p := &peer{name: name, addr: freeAddr(b), rig: r}
	people := filepath.Join(b.TempDir(), "people.jsonl")
	env := append(r.environ(), "XIANGFENG_DATABASE="+dsn, "XIANGFENG_LISTEN="+p.addr, "XIANGFENG_METRICS_LISTEN=",
		"XIANGFENG_WECHAT_API_BASE_URL=http://127.0.0.1:1", "XIANGFENG_LOG_LEVEL=error", "XIANGFENG_SECRET_KEY="+string(testKey))
	p.command(b, env, "migrate")
	p.loading = p.command(b, env, append([]string{"seed", "--people", people}, size...)...)
	p.env = env
	p.people = readPeople(b, people)
	cmd := onCore(0, r.product, "serve", "--config", "../../config.example.yaml")
	cmd.Env = env
	start(b, cmd)
	p.waitUp(b)
	return p
}

func readPeople(b *testing.B, path string) []string {
	b.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		b.Fatal(err)
	}
	var out []string
	for line := range strings.Lines(string(text)) {
		var p boundPerson
		if err := json.Unmarshal([]byte(line), &p); err != nil {
			b.Fatal(err)
		}
		out = append(out, p.OpenID)
	}
	return out
}

func (p *peer) waitUp(b *testing.B) {
	b.Helper()
	until(b, func() bool {
		c, err := net.Dial("tcp", p.addr)
		if err == nil {
			c.Close()
		}
		return err == nil
	})
}

// command runs the product to its end and returns how long it took.
func (p *peer) command(b *testing.B, env []string, args ...string) time.Duration {
	b.Helper()
	begin := time.Now()
	cmd := exec.Command(p.rig.product, append(args, "--config", "../../config.example.yaml")...)
	cmd.Env = env
	if out, err := cmd.CombinedOutput(); err != nil {
		b.Fatalf("%s: %v\n%s", args[0], err, out)
	}
	return time.Since(begin)
}

// packets are requests as they go on the wire, made before the clock runs.
func (p *peer) packets(b *testing.B, n int) [][]byte {
	b.Helper()
	out := make([][]byte, n)
	for i := range out {
		openid := p.people[i*len(p.people)/n] // all over the villages
		plain := fmt.Sprintf("<xml><ToUserName><![CDATA[%s]]></ToUserName><FromUserName><![CDATA[%s]]></FromUserName>"+
			"<CreateTime>%d</CreateTime><MsgType><![CDATA[text]]></MsgType><Content><![CDATA[积分]]></Content><MsgId>%d</MsgId></xml>",
			p.rig.account.OriginalID, openid, time.Now().Unix(), 7_000_000_000_000+int64(i))
		req, err := p.rig.wechat.Craft(openid, []byte(plain)).Request()
		if err != nil {
			b.Fatal(err)
		}
		_, target, _ := strings.Cut(strings.TrimPrefix(req.URL, "http://"), "/")
		out[i] = fmt.Appendf(nil, "POST /%s HTTP/1.1\r\nHost: bench\r\nContent-Type: text/xml\r\nContent-Length: %d\r\n\r\n%s",
			target, len(req.Body), req.Body)
	}
	return out
}

// flood asks as fast as the server answers and returns messages a second.
func (p *peer) flood(b *testing.B, conns int, d time.Duration) float64 {
	b.Helper()
	packets := p.packets(b, 512)
	var wg sync.WaitGroup
	counts := make([]int, conns)
	begin := time.Now()
	for c := range conns {
		wg.Go(func() { counts[c] = p.drive(b, packets, c, begin.Add(d)) })
	}
	wg.Wait()
	sum := 0
	for _, n := range counts {
		sum += n
	}
	return float64(sum) / time.Since(begin).Seconds()
}

func (p *peer) drive(b *testing.B, packets [][]byte, offset int, until time.Time) int {
	conn := p.dial(b)
	defer conn.Close()
	in := bufio.NewReader(conn)
	n := 0
	for ; time.Now().Before(until); n++ {
		if err := exchange(conn, in, packets[(offset*61+n)%len(packets)]); err != nil {
			b.Error(err)
			return n
		}
	}
	return n
}

func (p *peer) dial(b *testing.B) net.Conn {
	conn, err := net.Dial("tcp", p.addr)
	if err != nil {
		b.Error(err)
	}
	return conn
}

// exchange sends one packet and reads one encrypted answer.
func exchange(conn net.Conn, in *bufio.Reader, packet []byte) error {
	if _, err := conn.Write(packet); err != nil {
		return err
	}
	status, err := in.ReadSlice('\n')
	if err != nil {
		return err
	}
	if !bytes.Contains(status, []byte(" 200 ")) {
		return fmt.Errorf("answered %s", bytes.TrimSpace(status))
	}
	length := -1
	for {
		line, err := in.ReadSlice('\n')
		if err != nil {
			return err
		}
		if len(line) <= 2 {
			break
		}
		if v, ok := bytes.CutPrefix(line, []byte("Content-Length: ")); ok {
			length, _ = strconv.Atoi(string(bytes.TrimSpace(v)))
		}
	}
	body, err := in.Peek(max(length, 0))
	if err != nil {
		return err
	}
	if !bytes.Contains(body, []byte("<Encrypt>")) {
		return fmt.Errorf("answered %d bytes without an encrypted reply", length)
	}
	_, err = in.Discard(length)
	return err
}

// atRate asks at a steady rate, whether or not answers come, and returns how
// long each took from the moment it was due, in order.
func (p *peer) atRate(b *testing.B, rate float64) []time.Duration {
	b.Helper()
	packets := p.packets(b, 4096)
	const conns = 32
	took := make([][]time.Duration, conns)
	begin := time.Now()
	var wg sync.WaitGroup
	for c := range conns {
		wg.Go(func() {
			conn := p.dial(b)
			defer conn.Close()
			in := bufio.NewReader(conn)
			step := time.Duration(float64(conns) / rate * float64(time.Second))
			for due := begin.Add(step * time.Duration(c) / conns); due.Before(begin.Add(pacedTime)); due = due.Add(step) {
				time.Sleep(time.Until(due))
				if err := exchange(conn, in, packets[(c+conns*len(took[c]))%len(packets)]); err != nil {
					b.Error(err)
					return
				}
				took[c] = append(took[c], time.Since(due))
			}
		})
	}
	wg.Wait()
	all := slices.Concat(took...)
	slices.Sort(all)
	return all
}

// p99AtRate is the 99th percentile of atRate.
func (p *peer) p99AtRate(b *testing.B, rate float64) time.Duration {
	b.Helper()
	all := p.atRate(b, rate)
	return all[len(all)*99/100]
}

func median(v []float64) float64 {
	v = slices.Sorted(slices.Values(v))
	return v[len(v)/2]
}

func build(b *testing.B, pkg string) string {
	b.Helper()
	out := filepath.Join(b.TempDir(), "program")
	cmd := exec.Command("go", "build", "-o", out, pkg)
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	if text, err := cmd.CombinedOutput(); err != nil {
		b.Fatalf("go build %s: %v\n%s", pkg, err, text)
	}
	return out
}

// onCore pins a program to one core where the machine can.
func onCore(core int, program string, args ...string) *exec.Cmd {
	if taskset, err := exec.LookPath("taskset"); err == nil {
		return exec.Command(taskset, append([]string{"-c", strconv.Itoa(core), program}, args...)...)
	}
	return exec.Command(program, args...)
}

func start(b *testing.B, cmd *exec.Cmd) *exec.Cmd {
	b.Helper()
	cmd.Stderr = os.Stderr
	if err := cmd.Start(); err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { stop(cmd) })
	return cmd
}

func stop(cmd *exec.Cmd) {
	_ = cmd.Process.Kill() // it may have ended
	_ = cmd.Wait()
}

func freeAddr(b testing.TB) string {
	b.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	defer func() { _ = l.Close() }()
	return l.Addr().String()
}

func until(b testing.TB, ok func() bool) {
	b.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	for !ok() {
		select {
		case <-ctx.Done():
			b.Fatal("nothing answers")
		case <-time.After(5 * time.Millisecond):
		}
	}
}

func residentMiB(b *testing.B, pid int) float64 {
	b.Helper()
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		b.Skip("no /proc on this machine")
	}
	for line := range strings.Lines(string(text)) {
		if kb, ok := strings.CutPrefix(line, "VmRSS:"); ok {
			n, _ := strconv.Atoi(strings.Fields(kb)[0])
			return float64(n) / 1024
		}
	}
	b.Fatal("no VmRSS")
	return 0
}
