package script

import (
	"fmt"
	"strings"

	"github.com/xiangfeng/xiangfeng/domain/calendar"
	"github.com/xiangfeng/xiangfeng/domain/household"
)

// Asking is a request to be bound, as those read it who decide it.
type Asking struct {
	ID    int64
	Home  Home
	Place Place
	Name  string
	// Phone is whose registered phone the person knew the digits of, "" for who
	// gave a name alone.
	Phone string
	// Twin tells that somebody else of the name is bound to the household already.
	Twin bool
}

// Outsider is what is known of somebody who belongs to no household.
type Outsider struct {
	// Request is the person's own that waits, 0 for none, and Until its last day.
	Request int64
	Until   calendar.Date
	// Office is whom to call, "" where that depends on the township.
	Office string
}

// whom is whom an outsider asks.
func (o Outsider) whom() string {
	if o.Office == "" {
		return "村里的积分小组"
	}
	return o.Office
}

// Awaiting tells who has made a request that it waits.
func Awaiting(o Outsider) string {
	return rows(fmt.Sprintf("您的申请还在等那家人或者积分小组同意。到%d月%d日没人同意，就不算了。", o.Until.Month, o.Until.Day), "不想申请了，请回：取消", "着急请问"+o.whom())
}

// ConfirmWithdraw repeats that a 确认 takes back the person's own request.
func ConfirmWithdraw(s Standing) string {
	return Under(s, rows("要撤回您连上一户的申请吗？", "不撤回，请回：取消", "要撤回，请回：确认"))
}

// Withdrawn tells that a request was taken back.
func Withdrawn(s Standing) string {
	return Under(s, rows("好，申请撤回了。", "想再申请，请发卡上的号码"))
}

// OutsiderPerson answers 人工 for who belongs to no household.
func OutsiderPerson(o Outsider) string {
	return rows("您的微信还没连上哪一户，先请问"+o.whom()+"。", "连上了就能看积分，请发家里积分信息卡上的号码")
}

// OutsiderSuggests answers who wants to complain or suggest and belongs to no household.
func OutsiderSuggests(o Outsider) string {
	return rows("连上一户以后，才能在这里提建议、投诉。", "没连上的，请找"+o.whom()+"当面说")
}

// OutsiderElsewhere answers what has nothing to do with points.
func OutsiderElsewhere(o Outsider) string {
	return rows("这件事我答不了，我只管积分。", "请问"+o.whom())
}

// Bound is somebody who is bound to a household.
type Bound struct {
	Person household.PersonID
	Name   string
	Self   bool
}

// longest is how many characters of somebody's name are shown.
const longest = 12

// home names a household with its village.
func home(h Home, p Place) string { return p.Name + called(h, true) }

// Stranger tells who belongs to no household what this is and how to come in.
func Stranger() string {
	return rows(
		"您好，这里是乡风积分：给每家做的好事记分，攒的分能换东西。",
		"您的微信还没和哪一户连上，看不到积分。",
		"要连上，请发家里积分信息卡上的号码，比如：绑定 XF-AB23CD45",
	)
}

// AskCard answers 绑定 without a card's number.
func AskCard(s Standing) string {
	return Under(s, rows("连上一户，要用积分信息卡。卡丢了，请回：卡丢了", "请发卡上的号码，比如：绑定 XF-AB23CD45"))
}

// BadCard answers what can be no card's number.
func BadCard(s Standing) string {
	return Under(s, rows("卡号没看清。卡号是XF-后面8个字母和数字，里面没有0和1，也没有字母O和I。", "请看着卡再发一次"))
}

// AskFactor asks for the second factor.
func AskFactor() string {
	return rows("收到卡号了。", "家里没登记手机的，请回：审批", "登记了的，请回那个手机号的后四位数字")
}

// WrongFactor tells that card and digits do not go together, and not why.
func WrongFactor() string {
	return rows("卡号和手机号对不上。补过卡的，请看新卡。", "没登记手机的，请回：审批", "请再回一次后四位数字，或者重新发卡号")
}

// LockedOut tells who has tried too often until when, 15:04.
func LockedOut(s Standing, until string) string {
	return Under(s, rows("错的次数多了，先停一停。", "请"+until+"以后再试，或者带卡去找"+s.Place.Whom()))
}

// AskName asks for the name of who is to be vouched for.
func AskName() string {
	return rows("要请这一户的人，或者村里的积分小组，认得您才行。", "请回您的姓名")
}

// ConfirmDirect repeats what 确认 brings about for the first of a household.
func ConfirmDirect(h Home, p Place) string {
	return rows("要把您的微信连到"+home(h, p)+"吗？连上就能查这一户的积分。", "不连，请回：取消", "要连，请回：确认")
}

// ConfirmRequest repeats it for who needs an approval and knew the digits, with
// the name that they gave, "" for the one that they are known by.
func ConfirmRequest(name string, h Home, p Place) string {
	if name != "" {
		name = "用“" + clip(name, longest) + "”这个名字，"
	}
	return rows("要"+name+"申请连到"+home(h, p)+"吗？要已连上的家人，或者村里的积分小组同意。", "不申请，请回：取消", "要申请，请回：确认")
}

// ConfirmVouched repeats it for who gave a name instead, "" for the one that
// they are known by. It names no household.
func ConfirmVouched(name string) string {
	if name != "" {
		name = "“" + clip(name, longest) + "”这个名字"
	} else {
		name = "您登记的名字"
	}
	return rows("要用"+name+"，申请连到这张卡的那一户吗？要那家人，或者村里的积分小组同意。", "不申请，请回：取消", "要申请，请回：确认")
}

// Joined greets who has just been bound.
func Joined(h Home, p Place) string {
	return rows("好了，您的微信连上了"+home(h, p)+"。", words(Standing{}), "请回上面一个词")
}

// Filed tells who has made a request what happens now.
func Filed() string {
	return rows("申请送出去了。同意了就告诉您，7天没人同意就不算了。不想申请了，请回：取消", "着急的话，请带卡去找村里的积分小组")
}

// Already answers the card of a household that the person belongs to.
func Already(h Home) string {
	return rows("您已经连上"+called(h, true)+"了，不用再连。", "看总分请回：积分")
}

// Overtaken tells that somebody else was bound meanwhile.
func Overtaken() string {
	return rows("刚才有别人先连上这一户了，没有给您连。", "请重新发卡号，申请同意")
}

// TooManyRequests tells that no more requests are taken today.
func TooManyRequests(s Standing) string {
	return Under(s, rows("您今天申请过几次了，先等一等。", "请明天再申请，或者带卡去找"+s.Place.Whom()))
}

// LostCard answers 卡丢了.
func LostCard(s Standing) string {
	return Under(s, rows("卡丢了不要紧，分不会少。新卡一补好，旧卡马上作废。", "请找"+s.Place.Whom()+"补卡"))
}

// AskApproval asks somebody who can approve it about a request.
func AskApproval(a Asking) string {
	return rows(a.Wish()+"，看这一户的积分。"+a.proof(), "1 同意", "2 不同意", "不认识的，请回2；认识的，请回1")
}

// Wish says who wants to be bound to what.
func (a Asking) Wish() string {
	return "“" + clip(a.Name, longest) + "”想连上" + home(a.Home, a.Place)
}

func (a Asking) proof() string {
	proof := "没有报手机号，只报了姓名。"
	if a.Phone != "" {
		proof = "用的是" + clip(a.Phone, longest) + "登记的手机号。"
	}
	if a.Twin {
		proof += "这户已经有一个同名的连着。"
	}
	return proof
}

// Waiting answers 待批 with several requests, numbered.
func Waiting(list []Asking) string {
	title, foot := "有人想连上："+digits(len(list))+"件", "请回前面的数字，一件一件看"
	for shown := len(list); ; shown-- {
		var lines strings.Builder
		for i, a := range list[:shown] {
			lines.WriteString("\n" + digits(i+1) + " " + clip(a.Name, longest) + "，" + called(a.Home, true))
		}
		if text := title + lines.String() + "\n" + foot; Fits(text) || shown == 0 {
			return text
		}
	}
}

// NothingWaiting answers 待批 where nothing waits for the person.
func NothingWaiting(s Standing) string {
	return Under(s, rows("没有等您同意的申请。", "看总分请回：积分"))
}

// Decided answers who approved or refused a request.
func Decided(a Asking, approved bool) string {
	if approved {
		return rows("好了，“"+clip(a.Name, longest)+"”连上了"+home(a.Home, a.Place)+"。", "看谁连上了，请回：成员")
	}
	return rows("好，没有让“"+clip(a.Name, longest)+"”连上"+home(a.Home, a.Place)+"。", "看总分请回：积分")
}

// DecidedBefore answers who comes too late with an approval.
func DecidedBefore(s Standing) string {
	return Under(s, rows("这个申请已经有人办了，或者过期了。", "看还有没有，请回：待批"))
}

// NotYours answers who may not decide a request.
func NotYours(s Standing) string {
	return Under(s, rows("这个申请不能由您来批：自己的和亲戚家的，都要请别人批。", "请找"+s.Place.Whom()))
}

// PushAsked tells a bound member at once that a request waits.
func PushAsked(a Asking) string {
	return rows(a.Wish()+"，看这一户的积分。", "同意不同意，请回：待批")
}

// NotApproved tells who asked that the request was refused.
func NotApproved() string {
	return rows("您申请连上一户，没有得到同意。", "有疑问，请带卡去找村里的积分小组")
}

// JoinedBrief is Joined in one line before an answer.
func JoinedBrief(h Home, p Place) string {
	return "申请同意了，您连上了" + home(h, p) + "。"
}

// NotApprovedBrief is NotApproved in one line before an answer.
func NotApprovedBrief() string { return "您申请连上一户，没有得到同意。" }

// RemovedYouBrief is RemovedYou in one line before an answer.
func RemovedYouBrief(h Home, p Place) string {
	return "您不再连着" + home(h, p) + "了，有疑问请问那户的人。"
}

// OtherJoinedBrief is OtherJoined in one line before an answer.
func OtherJoinedBrief(a Asking) string {
	return "“" + clip(a.Name, longest) + "”连上了" + called(a.Home, true) + "，不认识请回：成员"
}

// AskedBrief is PushAsked in one line before an answer.
func AskedBrief(a Asking) string {
	return "“" + clip(a.Name, longest) + "”想连上" + called(a.Home, true) + "，请回：待批"
}

// AskedAgain tells below news how to get the answer for which there was no room.
func AskedAgain(news string) string { return rows(news, "看您刚才问的，请回：更多") }

// OtherJoined tells a household's people that one more is bound.
func OtherJoined(a Asking) string {
	return rows("“"+clip(a.Name, longest)+"”连上了"+home(a.Home, a.Place)+"，也能看这一户的积分。", "不认识的，可以移除，请回：成员")
}

// Members answers 成员 with who is bound, numbered.
func Members(h Home, bound []Bound) string {
	title, foot := "连上"+called(h, true)+"的微信：", "要移除，比如第2个，请回：移除2"
	for shown := len(bound); ; shown-- {
		var lines strings.Builder
		same := map[string]int{}
		for i, b := range bound[:shown] {
			lines.WriteString("\n" + digits(i+1) + " " + clip(b.Name, longest))
			if same[b.Name]++; same[b.Name] > 1 {
				lines.WriteString("（同名，第" + digits(same[b.Name]) + "个）")
			}
			if b.Self {
				lines.WriteString("（您）")
			}
		}
		if text := title + lines.String() + "\n" + foot; Fits(text) || shown == 0 {
			return text
		}
	}
}

// Alone answers 成员 where nobody else is bound.
func Alone(h Home) string {
	return rows("连上"+called(h, true)+"的微信，只有您一个。", "看总分请回：积分")
}

// NoSuchMember answers 移除 with a number that nobody has.
func NoSuchMember(s Standing) string {
	return Under(s, rows("没有这一个。自己要退出，请回：解绑", "看都有谁，请回：成员"))
}

// ConfirmRemove repeats whom a 确认 removes.
func ConfirmRemove(name string, h Home) string {
	return rows("要让“"+clip(name, longest)+"”的微信不再连着"+called(h, true)+"吗？分还在，不会少。", "不移除，请回：取消", "要移除，请回：确认")
}

// RemovedOther tells that somebody was removed.
func RemovedOther(h Home) string {
	return rows("好了，那个微信不再连着"+called(h, true)+"了。", "看还有谁，请回：成员")
}

// RemovedYou tells who was removed.
func RemovedYou(h Home, p Place) string {
	return rows("您的微信不再连着"+home(h, p)+"了，是这一户的人移除的。", "有疑问，请找"+p.Whom())
}
