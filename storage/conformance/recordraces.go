package conformance

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/xiangfeng/xiangfeng/domain/calendar"
	"github.com/xiangfeng/xiangfeng/domain/catalogue"
	"github.com/xiangfeng/xiangfeng/domain/fault"
	"github.com/xiangfeng/xiangfeng/domain/household"
	"github.com/xiangfeng/xiangfeng/domain/record"
	recording "github.com/xiangfeng/xiangfeng/domain/usecase/record"
	"github.com/xiangfeng/xiangfeng/storage"
)

// testManyAtOnce: clean-up days over the same households, named in any order,
// beside single records, confirming and the quarter's seal, which touches every
// account. Nobody waits in a circle, and no cap is passed.
func testManyAtOnce(t *testing.T, database Database) {
	both := pair(t, database)
	all := []household.ID{leadersHome, deputysHome, shopsHome, wangsHome, widowsHome, sonsHome, newHome}
	var events []int64
	for range 8 {
		events = append(events, done(t)(both[0].record(by(leader, on(3, 30)), wangsHome, meeting)).ID)
	}
	done(t)(both[0].publish(by(leader, on(4, 1)), hongqi, q1, signed))
	now, day := on(4, 15), calendar.On(year, 3, 30)
	_, refusals := count(t, together(48, func(i int) (fault.Outcome, error) {
		a, cmd := both[i%2], by([]household.PersonID{qian, zhao}[i/2%2], now)
		switch i % 6 {
		case 0, 1, 2:
			some := slices.Clone(all)
			rand.Shuffle(len(some), func(x, y int) { some[x], some[y] = some[y], some[x] })
			return a.report(cmd, swept(day, some...))
		case 3:
			return a.recordOn(cmd, all[i/6%len(all)], cleanup, day)
		case 4:
			return a.confirm(by(deputy, now), events[i/6])
		}
		if i == 5 {
			return a.seal(by(0, now), hongqi, q1)
		}
		return a.withdraw(by(leader, now), events[i/6], "不对")
	}))
	for code := range refusals {
		if code != fault.CapReached && code != fault.Conflict {
			t.Errorf("refused %v", refusals)
		}
	}
	db := raw(t, both[0].dsn)
	var wrong int
	query(t, db, &wrong, `SELECT count(*) FROM (SELECT household_id FROM event e JOIN item i ON i.id = e.item_id
		WHERE i.code = 'HJ06' GROUP BY household_id HAVING sum(tenths) <> 50) x`)
	if wrong != 0 {
		t.Errorf("%d households have not exactly the cap", wrong)
	}
	// Each household of each record is in it once: as an event or set aside.
	query(t, db, &wrong, `SELECT count(*) FROM record r WHERE r.note = '清洁日' AND 7 <>
		(SELECT count(*) FROM event WHERE record_id = r.id) + (SELECT count(*) FROM aside WHERE record_id = r.id)`)
	if wrong != 0 {
		t.Errorf("of %d records a household is missing or doubled", wrong)
	}
	both[0].sound(t)
}

// testNoCircle: who posts changes one account after the other, in an order of
// its own, while a clean-up day changes them in another. The day waits for the
// village's chain and neither for the other. SQLite has one writer at a time.
func testNoCircle(t *testing.T, database Database) {
	both := pair(t, database)
	if strings.HasPrefix(both[0].dsn, "sqlite:") {
		return
	}
	now := on(5, 4)
	day, ended := swept(calendar.DateOf(now), wangsHome, sonsHome), make(chan result, 1)
	done(t)(both[0].bare(by(leader, now), func(tx *storage.Tx) (fault.Outcome, error) {
		if _, err := tx.Head(hongqi); err != nil {
			return fault.Outcome{}, err
		}
		if err := again(tx, sonsHome); err != nil {
			return fault.Outcome{}, err
		}
		go func() {
			out, err := both[1].report(by(qian, now), day)
			ended <- result{out, err}
		}()
		both[0].untilSomebodyWaits(t)
		return fault.Outcome{Code: fault.Done}, again(tx, wangsHome)
	}))
	got := <-ended
	done(t)(got.out, got.err)
}

// again saves a household's account as it is.
func again(tx *storage.Tx, h household.ID) error {
	account, err := tx.Account(h, year)
	if err != nil {
		return err
	}
	return tx.SaveReserved(account)
}

// untilSomebodyWaits returns when a transaction of the database waits for another.
func (a acts) untilSomebodyWaits(t testing.TB) {
	t.Helper()
	db := raw(t, a.dsn)
	for waiting := 0; waiting == 0; {
		query(t, db, &waiting, "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'")
	}
}

// testSameRecordAtOnce: a phone that sends a record from two uploads at once has
// sent it once.
func testSameRecordAtOnce(t *testing.T, database Database) {
	both := pair(t, database)
	cmd, req := by(zhao, on(5, 4)), swept(calendar.On(year, 5, 4), wangsHome, widowsHome, kinsHome)
	outcomes := together(48, func(i int) (fault.Outcome, error) { return both[i%2].report(cmd, req) })
	for _, got := range outcomes {
		if got.err != nil || got.out != outcomes[0].out || got.out.Code != fault.Done {
			t.Errorf("%+v, %v; want one and the same outcome as %+v", got.out, got.err, outcomes[0].out)
		}
	}
	if got := both[0].contents(t); got["record"] != 1 || got["event"] != 2 || got["aside"] != 1 {
		t.Errorf("%v; want one record of two events and one set aside", got)
	}
}

// testOneDecision: of all who act on the same thing at once, one has its way.
func testOneDecision(t *testing.T, database Database) {
	both := pair(t, database)
	now, day := on(5, 4), calendar.On(year, 5, 4)
	event := done(t)(both[0].record(by(qian, now), wangsHome, harvest)).ID
	effects, refusals := count(t, together(32, func(i int) (fault.Outcome, error) {
		a := both[i%2]
		switch i % 4 {
		case 0:
			return a.confirm(by(leader, now), event)
		case 1:
			return a.withdraw(by(qian, now), event, "不对")
		case 2:
			return a.reject(by(deputy, now), event, "不对")
		}
		return a.mendRecord(by(qian, now), recording.Correction{
			Event: record.ID(event), Item: meeting, On: day, Evidence: []record.Evidence{{Proof: catalogue.SignIn, Words: "第1页"}},
		})
	}))
	if effects != 1 || refusals[fault.Conflict] != 31 {
		t.Errorf("%d decisions about an event, refused %v", effects, refusals)
	}

	aside := done(t)(both[0].report(by(zhao, now), swept(day, kinsHome, zhaosHome))).ID
	set := both[0].recordOf(t, aside).Asides[0].ID
	effects, refusals = count(t, together(32, func(i int) (fault.Outcome, error) {
		if i%3 == 0 {
			return both[i%2].dropAside(by(leader, now), set, "不管")
		}
		return both[i%2].takeAside(by(qian, now), set)
	}))
	if effects != 1 || refusals[fault.Conflict] != 31 {
		t.Errorf("%d decisions about what was set aside, refused %v", effects, refusals)
	}

	declared := done(t)(both[0].declare(by(wang, now), recording.Deed{Household: wangsHome, Words: "扫街", On: day})).ID
	effects, refusals = count(t, together(32, func(i int) (fault.Outcome, error) {
		if i%3 == 0 {
			return both[i%2].decline(by(leader, now), declared, "不行")
		}
		return both[i%2].takeUp(by(qian, now), recording.Taking{Declaration: record.DeclarationID(declared), Item: meeting})
	}))
	if effects != 1 || refusals[fault.Conflict] != 31 {
		t.Errorf("%d decisions about a declaration, refused %v", effects, refusals)
	}
	both[0].sound(t)
}

// testOneWarning: a household is warned of an item once at a time, and one
// deduction follows; its declarations that wait are bounded.
func testOneWarning(t *testing.T, database Database) {
	both := pair(t, database)
	now, day := on(5, 4), calendar.On(year, 5, 4)
	effects, refusals := count(t, together(32, func(i int) (fault.Outcome, error) {
		return both[i%2].warn(by([]household.PersonID{qian, zhao}[i/2%2], now), recording.Fault{
			Village: hongqi, Target: recording.Target{Household: wangsHome}, Item: feast, Note: "办酒20桌",
		})
	}))
	if effects != 1 || refusals[fault.Conflict] != 31 {
		t.Errorf("%d warnings, refused %v", effects, refusals)
	}
	list, err := both[0].WarningsOf(ctx, wangsHome)
	if err != nil || len(list) != 1 {
		t.Fatalf("%+v, %v", list, err)
	}
	effects, refusals = count(t, together(32, func(i int) (fault.Outcome, error) {
		if i%4 == 0 {
			return both[i%2].mend(by(wang, on(5, 12)), int64(list[0].ID), "退了酒席")
		}
		return both[i%2].closeWarning(by(qian, on(5, 12)), int64(list[0].ID), false, "评议会记录第5号")
	}))
	if got := both[0].contents(t); got["event"] != 1 || effects+refusals[fault.Conflict] != 32 {
		t.Errorf("%v, refused %v; want one deduction", got, refusals)
	}
	effects, _ = count(t, together(16, func(i int) (fault.Outcome, error) {
		return both[i%2].declare(by(wang, now), recording.Deed{Household: wangsHome, Words: "扫街", On: day})
	}))
	if got := both[0].contents(t); got["declaration"] != 1 || effects != 16 {
		t.Errorf("%d of the same declaration, %d told of it", got["declaration"], effects)
	}
	effects, refusals = count(t, together(32, func(i int) (fault.Outcome, error) {
		return both[i%2].declare(by(wang, now), recording.Deed{Household: wangsHome, Words: "扫街" + strings.Repeat("！", i+1), On: day})
	}))
	if effects != record.MostDeclared-1 || refusals[fault.TooMany] != 33-record.MostDeclared {
		t.Errorf("%d declared, refused %v", effects, refusals)
	}
	effects, _ = count(t, together(16, func(i int) (fault.Outcome, error) {
		return both[i%2].visit(by([]household.PersonID{qian, zhao}[i/2%2], now), recording.Target{Household: wangsHome}, day)
	}))
	if got := both[0].contents(t); got["visit"] != 1 || effects != 16 {
		t.Errorf("%d visits on a day, %d told of it", got["visit"], effects)
	}
}
