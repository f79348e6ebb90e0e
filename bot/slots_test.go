package bot_test

import (
	"testing"

	"github.com/xiangfeng/xiangfeng/bot"
)

// TestSlots reads the particulars of messages.
func TestSlots(t *testing.T) {
	t.Parallel()
	for words, want := range map[string]bot.Slots{
		"XF-3K7M92QA":             {Card: "XF-3K7M92QA"},
		"绑定 ｘｆ－3k7m－92qa":         {Card: "XF-3K7M92QA"},
		"XF 3K7M 92QA,請幫忙":        {Card: "XF-3K7M92QA"},
		"我的卡是xf3k7m92qa,手机尾号5678": {Card: "XF-3K7M92QA"},
		"第3条不对":                   {Line: 3},
		"第 12 条不是我家的":             {Line: 12},
		"第二十三条记错了":                {Line: 23},
		"第十条":                     {Line: 10},
		"第三跳不对":                   {Line: 3},
		"29条不对":                   {Line: 29},
		"我家三条记错了":                 {Line: 3},
		"地3条不对头":                  {Line: 3},
		"弟28条不对":                  {Line: 28},
		"换3条毛巾":                   {Amount: 3},
		"地里的三亩":                   {},
		"第二季度明细":                  {},
		"第三名是谁":                   {},
		"大米2袋":                    {Amount: 2},
		"大米 2":                    {Amount: 2},
		"换两桶油":                    {Amount: 2},
		"预订十二包盐":                  {Amount: 12},
		"积分":                      {},
		"2026年明细":                 {},
	} {
		if got := bot.SlotsOf(words); got != want {
			t.Errorf("%s: %+v, want %+v", words, got, want)
		}
	}
}
