package local

import (
	"errors"
	"regexp"
	"strconv"
)

// freePhones are how many numbers an account may ask for that pays nothing.
const freePhones = 1000

var phoneForm = regexp.MustCompile(`^1[3-9][0-9]{9}$`)

// ErrNoPhone is returned where the person's WeChat knows no phone number.
var ErrNoPhone = errors.New("local WeChat: the person has no phone number")

// PhoneCode presses the Mini Program's phone number button and agrees, and returns the code that the phone got for its
// server: good for 5 minutes, once, and no login code.
func (w *WeChat) PhoneCode(openid string) (string, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	p := w.people[openid]
	switch {
	case w.mini == nil:
		return "", ErrNoMiniProgram
	case p == nil:
		return "", ErrUnknownPerson
	case p.Phone == "":
		return "", ErrNoPhone
	}
	return w.issue(w.phones, p, randomText(64, "0123456789abcdef")), nil
}

// SetPhone gives a person's WeChat a phone number of eleven digits, or takes it away when it is empty. A stranger or a
// malformed number changes nothing and is false.
func (w *WeChat) SetPhone(openid, phone string) bool {
	return w.change(openid, phone == "" || phoneForm.MatchString(phone), func(p *person) { p.Phone = phone })
}

// SetPhoneQuota is how many more phone numbers the Mini Program may ask for before it gets 1400001.
func (w *WeChat) SetPhoneQuota(n int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.phonesLeft = n
}

type phoneInfo struct {
	PhoneNumber string `json:"phoneNumber"`
	PureNumber  string `json:"purePhoneNumber"`
	CountryCode string `json:"countryCode"` // a number in the documentation, a string in live answers
	Watermark   struct {
		Timestamp int64  `json:"timestamp"`
		AppID     string `json:"appid"`
	} `json:"watermark"`
}

// getPhoneNumber is POST /wxa/business/getuserphonenumber.
func (w *WeChat) getPhoneNumber(c call) any {
	var in struct {
		Code   string `json:"code"`
		OpenID string `json:"openid"`
	}
	if !decode(c.body, &in) {
		return apiError(c.now, 47001)
	}
	asked := w.phones[in.Code]
	code := 0
	switch {
	case in.Code == "":
		code = 40029
	case asked == nil || !c.now.Before(asked.ends):
		code = 40029
	case asked.used:
		code = 40163
	case in.OpenID != "" && in.OpenID != asked.person.MiniOpenID:
		code = 40003
	case w.phonesLeft <= 0:
		code = 1400001
	}
	if code != 0 {
		return apiError(c.now, code)
	}
	asked.used = true
	w.phonesLeft--
	info := phoneInfo{PhoneNumber: asked.person.Phone, PureNumber: asked.person.Phone, CountryCode: strconv.Itoa(86)}
	info.Watermark.Timestamp, info.Watermark.AppID = c.now.Unix(), w.mini.appID
	return struct {
		errorBody
		PhoneInfo phoneInfo `json:"phone_info"`
	}{accepted, info}
}
