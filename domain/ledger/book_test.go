package ledger_test

import (
	"fmt"
	"slices"
	"time"

	"github.com/xiangfeng/xiangfeng/domain/calendar"
	"github.com/xiangfeng/xiangfeng/domain/fault"
	"github.com/xiangfeng/xiangfeng/domain/household"
	"github.com/xiangfeng/xiangfeng/domain/ledger"
	"github.com/xiangfeng/xiangfeng/domain/points"
	"github.com/xiangfeng/xiangfeng/domain/village"
)

const hongqiao = village.ID(1)

// Two of the team: 李干事 records, 周书记 agrees.
const (
	lee  = household.PersonID(11)
	zhou = household.PersonID(12)
)

var both = ledger.By{Recorder: lee, Confirmer: zhou}

// tb is what a test and a property have in common.
type tb interface {
	Helper()
	Fatalf(format string, args ...any)
}

// book is the ledger of one village as its book keeper has it: it plays what
// happens through the package's own functions, and proves all of it after
// every step.
type book struct {
	t        tb
	now      time.Time
	head     ledger.Head
	p        ledger.Progress
	hung     calendar.Date // since when the published sheet hangs
	ends     map[int]quarters
	homes    []string
	accounts map[string]ledger.Account // by "王家 2026"
	entries  []ledger.Entry
}

// quarters are the days on which a year's fourth quarter was published and sealed.
type quarters struct{ published, sealed *calendar.Date }

func newBook(t tb) *book {
	return &book{
		t: t, head: ledger.Head{Village: hongqiao},
		ends: map[int]quarters{}, accounts: map[string]ledger.Account{},
	}
}

// on makes it nine in the morning of a day.
func (b *book) on(day string) {
	b.t.Helper()
	b.now = b.day(day).Start().Add(9 * time.Hour)
}

func (b *book) today() calendar.Date { return calendar.DateOf(b.now) }

func (b *book) day(s string) calendar.Date {
	b.t.Helper()
	d, err := calendar.ParseDate(s)
	if err != nil {
		b.t.Fatalf("%v", err)
	}
	return d
}

func (b *book) points(s string) points.Tenths {
	b.t.Helper()
	p, err := points.Parse(s)
	if err != nil {
		b.t.Fatalf("%v", err)
	}
	return p
}

func name(home string, year int) string { return fmt.Sprintf("%s %d", home, year) }

// must takes what an act made and fails the test where it was refused.
func must[T any](b *book, made T, err error) T {
	b.t.Helper()
	if err != nil {
		b.t.Fatalf("%s: refused with %v", b.today(), err)
	}
	return made
}

// refused fails the test unless err is the refusal.
func (b *book) refused(err error, want fault.Code) {
	b.t.Helper()
	if got := fault.CodeOf(err); got != want {
		b.t.Fatalf("%s: got %v, want it refused with %q", b.today(), err, want)
	}
}

// start opens the household's account of the current year.
func (b *book) start(home string) {
	b.t.Helper()
	if !slices.Contains(b.homes, home) {
		b.homes = append(b.homes, home)
	}
	year := b.today().Year
	a := ledger.Account{
		ID: ledger.AccountID(len(b.accounts) + 1), Household: household.ID(slices.Index(b.homes, home) + 1),
		Village: hongqiao, Year: year, State: ledger.Open,
	}
	b.accounts[name(home, year)] = a
	b.post(name(home, year), ledger.Start(b.today()))
}

// post puts a draft into an account and returns its entry.
func (b *book) post(account string, d ledger.Draft) ledger.Entry {
	b.t.Helper()
	a := b.account(account)
	posted, err := ledger.Post(b.head, a, b.p, d, b.now)
	must(b, posted, err)
	b.keep(account, posted)
	return posted.Entries[0]
}

func (b *book) account(account string) ledger.Account {
	b.t.Helper()
	a, ok := b.accounts[account]
	if !ok {
		b.t.Fatalf("no account %s", account)
	}
	return a
}

// keep writes down what a posting left, having seen that it follows the chain.
func (b *book) keep(account string, made ledger.Posted) {
	b.t.Helper()
	for _, e := range made.Entries {
		if !b.head.Follows(e) {
			b.t.Fatalf("entry %d does not follow entry %d", e.Seq, b.head.Seq)
		}
		b.head = ledger.Head{Village: e.Village, Seq: e.Seq, Hash: e.Hash}
		b.entries = append(b.entries, e)
	}
	if b.head != made.Head {
		b.t.Fatalf("the head %v is not the newest entry %v", made.Head, b.head)
	}
	b.accounts[account] = made.Account
	b.prove()
}

// event confirms today an event of the day, in the quarter where it counts.
func (b *book) event(home, day, tenths string) ledger.Entry {
	b.t.Helper()
	on := b.day(day)
	q, _ := b.p.CountsIn(on)
	return b.post(name(home, q.Year), ledger.Draft{
		Kind: ledger.EventKind, Tenths: b.points(tenths), CountsIn: q, OccurredOn: on,
		Event: int64(b.head.Seq) + 1000, Item: "SX01", Title: "志愿服务", Recorder: lee, Confirmer: zhou,
	})
}

// correct makes an entry stand as an amount, by a decision of today.
func (b *book) correct(target ledger.Entry, standsAs string) ledger.Entry {
	b.t.Helper()
	d, err := ledger.Correct(target, b.corrected(target.Seq), b.points(standsAs), b.today(), "查实，记错了", both)
	return b.post(b.nameOf(target.Account), must(b, d, err))
}

func (b *book) corrected(seq ledger.Seq) bool {
	return slices.ContainsFunc(b.entries, func(e ledger.Entry) bool {
		return e.Kind == ledger.Correction && e.Corrects == seq
	})
}

func (b *book) nameOf(id ledger.AccountID) string {
	b.t.Helper()
	for n, a := range b.accounts {
		if a.ID == id {
			return n
		}
	}
	b.t.Fatalf("no account %d", id)
	return ""
}

// publish hangs the sheet of a quarter today.
func (b *book) publish(quarter string) {
	b.t.Helper()
	q, err := calendar.ParseQuarter(quarter)
	if err != nil || !q.Last().Before(b.today()) {
		b.t.Fatalf("%s cannot be published on %s", quarter, b.today())
	}
	today := b.today()
	b.p.Published, b.hung = q, today
	if q.N == 4 {
		b.ends[q.Year] = quarters{published: &today}
	}
	b.prove()
}

// seal ends the days of the published sheet on the wall.
func (b *book) seal() {
	b.t.Helper()
	q, today := b.p.Published, b.today()
	if today.Before(calendar.SealFrom(b.hung)) {
		b.t.Fatalf("%s hangs until %s and cannot be sealed on %s", q, calendar.SealFrom(b.hung), today)
	}
	b.p = ledger.Progress{Sealed: q}
	if q.N == 4 {
		b.ends[q.Year] = quarters{b.ends[q.Year].published, &today}
	}
	for n, a := range b.accounts {
		b.accounts[n] = a.Seal(q)
	}
	b.prove()
}

// end is when the accounts of a year are spent for the last time.
func (b *book) end(year int) calendar.YearEnd {
	return calendar.YearEndOf(year, b.ends[year].published, b.ends[year].sealed)
}

func (b *book) purse(account string) ledger.Purse {
	a := b.account(account)
	return ledger.Purse{Account: a, Progress: b.p, End: b.end(a.Year)}
}

// tries asks the accounts to pay, in the order given, and changes nothing.
func (b *book) tries(amount string, accounts ...string) ([]ledger.Draft, error) {
	b.t.Helper()
	purses := make([]ledger.Purse, len(accounts))
	for i, n := range accounts {
		purses[i] = b.purse(n)
	}
	return ledger.Spend(purses, b.points(amount), b.now, "大米", both)
}

// buys lets the accounts pay and returns the redemption of each that paid.
func (b *book) buys(amount string, accounts ...string) []ledger.Entry {
	b.t.Helper()
	drafts, err := b.tries(amount, accounts...)
	must(b, drafts, err)
	var paid []ledger.Entry
	for i, d := range drafts {
		if d != (ledger.Draft{}) {
			paid = append(paid, b.post(accounts[i], d))
		}
	}
	return paid
}

// cannotBuy fails the test unless the purchase is refused with the code.
func (b *book) cannotBuy(want fault.Code, amount string, accounts ...string) {
	b.t.Helper()
	_, err := b.tries(amount, accounts...)
	b.refused(err, want)
}

// brings goods back for part of a redemption.
func (b *book) brings(redemption ledger.Entry, amount string) (ledger.Draft, error) {
	b.t.Helper()
	a := b.account(b.nameOf(redemption.Account))
	return ledger.GiveBack(a, redemption, b.returned(redemption), b.points(amount), b.today(), both)
}

func (b *book) returned(redemption ledger.Entry) (sum points.Tenths) {
	for _, e := range b.entries {
		if e.Corrects == redemption.Seq && (e.Kind == ledger.Return || e.Kind == ledger.Reinstatement) {
			sum += e.Tenths
		}
	}
	return sum
}

func (b *book) close(account string) error {
	b.t.Helper()
	a := b.account(account)
	posted, err := ledger.Close(b.head, a, b.p, b.end(a.Year), b.now)
	if err == nil {
		b.keep(account, posted)
	}
	return err
}

func (b *book) expire(account string) error {
	b.t.Helper()
	posted, err := ledger.Expire(b.head, b.account(account), b.p, b.now)
	if err == nil {
		b.keep(account, posted)
	}
	return err
}

func (b *book) merge(from, into string, m ledger.Merging) error {
	b.t.Helper()
	out, in, err := ledger.Merge(b.head, b.account(from), b.account(into), b.p, m, b.today(), b.now)
	if err == nil {
		// Both halves first: only together do they leave a proven book.
		b.accounts[from], b.accounts[into] = out.Account, in.Account
		b.entries = append(b.entries, out.Entries...)
		b.entries = append(b.entries, in.Entries...)
		b.head = in.Head
		b.prove()
	}
	return err
}

// stands states what an account has come to, in the words of PRODUCT 2.4.
func (b *book) stands(account, want string) {
	b.t.Helper()
	a := b.account(account)
	got := fmt.Sprintf("score %s, claim %s, held %s, redeemable %s", a.Score, a.Claim(), a.Held(b.p), a.Redeemable(b.p))
	if got != want {
		b.t.Fatalf("%s on %s:\n got %s\nwant %s", account, b.today(), got, want)
	}
}

// lines states the account's entries from one on, as "3 redemption -6.5".
func (b *book) lines(account string, from int, want ...string) {
	b.t.Helper()
	var got []string
	for _, e := range b.entries {
		if e.Account == b.account(account).ID && e.Line >= from {
			got = append(got, fmt.Sprintf("%d %s %s", e.Line, e.Kind, e.Tenths.Signed()))
		}
	}
	if !slices.Equal(got, want) {
		b.t.Fatalf("%s from line %d:\n got %q\nwant %q", account, from, got, want)
	}
}

// sums are the numbers of PRODUCT 2.4, read from the entries alone.
type sums struct{ score, claim, held points.Tenths }

// byDefinition adds up an account as PRODUCT 2.4 words it. It finds the root
// of a correction by following what it names, not by what it says.
func (b *book) byDefinition(a ledger.Account) sums {
	s := sums{claim: -a.Reserved}
	var published points.Tenths
	for _, e := range b.entries {
		if e.Account != a.ID {
			continue
		}
		switch root := b.root(e); root.Kind {
		case ledger.BaseKind:
			s.score += e.Tenths
		case ledger.Opening:
			s.score += e.Tenths
			s.claim += e.Tenths
		case ledger.EventKind:
			s.score += e.Tenths
			switch q := root.CountsIn.Index(); {
			case q <= b.p.Sealed.Index():
				s.claim += e.Tenths
			case q <= b.p.Published.Index():
				published += e.Tenths
			}
		default:
			s.claim += e.Tenths
		}
	}
	s.held = max(0, -published)
	return s
}

func (b *book) root(e ledger.Entry) ledger.Entry {
	for e.Kind == ledger.Correction {
		e = b.entries[e.Corrects-1]
	}
	return e
}

// prove checks everything that must hold at any time.
func (b *book) prove() {
	b.t.Helper()
	head := ledger.Head{Village: hongqiao}
	lines := map[ledger.AccountID]int{}
	byAccount := map[ledger.AccountID][]ledger.Entry{}
	corrected := map[ledger.Seq]bool{}
	for i, e := range b.entries {
		if !head.Follows(e) || int(e.Seq) != i+1 {
			b.t.Fatalf("the chain breaks at entry %d", e.Seq)
		}
		head = ledger.Head{Village: e.Village, Seq: e.Seq, Hash: e.Hash}
		lines[e.Account]++
		if e.Line != lines[e.Account] {
			b.t.Fatalf("account %d: line %d follows line %d", e.Account, e.Line, lines[e.Account]-1)
		}
		byAccount[e.Account] = append(byAccount[e.Account], e)
		if e.Kind == ledger.Correction {
			if corrected[e.Corrects] {
				b.t.Fatalf("entry %d is corrected twice", e.Corrects)
			}
			corrected[e.Corrects] = true
			if root := b.root(e); e.Root != root.Kind || e.CountsIn != root.CountsIn {
				b.t.Fatalf("correction %d is %s in %s, its root %s in %s", e.Seq, e.Root, e.CountsIn, root.Kind, root.CountsIn)
			}
		}
	}
	if head != b.head {
		b.t.Fatalf("the head is %v, the newest entry %v", b.head, head)
	}
	for n, a := range b.accounts {
		b.proveAccount(n, a, byAccount[a.ID])
	}
}

func (b *book) proveAccount(n string, a ledger.Account, entries []ledger.Entry) {
	b.t.Helper()
	if got, want := a.Totals(), ledger.Recount(entries, b.p); got != want {
		b.t.Fatalf("%s on %s: kept %+v, recounted %+v", n, b.today(), got, want)
	}
	want := b.byDefinition(a)
	if got := (sums{a.Score, a.Claim(), a.Held(b.p)}); got != want {
		b.t.Fatalf("%s on %s: %+v, by the definition %+v", n, b.today(), got, want)
	}
	if got := a.Redeemable(b.p); got != max(0, want.claim-want.held) {
		b.t.Fatalf("%s: redeemable %s of %+v", n, got, want)
	}
	if a.State != ledger.Closed {
		return
	}
	if a.Settled < 0 || a.WrittenOff < 0 || a.WrittenOff > 0 && a.Settled > 0 {
		b.t.Fatalf("%s is closed with claim %s and %s written off", n, a.Settled, a.WrittenOff)
	}
	if (a.Settled > 0) == a.Grace.IsZero() {
		b.t.Fatalf("%s is closed with claim %s, to be spent until %s", n, a.Settled, a.Grace)
	}
}
