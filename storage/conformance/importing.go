package conformance

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/xiangfeng/xiangfeng/domain/calendar"
	"github.com/xiangfeng/xiangfeng/domain/fault"
	"github.com/xiangfeng/xiangfeng/domain/household"
	"github.com/xiangfeng/xiangfeng/domain/ledger"
	"github.com/xiangfeng/xiangfeng/domain/roster"
	"github.com/xiangfeng/xiangfeng/domain/script"
	"github.com/xiangfeng/xiangfeng/domain/usecase"
	"github.com/xiangfeng/xiangfeng/domain/usecase/importing"
	"github.com/xiangfeng/xiangfeng/domain/usecase/login"
	"github.com/xiangfeng/xiangfeng/storage"
)

// checked reads a workbook that has no faults.
func checked(t testing.TB, w Workbook, now time.Time) roster.Roster {
	t.Helper()
	r, faults, _ := roster.Check(w, calendar.DateOf(now))
	for _, f := range faults {
		t.Error(script.RosterFault(f))
	}
	return r
}

func (a acts) takeIn(t testing.TB, cmd usecase.Command, w Workbook) importing.Done {
	t.Helper()
	done, err := a.importing(rand.Reader).Do(ctx, cmd, checked(t, w, cmd.Now), calendar.DateOf(cmd.Now).Year)
	if err != nil {
		t.Fatal(err)
	}
	return done
}

func (a acts) importing(random io.Reader) importing.Import {
	return importing.Import{Once: storage.As(a.Store, func(tx *storage.Tx) importing.Tx { return tx }), Random: random, CardKey: cardKey}
}

func testImport(t *testing.T, database Database) {
	a := enter(t, database(t))
	now, w := on(7, 1), NewWorkbook(2, 12)
	cmd := by(0, now)
	got := a.takeIn(t, cmd, w)
	c := got.Changes
	if len(c.NewVillages) != 2 || len(c.Households) != 24 || len(c.NewMembers) != 48 || len(c.Persons) != 15 || len(c.Entries) != 32 || len(got.Cards) != 24 || c.Left != (roster.Left{}) {
		t.Errorf("%s", script.RosterDone(c))
	}
	a.sound(t)
	// The third household's base, and what it had on paper from the deputy, by the leader.
	a.bindFirst(t, PersonName(3), "o-third")
	s, _ := a.standing(t, "o-third")
	if len(s.Accounts) != 1 || s.Accounts[0].Score != 1125 || s.Accounts[0].Claim() != 125 || s.Place.Name != "石桥一村" {
		t.Errorf("%+v", s)
	}
	// The same file again is told apart from one that says the same.
	if again := a.takeIn(t, cmd, w); !again.Before {
		t.Errorf("%+v", again)
	}
	if same := a.takeIn(t, by(0, now), w); same.Before || !same.Changes.None() || same.Changes.Left.Openings != 8 || same.Changes.Left.Catalogues != 2 {
		t.Errorf("%s", script.RosterDone(same.Changes))
	}
	a.sound(t)
}

// bindFirst lets the first member of a name chat.
func (a acts) bindFirst(t testing.TB, name, openid string) {
	t.Helper()
	db := raw(t, a.dsn)
	var member, home int64
	query(t, db, &member, "SELECT min(id) FROM member WHERE name = '"+name+"'")
	query(t, db, &home, fmt.Sprintf("SELECT household_id FROM member WHERE id = %d", member))
	var person *int64
	query(t, db, &person, fmt.Sprintf("SELECT person_id FROM member WHERE id = %d", member))
	if person == nil {
		run(t, db, fmt.Sprintf("INSERT INTO person (openid, name, current_household, version) VALUES ('%s', '%s', %d, 1)", openid, name, home))
		run(t, db, fmt.Sprintf("UPDATE member SET person_id = (SELECT id FROM person WHERE openid = '%s') WHERE id = %d", openid, member))
		return
	}
	run(t, db, fmt.Sprintf("UPDATE person SET openid = '%s' WHERE id = %d", openid, *person))
}

// signStaffIn signs in everybody who holds a post, on a phone each, and tells
// how many that are.
func (a acts) signStaffIn(t testing.TB, now time.Time) int {
	t.Helper()
	db := raw(t, a.dsn)
	run(t, db, "UPDATE person SET mini_openid = 'm-staff-' || id WHERE id IN (SELECT person_id FROM post)")
	var people int
	query(t, db, &people, "SELECT count(*) FROM person WHERE mini_openid LIKE 'm-staff-%'")
	for i := range people {
		var openid string
		query(t, db, &openid, fmt.Sprintf("SELECT mini_openid FROM person WHERE mini_openid LIKE 'm-staff-%%' ORDER BY id LIMIT 1 OFFSET %d", i))
		done(t)(a.signsIn(by(0, now), login.Identity{MiniOpenID: openid}, byte(i)))
	}
	return people
}

// testImportErased: a workbook does not bring back the phone of who had their
// information deleted, and says so, until they come back themselves.
func testImportErased(t *testing.T, database Database) {
	a := enter(t, database(t))
	w := NewWorkbook(1, 12)
	a.takeIn(t, by(0, on(3, 2)), w)
	a.bindFirst(t, PersonName(10), "o-tenth")
	db, name := raw(t, a.dsn), PersonName(10)
	var phone string
	if query(t, db, &phone, "SELECT phone FROM member WHERE name = '"+name+"'"); phone == "" {
		t.Fatal("there is no phone to be deleted")
	}
	again := func(month time.Month, left int, want string) {
		t.Helper()
		c := a.takeIn(t, by(0, on(month, 1)), w).Changes
		var got string
		query(t, db, &got, "SELECT phone FROM member WHERE name = '"+name+"'")
		if c.Left.Erased != left || c.None() != (left > 0) || got != want || strings.Contains(script.RosterDone(c), "要求删掉") != (left > 0) {
			t.Errorf("%q is on the register; %s", got, script.RosterDone(c))
		}
	}
	done(t)(a.desk().Erase(ctx, by(0, on(4, 1)), "o-tenth"))
	again(5, 1, "")
	again(6, 1, "")

	var member, home int64
	query(t, db, &member, "SELECT id FROM member WHERE name = '"+name+"'")
	query(t, db, &home, "SELECT household_id FROM member WHERE name = '"+name+"'")
	back := storage.As(a.Store, func(tx *storage.Tx) *storage.Tx { return tx })
	done(t)(back(ctx, by(0, on(7, 1)), func(tx *storage.Tx) (fault.Outcome, error) {
		p, err := tx.NewPerson("o-tenth")
		if err != nil {
			return fault.Outcome{}, err
		}
		return fault.Outcome{Code: fault.Done}, tx.Bind(household.ID(home), member, p, name)
	}))
	again(8, 0, phone)
	a.sound(t)
}

// testImportChanges: a changed workbook changes people, adds households, and
// touches neither points nor whoever it no longer names.
func testImportChanges(t *testing.T, database Database) {
	a := enter(t, database(t))
	w := NewWorkbook(1, 12)
	a.takeIn(t, by(0, on(3, 2)), w)
	a.bindFirst(t, PersonName(10), "o-tenth")
	a.bindFirst(t, PersonName(12), "o-twelfth")
	before, _ := a.standing(t, "o-tenth")
	_, version := a.standing(t, "o-twelfth")
	served := a.signStaffIn(t, on(3, 3))

	w = NewWorkbook(1, 13)
	w.Put(roster.Households, 11, roster.ColHead, "吕新名")          // of the tenth, with its phone
	w.Put(roster.Members, 20, roster.ColName, "吕新名")             //
	w.Put(roster.Members, 2, roster.ColPhone, "10055500001")     // the leader's
	w.Put(roster.Staff, 3, roster.ColName, PersonName(9))        // another deputy
	w.Put(roster.Staff, 3, roster.ColNumber, HomeNumber(9))      //
	w.Put(roster.Kin, 2, roster.ColRelation, "父母子女")             //
	w.Put(roster.Places, 2, roster.ColDesk, "村委会 023-5500 0177") //
	w.Put(roster.Openings, 2, roster.ColOpening, "99")           // not touched
	members := w.Sheet(roster.Members)
	members.Rows = slices.DeleteFunc(members.Rows, func(r roster.Row) bool { return r.N == 5 })
	c := a.takeIn(t, by(0, on(7, 1)), w).Changes
	if len(c.Households) != 1 || len(c.Heads) != 1 || len(c.Ended) != 1 || len(c.Posts) != 1 || len(c.Ties) != 1 || len(c.Villages) != 1 || len(c.Entries) != 1 || len(c.Items) != 0 {
		t.Errorf("%+v", c)
	}
	// The second members have other names now: they are new, and the old ones stay.
	if c.Left.Openings != 4 || c.Left.Members != 12 || c.Left.Catalogues != 1 || c.Left.Households != 0 {
		t.Errorf("%+v", c.Left)
	}
	if joined := c.Households[0].Joined; joined != calendar.On(year, 7, 1) {
		t.Errorf("joined on %s", joined)
	}
	if _, changed := a.standing(t, "o-twelfth"); changed == version {
		t.Error("who asked before the village's telephone changed gets the old answer")
	}
	after, _ := a.standing(t, "o-tenth")
	if after.Home.Head != "吕新名" || after.Place.Desk != "村委会 023-5500 0177" || after.Accounts[0].Score != before.Accounts[0].Score {
		t.Errorf("%+v", after)
	}
	a.sound(t)
	db := raw(t, a.dsn)
	for statement, want := range map[string]int{
		"SELECT count(*) FROM session": served - 1,
		fmt.Sprintf("SELECT count(*) FROM session WHERE person_id = %d", c.Ended[0].Person):                                 0,
		"SELECT count(*) FROM post WHERE role = 'deputy'":                                                                   2,
		"SELECT count(*) FROM member WHERE phone = '10055500001'":                                                           1,
		"SELECT count(*) FROM person WHERE name = '吕新名'":                                                                    1,
		"SELECT count(*) FROM kin WHERE relation = 'parent'":                                                                1,
		"SELECT count(*) FROM ledger_entry WHERE kind = 'opening' AND tenths <> 125":                                        0,
		"SELECT count(*) FROM ledger_entry WHERE kind = 'base' AND occurred_on = '" + c.Households[0].Joined.String() + "'": 1,
	} {
		var got int
		query(t, db, &got, statement)
		if got != want {
			t.Errorf("%s: %d, want %d", statement, got, want)
		}
	}
	// A workbook with fewer households leaves the others, and says how many.
	if fewer := a.takeIn(t, by(0, on(7, 2)), NewWorkbook(1, 8)).Changes; fewer.Left.Households != 5 {
		t.Errorf("%+v", fewer.Left)
	}
}

// testImportTogether: many at once, with the same workbook, make one register.
func testImportTogether(t *testing.T, database Database) {
	a := enter(t, database(t))
	r := checked(t, NewWorkbook(2, 8), on(5, 4))
	errs := make(chan error)
	const at = 4
	for range at {
		go func() {
			_, err := a.importing(rand.Reader).Do(ctx, by(0, on(5, 4)), r, year)
			errs <- err
		}()
	}
	for range at {
		if err := <-errs; err != nil {
			t.Error(err)
		}
	}
	var homes int
	query(t, raw(t, a.dsn), &homes, "SELECT count(*) FROM household")
	if homes != 16 {
		t.Errorf("%d households", homes)
	}
	a.sound(t)
}

// testImportFails: what goes wrong late leaves nothing, and a card that there
// is already is drawn again.
func testImportFails(t *testing.T, database Database) {
	a := enter(t, database(t))
	now := on(5, 4)
	r := checked(t, NewWorkbook(1, 8), now)
	broken := errors.New("no more chance")
	if _, err := a.importing(&chance{left: 5, err: broken}).Do(ctx, by(0, now), r, year); !errors.Is(err, broken) {
		t.Errorf("%v", err)
	}
	var rows int
	query(t, raw(t, a.dsn), &rows, "SELECT (SELECT count(*) FROM household) + (SELECT count(*) FROM township) + (SELECT count(*) FROM outcome)")
	if rows != 0 {
		t.Errorf("%d rows are left of an import that failed", rows)
	}
	// Every number comes twice before it changes.
	if _, err := a.importing(&chance{left: 1 << 20, twice: true}).Do(ctx, by(0, now), r, year); err != nil {
		t.Error(err)
	}
	if _, err := a.importing(&chance{left: 1 << 20, twice: true}).Do(ctx, by(0, now), checked(t, NewWorkbook(2, 8), now), year); err != nil {
		t.Error(err)
	}
	query(t, raw(t, a.dsn), &rows, "SELECT count(DISTINCT number) FROM card")
	if rows != 16 {
		t.Errorf("%d cards", rows)
	}
	if _, err := a.importing(&chance{left: 1 << 20, same: true}).Do(ctx, by(0, now), checked(t, NewWorkbook(4, 8), now), year); err == nil {
		t.Error("cards with one number each")
	}
	a.sound(t)
}

// chance is no chance at all: it counts.
type chance struct {
	n, left     int
	err         error
	twice, same bool
}

func (c *chance) Read(p []byte) (int, error) {
	if c.left--; c.left < 0 {
		return 0, c.err
	}
	c.n++
	n := c.n
	if c.twice {
		n /= 2
	}
	if c.same {
		n = 1
	}
	for i := range p {
		p[i] = byte(n >> (8 * (i % 4)))
	}
	return len(p), nil
}

// testImportBeside keeps to the ledger of a village that has a history: a new
// household's account goes on the chain that is there.
func testImportBeside(t *testing.T, database Database) {
	a := enter(t, database(t))
	a.takeIn(t, by(0, on(1, 5)), NewWorkbook(1, 8))
	var leaderID, shopID int64
	db := raw(t, a.dsn)
	query(t, db, &leaderID, "SELECT person_id FROM post WHERE role = 'deputy' ORDER BY id LIMIT 1")
	query(t, db, &shopID, "SELECT person_id FROM post WHERE role = 'team_member' ORDER BY id LIMIT 1")
	var home int64
	query(t, db, &home, "SELECT id FROM household WHERE number = '"+HomeNumber(8)+"'")
	event := done(t)(a.record(by(household.PersonID(shopID), on(2, 3)), household.ID(home), "HJ06"))
	done(t)(a.confirm(by(household.PersonID(leaderID), on(2, 4)), event.ID))
	c := a.takeIn(t, by(0, on(7, 1)), NewWorkbook(1, 9)).Changes
	if len(c.Entries) != 2 || c.Entries[0].Seq != 12 || c.Entries[0].Kind != ledger.BaseKind {
		t.Errorf("%+v", c.Entries)
	}
	a.sound(t)
	// The team may not score its own households: the register knows them.
	refused(t, fault.Kin)(a.record(by(household.PersonID(shopID), on(7, 3)), household.ID(home-4), "HJ06"))
	if names := strings.Count(script.RosterDone(c), "新增 1 户"); names != 1 {
		t.Error(script.RosterDone(c))
	}
}

// testImportBinds: who holds a post by the workbook is not bound before they
// come, and then holds it; the next workbook finds it so.
func testImportBinds(t *testing.T, database Database) {
	a := enter(t, database(t))
	w := NewWorkbook(1, 8)
	a.takeIn(t, by(0, on(3, 2)), w)
	var home household.ID
	query(t, raw(t, a.dsn), &home, "SELECT id FROM household WHERE number = '"+HomeNumber(1)+"'")
	var came household.PersonID
	done(t)(a.bare(by(0, on(3, 3)), func(tx *storage.Tx) (fault.Outcome, error) {
		members, err := tx.Members(home)
		if err != nil {
			return fault.Outcome{}, err
		}
		if len(members) != 2 || members[0].Person != 0 || members[0].Name != PersonName(1) || members[0].Phone == "" {
			t.Errorf("%+v", members)
		}
		if came, err = tx.NewPerson("o-leader"); err != nil {
			return fault.Outcome{}, err
		}
		return fault.Outcome{Code: fault.Done}, tx.Bind(home, members[0].ID, came, members[0].Name)
	}))
	done(t)(a.bare(by(0, on(3, 3)), func(tx *storage.Tx) (fault.Outcome, error) {
		members, err := tx.Members(home)
		if err != nil {
			return fault.Outcome{}, err
		}
		staff, err := tx.Staff(came)
		if members[0].Person != came || len(staff.Posts) != 1 || staff.Posts[0].Role != household.Leader || len(staff.Households) != 1 {
			t.Errorf("%+v, %+v", members, staff)
		}
		return fault.Outcome{Code: fault.Done}, err
	}))
	if again := a.takeIn(t, by(0, on(3, 4)), w).Changes; !again.None() {
		t.Error(script.RosterDone(again))
	}
	a.sound(t)
}
