package script

import (
	"fmt"
	"strings"

	"github.com/xiangfeng/xiangfeng/domain/fault"
	"github.com/xiangfeng/xiangfeng/domain/household"
	"github.com/xiangfeng/xiangfeng/domain/village"
)

// What the web console and the page behind a card's code say.

// CardVillage is a village whose cards are printed.
type CardVillage struct {
	Village  village.Village
	Township string
}

// CardHome is a household with its newest card.
type CardHome struct {
	Home Home
	Card household.Card
}

// The console's sentences that need no facts.
const (
	ConsoleName     = "乡风积分 · 管理台"
	ConsoleSkip     = "跳到正文"
	ConsoleLeave    = "退出"
	ConsoleAdmin    = "管理员"
	ConsoleVillages = "选一个村"
	ConsoleNowhere  = "您的岗位在管理台还没有可办的事。要印卡，请找本村组长、副组长或镇上的同志。"

	DoorTitle   = "登录管理台"
	DoorHow1    = "打开手机上的小程序"
	DoorHow2    = "点首页的扫码按钮，对准下面的码"
	DoorHow3    = "看清是不是这台电脑，是就点“是我，让它登录”"
	DoorNew     = "显示登录码"
	DoorRenew   = "换一个新码"
	DoorOver    = "这个码过期了，或者已经用过。"
	DoorWaiting = "等手机确认，两分钟内有效。"
	DoorCome    = "手机上已确认，正在进入。"
	DoorEnter   = "进入管理台"
	DoorAlt     = "登录用的二维码"
	DoorMine    = "这台电脑："
	DoorNoScan  = "这是管理台的登录码。请打开小程序，用首页的扫码按钮扫它。不是您自己电脑上的码，请不要确认。"
	DoorCrowded = "这个网络上等着登录的太多了，请过两分钟再试。"

	LinkTitle = "管理员登录"
	LinkAsk   = "这个链接只能用一次，十分钟内有效。请在您自己的电脑上进入。"
	LinkEnter = "进入管理台"
	LinkOver  = "这个链接过期了，或者已经用过。请在服务器上再运行一次：xiangfeng admin-link --config 配置文件"

	CardTitle       = "积分信息卡"
	CardScan        = "小组扫码记分"
	CardNoLabel     = "卡号"
	CardBind        = "微信公众号“乡风积分”里发："
	CardBindWord    = "绑定"
	CardPrint       = "打印"
	CardHowToPrint  = "A4 纸，每页 8 张，沿虚线剪开。打印时缩放选“实际大小”或 100%，页眉页脚不要勾。"
	CardSearch      = "找一户"
	CardSearchHint  = "户号、户主或卡号"
	CardSearchDo    = "查找"
	CardAll         = "看全部"
	CardNone        = "没有找到。换个户号、户主或卡号试试。"
	CardOnly        = "只印这张"
	CardReissue     = "补发"
	CardRevoke      = "挂失"
	CardKeep        = "先不办"
	CardIsRevoked   = "卡已挂失，还没有补发。"
	CardCannotPrint = "这张卡是换密钥以前发的，印不出来，请补发。"
	CardRevokeTitle = "挂失这张卡？"
	CardRevokeWhat  = "挂失后这张卡马上作废：谁扫都没用，卡号也不能再绑定。家里已绑定的人不受影响。作废的卡不能恢复，要用请再补发。"
	CardRevokeDo    = "确定挂失"
	CardNewTitle    = "补发一张新卡？"
	CardNewWhat     = "补发后有一个新卡号、新二维码，旧卡马上作废，谁扫都没用。积分和家里已绑定的人都不变。补发后请把新卡印出来，换下旧的。"
	CardNewDo       = "确定补发"
	CardNoHomes     = "这个村还没有户。"

	PublicTitle = "这是一张积分信息卡"
	PublicWhat  = "贴在农户家门口，给村里“乡风积分”用的。"
	PublicTeam  = "积分工作小组入户时，用“乡风积分”小程序里的扫码按钮扫它来记分。用微信“扫一扫”或别的软件扫，只会打开这一页，看不到是谁家、有多少分。"
	PublicBind  = "是您家的卡？不用扫。请在微信里打开本地“乡风积分”公众号，发“绑定”和卡上的卡号，就能查分。"
	PublicLost  = "捡到的卡，请交给村委会。"
	PublicMaker = "乡风积分 · 乡村积分制"
)

// ConsoleSays is what the console says of a refusal.
func ConsoleSays(c fault.Code) string {
	switch c {
	case fault.NotFound:
		return "没有找到，或者不归您管。请回到上一页再试。"
	case fault.Conflict:
		return "这张卡已经有人办过了，请刷新页面再看。"
	case fault.Forbidden:
		return "您现在没有岗位，进不了管理台。"
	case fault.Invalid:
		return "提交的内容不对，请回到上一页再试。"
	}
	return "系统正忙，没有办成。请过一会儿再试。"
}

// ForeignPage is said when another site's page tries to act in the console.
const ForeignPage = "只有管理台自己的网页才能操作。"

// CardCounts says how many households a village has, and how many of them hold a card.
func CardCounts(homes, held int) string {
	if homes == held {
		return fmt.Sprintf("共 %d 户，都有卡。", homes)
	}
	return fmt.Sprintf("共 %d 户，%d 户有卡，%d 户没有。", homes, held, homes-held)
}

// CardsFound says how many households a search has found.
func CardsFound(n int) string { return fmt.Sprintf("找到 %d 户。", n) }

// CardAlt describes a card's code to who does not see it.
func CardAlt(number string) string { return "卡 " + number + " 的二维码" }

// CardDone says what has been done to a card; number is the one it was done to,
// for a new card its own.
func CardDone(reissued bool, number string) string {
	if reissued {
		return "补发好了，新卡号是 " + number + "，旧卡已作废。请把新卡印出来。"
	}
	return "卡 " + number + " 已挂失，马上作废了。要用新卡请点“补发”。"
}

// CardNoVillage is said when no village, or more than one, has the name.
func CardNoVillage(name string, all []CardVillage) string {
	names := make([]string, len(all))
	for i, v := range all {
		names[i] = v.Township + v.Village.Name
	}
	if name == "" {
		return "请用 --village 说明是哪个村：" + strings.Join(names, "、")
	}
	return "没有叫“" + name + "”的村，或者不止一个，请写上镇名：" + strings.Join(names, "、")
}

// CardsWritten says where the sheet of cards was written.
func CardsWritten(path string, printed, homes int) string {
	text := fmt.Sprintf("%d 户的卡已写到 %s，用浏览器打开后打印。里面有二维码，印好后请收好或删掉。", printed, path)
	if printed < homes {
		text += fmt.Sprintf("\n另有 %d 户没有能印的卡，请在管理台补发。", homes-printed)
	}
	return text
}

// AdminLink hands out the administrator's link.
func AdminLink(url string) string {
	return "管理员登录管理台，请在十分钟内用自己的电脑打开，只能用一次：\n" + url
}

// browsers and systems are told by what their User-Agent holds, the first match wins.
var (
	browsers = [][2]string{
		{"MicroMessenger/", "微信"}, {"Edg/", "Edge"}, {"QQBrowser/", "QQ浏览器"}, {"Firefox/", "Firefox"},
		{"Chrome/", "Chrome"}, {"Safari/", "Safari"},
	}
	systems = [][2]string{
		{"Android", "安卓"}, {"iPhone", "iPhone"}, {"iPad", "iPad"}, {"Windows", "Windows"}, {"Mac OS X", "Mac"}, {"Linux", "Linux"},
	}
)

// Browser names a browser by its User-Agent, for who confirms that it is theirs.
func Browser(agent string) string {
	return named(agent, browsers, "别的浏览器") + "（" + named(agent, systems, "别的系统") + "）"
}

func named(agent string, known [][2]string, other string) string {
	for _, k := range known {
		if strings.Contains(agent, k[0]) {
			return k[1]
		}
	}
	return other
}

// Where a browser is, as its address tells.
const (
	FromServer  = "服务器本机"
	FromNowhere = "不知道在哪里"
)

// FromInside names a browser in the server's own network.
func FromInside(address string) string { return "内网 " + address }

// FromOutside names a browser somewhere on the net.
func FromOutside(address string) string { return "网络地址 " + address }
