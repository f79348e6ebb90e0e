package console

import (
	"context"
	"crypto/rand"
	"net/http"
	"net/url"
	"slices"
	"strconv"

	"github.com/xiangfeng/xiangfeng/domain/alarm"
	"github.com/xiangfeng/xiangfeng/domain/calendar"
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

// Album is how the pages find pictures.
type Album interface {
	Photos(ctx context.Context, hashes []string) (map[string]script.Picture, error)
}

// pictureView is where a picture is seen.
type pictureView struct{ URL, Thumb string }

// eventView is an event on the desk.
type eventView struct {
	ID, Next   string // the next one to go to
	Title, Who string
	Points, By string
	Note       string
	State, Why string // how far it has come and the reason; "" while it waits
	Late       bool
	Reused     []string
	Photos     []pictureView
	May        bool
	WhyNot     string
}

// alarmView is a case of supervision above them.
type alarmView struct {
	ID, Title, Text, State string
	Words                  string
	Blocks                 bool
	Lines                  []lineView
	Homes                  []string
	MayClose               bool
	Outcomes               []alarm.Outcome
	WhyNot                 string
}

type lineView struct{ ID, Text string }

// deskView is the page of the assessment.
type deskView struct {
	Frame         frame
	Path, Key     string
	Tabs          []tab
	State         record.State
	Alarms        []alarmView
	Events        []eventView
	More          string
	Done, Refusal string
	Left          []string
	Any           bool // something on the page waits for the visitor
	Unsent        string
}

// states are the filters, what waits first.
var deskStates = []record.State{record.Pending, record.Returned, record.Confirmed, record.Rejected}

// desk shows a quarter's events, to be gone through.
func (h *handler) desk(w http.ResponseWriter, r *http.Request, p place, q calendar.Quarter) {
	h.showDesk(w, r, p, q, http.StatusOK, "")
}

func (h *handler) showDesk(w http.ResponseWriter, r *http.Request, p place, q calendar.Quarter, status int, refusal string) {
	view, err := h.deskOf(r, p, q)
	if err != nil {
		h.refuse(w, r, err)
		return
	}
	view.Refusal = refusal
	h.render(w, r, status, deskPage(view))
}

func (h *handler) deskOf(r *http.Request, p place, q calendar.Quarter) (deskView, error) {
	ctx := r.Context()
	s, err := h.Quarters.AssessedOf(ctx, p.id(), q, calendar.DateOf(h.Now()))
	if err != nil {
		return deskView{}, err
	}
	view := deskView{
		Frame: h.quarterFrame(p, q, tabAssess), Path: h.quarterPath(p.id(), q) + "/assess", Key: rand.Text(), State: record.Pending,
		Done: assessed[r.URL.Query().Get("done")],
	}
	if n, err := strconv.Atoi(r.URL.Query().Get("n")); err == nil && n >= 0 && n <= assess.Most {
		view.Done = script.AssessTold(n)
	}
	if asked := record.State(r.URL.Query().Get("state")); slices.Contains(deskStates, asked) {
		view.State = asked
	}
	for _, state := range deskStates {
		view.Tabs = append(view.Tabs, tab{script.AssessTab(state, s.Counts[state]), view.Path + "?state=" + string(state), state == view.State})
	}
	if view.Unsent, err = h.unsent(ctx, p); err != nil {
		return view, err
	}
	if err := h.alarms(ctx, p, q, &view); err != nil {
		return view, err
	}
	after, _ := h.IDs.Open(web.Event, r.URL.Query().Get("after"))
	found, more, err := h.Quarters.JudgedOf(ctx, p.id(), q, view.State, record.ID(after), assess.Most)
	if err != nil {
		return view, err
	}
	if more {
		last := h.IDs.Seal(web.Event, int64(found[len(found)-1].ID))
		view.More = view.Path + "?" + url.Values{"state": {string(view.State)}, "after": {last}}.Encode()
	}
	return view, h.events(ctx, p, found, &view)
}

// assessed are what the desk says after an act, by what the address names.
var assessed = map[string]string{
	"confirmed": script.DoneConfirmed, "returned": script.DoneReturned, "rejected": script.DoneRejected, "alarm": script.DoneAlarm,
}

// events renders events, with what the visitor may do about each.
func (h *handler) events(ctx context.Context, p place, found []script.Judged, view *deskView) error {
	var pictures []record.PhotoHash
	var homes []household.ID
	for _, e := range found {
		pictures, homes = append(pictures, e.Photos...), append(homes, e.Household)
	}
	seen, err := h.album(ctx, p, pictures)
	if err != nil {
		return err
	}
	scene, err := h.Quarters.Judging(ctx, p.Village, homes)
	if err != nil {
		return err
	}
	scene.Staff, scene.Now = p.staff, h.Now()
	for i, e := range found {
		one := h.event(scene, e)
		one.Photos = seen.of(e.Photos)
		if i+1 < len(found) {
			one.Next = h.IDs.Seal(web.Event, int64(found[i+1].ID))
		}
		view.Any = view.Any || one.May
		view.Events = append(view.Events, one)
	}
	return nil
}

func (h *handler) event(scene record.Scene, e script.Judged) eventView {
	one := eventView{
		ID: h.IDs.Seal(web.Event, int64(e.ID)), Title: e.Item.Title, Who: e.Home.Name(), Points: e.Tenths.Signed(), By: script.AssessBy(e),
		Note: e.Note, Late: e.Late,
	}
	for _, u := range e.Reuses {
		one.Reused = append(one.Reused, script.Reused(u))
	}
	if e.State != record.Pending {
		one.State, one.Why = script.EventState(e.State), e.Reason
	}
	if e.State != record.Pending && e.State != record.Returned {
		return one
	}
	why := e.WhyNot(scene)
	if one.May = why == ""; usecase.May(scene.Staff, scene.Village, usecase.Confirm) {
		one.WhyNot = why
	}
	return one
}

// album is what a visitor may see of some pictures.
type album map[record.PhotoHash]pictureView

func (a album) of(hashes []record.PhotoHash) (out []pictureView) {
	for _, hash := range hashes {
		if one, ok := a[hash]; ok {
			out = append(out, one)
		}
	}
	return out
}

func (h *handler) album(ctx context.Context, p place, hashes []record.PhotoHash) (album, error) {
	names := make([]string, len(hashes))
	for i, hash := range hashes {
		names[i] = string(hash)
	}
	kept, err := h.Album.Photos(ctx, names)
	found := album{}
	var judge []village.ID
	if p.access.May(usecase.Confirm) {
		judge = []village.ID{p.id()}
	}
	for hash, one := range kept {
		if one.VisibleTo(p.by.Person, judge) {
			full, thumb := h.Show(hash)
			found[record.PhotoHash(hash)] = pictureView{full, thumb}
		}
	}
	return found, err
}

// alarms adds what looks wrong about the quarter, for who may see it.
func (h *handler) alarms(ctx context.Context, p place, q calendar.Quarter, view *deskView) error {
	if !p.access.May(usecase.SeeAlarms) {
		return nil
	}
	if err := h.look(ctx, p, q); err != nil {
		return err
	}
	all, err := h.Quarters.AlarmsOf(ctx, p.id(), q)
	for _, a := range all {
		one := alarmView{
			ID: h.IDs.Seal(web.Alarm, int64(a.ID)), Title: script.AlarmName(a.Kind), Text: script.AlarmText(a), State: script.AlarmState(a.Case),
			Words: a.Words, Blocks: a.Blocks && a.State != alarm.Past,
		}
		for _, l := range a.Lines {
			one.Lines = append(one.Lines, lineView{h.IDs.Seal(web.Event, int64(l.Event)), script.AlarmLineText(l)})
		}
		for _, home := range a.Visit {
			one.Homes = append(one.Homes, home.Name())
		}
		if a.State == alarm.Open {
			out, _ := fault.Settle(a.MayClose(p.staff, p.Village))
			one.MayClose = out.Code == ""
			one.WhyNot = script.Unclosed(out.Code, out.Facts)
			one.Outcomes = []alarm.Outcome{alarm.Explained, alarm.Corrected}
			if p.staff.Holds(p.Village, household.Officer) {
				one.Outcomes = append(one.Outcomes, alarm.Suspended)
			}
		}
		view.Alarms = append(view.Alarms, one)
	}
	return err
}

// assess decides about the events that a form names.
func (h *handler) assess(w http.ResponseWriter, r *http.Request, p place, q calendar.Quarter) {
	ids, ok := h.eventIDs(r)
	act := r.PostFormValue("act")
	if !ok {
		h.refuse(w, r, fault.Refuse(fault.Invalid))
		return
	}
	if len(ids) == 0 {
		h.showDesk(w, r, p, q, http.StatusBadRequest, script.AssessNotAsked)
		return
	}
	if act == "many" {
		h.confirmMany(w, r, p, q, ids)
		return
	}
	out, err := fault.Outcome{Code: fault.Invalid}, error(nil)
	done := ""
	switch act {
	case "confirm":
		done = "confirmed"
		out, err = h.Assessing.Confirm.Do(r.Context(), p.cmd, ids[0])
	case "return":
		done = "returned"
		out, err = h.written(r, p, "reason", func(reason string) (fault.Outcome, error) {
			return h.Assessing.Return.Do(r.Context(), p.cmd, ids[0], reason)
		})
	case "reject":
		done = "rejected"
		out, err = h.written(r, p, "reason", func(reason string) (fault.Outcome, error) {
			return h.Assessing.Reject.Do(r.Context(), p.cmd, ids[0], reason)
		})
	}
	h.decided(w, r, p, q, url.Values{"done": {done}}, out, err, unassessed)
}

func unassessed(out fault.Outcome) string { return script.Unassessed(out.Code, out.Facts) }

// decided is after on the desk, at the next event.
func (h *handler) decided(
	w http.ResponseWriter, r *http.Request, p place, q calendar.Quarter, says url.Values, out fault.Outcome, err error, words func(fault.Outcome) string,
) {
	at := "#desk"
	if next := r.PostFormValue("next"); next != "" {
		if _, known := h.IDs.Open(web.Event, next); known {
			at = "#e-" + next
		}
	}
	next := h.quarterPath(p.id(), q) + "/assess?" + says.Encode() + at
	h.after(w, r, next, out, err, words, func(status int, refusal string) { h.showDesk(w, r, p, q, status, refusal) })
}

// eventIDs opens the events that a form names.
func (h *handler) eventIDs(r *http.Request) (ids []record.ID, ok bool) {
	if err := r.ParseForm(); err != nil {
		return nil, false
	}
	for _, sealed := range r.PostForm["id"] {
		id, known := h.IDs.Open(web.Event, sealed)
		if !known {
			return nil, false
		}
		ids = append(ids, record.ID(id))
	}
	return ids, true
}

// confirmMany confirms several, and tells of each that was left why.
func (h *handler) confirmMany(w http.ResponseWriter, r *http.Request, p place, q calendar.Quarter, ids []record.ID) {
	out, err := h.Assessing.Confirm.Many(r.Context(), p.cmd, ids)
	left := assess.ReadLeft(out.Facts.Data)
	if err != nil || out.Refused() || len(left) == 0 {
		h.decided(w, r, p, q, url.Values{"n": {strconv.FormatInt(out.Facts.Need, 10)}}, out, err, unassessed)
		return
	}
	view, err := h.deskOf(r, p, q)
	if err != nil {
		h.refuse(w, r, err)
		return
	}
	view.Done = script.AssessTold(int(out.Facts.Need))
	for _, l := range left {
		number := ""
		for _, e := range view.Events {
			if e.ID == h.IDs.Seal(web.Event, int64(l.Event)) {
				number = e.Who + " " + e.Title
			}
		}
		view.Left = append(view.Left, script.AssessLeft(number, script.Unassessed(l.Why.Code, l.Why.Facts)))
	}
	h.render(w, r, http.StatusOK, deskPage(view))
}

// closeAlarm closes a case of supervision with an outcome.
func (h *handler) closeAlarm(w http.ResponseWriter, r *http.Request, p place, q calendar.Quarter) {
	id, known := h.IDs.Open(web.Alarm, r.PathValue("alarm"))
	if !known {
		h.refuse(w, r, fault.Refuse(fault.Invalid))
		return
	}
	one, err := h.Quarters.AlarmOf(r.Context(), alarm.ID(id))
	if err == nil && (one.Village != p.id() || one.Quarter != q) {
		err = fault.Refuse(fault.NotFound)
	}
	if err != nil {
		h.refuse(w, r, err)
		return
	}
	out, err := h.written(r, p, "words", func(words string) (fault.Outcome, error) {
		return h.Closing.Close.Do(r.Context(), p.cmd, one.ID, alarm.Outcome(r.PostFormValue("outcome")), words)
	})
	h.decided(w, r, p, q, url.Values{"done": {"alarm"}}, out, err, func(out fault.Outcome) string { return script.Unclosed(out.Code, out.Facts) })
}
