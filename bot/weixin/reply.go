package weixin

import (
	"strconv"
	"strings"
	"time"

	"github.com/xiangfeng/xiangfeng/bot"
)

// MaxText is how many bytes of UTF-8 the platform takes in one text message.
const MaxText = 2048

// Acknowledged is the answer that says nothing to the person and stops the
// platform from pushing the packet again. It is never encrypted.
const Acknowledged = "success"

// Seal makes the body that answers an opened packet: an encrypted text under
// the key that opened it, or Acknowledged when there is nothing to say. The
// text loses characters that XML forbids and is cut at MaxText bytes. A plain
// packet is answered in plain.
func (r *Receiver) Seal(reply bot.Reply, o Opened, now time.Time) []byte {
	text := fit(reply.Text)
	if !o.ForBot() || strings.TrimSpace(text) == "" {
		return []byte(Acknowledged)
	}
	timestamp := strconv.FormatInt(now.Unix(), 10)
	message := textReply(o.Update.From, r.originalID, timestamp, text)
	if o.key == nil {
		return message
	}
	var random [16]byte
	r.random(random[:])
	sealed := o.key.seal(random[:], message, r.appID)
	signature := sign([]string{r.token, timestamp, o.nonce, sealed})

	b := make([]byte, 0, len(sealed)+256)
	b = append(b, "<xml><Encrypt><![CDATA["...)
	b = append(b, sealed...)
	b = append(b, "]]></Encrypt><MsgSignature><![CDATA["...)
	b = append(b, signature[:]...)
	b = append(b, "]]></MsgSignature><TimeStamp>"...)
	b = append(b, timestamp...)
	b = append(b, "</TimeStamp><Nonce><![CDATA["...)
	b = append(b, o.nonce...)
	return append(b, "]]></Nonce></xml>"...)
}

// textReply writes the message itself. Only the text can hold a CDATA end:
// the ids were checked on the way in.
func textReply(to, from, timestamp, text string) []byte {
	b := make([]byte, 0, len(text)+len(to)+len(from)+256)
	b = append(b, "<xml><ToUserName><![CDATA["...)
	b = append(b, to...)
	b = append(b, "]]></ToUserName><FromUserName><![CDATA["...)
	b = append(b, from...)
	b = append(b, "]]></FromUserName><CreateTime>"...)
	b = append(b, timestamp...)
	b = append(b, "</CreateTime><MsgType><![CDATA[text]]></MsgType><Content><![CDATA["...)
	b = append(b, strings.ReplaceAll(text, "]]>", "]]]]><![CDATA[>")...)
	return append(b, "]]></Content></xml>"...)
}
