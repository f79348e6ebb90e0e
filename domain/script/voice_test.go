package script_test

import (
	"strings"
	"testing"

	"github.com/xiangfeng/xiangfeng/domain/script"
)

func TestHeard(t *testing.T) {
	t.Parallel()
	if got := script.Heard("查一下\n积分。", "王桂兰家积分105分\n看每一条，请回：明细"); got != "您说的是：查一下 积分。\n王桂兰家积分105分\n看每一条，请回：明细" {
		t.Errorf("%q", got)
	}
	reply := strings.Repeat("字", 100) + "\n看总分请回：积分"
	if got := script.Heard(strings.Repeat("长", 200), reply); !script.Fits(got) || !strings.HasSuffix(got, "…\n"+reply) {
		t.Errorf("%q; want the words cut to what the reply leaves", got)
	}
	full := strings.Repeat("字", script.Characters-9) + "\n看总分请回：积分"
	got := script.Heard(strings.Repeat("长", 200), full)
	if want := "您说的是：长长长长长长长长长…\n" + full; got != want || len(got) > 2048 {
		t.Errorf("%q; want the start of the words above a full reply", got)
	}
}
