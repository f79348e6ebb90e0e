package main

import (
	"bytes"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/xiangfeng/xiangfeng/domain/calendar"
	"github.com/xiangfeng/xiangfeng/domain/household"
	"github.com/xiangfeng/xiangfeng/domain/ledger"
	"github.com/xiangfeng/xiangfeng/domain/sample"
)

// disputable is a line of somebody's household that counts in the open quarter,
// with who recorded it.
func disputable(t testing.TB, who sample.Cast) ledger.Entry {
	t.Helper()
	v, _, account := homeOf(t, who.OpenID)
	for _, e := range v.Entries {
		if e.Account == account.ID && e.Kind == ledger.EventKind && e.CountsIn == (calendar.Quarter{Year: 2026, N: 4}) {
			return e
		}
	}
	t.Fatalf("%s has no line of the fourth quarter", who.Name)
	return ledger.Entry{}
}

// posts calls the Mini Program's API and reads the answer.
func (p playing) posts(t testing.TB, token, path, body string, into any) int {
	t.Helper()
	method := http.MethodPost
	if body == "" {
		method = http.MethodGet
	}
	r, err := http.NewRequestWithContext(t.Context(), method, p.site+"/api/v1"+path, bytes.NewReader([]byte(body)))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Authorization", "Bearer "+token)
	r.Header.Set("Idempotency-Key", rand.Text())
	got := do(t, r)
	if into != nil {
		if err := json.Unmarshal([]byte(got.body), into); err != nil {
			t.Fatalf("%d %s", got.status, got.body)
		}
	}
	return got.status
}

// impartial is somebody of the team who had no part in a line, nor is kin to
// whose it is, and barred one who recorded it.
func impartial(t testing.TB, home household.ID, e ledger.Entry) sample.Cast {
	t.Helper()
	v := township()[0]
	var kin household.Kin
	for _, tie := range v.Ties {
		kin.Declare(tie.A, tie.B, tie.Relation)
	}
	for _, c := range sample.DemoTeam() {
		for _, p := range v.Persons {
			if p.OpenID == c.OpenID && p.ID != e.Recorder && p.Current != 0 && !kin.Related([]household.ID{p.Current}, home) {
				return c
			}
		}
	}
	t.Fatal("everybody had a part in it")
	return sample.Cast{}
}

// TestDisputeOverTheWire: objected to in the chat, with the program stopped and
// started again in the middle; decided on the phone; taken to the township by 不服.
func TestDisputeOverTheWire(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	p := play(t, dir)
	line := disputable(t, disputed)
	_, home, _ := homeOf(t, disputed.OpenID)
	says := func(words string, want ...string) string {
		t.Helper()
		got := p.asks(t, disputed, words)
		for _, part := range want {
			if !strings.Contains(got, part) {
				t.Errorf("%s: %s\nwant %q in it", words, got, part)
			}
		}
		return got
	}
	no := fmt.Sprintf("第%d条", line.Line)
	says("异议", "哪一条不对")
	says(no+"不对", no+" ", "还没公示", "为什么")
	says("那天我们全家都在外面打工", "照片")
	x, err := p.current().wechat.SendImage(t.Context(), disputed.OpenID)
	if got := reply(t, x, err); !strings.Contains(got, "照片收下了1张") {
		t.Error(got)
	}
	p.stop()
	p = play(t, dir)
	says("好了", no, "那天我们全家都在外面打工", "照片1张", "确认")
	says("确认", "异议1号", "最迟11月30日")
	says(no+"谁记的", "异议中")
	says("进度", "异议1号："+no, "等小组来查", "11月30日")
	before := p.asks(t, disputed, "积分")

	decider := impartial(t, home.ID, line)
	token := p.signsIn(t, decider)
	var me struct{ Villages []struct{ ID string } }
	p.posts(t, token, "/me", "", &me)
	var list struct {
		Disputes []struct {
			ID     string
			Photos []struct{ Hash string }
		}
	}
	p.posts(t, token, "/villages/"+me.Villages[0].ID+"/disputes", "", &list)
	if len(list.Disputes) != 1 || len(list.Disputes[0].Photos) != 1 {
		t.Fatalf("%+v", list)
	}
	ruling := fmt.Sprintf(`{"stands":false,"points":%q,"reason":"问过三户邻居，是这样"}`, (line.Tenths + 10).String())
	for range 2 {
		p.posts(t, token, "/disputes/"+list.Disputes[0].ID+"/decide", ruling, nil)
	}
	after := p.asks(t, disputed, "积分")
	if after == before {
		t.Errorf("the score has not followed: %s", after)
	}
	says("进度", "改成"+(line.Tenths+10).Signed()+"分", "问过三户邻居", "1 认可 2 不服，请镇上看")
	says("2", "哪里不服")
	says("应该全部取消", "要请镇上看异议1号")
	says("确认", "转给镇上了")
	says("进度", "等镇上定")
	if got := p.asks(t, diligent, "进度"); !strings.Contains(got, "还没有提过异议") {
		t.Errorf("another household reads %s", got)
	}
}

// TestReportAnother: what somebody says of another household goes to the
// township, unseen by the village.
func TestReportAnother(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, dsn string) {
		w := newWorld(t, dsn)
		for _, words := range []string{"举报隔壁那户的分是假的", "他家凭啥加分加那么多"} {
			if got := w.asks(t, diligent.OpenID, words); !strings.Contains(got, "村里看不到") && !strings.Contains(got, "别家") {
				t.Errorf("%s: %s", words, got)
			}
			w.says(t, diligent.OpenID, "取消")
		}
		w.says(t, diligent.OpenID, "举报隔壁那户的分是假的")
		if got := w.says(t, diligent.OpenID, "确认"); !strings.Contains(got, "编号2026-") || !strings.Contains(got, "村里看不到") {
			t.Error(got)
		}
	})
}
