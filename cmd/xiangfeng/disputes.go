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
	return bot.Disputes{File: object.File{Once: s.cases()}, Answers: object.Answers{Once: s.cases()}, Read: s.store, Clean: s.cleanWords}
}

// cleanWords has the platform look at what somebody typed in the chat or at the
// console, where there is a Mini Program and they are known there too: it asks by
// that openid.
func (s *service) cleanWords(ctx context.Context, cmd usecase.Command, words ...string) error {
	if s.mini == nil {
		return nil
	}
	openid, err := s.store.MiniOpenID(ctx, cmd.Actor)
	if err != nil {
		return err
	}
	return s.words().Do(ctx, cmd, openid, words...)
}
