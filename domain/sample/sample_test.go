package sample_test

import (
	"crypto/sha256"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/xiangfeng/xiangfeng/domain/calendar"
	"github.com/xiangfeng/xiangfeng/domain/household"
	"github.com/xiangfeng/xiangfeng/domain/ledger"
	"github.com/xiangfeng/xiangfeng/domain/points"
	"github.com/xiangfeng/xiangfeng/domain/quarter"
	"github.com/xiangfeng/xiangfeng/domain/record"
	"github.com/xiangfeng/xiangfeng/domain/sample"
	"github.com/xiangfeng/xiangfeng/domain/village"
)

var (
	township = slices.Collect(sample.Villages(sample.Default()))
	five     = slices.Collect(sample.Villages(sample.Options{
		Villages: 5, Households: 40, EventsPerHousehold: 12, Year: 2025, Until: calendar.On(2026, 1, 1), Seed: 7,
	}))
	// early ends while the second quarter's sheet hangs.
	early = slices.Collect(sample.Villages(sample.Options{
		Villages: 2, Households: 30, EventsPerHousehold: 10, Year: 2026, Until: calendar.On(2026, 7, 6), Seed: 3,
	}))
)

// everyVillage runs a test over villages of several options.
func everyVillage(t *testing.T, test func(*testing.T, sample.Village)) {
	t.Parallel()
	for name, villages := range map[string][]sample.Village{"township": township, "five": five, "early": early} {
		for _, v := range villages {
			t.Run(name+"/"+v.Village.Name, func(t *testing.T) {
				t.Parallel()
				test(t, v)
			})
		}
	}
}

func TestSameOptionsSameBytes(t *testing.T) {
	t.Parallel()
	print := func(o sample.Options) string {
		h := sha256.New()
		for v := range sample.Villages(o) {
			fmt.Fprintf(h, "%+v\n", v)
		}
		return fmt.Sprintf("%x", h.Sum(nil))
	}
	first := print(sample.Default())
	if again := print(sample.Default()); again != first {
		t.Errorf("two runs differ: %s, %s", first, again)
	}
	other := sample.Default()
	other.Seed++
	if print(other) == first {
		t.Error("another seed gives the same township")
	}
}

func TestSizes(t *testing.T) {
	t.Parallel()
	if len(township) != 3 || len(five) != 5 {
		t.Fatalf("%d and %d villages", len(township), len(five))
	}
	households, events := 0, 0
	for _, v := range township {
		households += len(v.Households)
		events += len(v.Events)
	}
	if mean := float64(events) / float64(households); households != 201 || mean < 19 || mean > 25 {
		t.Errorf("%d households with %.1f events each, want 201 with about 22", households, mean)
	}
	for _, v := range five {
		if mean := float64(len(v.Events)) / 40; len(v.Households) != 40 || mean < 9 || mean > 15 {
			t.Errorf("%s: %d households with %.1f events each, want 40 with about 12", v.Village.Name, len(v.Households), mean)
		}
	}
}

func TestIdsRunOverTheCounty(t *testing.T) {
	t.Parallel()
	var homes, accounts, persons, events, villages int64
	next := func(counter *int64, id int64, what string) {
		if *counter++; id != *counter {
			t.Fatalf("%s %d, want %d", what, id, *counter)
		}
	}
	numbers, cards, openids := map[string]bool{}, map[string]bool{}, map[string]bool{}
	fresh := func(seen map[string]bool, key string) {
		if seen[key] {
			t.Errorf("%s twice", key)
		}
		seen[key] = true
	}
	for _, v := range five {
		next(&villages, int64(v.Village.ID), "village")
		fresh(numbers, v.Village.Name)
		for _, h := range v.Households {
			next(&homes, int64(h.ID), "household")
			fresh(numbers, h.Number)
		}
		for _, a := range v.Accounts {
			next(&accounts, int64(a.ID), "account")
		}
		for _, p := range v.Persons {
			next(&persons, int64(p.ID), "person")
			fresh(openids, p.OpenID)
			fresh(openids, p.MiniOpenID)
			if len(p.OpenID) != 28 || p.OpenID[0] != 'o' || len(p.MiniOpenID) != 28 || p.MiniOpenID[0] != 'o' {
				t.Errorf("no openid: %q %q", p.OpenID, p.MiniOpenID)
			}
		}
		for _, e := range v.Events {
			next(&events, int64(e.ID), "event")
		}
		for _, c := range v.Cards {
			fresh(cards, c.Number)
		}
	}
}

func TestChainHoldsAndTimeRises(t *testing.T) {
	everyVillage(t, func(t *testing.T, v sample.Village) {
		head := ledger.Head{Village: v.Village.ID}
		for i, e := range v.Entries {
			if !head.Follows(e) {
				t.Fatalf("entry %d breaks the chain", e.Seq)
			}
			if i > 0 && e.PostedAt.Before(v.Entries[i-1].PostedAt) {
				t.Errorf("entry %d was posted before the one before it", e.Seq)
			}
			head = ledger.Head{Village: e.Village, Seq: e.Seq, Hash: e.Hash}
		}
		if head != v.Head {
			t.Errorf("head is %v, want %v", v.Head, head)
		}
	})
}

func TestNothingHappensOnTheLastDayOrAfter(t *testing.T) {
	t.Parallel()
	for _, end := range []struct {
		day      calendar.Date
		villages []sample.Village
	}{{sample.Default().Until, township}, {calendar.On(2026, 1, 1), five}, {calendar.On(2026, 7, 6), early}} {
		for _, v := range end.villages {
			last := v.Entries[len(v.Entries)-1]
			if !last.PostedAt.Before(end.day.Start()) {
				t.Errorf("%s: entry %d was posted at %v", v.Village.Name, last.Seq, last.PostedAt)
			}
			if e := v.Events[len(v.Events)-1]; !e.RecordedAt.Before(end.day.Start()) {
				t.Errorf("%s: event %d was recorded at %v", v.Village.Name, e.ID, e.RecordedAt)
			}
		}
	}
}

func TestKeptTotalsAreTheLedgers(t *testing.T) {
	everyVillage(t, func(t *testing.T, v sample.Village) {
		lines := map[ledger.AccountID][]ledger.Entry{}
		for _, e := range v.Entries {
			lines[e.Account] = append(lines[e.Account], e)
			if want := len(lines[e.Account]); e.Line != want {
				t.Errorf("entry %d is line %d of its account, want %d", e.Seq, e.Line, want)
			}
		}
		for i, a := range v.Accounts {
			if a.Household != v.Households[i].ID {
				t.Fatalf("account %d is not that of the household at its place", a.ID)
			}
			if got, want := a.Totals(), ledger.Recount(lines[a.ID], v.Progress); got != want {
				t.Errorf("account %d keeps %+v, its entries make %+v", a.ID, got, want)
			}
		}
	})
}

// TestCapsHold adds up what counts under each cap straight from the events.
func TestCapsHold(t *testing.T) {
	everyVillage(t, func(t *testing.T, v sample.Village) {
		type key struct {
			home household.ID
			code string
			span string
		}
		sums, times := map[key]points.Tenths{}, map[key]int{}
		for _, e := range v.Events {
			if e.State == record.Rejected {
				continue
			}
			for span, cap := range map[string]points.Tenths{
				calendar.MonthOf(e.OccurredOn).String():   e.Item.Caps.Month,
				calendar.QuarterOf(e.OccurredOn).String(): e.Item.Caps.Quarter,
				fmt.Sprint(e.OccurredOn.Year):             e.Item.Caps.Year,
				"ever":                                    e.Item.Caps.Ever,
			} {
				k := key{e.Household, e.Item.Code, span}
				sums[k] += e.Tenths.Abs()
				times[k]++
				if cap > 0 && sums[k] > cap {
					t.Errorf("household %d has %v of %s in %s, the cap is %v", k.home, sums[k], k.code, span, cap)
				}
			}
			month := key{e.Household, e.Item.Code, calendar.MonthOf(e.OccurredOn).String()}
			if e.Item.Unit == "month" && times[month] > 1 {
				t.Errorf("household %d has %s twice in %s", month.home, month.code, month.span)
			}
		}
	})
}

// people is who may do what in one village, read from its rows.
type people struct {
	kin   household.Kin
	homes map[household.PersonID][]household.ID
	roles map[household.PersonID]household.Role
}

func peopleOf(v sample.Village) people {
	p := people{homes: map[household.PersonID][]household.ID{}, roles: map[household.PersonID]household.Role{}}
	for _, tie := range v.Ties {
		p.kin.Declare(tie.A, tie.B, tie.Relation)
	}
	for _, m := range v.Members {
		p.homes[m.Person] = append(p.homes[m.Person], m.Household)
	}
	// The officer's post stands with the first village of the township.
	for _, post := range slices.Concat(township[0].Posts, five[0].Posts, early[0].Posts, v.Posts) {
		if post.Village == v.Village.ID || post.Role == household.Officer {
			p.roles[post.Person] = post.Role
		}
	}
	return p
}

func (p people) barred(id household.PersonID, h household.ID) bool {
	return p.kin.Related(p.homes[id], h)
}

func TestTwoPersonsNeitherOfThemKin(t *testing.T) {
	everyVillage(t, func(t *testing.T, v sample.Village) {
		p := peopleOf(v)
		for _, e := range v.Events {
			if p.barred(e.Recorder, e.Household) {
				t.Errorf("event %d was recorded by kin", e.ID)
			}
			if e.State == record.Pending {
				continue
			}
			if e.Recorder == e.Confirmer || p.barred(e.Confirmer, e.Household) {
				t.Errorf("event %d was decided by its recorder or by kin", e.ID)
			}
			if r := p.roles[e.Confirmer]; r != household.Leader && r != household.Deputy && r != household.Officer {
				t.Errorf("event %d was decided by a %q", e.ID, r)
			}
		}
		for _, e := range v.Entries {
			home := v.Accounts[e.Account-v.Accounts[0].ID].Household
			switch e.Kind {
			case ledger.BaseKind, ledger.Transfer:
				continue
			case ledger.Redemption, ledger.Return:
				if e.Recorder == 0 || e.Recorder == e.Confirmer || p.barred(e.Recorder, home) {
					t.Errorf("entry %d: %d served household %d", e.Seq, e.Recorder, home)
				}
				if !slices.Contains(p.homes[e.Confirmer], home) && p.roles[e.Confirmer] == "" {
					t.Errorf("entry %d: %d agreed for household %d", e.Seq, e.Confirmer, home)
				}
			default:
				if e.Recorder == 0 || e.Recorder == e.Confirmer || p.barred(e.Recorder, home) || p.barred(e.Confirmer, home) {
					t.Errorf("entry %d: %d and %d about household %d", e.Seq, e.Recorder, e.Confirmer, home)
				}
			}
		}
	})
}

func TestEntriesAreTheConfirmedEvents(t *testing.T) {
	everyVillage(t, func(t *testing.T, v sample.Village) {
		confirmed := map[int64]record.Event{}
		for _, e := range v.Events {
			if e.State == record.Confirmed {
				confirmed[int64(e.ID)] = e
			}
		}
		for _, e := range v.Entries {
			if e.Kind != ledger.EventKind {
				continue
			}
			of, ok := confirmed[e.Event]
			if !ok || of.Tenths != e.Tenths || of.OccurredOn != e.OccurredOn || of.Confirmer != e.Confirmer || !of.DecidedAt.Equal(e.PostedAt) {
				t.Errorf("entry %d does not match its event %d", e.Seq, e.Event)
			}
			delete(confirmed, e.Event)
		}
		if len(confirmed) > 0 {
			t.Errorf("%d confirmed events without an entry", len(confirmed))
		}
	})
}

// TestGoodsAreCoveredByTheClaim recounts each account as it stood when goods
// were handed over.
func TestGoodsAreCoveredByTheClaim(t *testing.T) {
	everyVillage(t, func(t *testing.T, v sample.Village) {
		before := map[ledger.AccountID][]ledger.Entry{}
		for _, e := range v.Entries {
			if e.Kind == ledger.Redemption {
				if !slices.Contains([]time.Month{time.April, time.July, time.October}, e.OccurredOn.Month) {
					t.Errorf("entry %d: redeemed on %s", e.Seq, e.OccurredOn)
				}
				p := progressAt(v, e.PostedAt)
				had := ledger.Recount(before[e.Account], p)
				held := points.Tenths(0)
				if p.Published.N > 0 {
					held = max(0, -had.Waiting[p.Published.N-1])
				}
				if had.Settled-held < -e.Tenths {
					t.Errorf("entry %d takes %v of %v, %v of it held", e.Seq, -e.Tenths, had.Settled, held)
				}
			}
			before[e.Account] = append(before[e.Account], e)
		}
	})
}

// progressAt is how far the quarters had come.
func progressAt(v sample.Village, at time.Time) ledger.Progress {
	var p ledger.Progress
	for i, q := range v.Quarters {
		switch {
		case q.State == quarter.Sealed && !q.SealedOn.Start().After(at):
			p.Sealed = q.Q
		case !v.Sheets[i].PublishedAt.After(at):
			p.Published = q.Q
		}
	}
	return p
}

func TestOnePriceAGood(t *testing.T) {
	everyVillage(t, func(t *testing.T, v sample.Village) {
		prices := map[string]points.Tenths{}
		for _, e := range v.Entries {
			if e.Kind != ledger.Redemption {
				continue
			}
			if p, ok := prices[e.Title]; ok && p != e.Tenths {
				t.Errorf("%s costs %v and %v", e.Title, p, e.Tenths)
			}
			prices[e.Title] = e.Tenths
		}
	})
}

// TestSheetsAreWhatTheLedgerSays makes every sheet again from the entries
// before its head.
func TestSheetsAreWhatTheLedgerSays(t *testing.T) {
	everyVillage(t, func(t *testing.T, v sample.Village) {
		if len(v.Sheets) != len(v.Quarters) || len(v.Sheets) == 0 {
			t.Fatalf("%d sheets of %d quarters", len(v.Sheets), len(v.Quarters))
		}
		for i, s := range v.Sheets {
			var lines []quarter.Line
			for _, e := range v.Entries[:s.Head.Seq] {
				if e.Scored() {
					home := v.Accounts[e.Account-v.Accounts[0].ID].Household
					lines = append(lines, quarter.Line{Household: home, Root: e.Root, CountsIn: e.CountsIn, Tenths: e.Tenths})
				}
			}
			var listed []household.Household
			for _, r := range s.Rows {
				listed = append(listed, v.Households[r.Household-v.Households[0].ID])
			}
			again := quarter.Snapshot(v.Quarters[i], s.Head, s.PublishedAt, listed, lines)
			if again.Code != s.Code || s.CheckCode() != s.Code || !slices.Equal(again.Rows, s.Rows) {
				t.Errorf("the sheet of %s has code %s, made again %s", s.Quarter, s.Code, again.Code)
			}
		}
	})
}

func TestQuartersAreSealedInTime(t *testing.T) {
	t.Parallel()
	for _, v := range township {
		if v.Progress != (ledger.Progress{Sealed: calendar.Quarter{Year: 2026, N: 3}}) || len(v.Quarters) != 3 {
			t.Errorf("%s: %d quarters, %v", v.Village.Name, len(v.Quarters), v.Progress)
		}
		for _, q := range v.Quarters {
			if q.State != quarter.Sealed || q.PublishedOn.After(calendar.PublishBy(q.Q)) || q.SealedOn.Before(calendar.SealFrom(q.PublishedOn)) {
				t.Errorf("%s: %v", v.Village.Name, q)
			}
		}
	}
	for _, v := range early {
		want := ledger.Progress{Sealed: calendar.Quarter{Year: 2026, N: 1}, Published: calendar.Quarter{Year: 2026, N: 2}}
		if v.Progress != want {
			t.Errorf("%s: %v, want %v", v.Village.Name, v.Progress, want)
		}
	}
}

func TestScoresAreSpread(t *testing.T) {
	t.Parallel()
	for _, v := range township {
		var scores []points.Tenths
		for _, a := range v.Accounts {
			scores = append(scores, a.Score)
		}
		slices.Sort(scores)
		low, mid, high := scores[len(scores)/20], scores[len(scores)/2], scores[len(scores)*19/20]
		if low < 1000 || low > 1250 || mid < 1300 || mid > 1600 || high < 1750 || high > 2100 {
			t.Errorf("%s: scores from %v over %v to %v", v.Village.Name, low, mid, high)
		}
		for _, s := range v.Sheets {
			gained := map[points.Tenths]bool{}
			for _, r := range s.Rows {
				gained[r.Gained] = true
			}
			if len(gained) < 15 {
				t.Errorf("%s %s: only %d different results", v.Village.Name, s.Quarter, len(gained))
			}
		}
	}
}

func TestEveryKindOfLineThatTheDemoShows(t *testing.T) {
	t.Parallel()
	found := map[string]int{}
	for _, v := range township {
		count(found, v)
	}
	for _, what := range []string{
		"base", "opening", "event", "correction", "transfer", "redemption", "return",
		"pending", "rejected", "deduction", "private line", "late line", "cut by a cap", "decided by the township",
		"correction before the seal", "correction after the seal", "in favour", "against", "correction of a correction",
		"merged household", "agreed by a witness", "newcomer's first sheet",
	} {
		if found[what] == 0 {
			t.Errorf("the township has no %s", what)
		}
	}
}

func count(found map[string]int, v sample.Village) {
	is := func(what string, yes bool) {
		if yes {
			found[what]++
		}
	}
	p := peopleOf(v)
	for _, e := range v.Events {
		is("pending", e.State == record.Pending)
		is("rejected", e.State == record.Rejected && e.Reason != "")
		is("deduction", e.Tenths < 0)
		is("private line", !e.Item.Public)
		is("cut by a cap", e.Tenths != e.Item.Value)
		is("decided by the township", p.roles[e.Confirmer] == household.Officer)
	}
	for _, e := range v.Entries {
		found[string(e.Kind)]++
		is("late line", e.Kind == ledger.EventKind && calendar.QuarterOf(e.OccurredOn) != e.CountsIn)
		is("agreed by a witness", e.Kind == ledger.Redemption && p.roles[e.Confirmer] != "")
		if e.Kind == ledger.Correction {
			sealed := v.Quarters[e.CountsIn.N-1].SealedOn
			is("correction before the seal", e.OccurredOn.Before(sealed))
			is("correction after the seal", !e.OccurredOn.Before(sealed))
			is("in favour", e.Tenths > 0)
			is("against", e.Tenths < 0)
			is("correction of a correction", v.Entries[e.Corrects-1].Kind == ledger.Correction)
		}
	}
	for i, h := range v.Households {
		is("merged household", h.State == household.Merged && v.Accounts[i].State == ledger.Merged && v.Accounts[i].Settled == 0)
	}
	for _, s := range v.Sheets {
		for _, r := range s.Rows {
			is("newcomer's first sheet", r.Rank == 0)
		}
	}
}

func TestAMergedHouseholdPassesOnWhatItsOpenQuarterBrought(t *testing.T) {
	t.Parallel()
	v := township[1]
	transfers := 0
	var sum points.Tenths
	for _, e := range v.Entries {
		if e.Kind == ledger.Transfer {
			transfers++
			sum += e.Tenths
		}
	}
	if transfers != 4 || sum != 0 {
		t.Errorf("%d transfers that sum to %v, want two pairs", transfers, sum)
	}
}

func TestStaffOfEveryVillage(t *testing.T) {
	everyVillage(t, func(t *testing.T, v sample.Village) {
		roles := map[household.Role]int{}
		p := peopleOf(v)
		for _, post := range v.Posts {
			roles[post.Role]++
			if homes := len(p.homes[post.Person]); (post.Role == household.Officer) != (homes == 0) {
				t.Errorf("the %s belongs to %d households", post.Role, homes)
			}
		}
		officers := 0
		if v.Village.ID == 1 {
			officers = 1
		}
		if roles[household.Leader] != 1 || roles[household.Deputy] != 1 || roles[household.TeamMember] < 3 ||
			roles[household.Shopkeeper] != 1 || roles[household.Officer] != officers {
			t.Errorf("%v", roles)
		}
		for _, tie := range v.Ties {
			if tie.A >= tie.B {
				t.Errorf("tie %v is not in order", tie)
			}
		}
	})
}

func TestHalfAndMoreOfTheHouseholdsChat(t *testing.T) {
	t.Parallel()
	chats, all := map[household.ID]bool{}, 0
	for _, v := range township {
		all += len(v.Households)
		for _, m := range v.Members {
			if m.Person != 0 {
				chats[m.Household] = true
			}
		}
	}
	if share := len(chats) * 100 / all; share < 55 || share > 70 {
		t.Errorf("%d %% of the households have a bound person", share)
	}
}

func TestTownshipsHoldSixteenVillages(t *testing.T) {
	t.Parallel()
	names := map[village.TownshipID]string{}
	seen := map[string]bool{}
	o := sample.Options{Villages: 40, EventsPerHousehold: 1, Year: 2026, Until: calendar.On(2026, 3, 1), Seed: 1}
	for v := range sample.Villages(o) {
		if want := village.TownshipID((v.Village.ID-1)/16 + 1); v.Township.ID != want || v.Village.Township != want {
			t.Errorf("%s is in township %d, want %d", v.Village.Name, v.Village.Township, want)
		}
		names[v.Township.ID] = v.Township.Name
		if seen[v.Village.Name] {
			t.Errorf("%s twice", v.Village.Name)
		}
		seen[v.Village.Name] = true
	}
	if names[1] != "清溪镇" || len(names) != 3 || names[2] == names[3] {
		t.Errorf("townships: %v", names)
	}
}

func BenchmarkTownship(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		for range sample.Villages(sample.Default()) {
		}
	}
}

// BenchmarkCountyVillage makes one of the 480 villages of a county of 400,000
// households and 8 million events.
func BenchmarkCountyVillage(b *testing.B) {
	b.ReportAllocs()
	o := sample.Options{Villages: 1, Households: 830, EventsPerHousehold: 20, Year: 2026, Until: calendar.On(2026, 11, 24), Seed: 1}
	for b.Loop() {
		for range sample.Villages(o) {
		}
	}
}

// TestLevelledVillage: everybody got the same in the running quarter, and only there.
func TestLevelledVillage(t *testing.T) {
	t.Parallel()
	for n, v := range township {
		gained := map[household.ID]points.Tenths{}
		for _, e := range v.Events {
			if calendar.QuarterOf(e.OccurredOn) == (calendar.Quarter{Year: 2026, N: 4}) && e.State != record.Rejected {
				gained[e.Household] += e.Tenths
			}
		}
		sums := map[points.Tenths]int{}
		for _, h := range v.Households {
			sums[gained[h.ID]]++
		}
		most := 0
		for _, homes := range sums {
			most = max(most, homes)
		}
		if levelled := most*10 >= len(v.Households)*9; levelled != (n == 2) {
			t.Errorf("%s: %v", v.Village.Name, sums)
		}
	}
}
