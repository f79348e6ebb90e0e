package meaning

import "strings"

// alike are characters that are taken for each other when one writes by hand
// or picks from a list; the first stands for all.
var alike = strings.Fields("积枳织帜识 分兮份纷 明朋萌 细纽绌绣 排徘棑俳 名各 第笫弟 查杳査 绑梆邦 定走 订汀仃钉 阅闻阔 退腿褪 消捎稍 换唤焕抉涣 兑说悦 预顸 示禾 公么 " +
	"议汉仪 异导 申由甲 诉拆沂 记纪汜 对対 服眼 进迸 度庆 催摧 撤撒 处外 理埋 加如 打扛 扣捂和 牌脾碑 办辨协 代伐 规现 则侧 评坪 标际 准淮 改攺 报服 建津健 投设没 举挙 干千 村材 " +
	"镇填慎 榜傍膀 家冢 户尸卢 切功 通诵 提捉 醒醉 关天 人入 工土 电申 话活 超起 市巾 问间 解懈 删册 除徐 号吕 帮帮 助肋 菜莱 用甩 现观 转砖 给绐 卖买 儿几 卡卞 丢去 登澄 好奸 " +
	"余佘 清请 流疏 账帐 录彔 名各 期朝 贴帖 表丧 权杈 委萎 托扥 侄侄 妈吗 爸巴 户戶 短矩 息意 关美 客容 服腹 注往 隐稳 私和 机饥 码玛 微徽 信倍 首酋 能态 现规 金全 钱线 折拆 提堤 送迭 " +
	"给拾 借惜 补朴 绑棒 挂桂 失夫 大太犬 米来 油抽 盐监 袋代 桶捅 瓶甁 酒洒 席度 麻床 将蒋 献南 血皿 考老 整正 净争 扫归 完宪 拍柏 照昭 意竟 见贝 干于 部陪 情清")

var looks = func() map[rune]rune {
	m := map[rune]rune{}
	for _, group := range alike {
		first := []rune(group)[0]
		for _, r := range group {
			if _, taken := m[r]; !taken {
				m[r] = first
			}
		}
	}
	return m
}()

func lookOf(word []rune) string {
	s := make([]rune, len(word))
	for i, r := range word {
		s[i] = r
		if l, ok := looks[r]; ok {
			s[i] = l
		}
	}
	return string(s)
}
