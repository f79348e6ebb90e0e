package main

import (
	"context"
	"errors"
	"net/http"

	"github.com/xiangfeng/xiangfeng/bot/weixin"
	"github.com/xiangfeng/xiangfeng/domain/fault"
	"github.com/xiangfeng/xiangfeng/domain/usecase/door"
	"github.com/xiangfeng/xiangfeng/domain/usecase/keep"
	"github.com/xiangfeng/xiangfeng/domain/usecase/login"
	"github.com/xiangfeng/xiangfeng/domain/usecase/record"
	"github.com/xiangfeng/xiangfeng/domain/usecase/screen"
	"github.com/xiangfeng/xiangfeng/handlers/mini"
	"github.com/xiangfeng/xiangfeng/handlers/web"
	"github.com/xiangfeng/xiangfeng/storage"
)

// api is what the Mini Program calls.
func (s *service) api() http.Handler {
	return mini.New(mini.Ports{
		WeChat: identities{s.mini}, Sessions: s.store, Read: s.store, Photos: s.photos, Desk: s.desk(),
		Enter:       login.Enter{Once: storage.As(s.store, func(tx *storage.Tx) login.Tx { return tx })},
		Phone:       login.Phone{Once: storage.As(s.store, func(tx *storage.Tx) login.PhoneTx { return tx })},
		Choose:      login.Choose{Once: storage.As(s.store, func(tx *storage.Tx) login.ChooseTx { return tx })},
		Acts:        mini.ActsOf(storage.As(s.store, func(tx *storage.Tx) record.Tx { return tx })),
		Quarters:    s.store,
		Closing:     mini.ClosingOf(s.quarters()),
		Assessing:   mini.AssessingOf(s.events()),
		Disputes:    mini.ObjectionsOf(s.cases(), s.store),
		Judge:       keep.Judge{Once: storage.As(s.store, func(tx *storage.Tx) keep.JudgeTx { return tx })},
		Words:       s.words(),
		Supervision: mini.SupervisionOf(s.supervision(), s.store),
		Look:        door.Look{Read: s.store},
		Confirm:     door.Confirm{Once: storage.As(s.store, func(tx *storage.Tx) door.Tx { return tx })},
		Answered:    s.metrics.Called, Allow: s.limits.Allow, IDs: web.NewIDs(s.secret(forIDs)), Now: s.clock.Now, Log: s.log,
	})
}

var suggestions = map[weixin.Suggest]screen.Found{weixin.Pass: screen.Passed, weixin.Review: screen.Doubted, weixin.Risky: screen.Risky}

// words has the platform look at what people type.
func (s *service) words() screen.Words {
	return screen.Words{
		Once: storage.As(s.store, func(tx *storage.Tx) screen.Tx { return tx }),
		Ask: func(ctx context.Context, openid, words string) (screen.Found, error) {
			suggest, err := s.mini.CheckText(ctx, openid, words)
			return suggestions[suggest], err
		},
		Failed: func(err error) { s.log.Warn("words go through unchecked", "error", err) },
	}
}

// identities asks WeChat who somebody is.
type identities struct{ mini *weixin.Mini }

func (i identities) Login(ctx context.Context, code string) (login.Identity, error) {
	session, err := i.mini.Login(ctx, code)
	return login.Identity{MiniOpenID: session.OpenID, UnionID: session.UnionID}, aboutCode(err)
}

func (i identities) PhoneNumber(ctx context.Context, code string) (string, error) {
	number, err := i.mini.PhoneNumber(ctx, code)
	return number, aboutCode(err)
}

// aboutCode tells what is the code's or the person's fault from what is WeChat's.
func aboutCode(err error) error {
	switch {
	case errors.Is(err, weixin.ErrBadCode):
		return mini.ErrCode
	case errors.Is(err, weixin.ErrBlocked):
		return fault.Refuse(fault.Forbidden)
	}
	return err
}
