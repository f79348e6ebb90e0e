package suggestion_test

import (
	"slices"
	"testing"

	"github.com/xiangfeng/xiangfeng/domain/suggestion"
)

// TestKindOf holds that what speaks of somebody is never a proposal, which the
// village could read.
func TestKindOf(t *testing.T) {
	t.Parallel()
	for words, want := range map[string]suggestion.Kind{
		"村口的路灯坏了好久":    suggestion.Proposal,
		"开会的时间改到晚上":    suggestion.Proposal,
		"超市多进点农具":      suggestion.Proposal,
		"投诉村干部":        suggestion.Complaint,
		"建议换个会计":       suggestion.Complaint,
		"他家凭啥加分":       suggestion.Complaint,
		"隔壁天天打牌怎么不扣":   suggestion.Complaint,
		"打分的人不公道":      suggestion.Complaint,
		"超市老板态度差":      suggestion.Complaint,
		"举报有人弄虚作假":     suggestion.Complaint,
		"村长给自家亲戚多加分":   suggestion.Complaint,
		"那家人从来不扫地还排在前": suggestion.Complaint,
	} {
		if got := suggestion.KindOf(words); got != want {
			t.Errorf("%s: %s, want %s", words, got, want)
		}
	}
}

func TestAudiences(t *testing.T) {
	t.Parallel()
	if got := suggestion.Complaint.Audiences(); !slices.Equal(got, []suggestion.Audience{suggestion.Office}) {
		t.Errorf("a complaint may go to %v", got)
	}
	if got := suggestion.Proposal.Audiences(); got[0] != suggestion.Office || len(got) != 2 {
		t.Errorf("a proposal may go to %v", got)
	}
	if got := (suggestion.Suggestion{Year: 2026, Serial: 12}).Number(); got != "2026-0012" {
		t.Errorf("got %s", got)
	}
}
