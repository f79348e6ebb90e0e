package conformance

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/xiangfeng/xiangfeng/domain/alarm"
	"github.com/xiangfeng/xiangfeng/domain/calendar"
	"github.com/xiangfeng/xiangfeng/domain/fault"
	"github.com/xiangfeng/xiangfeng/domain/household"
	"github.com/xiangfeng/xiangfeng/domain/notice"
	"github.com/xiangfeng/xiangfeng/domain/points"
	"github.com/xiangfeng/xiangfeng/domain/quarter"
	"github.com/xiangfeng/xiangfeng/domain/record"
	"github.com/xiangfeng/xiangfeng/domain/script"
	"github.com/xiangfeng/xiangfeng/domain/usecase"
	closing "github.com/xiangfeng/xiangfeng/domain/usecase/close"
	"github.com/xiangfeng/xiangfeng/domain/usecase/supervise"
	"github.com/xiangfeng/xiangfeng/domain/usecase/tell"
	"github.com/xiangfeng/xiangfeng/storage"
)

func (a acts) supervising() usecase.Once[supervise.Tx] {
	return storage.As(a.Store, func(tx *storage.Tx) supervise.Tx { return tx })
}

func (a acts) inspect(t testing.TB, now time.Time, q calendar.Quarter) fault.Facts {
	t.Helper()
	return done(t)(supervise.Look{Once: a.supervising()}.Do(ctx, by(0, now), hongqi, q))
}

func (a acts) closeAlarm(cmd usecase.Command, id alarm.ID, with alarm.Outcome, words string) (fault.Outcome, error) {
	return supervise.Close{Once: a.supervising()}.Do(ctx, cmd, id, with, words)
}

func (a acts) pass(cmd usecase.Command, q calendar.Quarter, reason string) (fault.Outcome, error) {
	return supervise.Pass{Once: a.supervising()}.Do(ctx, cmd, hongqi, q, reason)
}

func (a acts) alarms(t testing.TB, q calendar.Quarter) []script.Alarm {
	t.Helper()
	all, err := a.AlarmsOf(ctx, hongqi, q)
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func (a acts) seen(t testing.TB, q calendar.Quarter, now time.Time) (s alarm.Seen) {
	t.Helper()
	_, err := storage.As(a.Store, func(tx *storage.Tx) *storage.Tx { return tx })(ctx, by(0, now), func(tx *storage.Tx) (_ fault.Outcome, err error) {
		s, err = tx.Seen(hongqi, q, now)
		return fault.Settle(err)
	})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// pushed are the notices of a kind, as person and scope and occasion.
func (a acts) pushed(t testing.TB, kind string) []string {
	t.Helper()
	db := raw(t, a.dsn)
	rows, err := db.Query(fmt.Sprintf("SELECT person_id, scope, occasion FROM push WHERE kind = '%s' ORDER BY person_id, occasion", kind))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = rows.Close() }()
	var out []string
	for rows.Next() {
		var p int64
		var scope, occasion string
		if err := rows.Scan(&p, &scope, &occasion); err != nil {
			t.Fatal(err)
		}
		out = append(out, fmt.Sprintf("%d %s %s", p, scope, occasion))
	}
	return out
}

// everyHome are the households of 红旗村 but for the recorder's own.
var everyHome = []household.ID{leadersHome, deputysHome, zhaosHome, shopsHome, wangsHome, widowsHome, sonsHome, kinsHome}

// alike gives everybody but 钱小组's the same on the quarter's last evening.
func (a acts) alike(t testing.TB) {
	t.Helper()
	for _, h := range everyHome {
		done(t)(a.record(by(qian, on(9, 29)), h, meeting))
		done(t)(a.record(by(qian, on(9, 29)), h, cleanup))
	}
}

// testSeen shows that what supervision looks at is the quarter as it would go up.
func testSeen(t *testing.T, database Database) {
	a := stage(t, database)
	a.earn(t, wangsHome, meeting, on(5, 4))
	a.sealQuarter(t, q2)
	line := a.earn(t, wangsHome, cleanup, on(8, 4))
	done(t)(a.correct(by(deputy, on(8, 5)), hongqi, line.Seq, 5))
	gone := a.earn(t, sonsHome, cleanup, on(8, 6))
	done(t)(a.correct(by(deputy, on(8, 7)), hongqi, gone.Seq, 0))
	late := done(t)(a.recordOn(by(zhao, on(8, 8)), wangsHome, meeting, calendar.On(year, 6, 20)))
	rejected := done(t)(a.record(by(zhao, on(8, 8)), widowsHome, meeting))
	done(t)(a.reject(by(leader, on(8, 9)), rejected.ID, "没有来"))
	done(t)(a.record(by(zhao, on(10, 2)), widowsHome, meeting)) // of the next quarter
	done(t)(a.visit(by(zhao, on(7, 5)), homes(wangsHome)[0], calendar.On(year, 7, 5)))
	s := a.seen(t, q3, on(10, 3))
	if len(s.Homes) != 10 || len(s.Homes[5].Before) != 1 || s.Homes[5].Before[0] != 15 {
		t.Errorf("homes %+v", s.Homes)
	}
	got := map[household.ID][]points.Tenths{}
	for _, e := range s.Events {
		got[e.Household] = append(got[e.Household], e.Tenths)
	}
	if len(s.Events) != 2 || !slices.Equal(got[wangsHome], []points.Tenths{15, 5}) || s.Events[0].ID != record.ID(late.ID) || s.Events[1].Confirmer != leader || s.Events[1].Item != cleanup {
		t.Errorf("events %+v", s.Events)
	}
	if len(s.Visits) != 1 || s.Visits[0].By != zhao || s.Visits[0].On != calendar.On(year, 7, 5) {
		t.Errorf("visits %+v", s.Visits)
	}
	team := map[household.PersonID][]household.ID{}
	for _, r := range s.Team {
		team[r.Person] = r.Households
	}
	if len(team) != 4 || !slices.Equal(team[zhao], []household.ID{zhaosHome}) || !s.Kin.Related(team[zhao], kinsHome) || s.Kin.Related(team[qian], kinsHome) {
		t.Errorf("team %+v", s.Team)
	}
}

// testReused shows when a picture stands elsewhere: not where more of one deed
// was recorded with it, nor where its record was mended.
func testReused(t *testing.T, database Database) {
	a := stage(t, database)
	day := calendar.On(year, 7, 10)
	sweep := a.handIn(t, "a1", qian, hongqi)
	other := a.handIn(t, "b2", qian, hongqi)
	run(t, raw(t, a.dsn), fmt.Sprintf("UPDATE photo SET near = 65535, taken_at = '2026-07-11 02:00:00+00:00' WHERE hash = '%s'", other))
	shown := func(req supervisedRequest) fault.Facts {
		r := swept(req.day, req.homes...)
		r.Evidence = []record.Evidence{{Proof: "photo", Photo: req.photo}}
		return done(t)(a.report(by(qian, noon(req.day)), r))
	}
	shown(supervisedRequest{day, sweep, []household.ID{wangsHome}})
	shown(supervisedRequest{day, sweep, []household.ID{widowsHome}}) // the rest of the same day
	shown(supervisedRequest{day.AddDays(1), other, []household.ID{sonsHome}})
	count := func() (n int) {
		for _, e := range a.seen(t, q3, on(10, 3)).Events {
			if len(e.Photos) != 1 {
				t.Errorf("%+v", e)
			}
			if e.Reused {
				n++
			}
			if e.Photos[0] == other && e.TakenOn != calendar.On(year, 7, 11) {
				t.Errorf("taken on %s", e.TakenOn)
			}
		}
		return n
	}
	if n := count(); n != 0 {
		t.Errorf("%d pictures stand elsewhere", n)
	}
	shown(supervisedRequest{day.AddDays(20), sweep, []household.ID{shopsHome}})
	if n := count(); n != 3 {
		t.Errorf("%d events have a picture of another day; want 3", n)
	}
}

type supervisedRequest struct {
	day   calendar.Date
	photo record.PhotoHash
	homes []household.ID
}

// testSupervision follows an averaging alarm from the look to the override.
func testSupervision(t *testing.T, database Database) {
	a := stage(t, database)
	a.alike(t)
	if facts := a.inspect(t, on(9, 30), q3); facts.ID != 0 {
		t.Errorf("a quarter that is not over is looked at: %+v", facts)
	}
	now := on(10, 2)
	if facts := a.inspect(t, now, q3); facts.ID == 0 || facts.Seq != 2 {
		t.Fatalf("%+v; want the leader and the officer told", facts)
	}
	want := []string{
		fmt.Sprintf("%d village:%d alarm:2026Q3:averaging", leader, hongqi),
		fmt.Sprintf("%d village:%d alarm:2026Q3:averaging", officer, hongqi),
	}
	if got := a.pushed(t, "alarm"); !slices.Equal(got, want) {
		t.Errorf("told %q, want %q", got, want)
	}
	if facts := a.inspect(t, now.Add(time.Hour), q3); facts.ID != 0 || facts.Seq != 0 {
		t.Errorf("the second look opens again: %+v", facts)
	}
	if left, err := a.Unlooked(ctx, hongqi, q3, now); left || err != nil {
		t.Errorf("%v, %v", left, err)
	}
	first := a.alarms(t, q3)[0]
	if first.Kind != alarm.Averaging || !first.Blocks || first.Facts.Count != 8 || len(first.Lines) != 16 || first.Lines[0].Title == "" || first.Lines[0].Home.Number != "HQ-0001" || first.Lines[0].Recorder != "钱小组" {
		t.Errorf("%+v", first)
	}
	refused(t, fault.Forbidden)(a.closeAlarm(by(zhao, now), first.ID, alarm.Explained, "大家都来了"))
	refused(t, fault.NotFound)(a.closeAlarm(by(leader, now), 999, alarm.Explained, "大家都来了"))
	refused(t, fault.NotFound)(a.closeAlarm(by(farLeader, now), first.ID, alarm.Explained, "大家都来了"))
	refused(t, fault.Blocked)(a.closeAlarm(by(leader, now), first.ID, alarm.Corrected, "逐条看过了"))
	refused(t, fault.Forbidden)(a.pass(by(leader, now), q3, "全村抢险，核实属实"))
	refused(t, fault.Conflict)(a.pass(by(officer, now), q4, "全村抢险，核实属实"))
	done(t)(a.pass(by(officer, now), q3, "全村抢险，核实属实"))
	refused(t, fault.Conflict)(a.pass(by(officer, now), q3, "全村抢险，再说一遍"))
	if o, err := a.OverrideOf(ctx, hongqi, q3); err != nil || o.Reason != "全村抢险，核实属实" || o.By != officer || o.Edition != 1 {
		t.Errorf("%+v, %v", o, err)
	}
	done(t)(a.closeAlarm(by(leader, now), first.ID, alarm.Explained, "全村抢险，都到场"))
	refused(t, fault.Conflict)(a.closeAlarm(by(leader, now), first.ID, alarm.Explained, "全村抢险，都到场"))
	closed := a.alarms(t, q3)
	last := closed[len(closed)-1]
	if last.State != alarm.Closed || last.Closer != "周书记" || len(last.Lines) != 16 {
		t.Errorf("%+v", last)
	}
	a.sound(t)
}

// testAlarmCorrected shows that lines behind a case count as gone through when
// none waits and one was changed, and that what is not found any more is past.
func testAlarmCorrected(t *testing.T, database Database) {
	a := stage(t, database)
	a.alike(t)
	now := on(10, 2)
	a.inspect(t, now, q3)
	first := a.alarms(t, q3)[0]
	for i, l := range first.Lines {
		at := now.Add(time.Duration(i+1) * time.Minute)
		switch {
		case l.Home.ID == leadersHome: // nobody decides for their own
			done(t)(a.confirm(by(deputy, at), int64(l.Event)))
		case i%3 == 0:
			done(t)(a.reject(by(leader, at), int64(l.Event), "没有到场"))
		default:
			done(t)(a.confirm(by(leader, at), int64(l.Event)))
		}
	}
	if facts := a.inspect(t, now.Add(time.Hour), q3); facts.Seq != 0 {
		t.Errorf("%+v", facts)
	}
	left := a.alarms(t, q3)
	if i := slices.IndexFunc(left, func(x script.Alarm) bool { return x.ID == first.ID }); left[i].State != alarm.Past {
		t.Errorf("%+v", left[i].Case)
	}
	done(t)(a.closeAlarm(by(leader, now.Add(2*time.Hour)), first.ID, alarm.Corrected, "逐条看过了"))
	refused(t, fault.Conflict)(a.closeAlarm(by(leader, now.Add(3*time.Hour)), first.ID, alarm.Explained, "逐条看过了"))
}

// testSummary shows what a township's officer is told of a month, once.
func testSummary(t *testing.T, database Database) {
	a := stage(t, database)
	a.alike(t)
	a.inspect(t, on(10, 2), q3)
	done(t)(a.pass(by(officer, on(10, 3)), q3, "全村抢险，核实属实"))
	done(t)(a.visit(by(zhao, on(10, 5)), homes(wangsHome)[0], calendar.On(year, 10, 5)))
	summary := tell.Summary{Once: storage.As(a.Store, func(tx *storage.Tx) tell.SummaryTx { return tx }), Townships: a.TownshipIDs}
	told := by(0, on(10, 9))
	_, err := storage.As(a.Store, func(tx *storage.Tx) usecase.Notices { return tx })(ctx, told, func(tx usecase.Notices) (fault.Outcome, error) {
		return fault.Outcome{Code: fault.Done}, tx.Notify(
			notice.Notice{Person: wang, Scope: notice.Scope{Household: wangsHome}, Occasion: "published:2026Q3:1", Kind: notice.Published, At: told.Now, Until: told.Now.AddDate(0, 0, 7)},
			notice.Notice{Person: widow, Scope: notice.Scope{Household: widowsHome}, Occasion: "published:2026Q3:1", Kind: notice.Published, At: told.Now, Until: told.Now.AddDate(0, 0, 7)})
	})
	if err != nil {
		t.Fatal(err)
	}
	run(t, raw(t, a.dsn), fmt.Sprintf("UPDATE push SET state = 'unreachable' WHERE person_id = %d", wang))
	november := on(11, 1)
	got, err := summary.Do(ctx, november)
	if err != nil || got.Townships != 1 || got.Told != 1 || got.Lines == 0 {
		t.Fatalf("%+v, %v", got, err)
	}
	if again, err := summary.Do(ctx, november.Add(time.Hour)); err != nil || again != got {
		t.Errorf("%+v, %v; want the same", again, err)
	}
	if told := a.pushed(t, "summary"); !slices.Equal(told, []string{fmt.Sprintf("%d township:1 summary:2026-10", officer)}) {
		t.Errorf("%q", told)
	}
	e, err := a.ExceptionsOf(ctx, 1, calendar.Month{Year: year, Month: 10}, calendar.DateOf(november))
	if err != nil {
		t.Fatal(err)
	}
	var lines []string
	for _, s := range e.Sections {
		for _, l := range s.Lines {
			lines = append(lines, l.Text(s.Kind))
		}
	}
	want := []string{
		"红旗村：2026年第三季度还没公示", "青山村：2026年第三季度还没公示", "红旗村：10户里有9户没走访", "青山村：3户里有3户没走访",
		"红旗村：2026年第三季度9户里有8户一样，镇里已放行", "红旗村：2026年第三季度，理由：全村抢险，核实属实",
		"红旗村：1人绑了微信也没通知到，要用纸条告诉",
	}
	if !slices.Equal(lines, want) {
		t.Errorf("\n got %s\nwant %s", strings.Join(lines, "\n     "), strings.Join(want, "\n     "))
	}
	if got.Lines != len(want) {
		t.Errorf("%d lines are counted", got.Lines)
	}
	if early, err := a.ExceptionsOf(ctx, 1, calendar.Month{Year: year, Month: 10}, calendar.On(year, 10, 2)); err != nil || len(early.Sections) == 0 || early.Sections[0].Lines[0].Quarter != q2 {
		t.Errorf("before day 11 the quarter before is due: %+v, %v", early, err)
	}
	if _, err := a.ExceptionsOf(ctx, 99, calendar.Month{Year: year, Month: 10}, calendar.DateOf(november)); fault.CodeOf(err) != fault.NotFound {
		t.Error(err)
	}
}

// testRound shows that a job looks at every village once a day, and counts the
// same when it is run again.
func testRound(t *testing.T, database Database) {
	a := stage(t, database)
	a.alike(t)
	round := supervise.Round{Look: supervise.Look{Once: a.supervising()}, Due: a.Unpublished}
	first, err := round.Do(ctx, on(10, 1))
	if err != nil || first.Found == 0 || first.Told != 2 {
		t.Fatalf("%+v, %v", first, err)
	}
	if again, err := round.Do(ctx, on(10, 1).Add(time.Minute)); err != nil || again != first {
		t.Errorf("%+v, %v", again, err)
	}
	if next, err := round.Do(ctx, on(10, 2)); err != nil || next.Found != 0 || next.Told != 0 {
		t.Errorf("%+v, %v", next, err)
	}
	if got := a.pushed(t, "alarm"); len(got) != 2 {
		t.Errorf("told %q", got)
	}
}

// testBlocked shows that a quarter in which everybody is alike goes up only with
// the township's word, which holds for one edition.
func testBlocked(t *testing.T, database Database) {
	a := stage(t, database)
	a.alike(t)
	now := on(10, 2)
	if blocked, over, err := a.Supervised(ctx, hongqi, q3, now); err != nil || !blocked || over {
		t.Errorf("%v %v, %v", blocked, over, err)
	}
	facts := refused(t, fault.Blocked)(a.publish(by(leader, now), hongqi, q3, signed))
	if facts.Note != quarter.BlockedByAveraging {
		t.Errorf("%+v", facts)
	}
	done(t)(a.pass(by(officer, now), q3, "全村抢险，核实属实"))
	if blocked, over, err := a.Supervised(ctx, hongqi, q3, now); err != nil || !blocked || !over {
		t.Errorf("%v %v, %v", blocked, over, err)
	}
	done(t)(a.publish(by(leader, now), hongqi, q3, signed))
	refused(t, fault.Conflict)(a.pass(by(officer, now), q3, "已经贴出去了"))
	done(t)(closing.Withdraw{Once: storage.As(a.Store, func(tx *storage.Tx) closing.Tx { return tx })}.Do(ctx, by(officer, now.Add(time.Hour)), hongqi, q3, "名单贴错了"))
	refused(t, fault.Blocked)(a.publish(by(leader, now.Add(2*time.Hour)), hongqi, q3, signed))
}
