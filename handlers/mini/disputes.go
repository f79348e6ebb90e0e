package mini

import (
	"context"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/xiangfeng/xiangfeng/domain/calendar"
	"github.com/xiangfeng/xiangfeng/domain/dispute"
	"github.com/xiangfeng/xiangfeng/domain/fault"
	"github.com/xiangfeng/xiangfeng/domain/household"
	"github.com/xiangfeng/xiangfeng/domain/points"
	"github.com/xiangfeng/xiangfeng/domain/record"
	"github.com/xiangfeng/xiangfeng/domain/script"
	"github.com/xiangfeng/xiangfeng/domain/usecase"
	"github.com/xiangfeng/xiangfeng/domain/usecase/object"
	"github.com/xiangfeng/xiangfeng/domain/village"
	"github.com/xiangfeng/xiangfeng/handlers/web"
)

// Objections are what households, the team and the township's office do about disputes.
type Objections struct {
	File    object.File
	Answers object.Answers
	Accept  object.Accept
	Extend  object.Extend
	Decide  object.Decide
	Read    DisputeReader
}

// ObjectionsOf are these over one kind of transaction.
func ObjectionsOf(once usecase.Once[object.CaseTx], read DisputeReader) Objections {
	return Objections{
		object.File{Once: once},
		object.Answers{Once: once},
		object.Accept{Once: once},
		object.Extend{Once: once},
		object.Decide{Once: once},
		read,
	}
}

// DisputeReader reads disputes; of a household, as the household may read them.
type DisputeReader interface {
	// Cases are those of a household and what the person filed as a helper of another.
	Cases(ctx context.Context, p household.PersonID, h household.ID, now time.Time) ([]script.Dispute, error)
	DisputesIn(ctx context.Context, v village.ID, all bool) ([]script.Dispute, error)
	DisputesUp(context.Context, village.TownshipID) ([]script.Dispute, error)
	// DisputeOf is one as the team reads it, ReadDispute as its household does.
	DisputeOf(context.Context, dispute.ID) (script.Dispute, error)
	ReadDispute(context.Context, dispute.ID) (script.Dispute, error)
	MayDispute(ctx context.Context, d dispute.Dispute, p household.PersonID, now time.Time) (object.May, error)
	// CountDisputes is how many of a village somebody may act on.
	CountDisputes(ctx context.Context, v village.Village, who household.Staff, now time.Time) (int, error)
	HelpsToday(ctx context.Context, p household.PersonID, h household.ID, now time.Time) (bool, error)
}

// disputes registers what households object to and what becomes of it.
func (a *API) disputes() {
	on(a, http.MethodPost, "/disputes", "object to a line of my household, or to one that is missing", a.fileDispute)
	on(a, http.MethodGet, "/households/{id}/disputes", "what my household objected to", a.disputesOf)
	on(a, http.MethodGet, "/villages/{id}/disputes", "what the village's households object to", a.disputesIn)
	on(a, http.MethodGet, "/townships/{id}/disputes", "what went up to the township or was appealed", a.disputesUp)
	on(a, http.MethodGet, "/disputes/{id}", "one dispute, and what I may do about it", a.dispute)
	on(a, http.MethodPost, "/disputes/{id}/accept", "look into it", a.acceptDispute)
	on(a, http.MethodPost, "/disputes/{id}/extend", "take longer, for a reason", a.extendDispute)
	on(a, http.MethodPost, "/disputes/{id}/decide", "decide it, or its appeal", a.decideDispute)
	on(a, http.MethodPost, "/disputes/{id}/withdraw", "take it back", a.answerDispute(object.Answers.Withdraw))
	on(a, http.MethodPost, "/disputes/{id}/nudge", "ask who must act to do so", a.answerDispute(object.Answers.Nudge))
	on(a, http.MethodPost, "/disputes/{id}/agree", "accept the decision", a.answerDispute(object.Answers.Agree))
	on(a, http.MethodPost, "/disputes/{id}/appeal", "take the decision to the township", a.appealDispute)
}

// undisputed turns a refusal of an act on a dispute into a problem.
func undisputed(out fault.Outcome, err error) (fault.Facts, error) {
	return cured(out, err, script.Undisputed(out.Code, out.Facts))
}

type fileDisputeInput struct {
	Body struct {
		Household string   `json:"household" maxLength:"64"`
		Year      int      `json:"year" minimum:"2000" maximum:"2999"`
		Line      int      `json:"line" minimum:"0" maximum:"100000" doc:"its number; 0 for one that is missing"`
		Words     string   `json:"words" maxLength:"1000"`
		Photos    []string `json:"photos,omitempty" maxItems:"50"`
	}
}

type filedBody struct {
	ID       string `json:"id"`
	Number   string `json:"number" doc:"what people call it: 异议12号"`
	Promised string `json:"promised"`
}

func (a *API) fileDispute(ctx context.Context, c caller, in *fileDisputeInput) (filedBody, error) {
	h, err := a.ownOrHelped(ctx, c, in.Body.Household)
	if err != nil {
		return filedBody{}, err
	}
	if err := a.clean(ctx, c, in.Body.Words); err != nil {
		return filedBody{}, err
	}
	facts, err := undisputed(a.Disputes.File.Do(ctx, c.cmd, object.Objection{
		Household: h, Year: in.Body.Year, Line: in.Body.Line, Words: in.Body.Words, Photos: hashes(in.Body.Photos),
	}))
	return filedBody{a.IDs.Seal(web.Dispute, facts.ID), facts.Note, facts.Day}, err
}

// ownOrHelped opens the id of a household that the caller belongs to or helps;
// there is no other to them.
func (a *API) ownOrHelped(ctx context.Context, c caller, id string) (household.ID, error) {
	n, ok := a.IDs.Open(web.Household, id)
	if !ok {
		return 0, web.NotFound()
	}
	h := household.ID(n)
	if slices.Contains(c.held.Staff.Households, h) {
		return h, nil
	}
	helps, err := a.Disputes.Read.HelpsToday(ctx, c.person(), h, a.Now())
	if err == nil && !helps {
		err = web.NotFound()
	}
	return h, err
}

type disputeLineBody struct {
	Year      int    `json:"year"`
	No        int    `json:"no"`
	On        string `json:"on"`
	Item      string `json:"item"`
	Points    string `json:"points" doc:"as it was posted"`
	StandsAs  string `json:"stands_as" doc:"with its corrections"`
	Recorder  string `json:"recorder"`
	Confirmer string `json:"confirmer"`
}

type decisionBody struct {
	Stands   bool        `json:"stands"`
	StandsAs string      `json:"stands_as" doc:"what the line counts; empty for one that is missing"`
	Words    string      `json:"words"`
	Reason   string      `json:"reason"`
	By       string      `json:"by"`
	At       time.Time   `json:"at"`
	Photos   []photoBody `json:"photos"`
}

type appealBody struct {
	Words string    `json:"words"`
	At    time.Time `json:"at"`
	Due   string    `json:"due"`
}

type stepBody struct {
	At   time.Time `json:"at"`
	Text string    `json:"text"`
}

type mayDisputeBody struct {
	Accept   bool `json:"accept"`
	Extend   bool `json:"extend"`
	Decide   bool `json:"decide"`
	Withdraw bool `json:"withdraw"`
	Nudge    bool `json:"nudge"`
	Agree    bool `json:"agree"`
	Appeal   bool `json:"appeal"`
}

type disputeBody struct {
	ID          string           `json:"id"`
	Number      string           `json:"number" doc:"what people call it: 异议12号"`
	State       string           `json:"state" enum:"filed,accepted,decided,appealed,closed,withdrawn"`
	StateWords  string           `json:"state_words"`
	Title       string           `json:"title"`
	Village     string           `json:"village"`
	Household   *homeBody        `json:"household"`
	Line        *disputeLineBody `json:"line" doc:"null for one that is missing"`
	Words       string           `json:"words"`
	Photos      []photoBody      `json:"photos"`
	FiledAt     time.Time        `json:"filed_at"`
	FiledBy     string           `json:"filed_by"`
	ByHelper    bool             `json:"by_helper"`
	Promised    string           `json:"promised"`
	Due         string           `json:"due" doc:"the last day of who must act next; empty where nobody must"`
	Overdue     bool             `json:"overdue"`
	Escalated   bool             `json:"escalated" doc:"it went up to the township"`
	Extended    string           `json:"extended" doc:"why it takes longer"`
	Decision    *decisionBody    `json:"decision" doc:"the one that counts"`
	First       *decisionBody    `json:"first" doc:"the village's, where the township has decided an appeal"`
	AppealUntil string           `json:"appeal_until"`
	Appeal      *appealBody      `json:"appeal"`
	Contested   bool             `json:"contested" doc:"sealed while it was open"`
	SameRecord  int              `json:"same_record" doc:"how many others of the same record wait for the village"`
}

type oneDisputeBody struct {
	disputeBody
	Steps  []stepBody     `json:"steps"`
	May    mayDisputeBody `json:"may"`
	WhyNot string         `json:"why_not" doc:"why one of the team may not decide"`
}

type disputesBody struct {
	Disputes []disputeBody `json:"disputes"`
}

func decisionOf(v dispute.Decision, words, by string, line bool, seen album) *decisionBody {
	if v.By == 0 {
		return nil
	}
	body := &decisionBody{Stands: v.Stands, Words: words, Reason: v.Reason, By: by, At: v.At, Photos: seen.of(v.Photos)}
	if line {
		body.StandsAs = v.StandsAs.Signed()
	}
	return body
}

func dateText(d calendar.Date) string {
	if d.IsZero() {
		return ""
	}
	return d.String()
}

func (a *API) disputed(d script.Dispute, seen album) disputeBody {
	home := a.home(d.Home)
	first := d
	first.Final = dispute.Decision{}
	body := disputeBody{
		ID: a.IDs.Seal(web.Dispute, int64(d.ID)), Number: strconv.Itoa(d.Number), State: string(d.State), StateWords: script.CaseState(d, a.Now()), Title: script.CaseTitle(d),
		Village: d.Place.Name, Household: &home, Words: d.Words, Photos: seen.of(d.Photos), FiledAt: d.FiledAt, FiledBy: d.FilerName, ByHelper: d.ByHelper,
		Promised: d.Promised.String(), Due: dateText(d.Due()), Overdue: d.Late(calendar.DateOf(a.Now())), Escalated: !d.EscalatedAt.IsZero(), Extended: d.Extended,
		Decision:    decisionOf(d.Decision, script.CaseVerdict(first), d.DeciderName, d.Entry != nil, seen),
		AppealUntil: dateText(d.AppealUntil), Contested: d.Contested, SameRecord: d.Same,
	}
	if d.Final.By != 0 {
		body.First, body.Decision = body.Decision, decisionOf(d.Final, script.CaseVerdict(d), d.FinalName, d.Entry != nil, seen)
	}
	if e := d.Entry; e != nil {
		body.Line = &disputeLineBody{
			Year: d.Year, No: e.No, On: e.OccurredOn.String(), Item: e.What(), Points: e.Tenths.Signed(), StandsAs: d.StandsAs.Signed(),
			Recorder: e.Recorder, Confirmer: e.Confirmer,
		}
	}
	if d.AppealedBy != 0 {
		body.Appeal = &appealBody{d.Appeal, d.AppealedAt, dateText(d.TownshipDue)}
	}
	return body
}

// pictured are all pictures of disputes that the caller may see.
func (a *API) pictured(ctx context.Context, c caller, all ...script.Dispute) (album, error) {
	var hashes []record.PhotoHash
	for _, d := range all {
		hashes = append(append(append(hashes, d.Photos...), d.Decision.Photos...), d.Final.Photos...)
	}
	return a.album(ctx, c, hashes)
}

func (a *API) disputeList(ctx context.Context, c caller, all []script.Dispute, err error) (disputesBody, error) {
	body := disputesBody{Disputes: []disputeBody{}}
	if err != nil {
		return body, err
	}
	seen, err := a.pictured(ctx, c, all...)
	for _, d := range all {
		body.Disputes = append(body.Disputes, a.disputed(d, seen))
	}
	return body, err
}

func (a *API) disputesOf(ctx context.Context, c caller, in *idInput) (disputesBody, error) {
	h, err := a.ownOrHelped(ctx, c, in.ID)
	if err != nil {
		return disputesBody{}, err
	}
	all, err := a.Disputes.Read.Cases(ctx, c.person(), h, a.Now())
	own := slices.Contains(c.held.Staff.Households, h)
	all = slices.DeleteFunc(all, func(d script.Dispute) bool { return d.Household != h || !own && d.FiledBy != c.person() })
	return a.disputeList(ctx, c, all, err)
}

type disputesInput struct {
	ID    string `path:"id" maxLength:"64"`
	State string `query:"state" enum:"open,all" default:"open"`
}

func (a *API) disputesIn(ctx context.Context, c caller, in *disputesInput) (disputesBody, error) {
	v, err := a.villageFor(ctx, c, in.ID, usecase.SeeTeam)
	if err != nil {
		return disputesBody{}, err
	}
	all, err := a.Disputes.Read.DisputesIn(ctx, v.ID, in.State == "all")
	return a.disputeList(ctx, c, all, err)
}

// township opens the id of a township whose office the caller is of, or which
// they audit; there is no other to them.
func (a *API) township(c caller, id string) (village.TownshipID, error) {
	n, ok := a.IDs.Open(web.Township, id)
	t := village.TownshipID(n)
	if !ok || !usecase.MayInTownship(c.held.Staff, t, usecase.SeeTownship) {
		return 0, web.NotFound()
	}
	return t, nil
}

func (a *API) disputesUp(ctx context.Context, c caller, in *idInput) (disputesBody, error) {
	t, err := a.township(c, in.ID)
	if err != nil {
		return disputesBody{}, err
	}
	all, err := a.Disputes.Read.DisputesUp(ctx, t)
	return a.disputeList(ctx, c, all, err)
}

// caseFor is a dispute that the caller may read, as the household may where they
// are not of the team, with what they may do about it.
func (a *API) caseFor(ctx context.Context, c caller, id string) (script.Dispute, object.May, error) {
	n, ok := a.IDs.Open(web.Dispute, id)
	if !ok {
		return script.Dispute{}, object.May{}, web.NotFound()
	}
	d, err := a.Disputes.Read.DisputeOf(ctx, dispute.ID(n))
	if err != nil {
		return d, object.May{}, err
	}
	may, err := a.Disputes.Read.MayDispute(ctx, d.Dispute, c.person(), a.Now())
	switch {
	case err != nil:
		return d, may, err
	case !may.See:
		return d, may, web.NotFound()
	}
	v, err := a.Read.VillageOf(ctx, d.Village)
	if err == nil && !usecase.May(c.held.Staff, v, usecase.SeeTeam) {
		d, err = a.Disputes.Read.ReadDispute(ctx, d.ID)
	}
	return d, may, err
}

func (a *API) dispute(ctx context.Context, c caller, in *idInput) (oneDisputeBody, error) {
	d, may, err := a.caseFor(ctx, c, in.ID)
	if err != nil {
		return oneDisputeBody{}, err
	}
	seen, err := a.pictured(ctx, c, d)
	body := oneDisputeBody{
		disputeBody: a.disputed(d, seen), Steps: []stepBody{},
		May: mayDisputeBody{may.Accept, may.Extend, may.Decide, may.Withdraw, may.Nudge, may.Agree, may.Appeal},
	}
	if may.WhyNot != "" && may.WhyNot != fault.Conflict { // nothing is to be decided: the state says so
		body.WhyNot = script.Undisputed(may.WhyNot, fault.Facts{})
	}
	for _, s := range script.CaseSteps(d) {
		body.Steps = append(body.Steps, stepBody{s.At, s.Text})
	}
	return body, err
}

// openCase opens the id of a dispute; whether the caller may act on it is the act's to say.
func (a *API) openCase(id string) (dispute.ID, error) {
	n, ok := a.IDs.Open(web.Dispute, id)
	if !ok {
		return 0, web.NotFound()
	}
	return dispute.ID(n), nil
}

func (a *API) acceptDispute(ctx context.Context, c caller, in *idInput) (okBody, error) {
	id, err := a.openCase(in.ID)
	if err != nil {
		return okBody{}, err
	}
	_, err = undisputed(a.Disputes.Accept.Do(ctx, c.cmd, id))
	return okBody{err == nil}, err
}

func (a *API) extendDispute(ctx context.Context, c caller, in *reasonInput) (okBody, error) {
	id, err := a.openCase(in.ID)
	if err != nil {
		return okBody{}, err
	}
	reason := strings.TrimSpace(in.Body.Reason)
	if err := a.clean(ctx, c, reason); err != nil {
		return okBody{}, err
	}
	_, err = undisputed(a.Disputes.Extend.Do(ctx, c.cmd, id, reason))
	return okBody{err == nil}, err
}

type decideInput struct {
	ID   string `path:"id" maxLength:"64"`
	Body struct {
		Stands bool     `json:"stands" doc:"true: nothing changes"`
		Points string   `json:"points,omitempty" maxLength:"16" doc:"what the line stands as from now on, such as -2.5; needed where it does not stand, but for a missing one"`
		Reason string   `json:"reason" minLength:"1" maxLength:"1000"`
		Photos []string `json:"photos,omitempty" maxItems:"50"`
	}
}

type decidedBody struct {
	OK      bool `json:"ok"`
	Decided int  `json:"decided" doc:"how many, where others of the same record were decided with it"`
}

func (a *API) decideDispute(ctx context.Context, c caller, in *decideInput) (decidedBody, error) {
	id, err := a.openCase(in.ID)
	if err != nil {
		return decidedBody{}, err
	}
	ruling := dispute.Ruling{Stands: in.Body.Stands, Reason: strings.TrimSpace(in.Body.Reason), Photos: hashes(in.Body.Photos)}
	if in.Body.Points != "" {
		if ruling.StandsAs, err = points.Parse(strings.TrimPrefix(in.Body.Points, "+")); err != nil {
			return decidedBody{}, web.Invalid()
		}
	}
	if !in.Body.Stands && in.Body.Points == "" {
		if d, err := a.Disputes.Read.DisputeOf(ctx, id); err == nil && d.Line != 0 {
			return decidedBody{}, a.orForeign(ctx, c, d)
		}
	}
	if err := a.clean(ctx, c, ruling.Reason); err != nil {
		return decidedBody{}, err
	}
	facts, err := undisputed(a.Disputes.Decide.Do(ctx, c.cmd, id, ruling))
	return decidedBody{err == nil, int(facts.Need)}, err
}

// orForeign refuses a request that makes no sense, and to who may not read the
// dispute says that there is none.
func (a *API) orForeign(ctx context.Context, c caller, d script.Dispute) error {
	may, err := a.Disputes.Read.MayDispute(ctx, d.Dispute, c.person(), a.Now())
	switch {
	case err != nil:
		return err
	case !may.See:
		return web.NotFound()
	}
	return web.Invalid()
}

// answerDispute is an act of the household.
func (a *API) answerDispute(do func(object.Answers, context.Context, usecase.Command, dispute.ID) (fault.Outcome, error)) answer[idInput, okBody] {
	return func(ctx context.Context, c caller, in *idInput) (okBody, error) {
		id, err := a.openCase(in.ID)
		if err != nil {
			return okBody{}, err
		}
		_, err = undisputed(do(a.Disputes.Answers, ctx, c.cmd, id))
		return okBody{err == nil}, err
	}
}

type appealInput struct {
	ID   string `path:"id" maxLength:"64"`
	Body struct {
		Words string `json:"words" minLength:"1" maxLength:"1000"`
	}
}

func (a *API) appealDispute(ctx context.Context, c caller, in *appealInput) (okBody, error) {
	id, err := a.openCase(in.ID)
	if err != nil {
		return okBody{}, err
	}
	words := strings.TrimSpace(in.Body.Words)
	if err := a.clean(ctx, c, words); err != nil {
		return okBody{}, err
	}
	_, err = undisputed(a.Disputes.Answers.Appeal(ctx, c.cmd, id, words))
	return okBody{err == nil}, err
}
