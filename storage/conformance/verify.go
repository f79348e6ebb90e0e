package conformance

import (
	"database/sql"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/xiangfeng/xiangfeng/domain/calendar"
	"github.com/xiangfeng/xiangfeng/domain/fault"
	"github.com/xiangfeng/xiangfeng/domain/household"
	"github.com/xiangfeng/xiangfeng/domain/ledger"
	"github.com/xiangfeng/xiangfeng/domain/sample"
	"github.com/xiangfeng/xiangfeng/domain/script"
	"github.com/xiangfeng/xiangfeng/storage"
)

// small is a county that loads quickly.
var small = sample.Options{Villages: 2, Households: sample.MinHouseholds, EventsPerHousehold: 8, Year: year, Until: calendar.On(year, 11, 24), Seed: 7}

// testLoad: on a loaded database every further act goes on where it ends.
func testLoad(t *testing.T, database Database) {
	a := enter(t, database(t))
	villages := slices.Collect(sample.Villages(small))
	if err := a.Load(ctx, slices.Values(villages)); err != nil {
		t.Fatal(err)
	}
	if err := a.Load(ctx, slices.Values(villages)); err == nil {
		t.Error("a second load went through; it must not touch people's points")
	}
	if empty, err := a.Empty(ctx); err != nil || empty {
		t.Errorf("%v, %v; want villages", empty, err)
	}
	v := villages[1]
	team, head := posted(v, household.TeamMember), posted(v, household.Leader)
	home := v.Households[len(v.Households)-1].ID
	now := on(11, 24)
	event := done(t)(a.record(by(team, now), home, "SX06"))
	if want := int64(v.Events[len(v.Events)-1].ID) + 1; event.ID != want {
		t.Errorf("event %d; want %d, the next id", event.ID, want)
	}
	line := done(t)(a.confirm(by(head, now), event.ID))
	if line.Seq != int64(v.Head.Seq)+1 || line.Line != v.Accounts[len(v.Accounts)-1].Lines+1 {
		t.Errorf("%+v; want the next of the chain and of the account", line)
	}
	january := noon(calendar.On(year+1, 1, 5))
	three := signed
	three.Signers = []household.PersonID{head, team, posted(v, household.Deputy)}
	done(t)(a.publish(by(head, january), v.Village.ID, q4, three))
	done(t)(a.bare(by(0, now), func(tx *storage.Tx) (fault.Outcome, error) {
		id, err := tx.AddAccount(ledger.Account{Household: home, Village: v.Village.ID, Year: year + 1, State: ledger.Open})
		if want := v.Accounts[len(v.Accounts)-1].ID + 1; id != want {
			t.Errorf("account %d; want %d, the next id", id, want)
		}
		return fault.Outcome{Code: fault.Done}, err
	}))
	a.sound(t)
}

func posted(v sample.Village, role household.Role) household.PersonID {
	i := slices.IndexFunc(v.Posts, func(p household.Post) bool { return p.Role == role })
	return v.Posts[i].Person
}

func testVerify(t *testing.T, database Database) {
	a := enter(t, database(t))
	var want script.Checked
	county := sample.Villages(sample.Default())
	for v := range county {
		want.Villages++
		want.Accounts += len(v.Accounts)
		want.Entries += len(v.Entries)
		want.Events += len(v.Events)
		want.Sheets += len(v.Sheets)
	}
	if err := a.Load(ctx, county); err != nil {
		t.Fatal(err)
	}
	got, damage, err := a.Verify(ctx)
	if err != nil || damage != nil || got != want {
		t.Errorf("%+v, %+v, %v; want %+v and no damage", got, damage, err, want)
	}
}

// tampering is something that somebody with the database file could do, and
// what verify must say about it.
type tampering struct {
	name  string
	with  []string // SQL
	fault script.Fault
	place string // the words that name it
}

var tamperings = []tampering{
	{"an entry's tenths", []string{"UPDATE ledger_entry SET tenths = 400 WHERE village_id = 1 AND seq = 11"}, script.ChainBroken, "红旗村 HQ-0006户 2026年 第2条（村账第11笔）"},
	{"an entry's title", []string{"UPDATE ledger_entry SET title = '别的' WHERE village_id = 1 AND seq = 12"}, script.ChainBroken, "红旗村 HQ-0007户 2026年 第2条（村账第12笔）"},
	{"an entry's confirmer", []string{"UPDATE ledger_entry SET confirmer = 2 WHERE village_id = 1 AND seq = 11"}, script.ChainBroken, "HQ-0006户 2026年 第2条"},
	{"an entry's household", []string{"UPDATE ledger_entry SET account_id = 9 WHERE village_id = 1 AND seq = 15"}, script.ChainBroken, "（村账第15笔）"},
	{"a row deleted in the middle", []string{"DELETE FROM ledger_entry WHERE village_id = 1 AND seq = 12"}, script.ChainBroken, "红旗村 HQ-0007户 2026年 第3条（村账第13笔）"},
	{"the tail cut off", []string{"DELETE FROM ledger_entry WHERE village_id = 1 AND seq = 16"}, script.HeadWrong, "红旗村（村账第16笔）"},
	{"the tail cut off and the head mended", []string{
		"DELETE FROM ledger_entry WHERE village_id = 1 AND seq = 16",
		"UPDATE village SET head_seq = 15, head_hash = (SELECT hash FROM ledger_entry WHERE village_id = 1 AND seq = 15) WHERE id = 1",
	}, script.TotalsWrong, "红旗村 HQ-0009户 2026年"},
	{"the tail cut off, head and totals mended", []string{
		"DELETE FROM ledger_entry WHERE village_id = 1 AND seq = 16",
		"UPDATE village SET head_seq = 15, head_hash = (SELECT hash FROM ledger_entry WHERE village_id = 1 AND seq = 15) WHERE id = 1",
		"UPDATE account SET lines = 1, score = 1000, waiting3 = 0 WHERE id = 9",
	}, script.EventWrong, "红旗村 HQ-0009户 2026年"},
	{"a row put in", []string{`INSERT INTO ledger_entry SELECT village_id, 17, account_id, 9, 'award', 'award', 500, counts_in, occurred_on, 0, 0, '', '', '',
		recorder, confirmer, posted_at, hash, prev_hash FROM ledger_entry WHERE village_id = 1 AND seq = 16`}, script.ChainBroken, "HQ-0009户 2026年 第9条（村账第17笔）"},
	{"two rows swapped", []string{
		"UPDATE ledger_entry SET seq = 99 WHERE village_id = 1 AND seq = 11", "UPDATE ledger_entry SET seq = 11 WHERE village_id = 1 AND seq = 12",
		"UPDATE ledger_entry SET seq = 12 WHERE village_id = 1 AND seq = 99",
	}, script.ChainBroken, "HQ-0007户 2026年 第2条（村账第11笔）"},
	{"an account's score", []string{"UPDATE account SET score = score + 10 WHERE id = 6"}, script.TotalsWrong, "红旗村 HQ-0006户 2026年，"},
	{"an account's settled", []string{"UPDATE account SET settled = settled + 10 WHERE id = 7"}, script.TotalsWrong, "红旗村 HQ-0007户 2026年，"},
	{"an account's waiting", []string{"UPDATE account SET waiting2 = 0 WHERE id = 6"}, script.TotalsWrong, "红旗村 HQ-0006户 2026年，"},
	{"an account's lines", []string{"UPDATE account SET lines = 2 WHERE id = 1"}, script.TotalsWrong, "红旗村 HQ-0001户 2026年，"},
	{"whose account it is", []string{
		"UPDATE account SET year = 2030 WHERE id = 7",
		"UPDATE account SET household_id = 7 WHERE id = 6", "UPDATE account SET household_id = 6, year = 2026 WHERE id = 7",
	}, script.EventWrong, "红旗村 HQ-0007户 2026年 第2条（村账第11笔）"},
	{"an event's tenths", []string{"UPDATE event SET tenths = 400 WHERE id = 1"}, script.EventWrong, "红旗村 HQ-0006户 2026年 第2条（村账第11笔）"},
	{"an event's confirmer", []string{"UPDATE event SET confirmer = 2 WHERE id = 1"}, script.EventWrong, "HQ-0006户 2026年 第2条（村账第11笔）"},
	{"an event's item", []string{"UPDATE event SET item_id = item_id + 1 WHERE id = 1"}, script.EventWrong, "HQ-0006户 2026年 第2条（村账第11笔）"},
	{"an event deleted", []string{"DELETE FROM event WHERE id = 1"}, script.EventWrong, "HQ-0006户 2026年 第2条（村账第11笔）"},
	{"an event confirmed by hand", []string{"UPDATE event SET state = 'confirmed', confirmer = 1 WHERE state = 'pending'"}, script.EventWrong, "红旗村 HQ-0008户 2026年，"},
	{"a sheet row's score", []string{"UPDATE sheet_row SET score = score + 10 WHERE household_id = 6"}, script.SheetWrong, "红旗村，2026年第1季度"},
	{"a sheet row's rank", []string{"UPDATE sheet_row SET rank = 1 WHERE household_id = 7 AND sheet_id = (SELECT max(id) FROM sheet)"}, script.SheetWrong, "红旗村，2026年第2季度"},
	{"a sheet row deleted", []string{"DELETE FROM sheet_row WHERE household_id = 7"}, script.SheetWrong, "红旗村，2026年第1季度"},
	{"the sheet's code", []string{"UPDATE sheet SET code = 'AAAA-AAAA' WHERE n = 1"}, script.SheetWrong, "红旗村，2026年第1季度"},
	{"the sheet's head", []string{"UPDATE sheet SET head_seq = 12 WHERE n = 1"}, script.SheetWrong, "红旗村，2026年第1季度"},
	{"how many a sheet lists", []string{"UPDATE sheet SET households = 11 WHERE n = 1"}, script.SheetWrong, "红旗村，2026年第1季度"},
	{"how many a sheet ranks", []string{"UPDATE sheet SET ranked = 11 WHERE n = 1"}, script.SheetWrong, "红旗村，2026年第1季度"},
	{"an account closed with points", []string{"UPDATE account SET state = 'closed' WHERE id = 6"}, script.NotAtZero, "红旗村 HQ-0006户 2026年，"},
	{"a sheet deleted", []string{"DELETE FROM sheet_row WHERE sheet_id = (SELECT min(id) FROM sheet)", "DELETE FROM sheet WHERE n = 1"}, script.SheetWrong, "红旗村，2026年第1季度"},
	{"an older sheet shown", []string{"UPDATE village SET last_sheet = (SELECT min(id) FROM sheet) WHERE id = 1"}, script.SheetWrong, "红旗村，2026年第2季度"},
	{"the village's head", []string{"UPDATE village SET head_seq = head_seq + 1 WHERE id = 1"}, script.HeadWrong, "红旗村（村账第17笔）"},
	{"the village's head hash", []string{"UPDATE village SET head_hash = (SELECT hash FROM ledger_entry WHERE village_id = 1 AND seq = 1) WHERE id = 1"}, script.HeadWrong, "红旗村"},
	{"a sealed quarter's state", []string{"UPDATE quarter SET state = 'open' WHERE n = 1"}, script.ProgressWrong, "红旗村，"},
	{"a published quarter's state", []string{"UPDATE quarter SET state = 'sealed' WHERE n = 2"}, script.ProgressWrong, "红旗村，"},
	{"a quarter deleted", []string{"DELETE FROM quarter WHERE n = 1"}, script.ProgressWrong, "红旗村，"},
	{"a quarter deleted that leaves no gap", []string{
		"UPDATE quarter SET state = 'sealed' WHERE n = 2", "DELETE FROM quarter WHERE n = 1",
		"UPDATE village SET sealed = sealed + 1, published = -1 WHERE id = 1",
		"UPDATE account SET settled = settled + waiting2, waiting2 = 0",
	}, script.SheetWrong, "红旗村，2026年第1季度"},
	{"when a quarter was published", []string{"UPDATE quarter SET published_on = '2026-07-05' WHERE n = 2"}, script.SheetWrong, "红旗村，2026年第2季度"},
	{"a sheet taken down by hand", []string{
		"UPDATE quarter SET state = 'assessing', published_on = NULL WHERE n = 2", "UPDATE village SET published = -1, last_sheet = (SELECT min(id) FROM sheet) WHERE id = 1",
	}, script.SheetWrong, "红旗村，2026年第2季度"},
	{"a sheet that came down shown", []string{
		"INSERT INTO withdrawal VALUES (1, 2026, 2, 1, '错了', 1, '2026-07-02 04:00:00', 6, '2026-07-02 04:00:00')",
		"UPDATE quarter SET state = 'assessing', published_on = NULL WHERE n = 2", "UPDATE village SET published = -1 WHERE id = 1",
	}, script.SheetWrong, "红旗村，2026年第1季度"},
	{"the village's progress", []string{"UPDATE village SET published = -1 WHERE id = 1"}, script.ProgressWrong, "红旗村，"},
}

// chronicle is a village's year up to July: entries 11 to 16 behind the bases.
func chronicle(t testing.TB, a acts) {
	t.Helper()
	a.earn(t, wangsHome, harvest, on(2, 10))          // 11
	fire := a.earn(t, widowsHome, burning, on(2, 11)) // 12
	done(t)(a.correct(by(leader, on(2, 12)), hongqi, fire.Seq, -100))
	sealed := a.sealQuarter(t, q1)
	done(t)(a.redeem(by(shopkeeper, sealed), wangsHome, 155, wang)) // 14
	a.earn(t, wangsHome, meeting, on(5, 4))                         // 15
	done(t)(a.publish(by(leader, on(7, 1)), hongqi, q2, signed))
	a.earn(t, kinsHome, meeting, on(7, 2)) // 16
	done(t)(a.record(by(qian, on(7, 2)), sonsHome, meeting))
}

func testTampering(t *testing.T, database Database) {
	for _, c := range tamperings {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			a := stage(t, database)
			chronicle(t, a)
			a.sound(t)
			db := unguarded(t, a.dsn)
			for _, statement := range c.with {
				run(t, db, statement)
			}
			_, damage, err := a.Verify(ctx)
			if err != nil || damage == nil {
				t.Fatalf("%v, %v; want damage", damage, err)
			}
			if damage.Fault != c.fault || !strings.Contains(damage.Found(), c.place) {
				t.Errorf("%s: %s\nwant %s at %s", damage.Fault, damage.Found(), c.fault, c.place)
			}
		})
	}
	for _, f := range forgeries {
		t.Run("the chain made anew behind "+f.name, func(t *testing.T) { t.Parallel(); testForgery(t, database, f) })
	}
	t.Run("garbage", func(t *testing.T) { t.Parallel(); testGarbage(t, database) })
}

// forgery changes an entry and makes everything behind it anew with the
// product's own arithmetic, so that the chain is whole. What gives it away is
// what the chain cannot hold: the sheet that hung on the wall, or the books.
type forgery struct {
	name   string
	seq    ledger.Seq
	forge  func(*ledger.Entry)
	mended []string
	fault  script.Fault
}

var forgeries = []forgery{
	{"points, with event and totals", 11, func(e *ledger.Entry) { e.Tenths += 10 }, []string{
		"UPDATE account SET score = score + 10, settled = settled + 10 WHERE id = 6", "UPDATE event SET tenths = tenths + 10 WHERE id = 1",
	}, script.SheetWrong},
	{"a title", 11, func(e *ledger.Entry) { e.Title = "别的" }, nil, script.SheetWrong},
	{"a line's number", 15, func(e *ledger.Entry) { e.Line = 9 }, nil, script.LineMissing},
	{"an account that nobody has", 15, func(e *ledger.Entry) { e.Account = 999 }, nil, script.TotalsWrong},
}

func testForgery(t *testing.T, database Database, f forgery) {
	a := stage(t, database)
	chronicle(t, a)
	db := unguarded(t, a.dsn)
	prev := a.entry(t, f.seq-1).Hash
	for seq := f.seq; seq <= 16; seq++ {
		e := a.entry(t, seq)
		if seq == f.seq {
			f.forge(&e)
		}
		e.Prev, e.Hash = prev, e.Seal(prev)
		run(t, db, fmt.Sprintf("UPDATE ledger_entry SET tenths = %d, title = '%s', line_no = %d, account_id = %d, prev_hash = %s, hash = %s WHERE village_id = 1 AND seq = %d",
			e.Tenths, e.Title, e.Line, e.Account, a.blob(e.Prev), a.blob(e.Hash), seq))
		prev = e.Hash
	}
	run(t, db, "UPDATE village SET head_hash = "+a.blob(prev)+" WHERE id = 1")
	for _, statement := range f.mended {
		run(t, db, statement)
	}
	_, damage, err := a.Verify(ctx)
	if err != nil || damage == nil || damage.Fault != f.fault || damage.Village != "红旗村" {
		t.Errorf("%+v, %v; want %s", damage, err, f.fault)
	}
}

// testGarbage: what cannot even be read is an error that names the village.
func testGarbage(t *testing.T, database Database) {
	a := stage(t, database)
	run(t, unguarded(t, a.dsn), "UPDATE ledger_entry SET counts_in = '去年' WHERE village_id = 1 AND seq = 5")
	if _, _, err := a.Verify(ctx); err == nil || !strings.Contains(err.Error(), "红旗村") {
		t.Errorf("%v; want an error that names the village", err)
	}
}

func (a acts) entry(t testing.TB, seq ledger.Seq) (e ledger.Entry) {
	t.Helper()
	done(t)(a.bare(by(0, on(1, 1)), func(tx *storage.Tx) (_ fault.Outcome, err error) {
		e, _, err = tx.Entry(hongqi, seq)
		return fault.Outcome{Code: fault.Done}, err
	}))
	return e
}

// blob writes a hash as the database's SQL does.
func (a acts) blob(h ledger.Hash) string {
	if strings.HasPrefix(a.dsn, "sqlite:") {
		return "X'" + h.String() + "'"
	}
	return `'\x` + h.String() + `'::bytea`
}

// unguarded is the raw database without its triggers and foreign keys.
func unguarded(t testing.TB, dsn string) *sql.DB {
	t.Helper()
	db := raw(t, dsn)
	if strings.HasPrefix(dsn, "sqlite:") {
		for _, table := range []string{"ledger_entry", "sheet", "sheet_row"} {
			run(t, db, "DROP TRIGGER "+table+"_no_update")
			run(t, db, "DROP TRIGGER "+table+"_no_delete")
		}
		return db
	}
	for _, table := range []string{"ledger_entry", "sheet", "sheet_row", "event", "item", "account", "village", "quarter"} {
		run(t, db, "ALTER TABLE "+table+" DISABLE TRIGGER ALL")
	}
	return db
}
