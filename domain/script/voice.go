package script

import (
	"strings"
	"unicode/utf8"
)

// Listening answers a voice message that is being listened to; the answer follows.
func Listening(s Standing) string {
	return Under(s, rows("正在听，马上回您。", "等不及请打字，比如：积分"))
}

// Unheard answers a voice message that was not recognised.
func Unheard(s Standing) string {
	return Under(s, rows("没听清您说的话。", "请打字，比如：积分"))
}

// TypeIt explains that a voice message agrees to nothing: yes where 确认 would
// have, otherwise a number.
func TypeIt(s Standing, yes bool) string {
	next := "请打字回那个数字"
	if yes {
		next = "要办请打字回：确认，不办请回：取消"
	}
	return Under(s, rows("怕听错，这一步说话不算。", next))
}

// echo begins every answer to a recording that was listened to.
const echo = "您说的是："

// leastHeard is how many characters of what was heard are shown at least, so
// that whoever was misheard sees it. A full reply grows by these.
const leastHeard = 10

// Heard puts what was made out of a recording above the reply to it.
func Heard(words, reply string) string {
	words = strings.Join(strings.Fields(words), " ")
	room := Characters - utf8.RuneCountInString(echo+"\n"+reply)
	return rows(echo+clip(words, max(room, leastHeard)), reply)
}
