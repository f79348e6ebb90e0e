package mini

import (
	"context"
	"net/http"
	"time"

	"github.com/xiangfeng/xiangfeng/domain/fault"
	"github.com/xiangfeng/xiangfeng/domain/household"
	"github.com/xiangfeng/xiangfeng/domain/record"
	"github.com/xiangfeng/xiangfeng/domain/script"
	"github.com/xiangfeng/xiangfeng/domain/usecase"
	"github.com/xiangfeng/xiangfeng/domain/usecase/assess"
	"github.com/xiangfeng/xiangfeng/domain/village"
	"github.com/xiangfeng/xiangfeng/handlers/web"
)

// Assessing are the decisions about events.
type Assessing struct {
	Confirm assess.Confirm
	Return  assess.Return
	Reject  assess.Reject
}

// AssessingOf are the decisions over one kind of transaction.
func AssessingOf(once usecase.Once[assess.Tx]) Assessing {
	return Assessing{assess.Confirm{Once: once}, assess.Return{Once: once}, assess.Reject{Once: once}}
}

// assessing registers going through a quarter's events.
func (a *API) assessing() {
	on(a, http.MethodGet, "/villages/{id}/quarters/{quarter}/events", "a quarter's events, to be gone through", a.judged)
	on(a, http.MethodPost, "/events/{id}/confirm", "confirm an event", a.confirm)
	on(a, http.MethodPost, "/events/{id}/return", "give an event back to who recorded it", a.giveBack)
	on(a, http.MethodPost, "/events/{id}/reject", "reject an event", a.reject)
	on(a, http.MethodPost, "/events/confirm", "confirm many events of one village", a.confirmMany)
}

// eventsPage is how many events there are on a page: as many as are confirmed
// in one act.
const eventsPage = assess.Most

type eventsInput struct {
	ID      string `path:"id" maxLength:"64"`
	Quarter string `path:"quarter" pattern:"^2[0-9]{3}Q[1-4]$" maxLength:"6"`
	State   string `query:"state" enum:"pending,confirmed,returned,rejected" default:"pending"`
	After   string `query:"after" maxLength:"64" doc:"the next of the page before"`
}

type judgedBody struct {
	ID         string       `json:"id"`
	Household  homeBody     `json:"household"`
	Item       itemRefBody  `json:"item"`
	Points     string       `json:"points"`
	On         string       `json:"on"`
	RecordedAt time.Time    `json:"recorded_at"`
	Place      string       `json:"place"`
	Note       string       `json:"note"`
	Recorder   string       `json:"recorder"`
	Typist     string       `json:"typist" doc:"who typed it from the recorder's paper"`
	Record     string       `json:"record" doc:"empty for what stands alone"`
	Together   int          `json:"households_in_record"`
	Photos     []photoBody  `json:"photos"`
	Reused     []reusedBody `json:"reused" doc:"pictures that another record has, or one that looks alike"`
	Late       bool         `json:"late" doc:"补记: it occurred in an earlier quarter"`
	State      string       `json:"state" enum:"pending,confirmed,returned,rejected"`
	StateWords string       `json:"state_words"`
	Reason     string       `json:"reason"`
	Line       int          `json:"line" doc:"0 until confirmed"`
	MayDecide  bool         `json:"may_decide"`
	WhyNot     string       `json:"why_not" doc:"why the caller may not"`
}

type eventsBody struct {
	Events []judgedBody `json:"events"`
	Next   string       `json:"next" doc:"empty on the last page"`
}

func (a *API) judged(ctx context.Context, c caller, in *eventsInput) (eventsBody, error) {
	v, q, err := a.quarterFor(ctx, c, in.ID, in.Quarter, usecase.SeeTeam)
	if err != nil {
		return eventsBody{}, err
	}
	after := int64(0)
	if in.After != "" {
		var ok bool
		if after, ok = a.IDs.Open(web.Event, in.After); !ok {
			return eventsBody{}, web.NotFound()
		}
	}
	found, more, err := a.Quarters.JudgedOf(ctx, v.ID, q, record.State(in.State), record.ID(after), eventsPage)
	if err != nil {
		return eventsBody{}, err
	}
	body := eventsBody{}
	if body.Events, err = a.judgedReads(ctx, c, v, found); err != nil {
		return eventsBody{}, err
	}
	if more {
		body.Next = a.IDs.Seal(web.Event, int64(found[len(found)-1].ID))
	}
	return body, nil
}

// judgedReads renders events with the pictures that the caller may see, and
// whether they may decide about each.
func (a *API) judgedReads(ctx context.Context, c caller, v village.Village, found []script.Judged) ([]judgedBody, error) {
	var pictures []record.PhotoHash
	var homes []household.ID
	for _, e := range found {
		pictures, homes = append(pictures, e.Photos...), append(homes, e.Household)
	}
	seen, err := a.album(ctx, c, pictures)
	if err != nil {
		return nil, err
	}
	scene, err := a.Quarters.Judging(ctx, v, homes)
	scene.Staff, scene.Now = c.held.Staff, a.Now()
	body := make([]judgedBody, len(found))
	for i, e := range found {
		body[i] = a.judgedRead(scene, e, seen)
	}
	return body, err
}

func (a *API) judgedRead(scene record.Scene, e script.Judged, seen album) judgedBody {
	body := judgedBody{
		ID: a.IDs.Seal(web.Event, int64(e.ID)), Household: a.home(e.Home), Item: itemRef(e.Item), Points: e.Tenths.Signed(), On: e.OccurredOn.String(),
		RecordedAt: e.RecordedAt, Place: e.Place, Note: e.Note, Recorder: e.RecorderName, Typist: e.TypistName,
		Record: a.IDs.Seal(web.Record, int64(e.Record)), Together: e.Together, Photos: seen.of(e.Photos), Reused: []reusedBody{}, Late: e.Late,
		State: string(e.State), StateWords: script.EventState(e.State), Reason: e.Reason, Line: e.Line,
	}
	for _, u := range e.Reuses {
		body.Reused = append(body.Reused, reusedBody{u.Hash, u.OccurredOn.String(), script.Reused(u)})
	}
	if e.State != record.Pending && e.State != record.Returned {
		return body
	}
	body.WhyNot = e.WhyNot(scene)
	body.MayDecide = body.WhyNot == ""
	return body
}

// unassessed turns a refusal into the problem that tells the cure.
func unassessed(out fault.Outcome, err error) (fault.Facts, error) {
	return cured(out, err, script.Unassessed(out.Code, out.Facts))
}

type confirmedBody struct {
	OK   bool `json:"ok"`
	Line int  `json:"line" doc:"the number of its line in the household's year"`
}

func (a *API) confirm(ctx context.Context, c caller, in *idInput) (confirmedBody, error) {
	n, ok := a.IDs.Open(web.Event, in.ID)
	if !ok {
		return confirmedBody{}, web.NotFound()
	}
	facts, err := unassessed(a.Assessing.Confirm.Do(ctx, c.cmd, record.ID(n)))
	return confirmedBody{true, facts.Line}, err
}

func (a *API) giveBack(ctx context.Context, c caller, in *reasonInput) (okBody, error) {
	return a.decided(ctx, c, in, func(id record.ID, reason string) (fault.Outcome, error) {
		return a.Assessing.Return.Do(ctx, c.cmd, id, reason)
	})
}

func (a *API) reject(ctx context.Context, c caller, in *reasonInput) (okBody, error) {
	return a.decided(ctx, c, in, func(id record.ID, reason string) (fault.Outcome, error) {
		return a.Assessing.Reject.Do(ctx, c.cmd, id, reason)
	})
}

func (a *API) decided(ctx context.Context, c caller, in *reasonInput, do func(record.ID, string) (fault.Outcome, error)) (okBody, error) {
	n, ok := a.IDs.Open(web.Event, in.ID)
	if !ok {
		return okBody{}, web.NotFound()
	}
	if err := a.clean(ctx, c, in.Body.Reason); err != nil {
		return okBody{}, err
	}
	_, err := unassessed(do(record.ID(n), in.Body.Reason))
	return okBody{true}, err
}

type manyInput struct {
	Body struct {
		IDs []string `json:"ids" minItems:"1" maxItems:"100"`
	}
}

type leftEventBody struct {
	ID  string `json:"id"`
	Why string `json:"why"`
}

type manyBody struct {
	Confirmed int             `json:"confirmed"`
	Left      []leftEventBody `json:"left" doc:"those that were not, each with why"`
}

func (a *API) confirmMany(ctx context.Context, c caller, in *manyInput) (manyBody, error) {
	body := manyBody{Left: []leftEventBody{}}
	var ids []record.ID
	for _, id := range in.Body.IDs {
		n, ok := a.IDs.Open(web.Event, id)
		if !ok {
			return body, web.NotFound()
		}
		ids = append(ids, record.ID(n))
	}
	facts, err := unassessed(a.Assessing.Confirm.Many(ctx, c.cmd, ids))
	body.Confirmed = int(facts.Need)
	for _, l := range assess.ReadLeft(facts.Data) {
		body.Left = append(body.Left, leftEventBody{a.IDs.Seal(web.Event, int64(l.Event)), script.Unassessed(l.Why.Code, l.Why.Facts)})
	}
	return body, err
}
