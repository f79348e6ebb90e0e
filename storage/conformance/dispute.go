package conformance

import (
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/xiangfeng/xiangfeng/domain/calendar"
	"github.com/xiangfeng/xiangfeng/domain/dispute"
	"github.com/xiangfeng/xiangfeng/domain/fault"
	"github.com/xiangfeng/xiangfeng/domain/household"
	"github.com/xiangfeng/xiangfeng/domain/ledger"
	"github.com/xiangfeng/xiangfeng/domain/points"
	"github.com/xiangfeng/xiangfeng/domain/record"
	"github.com/xiangfeng/xiangfeng/domain/script"
	"github.com/xiangfeng/xiangfeng/domain/usecase"
	"github.com/xiangfeng/xiangfeng/domain/usecase/ask"
	"github.com/xiangfeng/xiangfeng/domain/usecase/object"
	recording "github.com/xiangfeng/xiangfeng/domain/usecase/record"
	"github.com/xiangfeng/xiangfeng/storage"
)

func (a acts) cases() usecase.Once[object.CaseTx] {
	return storage.As(a.Store, func(tx *storage.Tx) object.CaseTx { return tx })
}

func (a acts) object(cmd usecase.Command, h household.ID, line int) (fault.Outcome, error) {
	return object.File{Once: a.cases()}.Do(ctx, cmd, object.Objection{Household: h, Year: year, Line: line, Words: "那天我们没有去"})
}

// filed files a dispute of a line and returns its id.
func (a acts) filed(t testing.TB, who household.PersonID, h household.ID, line int, now time.Time) dispute.ID {
	t.Helper()
	return dispute.ID(done(t)(a.object(by(who, now), h, line)).ID)
}

func (a acts) decide(cmd usecase.Command, id dispute.ID, r dispute.Ruling) (fault.Outcome, error) {
	r.Reason = "问过在场的三户人家"
	return object.Decide{Once: a.cases()}.Do(ctx, cmd, id, r)
}

func (a acts) answers() object.Answers { return object.Answers{Once: a.cases()} }

func (a acts) escalate(t testing.TB, at time.Time) object.Escalated {
	t.Helper()
	out, err := object.Escalate{Once: a.cases(), Due: a.DueDisputes}.Do(ctx, at)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func (a acts) disputeOf(t testing.TB, id dispute.ID) script.Dispute {
	t.Helper()
	d, err := a.DisputeOf(ctx, id)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// corrections are how many entries of 红旗村 correct another one.
func (a acts) corrections(t testing.TB) (n int) {
	t.Helper()
	if err := raw(t, a.dsn).QueryRow("SELECT count(*) FROM ledger_entry WHERE kind = 'correction' AND village_id = 1").Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

// told are who was left a notice of an occasion, by person.
func (a acts) told(t testing.TB, occasion string) (people []household.PersonID) {
	t.Helper()
	rows, err := raw(t, a.dsn).Query("SELECT person_id FROM push WHERE occasion = '" + occasion + "' ORDER BY person_id")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		var p household.PersonID
		if err := rows.Scan(&p); err != nil {
			t.Fatal(err)
		}
		people = append(people, p)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return people
}

func same[T comparable](t testing.TB, what string, got []T, want ...T) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Errorf("%s: %v, want %v", what, got, want)
	}
}

// testDispute goes from the filing to the township's decision, with the days of
// the calendar: 30 September 2026 is a Wednesday before a week of holidays, and
// 10 October a Saturday that is worked.
func testDispute(t *testing.T, open Database) {
	a := stage(t, open)
	line := a.earn(t, wangsHome, burning, on(9, 20)) // 钱小组 records, 周书记 confirms: 20 points off
	before := a.account(t, wangsHome, year).Score
	now := on(9, 30)
	out := done(t)(a.object(by(wang, now), wangsHome, line.Line))
	id := dispute.ID(out.ID)
	if out.Note != "1" || out.Day != "2026-10-11" && out.Day != "2026-10-12" {
		t.Errorf("%+v", out)
	}
	if want := calendar.AddWorkingDays(calendar.On(year, 9, 30), 4); out.Day != want.String() {
		t.Errorf("promised %s, want %s", out.Day, want)
	}
	same(t, "of the team", a.told(t, "dispute:1:filed"), leader, deputy, zhao) // not who recorded, nor the household that filed it

	refused(t, fault.Conflict)(a.object(by(wang, now), wangsHome, line.Line))
	refused(t, fault.SamePerson)(a.decide(by(qian, now), id, dispute.Ruling{Stands: true}))
	refused(t, fault.Forbidden)(a.decide(by(officer, now), id, dispute.Ruling{Stands: true}))
	refused(t, fault.NotFound)(a.decide(by(far, now), id, dispute.Ruling{Stands: true}))
	refused(t, fault.NotFound)(a.decide(by(wang, now), id, dispute.Ruling{Stands: true}))

	done(t)(object.Accept{Once: a.cases()}.Do(ctx, by(zhao, now), id))
	refused(t, fault.Conflict)(object.Accept{Once: a.cases()}.Do(ctx, by(deputy, now), id))
	extend := object.Extend{Once: a.cases()}
	refused(t, fault.Invalid)(extend.Do(ctx, by(zhao, now), id, "忙"))
	refused(t, fault.TooLate)(extend.Do(ctx, by(zhao, on(10, 20)), id, "证人外出了，要等他回来"))
	done(t)(extend.Do(ctx, by(zhao, now), id, "证人外出了，要等他回来"))
	refused(t, fault.Conflict)(extend.Do(ctx, by(zhao, now), id, "证人外出了，要等他回来"))
	if d := a.disputeOf(t, id); d.Promised != calendar.AddWorkingDays(calendar.On(year, 9, 30), 7) || d.InvestigatorName != "赵小组" {
		t.Errorf("%+v", d)
	}
	same(t, "extended", a.told(t, "dispute:1:extended"), wang)

	done(t)(a.answers().Nudge(ctx, by(wang, now), id))
	refused(t, fault.TooEarly)(a.answers().Nudge(ctx, by(wang, now.Add(time.Hour)), id))
	refused(t, fault.NotFound)(a.answers().Nudge(ctx, by(widow, now), id))
	same(t, "nudged", a.told(t, "dispute:1:nudged:2026-09-30"), leader, deputy, zhao)

	cmd := by(zhao, on(10, 9))
	facts := done(t)(a.decide(cmd, id, dispute.Ruling{StandsAs: -50}))
	if again := done(t)(a.decide(cmd, id, dispute.Ruling{StandsAs: -50})); again != facts || facts.Need != 1 {
		t.Errorf("decided again: %+v, want %+v", again, facts)
	}
	refused(t, fault.Conflict)(a.decide(by(deputy, on(10, 9)), id, dispute.Ruling{StandsAs: 0}))
	if got := a.account(t, wangsHome, year).Score; got != before+150 || a.corrections(t) != 1 {
		t.Errorf("score %s after %s, %d corrections", got, before, a.corrections(t))
	}
	same(t, "decided", a.told(t, "dispute:1:decided"), wang)

	for _, state := range []string{"waiting", "accepted"} { // a decision that was not sent asks nothing yet
		if _, err := raw(t, a.dsn).Exec("UPDATE push SET state = '" + state + "' WHERE occasion = 'dispute:1:decided'"); err != nil {
			t.Fatal(err)
		}
		waits, err := a.Awaiting(ctx, wang, wangsHome)
		if err != nil || (len(waits) == 1) != (state == "accepted") {
			t.Errorf("%s: %v, %v", state, waits, err)
		}
	}
	refused(t, fault.TooLate)(a.answers().Appeal(ctx, by(wang, on(10, 20)), id, "还是不对"))
	due := done(t)(a.answers().Appeal(ctx, by(wang, on(10, 19)), id, "还是不对")).Day
	if want := calendar.AddWorkingDays(calendar.On(year, 10, 19), 5); due != want.String() {
		t.Errorf("the township has until %s, want %s", due, want)
	}
	same(t, "appealed", a.told(t, "dispute:1:appealed"), officer)
	for _, who := range []household.PersonID{leader, deputy, zhao, qian} {
		refused(t, fault.Forbidden)(a.decide(by(who, on(10, 20)), id, dispute.Ruling{Stands: true}))
	}
	done(t)(a.decide(by(officer, on(10, 20)), id, dispute.Ruling{StandsAs: 0}))
	if got := a.account(t, wangsHome, year).Score; got != before+200 || a.corrections(t) != 2 {
		t.Errorf("score %s after %s, %d corrections", got, before, a.corrections(t))
	}
	refused(t, fault.Conflict)(a.decide(by(officer, on(10, 21)), id, dispute.Ruling{Stands: true}))
	refused(t, fault.Conflict)(a.answers().Agree(ctx, by(wang, on(10, 21)), id))
	same(t, "final", a.told(t, "dispute:1:final"), wang)
	if d := a.disputeOf(t, id); d.State != dispute.Closed || d.StandsAs != 0 || d.Entry.Tenths != -200 || d.FinalName != "张干事" || d.Verdict().Correction == 0 {
		t.Errorf("%+v", d)
	}
	a.intact(t)
}

// intact fails the test where the books do not add up.
func (a acts) intact(t testing.TB) {
	t.Helper()
	if _, damage, err := a.Verify(ctx); err != nil || damage != nil {
		t.Errorf("%+v, %v", damage, err)
	}
}

// testDisputeBarred: nobody decides what they recorded or typed, for kin or their own.
func testDisputeBarred(t *testing.T, open Database) {
	a := stage(t, open)
	now := on(5, 8)
	mine := a.earn(t, zhaosHome, meeting, now)
	own := a.filed(t, zhao, zhaosHome, mine.Line, now)
	refused(t, fault.SamePerson)(a.decide(by(zhao, now), own, dispute.Ruling{Stands: true})) // who filed it
	kins := a.earn(t, kinsHome, meeting, now)
	kin := a.filed(t, kinsman, kinsHome, kins.Line, now)
	refused(t, fault.Kin)(a.decide(by(zhao, now), kin, dispute.Ruling{Stands: true}))
	same(t, "for kin", a.told(t, fmt.Sprintf("dispute:%d:filed", kin)), leader, deputy)

	// 赵小组 types what 钱小组 wrote down on paper.
	req := recording.Request{
		Village: hongqi, Targets: []recording.Target{{Household: wangsHome}}, Item: meeting, On: calendar.DateOf(now), For: qian,
	}
	made := done(t)(recording.Record{Once: a.recording()}.Do(ctx, by(zhao, now), req))
	r, err := a.RecordOf(ctx, record.RecordID(made.ID))
	if err != nil {
		t.Fatal(err)
	}
	typed := done(t)(a.confirm(by(leader, now), int64(r.Events[0].ID)))
	id := a.filed(t, wang, wangsHome, typed.Line, now)
	refused(t, fault.SamePerson)(a.decide(by(qian, now), id, dispute.Ruling{Stands: true}))
	refused(t, fault.SamePerson)(a.decide(by(zhao, now), id, dispute.Ruling{Stands: true}))
	same(t, "typed", a.told(t, fmt.Sprintf("dispute:%d:filed", id)), leader, deputy)
	done(t)(a.decide(by(leader, now), id, dispute.Ruling{Stands: true})) // who confirmed it may

	for _, h := range []household.ID{wangsHome, farHome, bareHome} {
		refused(t, fault.NotFound)(a.object(by(widow, now), h, 2))
	}
	refused(t, fault.NotFound)(a.object(by(wang, now), wangsHome, 77))
	refused(t, fault.Invalid)(a.object(by(wang, now), wangsHome, 1)) // the base
}

// testDisputeDays: a line can be objected to until the thirtieth day after its
// quarter was sealed, and twenty a day.
func testDisputeDays(t *testing.T, open Database) {
	a := stage(t, open)
	first, second := a.earn(t, wangsHome, meeting, on(1, 8)), a.earn(t, wangsHome, meeting, on(1, 9))
	sealed := a.sealQuarter(t, q1)
	o, err := a.Objectable(ctx, wang, wangsHome, year, first.Line, sealed)
	if want := calendar.DateOf(sealed); err != nil || o.Posted.SealedOn != want || o.Posted.PublishedOn.IsZero() || !o.Disputable || o.Line.No != first.Line {
		t.Errorf("%+v, %v", o, err)
	}
	if o, err := a.Objectable(ctx, wang, wangsHome, year, 1, sealed); err != nil || o.Disputable {
		t.Errorf("the base: %+v, %v", o, err)
	}
	last := noon(calendar.DateOf(sealed).AddDays(calendar.DefaultObjectionDays))
	if got := refused(t, fault.TooLate)(a.object(by(wang, last.AddDate(0, 0, 1)), wangsHome, first.Line)); got.Day != calendar.DateOf(last).String() {
		t.Errorf("%+v", got)
	}
	third := a.earn(t, wangsHome, meeting, last)
	late := a.filed(t, wang, wangsHome, first.Line, last)
	before := a.account(t, wangsHome, year).Score
	sheet, err := a.SheetRows(ctx, openid(wang))
	if err != nil {
		t.Fatal(err)
	}
	done(t)(a.decide(by(deputy, last), late, dispute.Ruling{StandsAs: 0})) // 勘误
	after, err := a.SheetRows(ctx, openid(wang))
	if got := a.account(t, wangsHome, year).Score; err != nil || got != before-15 || !slices.Equal(sheet, after) {
		t.Errorf("score %s after %s, sheet %+v after %+v, %v", got, before, after, sheet, err)
	}
	for n := range dispute.PerDay - 1 {
		file := object.File{Once: a.cases()}
		done(t)(file.Do(ctx, by(wang, last), object.Objection{Household: wangsHome, Year: year, Words: fmt.Sprintf("少记了第%d次", n)}))
	}
	refused(t, fault.CapReached)(a.object(by(wang, last), wangsHome, second.Line))
	done(t)(a.object(by(wang, last.Add(12*time.Hour)), wangsHome, third.Line)) // the day after: it counts in a quarter that is open
}

// testDisputeLate: what the village leaves lying goes up once, and the office
// decides for good; what the household leaves unanswered is closed.
func testDisputeLate(t *testing.T, open Database) {
	a := stage(t, open)
	line := a.earn(t, wangsHome, meeting, on(9, 20))
	id := a.filed(t, wang, wangsHome, line.Line, on(9, 30))
	accept := calendar.AddWorkingDays(calendar.On(year, 9, 30), 1)
	for d := calendar.On(year, 9, 30); !d.After(accept); d = d.AddDays(1) {
		if got := a.escalate(t, noon(d)); got != (object.Escalated{}) {
			t.Errorf("on %s: %+v", d, got)
		}
	}
	late := noon(accept.AddDays(1))
	for range 2 { // a run that is repeated counts the same and tells nobody twice
		if got := a.escalate(t, late); got != (object.Escalated{Up: 1}) {
			t.Errorf("%+v", got)
		}
	}
	same(t, "late", a.told(t, "dispute:1:late"), officer, wang)
	if got := a.escalate(t, late.AddDate(0, 0, 1)); got != (object.Escalated{}) {
		t.Errorf("the day after: %+v", got)
	}
	up, err := a.DisputesUp(ctx, 1)
	if err != nil || len(up) != 1 || up[0].ID != id {
		t.Errorf("%+v, %v", up, err)
	}
	done(t)(a.decide(by(officer, late), id, dispute.Ruling{StandsAs: 0}))
	refused(t, fault.Conflict)(a.answers().Appeal(ctx, by(wang, late), id, "还是不对"))

	other := a.earn(t, widowsHome, meeting, on(9, 21))
	kept := a.filed(t, widow, widowsHome, other.Line, on(10, 12))
	done(t)(a.decide(by(deputy, on(10, 13)), kept, dispute.Ruling{Stands: true}))
	if got := a.escalate(t, on(10, 23)); got != (object.Escalated{}) {
		t.Errorf("on the last day: %+v", got)
	}
	if got := a.escalate(t, on(10, 24)); got != (object.Escalated{Closed: 1}) {
		t.Errorf("%+v", got)
	}
	refused(t, fault.Conflict)(a.answers().Appeal(ctx, by(widow, on(10, 24)), kept, "还是不对"))

	third := a.earn(t, sonsHome, meeting, on(9, 22))
	appealed := a.filed(t, widow, sonsHome, third.Line, on(10, 12))
	done(t)(a.decide(by(deputy, on(10, 13)), appealed, dispute.Ruling{Stands: true}))
	done(t)(a.answers().Appeal(ctx, by(widow, on(10, 13)), appealed, "还是不对"))
	if got := a.escalate(t, on(10, 20)); got != (object.Escalated{}) {
		t.Errorf("on the township's last day: %+v", got)
	}
	if got := a.escalate(t, on(10, 21)); got != (object.Escalated{Overdue: 1}) {
		t.Errorf("%+v", got)
	}
	same(t, "overdue", a.told(t, fmt.Sprintf("dispute:%d:overdue", appealed)), officer)
}

// testOneDecisionOfADispute: many decide at once, with keys of their own and
// with the same, while the line is corrected otherwise and the quarter is sealed:
// one decides, and the line is corrected by what was decided and no more.
func testOneDecisionOfADispute(t *testing.T, open Database) {
	a := stage(t, open)
	line := a.earn(t, wangsHome, burning, on(6, 20))
	published := calendar.NthWorkingDay(q2.Next().First(), 1)
	for _, q := range []calendar.Quarter{q1} {
		a.sealQuarter(t, q)
	}
	done(t)(a.publish(by(leader, noon(published)), hongqi, q2, signed))
	seal := noon(calendar.SealFrom(published))
	id := a.filed(t, wang, wangsHome, line.Line, seal)
	contested, err := a.contested(t, q2)
	same(t, "contested", contested, ledger.Seq(line.Seq))
	if err != nil {
		t.Fatal(err)
	}
	before := a.account(t, wangsHome, year).Score
	var wg sync.WaitGroup
	var decided sync.Map
	cmds := []usecase.Command{by(zhao, seal), by(deputy, seal), by(leader, seal)}
	for n := range 12 {
		wg.Go(func() {
			out, err := a.decide(cmds[n%3], id, dispute.Ruling{StandsAs: -50})
			if err != nil {
				t.Error(err)
			}
			if out.Code == fault.Done {
				decided.Store(cmds[n%3].Actor, true)
			}
		})
	}
	wg.Go(func() { done(t)(a.seal(by(0, seal), hongqi, q2)) })
	wg.Wait()
	n := 0
	decided.Range(func(any, any) bool { n++; return true })
	if got := a.account(t, wangsHome, year).Score; n != 1 || got != before+150 || a.corrections(t) != 1 {
		t.Errorf("%d decided, score %s after %s, %d corrections", n, got, before, a.corrections(t))
	}
	if after, err := a.contested(t, q2); err != nil || len(after) != 1 { // decided, and not answered yet
		t.Errorf("%v, %v", after, err)
	}
	a.intact(t)
}

func (a acts) contested(t testing.TB, q calendar.Quarter) (lines []ledger.Seq, err error) {
	t.Helper()
	_, err = storage.As(a.Store, func(tx *storage.Tx) *storage.Tx { return tx })(ctx, by(0, on(1, 1)), func(tx *storage.Tx) (_ fault.Outcome, err error) {
		lines, err = tx.Contested(hongqi, q)
		return fault.Outcome{Code: fault.Done}, err
	})
	return lines, err
}

// testDecideCorrected: a line that was corrected otherwise meanwhile stands as
// decided, not more.
func testDecideCorrected(t *testing.T, open Database) {
	a := stage(t, open)
	now := on(5, 8)
	for _, test := range []struct {
		home     household.ID
		who      household.PersonID
		stands   points.Tenths
		entries  int
		unmoving bool
	}{
		{wangsHome, wang, 0, 0, false},     // corrected to what is decided already
		{widowsHome, widow, -50, 1, false}, // and to something else
		{sonsHome, widow, 0, 0, true},      // the decision leaves it as it was corrected
	} {
		line := a.earn(t, test.home, burning, now)
		base := a.account(t, test.home, year).Score + 200
		id := a.filed(t, test.who, test.home, line.Line, now)
		done(t)(a.correct(by(leader, now), hongqi, line.Seq, test.stands*0))
		before := a.corrections(t)
		facts := done(t)(a.decide(by(deputy, now), id, dispute.Ruling{Stands: test.unmoving, StandsAs: test.stands}))
		if got := a.account(t, test.home, year).Score; got != base+test.stands || a.corrections(t) != before+test.entries || (facts.Seq != 0) != (test.entries > 0) {
			t.Errorf("%+v: score %s of %s, %d more corrections, %+v", test, got, base, a.corrections(t)-before, facts)
		}
	}
	a.intact(t)
}

// testInvestigation: forty households of one record dispute it; one decision,
// one reason, and each its own reply, clock and correction. Whom the decider
// may not decide for waits for a colleague, and who had less left under its cap too.
func testInvestigation(t *testing.T, open Database) {
	a := stage(t, open)
	now := on(5, 8)
	homes := []household.ID{wangsHome, widowsHome, sonsHome, kinsHome, leadersHome, deputysHome}
	people := []household.PersonID{wang, widow, widow, kinsman, leader, deputy}
	for n := range 34 {
		h, p := household.ID(100+n), household.PersonID(100+n)
		a.settle(t, h, p, n)
		homes, people = append(homes, h), append(people, p)
	}
	targets := make([]recording.Target, len(homes))
	for i, h := range homes {
		targets[i] = recording.Target{Household: h}
	}
	made := done(t)(recording.Record{Once: a.recording()}.Do(ctx, by(qian, now), recording.Request{
		Village: hongqi, Targets: targets, Item: burning, On: calendar.DateOf(now),
	}))
	r, err := a.RecordOf(ctx, record.RecordID(made.ID))
	if err != nil || len(r.Events) != len(homes) {
		t.Fatalf("%d events, %v", len(r.Events), err)
	}
	lines := map[household.ID]int{}
	for _, e := range r.Events {
		who := leader
		if e.Home.ID == leadersHome {
			who = deputy
		}
		lines[e.Home.ID] = done(t)(a.confirm(by(who, now), int64(e.ID))).Line
	}
	var ids []dispute.ID
	for i, h := range homes {
		ids = append(ids, a.filed(t, people[i], h, lines[h], now.AddDate(0, 0, i%3)))
	}
	at := now.AddDate(0, 0, 4)
	if got := a.disputeOf(t, ids[0]); got.Same != len(homes)-1 {
		t.Errorf("%d others", got.Same)
	}
	// 赵小组 is kin to 赵表弟.
	if out := done(t)(a.decide(by(zhao, at), ids[7], dispute.Ruling{StandsAs: -100})); out.Need != int64(len(homes)-1) {
		t.Errorf("%d were decided", out.Need)
	}
	for i, h := range homes {
		d := a.disputeOf(t, ids[i])
		open := h == kinsHome
		want := points.Base - 100
		if open {
			want = points.Base - 200
		}
		if got := a.account(t, h, year).Score; got != want || (d.State == dispute.Filed) != open || !open && d.Decision.Reason != "问过在场的三户人家" {
			t.Errorf("household %d: %s, %s", h, got, d.State)
		}
		if told := a.told(t, fmt.Sprintf("dispute:%d:decided", d.ID)); (len(told) == 1) == open {
			t.Errorf("household %d: told %v", h, told)
		}
	}
	if a.corrections(t) != len(homes)-1 {
		t.Errorf("%d corrections", a.corrections(t))
	}
	done(t)(a.decide(by(deputy, at), ids[3], dispute.Ruling{StandsAs: -100}))
	// Each answers for itself.
	done(t)(a.answers().Agree(ctx, by(wang, at), ids[0]))
	if d := a.disputeOf(t, ids[1]); d.State != dispute.Decided {
		t.Errorf("%s", d.State)
	}
	a.intact(t)
}

// settle adds a household of 红旗村 with somebody bound to it and its account.
func (a acts) settle(t testing.TB, h household.ID, p household.PersonID, n int) {
	t.Helper()
	for _, sql := range []string{
		fmt.Sprintf("INSERT INTO household (id, village_id, number, head, state, joined) VALUES (%d, 1, 'HQ-%04d', '户主%d', 'active', '2025-03-01')", h, h, n),
		fmt.Sprintf("INSERT INTO person (id, openid, name, current_household, heard, version) VALUES (%d, 'o-%d', '户主%d', %d, '', 1)", p, p, n, h),
		fmt.Sprintf("INSERT INTO member (household_id, name, phone, person_id, erased) VALUES (%d, '户主%d', '', %d, FALSE)", h, n, p),
	} {
		if _, err := raw(t, a.dsn).Exec(sql); err != nil {
			t.Fatal(err)
		}
	}
	done(t)(storage.As(a.Store, func(tx *storage.Tx) *storage.Tx { return tx })(ctx, by(0, on(1, 1)), func(tx *storage.Tx) (_ fault.Outcome, err error) {
		head, err := tx.Head(hongqi)
		if err != nil {
			return fault.Outcome{}, err
		}
		account := ledger.Account{Household: h, Village: hongqi, Year: year, State: ledger.Open}
		if account.ID, err = tx.AddAccount(account); err != nil {
			return fault.Outcome{}, err
		}
		posted, err := ledger.Post(head, account, ledger.Progress{}, ledger.Start(calendar.On(year, 1, 1)), on(1, 1))
		if err != nil {
			return fault.Outcome{}, err
		}
		return fault.Outcome{Code: fault.Done}, tx.Keep(posted)
	}))
}

// testHelperDisputes: a helper files, logged and told; what others filed is not theirs.
func testHelperDisputes(t *testing.T, open Database) {
	a := stage(t, open)
	now := on(5, 8)
	line := a.earn(t, wangsHome, meeting, now)
	refused(t, fault.NotFound)(a.object(by(newcomer, now), wangsHome, line.Line))
	helper := fmt.Sprintf(`INSERT INTO helper (household_id, of_household, person_id, asked_by, state, asked_at, until)
		VALUES (%d, %d, %d, %d, 'accepted', '2026-05-01 00:00:00', '2027-05-01')`, wangsHome, newHome, newcomer, wang)
	if _, err := raw(t, a.dsn).Exec(helper); err != nil {
		t.Fatal(err)
	}
	me, err := a.Me(ctx, newcomer)
	if err != nil || len(me.Helped) != 1 || me.Helped[0].Home.ID != wangsHome || me.Helped[0].Until.String() != "2027-05-01" {
		t.Errorf("whom the newcomer helps: %+v, %v", me.Helped, err)
	}
	if me, err = a.Me(ctx, wang); err != nil || len(me.Helped) != 0 {
		t.Errorf("who is helped helps nobody: %+v, %v", me.Helped, err)
	}
	id := a.filed(t, newcomer, wangsHome, line.Line, now)
	d := a.disputeOf(t, id)
	if !d.ByHelper || d.FiledBy != newcomer {
		t.Errorf("%+v", d)
	}
	same(t, "filed by a helper", a.told(t, "dispute:1:filed"), leader, deputy, zhao, wang)
	log, err := a.HelperLog(ctx, openid(wang), 5)
	if err != nil || len(log) != 1 || log[0].What != "disputed" {
		t.Errorf("%+v, %v", log, err)
	}
	for _, h := range []household.ID{newHome, wangsHome} {
		who := newcomer
		if h == wangsHome {
			who = wang
		}
		if all, err := a.Cases(ctx, who, h, now); err != nil || len(all) != 1 {
			t.Errorf("%v, %v", all, err)
		}
	}
	if _, err := a.Objectable(ctx, newcomer, wangsHome, year, line.Line, now); err != nil {
		t.Error(err)
	}
	if _, err := a.Objectable(ctx, newcomer, wangsHome, year, line.Line, on(5, 2).AddDate(1, 0, 0)); fault.CodeOf(err) != fault.NotFound {
		t.Errorf("a helper of last year: %v", err)
	}
	second := a.earn(t, wangsHome, meeting, now)
	other := a.filed(t, wang, wangsHome, second.Line, now)
	refused(t, fault.NotFound)(a.answers().Withdraw(ctx, by(newcomer, now), other))
	done(t)(a.answers().Withdraw(ctx, by(newcomer, now), id))
	if lines, err := a.Lines(ctx, ask.Query{OpenID: openid(wang), Year: year, Limit: 10}); err != nil || lines.Lines[0].Mark != script.Contested || lines.Lines[1].Mark != script.Unmarked {
		t.Errorf("%+v, %v", lines, err)
	}
}

// testDisputePhotos: only pictures that the actor handed in go with it, and they
// are shown where they belong.
func testDisputePhotos(t *testing.T, open Database) {
	a := stage(t, open)
	now := on(5, 8)
	line := a.earn(t, wangsHome, meeting, now)
	mine := done(t)(a.keeps(by(wang, now), hongqi, shot(1, 0))).Note
	theirs := done(t)(a.keeps(by(deputy, now), hongqi, shot(2, 1<<40))).Note
	file := func(photo string) (fault.Outcome, error) {
		return object.File{Once: a.cases()}.Do(ctx, by(wang, now), object.Objection{
			Household: wangsHome, Year: year, Line: line.Line, Words: "那天我们没有去", Photos: []record.PhotoHash{record.PhotoHash(photo)},
		})
	}
	refused(t, fault.Invalid)(file(theirs))
	id := dispute.ID(done(t)(file(mine)).ID)
	refused(t, fault.Invalid)(a.decide(by(deputy, now), id, dispute.Ruling{Stands: true, Photos: []record.PhotoHash{record.PhotoHash(mine)}}))
	done(t)(a.decide(by(deputy, now), id, dispute.Ruling{Stands: true, Photos: []record.PhotoHash{record.PhotoHash(theirs)}}))
	d := a.disputeOf(t, id)
	same(t, "of the words", d.Photos, record.PhotoHash(mine))
	same(t, "of the decision", d.Decision.Photos, record.PhotoHash(theirs))
}
