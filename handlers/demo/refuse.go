package demo

import (
	"encoding/json"
	"errors"
	"io"
	"mime"
	"net/http"
)

// maxBody is the longest request, in bytes.
const maxBody = 8 << 10

// refusal is what the page is told when a request does nothing.
type refusal struct {
	status        int
	code, message string
}

func (e *refusal) Error() string { return e.code }

// What is refused. There is no 5xx but that something behind the page failed.
var (
	errNoPage   = &refusal{http.StatusNotFound, "not_found", "没有这个网址。"}
	errNobody   = &refusal{http.StatusNotFound, "unknown_person", "没有这个人，请换一个人扮演。"}
	errGone     = &refusal{http.StatusNotFound, "unknown_packet", "这条报文已经不在了。"}
	errNoCard   = &refusal{http.StatusNotFound, "unknown_card", "没有这张卡。"}
	errMethod   = &refusal{http.StatusMethodNotAllowed, "bad_method", "这个网址不能这样用。"}
	errForeign  = &refusal{http.StatusForbidden, "foreign_page", "只有演示台自己的网页才能操作。"}
	errNotJSON  = &refusal{http.StatusUnsupportedMediaType, "not_json", "请发 JSON。"}
	errTooLarge = &refusal{http.StatusRequestEntityTooLarge, "too_large", "内容太长了，发不出去。"}
	errInvalid  = &refusal{http.StatusBadRequest, "invalid", "内容不对，没有发出去。"}
	errBlank    = &refusal{http.StatusBadRequest, "blank", "还没有写字，没有发出去。"}
	errNoEntry  = &refusal{http.StatusBadRequest, "unknown_entry", "菜单里没有这一项。"}
	errNoMove   = &refusal{http.StatusBadRequest, "unknown_move", "时钟不能这样拨。"}
	errNotNow   = &refusal{http.StatusConflict, "not_now", "现在不能这样做，请先看看关注了没有。"}
	errRevoked  = &refusal{http.StatusConflict, "revoked", "这张卡已经挂失了。"}
	errFailed   = &refusal{http.StatusServiceUnavailable, "unavailable", "没有做成，请过一会儿再试。"}
)

// refuse answers with what stands in err's chain; any other error is that
// something behind the page failed.
func refuse(w http.ResponseWriter, err error) {
	known := errFailed
	if errors.Is(err, ErrNotNow) {
		known = errNotNow
	}
	errors.As(err, &known)
	render(w, known.status, struct {
		Code    string `json:"code"`
		Message string `json:"message"`
	}{known.code, known.message})
}

func render(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body) // who asked may be gone
}

// decode reads the one JSON object of a request into a pointer to a struct
// that names every field.
func decode(w http.ResponseWriter, r *http.Request, into any) error {
	if kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); err != nil || kind != "application/json" {
		return errNotJSON
	}
	decoder := json.NewDecoder(http.MaxBytesReader(w, r.Body, maxBody))
	decoder.DisallowUnknownFields()
	err := decoder.Decode(into)
	if err == nil {
		if _, err = decoder.Token(); errors.Is(err, io.EOF) {
			return nil
		}
	}
	if tooLarge := (*http.MaxBytesError)(nil); errors.As(err, &tooLarge) {
		return errTooLarge
	}
	return errInvalid
}
