package conformance

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/xiangfeng/xiangfeng/domain/calendar"
	"github.com/xiangfeng/xiangfeng/domain/fault"
	"github.com/xiangfeng/xiangfeng/domain/household"
	"github.com/xiangfeng/xiangfeng/domain/ledger"
	"github.com/xiangfeng/xiangfeng/domain/record"
	"github.com/xiangfeng/xiangfeng/domain/script"
	"github.com/xiangfeng/xiangfeng/domain/usecase/ask"
	"github.com/xiangfeng/xiangfeng/storage"
)

// The storage answers what the bot asks.
var (
	_ ask.Reader       = (*storage.Store)(nil)
	_ ask.Conversation = (*storage.Store)(nil)
)

func (a acts) standing(t testing.TB, openid string) (script.Standing, script.Version) {
	t.Helper()
	s, v, err := a.Standing(ctx, openid)
	if err != nil {
		t.Fatal(err)
	}
	return s, v
}

var redVillage = script.Place{
	Village: hongqi, Name: "红旗村", Desk: "村委会 023-5588 0101", Township: "清溪镇", Office: "镇积分办 023-5588 0100", Board: "masked",
}

func testStanding(t *testing.T, database Database) {
	a := stage(t, database)
	a.earn(t, wangsHome, harvest, on(2, 10))
	a.earn(t, wangsHome, burning, on(2, 11))
	a.sealQuarter(t, q1)
	a.earn(t, wangsHome, meeting, on(4, 20))
	done(t)(a.record(by(qian, on(4, 21)), wangsHome, burning))
	done(t)(a.record(by(qian, on(4, 21)), wangsHome, meeting))

	got, version := a.standing(t, openid(wang))
	want := script.Standing{
		Person: wang, Homes: 1, Home: script.Home{ID: wangsHome, Number: "HQ-0006", Head: "王桂兰"}, Place: redVillage,
		Progress: ledger.Progress{Sealed: q1},
		Accounts: []script.Account{{
			Account: ledger.Account{
				ID: 6, Household: wangsHome, Village: hongqi, Year: year, State: ledger.Open, Lines: 4, Score: 1115, Settled: 100,
			},
			Newest: []script.Line{
				{No: 4, Kind: ledger.EventKind, Root: ledger.EventKind, Title: "参加院坝会", Tenths: 15, OccurredOn: calendar.On(year, 4, 20), CountsIn: q2},
				{No: 3, Kind: ledger.EventKind, Root: ledger.EventKind, Title: "焚烧秸秆", Tenths: -200, OccurredOn: calendar.On(year, 2, 11), CountsIn: q1},
			},
		}},
		Pending: 2, PendingSum: -185,
		Sheet: &script.Placing{Quarter: q1, Rank: 1, Of: 9, Score: 1100, Sealed: true},
	}
	want.Accounts[0].Waiting[1] = 15
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("王桂兰's standing (-want +got):\n%s", diff)
	}
	if again, v := a.standing(t, openid(wang)); v != version || v == "" || !cmp.Equal(again, got) {
		t.Errorf("version %q, then %q, of the same facts", version, v)
	}
	testOtherStandings(t, a)
}

func testOtherStandings(t *testing.T, a acts) {
	t.Helper()
	if got, v := a.standing(t, "o-stranger"); !cmp.Equal(got, script.Standing{}) || v != "" {
		t.Errorf("a stranger: %+v, %q; want nothing", got, v)
	}
	if got, _ := a.standing(t, openid(homeless)); !cmp.Equal(got, script.Standing{Person: homeless}) {
		t.Errorf("bound to nothing: %+v; want the person alone", got)
	}
	if got, _ := a.standing(t, openid(intruder)); !cmp.Equal(got, script.Standing{Person: intruder}) {
		t.Errorf("a household that is not the person's own: %+v; want the person alone", got)
	}
	if got, _ := a.standing(t, openid(widow)); got.Homes != 2 || got.Home.ID != widowsHome {
		t.Errorf("two households: %+v; want the current one of two", got)
	}
	// Not listed on the sheet of a quarter before it joined.
	if got, _ := a.standing(t, openid(newcomer)); got.Sheet != nil || len(got.Accounts) != 1 {
		t.Errorf("a newcomer: %+v; want no place yet", got)
	}
	if got, _ := a.standing(t, openid(far)); got.Place.Name != "青山村" || got.Sheet != nil || got.Progress != (ledger.Progress{}) {
		t.Errorf("the other village: %+v; want nothing published", got)
	}
	// Two years, the newest first; a third is not shown.
	run(t, raw(t, a.dsn), `INSERT INTO account SELECT id + 100, household_id, village_id, year + 1, 'open', 0, 0, 0, 0, 0, 0, 0, 0, 0, NULL, 7
		FROM account WHERE household_id = 6`)
	run(t, raw(t, a.dsn), `INSERT INTO account SELECT id + 200, household_id, village_id, year - 1, 'closed', 0, 0, 0, 0, 0, 0, 0, 0, 0, NULL, 7
		FROM account WHERE household_id = 6 AND year = 2026`)
	if got, _ := a.standing(t, openid(wang)); len(got.Accounts) != 2 || got.Accounts[0].Year != year+1 || got.Accounts[1].Year != year || len(got.Accounts[1].Newest) != 2 {
		t.Errorf("two years: %+v", got.Accounts)
	}
}

// testVersions: no act gives an answer a version that it had before.
func testVersions(t *testing.T, database Database) {
	a := stage(t, database)
	a.phoned(t, farHome, "13800004321")
	a.phoned(t, widowsHome, "13800004321")
	april := on(4, 1)
	seen := map[script.Version]bool{}
	for _, c := range []struct {
		name string
		who  household.PersonID
		act  func() (fault.Outcome, error)
	}{
		{"recording", wang, func() (fault.Outcome, error) { return a.record(by(qian, april), wangsHome, meeting) }},
		{"recording for a household without an account", latecomer, func() (fault.Outcome, error) {
			return a.record(by(farLeader, april), bareHome, meeting)
		}},
		{"confirming", wang, func() (fault.Outcome, error) { return a.confirm(by(leader, april), 1) }},
		{"rejecting", latecomer, func() (fault.Outcome, error) { return a.reject(by(officer, april), 2, "不对") }},
		{"publishing", latecomer, func() (fault.Outcome, error) { return a.publish(by(farLeader, april), qingshan, q1, farSigned) }},
		{"sealing", latecomer, func() (fault.Outcome, error) { return a.seal(by(0, on(4, 20)), qingshan, q1) }},
		{"switching", widow, func() (fault.Outcome, error) { return a.switchTo(by(widow, april), widow, 2) }},
		{"switching back", widow, func() (fault.Outcome, error) { return a.switchTo(by(widow, april), widow, 1) }},
		{"asking to be bound", far, func() (fault.Outcome, error) {
			return plain(a.desk().File(ctx, by(0, april), openid(wang), a.drafts(t, openid(wang), farHome, "4321", april).ID))
		}},
		{"hearing of it", far, func() (fault.Outcome, error) { return a.desk().Hear(ctx, by(0, april), openid(far)) }},
		{"being let in", wang, func() (fault.Outcome, error) { return plain(a.desk().Decide(ctx, by(0, april), openid(far), 1, true)) }},
		{"being removed", wang, func() (fault.Outcome, error) {
			return plain(a.desk().Remove(ctx, by(0, april), openid(far), farHome, wang))
		}},
		{"being asked", widow, func() (fault.Outcome, error) {
			return plain(a.desk().File(ctx, by(0, april), openid(wang), a.drafts(t, openid(wang), widowsHome, "4321", april).ID))
		}},
		{"a colleague refusing it", widow, func() (fault.Outcome, error) {
			return plain(a.desk().Decide(ctx, by(0, april), openid(qian), 2, false))
		}},
		{"leaving another household", widow, func() (fault.Outcome, error) { return a.desk().Leave(ctx, by(0, april), openid(widow), sonsHome) }},
		{"leaving", far, func() (fault.Outcome, error) { return a.desk().Leave(ctx, by(0, april), openid(far), farHome) }},
	} {
		_, before := a.standing(t, openid(c.who))
		seen[before] = true
		done(t)(c.act())
		if _, after := a.standing(t, openid(c.who)); seen[after] {
			t.Errorf("%s: the version %q was there before", c.name, after)
		}
	}
}

// numbers are the line numbers of a page, and the titles of what waits.
func numbers(l script.Lines) string {
	var b strings.Builder
	for _, line := range l.Lines {
		if line.Pending() {
			fmt.Fprintf(&b, "%s ", line.Title)
		} else {
			fmt.Fprintf(&b, "%d ", line.No)
		}
	}
	return strings.TrimSpace(b.String())
}

func testLines(t *testing.T, database Database) {
	a := stage(t, database)
	for i := range 5 {
		a.earn(t, wangsHome, meeting, on(time.Month(1+i), 20))
		a.earn(t, widowsHome, burning, on(time.Month(1+i), 20))
	}
	fire := a.earn(t, wangsHome, burning, on(5, 21)) // line 7
	done(t)(a.correct(by(leader, on(5, 22)), hongqi, fire.Seq, -100))
	done(t)(a.record(by(qian, on(5, 23)), wangsHome, burning))
	done(t)(a.record(by(zhao, on(2, 23)), wangsHome, meeting))
	done(t)(a.record(by(qian, on(2, 23)), widowsHome, praised))

	for _, c := range []struct {
		name  string
		query ask.Query
		want  string
		next  int
	}{
		{"the first page", ask.Query{Year: year, Limit: 3}, "焚烧秸秆 参加院坝会 8 7 6", 6},
		{"the second", ask.Query{Year: year, Limit: 3, Before: 6}, "5 4 3", 3},
		{"the last", ask.Query{Year: year, Limit: 3, Before: 3}, "2 1", 0},
		{"all that fit exactly", ask.Query{Year: year, Limit: 8}, "焚烧秸秆 参加院坝会 8 7 6 5 4 3 2 1", 0},
		{"a quarter", ask.Query{Year: year, Quarter: 1, Limit: 9}, "参加院坝会 4 3 2 1", 0},
		{"deductions", ask.Query{Year: year, Minus: true, Limit: 9}, "焚烧秸秆 7", 0},
		{"deductions of a quarter", ask.Query{Year: year, Quarter: 1, Minus: true, Limit: 9}, "", 0},
		{"another year", ask.Query{Year: year - 1, Limit: 9}, "", 0},
	} {
		c.query.OpenID = openid(wang)
		got, err := a.Lines(ctx, c.query)
		if err != nil || numbers(got) != c.want || got.Next != c.next || got.Home.ID != wangsHome || got.Year != c.query.Year {
			t.Errorf("%s: %q then %d of %+v, %v; want %q then %d", c.name, numbers(got), got.Next, got.Home, err, c.want, c.next)
		}
	}
	testLineWords(t, a)
	testNobodyElsesLines(t, a)
}

func testLineWords(t *testing.T, a acts) {
	t.Helper()
	got, err := a.Lines(ctx, ask.Query{OpenID: openid(wang), Year: year, Limit: 2})
	want := []script.Line{
		{Kind: ledger.EventKind, Root: ledger.EventKind, Title: "焚烧秸秆", Tenths: -200, OccurredOn: calendar.On(year, 5, 23), Reason: "现场看过", Recorder: "钱小组"},
		{Kind: ledger.EventKind, Root: ledger.EventKind, Title: "参加院坝会", Tenths: 15, OccurredOn: calendar.On(year, 2, 23), Reason: "现场看过", Recorder: "赵小组"},
		{
			No: 8, Kind: ledger.Correction, Root: ledger.EventKind, Title: "焚烧秸秆", Tenths: 100, OccurredOn: calendar.On(year, 5, 22), CountsIn: q2,
			Corrects: 7, Reason: "核对过", Recorder: "钱小组", Confirmer: "周书记",
		},
		{
			No: 7, Kind: ledger.EventKind, Root: ledger.EventKind, Title: "焚烧秸秆", Tenths: -200, OccurredOn: calendar.On(year, 5, 21), CountsIn: q2,
			Recorder: "钱小组", Confirmer: "周书记",
		},
	}
	if diff := cmp.Diff(want, got.Lines); err != nil || diff != "" {
		t.Errorf("%v (-want +got):\n%s", err, diff)
	}
}

func testNobodyElsesLines(t *testing.T, a acts) {
	t.Helper()
	for _, who := range []string{openid(homeless), openid(intruder), openid(officer), "o-stranger", ""} {
		got, err := a.Lines(ctx, ask.Query{OpenID: who, Year: year, Limit: 99})
		if err != nil || !cmp.Equal(got, script.Lines{}) {
			t.Errorf("%s reads %+v, %v; want nothing at all", who, got, err)
		}
	}
	// The widow sees the household that she has chosen, and that one only.
	got, err := a.Lines(ctx, ask.Query{OpenID: openid(widow), Year: year, Limit: 99})
	if err != nil || numbers(got) != "评为清洁户 6 5 4 3 2 1" || got.Home.ID != widowsHome {
		t.Errorf("%q, %v", numbers(got), err)
	}
	done(t)(a.switchTo(by(widow, on(5, 24)), widow, 2))
	if got, err := a.Lines(ctx, ask.Query{OpenID: openid(widow), Year: year, Limit: 99}); err != nil || numbers(got) != "1" || got.Home.ID != sonsHome {
		t.Errorf("%q, %v; want her son's", numbers(got), err)
	}
}

func testSheet(t *testing.T, database Database) {
	a := stage(t, database)
	if got, err := a.Sheet(ctx, openid(wang)); err != nil || !got.None || got.Own != nil || got.Place != redVillage {
		t.Errorf("%+v, %v; want nothing published", got, err)
	}
	if rows, err := a.SheetRows(ctx, openid(wang)); err != nil || len(rows) != 0 {
		t.Errorf("%v, %v; want no rows", rows, err)
	}
	a.earn(t, wangsHome, harvest, on(8, 21))
	a.earn(t, widowsHome, burning, on(8, 21))
	a.sealQuarter(t, q1)
	a.sealQuarter(t, q2)
	published := calendar.On(year, 10, 8)
	code := done(t)(a.publish(by(leader, noon(published)), hongqi, q3, signed)).Note

	got, err := a.Sheet(ctx, openid(wang))
	want := script.Published{
		Home: script.Home{ID: wangsHome, Number: "HQ-0006", Head: "王桂兰"}, Place: redVillage, Quarter: q3, Code: code, PublishedOn: published,
		Households: 10, Own: &script.Placing{Quarter: q3, Rank: 1, Of: 9, Score: 1300}, Gained: 300,
	}
	if diff := cmp.Diff(want, got); err != nil || diff != "" {
		t.Errorf("%v (-want +got):\n%s", err, diff)
	}
	sealed := calendar.SealFrom(published)
	done(t)(a.seal(by(0, noon(sealed)), hongqi, q3))
	if got, err := a.Sheet(ctx, openid(wang)); err != nil || got.SealedOn != sealed || !got.Own.Sealed {
		t.Errorf("%+v, %v; want it sealed", got, err)
	}
	rows, err := a.SheetRows(ctx, openid(widow))
	if err != nil {
		t.Fatal(err)
	}
	var lines []string
	for _, r := range rows {
		lines = append(lines, fmt.Sprint(r.Rank, r.Name, r.Score, r.Own))
	}
	wantRows := "1王**130 false|2周**100 false|2吴**100 false|2赵**100 false|2钱**100 false|2孙**100 false|" +
		"2向**100 false|2赵**100 false|9向**80 true|0幸**100 false"
	if got := strings.Join(lines, "|"); got != wantRows {
		t.Errorf("%s\nwant %s", got, wantRows)
	}
	for _, who := range []string{openid(homeless), openid(intruder), "o-stranger"} {
		rows, err := a.SheetRows(ctx, who)
		sheet, err2 := a.Sheet(ctx, who)
		if err != nil || err2 != nil || len(rows) != 0 || !cmp.Equal(sheet, script.Published{}) {
			t.Errorf("%s: %v %+v %v %v; want nothing", who, rows, sheet, err, err2)
		}
	}
}

func testHomes(t *testing.T, database Database) {
	a := stage(t, database)
	own := script.Home{ID: widowsHome, Number: "HQ-0007", Head: "向婆婆"}
	sons := script.Home{ID: sonsHome, Number: "HQ-0008", Head: "向长安"}
	for _, c := range []struct {
		who     household.PersonID
		homes   []script.Home
		current int
	}{
		{widow, []script.Home{own, sons}, 1},
		{wang, []script.Home{{ID: wangsHome, Number: "HQ-0006", Head: "王桂兰"}}, 1},
		{homeless, []script.Home{}, 0},
		{intruder, []script.Home{}, 0},
		{99, []script.Home{}, 0},
	} {
		homes, current, err := a.Homes(ctx, openid(c.who))
		if diff := cmp.Diff(c.homes, homes); err != nil || current != c.current || diff != "" {
			t.Errorf("%d: %d, %v (-want +got):\n%s", c.who, current, err, diff)
		}
	}
}

// testColumns writes what is hard to keep and reads it back the same.
func testColumns(t *testing.T, database Database) {
	a := stage(t, database)
	last := calendar.On(year, 12, 31)
	zones := []*time.Location{calendar.Shanghai, time.UTC, time.FixedZone("", -11*3600)}
	for _, zone := range zones {
		// The last microsecond of a Shanghai day, said in any zone.
		at := last.AddDays(1).Start().Add(-time.Microsecond).In(zone)
		event := done(t)(a.recordOn(by(qian, at), wangsHome, meeting, last))
		line := done(t)(a.confirm(by(leader, at), event.ID))
		a.keepGrace(t, at, ledger.Open)
		kept, posted := a.eventAndEntry(t, event.ID, line.Seq)
		if kept.OccurredOn != last || !kept.RecordedAt.Equal(at) || !kept.DecidedAt.Equal(at) {
			t.Errorf("event %+v; want it at %v", kept, at)
		}
		if posted.OccurredOn != last || !posted.PostedAt.Equal(at) || posted.CountsIn != q4 {
			t.Errorf("entry %+v; want it at %v", posted, at)
		}
		if behind := (ledger.Head{Village: hongqi, Seq: posted.Seq - 1, Hash: posted.Prev}); !behind.Follows(posted) {
			t.Error("an entry that was read has another hash than that written")
		}
		if got := a.account(t, wangsHome, year); !got.Grace.Equal(at) {
			t.Errorf("a grace until %v; want %v", got.Grace, at)
		}
		got, _ := a.standing(t, openid(wang))
		if !got.Accounts[0].Grace.Equal(at) || got.Accounts[0].Newest[0].OccurredOn != last {
			t.Errorf("%+v; want a grace until %v", got.Accounts[0], at)
		}
	}
	for _, zone := range zones {
		until := on(2, 1).In(zone)
		a.keepGrace(t, until, ledger.Closed)
		if a.due(t, until.Add(-time.Microsecond).UTC()) || !a.due(t, until.UTC()) {
			t.Errorf("a grace until %v is not over at that moment", until)
		}
	}
	if now, err := a.Now(ctx); err != nil || time.Since(now).Abs() > time.Hour {
		t.Errorf("%v, %v; want about now", now, err)
	}
}

// due tells whether 王桂兰's account is among those to close at now.
func (a acts) due(t testing.TB, now time.Time) (found bool) {
	t.Helper()
	done(t)(a.bare(by(0, now), func(tx *storage.Tx) (fault.Outcome, error) {
		accounts, err := tx.Due(hongqi, year, now)
		for _, account := range accounts {
			found = found || account.Household == wangsHome
		}
		return fault.Outcome{Code: fault.Done}, err
	}))
	return found
}

func (a acts) keepGrace(t testing.TB, until time.Time, state ledger.State) {
	t.Helper()
	done(t)(a.bare(by(0, until), func(tx *storage.Tx) (fault.Outcome, error) {
		head, err := tx.Head(hongqi)
		if err != nil {
			return fault.Outcome{}, err
		}
		account, err := tx.Account(wangsHome, year)
		if err != nil {
			return fault.Outcome{}, err
		}
		account.Grace, account.State = until, state
		return fault.Outcome{Code: fault.Done}, tx.Keep(ledger.Posted{Head: head, Account: account})
	}))
}

func (a acts) eventAndEntry(t testing.TB, event, seq int64) (e record.Event, line ledger.Entry) {
	t.Helper()
	done(t)(a.bare(by(0, on(1, 1)), func(tx *storage.Tx) (_ fault.Outcome, err error) {
		if e, err = tx.Event(record.ID(event)); err != nil {
			return fault.Outcome{}, err
		}
		line, _, err = tx.Entry(hongqi, ledger.Seq(seq))
		return fault.Outcome{Code: fault.Done}, err
	}))
	return e, line
}
