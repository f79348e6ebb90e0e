package callback

import (
	"errors"
	"net/http"

	"github.com/xiangfeng/xiangfeng/bot/weixin"
)

// What is refused before the rim sees a packet.
const (
	errMethod  weixin.Refusal = "bad_method"
	errEncoded weixin.Refusal = "encoded"
	errUnread  weixin.Refusal = "unreadable"
)

// statuses has no 5xx: a packet can be wrong, but never the server's fault.
var statuses = map[weixin.Refusal]int{
	weixin.BadSignature: http.StatusUnauthorized,
	weixin.Stale:        http.StatusUnauthorized,
	weixin.Downgraded:   http.StatusForbidden,
	weixin.BadKey:       http.StatusForbidden,
	weixin.WrongApp:     http.StatusForbidden,
	weixin.WrongAccount: http.StatusForbidden,
	weixin.Spoofed:      http.StatusForbidden,
	weixin.TooLarge:     http.StatusRequestEntityTooLarge,
	errMethod:           http.StatusMethodNotAllowed,
	errEncoded:          http.StatusUnsupportedMediaType,
}

// refuse answers with the stable code alone, and logs it in one line that
// holds nothing of the packet.
func (h *handler) refuse(w http.ResponseWriter, err error) {
	reason := weixin.BadMessage
	errors.As(err, &reason)
	status, listed := statuses[reason]
	if !listed {
		status = http.StatusBadRequest
	}
	h.options.Metrics.Refused(string(reason))
	h.options.Log.Warn("callback refused", "reason", string(reason), "status", status)
	writePlain(w, status, string(reason))
}
