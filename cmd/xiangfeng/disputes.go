package main

import (
	"context"

	"github.com/xiangfeng/xiangfeng/bot"
	"github.com/xiangfeng/xiangfeng/domain/usecase"
	"github.com/xiangfeng/xiangfeng/domain/usecase/object"
	"github.com/xiangfeng/xiangfeng/storage"
)

// cases are the acts on disputes over the service's database.
func (s *service) cases() usecase.Once[object.CaseTx] {
	return storage.As(s.store, func(tx *storage.Tx) object.CaseTx { return tx })
}

// disputes is what households object to in the chat.
func (s *service) disputes() bot.Disputes {
	d := bot.Disputes{File: object.File{Once: s.cases()}, Answers: object.Answers{Once: s.cases()}, Read: s.store}
	if s.mini != nil {
		d.Clean = s.cleanWords
	}
	return d
}

// cleanWords has the platform look at what somebody typed in the chat, where they
// are known at the Mini Program too: it asks by that openid.
func (s *service) cleanWords(ctx context.Context, cmd usecase.Command, words ...string) error {
	openid, err := s.store.MiniOpenID(ctx, cmd.Actor)
	if err != nil {
		return err
	}
	return s.words().Do(ctx, cmd, openid, words...)
}
