package console

import (
	"net/http"
	"net/url"

	"github.com/xiangfeng/xiangfeng/domain/notice"
	"github.com/xiangfeng/xiangfeng/domain/script"
)

// untoldView is what became of a village's notices of one occasion.
type untoldView struct {
	Frame  frame
	Title  string
	Counts []string
	Rows   []string
	Homes  []string // those of the sheet with nobody bound
	Tabs   []tab    // the occasions
}

// untold lists who has still to be told on paper, of the newest sheet where the
// address names no occasion.
func (h *handler) untold(w http.ResponseWriter, r *http.Request, p place) {
	found, err := h.Disputes.Untold(r.Context(), p.id(), r.URL.Query().Get("of"))
	if err != nil {
		h.refuse(w, r, err)
		return
	}
	view := untoldView{Frame: h.frame(p, tabUntold), Title: script.DeskUntold}
	for _, s := range notice.States() {
		if n := found.Counts[s]; n > 0 {
			view.Counts = append(view.Counts, script.UntoldCount(script.PushState(s), n))
		}
	}
	if n := len(found.Homes); n > 0 {
		view.Counts = append(view.Counts, script.UntoldUnbound(n))
	}
	for _, one := range found.Homes {
		view.Homes = append(view.Homes, one.Name())
	}
	for _, one := range found.Rows {
		view.Rows = append(view.Rows, script.UntoldRow(one))
	}
	for _, o := range found.Occasions {
		here := o.Occasion == found.Occasion
		if here {
			view.Title = script.UntoldTitle(o)
		}
		view.Tabs = append(view.Tabs, tab{script.PushTitle(o), h.path(p.id()) + "/untold?" + url.Values{"of": {o.Occasion}}.Encode(), here})
	}
	h.render(w, r, http.StatusOK, untoldPage(view))
}
