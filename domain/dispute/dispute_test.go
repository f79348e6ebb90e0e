package dispute_test

import (
	"strings"
	"testing"
	"time"

	"github.com/xiangfeng/xiangfeng/domain/calendar"
	"github.com/xiangfeng/xiangfeng/domain/dispute"
	"github.com/xiangfeng/xiangfeng/domain/fault"
	"github.com/xiangfeng/xiangfeng/domain/household"
	"github.com/xiangfeng/xiangfeng/domain/ledger"
	"github.com/xiangfeng/xiangfeng/domain/points"
	"github.com/xiangfeng/xiangfeng/domain/record"
	"github.com/xiangfeng/xiangfeng/domain/village"
)

// The cast: 王桂兰 of the household that disputes, 钱小组 who recorded, 赵小组 who
// typed, 吴组长 and 周书记 of the team, 孙小组 who is kin, 张干事 of the office.
const (
	wang household.PersonID = iota + 1
	qian
	zhao
	wu
	zhou
	sun
	zhang
	helper
	shop
)

const (
	wangs household.ID = iota + 1
	suns
)

var (
	place = village.Village{ID: 1, Township: 1, Settings: village.Defaults()}
	home  = household.Household{ID: wangs, Village: 1, State: household.Active}
	line  = dispute.Line{
		Entry:  ledger.Entry{Seq: 7, Line: 3, Kind: ledger.EventKind, Root: ledger.EventKind, Tenths: -30, Recorder: qian, Confirmer: zhou},
		Last:   ledger.Entry{Seq: 7, Tenths: -30},
		Typist: zhao, StandsAs: -30,
	}
)

func noon(month time.Month, day int) time.Time {
	return calendar.On(2026, month, day).Start().Add(12 * time.Hour)
}

// by is somebody at a moment.
func by(who household.PersonID, now time.Time) dispute.Scene {
	s := dispute.Scene{Village: place, Staff: household.Staff{Person: who}, Line: line, Now: now}
	s.Kin.Declare(wangs, suns, household.Sibling)
	post := func(r household.Role) {
		s.Staff.Posts = append(s.Staff.Posts, household.Post{Person: who, Role: r, Village: 1})
	}
	switch who {
	case wang:
		s.Staff.Households = []household.ID{wangs}
	case qian, zhao:
		post(household.TeamMember)
	case sun:
		post(household.TeamMember)
		s.Staff.Households = []household.ID{suns}
	case wu:
		post(household.Deputy)
	case zhou:
		post(household.Leader)
	case shop:
		post(household.Shopkeeper)
	case zhang:
		s.Staff.Posts = []household.Post{{Person: who, Role: household.Officer, Township: 1}}
	}
	return s
}

func filing() dispute.Filing {
	return dispute.Filing{Household: home, Year: 2026, Words: "那天我们没有去"}
}

func filed(t *testing.T, now time.Time) dispute.Dispute {
	t.Helper()
	d, err := dispute.File(by(wang, now), filing())
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func code(t *testing.T, what string, err error, want fault.Code) {
	t.Helper()
	if got := fault.CodeOf(err); got != want || err != nil && got == "" {
		t.Errorf("%s: %v, want %q", what, err, want)
	}
}

// TestFile: what can be objected to, by whom and until when.
func TestFile(t *testing.T) {
	t.Parallel()
	now := noon(10, 20)
	for _, test := range []struct {
		name   string
		who    household.PersonID
		change func(*dispute.Scene, *dispute.Filing)
		want   fault.Code
	}{
		{"as it is", wang, nil, ""},
		{"a missing one", wang, func(s *dispute.Scene, f *dispute.Filing) { f.Missing, s.Line = true, dispute.Line{} }, ""},
		{"another household's", zhou, nil, fault.NotFound},
		{"as its helper", helper, func(s *dispute.Scene, _ *dispute.Filing) { s.Helper = true }, ""},
		{"of another village", wang, func(_ *dispute.Scene, f *dispute.Filing) { f.Household.Village = 2 }, fault.NotFound},
		{"gone", wang, func(_ *dispute.Scene, f *dispute.Filing) { f.Household.State = household.Gone }, fault.Gone},
		{"one character", wang, func(_ *dispute.Scene, f *dispute.Filing) { f.Words = " 错 " }, fault.Invalid},
		{"as long as may be", wang, func(_ *dispute.Scene, f *dispute.Filing) { f.Words = strings.Repeat("长", dispute.LongestWords) }, ""},
		{"longer", wang, func(_ *dispute.Scene, f *dispute.Filing) { f.Words = strings.Repeat("长", dispute.LongestWords+1) }, fault.Invalid},
		{"no picture", wang, func(_ *dispute.Scene, f *dispute.Filing) { f.Photos = []record.PhotoHash{"x"} }, fault.Invalid},
		{"the base", wang, func(s *dispute.Scene, _ *dispute.Filing) { s.Line.Entry.Kind = ledger.BaseKind }, fault.Invalid},
		{"goods", wang, func(s *dispute.Scene, _ *dispute.Filing) { s.Line.Entry.Kind = ledger.Redemption }, fault.Invalid},
		{"an award", wang, func(s *dispute.Scene, _ *dispute.Filing) { s.Line.Entry.Kind = ledger.Award }, ""},
		{"before", wang, func(_ *dispute.Scene, f *dispute.Filing) { f.Before = 4 }, fault.Conflict},
		{"the thirtieth day", wang, func(_ *dispute.Scene, f *dispute.Filing) { f.SealedOn = calendar.On(2026, 9, 20) }, ""},
		{"the day after", wang, func(_ *dispute.Scene, f *dispute.Filing) { f.SealedOn = calendar.On(2026, 9, 19) }, fault.TooLate},
		{"the twentieth", wang, func(_ *dispute.Scene, f *dispute.Filing) { f.Today = dispute.PerDay - 1 }, ""},
		{"the one after", wang, func(_ *dispute.Scene, f *dispute.Filing) { f.Today = dispute.PerDay }, fault.CapReached},
	} {
		s, f := by(test.who, now), filing()
		if test.change != nil {
			test.change(&s, &f)
		}
		d, err := dispute.File(s, f)
		code(t, test.name, err, test.want)
		if err == nil && (d.State != dispute.Filed || d.FiledBy != test.who || d.ByHelper != (test.who == helper) || (d.Line == 0) != f.Missing) {
			t.Errorf("%s: %+v", test.name, d)
		}
	}
}

// TestDays: the days are those of China's calendar. 30 September 2026 is a
// Wednesday, the holidays last to 7 October, and Saturday the 10th is worked.
func TestDays(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ filed, accept, promised, extended string }{
		{"2026-09-30", "2026-10-08", "2026-10-12", "2026-10-15"},
		{"2026-10-03", "2026-10-08", "2026-10-12", "2026-10-15"},
		{"2026-10-20", "2026-10-21", "2026-10-26", "2026-10-29"},
		{"2026-10-23", "2026-10-26", "2026-10-29", "2026-11-03"}, // a Friday
	} {
		day, err := calendar.ParseDate(test.filed)
		if err != nil {
			t.Fatal(err)
		}
		late := day.Start().Add(24*time.Hour - time.Second) // also just before midnight
		d := filed(t, late)
		if d.AcceptBy().String() != test.accept || d.Promised.String() != test.promised {
			t.Errorf("filed on %s: %s, %s", test.filed, d.AcceptBy(), d.Promised)
		}
		if d.Late(d.AcceptBy()) || !d.Late(d.AcceptBy().AddDays(1)) {
			t.Errorf("filed on %s: late by %s", test.filed, d.AcceptBy())
		}
		accepted, err := d.Accept(by(wu, late))
		if err != nil || accepted.Late(d.Promised) || !accepted.Late(d.Promised.AddDays(1)) {
			t.Errorf("accepted: %v", err)
		}
		_, err = accepted.Extend(by(wu, d.Promised.AddDays(1).Start()), "证人外出了")
		code(t, "the day after", err, fault.TooLate)
		longer, err := accepted.Extend(by(wu, d.Promised.Start().Add(24*time.Hour-time.Second)), "证人外出了")
		if err != nil || longer.Promised.String() != test.extended || longer.Late(longer.Promised) {
			t.Errorf("extended to %s, %v", longer.Promised, err)
		}
		_, err = longer.Extend(by(wu, late), "证人还没回来")
		code(t, "a second time", err, fault.Conflict)
	}
}

// TestWhoActs: nobody who had a part in it.
func TestWhoActs(t *testing.T) {
	t.Parallel()
	now := noon(10, 20)
	fresh := filed(t, now)
	up := fresh
	up.EscalatedAt = now
	decided, err := fresh.Decide(by(wu, now), dispute.Ruling{Stands: true, Reason: "问过在场的人"})
	if err != nil {
		t.Fatal(err)
	}
	appealed, err := decided.TakeUp(by(wang, now), "还是不对")
	if err != nil {
		t.Fatal(err)
	}
	twice := appealed
	twice.Decision.By = zhang
	missing := fresh
	missing.Line = 0
	helped := fresh
	helped.FiledBy = wu
	for _, test := range []struct {
		name string
		d    dispute.Dispute
		who  household.PersonID
		want fault.Code
	}{
		{"a colleague", fresh, wu, ""},
		{"who confirmed", fresh, zhou, ""},
		{"who recorded", fresh, qian, fault.SamePerson},
		{"who typed", fresh, zhao, fault.SamePerson},
		{"who filed it for them", helped, wu, fault.SamePerson},
		{"kin", fresh, sun, fault.Kin},
		{"the office", fresh, zhang, fault.Forbidden},
		{"the shop", fresh, shop, fault.Forbidden},
		{"the household", fresh, wang, fault.Forbidden},
		{"who recorded, of a missing one", missing, qian, ""},
		{"the office, when it went up", up, zhang, ""},
		{"the village still, when it went up", up, wu, ""},
		{"a decided one", decided, zhou, fault.Conflict},
		{"the office on an appeal", appealed, zhang, ""},
		{"the village on an appeal", appealed, zhou, fault.Forbidden},
		{"who decided first", twice, zhang, fault.SamePerson},
	} {
		code(t, test.name, test.d.MayAct(by(test.who, now)), test.want)
	}
	alone := by(zhang, now)
	alone.Alone = true
	code(t, "the office where nobody is left", fresh.MayAct(alone), "")
}

// TestDecide: what a decision says, and whose is final.
func TestDecide(t *testing.T) {
	t.Parallel()
	now := noon(10, 20)
	d := filed(t, now)
	for _, test := range []struct {
		name string
		r    dispute.Ruling
		want fault.Code
	}{
		{"too short a reason", dispute.Ruling{Stands: true, Reason: "不对"}, fault.Invalid},
		{"too long", dispute.Ruling{Stands: true, Reason: strings.Repeat("长", dispute.LongestReason+1)}, fault.Invalid},
		{"beyond an entry", dispute.Ruling{StandsAs: points.Limit + 1, Reason: "问过在场的人"}, fault.Invalid},
		{"a difference beyond an entry", dispute.Ruling{StandsAs: points.Limit, Reason: "问过在场的人"}, fault.Invalid},
		{"within", dispute.Ruling{StandsAs: points.Limit - 30, Reason: "问过在场的人"}, ""},
	} {
		_, err := d.Decide(by(wu, now), test.r)
		code(t, test.name, err, test.want)
	}
	stands, err := d.Decide(by(wu, now), dispute.Ruling{Stands: true, StandsAs: 99, Reason: " 问过在场的人 "})
	if err != nil || stands.Decision.StandsAs != -30 || stands.Decision.Reason != "问过在场的人" || stands.AppealUntil != calendar.On(2026, 10, 30) {
		t.Errorf("%+v, %v", stands, err)
	}
	for day, want := range map[int]fault.Code{30: "", 31: fault.TooLate} {
		_, err := stands.TakeUp(by(wang, noon(10, day)), "还是不对")
		code(t, "an appeal", err, want)
	}
	if _, moved := stands.Escalate(by(0, noon(10, 30))); moved {
		t.Error("closed on the last day of the appeal")
	}
	if closed, moved := stands.Escalate(by(0, noon(10, 31))); !moved || closed.State != dispute.Closed {
		t.Errorf("%+v", closed)
	}
	appealed, err := stands.TakeUp(by(wang, noon(10, 30)), "还是不对")
	if err != nil || appealed.TownshipDue != calendar.On(2026, 11, 6) {
		t.Errorf("%+v, %v", appealed, err)
	}
	final, err := appealed.Decide(by(zhang, noon(11, 6)), dispute.Ruling{StandsAs: 0, Reason: "镇上走访过了"})
	if err != nil || final.State != dispute.Closed || final.Verdict().By != zhang || !final.Decision.Stands {
		t.Errorf("%+v, %v", final, err)
	}
	up := d
	up.EscalatedAt = now
	if got, err := up.Decide(by(zhang, now), dispute.Ruling{Stands: true, Reason: "镇上走访过了"}); err != nil || got.State != dispute.Closed {
		t.Errorf("%+v, %v", got, err)
	}
}

// TestAnswers: what the household may do, and when.
func TestAnswers(t *testing.T) {
	t.Parallel()
	now := noon(10, 20)
	d := filed(t, now)
	decided, err := d.Decide(by(wu, now), dispute.Ruling{Stands: true, Reason: "问过在场的人"})
	if err != nil {
		t.Fatal(err)
	}
	appealed, err := decided.TakeUp(by(wang, now), "还是不对")
	if err != nil {
		t.Fatal(err)
	}
	for name, of := range map[string]struct {
		d                              dispute.Dispute
		withdraw, nudge, agree, appeal fault.Code
	}{
		"filed":    {d, "", "", fault.Conflict, fault.Conflict},
		"decided":  {decided, fault.Conflict, fault.Conflict, "", ""},
		"appealed": {appealed, "", "", fault.Conflict, fault.Conflict},
	} {
		_, err := of.d.Withdraw(by(wang, now))
		code(t, name+" withdrawn", err, of.withdraw)
		_, err = of.d.Nudge(by(wang, now))
		code(t, name+" nudged", err, of.nudge)
		_, err = of.d.Agree(by(wang, now))
		code(t, name+" agreed", err, of.agree)
		_, err = of.d.TakeUp(by(wang, now), "还是不对")
		code(t, name+" appealed", err, of.appeal)
		_, err = of.d.Agree(by(zhou, now))
		code(t, name+" agreed by another", err, fault.NotFound)
	}
	if back, err := appealed.Withdraw(by(wang, now)); err != nil || back.State != dispute.Closed {
		t.Errorf("an appeal taken back leaves %s, %v", back.State, err)
	}
	nudged, err := d.Nudge(by(wang, now))
	if err != nil {
		t.Fatal(err)
	}
	_, err = nudged.Nudge(by(wang, noon(10, 20).Add(11*time.Hour)))
	code(t, "twice a day", err, fault.TooEarly)
	_, err = nudged.Nudge(by(wang, noon(10, 21)))
	code(t, "the day after", err, "")
}

// TestJoins: a decision decides those of the same record that wait and stand alike.
func TestJoins(t *testing.T) {
	t.Parallel()
	one := filed(t, noon(10, 20))
	one.Record = 5
	less := line
	less.StandsAs = -10 // its cap left no more
	for name, test := range map[string]struct {
		change func(*dispute.Dispute)
		line   dispute.Line
		want   bool
	}{
		"the same":       {func(*dispute.Dispute) {}, line, true},
		"accepted":       {func(d *dispute.Dispute) { d.State = dispute.Accepted }, line, true},
		"decided":        {func(d *dispute.Dispute) { d.State = dispute.Decided }, line, false},
		"another record": {func(d *dispute.Dispute) { d.Record = 6 }, line, false},
		"no record":      {func(d *dispute.Dispute) { d.Record = 0 }, line, false},
		"another amount": {func(*dispute.Dispute) {}, less, false},
	} {
		other := one
		test.change(&other)
		if got := one.Joins(line, other, test.line); got != test.want {
			t.Errorf("%s: %t", name, got)
		}
	}
}
