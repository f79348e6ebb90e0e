package main

import (
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"

	"github.com/xiangfeng/xiangfeng/domain/usecase/enrol"
)

// TestBinding plays the one who is not bound yet with what her note says, then
// a second phone of her household that she lets in, over the wire.
func TestBinding(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, dsn string) {
		w := reachable(t, dsn)
		note := regexp.MustCompile(`(绑定 XF-[A-Z2-9]{8})，手机尾号([0-9]{4})`).FindStringSubmatch(unbound.Note)
		if note == nil {
			t.Fatalf("%q does not tell how to be bound", unbound.Note)
		}
		talk := func(who, says, want string) {
			t.Helper()
			if got := w.says(t, who, says); !strings.Contains(got, want) {
				t.Errorf("%s is answered %q; want %q in it", says, got, want)
			}
		}
		talk(unbound.OpenID, note[1], "后四位数字")
		talk(unbound.OpenID, note[2], "要把您的微信连到红旗村庹金莲家")
		talk(unbound.OpenID, "确认", "好了，您的微信连上了红旗村庹金莲家")
		talk(unbound.OpenID, "积分", "庹金莲家今年积分")

		talk(stranger.OpenID, note[1], "后四位数字")
		talk(stranger.OpenID, "审批", "请回您的姓名")
		talk(stranger.OpenID, "庹小明", "“庹小明”这个名字")
		talk(stranger.OpenID, "确认", "申请送出去了")
		if at := w.last(unbound.OpenID); !strings.Contains(at, "“庹小明”想连上红旗村庹金莲家") {
			t.Errorf("she was told at once: %q", at)
		}
		talk(unbound.OpenID, "积分", "庹金莲家今年积分")
		talk(unbound.OpenID, "待批", "1 同意\n2 不同意")
		talk(unbound.OpenID, "1", "好了，“庹小明”连上了")
		if at := w.last(stranger.OpenID); !strings.Contains(at, "您的微信连上了红旗村庹金莲家") {
			t.Errorf("he was told at once: %q", at)
		}
		talk(stranger.OpenID, "积分", "庹金莲家今年积分")
	})
}

// TestGuessesAreCounted: wrong digits are counted by the metrics, and thirty on
// one village within an hour raise an alarm.
func TestGuessesAreCounted(t *testing.T) {
	t.Parallel()
	m := newMetrics()
	s := &service{metrics: m, log: quiet}
	for n := 1; n <= 2*enrol.Alarming; n++ {
		s.wrongTry(1, n)
	}
	s.wrongTry(0, 1)
	rec := httptest.NewRecorder()
	m.handler().ServeHTTP(rec, httptest.NewRequest("GET", "/metrics", nil))
	for _, line := range []string{`xiangfeng_bind_wrong_total{card="known"} 60`, `xiangfeng_bind_wrong_total{card="unknown"} 1`, "xiangfeng_bind_alarms_total 2"} {
		if !strings.Contains(rec.Body.String(), line+"\n") {
			t.Errorf("%q is missing", line)
		}
	}
}

// reachable is a world whose WeChat can be called, too.
func reachable(t testing.TB, dsn string) world {
	t.Helper()
	l := listenAnywhere(t)
	c := testConfig(t, dsn)
	c.Wechat.APIBaseURL = "http://" + l.Addr().String()
	i := raise(t, c)
	w := world{i, phonesFor(t, i)}
	serveUntilEnd(t, newServer(w.WeChat, quiet), l)
	return w
}

// last is what somebody's chat shows last.
func (w world) last(openid string) string {
	lines := w.Inbox(openid)
	return lines[len(lines)-1].Text
}
