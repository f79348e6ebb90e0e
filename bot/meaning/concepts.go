package meaning

import (
	"maps"
	"slices"
	"strings"
)

// concepts are the words for what villagers talk about, each under one name.
// Words of two characters and more are known by their sound, too.
var concepts = map[string]string{
	quiet: "在外打工 在外头打工 外头打工 外面打工 在外面打工 去打工 在医院 赶场天 近段时间 最近 近来 这段时间 才有 才能 告诉 告知 今年子 去年子 老辈子 给我看 给我听 给我看看 给婆婆看哈 哪天子 那个 那 这个 这 就是 嗯 一下 同志 师傅 老师 请问 麻烦 劳烦 劳驾 不好意思 打扰 谢谢 谢谢您 谢谢配合 辛苦 辛苦了 想问 我想问 我想 想要 帮我 给我 你们 我们 他们 我 你 您 是 的 了 " +
		"嘛 呀 啊 哦 哟 噻 哈 嗦 吗 呢 吧 咯 第一季度 第二季度 第三季度 第四季度 季度 今年 去年 明年 昨天 今天 明天 前几天 上次 上回 这回 上个月 这个月 下个月 应该 我也 有个 现在 目前 来着 " +
		"听说 晓得 知道 不知道 不晓得 时候 事情 的话 在家 家里 要 还是 已经 还 都 到底 说 屋里 自己 一 一次 一个 一样 一家 老家 东家 这家 有人 领导 我说 老说 大家 是不是 也 去 来 在 到 有 和 跟 把 让 叫 喊 用 又 就 很 太 更 再 最",
	"how":     "怎么 咋个 咋 啷个 郎凯 怎样 如何 怎么弄 咋办 怎么办 啷个办 咋整 啷凯 浪个 怎么搞 教哈 教我 教一下",
	"many":    "多少 好多 几 几多 多高 多少个",
	"what":    "什么 啥 啥子 哪些 哪样 些啥 些啥子 么子",
	"who":     "谁 哪个 哪位 啥人 什么人 哪家 谁家 哪户 哪个屋头",
	"why":     "理由 为啥 为什么 为何 为啥子 原因 啥原因 什么原因 做啥子 怎么回事 咋回事 啥事 啥子事",
	"bywhat":  "凭啥 凭什么 凭啥子 凭哪样",
	"when":    "什么时候 好久 哪天 几号 多久 啥时候 啥子时候 何时 几天 什么时间 多长时间 到期 截止 结束",
	"hour":    "几点 几点钟 营业 营业时间 开门 关门 上班 下班 开不开门 休息 关起 开起",
	"where":   "哪里 哪点 在哪 哪儿 哪个地方 啥地方 位置 地址",
	"left":    "还剩 剩余 剩 余额 还有 攒了 总共 一共 清零 作废 过期 用完 结余",
	"not":     "不 没 没有 莫 莫得 没得 别 不要 未 没去 没来",
	"can":     "能不能 可不可以 可以 能 行不行 得行不 要得不 行不 可不可",
	"check":   "查 看看 看哈 看一下 看下 查一下 查下 查哈 查询 看 瞧瞧 瞅瞅",
	"mine":    "我家 我屋 我屋头 我们家 我户 咱家 我们屋 我们这户 屋头 我们屋头 俺家 我屋里 本户 自己家 个人屋头",
	"points":  "家积分 家的积分 家的分 家得分 分给我看 的分给我 我的分 的分 分都 积分 分数 分 得分 总分 分值 分子 分分 总积分",
	"balance": "查分 查积分 多少分 好多分 几分 多少积分 好多积分",
	"plus":    "有没得分 有没得加分 挣分 得分 加好多分 给我记分 加分 加了 加几分 加多少 加好多 加点分 得几分 涨分 奖分 奖励分 加不加分 有没有分 算分 算好多分 得好多分 加些 给分",
	"minus":   "扣我 扣我家 扣我屋 扣了我 又扣 扣分 扣了 扣 减分 罚分 扣几分 扣多少 扣好多 少了 掉分 遭扣 被扣 扣不扣 扣掉 罚好多 倒扣",
	"hit":     "扣我 扣我家 扣我屋 扣了我 又扣 少了 变少 变少了 遭扣 被扣 往下掉 掉了 少了一 我的分少",
	"yet":     "加了没 加上没 加没加 加上没得 加过分 加过分没 加分没 加分没得 加分了没 加了没得 加了分没 给我加分没 记上没 记上没得 记了没",
	"cap":     "最多加 最多扣 最多得 封顶 上限 加满",
	"detail": "变动 明细 流水 账单 记录 清单 详细 详情 一条一条 一条条 每一条 每一笔 怎么来的 咋来的 啷个来的 具体 项目 每一次 每次 列给我 列出来 细账 账目 第二页 下一页 " +
		"哪些分 加在哪 扣在哪 谁记的 谁登的 谁确认",
	"line":     "条 笔 第几条",
	"rank":     "吊车尾 升没升 名次升 排名升 第几个 最后一名 榜上有我 在榜上 在榜上没 榜上有没有我 落到后头 上一名 前头还是后头 前面后面 前头还有 前面还有 排名 名次 排位 排第几 排第 排行 第几名 第几 倒数 垫底 多少名 好多名 排好多 排多少 排到 排在 前一名 排得 排起 几名 落后 前进 位次 第几位",
	"top":      "顶高 搞得最好 最好 排头的 排前头 前头几个 前头几家 头几名 哪家子第一 拿头名 最得行 前十 前十名 第一名 榜首 头名 最高 最多 前三 前三名 红榜 前几名 得第一 第一 前五 前五名 前二十 最凶 高分 分高 前面十户 状元 冠军 头一名 最厉害 先进户 优秀户 排头 打头 前几户 前几家",
	"town":     "全镇 镇上 镇里 镇头 别的村 隔壁村 邻村 各村 其他村 全县 县里 全乡 乡里 外村 哪个村 两个村 别个村 几个村 他们村 所有村 我们村 咱村 村跟村 村与村 兄弟村 周边村 乡镇 旁边村 那个村 每个村 一个镇",
	"village":  "村里 全村 村上 本村 村头 村子",
	"public":   "榜上 榜上有 那个榜 红纸 榜出来 公示 公榜 公布 张榜 榜 墙上 贴 贴出来 公示期 公示表 公示栏 公示榜 公告栏 贴榜 出榜 上墙",
	"object":   "记拐 扣拐 拐了 记错人 扣到我头上 到我头上 得冤 没得我的分 冇得我的分 没给我 漏了我 没得道理 没道理 不服气 不同意扣 加成别个 加成别家 记成别个 记成别家 记到别个 算给别个 不是我屋 不是我家 没得关系的事 只给记 只给我记 只记了 不得认 异议 申诉 不服 不认 记错 扣错 漏记 少记 多扣 乱扣 搞错 不对 有误 算错 冤枉 错了 写错 记漏 漏了 没给我加 没给我记 重复扣 不认可 没记 没加 不承认 错误 扣冤枉 改过来 纠正 核实 弄错 要不得 不对头 没算 记少了 加少了 没记上 没加上 没得我家 没有我的 不该 登错 不属实 复议 查实 更正",
	"progress": "回信 有信没 改了没 查了没 查清没 办了没 搞归一没 搞好没 改好没 说法 给个说法 有结果 不告了 不申诉 不提异议 取消异议 异议取消 进度 到哪一步 处理 结果 催 催办 催一下 答复 回话 回音 怎么样了 办得 到哪了 到哪里了 哪一步 撤回 撤销 撤了 没人理 没动静 进展 受理 解决没 办好没 拖起 回复 反馈 处理完 查清楚没 处理好没 办理 撤掉 收回 搞到哪 没消息 催催 催哈 不提了 结案 批下来",
	"shop":     "给我留 帮我留 要领 领米 领油 领肥皂 领盐 可以拿了 来拿 去拿 取消预订 取消预定 取消兑换 兑换 换东西 商品 预订 预定 预约 有货 换购 兑 换点东西 留一 换点 换过 换些 换啥 换了 换的 库存 上新 能换 换得到 换个 换成 兑东西 领东西 货 订了 订的 换",
	"market":   "超市 积分超市 小卖部 店里 商店 兑换点 代销店",
	"goods":    "纸巾 盐巴 大米 米 油 盐 酱油 洗衣粉 洗衣液 洗洁精 纸 抽纸 卫生纸 锄头 镰刀 电饭锅 电饭煲 肥料 牙膏 牙刷 毛巾 香皂 肥皂 面条 挂面 鸡蛋 牛奶 水壶 保温壶 保温杯 盆 脸盆 雨伞 白糖 味精 醋 面粉 种子 农具 被子 热水壶 电风扇 菜油 食用油 桶油 洗发水 沐浴露 东西 物品 火腿肠 扫把 拖把 锅 碗 铲子 手套 雨鞋 胶鞋 背篓 水桶 垃圾桶 电水壶 床单 毯子 茶叶 饼干 奖品 礼品",
	"unit":     "袋 桶 瓶 包 提 壶 斤 把 箱 双",
	"rules":    "基础分 细则 规则 标准 评分 评分标准 评分细则 办法 章程 制度 评分办法 条款 规定 怎么加分 怎么扣分 打分 怎么算 咋算 啷个算",
	"deed":     "没拴 没拴起 狗没拴 秆秆 苞谷秆 苞谷秆秆 收谷子 打谷子 义工 当义工 照顾老年人 垃圾乱丢 乱丢垃圾 办满月酒 赌钱 扯皮 收拾干净 好人好事 见义勇为 打牌 打麻将 麻将 办酒 办酒席 请客 烧秸秆 秸秆 养狗 狗 开会 义务劳动 劳动 志愿 志愿者 志愿服务 献血 考上大学 大学 考上 当兵 参军 垃圾分类 照顾老人 彩礼 吵架 打架 红白事 斗地主 乱倒垃圾 倒垃圾 乱搭乱建 丧事 喜事 鸡鸭 散养 养鸡 养猪 打扫卫生 院坝 院子 坝子 扫地 修路 巡河 喝酒 骂架 乱堆 打小牌 过生 满月酒 升学宴 摆酒 婚事 白事 植树 种树 救人 拾金不昧 捡垃圾 信访 上访 放鞭炮 烧纸 赌博 骂人 种地 栽树 河道 堆柴 敬老 孝顺 交费 评上 党员",
	"done":     "扫归一 整改归一 归一了 拴起了 关起了 打扫干净 整改 整改好 弄好 收拾好 收拾 清理 搞完 验收 复查 复核 来看 来看嘛 检查 改好 拆了 搬走 搬完 清了 扫干净 弄完 整归一 弄归一 掏通 冲洗 打扫完 打整 干净 弄干净 整好 做完 扫好 搞好 照片 拍照 拍了 完成 清完 修好",
	"declare":  "还给人家 还给别人 还人家 记一笔 给我记 要报 报一个 报给 往上报 找谁报 给我记上 帮我记上 申报 上报 报分 好事 好人好事 申请 申请加分 做了好事 自己报 报一下 报起 报上去 报上 填报 报个",
	"suggest":  "检举 我要告 告村长 告干部 告组长 告书记 告会计 吃空饷 空饷 乱打分 乱记分 乱打的 乱扣人 看关系 凭关系 偏向 说个事 冒名 冒领 莫让村里 不让村里 态度恶劣 缺斤少两 太贵 要多进 多进点 是陈的 老百姓 没做事 人情分 虚报 吃拿卡要 建议 投诉 举报 意见 反映 不公平 不公 偏心 作假 弄虚作假 告他 态度 有看法 想法 提个 公道 不公道 假 作弊 走后门 关系户 优亲厚友 管不管 想不通 徇私 希望 保密 提意见 上告 告状 骗分 太差 乱搞",
	"others":   "隔壁屋头 别个屋头 别个家 别个屋 人家屋头 别人屋 隔壁屋 邻居家 邻居屋头 他们屋头 她屋头 他屋 他家 她家 人家 别人家 隔壁 邻居 那家 他们家 别家 他屋头 隔壁家 哪家人 那户 别人屋头 他 她",
	"cadre":    "记分的 打分的 干部 村长 书记 组长 主任 村干部 记分员 会计 支书 社长 网格员 领导 村官",
	"helper":   "代办 委托 代看 替我 授权 代理 代办人 帮我弄 帮我办 代我 替我看 替我查 代为 帮办 帮他 帮她 帮我代办 喊他帮 让他帮 找个人帮 托 代",
	"kin":      "妈家 爸家 姐家 哥家 妹家 弟家 舅家 女儿家 儿子家 妈 妈妈 爸 爸爸 儿子 女儿 侄儿 侄女 孙子 孙女 爷爷 奶奶 外婆 外公 公公 婆婆 岳母 岳父 老汉 老汉儿 幺儿 媳妇 儿媳 儿媳妇 姐 哥 弟 妹 姑 舅 叔 老娘 娘家 婆家 爸妈 父母 老人 老婆 老公 嬢嬢 表哥 兄弟 亲戚 姐姐 哥哥 弟弟 妹妹 妹儿 孙孙 娃儿 女婿 老伴 我女 幺妹",
	"switch":   "我妈那边 那边的 两家都要 那户的 老屋那户 看那家的 另外那个 换户 切换 另一户 另外一户 另外那家 第二户 两户 那户 老屋 换回 切到 切回 那边屋头 另一家 两家 换到 另外 别的户 换转来 换一户 分户 另一个家 户头 那一户 换一家 换家",
	"notice":   "发信息 发消息了 莫给我发 别给我发 不要给我发 先给我说 给我说声 给我说一声 取消订阅 取消通知 取消提醒 订阅 退订 通知 提醒 推送 消息 短信 发消息 别发 喊我 叫我 告诉我一声 通知我 提醒我 说一声 打招呼 信息提示 响 群发 免打扰 莫发 收不到 不要发 说声 发来 少发",
	"stop":     "取消绑定 解绑 注销 退订 取消订阅 取消预订 取消预定 取消兑换 取消通知 取消提醒 不要了 取消 退 退了 退掉 关掉 停 停了 别再 关了 不想 不再 去掉 关闭 打住",
	"open":     "打开 开通 开启 订上 恢复",
	"person":   "管事 管积分 管这个 给哪个说 跟哪个说 哪个管事 组长电话 村里电话 镇上电话 谁负责 人工 客服 电话 找谁 找人 真人 活人 负责人 联系 找哪个 问哪个 打电话 转人工 联系方式 座机 喊个人 跟人说 找人说 哪个管 谁管 值班",
	"delete":   "别人看得到 别人看到 别个看得到 别个看到 外人看到 我的电话 不要公开 看到我家 解绑 注销 删除 删 隐私 个人信息 资料 泄露 取消绑定 删掉 解开 销户 解除 解除绑定 删了 信息 个人资料 泄漏 不绑 保密 解了 数据 消除 抹掉 账号",
	"phone":    "电话换了 手机换了 换了电话 要改号 改号 手机号 号码 换号 新号 老号 电话号码 换手机 手机号码 旧号 换号码 改号码 换了号 换了个号",
	"wechat":   "微信 账号 微信号",
	"help":     "你是哪个 你是谁 问你 能问你 啷个整 会些啥 咋个用 帮助 菜单 怎么用 使用说明 功能 不会用 教我 能做啥 能干啥 咋用 啷个用 会啥 操作 首页 干什么的 搞啥子的 做些啥 能做什么 能干什么 能查什么 说明书 教程 指南 新手 第一次用 是谁 怎么使用 怎么操作 干啥用 干啥的",
	"hello":    "你好 您好 早上好 下午好 晚上好 在吗 在不在 有人吗 有人在吗 喂 哈喽 嗨",
	"cash":     "现金 换钱 提现 套现 变现 折现 卖分 钱 银行卡 折钱 现钱 人民币 红包 折成钱 换成钱 元 块钱 卖 兑钱 兑现 票子",
	"give":     "转给 送给 过给 借给 给别人 转让 转到 送人 转 送 借 合在一起 匀给 分给 拿给 赠送 过户 让给 过继 合并",
	"bind":     "加进来 加上去 加进去 登上 没得卡 没发卡 扫了码 卡落了 尾号不对 验证失败 绑定 绑卡 登记 扫卡 扫码 二维码 挂失 卡丢 补卡 绑 四位数 后四位 加入 积分卡 扫了卡 补办 补一张 卡 绑上 信息卡 入户 注册 尾号 扫一扫 绑我家 没绑 验证码",
	"lost":     "丢了 掉了 找不到 烂了 搞落 搞丢 不见了 坏了 遗失 弄丢 落了 搞脱 扯烂 看不清",
	"elsewhere": "修房 修房子 起房子 盖房子 房子 漏雨 路灯 电线杆 腰杆 牙齿 血压 海椒 辣椒 火化 充电 太阳 下雪 好冷 界石 幼儿园 红苕 洋芋 医生 打针 吃啥药 对象 介绍 借钱 没信号 网断 赶场是 赶场不 哪天赶场 好久赶场 几点钟 多大岁数 找不到媳妇 占我的地 骗我钱 欠我钱 五保户 社保卡 医保卡 手机卡 老年卡 公交卡 户口本 驾驶证 存折 信用社 供电所 水厂 邮局 民政办 水管 律师 合同 登记处 婚姻 失业 考试 放假 通知书 退款 废品 粮票 手机屏 输入法 好友 外卖 诈骗 卖车 卖房 买药 代驾 代购 人工智能 奥运会 足球 普通话 移动公司 打官司 电表 朋友圈 闹钟 挂面 疫苗 旧电器 发票 话费 流量 充值 医保 社保 低保 养老 养老金 养老保险 天气 下雨 落雨 快递 身份证 高考 彩票 贷款 班车 停电 停水 猪价 苞谷 玉米 谷子 打药 驾照 违章 宅基地 残疾证 新农合 补贴 补助 退耕 户口 派出所 医院 公积金 兽医 作文 笑话 电视 新闻 车票 火车 " +
		"公务员 支付宝 卫生院 电信 移动 联通 信用卡 银行 会员 机票 视频 中考 工伤 法院 明星 起诉 不动产 房产 公司 招人 工厂 医疗 五保 粮食补贴 耕地 审批 建房 手续 预报 几度 气温 农药 果树 母猪 瘟病 结婚证 单号 换证 上牌 放学 作业 成绩 分数线 挂号 报警 遗产 利息 开奖 睡觉 起床 喝酒 快乐 再见 转账 打不开 群里 车站 吃了吗 苗 庄稼 秧子 种啥 种什么 杀虫 笨蛋 傻子 骗子 神经病 公交 学校 报名 招聘 新冠 疫苗 核酸 房产证 结婚 离婚证 生二胎 高龄 化肥 农药 稻子 小麦 水稻 猪 牛 羊 鸡苗 鱼苗 涨价 股票 基金 歌 电影 游戏 王者 抖音 微博 淘宝 拼多多 京东 外卖 中奖 吃饭 上学 校车 电费 水费 燃气 网费 宽带 打工 招工 工资 路况 高速 感冒 发烧 吃药 看病 住院 报销 保险 种子补贴 粮食 收购 价格 危房 改造 确权 土地 征地 拆迁 林权 公租房",
}

// widest is how many characters a word of a concept has at most.
const widest = 6

// quiet is the concept of words that say nothing. They keep others from being
// heard in them.
const quiet = ""

var byRead, bySound, byLook = vocabulary()

// vocabulary finds the concepts of words, in order, by characters and, for
// words of two and more, by sound and by look.
func vocabulary() (read, sound, look map[string][]string) {
	read, sound, look = map[string][]string{}, map[string][]string{}, map[string][]string{}
	for _, name := range slices.Sorted(maps.Keys(concepts)) {
		for word := range strings.FieldsSeq(concepts[name]) {
			if name == quiet {
				read[word] = nil
				continue
			}
			read[word] = append(read[word], name)
			if text := []rune(word); len(text) > 1 {
				also(sound, soundOf(text), name)
				also(look, lookOf(text), name)
			}
		}
	}
	for _, names := range []map[string][]string{sound, look} {
		for word, all := range names {
			if len(all) > 1 { // 公示 is not to be heard as 公司
				names[word] = slices.DeleteFunc(all, func(name string) bool { return name == "elsewhere" })
			}
		}
	}
	return read, sound, look
}

func also(names map[string][]string, word, name string) {
	if !slices.Contains(names[word], name) {
		names[word] = append(names[word], name)
	}
}

func soundOf(word []rune) string {
	s := make([]string, len(word))
	for i, r := range word {
		s[i] = Syllable(r)
	}
	return strings.Join(s, " ")
}

// What it takes to cover a text: a word that is read, one of a single
// character, a character that is part of no word, and, by their length, words
// that are only heard or look alike. Those never win over words that are read.
const (
	readCost  = 100
	aloneCost = 90
	lostCost  = 100
)

var heardCost = [widest + 1]int{2: 184, 3: 195, 4: 205, 5: 215, 6: 225}

// named are the concepts that a text names, in order, by the words that cover
// it at the least cost.
func named(text []rune) []string {
	type step struct {
		cost, from int
		names      []string
	}
	best := make([]step, len(text)+1)
	for i := range text {
		best[i+1] = step{best[i].cost + lostCost, i, nil}
		for n := 1; n <= min(widest, i+1); n++ {
			names, cost := wordAt(text[i+1-n : i+1])
			if total := best[i+1-n].cost + cost; cost > 0 && total < best[i+1].cost {
				best[i+1] = step{total, i + 1 - n, names}
			}
		}
	}
	var found []string
	for i := len(text); i > 0; i = best[i].from {
		found = append(found, best[i].names...)
	}
	slices.Reverse(found)
	return found
}

// Deed tells whether the words are one that adds or takes away points, and
// nothing else: 办酒席.
func Deed(words string) bool { return slices.Contains(byRead[words], "deed") }

func wordAt(text []rune) ([]string, int) {
	if names, ok := byRead[string(text)]; ok {
		if len(text) == 1 {
			return names, aloneCost
		}
		return names, readCost
	}
	if len(text) == 1 {
		return nil, 0
	}
	if names, ok := bySound[soundOf(text)]; ok {
		return names, heardCost[len(text)]
	}
	if names, ok := byLook[lookOf(text)]; ok {
		return names, heardCost[len(text)]
	}
	return nil, 0
}
