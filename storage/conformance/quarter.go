package conformance

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/xiangfeng/xiangfeng/domain/calendar"
	"github.com/xiangfeng/xiangfeng/domain/fault"
	"github.com/xiangfeng/xiangfeng/domain/household"
	"github.com/xiangfeng/xiangfeng/domain/quarter"
	"github.com/xiangfeng/xiangfeng/domain/record"
	"github.com/xiangfeng/xiangfeng/domain/script"
	"github.com/xiangfeng/xiangfeng/domain/usecase"
	"github.com/xiangfeng/xiangfeng/domain/usecase/assess"
	closing "github.com/xiangfeng/xiangfeng/domain/usecase/close"
	"github.com/xiangfeng/xiangfeng/domain/village"
)

func (a acts) many(cmd usecase.Command, ids ...int64) (fault.Outcome, error) {
	events := make([]record.ID, len(ids))
	for i, id := range ids {
		events[i] = record.ID(id)
	}
	return assess.Confirm{Once: a.assessing()}.Many(ctx, cmd, events)
}

// testConfirmMany: each by its own rules, all in one act that a repeat leaves
// as it is.
func testConfirmMany(t *testing.T, database Database) {
	a := stage(t, database)
	now := on(5, 4)
	var events []int64
	for _, h := range []household.ID{wangsHome, widowsHome, wangsHome, deputysHome} {
		events = append(events, done(t)(a.record(by(qian, now), h, meeting)).ID)
	}
	own := done(t)(a.record(by(deputy, now), wangsHome, meeting)).ID
	far := done(t)(a.record(by(farLeader, now), farHome, meeting)).ID
	cmd := by(deputy, now)
	ids := append(slices.Clone(events), own, far, 999, events[0])
	facts := done(t)(a.many(cmd, ids...))
	if again := done(t)(a.many(cmd, ids...)); again != facts || facts.Need != 3 {
		t.Errorf("%+v, then %+v; want 3 confirmed, once", facts, again)
	}
	why := map[record.ID]fault.Code{}
	for _, l := range assess.ReadLeft(facts.Data) {
		why[l.Event] = l.Why.Code
	}
	want := map[record.ID]fault.Code{
		record.ID(events[3]): fault.Kin, record.ID(own): fault.SamePerson, record.ID(far): fault.NotFound, 999: fault.NotFound, record.ID(events[0]): fault.Conflict,
	}
	if fmt.Sprint(why) != fmt.Sprint(want) {
		t.Errorf("left %v; want %v", why, want)
	}
	if got := a.account(t, wangsHome, year); got.Score != 1030 || got.Lines != 3 || got.Waiting[1] != 30 {
		t.Errorf("%+v; want two lines more", got)
	}
	refused(t, fault.Invalid)(a.many(by(leader, now)))
	refused(t, fault.NotFound)(a.many(by(leader, now), 998, 999))
	refused(t, fault.NotFound)(a.many(by(farLeader, now), events...))
	refused(t, fault.Forbidden)(a.many(by(zhao, now), events...))
	refused(t, fault.TooMany)(a.many(by(leader, now), make([]int64, assess.Most+1)...))
	if facts := done(t)(a.many(by(officer, now), events[3], own)); facts.Need != 0 || assess.ReadLeft(facts.Data)[0].Why.Facts.Note != record.LeftToVillage {
		t.Errorf("%+v; want the office to leave both to the village", facts)
	}
	a.sound(t)
}

// testConfirmManyAtOnce: overlapping acts of many and single ones confirm each
// event once and wait for nobody in a circle.
func testConfirmManyAtOnce(t *testing.T, database Database) {
	both := pair(t, database)
	var events []int64
	for i := range 24 {
		events = append(events, done(t)(both[0].record(by(qian, on(5, 4)), []household.ID{wangsHome, widowsHome, sonsHome}[i%3], meeting)).ID)
	}
	confirmed, _ := count(t, together(24, func(i int) (fault.Outcome, error) {
		a := both[i%2]
		switch i % 4 {
		case 0:
			mixed := slices.Clone(events[i/2 : i/2+12])
			slices.Reverse(mixed)
			return a.many(by(leader, on(5, 5)), mixed...)
		case 1:
			return a.giveBackEvent(by(deputy, on(5, 5)), events[i], "再看看")
		case 2:
			return a.withdraw(by(qian, on(5, 5)), events[i], "记错了")
		}
		return a.confirm(by(deputy, on(5, 5)), events[i])
	}))
	if confirmed == 0 {
		t.Error("nothing took effect")
	}
	db := raw(t, both[0].dsn)
	var lines, states int
	query(t, db, &lines, "SELECT count(*) FROM ledger_entry WHERE kind = 'event'")
	query(t, db, &states, "SELECT count(*) FROM event WHERE state = 'confirmed'")
	if lines != states {
		t.Errorf("%d lines of %d confirmed events", lines, states)
	}
	both[1].sound(t)
}

// testReturn: a returned event waits as before for its household and under its
// caps, until its recorder mends it or takes it back, or it is rejected.
func testReturn(t *testing.T, database Database) {
	a := stage(t, database)
	now := on(5, 4)
	var events []int64
	for range 2 {
		events = append(events, done(t)(a.record(by(qian, now), wangsHome, cleanup)).ID)
	}
	third := done(t)(a.record(by(qian, now), wangsHome, cleanup)) // the last point under the cap
	before, version := a.standing(t, openid(wang))
	refused(t, fault.Invalid)(a.giveBackEvent(by(leader, now), events[0], ""))
	refused(t, fault.Forbidden)(a.giveBackEvent(by(zhao, now), events[0], "看不清"))
	done(t)(a.giveBackEvent(by(leader, now), events[0], "照片看不清"))
	refused(t, fault.Conflict)(a.giveBackEvent(by(deputy, now), events[0], "照片看不清"))
	refused(t, fault.Conflict)(a.confirm(by(deputy, now), events[0]))
	refused(t, fault.CapReached)(a.record(by(zhao, now), wangsHome, cleanup))
	if after, redrawn := a.standing(t, openid(wang)); after.Pending != before.Pending || redrawn == version {
		t.Errorf("%d wait under %q after %d under %q", after.Pending, redrawn, before.Pending, version)
	}
	returned, more, err := a.JudgedOf(ctx, hongqi, q2, record.Returned, 0, 10)
	if err != nil || more || len(returned) != 1 || returned[0].Reason != "照片看不清" || returned[0].Confirmer != leader || returned[0].State != record.Returned {
		t.Fatalf("%+v, %v, %v", returned, more, err)
	}
	if waiting, mine, err := a.CountJudged(ctx, hongqi, qian, calendar.DateOf(now)); err != nil || waiting != 0 || mine != 1 {
		t.Errorf("%d wait and %d were returned to 钱小组, %v; want none of theirs to decide, and one back", waiting, mine, err)
	}
	if waiting, mine, err := a.CountJudged(ctx, hongqi, leader, calendar.DateOf(now)); err != nil || waiting != 2 || mine != 0 {
		t.Errorf("%d wait for the leader and %d were returned, %v; want 2 and none", waiting, mine, err)
	}
	refused(t, fault.Forbidden)(a.withdraw(by(zhao, now), events[0], "记错了"))
	done(t)(a.withdraw(by(qian, now), events[0], "记错了"))
	// Its two points are free again.
	if facts := done(t)(a.record(by(zhao, now), wangsHome, cleanup)); facts.Need != 20 {
		t.Errorf("%d tenths; want 20", facts.Need)
	}
	done(t)(a.giveBackEvent(by(leader, now), third.ID, "没有这回事吧"))
	done(t)(a.reject(by(deputy, now), third.ID, "没有这回事"))
	a.sound(t)
}

// testSign: a signature is under what its person saw, and void when that is not
// the sheet to come any more.
func testSign(t *testing.T, database Database) {
	a := stage(t, database)
	a.earn(t, wangsHome, harvest, on(2, 10))
	april := on(4, 1)
	digest, err := a.digest(hongqi, q1, april)
	if err != nil {
		t.Fatal(err)
	}
	refused(t, fault.TooEarly)(a.sign(by(zhao, on(3, 31)), hongqi, q1, digest))
	refused(t, fault.Forbidden)(a.sign(by(shopkeeper, april), hongqi, q1, digest))
	refused(t, fault.Forbidden)(a.sign(by(officer, april), hongqi, q1, digest))
	refused(t, fault.NotFound)(a.sign(by(wang, april), hongqi, q1, digest))
	refused(t, fault.NotFound)(a.sign(by(farLeader, april), hongqi, q1, digest))
	if facts := refused(t, fault.Conflict)(a.sign(by(zhao, april), hongqi, q1, "0000")); facts.Note != closing.Moved {
		t.Errorf("%+v", facts)
	}
	for _, who := range []household.PersonID{zhao, qian, deputy, zhao} {
		done(t)(a.sign(by(who, april), hongqi, q1, digest))
	}
	// Reading aloud, goods for points, and whatever else the sheet does not say leave it as it is.
	done(t)(a.record(by(qian, on(4, 1)), wangsHome, meeting))
	if same, _ := a.digest(hongqi, q1, on(4, 2)); same != digest {
		t.Error("the digest changed with nothing on the sheet")
	}
	a.earn(t, widowsHome, meeting, on(3, 31))
	req := closing.Request{Village: hongqi, Quarter: q1, Digest: digest, Minutes: "评议会记录"}
	if facts := refused(t, fault.Conflict)(a.hang(by(leader, april), req)); facts.Note != closing.Moved {
		t.Errorf("%+v", facts)
	}
	req.Digest, _ = a.digest(hongqi, q1, april)
	if facts := refused(t, fault.Unsigned)(a.hang(by(leader, april), req)); facts.ID != 3 {
		t.Errorf("%+v; want all three missing again", facts)
	}
	for _, who := range []household.PersonID{zhao, qian, leader} {
		done(t)(a.sign(by(who, april), hongqi, q1, req.Digest))
	}
	// Who has left the team signs for nobody.
	run(t, raw(t, a.dsn), fmt.Sprintf("DELETE FROM post WHERE person_id = %d", qian))
	if facts := refused(t, fault.Unsigned)(a.hang(by(leader, april), req)); facts.ID != 1 {
		t.Errorf("%+v; want one missing", facts)
	}
	done(t)(a.sign(by(deputy, april), hongqi, q1, req.Digest))
	unknown := req
	unknown.Photos = []record.PhotoHash{record.PhotoHash(fmt.Sprintf("%064d", 1))}
	refused(t, fault.Invalid)(a.hang(by(leader, april), unknown))
	cmd := by(leader, april)
	code := done(t)(a.hang(cmd, req)).Note
	if again := done(t)(a.hang(cmd, req)).Note; again != code {
		t.Errorf("%q, then %q", code, again)
	}
	s, err := a.AssessedOf(ctx, hongqi, q1, calendar.DateOf(april))
	if err != nil || s.State != quarter.Published || s.Code != code || s.Counts[record.Confirmed] != 2 || len(s.Signed) != 0 {
		t.Errorf("%+v, %v", s, err)
	}
	wall, err := a.WallOf(ctx, hongqi, q1)
	if err != nil || len(wall.Signers) != 4 || wall.Publisher != "周书记" || wall.Minutes != "评议会记录" || wall.Rows[0].Name != "王**" {
		t.Errorf("%+v, %v", wall, err)
	}
}

// testSheetNotices: everybody bound to a listed household is told once of an edition.
func testSheetNotices(t *testing.T, database Database) {
	a := stage(t, database)
	a.earn(t, wangsHome, harvest, on(2, 10))
	code := done(t)(a.publish(by(leader, on(4, 1)), hongqi, q1, signed)).Note
	db := raw(t, a.dsn)
	var n int
	query(t, db, &n, "SELECT count(*) FROM push WHERE occasion = 'published:2026Q1:1' AND kind = 'published'")
	if n != 9 { // the widow for two households, nobody for 幸新来, who joins in August
		t.Errorf("%d notices; want 9", n)
	}
	var facts string
	query(t, db, &facts, fmt.Sprintf("SELECT facts FROM push WHERE person_id = %d AND scope = 'household:%d'", wang, wangsHome))
	for _, part := range []string{code, `"Score":1300`, `"Rank":1`, `"Of":9`, `"Edition":1`, `"Until":"2026-04-07"`, `"Quarter":"2026Q1"`} {
		if !strings.Contains(facts, part) {
			t.Errorf("%s is missing in %s", part, facts)
		}
	}
	// A household with nobody bound is to be told on paper, but who was told before.
	run(t, db, fmt.Sprintf("DELETE FROM push WHERE household_id = %d", sonsHome))
	bound := a.count(t, fmt.Sprintf("SELECT count(*) FROM member WHERE household_id = %d AND person_id IS NOT NULL", sonsHome))
	run(t, db, fmt.Sprintf("CREATE TABLE unbound AS SELECT id, person_id FROM member WHERE household_id IN (%d, %d)", sonsHome, wangsHome))
	run(t, db, "UPDATE member SET person_id = NULL WHERE id IN (SELECT id FROM unbound)")
	for _, occasion := range []string{"", "published:2026Q1:1"} {
		untold, err := a.Untold(ctx, hongqi, occasion)
		if err != nil || bound == 0 || len(untold.Homes) != 1 || untold.Homes[0].ID != sonsHome || untold.Homes[0].Number == "" {
			t.Errorf("%q: %+v, %v", occasion, untold.Homes, err)
		}
	}
	for v, occasion := range map[village.ID]string{hongqi: "published:2026Q1:2", qingshan: "published:2026Q1:1"} {
		if untold, err := a.Untold(ctx, v, occasion); err != nil || len(untold.Homes) != 0 {
			t.Errorf("%q: %+v, %v", occasion, untold.Homes, err)
		}
	}
	run(t, db, "CREATE TABLE silenced AS SELECT * FROM push")
	run(t, db, "DELETE FROM push")
	if untold, err := a.Untold(ctx, hongqi, ""); err != nil || len(untold.Occasions) != 1 || script.PushTitle(untold.Occasions[0]) != "2026年第一季度公示 4月1日" {
		t.Errorf("%+v, %v; nobody could be told", untold, err)
	}
	run(t, db, "INSERT INTO push SELECT * FROM silenced")
	run(t, db, "DROP TABLE silenced")
	run(t, db, "UPDATE member SET person_id = (SELECT u.person_id FROM unbound u WHERE u.id = member.id) WHERE id IN (SELECT id FROM unbound)")
	run(t, db, "DROP TABLE unbound")
	// It comes down: who was not told yet is not told, and the next edition is news.
	refused(t, fault.Invalid)(a.takeDown(by(leader, on(4, 2)), hongqi, q1, " "))
	refused(t, fault.Forbidden)(a.takeDown(by(zhao, on(4, 2)), hongqi, q1, "数算错了"))
	refused(t, fault.NotFound)(a.takeDown(by(farLeader, on(4, 2)), hongqi, q1, "数算错了"))
	refused(t, fault.Conflict)(a.takeDown(by(leader, on(4, 2)), hongqi, q4.Prev().Prev().Prev().Prev(), "数算错了"))
	if facts := done(t)(a.takeDown(by(deputy, on(4, 2)), hongqi, q1, "数算错了")); facts.Note != closing.Asked {
		t.Errorf("%+v", facts)
	}
	refused(t, fault.Conflict)(a.takeDown(by(leader, on(4, 2)), hongqi, q1, "数算错了"))
	a.sound(t)
	done(t)(a.takeDown(by(officer, on(4, 2)), hongqi, q1, "同意"))
	a.sound(t)
	query(t, db, &n, "SELECT count(*) FROM push WHERE occasion = 'published:2026Q1:1' AND state = 'waiting'")
	if n != 0 {
		t.Errorf("%d still wait to be told of what is down", n)
	}
	if s, _, err := a.Standing(ctx, openid(wang)); err != nil || s.Sheet != nil || s.Progress.Published != (calendar.Quarter{}) {
		t.Errorf("%+v, %v; want no sheet", s.Sheet, err)
	}
	down := func(want calendar.Quarter) {
		t.Helper()
		if got, err := a.Sheet(ctx, openid(wang)); err != nil || got.Down != want {
			t.Errorf("%v is down, %v; want %v", got.Down, err, want)
		}
	}
	down(q1)
	refused(t, fault.Conflict)(a.seal(by(0, on(4, 20)), hongqi, q1))
	anew := done(t)(a.publish(by(leader, on(4, 10)), hongqi, q1, signed)).Note
	query(t, db, &n, "SELECT count(*) FROM push WHERE occasion = 'published:2026Q1:2' AND state = 'waiting'")
	if n != 9 || anew == code {
		t.Errorf("%d told of %q after %q; want 9 of another code", n, anew, code)
	}
	down(calendar.Quarter{})
	refused(t, fault.TooEarly)(a.seal(by(0, on(4, 16)), hongqi, q1))
	done(t)(a.seal(by(0, on(4, 17)), hongqi, q1))
	a.sound(t)
	// A later quarter's sheet that comes down leaves the one before as the newest.
	done(t)(a.publish(by(leader, on(7, 1)), hongqi, q2, signed))
	done(t)(a.takeDown(by(officer, on(7, 2)), hongqi, q2, "数算错了"))
	if s, _, err := a.Standing(ctx, openid(wang)); err != nil || s.Sheet == nil || s.Sheet.Quarter != q1 {
		t.Errorf("%+v, %v; want the first quarter's", s.Sheet, err)
	}
	down(q2)
	a.sound(t)
}

// testLateAndErrata: a sheet lists what occurred earlier and counts in it, and
// what was corrected of earlier quarters since the sheet before.
func testLateAndErrata(t *testing.T, database Database) {
	a := stage(t, database)
	line := a.earn(t, wangsHome, harvest, on(2, 10))
	other := a.earn(t, widowsHome, burning, on(2, 11))
	late := done(t)(a.record(by(qian, on(3, 30)), sonsHome, meeting))
	before := a.earn(t, kinsHome, meeting, on(3, 20))
	done(t)(a.correct(by(leader, on(3, 25)), hongqi, before.Seq, 10)) // on the first sheet already
	done(t)(a.publish(by(leader, on(4, 1)), hongqi, q1, signed))
	done(t)(a.correct(by(leader, on(4, 3)), hongqi, other.Seq, -100)) // while it hangs
	done(t)(a.confirm(by(leader, on(4, 3)), late.ID))
	done(t)(a.seal(by(0, on(4, 10)), hongqi, q1))
	mended := done(t)(a.correct(by(deputy, on(5, 3)), hongqi, line.Seq, 250)) // after the seal
	a.earn(t, wangsHome, meeting, on(5, 4))
	if first, err := a.WallOf(ctx, hongqi, q1); err != nil || len(first.Late)+len(first.Errata) != 0 {
		t.Errorf("%+v, %+v, %v; want neither on a village's first sheet", first.Late, first.Errata, err)
	}
	p, err := a.PreviewOf(ctx, hongqi, q2, on(7, 1))
	if err != nil || len(p.Late) != 1 || p.Late[0].Household != sonsHome || p.Late[0].OccurredOn != calendar.On(year, 3, 30) || !p.Late[0].Public {
		t.Fatalf("late: %+v, %v", p.Late, err)
	}
	if len(p.Errata) != 2 || p.Errata[0].Tenths != 100 || p.Errata[0].Line != other.Line || p.Errata[1].Tenths != -50 || p.Errata[1].Household != wangsHome || p.Errata[1].Reason != "核对过" {
		t.Errorf("errata: %+v", p.Errata)
	}
	if p.Told != 9 || p.Untold != 0 || p.Homes[wangsHome].Head != "王桂兰" {
		t.Errorf("%d told, %d untold, %+v", p.Told, p.Untold, p.Homes[wangsHome])
	}
	// What must never stand on a board is signed, and not shown.
	run(t, raw(t, a.dsn), "UPDATE item SET public = "+a.no()+" WHERE code = '"+burning+"'")
	done(t)(a.publish(by(leader, on(7, 1)), hongqi, q2, signed))
	a.earn(t, wangsHome, meeting, on(7, 2)) // behind the sheet
	done(t)(a.correct(by(deputy, on(7, 2)), hongqi, mended.Seq, 0))
	wall, err := a.WallOf(ctx, hongqi, q2)
	if err != nil || len(wall.Late) != 1 || len(wall.Errata) != 1 || wall.Errata[0].Name != "王**" || wall.Errata[0].Title != "帮邻居收谷子" {
		t.Errorf("%+v, %+v, %v", wall.Late, wall.Errata, err)
	}
	a.sound(t)
}

func (a acts) no() string {
	if strings.HasPrefix(a.dsn, "sqlite:") {
		return "0"
	}
	return "false"
}

// testTwoQuarters: what is assessed of one quarter leaves the one that hangs
// hanging, and a late village's quarters go up one after the other.
func testTwoQuarters(t *testing.T, database Database) {
	a := stage(t, database)
	a.earn(t, wangsHome, harvest, on(2, 10))
	a.earn(t, wangsHome, meeting, on(5, 10))
	done(t)(a.publish(by(leader, on(7, 1)), hongqi, q1, signed))
	last := done(t)(a.record(by(qian, on(6, 30)), widowsHome, meeting))
	done(t)(a.confirm(by(leader, on(7, 2)), last.ID)) // the first act of assessing the second quarter
	s, err := a.AssessedOf(ctx, hongqi, q2, calendar.On(year, 7, 2))
	if err != nil || s.State != quarter.Assessing || s.Progress.Published != q1 {
		t.Errorf("%+v, %v; want the second assessed while the first hangs", s, err)
	}
	a.sound(t)
	if facts := refused(t, fault.Blocked)(a.publish(by(leader, on(7, 3)), hongqi, q2, signed)); facts.Note != quarter.BlockedByWall {
		t.Errorf("%+v", facts)
	}
	done(t)(a.seal(by(0, on(7, 8)), hongqi, q1))
	done(t)(a.publish(by(leader, on(7, 8)), hongqi, q2, signed))
	a.sound(t)
	if got, err := a.Seasons(ctx, hongqi, calendar.On(year, 7, 9), 4); err != nil || len(got) != 4 || got[0].State != quarter.Open || got[1].State != quarter.Published || got[2].State != quarter.Sealed || got[3].Q.Year != year-1 {
		t.Errorf("%+v, %v", got, err)
	}
}

// testSealDue: the job seals what is due, one village after the other; killed in
// between it goes on where it was, also on another instance at the same time.
func testSealDue(t *testing.T, database Database) {
	both := pair(t, database)
	a := both[0]
	for v, who := range map[village.ID]household.PersonID{hongqi: leader, qingshan: farLeader} {
		with := signed
		if v == qingshan {
			with = farSigned
		}
		done(t)(a.publish(by(who, on(4, 1)), v, q1, with))
	}
	due := func(a acts, find closing.Hanging) closing.SealDue {
		return closing.SealDue{Seal: closing.Seal{Once: a.closing()}, Find: find}
	}
	if counts, err := due(a, a).Do(ctx, on(4, 7)); err != nil || counts["hung"] != 2 || counts["sealed"] != 0 {
		t.Errorf("%v, %v; want nothing before its days are over", counts, err)
	}
	// Killed after the first.
	stopped, cancel := context.WithCancel(ctx)
	_, err := due(a, hanging(func() []quarter.Quarter {
		all, _ := a.Hung(ctx)
		return all[:1]
	})).Do(stopped, on(4, 8))
	cancel()
	if err != nil {
		t.Fatal(err)
	}
	sealed := 0
	for _, counts := range []map[string]int{must(t)(due(both[1], both[1]).Do(ctx, on(4, 8))), must(t)(due(a, a).Do(ctx, on(4, 8)))} {
		sealed += counts["sealed"]
	}
	if sealed != 1 {
		t.Errorf("%d sealed afterwards; want the other one, once", sealed)
	}
	// Two instances at once, with the same list.
	a = stage(t, database)
	b := enter(t, a.dsn)
	done(t)(a.publish(by(leader, on(4, 1)), hongqi, q1, signed))
	list, err := a.Hung(ctx)
	if err != nil {
		t.Fatal(err)
	}
	count(t, together(8, func(i int) (fault.Outcome, error) {
		_, err := due([]acts{a, b}[i%2], hanging(func() []quarter.Quarter { return list })).Do(ctx, on(4, 8))
		return fault.Outcome{Code: fault.Done}, err
	}))
	a.sound(t)
	if left, err := a.Hung(ctx); err != nil || len(left) != 0 {
		t.Errorf("%v, %v still hang", left, err)
	}
}

// hanging is a list of what hangs.
type hanging func() []quarter.Quarter

func (h hanging) Hung(context.Context) ([]quarter.Quarter, error) { return h(), nil }

func must(t testing.TB) func(map[string]int, error) map[string]int {
	return func(counts map[string]int, err error) map[string]int {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return counts
	}
}

// testAssessDue: on the first day of a quarter the one before it is assessed in
// every village that it concerns.
func testAssessDue(t *testing.T, database Database) {
	a := stage(t, database)
	job := closing.AssessDue{Assess: closing.Assess{Once: a.closing()}, Find: a.Store}
	if counts := must(t)(job.Do(ctx, on(4, 1))); counts["started"] != 2 {
		t.Errorf("%v; want both villages", counts)
	}
	if counts := must(t)(job.Do(ctx, on(4, 1))); counts["started"] != 0 {
		t.Errorf("%v; want nothing the second time", counts)
	}
	if s, err := a.AssessedOf(ctx, qingshan, q1, calendar.On(year, 4, 1)); err != nil || s.State != quarter.Assessing {
		t.Errorf("%+v, %v", s, err)
	}
	done(t)(a.publish(by(leader, on(4, 1)), hongqi, q1, signed))
	if counts := must(t)(job.Do(ctx, on(4, 2))); counts["started"] != 0 {
		t.Errorf("%v; want what is further to stay", counts)
	}
	a.sound(t)
}

// testContested: a line in dispute is sealed with its mark and counts as it stands.
func testContested(t *testing.T, database Database) {
	a := stage(t, database)
	line := a.earn(t, wangsHome, burning, on(2, 10))
	a.earn(t, widowsHome, burning, on(2, 10))
	done(t)(a.publish(by(leader, on(4, 1)), hongqi, q1, signed))
	a.filed(t, wang, wangsHome, line.Line, on(4, 2))
	if facts := done(t)(a.seal(by(0, on(4, 8)), hongqi, q1)); facts.Need != 1 {
		t.Errorf("%+v; want one in dispute", facts)
	}
	wall, err := a.WallOf(ctx, hongqi, q1)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range wall.Rows {
		if want := map[household.ID]int{wangsHome: 1}[r.Household]; r.Contested != want {
			t.Errorf("%s: %d in dispute; want %d", r.Name, r.Contested, want)
		}
	}
	if got := a.account(t, wangsHome, year); got.Settled != -200 {
		t.Errorf("%+v; want it to count as it stands", got)
	}
	a.sound(t)
}

// testJudged: what who decides reads of events, page by page.
func testJudged(t *testing.T, database Database) {
	a := stage(t, database)
	now := on(5, 4)
	for range 3 {
		done(t)(a.record(by(qian, now), wangsHome, meeting))
	}
	old := done(t)(a.recordOn(by(qian, on(4, 1)), widowsHome, meeting, calendar.On(year, 3, 31)))
	first, more, err := a.JudgedOf(ctx, hongqi, q2, record.Pending, 0, 2)
	if err != nil || !more || len(first) != 2 || first[0].Home.Head != "王桂兰" || first[0].RecorderName != "钱小组" || first[0].Together != 1 {
		t.Fatalf("%+v, %v, %v", first, more, err)
	}
	rest, more, err := a.JudgedOf(ctx, hongqi, q2, record.Pending, first[1].ID, 2)
	if err != nil || more || len(rest) != 1 {
		t.Errorf("%+v, %v, %v", rest, more, err)
	}
	// With the first quarter on the wall its event is a late one of the second.
	if got, _, err := a.JudgedOf(ctx, hongqi, q1, record.Pending, 0, 9); err != nil || len(got) != 1 || got[0].Late {
		t.Errorf("%+v, %v", got, err)
	}
	done(t)(a.publish(by(leader, on(4, 1)), hongqi, q1, signed))
	if got, _, err := a.JudgedOf(ctx, hongqi, q1, record.Pending, 0, 9); err != nil || len(got) != 0 {
		t.Errorf("%+v, %v; want none left to a quarter that hangs", got, err)
	}
	got, _, err := a.JudgedOf(ctx, hongqi, q2, record.Pending, 0, 9)
	if err != nil || len(got) != 4 || !got[len(got)-1].Late || int64(got[len(got)-1].ID) != old.ID {
		t.Errorf("%+v, %v", got, err)
	}
	done(t)(a.confirm(by(leader, now), old.ID))
	done(t)(a.reject(by(leader, now), int64(first[0].ID), "没有到场"))
	confirmed, _, err := a.JudgedOf(ctx, hongqi, q2, record.Confirmed, 0, 9)
	if err != nil || len(confirmed) != 1 || !confirmed[0].Late || confirmed[0].Line != 2 {
		t.Errorf("%+v, %v", confirmed, err)
	}
	s, err := a.AssessedOf(ctx, hongqi, q2, calendar.DateOf(now))
	if want := map[record.State]int{record.Pending: 2, record.Confirmed: 1, record.Rejected: 1}; err != nil || fmt.Sprint(s.Counts) != fmt.Sprint(want) {
		t.Errorf("%v, %v; want %v", s.Counts, err, want)
	}
	for _, q := range []calendar.Quarter{q3, {Year: 2024, N: 4}} {
		if _, err := a.AssessedOf(ctx, hongqi, q, calendar.DateOf(now)); fault.CodeOf(err) != fault.NotFound {
			t.Errorf("%s: %v", q, err)
		}
	}
	if _, err := a.WallOf(ctx, hongqi, q2); fault.CodeOf(err) != fault.NotFound {
		t.Errorf("a sheet that does not hang: %v", err)
	}
}
