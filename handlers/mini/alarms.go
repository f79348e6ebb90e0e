package mini

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/xiangfeng/xiangfeng/domain/alarm"
	"github.com/xiangfeng/xiangfeng/domain/calendar"
	"github.com/xiangfeng/xiangfeng/domain/fault"
	"github.com/xiangfeng/xiangfeng/domain/household"
	"github.com/xiangfeng/xiangfeng/domain/script"
	"github.com/xiangfeng/xiangfeng/domain/usecase"
	"github.com/xiangfeng/xiangfeng/domain/usecase/supervise"
	"github.com/xiangfeng/xiangfeng/domain/usecase/tell"
	"github.com/xiangfeng/xiangfeng/domain/village"
	"github.com/xiangfeng/xiangfeng/handlers/web"
)

// Supervision is what looks wrong about quarters, and what becomes of it.
type Supervision struct {
	Look  supervise.Look
	Close supervise.Close
	Pass  supervise.Pass
	Read  Supervised
}

// SupervisionOf is supervision over one kind of transaction.
func SupervisionOf(once usecase.Once[supervise.Tx], read Supervised) Supervision {
	return Supervision{supervise.Look{Once: once}, supervise.Close{Once: once}, supervise.Pass{Once: once}, read}
}

// Supervised reads it. What is not there is NotFound.
type Supervised interface {
	// Unlooked tells whether a look at the quarter would change its cases.
	Unlooked(ctx context.Context, v village.ID, q calendar.Quarter, now time.Time) (bool, error)
	// Supervised tells whether the quarter's sheet to come is blocked, and whether
	// the township has overridden that.
	Supervised(ctx context.Context, v village.ID, q calendar.Quarter, now time.Time) (blocked, overridden bool, err error)
	AlarmOf(context.Context, alarm.ID) (alarm.Case, error)
	AlarmsOf(context.Context, village.ID, calendar.Quarter) ([]script.Alarm, error)
	OverrideOf(context.Context, village.ID, calendar.Quarter) (alarm.Override, error)
	// ExceptionsOf are a township's of a month, as of a day.
	ExceptionsOf(ctx context.Context, t village.TownshipID, m calendar.Month, asOf calendar.Date) (script.Exceptions, error)
}

// alarming registers supervision.
func (a *API) alarming() {
	on(a, http.MethodGet, "/villages/{id}/quarters/{quarter}/alarms", "what looks wrong about a quarter before it is published", a.alarms)
	on(a, http.MethodPost, "/alarms/{id}/close", "close an alarm with an outcome", a.closeAlarm)
	on(a, http.MethodPost, "/villages/{id}/quarters/{quarter}/override", "let a blocked quarter up in writing", a.override)
	on(a, http.MethodGet, "/townships/{id}/summary", "a month's exceptions", a.summary)
}

type alarmLineBody struct {
	ID        string   `json:"id"`
	Household homeBody `json:"household"`
	Item      string   `json:"item"`
	Points    string   `json:"points"`
	On        string   `json:"on"`
	Recorder  string   `json:"recorder"`
}

type alarmBody struct {
	ID         string          `json:"id"`
	Kind       string          `json:"kind" enum:"averaging,kin,deviation,batches,photo_reused,photo_day,bulk,unvisited"`
	Title      string          `json:"title"`
	Text       string          `json:"text" doc:"what was found, and what to do"`
	Blocks     bool            `json:"blocks" doc:"nothing is published until the township overrides"`
	Lines      []alarmLineBody `json:"lines" doc:"events behind it, a hundred at most"`
	Homes      []homeBody      `json:"homes" doc:"households behind one that is not about events"`
	FoundAt    time.Time       `json:"found_at"`
	State      string          `json:"state" enum:"open,past,closed"`
	StateWords string          `json:"state_words"`
	Outcome    string          `json:"outcome" enum:"explained,corrected,suspended,"`
	Words      string          `json:"words"`
	ClosedBy   string          `json:"closed_by"`
	MayClose   bool            `json:"may_close"`
	MaySuspend bool            `json:"may_suspend" doc:"the township alone"`
	WhyNot     string          `json:"why_not" doc:"why the caller may not close it, where that needs words"`
}

type alarmsBody struct {
	Alarms   []alarmBody   `json:"alarms" doc:"open ones first, the gravest first"`
	Override *overrideBody `json:"override"`
}

type overrideBody struct {
	Reason string    `json:"reason"`
	At     time.Time `json:"at"`
}

func (a *API) alarms(ctx context.Context, c caller, in *quarterInput) (alarmsBody, error) {
	v, q, err := a.quarterFor(ctx, c, in.ID, in.Quarter, usecase.SeeAlarms)
	if err != nil {
		return alarmsBody{}, err
	}
	if err := a.lookAt(ctx, c, v.ID, q); err != nil {
		return alarmsBody{}, err
	}
	all, err := a.Supervision.Read.AlarmsOf(ctx, v.ID, q)
	if err != nil {
		return alarmsBody{}, err
	}
	body := alarmsBody{Alarms: []alarmBody{}}
	for _, one := range all {
		body.Alarms = append(body.Alarms, a.alarmBody(c.held.Staff, v, one))
	}
	o, err := a.Supervision.Read.OverrideOf(ctx, v.ID, q)
	if fault.CodeOf(err) == fault.NotFound {
		return body, nil
	}
	body.Override = &overrideBody{o.Reason, o.At}
	return body, err
}

// lookAt brings the cases of a quarter up to what there is now. It writes only
// where they change.
func (a *API) lookAt(ctx context.Context, c caller, v village.ID, q calendar.Quarter) error {
	cmd := usecase.Command{Key: fmt.Sprintf("look/%d/%s/%d", v, q, c.cmd.Now.UnixNano()), Now: c.cmd.Now}
	return a.Supervision.Look.Refresh(ctx, cmd, v, q, a.Supervision.Read.Unlooked)
}

func (a *API) alarmBody(s household.Staff, v village.Village, one script.Alarm) alarmBody {
	body := alarmBody{
		ID: a.IDs.Seal(web.Alarm, int64(one.ID)), Kind: string(one.Kind), Title: script.AlarmName(one.Kind), Text: script.AlarmText(one), Blocks: one.Blocks,
		Lines: []alarmLineBody{}, Homes: []homeBody{}, FoundAt: one.FoundAt, State: string(one.State), StateWords: script.AlarmState(one.Case),
		Outcome: string(one.Outcome), Words: one.Words, ClosedBy: one.Closer,
	}
	for _, l := range one.Lines {
		body.Lines = append(body.Lines, alarmLineBody{
			a.IDs.Seal(web.Event, int64(l.Event)), a.home(l.Home), l.Title, l.Tenths.Signed(), l.On.String(), l.Recorder,
		})
	}
	for _, h := range one.Visit {
		body.Homes = append(body.Homes, a.home(h))
	}
	why, _ := fault.Settle(one.MayClose(s, v))
	body.MayClose = why.Code == ""
	body.MaySuspend = body.MayClose && s.Holds(v, household.Officer)
	if one.State != alarm.Closed {
		body.WhyNot = script.Unclosed(why.Code, why.Facts)
	}
	return body
}

type closeAlarmInput struct {
	ID   string `path:"id" maxLength:"64"`
	Body struct {
		Outcome string `json:"outcome" enum:"explained,corrected,suspended"`
		Words   string `json:"words" maxLength:"200"`
	}
}

func (a *API) closeAlarm(ctx context.Context, c caller, in *closeAlarmInput) (okBody, error) {
	n, known := a.IDs.Open(web.Alarm, in.ID)
	if !known {
		return okBody{}, web.NotFound()
	}
	one, err := a.Supervision.Read.AlarmOf(ctx, alarm.ID(n))
	if err != nil {
		return okBody{}, err
	}
	if _, err := a.inVillage(ctx, c, one.Village, usecase.Confirm); err != nil {
		return okBody{}, err
	}
	words := strings.TrimSpace(in.Body.Words)
	if err := a.clean(ctx, c, words); err != nil {
		return okBody{}, err
	}
	out, err := a.Supervision.Close.Do(ctx, c.cmd, one.ID, alarm.Outcome(in.Body.Outcome), words)
	_, err = cured(out, err, script.Unclosed(out.Code, out.Facts))
	return okBody{true}, err
}

type overrideInput struct {
	ID      string `path:"id" maxLength:"64"`
	Quarter string `path:"quarter" pattern:"^2[0-9]{3}Q[1-4]$" maxLength:"6" doc:"such as 2026Q3"`
	Body    struct {
		Reason string `json:"reason" maxLength:"200"`
	}
}

func (a *API) override(ctx context.Context, c caller, in *overrideInput) (okBody, error) {
	v, q, err := a.quarterFor(ctx, c, in.ID, in.Quarter, usecase.Consent)
	if err != nil {
		return okBody{}, err
	}
	reason := strings.TrimSpace(in.Body.Reason)
	if err := a.clean(ctx, c, reason); err != nil {
		return okBody{}, err
	}
	out, err := a.Supervision.Pass.Do(ctx, c.cmd, v.ID, q, reason)
	_, err = cured(out, err, script.Unpassed(out.Code))
	return okBody{true}, err
}

type summaryInput struct {
	ID    string `path:"id" maxLength:"64"`
	Month string `query:"month" maxLength:"7" doc:"such as 2026-10; the month before this one where left out"`
}

type summaryLineBody struct {
	Text    string `json:"text"`
	Village string `json:"village"`
}

type summarySectionBody struct {
	Kind  string            `json:"kind" enum:"late,disputes,unvisited,averaging,overrides,untold"`
	Title string            `json:"title"`
	Lines []summaryLineBody `json:"lines"`
}

type summaryBody struct {
	Month    string               `json:"month"`
	Township string               `json:"township"`
	Sections []summarySectionBody `json:"sections"`
	Text     string               `json:"text" doc:"as it was pushed"`
}

func (a *API) summary(ctx context.Context, c caller, in *summaryInput) (summaryBody, error) {
	t, err := a.township(c, in.ID)
	if err != nil {
		return summaryBody{}, err
	}
	today := calendar.DateOf(c.cmd.Now)
	month, err := in.month(today)
	if err != nil {
		return summaryBody{}, err
	}
	e, err := a.Supervision.Read.ExceptionsOf(ctx, t, month, tell.AsOf(month, today))
	body := summaryBody{Month: month.String(), Township: e.Place, Sections: []summarySectionBody{}, Text: script.Summary(e)}
	for _, s := range e.Sections {
		section := summarySectionBody{Kind: string(s.Kind), Title: s.Title(), Lines: []summaryLineBody{}}
		for _, l := range s.Lines {
			section.Lines = append(section.Lines, summaryLineBody{l.Text(s.Kind), a.IDs.Seal(web.Village, int64(l.Village))})
		}
		body.Sections = append(body.Sections, section)
	}
	return body, err
}

// month is the month that is asked for, or the one before this one.
func (in summaryInput) month(today calendar.Date) (calendar.Month, error) {
	if in.Month == "" {
		return calendar.MonthOf(today).Prev(), nil
	}
	first, err := calendar.ParseDate(in.Month + "-01")
	if err != nil || first.After(today) {
		return calendar.Month{}, web.Invalid()
	}
	return calendar.MonthOf(first), nil
}
