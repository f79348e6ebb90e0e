package local

import (
	"regexp"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// fieldRules tell for each type of a template's field whether a value may stand in it. Lengths are characters. The
// rules are the published ones; where they leave something open the stricter reading is taken.
var fieldRules = map[string]func(string) bool{
	"thing":            func(s string) bool { return atMost(20, s) && each(s, readable) },
	"short_thing":      func(s string) bool { return atMost(5, s) && each(s, readable) }, // not published; 5 is what accounts report
	"number":           func(s string) bool { return atMost(32, s) && numberValue.MatchString(s) },
	"letter":           func(s string) bool { return atMost(32, s) && each(s, latin) },
	"symbol":           func(s string) bool { return atMost(5, s) && each(s, symbol) },
	"character_string": func(s string) bool { return atMost(32, s) && each(s, plain) },
	"time":             func(s string) bool { return span(s, clockForms) },
	"date":             func(s string) bool { return span(s, dateForms) },
	"amount":           amountValue.MatchString,
	"phone_number": func(s string) bool {
		return atMost(17, s) && each(s, func(r rune) bool { return digit(r) || symbol(r) })
	},
	"car_number": func(s string) bool { return atMost(8, s) && carValue.MatchString(s) },
	"name":       personName,
	"phrase":     func(s string) bool { return atMost(5, s) && each(s, han) },
	"const":      func(s string) bool { return atMost(20, s) },
	"enum":       func(s string) bool { return atMost(20, s) },
}

var (
	numberValue = regexp.MustCompile(`^[0-9]+(\.[0-9]+)?$`)
	amountValue = regexp.MustCompile(`^[¥￥$€£]?[0-9]{1,10}(\.[0-9]+)?元?$`)
	carValue    = regexp.MustCompile(`^[\p{Han}A-Z0-9][A-Z0-9]*[\p{Han}A-Z0-9]$`)
)

func atMost(n int, s string) bool { return utf8.RuneCountInString(s) <= n }

func each(s string, may func(rune) bool) bool {
	return strings.IndexFunc(s, func(r rune) bool { return !may(r) }) < 0
}

func digit(r rune) bool { return '0' <= r && r <= '9' }

func latin(r rune) bool { return 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' }

func han(r rune) bool { return unicode.Is(unicode.Han, r) }

// symbol is a common sign or a blank, but neither a picture nor a control character.
func symbol(r rune) bool { return (unicode.IsPunct(r) || unicode.IsSymbol(r) || r == ' ') && !emoji(r) }

func plain(r rune) bool { return digit(r) || latin(r) || symbol(r) }

func readable(r rune) bool { return plain(r) || han(r) || unicode.IsLetter(r) || unicode.IsDigit(r) }

// emoji are the pictures in text and what joins and colours them.
func emoji(r rune) bool {
	return r >= 0x1f000 && r <= 0x1faff || r >= 0x2600 && r <= 0x27bf || r >= 0x2b00 && r <= 0x2bff ||
		r == 0x200d || r >= 0xfe00 && r <= 0xfe0f || r == 0x20e3
}

// personName takes 10 characters if there is a 汉字 among them, else 20 letters and signs.
func personName(s string) bool {
	longest := 20
	if strings.IndexFunc(s, han) >= 0 {
		longest = 10
	}
	return atMost(longest, s) && each(s, func(r rune) bool { return han(r) || latin(r) || symbol(r) })
}

var (
	days       = []string{"2006年1月2日", "2006-01-02"}
	clocks     = []string{"15:04", "15:04:05"}
	clockForms = append(append([]string{}, clocks...), dayAndClock()...)
	dateForms  = append(append([]string{}, days...), dayAndClock()...)
)

func dayAndClock() []string {
	var forms []string
	for _, day := range days {
		for _, clock := range clocks {
			forms = append(forms, day+" "+clock)
		}
	}
	return forms
}

// span takes one moment, or two joined by ~, each in one of the forms.
func span(s string, forms []string) bool {
	from, to, two := strings.Cut(s, "~")
	return moment(strings.TrimSpace(from), forms) && (!two || moment(strings.TrimSpace(to), forms))
}

func moment(s string, forms []string) bool {
	for _, form := range forms {
		if _, err := time.Parse(form, s); err == nil {
			return true
		}
	}
	return false
}
