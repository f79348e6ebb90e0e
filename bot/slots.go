package bot

import (
	"regexp"
	"strconv"
	"strings"

	learned "github.com/xiangfeng/xiangfeng/bot/meaning"
)

// slots are the particulars that a message names, whatever it means by them.
type slots struct {
	// card is a card's number, XF- and the signs in capitals, as many as were
	// written but eight at most; "" for none.
	card string
	// line is the n of 第n条, 0 for none.
	line int
	// amount is the number of 2袋 or 大米 2, 0 for none.
	amount int
}

var (
	cardNumber = regexp.MustCompile(`xf[-—–－_ ]?((?:[a-z0-9][- ]?){4,8})`)
	lineNumber = regexp.MustCompile(`[第弟地递] ?([0-9]{1,3}|[一二三四五六七八九十]{1,3}) ?(\p{Han})`)
	lineAlone  = regexp.MustCompile(`(?:^|[^0-9第一二三四五六七八九十])([0-9]{1,3}|[一二三四五六七八九十]{1,3}) ?条(?:不|有问题|有错|记|错|扣|少|多|没|咋)`)
	measured   = regexp.MustCompile(`([0-9]{1,3}|[一二三四五六七八九十两]{1,3}) ?[袋桶瓶包提盒斤份箱把支块卷双桶条件个壶罐听]`)
	trailing   = regexp.MustCompile(`\p{Han} ?([0-9]{1,2})$`)
)

// slotsOf finds the slots in words of lower case and simple width.
func slotsOf(words string) slots {
	var s slots
	if found := cardNumber.FindStringSubmatch(words); found != nil {
		s.card = "XF-" + strings.ToUpper(strings.NewReplacer("-", "", " ", "").Replace(found[1]))
		return s
	}
	if found := lineNumber.FindStringSubmatch(words); found != nil && learned.Syllable([]rune(found[2])[0]) == "tiao" {
		s.line = numeral(found[1])
		return s
	}
	if found := lineAlone.FindStringSubmatch(words); found != nil {
		s.line = numeral(found[1])
		return s
	}
	for _, amount := range []*regexp.Regexp{measured, trailing} {
		if found := amount.FindStringSubmatch(words); found != nil && s.amount == 0 {
			s.amount = numeral(found[1])
		}
	}
	return s
}

// numeral reads 23 and 二十三, and 0 for what is no number below 1,000.
func numeral(s string) int {
	if n, err := strconv.Atoi(s); err == nil {
		return n
	}
	tens, ones, ten := strings.Cut(s, "十")
	if !ten {
		return counted[s]
	}
	n := 10
	if tens != "" {
		n = 10 * counted[tens]
	}
	return n + counted[ones]
}
