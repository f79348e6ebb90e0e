package main

import (
	"context"
	"crypto/rand"
	"errors"
	"net/http"
	"time"

	"github.com/xiangfeng/xiangfeng/domain/household"
	"github.com/xiangfeng/xiangfeng/domain/sample"
	"github.com/xiangfeng/xiangfeng/domain/script"
	"github.com/xiangfeng/xiangfeng/domain/usecase"
	"github.com/xiangfeng/xiangfeng/domain/usecase/cards"
	"github.com/xiangfeng/xiangfeng/domain/usecase/door"
	"github.com/xiangfeng/xiangfeng/domain/village"
	"github.com/xiangfeng/xiangfeng/handlers/console"
	"github.com/xiangfeng/xiangfeng/handlers/demo"
	"github.com/xiangfeng/xiangfeng/storage"
)

// minis lets the demo page hold the Mini Program on the stage.
type minis struct{ *theatre }

func (m minis) Code(_ context.Context, openid string) (string, error) {
	return m.current().wechat.LoginCode(openid)
}

// Cards are the cards of the first village, those that are dead and still hang
// on a door with them, and one of the village beside.
func (m minis) Cards(ctx context.Context) ([]demo.Card, error) {
	st := m.current()
	villages, err := st.service.store.CardVillages(ctx)
	if err != nil {
		return nil, err
	}
	var out []demo.Card
	for i, v := range villages[:min(2, len(villages))] {
		homes, err := st.service.store.CardHomes(ctx, v.Village.ID)
		if err != nil {
			return nil, err
		}
		if i > 0 {
			homes = homes[:1]
		}
		for _, h := range homes {
			out = append(out, st.printed(v.Village, h)...)
		}
	}
	return out, nil
}

// printed are a household's newest card and, where that is another, its first.
func (st *stage) printed(v village.Village, h script.CardHome) (out []demo.Card) {
	add := func(c household.Card) {
		if token, ok := c.Token(st.service.secret(forCards)); ok {
			out = append(out, demo.Card{
				Number: c.Number, Home: h.Home.Number, Head: h.Home.Head, Shown: household.Mask(h.Home.Head), Village: v.Name,
				Code: st.service.cfg.site() + "/h/" + token, Revoked: c.State == household.CardRevoked,
			})
		}
	}
	add(h.Card)
	first := sample.FirstCard(h.Home.ID, sample.Default().Seed, st.service.secret(forCards))
	if first.Number != h.Card.Number {
		first.State = household.CardRevoked
		add(first)
	}
	return out
}

// asAdministrator is who stands before the demo.
var asAdministrator = usecase.Caller{Administrator: true}

func (st *stage) command() usecase.Command {
	return usecase.Command{Key: "demo:" + rand.Text(), Now: st.service.clock.Now()}
}

func (m minis) Revoke(ctx context.Context, number string) error {
	st := m.current()
	u := cards.Revoke{Once: storage.As(st.service.store, func(tx *storage.Tx) cards.Tx { return tx })}
	out, err := u.Do(ctx, st.command(), asAdministrator, number)
	if err == nil && out.Refused() {
		err = errors.New("the card was not revoked: " + string(out.Code))
	}
	return err
}

// loseCard gives the household that came last another card than the one that
// hangs on its door.
func (st *stage) loseCard(ctx context.Context) error {
	homes, err := st.service.store.CardHomes(ctx, 1)
	if err != nil {
		return err
	}
	u := cards.Reissue{
		Once:   storage.As(st.service.store, func(tx *storage.Tx) cards.Tx { return tx }),
		Random: rand.Reader, Key: st.service.secret(forCards),
	}
	out, err := u.Do(ctx, st.command(), asAdministrator, homes[len(homes)-1].Card.Number)
	if err == nil && out.Refused() {
		err = errors.New("the card was not reissued: " + string(out.Code))
	}
	return err
}

// shown is the code that the laptop shows, and since when.
type shown struct {
	code string
	at   time.Time
}

// laptop passes on the console's door and looks at the screen on which it opens.
func (t *theatre) laptop(w http.ResponseWriter, r *http.Request) {
	if s, waits := console.Secret(r); waits {
		t.screen.Store(&shown{s.Code(), t.current().service.clock.Now()})
	}
	t.product(w, r)
}

func (m minis) Screen(context.Context) (string, error) {
	st, s := m.current(), m.screen.Load()
	if s == nil || !st.service.clock.Now().Before(s.at.Add(door.CodeLife)) {
		return "", nil
	}
	return st.service.cfg.site() + "/console/door/" + s.code, nil
}
