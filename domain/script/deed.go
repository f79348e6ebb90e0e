package script

import (
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/xiangfeng/xiangfeng/domain/calendar"
	"github.com/xiangfeng/xiangfeng/domain/fault"
	"github.com/xiangfeng/xiangfeng/domain/record"
)

// Photo asks what a picture is for that nobody asked for. It is not kept yet.
func Photo(s Standing) string {
	return Under(s, rows("收到照片了，还没有存。您是要：", "1 申报一件好事", "2 整改", "3 不用，发错了", "请回数字，选一个"))
}

// PhotoDropped tells that a picture was not kept.
func PhotoDropped(s Standing) string {
	return Under(s, rows("好，照片没有存。", "看总分请回：积分"))
}

// PhotoLost tells that a picture could not be fetched.
func PhotoLost(s Standing) string {
	return Under(s, rows("照片没收下来。", "请再发一次"))
}

// PhotoRefused tells why a picture was not taken.
func PhotoRefused(s Standing, code fault.Code) string {
	problem := PhotoProblem(code)
	if problem == "" {
		return PhotoLost(s)
	}
	return Under(s, problem)
}

// ManyPhotos tells that no more pictures are taken.
func ManyPhotos(s Standing) string {
	return Under(s, rows(fmt.Sprintf("照片最多%d张，这张没有收。", record.MostPhotos), "不报了，请回：取消", "要报，请回：确认"))
}

// DeclareWhat asks what was done, with so many pictures taken already.
func DeclareWhat(s Standing, photos int) string {
	taken := "做了什么好事？"
	if photos > 0 {
		taken = fmt.Sprintf("照片收下了%d张。这是做了什么好事？", photos)
	}
	return Under(s, rows(taken+"请说一说什么事、在哪里。", "请把话发来，不报了回：取消"))
}

// LongDeed tells how long the words may be.
func LongDeed(s Standing) string {
	return Under(s, rows(fmt.Sprintf("太长了，最多%d个字。", record.LongestDeed), "请说短一点，再发一次"))
}

// DeclarePhoto asks for a picture of what was done.
func DeclarePhoto(s Standing, words string) string {
	return Under(s, rows("您做的是："+quoted(words), "不报了，请回：取消", "请发照片。没有照片，请回：没有"))
}

// DeclareBack reads a deed back and asks for a 确认.
func DeclareBack(s Standing, words string, photos int, on calendar.Date) string {
	return Under(s, rows(fmt.Sprintf("要申报%d月%d日的：", on.Month, on.Day)+quoted(words)+"，"+pictures(photos), "还有照片，接着发。不报，请回：取消", "要报，请回：确认"))
}

// Declared tells that the team will look at it.
func Declared(s Standing) string {
	return Under(s, rows("报上去了。积分小组核实以后才加分，加了在明细里看得到。", "着急请找"+s.Place.Whom()))
}

// DeclaredEnough tells that too many wait already.
func DeclaredEnough(s Standing) string {
	return Under(s, rows(fmt.Sprintf("您家有%d件还在等小组核实，这件没有报。", record.MostDeclared), "着急请找"+s.Place.Whom()))
}

// NotDeclared tells that it could not be taken.
func NotDeclared(s Standing) string {
	return Under(s, rows("这件没有报上去。", "请重新回：申报，还不行就找"+s.Place.Whom()))
}

// WarnedBrief tells of a warning in one line before an answer.
func WarnedBrief(w Warning, now time.Time) string {
	return "提醒：" + clip(w.Item.Title, shortDeed) + "，" + left(w, now) + "，改好了请回：整改"
}

// Warned tells a household's people of a warning.
func Warned(w Warning, p Place, now time.Time) string {
	return rows(home(w.Home, p)+"收到提醒："+w.Item.Title, theirWords(w.Note), left(w, now)+"。按时改好，不扣分。", "改好了，请回：整改")
}

// ClosedBrief tells in one line before an answer how a warning ended.
func ClosedBrief(w Warning) string {
	return "提醒的“" + clip(w.Item.Title, shortDeed) + "”小组看过，" + found(w) + "。有疑问请问小组。"
}

// Closed tells a household's people how a warning ended.
func Closed(w Warning, p Place) string {
	return rows(home(w.Home, p)+"收到的提醒“"+w.Item.Title+"”，小组看过，"+found(w)+"。", theirWords(w.Result), "看每一条，请回：明细")
}

// found tells what was found when a warning was closed, and what follows.
func found(w Warning) string {
	switch {
	case w.State == record.WarningMended:
		return "改好了，不扣分"
	case w.Event == 0:
		return "没有改好；分已经扣满，这次不扣"
	}
	return "没有改好，记了扣分，等组长确认"
}

// theirWords are what the team wrote to it, empty for nothing.
func theirWords(text string) string {
	if text == "" {
		return ""
	}
	return "小组说：“" + clip(text, shortNote) + "”"
}

// TakenUpBrief tells in one line before an answer that a declaration was recorded.
func TakenUpBrief(d Declaration) string {
	return "您家报的“" + clip(d.Words, shortDeed) + "”记下了，等组长确认后加分。看请回：明细"
}

// TakenUp tells a household's people that what they declared was recorded.
func TakenUp(d Declaration, p Place) string {
	return rows(home(d.Home, p)+"报的“"+clip(d.Words, shortWords)+"”，小组核实了，记下了。", "组长确认以后加分。", "看每一条，请回：明细")
}

// DeclinedBrief tells in one line before an answer that a declaration was declined, and why.
func DeclinedBrief(d Declaration) string {
	return "您家报的“" + clip(d.Words, shortDeed) + "”没有采纳：" + strings.TrimSuffix(clip(d.Reason, shortNote), "。") + "。有疑问请问小组。"
}

// Declined tells a household's people that what they declared was declined, and why.
func Declined(d Declaration, p Place) string {
	return rows(home(d.Home, p)+"报的“"+clip(d.Words, shortDeed)+"”没有采纳，不加分。", theirWords(d.Reason), "不清楚，请问"+p.Whom())
}

// shortDeed is how much of an item's title is shown where there is little room,
// and of somebody's words.
const (
	shortDeed  = 14
	shortWords = 40
	shortNote  = 30
)

// left tells until when there is time to mend.
func left(w Warning, now time.Time) string {
	today := calendar.DateOf(now)
	switch days := today.DaysUntil(w.Due); {
	case days > 0:
		return "请在" + day(w.Due, today.Year) + "前整改，还剩" + digits(days) + "天"
	case days == 0:
		return "今天是整改的最后一天"
	}
	return "整改的日子" + day(w.Due, today.Year) + "已到"
}

// NoWarning answers 整改 where nothing is to be mended.
func NoWarning(s Standing) string {
	return Under(s, rows("您家现在没有要整改的。", "要报做的好事，请回：申报"))
}

// WhichMend asks which of several warnings is meant, or another deed.
func WhichMend(s Standing, open []Warning) string {
	var list strings.Builder
	for i, w := range open {
		list.WriteString("\n" + digits(i+1) + " 整改：" + clip(w.Item.Title, shortDeed))
	}
	return Under(s, "您要报哪一件？"+list.String()+"\n"+digits(len(open)+1)+" 报另外一件好事\n请回数字，选一个")
}

// MendPhoto asks for a picture of what was mended.
func MendPhoto(s Standing, w Warning, now time.Time) string {
	return Under(s, rows("要改的是："+w.Item.Title, left(w, now)+"。", "不报了，请回：取消", "请发改好以后的照片；没有照片，请打字说怎么改的"))
}

// MendBack reads back what was mended and asks for a 确认.
func MendBack(s Standing, w Warning, words string, photos int) string {
	said := ""
	if words != "" {
		said = quoted(words) + "，"
	}
	return Under(s, rows("要报整改："+clip(w.Item.Title, longTitle), said+pictures(photos), "还有照片、还要说的，接着发。不报，请回：取消", "要报，请回：确认"))
}

// Mended tells that the team will look at it.
func Mended(s Standing) string {
	return Under(s, rows("整改报上去了。小组看过，改好了就不扣分。", "着急请找"+s.Place.Whom()))
}

// WarningClosed tells that there is nothing to mend any more.
func WarningClosed(s Standing) string {
	return Under(s, rows("这件提醒已经有结果了，不用再报整改。", "看明细请回：明细"))
}

// quoted are somebody's words as they are read back.
func quoted(words string) string {
	short := "“" + clip(words, shortWords) + "”"
	if n := utf8.RuneCountInString(words); n > shortWords {
		short += fmt.Sprintf("（共%d字）", n)
	}
	return short
}

func pictures(n int) string {
	if n == 0 {
		return "没有照片"
	}
	return fmt.Sprintf("照片%d张", n)
}
