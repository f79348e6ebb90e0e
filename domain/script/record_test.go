package script_test

import (
	"strings"
	"testing"

	"github.com/xiangfeng/xiangfeng/domain/catalogue"
	"github.com/xiangfeng/xiangfeng/domain/fault"
	"github.com/xiangfeng/xiangfeng/domain/script"
)

// TestFullWords: nobody is told to wait for a time that brings nothing.
func TestFullWords(t *testing.T) {
	t.Parallel()
	for span, want := range map[catalogue.Unit]string{
		catalogue.ByMonth:   "“志愿服务”当月的分已经记满，不能再记。请换一项，或等下个月再记。",
		catalogue.ByQuarter: "“志愿服务”当季的分已经记满，不能再记。请换一项，或等下个季度再记。",
		catalogue.ByYear:    "“志愿服务”当年的分已经记满，不能再记。请换一项，或等明年再记。",
		catalogue.Once:      "“志愿服务”的分已经记满，不能再记。请换一项。",
		"":                  "“志愿服务”的分已经记满，不能再记。请换一项。",
	} {
		if got := script.Unrecorded(fault.CapReached, fault.Facts{Note: "志愿服务", Data: string(span)}); got != want {
			t.Errorf("%q: %q, want %q", span, got, want)
		}
	}
}

// TestCardsWords: the card asks nobody to scan it with WeChat, and its page says
// who scans it, with what, and how a household uses it.
func TestCardsWords(t *testing.T) {
	t.Parallel()
	if strings.Contains(script.CardScan, "微信") || !strings.Contains(script.CardScan, "小组") {
		t.Errorf("the card says %q", script.CardScan)
	}
	if !strings.Contains(script.PublicTeam, "小程序里的扫码按钮") || strings.Contains(script.PublicTeam, "什么也看不到") || !strings.Contains(script.PublicBind, "不用扫") {
		t.Errorf("its page says %q, %q", script.PublicTeam, script.PublicBind)
	}
}
