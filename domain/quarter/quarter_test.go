package quarter_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/xiangfeng/xiangfeng/domain/calendar"
	"github.com/xiangfeng/xiangfeng/domain/fault"
	"github.com/xiangfeng/xiangfeng/domain/household"
	"github.com/xiangfeng/xiangfeng/domain/ledger"
	"github.com/xiangfeng/xiangfeng/domain/quarter"
)

var (
	q1 = calendar.Quarter{Year: 2026, N: 1}
	q2 = calendar.Quarter{Year: 2026, N: 2}

	// The first quarter of 2026 is sealed; the second is at hand.
	q1Sealed = ledger.Progress{Sealed: q1}
	signed   = quarter.Signing{Minutes: "七月二日评议会", Signers: []household.PersonID{11, 12, 13}, Need: 3}
)

func at(month time.Month, day int) time.Time { return calendar.On(2026, month, day).Start() }

// in is the second quarter in one of its states; published on 3 July, it hangs to the 9th.
func in(s quarter.State) quarter.Quarter {
	q := quarter.New(1, q2)
	q.State = s
	if s == quarter.Published || s == quarter.Sealed {
		q.Edition, q.PublishedOn = 1, calendar.On(2026, 7, 3)
	}
	if s == quarter.Sealed {
		q.SealedOn = calendar.On(2026, 7, 10)
	}
	return q
}

func TestEveryStepFromEveryState(t *testing.T) {
	t.Parallel()
	now := at(7, 10)
	steps := map[string]func(quarter.Quarter) (quarter.Quarter, error){
		"assess":   func(q quarter.Quarter) (quarter.Quarter, error) { return q.Assess(now) },
		"publish":  func(q quarter.Quarter) (quarter.Quarter, error) { return q.Publish(q1Sealed, signed, now) },
		"seal":     func(q quarter.Quarter) (quarter.Quarter, error) { return q.Seal(now) },
		"withdraw": func(q quarter.Quarter) (quarter.Quarter, error) { return q.Withdraw(90) },
	}
	lawful := map[quarter.State]map[string]quarter.State{
		quarter.Open:      {"assess": quarter.Assessing},
		quarter.Assessing: {"publish": quarter.Published},
		quarter.Published: {"seal": quarter.Sealed, "withdraw": quarter.Assessing},
		quarter.Sealed:    {},
	}
	for state, allowed := range lawful {
		for name, step := range steps {
			before := in(state)
			after, err := step(before)
			want, ok := allowed[name]
			switch {
			case ok && (err != nil || after.State != want):
				t.Errorf("%s when %s: %s, %v; want %s", name, state, after.State, err, want)
			case !ok && (fault.CodeOf(err) != fault.Conflict || after != before):
				t.Errorf("%s when %s: %+v, %v; want a conflict and no change", name, state, after, err)
			}
		}
	}
}

func TestAssessStartsWithTheNextQuarter(t *testing.T) {
	t.Parallel()
	_, err := in(quarter.Open).Assess(at(7, 1).Add(-time.Nanosecond))
	if fault.CodeOf(err) != fault.TooEarly {
		t.Errorf("in the last instant of June: %v", err)
	}
	if q, err := in(quarter.Open).Assess(at(7, 1)); err != nil || q.State != quarter.Assessing {
		t.Errorf("on 1 July: %+v, %v", q, err)
	}
}

func TestASheetIsToCome(t *testing.T) {
	t.Parallel()
	q := calendar.Quarter{Year: 2026, N: 3}
	for state, want := range map[quarter.State]bool{quarter.Open: true, quarter.Assessing: true, quarter.Published: false, quarter.Sealed: false} {
		one := quarter.Quarter{Q: q, State: state}
		if one.ToCome(q.Last()) || one.ToCome(q.Last().AddDays(1)) != want {
			t.Errorf("%s: a sheet is to come: %t", state, !want)
		}
	}
}

func TestPublishNeedsMinutesSignaturesAndAFreeWall(t *testing.T) {
	t.Parallel()
	sign := func(minutes string, need int, by ...household.PersonID) quarter.Signing {
		return quarter.Signing{Minutes: minutes, Signers: by, Need: need}
	}
	supervised := func(blocked, overridden bool) quarter.Signing {
		s := signed
		s.Blocked, s.Overridden = blocked, overridden
		return s
	}
	for _, test := range []struct {
		name string
		p    ledger.Progress
		s    quarter.Signing
		want fault.Code
	}{
		{"three sign", q1Sealed, signed, ""},
		{"four sign", q1Sealed, sign("评议会纪要", 3, 11, 12, 13, 14), ""},
		{"two sign", q1Sealed, sign("评议会纪要", 3, 11, 12), fault.Unsigned},
		{"two sign, one of them twice", q1Sealed, sign("评议会纪要", 3, 11, 12, 12), fault.Unsigned},
		{"nobody's signature", q1Sealed, sign("评议会纪要", 3, 11, 12, 0), fault.Unsigned},
		{"two sign where two are asked for", q1Sealed, sign("评议会纪要", 2, 11, 12), ""},
		{"no minutes", q1Sealed, sign("", 3, 11, 12, 13), fault.Unsigned},
		{"three characters", q1Sealed, sign("开过会", 3, 11, 12, 13), fault.Unsigned},
		{"four with spaces around", q1Sealed, sign("  开过会  ", 3, 11, 12, 13), fault.Unsigned},
		{"a book", q1Sealed, sign(strings.Repeat("会", 501), 3, 11, 12, 13), fault.Invalid},
		{"everybody alike", q1Sealed, supervised(true, false), fault.Blocked},
		{"everybody alike, overridden", q1Sealed, supervised(true, true), ""},
		{"overridden for nothing", q1Sealed, supervised(false, true), ""},
		{"the quarter before hangs", ledger.Progress{Published: q1}, signed, fault.Blocked},
		{"the quarter before is not sealed", ledger.Progress{Sealed: q1.Prev()}, signed, fault.Blocked},
		{"a later one is sealed", ledger.Progress{Sealed: q2}, signed, fault.Blocked},
		{"the village's first", ledger.Progress{}, signed, ""},
	} {
		before := in(quarter.Assessing)
		after, err := before.Publish(test.p, test.s, at(7, 3).Add(20*time.Hour))
		if got := fault.CodeOf(err); got != test.want {
			t.Errorf("%s: got %v, want %q", test.name, err, test.want)
		}
		if err != nil && after != before {
			t.Errorf("%s: refused, and changed it", test.name)
		}
		if err == nil && (after.Edition != 1 || after.PublishedOn != calendar.On(2026, 7, 3)) {
			t.Errorf("%s: edition %d of %s", test.name, after.Edition, after.PublishedOn)
		}
	}
}

func TestSealWaitsForTheDaysOnTheWall(t *testing.T) {
	t.Parallel()
	// Up on Friday 3 July 2026: the 3rd to the 9th are seven days, five of them worked.
	q := in(quarter.Published)
	if after, err := q.Seal(at(7, 10).Add(-time.Nanosecond)); fault.CodeOf(err) != fault.TooEarly || after != q {
		t.Errorf("on the seventh day: %v", err)
	}
	sealed, err := q.Seal(at(7, 10))
	if err != nil || sealed.SealedOn != calendar.On(2026, 7, 10) || sealed.PublishedOn != q.PublishedOn {
		t.Errorf("on the eighth day: %+v, %v", sealed, err)
	}
	late, err := q.Seal(at(8, 1))
	if err != nil || late.SealedOn != calendar.On(2026, 8, 1) {
		t.Errorf("by a job that ran late: %+v, %v", late, err)
	}
}

func TestWithdrawnSheetStartsItsDaysAgain(t *testing.T) {
	t.Parallel()
	if _, err := in(quarter.Published).Withdraw(0); fault.CodeOf(err) != fault.Forbidden {
		t.Errorf("without the township's consent: %v", err)
	}
	q, err := in(quarter.Published).Withdraw(90)
	if err != nil || q.State != quarter.Assessing || !q.PublishedOn.IsZero() || q.Edition != 1 {
		t.Fatalf("withdrawn: %+v, %v", q, err)
	}
	q, err = q.Publish(q1Sealed, signed, at(7, 8))
	if err != nil || q.Edition != 2 || q.PublishedOn != calendar.On(2026, 7, 8) {
		t.Fatalf("published anew: %+v, %v", q, err)
	}
	if _, err := q.Seal(at(7, 14)); fault.CodeOf(err) != fault.TooEarly {
		t.Errorf("the days must start again: %v", err)
	}
	if _, err := q.Seal(at(7, 15)); err != nil {
		t.Errorf("eight days later: %v", err)
	}
}

func TestBlockedSaysWhy(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		p    ledger.Progress
		s    quarter.Signing
		want string
	}{
		{ledger.Progress{Published: q1}, signed, quarter.BlockedByWall},
		{ledger.Progress{Sealed: q1.Prev()}, signed, quarter.BlockedByEarlier},
		{q1Sealed, quarter.Signing{Blocked: true}, quarter.BlockedByAveraging},
		{q1Sealed, signed, ""},
	} {
		if got := in(quarter.Assessing).Blocks(test.p, test.s); got != test.want {
			t.Errorf("%+v: %q, want %q", test.p, got, test.want)
		}
	}
}

func TestSignersUnderSomethingElseAreVoid(t *testing.T) {
	t.Parallel()
	got := quarter.Signers([]quarter.Signature{{Person: 11, Digest: "a"}, {Person: 12, Digest: "b"}, {Person: 13, Digest: "a"}}, "a")
	if !slices.Equal(got, []household.PersonID{11, 13}) {
		t.Errorf("%v", got)
	}
}

func TestAskWithdrawal(t *testing.T) {
	t.Parallel()
	for _, s := range []quarter.State{quarter.Open, quarter.Assessing, quarter.Sealed} {
		if _, err := in(s).AskWithdrawal(12, "数算错了", at(7, 5)); fault.CodeOf(err) != fault.Conflict {
			t.Errorf("when %s: %v", s, err)
		}
	}
	for _, reason := range []string{"", " ", strings.Repeat("长", quarter.LongestReason+1)} {
		if _, err := in(quarter.Published).AskWithdrawal(12, reason, at(7, 5)); fault.CodeOf(err) != fault.Invalid {
			t.Errorf("for %.9q: %v", reason, err)
		}
	}
	w, err := in(quarter.Published).AskWithdrawal(12, "数算错了", at(7, 5))
	if err != nil || w.AskedBy != 12 || w.ConsentedBy != 0 {
		t.Fatalf("%+v, %v", w, err)
	}
	if w = w.Consent(90, at(7, 6)); w.ConsentedBy != 90 || !w.ConsentedAt.Equal(at(7, 6)) || w.Reason != "数算错了" {
		t.Errorf("%+v", w)
	}
}

func TestDaysOfASheet(t *testing.T) {
	t.Parallel()
	if got := in(quarter.Published).SealOn(); got != calendar.On(2026, 7, 10) {
		t.Errorf("sealed on %s", got)
	}
	if got := in(quarter.Assessing).SealOn(); !got.IsZero() {
		t.Errorf("nothing hangs, and is sealed on %s", got)
	}
	for s, late := range map[quarter.State]bool{quarter.Open: true, quarter.Assessing: true, quarter.Published: false, quarter.Sealed: false} {
		if in(s).Late(calendar.On(2026, 7, 10)) || in(s).Late(calendar.On(2026, 7, 11)) != late {
			t.Errorf("when %s: late %t", s, !late)
		}
	}
}

// TestDigest: it changes with anything that the sheet says, and with nothing else.
func TestDigest(t *testing.T) {
	t.Parallel()
	draft := func() quarter.Draft {
		return quarter.Draft{
			Village: 1, Quarter: q2, Edition: 1,
			Rows: []quarter.Row{{Household: 31, Score: 1010, Gained: 10, Rank: 1}},
			Late: []quarter.Late{{Seq: 7, Household: 31}}, Errata: []quarter.Erratum{{Seq: 9, Household: 31}},
		}
	}
	seen := map[string]string{draft().Digest(): "as it is"}
	if len(draft().Digest()) != 64 {
		t.Errorf("%q", draft().Digest())
	}
	for name, change := range map[string]func(*quarter.Draft){
		"village":    func(d *quarter.Draft) { d.Village = 2 },
		"quarter":    func(d *quarter.Draft) { d.Quarter = q1 },
		"edition":    func(d *quarter.Draft) { d.Edition = 2 },
		"household":  func(d *quarter.Draft) { d.Rows[0].Household = 32 },
		"score":      func(d *quarter.Draft) { d.Rows[0].Score++ },
		"gained":     func(d *quarter.Draft) { d.Rows[0].Gained++ },
		"rank":       func(d *quarter.Draft) { d.Rows[0].Rank++ },
		"one more":   func(d *quarter.Draft) { d.Rows = append(d.Rows, quarter.Row{Household: 33}) },
		"none":       func(d *quarter.Draft) { d.Rows = nil },
		"late":       func(d *quarter.Draft) { d.Late[0].Seq++ },
		"no late":    func(d *quarter.Draft) { d.Late = nil },
		"erratum":    func(d *quarter.Draft) { d.Errata[0].Seq++ },
		"no erratum": func(d *quarter.Draft) { d.Errata = nil },
		"late for erratum": func(d *quarter.Draft) {
			d.Late, d.Errata = []quarter.Late{{Seq: 7}, {Seq: 9}}, nil
		},
	} {
		d := draft()
		change(&d)
		if other, twice := seen[d.Digest()]; twice {
			t.Errorf("%s: the same as %s", name, other)
		}
		seen[d.Digest()] = name
	}
}
