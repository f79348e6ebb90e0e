package bot_test

import (
	"strings"
	"testing"

	"github.com/xiangfeng/xiangfeng/bot"
)

// TestUnderstanding says many things in many ways.
func TestUnderstanding(t *testing.T) {
	t.Parallel()
	c := newChat(t, newTown(), "o-wang")
	for intent, sayings := range map[string]string{
		"points": "积分 查分 我家多少分 我屋头有好多分 咱家现在有多少积分 麻烦查一下积分 積分 查積分 总分是多少 看看我的分数 几分 今年积分 2026年积分 把分给我看看嘛 我还有好多分能换东西哦 冇得我的分 jifen 王桂兰家好多分 " +
			"鸡分 计分 积芬 査分 査积芬 我屋头好多分 我家得分 师傅帮我看下积分 能不能告诉我我家有多少分 您好，查下积分，谢谢！ 我家积分有多少了？",
		"lines": "明细 积分明细 第2季度明细 二季度 上季度 上个季度 本季度 谁扣的 谁扣的分 为啥扣分 为什么扣我家分 明系 名细 扣了多少分 2026年明细 去年明细 " +
			"清单 流水 加减分 哪些分 分咋来的 谁记的 这个月加了好多分 本月积分 上个月扣分 5月 十月份得了好多分 这个季度加了好多分 今天加分没得 咋个扣我分嘛 我的分啷个少了 看看每一条 一季度明细 第二季度的积分 去年第四季度 扣分明细 去年扣分",
		"rank":      "排名 我家排第几 第几名 名次 拍名 排行榜 我家排名 榜上有我没得 在村里排第几 我们村排名 牌名 第三季度排名 今年排名 积分排名",
		"top":       "前十 前10 前十名 村里前十 前面10家是哪些 谁第一 第一名 村里谁第一 谁分最高 积分前十 前十是哪个",
		"township":  "全镇排名 镇上排名 镇里排第几 全镇第几名 全县排名 全镇前十 各村排名",
		"published": "公示 公示榜 看看公示 公示表 张榜 第三季度公示 公市 村里公示 有公示吗",
		"household": "换户 切换 换一户 换家 另一户 换个户 切换家庭",
		"help":      "嘿 你是谁 帮助 你好 您好 在吗 怎么用 菜单 有什么功能 ? ？？ help 能干啥 Ｈｅｌｐ",
		"more":      "更多 还有吗 下一页 继续 更多。 跟多",
		"cancel":    "取消 算了 退出",
		"confirm":   "确认 确认。 好 好！ 要得 嗯 ok OK",
		"number":    "1 2 １ 一 第一个 1. 2、 ① 第二户 一个 十 13800000000 1️⃣",
		"dispute":   "异议 第3条不对 积分不对 排名不对 明细有错 扣分不对 我不服 第3条 公示不对 第十二条记错了",
		"progress":  "撤回 进度 催一下 我的异议",
		"redeem":    "兑换 积分兑换 我要兑换 用积分换大米 积分怎么用 积分能干啥 取消预订 取消兑换 大米 预订 我家换了啥 啥时候能领东西 我要领肥皂 换积分 不是我换的",
		"declare":   "申报 打扫干净了 我做了好事 申报帮邻居李大爷收玉米 帮邻居李大爷收玉米 给王奶奶看病送药 给孤寡老人办了医保 义务扫雪 帮隔壁老人挑水 我今天帮五保户劈柴",
		"rules":     "细则 啥子能加分 加分 办酒席 考上大学 垃圾乱丢 怎么加分 怎么扣分 打牌扣几分 献血加不加分 烧秸秆要扣多少分 養狗不拴扣幾分",
		"person":    "人工 电话 找谁 超市几点开门",
		"refused":   "积分转给我妈 换现金 积分换钱 卖分",
		"none":      "给老人办医保要带些啥 医保 低保 天气 修房子要不要批 公司 工资 今天天气好不好 玉米好多钱一斤",
		"bind":      "绑定 绑卡 卡丢了 绑定XF-AB23CD45 绑定ＸＦ－ａｂ２３ｃｄ４５ XF-AB23CD45 xfab23cd45。 绑定XF-O1 绑定ab23cd45 补卡 挂失 帮定",
		"factor":    "1234 １２３４ 0012 2026", "vouch": "审批 没有登记 没手机", "waiting": "待批 待审批", "agree": "同意 不同意 同意。",
		"members": "成员 谁绑定了 移除2 移除第二个", "privacy": "解绑 取消绑定 删除我的信息 注销 换手机号 隐私",
		"thanks":     "谢谢 多谢 麻烦你了 哦 晓得了 没得事了 再见 辛苦了 谢谢你哈 好的谢谢 要得，晓得了 难为你了 劳慰了 收到 没得事了，你忙 謝謝",
		"rude":       "你个瓜娃子 日你妈 啥子破玩意儿 放屁",
		"others":     "贺春林家好多分 他家多少分 张三家积分 邻居家排第几 王家多少分 人家屋头有好多分 冉家富家的积分",
		"suggestion": "我要告村长 干部乱记分 支书的老婆吃空饷",
		"fallback": "不查积分 别查了 没有积分 " +
			"鸡粪 第二季度排名 前年积分 去年公示 全村积分 要不要得 不要 谁的积分 分 季度 多少 请问 1-2 3.5 " +
			"积分明细排名 号 耗 确人 换户口 查人 我妈家好多分",
	} {
		for _, words := range strings.Fields(sayings) {
			got, err := c.bot.IntentOf(t.Context(), bot.Update{From: "o-wang", Kind: bot.Text, Words: words})
			if err != nil || got != intent {
				t.Errorf("%s: %s, want %s (%v)", words, got, intent, err)
			}
		}
	}
}

// TestLikelyChoices looks at what is offered for what is not understood.
func TestLikelyChoices(t *testing.T) {
	t.Parallel()
	for words, want := range map[string]string{
		"我妈家好多分": "1 看积分", "明细里头有个不对的": "1 看明细", "扣分的干部": "1 看明细", "米咋说起走的": "1 换东西",
		"退一下那个": "1 管提醒", "第二季度排名": "1 看排名",
	} {
		if reply := newChat(t, newTown(), "o-wang").say(words); !strings.Contains(reply, "\n"+want+"\n") {
			t.Errorf("%s: %q", words, reply)
		}
	}
}

// TestLexicon holds that a word, and what sounds like it, means one thing.
func TestLexicon(t *testing.T) {
	t.Parallel()
	tags, sounds := map[string]uint32{}, map[string]uint32{}
	for tag, list := range bot.Lexicon() {
		for _, word := range strings.Fields(list) {
			if other, twice := tags[word]; twice {
				t.Errorf("%s stands twice: %b and %b", word, tag, other)
			}
			tags[word] = tag
			heard := bot.Sound(word)
			if heard == "" || tag == bot.Filler || tag == bot.Elsewhere || tag == bot.Count {
				continue
			}
			if other, known := sounds[heard]; known && other != tag {
				t.Errorf("%s sounds like a word of %b", word, other)
			}
			sounds[heard] = tag
		}
	}
}

// FuzzRespond throws any words at the bot.
func FuzzRespond(f *testing.F) {
	for _, words := range []string{"积分", "第2季度明细", "１", "\u200b", "𠮷", "١", "查\xff分", "ﷺ", "1\u20e3"} {
		f.Add(words)
	}
	f.Fuzz(func(t *testing.T, words string) {
		if len(words) > 2048 {
			t.Skip()
		}
		if reply := newChat(t, newTown(), "o-wang").say(words); reply == "" {
			t.Errorf("%q is not answered", words)
		}
	})
}
