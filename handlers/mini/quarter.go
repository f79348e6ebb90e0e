package mini

import (
	"context"
	"net/http"
	"time"

	"github.com/xiangfeng/xiangfeng/domain/calendar"
	"github.com/xiangfeng/xiangfeng/domain/fault"
	"github.com/xiangfeng/xiangfeng/domain/household"
	"github.com/xiangfeng/xiangfeng/domain/quarter"
	"github.com/xiangfeng/xiangfeng/domain/record"
	"github.com/xiangfeng/xiangfeng/domain/script"
	"github.com/xiangfeng/xiangfeng/domain/usecase"
	closing "github.com/xiangfeng/xiangfeng/domain/usecase/close"
	"github.com/xiangfeng/xiangfeng/domain/village"
	"github.com/xiangfeng/xiangfeng/handlers/web"
)

// Quarters is how the pages read a village's quarters. What is not there is NotFound.
type Quarters interface {
	// Seasons are the newest up to the running one, the newest first.
	Seasons(ctx context.Context, v village.ID, today calendar.Date, most int) ([]script.Season, error)
	AssessedOf(ctx context.Context, v village.ID, q calendar.Quarter, today calendar.Date) (script.Assessed, error)
	// JudgedOf are the quarter's events in a state after one, by their ids.
	JudgedOf(ctx context.Context, v village.ID, q calendar.Quarter, state record.State, after record.ID, most int) (events []script.Judged, more bool, err error)
	// Judging is the rules' scene for households, but for who asks and when.
	Judging(context.Context, village.Village, []household.ID) (record.Scene, error)
	CountJudged(ctx context.Context, v village.ID, who household.PersonID, until calendar.Date) (waiting, returned int, err error)
	DraftOf(context.Context, village.ID, calendar.Quarter, time.Time) (quarter.Draft, error)
	PreviewOf(context.Context, village.ID, calendar.Quarter, time.Time) (script.Preview, error)
	WallOf(context.Context, village.ID, calendar.Quarter) (script.Wall, error)
}

// Closing are the acts on a quarter and its sheet.
type Closing struct {
	Sign     closing.Sign
	Publish  closing.Publish
	Withdraw closing.Withdraw
}

// ClosingOf are the acts over one kind of transaction.
func ClosingOf(once usecase.Once[closing.Tx]) Closing {
	return Closing{closing.Sign{Once: once}, closing.Publish{Once: once}, closing.Withdraw{Once: once}}
}

// quarters registers the assessment, the sheet to come, and the one that hangs.
func (a *API) quarters() {
	on(a, http.MethodGet, "/villages/{id}/quarters", "the village's newest quarters", a.seasons)
	on(a, http.MethodGet, "/villages/{id}/quarters/{quarter}", "how far a quarter has come, and what is missing", a.season)
	on(a, http.MethodGet, "/villages/{id}/quarters/{quarter}/preview", "the sheet to come", a.preview)
	on(a, http.MethodPost, "/villages/{id}/quarters/{quarter}/sign", "sign the sheet to come as I saw it", a.sign)
	on(a, http.MethodPost, "/villages/{id}/quarters/{quarter}/publish", "put the sheet up as I saw it", a.publish)
	on(a, http.MethodPost, "/villages/{id}/quarters/{quarter}/withdraw", "ask for a wrong sheet to come down, or as the office take it down", a.takeDown)
	on(a, http.MethodGet, "/villages/{id}/quarters/{quarter}/sheet", "the sheet that hangs or has hung, as households see it", a.sheet)
}

type quarterInput struct {
	ID      string `path:"id" maxLength:"64"`
	Quarter string `path:"quarter" pattern:"^2[0-9]{3}Q[1-4]$" maxLength:"6" doc:"such as 2026Q3"`
}

// quarterFor is villageFor with the quarter that is meant.
func (a *API) quarterFor(ctx context.Context, c caller, id, named string, d usecase.Deed) (v village.Village, q calendar.Quarter, err error) {
	if q, err = calendar.ParseQuarter(named); err != nil {
		return v, q, web.NotFound()
	}
	v, err = a.villageFor(ctx, c, id, d)
	return v, q, err
}

type seasonBody struct {
	Quarter     string `json:"quarter"`
	State       string `json:"state" enum:"open,assessing,published,sealed"`
	Edition     int    `json:"edition"`
	Code        string `json:"code" doc:"of its newest sheet"`
	PublishBy   string `json:"publish_by" doc:"the last punctual day"`
	PublishedOn string `json:"published_on"`
	SealOn      string `json:"seal_on" doc:"the first day on which it is sealed"`
	Late        bool   `json:"late" doc:"the township is shown it"`
}

func newSeason(s script.Season, today calendar.Date) seasonBody {
	body := seasonBody{
		Quarter: s.Q.String(), State: string(s.State), Edition: s.Edition, Code: s.Code,
		PublishBy: calendar.PublishBy(s.Q).String(), Late: s.Late(today),
	}
	if !s.PublishedOn.IsZero() {
		body.PublishedOn, body.SealOn = s.PublishedOn.String(), s.SealOn().String()
	}
	return body
}

type seasonsBody struct {
	Quarters []seasonBody `json:"quarters"`
}

// mostSeasons is how many quarters are listed: a year of them.
const mostSeasons = 4

func (a *API) seasons(ctx context.Context, c caller, in *idInput) (seasonsBody, error) {
	v, err := a.villageFor(ctx, c, in.ID, "")
	if err != nil {
		return seasonsBody{}, err
	}
	today := calendar.DateOf(a.Now())
	found, err := a.Quarters.Seasons(ctx, v.ID, today, mostSeasons)
	body := seasonsBody{Quarters: make([]seasonBody, len(found))}
	for i, s := range found {
		body.Quarters[i] = newSeason(s, today)
	}
	return body, err
}

type countsBody struct {
	Pending   int `json:"pending"`
	Confirmed int `json:"confirmed"`
	Returned  int `json:"returned"`
	Rejected  int `json:"rejected"`
}

type unsentBody struct {
	Phones  int        `json:"phones"`
	Records int        `json:"records"`
	Since   *time.Time `json:"since,omitempty" doc:"of the oldest"`
}

type signatureBody struct {
	Name  string    `json:"name"`
	At    time.Time `json:"at"`
	Valid bool      `json:"valid" doc:"false where the sheet to come is another one by now"`
	Mine  bool      `json:"mine"`
}

type withdrawalBody struct {
	AskedBy string    `json:"asked_by"`
	At      time.Time `json:"at"`
	Reason  string    `json:"reason"`
}

type withdrawnBody struct {
	By     string    `json:"by" doc:"whose consent it had"`
	At     time.Time `json:"at"`
	Reason string    `json:"reason"`
}

type blockBody struct {
	State string `json:"state"`
	Text  string `json:"text"`
}

type mayBody struct {
	Assess      bool `json:"assess"`
	Sign        bool `json:"sign"`
	Publish     bool `json:"publish"`
	AskWithdraw bool `json:"ask_withdraw"`
	Withdraw    bool `json:"withdraw"`
	Override    bool `json:"override"`
}

type quarterBody struct {
	seasonBody
	WallUntil  string          `json:"wall_until" doc:"the last day on the wall"`
	Counts     countsBody      `json:"counts"`
	Unsent     unsentBody      `json:"unsent" doc:"what the team's phones still hold"`
	Need       int             `json:"need" doc:"signatures"`
	Digest     string          `json:"digest" doc:"of the sheet to come; empty while none is"`
	Blocked    []blockBody     `json:"blocked" doc:"what stands in the way of publishing"`
	Overridden bool            `json:"overridden"`
	Withdrawal *withdrawalBody `json:"withdrawal"`
	Withdrawn  *withdrawnBody  `json:"withdrawn" doc:"its newest sheet came down, and no other is up"`
	Signatures []signatureBody `json:"signatures"`
	May        mayBody         `json:"may"`
}

func (a *API) season(ctx context.Context, c caller, in *quarterInput) (quarterBody, error) {
	v, q, err := a.quarterFor(ctx, c, in.ID, in.Quarter, usecase.SeeTeam)
	if err != nil {
		return quarterBody{}, err
	}
	now := a.Now()
	today := calendar.DateOf(now)
	s, err := a.Quarters.AssessedOf(ctx, v.ID, q, today)
	if err != nil {
		return quarterBody{}, err
	}
	body := quarterBody{
		seasonBody: newSeason(s.Season, today), Need: v.Settings.Signers, Blocked: []blockBody{}, Signatures: []signatureBody{},
		Counts: countsBody{s.Counts[record.Pending], s.Counts[record.Confirmed], s.Counts[record.Returned], s.Counts[record.Rejected]},
	}
	if body.Unsent, err = a.unsentOf(ctx, v.ID); err != nil {
		return body, err
	}
	if w := s.Withdrawal; w != nil {
		body.Withdrawal = &withdrawalBody{w.Name, w.AskedAt, w.Reason}
	}
	if w := s.Withdrawn; w != nil {
		body.Withdrawn = &withdrawnBody{w.Name, w.ConsentedAt, w.Reason}
	}
	if !s.PublishedOn.IsZero() {
		body.WallUntil = s.SealOn().AddDays(-1).String()
	}
	toCome := s.ToCome(today)
	if toCome {
		draft, err := a.Quarters.DraftOf(ctx, v.ID, q, now)
		if err != nil {
			return body, err
		}
		watched := quarter.Signing{}
		if watched.Blocked, watched.Overridden, err = a.Supervision.Read.Supervised(ctx, v.ID, q, now); err != nil {
			return body, err
		}
		body.come(c, s, draft, watched)
	}
	body.May = mayAt(usecase.Access{Staff: c.held.Staff, Village: v}, s, toCome, len(body.Blocked) == 0)
	return body, nil
}

// come adds what is missing before the sheet goes up.
func (body *quarterBody) come(c caller, s script.Assessed, draft quarter.Draft, watched quarter.Signing) {
	body.Digest, body.Overridden = draft.Digest(), watched.Overridden
	for _, g := range s.Signed {
		body.Signatures = append(body.Signatures, signatureBody{g.Name, g.At, g.OfTeam && g.Digest == body.Digest, g.Person == c.person()})
	}
	if why := s.Blocks(s.Progress, watched); why != "" {
		body.Blocked = append(body.Blocked, blockBody{why, script.Blocked(why)})
	}
}

func mayAt(a usecase.Access, s script.Assessed, toCome, free bool) mayBody {
	hangs := s.State == quarter.Published
	return mayBody{
		Assess: a.May(usecase.Confirm) && s.State != quarter.Published && s.State != quarter.Sealed,
		Sign:   a.May(usecase.Sign) && toCome, Publish: a.May(usecase.Publish) && toCome && free,
		AskWithdraw: a.May(usecase.Publish) && hangs && s.Withdrawal == nil, Withdraw: a.May(usecase.Consent) && hangs,
		Override: a.May(usecase.Consent) && toCome,
	}
}

// unsentOf is what the phones of a village's team still hold, as far as it is known.
func (a *API) unsentOf(ctx context.Context, v village.ID) (body unsentBody, err error) {
	phones, err := a.Read.Phones(ctx, v, a.Now())
	var since time.Time
	if body.Phones, body.Records, since = script.Unsent(phones); !since.IsZero() {
		body.Since = &since
	}
	return body, err
}

type placedBody struct {
	Household string `json:"household"`
	Number    string `json:"number"`
	Head      string `json:"head"`
}

func (a *API) placed(h script.Home) placedBody {
	return placedBody{a.IDs.Seal(web.Household, int64(h.ID)), h.Number, h.Head}
}

type sheetRowBody struct {
	placedBody
	Score  string `json:"score"`
	Gained string `json:"gained"`
	Rank   int    `json:"rank" doc:"0: not ranked"`
}

type lateBody struct {
	placedBody
	Item   string `json:"item"`
	Points string `json:"points"`
	On     string `json:"on"`
}

type erratumBody struct {
	placedBody
	Line   int    `json:"line" doc:"that is corrected, in its year"`
	Year   int    `json:"year"`
	Item   string `json:"item"`
	Points string `json:"points" doc:"what it changes"`
	Reason string `json:"reason"`
}

type previewBody struct {
	Digest string         `json:"digest"`
	Rows   []sheetRowBody `json:"rows" doc:"by rank, the unranked last"`
	Late   []lateBody     `json:"late" doc:"补记, as the board may show it"`
	Errata []erratumBody  `json:"errata" doc:"勘误, as the board may show it"`
	Told   int            `json:"told" doc:"people who get the notice"`
	Untold int            `json:"untold" doc:"households with nobody bound, to be told on paper"`
	Notice string         `json:"notice" doc:"the words that one household will read"`
}

func (a *API) preview(ctx context.Context, c caller, in *quarterInput) (previewBody, error) {
	v, q, err := a.quarterFor(ctx, c, in.ID, in.Quarter, usecase.SeeTeam)
	if err != nil {
		return previewBody{}, err
	}
	now := a.Now()
	s, err := a.Quarters.AssessedOf(ctx, v.ID, q, calendar.DateOf(now))
	if err == nil && (s.State == quarter.Published || s.State == quarter.Sealed) {
		err = web.NotFound()
	}
	if err != nil {
		return previewBody{}, err
	}
	p, err := a.Quarters.PreviewOf(ctx, v.ID, q, now)
	if err != nil {
		return previewBody{}, err
	}
	body := previewBody{Digest: p.Digest(), Rows: []sheetRowBody{}, Late: []lateBody{}, Errata: []erratumBody{}, Told: p.Told, Untold: p.Untold}
	for _, r := range p.ByRank() {
		body.Rows = append(body.Rows, sheetRowBody{a.placed(p.Homes[r.Household]), r.Score.String(), r.Gained.Signed(), r.Rank})
	}
	for _, l := range p.Late {
		if l.Public {
			body.Late = append(body.Late, lateBody{a.placed(p.Homes[l.Household]), l.Title, l.Tenths.Signed(), l.OccurredOn.String()})
		}
	}
	for _, e := range p.Errata {
		if e.Public {
			body.Errata = append(body.Errata, erratumBody{a.placed(p.Homes[e.Household]), e.Line, e.Year, e.Title, e.Tenths.Signed(), e.Reason})
		}
	}
	body.Notice = closing.Foretold(v, s.Quarter, p, calendar.DateOf(now))
	return body, nil
}

type digestInput struct {
	ID      string `path:"id" maxLength:"64"`
	Quarter string `path:"quarter" pattern:"^2[0-9]{3}Q[1-4]$" maxLength:"6"`
	Body    struct {
		Digest string `json:"digest" minLength:"1" maxLength:"64"`
	}
}

func (a *API) sign(ctx context.Context, c caller, in *digestInput) (okBody, error) {
	v, q, err := a.quarterFor(ctx, c, in.ID, in.Quarter, usecase.Sign)
	if err != nil {
		return okBody{}, err
	}
	_, err = unpublished(a.Closing.Sign.Do(ctx, c.cmd, v.ID, q, in.Body.Digest))
	return okBody{true}, err
}

// unpublished turns a refusal into the problem that tells the cure.
func unpublished(out fault.Outcome, err error) (fault.Facts, error) {
	return cured(out, err, script.Unpublished(out.Code, out.Facts, out.Facts.Note == closing.Moved))
}

type publishInput struct {
	ID      string `path:"id" maxLength:"64"`
	Quarter string `path:"quarter" pattern:"^2[0-9]{3}Q[1-4]$" maxLength:"6"`
	Body    struct {
		Digest  string   `json:"digest" minLength:"1" maxLength:"64"`
		Minutes string   `json:"minutes" maxLength:"1000" doc:"of the meeting"`
		Photos  []string `json:"photos,omitempty" maxItems:"50" doc:"of the minutes, by the hashes of their uploads"`
	}
}

type publishedBody struct {
	Code   string `json:"code"`
	SealOn string `json:"seal_on"`
}

func (a *API) publish(ctx context.Context, c caller, in *publishInput) (publishedBody, error) {
	v, q, err := a.quarterFor(ctx, c, in.ID, in.Quarter, usecase.Publish)
	if err != nil {
		return publishedBody{}, err
	}
	if err := a.clean(ctx, c, in.Body.Minutes); err != nil {
		return publishedBody{}, err
	}
	facts, err := unpublished(a.Closing.Publish.Do(ctx, c.cmd, closing.Request{
		Village: v.ID, Quarter: q, Digest: in.Body.Digest, Minutes: in.Body.Minutes, Photos: hashes(in.Body.Photos),
	}))
	return publishedBody{facts.Note, facts.Day}, err
}

type withdrawInput struct {
	ID      string `path:"id" maxLength:"64"`
	Quarter string `path:"quarter" pattern:"^2[0-9]{3}Q[1-4]$" maxLength:"6"`
	Body    struct {
		Reason string `json:"reason" minLength:"1" maxLength:"1000"`
	}
}

type takenDownBody struct {
	Down bool `json:"down" doc:"false where the township's consent is still to come"`
}

func (a *API) takeDown(ctx context.Context, c caller, in *withdrawInput) (takenDownBody, error) {
	v, q, err := a.quarterFor(ctx, c, in.ID, in.Quarter, usecase.Publish)
	if fault.CodeOf(err) == fault.Forbidden {
		v, q, err = a.quarterFor(ctx, c, in.ID, in.Quarter, usecase.Consent)
	}
	if err != nil {
		return takenDownBody{}, err
	}
	if err := a.clean(ctx, c, in.Body.Reason); err != nil {
		return takenDownBody{}, err
	}
	out, err := a.Closing.Withdraw.Do(ctx, c.cmd, v.ID, q, in.Body.Reason)
	facts, err := cured(out, err, script.NotWithdrawn(out.Code))
	return takenDownBody{facts.Note != closing.Asked}, err
}

type wallRowBody struct {
	Head      string `json:"head" doc:"as the board writes it"`
	Score     string `json:"score"`
	Gained    string `json:"gained"`
	Rank      int    `json:"rank"`
	Own       bool   `json:"own"`
	Contested int    `json:"contested" doc:"lines that were sealed in dispute (异议)"`
}

type wallLineBody struct {
	Head   string `json:"head"`
	Item   string `json:"item"`
	Points string `json:"points"`
	On     string `json:"on,omitempty"`
	Line   int    `json:"line,omitempty"`
	Year   int    `json:"year,omitempty"`
	Reason string `json:"reason,omitempty"`
	Own    bool   `json:"own"`
}

type sheetBody struct {
	seasonBody
	Village        string         `json:"village"`
	WallUntil      string         `json:"wall_until"`
	DaysLeft       int            `json:"days_left" doc:"on the wall, today among them; 0 when it is over"`
	ObjectionUntil string         `json:"objection_until" doc:"the last day to object to a line; empty while it hangs"`
	Chain          string         `json:"chain" doc:"the first signs of the ledger's head, as they are printed"`
	Rows           []wallRowBody  `json:"rows" doc:"by rank, the unranked last"`
	Late           []wallLineBody `json:"late"`
	Errata         []wallLineBody `json:"errata"`
	Contested      int            `json:"contested"`
	Publisher      string         `json:"publisher"`
	Signers        []string       `json:"signers"`
}

func (a *API) sheet(ctx context.Context, c caller, in *quarterInput) (sheetBody, error) {
	v, q, err := a.quarterFor(ctx, c, in.ID, in.Quarter, "")
	if err != nil {
		return sheetBody{}, err
	}
	w, err := a.Quarters.WallOf(ctx, v.ID, q)
	if err != nil {
		return sheetBody{}, err
	}
	today := calendar.DateOf(a.Now())
	body := sheetBody{
		seasonBody: newSeason(w.Season, today), Village: w.Place.Name, WallUntil: w.SealOn().AddDays(-1).String(), Chain: w.Head.Signs(),
		Rows: []wallRowBody{}, Late: []wallLineBody{}, Errata: []wallLineBody{}, Publisher: w.Publisher, Signers: append([]string{}, w.Signers...),
		DaysLeft: max(0, today.DaysUntil(w.SealOn())),
	}
	if !w.SealedOn.IsZero() {
		body.DaysLeft, body.ObjectionUntil = 0, calendar.ObjectionUntil(w.SealedOn, calendar.DefaultObjectionDays).String()
	}
	own := map[household.ID]bool{}
	for _, h := range c.held.Staff.Households {
		own[h] = true
	}
	for _, r := range w.Rows {
		body.Rows = append(body.Rows, wallRowBody{r.Name, r.Score.String(), r.Gained.Signed(), r.Rank, own[r.Household], r.Contested})
		body.Contested += r.Contested
	}
	for _, l := range w.Late {
		body.Late = append(body.Late, wallLineBody{Head: l.Name, Item: l.Title, Points: l.Tenths.Signed(), On: l.On.String(), Own: own[l.Household]})
	}
	for _, e := range w.Errata {
		body.Errata = append(body.Errata, wallLineBody{
			Head: e.Name, Item: e.Title, Points: e.Tenths.Signed(), Line: e.Line, Year: e.Year, Reason: e.Reason, Own: own[e.Household],
		})
	}
	return body, nil
}
