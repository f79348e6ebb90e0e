package ledger_test

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/xiangfeng/xiangfeng/domain/calendar"
	"github.com/xiangfeng/xiangfeng/domain/fault"
	"github.com/xiangfeng/xiangfeng/domain/ledger"
	"github.com/xiangfeng/xiangfeng/domain/points"
)

// TestRandomHistories plays a village through two years and more, at random:
// lawful acts and those that must be refused. The book proves itself after
// every step; here stands what each act may and may not do besides. In the end
// every account of the two years must have come to 0.
func TestRandomHistories(t *testing.T) {
	t.Parallel()
	for name, begin := range map[string]func(*rapid.T) *history{
		"from New Year": func(t *rapid.T) *history { return newHistory(t, "2026-01-01") },
		"from a day in between": func(t *rapid.T) *history {
			return newHistory(t, rapid.SampledFrom([]string{"2026-05-15", "2026-07-01", "2026-12-31"}).Draw(t, "day"))
		},
		"after a year": func(t *rapid.T) *history {
			h := newHistory(t, "2026-01-01")
			h.firstYear()
			return h
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			rapid.Check(t, func(t *rapid.T) {
				h := begin(t)
				for range rapid.IntRange(80, 300).Draw(t, "steps") {
					rapid.SampledFrom(h.acts()).Draw(t, "act").do()
				}
				h.finish()
			})
		})
	}
}

// act is something that may happen.
type act struct {
	name string
	do   func()
}

func (a act) String() string { return a.name }

type history struct {
	*book
	r *rapid.T
	// gone names the household with which a merged one went on.
	gone map[string]string
	// promised is how much of each account's points is reserved.
	promised map[string]points.Tenths
}

func newHistory(t *rapid.T, day string) *history {
	h := &history{book: newBook(t), r: t, gone: map[string]string{}, promised: map[string]points.Tenths{}}
	h.on(day)
	for _, home := range []string{"王家", "李家", "赵家"} {
		h.start(home)
	}
	return h
}

// firstYear plays the year to its close, with little in it, so that what
// comes after the close gets its share of the steps.
func (h *history) firstYear() {
	for h.p.Sealed.Index() < (calendar.Quarter{Year: 2026, N: 4}).Index() {
		h.confirm()
		h.misdeed()
		h.purchase()
		h.sealNext()
	}
	h.passDays(h.today().DaysUntil(calendar.DateOf(h.end(2026).Lapse)) + 1)
	h.closeAll()
}

// sealNext waits for the end of the quarter and lets its sheet go up, or for
// the end of the sheet's days and seals it.
func (h *history) sealNext() {
	if next := h.nextQuarter(); h.p.Published == (calendar.Quarter{}) && !next.Last().Before(h.today()) {
		h.passDays(h.today().DaysUntil(next.Last()) + 1)
	}
	h.advance()
}

func (h *history) acts() []act {
	return []act{
		{"time passes", h.pass},
		{"time passes for long", h.passLong},
		{"time passes for long again", h.passLong},
		{"the quarter goes on", h.advance},
		{"the quarter goes on again", h.advance},
		{"the quarter goes on once more", h.advance},
		{"market", h.market},
		{"event", h.confirm},
		{"another event", h.confirm},
		{"misdeed", h.misdeed},
		{"opening or award", h.give},
		{"correction", h.dispute},
		{"correction of a correction", h.redispute},
		{"purchase", h.purchase},
		{"shopping", h.shop},
		{"shopping again", h.shop},
		{"reservation", h.promise},
		{"reservation let go", h.letGo},
		{"return", h.bringBack},
		{"reinstatement", h.reinstate},
		{"close", h.closeOne},
		{"close all", h.closeAll},
		{"expire", h.expireOne},
		{"household joins", h.join},
		{"merge", h.mergeTwo},
		{"pass on", h.passOn},
	}
}

// pass lets some days go by; on 1 January every household starts anew.
func (h *history) pass() { h.passDays(rapid.IntRange(1, 9).Draw(h.r, "days")) }

func (h *history) passLong() {
	if h.today().Year < 2029 {
		h.passDays(rapid.IntRange(15, 75).Draw(h.r, "days"))
	}
}

func (h *history) passDays(days int) {
	to := h.today().AddDays(days)
	if next := (calendar.Date{Year: h.today().Year + 1, Month: 1, Day: 1}); !to.Before(next) {
		h.on(next.String())
		for _, home := range h.alive() {
			h.start(home)
		}
	}
	h.on(to.String())
	h.now = h.now.Add(time.Duration(rapid.IntRange(-9*60, 14*60+59).Draw(h.r, "minutes")) * time.Minute)
}

func (h *history) alive() []string {
	return slices.DeleteFunc(slices.Clone(h.homes), func(home string) bool { return h.gone[home] != "" })
}

// names are all accounts, in the order in which they were opened.
func (h *history) names() []string {
	return slices.SortedFunc(maps.Keys(h.accounts), func(a, b string) int {
		return int(h.accounts[a].ID - h.accounts[b].ID)
	})
}

// anyAccount prefers one that has something to lose.
func (h *history) anyAccount() string {
	names := h.names()
	rich := slices.DeleteFunc(slices.Clone(names), func(n string) bool { return h.account(n).Settled <= 0 })
	if len(rich) > 0 && rapid.Bool().Draw(h.r, "one with points") {
		names = rich
	}
	return rapid.SampledFrom(names).Draw(h.r, "account")
}

// market waits for the next month in which goods are given out.
func (h *history) market() {
	if next := calendar.NextWindow(h.now); !calendar.InRedemptionMonth(h.now) && h.today().Year < 2029 {
		h.passDays(h.today().DaysUntil(calendar.DateOf(next.From)))
	}
}

// shop buys and, before long, brings some of it back.
func (h *history) shop() {
	h.purchase()
	h.passDays(rapid.IntRange(0, 8).Draw(h.r, "days"))
	h.bringBack()
	h.reinstate()
}

// advance publishes what can be published, or seals it.
func (h *history) advance() {
	if h.p.Published != (calendar.Quarter{}) {
		if from := calendar.SealFrom(h.hung); h.today().Before(from) {
			h.passDays(h.today().DaysUntil(from))
		}
		h.seal()
		return
	}
	next := h.nextQuarter()
	if !next.Last().Before(h.today()) {
		return
	}
	h.publish(next.String())
	if rapid.IntRange(0, 9).Draw(h.r, "withdrawn") == 0 {
		h.p.Published = calendar.Quarter{}
		if next.N == 4 {
			delete(h.ends, next.Year)
		}
		h.prove()
	}
}

func (h *history) nextQuarter() calendar.Quarter {
	if h.p.Sealed != (calendar.Quarter{}) {
		return h.p.Sealed.Next()
	}
	return calendar.QuarterOf(h.entries[0].OccurredOn)
}

func (h *history) confirm() { h.record(rapid.IntRange(1, 300).Draw(h.r, "tenths")) }

func (h *history) misdeed() { h.record(-rapid.IntRange(1, 300).Draw(h.r, "tenths")) }

func (h *history) record(tenths int) {
	home := rapid.SampledFrom(h.homes).Draw(h.r, "home")
	on := h.today().AddDays(-rapid.IntRange(0, 60).Draw(h.r, "days ago"))
	q, late := h.p.CountsIn(on)
	own := calendar.QuarterOf(on)
	if q.Index() <= h.p.Sealed.Index() || q == h.p.Published || q.Before(own) || late != (q != own) {
		h.r.Fatalf("an event of %s counts in %s (late %v) with %+v", on, q, late, h.p)
	}
	if _, ok := h.accounts[name(home, q.Year)]; !ok {
		return
	}
	before := h.account(name(home, q.Year))
	h.event(home, on.String(), points.Tenths(tenths).String())
	after := h.account(name(home, q.Year))
	if after.Score != before.Score+points.Tenths(tenths) || after.Claim() != before.Claim() {
		h.r.Fatalf("an event of %d moved score %s to %s, claim %s to %s", tenths, before.Score, after.Score, before.Claim(), after.Claim())
	}
}

// give posts an opening or an award; a closed account takes neither.
func (h *history) give() {
	n, amount := h.anyAccount(), points.Tenths(rapid.IntRange(1, 200).Draw(h.r, "tenths"))
	before := h.account(n)
	d, err := ledger.Reward(amount, h.today(), "超市服务奖励", both)
	scored := points.Tenths(0)
	if rapid.Bool().Draw(h.r, "opening") {
		d, err = ledger.FromPaper(amount, h.today(), "纸质台账结转", both)
		scored = amount
	}
	must(h.book, d, err)
	if before.State == ledger.Closed {
		_, err := ledger.Post(h.head, before, h.p, d, h.now)
		h.refused(err, fault.AccountClosed)
		return
	}
	h.post(n, d)
	if a := h.account(n); a.Score != before.Score+scored || a.Claim() != before.Claim()+amount {
		h.r.Fatalf("%s of %s moved score by %s, claim by %s", d.Kind, amount, a.Score-before.Score, a.Claim()-before.Claim())
	}
}

func (h *history) dispute() {
	h.decide(rapid.SampledFrom(h.entries).Draw(h.r, "entry"))
}

func (h *history) redispute() {
	var corrections []ledger.Entry
	for _, e := range h.entries {
		if e.Kind == ledger.Correction {
			corrections = append(corrections, e)
		}
	}
	if len(corrections) > 0 {
		h.decide(rapid.SampledFrom(corrections).Draw(h.r, "entry"))
	}
}

func (h *history) decide(target ledger.Entry) {
	stands := points.Tenths(rapid.IntRange(-300, 300).Draw(h.r, "stands as"))
	d, err := ledger.Correct(target, h.corrected(target.Seq), stands, h.today(), "查实", both)
	correctable := []ledger.Kind{ledger.Opening, ledger.EventKind, ledger.Award, ledger.Correction}
	switch {
	case !slices.Contains(correctable, target.Kind):
		h.refused(err, fault.Invalid)
		return
	case h.corrected(target.Seq):
		h.refused(err, fault.Corrected)
		return
	case stands == target.Tenths:
		h.refused(err, fault.Invalid)
		return
	}
	must(h.book, d, err)
	n := h.nameOf(target.Account)
	before := h.account(n)
	h.post(n, d)
	h.sawCorrection(n, before, target, stands-target.Tenths)
	_, err = ledger.Correct(target, h.corrected(target.Seq), stands+1, h.today(), "再改", both)
	h.refused(err, fault.Corrected)
}

// sawCorrection checks what a correction did to its account.
func (h *history) sawCorrection(n string, before ledger.Account, target ledger.Entry, change points.Tenths) {
	after, root := h.account(n), h.root(target)
	score := before.Score
	if root.Kind != ledger.Award {
		score += change
	}
	if after.Score != score {
		h.r.Fatalf("%s: a correction by %s moved score %s to %s", n, change, before.Score, after.Score)
	}
	if before.State == ledger.Closed {
		h.sawLateChange(n, before, change)
		return
	}
	claim := before.Claim()
	if root.Kind != ledger.EventKind || root.CountsIn.Index() <= h.p.Sealed.Index() {
		claim += change
	}
	if after.Claim() != claim || after.WrittenOff != 0 {
		h.r.Fatalf("%s: a correction by %s moved claim %s to %s", n, change, before.Claim(), after.Claim())
	}
}

// sawLateChange checks what is posted on a closed account: a gain first
// cancels what was written off, what is left lives to the end of the next
// window; a loss takes what is there and is written off for the rest.
func (h *history) sawLateChange(n string, before ledger.Account, change points.Tenths) {
	settled, off := before.Settled, before.WrittenOff
	if change > 0 {
		undone := min(change, off)
		settled, off = settled+change-undone, off-undone
	} else {
		short := max(0, -(settled + change))
		settled, off = settled+change+short, off+short
	}
	after := h.account(n)
	if after.Settled != settled || after.WrittenOff != off || after.State != ledger.Closed {
		h.r.Fatalf("%s: a change by %s on a closed account: %+v became %+v", n, change, before, after)
	}
	until := before.Grace
	if change > 0 {
		until = calendar.GraceUntil(h.now)
	}
	if settled > 0 && !after.Grace.Equal(until) {
		h.r.Fatalf("%s: changed by %s on %s it can be spent until %s, want %s", n, change, h.now, after.Grace, until)
	}
}

// unmoved does something that must leave every score, and so every rank, alone.
func (h *history) unmoved(do func()) {
	before := map[string]points.Tenths{}
	for n, a := range h.accounts {
		before[n] = a.Score
	}
	do()
	for n, score := range before {
		if got := h.account(n).Score; got != score {
			h.r.Fatalf("%s: score moved from %s to %s", n, score, got)
		}
	}
}

// canBeSpent reads PRODUCT 2.11 by its words.
func (h *history) canBeSpent(a ledger.Account) bool {
	month := slices.Contains([]time.Month{1, 4, 7, 10}, h.today().Month)
	end := h.ends[a.Year]
	switch {
	case a.State == ledger.Merged:
		return false
	case a.State == ledger.Closed:
		return month && h.now.Before(a.Grace)
	case a.Year == h.today().Year:
		return month && h.today().Month != time.January
	case a.Year < h.today().Year-1 || end.published == nil:
		return false
	case end.sealed == nil:
		return true
	}
	last := calendar.Date{Year: a.Year + 1, Month: time.January, Day: 31}
	if end.sealed.After(calendar.Date{Year: a.Year + 1, Month: time.January, Day: 18}) {
		last = end.sealed.AddDays(14)
	}
	return !h.today().After(last)
}

func (h *history) purchase() {
	home := h.homes[h.account(h.anyAccount()).Household-1]
	own := slices.DeleteFunc(h.names(), func(n string) bool { return h.homes[h.accounts[n].Household-1] != home })
	own = rapid.Permutation(own).Draw(h.r, "purses")
	var open bool
	var covered points.Tenths
	for _, n := range own {
		if a := h.account(n); h.canBeSpent(a) {
			open = true
			s := h.byDefinition(a)
			covered += max(0, s.claim-s.held)
		}
	}
	need := points.Tenths(rapid.IntRange(1, 100).Draw(h.r, "tenths"))
	if rapid.Bool().Draw(h.r, "at the edge") {
		need = covered + points.Tenths(rapid.IntRange(-1, 1).Draw(h.r, "off the edge by"))
	}
	drafts, err := h.tries(need.String(), own...)
	switch {
	case need <= 0:
		h.refused(err, fault.Invalid)
	case !open:
		h.refused(err, fault.WindowClosed)
	case need > covered:
		h.refused(err, fault.Insufficient)
		var no *fault.Refusal
		if !errors.As(err, &no) || no.Facts.Need != int64(need) || no.Facts.Claim-no.Facts.Held != int64(covered) {
			h.r.Fatalf("need %s of %s is explained by %+v", need, covered, no)
		}
	default:
		must(h.book, drafts, err)
		h.unmoved(func() { h.pay(own, drafts, need) })
	}
}

// pay checks how a price was split, the older account first, and posts it.
func (h *history) pay(own []string, drafts []ledger.Draft, need points.Tenths) {
	order := slices.Clone(own)
	slices.SortFunc(order, func(a, b string) int { return h.account(a).Year - h.account(b).Year })
	left := need
	for _, n := range order {
		a, d := h.account(n), drafts[slices.Index(own, n)]
		part := points.Tenths(0)
		if h.canBeSpent(a) {
			part = min(left, a.Redeemable(h.p))
		}
		left -= part
		if d.Tenths != -part {
			h.r.Fatalf("%s pays %s of %s, want %s", n, -d.Tenths, need, part)
		}
		if part == 0 {
			continue
		}
		h.post(n, d)
		if after := h.account(n); after.Settled > 0 && !after.Grace.Equal(a.Grace) {
			h.r.Fatalf("%s: spending moved the last day from %s to %s", n, a.Grace, after.Grace)
		}
	}
	if left != 0 {
		h.r.Fatalf("%s of %s is not paid", left, need)
	}
}

func (h *history) promise() {
	n := h.anyAccount()
	a := h.account(n)
	if !h.canBeSpent(a) {
		return
	}
	amount := points.Tenths(rapid.IntRange(1, 200).Draw(h.r, "tenths"))
	reserved, err := a.Reserve(amount, h.p)
	if amount > a.Redeemable(h.p) {
		h.refused(err, fault.Insufficient)
		return
	}
	h.accounts[n] = must(h.book, reserved, err)
	h.promised[n] += amount
	h.prove()
	if got := h.account(n).Redeemable(h.p); got != a.Redeemable(h.p)-amount {
		h.r.Fatalf("%s: %s reserved of %s leaves %s", n, amount, a.Redeemable(h.p), got)
	}
}

func (h *history) letGo() {
	n := h.anyAccount()
	if h.promised[n] == 0 {
		_, err := h.account(n).Release(1)
		h.refused(err, fault.Invalid)
		return
	}
	h.release(n, h.promised[n].String())
	delete(h.promised, n)
}

func (h *history) redemption() (ledger.Entry, bool) {
	var all []ledger.Entry
	for _, e := range h.entries {
		if e.Kind == ledger.Redemption {
			all = append(all, e)
		}
	}
	if len(all) == 0 {
		return ledger.Entry{}, false
	}
	if rapid.Bool().Draw(h.r, "the newest") {
		return all[len(all)-1], true
	}
	return rapid.SampledFrom(all).Draw(h.r, "redemption"), true
}

func (h *history) bringBack() {
	if goods, ok := h.redemption(); ok {
		amount := points.Tenths(rapid.IntRange(1, 60).Draw(h.r, "tenths"))
		d, err := h.brings(goods, amount.String())
		want := fault.Code("")
		if h.account(h.nameOf(goods.Account)).State == ledger.Closed {
			want = fault.AccountClosed
		}
		h.back(goods, amount, d, err, want)
	}
}

func (h *history) reinstate() {
	if goods, ok := h.redemption(); ok {
		amount := points.Tenths(rapid.IntRange(1, 60).Draw(h.r, "tenths"))
		a := h.account(h.nameOf(goods.Account))
		d, err := ledger.Reinstate(a, goods, h.returned(goods), amount, h.today(), "货坏了", both)
		want := fault.Code("")
		if a.State != ledger.Closed {
			want = fault.Invalid
		}
		h.back(goods, amount, d, err, want)
	}
}

// back checks the rules that a return and a reinstatement share, and posts it.
func (h *history) back(goods ledger.Entry, amount points.Tenths, d ledger.Draft, err error, want fault.Code) {
	n := h.nameOf(goods.Account)
	before := h.account(n)
	switch {
	case want != "":
	case amount > -goods.Tenths-h.returned(goods):
		want = fault.Invalid
	case goods.OccurredOn.DaysUntil(h.today()) > 7:
		want = fault.TooLate
	}
	if want != "" {
		h.refused(err, want)
		return
	}
	must(h.book, d, err)
	h.unmoved(func() { h.post(n, d) })
	switch {
	case before.State == ledger.Closed:
		h.sawLateChange(n, before, amount)
	case h.account(n).Claim() != before.Claim()+amount:
		h.r.Fatalf("%s: %s came back and moved claim %s to %s", n, amount, before.Claim(), h.account(n).Claim())
	}
}

func (h *history) closeOne() { h.tryClose(h.anyAccount()) }

func (h *history) closeAll() {
	for _, n := range h.names() {
		h.tryClose(n)
	}
}

func (h *history) tryClose(n string) {
	a, end := h.account(n), h.end(h.account(n).Year)
	var err error
	h.unmoved(func() { err = h.close(n) })
	switch {
	case a.State != ledger.Open:
		h.refused(err, fault.AccountClosed)
	case !end.Final || h.now.Before(end.Lapse):
		h.refused(err, fault.TooEarly)
	case a.Reserved != 0:
		h.refused(err, fault.Blocked)
	default:
		must(h.book, 0, err)
		h.sawEmptied(n, a)
	}
}

// sawEmptied checks that an account came to 0 by one entry that says how.
func (h *history) sawEmptied(n string, before ledger.Account) {
	after := h.account(n)
	if after.State != ledger.Closed || after.Claim() != 0 || !after.Grace.IsZero() || after.WrittenOff != before.WrittenOff+max(0, -before.Settled) {
		h.r.Fatalf("%s was emptied and stands at %+v", n, after)
	}
	if before.Settled == 0 {
		return
	}
	kind := ledger.Lapse
	if before.Settled < 0 {
		kind = ledger.WriteOff
	}
	if e := h.entries[len(h.entries)-1]; e.Kind != kind || e.Tenths != -before.Settled || e.Account != after.ID {
		h.r.Fatalf("%s was emptied of %s by %+v", n, before.Settled, e)
	}
}

func (h *history) expireOne() { h.tryExpire(h.anyAccount()) }

func (h *history) tryExpire(n string) {
	a := h.account(n)
	var err error
	h.unmoved(func() { err = h.expire(n) })
	switch {
	case a.State != ledger.Closed || a.Settled == 0 || h.now.Before(a.Grace):
		h.refused(err, fault.TooEarly)
	case a.Reserved != 0:
		h.refused(err, fault.Blocked)
	default:
		must(h.book, 0, err)
		h.sawEmptied(n, a)
	}
}

func (h *history) join() {
	if len(h.homes) < 6 {
		h.start(fmt.Sprintf("新%d家", len(h.homes)))
	}
}

// mergeTwo lets one household go on with another.
func (h *history) mergeTwo() {
	alive := h.alive()
	if len(alive) < 2 {
		return
	}
	pair := rapid.Permutation(alive).Draw(h.r, "from and into")[:2]
	m := ledger.Merging{OpenDispute: rapid.IntRange(0, 4).Draw(h.r, "dispute") == 0}
	for year := 2026; year <= h.today().Year; year++ {
		from, into := name(pair[0], year), name(pair[1], year)
		if h.accounts[from].State == ledger.Open && h.accounts[into].State == ledger.Open && h.tryMerge(from, into, m) {
			h.gone[pair[0]] = pair[1]
		}
	}
}

// passOn brings what a merged account has since come to to the household that
// went on.
func (h *history) passOn() {
	for _, n := range h.names() {
		if a := h.account(n); a.State == ledger.Merged && a.Settled != 0 {
			h.tryMerge(n, h.heir(n), ledger.Merging{})
		}
	}
}

func (h *history) heir(n string) string {
	for h.account(n).State == ledger.Merged {
		a := h.account(n)
		n = name(h.gone[h.homes[a.Household-1]], a.Year)
	}
	return n
}

func (h *history) tryMerge(from, into string, m ledger.Merging) bool {
	a, b := h.account(from), h.account(into)
	var err error
	h.unmoved(func() { err = h.merge(from, into, m) })
	if h.p.Published != (calendar.Quarter{}) || m.OpenDispute || a.Reserved != 0 || b.Reserved != 0 {
		h.refused(err, fault.Blocked)
		return false
	}
	must(h.book, 0, err)
	if got := h.account(from); got.State != ledger.Merged || got.Claim() != 0 {
		h.r.Fatalf("%s has gone over and stands at %+v", from, got)
	}
	switch {
	case a.Settled == 0:
	case b.State == ledger.Closed:
		h.sawLateChange(into, b, a.Settled)
	case h.account(into).Claim() != a.Claim()+b.Claim():
		h.r.Fatalf("%s and %s make %s", a.Claim(), b.Claim(), h.account(into).Claim())
	}
	return true
}

// finish plays on until the accounts of both years have had their last window.
func (h *history) finish() {
	for n, amount := range h.promised {
		h.release(n, amount.String())
	}
	for h.p.Sealed.Index() < (calendar.Quarter{Year: 2027, N: 4}).Index() {
		h.sealNext()
	}
	h.passDays(60)
	if h.p.Published != (calendar.Quarter{}) {
		h.advance() // a sheet of 2028 would bar passing on
	}
	h.closeAll()
	h.passOn()
	h.passDays(300)
	for _, n := range h.names() {
		a := h.account(n)
		if a.Year > 2027 {
			continue
		}
		h.tryExpire(n)
		if a := h.account(n); a.Claim() != 0 || a.State == ledger.Open || a.Waiting != [4]points.Tenths{} {
			h.r.Fatalf("%s ends as %+v", n, a)
		}
	}
}
