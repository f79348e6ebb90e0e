package conformance

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/xiangfeng/xiangfeng/domain/fault"
	"github.com/xiangfeng/xiangfeng/domain/household"
	"github.com/xiangfeng/xiangfeng/domain/script"
	"github.com/xiangfeng/xiangfeng/domain/usecase"
	"github.com/xiangfeng/xiangfeng/domain/usecase/ask"
	"github.com/xiangfeng/xiangfeng/domain/usecase/enrol"
	"github.com/xiangfeng/xiangfeng/domain/usecase/login"
	"github.com/xiangfeng/xiangfeng/storage"
)

func (a acts) signsIn(cmd usecase.Command, id login.Identity, hash byte) (fault.Outcome, error) {
	u := login.Enter{Once: storage.As(a.Store, func(tx *storage.Tx) login.Tx { return tx })}
	return u.Do(ctx, cmd, id, [32]byte{hash})
}

func (a acts) links(cmd usecase.Command, p household.PersonID, phone string) (fault.Outcome, error) {
	u := login.Phone{Once: storage.As(a.Store, func(tx *storage.Tx) login.PhoneTx { return tx })}
	return u.Do(ctx, cmd, p, phone)
}

// held is the session under a hash, which has to be there.
func (a acts) held(t testing.TB, hash byte, now time.Time) login.Held {
	t.Helper()
	held, err := a.PhoneSession(ctx, [32]byte{hash}, now)
	if err != nil {
		t.Fatal(err)
	}
	return held
}

// testPhoneSessions: a session is who it was opened for until it is over, and
// keeps what the phone says that it holds.
func testPhoneSessions(t *testing.T, database Database) {
	a, now := stage(t, database), on(5, 4)
	id := household.PersonID(done(t)(a.signsIn(by(0, now), login.Identity{MiniOpenID: "m-new"}, 1)).ID)
	if again := done(t)(a.signsIn(by(0, now), login.Identity{MiniOpenID: "m-new"}, 2)).ID; again != int64(id) || id <= intruder {
		t.Errorf("person %d, then %d; want somebody new, and the same", id, again)
	}
	held := a.held(t, 1, now)
	if held.Person.ID != id || held.Person.MiniOpenID != "m-new" || len(held.Staff.Posts)+len(held.Staff.Households) != 0 || !held.ExpiresAt.Equal(now.Add(login.Life)) {
		t.Errorf("%+v", held)
	}
	since := now.Add(-time.Hour)
	if err := a.SeenPhone(ctx, [32]byte{1}, "", login.Unsent{Count: 3, Since: since}, now.Add(time.Minute)); err != nil {
		t.Fatal(err)
	}
	held = a.held(t, 1, now)
	if held.Unsent.Count != 3 || !held.Unsent.Since.Equal(since) || !held.SeenAt.Equal(now.Add(time.Minute)) || a.held(t, 2, now).Unsent.Count != 0 {
		t.Errorf("%+v", held)
	}
	for range 2 {
		if err := a.EndPhone(ctx, [32]byte{2}); err != nil {
			t.Fatal(err)
		}
	}
	for name, of := range map[string]struct {
		hash byte
		at   time.Time
	}{"ended": {2, now}, "over": {1, now.Add(login.Life)}, "never opened": {9, now}} {
		if _, err := a.PhoneSession(ctx, [32]byte{of.hash}, of.at); fault.CodeOf(err) != fault.NotFound {
			t.Errorf("%s: %v", name, err)
		}
	}
	done(t)(a.signsIn(by(0, now.Add(login.Life)), login.Identity{MiniOpenID: "m-later"}, 3))
	var left int
	query(t, raw(t, a.dsn), &left, "SELECT count(*) FROM session")
	if left != 1 {
		t.Errorf("%d sessions are left; want those dropped that are over", left)
	}
}

// testUnions: a unionid brings two accounts of one person together, and never
// two persons who are somebody.
func testUnions(t *testing.T, database Database) {
	a, now := stage(t, database), on(5, 4)
	run(t, raw(t, a.dsn), fmt.Sprintf("INSERT INTO person_union (person_id, union_id) VALUES (%d, 'u-wang')", wang))
	early := household.PersonID(done(t)(a.signsIn(by(0, now), login.Identity{MiniOpenID: "m-wang"}, 1)).ID)
	if early == wang {
		t.Fatal("known without a unionid")
	}
	late := done(t)(a.signsIn(by(0, now), login.Identity{MiniOpenID: "m-wang", UnionID: "u-wang"}, 2))
	if late.ID != int64(wang) || a.held(t, 1, now).Person.ID != wang || a.held(t, 2, now).Person.OpenID != openid(wang) {
		t.Errorf("%+v; want both phones to be 王桂兰's", late)
	}
	run(t, raw(t, a.dsn), fmt.Sprintf("UPDATE person SET mini_openid = 'm-qian' WHERE id = %d", qian))
	if other := done(t)(a.signsIn(by(0, now), login.Identity{MiniOpenID: "m-qian", UnionID: "u-wang"}, 3)); other.ID != int64(qian) {
		t.Errorf("%+v; want 钱小组 to stay who that is", other)
	}
	first := done(t)(a.signsIn(by(0, now), login.Identity{MiniOpenID: "m-first", UnionID: "u-first"}, 4))
	if again := done(t)(a.signsIn(by(0, now), login.Identity{MiniOpenID: "m-first", UnionID: "u-first"}, 5)); again.ID != first.ID {
		t.Errorf("%+v, then %+v", first, again)
	}
}

// testLinkPhone: a number that stands on the register once brings its member in
// who is the first of the household, or joins the one who chats.
func testLinkPhone(t *testing.T, database Database) {
	a, now := stage(t, database), on(5, 4)
	enters := func(openid string, hash byte) household.PersonID {
		return household.PersonID(done(t)(a.signsIn(by(0, now), login.Identity{MiniOpenID: openid}, hash)).ID)
	}
	first := enters("m-first", 1)
	refused(t, fault.PhoneUnknown)(a.links(by(0, now), first, "13800001111"))
	refused(t, fault.PhoneUnknown)(a.links(by(0, now), first, ""))

	a.phoned(t, wangsHome, "13800001111")
	if to := done(t)(a.links(by(0, now), first, "+86 138-0000-1111")); to.ID != int64(wang) || a.held(t, 1, now).Person.ID != wang {
		t.Errorf("%+v; want 王桂兰, who chats already", to)
	}
	refused(t, fault.Conflict)(a.links(by(0, now), enters("m-other", 2), "13800001111"))

	run(t, raw(t, a.dsn), fmt.Sprintf("INSERT INTO member (id, household_id, name, phone) VALUES (9001, %d, '小王', '13800002222')", wangsHome))
	son := enters("m-son", 3)
	refused(t, fault.NeedsApproval)(a.links(by(0, now), son, "13800002222"))
	run(t, raw(t, a.dsn), fmt.Sprintf("UPDATE member SET person_id = NULL WHERE household_id = %d AND id <> 9001", wangsHome))
	done(t)(a.links(by(0, now), son, "13800002222"))
	if me, err := a.Me(ctx, son); err != nil || len(me.Homes) != 1 || me.Homes[0].ID != wangsHome || me.Name != "小王" {
		t.Errorf("%+v, %v", me, err)
	}
	a.phoned(t, qiansHome, "13800003333")
	run(t, raw(t, a.dsn), fmt.Sprintf("UPDATE member SET person_id = NULL WHERE household_id = %d", qiansHome))
	refused(t, fault.Blocked)(a.links(by(0, now), son, "13800003333"))
	a.phoned(t, kinsHome, "13800003333")
	refused(t, fault.Ambiguous)(a.links(by(0, now), enters("m-last", 4), "13800003333"))
	a.sound(t)
}

// testLinkPhoneAtOnce: of many who show the same number one becomes the member;
// one who logs in on many phones at once is one person.
func testLinkPhoneAtOnce(t *testing.T, database Database) {
	a := stage(t, database)
	b, now := enter(t, a.dsn), on(5, 4)
	both := []acts{a, b}
	if codes := atOnce(t, 16, func(i int) (fault.Outcome, error) {
		return both[i%2].signsIn(by(0, now), login.Identity{MiniOpenID: "m-same", UnionID: "u-same"}, byte(100+i))
	}); codes[fault.Done] != 16 {
		t.Errorf("%v", codes)
	}
	var same int
	query(t, raw(t, a.dsn), &same, "SELECT count(*) FROM person WHERE mini_openid = 'm-same'")
	if same != 1 {
		t.Errorf("%d persons", same)
	}
	a.phoned(t, wangsHome, "13800001111")
	run(t, raw(t, a.dsn), fmt.Sprintf("UPDATE member SET person_id = NULL WHERE household_id = %d", wangsHome))
	var people []household.PersonID
	for i := range 8 {
		people = append(people, household.PersonID(done(t)(a.signsIn(by(0, now), login.Identity{MiniOpenID: fmt.Sprint("m-", i)}, byte(i))).ID))
	}
	codes := atOnce(t, len(people), func(i int) (fault.Outcome, error) { return both[i%2].links(by(0, now), people[i], "13800001111") })
	if codes[fault.Done] != 1 || codes[fault.Conflict] != 7 {
		t.Errorf("%v; want one in", codes)
	}
}

// testMine: what the Mini Program reads of a household is what the chat says,
// for its own people and nobody else.
func testMine(t *testing.T, database Database) {
	a := stage(t, database)
	a.earn(t, sonsHome, meeting, on(5, 4))
	done(t)(a.record(by(qian, on(5, 5)), sonsHome, harvest))
	done(t)(a.publish(by(leader, on(4, 3)), hongqi, q1, signed))
	for _, home := range []household.ID{widowsHome, sonsHome} {
		run(t, raw(t, a.dsn), fmt.Sprintf("UPDATE person SET current_household = %d WHERE id = %d", home, widow))
		want, _ := a.standing(t, openid(widow))
		got, err := a.StandingOf(ctx, widow, home)
		if diff := cmp.Diff(want, got); err != nil || diff != "" {
			t.Errorf("household %d: %v (-chat +mini):\n%s", home, err, diff)
		}
		q := ask.Query{OpenID: openid(widow), Year: year, Limit: 10}
		said, err := a.Lines(ctx, q)
		if err != nil {
			t.Fatal(err)
		}
		lines, err := a.LinesOf(ctx, widow, home, q)
		if diff := cmp.Diff(said, lines); err != nil || diff != "" || len(lines.Lines) == 0 {
			t.Errorf("household %d: %v (-chat +mini):\n%s", home, err, diff)
		}
		rows, err := a.RowsOf(ctx, widow, home)
		if err != nil || len(rows) == 0 || !slices.ContainsFunc(rows, func(r script.Row) bool { return r.Own }) {
			t.Errorf("household %d: %+v, %v", home, rows, err)
		}
	}
	for _, other := range []household.PersonID{wang, intruder, leader, officer, homeless} {
		_, standing := a.StandingOf(ctx, other, sonsHome)
		_, lines := a.LinesOf(ctx, other, sonsHome, ask.Query{Year: year, Limit: 10})
		_, rows := a.RowsOf(ctx, other, sonsHome)
		for what, err := range map[string]error{"standing": standing, "lines": lines, "rows": rows} {
			if fault.CodeOf(err) != fault.NotFound {
				t.Errorf("%s for person %d: %v", what, other, err)
			}
		}
	}
}

// testMe: homes and posts, a township's in all of its villages.
func testMe(t *testing.T, database Database) {
	a, now := stage(t, database), on(5, 4)
	me, err := a.Me(ctx, widow)
	if err != nil || len(me.Homes) != 2 || !me.Homes[0].Current || me.Homes[1].Current || me.Homes[0].Place.Name != "红旗村" || len(me.Villages) != 0 || me.Scale != 100 {
		t.Errorf("%+v, %v", me, err)
	}
	boss, err := a.Me(ctx, officer)
	if err != nil || len(boss.Villages) != 2 || boss.Villages[1].Name != "青山村" || boss.Villages[0].TownshipName != "清溪镇" || boss.Villages[0].Township != 1 {
		t.Errorf("%+v, %v", boss, err)
	}
	if _, err := a.Me(ctx, 9999); fault.CodeOf(err) != fault.NotFound {
		t.Errorf("nobody: %v", err)
	}
	choose := login.Choose{Once: storage.As(a.Store, func(tx *storage.Tx) login.ChooseTx { return tx })}
	done(t)(choose.Agree(ctx, by(widow, now), "1"))
	done(t)(choose.Do(ctx, by(widow, now), 130, sonsHome))
	done(t)(choose.Agree(ctx, by(widow, now), "2"))
	refused(t, fault.NotFound)(choose.Do(ctx, by(widow, now), 100, wangsHome))
	refused(t, fault.Invalid)(choose.Do(ctx, by(widow, now), 161, 0))
	if me, err = a.Me(ctx, widow); err != nil || me.Scale != 130 || me.Consent != "2" || !me.Homes[1].Current {
		t.Errorf("%+v, %v", me, err)
	}
}

// testAnswers: the first answer stands, also where many are kept at once.
func testAnswers(t *testing.T, database Database) {
	a := stage(t, database)
	b, now := enter(t, a.dsn), on(5, 4)
	if _, err := a.Answered(ctx, "k"); fault.CodeOf(err) != fault.NotFound {
		t.Errorf("%v before any", err)
	}
	answers := make([]script.Answer, 16)
	atOnce(t, len(answers), func(i int) (out fault.Outcome, err error) {
		answers[i], err = []acts{a, b}[i%2].KeepAnswer(ctx, "k", script.Answer{Body: "b", Status: 200, Bytes: fmt.Append(nil, i)}, now)
		return out, err
	})
	kept, err := b.Answered(ctx, "k")
	if err != nil {
		t.Fatal(err)
	}
	for _, got := range answers {
		if diff := cmp.Diff(kept, got); diff != "" {
			t.Errorf("-kept +answered:\n%s", diff)
		}
	}
	done(t)(a.signsIn(by(0, now.Add(91*24*time.Hour)), login.Identity{MiniOpenID: "m-later"}, 1))
	if _, err := a.Answered(ctx, "k"); fault.CodeOf(err) != fault.NotFound {
		t.Errorf("%v after three months", err)
	}
}

// testForgottenPhone: who has their information deleted in the chat is signed
// out, and nothing of the Mini Program is left.
func testForgottenPhone(t *testing.T, database Database) {
	a, now := stage(t, database), on(5, 4)
	run(t, raw(t, a.dsn), fmt.Sprintf("UPDATE person SET mini_openid = 'm-wang' WHERE id = %d", wang))
	done(t)(a.signsIn(by(0, now), login.Identity{MiniOpenID: "m-wang", UnionID: "u-wang"}, 1))
	choose := login.Choose{Once: storage.As(a.Store, func(tx *storage.Tx) login.ChooseTx { return tx })}
	cmd := usecase.Command{Key: login.MiniKey("m-wang") + "|k", Actor: wang, Now: now}
	done(t)(choose.Do(ctx, cmd, 120, 0))
	if _, err := a.KeepAnswer(ctx, cmd.Key, script.Answer{Status: 200, Bytes: []byte("{}")}, now); err != nil {
		t.Fatal(err)
	}
	done(t)(a.desk().Erase(ctx, by(0, now), openid(wang)))
	db := raw(t, a.dsn)
	for _, from := range []string{
		fmt.Sprintf("session WHERE person_id = %d", wang), fmt.Sprintf("preference WHERE person_id = %d", wang),
		"person_union", "outcome WHERE key LIKE 'mini:m-wang%'", "answer", "person WHERE mini_openid = 'm-wang'",
	} {
		var left int
		if query(t, db, &left, "SELECT count(*) FROM "+from); left != 0 {
			t.Errorf("%d left in %s", left, from)
		}
	}
	if _, err := a.PhoneSession(ctx, [32]byte{1}, now); fault.CodeOf(err) != fault.NotFound {
		t.Errorf("the phone is signed in: %v", err)
	}
}

// testComeByCard: who is known at the Mini Program alone comes to a household at
// the same desk, where wrong tries lock.
func testComeByCard(t *testing.T, database Database) {
	a, now := stage(t, database), on(5, 4)
	a.phoned(t, sonsHome, "13800004321")
	run(t, raw(t, a.dsn), fmt.Sprintf("UPDATE member SET person_id = NULL WHERE household_id = %d", sonsHome))
	id := household.PersonID(done(t)(a.signsIn(by(0, now), login.Identity{MiniOpenID: "m-new"}, 1)).ID)
	come := func(digits string) (fault.Outcome, error) {
		return plain(a.desk().Come(ctx, by(0, now), login.MiniKey("m-new"), enrol.ClaimOf(a.cardOf(t, sonsHome)), digits))
	}
	refused(t, fault.WrongFactor)(come("0000"))
	if facts := done(t)(come("4321")); facts.Note != enrol.Direct {
		t.Errorf("%+v", facts)
	}
	if me, err := a.Me(ctx, id); err != nil || len(me.Homes) != 1 || me.Homes[0].ID != sonsHome {
		t.Errorf("%+v, %v", me, err)
	}
	refused(t, fault.Conflict)(come("4321"))
}

// testPhones: the leader reads what the team's phones hold, the most first.
func testPhones(t *testing.T, database Database) {
	a, now := stage(t, database), on(5, 4)
	for p, openid := range map[household.PersonID]string{qian: "m-qian", zhao: "m-zhao", wang: "m-wang"} {
		run(t, raw(t, a.dsn), fmt.Sprintf("UPDATE person SET mini_openid = '%s' WHERE id = %d", openid, p))
		done(t)(a.signsIn(by(0, now), login.Identity{MiniOpenID: openid}, byte(p)))
		if err := a.SeenPhone(ctx, [32]byte{byte(p)}, "phone-of-all", login.Unsent{Count: int(p), Since: now}, now); err != nil {
			t.Fatal(err)
		}
	}
	done(t)(a.signsIn(by(0, now.Add(-time.Hour)), login.Identity{MiniOpenID: "m-qian"}, 99)) // an older one that holds nothing
	phones, err := a.Phones(ctx, hongqi, now)
	if err != nil || len(phones) != 2 || phones[0].Name != "钱小组" || phones[0].Unsent != int(qian) || phones[1].Unsent != int(zhao) {
		t.Errorf("%+v, %v", phones, err)
	}
	done(t)(a.signsIn(by(0, now), login.Identity{MiniOpenID: "m-qian"}, 100))
	if err := a.SeenPhone(ctx, [32]byte{100}, "phone-of-all", login.Unsent{}, now); err != nil {
		t.Fatal(err)
	}
	if held := a.held(t, 100, now); held.Phone != "phone-of-all" || a.held(t, byte(qian), now).Unsent != (login.Unsent{}) || a.held(t, byte(zhao), now).Unsent.Count != int(zhao) {
		t.Errorf("%+v; want what 钱小组 said on the phone before to be over, and what 赵小组 said on it to stay", held)
	}
	if phones, err := a.Phones(ctx, qingshan, now); err != nil || len(phones) != 0 {
		t.Errorf("in 青山村: %+v, %v", phones, err)
	}
}
