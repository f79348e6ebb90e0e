package conformance

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/xiangfeng/xiangfeng/domain/calendar"
	"github.com/xiangfeng/xiangfeng/domain/catalogue"
	"github.com/xiangfeng/xiangfeng/domain/fault"
	"github.com/xiangfeng/xiangfeng/domain/household"
	"github.com/xiangfeng/xiangfeng/domain/record"
	"github.com/xiangfeng/xiangfeng/domain/script"
	"github.com/xiangfeng/xiangfeng/domain/usecase/enrol"
	recording "github.com/xiangfeng/xiangfeng/domain/usecase/record"
)

// left are the numbers of the households that were not visited in May.
func (a acts) left(t testing.TB) (numbers []string, done int) {
	t.Helper()
	v, err := a.VisitsLeft(ctx, hongqi, calendar.On(year, 5, 17))
	if err != nil || v.Done+len(v.Left) != v.Total {
		t.Fatalf("%+v, %v", v, err)
	}
	for _, h := range v.Left {
		numbers = append(numbers, h.Number)
	}
	return numbers, v.Done
}

func testVisits(t *testing.T, database Database) {
	a := stage(t, database)
	now, today := on(5, 20), calendar.On(year, 5, 20)
	// Who joined in August is not to be visited in May, who moved away not any more.
	run(t, raw(t, a.dsn), "UPDATE household SET state = 'gone' WHERE id = 9")
	if numbers, visited := a.left(t); visited != 0 || len(numbers) != 8 || numbers[0] != "HQ-0001" || numbers[7] != "HQ-0008" {
		t.Errorf("%v, %d visited", numbers, visited)
	}
	at := func(h household.ID) recording.Target { return recording.Target{Household: h} }
	before := a.contents(t)
	refused(t, fault.Kin)(a.visit(by(qian, now), at(qiansHome), today))
	refused(t, fault.Gone)(a.visit(by(qian, now), at(kinsHome), today))
	refused(t, fault.NotFound)(a.visit(by(qian, now), at(farHome), today))
	refused(t, fault.NotFound)(a.visit(by(wang, now), at(widowsHome), today))
	refused(t, fault.Forbidden)(a.visit(by(officer, now), at(widowsHome), today))
	refused(t, fault.InFuture)(a.visit(by(qian, now), at(widowsHome), today.AddDays(1)))
	refused(t, fault.TooOld)(a.visit(by(qian, now), at(widowsHome), today.AddDays(-61)))
	if diff := cmp.Diff(before, a.contents(t)); diff != "" {
		t.Fatalf("a refusal left (-before +after):\n%s", diff)
	}
	card := villages()[0].Cards[widowsHome-1].Number
	cmd := by(qian, now)
	first := done(t)(a.visit(cmd, recording.Target{Card: card}, today))
	if again := done(t)(a.visit(cmd, recording.Target{Card: card}, today)); again != first {
		t.Errorf("%+v, again %+v", first, again)
	}
	// A colleague on the same day finds it there; on another day it is another.
	if second := done(t)(a.visit(by(zhao, now), at(widowsHome), today)); second.ID != first.ID {
		t.Errorf("%+v, then %+v", first, second)
	}
	if third := done(t)(a.visit(by(zhao, now), at(widowsHome), today.AddDays(-1))); third.ID == first.ID {
		t.Errorf("%+v is of another day", third)
	}
	done(t)(a.visit(by(zhao, now), at(sonsHome), calendar.On(year, 4, 30))) // April's
	// A record at the door is a visit, of those that it recorded; one from the list is none.
	req := recording.Request{Village: hongqi, Targets: homes(wangsHome, zhaosHome), Item: tidy, On: today, AtDoor: true}
	done(t)(a.report(by(zhao, now), req))
	done(t)(a.report(by(zhao, now), swept(today, deputysHome)))
	if numbers, visited := a.left(t); visited != 2 || !slices.Equal(numbers, []string{"HQ-0001", "HQ-0002", "HQ-0003", "HQ-0004", "HQ-0005", "HQ-0008"}) {
		t.Errorf("%v, %d visited", numbers, visited)
	}
	var notes int
	query(t, raw(t, a.dsn), &notes, "SELECT count(*) FROM visit WHERE record_id IS NULL")
	if notes != 3 {
		t.Errorf("%d visits had nothing to record; want 3", notes)
	}
}

func testDoors(t *testing.T, database Database) {
	a := stage(t, database)
	now, today := on(5, 20), calendar.On(year, 5, 20)
	mine := a.handIn(t, "a1", qian, hongqi)
	done(t)(a.visit(by(qian, now), recording.Target{Household: wangsHome}, today.AddDays(-3)))
	done(t)(a.visit(by(qian, now), recording.Target{Household: wangsHome}, today))
	warning := done(t)(a.warn(by(qian, now), recording.Fault{Village: hongqi, Target: recording.Target{Household: wangsHome}, Item: dumping, Photos: []record.PhotoHash{mine}}))
	cards := villages()[0].Cards
	run(t, raw(t, a.dsn), "UPDATE card SET state = 'revoked' WHERE household_id = 5")
	run(t, raw(t, a.dsn), "UPDATE household SET state = 'gone' WHERE id = 10")
	for _, test := range []struct {
		name   string
		who    household.PersonID
		target recording.Target
		home   household.ID // 0: nothing is told
		is     script.Relation
		why    fault.Code
	}{
		{"the team", qian, recording.Target{Card: cards[wangsHome-1].Number}, wangsHome, "", ""},
		{"by its id", qian, recording.Target{Household: wangsHome}, wangsHome, "", ""},
		{"the own", qian, recording.Target{Household: qiansHome}, qiansHome, script.OwnHome, fault.Kin},
		{"kin's", zhao, recording.Target{Household: kinsHome}, kinsHome, script.KinHome, fault.Kin},
		{"who moved away", qian, recording.Target{Household: newHome}, newHome, "", fault.Gone},
		{"a revoked card", qian, recording.Target{Card: cards[shopsHome-1].Number}, shopsHome, "", fault.CardRevoked},
		{"a villager's own", wang, recording.Target{Card: cards[wangsHome-1].Number}, wangsHome, script.OwnHome, fault.Forbidden},
		{"a villager's own revoked", shopkeeper, recording.Target{Card: cards[shopsHome-1].Number}, 0, "", fault.NotFound},
		{"a neighbour's", wang, recording.Target{Card: cards[sonsHome-1].Number}, 0, "", fault.NotFound},
		{"another village's", farLeader, recording.Target{Card: cards[wangsHome-1].Number}, 0, "", fault.NotFound},
		{"the officer's look", officer, recording.Target{Household: wangsHome}, wangsHome, "", fault.Forbidden},
		{"no card", qian, recording.Target{Card: "XF-ZZZZZZZZ"}, 0, "", fault.NotFound},
		{"no household", qian, recording.Target{Household: 999}, 0, "", fault.NotFound},
		{"a stranger", 999, recording.Target{Household: wangsHome}, 0, "", fault.NotFound},
	} {
		door, why, err := a.Door(ctx, test.who, test.target)
		if err != nil || why != test.why || door.ID != test.home || door.Relation != test.is {
			t.Errorf("%s: %+v, %q, %v", test.name, door, why, err)
		}
		if test.home == 0 && !cmp.Equal(door, script.Door{}) {
			t.Errorf("%s is told %+v", test.name, door)
		}
	}
	door, _, err := a.Door(ctx, qian, recording.Target{Household: wangsHome})
	if err != nil || door.Number != "HQ-0006" || door.Head != "王桂兰" || door.Place != "红旗村" || door.Village != hongqi || door.Visited != today ||
		len(door.Warnings) != 1 || int64(door.Warnings[0].ID) != warning.ID {
		t.Errorf("%+v, %v", door, err)
	}
	all, err := a.Doors(ctx, hongqi)
	if err != nil || len(all) != 9 || all[0].Number != "HQ-0001" || all[5].Visited != today || !all[0].Visited.IsZero() {
		t.Errorf("%+v, %v", all, err)
	}
	barred, err := a.Barred(ctx, zhao)
	if diff := cmp.Diff(map[household.ID]script.Relation{zhaosHome: script.OwnHome, kinsHome: script.KinHome}, barred); diff != "" || err != nil {
		t.Errorf("%v (-want +got):\n%s", err, diff)
	}
	team, err := a.TeamOf(ctx, hongqi)
	if err != nil || len(team) != 4 {
		t.Fatalf("%+v, %v", team, err)
	}
	run(t, raw(t, a.dsn), "INSERT INTO post (person_id, role, village_id) VALUES (1, 'team_member', 1), (3, 'deputy', 1)")
	roles := map[household.PersonID]household.Role{}
	if team, err = a.TeamOf(ctx, hongqi); err == nil {
		for _, c := range team {
			roles[c.ID] = c.Role
		}
	}
	if diff := cmp.Diff(map[household.PersonID]household.Role{leader: household.Leader, deputy: household.Deputy, zhao: household.Deputy, qian: household.TeamMember}, roles); diff != "" || len(team) != 4 {
		t.Errorf("%v (-want +got):\n%s", err, diff)
	}
}

func testDeclarations(t *testing.T, database Database) {
	a := stage(t, database)
	now, today := on(5, 4), calendar.On(year, 5, 4)
	before1, after1, other := a.handIn(t, "a1", wang, hongqi), a.handIn(t, "b2", wang, hongqi), a.handIn(t, "c3", far, qingshan)
	deed := recording.Deed{Household: wangsHome, Words: "院边栽了两棵桂花", On: today.AddDays(-1), Photos: []record.PhotoHash{before1, after1}}
	none := a.contents(t)
	for name, test := range map[string]struct {
		who  household.PersonID
		deed recording.Deed
		want fault.Code
	}{
		"a neighbour":               {widow, deed, fault.NotFound},
		"the leader":                {leader, deed, fault.NotFound},
		"who only looks":            {intruder, deed, fault.NotFound},
		"no household":              {wang, recording.Deed{Household: 999, Words: "扫街", On: today}, fault.NotFound},
		"too short":                 {wang, recording.Deed{Household: wangsHome, Words: "扫", On: today}, fault.Invalid},
		"tomorrow":                  {wang, recording.Deed{Household: wangsHome, Words: "扫街", On: today.AddDays(1)}, fault.InFuture},
		"another village's picture": {wang, recording.Deed{Household: wangsHome, Words: "扫街", On: today, Photos: []record.PhotoHash{other}}, fault.Invalid},
	} {
		if out, err := a.declare(by(test.who, now), test.deed); err != nil || out.Code != test.want {
			t.Errorf("%s: %+v, %v; want %s", name, out, err, test.want)
		}
	}
	if diff := cmp.Diff(none, a.contents(t)); diff != "" {
		t.Fatalf("a refusal left (-before +after):\n%s", diff)
	}
	cmd := by(wang, now)
	declared := done(t)(a.declare(cmd, deed))
	if again := done(t)(a.declare(cmd, deed)); again != declared {
		t.Errorf("%+v, again %+v", declared, again)
	}
	for n := range record.MostDeclared - 1 {
		done(t)(a.declare(by(wang, now), recording.Deed{Household: wangsHome, Words: "扫街" + strings.Repeat("！", n), On: today}))
	}
	refused(t, fault.TooMany)(a.declare(by(wang, now), recording.Deed{Household: wangsHome, Words: "又扫街", On: today}))
	if same := done(t)(a.declare(by(wang, now), deed)); same.ID != declared.ID {
		t.Errorf("%+v; want the same words of the same day to be %d", same, declared.ID)
	}
	waiting, err := a.Declarations(ctx, hongqi)
	if err != nil || len(waiting) != 5 || waiting[0].Words != deed.Words || waiting[0].On != deed.On || !slices.Equal(waiting[0].Photos, deed.Photos) ||
		waiting[0].Home.Number != "HQ-0006" || waiting[0].DeclarerName != "王桂兰" || waiting[0].State != record.DeclarationWaiting {
		t.Errorf("%+v, %v", waiting, err)
	}
	if others, err := a.Declarations(ctx, qingshan); err != nil || len(others) != 0 {
		t.Errorf("%+v, %v", others, err)
	}
	a.decideDeclarations(t, declared.ID)
}

// decideDeclarations takes the first of five up and declines the second.
func (a acts) decideDeclarations(t *testing.T, first int64) {
	now, today := on(5, 6), calendar.On(year, 5, 6)
	id := record.DeclarationID(first)
	before := a.contents(t)
	refused(t, fault.NotFound)(a.takeUp(by(wang, now), recording.Taking{Declaration: id, Item: planted}))
	refused(t, fault.NotFound)(a.takeUp(by(farLeader, now), recording.Taking{Declaration: id, Item: planted}))
	refused(t, fault.NotFound)(a.takeUp(by(qian, now), recording.Taking{Declaration: 999, Item: planted}))
	refused(t, fault.NotFound)(a.takeUp(by(qian, now), recording.Taking{Declaration: id, Item: "ZZ99"}))
	refused(t, fault.Invalid)(a.takeUp(by(qian, now), recording.Taking{Declaration: id, Item: burning}))
	refused(t, fault.EvidenceMissing)(a.takeUp(by(qian, now), recording.Taking{Declaration: id, Item: tidy}))
	refused(t, fault.InFuture)(a.takeUp(by(qian, now), recording.Taking{Declaration: id, Item: planted, On: today.AddDays(1)}))
	refused(t, fault.Invalid)(a.decline(by(qian, now), first+1, ""))
	refused(t, fault.NotFound)(a.decline(by(farLeader, now), first+1, "不行"))
	if diff := cmp.Diff(before, a.contents(t)); diff != "" {
		t.Fatalf("a refusal left (-before +after):\n%s", diff)
	}
	cmd := by(qian, now)
	facts := done(t)(a.takeUp(cmd, recording.Taking{Declaration: id, Item: planted, Place: "1组"}))
	if again := done(t)(a.takeUp(cmd, recording.Taking{Declaration: id, Item: planted, Place: "1组"})); again != facts {
		t.Errorf("%+v, again %+v", facts, again)
	}
	r := a.recordOf(t, facts.ID)
	if r.Recorder != qian || r.On != today.AddDays(-3) || r.Note != "院边栽了两棵桂花" || r.Place != "1组" || len(r.Events) != 1 || len(r.Evidence) != 2 || r.Evidence[0].Proof != catalogue.BeforeAfter {
		t.Errorf("%+v", r)
	}
	if got := a.pendingOf(t, wang); !slices.Equal(got, []string{"2026-05-03 院落植树 +3 钱小组"}) {
		t.Errorf("王桂兰 reads %v", got)
	}
	refused(t, fault.Conflict)(a.takeUp(by(zhao, now), recording.Taking{Declaration: id, Item: planted}))
	refused(t, fault.Conflict)(a.decline(by(zhao, now), first, "晚了"))
	refused(t, fault.SamePerson)(a.confirm(by(qian, now), a.asLeader(t, int64(r.Events[0].ID))))
	done(t)(a.decline(by(zhao, now), first+1, "每天扫街不另加分"))
	own, err := a.DeclarationsOf(ctx, wangsHome)
	if err != nil || len(own) != 5 || own[4].State != record.DeclarationTaken || int64(own[4].Event) != int64(r.Events[0].ID) || own[4].DeciderName != "钱小组" ||
		own[3].State != record.DeclarationDeclined || own[3].Reason != "每天扫街不另加分" || own[3].DeciderName != "赵小组" {
		t.Errorf("%+v, %v", own, err)
	}
	a.toTell(t, enrol.Taken, first, 1)
	a.toTell(t, enrol.Declined, first+1, 1)
	a.toTell(t, enrol.Declined, first, 0)
	if one, err := a.DeclarationOf(ctx, id); err != nil || one.State != record.DeclarationTaken {
		t.Errorf("%+v, %v", one, err)
	}
	a.sound(t)
}

// toTell tells how many of 王桂兰's household are still to be told news.
func (a acts) toTell(t testing.TB, k enrol.Kind, about int64, want int) {
	t.Helper()
	news, err := a.Left(ctx, k, about)
	if err != nil || len(news) != want {
		t.Errorf("%s %d: %+v, %v; want %d to be told", k, about, news, err, want)
	}
	for _, n := range news {
		if n.OpenID != openid(wang) || n.Household != wangsHome {
			t.Errorf("%+v", n)
		}
	}
}

// asLeader makes 钱小组 a leader too and returns the event.
func (a acts) asLeader(t testing.TB, event int64) int64 {
	t.Helper()
	run(t, raw(t, a.dsn), fmt.Sprintf("INSERT INTO post (person_id, role, village_id) VALUES (%d, 'leader', 1)", qian))
	return event
}

// testTakeKin: the team takes up nothing of its kin, and who joined the team
// nothing of their own.
func testTakeKin(t *testing.T, database Database) {
	a := stage(t, database)
	now, today := on(5, 4), calendar.On(year, 5, 4)
	ofKin := done(t)(a.declare(by(kinsman, now), recording.Deed{Household: kinsHome, Words: "扫街", On: today}))
	ofOwn := done(t)(a.declare(by(zhao, now), recording.Deed{Household: zhaosHome, Words: "扫街", On: today}))
	for _, id := range []int64{ofKin.ID, ofOwn.ID} {
		refused(t, fault.Kin)(a.takeUp(by(zhao, now), recording.Taking{Declaration: record.DeclarationID(id), Item: meeting}))
		refused(t, fault.Kin)(a.decline(by(zhao, now), id, "不行"))
	}
	done(t)(a.takeUp(by(qian, now), recording.Taking{Declaration: record.DeclarationID(ofKin.ID), Item: meeting}))
	run(t, raw(t, a.dsn), fmt.Sprintf("UPDATE household SET state = 'gone' WHERE id = %d", zhaosHome))
	refused(t, fault.Gone)(a.takeUp(by(qian, now), recording.Taking{Declaration: record.DeclarationID(ofOwn.ID), Item: meeting}))
	done(t)(a.decline(by(qian, now), ofOwn.ID, "已经迁走"))
}

func testWarnings(t *testing.T, database Database) {
	a := stage(t, database)
	now := on(5, 4)
	heap, clear1 := a.handIn(t, "a1", qian, hongqi), a.handIn(t, "b2", wang, hongqi)
	dump := recording.Fault{Village: hongqi, Target: recording.Target{Household: wangsHome}, Item: dumping, Note: "桥头倒垃圾", Photos: []record.PhotoHash{heap}}
	change := func(f func(*recording.Fault)) recording.Fault { out := dump; f(&out); return out }
	none := a.contents(t)
	for name, test := range map[string]struct {
		who   household.PersonID
		fault recording.Fault
		want  fault.Code
	}{
		"a villager":            {widow, dump, fault.NotFound},
		"the officer":           {officer, dump, fault.Forbidden},
		"another village":       {farLeader, dump, fault.NotFound},
		"kin":                   {zhao, change(func(f *recording.Fault) { f.Target.Household = kinsHome }), fault.Kin},
		"without a picture":     {qian, change(func(f *recording.Fault) { f.Photos = nil }), fault.EvidenceMissing},
		"a picture of nobody":   {qian, change(func(f *recording.Fault) { f.Photos = []record.PhotoHash{record.PhotoHash(strings.Repeat("0f", 32))} }), fault.Invalid},
		"what needs no warning": {qian, change(func(f *recording.Fault) { f.Item = burning }), fault.Invalid},
		"no item":               {qian, change(func(f *recording.Fault) { f.Item = "ZZ99" }), fault.NotFound},
		"too many days":         {qian, change(func(f *recording.Fault) { f.Days = 61 }), fault.Invalid},
	} {
		if out, err := a.warn(by(test.who, now), test.fault); err != nil || out.Code != test.want {
			t.Errorf("%s: %+v, %v; want %s", name, out, err, test.want)
		}
	}
	if diff := cmp.Diff(none, a.contents(t)); diff != "" {
		t.Fatalf("a refusal left (-before +after):\n%s", diff)
	}
	_, version, err := a.Standing(ctx, openid(wang))
	if err != nil {
		t.Fatal(err)
	}
	cmd := by(qian, now)
	given := done(t)(a.warn(cmd, dump))
	if again := done(t)(a.warn(cmd, dump)); again != given || given.Day != "2026-05-11" {
		t.Errorf("%+v, again %+v; want it until 11 May", given, again)
	}
	if _, after, err := a.Standing(ctx, openid(wang)); err != nil || after == version {
		t.Errorf("version %q, after a warning %q, %v", version, after, err)
	}
	if open := refused(t, fault.Conflict)(a.warn(by(zhao, now), dump)); open.ID != given.ID {
		t.Errorf("%+v; want the open one named", open)
	}
	list, err := a.WarningsOf(ctx, wangsHome)
	if err != nil || len(list) != 1 || list[0].Item.Code != dumping || list[0].Note != "桥头倒垃圾" || !slices.Equal(list[0].Photos, dump.Photos) || list[0].WarnerName != "钱小组" ||
		list[0].Due != calendar.On(year, 5, 11) || list[0].State != record.WarningOpen || list[0].Home.Number != "HQ-0006" || !list[0].WarnedAt.Equal(now) {
		t.Errorf("%+v, %v", list, err)
	}
	a.mendAndClose(t, given.ID, heap, clear1)
}

// mendAndClose answers a warning of 4 May and closes it as mended; a second one
// is closed as not mended.
func (a acts) mendAndClose(t *testing.T, id int64, heap, cleared record.PhotoHash) {
	now := on(5, 5)
	refused(t, fault.NotFound)(a.mend(by(widow, now), id, "清走了"))
	refused(t, fault.NotFound)(a.mend(by(qian, now), id, "清走了"))
	refused(t, fault.NotFound)(a.mend(by(wang, now), 999, "清走了"))
	refused(t, fault.Invalid)(a.mend(by(wang, now), id, ""))
	refused(t, fault.Invalid)(a.mend(by(wang, now), id, "清走了", record.PhotoHash(strings.Repeat("0f", 32))))
	done(t)(a.mend(by(wang, now), id, "清了一半", heap))
	done(t)(a.mend(by(wang, now), id, "清走了", cleared))
	one, err := a.WarningOf(ctx, record.WarningID(id))
	if err != nil || one.State != record.WarningAnswered || one.Answer != "清走了" || !slices.Equal(one.Answered, []record.PhotoHash{cleared}) || !slices.Equal(one.Photos, []record.PhotoHash{heap}) || one.AnswererName != "王桂兰" {
		t.Errorf("%+v, %v", one, err)
	}
	if waits, err := a.Waits(ctx, hongqi, calendar.On(year, 5, 20)); err != nil || waits != (script.Waits{Mended: 1}) {
		t.Errorf("%+v, %v", waits, err)
	}
	refused(t, fault.TooEarly)(a.closeWarning(by(zhao, on(5, 11)), id, false, "还在"))
	refused(t, fault.NotFound)(a.closeWarning(by(wang, now), id, true, "清了"))
	refused(t, fault.NotFound)(a.closeWarning(by(farLeader, now), id, true, "清了"))
	cmd := by(zhao, now)
	closed := done(t)(a.closeWarning(cmd, id, true, "看过"))
	if again := done(t)(a.closeWarning(cmd, id, true, "看过")); again != closed || closed.Seq != 0 {
		t.Errorf("%+v, again %+v", closed, again)
	}
	refused(t, fault.Conflict)(a.closeWarning(by(zhao, now), id, false, "再看"))
	a.toTell(t, enrol.Closed, id, 1)
	refused(t, fault.Conflict)(a.mend(by(wang, now), id, "清走了"))
	if list, err := a.WarningsOf(ctx, wangsHome); err != nil || len(list) != 0 {
		t.Errorf("%+v, %v", list, err)
	}
	if got := a.pendingOf(t, wang); len(got) != 0 {
		t.Errorf("mended, and 王桂兰 reads %v", got)
	}
	dump := recording.Fault{Village: hongqi, Target: recording.Target{Household: wangsHome}, Item: dumping, Note: "又倒", Photos: []record.PhotoHash{heap}, Days: 2}
	for _, need := range []int64{-30, -20, 0} { // 5 a year
		given := done(t)(a.warn(by(qian, on(6, 1)), dump))
		if waits, err := a.Waits(ctx, hongqi, calendar.On(year, 6, 4)); err != nil || waits.Warnings != 1 {
			t.Errorf("%+v, %v", waits, err)
		}
		facts := done(t)(a.closeWarning(by(zhao, on(6, 4)), given.ID, false, "还在"))
		if facts.Need != need || (facts.Seq == 0) != (need == 0) {
			t.Errorf("%+v; want %d tenths", facts, need)
		}
	}
	if got := a.pendingOf(t, wang); !slices.Equal(got, []string{"2026-06-01 乱倒垃圾 -2 赵小组", "2026-06-01 乱倒垃圾 -3 赵小组"}) {
		t.Errorf("王桂兰 reads %v", got)
	}
	r, _, err := a.Recorded(ctx, zhao, hongqi, script.Page{Size: 1})
	if err != nil || len(r) != 1 || len(r[0].Events) != 1 || !slices.Equal(r[0].Evidence, []record.Evidence{{Proof: catalogue.Photo, Photo: heap}}) {
		t.Errorf("%+v, %v", r, err)
	}
	// What was deducted can be corrected within its item, never to another that needs a warning.
	event := r[0].Events[0].ID
	refused(t, fault.WarnFirst)(a.mendRecord(by(zhao, on(6, 4)), recording.Correction{Event: event, Item: feast, On: calendar.On(year, 6, 1)}))
	done(t)(a.mendRecord(by(zhao, on(6, 4)), recording.Correction{Event: event, Item: dumping, On: calendar.On(year, 6, 2), Note: "桥头"}))
	a.sound(t)
}

// testWarningByWords: an item that asks for minutes takes them at closing.
func testWarningByWords(t *testing.T, database Database) {
	a := stage(t, database)
	given := done(t)(a.warn(by(qian, on(5, 4)), recording.Fault{Village: hongqi, Target: recording.Target{Household: wangsHome}, Item: feast, Note: "办酒20桌"}))
	refused(t, fault.EvidenceMissing)(a.closeWarning(by(qian, on(5, 12)), given.ID, false, ""))
	facts := done(t)(a.closeWarning(by(qian, on(5, 12)), given.ID, false, "评议会记录第5号"))
	done(t)(a.confirm(by(leader, on(5, 12)), facts.Seq))
	r, _, err := a.Recorded(ctx, qian, hongqi, script.Page{Size: 1})
	if err != nil || len(r) != 1 || !slices.Equal(r[0].Evidence, []record.Evidence{{Proof: catalogue.Minutes, Words: "评议会记录第5号"}}) || r[0].Events[0].State != record.Confirmed {
		t.Errorf("%+v, %v", r, err)
	}
	a.sound(t)
}
