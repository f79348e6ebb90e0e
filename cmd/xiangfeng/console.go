package main

import (
	"crypto/rand"
	"net/http"

	"github.com/xiangfeng/xiangfeng/domain/usecase"
	"github.com/xiangfeng/xiangfeng/domain/usecase/assess"
	"github.com/xiangfeng/xiangfeng/domain/usecase/cards"
	closing "github.com/xiangfeng/xiangfeng/domain/usecase/close"
	"github.com/xiangfeng/xiangfeng/domain/usecase/door"
	"github.com/xiangfeng/xiangfeng/domain/usecase/object"
	"github.com/xiangfeng/xiangfeng/domain/usecase/supervise"
	"github.com/xiangfeng/xiangfeng/handlers/console"
	"github.com/xiangfeng/xiangfeng/handlers/public"
	"github.com/xiangfeng/xiangfeng/handlers/web"
	"github.com/xiangfeng/xiangfeng/storage"
	"github.com/xiangfeng/xiangfeng/storage/workbook"
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
		Quarters: s.store, Closing: s.deskClosing(), Assessing: s.deskAssessing(), Disputes: s.store,
		Objecting: console.Objecting{Accept: object.Accept{Once: s.cases()}, Extend: object.Extend{Once: s.cases()}, Decide: object.Decide{Once: s.cases()}},
		Album:     s.store, Show: s.photos.Show,
		Table: workbook.Wall, Clean: s.cleanWords,
		Press: s.press(), IDs: web.NewIDs(s.secret(forIDs)), Now: s.clock.Now, Log: s.log,
	})
}

// quarters are the acts on quarters over the service's database, supervision those
// on what it finds in them, and events the decisions about events.
func (s *service) quarters() usecase.Once[closing.Tx] {
	return storage.As(s.store, func(tx *storage.Tx) closing.Tx { return tx })
}

func (s *service) supervision() usecase.Once[supervise.Tx] {
	return storage.As(s.store, func(tx *storage.Tx) supervise.Tx { return tx })
}

func (s *service) events() usecase.Once[assess.Tx] {
	return storage.As(s.store, func(tx *storage.Tx) assess.Tx { return tx })
}

// deskClosing are the console's acts on quarters.
func (s *service) deskClosing() console.Closing {
	once, look := s.quarters(), s.supervision()
	return console.Closing{
		Sign: closing.Sign{Once: once}, Publish: closing.Publish{Once: once}, Withdraw: closing.Withdraw{Once: once},
		Look: supervise.Look{Once: look}, Close: supervise.Close{Once: look}, Pass: supervise.Pass{Once: look},
	}
}

// deskAssessing are the console's decisions about events.
func (s *service) deskAssessing() console.Assessing {
	once := s.events()
	return console.Assessing{Confirm: assess.Confirm{Once: once}, Return: assess.Return{Once: once}, Reject: assess.Reject{Once: once}}
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
