package console

import (
	"crypto/rand"
	"errors"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"github.com/xiangfeng/xiangfeng/domain/fault"
	"github.com/xiangfeng/xiangfeng/domain/household"
	"github.com/xiangfeng/xiangfeng/domain/script"
	"github.com/xiangfeng/xiangfeng/domain/usecase"
	"github.com/xiangfeng/xiangfeng/domain/usecase/cards"
	"github.com/xiangfeng/xiangfeng/domain/village"
	"github.com/xiangfeng/xiangfeng/handlers/web"
)

// visitor is who asks, with what they may see.
type visitor struct {
	by       usecase.Caller
	name     string
	staff    household.Staff
	villages []script.CardVillage // where they have anything to do
}

// inside lets only who has a session on. What they may do is asked anew each
// time, and who holds no post any more is out.
func (h *handler) inside(next func(http.ResponseWriter, *http.Request, visitor)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		s, err := h.Gate.Pass(r.Context(), cookieOf(r, sessionCookie), h.Now())
		v := visitor{by: s.By, name: script.ConsoleAdmin}
		if err == nil {
			err = h.know(r, &v)
		}
		switch fault.CodeOf(err) {
		case fault.NotFound, fault.Forbidden:
			http.Redirect(w, r, "/console/door", http.StatusSeeOther)
			return
		}
		if err != nil {
			h.refuse(w, r, err)
			return
		}
		next(w, r, v)
	}
}

// know fills in who the visitor is and which villages are theirs. It ends the
// session of who holds no post any more, and refuses with Forbidden.
func (h *handler) know(r *http.Request, v *visitor) (err error) {
	if !v.by.Administrator {
		if v.staff, err = h.Read.StaffOf(r.Context(), v.by.Person); err != nil {
			return err
		}
		if len(v.staff.Posts) == 0 {
			return errors.Join(fault.Refuse(fault.Forbidden), h.Gate.Leave(r.Context(), cookieOf(r, sessionCookie)))
		}
		if v.name, err = h.Read.PersonName(r.Context(), v.by.Person); err != nil {
			return err
		}
	}
	all, err := h.Read.CardVillages(r.Context())
	v.villages = slices.DeleteFunc(all, func(c script.CardVillage) bool { return !sees(*v, c) })
	return err
}

// choice is a village to choose, township those of a township.
type choice struct{ Path, Name string }

type township struct {
	Name     string
	Summary  string // where its summary is, "" for who does not see it
	Villages []choice
}

// villages is the first page: the villages to choose from, or the only one.
func (h *handler) villages(w http.ResponseWriter, r *http.Request, v visitor) {
	if len(v.villages) == 1 {
		http.Redirect(w, r, h.home(v, v.villages[0]), http.StatusSeeOther)
		return
	}
	var groups []township
	for _, c := range v.villages {
		if len(groups) == 0 || groups[len(groups)-1].Name != c.Township {
			groups = append(groups, township{Name: c.Township})
			if usecase.May(v.staff, c.Village, usecase.SeeTownship) {
				groups[len(groups)-1].Summary = h.townshipPath(c.Village.Township) + "/summary"
			}
		}
		g := &groups[len(groups)-1]
		g.Villages = append(g.Villages, choice{h.home(v, c), c.Village.Name})
	}
	h.render(w, r, http.StatusOK, villagesPage(v.name, groups))
}

// home is the first page of a village.
func (h *handler) home(v visitor, c script.CardVillage) string {
	if usecase.May(v.staff, c.Village, usecase.SeeTeam) {
		return h.path(c.Village.ID) + "/quarters"
	}
	return h.path(c.Village.ID)
}

func (h *handler) path(v village.ID) string {
	return "/console/villages/" + h.IDs.Seal(web.Village, int64(v))
}

// cardsView is the page of a village's cards.
type cardsView struct {
	Who, Path, Query, Counts, Key string
	Sheet                         Sheet
	Frame                         frame
}

// cards shows the sheet of a village's cards, or those that were looked for.
func (h *handler) cards(w http.ResponseWriter, r *http.Request, v visitor) {
	p, ok := h.open(r, v)
	if !ok || !cards.May(v.by, v.staff, p.Village) {
		h.refuse(w, r, fault.Refuse(fault.NotFound))
		return
	}
	homes, err := h.Read.CardHomes(r.Context(), p.id())
	if err != nil {
		h.refuse(w, r, err)
		return
	}
	view := cardsView{
		Who: v.name, Path: h.path(p.id()), Query: strings.TrimSpace(r.FormValue("q")), Key: rand.Text(),
		Counts: script.CardCounts(len(homes), held(homes)), Frame: h.frame(p, tabCards),
	}
	if view.Query != "" {
		homes = found(homes, view.Query)
		view.Counts = script.CardsFound(len(homes))
	}
	if view.Sheet, err = h.Press.Sheet(p.CardVillage, homes); err != nil {
		h.refuse(w, r, err)
		return
	}
	view.Sheet.tell(r.URL.Query())
	h.render(w, r, http.StatusOK, cardsPage(view))
}

// tell says at a card what has just been done to it, as the address has it.
func (s Sheet) tell(q url.Values) {
	for i := range s.Cards {
		switch c := &s.Cards[i]; c.Number {
		case q.Get("reissued"):
			c.Done = script.CardDone(true, c.Number)
		case q.Get("revoked"):
			c.Done = script.CardDone(false, c.Number)
		}
	}
}

// held is how many of the households have a card that opens something.
func held(homes []script.CardHome) (n int) {
	for _, h := range homes {
		if h.Card.State == household.CardActive {
			n++
		}
	}
	return n
}

// found are the households whose number, head or card holds the words.
func found(homes []script.CardHome, words string) []script.CardHome {
	words = strings.ToUpper(words)
	return slices.DeleteFunc(homes, func(h script.CardHome) bool {
		return !strings.Contains(strings.ToUpper(h.Home.Number+" "+h.Home.Head+" "+h.Card.Number), words)
	})
}

// cardNumber is how a card's number is written.
var cardNumber = regexp.MustCompile(`^XF-[A-HJ-NP-Z2-9]{8}$`)

func (h *handler) revoke(w http.ResponseWriter, r *http.Request, v visitor) {
	cmd, number, err := h.act(r)
	if err != nil {
		h.refuse(w, r, err)
		return
	}
	out, err := h.Revoke.Do(r.Context(), cmd, v.by, number)
	h.finish(w, r, "revoked", out, err)
}

func (h *handler) reissue(w http.ResponseWriter, r *http.Request, v visitor) {
	cmd, number, err := h.act(r)
	if err != nil {
		h.refuse(w, r, err)
		return
	}
	out, err := h.Reissue.Do(r.Context(), cmd, v.by, number)
	h.finish(w, r, "reissued", out, err)
}

// pageKey is how the key of a page is written that was rendered here.
var pageKey = regexp.MustCompile(`^[A-Z2-7]{26}$`)

// act reads what is to be done to which card. A page's key and a card's number
// name the act, so that a form sent twice does it once.
func (h *handler) act(r *http.Request) (usecase.Command, string, error) {
	key, number := r.PostFormValue("key"), r.PostFormValue("card")
	if !pageKey.MatchString(key) || !cardNumber.MatchString(number) {
		return usecase.Command{}, "", fault.Refuse(fault.Invalid)
	}
	return usecase.Command{Key: "console:" + key + ":" + r.URL.Path + ":" + number, Now: h.Now()}, number, nil
}

// finish goes back to the village's cards.
func (h *handler) finish(w http.ResponseWriter, r *http.Request, what string, out fault.Outcome, err error) {
	if err == nil && out.Refused() {
		err = fault.Refuse(out.Code)
	}
	if err != nil {
		h.refuse(w, r, err)
		return
	}
	number := out.Facts.Note
	http.Redirect(w, r, h.path(village.ID(out.Facts.Village))+"?"+url.Values{what: {number}}.Encode()+"#"+number, http.StatusSeeOther)
}
