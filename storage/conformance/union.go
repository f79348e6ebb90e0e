package conformance

import (
	"encoding/json"
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/xiangfeng/xiangfeng/domain/fault"
	"github.com/xiangfeng/xiangfeng/domain/household"
	"github.com/xiangfeng/xiangfeng/domain/usecase/login"
	"github.com/xiangfeng/xiangfeng/storage"
)

// unites tells the unionid of one of the cast, who chats.
func (a acts) unites(t testing.TB, p household.PersonID, union string) {
	t.Helper()
	a.unitesAs(t, household.Person{ID: p, OpenID: openid(p)}, union)
}

func (a acts) unitesAs(t testing.TB, p household.Person, union string) {
	t.Helper()
	if err := a.unite(p, union); err != nil {
		t.Fatal(err)
	}
}

func (a acts) unite(p household.Person, union string) error {
	u := login.Unite{Once: storage.As(a.Store, func(tx *storage.Tx) login.UnionTx { return tx })}
	return u.Do(ctx, p, union, on(5, 4))
}

// unionOf is the unionid that is kept of a person, "" for none.
func (a acts) unionOf(t testing.TB, p household.PersonID) (union string) {
	t.Helper()
	query(t, raw(t, a.dsn), &union, fmt.Sprintf("SELECT COALESCE(max(union_id), '') FROM person_union WHERE person_id = %d", p))
	return union
}

// asked are the jobs that find out unionids, as they were left.
func (a acts) asked(t testing.TB) (all []login.Uniting) {
	t.Helper()
	rows, err := raw(t, a.dsn).Query("SELECT args ->> 'payload' FROM river_job WHERE args ->> 'kind' = '" + login.UnionJob + "' ORDER BY id")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		var text []byte
		var of login.Uniting
		if err := rows.Scan(&text); err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal(text, &of); err != nil {
			t.Fatalf("%s: %v", text, err)
		}
		all = append(all, of)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return all
}

// testAskUnions: who is bound in the chat is asked about, once for each time,
// unless the Mini Program knows them; those who were bound before are found.
func testAskUnions(t *testing.T, database Database) {
	a, now := stage(t, database), on(5, 4)
	a.phoned(t, sonsHome, "13800004321")
	run(t, raw(t, a.dsn), fmt.Sprintf("UPDATE member SET person_id = NULL WHERE household_id = %d", sonsHome))
	draft := a.drafts(t, "o-new", sonsHome, "4321", now)
	if jobs := a.asked(t); len(jobs) != 0 {
		t.Errorf("%+v before anything is confirmed", jobs)
	}
	cmd := by(0, now)
	for range 2 {
		done(t)(plain(a.desk().File(ctx, cmd, "o-new", draft.ID)))
	}
	var somebody household.PersonID
	query(t, raw(t, a.dsn), (*int64)(&somebody), "SELECT id FROM person WHERE openid = 'o-new'")
	want := []login.Uniting{{From: somebody, To: somebody}}
	if diff := cmp.Diff(want, a.asked(t)); diff != "" {
		t.Errorf("-want +jobs:\n%s", diff)
	}

	numbers := func(of login.Uniting, n int) (ids []household.PersonID) {
		people, err := a.Apart(ctx, of, n)
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range people {
			if p.OpenID == "" {
				t.Errorf("%+v cannot be asked about", p)
			}
			ids = append(ids, p.ID)
		}
		return ids
	}
	all := []household.PersonID{leader, deputy, zhao, qian, shopkeeper, wang, widow, kinsman, newcomer, far, farLeader, latecomer, somebody}
	if got := numbers(login.Uniting{From: 1}, 100); !slices.Equal(got, all) {
		t.Errorf("%v; want those who are bound: %v", got, all)
	}
	run(t, raw(t, a.dsn), fmt.Sprintf("UPDATE person SET mini_openid = 'm-zhao' WHERE id = %d", zhao))
	a.unitesAs(t, household.Person{ID: somebody, OpenID: "o-new"}, "u-new")
	if got := numbers(login.Uniting{From: deputy}, 3); !slices.Equal(got, []household.PersonID{deputy, qian, shopkeeper}) {
		t.Errorf("%v", got)
	}
	if got := numbers(login.Uniting{From: somebody, To: somebody}, 3); len(got) != 0 {
		t.Errorf("%v, whose unionid is known", got)
	}
	if got := numbers(login.Uniting{From: wang, To: wang}, 3); !slices.Equal(got, []household.PersonID{wang}) {
		t.Errorf("%v", got)
	}
	if err := a.AskUnions(ctx, login.Uniting{From: 1}); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(append(want, login.Uniting{From: 1}), a.asked(t)); diff != "" {
		t.Errorf("-want +jobs:\n%s", diff)
	}
}

// testUnite: who chats is known at the Mini Program, whichever of the two came
// first, and a unionid never moves anybody who is somebody.
func testUnite(t *testing.T, database Database) {
	a, now := stage(t, database), on(5, 4)
	signs := func(mini, union string, hash byte) household.PersonID {
		t.Helper()
		return household.PersonID(done(t)(a.signsIn(by(0, now), login.Identity{MiniOpenID: mini, UnionID: union}, hash)).ID)
	}
	for range 2 {
		a.unites(t, wang, "u-wang")
	}
	if p := signs("m-wang", "u-wang", 1); p != wang || a.held(t, 1, now).Person.OpenID != openid(wang) {
		t.Errorf("person %d; want 王桂兰, whom the chat knows", p)
	}

	early := signs("m-widow", "u-widow", 2)
	a.unites(t, widow, "u-widow")
	if held := a.held(t, 2, now).Person; early == widow || held.ID != widow || held.MiniOpenID != "m-widow" || a.unionOf(t, widow) != "u-widow" {
		t.Errorf("%+v; want the phone that was signed in before to be 向婆婆's", held)
	}

	a.unites(t, far, "u-wang") // another's
	if p := signs("m-wang", "u-wang", 3); p != wang || a.unionOf(t, far) != "" {
		t.Errorf("person %d; want 王桂兰 to stay who that is", p)
	}
	thief := signs("m-thief", "u-thief", 4)
	run(t, raw(t, a.dsn), fmt.Sprintf("INSERT INTO person_union (person_id, union_id) VALUES (%d, 'u-late')", latecomer))
	a.unites(t, latecomer, "u-thief") // who has another
	if p := signs("m-thief", "u-thief", 5); p != thief || a.unionOf(t, latecomer) != "u-late" {
		t.Errorf("person %d; want 晚来人 to keep theirs", p)
	}
	if p := signs("m-wang", "u-other", 6); p != wang || a.unionOf(t, wang) != "u-wang" {
		t.Errorf("person %d with %s; want 王桂兰 to keep hers", p, a.unionOf(t, wang))
	}
	a.unitesAs(t, household.Person{ID: far, OpenID: "o-before"}, "u-far")
	if union := a.unionOf(t, far); union != "" {
		t.Errorf("%s of who goes by another openid now", union)
	}

	bound := signs("m-bound", "u-bound", 7)
	a.phoned(t, sonsHome, "13800002222")
	run(t, raw(t, a.dsn), fmt.Sprintf("UPDATE member SET person_id = %d WHERE household_id = %d AND person_id IS NULL", bound, sonsHome))
	a.unites(t, kinsman, "u-bound")
	if held := a.held(t, 7, now).Person; held.ID != bound || a.unionOf(t, kinsman) != "" {
		t.Errorf("%+v; want who is bound to stay apart", held)
	}
	run(t, raw(t, a.dsn), fmt.Sprintf("UPDATE member SET person_id = NULL WHERE person_id = %d", bound))
	a.unites(t, kinsman, "u-bound")
	if held := a.held(t, 7, now).Person; held.ID != kinsman {
		t.Errorf("%+v; want them united once nothing is in the way", held)
	}
	a.sound(t)
}

// testUniteAtOnce: whatever comes first, a person's phone is theirs at the
// latest when it signs in again.
func testUniteAtOnce(t *testing.T, database Database) {
	a := stage(t, database)
	b, now := enter(t, a.dsn), on(5, 4)
	people := []household.PersonID{wang, widow, kinsman, newcomer, far}
	atOnce(t, 4*len(people), func(i int) (fault.Outcome, error) {
		p, at := people[i/4], []acts{a, b}[i%2]
		mini, union := fmt.Sprint("m-", p), fmt.Sprint("u-", p)
		if i%4 > 1 {
			return at.signsIn(by(0, now), login.Identity{MiniOpenID: mini, UnionID: union}, byte(100+i))
		}
		return fault.Outcome{Code: fault.Done}, at.unite(household.Person{ID: p, OpenID: openid(p)}, union)
	})
	for i, p := range people {
		id := login.Identity{MiniOpenID: fmt.Sprint("m-", p), UnionID: fmt.Sprint("u-", p)}
		if got := done(t)(a.signsIn(by(0, now), id, byte(i))); got.ID != int64(p) {
			t.Errorf("person %d is person %d at the Mini Program", p, got.ID)
		}
	}
}
