package demo

import (
	"context"
	"net/http"
	"slices"
	"strings"

	"github.com/skip2/go-qrcode"
)

// Mini is the Mini Program on everybody's phone, and what stands before its
// camera. All methods may be called at the same time, also while the demo is
// being reset.
type Mini interface {
	// Code opens the Mini Program on a person's phone and returns the code that
	// it signs in with, good once.
	Code(ctx context.Context, openid string) (string, error)
	// Cards are what hangs on the households' doors, in the order they are shown.
	Cards(ctx context.Context) ([]Card, error)
	// Revoke lets the card of a number open nothing any more.
	Revoke(ctx context.Context, number string) error
	// Screen is what the code says that the laptop shows, empty where it shows none.
	Screen(ctx context.Context) (string, error)
}

// Card is a printed card of a household.
type Card struct {
	Number  string `json:"number"`
	Home    string `json:"home"` // the household's number
	Head    string `json:"head"`
	Shown   string `json:"shown"` // the head as the card has it
	Village string `json:"village"`
	Code    string `json:"code"` // what its QR code says
	Revoked bool   `json:"revoked"`
}

// login opens the Mini Program on a person's phone.
func (h *handler) login(w http.ResponseWriter, r *http.Request) {
	var who struct {
		OpenID string `json:"openid"`
	}
	if err := decode(w, r, &who); err != nil {
		refuse(w, err)
		return
	}
	if !h.plays(who.OpenID) {
		refuse(w, errNobody)
		return
	}
	h.show(w, func() (any, error) {
		code, err := h.mini.Code(r.Context(), who.OpenID)
		return codeBody{code}, err
	})
}

// codeBody is what a code says.
type codeBody struct {
	Code string `json:"code"`
}

// show renders something of the stage, which is not reset meanwhile.
func (h *handler) show(w http.ResponseWriter, look func() (any, error)) {
	h.stage.RLock()
	defer h.stage.RUnlock()
	body, err := look()
	if err != nil {
		refuse(w, err)
		return
	}
	render(w, http.StatusOK, body)
}

func (h *handler) cards(w http.ResponseWriter, r *http.Request) {
	h.show(w, func() (any, error) {
		cards, err := h.mini.Cards(r.Context())
		return struct {
			Cards []Card `json:"cards"`
		}{cards}, err
	})
}

// card finds a card by its number.
func (h *handler) card(ctx context.Context, number string) (Card, error) {
	cards, err := h.mini.Cards(ctx)
	if err != nil {
		return Card{}, err
	}
	i := slices.IndexFunc(cards, func(c Card) bool { return c.Number == number })
	if i < 0 {
		return Card{}, errNoCard
	}
	return cards[i], nil
}

// dots is how many dots of the picture a module of a code has.
const dots = 6

// drawn is the picture of a card's code, as it is printed.
func (h *handler) drawn(w http.ResponseWriter, r *http.Request) {
	number, isPNG := strings.CutSuffix(r.PathValue("picture"), ".png")
	if !isPNG {
		refuse(w, errNoPage)
		return
	}
	h.stage.RLock()
	defer h.stage.RUnlock()
	c, err := h.card(r.Context(), number)
	if err != nil {
		refuse(w, err)
		return
	}
	png, err := qrcode.Encode(c.Code, qrcode.Medium, -dots)
	if err != nil {
		refuse(w, err)
		return
	}
	w.Header().Set("Content-Type", "image/png")
	_, _ = w.Write(png) // who asked may be gone
}

func (h *handler) revoke(w http.ResponseWriter, r *http.Request) {
	var which struct {
		Card string `json:"card"`
	}
	if err := decode(w, r, &which); err != nil {
		refuse(w, err)
		return
	}
	h.finish(w, r, h.stage.RLocker(), func(ctx context.Context) error {
		c, err := h.card(ctx, which.Card)
		switch {
		case err != nil:
			return err
		case c.Revoked:
			return errRevoked
		}
		return h.mini.Revoke(ctx, c.Number)
	})
}

// screen is what a camera before the laptop sees.
func (h *handler) screen(w http.ResponseWriter, r *http.Request) {
	h.show(w, func() (any, error) {
		code, err := h.mini.Screen(r.Context())
		return codeBody{code}, err
	})
}
