package console

import (
	"cmp"
	"context"
	"crypto/rand"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/xiangfeng/xiangfeng/domain/alarm"
	"github.com/xiangfeng/xiangfeng/domain/calendar"
	"github.com/xiangfeng/xiangfeng/domain/fault"
	"github.com/xiangfeng/xiangfeng/domain/household"
	"github.com/xiangfeng/xiangfeng/domain/quarter"
	"github.com/xiangfeng/xiangfeng/domain/record"
	"github.com/xiangfeng/xiangfeng/domain/script"
	"github.com/xiangfeng/xiangfeng/domain/usecase"
	closing "github.com/xiangfeng/xiangfeng/domain/usecase/close"
	"github.com/xiangfeng/xiangfeng/domain/usecase/supervise"
	"github.com/xiangfeng/xiangfeng/domain/village"
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
	PreviewOf(context.Context, village.ID, calendar.Quarter, time.Time) (script.Preview, error)
	WallOf(context.Context, village.ID, calendar.Quarter) (script.Wall, error)
	Phones(ctx context.Context, v village.ID, now time.Time) ([]script.Phone, error)
	// Unlooked tells whether a look at the quarter would change its cases.
	Unlooked(ctx context.Context, v village.ID, q calendar.Quarter, now time.Time) (bool, error)
	AlarmsOf(context.Context, village.ID, calendar.Quarter) ([]script.Alarm, error)
	AlarmOf(context.Context, alarm.ID) (alarm.Case, error)
	// Supervised tells whether supervision blocks the sheet to come, and whether
	// the township has overridden that.
	Supervised(ctx context.Context, v village.ID, q calendar.Quarter, now time.Time) (blocked, overridden bool, err error)
	OverrideOf(context.Context, village.ID, calendar.Quarter) (alarm.Override, error)
}

// Closing are the acts on a quarter and its sheet.
type Closing struct {
	Sign     closing.Sign
	Publish  closing.Publish
	Withdraw closing.Withdraw
	Look     supervise.Look
	Close    supervise.Close
	Pass     supervise.Pass
}

// mostSeasons is how many quarters are listed: a year of them.
const mostSeasons = 4

// quarterCard is a quarter in the list.
type quarterCard struct {
	Name, State, Says string
	Late              bool
	Steps             []tab
}

// quarters is the first page of a village: what its newest quarters wait for.
func (h *handler) quarters(w http.ResponseWriter, r *http.Request, p place) {
	today := calendar.DateOf(h.Now())
	found, err := h.Quarters.Seasons(r.Context(), p.id(), today, mostSeasons)
	if err != nil {
		h.refuse(w, r, err)
		return
	}
	var list []quarterCard
	for _, s := range found {
		list = append(list, quarterCard{
			script.SeasonName(s.Q), script.SeasonState(s, today), script.SeasonSays(s, today), s.Late(today), h.steps(p, s.Q, ""),
		})
	}
	h.render(w, r, http.StatusOK, quartersPage(h.frame(p, tabQuarters), list))
}

// stateView is what a quarter's page shows.
type stateView struct {
	Frame                    frame
	Path, Key, Done          string
	State, Says              string
	Counts, Unsent           string
	Late                     bool
	Missing                  []string // what stands in the way of publishing
	Passed                   string   // the township's word, "" for none
	Preview                  *script.Preview
	Digest, Reach, Lists     string
	Notice                   string
	Missed                   []script.Home
	Signed                   []signedView
	Need, Asked, Minutes     string
	Sign, Publish            bool
	AskDown, Down, Overrides bool
	Hangs                    bool
	MinutesDraft, Refusal    string
}

type signedView struct{ Words, Void string }

// state is the page of a quarter: how far it has come, what is missing, and
// what the visitor may do about its sheet.
func (h *handler) state(w http.ResponseWriter, r *http.Request, p place, q calendar.Quarter) {
	h.showState(w, r, p, q, http.StatusOK, "")
}

// showState shows the page of a quarter, with why something was not done.
func (h *handler) showState(w http.ResponseWriter, r *http.Request, p place, q calendar.Quarter, status int, refusal string) {
	view, err := h.stateOf(r, p, q)
	if err != nil {
		h.refuse(w, r, err)
		return
	}
	view.Refusal, view.MinutesDraft = refusal, r.PostFormValue("minutes")
	h.render(w, r, status, statePage(view))
}

func (h *handler) stateOf(r *http.Request, p place, q calendar.Quarter) (stateView, error) {
	ctx, now := r.Context(), h.Now()
	today := calendar.DateOf(now)
	s, err := h.Quarters.AssessedOf(ctx, p.id(), q, today)
	if err != nil {
		return stateView{}, err
	}
	view := stateView{
		Frame: h.quarterFrame(p, q, tabState), Path: h.quarterPath(p.id(), q), Key: rand.Text(), Done: done[r.URL.Query().Get("done")],
		State: script.SeasonState(s.Season, today), Says: script.SeasonSays(s.Season, today), Late: s.Late(today), Hangs: s.State == quarter.Published,
		Counts: script.SeasonCounts(s.Counts[record.Pending], s.Counts[record.Confirmed], s.Counts[record.Returned], s.Counts[record.Rejected]),
	}
	if view.Unsent, err = h.unsent(ctx, p); err != nil {
		return view, err
	}
	if s.State == quarter.Published || s.State == quarter.Sealed {
		return view, h.hanging(ctx, p, s, &view)
	}
	if s.ToCome(today) {
		return view, h.coming(ctx, p, s, &view)
	}
	return view, nil
}

// done are what the page says after an act, by what the address names.
var done = map[string]string{
	"signed": script.DoneSigned, "published": script.DonePublished, "asked": script.DoneAsked, "down": script.DoneDown, "passed": script.DonePassed,
}

// unsent tells what the phones of a team still hold, to who may see it.
func (h *handler) unsent(ctx context.Context, p place) (string, error) {
	phones, err := h.Quarters.Phones(ctx, p.id(), h.Now())
	n, records, since := script.Unsent(phones)
	if err != nil || n == 0 {
		return "", err
	}
	return script.SeasonUnsent(n, records, since), nil
}

// hanging adds what there is to a sheet that hangs or has hung.
func (h *handler) hanging(ctx context.Context, p place, s script.Assessed, view *stateView) error {
	sheet, err := h.Quarters.WallOf(ctx, p.id(), s.Q)
	if err != nil {
		return err
	}
	view.Minutes = sheet.Minutes
	view.Lists = script.SheetLists(len(sheet.Late)+sheet.LateHidden, len(sheet.Errata)+sheet.ErrataHidden)
	if s.Withdrawal != nil {
		view.Asked = script.SheetAsked(s.Withdrawal.Name, s.Withdrawal.AskedAt, s.Withdrawal.Reason)
	}
	hangs := s.State == quarter.Published
	view.Down = hangs && p.access.May(usecase.Consent)
	view.AskDown = hangs && !view.Down && s.Withdrawal == nil && p.access.May(usecase.Publish)
	return nil
}

// coming adds the sheet to come, and what is missing before it goes up.
func (h *handler) coming(ctx context.Context, p place, s script.Assessed, view *stateView) error {
	now := h.Now()
	draft, err := h.Quarters.PreviewOf(ctx, p.id(), s.Q, now)
	if err != nil {
		return err
	}
	view.Preview, view.Digest = &draft, draft.Digest()
	view.Reach, view.Lists = script.SheetReach(draft.Told, draft.Untold), script.SheetLists(len(draft.Late), len(draft.Errata))
	for _, id := range draft.Missed {
		view.Missed = append(view.Missed, draft.Homes[id])
	}
	view.Notice = closing.Foretold(p.Village, s.Quarter, draft, calendar.DateOf(now))
	if err := h.look(ctx, p, s.Q); err != nil {
		return err
	}
	if err := h.blocks(ctx, p, s, view); err != nil {
		return err
	}
	valid := 0
	for _, g := range s.Signed {
		one := signedView{Words: script.SheetSignature(g.Name, g.At)}
		switch {
		case !g.OfTeam:
			one.Void = script.SheetSignLeft
		case g.Digest != view.Digest:
			one.Void = script.SheetSignGone
		default:
			valid++
		}
		view.Signed = append(view.Signed, one)
	}
	view.Need = script.SheetNeed(valid, p.Village.Settings.Signers)
	view.Sign, view.Publish = p.access.May(usecase.Sign), p.access.May(usecase.Publish)
	return nil
}

// blocks adds what stands in the way of the sheet to come.
func (h *handler) blocks(ctx context.Context, p place, s script.Assessed, view *stateView) error {
	blocked, passed, err := h.Quarters.Supervised(ctx, p.id(), s.Q, h.Now())
	if err != nil {
		return err
	}
	word, err := h.Quarters.OverrideOf(ctx, p.id(), s.Q)
	if err != nil && fault.CodeOf(err) != fault.NotFound {
		return err
	}
	if err == nil {
		view.Passed = word.Reason
	}
	if why := s.Blocks(s.Progress, quarter.Signing{Blocked: blocked, Overridden: passed}); why != "" {
		view.Missing = append(view.Missing, script.Blocked(why))
	}
	view.Overrides = blocked && !passed && p.access.May(usecase.Consent)
	return nil
}

// look brings the cases of a quarter up to what there is now. It writes only
// where they change.
func (h *handler) look(ctx context.Context, p place, q calendar.Quarter) error {
	cmd := usecase.Command{Key: "console:" + rand.Text() + ":look", Now: h.Now()}
	return h.Closing.Look.Refresh(ctx, cmd, p.id(), q, h.Quarters.Unlooked)
}

// written does an act with what was typed in a field of its form, once the
// platform has looked at it.
func (h *handler) written(r *http.Request, p place, field string, do func(words string) (fault.Outcome, error)) (fault.Outcome, error) {
	words := strings.TrimSpace(r.PostFormValue(field))
	if h.Clean != nil {
		if err := h.Clean(r.Context(), p.cmd, words); err != nil {
			return fault.Outcome{}, err
		}
	}
	return do(words)
}

// after goes on after an act, to next. One that was not done is told on its page:
// again shows that with the words for why, or else those of the code. What is
// missing and has no words is no page's.
func (h *handler) after(
	w http.ResponseWriter, r *http.Request, next string, out fault.Outcome, err error, words func(fault.Outcome) string, again func(status int, refusal string),
) {
	if err != nil { // a refusal too, of a rule that was asked before the act
		out, err = fault.Settle(err)
	}
	if err != nil {
		h.refuse(w, r, err)
		return
	}
	if !out.Refused() {
		http.Redirect(w, r, next, http.StatusSeeOther)
		return
	}
	text := words(out)
	if text == "" && out.Code == fault.NotFound {
		h.refuse(w, r, fault.Refuse(fault.NotFound))
		return
	}
	again(statusOf(out.Code), cmp.Or(text, script.Problem(out.Code, out.Facts)))
}

// answered is after on a quarter's page.
func (h *handler) answered(w http.ResponseWriter, r *http.Request, p place, q calendar.Quarter, what string, out fault.Outcome, err error, words func(fault.Outcome) string) {
	next := h.quarterPath(p.id(), q) + "?" + url.Values{"done": {what}}.Encode()
	h.after(w, r, next, out, err, words, func(status int, refusal string) { h.showState(w, r, p, q, status, refusal) })
}

// statusOf is how a refusal with words of its own stands in HTTP.
func statusOf(c fault.Code) int {
	if status, known := statuses[c]; known {
		return status
	}
	return http.StatusUnprocessableEntity
}

func unpublished(out fault.Outcome) string {
	return script.Unpublished(out.Code, out.Facts, out.Facts.Note == closing.Moved)
}

// sign signs the sheet to come as the visitor saw it.
func (h *handler) sign(w http.ResponseWriter, r *http.Request, p place, q calendar.Quarter) {
	out, err := h.Closing.Sign.Do(r.Context(), p.cmd, p.id(), q, r.PostFormValue("digest"))
	h.answered(w, r, p, q, "signed", out, err, unpublished)
}

// publish puts the sheet up as the visitor saw it.
func (h *handler) publish(w http.ResponseWriter, r *http.Request, p place, q calendar.Quarter) {
	out, err := h.written(r, p, "minutes", func(minutes string) (fault.Outcome, error) {
		return h.Closing.Publish.Do(r.Context(), p.cmd, closing.Request{Village: p.id(), Quarter: q, Digest: r.PostFormValue("digest"), Minutes: minutes})
	})
	h.answered(w, r, p, q, "published", out, err, unpublished)
}

// takeDown asks for the sheet to come down, or takes it down as the township.
func (h *handler) takeDown(w http.ResponseWriter, r *http.Request, p place, q calendar.Quarter) {
	out, err := h.written(r, p, "reason", func(reason string) (fault.Outcome, error) {
		return h.Closing.Withdraw.Do(r.Context(), p.cmd, p.id(), q, reason)
	})
	what := "down"
	if out.Facts.Note == closing.Asked {
		what = "asked"
	}
	h.answered(w, r, p, q, what, out, err, func(out fault.Outcome) string { return script.NotWithdrawn(out.Code) })
}

// override lets a blocked sheet up in writing.
func (h *handler) override(w http.ResponseWriter, r *http.Request, p place, q calendar.Quarter) {
	out, err := h.written(r, p, "reason", func(reason string) (fault.Outcome, error) {
		return h.Closing.Pass.Do(r.Context(), p.cmd, p.id(), q, reason)
	})
	h.answered(w, r, p, q, "passed", out, err, func(out fault.Outcome) string { return script.Unpassed(out.Code) })
}

// reasonLength is how many characters a form takes for a reason.
const reasonLength = "200"

// short is the beginning of a digest, enough for people to compare.
func short(digest string) string { return digest[:min(12, len(digest))] }
