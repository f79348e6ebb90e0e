package conformance

import (
	"bytes"
	"crypto/rand"
	"fmt"
	"io"
	"slices"
	"testing"
	"time"

	"github.com/xiangfeng/xiangfeng/domain/fault"
	"github.com/xiangfeng/xiangfeng/domain/household"
	"github.com/xiangfeng/xiangfeng/domain/script"
	"github.com/xiangfeng/xiangfeng/domain/usecase"
	"github.com/xiangfeng/xiangfeng/domain/usecase/cards"
	"github.com/xiangfeng/xiangfeng/domain/usecase/door"
	"github.com/xiangfeng/xiangfeng/domain/usecase/enrol"
	"github.com/xiangfeng/xiangfeng/storage"
)

func (a acts) doors() usecase.Once[door.Tx] {
	return storage.As(a.Store, func(tx *storage.Tx) door.Tx { return tx })
}

// browser shows a new code.
func (a acts) browser(t testing.TB, now time.Time) (s door.Secret) {
	t.Helper()
	if _, err := rand.Read(s[:]); err != nil {
		t.Fatal(err)
	}
	done(t)(door.Ask{Once: a.doors()}.Do(ctx, by(0, now), s, "Chrome（Windows）", fmt.Sprintf("内网 10.0.%d.%d", s[0], s[1])))
	return s
}

func (a acts) phoneConfirms(who household.PersonID, code string, now time.Time) (fault.Outcome, error) {
	return door.Confirm{Once: a.doors()}.Do(ctx, by(who, now), code)
}

// enters tries to come in, and returns the token of the session.
func (a acts) enters(s door.Secret, before string, now time.Time) (string, fault.Outcome, error) {
	token := rand.Text()
	out, err := door.Enter{Once: a.doors()}.Do(ctx, by(0, now), s, door.Hash(token), door.Hash(before))
	return token, out, err
}

func (a acts) inside(t testing.TB, token string, now time.Time) (door.Session, bool) {
	t.Helper()
	s, err := door.Gate{Sessions: a.Store}.Pass(ctx, token, now)
	if err != nil && fault.CodeOf(err) != fault.NotFound {
		t.Fatal(err)
	}
	return s, err == nil
}

func (a acts) count(t testing.TB, statement string) (n int) {
	t.Helper()
	query(t, raw(t, a.dsn), &n, statement)
	return n
}

// testDoor: a browser comes in with the code that a phone confirmed, under the
// name of who confirmed, and its session ends as it should.
func testDoor(t *testing.T, database Database) {
	a := stage(t, database)
	now := on(5, 4)
	look := door.Look{Read: a.Store}
	s := a.browser(t, now)
	if got, err := look.Do(ctx, leader, s.Code(), now); err != nil || got.Browser != "Chrome（Windows）" || !got.AskedAt.Equal(now) {
		t.Errorf("%+v, %v", got, err)
	}
	// Whoever has no post neither sees nor confirms; an unknown code is not there.
	if _, err := look.Do(ctx, wang, s.Code(), now); fault.CodeOf(err) != fault.Forbidden {
		t.Errorf("%v; want it forbidden", err)
	}
	refused(t, fault.Forbidden)(a.phoneConfirms(wang, s.Code(), now))
	refused(t, fault.NotFound)(a.phoneConfirms(leader, "nothing", now))
	if _, err := look.Do(ctx, leader, "nothing", now); fault.CodeOf(err) != fault.NotFound {
		t.Errorf("%v; want nothing", err)
	}
	if state, _, err := (door.Watch{Read: a.Store}).Do(ctx, s, now); err != nil || state != door.Waits {
		t.Errorf("%v, %v; want it waiting", state, err)
	}
	done(t)(a.phoneConfirms(leader, s.Code(), now))
	refused(t, fault.Conflict)(a.phoneConfirms(deputy, s.Code(), now))
	if state, _, err := (door.Watch{Read: a.Store}).Do(ctx, s, now); err != nil || state != door.Confirmed {
		t.Errorf("%v, %v; want it confirmed", state, err)
	}
	token, out, err := a.enters(s, "", now)
	done(t)(out, err)
	if got, in := a.inside(t, token, now); !in || got.By != (usecase.Caller{Person: leader}) {
		t.Errorf("%+v, %v; want the leader in", got, in)
	}
	if n := a.count(t, "SELECT count(*) FROM audit WHERE what = 'console_opened' AND person_id = 1"); n != 1 {
		t.Errorf("%d audit lines; want 1", n)
	}
	a.sessionEnds(t, token, now)
	// Coming in again ends the session that the browser had.
	other := a.browser(t, now)
	done(t)(a.phoneConfirms(leader, other.Code(), now))
	again, out, err := a.enters(other, token, now)
	done(t)(out, err)
	if _, in := a.inside(t, token, now); in {
		t.Error("the session before still counts")
	}
	if err := (door.Gate{Sessions: a.Store}).Leave(ctx, again); err != nil {
		t.Fatal(err)
	}
	if _, in := a.inside(t, again, now); in {
		t.Error("who has left is still in")
	}
}

// sessionEnds: half an hour unused, half a day in use.
func (a acts) sessionEnds(t *testing.T, token string, now time.Time) {
	t.Helper()
	if _, in := a.inside(t, token, now.Add(door.Idle)); in {
		t.Error("a session goes on that nobody used")
	}
	at := now
	for at.Before(now.Add(door.Longest - 30*time.Minute)) {
		at = at.Add(29 * time.Minute)
		if _, in := a.inside(t, token, at); !in {
			t.Fatalf("a session in use ends after %v", at.Sub(now))
		}
	}
	if _, in := a.inside(t, token, now.Add(door.Longest)); in {
		t.Error("a session never ends")
	}
	run(t, raw(t, a.dsn), "DELETE FROM console_session")
	if _, in := a.inside(t, token, now); in {
		t.Error("a session that is gone counts")
	}
}

// testDoorHolds: RELIABILITY row 60. Of 2,000 codes that were guessed, seen on a
// screen, used before or crossed, none lets anybody in.
func testDoorHolds(t *testing.T, database Database) {
	a := stage(t, database)
	now := on(5, 4)
	const each = 500
	out := func(token string, out fault.Outcome, err error) {
		t.Helper()
		if refused(t, fault.NotFound)(out, err); t.Failed() {
			t.FailNow()
		}
		if _, in := a.inside(t, token, now); in {
			t.Fatal("somebody is in")
		}
	}
	mine, theirs, used := a.browser(t, now), a.browser(t, now), a.browser(t, now)
	done(t)(a.phoneConfirms(leader, mine.Code(), now))
	done(t)(a.phoneConfirms(leader, used.Code(), now))
	token, entered, err := a.enters(used, "", now)
	done(t)(entered, err)
	for i := range each {
		var guess door.Secret // guessed: any bits, and those next to a real secret
		_, _ = rand.Read(guess[:])
		if i%2 == 0 {
			guess = mine
			guess[i%32] ^= 1 << (i % 8)
		}
		out(a.enters(guess, "", now))
		refused(t, fault.NotFound)(a.phoneConfirms(leader, guess.Code(), now))
		stolen := stolenFrom(mine.Code(), i)
		out(a.enters(stolen, "", now))
		out(a.enters(used, token, now)) // repeated: once is once
		out(a.enters(theirs, "", now))  // crossed: my code was confirmed, their browser was not
		refused(t, fault.Conflict)(a.phoneConfirms(leader, used.Code(), now))
	}
	if n := a.count(t, "SELECT count(*) FROM console_session"); n != 1 {
		t.Errorf("%d are in; want the one who was let in", n)
	}
	late := now.Add(door.CodeLife)
	refused(t, fault.TooLate)(a.phoneConfirms(leader, theirs.Code(), late))
	_, slow, err := a.enters(mine, "", now.Add(door.Step))
	refused(t, fault.NotFound)(slow, err)
	// Who has lost the post meanwhile does not come in, whoever confirmed.
	quick := a.browser(t, now)
	done(t)(a.phoneConfirms(leader, quick.Code(), now))
	run(t, raw(t, a.dsn), "DELETE FROM post WHERE person_id = 1")
	_, gone, err := a.enters(quick, "", now)
	refused(t, fault.Forbidden)(gone, err)
	a.crowd(t, now)
}

// stolenFrom is a secret made of what everybody sees on the screen.
func stolenFrom(code string, i int) (s door.Secret) {
	copy(s[:], code[i%(len(code)-31):])
	if i%2 == 0 {
		s = door.Hash(code)
	}
	return s
}

// crowd: one place fills no table.
func (a acts) crowd(t *testing.T, now time.Time) {
	t.Helper()
	ask := func(at time.Time, place string) (fault.Outcome, error) {
		var s door.Secret
		_, _ = rand.Read(s[:])
		return door.Ask{Once: a.doors()}.Do(ctx, by(0, at), s, "x", place)
	}
	for range 30 {
		done(t)(ask(now, "same"))
	}
	refused(t, fault.Locked)(ask(now, "same"))
	done(t)(ask(now, "other"))
	done(t)(ask(now.Add(2*time.Hour), "same"))
	if n := a.count(t, "SELECT count(*) FROM console_code"); n != 1 {
		t.Errorf("%d codes are kept; want the one that is not old", n)
	}
}

// testEnterOnce: of many requests with one confirmed code one comes in.
func testEnterOnce(t *testing.T, database Database) {
	a := stage(t, database)
	both := [2]acts{a, enter(t, a.dsn)}
	now := on(5, 4)
	s := a.browser(t, now)
	done(t)(a.phoneConfirms(leader, s.Code(), now))
	codes := atOnce(t, 16, func(i int) (fault.Outcome, error) {
		_, out, err := both[i%2].enters(s, "", now)
		return out, err
	})
	if codes[fault.Done] != 1 || codes[fault.NotFound] != 15 {
		t.Errorf("%v; want one in", codes)
	}
	hash := door.Hash("the link")
	done(t)(door.Invite{Once: a.doors()}.Do(ctx, by(0, now), hash))
	codes = atOnce(t, 16, func(i int) (fault.Outcome, error) {
		return door.Accept{Once: both[i%2].doors()}.Do(ctx, by(0, now), "the link", door.Hash(fmt.Sprint("session ", i)), [32]byte{}, "Edge")
	})
	if codes[fault.Done] != 1 || codes[fault.NotFound] != 15 {
		t.Errorf("%v; want one administrator in", codes)
	}
}

// testAdminLink: once, for ten minutes, with an audit line for making and for using it.
func testAdminLink(t *testing.T, database Database) {
	a := stage(t, database)
	now := on(5, 4)
	accept := func(link, session string, at time.Time) (fault.Outcome, error) {
		return door.Accept{Once: a.doors()}.Do(ctx, by(0, at), link, door.Hash(session), [32]byte{}, "Edge")
	}
	for _, link := range []string{"first", "second"} {
		done(t)(door.Invite{Once: a.doors()}.Do(ctx, by(0, now), door.Hash(link)))
	}
	refused(t, fault.NotFound)(accept("other", "a", now))
	refused(t, fault.NotFound)(accept("second", "a", now.Add(door.LinkLife)))
	done(t)(accept("first", "a", now.Add(door.LinkLife-time.Second)))
	refused(t, fault.NotFound)(accept("first", "b", now))
	if got, in := a.inside(t, "a", now); !in || got.By != (usecase.Caller{Administrator: true}) {
		t.Errorf("%+v, %v; want the administrator in", got, in)
	}
	if n := a.count(t, "SELECT count(*) FROM audit WHERE administrator AND person_id IS NULL"); n != 3 {
		t.Errorf("%d audit lines; want 3", n)
	}
}

func (a acts) revoke(cmd usecase.Command, by usecase.Caller, number string) (fault.Outcome, error) {
	return cards.Revoke{Once: storage.As(a.Store, func(tx *storage.Tx) cards.Tx { return tx })}.Do(ctx, cmd, by, number)
}

func (a acts) reissue(cmd usecase.Command, by usecase.Caller, number string, random io.Reader) (fault.Outcome, error) {
	once := storage.As(a.Store, func(tx *storage.Tx) cards.Tx { return tx })
	return cards.Reissue{Once: once, Random: random, Key: cardKey}.Do(ctx, cmd, by, number)
}

func caller(p household.PersonID) usecase.Caller { return usecase.Caller{Person: p} }

// wangsCard is 王桂兰家's as the sheet shows it.
func (a acts) wangsCard(t testing.TB) household.Card {
	t.Helper()
	homes, err := a.CardHomes(ctx, hongqi)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range homes {
		if c.Home.ID == wangsHome {
			return c.Card
		}
	}
	t.Fatal("the household is not on the sheet")
	return household.Card{}
}

// testCards: RELIABILITY rows 18 and 20. A card is revoked and reissued by who
// may, once, and from then on the old one opens nothing.
func testCards(t *testing.T, database Database) {
	a := stage(t, database)
	now := on(5, 4)
	first := a.wangsCard(t)
	token, printable := first.Token(cardKey)
	if !printable || first.Generation != 1 {
		t.Fatalf("%+v cannot be printed", first)
	}
	for _, who := range []household.PersonID{zhao, shopkeeper, wang, farLeader, homeless, 0} {
		refused(t, fault.NotFound)(a.revoke(by(0, now), caller(who), first.Number))
		refused(t, fault.NotFound)(a.reissue(by(0, now), caller(who), first.Number, rand.Reader))
	}
	refused(t, fault.NotFound)(a.revoke(by(0, now), caller(leader), "XF-22222222"))

	cmd := by(0, now)
	renewed := done(t)(a.reissue(cmd, caller(deputy), first.Number, rand.Reader))
	if again := done(t)(a.reissue(cmd, caller(deputy), first.Number, rand.Reader)); again != renewed {
		t.Errorf("%+v, then %+v; want one card for one form", renewed, again)
	}
	second := a.wangsCard(t)
	if secondToken, ok := second.Token(cardKey); second.Number != renewed.Note || second.Generation != 2 || second.State != household.CardActive || !ok || secondToken == token {
		t.Errorf("%+v took the place of %+v", second, first)
	}
	refused(t, fault.Conflict)(a.reissue(by(0, now), caller(officer), first.Number, rand.Reader))
	refused(t, fault.Conflict)(a.revoke(by(0, now), caller(leader), first.Number))
	a.opensNothing(t, first, token)

	done(t)(a.revoke(by(0, now), usecase.Caller{Administrator: true}, second.Number))
	refused(t, fault.Conflict)(a.revoke(by(0, now), caller(leader), second.Number))
	secondToken, _ := second.Token(cardKey)
	a.opensNothing(t, second, secondToken)
	if c := a.wangsCard(t); c.State != household.CardRevoked || c.Number != second.Number {
		t.Errorf("%+v; want it revoked", c)
	}
	// A number that somebody has is drawn again.
	drawn := append(bytes.Repeat([]byte{0, 0, 0, 0, byte(leadersHome)}, 2), 9, 9, 9, 9, 9)
	third := done(t)(a.reissue(by(0, now), caller(officer), second.Number, bytes.NewReader(drawn)))
	if c := a.wangsCard(t); c.Number != third.Note || c.Generation != 3 || c.State != household.CardActive {
		t.Errorf("%+v; want the third", c)
	}
	if n := a.count(t, "SELECT count(*) FROM audit WHERE village_id = 1 AND what IN ('card_revoked', 'card_reissued')"); n != 3 {
		t.Errorf("%d audit lines; want 3", n)
	}
	if n := a.count(t, fmt.Sprintf("SELECT count(*) FROM card WHERE household_id = %d AND state = 'active'", wangsHome)); n != 1 {
		t.Errorf("%d cards are active; want 1", n)
	}
}

// opensNothing: scanned and typed a hundred times, a revoked card is asked about
// like any other and leads nowhere.
func (a acts) opensNothing(t *testing.T, card household.Card, token string) {
	t.Helper()
	a.phoned(t, wangsHome, "13800004321")
	for i := range 50 {
		openid, now := fmt.Sprint("o-finder-", card.Number, i), on(5, 4)
		done(t)(a.desk().Present(ctx, by(0, now), openid, enrol.Claim{Token: token}))
		done(t)(a.desk().Present(ctx, by(0, now), openid, enrol.Claim{Number: card.Number}))
		if facts := done(t)(a.desk().Prove(ctx, by(0, now), openid, "4321")); facts.Household != 0 || facts.Step == usecase.StepConfirm {
			t.Fatalf("%+v; a revoked card opens the household", facts)
		}
	}
}

// testReissueOnce: of many who reissue one card at once one does.
func testReissueOnce(t *testing.T, database Database) {
	a := stage(t, database)
	both := [2]acts{a, enter(t, a.dsn)}
	number := a.wangsCard(t).Number
	codes := atOnce(t, 16, func(i int) (fault.Outcome, error) {
		return both[i%2].reissue(by(0, on(5, 4)), caller(leader), number, rand.Reader)
	})
	if codes[fault.Done] != 1 || codes[fault.Conflict] != 15 {
		t.Errorf("%v; want one new card", codes)
	}
	if n := a.count(t, fmt.Sprintf("SELECT count(*) FROM card WHERE household_id = %d AND state = 'active'", wangsHome)); n != 1 {
		t.Errorf("%d cards are active; want 1", n)
	}
}

// testCardSheet: the villages with their townships, and of a village each
// household that keeps an account.
func testCardSheet(t *testing.T, database Database) {
	a := stage(t, database)
	villages, err := a.CardVillages(ctx)
	if err != nil || len(villages) != 2 || villages[0].Village.Name != "红旗村" || villages[0].Township != "清溪镇" || villages[1].Village.Settings.Board != "full" {
		t.Errorf("%+v, %v", villages, err)
	}
	run(t, raw(t, a.dsn), fmt.Sprintf("UPDATE household SET state = 'gone' WHERE id = %d", kinsHome))
	homes, err := a.CardHomes(ctx, hongqi)
	if err != nil || len(homes) != 9 || homes[0].Home.Number != "HQ-0001" || homes[0].Home.Head != "周书记" {
		t.Errorf("%+v, %v", homes, err)
	}
	if slices.ContainsFunc(homes, func(h script.CardHome) bool { return h.Home.ID == kinsHome }) {
		t.Error("a household that has gone is on the sheet")
	}
	if name, err := a.PersonName(ctx, officer); err != nil || name != "张干事" {
		t.Errorf("%q, %v", name, err)
	}
	if _, err := a.PersonName(ctx, 9999); fault.CodeOf(err) != fault.NotFound {
		t.Errorf("%v; want nobody", err)
	}
}
