package main

import (
	"context"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/xiangfeng/xiangfeng/bot/weixin"
	"github.com/xiangfeng/xiangfeng/domain/notice"
	"github.com/xiangfeng/xiangfeng/domain/usecase/enrol"
	"github.com/xiangfeng/xiangfeng/domain/village"
	"github.com/xiangfeng/xiangfeng/storage"
)

// desk is where people come to their household.
func (s *service) desk() enrol.Desk {
	return enrol.Desk{Once: storage.As(s.store, func(tx *storage.Tx) enrol.Register { return tx }), Wrong: s.wrongTry}
}

// wrongTry counts a wrong try. Many within an hour on one village's cards raise
// an alarm, and each further as many another one.
func (s *service) wrongTry(v village.ID, inHour int) {
	card := "known"
	if v == 0 {
		card = "unknown"
	}
	s.metrics.wrongTries.WithLabelValues(card).Inc()
	if inHour%enrol.Alarming == 0 {
		s.metrics.guessing.Inc()
		s.log.Warn("many wrong tries to be bound within an hour", "village", v, "tries", inHour)
	}
}

func wrongTries() *prometheus.CounterVec {
	return prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "xiangfeng_bind_wrong_total", Help: "Wrong cards and digits, by whether there is such a card.",
	}, []string{"card"})
}

func guessing() prometheus.Counter {
	return prometheus.NewCounter(prometheus.CounterOpts{
		Name: "xiangfeng_bind_alarms_total", Help: "Alarms about many wrong tries on one village's cards, or on cards that do not exist, within an hour.",
	})
}

// teller sends what somebody has to be told, and only that. Its failure is
// nobody's: who is not reached reads it at their next message.
type teller struct {
	*service
	sender *weixin.Sender
}

func (s *service) teller() (teller, error) {
	sender, err := weixin.NewSender(s.cfg.Wechat.APIBaseURL, s.tokens)
	return teller{s, sender}, err
}

// Tell sends words to somebody whose window is open, and tells whether the
// platform took them.
func (t teller) Tell(ctx context.Context, openid, text string) bool {
	out, err := t.sender.SendText(ctx, openid, text)
	if err != nil {
		t.log.Info("a message was not sent", "error", err)
		return false
	}
	t.log.Debug("a message was sent", "verdict", out.Verdict)
	taken := out.Verdict == weixin.Accepted || out.Verdict == weixin.Duplicate
	if taken {
		t.ear.Used(notice.Used{OpenID: openid, At: t.clock.Now()})
	}
	return taken
}
