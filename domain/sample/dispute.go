package sample

import (
	"time"

	"github.com/xiangfeng/xiangfeng/domain/calendar"
	"github.com/xiangfeng/xiangfeng/domain/household"
	"github.com/xiangfeng/xiangfeng/domain/ledger"
	"github.com/xiangfeng/xiangfeng/domain/points"
)

const (
	cleared  = "经核实不是这一户做的，扣分取消"
	absent   = "核对签到表，当天没有到场"
	appealed = "镇里复核：本人到了场，漏签，分数恢复"
)

// planDisputes lets some lines of a quarter be objected to: while its sheet
// hangs, and after it was sealed (勘误).
func (y *year) planDisputes(q calendar.Quarter, published, sealed calendar.Date) {
	early := func(now time.Time) { y.clear(q, -1, now) }
	late := func(now time.Time) { y.strike(q, now) }
	if q.N%2 == 0 {
		early, late = late, early
	}
	for n := range 1 + y.c.Households/100 {
		y.plan(published.AddDays(3), 10, n, early)
		y.plan(sealed.AddDays(5+n%10), 11, n, late)
	}
	if y.c.village == 1 && q.N == 2 {
		y.plan(published.AddDays(2), 11, 0, func(now time.Time) { y.clear(q, disputedHome, now) })
	}
	if y.c.village%3 == 2 {
		y.plan(sealed.AddDays(12), 16, 0, func(now time.Time) { y.appeal(q, now) })
	}
}

// clear takes a deduction of the quarter back, one of the given household or,
// with -1, of any.
func (y *year) clear(q calendar.Quarter, home int, now time.Time) {
	target, found := y.find(func(e ledger.Entry) bool {
		return e.Kind == ledger.EventKind && e.CountsIn == q && e.Tenths < 0 && y.mayClear(home, y.homeOf(e))
	})
	if found {
		y.correct(target, 0, cleared, y.decider(y.homeOf(target), target.Recorder), now)
	}
}

// mayClear leaves the deductions of those alone whom the demo shows by them.
func (y *year) mayClear(wanted, home int) bool {
	if wanted < 0 {
		return y.c.village != 1 || home != fallenHome && home != disputedHome
	}
	return home == wanted
}

// strike takes points back that somebody got for a meeting without being there.
func (y *year) strike(q calendar.Quarter, now time.Time) {
	target, found := y.find(func(e ledger.Entry) bool {
		return e.Kind == ledger.EventKind && e.CountsIn == q && e.Item == "CF01"
	})
	if found {
		y.correct(target, 0, absent, y.decider(y.homeOf(target), target.Recorder), now)
	}
}

// appeal takes one struck line to the township, which corrects the correction.
func (y *year) appeal(q calendar.Quarter, now time.Time) {
	target, found := y.find(func(e ledger.Entry) bool {
		return e.Kind == ledger.Correction && e.CountsIn == q && e.Reason == absent
	})
	if found {
		y.correct(target, 0, appealed, y.staff.officer, now)
	}
}

// find draws an entry that fits and has no correction yet, of a household
// that has its own account to the end.
func (y *year) find(fits func(ledger.Entry) bool) (ledger.Entry, bool) {
	n := len(y.v.Entries)
	start := y.r.IntN(n)
	for k := range n {
		if e := y.v.Entries[(start+k)%n]; !y.corrected[e.Seq] && y.homeOf(e) != endingHome && fits(e) {
			return e, true
		}
	}
	return ledger.Entry{}, false
}

// correct posts a decision, proposed by whoever looked into it.
func (y *year) correct(target ledger.Entry, standsAs points.Tenths, reason string, by household.Staff, now time.Time) {
	home := y.homeOf(target)
	two := ledger.By{Recorder: y.colleague(home, target.Recorder, by.Person).Person, Confirmer: by.Person}
	d, err := ledger.Correct(target, y.corrected[target.Seq], standsAs, calendar.DateOf(now), reason, two)
	must(err)
	y.corrected[target.Seq] = true
	y.post(home, d, now)
}
