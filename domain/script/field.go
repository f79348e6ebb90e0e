package script

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// forms write a content into each type of a template's field, as the platform
// takes it (PLATFORM B3): lengths are characters, line breaks and pictures go,
// and nothing is ever empty.
var forms = map[string]func(content) string{
	"thing":            func(c content) string { return short(c.words, 20, readable) },
	"short_thing":      func(c content) string { return short(c.words, 5, readable) },
	"phrase":           func(c content) string { return short(c.words, 5, han) },
	"name":             nameField,
	"character_string": func(c content) string { return cut(c.words, 32, plainSign, "-") },
	"letter":           func(c content) string { return cut(c.words, 32, latin, "none") },
	"symbol":           func(c content) string { return cut(c.words, 5, sign, "-") },
	"number":           func(c content) string { return numberField(c, 32) },
	"amount":           func(c content) string { return numberField(c, 10) },
	"phone_number":     func(c content) string { return cut(c.words, 17, func(r rune) bool { return digit(r) || sign(r) }, "-") },
	"car_number":       func(content) string { return "无牌" }, // nothing of ours has one
	"time":             func(c content) string { return dateField(c) + " 23:59" },
	"date":             dateField,
	"const":            func(c content) string { return short(c.words, 20, readable) },
	"enum":             func(c content) string { return short(c.words, 20, readable) },
}

// unsaid stands where there is nothing to say.
const unsaid = "无"

// short keeps what may stand there, and shows that something was cut. Where the
// ellipsis itself may not stand, it is only cut.
func short(s string, n int, may func(rune) bool) string {
	s = keep(s, may)
	if s == "" {
		return unsaid
	}
	if utf8.RuneCountInString(s) > n && !may('…') {
		return string([]rune(s)[:n])
	}
	return clip(s, n)
}

// cut keeps the beginning of what may stand there.
func cut(s string, n int, may func(rune) bool, empty string) string {
	s = keep(s, may)
	if r := []rune(s); len(r) > n {
		s = strings.TrimSpace(string(r[:n]))
	}
	if s == "" {
		return empty
	}
	return s
}

// keep drops what may not stand there; a line break becomes a blank.
func keep(s string, may func(rune) bool) string {
	s = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return ' '
		case !may(r):
			return -1
		}
		return r
	}, s)
	s = strings.Join(strings.Fields(s), " ")
	if !may(' ') {
		s = strings.ReplaceAll(s, " ", "")
	}
	return s
}

func digit(r rune) bool { return r >= '0' && r <= '9' }

func latin(r rune) bool { return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' }

func han(r rune) bool { return unicode.Is(unicode.Han, r) && r != '〇' }

// sign is a mark or a blank, never a picture.
func sign(r rune) bool {
	if r >= 0x2600 && r <= 0x27bf || r >= 0x2b00 && r <= 0x2bff || r >= 0xfe00 && r <= 0xfe0f {
		return false
	}
	return r == ' ' || unicode.In(r, unicode.P, unicode.Sm, unicode.Sc)
}

func plainSign(r rune) bool { return digit(r) || latin(r) || sign(r) }

func readable(r rune) bool { return plainSign(r) || han(r) }

// nameField takes 10 characters where there is a 汉字 among them, else 20.
func nameField(c content) string {
	s := keep(c.words, func(r rune) bool { return han(r) || latin(r) || sign(r) })
	if s == "" {
		return unsaid
	}
	if strings.ContainsFunc(s, han) {
		return clip(s, 10)
	}
	return clip(s, 20)
}

// numberField takes digits alone.
func numberField(c content, n int) string {
	s := keep(c.number, digit)
	if s == "" || len(s) > n {
		return "0"
	}
	return s
}

func dateField(c content) string {
	return fmt.Sprintf("%d年%d月%d日", c.day.Year, c.day.Month, c.day.Day)
}
