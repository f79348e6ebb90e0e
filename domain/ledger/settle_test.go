package ledger_test

import (
	"testing"
	"time"

	"github.com/xiangfeng/xiangfeng/domain/calendar"
	"github.com/xiangfeng/xiangfeng/domain/fault"
	"github.com/xiangfeng/xiangfeng/domain/ledger"
)

// The account of 2026 lapses on 1 February; the job that closes it runs only
// on the 5th. What a dispute gives on the 3rd must find it closed: 9 of its
// 9 points have lapsed, and the 4 it gives live to the end of April.
func TestALapseThatTheJobIsLateForComesBeforeWhatIsPosted(t *testing.T) {
	t.Parallel()
	sealed := ledger.Progress{Sealed: calendar.Quarter{Year: 2026, N: 4}}
	published, hung := calendar.On(2027, time.January, 6), calendar.On(2027, time.January, 13)
	end := calendar.YearEndOf(2026, &published, &hung)
	now := calendar.On(2027, time.February, 3).Start()
	a := ledger.Account{ID: 1, Village: 1, Year: 2026, State: ledger.Open, Lines: 2, Score: 1090, Settled: 90}

	settled, err := ledger.Settle(ledger.Head{Village: 1, Seq: 2}, a, sealed, end, now)
	if err != nil || len(settled.Entries) != 1 || settled.Entries[0].Kind != ledger.Lapse || settled.Entries[0].Tenths != -90 {
		t.Fatalf("Settle = %+v, %v; want one lapse of -9", settled, err)
	}
	gain := ledger.Draft{
		Kind: ledger.Correction, Root: ledger.EventKind, Tenths: 40, Corrects: 2, Reason: "查实",
		CountsIn: calendar.Quarter{Year: 2026, N: 4}, OccurredOn: calendar.DateOf(now), Recorder: 1, Confirmer: 2,
	}
	given, err := ledger.Post(settled.Head, settled.Account, sealed, gain, now)
	if err != nil {
		t.Fatal(err)
	}
	both := settled.Then(given)
	if len(both.Entries) != 2 || both.Entries[1].Seq != 4 || both.Entries[1].Line != 4 {
		t.Errorf("entries = %+v; want the lapse, then the correction as 第4条", both.Entries)
	}
	if got := both.Account.Claim(); got != 40 {
		t.Errorf("claim = %s; want 4", got)
	}
	if want := calendar.On(2027, time.May, 1).Start(); !both.Account.Grace.Equal(want) {
		t.Errorf("grace until %s; want the end of April", both.Account.Grace)
	}
}

func TestSettleLeavesAnAccountThatIsWhereItShouldBe(t *testing.T) {
	t.Parallel()
	sealed := ledger.Progress{Sealed: calendar.Quarter{Year: 2026, N: 4}}
	published, hung := calendar.On(2027, time.January, 6), calendar.On(2027, time.January, 13)
	end := calendar.YearEndOf(2026, &published, &hung)
	open := ledger.Account{ID: 1, Village: 1, Year: 2026, State: ledger.Open, Settled: 90}
	graced := ledger.Account{ID: 1, Village: 1, Year: 2026, State: ledger.Closed, Settled: 40, Grace: calendar.On(2027, time.May, 1).Start()}
	for name, c := range map[string]struct {
		account ledger.Account
		now     time.Time
		entries int
	}{
		"open, a second before the lapse":   {open, end.Lapse.Add(-time.Second), 0},
		"open, at the lapse":                {open, end.Lapse, 1},
		"closed, a second before its grace": {graced, graced.Grace.Add(-time.Second), 0},
		"closed, at the end of its grace":   {graced, graced.Grace, 1},
		"closed at 0":                       {ledger.Account{ID: 1, Village: 1, Year: 2026, State: ledger.Closed}, end.Lapse, 0},
	} {
		posted, err := ledger.Settle(ledger.Head{Village: 1}, c.account, sealed, end, c.now)
		if err != nil || len(posted.Entries) != c.entries {
			t.Errorf("%s: %d entries, %v; want %d", name, len(posted.Entries), err, c.entries)
		}
		if c.entries == 0 && posted.Account != c.account {
			t.Errorf("%s: the account changed to %+v", name, posted.Account)
		}
	}
	reserved := open
	reserved.Reserved = 10
	if _, err := ledger.Settle(ledger.Head{Village: 1}, reserved, sealed, end, end.Lapse); fault.CodeOf(err) != fault.Blocked {
		t.Errorf("with an open reservation: %v; want %s", err, fault.Blocked)
	}
}
