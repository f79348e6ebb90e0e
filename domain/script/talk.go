package script

import "strings"

// NoQuestion explains a number that no open list waits for.
func NoQuestion(s Standing) string {
	return Under(s, rows("单发一个数字，我不知道您要选哪一样。", next(s)))
}

// next is what somebody can always do: look at their points, or come in.
func next(s Standing) string {
	if s.Homes == 0 {
		return "要连上一户，请发卡上的号码"
	}
	return "看总分请回：积分"
}

// Also names below an answer the word that asks the other thing which the same
// message asked; where there is no room, in place of the last line, if that may go.
func Also(answer, word string, mayGo bool) string {
	line := "另外那件，请回：" + word
	if text := answer + "\n" + line; Fits(text) {
		return text
	}
	if at := strings.LastIndex(answer, "\n"); mayGo && at > 0 && Fits(answer[:at+1]+line) {
		return answer[:at+1] + line
	}
	return answer
}

// NoMore explains 更多 where nothing follows.
func NoMore(s Standing) string {
	return Under(s, rows("后面没有了。", "看明细请回：明细，看细则请回：细则"))
}

// Late explains an answer to a question that has waited too long.
func Late(s Standing) string {
	if s.Homes == 0 {
		return rows("过了10分钟，刚才的不算了。", "请重新发卡上的号码")
	}
	return Under(s, rows("过了10分钟，刚才的不算了。", "请重新问，比如回：积分"))
}

// OutOfRange explains a number that is not on the open list, which ends at last.
func OutOfRange(s Standing, last string) string {
	if last == "1" {
		return Under(s, rows("没有这个数字。", "要办请回：确认，不办请回：取消"))
	}
	return Under(s, rows("没有这个数字，只有1到"+last+"。", "请再回一个数字"))
}

// Dropped answers 取消 where a question was open.
func Dropped(s Standing) string {
	return Under(s, rows("好，刚才的不算了。", next(s)))
}

// TypeTheWord explains that only the word 确认, typed, does what cannot be undone.
func TypeTheWord(s Standing) string {
	return Under(s, rows("这件事办了改不回来，要打字回“确认”两个字才算，说话、回数字都不算。", "不办，请回：取消", "要办，请打字回：确认"))
}

// StillOpen tells who was not understood that a question waits for a 确认.
func StillOpen(s Standing) string {
	return Under(s, rows("没太听懂。刚才问您的还等着。", "不办，请回：取消", "要办，请回：确认"))
}

// LateWords tells that words came too late for the question that asked for
// them, and by which word it is asked again.
func LateWords(s Standing, word string) string {
	if word == "" {
		return Late(s)
	}
	return Under(s, rows("过了10分钟，刚才的不算了。", "请重新回：“"+word+"”，再把话发一次"))
}

// NothingToConfirm answers 确认, 好 and the like where no question waits for it.
func NothingToConfirm(s Standing) string {
	return Under(s, rows("现在没有等您确认的事。", next(s)))
}

// NothingOpen answers 取消 where no question was open.
func NothingOpen(s Standing) string {
	return Under(s, rows("现在没有等您回答的问题。", "看总分请回：积分"))
}

// Twice explains a message that came a second time as something else.
func Twice(s Standing) string {
	return Under(s, rows("这一条没有办成。", "请再发一次。"))
}

// TooFast asks who does very much in a minute to slow down.
func TooFast(s Standing) string {
	return Under(s, rows("您发得太快了，这一条没有办。", "请过一分钟再发一次。"))
}

// Welcomed answers thanks and a farewell.
func Welcomed(s Standing) string {
	return Under(s, rows("不客气，有事随时来问。", "看总分请回：积分"))
}

// Calm answers abuse.
func Calm(s Standing) string {
	return Under(s, rows("没帮上您，对不住。", "有话可以当面说，请找"+s.Place.Whom(), "看找谁请回：人工，有不满请回：投诉"))
}

// NotTheirs tells whose points can be seen here, and what of others is public.
func NotTheirs(s Standing) string {
	return Under(s, rows("别家的看不到，这里只看得到您自己家的。", "村里公开的，请回：前十、公示", "看您家的请回：积分；替家里老人看请回：代办"))
}

// NotTheirLine tells who objects to whose line, and where to turn about another's points.
func NotTheirLine(s Standing) string {
	return Under(s, rows("别家的条目，只有他们自家能提。", "投诉直接到镇上，村里看不到。", "觉得别家的分不对，请回：投诉"))
}

// Unreadable answers what nobody can act on: video, location, link.
func Unreadable(s Standing) string {
	return Under(s, rows("这种消息看不了。", "请打字，比如：积分"))
}
