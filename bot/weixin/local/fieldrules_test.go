package local

import (
	"strings"
	"testing"
)

func TestFieldRules(t *testing.T) {
	t.Parallel()
	x := strings.Repeat
	for kind, c := range map[string]struct{ good, bad []string }{
		"thing": {
			[]string{"王家院子", "第3季度+12分", x("积", 20), "a b（c）", "１２"},
			[]string{x("积", 21), "两\n行", "好👍", "☺", "\u200d"},
		},
		"short_thing": {[]string{"好人", x("积", 5)}, []string{x("积", 6), "好\n"}},
		"number": {
			[]string{"0", "12.5", x("1", 32)},
			[]string{x("1", 33), "-5", "1.", ".5", "12分", "1,000", "+1"},
		},
		"letter":           {[]string{"abcXYZ", x("a", 32)}, []string{x("a", 33), "a1", "积", "a b"}},
		"symbol":           {[]string{"+-*/%", "，。"}, []string{"+-*/%+", "a", "👍", "1"}},
		"character_string": {[]string{"H-012/3", x("a", 32), "a b"}, []string{x("a", 33), "第1号", "a\tb"}},
		"time": {
			[]string{"15:01", "9:05", "15:01:02", "2019年10月1日 15:01", "2019-10-01 15:01", "15:01~16:30", "2019年10月1日 15:01~2019年10月2日 09:00"},
			[]string{"24:00", "15:60", "2019年10月1日", "下午3点", "15:01~", "15:01~16:30~17:00", "15:01-16:30"},
		},
		"date": {
			[]string{"2019年10月1日", "2019-10-01", "2019年10月1日 15:01", "2024-02-29", "2019年10月1日~2019年10月7日"},
			[]string{"2023-02-29", "2019年13月1日", "10月1日", "15:01", "2019/10/01", "第三季度"},
		},
		"amount": {
			[]string{"100", "￥100", "¥12.50", "100元", x("1", 10), "$1.5元"},
			[]string{x("1", 11), "￥￥1", "-1", "1.", "100块", "元", "1元元"},
		},
		"phone_number": {[]string{"13800138000", "+86-138-0013-800"}, []string{x("1", 18), "138x", "电话"}},
		"car_number":   {[]string{"渝A12345", "渝AD12345", "粤Z1234港"}, []string{"渝AD123456", "渝A-1234", "A渝1234", "渝"}},
		"name":         {[]string{"王芳", x("王", 10), "Wang Fang", x("a", 20), "买买提·艾力"}, []string{x("王", 11), x("a", 21), "王3", "a" + x("b", 9) + "王"}},
		"phrase":       {[]string{"已到账", x("积", 5)}, []string{x("积", 6), "第3季", "ok", "好，"}},
	} {
		rule := fieldRules[kind]
		for _, s := range c.good {
			if !rule(s) {
				t.Errorf("%s: %q was refused", kind, s)
			}
		}
		for _, s := range c.bad {
			if rule(s) {
				t.Errorf("%s: %q was taken", kind, s)
			}
		}
	}
}
