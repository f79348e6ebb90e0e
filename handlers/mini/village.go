package mini

import (
	"context"
	"net/http"
	"slices"
	"time"

	"github.com/xiangfeng/xiangfeng/domain/calendar"
	"github.com/xiangfeng/xiangfeng/domain/catalogue"
	"github.com/xiangfeng/xiangfeng/domain/script"
	"github.com/xiangfeng/xiangfeng/domain/usecase"
	"github.com/xiangfeng/xiangfeng/domain/usecase/login"
)

// village registers what is read of a village.
func (a *API) village() {
	on(a, http.MethodGet, "/villages/{id}/catalogue", "what earns and costs points", a.catalogue)
	on(a, http.MethodGet, "/villages/{id}/phones", "what the team's phones still hold", a.phones)
}

type catalogueInput struct {
	ID   string `path:"id" maxLength:"64"`
	Year int    `query:"year" minimum:"2000" maximum:"2999" doc:"this year where left out"`
}

type capsBody struct {
	Month   int `json:"month" doc:"in tenths; 0: none"`
	Quarter int `json:"quarter"`
	Year    int `json:"year"`
	Ever    int `json:"ever"`
}

type itemBody struct {
	Code          string     `json:"code"`
	Category      string     `json:"category"`
	Title         string     `json:"title"`
	Tenths        int        `json:"tenths"`
	Points        string     `json:"points"`
	Unit          string     `json:"unit"`
	UnitWords     string     `json:"unit_words" doc:"how often it counts"`
	Caps          capsBody   `json:"caps"`
	Evidence      [][]string `json:"evidence" doc:"all of these, of each one of its ways"`
	EvidenceWords string     `json:"evidence_words"`
	WarnFirst     bool       `json:"warn_first"`
	Often         bool       `json:"often" doc:"one of the village's most recorded of late"`
}

func newItem(i catalogue.Item) itemBody {
	body := itemBody{
		Code: i.Code, Category: i.Category, Title: i.Title, Tenths: int(i.Value), Points: i.Value.Signed(), Unit: string(i.Unit),
		UnitWords: script.Often(i), Caps: capsBody{int(i.Caps.Month), int(i.Caps.Quarter), int(i.Caps.Year), int(i.Caps.Ever)},
		Evidence: [][]string{}, EvidenceWords: script.Demands(i.Demands()), WarnFirst: i.WarnFirst,
	}
	for _, group := range i.Demands() {
		ways := make([]string, len(group))
		for n, p := range group {
			ways[n] = string(p)
		}
		body.Evidence = append(body.Evidence, ways)
	}
	return body
}

type catalogueBody struct {
	Year  int        `json:"year"`
	Items []itemBody `json:"items"`
}

// What counts as recorded often: how far back it is looked, and how many.
const (
	oftenDays = 90
	oftenMost = 8
)

func (a *API) catalogue(ctx context.Context, c caller, in *catalogueInput) (catalogueBody, error) {
	v, err := a.villageFor(ctx, c, in.ID, "")
	if err != nil {
		return catalogueBody{}, err
	}
	today := calendar.DateOf(a.Now())
	named := in.Year != 0
	if !named {
		in.Year = today.Year
	}
	items, err := a.Read.ItemsOf(ctx, v.ID, in.Year)
	if err == nil && len(items) == 0 && !named { // in January the last year's events are still at hand
		in.Year--
		items, err = a.Read.ItemsOf(ctx, v.ID, in.Year)
	}
	if err != nil {
		return catalogueBody{}, err
	}
	often, err := a.Read.Often(ctx, v.ID, today.AddDays(-oftenDays), oftenMost)
	if err != nil {
		return catalogueBody{}, err
	}
	body := catalogueBody{Year: in.Year, Items: make([]itemBody, len(items))}
	for n, i := range items {
		body.Items[n] = newItem(i)
		body.Items[n].Often = slices.Contains(often, i.Code)
	}
	return body, nil
}

type phoneBody struct {
	Name   string     `json:"name"`
	Unsent int        `json:"unsent"`
	Since  *time.Time `json:"since,omitempty" doc:"of the oldest"`
	SeenAt time.Time  `json:"seen_at"`
	Stale  bool       `json:"stale" doc:"it has not called for so long that what it said may be over"`
	Words  string     `json:"words"`
}

type phonesBody struct {
	Phones []phoneBody `json:"phones"`
}

func (a *API) phones(ctx context.Context, c caller, in *idInput) (phonesBody, error) {
	v, err := a.villageFor(ctx, c, in.ID, usecase.SeePhones)
	if err != nil {
		return phonesBody{}, err
	}
	phones, err := a.Read.Phones(ctx, v.ID, a.Now())
	body := phonesBody{Phones: make([]phoneBody, len(phones))}
	for i, p := range phones {
		stale := a.Now().Sub(p.SeenAt) > login.CertainFor
		body.Phones[i] = phoneBody{Name: p.Name, Unsent: p.Unsent, SeenAt: p.SeenAt, Stale: stale, Words: script.Holding(p, stale)}
		if !p.Since.IsZero() {
			body.Phones[i].Since = &p.Since
		}
	}
	return body, err
}
