package script

import (
	"github.com/xiangfeng/xiangfeng/domain/fault"
	"github.com/xiangfeng/xiangfeng/domain/record"
)

// problems say what went wrong and what to do about it.
var problems = map[fault.Code]string{
	fault.SignedOut:     "登录过期了，请重新打开小程序。",
	fault.KeyMissing:    "这个请求缺少编号，没有办。请更新小程序再试。",
	fault.TooLarge:      "内容太大，没有收下。请少选几张照片或缩短文字。",
	fault.WrongType:     "这种内容收不了。请更新小程序再试。",
	fault.SlowDown:      "一下子太多了，先停一分钟再试。",
	fault.Busy:          "系统正忙，没有办成。请过一会儿再试。",
	fault.WrongCode:     "微信没有认出来。请重新点一次。",
	fault.WrongFactor:   "卡号和手机号对不上。请看着卡再输一次，补过卡的看新卡。",
	fault.NeedsApproval: "这一户已经有人连上了，后来的人要家里人同意。请用家里的积分信息卡申请。",
	fault.PhoneUnknown:  "这个手机号不在册上。请用家里的积分信息卡，或者找村里的积分小组登记。",
	fault.Ambiguous:     "这个手机号在册上不止一个人。请用家里的积分信息卡。",

	fault.OtherPerson: "现在登录的是另一个人，没有办。请让本人登录再办。",

	fault.TextRisky: "文字里有不能发的内容，没有发出。请改一改再发。",

	fault.Invalid:       "填的内容不对，没有办。请检查后再试。",
	fault.NotFound:      "没有找到，或者不归您看。",
	fault.Conflict:      "这件事已经有人办过，或者情况变了。请刷新看看。",
	fault.Forbidden:     "您不能办这件事。请找村里的积分小组。",
	fault.SamePerson:    "自己记的不能自己办。请换一个人来办。",
	fault.Kin:           "这是您自己家或亲戚家，不能由您来记。请交给别的组员。",
	fault.TooEarly:      "还没到时候，不能办。",
	fault.TooLate:       "时间过了，不能办了。请重新来一次。",
	fault.InFuture:      "日子还没到，不能记。请改日期。",
	fault.TooOld:        "事情过去太久，不能补记了。",
	fault.Blocked:       "还有一件没办完的事，先办完那一件。",
	fault.CardRevoked:   "这张卡已经作废，补过新卡。请扫新卡。",
	fault.Gone:          "这一户已经不记分了。",
	fault.TooMany:       "一次太多了。请分几次办。",
	fault.AccountClosed: "这一年的账已经结清，不能再记。",
	fault.Insufficient:  "分不够。",
	fault.Corrected:     "这一条已经改过了。",
	fault.WindowClosed:  "现在不是兑换的时间。",
	fault.Unsigned:      "还缺会议记录或签字。",
}

// Withheld stands in a household's pages where the team wrote what WeChat has
// not passed.
const Withheld = "（这句话还没审核，请当面问小组）"

// Problem words why something was not done.
func Problem(code fault.Code, f fault.Facts) string {
	switch code {
	case fault.Locked:
		return "错的次数多了，先停一停。请" + f.Data + "以后再试，或者带卡去找村里的积分小组。"
	case fault.WarnFirst, fault.EvidenceMissing, fault.CapReached:
		return Unrecorded(code, f)
	}
	for _, text := range []string{problems[code], PhotoProblem(code)} {
		if text != "" {
			return text
		}
	}
	return problems[fault.Invalid]
}

// Terms is the version of the privacy terms that hold now.
const Terms = "2026-11"

// ByPhone words why somebody did not come to a household by their telephone;
// empty where the refusal needs no words of its own.
func ByPhone(c fault.Code) string {
	switch c {
	case fault.Conflict:
		return "这个手机号已经连着另一个微信。请用家里的积分信息卡，或者找村里的积分小组。"
	case fault.Blocked:
		return "您已经连着一户。要再连一户，请用那一户的积分信息卡。"
	}
	return ""
}

// ByCard does so for a household's card.
func ByCard(c fault.Code) string {
	switch c {
	case fault.Conflict:
		return "您已经连上这一户了，不用再连。"
	case fault.Blocked:
		return "您今天申请过几次了，先等一等。请明天再申请，或者带卡去找村里的积分小组。"
	case fault.NotFound, fault.TooLate:
		return "没有连上。请看着卡再输一次。"
	}
	return ""
}

var eventStates = map[record.State]string{
	record.Pending: "待确认", record.Returned: "退回了，请改或撤回", record.Confirmed: "已确认", record.Rejected: "没有通过", record.Withdrawn: "已撤回",
}

// EventState words how far an event has come.
func EventState(s record.State) string { return eventStates[s] }

var declarationStates = map[record.DeclarationState]string{
	record.DeclarationWaiting: "等小组核实", record.DeclarationTaken: "已记下", record.DeclarationDeclined: "没有采纳",
}

// DeclarationState words how far a declaration has come.
func DeclarationState(s record.DeclarationState) string { return declarationStates[s] }

var warningStates = map[record.WarningState]string{
	record.WarningOpen: "等整改", record.WarningAnswered: "说改好了，等查看", record.WarningMended: "改好了，不扣分", record.WarningUnmended: "没有改，已扣分",
}

// WarningState words how far a warning has come.
func WarningState(s record.WarningState) string { return warningStates[s] }

var waitsFor = map[string]string{
	"assess": "条记录等您认定", "returned": "条记录退回给您，请改或撤回",
	"asides": "户要您来记", "declarations": "件申报等核实", "warnings": "件提醒到期了，去看看", "mended": "户说改好了，去看看",
	"photos": "张照片等您看", "disputes": "件异议等您来查",
	"approvals": "个人想连上您管的户，请在公众号里回：待批",
}

// WaitsFor words how much of a kind waits for somebody of the team.
func WaitsFor(kind string, n int) string { return digits(n) + waitsFor[kind] }
