package conformance

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/xiangfeng/xiangfeng/domain/calendar"
	"github.com/xiangfeng/xiangfeng/domain/fault"
	"github.com/xiangfeng/xiangfeng/domain/household"
	"github.com/xiangfeng/xiangfeng/domain/script"
	"github.com/xiangfeng/xiangfeng/domain/usecase"
	"github.com/xiangfeng/xiangfeng/domain/usecase/enrol"
	"github.com/xiangfeng/xiangfeng/storage"
)

var _ enrol.Records = (*storage.Store)(nil)

func (a acts) desk() enrol.Desk {
	return enrol.Desk{Once: storage.As(a.Store, func(tx *storage.Tx) enrol.Register { return tx })}
}

// cardOf is the number of a household's card.
func (a acts) cardOf(t testing.TB, h household.ID) string {
	t.Helper()
	var number string
	query(t, raw(t, a.dsn), &number, fmt.Sprintf("SELECT number FROM card WHERE household_id = %d", h))
	return number
}

// phoned gives a household's head a phone.
func (a acts) phoned(t testing.TB, h household.ID, phone string) {
	t.Helper()
	run(t, raw(t, a.dsn), fmt.Sprintf("UPDATE member SET phone = '%s' WHERE household_id = %d", phone, h))
}

// drafts shows a card and its digits, and returns the request to confirm.
func (a acts) drafts(t testing.TB, openid string, h household.ID, digits string, now time.Time) fault.Facts {
	t.Helper()
	done(t)(a.desk().Present(ctx, by(0, now), openid, enrol.Claim{Number: a.cardOf(t, h)}))
	facts := done(t)(a.desk().Prove(ctx, by(0, now), openid, digits))
	if facts.Step == enrol.StepName {
		facts = done(t)(a.desk().Name(ctx, by(0, now), openid, "新来的"))
	}
	if facts.Step != usecase.StepConfirm {
		t.Fatalf("%+v; want a question", facts)
	}
	return facts
}

// plain leaves out whom to tell.
func plain(out fault.Outcome, _ []enrol.News, err error) (fault.Outcome, error) { return out, err }

// testBind: the first of a household gets in by digits, the next by approval,
// and both are what every answer shows at once.
func testBind(t *testing.T, database Database) {
	a := stage(t, database)
	a.phoned(t, sonsHome, "13800004321")
	d, now := a.desk(), on(5, 4)
	run(t, raw(t, a.dsn), fmt.Sprintf("UPDATE member SET person_id = NULL WHERE household_id = %d", sonsHome))

	draft := a.drafts(t, "o-new", sonsHome, "4321", now)
	if draft.Note != enrol.Direct || draft.Household != int64(sonsHome) {
		t.Errorf("%+v; want it direct", draft)
	}
	if s, _ := a.standing(t, "o-new"); s.Homes != 0 {
		t.Errorf("%+v before anything is confirmed", s)
	}
	cmd := by(0, now)
	for range 2 {
		out, news, err := d.File(ctx, cmd, "o-new", draft.ID)
		if done(t)(out, err); len(news) != 0 {
			t.Errorf("%+v are told; there is nobody", news)
		}
	}
	if s, _ := a.standing(t, "o-new"); s.Homes != 1 || s.Home.ID != sonsHome || s.Person <= intruder {
		t.Errorf("%+v; want somebody new at 向长安's", s)
	}

	second := a.drafts(t, "o-second", sonsHome, "4321", now)
	if second.Note != enrol.ByHome {
		t.Errorf("%+v; want it to be approved", second)
	}
	out, news, err := d.File(ctx, by(0, now), "o-second", second.ID)
	if done(t)(out, err); len(news) != 1 || news[0].OpenID != "o-new" || news[0].Kind != enrol.Asked {
		t.Errorf("%+v are told; want the bound one", news)
	}
	refused(t, fault.NotFound)(plain(d.File(ctx, by(0, now), "o-second", second.ID)))
	if s, _ := a.standing(t, "o-new"); s.News != 1 {
		t.Errorf("%d news; want 1", s.News)
	}
	heard := done(t)(d.Hear(ctx, by(0, now), "o-new"))
	if heard.Note != string(enrol.Asked) || heard.ID != second.ID {
		t.Errorf("%+v is heard", heard)
	}
	a.decideSecond(t, second.ID, now)
	a.sound(t)
}

func (a acts) decideSecond(t *testing.T, id int64, now time.Time) {
	t.Helper()
	d := a.desk()
	refused(t, fault.Forbidden)(plain(d.Decide(ctx, by(0, now), openid(wang), id, true)))
	refused(t, fault.NotFound)(plain(d.Decide(ctx, by(0, now), "o-nobody", id, true)))
	refused(t, fault.NotFound)(plain(d.Decide(ctx, by(0, now), "o-new", id+99, true)))
	done(t)(plain(d.Decide(ctx, by(0, now), openid(qian), id, true)))
	refused(t, fault.Conflict)(plain(d.Decide(ctx, by(0, now), "o-new", id, false)))
	s, _ := a.standing(t, "o-second")
	if s.Homes != 1 || s.Home.ID != sonsHome || s.News != 1 {
		t.Errorf("%+v; want in, with one thing to hear", s)
	}
	bound, err := a.Bound(ctx, "o-second")
	if err != nil || len(bound) != 2 || bound[0].Self || !bound[1].Self {
		t.Errorf("%+v, %v; want the two of them", bound, err)
	}
}

// testBindInParallel: of many who confirm at once one gets in directly; of many
// who decide at once one does; the same message has one effect.
func testBindInParallel(t *testing.T, database Database) {
	a := stage(t, database)
	b := enter(t, a.dsn)
	a.phoned(t, wangsHome, "13800004321")
	run(t, raw(t, a.dsn), fmt.Sprintf("UPDATE member SET person_id = NULL WHERE household_id = %d", wangsHome))
	const people = 8
	now := on(5, 4)
	ids := make([]int64, people)
	for i := range ids {
		ids[i] = a.drafts(t, fmt.Sprint("o-new-", i), wangsHome, "4321", now).ID
	}
	codes := atOnce(t, 2*people, func(i int) (fault.Outcome, error) {
		who := i / 2 // the same message to two instances
		cmd := usecase.Command{Key: fmt.Sprint("file ", who), Now: now}
		return plain([]acts{a, b}[i%2].desk().File(ctx, cmd, fmt.Sprint("o-new-", who), ids[who]))
	})
	if codes[fault.Done] != 2 || codes[fault.Conflict] != 2*people-2 {
		t.Errorf("%v; want one in, each twice", codes)
	}
	var bound int
	query(t, raw(t, a.dsn), &bound, fmt.Sprintf("SELECT count(*) FROM member WHERE household_id = %d AND person_id IS NOT NULL", wangsHome))
	if bound != 1 {
		t.Errorf("%d are bound", bound)
	}

	request := a.drafts(t, "o-more", wangsHome, "4321", now)
	done(t)(plain(a.desk().File(ctx, by(0, now), "o-more", request.ID)))
	deciders := []household.PersonID{leader, deputy, zhao, qian}
	codes = atOnce(t, len(deciders), func(i int) (fault.Outcome, error) {
		return plain([]acts{a, b}[i%2].desk().Decide(ctx, by(0, now), openid(deciders[i]), request.ID, i%2 == 0))
	})
	if codes[fault.Done] != 1 || codes[fault.Conflict] != len(deciders)-1 {
		t.Errorf("%v; want one decision", codes)
	}
	a.sound(t)
}

// atOnce runs an act many times at once and counts its outcomes.
func atOnce(t *testing.T, n int, act func(int) (fault.Outcome, error)) map[fault.Code]int {
	t.Helper()
	var mu sync.Mutex
	var all sync.WaitGroup
	codes := map[fault.Code]int{}
	for i := range n {
		all.Go(func() {
			out, err := act(i)
			mu.Lock()
			defer mu.Unlock()
			if err != nil {
				t.Error(err)
			}
			codes[out.Code]++
		})
	}
	all.Wait()
	return codes
}

// testWrongTries: the tenth locks the person for an hour, on any instance, and
// nobody else; a revoked card is a wrong one from that moment, also for who has
// shown it before.
func testWrongTries(t *testing.T, database Database) {
	a := stage(t, database)
	a.phoned(t, farHome, "13800004321")
	run(t, raw(t, a.dsn), fmt.Sprintf("UPDATE member SET person_id = NULL WHERE household_id = %d", farHome))
	now := on(5, 4)
	done(t)(a.desk().Present(ctx, by(0, now), "o-bad", enrol.Claim{Number: a.cardOf(t, farHome)}))
	for n := range enrol.TriesAllowed {
		facts := done(t)(a.desk().Prove(ctx, by(0, now), "o-bad", fmt.Sprintf("%04d", n)))
		if facts.Step != enrol.Wrong {
			t.Fatalf("%+v; want it wrong", facts)
		}
	}
	b := enter(t, a.dsn)
	hour := now.Add(enrol.TriesWithin)
	for _, at := range []time.Time{now, hour.Add(-time.Microsecond)} {
		facts := refused(t, fault.Locked)(b.desk().Prove(ctx, by(0, at), "o-bad", "4321"))
		if facts.Data != "13:00" {
			t.Errorf("until %q", facts.Data)
		}
		refused(t, fault.Locked)(b.desk().Present(ctx, by(0, at), "o-bad", enrol.Claim{Token: "X"}))
	}
	a.drafts(t, "o-good", farHome, "4321", now)
	late := a.drafts(t, "o-bad", farHome, "4321", hour)

	run(t, raw(t, a.dsn), fmt.Sprintf("UPDATE card SET state = 'revoked' WHERE household_id = %d", farHome))
	refused(t, fault.NotFound)(plain(a.desk().File(ctx, by(0, hour), "o-bad", late.ID)))
	done(t)(a.desk().Present(ctx, by(0, hour), "o-new", enrol.Claim{Number: a.cardOf(t, farHome)}))
	if facts := done(t)(a.desk().Prove(ctx, by(0, hour), "o-new", "4321")); facts.Step != enrol.Wrong {
		t.Errorf("%+v; a revoked card opens nothing", facts)
	}
}

// testGuessers: where a village's cards are guessed at, who was wrong before
// has to be approved, and who was not gets in as ever.
func testGuessers(t *testing.T, database Database) {
	a := stage(t, database)
	a.phoned(t, farHome, "13800004321")
	run(t, raw(t, a.dsn), fmt.Sprintf("UPDATE member SET person_id = NULL WHERE household_id = %d", farHome))
	now := on(5, 4)
	for n := range enrol.Alarming {
		who := fmt.Sprint("o-guess-", n)
		done(t)(a.desk().Present(ctx, by(0, now), who, enrol.Claim{Number: a.cardOf(t, farHome)}))
		done(t)(a.desk().Prove(ctx, by(0, now), who, "0000"))
		if draft := a.drafts(t, who, farHome, "4321", now); (draft.Note == enrol.Direct) != (n+1 < enrol.Alarming) {
			t.Errorf("after %d wrong tries: %+v", n+1, draft)
		}
	}
	day := now.Add(enrol.TriesKept - time.Minute)
	if draft := a.drafts(t, "o-guess-0", farHome, "4321", day); draft.Note != enrol.ByHome {
		t.Errorf("%+v; want it still to be approved", draft)
	}
	if draft := a.drafts(t, "o-honest", farHome, "4321", day); draft.Note != enrol.Direct {
		t.Errorf("%+v; want the honest one in", draft)
	}
}

// testLeave: who leaves or is removed sees nothing any more, and the points stay.
func testLeave(t *testing.T, database Database) {
	a := stage(t, database)
	now := on(5, 4)
	a.earn(t, widowsHome, meeting, now)
	before := a.account(t, widowsHome, year)
	refused(t, fault.NotFound)(a.desk().Leave(ctx, by(0, now), openid(wang), widowsHome))
	done(t)(a.desk().Leave(ctx, by(0, now), openid(widow), widowsHome))
	refused(t, fault.NotFound)(a.desk().Leave(ctx, by(0, now), openid(widow), widowsHome))
	if s, _ := a.standing(t, openid(widow)); s.Homes != 1 || s.Home.ID != sonsHome {
		t.Errorf("%+v; want her son's, which is left", s)
	}
	if got := a.account(t, widowsHome, year); got != before {
		t.Errorf("%+v, was %+v", got, before)
	}
	run(t, raw(t, a.dsn), fmt.Sprintf("UPDATE member SET person_id = %d WHERE household_id = %d AND name = '向长安'", wang, sonsHome))
	refused(t, fault.SamePerson)(plain(a.desk().Remove(ctx, by(0, now), openid(widow), sonsHome, widow)))
	refused(t, fault.NotFound)(plain(a.desk().Remove(ctx, by(0, now), openid(widow), wangsHome, wang)))
	refused(t, fault.NotFound)(plain(a.desk().Remove(ctx, by(0, now), openid(widow), sonsHome, far)))
	out, news, err := a.desk().Remove(ctx, by(0, now), openid(wang), sonsHome, widow)
	if done(t)(out, err); len(news) != 1 || news[0].OpenID != openid(widow) || news[0].Kind != enrol.Removed {
		t.Errorf("%+v are told", news)
	}
	if s, _ := a.standing(t, openid(widow)); s.Homes != 0 || s.Home.ID != 0 || s.News != 1 {
		t.Errorf("%+v; want no home and one thing to hear", s)
	}
	a.sound(t)
}

// testErase: nothing of who had their information deleted is left in any table
// but the entries and the register's name; the books still add up.
func testErase(t *testing.T, database Database) {
	a := stage(t, database)
	now := on(5, 4)
	a.phoned(t, wangsHome, "13800009876")
	a.earn(t, wangsHome, meeting, now)
	a.phoned(t, farHome, "13800004321")
	cmd := by(0, now)
	cmd.Key = openid(wang) + "|1|scan|h:x"
	done(t)(a.desk().Present(ctx, cmd, openid(wang), enrol.Claim{Number: a.cardOf(t, farHome)}))
	facts := done(t)(a.desk().Prove(ctx, by(0, now), openid(wang), "4321"))
	done(t)(plain(a.desk().File(ctx, by(0, now), openid(wang), facts.ID)))

	refused(t, fault.Blocked)(a.desk().Erase(ctx, by(0, now), openid(qian)))
	refused(t, fault.NotFound)(a.desk().Erase(ctx, by(0, now), "o-nobody"))
	erase := by(0, now)
	done(t)(a.desk().Erase(ctx, erase, openid(wang)))
	done(t)(a.desk().Erase(ctx, erase, openid(wang)))
	if s, v, err := a.Standing(ctx, openid(wang)); err != nil || s.Person != 0 || v != "" {
		t.Errorf("%+v, %q, %v; want a stranger", s, v, err)
	}
	db := raw(t, a.dsn)
	for what, count := range map[string]string{
		"an openid":            "SELECT count(*) FROM person WHERE openid = 'o-h' OR id = 7 AND (mini_openid IS NOT NULL OR name LIKE '%王%' OR heard <> '')",
		"a binding":            "SELECT count(*) FROM member WHERE person_id = 7",
		"a phone":              "SELECT count(*) FROM member WHERE phone = '13800009876'",
		"a request":            "SELECT count(*) FROM bind_request WHERE person_id = 7",
		"news about a request": fmt.Sprintf("SELECT count(*) FROM enrol_news WHERE request_id = %d", facts.ID),
		"a conversation":       "SELECT count(*) FROM step WHERE openid = 'o-h'",
		"an event's key":       "SELECT count(*) FROM outcome WHERE key LIKE 'o-h|%' OR facts LIKE '%王桂兰%'",
	} {
		var n int
		if query(t, db, &n, count); n != 0 {
			t.Errorf("%s is left", what)
		}
	}
	if got := a.account(t, wangsHome, year); got.Score != 1015 {
		t.Errorf("%+v; the points stay", got)
	}
	a.sound(t)
}

// testWaiting: who sees a request is who may decide it.
func testWaiting(t *testing.T, database Database) {
	a := stage(t, database)
	a.phoned(t, kinsHome, "13800004321")
	now := on(5, 4)
	draft := a.drafts(t, "o-new", kinsHome, "4321", now)
	done(t)(plain(a.desk().File(ctx, by(0, now), "o-new", draft.ID)))
	for who, want := range map[household.PersonID]int{
		kinsman: 1, leader: 1, deputy: 1, qian: 1, zhao: 0, shopkeeper: 0, officer: 0, wang: 0, farLeader: 0, homeless: 0, 99: 0,
	} {
		got, err := a.Waiting(ctx, openid(who), now.Add(household.RequestLife-time.Microsecond))
		if err != nil || len(got) != want {
			t.Errorf("%d sees %+v, %v; want %d", who, got, err, want)
		}
		if over, err := a.Waiting(ctx, openid(who), now.Add(household.RequestLife)); err != nil || len(over) != 0 {
			t.Errorf("%d sees %+v, %v when it is over", who, over, err)
		}
	}
	got, err := a.Asking(ctx, draft.ID)
	if err != nil || got.Name != "新来的" || got.Phone != "赵表弟" || got.Twin || got.Home.ID != kinsHome || got.Place != redVillage {
		t.Errorf("%+v, %v", got, err)
	}
	if _, err := a.Asking(ctx, draft.ID+1); fault.CodeOf(err) != fault.NotFound {
		t.Errorf("%v; want not found", err)
	}
	if _, _, err := a.Place(ctx, 999); fault.CodeOf(err) != fault.NotFound {
		t.Errorf("%v; want not found", err)
	}
	a.testWithdraw(t, draft.ID, now)
	a.testTalked(t)
}

// testWithdraw: who made a request is told that it waits, and takes it back;
// nobody else does, and nobody decides it any more.
func (a acts) testWithdraw(t *testing.T, id int64, now time.Time) {
	t.Helper()
	d := a.desk()
	want := script.Outsider{Request: id, Until: calendar.DateOf(now.Add(household.RequestLife)), Office: redVillage.Office}
	if got, err := a.Outside(ctx, "o-new", now); err != nil || got != want {
		t.Errorf("%+v, %v; want %+v", got, err, want)
	}
	refused(t, fault.NotFound)(d.Withdraw(ctx, by(0, now), openid(kinsman), id))
	refused(t, fault.NotFound)(d.Withdraw(ctx, by(0, now), "o-nobody", id))
	cmd := by(0, now)
	for range 2 {
		done(t)(d.Withdraw(ctx, cmd, "o-new", id))
	}
	refused(t, fault.NotFound)(d.Withdraw(ctx, by(0, now), "o-new", id))
	refused(t, fault.Conflict)(plain(d.Decide(ctx, by(0, now), openid(kinsman), id, true)))
	if s, _ := a.standing(t, openid(kinsman)); s.News != 0 {
		t.Errorf("%d news; want none left about what was taken back", s.News)
	}
	for _, who := range []string{"o-new", "o-nobody"} {
		if got, err := a.Outside(ctx, who, now); err != nil || got.Request != 0 {
			t.Errorf("%s: %+v, %v; want nothing that waits", who, got, err)
		}
	}
}

func (a acts) testTalked(t *testing.T) {
	t.Helper()
	for _, want := range []bool{true, false} {
		if talked, err := a.Talked(ctx, "o-new"); err != nil || talked != want {
			t.Errorf("talked: %v, %v; want %v", talked, err, want)
		}
		if err := a.DropStep(context.WithoutCancel(ctx), "o-new"); err != nil {
			t.Fatal(err)
		}
	}
}
