package mini

import (
	"context"
	"net/http"
	"slices"
	"time"

	"github.com/xiangfeng/xiangfeng/domain/calendar"
	"github.com/xiangfeng/xiangfeng/domain/catalogue"
	"github.com/xiangfeng/xiangfeng/domain/fault"
	"github.com/xiangfeng/xiangfeng/domain/household"
	"github.com/xiangfeng/xiangfeng/domain/record"
	"github.com/xiangfeng/xiangfeng/domain/script"
	"github.com/xiangfeng/xiangfeng/domain/usecase"
	act "github.com/xiangfeng/xiangfeng/domain/usecase/record"
	"github.com/xiangfeng/xiangfeng/domain/village"
	"github.com/xiangfeng/xiangfeng/handlers/web"
)

// records registers what the team records.
func (a *API) records() {
	on(a, http.MethodPost, "/records", "record an event of one household or many", a.record)
	on(a, http.MethodGet, "/records", "what I recorded", a.recorded)
	on(a, http.MethodGet, "/records/{id}", "one record", a.recordOf)
	on(a, http.MethodPost, "/events/{id}/withdraw", "take back what I recorded", a.withdraw)
	on(a, http.MethodPost, "/events/{id}/correct", "mend what I recorded before it is assessed", a.correct)
}

type targetBody struct {
	Card      string `json:"card,omitempty" maxLength:"64" doc:"its code or its number, as it is scanned or typed"`
	Household string `json:"household,omitempty" maxLength:"64"`
}

// target opens the household that is meant; of an id that opens nothing there
// is none.
func (a *API) target(b targetBody) act.Target {
	if b.Card != "" {
		return act.Target{Card: b.Card}
	}
	n, _ := a.IDs.Open(web.Household, b.Household)
	return act.Target{Household: household.ID(n)}
}

type evidenceBody struct {
	Proof string `json:"proof" maxLength:"20"`
	Photo string `json:"photo,omitempty" maxLength:"64" doc:"the hash that its upload was answered with"`
	Words string `json:"words,omitempty" maxLength:"200"`
}

func evidences(in []evidenceBody) []record.Evidence {
	var out []record.Evidence
	for _, e := range in {
		out = append(out, record.Evidence{Proof: catalogue.Proof(e.Proof), Photo: record.PhotoHash(e.Photo), Words: e.Words})
	}
	return out
}

// worded are the words of evidence with others that were typed beside it.
func worded(in []evidenceBody, others ...string) []string {
	for _, e := range in {
		others = append(others, e.Words)
	}
	return others
}

// dayForm is how a day is written.
type day string

// date reads a day; Invalid what is none.
func (d day) date() (calendar.Date, error) {
	date, err := calendar.ParseDate(string(d))
	if err != nil || date.Year < 2000 || date.Year > 2999 {
		return date, web.Invalid()
	}
	return date, nil
}

// noted is a phone's time as far as it can be one.
func noted(t time.Time) time.Time {
	if t.Year() < 2000 || t.Year() > 2999 {
		return time.Time{}
	}
	return t.UTC()
}

type recordInput struct {
	Body struct {
		Village  string         `json:"village" maxLength:"64"`
		Targets  []targetBody   `json:"targets" maxItems:"500"`
		Item     string         `json:"item" minLength:"1" maxLength:"20"`
		On       day            `json:"on" maxLength:"10"`
		At       time.Time      `json:"at,omitzero" doc:"by the phone's clock"`
		Place    string         `json:"place,omitempty" maxLength:"200"`
		Note     string         `json:"note,omitempty" maxLength:"1000"`
		Evidence []evidenceBody `json:"evidence,omitempty" maxItems:"50"`
		AtDoor   bool           `json:"at_door,omitempty"`
		For      string         `json:"for,omitempty" maxLength:"64" doc:"the colleague whose paper it is"`
	}
}

type recordedBody struct {
	Event     string   `json:"event"`
	Household homeBody `json:"household"`
	Points    string   `json:"points"`
	Tenths    int      `json:"tenths"`
	State     string   `json:"state" enum:"pending,returned,confirmed,rejected,withdrawn"`
}

type setAsideBody struct {
	ID        string    `json:"id"`
	Household *homeBody `json:"household,omitempty"`
	Card      string    `json:"card,omitempty"`
	Code      string    `json:"code"`
	Message   string    `json:"message"`
	Colleague bool      `json:"colleague" doc:"it is left to a colleague; else nobody can record it"`
}

type recordOutBody struct {
	ID       string         `json:"id"`
	Recorded []recordedBody `json:"recorded"`
	SetAside []setAsideBody `json:"set_aside"`
}

func (a *API) record(ctx context.Context, c caller, in *recordInput) (recordOutBody, error) {
	b := in.Body
	v, err := a.villageFor(ctx, c, b.Village, usecase.Record)
	if err != nil {
		return recordOutBody{}, err
	}
	body, err := a.recordIn(ctx, c, v.ID, in)
	if len(b.Targets) != 1 {
		return body, err
	}
	return body, a.named(ctx, c, v.ID, a.target(b.Targets[0]), err)
}

func (a *API) recordIn(ctx context.Context, c caller, v village.ID, in *recordInput) (recordOutBody, error) {
	b := in.Body
	date, err := b.On.date()
	if err != nil {
		return recordOutBody{}, err
	}
	colleague, err := a.colleague(b.For)
	if err != nil {
		return recordOutBody{}, err
	}
	req := act.Request{
		Village: v, Item: b.Item, On: date, At: noted(b.At), Place: b.Place, Note: b.Note, Evidence: evidences(b.Evidence), AtDoor: b.AtDoor, For: colleague,
	}
	for _, t := range b.Targets {
		req.Targets = append(req.Targets, a.target(t))
	}
	if err := a.clean(ctx, c, worded(b.Evidence, b.Place, b.Note)...); err != nil {
		return recordOutBody{}, err
	}
	facts, err := unrecorded(a.Acts.Record.Do(ctx, c.cmd, req))
	if err != nil {
		return recordOutBody{}, err
	}
	return a.recordOut(ctx, c, record.RecordID(facts.ID))
}

func (a *API) colleague(id string) (household.PersonID, error) {
	if id == "" {
		return 0, nil
	}
	n, ok := a.IDs.Open(web.Person, id)
	if !ok {
		return 0, web.NotFound()
	}
	return household.PersonID(n), nil
}

// unrecorded turns a refusal into the problem that tells the one cure.
func unrecorded(out fault.Outcome, err error) (fault.Facts, error) {
	return cured(out, err, script.Unrecorded(out.Code, out.Facts))
}

func (a *API) recordOut(ctx context.Context, c caller, id record.RecordID) (recordOutBody, error) {
	r, err := a.Read.RecordOf(ctx, id)
	body := recordOutBody{ID: a.IDs.Seal(web.Record, int64(id)), Recorded: []recordedBody{}, SetAside: a.setAside(c, r)}
	for _, e := range r.Events {
		body.Recorded = append(body.Recorded, a.recordedEvent(e))
	}
	return body, err
}

func (a *API) recordedEvent(e script.RecordedEvent) recordedBody {
	return recordedBody{
		Event: a.IDs.Seal(web.Event, int64(e.ID)), Household: a.home(e.Home), Points: e.Tenths.Signed(), Tenths: int(e.Tenths), State: string(e.State),
	}
}

func (a *API) setAside(c caller, r script.Record) []setAsideBody {
	body := []setAsideBody{}
	for _, s := range r.Asides {
		one := setAsideBody{
			ID: a.IDs.Seal(web.Aside, int64(s.ID)), Card: s.Card, Code: string(s.Why), Colleague: record.LeftToColleague(s.Why),
			Message: script.SetAside(s, c.person(), slices.Contains(c.held.Staff.Households, s.Home.ID)),
		}
		if s.Home.ID != 0 {
			home := a.home(s.Home)
			one.Household = &home
		}
		body = append(body, one)
	}
	return body
}

type itemRefBody struct {
	Code   string `json:"code"`
	Title  string `json:"title"`
	Points string `json:"points"`
}

func itemRef(i catalogue.Item) itemRefBody { return itemRefBody{i.Code, i.Title, i.Value.Signed()} }

type eventBody struct {
	recordedBody
	StateWords  string `json:"state_words"`
	Reason      string `json:"reason"`
	MayWithdraw bool   `json:"may_withdraw"`
	MayCorrect  bool   `json:"may_correct"`
}

type recordBody struct {
	ID       string         `json:"id"`
	At       time.Time      `json:"at" doc:"when it came in"`
	MadeAt   *time.Time     `json:"made_at,omitempty" doc:"when it was noted, by the recorder's own clock"`
	On       string         `json:"on"`
	Item     itemRefBody    `json:"item"`
	Place    string         `json:"place"`
	Note     string         `json:"note"`
	AtDoor   bool           `json:"at_door"`
	Recorder string         `json:"recorder"`
	Typist   string         `json:"typist" doc:"who typed it from the recorder's paper"`
	Events   []eventBody    `json:"events"`
	SetAside []setAsideBody `json:"set_aside"`
	Photos   []photoBody    `json:"photos"`
	Reused   []reusedBody   `json:"reused" doc:"pictures that another record has, or one that looks alike; for one record only"`
}

type reusedBody struct {
	Photo string `json:"photo" doc:"its hash"`
	On    string `json:"on" doc:"of the other record"`
	Words string `json:"words"`
}

// reused marks the pictures of a record that others have too, each use once.
func (a *API) reused(ctx context.Context, r script.Record) ([]reusedBody, error) {
	marks, told := []reusedBody{}, map[int64]bool{int64(r.ID): true}
	for _, hash := range r.Photos() {
		uses, err := a.Read.Alike(ctx, string(hash))
		if err != nil && fault.CodeOf(err) != fault.NotFound {
			return nil, err
		}
		for _, u := range uses {
			if !told[u.Record] {
				told[u.Record] = true
				marks = append(marks, reusedBody{string(hash), u.OccurredOn.String(), script.Reused(u)})
			}
		}
	}
	return marks, nil
}

// recordReads renders records with the pictures that the caller may see.
func (a *API) recordReads(ctx context.Context, c caller, found []script.Record) ([]recordBody, error) {
	var hashes []record.PhotoHash
	for _, r := range found {
		hashes = append(hashes, r.Photos()...)
	}
	seen, err := a.album(ctx, c, hashes)
	body := []recordBody{}
	for _, r := range found {
		body = append(body, a.recordRead(c, r, seen))
	}
	return body, err
}

func (a *API) recordRead(c caller, r script.Record, seen album) recordBody {
	body := recordBody{
		ID: a.IDs.Seal(web.Record, int64(r.ID)), At: r.RecordedAt, On: r.On.String(), Item: itemRef(r.Item), Place: r.Place, Note: r.Note,
		AtDoor: r.AtDoor, Recorder: r.RecorderName, Typist: r.TypistName, Events: []eventBody{}, SetAside: a.setAside(c, r), Photos: seen.of(r.Photos()),
		Reused: []reusedBody{},
	}
	if !r.NotedAt.IsZero() {
		body.MadeAt = &r.NotedAt
	}
	own := r.Recorder == c.person() || r.Typist == c.person()
	for _, e := range r.Events {
		mine := own && (e.State == record.Pending || e.State == record.Returned)
		body.Events = append(body.Events, eventBody{a.recordedEvent(e), script.EventState(e.State), e.Reason, mine, mine})
	}
	return body
}

type recordsInput struct {
	Village string `query:"village" required:"true" maxLength:"64"`
	Page    int    `query:"page" minimum:"1" maximum:"10000" default:"1"`
}

type recordsBody struct {
	Records []recordBody `json:"records"`
	More    bool         `json:"more"`
}

// recordsPage is how many records there are on a page.
const recordsPage = 20

func (a *API) recorded(ctx context.Context, c caller, in *recordsInput) (recordsBody, error) {
	v, err := a.villageFor(ctx, c, in.Village, usecase.SeeTeam)
	if err != nil {
		return recordsBody{}, err
	}
	found, more, err := a.Read.Recorded(ctx, c.person(), v.ID, script.Page{Number: in.Page, Size: recordsPage})
	if err != nil {
		return recordsBody{}, err
	}
	records, err := a.recordReads(ctx, c, found)
	return recordsBody{records, more}, err
}

func (a *API) recordOf(ctx context.Context, c caller, in *idInput) (recordBody, error) {
	n, ok := a.IDs.Open(web.Record, in.ID)
	if !ok {
		return recordBody{}, web.NotFound()
	}
	r, err := a.Read.RecordOf(ctx, record.RecordID(n))
	if err == nil {
		err = a.seesTeam(ctx, c, r.Village)
	}
	if err != nil {
		return recordBody{}, err
	}
	body, err := a.recordReads(ctx, c, []script.Record{r})
	if err != nil {
		return recordBody{}, err
	}
	body[0].Reused, err = a.reused(ctx, r)
	return body[0], err
}

type reasonInput struct {
	ID   string `path:"id" maxLength:"64"`
	Body struct {
		Reason string `json:"reason" minLength:"1" maxLength:"1000"`
	}
}

// reasoned does an act on a thing of a kind for a reason that others read.
func (a *API) reasoned(ctx context.Context, c caller, kind string, in *reasonInput, do func(id int64, reason string) (fault.Outcome, error)) (okBody, error) {
	n, ok := a.IDs.Open(kind, in.ID)
	if !ok {
		return okBody{}, web.NotFound()
	}
	if err := a.clean(ctx, c, in.Body.Reason); err != nil {
		return okBody{}, err
	}
	_, err := unrecorded(do(n, in.Body.Reason))
	return okBody{true}, err
}

func (a *API) withdraw(ctx context.Context, c caller, in *reasonInput) (okBody, error) {
	body, err := a.reasoned(ctx, c, web.Event, in, func(id int64, reason string) (fault.Outcome, error) {
		return a.Acts.Withdraw.Do(ctx, c.cmd, record.ID(id), reason)
	})
	return body, ofOthers(err)
}

// ofOthers words that an event is left to who recorded it.
func ofOthers(err error) error {
	if p := web.ProblemOf(err); p != nil && p.Code == string(fault.Forbidden) {
		p.Message = script.OthersEvent
	}
	return err
}

type correctInput struct {
	ID   string `path:"id" maxLength:"64"`
	Body struct {
		Item     string         `json:"item" minLength:"1" maxLength:"20"`
		On       day            `json:"on" maxLength:"10"`
		At       time.Time      `json:"at,omitzero"`
		Place    string         `json:"place,omitempty" maxLength:"200"`
		Note     string         `json:"note,omitempty" maxLength:"1000"`
		Evidence []evidenceBody `json:"evidence,omitempty" maxItems:"50" doc:"none leaves what there was"`
	}
}

func (a *API) correct(ctx context.Context, c caller, in *correctInput) (recordOutBody, error) {
	n, ok := a.IDs.Open(web.Event, in.ID)
	if !ok {
		return recordOutBody{}, web.NotFound()
	}
	date, err := in.Body.On.date()
	if err != nil {
		return recordOutBody{}, err
	}
	b := in.Body
	if err := a.clean(ctx, c, worded(b.Evidence, b.Place, b.Note)...); err != nil {
		return recordOutBody{}, err
	}
	facts, err := unrecorded(a.Acts.Correct.Do(ctx, c.cmd, act.Correction{
		Event: record.ID(n), Item: b.Item, On: date, At: noted(b.At), Place: b.Place, Note: b.Note, Evidence: evidences(b.Evidence),
	}))
	if err != nil {
		return recordOutBody{}, ofOthers(err)
	}
	return a.recordOut(ctx, c, record.RecordID(facts.ID))
}
