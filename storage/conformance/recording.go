package conformance

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/xiangfeng/xiangfeng/domain/calendar"
	"github.com/xiangfeng/xiangfeng/domain/catalogue"
	"github.com/xiangfeng/xiangfeng/domain/fault"
	"github.com/xiangfeng/xiangfeng/domain/household"
	"github.com/xiangfeng/xiangfeng/domain/record"
	"github.com/xiangfeng/xiangfeng/domain/script"
	"github.com/xiangfeng/xiangfeng/domain/usecase"
	"github.com/xiangfeng/xiangfeng/domain/usecase/ask"
	recording "github.com/xiangfeng/xiangfeng/domain/usecase/record"
	"github.com/xiangfeng/xiangfeng/domain/village"
	"github.com/xiangfeng/xiangfeng/storage"
)

func (a acts) recording() usecase.Once[recording.Tx] {
	return storage.As(a.Store, func(tx *storage.Tx) recording.Tx { return tx })
}

// report records as one asks for it.
func (a acts) report(cmd usecase.Command, req recording.Request) (fault.Outcome, error) {
	return recording.Record{Once: a.recording()}.Do(ctx, cmd, req)
}

func (a acts) withdraw(cmd usecase.Command, event int64, reason string) (fault.Outcome, error) {
	return recording.Withdraw{Once: a.recording()}.Do(ctx, cmd, record.ID(event), reason)
}

func (a acts) mendRecord(cmd usecase.Command, c recording.Correction) (fault.Outcome, error) {
	return recording.Correct{Once: a.recording()}.Do(ctx, cmd, c)
}

func (a acts) visit(cmd usecase.Command, t recording.Target, day calendar.Date) (fault.Outcome, error) {
	return recording.Visit{Once: a.recording()}.Do(ctx, cmd, hongqi, t, day, "家里没人")
}

func (a acts) takeAside(cmd usecase.Command, id record.AsideID) (fault.Outcome, error) {
	return recording.TakeAside{Once: a.recording()}.Do(ctx, cmd, id)
}

func (a acts) dropAside(cmd usecase.Command, id record.AsideID, reason string) (fault.Outcome, error) {
	return recording.DropAside{Once: a.recording()}.Do(ctx, cmd, id, reason)
}

func (a acts) declare(cmd usecase.Command, d recording.Deed) (fault.Outcome, error) {
	return recording.Declare{Once: a.recording()}.Do(ctx, cmd, d)
}

func (a acts) takeUp(cmd usecase.Command, t recording.Taking) (fault.Outcome, error) {
	return recording.TakeUp{Once: a.recording()}.Do(ctx, cmd, t)
}

func (a acts) decline(cmd usecase.Command, id int64, reason string) (fault.Outcome, error) {
	return recording.Decline{Once: a.recording()}.Do(ctx, cmd, record.DeclarationID(id), reason)
}

func (a acts) warn(cmd usecase.Command, f recording.Fault) (fault.Outcome, error) {
	return recording.Warn{Once: a.recording()}.Do(ctx, cmd, f)
}

func (a acts) mend(cmd usecase.Command, id int64, words string, photos ...record.PhotoHash) (fault.Outcome, error) {
	return recording.Mend{Once: a.recording()}.Do(ctx, cmd, record.WarningID(id), words, photos)
}

func (a acts) closeWarning(cmd usecase.Command, id int64, mended bool, note string) (fault.Outcome, error) {
	return recording.CloseWarning{Once: a.recording()}.Do(ctx, cmd, record.WarningID(id), mended, note)
}

// recordOf reads a record that must be there.
func (a acts) recordOf(t testing.TB, id int64) script.Record {
	t.Helper()
	r, err := a.RecordOf(ctx, record.RecordID(id))
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// homes are targets by their ids.
func homes(ids ...household.ID) []recording.Target {
	var out []recording.Target
	for _, id := range ids {
		out = append(out, recording.Target{Household: id})
	}
	return out
}

// swept is a clean-up day of 红旗村 for some households.
func swept(day calendar.Date, ids ...household.ID) recording.Request {
	return recording.Request{Village: hongqi, Targets: homes(ids...), Item: cleanup, On: day, Place: "村道主路", Note: "清洁日"}
}

// handIn lets a person hand in a picture for a village and returns its hash.
func (a acts) handIn(t testing.TB, sign string, p household.PersonID, v village.ID) record.PhotoHash {
	t.Helper()
	hash := strings.Repeat(sign, 32)
	db := raw(t, a.dsn)
	none := "'" + strings.Repeat("00", 32) + "'"
	if strings.HasPrefix(a.dsn, "sqlite:") {
		none = "x" + none
	} else {
		none = "decode(" + none + ", 'hex')"
	}
	run(t, db, fmt.Sprintf(`INSERT INTO photo (hash, village_id, keeper, original, near, width, height, check_state, trace, kept_at)
		VALUES ('%s', %d, %d, %s, 0, 8, 8, 'waiting', '', '2026-05-04 04:00:00+00:00') ON CONFLICT DO NOTHING`, hash, v, p, none))
	run(t, db, fmt.Sprintf(`INSERT INTO photo_hold (hash, village_id, person_id, held_at) VALUES ('%s', %d, %d, '2026-05-04 04:00:00+00:00')`, hash, v, p))
	return record.PhotoHash(hash)
}

// contents counts the rows of what the team records, and adds up the versions
// that people's answers go by.
func (a acts) contents(t testing.TB) map[string]int64 {
	t.Helper()
	db := raw(t, a.dsn)
	out := map[string]int64{}
	for _, table := range []string{"record", "evidence", "event", "aside", "visit", "declaration", "warning", "ledger_entry"} {
		var n int64
		query(t, db, &n, "SELECT count(*) FROM "+table)
		out[table] = n
	}
	for _, table := range []string{"account", "person", "village"} {
		var sum int64
		query(t, db, &sum, "SELECT COALESCE(sum(version % 1000003), 0) FROM "+table)
		out[table] = sum
	}
	for _, state := range []string{"pending", "confirmed", "rejected", "withdrawn"} {
		var n int64
		query(t, db, &n, "SELECT count(*) FROM event WHERE state = '"+state+"'")
		out["events "+state] = n
	}
	return out
}

// pendingOf are the titles of what waits in a person's 明细, the newest first.
func (a acts) pendingOf(t testing.TB, p household.PersonID) []string {
	t.Helper()
	lines, err := a.Lines(ctx, ask.Query{OpenID: openid(p), Year: year, Limit: 20})
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, l := range lines.Lines {
		if l.Pending() {
			out = append(out, fmt.Sprintf("%s %s %s %s", l.OccurredOn, l.Title, l.Tenths.Signed(), l.Recorder))
		}
	}
	return out
}

// testRecordMany is a clean-up day: one picture, many households, of which some
// are set aside and the others go through.
func testRecordMany(t *testing.T, database Database) {
	a := stage(t, database)
	now := on(5, 4)
	street := a.handIn(t, "a1", zhao, hongqi)
	run(t, raw(t, a.dsn), "UPDATE household SET state = 'gone' WHERE id = 10")
	run(t, raw(t, a.dsn), "UPDATE card SET state = 'revoked' WHERE household_id = 5")
	for range 3 {
		done(t)(a.record(by(qian, now), widowsHome, cleanup))
	}
	cards := villages()[0].Cards
	number := func(h household.ID) string { return cards[h-1].Number }
	token, _ := household.NewCard(leadersHome, [5]byte{4: byte(leadersHome)}, cardKey)
	_, secret := household.NewCard(leadersHome, [5]byte{4: byte(leadersHome)}, cardKey)
	if token.Number != number(leadersHome) {
		t.Fatal("the cast's cards are made in another way")
	}
	req := swept(calendar.On(year, 5, 3))
	req.At = on(5, 3)
	req.Targets = []recording.Target{
		{Household: wangsHome},
		{Household: kinsHome},       // 2: kin
		{Card: number(sonsHome)},    // typed
		{Card: secret},              // scanned: the leader's
		{Household: zhaosHome},      // 5: the recorder's own
		{Household: widowsHome},     // 6: at its cap
		{Card: number(shopsHome)},   // 7: revoked
		{Card: "XF-ZZZZZZZZ"},       // 8: of nobody
		{Household: farHome},        // 9: of another village
		{Household: newHome},        // 10: moved away
		{Card: number(wangsHome)},   // the first again
		{Household: 999},            // 12: of nobody
		{Household: deputysHome},    // 13
		{Card: "NOSUCHTOKENATALL…"}, // 14: of nobody
	}
	req.Evidence = []record.Evidence{{Proof: catalogue.Photo, Photo: street}, {Proof: catalogue.SignIn, Words: "签到表第2页"}}
	facts := done(t)(a.report(by(zhao, now), req))
	r := a.recordOf(t, facts.ID)
	if r.Village != hongqi || r.Item.Code != cleanup || r.On != req.On || r.Place != req.Place || r.Note != req.Note || r.AtDoor ||
		!r.NotedAt.Equal(req.At) || !r.RecordedAt.Equal(now) || r.Recorder != zhao || r.RecorderName != "赵小组" || r.Typist != 0 || r.TypistName != "" ||
		!slices.Equal(r.Evidence, req.Evidence) {
		t.Errorf("%+v", r)
	}
	var recorded, asides []string
	for _, e := range r.Events {
		recorded = append(recorded, fmt.Sprint(e.Home.Number, " ", e.Tenths, " ", e.State))
	}
	for _, x := range r.Asides {
		asides = append(asides, fmt.Sprint(x.Nth, " ", x.Home.Number, " ", x.Card, " ", x.Why, " ", x.State))
	}
	if diff := cmp.Diff([]string{"HQ-0006 2 pending", "HQ-0008 2 pending", "HQ-0001 2 pending", "HQ-0002 2 pending"}, recorded); diff != "" {
		t.Errorf("recorded (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{
		"2 HQ-0009  kin waiting", "5 HQ-0003  kin waiting", "6 HQ-0007  cap_reached dropped", "7 HQ-0005 " + number(shopsHome) + " card_revoked waiting",
		"8  XF-ZZZZZZZZ not_found dropped", "9   not_found dropped", "10 HQ-0010  gone dropped", "12   not_found dropped", "14   not_found dropped",
	}, asides); diff != "" {
		t.Errorf("set aside (-want +got):\n%s", diff)
	}
	if got := a.pendingOf(t, wang); !slices.Equal(got, []string{"2026-05-03 参加清洁日 +2 赵小组"}) {
		t.Errorf("王桂兰 reads %v", got)
	}
	if got := a.pendingOf(t, kinsman); len(got) != 0 {
		t.Errorf("who was set aside reads %v", got)
	}
	// With all of them set aside the record stands without an event.
	req = swept(calendar.On(year, 5, 3), kinsHome, zhaosHome)
	if r := a.recordOf(t, done(t)(a.report(by(zhao, now), req)).ID); len(r.Events) != 0 || len(r.Asides) != 2 {
		t.Errorf("%+v", r)
	}
	a.sound(t)
}

// testRecordRefusals: what is refused writes nothing at all.
func testRecordRefusals(t *testing.T, database Database) {
	a := stage(t, database)
	now, today := on(5, 4), calendar.On(year, 5, 4)
	mine, others := a.handIn(t, "a1", qian, hongqi), a.handIn(t, "b2", farLeader, qingshan)
	run(t, raw(t, a.dsn), "UPDATE household SET state = 'gone' WHERE id = 10")
	run(t, raw(t, a.dsn), "UPDATE card SET state = 'revoked' WHERE household_id = 5")
	for range 3 {
		done(t)(a.record(by(qian, now), widowsHome, cleanup))
	}
	plain := func(item string, h household.ID) recording.Request {
		return recording.Request{Village: hongqi, Targets: homes(h), Item: item, On: today}
	}
	with := func(r recording.Request, change func(*recording.Request)) recording.Request {
		change(&r)
		return r
	}
	picture := func(p catalogue.Proof, h record.PhotoHash) []record.Evidence {
		return []record.Evidence{{Proof: p, Photo: h}}
	}
	shopsCard := villages()[0].Cards[shopsHome-1].Number
	before := a.contents(t)
	for _, test := range []struct {
		name  string
		actor household.PersonID
		req   recording.Request
		want  fault.Code
	}{
		{"own household", qian, plain(meeting, qiansHome), fault.Kin},
		{"kin", zhao, plain(meeting, kinsHome), fault.Kin},
		{"at the cap", qian, plain(cleanup, widowsHome), fault.CapReached},
		{"who moved away", qian, plain(meeting, newHome), fault.Gone},
		{"nobody", qian, plain(meeting, 999), fault.NotFound},
		{"another village's household", qian, plain(meeting, farHome), fault.NotFound},
		{"another village", qian, with(plain(meeting, farHome), func(r *recording.Request) { r.Village = qingshan }), fault.NotFound},
		{"no village", qian, with(plain(meeting, wangsHome), func(r *recording.Request) { r.Village = 99 }), fault.NotFound},
		{"a revoked card", qian, with(plain(meeting, 0), func(r *recording.Request) { r.Targets = []recording.Target{{Card: shopsCard}} }), fault.CardRevoked},
		{"no card", qian, with(plain(meeting, 0), func(r *recording.Request) { r.Targets = []recording.Target{{Card: "XF-ZZZZZZZZ"}} }), fault.NotFound},
		{"no code", qian, with(plain(meeting, 0), func(r *recording.Request) { r.Targets = []recording.Target{{Card: "x"}} }), fault.NotFound},
		{"no household", qian, with(plain(meeting, 0), func(r *recording.Request) { r.Targets = nil }), fault.Invalid},
		{"too many", qian, with(plain(meeting, 0), func(r *recording.Request) {
			r.Targets = slices.Repeat(homes(wangsHome), record.MostTargets+1)
		}), fault.TooMany},
		{"a villager", wang, plain(meeting, widowsHome), fault.NotFound},
		{"the shopkeeper", shopkeeper, plain(meeting, widowsHome), fault.Forbidden},
		{"the officer", officer, plain(meeting, widowsHome), fault.Forbidden},
		{"another village's leader", farLeader, plain(meeting, widowsHome), fault.NotFound},
		{"nobody known", 999, plain(meeting, widowsHome), fault.NotFound},
		{"no item", qian, plain("ZZ99", wangsHome), fault.NotFound},
		{"an item of another year", qian, with(plain(meeting, wangsHome), func(r *recording.Request) { r.On = calendar.On(year-1, 12, 31) }), fault.NotFound},
		{"tomorrow", qian, with(plain(meeting, wangsHome), func(r *recording.Request) { r.On = today.AddDays(1) }), fault.InFuture},
		{"tomorrow, of many", qian, swept(today.AddDays(1), wangsHome, sonsHome), fault.InFuture},
		{"long ago", qian, with(plain(meeting, wangsHome), func(r *recording.Request) { r.On = today.AddDays(-61) }), fault.TooOld},
		{"what must be warned of", qian, with(plain(dumping, wangsHome), func(r *recording.Request) { r.Evidence = picture("photo", mine) }), fault.WarnFirst},
		{"without the door", qian, plain(tidy, wangsHome), fault.EvidenceMissing},
		{"only a before", qian, with(plain(planted, wangsHome), func(r *recording.Request) { r.Evidence = picture("before_after", mine) }), fault.EvidenceMissing},
		{"a picture of nobody", qian, with(plain(meeting, wangsHome), func(r *recording.Request) {
			r.Evidence = picture("photo", record.PhotoHash(strings.Repeat("0f", 32)))
		}), fault.Invalid},
		{"another village's picture", qian, with(plain(meeting, wangsHome), func(r *recording.Request) { r.Evidence = picture("photo", others) }), fault.Invalid},
		{"no hash", qian, with(plain(meeting, wangsHome), func(r *recording.Request) { r.Evidence = picture("photo", "'; DROP TABLE event") }), fault.Invalid},
		{"a book for a note", qian, with(plain(meeting, wangsHome), func(r *recording.Request) { r.Note = strings.Repeat("长", 201) }), fault.Invalid},
		{"for a villager", qian, with(plain(meeting, wangsHome), func(r *recording.Request) { r.For = widow }), fault.Forbidden},
		{"for the shopkeeper", qian, with(plain(meeting, wangsHome), func(r *recording.Request) { r.For = shopkeeper }), fault.Forbidden},
		{"for a colleague who is kin", qian, with(plain(meeting, kinsHome), func(r *recording.Request) { r.For = zhao }), fault.Kin},
		{"as kin for a colleague", zhao, with(plain(meeting, kinsHome), func(r *recording.Request) { r.For = qian }), fault.Kin},
		{"a villager for a colleague", wang, with(plain(meeting, widowsHome), func(r *recording.Request) { r.For = qian }), fault.NotFound},
	} {
		out, err := a.report(by(test.actor, now), test.req)
		if err != nil || out.Code != test.want {
			t.Errorf("%s: %+v, %v; want %s", test.name, out, err, test.want)
		}
		if diff := cmp.Diff(before, a.contents(t)); diff != "" {
			t.Fatalf("%s was refused and left (-before +after):\n%s", test.name, diff)
		}
	}
	if out, err := a.report(by(qian, now), plain(tidy, wangsHome)); err != nil || out.Facts.Data != "visit" || out.Facts.Note != "房前屋后干净" {
		t.Errorf("%+v, %v; want the visit named", out, err)
	}
}

// testRecordRepeats: a record that a phone sends again is the same record.
func testRecordRepeats(t *testing.T, database Database) {
	a := stage(t, database)
	cmd := by(zhao, on(5, 4))
	req := swept(calendar.On(year, 5, 4), wangsHome, kinsHome)
	first := done(t)(a.report(cmd, req))
	after := a.contents(t)
	late := cmd
	late.Now = on(5, 20)
	if again := done(t)(a.report(late, req)); again != first {
		t.Errorf("%+v, again %+v", first, again)
	}
	other := req
	other.Note = "改过的"
	refused(t, fault.Conflict)(a.report(cmd, other))
	fewer := req
	fewer.Targets = homes(wangsHome)
	refused(t, fault.Conflict)(a.report(cmd, fewer))
	foreign := cmd
	foreign.Actor = qian
	refused(t, fault.Conflict)(a.report(foreign, req))
	refused(t, fault.Conflict)(a.withdraw(cmd, 1, "同一个键"))
	// A refusal is kept too: sent again, it stays what the phone was told.
	own := by(qian, on(5, 4))
	refused(t, fault.Kin)(a.report(own, swept(calendar.On(year, 5, 4), qiansHome)))
	refused(t, fault.Kin)(a.report(own, swept(calendar.On(year, 5, 4), qiansHome)))
	if diff := cmp.Diff(after, a.contents(t)); diff != "" {
		t.Errorf("a repeat left (-before +after):\n%s", diff)
	}
}

// testRecordCaps counts month, quarter and year by the day occurred.
func testRecordCaps(t *testing.T, database Database) {
	a := stage(t, database)
	now := on(5, 20)
	one, two := a.handIn(t, "a1", qian, hongqi), a.handIn(t, "b2", qian, hongqi)
	both := []record.Evidence{{Proof: catalogue.BeforeAfter, Photo: one}, {Proof: catalogue.BeforeAfter, Photo: two}}
	plant := func(day calendar.Date) (fault.Outcome, error) {
		return a.report(by(qian, now), recording.Request{Village: hongqi, Targets: homes(wangsHome), Item: planted, On: day, Evidence: both})
	}
	door := func(day calendar.Date) (fault.Outcome, error) {
		return a.report(by(qian, now), recording.Request{Village: hongqi, Targets: homes(wangsHome), Item: tidy, On: day, AtDoor: true})
	}
	for n, test := range []struct {
		do   func(calendar.Date) (fault.Outcome, error)
		day  calendar.Date
		need int64 // 0: at the cap
	}{
		{plant, calendar.On(year, 4, 2), 30},
		{plant, calendar.On(year, 5, 20), 30},
		{plant, calendar.On(year, 5, 20), 10}, // 7 a quarter leave 1
		{plant, calendar.On(year, 4, 30), 0},
		{plant, calendar.On(year, 3, 31), 30}, // another quarter
		{door, calendar.On(year, 5, 1), 50},
		{door, calendar.On(year, 5, 20), 0}, // once a month
		{door, calendar.On(year, 4, 30), 50},
	} {
		out, err := test.do(test.day)
		switch {
		case err != nil:
			t.Fatal(err)
		case test.need == 0 && out.Code != fault.CapReached, test.need != 0 && (out.Code != fault.Done || out.Facts.Need != test.need):
			t.Errorf("%d: %+v, want %d tenths", n, out, test.need)
		}
	}
}

// testPaper: what a colleague wrote down is typed by another, and neither confirms it.
func testPaper(t *testing.T, database Database) {
	a := stage(t, database)
	now := on(5, 4)
	req := swept(calendar.On(year, 5, 3), wangsHome, widowsHome, kinsHome, deputysHome)
	req.For = zhao
	r := a.recordOf(t, done(t)(a.report(by(deputy, now), req)).ID)
	if r.Recorder != zhao || r.RecorderName != "赵小组" || r.Typist != deputy || r.TypistName != "吴组长" || len(r.Events) != 2 || len(r.Asides) != 2 {
		t.Errorf("%+v", r)
	}
	event := int64(r.Events[0].ID)
	refused(t, fault.SamePerson)(a.confirm(by(deputy, now), event))
	refused(t, fault.SamePerson)(a.reject(by(deputy, now), event, "不对"))
	done(t)(a.confirm(by(leader, now), event))
	// Either of the two finds it, and takes back what was typed wrong.
	for _, p := range []household.PersonID{zhao, deputy} {
		if list, more, err := a.Recorded(ctx, p, hongqi, script.Page{Number: 1, Size: 5}); err != nil || more || len(list) != 1 || list[0].ID != r.ID {
			t.Errorf("%d finds %+v, %v, %v", p, list, more, err)
		}
	}
	refused(t, fault.Forbidden)(a.withdraw(by(qian, now), int64(r.Events[1].ID), "不是我的"))
	done(t)(a.withdraw(by(deputy, now), int64(r.Events[1].ID), "抄错了行"))
	// For oneself is for nobody.
	req = swept(calendar.On(year, 5, 3), sonsHome)
	req.For = zhao
	if r := a.recordOf(t, done(t)(a.report(by(zhao, now), req)).ID); r.Recorder != zhao || r.Typist != 0 {
		t.Errorf("%+v", r)
	}
	if _, err := raw(t, a.dsn).Exec("UPDATE event SET state = 'confirmed', confirmer = typist WHERE typist IS NOT NULL AND state = 'pending' OR id = " + fmt.Sprint(event)); err == nil {
		t.Error("the database lets the typist confirm")
	}
	a.sound(t)
}

func testWithdraw(t *testing.T, database Database) {
	a := stage(t, database)
	now := on(5, 4)
	_, none, err := a.Standing(ctx, openid(wang))
	if err != nil {
		t.Fatal(err)
	}
	event := done(t)(a.record(by(qian, now), wangsHome, praised))
	fresh, before, err := a.Standing(ctx, openid(wang))
	if err != nil || before == none || fresh.Pending != 1 || fresh.PendingSum != 100 {
		t.Errorf("%+v, version %q after %q, %v; want it pending under a new version", fresh, before, none, err)
	}
	refused(t, fault.CapReached)(a.record(by(zhao, now), wangsHome, praised))
	refused(t, fault.Forbidden)(a.withdraw(by(zhao, now), event.ID, "不对"))
	refused(t, fault.NotFound)(a.withdraw(by(wang, now), event.ID, "不对"))
	refused(t, fault.NotFound)(a.withdraw(by(farLeader, now), event.ID, "不对"))
	refused(t, fault.NotFound)(a.withdraw(by(qian, now), 999, "不对"))
	refused(t, fault.Invalid)(a.withdraw(by(qian, now), event.ID, ""))
	if got := a.pendingOf(t, wang); !slices.Equal(got, []string{"2026-05-04 评为清洁户 +10 钱小组"}) {
		t.Errorf("王桂兰 reads %v", got)
	}
	cmd := by(qian, now)
	first := done(t)(a.withdraw(cmd, event.ID, "记错了户"))
	if again := done(t)(a.withdraw(cmd, event.ID, "记错了户")); again != first {
		t.Errorf("%+v, again %+v", first, again)
	}
	standing, version, err := a.Standing(ctx, openid(wang))
	if err != nil || standing.Pending != 0 || version == before {
		t.Errorf("%+v, version %q after %q, %v; want nothing pending and a new version", standing, version, before, err)
	}
	if got := a.pendingOf(t, wang); len(got) != 0 {
		t.Errorf("王桂兰 still reads %v", got)
	}
	refused(t, fault.Conflict)(a.withdraw(by(qian, now), event.ID, "再来"))
	refused(t, fault.Conflict)(a.confirm(by(leader, now), event.ID))
	done(t)(a.record(by(zhao, now), wangsHome, praised)) // its room is free again
	line := a.earn(t, wangsHome, meeting, now)
	refused(t, fault.Conflict)(a.withdraw(by(qian, now), line.ID, "太晚了"))
	a.sound(t)
}

func testCorrectRecord(t *testing.T, database Database) {
	a := stage(t, database)
	now, today := on(5, 4), calendar.On(year, 5, 4)
	one, two := a.handIn(t, "a1", qian, hongqi), a.handIn(t, "b2", qian, hongqi)
	both := []record.Evidence{{Proof: catalogue.BeforeAfter, Photo: one}, {Proof: catalogue.BeforeAfter, Photo: two}}
	plant := recording.Request{Village: hongqi, Targets: homes(wangsHome), Item: planted, On: today, Place: "1组", Note: "栽桂花", Evidence: both}
	done(t)(a.report(by(qian, now), plant))
	done(t)(a.report(by(qian, now), plant))
	third := a.recordOf(t, done(t)(a.report(by(qian, now), plant)).ID).Events[0]
	if third.Tenths != 10 {
		t.Fatalf("%+v; want the 1 that the cap left", third)
	}
	fix := recording.Correction{Event: third.ID, Item: planted, On: today.AddDays(-1), Place: "2组", Note: "栽果树"}
	before := a.contents(t)
	refused(t, fault.Forbidden)(a.mendRecord(by(zhao, now), fix))
	refused(t, fault.NotFound)(a.mendRecord(by(wang, now), fix))
	refused(t, fault.NotFound)(a.mendRecord(by(qian, now), recording.Correction{Event: 999, Item: planted, On: today}))
	refused(t, fault.NotFound)(a.mendRecord(by(qian, now), recording.Correction{Event: third.ID, Item: "ZZ99", On: today}))
	refused(t, fault.InFuture)(a.mendRecord(by(qian, now), recording.Correction{Event: third.ID, Item: planted, On: today.AddDays(1)}))
	refused(t, fault.EvidenceMissing)(a.mendRecord(by(qian, now), recording.Correction{Event: third.ID, Item: tidy, On: today}))
	refused(t, fault.WarnFirst)(a.mendRecord(by(qian, now), recording.Correction{Event: third.ID, Item: dumping, On: today}))
	if diff := cmp.Diff(before, a.contents(t)); diff != "" {
		t.Fatalf("a refusal left (-before +after):\n%s", diff)
	}
	// Counted without the one that it replaces, and with its pictures.
	cmd := by(qian, now)
	facts := done(t)(a.mendRecord(cmd, fix))
	if again := done(t)(a.mendRecord(cmd, fix)); again != facts {
		t.Errorf("%+v, again %+v", facts, again)
	}
	r := a.recordOf(t, facts.ID)
	if len(r.Events) != 1 || r.Events[0].Tenths != 10 || r.Events[0].Corrects != third.ID || r.On != fix.On || r.Note != "栽果树" || !slices.Equal(r.Evidence, both) {
		t.Errorf("%+v", r)
	}
	refused(t, fault.Conflict)(a.mendRecord(by(qian, now), fix))
	if got := a.pendingOf(t, wang); len(got) != 3 || !slices.Contains(got, "2026-05-03 院落植树 +1 钱小组") {
		t.Errorf("王桂兰 reads %v", got)
	}
	// To another item with evidence of its own.
	facts = done(t)(a.mendRecord(by(qian, now), recording.Correction{
		Event: r.Events[0].ID, Item: harvest, On: today, Evidence: []record.Evidence{{Proof: catalogue.HelpedConfirms, Words: "本人说的"}},
	}))
	if r := a.recordOf(t, facts.ID); r.Item.Code != harvest || r.Events[0].Tenths != 300 || len(r.Evidence) != 1 {
		t.Errorf("%+v", r)
	}
	// What stands without a record, as it was taken over, can be corrected too.
	run(t, raw(t, a.dsn), "UPDATE event SET record_id = NULL WHERE id = "+fmt.Sprint(third.ID-1))
	done(t)(a.mendRecord(by(qian, now), recording.Correction{Event: third.ID - 1, Item: meeting, On: today}))
	a.sound(t)
}

func testAsides(t *testing.T, database Database) {
	a := stage(t, database)
	now := on(5, 4)
	req := swept(calendar.On(year, 5, 3), wangsHome, zhaosHome, kinsHome)
	req.Targets = append(req.Targets, recording.Target{Card: "XF-ZZZZZZZZ"})
	made := done(t)(a.report(by(zhao, now), req))
	waiting, err := a.Asides(ctx, hongqi)
	if err != nil || len(waiting) != 2 { // of the card of nobody there is nothing to record
		t.Fatalf("%+v, %v", waiting, err)
	}
	own, kin, nobody := waiting[0], waiting[1], a.recordOf(t, made.ID).Asides[2]
	if own.Home != (script.Home{ID: zhaosHome, Number: "HQ-0003", Head: "赵小组"}) || own.Item.Code != cleanup || own.On != req.On || own.Recorder != zhao ||
		own.Name != "赵小组" || own.Note != "清洁日" || own.Place != "村道主路" || !own.RecordedAt.Equal(now) || own.Why != fault.Kin {
		t.Errorf("%+v", own)
	}
	if others, err := a.Asides(ctx, qingshan); err != nil || len(others) != 0 {
		t.Errorf("%+v, %v", others, err)
	}
	before := a.contents(t)
	refused(t, fault.Kin)(a.takeAside(by(zhao, now), own.ID))
	refused(t, fault.NotFound)(a.takeAside(by(wang, now), own.ID))
	refused(t, fault.NotFound)(a.takeAside(by(farLeader, now), own.ID))
	refused(t, fault.Forbidden)(a.takeAside(by(officer, now), own.ID))
	refused(t, fault.NotFound)(a.takeAside(by(qian, now), 999))
	refused(t, fault.Conflict)(a.takeAside(by(qian, now), nobody.ID))
	refused(t, fault.Conflict)(a.dropAside(by(qian, now), nobody.ID, "卡号抄错了"))
	refused(t, fault.TooOld)(a.takeAside(by(qian, on(8, 1)), own.ID))
	refused(t, fault.Kin)(a.dropAside(by(zhao, now), kin.ID, "不管"))
	refused(t, fault.Invalid)(a.dropAside(by(qian, now), kin.ID, ""))
	refused(t, fault.NotFound)(a.dropAside(by(farLeader, now), kin.ID, "不管"))
	if diff := cmp.Diff(before, a.contents(t)); diff != "" {
		t.Fatalf("a refusal left (-before +after):\n%s", diff)
	}
	cmd := by(qian, now)
	taken := done(t)(a.takeAside(cmd, own.ID))
	if again := done(t)(a.takeAside(cmd, own.ID)); again != taken || taken.Need != 20 || taken.Household != int64(zhaosHome) {
		t.Errorf("%+v, again %+v", taken, again)
	}
	refused(t, fault.Conflict)(a.takeAside(by(leader, now), own.ID))
	refused(t, fault.Conflict)(a.dropAside(by(qian, now), own.ID, "晚了"))
	done(t)(a.dropAside(by(qian, now), kin.ID, "当天没到场"))
	if left, err := a.Asides(ctx, hongqi); err != nil || len(left) != 0 {
		t.Errorf("%+v, %v", left, err)
	}
	// It became a line of the same record, by who took it.
	r := a.recordOf(t, made.ID)
	if len(r.Events) != 2 || r.Events[1].Home.ID != zhaosHome || int64(r.Events[1].ID) != taken.ID || r.Asides[0].State != record.AsideTaken || int64(r.Asides[0].Event) != taken.ID ||
		r.Asides[1].State != record.AsideDropped || r.Asides[1].Reason != "当天没到场" {
		t.Errorf("%+v", r)
	}
	if got := a.pendingOf(t, zhao); !slices.Equal(got, []string{"2026-05-03 参加清洁日 +2 钱小组"}) {
		t.Errorf("赵小组 reads %v", got)
	}
	a.sound(t)
}

// testRecorded pages through what somebody recorded.
func testRecorded(t *testing.T, database Database) {
	a := stage(t, database)
	for n := range 5 {
		done(t)(a.report(by(qian, on(5, 4).Add(time.Duration(n)*time.Minute)), swept(calendar.On(year, 5, 4), []household.ID{wangsHome, widowsHome, sonsHome, kinsHome, zhaosHome}[n])))
	}
	done(t)(a.report(by(zhao, on(5, 4)), swept(calendar.On(year, 5, 4), deputysHome)))
	var seen []string
	for n := 1; ; n++ {
		list, more, err := a.Recorded(ctx, qian, hongqi, script.Page{Number: n, Size: 2})
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range list {
			seen = append(seen, r.Events[0].Home.Number)
		}
		if !more {
			break
		}
	}
	if want := []string{"HQ-0003", "HQ-0009", "HQ-0008", "HQ-0007", "HQ-0006"}; !slices.Equal(seen, want) {
		t.Errorf("%v, want %v", seen, want)
	}
	if list, more, err := a.Recorded(ctx, qian, qingshan, script.Page{Number: 1, Size: 2}); err != nil || more || len(list) != 0 {
		t.Errorf("in another village %+v, %v, %v", list, more, err)
	}
	if _, err := a.RecordOf(ctx, 999); fault.CodeOf(err) != fault.NotFound {
		t.Errorf("%v", err)
	}
}
