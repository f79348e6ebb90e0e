package main

import (
	"context"
	"errors"
	"time"

	"github.com/xiangfeng/xiangfeng/bot"
	"github.com/xiangfeng/xiangfeng/bot/hearing"
	"github.com/xiangfeng/xiangfeng/bot/weixin"
	"github.com/xiangfeng/xiangfeng/domain/notice"
	"github.com/xiangfeng/xiangfeng/domain/script"
	"github.com/xiangfeng/xiangfeng/domain/usecase"
	"github.com/xiangfeng/xiangfeng/domain/usecase/ask"
	"github.com/xiangfeng/xiangfeng/jobs"
	"github.com/xiangfeng/xiangfeng/storage"
	"github.com/xiangfeng/xiangfeng/storage/queue"
)

// listen leaves recordings to the engine, if there is one.
func (s *service) listen() ask.Listen {
	if s.cfg.Voice.URL == "" {
		return ask.Listen{}
	}
	return ask.Listen{Once: storage.As(s.store, func(tx *storage.Tx) ask.ListenTx { return tx })}
}

// hear prepares the job that answers recordings.
func (s *service) hear(b *bot.Bot, media *weixin.Media) error {
	engine, err := hearing.New(s.cfg.Voice.URL, string(s.cfg.Voice.Token))
	if err != nil {
		return err
	}
	sender, err := weixin.NewSender(s.cfg.Wechat.APIBaseURL, s.tokens)
	if err != nil {
		return err
	}
	mark := usecase.Mark{Once: storage.As(s.store, func(*storage.Tx) struct{} { return struct{}{} })}
	hear := jobs.Hear{
		Library: media, Engine: engine, Responder: answers{b}, Sender: mouth{s, sender},
		Marks: marks{mark, s.store, s.clock.Now}, Log: s.log, Ended: s.metrics.Sent,
	}
	s.handlers[hear.Name()] = hear.Run
	return nil
}

// work works the queue off until ctx ends, if there is anybody to work.
func (s *service) work(ctx context.Context) error {
	if len(s.handlers) == 0 {
		return nil
	}
	w, err := s.store.Jobs().Start(ctx, s.handlers, queue.Options{Log: s.log, Ended: s.metrics.JobEnded})
	if err != nil {
		return err
	}
	<-ctx.Done()
	drain, cancel := context.WithTimeout(context.WithoutCancel(ctx), drainTimeout)
	defer cancel()
	return w.Stop(drain)
}

// answers lets the bot answer what a recording says, as a message of its own
// beside the recording.
type answers struct{ bot *bot.Bot }

// Respond gives the reply that goes out, which names the words.
func (a answers) Respond(ctx context.Context, r ask.Recording, words string) (string, error) {
	reply, err := a.bot.Respond(ctx, bot.Update{
		Key: r.Message + "/heard", From: r.From, Kind: bot.Voice, Words: words, Guessed: true, At: r.At,
	})
	if err != nil || words == "" {
		return reply.Text, err
	}
	return script.Heard(words, reply.Text), nil
}

// mouth speaks to people by customer-service messages.
type mouth struct {
	*service
	sender *weixin.Sender
}

// Send sends a text and tells what became of it.
func (m mouth) Send(ctx context.Context, openid, text string) jobs.Sent {
	outcome, err := m.sender.SendText(ctx, openid, text)
	var failed *weixin.CallError
	switch {
	case err == nil && sentBy(outcome.Verdict) == jobs.Taken:
		m.ear.Used(notice.Used{OpenID: openid, At: m.clock.Now()})
		return jobs.Taken
	case err == nil:
		m.log.Warn("WeChat did not take a message", "verdict", string(outcome.Verdict), "code", outcome.Code)
		return sentBy(outcome.Verdict)
	}
	m.log.Warn("WeChat did not answer to a message", "error", err)
	if errors.As(err, &failed) && failed.InDoubt() {
		return jobs.InDoubt
	}
	return jobs.NotYet
}

// sentBy is what the platform's verdict means for an answer that somebody
// waits for: only what passes by itself within minutes is tried again.
func sentBy(v weixin.Verdict) jobs.Sent {
	switch v {
	case weixin.Accepted, weixin.Duplicate:
		return jobs.Taken
	case weixin.Busy, weixin.SlowDown, weixin.BadToken:
		return jobs.NotYet
	}
	return jobs.Refused
}

// marks keeps what was sent beside the outcomes of the acts.
type marks struct {
	mark  usecase.Mark
	store *storage.Store
	now   func() time.Time
}

// Set tells whether this call set the mark.
func (m marks) Set(ctx context.Context, key string) (bool, error) {
	return m.mark.Set(ctx, usecase.Command{Key: key, Now: m.now()})
}

// Unset takes the mark away.
func (m marks) Unset(ctx context.Context, key string) error { return m.store.Forget(ctx, key) }
