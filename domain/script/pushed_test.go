package script_test

import (
	"strings"
	"testing"

	"github.com/xiangfeng/xiangfeng/domain/calendar"
	"github.com/xiangfeng/xiangfeng/domain/dispute"
	"github.com/xiangfeng/xiangfeng/domain/notice"
	"github.com/xiangfeng/xiangfeng/domain/script"
)

// TestPushTitle: occasions of one dispute or quarter are told apart.
func TestPushTitle(t *testing.T) {
	t.Parallel()
	for want, told := range map[string]script.Told{
		"异议3号 有结果了 1月20日":     {Kind: notice.Dispute, Facts: notice.Facts{Case: 3, State: "decided"}},
		"异议3号 已受理 1月20日":      {Kind: notice.Dispute, Facts: notice.Facts{Case: 3, State: "accepted"}},
		"异议3号 等着办 1月20日":      {Kind: notice.Case, Facts: notice.Facts{Case: 3, State: "filed"}},
		"异议3号 催办 1月20日":       {Kind: notice.Case, Facts: notice.Facts{Case: 3, State: "nudged"}},
		"2026年第四季度公示 1月20日":   {Kind: notice.Published, Facts: notice.Facts{Quarter: "2026Q4", Edition: 1}},
		"2026年第四季度重新公示 1月20日": {Kind: notice.Published, Facts: notice.Facts{Quarter: "2026Q4", Edition: 2}},
	} {
		told.At = calendar.On(2027, 1, 20).Start()
		if got := script.PushTitle(told); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

// TestWithdrawalOfAMissingLine promises nothing about a line that there is not.
func TestWithdrawalOfAMissingLine(t *testing.T) {
	t.Parallel()
	missing := script.Dispute{Dispute: dispute.Dispute{Number: 3, State: dispute.Filed}}
	if text := script.ConfirmWithdrawal(script.Standing{}, missing); strings.Contains(text, "这一条") || !strings.Contains(text, "也不补记") {
		t.Error(text)
	}
	missing.Entry = &script.Line{}
	if text := script.ConfirmWithdrawal(script.Standing{}, missing); !strings.Contains(text, "这一条照原样算") {
		t.Error(text)
	}
}
