package script

import (
	"fmt"
	"strings"
	"time"

	"github.com/xiangfeng/xiangfeng/domain/calendar"
	"github.com/xiangfeng/xiangfeng/domain/household"
)

// Helper is one side of helping, as the other reads it: a helper of one's
// household, or a household that one helps or is asked to help.
type Helper struct {
	ID   int64
	Home Home
	// Name is the helper's, empty until somebody of the home has said yes.
	Name  string
	Until calendar.Date
}

// Helping is everything about helpers that concerns a person: those of the
// current household, who asks them, and whom they help.
type Helping struct{ Mine, Asking, Helped []Helper }

// HelperAct is something that was done about a helper, or by one.
type HelperAct struct {
	At   time.Time
	Name string
	What string
}

// Helpers answers 代办 with what can be done, numbered: to ask a household, the
// log, then a row for each of mine, of those who ask and of those who are helped.
// It returns how many of the rows there was room for.
func Helpers(s Standing, h Helping) (text string, shown int) {
	list := []string{"请别家替我家代办", "代办记录"}
	for _, one := range h.Mine {
		if one.Name == "" {
			list = append(list, "等"+one.Home.Number+"答应")
			continue
		}
		list = append(list, clip(one.Name, shortName)+"替我家代办")
	}
	for _, one := range h.Asking {
		list = append(list, clip(one.Home.Head, shortName)+"家请您代办")
	}
	for _, one := range h.Helped {
		list = append(list, "看"+clip(one.Home.Head, shortName)+"家的")
	}
	for shown = len(list); ; shown-- {
		var b strings.Builder
		for n, row := range list[:shown] {
			b.WriteString("\n" + digits(n+1) + " " + row)
		}
		if text = Under(s, "代办：请人替您家看积分"+b.String()+"\n请回数字"); Fits(text) || shown == 0 {
			return text, shown
		}
	}
}

// shortName is how much of a name is shown where there is little room.
const shortName = 5

// AskHelper asks which household is to help.
func AskHelper(s Standing) string {
	return Under(s, rows("请哪一家？请把那家卡上的户号发来，比如："+sampleNumber(s.Home), "村里和超市管分的人不能代办。", "不请了回：取消"))
}

// sampleNumber is a number as the cards of the village have it, and not the
// household's own.
func sampleNumber(h Home) string {
	letters, _, found := strings.Cut(h.Number, "-")
	switch {
	case !found:
		letters = "HQ"
	case h.Number == letters+"-0052":
		return letters + "-0053"
	}
	return letters + "-0052"
}

// NoHelperHome tells that there is no household of the number.
func NoHelperHome(s Standing) string {
	return Under(s, rows("没找到这个户号。户号在那家的卡上，比如："+sampleNumber(s.Home), "请再发一次，不请了回：取消"))
}

// ConfirmHelper repeats whom a 确认 asks. The name is masked: whoever only
// tries numbers learns nothing.
func ConfirmHelper(s Standing, h Home) string {
	return Under(s, rows(
		"要请"+household.Mask(h.Head)+"家（"+h.Number+"）代办：",
		"那家答应后，能看您家的积分一年，看了都有记录，您随时能取消。",
		"要请回：确认，不请回：取消",
	))
}

// HelperAsked tells that a household was asked.
func HelperAsked(s Standing) string {
	return Under(s, rows("请过了。让那家的人在这里回“代办”，答应了就能看。", "看谁在代办，请回：代办"))
}

// HelperWhy says why a household cannot be asked, or cannot say yes.
func HelperWhy(s Standing, why HelperNo) string {
	return Under(s, rows(helperNos[why], "看谁在代办，请回：代办"))
}

// HelperNo is a reason why somebody cannot help.
type HelperNo int

// The reasons.
const (
	HelperGone HelperNo = iota // nothing is there to be answered, ended or looked at
	HelperOwn
	HelperTwice
	HelperFull
	HelperMany
	HelperBarred
	HelperBusy
	HelperStaff
)

var helperNos = map[HelperNo]string{
	HelperGone:   "这件代办已经没有了，或者不归您定。",
	HelperOwn:    "自己家不用代办。",
	HelperTwice:  "这一家已经请过了，还没过期。",
	HelperFull:   fmt.Sprintf("最多请%d家代办，要先取消一家。", household.MostHelpers),
	HelperMany:   "今天请得太多了，请明天再来。",
	HelperBarred: "那家还没有人能代办：没连上微信，或者是村里、超市管分的人。",
	HelperStaff:  "您在那个村管分或管超市，不能替那家代办。",
	HelperBusy:   fmt.Sprintf("一个人最多替%d家代办。", household.MostHelped),
}

// AnswerHelper asks whether to help a household.
func AnswerHelper(s Standing, one Helper) string {
	return Under(s, rows(
		called(one.Home, true)+"请您代办一年：您能看那家的积分，看了都有记录。",
		"1 答应", "2 不答应", "请回数字",
	))
}

// HelperAnswered tells what the answer brought; until is the last day, zero
// where it was no.
func HelperAnswered(s Standing, until calendar.Date) string {
	if until.IsZero() {
		return Under(s, rows("好，不代办。", "看总分请回：积分"))
	}
	return Under(s, rows(fmt.Sprintf("好，能代办到%d年%d月%d日。", until.Year, until.Month, until.Day), "要看那家的，请回：代办"))
}

// HelpWith asks what to do about a household that one helps.
func HelpWith(s Standing, one Helper) string {
	return Under(s, rows("您替"+called(one.Home, true)+"代办，到"+day(one.Until, 0)+"。", "1 看那家的积分", "2 不再代办", "3 替那家提异议、看进度", "请回数字"))
}

// ConfirmEndHelper repeats which helper a 确认 ends.
func ConfirmEndHelper(s Standing, one Helper) string {
	who := "还没答应的" + one.Home.Number + "那家"
	if one.Name != "" {
		who = one.Name + "（" + one.Home.Number + "）"
	}
	return Under(s, rows("以后不请"+who+"替您家代办了，不能再看您家的积分。", "要取消代办请回：确认，还留着回：取消"))
}

// ConfirmStopHelping repeats whom a 确认 stops to help.
func ConfirmStopHelping(s Standing, one Helper) string {
	return Under(s, rows("以后不替"+called(one.Home, true)+"代办了，也不能再看。", "不代办请回：确认，还代办回：取消"))
}

// HelperEnded tells that it is over.
func HelperEnded(s Standing) string {
	return Under(s, rows("好，这件代办取消了。", "看还有谁，请回：代办"))
}

const (
	pointsFoot = "看每一条，请回：明细"
	helpedFoot = "再看请回：代办"
)

// HelpedPoints answers a helper with the points of the household that is
// helped, and says that it is not their own.
func HelpedPoints(helped Standing, now time.Time) string {
	helped.Homes = 2 // the number tells it from the helper's own
	helped.Home.Head = "代办·" + helped.Home.Head
	return strings.TrimSuffix(Points(helped, now), pointsFoot) + helpedFoot
}

var helperActs = map[string]string{"asked": "请了代办", "accepted": "答应代办", "declined": "没答应", "ended": "取消了代办", "looked": "看了积分", "disputed": "替您家提了异议"}

// HelperLog lists what was done about the household's helpers and by them.
func HelperLog(s Standing, acts []HelperAct) string {
	if len(acts) == 0 {
		return Under(s, rows("您家还没有代办记录。", "要请人代办，请回：代办"))
	}
	list := []string{"代办记录（新的在前）："}
	for _, a := range acts {
		at := a.At.In(calendar.Shanghai)
		row := fmt.Sprintf("%d月%d日%02d:%02d %s%s", at.Month(), at.Day(), at.Hour(), at.Minute(), clip(a.Name, shortName), helperActs[a.What])
		if text := Under(s, rows(append(append(list[:len(list):len(list)], row), "不想要谁了，请回：代办")...)); !Fits(text) {
			break
		}
		list = append(list, row)
	}
	return Under(s, rows(append(list, "不想要谁了，请回：代办")...))
}

// HelpingBrief is HelpingNews in one line before an answer.
func HelpingBrief(h Home) string {
	return called(h, true) + "的代办有新记录，请回：代办记录"
}

// HelpingNews tells a household's people that something was done about its
// helpers, or by one.
func HelpingNews(h Home, p Place) string {
	return rows(home(h, p)+"的代办有新记录：有人请了、答应了、取消了，或者来看过。", "是谁、哪天，请回：代办记录")
}
