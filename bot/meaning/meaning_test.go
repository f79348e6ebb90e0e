package meaning_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/xiangfeng/xiangfeng/bot/meaning"
)

// TestRulesSpeakOfConcepts finds a rule that misspells what it speaks of.
func TestRulesSpeakOfConcepts(t *testing.T) {
	t.Parallel()
	for _, d := range meaning.Demands() {
		if !slices.Contains(meaning.Labels, d.Intent) {
			t.Errorf("%s is no label", d.Intent)
		}
		for name := range strings.FieldsSeq(d.Names) {
			if meaning.Concepts()[name] == "" {
				t.Errorf("%s: there is no concept %s", d.Intent, name)
			}
		}
	}
}

// TestNamed reads concepts by characters, by sound and by look.
func TestNamed(t *testing.T) {
	t.Parallel()
	for words, want := range map[string]string{
		"取消预订":     "stop shop",
		"我屋头好多积分":  "mine balance",
		"宫市还有几天":   "public left when",
		"徘名":       "rank",
		"别的材":      "town",
		"那个就是一下":   "",
		"解绑":       "stop delete",
		"医保怎么交":    "elsewhere how",
		"asdfgh":   "",
		"麻烦帮我查查积分": "check balance",
	} {
		got := meaning.Named(words)
		if strings.Join(got, " ") != want {
			t.Errorf("%s: %q, want %q", words, got, want)
		}
	}
}

// TestOf reads what is sure, and leaves what is not.
func TestOf(t *testing.T) {
	t.Parallel()
	for words, want := range map[string]string{
		"查一下第二季度那个名系": "lines", "啷个看我有好多分嘛": "points", "这个季度我排在第几位": "rank", "取消预汀": "redeem", "姐绑": "privacy", "医保啷个交哦": meaning.None,
		"张三家积分": meaning.Others, "隔壁排第几": meaning.Others, "贺春林家好多分": meaning.Others, "看下隔壁屋头的分": meaning.Others, "我前头还有好多家": "rank",
		"我妈家好多分": "", "全家好多分": "points", "别查积分": "", "退一下": "", "取消": "", "删了": "", "": "",
	} {
		got := meaning.Of(meaning.Clean(words))
		if got.Intent != want {
			t.Errorf("%s: %q, want %q", words, got.Intent, want)
		}
		if len(got.Likely) != len(meaning.Labels)-1 || slices.Contains(got.Likely, meaning.None) {
			t.Errorf("%s: likely %q", words, got.Likely)
		}
	}
}
