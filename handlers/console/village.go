package console

import (
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"regexp"
	"slices"

	"github.com/xiangfeng/xiangfeng/domain/calendar"
	"github.com/xiangfeng/xiangfeng/domain/fault"
	"github.com/xiangfeng/xiangfeng/domain/script"
	"github.com/xiangfeng/xiangfeng/domain/usecase"
	"github.com/xiangfeng/xiangfeng/domain/usecase/cards"
	"github.com/xiangfeng/xiangfeng/domain/village"
	"github.com/xiangfeng/xiangfeng/handlers/web"
)

// place is a village that a visitor has opened.
type place struct {
	visitor
	script.CardVillage
	access usecase.Access
	cmd    usecase.Command // of the form that was sent
}

func (p place) id() village.ID { return p.Village.ID }

// sees tells whether a visitor has anything to do in a village here.
func sees(v visitor, c script.CardVillage) bool {
	return cards.May(v.by, v.staff, c.Village) || usecase.May(v.staff, c.Village, usecase.SeeTeam)
}

// at is inside for the pages of a village, for those who may do the deed there.
// To all others there is no such village.
func (h *handler) at(d usecase.Deed, next func(http.ResponseWriter, *http.Request, place)) http.HandlerFunc {
	return h.inside(func(w http.ResponseWriter, r *http.Request, v visitor) {
		p, ok := h.open(r, v)
		if !ok || !p.access.May(d) {
			h.refuse(w, r, fault.Refuse(fault.NotFound))
			return
		}
		next(w, r, p)
	})
}

// open finds the village that the address names, among the visitor's own.
func (h *handler) open(r *http.Request, v visitor) (place, bool) {
	id, ok := h.IDs.Open(web.Village, r.PathValue("village"))
	i := slices.IndexFunc(v.villages, func(c script.CardVillage) bool { return int64(c.Village.ID) == id })
	if !ok || i < 0 {
		return place{}, false
	}
	return place{v, v.villages[i], usecase.Access{Staff: v.staff, Village: v.villages[i].Village}, usecase.Command{}}, true
}

// quarterName is how an address names a quarter.
var quarterName = regexp.MustCompile(`^2[0-9]{3}Q[1-4]$`)

// atQuarter is at with the quarter that the address names.
func (h *handler) atQuarter(d usecase.Deed, next func(http.ResponseWriter, *http.Request, place, calendar.Quarter)) http.HandlerFunc {
	return h.at(d, func(w http.ResponseWriter, r *http.Request, p place) {
		name := r.PathValue("quarter")
		q, err := calendar.ParseQuarter(name)
		if err != nil || !quarterName.MatchString(name) {
			h.refuse(w, r, fault.Refuse(fault.NotFound))
			return
		}
		next(w, r, p, q)
	})
}

// sent lets on what a page of ours has sent. It reads the page's key, and makes
// the command of it and of all that the form says: one that is sent twice does
// its act once, and one that is filled in anew is another.
func (h *handler) sent(next func(http.ResponseWriter, *http.Request, place, calendar.Quarter)) func(http.ResponseWriter, *http.Request, place, calendar.Quarter) {
	return func(w http.ResponseWriter, r *http.Request, p place, q calendar.Quarter) {
		var ok bool
		if p.cmd, ok = h.named(r, p); !ok {
			h.refuse(w, r, fault.Refuse(fault.Invalid))
			return
		}
		next(w, r, p, q)
	}
}

func (h *handler) named(r *http.Request, p place) (usecase.Command, bool) {
	key := r.PostFormValue("key")
	said := sha256.Sum256([]byte(r.URL.Path + "?" + r.PostForm.Encode()))
	return usecase.Command{
		Key: "console:" + key + ":" + hex.EncodeToString(said[:16]), Actor: p.by.Person, Now: h.Now(),
	}, pageKey.MatchString(key) && p.by.Person != 0
}

// tab is an entry of a menu.
type tab struct {
	Name, Path string
	Here       bool
}

// The pages that a menu leads to.
const (
	tabQuarters = "quarters"
	tabDisputes = "disputes"
	tabCards    = "cards"
	tabUntold   = "untold"
	tabSummary  = "summary"
	tabState    = "state"
	tabAssess   = "assess"
	tabWall     = "wall"
)

// frame is what every page of a village has around it.
type frame struct {
	Who, Place string
	Tabs       []tab // of the village
	Quarter    string
	Steps      []tab // of the quarter, none on other pages
	Home       string
}

// frame makes the menu of a village with what the visitor may see of it.
func (h *handler) frame(p place, here string) frame {
	path := h.path(p.id())
	f := frame{Who: p.name, Place: p.Township + p.Village.Name, Home: path}
	add := func(may bool, key, name, path string) {
		if may {
			f.Tabs = append(f.Tabs, tab{name, path, key == here})
		}
	}
	team := p.access.May(usecase.SeeTeam)
	add(team, tabQuarters, script.DeskQuarters, path+"/quarters")
	add(team, tabDisputes, script.DeskDisputes, path+"/disputes")
	add(p.access.May(usecase.SeeAlarms), tabUntold, script.DeskUntold, path+"/untold")
	add(cards.May(p.by, p.staff, p.Village), tabCards, script.CardTitle, path)
	add(p.access.May(usecase.SeeTownship), tabSummary, script.DeskSummary, h.townshipPath(p.Village.Township)+"/summary")
	return f
}

// quarterFrame is frame with the pages of a quarter.
func (h *handler) quarterFrame(p place, q calendar.Quarter, here string) frame {
	f := h.frame(p, tabQuarters)
	f.Quarter, f.Steps = script.SeasonName(q), h.steps(p, q, here)
	return f
}

// steps are the pages of a quarter.
func (h *handler) steps(p place, q calendar.Quarter, here string) []tab {
	path := h.quarterPath(p.id(), q)
	return []tab{
		{script.DeskState, path, here == tabState},
		{script.DeskAssess, path + "/assess", here == tabAssess},
		{script.WallTitle, path + "/wall", here == tabWall},
	}
}

func (h *handler) quarterPath(v village.ID, q calendar.Quarter) string {
	return h.path(v) + "/quarters/" + q.String()
}

func (h *handler) townshipPath(t village.TownshipID) string {
	return "/console/townships/" + h.IDs.Seal(web.Township, int64(t))
}
