package bot

import (
	"fmt"
	"strings"
)

// tag is what a word names. A message's tags are those of its words.
type tag uint32

const (
	filler    tag = 1 << iota // says nothing: politeness, particles, whose
	hello                     // a greeting; alone it asks for help
	score                     // points
	count                     // how many
	detail                    // single lines
	minus                     // deductions
	who                       // by whom
	why                       // for what
	placing                   // rank
	first                     // the top of the list
	town                      // beyond the village
	wall                      // the published sheet
	change                    // another household
	usage                     // how to use this
	village                   // the village
	quarter                   // a quarter, 1 to 4
	back                      // a quarter, counted back from this one
	year                      // a year
	ago                       // a year, counted back from this one
	month                     // a month, 1 to 12
	past                      // a month, counted back from this one
	thanking                  // thanks, a farewell, that something was understood
	elsewhere                 // what sounds or looks like one of these and is not
)

// when are the tags of a time.
const when = quarter | back | year | ago | month | past

// small are the tags of what may stand beside anything.
const small = filler | hello | thanking

// sense is what a word, or all words of a message, name: the tags and, for
// those of a time, which.
type sense struct {
	tags                    tag
	inQuarter, quartersBack int
	inYear, yearsAgo        int
	inMonth, monthsBack     int
}

// and joins the senses of two words; the later time counts.
func (s sense) and(o sense) sense {
	s.tags |= o.tags
	if o.tags&quarter != 0 {
		s.inQuarter = o.inQuarter
	}
	if o.tags&back != 0 {
		s.quartersBack = o.quartersBack
	}
	if o.tags&year != 0 {
		s.inYear = o.inYear
	}
	if o.tags&ago != 0 {
		s.yearsAgo = o.yearsAgo
	}
	if o.tags&month != 0 {
		s.inMonth = o.inMonth
	}
	if o.tags&past != 0 {
		s.monthsBack = o.monthsBack
	}
	return s
}

// lexicon lists the words of each tag. A message is understood only where
// these words cover it from end to end, so that whatever is not here (兑换,
// 异议, 退订, somebody's name) leads to choices and never to a wrong answer.
var lexicon = map[tag]string{
	filler: "请 问 请问 问问 想问 一下 一下子 下 帮 帮我 帮忙 帮个忙 麻烦 麻烦您 劳烦 我 我们 我家 我们家 我屋 我屋里 我屋头 " +
		"咱 咱家 咱们 咱们家 俺 俺家 俺们家 屋头 屋里 家 家里 自家 自己家 个人 户 的 嘞 了 呀 啊 嘛 吗 么 呢 吧 哈 嗯 诶 哎 喂 唉 哟 咯 哇 撒 " +
		"有 还有 还剩 剩 还 是 想 要 想要 我要 我想 看 看看 看下 看一下 瞧瞧 查 查查 查询 查看 查下 查一下 查一查 知道 晓得 想知道 " +
		"给 给我 现在 目前 到 今天 到现在 到底 究竟 一共 总共 共 都 能 能不能 可以 可不可以 告诉 告诉我 要得 好的 好嘞 您 你 同志 师傅 老师 " +
		"这 个 在 在哪看 在哪查 哪里查 哪里看 怎么查 怎么看 咋查 咋看 咋个查 咋个看 说 说说 说一下 列 列一下 打出来 情况",
	thanking: "谢谢 谢谢了 谢谢你 谢谢您 谢谢你了 谢谢您了 谢谢你哈 多谢 多谢了 多谢你 多谢您 谢了 感谢 感谢你 感谢您 非常感谢 十分感谢 劳慰 劳慰你 劳慰了 道谢 道谢了 道谢你 难为 难为你 难为你了 难为您 难为您了 " +
		"麻烦了 麻烦你了 麻烦您了 辛苦 辛苦了 辛苦你 辛苦你了 辛苦您 辛苦您了 费心 费心了 再见 拜拜 回见 再会 下次见 改天见 明天见 慢走 晓得了 晓得咯 晓得啦 知道了 知道啦 明白 明白了 懂了 清楚了 " +
		"看到了 看见了 收到 收到了 记住了 记到了 没事 没事了 没啥 没啥了 没得事 没得事了 莫得事 莫得事了 没有事了 没别的事了 没问题了 没得问题了 你忙 您忙 你忙嘛 你忙你的 不问了 没得问的了 问完了 哦 噢",
	hello: "嘿 嗨 哈喽 早 你好 您好 在吗 在不在 早上好 晚上好 下午好 上午好 大家好 hi hello",
	score: "jifen chafen 积分 分数 得分 总分 查分 积分数 总积分 分值 多少分 好多分 几分 几多分 多少积分 好多积分 几个分",
	count: "多少 好多 几 几多 几个 分",
	detail: "mingxi 明细 明细账 细账 清单 流水 流水账 记录 记分记录 详情 详细 每一条 每条 一条一条 条条 逐条 账目 加减分 得分情况 哪些分 分怎么来的 分咋来的 " +
		"怎么来的 咋来的 谁记的 谁录的 谁加的 谁确认的",
	minus:     "扣分 扣 扣的 扣了 减分 减 减了 被扣 被扣分 扣掉 谁扣的 谁扣分 扣分项 怎么扣的 咋扣的",
	who:       "谁 哪个 啥人 什么人 被谁",
	why:       "为啥 为什么 为何 啥原因 什么原因 原因 凭啥 凭什么 啥子原因 为啥子",
	placing:   "paiming 排名 名次 排第几 排几 第几 第几名 排行 排行榜 排位 排名次 排多少 排多少名 排好多 多少名 好多名",
	first:     "前十 前十名 前10 前10名 前几名 前三 前三名 前3 前3名 第一名 谁第一 哪家第一 榜首 分最高 最高分 谁最多 谁最高",
	town:      "全镇 全乡 全县 镇上 镇里 乡里 县里 乡镇 别的村 其他村 别村 外村 各村 哪个村 村和村 村与村",
	wall:      "gongshi 公示 公示榜 公示表 公示栏 公示单 公示名单 公示情况 公示结果 季度公示 张榜 上墙",
	change:    "换户 换一户 换家 换一家 换个户 换个家 切换 切换户 切换家庭 另一户 另外一户 另一家 另外一家 换到另一户 换成另一户",
	usage:     "你是谁 你是哪个 你是哪位 你是干啥的 你是做啥的 帮助 菜单 功能 怎么用 咋用 咋个用 怎么弄 怎么操作 怎么使用 使用说明 说明 能干啥 能干什么 能做啥 能做什么 能问啥 能问什么 有啥功能 有什么功能 help",
	village:   "村 村里 村上 全村 我村 本村 我们村 咱村 咱们村 俺村",
	elsewhere: "公司 公式 工时 工资 攻势 鸡粪 分家 户口 排队 明星 明显 明细表格 帮主 兑换 换 退订 异议 不对",
}

// vocabulary makes the words by characters and, where they have two and more,
// by sound.
func vocabulary() (words, sounds map[string]sense) {
	words, sounds = map[string]sense{}, map[string]sense{}
	add := func(word string, s sense) {
		words[word] = s
		if heard := sound([]rune(word)); heard != "" && s.tags&(filler|count|elsewhere) == 0 {
			sounds[heard] = s
		}
	}
	for t, list := range lexicon {
		for _, word := range strings.Fields(list) {
			add(word, sense{tags: t})
		}
	}
	times(add)
	return words, sounds
}

// times adds the words for quarters and years.
func times(add func(string, sense)) {
	for n, numerals := range [][2]string{{"1", "一"}, {"2", "二"}, {"3", "三"}, {"4", "四"}} {
		s := sense{tags: quarter, inQuarter: n + 1}
		for _, numeral := range numerals {
			for _, form := range []string{"第%s季度", "%s季度", "第%s季", "%s季", "第%s个季度", "%s季度的"} {
				add(fmt.Sprintf(form, numeral), s)
			}
		}
	}
	for n, list := range []string{"这季度 这个季度 本季度 当季 这季 本季", "上季度 上个季度 上一季度 上一个季度 上季"} {
		for _, word := range strings.Fields(list) {
			add(word, sense{tags: back, quartersBack: n})
		}
	}
	for n, list := range []string{"今年 本年 本年度 今年度", "去年 上年 上一年 去年度", "前年"} {
		for _, word := range strings.Fields(list) {
			add(word, sense{tags: ago, yearsAgo: n})
		}
	}
	for n, list := range []string{"这个月 本月 这月 当月 这个月份", "上个月 上月 上一个月"} {
		for _, word := range strings.Fields(list) {
			add(word, sense{tags: past, monthsBack: n})
		}
	}
	for n, numeral := range []string{"一", "二", "三", "四", "五", "六", "七", "八", "九", "十", "十一", "十二"} {
		for _, word := range []string{numeral + "月", numeral + "月份", numeral + "月间", fmt.Sprintf("%d月", n+1), fmt.Sprintf("%d月份", n+1)} {
			add(word, sense{tags: month, inMonth: n + 1})
		}
	}
	for y := 2020; y < 2100; y++ {
		for _, form := range []string{"%d年", "%d", "%d年度"} {
			add(fmt.Sprintf(form, y), sense{tags: year, inYear: y})
		}
	}
}

// widest is how many characters a word has at most.
const widest = 8

// What it costs to take characters for a word: a word heard costs more than
// any number of words read.
const (
	readCost  = 1
	heardCost = 100
	apart     = 1 << 20 // no words cover the text up to here
)

// cover finds the fewest words that cover the text from end to end, and the
// zero sense where there are none. Without sounds words are read only.
func (e *ear) cover(text []rune, sounds []string) sense {
	var cost [longest + 1]int
	var senses [longest + 1]sense
	for end := 1; end <= len(text); end++ {
		cost[end] = apart
		for start := max(0, end-widest); start < end; start++ {
			if cost[start] == apart {
				continue
			}
			s, price := e.word(text[start:end], sounds, start)
			if price < apart && cost[start]+price < cost[end] {
				cost[end], senses[end] = cost[start]+price, senses[start].and(s)
			}
		}
	}
	return senses[len(text)]
}

func (e *ear) word(text []rune, sounds []string, start int) (sense, int) {
	if s, ok := e.words[string(text)]; ok {
		return s, readCost
	}
	if sounds == nil || len(text) < 2 {
		return sense{}, apart
	}
	if s, ok := e.sounds[strings.Join(sounds[start:start+len(text)], " ")]; ok {
		return s, heardCost
	}
	return sense{}, apart
}
