package ledger_test

import (
	"errors"
	"testing"

	"pgregory.net/rapid"

	"github.com/xiangfeng/xiangfeng/domain/calendar"
	"github.com/xiangfeng/xiangfeng/domain/fault"
	"github.com/xiangfeng/xiangfeng/domain/ledger"
	"github.com/xiangfeng/xiangfeng/domain/points"
)

func TestPostRefuses(t *testing.T) {
	t.Parallel()
	b := newBook(t)
	b.on("2026-03-01")
	b.start("王家")
	open := b.account("王家 2026")
	closed, merged := open, open
	closed.State, merged.State = ledger.Closed, ledger.Merged
	q1 := calendar.Quarter{Year: 2026, N: 1}
	day := b.day("2026-03-01")
	draft := func(k ledger.Kind, t points.Tenths, q calendar.Quarter) ledger.Draft {
		return ledger.Draft{Kind: k, Tenths: t, CountsIn: q, OccurredOn: day}
	}
	for _, test := range []struct {
		name    string
		account ledger.Account
		draft   ledger.Draft
		want    fault.Code
	}{
		{"nothing", open, draft(ledger.EventKind, 0, q1), fault.Invalid},
		{"the most", open, draft(ledger.EventKind, points.Limit, q1), ""},
		{"more than the most", open, draft(ledger.EventKind, points.Limit+1, q1), fault.Invalid},
		{"the most taken away", open, draft(ledger.EventKind, -points.Limit, q1), ""},
		{"more taken away than the most", open, draft(ledger.EventKind, -points.Limit-1, q1), fault.Invalid},
		{"an event of another year's quarter", open, draft(ledger.EventKind, 50, calendar.Quarter{Year: 2027, N: 1}), fault.Invalid},
		{"an event to a closed account", closed, draft(ledger.EventKind, 50, q1), fault.AccountClosed},
		{"an award to a closed account", closed, draft(ledger.Award, 50, q1), fault.AccountClosed},
		{"an opening to a closed account", closed, draft(ledger.Opening, 50, q1), fault.AccountClosed},
		{"a return to a closed account", closed, draft(ledger.Return, 50, q1), fault.AccountClosed},
		{"a transfer to a closed account", closed, draft(ledger.Transfer, 50, q1), fault.AccountClosed},
		{"a redemption from a closed account without grace", closed, draft(ledger.Redemption, -50, q1), fault.AccountClosed},
		{"a reinstatement to a closed account", closed, draft(ledger.Reinstatement, 50, q1), ""},
		{"a redemption from a merged account", merged, draft(ledger.Redemption, -50, q1), fault.AccountClosed},
		{"what the open quarter of a merged account brings", merged, draft(ledger.EventKind, 50, q1), ""},
	} {
		posted, err := ledger.Post(b.head, test.account, b.p, test.draft, b.now)
		if got := fault.CodeOf(err); got != test.want {
			t.Errorf("%s: got %v, want %q", test.name, err, test.want)
		}
		if err != nil && len(posted.Entries) != 0 {
			t.Errorf("%s: refused, and left entries", test.name)
		}
	}
}

func TestTwoPersonsDecide(t *testing.T) {
	t.Parallel()
	b := newBook(t)
	b.on("2026-01-01")
	b.start("王家")
	line := b.event("王家", "2026-01-01", "20")
	b.hangs("2026Q1", "2026-04-03", "2026-04-10")
	goods := b.buys("10", "王家 2026")[0]
	a, on := b.account("王家 2026"), b.today()
	acts := map[string]func(ledger.By) error{
		"a correction": func(by ledger.By) error {
			_, err := ledger.Correct(line, false, 10, on, "查实", by)
			return err
		},
		"a redemption": func(by ledger.By) error {
			_, err := ledger.Spend([]ledger.Purse{b.purse("王家 2026")}, 10, b.now, "大米", by)
			return err
		},
		"a return": func(by ledger.By) error { _, err := ledger.GiveBack(a, goods, 0, 10, on, by); return err },
		"a reinstatement": func(by ledger.By) error {
			closed := a
			closed.State = ledger.Closed
			_, err := ledger.Reinstate(closed, goods, 0, 10, on, "坏了", by)
			return err
		},
		"an award":   func(by ledger.By) error { _, err := ledger.Reward(10, on, "奖励", by); return err },
		"an opening": func(by ledger.By) error { _, err := ledger.FromPaper(10, on, "结转", by); return err },
	}
	for name, do := range acts {
		for _, by := range []struct {
			ledger.By
			want fault.Code
		}{
			{both, ""},
			{ledger.By{Recorder: lee, Confirmer: lee}, fault.SamePerson},
			{ledger.By{Recorder: lee}, fault.Forbidden},
			{ledger.By{Confirmer: zhou}, fault.Forbidden},
			{ledger.By{}, fault.Forbidden},
		} {
			if got := fault.CodeOf(do(by.By)); got != by.want {
				t.Errorf("%s by %+v: %q, want %q", name, by.By, got, by.want)
			}
		}
	}
}

func TestCorrectRefuses(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name     string
		kind     ledger.Kind
		standsAs points.Tenths
		reason   string
		want     fault.Code
	}{
		{"an event", ledger.EventKind, 40, "查实", ""},
		{"an event to nothing", ledger.EventKind, 0, "查实", ""},
		{"no change", ledger.EventKind, 50, "查实", fault.Invalid},
		{"no reason", ledger.EventKind, 40, "", fault.Invalid},
		{"the opening", ledger.Opening, 40, "查实", ""},
		{"an award", ledger.Award, 40, "查实", ""},
		{"a correction", ledger.Correction, 40, "查实", ""},
		{"the base", ledger.BaseKind, 40, "查实", fault.Invalid},
		{"a redemption, which is returned", ledger.Redemption, 40, "查实", fault.Invalid},
		{"a return", ledger.Return, 40, "查实", fault.Invalid},
		{"a reinstatement", ledger.Reinstatement, 40, "查实", fault.Invalid},
		{"a transfer", ledger.Transfer, 40, "查实", fault.Invalid},
		{"a lapse", ledger.Lapse, 40, "查实", fault.Invalid},
		{"a write-off", ledger.WriteOff, 40, "查实", fault.Invalid},
	} {
		target := ledger.Entry{Seq: 9, Kind: test.kind, Root: ledger.EventKind, Tenths: 50, Event: 4, Item: "SX01", Title: "志愿服务"}
		d, err := ledger.Correct(target, false, test.standsAs, calendar.On(2026, 5, 1), test.reason, both)
		if got := fault.CodeOf(err); got != test.want {
			t.Errorf("%s: got %v, want %q", test.name, err, test.want)
		}
		if err == nil && (d.Corrects != 9 || d.Tenths != test.standsAs-50 || d.Root != ledger.EventKind || d.Event != 4 || d.Title != "志愿服务") {
			t.Errorf("%s: %+v does not name what it corrects", test.name, d)
		}
	}
}

func TestBringingBackRefuses(t *testing.T) {
	t.Parallel()
	goods := ledger.Entry{Seq: 9, Account: 1, Kind: ledger.Redemption, Tenths: -50, OccurredOn: calendar.On(2026, 4, 20)}
	event := goods
	event.Kind = ledger.EventKind
	for _, test := range []struct {
		name             string
		account          ledger.AccountID
		entry            ledger.Entry
		returned, amount points.Tenths
		day              int
		want             fault.Code
	}{
		{"all of it", 1, goods, 0, 50, 20, ""},
		{"the rest of it", 1, goods, 20, 30, 27, ""},
		{"more than the rest", 1, goods, 20, 31, 27, fault.Invalid},
		{"nothing", 1, goods, 0, 0, 27, fault.Invalid},
		{"less than nothing", 1, goods, 0, -1, 27, fault.Invalid},
		{"on the eighth day", 1, goods, 0, 50, 28, fault.TooLate},
		{"before it was handed over", 1, goods, 0, 50, 19, fault.Invalid},
		{"what was no redemption", 1, event, 0, 50, 20, fault.Invalid},
		{"to another account", 2, goods, 0, 50, 20, fault.Invalid},
	} {
		on := calendar.On(2026, 4, test.day)
		_, err := ledger.GiveBack(ledger.Account{ID: test.account, State: ledger.Open}, test.entry, test.returned, test.amount, on, both)
		if got := fault.CodeOf(err); got != test.want {
			t.Errorf("return, %s: got %v, want %q", test.name, err, test.want)
		}
		_, err = ledger.Reinstate(ledger.Account{ID: test.account, State: ledger.Closed}, test.entry, test.returned, test.amount, on, "坏了", both)
		if got := fault.CodeOf(err); got != test.want {
			t.Errorf("reinstatement, %s: got %v, want %q", test.name, err, test.want)
		}
	}
}

func TestSpendRefusesWhatIsNoAmount(t *testing.T) {
	t.Parallel()
	b := newBook(t)
	b.on("2026-04-01")
	b.start("王家")
	for _, amount := range []points.Tenths{0, -1, points.Limit + 1} {
		_, err := ledger.Spend([]ledger.Purse{b.purse("王家 2026")}, amount, b.now, "大米", both)
		b.refused(err, fault.Invalid)
	}
	_, err := ledger.Spend(nil, 1, b.now, "大米", both)
	b.refused(err, fault.WindowClosed)
}

func TestReservationStaysInTheWayOfAnExpiry(t *testing.T) {
	t.Parallel()
	b := newBook(t)
	b.on("2026-01-01")
	b.start("王家")
	line := b.event("王家", "2026-01-01", "10")
	b.year2026()
	b.on("2027-02-01")
	must(b, 0, b.close("王家 2026"))
	b.on("2027-03-01")
	b.correct(line, "16")
	b.on("2027-04-29")
	b.reserve("王家 2026", "2")
	b.on("2027-05-01")
	b.refused(b.expire("王家 2026"), fault.Blocked)
	b.release("王家 2026", "2")
	must(b, 0, b.expire("王家 2026"))
	b.lines("王家 2026", 4, "4 correction +6", "5 lapse -6")
}

func TestReservationLeavesWhatIsHeld(t *testing.T) {
	t.Parallel()
	b := newBook(t)
	b.on("2026-01-01")
	b.start("王家")
	b.event("王家", "2026-01-01", "20")
	b.hangs("2026Q1", "2026-04-03", "2026-04-10")
	b.event("王家", "2026-04-10", "-8")
	b.on("2026-07-03")
	b.publish("2026Q2")
	_, err := b.account("王家 2026").Reserve(121, b.p) // 20 - 8 = 12
	b.refused(err, fault.Insufficient)
	var no *fault.Refusal
	if !errors.As(err, &no) || no.Facts != (fault.Facts{Account: 1, Need: 121, Claim: 200, Held: 80}) {
		t.Errorf("the refusal explains itself with %+v", no)
	}
	b.reserve("王家 2026", "12")
	b.stands("王家 2026", "score 112, claim 8, held 8, redeemable 0")
}

func TestCloseWaitsForTheFourthQuarter(t *testing.T) {
	t.Parallel()
	b := newBook(t)
	b.on("2026-01-01")
	b.start("王家")
	b.hangs("2026Q1", "2026-04-03", "2026-04-10")
	b.hangs("2026Q2", "2026-07-03", "2026-07-10")
	b.hangs("2026Q3", "2026-10-12", "2026-10-19")
	b.on("2027-02-01")
	b.refused(b.close("王家 2026"), fault.TooEarly) // not even published
	b.publish("2026Q4")
	b.on("2027-02-26")
	b.refused(b.close("王家 2026"), fault.TooEarly) // not sealed, whatever the day
	published, sealed := calendar.On(2027, 1, 6), calendar.On(2027, 1, 13)
	_, err := ledger.Close(b.head, b.account("王家 2026"), b.p, calendar.YearEndOf(2026, &published, &sealed), b.now)
	b.refused(err, fault.TooEarly) // and never with lines that still wait
}

func TestMergeRefusesWhatDoesNotFit(t *testing.T) {
	t.Parallel()
	from := ledger.Account{ID: 1, Village: hongqiao, Year: 2026, State: ledger.Open}
	into := ledger.Account{ID: 2, Village: hongqiao, Year: 2026, State: ledger.Open}
	with := func(a ledger.Account, change func(*ledger.Account)) ledger.Account { change(&a); return a }
	closed := func(a *ledger.Account) { a.State = ledger.Closed }
	merged := func(a *ledger.Account) { a.State = ledger.Merged }
	for _, test := range []struct {
		name       string
		from, into ledger.Account
		want       fault.Code
	}{
		{"two open ones", from, into, ""},
		{"itself", from, from, fault.Invalid},
		{"another year", from, with(into, func(a *ledger.Account) { a.Year = 2027 }), fault.Invalid},
		{"another village", from, with(into, func(a *ledger.Account) { a.Village++ }), fault.Invalid},
		{"a closed one", with(from, closed), into, fault.Invalid},
		{"into a closed one", from, with(into, closed), fault.Invalid},
		{"both closed", with(from, closed), with(into, closed), fault.Invalid},
		{"into one that is no more", from, with(into, merged), fault.Invalid},
		{"once more", with(from, merged), into, ""},
		{"once more, after the close", with(from, merged), with(into, closed), ""},
	} {
		_, _, err := ledger.Merge(ledger.Head{Village: hongqiao}, test.from, test.into, ledger.Progress{}, ledger.Merging{}, calendar.On(2026, 5, 1), calendar.On(2026, 5, 1).Start())
		if got := fault.CodeOf(err); got != test.want {
			t.Errorf("%s: got %v, want %q", test.name, err, test.want)
		}
	}
}

func TestEventCountsInNoPublishedQuarter(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		var p ledger.Progress
		sealed := rapid.IntRange(2026*4-1, 2028*4).Draw(t, "sealed")
		if sealed >= 2026*4 {
			p.Sealed = calendar.FromIndex(sealed)
		}
		if rapid.Bool().Draw(t, "one is published") {
			p.Published = calendar.FromIndex(sealed + 1)
		}
		on := calendar.On(2026, 1, 1).AddDays(rapid.IntRange(0, 3*365).Draw(t, "day"))
		own := calendar.QuarterOf(on)
		q, late := p.CountsIn(on)
		taken := func(q calendar.Quarter) bool { return p.IsSealed(q) || q == p.Published }
		switch {
		case taken(q):
			t.Fatalf("%s counts in %s, which is up with %+v", on, q, p)
		case !taken(own) && (q != own || late):
			t.Fatalf("%s counts in %s (late %v) with %+v, not in its own quarter", on, q, late, p)
		case taken(own) && (!late || !taken(q.Prev())):
			t.Fatalf("%s counts in %s (late %v) with %+v, not in the first that is open", on, q, late, p)
		}
	})
}

func TestWhenAnAccountCanBeSpent(t *testing.T) {
	t.Parallel()
	published, sealed := calendar.On(2027, 1, 6), calendar.On(2027, 1, 13)
	done := calendar.YearEndOf(2026, &published, &sealed)
	hung := calendar.YearEndOf(2026, &published, nil)
	unknown := calendar.YearEndOf(2026, nil, nil)
	grace := calendar.On(2027, 5, 1).Start()
	for _, test := range []struct {
		state ledger.State
		end   calendar.YearEnd
		day   string
		want  bool
	}{
		{ledger.Open, unknown, "2026-01-15", false}, // January is last year's
		{ledger.Open, unknown, "2026-03-31", false},
		{ledger.Open, unknown, "2026-04-01", true},
		{ledger.Open, unknown, "2026-04-30", true},
		{ledger.Open, unknown, "2026-05-01", false},
		{ledger.Open, unknown, "2026-07-31", true},
		{ledger.Open, unknown, "2026-10-01", true},
		{ledger.Open, unknown, "2026-12-31", false},
		{ledger.Open, unknown, "2027-01-15", false}, // the fourth quarter is not published
		{ledger.Open, done, "2027-01-05", false},
		{ledger.Open, hung, "2027-01-06", true},
		{ledger.Open, done, "2027-01-31", true},
		{ledger.Open, done, "2027-02-01", false},
		{ledger.Open, hung, "2027-02-01", true}, // nothing lapses before the seal
		{ledger.Open, done, "2028-01-15", false},
		{ledger.Closed, done, "2027-03-31", false},
		{ledger.Closed, done, "2027-04-30", true},
		{ledger.Closed, done, "2027-05-01", false},
		{ledger.Merged, unknown, "2026-04-15", false},
	} {
		day, err := calendar.ParseDate(test.day)
		if err != nil {
			t.Fatal(err)
		}
		a := ledger.Account{Year: 2026, State: test.state, Grace: grace}
		if got := a.Spendable(test.end, day.Start()); got != test.want {
			t.Errorf("a %s account of 2026 on %s (%+v): %v", test.state, test.day, test.end, got)
		}
	}
}
