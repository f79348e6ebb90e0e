package mini

import (
	"context"
	"net/http"
	"time"

	"github.com/xiangfeng/xiangfeng/domain/notice"
	"github.com/xiangfeng/xiangfeng/domain/script"
	"github.com/xiangfeng/xiangfeng/domain/usecase"
)

// untolds registers what leaders read of what people were told.
func (a *API) untolds() {
	on(a, http.MethodGet, "/villages/{id}/untold", "who has still to be told on paper", a.untold)
}

type untoldInput struct {
	ID       string `path:"id" maxLength:"64"`
	Occasion string `query:"occasion" maxLength:"64" doc:"the newest sheet's where left out"`
}

type untoldRowBody struct {
	Household *homeBody `json:"household,omitempty"`
	Name      string    `json:"name"`
	State     string    `json:"state" enum:"unreachable,in_doubt"`
	StateText string    `json:"state_text"`
	Cure      string    `json:"cure"`
	At        time.Time `json:"at"`
}

type untoldCountBody struct {
	State string `json:"state"`
	Text  string `json:"text"`
	Count int    `json:"count"`
}

type occasionBody struct {
	Occasion string    `json:"occasion"`
	Title    string    `json:"title"`
	At       time.Time `json:"at"`
}

type untoldBody struct {
	Occasion  string            `json:"occasion"`
	Counts    []untoldCountBody `json:"counts" doc:"how many notices are in which state"`
	Rows      []untoldRowBody   `json:"rows"`
	Unbound   []homeBody        `json:"unbound" doc:"of a sheet, its households with nobody bound"`
	Occasions []occasionBody    `json:"occasions" doc:"the newest, with their titles"`
}

func (a *API) untold(ctx context.Context, c caller, in *untoldInput) (untoldBody, error) {
	v, err := a.villageFor(ctx, c, in.ID, usecase.SeeAlarms)
	if err != nil {
		return untoldBody{}, err
	}
	untold, err := a.Read.Untold(ctx, v.ID, in.Occasion)
	body := untoldBody{Occasion: untold.Occasion, Counts: []untoldCountBody{}, Rows: make([]untoldRowBody, len(untold.Rows)), Unbound: make([]homeBody, len(untold.Homes)), Occasions: make([]occasionBody, len(untold.Occasions))}
	for _, s := range notice.States() {
		if n := untold.Counts[s]; n > 0 {
			body.Counts = append(body.Counts, untoldCountBody{string(s), script.PushState(s), n})
		}
	}
	for i, r := range untold.Rows {
		body.Rows[i] = untoldRowBody{Name: r.Name, State: string(r.State), StateText: script.PushState(r.State), Cure: script.PushCure(r.State), At: r.At}
		if r.Home.ID != 0 {
			home := a.home(r.Home)
			body.Rows[i].Household = &home
		}
	}
	for i, home := range untold.Homes {
		body.Unbound[i] = a.home(home)
	}
	for i, t := range untold.Occasions {
		body.Occasions[i] = occasionBody{t.Occasion, script.PushTitle(t), t.At}
	}
	return body, err
}
