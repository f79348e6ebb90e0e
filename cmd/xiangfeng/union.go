package main

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"github.com/xiangfeng/xiangfeng/bot/weixin"
	"github.com/xiangfeng/xiangfeng/domain/household"
	"github.com/xiangfeng/xiangfeng/domain/usecase/login"
	"github.com/xiangfeng/xiangfeng/jobs"
	"github.com/xiangfeng/xiangfeng/storage"
)

// unite prepares the job by which the Mini Program knows who chats.
func (s *service) unite() error {
	followers, err := weixin.NewFollowers(s.cfg.Wechat.APIBaseURL, s.tokens)
	if err != nil {
		return err
	}
	once := storage.As(s.store, func(tx *storage.Tx) login.UnionTx { return tx })
	union := jobs.Union{People: apart{s.store, login.Unite{Once: once}, s.clock.Now}}
	if s.mini != nil {
		union.Teller = unions{followers, s.log}
	}
	s.handlers[union.Name()] = union.Run
	return nil
}

// uniteEarlier asks of those who were bound before anybody was asked, or while
// WeChat told no unionids.
func (s *service) uniteEarlier(ctx context.Context) {
	if s.mini == nil || s.tokens == nil {
		return
	}
	if err := s.store.AskUnions(ctx, login.Uniting{From: 1}); err != nil && ctx.Err() == nil {
		s.log.Warn("nobody is asked for the unionids of who was bound earlier", "error", err)
	}
}

// unions asks WeChat, and tells what is about one person from what is about all.
type unions struct {
	followers *weixin.Followers
	log       *slog.Logger
}

// UnionID returns "" also where the account may not ask.
func (u unions) UnionID(ctx context.Context, openid string) (string, error) {
	union, err := u.followers.UnionID(ctx, openid)
	var failed *weixin.CallError
	switch {
	case errors.Is(err, weixin.ErrNoFollower):
		return "", errors.Join(jobs.ErrNoUnion, err)
	case errors.As(err, &failed) && !failed.Passing():
		u.log.Warn("WeChat tells no unionids", "error", err)
		return "", nil
	}
	return union, err
}

// apart are the people of the chat whom the Mini Program does not know.
type apart struct {
	*storage.Store
	keep login.Unite
	now  func() time.Time
}

// Unite keeps the unionid of one of them.
func (a apart) Unite(ctx context.Context, p household.Person, union string) error {
	return a.keep.Do(ctx, p, union, a.now())
}
