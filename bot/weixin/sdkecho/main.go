// Command sdkecho is the yardstick of the benchmarks: the least that a server
// built on the WeChat SDK does, a safe-mode callback that sends every text
// back. It is no part of the product.
package main

import (
	"log"
	"net/http"
	"os"

	"github.com/silenceper/wechat/v2"
	"github.com/silenceper/wechat/v2/cache"
	"github.com/silenceper/wechat/v2/officialaccount"
	"github.com/silenceper/wechat/v2/officialaccount/config"
	"github.com/silenceper/wechat/v2/officialaccount/message"
	"github.com/sirupsen/logrus"
)

// main listens on the first argument; the account comes from the same
// environment variables as the product's.
func main() {
	logrus.SetLevel(logrus.WarnLevel) // its default prints every message and costs a quarter
	env := func(name string) string { return os.Getenv("XIANGFENG_OFFICIAL_ACCOUNT_" + name) }
	oa := wechat.NewWechat().GetOfficialAccount(&config.Config{
		AppID: env("APP_ID"), AppSecret: env("SECRET"), Token: env("TOKEN"), EncodingAESKey: env("AES_KEY"), Cache: cache.NewMemory(),
	})
	http.HandleFunc("/wechat/callback", func(w http.ResponseWriter, r *http.Request) { echo(oa, w, r) })
	log.Fatal(http.ListenAndServe(os.Args[1], nil))
}

func echo(oa *officialaccount.OfficialAccount, w http.ResponseWriter, r *http.Request) {
	s := oa.GetServer(r, w)
	s.SetMessageHandler(func(m *message.MixMessage) *message.Reply {
		return &message.Reply{MsgType: message.MsgTypeText, MsgData: message.NewText(m.Content)}
	})
	if err := s.Serve(); err != nil {
		http.Error(w, "refused", http.StatusBadRequest)
		return
	}
	s.Send()
}
