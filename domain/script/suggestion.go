package script

import (
	"fmt"
	"unicode/utf8"

	"github.com/xiangfeng/xiangfeng/domain/calendar"
	"github.com/xiangfeng/xiangfeng/domain/suggestion"
)

// readBack is how much of somebody's words is read back to them.
const readBack = 60

// SuggestWhat asks for the words of a suggestion, or of a complaint.
func SuggestWhat(s Standing, complaint bool) string {
	if complaint {
		return Under(s, rows("请说要投诉什么事、哪一天、在哪里。只交给镇上，村里看不到。", "请把话发来，不说了回：取消"))
	}
	return Under(s, rows("您想提什么建议？想交给谁，下一步您来选。", "请把话发来，不说了回：取消"))
}

// SuggestMore asks who said too little to say more.
func SuggestMore(s Standing) string {
	return Under(s, rows("太短了，看不明白。请多说几个字：什么事、在哪里。", "请把话发来，不说了回：取消"))
}

// Suggesting reads a draft back and asks for a 确认, or for who may read it
// where there is a choice.
func Suggesting(s Standing, words string, audiences []suggestion.Audience) string {
	said := "“" + clip(words, readBack) + "”"
	if n := utf8.RuneCountInString(words); n > readBack {
		said += fmt.Sprintf("（共%d字，都会交上去）", n)
	}
	if len(audiences) == 1 {
		return Under(s, rows("要交给镇上的话：", said, "只有镇上看得到，村里看不到。", "要交请回：确认，不交回：取消"))
	}
	return Under(s, rows("您的话：", said, "1 只交给镇上，村里看不到", "2 交给镇上，村里也看得到", "要交请回数字，不交回：取消"))
}

// TooLong tells how long a suggestion may be.
func TooLong(s Standing) string {
	return Under(s, rows(fmt.Sprintf("太长了，一次最多%d个字。", suggestion.Longest), "请说短一点，再发一次"))
}

// Suggested tells the number under which it was filed.
func Suggested(s Standing, number string, a suggestion.Audience) string {
	who := "镇上看，村里看不到。"
	if a == suggestion.Village {
		who = "镇上和村里都看得到。"
	}
	return Under(s, rows("记下了，编号"+number+"。", who+"镇上会答复您。", "看答复请回：我的建议"))
}

// SuggestedEnough tells that a person has filed as many as one may in a day.
func SuggestedEnough(s Standing) string {
	return Under(s, rows(fmt.Sprintf("今天已经提了%d条，这条没有交。", suggestion.PerDay), "请明天再发，急事请回：人工"))
}

// DraftGone tells that a newer draft has taken the place of this one.
func DraftGone(s Standing) string {
	return Under(s, rows("这段话没有交，后来又说了别的。", "要提请再回：建议"))
}

// Suggestions lists what the person has filed, with what became of it.
func Suggestions(s Standing, all []suggestion.Suggestion) string {
	if len(all) == 0 {
		return Under(s, rows("您还没提过建议或投诉。", "要提请回：建议"))
	}
	foot := "再提请回：建议"
	for short := 24; ; short /= 2 {
		list := []string{"您提过的："}
		for _, one := range all {
			list = append(list, filed(one, short))
		}
		if text := Under(s, rows(append(list, foot)...)); Fits(text) || short == 0 {
			return text
		}
	}
}

// filed words one that was filed, its words and answer cut to so many characters.
func filed(one suggestion.Suggestion, short int) string {
	text := one.Number() + " "
	if short > 0 {
		text += clip(one.Words, short) + "："
	}
	if one.Answer == "" {
		return text + "等镇上答复"
	}
	on := day(calendar.DateOf(one.AnsweredAt), one.Year)
	if short == 0 {
		return text + on + "已答复"
	}
	return text + on + "答复，" + clip(one.Answer, 2*short)
}
