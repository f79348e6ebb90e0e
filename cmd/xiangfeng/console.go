package main

import (
	"crypto/rand"
	"net/http"

	"github.com/xiangfeng/xiangfeng/domain/usecase"
	"github.com/xiangfeng/xiangfeng/domain/usecase/cards"
	"github.com/xiangfeng/xiangfeng/domain/usecase/door"
	"github.com/xiangfeng/xiangfeng/handlers/console"
	"github.com/xiangfeng/xiangfeng/handlers/public"
	"github.com/xiangfeng/xiangfeng/handlers/web"
	"github.com/xiangfeng/xiangfeng/storage"
)

func (s *service) doors() usecase.Once[door.Tx] {
	return storage.As(s.store, func(tx *storage.Tx) door.Tx { return tx })
}

// console is the web console, from its door to the cards.
func (s *service) console() http.Handler {
	once := storage.As(s.store, func(tx *storage.Tx) cards.Tx { return tx })
	return console.New(console.Options{
		Read: s.store,
		Ask:  door.Ask{Once: s.doors()}, Watch: door.Watch{Read: s.store}, Enter: door.Enter{Once: s.doors()},
		Accept: door.Accept{Once: s.doors()}, Gate: door.Gate{Sessions: s.store},
		Revoke: cards.Revoke{Once: once}, Reissue: cards.Reissue{Once: once, Random: rand.Reader, Key: s.secret(forCards)},
		Press: s.press(), IDs: web.NewIDs(s.secret(forIDs)), Now: s.clock.Now, Log: s.log,
	})
}

// press prints the cards of this installation.
func (s *service) press() console.Press {
	return console.Press{URL: s.cfg.site(), Key: s.secret(forCards)}
}

// pages are what is opened in a browser.
func (s *service) pages(mux *http.ServeMux) error {
	card, err := public.New()
	if err != nil {
		return err
	}
	mux.Handle("GET /h/{token}", card)
	mux.Handle("GET /n/{code}", public.Check(s.store, s.log))
	mux.Handle("/console/", s.console())
	mux.Handle("GET /console", http.RedirectHandler("/console/", http.StatusMovedPermanently))
	return nil
}
