package login_test

import (
	"testing"

	"github.com/xiangfeng/xiangfeng/domain/household"
	"github.com/xiangfeng/xiangfeng/domain/usecase/login"
)

func TestDigits(t *testing.T) {
	t.Parallel()
	for phone, want := range map[string]string{
		"13800001111": "13800001111", "+86 138-0000-1111": "13800001111", "8613800001111": "13800001111", "(138) 0000.1111": "13800001111",
		"": "", "+852 5123 4567": "85251234567", "86": "86",
	} {
		if got := login.Digits(phone); got != want {
			t.Errorf("%q becomes %q, want %q", phone, got, want)
		}
	}
}

// TestKey: who chats goes by the same openid at both places, so that wrong
// tries count together.
func TestKey(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		person    household.Person
		key, mini string
	}{
		{household.Person{OpenID: "o-1", MiniOpenID: "m-1"}, "o-1", ""},
		{household.Person{MiniOpenID: "m-1"}, "mini:m-1", "m-1"},
	} {
		if key := login.Key(c.person); key != c.key || login.MiniOf(key) != c.mini {
			t.Errorf("%+v goes by %q, which is %q at the Mini Program", c.person, key, login.MiniOf(key))
		}
	}
}
