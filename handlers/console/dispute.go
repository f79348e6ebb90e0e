package console

import (
	"context"
	"crypto/rand"
	"net/http"
	"net/url"
	"slices"
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
	"github.com/xiangfeng/xiangfeng/domain/usecase/tell"
	"github.com/xiangfeng/xiangfeng/domain/village"
	"github.com/xiangfeng/xiangfeng/handlers/web"
)

// Disputes is how the pages read what households object to, and a township's
// month. What is not there is NotFound.
type Disputes interface {
	DisputesIn(ctx context.Context, v village.ID, all bool) ([]script.Dispute, error)
	DisputeOf(context.Context, dispute.ID) (script.Dispute, error)
	MayDispute(ctx context.Context, d dispute.Dispute, p household.PersonID, now time.Time) (object.May, error)
	// Untold is what became of a village's notices of an occasion, of its newest
	// sheet's where none is named.
	Untold(ctx context.Context, v village.ID, occasion string) (script.Untold, error)
	ExceptionsOf(ctx context.Context, t village.TownshipID, m calendar.Month, asOf calendar.Date) (script.Exceptions, error)
}

// Objecting are the acts of who looks into a dispute.
type Objecting struct {
	Accept object.Accept
	Extend object.Extend
	Decide object.Decide
}

// caseRow is a dispute in the list.
type caseRow struct {
	Path, Name, State string
	Late, Up          bool
}

// casesView is the list of a village's disputes.
type casesView struct {
	Frame frame
	Tabs  []tab
	Rows  []caseRow
}

// disputes lists what a village's households object to, what waits first.
func (h *handler) disputes(w http.ResponseWriter, r *http.Request, p place) {
	all := r.URL.Query().Get("state") == "all"
	found, err := h.Disputes.DisputesIn(r.Context(), p.id(), all)
	if err != nil {
		h.refuse(w, r, err)
		return
	}
	path := h.path(p.id()) + "/disputes"
	view := casesView{Frame: h.frame(p, tabDisputes), Tabs: []tab{{script.CasesOpen, path, !all}, {script.CasesAll, path + "?state=all", all}}}
	for _, d := range found {
		view.Rows = append(view.Rows, caseRow{
			path + "/" + h.IDs.Seal(web.Dispute, int64(d.ID)), script.CaseName(d), script.CaseState(d, h.Now()),
			d.Late(calendar.DateOf(h.Now())), d.Up(),
		})
	}
	h.render(w, r, http.StatusOK, casesPage(view))
}

// caseView is one dispute.
type caseView struct {
	Frame         frame
	List, Path    string
	Key           string
	Done, Refusal string
	Dispute       script.Dispute
	State         string
	Late, Up      bool
	Line, Verdict string
	Photos        []pictureView
	Steps         []string
	May           object.May
	WhyNot        string
	// What was chosen and typed before a refusal, or before it is asked again.
	Ruling, Points, Reason, Extend string
	Change                         string // what is asked again before it is done
}

// caseOf finds the dispute that the address names, of the place's village.
func (h *handler) caseOf(r *http.Request, p place) (script.Dispute, error) {
	id, known := h.IDs.Open(web.Dispute, r.PathValue("dispute"))
	if !known {
		return script.Dispute{}, fault.Refuse(fault.NotFound)
	}
	d, err := h.Disputes.DisputeOf(r.Context(), dispute.ID(id))
	if err == nil && d.Village != p.id() {
		err = fault.Refuse(fault.NotFound)
	}
	return d, err
}

// dispute shows one dispute, and what the visitor may do about it.
func (h *handler) dispute(w http.ResponseWriter, r *http.Request, p place) {
	h.showDispute(w, r, p, http.StatusOK, "")
}

func (h *handler) showDispute(w http.ResponseWriter, r *http.Request, p place, status int, refusal string) {
	view, err := h.disputeView(r, p)
	if err != nil {
		h.refuse(w, r, err)
		return
	}
	view.Refusal = refusal
	view.typed(r)
	h.render(w, r, status, casePage(view))
}

// typed keeps what the visitor chose and typed.
func (c *caseView) typed(r *http.Request) {
	c.Ruling, c.Points = r.PostFormValue("ruling"), r.PostFormValue("points")
	if r.PathValue("act") == "extend" {
		c.Extend = r.PostFormValue("reason")
	} else {
		c.Reason = r.PostFormValue("reason")
	}
}

// sure asks once more before a decision that changes points, in words; true
// where that was asked and the answer is still to come. Who may not decide, or
// not any more, is answered by the act itself.
func (h *handler) sure(w http.ResponseWriter, r *http.Request, p place, d script.Dispute, ruling dispute.Ruling) bool {
	change := script.CaseChange(d, ruling.StandsAs)
	if ruling.Stands || d.Line == 0 || r.PostFormValue("sure") == change {
		return false
	}
	view, err := h.disputeView(r, p)
	switch {
	case err != nil:
		h.refuse(w, r, err)
	case !view.May.Decide:
		return false
	case ruling.StandsAs == d.StandsAs:
		h.showDispute(w, r, p, http.StatusBadRequest, script.CaseNoChange(d))
	default:
		view.typed(r)
		view.Change = change
		h.render(w, r, http.StatusOK, caseSurePage(view))
	}
	return true
}

// cased are what the page says after an act, by what the address names.
var cased = map[string]string{"accept": script.DoneAccepted, "extend": script.DoneExtended, "decide": script.DoneDecided}

func (h *handler) disputeView(r *http.Request, p place) (caseView, error) {
	d, err := h.caseOf(r, p)
	if err != nil {
		return caseView{}, err
	}
	list := h.path(p.id()) + "/disputes"
	view := caseView{
		Frame: h.frame(p, tabDisputes), List: list, Path: list + "/" + r.PathValue("dispute"), Key: rand.Text(), Done: cased[r.URL.Query().Get("done")],
		Dispute: d, State: script.CaseState(d, h.Now()), Late: d.Late(calendar.DateOf(h.Now())),
		Up: d.Up(), Verdict: script.CaseVerdict(d),
	}
	if d.Entry != nil {
		view.Line = script.CaseLine(d)
	}
	for _, s := range script.CaseSteps(d) {
		view.Steps = append(view.Steps, script.CaseStepText(s))
	}
	pictures := slices.Concat(d.Photos, d.Decision.Photos, d.Final.Photos)
	seen, err := h.album(r.Context(), p, pictures)
	if err != nil {
		return view, err
	}
	view.Photos = seen.of(pictures)
	view.May, err = h.Disputes.MayDispute(r.Context(), d.Dispute, p.by.Person, h.Now())
	if view.May.WhyNot != "" && d.State.Open() {
		view.WhyNot = script.Undisputed(view.May.WhyNot, fault.Facts{})
	}
	return view, err
}

// actOnDispute accepts, extends or decides a dispute.
func (h *handler) actOnDispute(w http.ResponseWriter, r *http.Request, p place) {
	act := r.PathValue("act")
	d, err := h.caseOf(r, p)
	if err != nil {
		h.refuse(w, r, err)
		return
	}
	var ok bool
	if p.cmd, ok = h.named(r, p); cased[act] == "" || !ok {
		h.refuse(w, r, fault.Refuse(fault.Invalid))
		return
	}
	var ruling dispute.Ruling
	if act == "decide" {
		if r.PostFormValue("back") != "" {
			h.showDispute(w, r, p, http.StatusOK, "")
			return
		}
		var refusal string
		if ruling, refusal = rulingOf(r, d); refusal != "" {
			h.showDispute(w, r, p, http.StatusBadRequest, refusal)
			return
		}
		if h.sure(w, r, p, d, ruling) {
			return
		}
	}
	out, err := h.investigate(r, p, act, d.ID, ruling)
	next := h.path(p.id()) + "/disputes/" + r.PathValue("dispute") + "?" + url.Values{"done": {act}}.Encode()
	h.after(w, r, next, out, err, func(out fault.Outcome) string { return script.Undisputed(out.Code, out.Facts) },
		func(status int, refusal string) { h.showDispute(w, r, p, status, refusal) })
}

func (h *handler) investigate(r *http.Request, p place, act string, id dispute.ID, ruling dispute.Ruling) (fault.Outcome, error) {
	if act == "accept" {
		return h.Objecting.Accept.Do(r.Context(), p.cmd, id)
	}
	return h.written(r, p, "reason", func(reason string) (fault.Outcome, error) {
		if act == "extend" {
			return h.Objecting.Extend.Do(r.Context(), p.cmd, id, reason)
		}
		ruling.Reason = reason
		return h.Objecting.Decide.Do(r.Context(), p.cmd, id, ruling)
	})
}

// rulingOf reads a decision, or why it is none: it says neither that the line
// stands nor what it stands as, or both.
func rulingOf(r *http.Request, d script.Dispute) (ruling dispute.Ruling, refusal string) {
	ruling = dispute.Ruling{Photos: []record.PhotoHash{}}
	typed := strings.TrimSpace(r.PostFormValue("points"))
	switch r.PostFormValue("ruling") {
	case "stands":
		ruling.Stands = true
		if d.Line != 0 && typed != "" {
			return ruling, script.CaseTwoThings
		}
		return ruling, ""
	case "changes":
		if d.Line == 0 {
			return ruling, ""
		}
		t, err := points.Parse(strings.TrimPrefix(typed, "+"))
		if err != nil {
			return ruling, script.CaseNoPoints
		}
		ruling.StandsAs = t
		return ruling, ""
	}
	return ruling, script.CaseNoRuling
}

// monthView is a township's month.
type monthView struct {
	Who, Title, Prev, Next string
	Sections               []monthSection
}

type monthSection struct {
	Title string
	Lines []tab
}

// summary shows the exceptions of a township's month, to its office and auditors.
func (h *handler) summary(w http.ResponseWriter, r *http.Request, v visitor) {
	n, known := h.IDs.Open(web.Township, r.PathValue("township"))
	t := village.TownshipID(n)
	if !known || !usecase.MayInTownship(v.staff, t, usecase.SeeTownship) {
		h.refuse(w, r, fault.Refuse(fault.NotFound))
		return
	}
	today := calendar.DateOf(h.Now())
	this := calendar.MonthOf(today)
	month := this.Prev()
	if asked, err := time.Parse("2006-01", r.URL.Query().Get("month")); err == nil {
		month = calendar.Month{Year: asked.Year(), Month: asked.Month()}
	}
	if this.First().Before(month.First()) {
		month = this
	}
	found, err := h.Disputes.ExceptionsOf(r.Context(), t, month, tell.AsOf(month, today))
	if err != nil {
		h.refuse(w, r, err)
		return
	}
	path := h.townshipPath(t) + "/summary?month="
	view := monthView{
		Who: v.name, Title: script.MonthName(found.Place, month), Prev: path + month.Prev().String(),
	}
	if month != this {
		view.Next = path + month.Next().String()
	}
	for _, s := range found.Sections {
		one := monthSection{Title: s.Title()}
		for _, l := range s.Lines {
			one.Lines = append(one.Lines, tab{Name: l.Text(s.Kind), Path: h.path(l.Village) + "/" + lineAt[s.Kind]})
		}
		view.Sections = append(view.Sections, one)
	}
	h.render(w, r, http.StatusOK, monthPage(view))
}

// lineAt is the page of a village that a line of the summary leads to.
var lineAt = map[script.ExceptionKind]string{
	script.NotPublished: "quarters", script.InDispute: "disputes", script.NotSeen: "quarters", script.AllAlike: "quarters",
	script.Overridden: "quarters", script.NotTold: "untold",
}
