package roster

import (
	"math"
	"regexp"
	"strconv"
	"strings"
	"unicode"

	"golang.org/x/text/width"

	"github.com/xiangfeng/xiangfeng/domain/calendar"
	"github.com/xiangfeng/xiangfeng/domain/points"
)

// tidy is text as it was meant: one space between words, nothing invisible,
// no apostrophe in front, which makes a number text.
func tidy(s string) string {
	s = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return ' '
		case unicode.In(r, unicode.Cf, unicode.Cc), r == unicode.ReplacementChar:
			return -1
		}
		return r
	}, strings.ToValidUTF8(s, ""))
	s = strings.TrimLeft(s, " '‘’＇`")
	return strings.Join(strings.Fields(s), " ")
}

// folded is tidy text without full width and without spaces, in capitals.
func folded(s string) string {
	return strings.ToUpper(strings.ReplaceAll(width.Fold.String(tidy(s)), " ", ""))
}

// nameOf is a person's or a place's name: 李　明 is 李明, but Li Ming stays.
func nameOf(s string) string {
	s = tidy(s)
	if strings.ContainsFunc(s, func(r rune) bool { return unicode.Is(unicode.Han, r) }) {
		return strings.ReplaceAll(s, " ", "")
	}
	return s
}

// titleOf is what a sheet or a column is recognised by.
func titleOf(s string) string {
	s = folded(s)
	for _, end := range []string{"*", ":", "(必填)", "(选填)", "(可不填)"} {
		s = strings.TrimSuffix(s, end)
	}
	return strings.Trim(s, "*")
}

var number = regexp.MustCompile(`^[+-]?\d+(\.\d+)?(E[+-]?\d{1,2})?$`)

// plain writes a number as people do. A file may keep 2.3 as
// 2.2999999999999998 and a phone as 1.38E+10.
func plain(s string) (string, bool) {
	s = folded(s)
	if !number.MatchString(s) {
		return s, false
	}
	_, decimals, _ := strings.Cut(s, ".")
	if !strings.Contains(s, "E") && len(decimals) < 10 {
		return strings.TrimPrefix(s, "+"), true
	}
	f, err := strconv.ParseFloat(s, 64)
	if err != nil || math.Abs(f) > 1e15 {
		return s, true
	}
	return strconv.FormatFloat(math.Round(f*1e6)/1e6, 'f', -1, 64), true
}

// amount reads points; kind says what is wrong with them, "" for nothing.
func amount(s string) (points.Tenths, Kind) {
	s, ok := plain(strings.TrimSuffix(folded(s), "分"))
	if !ok {
		return 0, PointsWrong
	}
	whole, decimals, _ := strings.Cut(s, ".")
	if decimals = strings.TrimRight(decimals, "0"); len(decimals) > 1 {
		return 0, PointsFine
	}
	if decimals != "" {
		whole += "." + decimals
	}
	t, err := points.Parse(whole)
	if err != nil {
		return 0, PointsBeyond
	}
	return t, ""
}

var dated3 = regexp.MustCompile(`^(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?([ T]?0?0:00(:00)?)?$`)

// The days that a workbook may keep as a number: 2000-01-01 to 2099-12-31.
const firstSerial, lastSerial = 36_526, 73_050

// dateOf reads a day in the forms in which people and programs write it.
func dateOf(s string) (calendar.Date, bool) {
	s = strings.TrimSuffix(width.Fold.String(tidy(s)), ".")
	if m := dated3.FindStringSubmatch(strings.ReplaceAll(s, " ", "")); m != nil {
		return exact(m[1], m[2], m[3])
	}
	if len(s) == 8 && strings.Trim(s, "0123456789") == "" {
		return exact(s[:4], s[4:6], s[6:])
	}
	days, err := strconv.ParseFloat(s, 64)
	if err != nil || !number.MatchString(s) || days < firstSerial || days >= lastSerial+1 {
		return calendar.Date{}, false
	}
	return calendar.On(1899, 12, 30).AddDays(int(days)), true
}

// exact refuses a day that there is not.
func exact(year, month, day string) (calendar.Date, bool) {
	pad := func(s string) string { return strings.Repeat("0", 2-len(s)) + s }
	d, err := calendar.ParseDate(year + "-" + pad(month) + "-" + pad(day))
	return d, err == nil
}

// phoneOf keeps the digits of a phone: 86 in front and what separates them is
// left out. ok tells whether there are 11 and nothing else.
func phoneOf(s string) (phone string, ok bool) {
	s, _ = plain(s)
	s = strings.NewReplacer("-", "", "(", "", ")", "", ".", "").Replace(s)
	s = strings.TrimPrefix(s, "+")
	if len(s) == 13 {
		s = strings.TrimPrefix(s, "86")
	}
	return s, len(s) == 11 && strings.Trim(s, "0123456789") == ""
}

var separators = strings.NewReplacer("，", " ", ",", " ", "、", " ", "；", " ", ";", " ", "和", " ", "+", " ", "＋", " ", "加", " ", "/", " ", "或", "|", "｜", "|")

// evidenceOf reads 照片、会议记录 (both) or 照片或会议记录 (one of them).
func evidenceOf(s string) (string, bool) {
	var ways []string
	for way := range strings.SplitSeq(separators.Replace(tidy(s)), "|") {
		var all []string
		for _, word := range strings.Fields(way) {
			means, ok := evidences.read(word)
			if !ok {
				return "", false
			}
			all = append(all, means)
		}
		if len(all) == 0 {
			return "", false
		}
		ways = append(ways, strings.Join(all, " "))
	}
	return strings.Join(ways, "|"), true
}

// evidenceWords is the reverse of evidenceOf.
func evidenceWords(evidence string) string {
	ways := strings.Split(evidence, "|")
	for i, way := range ways {
		words := strings.Fields(way)
		for k, w := range words {
			words[k] = evidences.word(w)
		}
		ways[i] = strings.Join(words, "、")
	}
	return strings.Join(ways, "或")
}
