package mini

import (
	"context"
	"net/http"
	"time"

	"github.com/xiangfeng/xiangfeng/domain/calendar"
	"github.com/xiangfeng/xiangfeng/domain/fault"
	"github.com/xiangfeng/xiangfeng/domain/points"
	"github.com/xiangfeng/xiangfeng/domain/record"
	"github.com/xiangfeng/xiangfeng/domain/script"
	"github.com/xiangfeng/xiangfeng/domain/usecase"
	act "github.com/xiangfeng/xiangfeng/domain/usecase/record"
	"github.com/xiangfeng/xiangfeng/domain/village"
	"github.com/xiangfeng/xiangfeng/handlers/web"
)

// deeds registers what households tell of themselves, and what they are warned of.
func (a *API) deeds() {
	on(a, http.MethodPost, "/declarations", "tell of a good deed of my household", a.declare)
	on(a, http.MethodGet, "/villages/{id}/declarations", "what households told of themselves", a.declarations)
	on(a, http.MethodGet, "/households/{id}/declarations", "what my household told of itself", a.declarationsOf)
	on(a, http.MethodPost, "/declarations/{id}/take", "record what a household told", a.takeUp)
	on(a, http.MethodPost, "/declarations/{id}/decline", "decline what a household told", a.decline)
	on(a, http.MethodPost, "/warnings", "warn a household before points are taken away", a.warn)
	on(a, http.MethodGet, "/villages/{id}/warnings", "the village's warnings", a.warnings)
	on(a, http.MethodGet, "/households/{id}/warnings", "my household's warnings", a.warningsOf)
	on(a, http.MethodPost, "/warnings/{id}/mend", "say that my household has mended", a.mend)
	on(a, http.MethodPost, "/warnings/{id}/close", "say whether a household has mended", a.closeWarning)
}

func hashes(in []string) []record.PhotoHash {
	var out []record.PhotoHash
	for _, h := range in {
		out = append(out, record.PhotoHash(h))
	}
	return out
}

type declareInput struct {
	Body struct {
		Household string   `json:"household" maxLength:"64"`
		Words     string   `json:"words" maxLength:"1000"`
		On        day      `json:"on" maxLength:"10"`
		Photos    []string `json:"photos,omitempty" maxItems:"50"`
	}
}

type idBody struct {
	ID string `json:"id"`
}

func (a *API) declare(ctx context.Context, c caller, in *declareInput) (idBody, error) {
	h, err := a.ownHome(c, in.Body.Household)
	if err != nil {
		return idBody{}, err
	}
	date, err := in.Body.On.date()
	if err != nil {
		return idBody{}, err
	}
	if err := a.clean(ctx, c, in.Body.Words); err != nil {
		return idBody{}, err
	}
	facts, err := unrecorded(a.Acts.Declare.Do(ctx, c.cmd, act.Deed{Household: h, Words: in.Body.Words, On: date, Photos: hashes(in.Body.Photos)}))
	return idBody{a.IDs.Seal(web.Declaration, facts.ID)}, err
}

type declarationBody struct {
	ID         string      `json:"id"`
	Household  homeBody    `json:"household"`
	Words      string      `json:"words"`
	On         string      `json:"on"`
	By         string      `json:"by"`
	DeclaredAt time.Time   `json:"declared_at"`
	State      string      `json:"state" enum:"open,taken,declined"`
	StateWords string      `json:"state_words"`
	Reason     string      `json:"reason"`
	Photos     []photoBody `json:"photos"`
}

type declarationsBody struct {
	Declarations []declarationBody `json:"declarations"`
}

var declarationStates = map[record.DeclarationState]string{
	record.DeclarationWaiting: "open", record.DeclarationTaken: "taken", record.DeclarationDeclined: "declined",
}

func (a *API) declared(ctx context.Context, c caller, found []script.Declaration) (declarationsBody, error) {
	var hashes []record.PhotoHash
	for _, d := range found {
		hashes = append(hashes, d.Photos...)
	}
	seen, err := a.album(ctx, c, hashes)
	body := declarationsBody{Declarations: []declarationBody{}}
	for _, d := range found {
		body.Declarations = append(body.Declarations, declarationBody{
			ID: a.IDs.Seal(web.Declaration, int64(d.ID)), Household: a.home(d.Home), Words: d.Words, On: d.On.String(), By: d.DeclarerName,
			DeclaredAt: d.DeclaredAt, State: declarationStates[d.State], StateWords: script.DeclarationState(d.State), Reason: d.Reason,
			Photos: seen.of(d.Photos),
		})
	}
	return body, err
}

func (a *API) declarations(ctx context.Context, c caller, in *idInput) (declarationsBody, error) {
	v, err := a.villageFor(ctx, c, in.ID, usecase.SeeTeam)
	if err != nil {
		return declarationsBody{}, err
	}
	found, err := a.Read.Declarations(ctx, v.ID)
	if err != nil {
		return declarationsBody{}, err
	}
	return a.declared(ctx, c, found)
}

func (a *API) declarationsOf(ctx context.Context, c caller, in *idInput) (declarationsBody, error) {
	h, err := a.ownHome(c, in.ID)
	if err != nil {
		return declarationsBody{}, err
	}
	found, err := a.Read.DeclarationsOf(ctx, h)
	if err != nil {
		return declarationsBody{}, err
	}
	return a.declared(ctx, c, found)
}

type takeUpInput struct {
	ID   string `path:"id" maxLength:"64"`
	Body struct {
		Item     string         `json:"item" minLength:"1" maxLength:"20"`
		On       day            `json:"on,omitempty" maxLength:"10" doc:"the declared day where left out"`
		At       time.Time      `json:"at,omitzero"`
		Place    string         `json:"place,omitempty" maxLength:"200"`
		Note     string         `json:"note,omitempty" maxLength:"1000"`
		Evidence []evidenceBody `json:"evidence,omitempty" maxItems:"50"`
		AtDoor   bool           `json:"at_door,omitempty"`
	}
}

func (a *API) takeUp(ctx context.Context, c caller, in *takeUpInput) (recordOutBody, error) {
	n, ok := a.IDs.Open(web.Declaration, in.ID)
	if !ok {
		return recordOutBody{}, web.NotFound()
	}
	b := in.Body
	req := act.Taking{
		Declaration: record.DeclarationID(n), Item: b.Item, At: noted(b.At), Place: b.Place, Note: b.Note, Evidence: evidences(b.Evidence), AtDoor: b.AtDoor,
	}
	if b.On != "" {
		var err error
		if req.On, err = b.On.date(); err != nil {
			return recordOutBody{}, err
		}
	}
	if err := a.clean(ctx, c, worded(b.Evidence, b.Place, b.Note)...); err != nil {
		return recordOutBody{}, err
	}
	facts, err := unrecorded(a.Acts.TakeUp.Do(ctx, c.cmd, req))
	if err != nil {
		return recordOutBody{}, err
	}
	return a.recordOut(ctx, c, record.RecordID(facts.ID))
}

func (a *API) decline(ctx context.Context, c caller, in *reasonInput) (okBody, error) {
	return a.reasoned(ctx, c, web.Declaration, in, func(id int64, reason string) (fault.Outcome, error) {
		return a.Acts.Decline.Do(ctx, c.cmd, record.DeclarationID(id), reason)
	})
}

type warnInput struct {
	Body struct {
		Village string     `json:"village" maxLength:"64"`
		Target  targetBody `json:"target"`
		Item    string     `json:"item" minLength:"1" maxLength:"20"`
		Note    string     `json:"note,omitempty" maxLength:"1000"`
		Photos  []string   `json:"photos,omitempty" maxItems:"50"`
		Days    int        `json:"days,omitempty" minimum:"0" maximum:"1000" doc:"to mend; the village's setting where left out"`
	}
}

type warnedBody struct {
	ID        string   `json:"id"`
	DueOn     string   `json:"due_on"`
	Household homeBody `json:"household"`
}

func (a *API) warn(ctx context.Context, c caller, in *warnInput) (warnedBody, error) {
	v, err := a.villageFor(ctx, c, in.Body.Village, usecase.Record)
	if err != nil {
		return warnedBody{}, err
	}
	body, err := a.warnOf(ctx, c, v.ID, in)
	return body, a.named(ctx, c, v.ID, a.target(in.Body.Target), err)
}

func (a *API) warnOf(ctx context.Context, c caller, v village.ID, in *warnInput) (warnedBody, error) {
	b := in.Body
	if err := a.clean(ctx, c, b.Note); err != nil {
		return warnedBody{}, err
	}
	facts, err := unrecorded(a.Acts.Warn.Do(ctx, c.cmd, act.Fault{
		Village: v, Target: a.target(b.Target), Item: b.Item, Note: b.Note, Photos: hashes(b.Photos), Days: b.Days,
	}))
	if err != nil {
		return warnedBody{}, err
	}
	home, err := a.whose(ctx, facts.Household)
	return warnedBody{a.IDs.Seal(web.Warning, facts.ID), facts.Day, home}, err
}

type mendBody struct {
	Words  string      `json:"words"`
	By     string      `json:"by"`
	At     time.Time   `json:"at"`
	Photos []photoBody `json:"photos"`
}

type warningBody struct {
	ID         string      `json:"id"`
	Household  homeBody    `json:"household"`
	Item       itemRefBody `json:"item"`
	Note       string      `json:"note"`
	WarnedOn   string      `json:"warned_on"`
	DueOn      string      `json:"due_on"`
	By         string      `json:"by"`
	State      string      `json:"state" enum:"open,mended,closed_mended,deducted"`
	StateWords string      `json:"state_words"`
	Result     string      `json:"result"`
	Photos     []photoBody `json:"photos"`
	Mend       *mendBody   `json:"mend"`
	MayClose   bool        `json:"may_close" doc:"as mended, at any time"`
	MayDeduct  bool        `json:"may_deduct" doc:"it may be closed as not mended today"`
	DeductFrom string      `json:"deduct_from" doc:"the first day on which it may"`
}

type warningsBody struct {
	Warnings []warningBody `json:"warnings"`
}

var warningStates = map[record.WarningState]string{
	record.WarningOpen: "open", record.WarningAnswered: "mended", record.WarningMended: "closed_mended", record.WarningUnmended: "deducted",
}

func (a *API) warning(w script.Warning, team bool, lateDays int, seen album) warningBody {
	body := warningBody{
		ID: a.IDs.Seal(web.Warning, int64(w.ID)), Household: a.home(w.Home), Item: itemRef(w.Item), Note: w.Note,
		WarnedOn: calendar.DateOf(w.WarnedAt).String(), DueOn: w.Due.String(), By: w.WarnerName, State: warningStates[w.State],
		StateWords: script.WarningState(w.State), Result: w.Result, Photos: seen.of(w.Photos), MayClose: team && w.Open(),
		MayDeduct: team && w.Open() && w.MayDeduct(calendar.DateOf(a.Now()), lateDays), DeductFrom: w.Due.AddDays(1).String(),
	}
	if w.Answerer != 0 {
		body.Mend = &mendBody{w.Answer, w.AnswererName, w.AnswerAt, seen.of(w.Answered)}
	}
	return body
}

// warned renders warnings of one village; team tells whether the caller may close them.
func (a *API) warned(ctx context.Context, c caller, found []script.Warning, team bool) ([]warningBody, error) {
	var hashes []record.PhotoHash
	for _, w := range found {
		hashes = append(append(hashes, w.Photos...), w.Answered...)
	}
	seen, err := a.album(ctx, c, hashes)
	body := []warningBody{}
	if err != nil || len(found) == 0 {
		return body, err
	}
	v, err := a.Read.VillageOf(ctx, found[0].Village)
	for _, w := range found {
		body = append(body, a.warning(w, team, v.Settings.LateDays, seen))
	}
	return body, err
}

func (a *API) warnings(ctx context.Context, c caller, in *idInput) (warningsBody, error) {
	v, err := a.villageFor(ctx, c, in.ID, usecase.SeeTeam)
	if err != nil {
		return warningsBody{}, err
	}
	found, err := a.Read.Warnings(ctx, v.ID)
	if err != nil {
		return warningsBody{}, err
	}
	body, err := a.warned(ctx, c, found, usecase.May(c.held.Staff, v, usecase.Record))
	return warningsBody{body}, err
}

func (a *API) warningsOf(ctx context.Context, c caller, in *idInput) (warningsBody, error) {
	h, err := a.ownHome(c, in.ID)
	if err != nil {
		return warningsBody{}, err
	}
	found, err := a.Read.WarningsOf(ctx, h)
	if err != nil {
		return warningsBody{}, err
	}
	body, err := a.warned(ctx, c, found, false)
	return warningsBody{body}, err
}

type mendInput struct {
	ID   string `path:"id" maxLength:"64"`
	Body struct {
		Words  string   `json:"words,omitempty" maxLength:"1000"`
		Photos []string `json:"photos,omitempty" maxItems:"50"`
	}
}

func (a *API) mend(ctx context.Context, c caller, in *mendInput) (okBody, error) {
	n, ok := a.IDs.Open(web.Warning, in.ID)
	if !ok {
		return okBody{}, web.NotFound()
	}
	if err := a.clean(ctx, c, in.Body.Words); err != nil {
		return okBody{}, err
	}
	_, err := unrecorded(a.Acts.Mend.Do(ctx, c.cmd, record.WarningID(n), in.Body.Words, hashes(in.Body.Photos)))
	return okBody{true}, err
}

type closeInput struct {
	ID   string `path:"id" maxLength:"64"`
	Body struct {
		Mended bool   `json:"mended"`
		Note   string `json:"note,omitempty" maxLength:"1000"`
	}
}

type closedBody struct {
	Event  string `json:"event" doc:"the deduction; empty for none"`
	Points string `json:"points"`
}

func (a *API) closeWarning(ctx context.Context, c caller, in *closeInput) (closedBody, error) {
	n, ok := a.IDs.Open(web.Warning, in.ID)
	if !ok {
		return closedBody{}, web.NotFound()
	}
	if err := a.clean(ctx, c, in.Body.Note); err != nil {
		return closedBody{}, err
	}
	facts, err := unrecorded(a.Acts.CloseWarning.Do(ctx, c.cmd, record.WarningID(n), in.Body.Mended, in.Body.Note))
	body := closedBody{Event: a.IDs.Seal(web.Event, facts.Seq)}
	if facts.Seq != 0 {
		body.Points = points.Tenths(facts.Need).Signed()
	}
	return body, err
}
