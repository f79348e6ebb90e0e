package conformance

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/xiangfeng/xiangfeng/domain/calendar"
	"github.com/xiangfeng/xiangfeng/domain/fault"
	"github.com/xiangfeng/xiangfeng/domain/household"
	"github.com/xiangfeng/xiangfeng/domain/points"
	recording "github.com/xiangfeng/xiangfeng/domain/usecase/record"
	"github.com/xiangfeng/xiangfeng/storage"
)

// pair is two instances of the service on one new database.
func pair(t testing.TB, database Database) [2]acts {
	a := stage(t, database)
	return [2]acts{a, enter(t, a.dsn)}
}

func testOneCap(t *testing.T, database Database) {
	both := pair(t, database)
	effects, refusals := count(t, together(48, func(i int) (fault.Outcome, error) {
		return both[i%2].record(by([]household.PersonID{qian, zhao}[i/2%2], on(5, 4)), wangsHome, cleanup)
	}))
	if effects != 3 || refusals[fault.CapReached] != 45 {
		t.Errorf("%d recorded, refused %v; want 3 and 45 at the cap", effects, refusals)
	}
	var sum int
	query(t, raw(t, both[0].dsn), &sum, "SELECT sum(tenths) FROM event")
	if sum != 50 {
		t.Errorf("%d tenths; want exactly the cap of 50", sum)
	}
}

func testOneBalance(t *testing.T, database Database) {
	both := pair(t, database)
	both[0].earn(t, wangsHome, harvest, on(2, 10))
	sealed := both[0].sealQuarter(t, q1)
	buy := func(h household.ID, tenths points.Tenths, who household.PersonID) func(int) (fault.Outcome, error) {
		return func(i int) (fault.Outcome, error) { return both[i%2].redeem(by(shopkeeper, sealed), h, tenths, who) }
	}
	// 30 points: one purchase of 20 fits, then four of 2.5.
	if effects, refusals := count(t, together(32, buy(wangsHome, 200, wang))); effects != 1 || refusals[fault.Insufficient] != 31 {
		t.Errorf("%d bought, refused %v; want one winner", effects, refusals)
	}
	if effects, _ := count(t, together(32, buy(wangsHome, 25, wang))); effects != 4 {
		t.Errorf("%d bought; want 4", effects)
	}
	if got := both[1].account(t, wangsHome, year); got.Settled != 0 || got.Score != 1300 {
		t.Errorf("%+v; want nothing left and the score as it was", got)
	}
	both[0].sound(t)
}

// testNaiveSpending runs testOneBalance's race against a purchase that reads,
// decides and then writes without a lock: the harness must see it fail.
func testNaiveSpending(t *testing.T, database Database) {
	db := raw(t, database(t))
	run(t, db, "CREATE TABLE purse (tenths integer NOT NULL)")
	run(t, db, "INSERT INTO purse VALUES (300)")
	var read sync.WaitGroup
	read.Add(32)
	effects, _ := count(t, together(32, func(int) (fault.Outcome, error) {
		return naive(db, &read, 200)
	}))
	var left int
	query(t, db, &left, "SELECT tenths FROM purse")
	if effects == 1 && left == 100 {
		t.Error("a purchase without a lock sold once: the race does not race")
	}
}

// naive lets all read before any writes, which a lock would not allow.
func naive(db *sql.DB, read *sync.WaitGroup, price int) (fault.Outcome, error) {
	var have int
	err := db.QueryRow("SELECT tenths FROM purse").Scan(&have)
	read.Done()
	read.Wait()
	if err != nil || have < price {
		return fault.Outcome{Code: fault.Insufficient}, err
	}
	_, err = db.Exec(fmt.Sprintf("UPDATE purse SET tenths = %d", have-price))
	return fault.Outcome{Code: fault.Done}, err
}

func testOneChain(t *testing.T, database Database) {
	both := pair(t, database)
	homes := []household.ID{leadersHome, wangsHome, widowsHome, sonsHome, kinsHome}
	var events []int64
	for i := range 32 {
		events = append(events, done(t)(both[0].record(by(qian, on(5, 4)), homes[i%len(homes)], meeting)).ID)
	}
	effects, _ := count(t, together(len(events), func(i int) (fault.Outcome, error) {
		return both[i%2].confirm(by(deputy, on(5, 5)), events[i])
	}))
	if effects != len(events) {
		t.Errorf("%d confirmed; want all %d", effects, len(events))
	}
	db := raw(t, both[0].dsn)
	var gaps int
	query(t, db, &gaps, `SELECT count(*) FROM (SELECT seq, row_number() OVER (ORDER BY seq) AS n FROM ledger_entry WHERE village_id = 1) e WHERE seq <> n`)
	if gaps != 0 {
		t.Errorf("%d entries are out of place; want 1, 2, 3 …", gaps)
	}
	query(t, db, &gaps, `SELECT count(*) FROM (SELECT line_no, row_number() OVER (PARTITION BY account_id ORDER BY line_no) AS n FROM ledger_entry) e WHERE line_no <> n`)
	if gaps != 0 {
		t.Errorf("%d lines are out of place; want 1, 2, 3 … in each account", gaps)
	}
	both[1].sound(t)
}

func testOneSheet(t *testing.T, database Database) {
	both := pair(t, database)
	effects, refusals := count(t, together(16, func(i int) (fault.Outcome, error) {
		return both[i%2].publish(by(leader, on(4, 1)), hongqi, q1, signed)
	}))
	if effects != 1 || refusals[fault.Conflict] != 15 {
		t.Errorf("%d sheets, refused %v; want one", effects, refusals)
	}
	effects, refusals = count(t, together(16, func(i int) (fault.Outcome, error) {
		return both[i%2].seal(by(0, on(4, 10)), hongqi, q1)
	}))
	if effects != 1 || refusals[fault.Conflict] != 15 {
		t.Errorf("sealed %d times, refused %v; want once", effects, refusals)
	}
	both[0].sound(t)
}

func testOneCorrection(t *testing.T, database Database) {
	both := pair(t, database)
	line := both[0].earn(t, wangsHome, burning, on(2, 10))
	effects, refusals := count(t, together(32, func(i int) (fault.Outcome, error) {
		return both[i%2].correct(by([]household.PersonID{leader, deputy}[i/2%2], on(2, 12)), hongqi, line.Seq, 0)
	}))
	if effects != 1 || refusals[fault.Corrected] != 31 {
		t.Errorf("%d corrections, refused %v; want one", effects, refusals)
	}
	if got := both[1].account(t, wangsHome, year); got.Score != 1000 {
		t.Errorf("a score of %s; want 100", got.Score)
	}
	both[0].sound(t)
}

// testPublishAgainstConfirm: a line is on the sheet, or it counts in the next
// quarter; never both, never neither.
func testPublishAgainstConfirm(t *testing.T, database Database) {
	both := pair(t, database)
	var events []int64
	for range 20 {
		events = append(events, done(t)(both[0].record(by(qian, on(3, 30)), wangsHome, meeting)).ID)
	}
	_, refusals := count(t, together(len(events)+1, func(i int) (fault.Outcome, error) {
		if i == len(events)/2 {
			return both[1].publish(by(leader, on(4, 1)), hongqi, q1, signed)
		}
		if i > len(events)/2 {
			i--
		}
		return both[i%2].confirm(by(deputy, on(4, 1)), events[i])
	}))
	if len(refusals) != 0 {
		t.Errorf("refused %v; want nothing refused", refusals)
	}
	db := raw(t, both[0].dsn)
	var gained, onSheet int
	query(t, db, &gained, "SELECT gained FROM sheet_row WHERE household_id = 6")
	query(t, db, &onSheet, "SELECT COALESCE(sum(tenths), 0) FROM ledger_entry WHERE counts_in = '2026Q1' AND kind = 'event'")
	if gained != onSheet {
		t.Errorf("the sheet has %d, the ledger %d tenths of the quarter", gained, onSheet)
	}
	if got := both[0].account(t, wangsHome, year); got.Score != 1000+20*15 || got.Waiting[0]+got.Waiting[1] != 20*15 {
		t.Errorf("%+v; want all 20 lines once", got)
	}
	both[0].sound(t)
}

func testSealAgainstRedeem(t *testing.T, database Database) {
	both := pair(t, database)
	homes := []household.ID{deputysHome, zhaosHome, wangsHome, widowsHome, sonsHome, kinsHome}
	for _, h := range homes {
		both[0].earn(t, h, harvest, on(2, 10))
	}
	done(t)(both[0].publish(by(leader, on(4, 1)), hongqi, q1, signed))
	now := on(4, 15)
	// Before the seal there is nothing to spend, after it one purchase each.
	effects, refusals := count(t, together(1+4*len(homes), func(i int) (fault.Outcome, error) {
		if i == 0 {
			return both[0].seal(by(0, now), hongqi, q1)
		}
		return both[i%2].redeem(by(qian, now), homes[i%len(homes)], 250, wang)
	}))
	if effects < 1 || effects > 1+len(homes) || effects+refusals[fault.Insufficient] != 1+4*len(homes) {
		t.Errorf("%d took effect, refused %v", effects, refusals)
	}
	for _, h := range homes {
		if got := both[1].account(t, h, year); got.Settled != 300 && got.Settled != 50 || got.Waiting[0] != 0 {
			t.Errorf("%+v; want 30 or 5", got)
		}
	}
	both[0].sound(t)
}

// testEverythingAtOnce mixes all acts on two accounts a household: none waits
// for another that waits for it, and verify finds every moment in order.
func testEverythingAtOnce(t *testing.T, database Database) {
	both := pair(t, database)
	db := raw(t, both[0].dsn)
	run(t, db, `INSERT INTO account SELECT id + 100, household_id, village_id, year + 1, 'open', 0, 0, 0, 0, 0, 0, 0, 0, 0, NULL, id
		FROM account WHERE village_id = 1`)
	both[0].earn(t, wangsHome, harvest, on(2, 10))
	done(t)(both[0].publish(by(leader, on(4, 1)), hongqi, q1, signed))
	var events []int64
	for range 16 {
		events = append(events, done(t)(both[0].record(by(qian, on(4, 2)), widowsHome, meeting)).ID)
	}
	now := on(4, 15)
	_, refusals := count(t, together(64, func(i int) (fault.Outcome, error) {
		a := both[i%2]
		switch i % 8 {
		case 0, 1:
			return a.confirm(by(deputy, now), events[i/4])
		case 2:
			return a.record(by(leader, now), widowsHome, meeting)
		case 3:
			return a.switchTo(by(widow, now), widow, 1+i/8%2)
		case 4:
			return a.redeem(by(qian, now), wangsHome, 10, wang)
		case 5:
			return a.reject(by(deputy, now), events[15-i/8], "不对")
		case 6:
			return a.seal(by(0, now), hongqi, q1)
		}
		return fault.Outcome{Code: fault.Done}, soundError(a)
	}))
	for code := range refusals {
		if !strings.Contains("conflict insufficient", string(code)) {
			t.Errorf("refused %v", refusals)
		}
	}
	both[0].sound(t)
}

// testNobodyWaits: while one posts in a village, another records there. Only
// PostgreSQL can; SQLite has one writer at a time.
func testNobodyWaits(t *testing.T, database Database) {
	both := pair(t, database)
	if strings.HasPrefix(both[0].dsn, "sqlite:") {
		return
	}
	done(t)(both[0].bare(by(leader, on(5, 4)), func(tx *storage.Tx) (fault.Outcome, error) {
		if _, err := tx.Head(hongqi); err != nil {
			return fault.Outcome{}, err
		}
		patience, cancel := context.WithTimeout(ctx, 10*time.Second)
		defer cancel()
		once := storage.As(both[1].Store, func(tx *storage.Tx) recording.Tx { return tx })
		return recording.Record{Once: once}.Do(patience, by(qian, on(5, 4)), recording.Request{
			Village: hongqi, Targets: []recording.Target{{Household: wangsHome}}, Item: meeting, On: calendar.On(year, 5, 4),
		})
	}))
}

func soundError(a acts) error {
	_, damage, err := a.Verify(context.Background())
	if damage != nil {
		return fmt.Errorf("%s", damage.Found())
	}
	return err
}
