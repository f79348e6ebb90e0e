package local

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"
)

const fangsPhone = "13900001234"

func (a account) phoneCode() string {
	a.t.Helper()
	a.SetPhone(a.fang, fangsPhone)
	code, err := a.PhoneCode(a.fang)
	if err != nil {
		a.t.Fatal(err)
	}
	return code
}

const phonePath = "/wxa/business/getuserphonenumber"

func TestAPhoneCodeIsGoodOnceForFiveMinutes(t *testing.T) {
	t.Parallel()
	a := open(t, withMini)
	path := a.miniPath(phonePath)
	code, late := a.phoneCode(), a.phoneCode()
	var got struct {
		PhoneInfo phoneInfo `json:"phone_info"`
	}
	if err := json.Unmarshal([]byte(a.raw("POST", path, `{"code":"`+code+`"}`)), &got); err != nil {
		t.Fatal(err)
	}
	if p := got.PhoneInfo; p.PureNumber != fangsPhone || p.PhoneNumber != fangsPhone || p.CountryCode != "86" ||
		p.Watermark.AppID != testMiniID || p.Watermark.Timestamp != a.clock.now().Unix() {
		t.Errorf("%+v", p)
	}
	a.code(40163, "POST", path, `{"code":"`+code+`"}`)
	a.code(40029, "GET", sessionPath(late), "") // it is no login code
	a.code(40029, "POST", path, `{"code":"`+a.loginCode()+`"}`)
	a.clock.move(5 * time.Minute)
	path = a.miniPath(phonePath)
	a.code(40029, "POST", path, `{"code":"`+late+`"}`)
}

func TestPhoneRefusals(t *testing.T) {
	t.Parallel()
	a := open(t, withMini)
	code, path := a.phoneCode(), a.miniPath(phonePath)
	person := a.People()[0]
	a.code(48001, "POST", a.path(phonePath), `{"code":"`+code+`"}`) // the official account's token
	a.code(43002, "GET", path, "")
	a.code(44002, "POST", path, "")
	a.code(47001, "POST", path, "code="+code)
	a.code(40029, "POST", path, `{}`)
	a.code(40003, "POST", path, `{"code":"`+code+`","openid":"`+person.OpenID+`"}`)
	a.SetPhoneQuota(0)
	a.code(1400001, "POST", path, `{"code":"`+code+`"}`)
	a.SetPhoneQuota(1)
	a.code(0, "POST", path, `{"code":"`+code+`","openid":"`+person.MiniOpenID+`"}`) // no refusal used it up
	a.code(1400001, "POST", path, `{"code":"`+a.phoneCode()+`"}`)
}

func TestWhoHasNoPhone(t *testing.T) {
	t.Parallel()
	a := open(t, withMini)
	if _, err := a.PhoneCode(a.fang); !errors.Is(err, ErrNoPhone) {
		t.Errorf("%v", err)
	}
	if _, err := a.PhoneCode("nobody"); !errors.Is(err, ErrUnknownPerson) {
		t.Errorf("%v", err)
	}
	for phone, want := range map[string]bool{"123": false, "+8613900001234": false, fangsPhone: true, "": true} {
		if a.SetPhone(a.fang, phone) != want {
			t.Errorf("%q: want %v", phone, want)
		}
	}
	if err := a.Add(Person{OpenID: a.OpenID("李强"), Phone: "12"}); err == nil || !strings.Contains(err.Error(), "eleven digits") {
		t.Errorf("%v", err)
	}
	without := open(t)
	if _, err := without.PhoneCode(without.fang); !errors.Is(err, ErrNoMiniProgram) {
		t.Errorf("%v", err)
	}
}
