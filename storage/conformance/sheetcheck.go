package conformance

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/xiangfeng/xiangfeng/domain/calendar"
	"github.com/xiangfeng/xiangfeng/domain/fault"
	"github.com/xiangfeng/xiangfeng/domain/script"
)

// testSheetCheck: whoever has a sheet's code learns whether it is the one that
// counts, and nothing of any household.
func testSheetCheck(t *testing.T, database Database) {
	a := stage(t, database)
	a.earn(t, wangsHome, harvest, on(2, 10))
	a.earn(t, widowsHome, burning, on(2, 11))
	published := calendar.On(year, 4, 2)
	code := done(t)(a.publish(by(leader, noon(published)), hongqi, q1, signed)).Note
	if _, err := a.SheetCheck(ctx, "AAAA-AAAA"); fault.CodeOf(err) != fault.NotFound {
		t.Errorf("an unknown code: %v", err)
	}
	check := func() script.SheetCheck {
		t.Helper()
		c, err := a.SheetCheck(ctx, code)
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
	want := script.SheetCheck{
		Village: "红旗村", Township: "清溪镇", Office: redVillage.Office, Quarter: q1, Edition: 1, Code: code,
		PublishedAt: noon(published).UTC(), PublishedOn: published, Households: 9, Sum: 9100, Highest: 1300, Lowest: 800, Whole: true,
	}
	got := check()
	if diff := cmp.Diff(want, got, cmpopts.IgnoreFields(script.SheetCheck{}, "Head")); diff != "" || got.Head.Seq == 0 {
		t.Errorf("head %d, -want +got:\n%s", got.Head.Seq, diff)
	}
	sealed := calendar.SealFrom(published)
	done(t)(a.seal(by(0, noon(sealed)), hongqi, q1))
	if got := check(); got.SealedOn != sealed || !got.Stands() {
		t.Errorf("sealed: %+v", got)
	}

	db := unguarded(t, a.dsn)
	for _, c := range []struct {
		change, undo string
		stands       bool
		newer        string
		whole        bool
	}{
		{"UPDATE quarter SET state = 'assessing' WHERE n = 1", "UPDATE quarter SET state = 'sealed' WHERE n = 1", false, "", true},
		{"UPDATE quarter SET edition = 2 WHERE n = 1", "UPDATE quarter SET edition = 1 WHERE n = 1", false, "", true},
		{"UPDATE sheet_row SET score = score + 10 WHERE household_id = 6", "UPDATE sheet_row SET score = score - 10 WHERE household_id = 6", false, "", false},
		{"UPDATE sheet SET head_seq = head_seq - 1", "UPDATE sheet SET head_seq = head_seq + 1", false, "", false},
		{"UPDATE sheet_row SET score = score", "UPDATE sheet_row SET score = score", true, "", true},
	} {
		run(t, db, c.change)
		if got := check(); got.Stands() != c.stands || got.Newer != c.newer || got.Whole != c.whole {
			t.Errorf("%s: %+v", c.change, got)
		}
		run(t, db, c.undo)
	}
}

// testTakenDown: a sheet comes down also while a notice of it may be on its way,
// which then stays in doubt; the others are not sent any more.
func testTakenDown(t *testing.T, database Database) {
	a := stage(t, database)
	a.earn(t, wangsHome, harvest, on(2, 10))
	published := calendar.On(year, 4, 2)
	done(t)(a.publish(by(leader, noon(published)), hongqi, q1, signed))
	db := unguarded(t, a.dsn)
	run(t, db, "UPDATE push SET doubtful = true WHERE id = (SELECT min(id) FROM push)")
	done(t)(a.takeDown(by(officer, noon(published).Add(time.Hour)), hongqi, q1, "名单贴错了"))
	rows, err := a.PushLog(ctx, hongqi, 0, 1000)
	if err != nil || len(rows) < 2 {
		t.Fatalf("%d notices, %v", len(rows), err)
	}
	doubtful := 0
	for _, r := range rows {
		switch r.State {
		case "in_doubt":
			doubtful++
		case "expired":
		default:
			t.Errorf("%s to %s is %s", r.Occasion, r.Name, r.State)
		}
	}
	if doubtful != 1 {
		t.Errorf("%d in doubt", doubtful)
	}
}
