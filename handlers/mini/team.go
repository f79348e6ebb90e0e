package mini

import (
	"context"
	"net/http"

	"github.com/xiangfeng/xiangfeng/domain/calendar"
	"github.com/xiangfeng/xiangfeng/domain/fault"
	"github.com/xiangfeng/xiangfeng/domain/household"
	"github.com/xiangfeng/xiangfeng/domain/points"
	"github.com/xiangfeng/xiangfeng/domain/record"
	"github.com/xiangfeng/xiangfeng/domain/script"
	"github.com/xiangfeng/xiangfeng/domain/usecase"
	"github.com/xiangfeng/xiangfeng/domain/usecase/login"
	act "github.com/xiangfeng/xiangfeng/domain/usecase/record"
	"github.com/xiangfeng/xiangfeng/domain/village"
	"github.com/xiangfeng/xiangfeng/handlers/web"
)

// team registers the round of the village: doors, visits, what was set aside
// and what waits.
func (a *API) team() {
	on(a, http.MethodGet, "/cards/{card}", "the household before whose door one stands", a.door)
	on(a, http.MethodGet, "/villages/{id}/households", "the households of the village", a.doors)
	on(a, http.MethodGet, "/villages/{id}/team", "the team of the village", a.colleagues)
	on(a, http.MethodPost, "/visits", "a visit with nothing to record", a.visit)
	on(a, http.MethodGet, "/villages/{id}/visits", "the month's round, and who is left", a.visits)
	on(a, http.MethodGet, "/villages/{id}/asides", "what was set aside for a colleague", a.asides)
	on(a, http.MethodPost, "/asides/{id}/take", "record what a colleague set aside", a.takeAside)
	on(a, http.MethodPost, "/asides/{id}/drop", "let be what was set aside", a.dropAside)
	on(a, http.MethodGet, "/waiting", "what waits for me", a.waiting)
}

// seesTeam refuses with NotFound who has nothing to do with a village, and with
// Forbidden who is not of its team.
func (a *API) seesTeam(ctx context.Context, c caller, v village.ID) error {
	_, err := a.inVillage(ctx, c, v, usecase.SeeTeam)
	if fault.CodeOf(err) == fault.Forbidden { // the thing is as missing as one of another village
		err = web.NotFound()
	}
	return err
}

type doorInput struct {
	Card string `path:"card" maxLength:"64"`
}

type doorBody struct {
	Household homeBody      `json:"household"`
	MayRecord bool          `json:"may_record"`
	Message   string        `json:"message" doc:"why not"`
	Visited   string        `json:"visited" doc:"the day of the newest visit"`
	Relation  string        `json:"relation" enum:"own,kin,"`
	Warnings  []warningBody `json:"warnings"`
}

// door shows a card's household to its people and to the village's team, and
// to nobody else that there is one.
func (a *API) door(ctx context.Context, c caller, in *doorInput) (doorBody, error) {
	d, why, err := a.Read.Door(ctx, c.person(), act.Target{Card: in.Card})
	if err != nil {
		return doorBody{}, err
	}
	switch why {
	case fault.NotFound:
		return doorBody{}, web.NotFound()
	case fault.CardRevoked, fault.Gone:
		return doorBody{}, a.named(ctx, c, d.Village, act.Target{Card: in.Card}, refusal(why))
	}
	home := a.home(d.Home)
	home.Village, home.VillageID = d.Place, a.IDs.Seal(web.Village, int64(d.Village))
	body := doorBody{Household: home, MayRecord: why == "", Relation: string(d.Relation)}
	if why != "" {
		body.Message = script.Unrecorded(why, fault.Facts{})
	}
	if !d.Visited.IsZero() {
		body.Visited = d.Visited.String()
	}
	body.Warnings, err = a.warned(ctx, c, d.Warnings, body.MayRecord)
	return body, err
}

// named tells the team in a refusal about a household of its village whose it
// was: a card that was scanned without a signal does not say. Where the target is
// not of that village, or missing, there is nobody to name.
func (a *API) named(ctx context.Context, c caller, v village.ID, t act.Target, err error) error {
	p := web.ProblemOf(err)
	if p == nil {
		return err
	}
	d, why, failed := a.Read.Door(ctx, c.person(), t)
	if failed != nil {
		return failed
	}
	if why != fault.NotFound && d.Village == v {
		p.Household = &web.Home{ID: a.IDs.Seal(web.Household, int64(d.Home.ID)), Number: d.Home.Number, Head: d.Home.Head}
	}
	return p
}

// whose is the household that an act was about, for the phone that had only its card.
func (a *API) whose(ctx context.Context, h int64) (homeBody, error) {
	home, err := a.Read.HouseholdOf(ctx, household.ID(h))
	return homeBody{ID: a.IDs.Seal(web.Household, h), Number: home.Number, Head: home.Head}, err
}

// refusal is the problem of a household that cannot be recorded.
func refusal(why fault.Code) error {
	_, err := unrecorded(fault.Outcome{Code: why}, nil)
	return err
}

type homeOfVillageBody struct {
	homeBody
	Visited   bool   `json:"visited" doc:"this month"`
	VisitedOn string `json:"visited_on"`
}

type householdsBody struct {
	Households []homeOfVillageBody `json:"households"`
}

func (a *API) doors(ctx context.Context, c caller, in *idInput) (householdsBody, error) {
	v, err := a.villageFor(ctx, c, in.ID, usecase.SeeTeam)
	if err != nil {
		return householdsBody{}, err
	}
	doors, err := a.Read.Doors(ctx, v.ID)
	today := calendar.DateOf(a.Now())
	body := householdsBody{Households: []homeOfVillageBody{}}
	for _, d := range doors {
		one := homeOfVillageBody{homeBody: a.home(d.Home)}
		if !d.Visited.IsZero() {
			one.Visited, one.VisitedOn = d.Visited.Year == today.Year && d.Visited.Month == today.Month, d.Visited.String()
		}
		body.Households = append(body.Households, one)
	}
	return body, err
}

type personBody struct {
	ID   string `json:"id"`
	Name string `json:"name"`
	Role string `json:"role"`
}

type teamBody struct {
	People []personBody `json:"people"`
}

func (a *API) colleagues(ctx context.Context, c caller, in *idInput) (teamBody, error) {
	v, err := a.villageFor(ctx, c, in.ID, usecase.SeeTeam)
	if err != nil {
		return teamBody{}, err
	}
	people, err := a.Read.TeamOf(ctx, v.ID)
	body := teamBody{People: []personBody{}}
	for _, p := range people {
		body.People = append(body.People, personBody{a.IDs.Seal(web.Person, int64(p.ID)), p.Name, string(p.Role)})
	}
	return body, err
}

type visitInput struct {
	Body struct {
		Village string     `json:"village" maxLength:"64"`
		Target  targetBody `json:"target"`
		On      day        `json:"on" maxLength:"10"`
		Note    string     `json:"note,omitempty" maxLength:"1000"`
	}
}

type visitedBody struct {
	okBody
	Household homeBody `json:"household"`
}

func (a *API) visit(ctx context.Context, c caller, in *visitInput) (visitedBody, error) {
	v, err := a.villageFor(ctx, c, in.Body.Village, usecase.Record)
	if err != nil {
		return visitedBody{}, err
	}
	home, err := a.visitTo(ctx, c, v.ID, in)
	return visitedBody{okBody{true}, home}, a.named(ctx, c, v.ID, a.target(in.Body.Target), err)
}

func (a *API) visitTo(ctx context.Context, c caller, v village.ID, in *visitInput) (homeBody, error) {
	date, err := in.Body.On.date()
	if err != nil {
		return homeBody{}, err
	}
	if err := a.clean(ctx, c, in.Body.Note); err != nil {
		return homeBody{}, err
	}
	facts, err := unrecorded(a.Acts.Visit.Do(ctx, c.cmd, v, a.target(in.Body.Target), date, in.Body.Note))
	if err != nil {
		return homeBody{}, err
	}
	return a.whose(ctx, facts.Household)
}

type visitsInput struct {
	ID    string `path:"id" maxLength:"64"`
	Month string `query:"month" pattern:"^2[0-9]{3}-(0[1-9]|1[0-2])$" doc:"this month where left out"`
}

type leftBody struct {
	homeBody
	MayRecord bool `json:"may_record" doc:"not of one's own household and kin, whom a colleague visits"`
}

type visitsBody struct {
	Month string     `json:"month"`
	Done  int        `json:"done"`
	Total int        `json:"total"`
	Left  []leftBody `json:"left"`
}

func (a *API) visits(ctx context.Context, c caller, in *visitsInput) (visitsBody, error) {
	v, err := a.villageFor(ctx, c, in.ID, usecase.SeeTeam)
	if err != nil {
		return visitsBody{}, err
	}
	month := calendar.DateOf(a.Now())
	if in.Month != "" {
		if month, err = day(in.Month + "-01").date(); err != nil {
			return visitsBody{}, err
		}
	}
	round, err := a.Read.VisitsLeft(ctx, v.ID, month)
	if err != nil {
		return visitsBody{}, err
	}
	barred, err := a.Read.Barred(ctx, c.person())
	body := visitsBody{Month: month.String()[:7], Done: round.Done, Total: round.Total, Left: []leftBody{}}
	for _, h := range round.Left {
		may := barred[h.ID] == "" && usecase.May(c.held.Staff, v, usecase.Record)
		body.Left = append(body.Left, leftBody{a.home(h), may})
	}
	return body, err
}

type asideBody struct {
	ID        string      `json:"id"`
	Household *homeBody   `json:"household,omitempty"`
	Card      string      `json:"card,omitempty"`
	Item      itemRefBody `json:"item"`
	On        string      `json:"on"`
	Place     string      `json:"place"`
	Note      string      `json:"note"`
	Code      string      `json:"code"`
	Message   string      `json:"message"`
	Recorder  string      `json:"recorder"`
	MayTake   bool        `json:"may_take"`
}

type asidesBody struct {
	Asides []asideBody `json:"asides"`
}

func (a *API) asides(ctx context.Context, c caller, in *idInput) (asidesBody, error) {
	v, err := a.villageFor(ctx, c, in.ID, usecase.SeeTeam)
	if err != nil {
		return asidesBody{}, err
	}
	found, err := a.Read.Asides(ctx, v.ID)
	if err != nil {
		return asidesBody{}, err
	}
	barred, err := a.Read.Barred(ctx, c.person())
	body := asidesBody{Asides: []asideBody{}}
	for _, s := range found {
		one := asideBody{
			ID: a.IDs.Seal(web.Aside, int64(s.ID)), Card: s.Card, Item: itemRef(s.Item), On: s.On.String(), Place: s.Place, Note: s.Note,
			Code: string(s.Why), Message: script.SetAside(s, c.person(), barred[s.Home.ID] != ""), Recorder: s.Name,
			MayTake: s.Home.ID != 0 && barred[s.Home.ID] == "" && usecase.May(c.held.Staff, v, usecase.Record),
		}
		if s.Home.ID != 0 {
			home := a.home(s.Home)
			one.Household = &home
		}
		body.Asides = append(body.Asides, one)
	}
	return body, err
}

type takenBody struct {
	Event  string `json:"event"`
	Points string `json:"points"`
	Tenths int    `json:"tenths"`
}

func (a *API) takeAside(ctx context.Context, c caller, in *idInput) (takenBody, error) {
	n, ok := a.IDs.Open(web.Aside, in.ID)
	if !ok {
		return takenBody{}, web.NotFound()
	}
	facts, err := unrecorded(a.Acts.TakeAside.Do(ctx, c.cmd, record.AsideID(n)))
	return a.taken(facts), err
}

func (a *API) taken(f fault.Facts) takenBody {
	return takenBody{a.IDs.Seal(web.Event, f.ID), points.Tenths(f.Need).Signed(), int(f.Need)}
}

func (a *API) dropAside(ctx context.Context, c caller, in *reasonInput) (okBody, error) {
	return a.reasoned(ctx, c, web.Aside, in, func(id int64, reason string) (fault.Outcome, error) {
		return a.Acts.DropAside.Do(ctx, c.cmd, record.AsideID(id), reason)
	})
}

type waitingItemBody struct {
	Kind      string `json:"kind" enum:"asides,declarations,warnings,mended,approvals,photos,disputes,assess,returned"`
	Count     int    `json:"count"`
	Words     string `json:"words"`
	Village   string `json:"village" doc:"its name; empty for approvals, which are given in the chat"`
	VillageID string `json:"village_id"`
}

type waitingBody struct {
	Items []waitingItemBody `json:"items"`
}

// waiting counts what waits for somebody: as one of a team what the village has
// of it, and the requests to be bound that they may decide.
func (a *API) waiting(ctx context.Context, c caller, _ *struct{}) (waitingBody, error) {
	body := waitingBody{Items: []waitingItemBody{}}
	me, err := a.Read.Me(ctx, c.person())
	if err != nil {
		return body, err
	}
	for _, v := range me.Villages {
		here, err := a.waitsIn(ctx, c, v.Village)
		if err != nil {
			return body, err
		}
		body.Items = append(body.Items, here...)
	}
	asking, err := a.Read.Waiting(ctx, login.Key(c.held.Person), a.Now())
	if n := len(asking); n > 0 {
		body.Items = append(body.Items, waitingItemBody{Kind: "approvals", Count: n, Words: script.WaitsFor("approvals", n)})
	}
	return body, err
}

// waitsIn counts what waits for somebody in one village.
func (a *API) waitsIn(ctx context.Context, c caller, v village.Village) (items []waitingItemBody, err error) {
	add := func(kind string, n int) {
		if n > 0 {
			items = append(items, waitingItemBody{kind, n, script.WaitsFor(kind, n), v.Name, a.IDs.Seal(web.Village, int64(v.ID))})
		}
	}
	if usecase.May(c.held.Staff, v, usecase.Record) {
		waits, err := a.Read.Waits(ctx, v.ID, calendar.DateOf(a.Now()))
		if err != nil {
			return nil, err
		}
		add("asides", waits.Asides)
		add("declarations", waits.Declarations)
		add("warnings", waits.Warnings)
		add("mended", waits.Mended)
	}
	if usecase.May(c.held.Staff, v, usecase.Confirm) {
		unseen, err := a.Read.CountUnseen(ctx, v.ID, c.person(), a.Now())
		if err != nil {
			return nil, err
		}
		add("photos", unseen)
	}
	if usecase.May(c.held.Staff, v, usecase.DecideDispute) {
		disputes, err := a.Disputes.Read.CountDisputes(ctx, v, c.held.Staff, a.Now())
		if err != nil {
			return nil, err
		}
		add("disputes", disputes)
	}
	if !usecase.May(c.held.Staff, v, usecase.Record) {
		return items, nil
	}
	waiting, returned, err := a.Quarters.CountJudged(ctx, v.ID, c.person(), calendar.QuarterOf(calendar.DateOf(a.Now())).Prev().Last())
	if err != nil {
		return nil, err
	}
	add("returned", returned)
	if usecase.May(c.held.Staff, v, usecase.Confirm) {
		add("assess", waiting)
	}
	return items, nil
}
