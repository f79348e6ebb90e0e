package bot

import (
	"context"

	"github.com/xiangfeng/xiangfeng/domain/script"
)

// rude answers abuse calmly, and says where a person is. Whoever also says what
// is wrong gets the answer to that.
func rude() intent {
	return intent{
		name: "rude",
		match: func(m message) bool {
			return m.phrase == "" && (m.intent == "" || m.intent == "none") && m.says(abuse...)
		},
		handle: func(_ *Bot, _ context.Context, m message) (Reply, error) {
			return say(script.Calm(m.who))
		},
	}
}

// abuse are parts of words that are said in anger and in no other way.
var abuse = []string{
	"妈卖批", "妈卖匹", "麻卖批", "日你", "日妈", "狗日", "龟儿", "龟孙", "先人板板", "你先人", "你妈", "他妈的", "妈的", "尼玛", "草泥马", "操你", "屁眼", "狗屁", "放屁", "傻逼", "傻批", "傻儿", "哈批", "哈儿", "瓜娃", "瓜皮",
	"宝批", "宝器", "憨批", "杂种", "畜生", "混蛋", "王八蛋", "笨蛋", "蠢货", "蠢猪", "傻瓜", "傻子", "神经病", "脑壳有包", "脑壳有病", "有毛病", "砍脑壳", "挨千刀", "死开", "滚开", "滚远", "给老子", "老子", "垃圾系统", "废物",
	"骗子", "骗人", "不要脸", "扯淡", "扯把子", "吃屎", "去死", "烂东西", "啥子破", "什么破", "锤子用", "没得用", "没卵用", "屁用",
}
