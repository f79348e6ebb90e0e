package record_test

import (
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/xiangfeng/xiangfeng/domain/calendar"
	"github.com/xiangfeng/xiangfeng/domain/catalogue"
	"github.com/xiangfeng/xiangfeng/domain/fault"
	"github.com/xiangfeng/xiangfeng/domain/household"
	"github.com/xiangfeng/xiangfeng/domain/ledger"
	"github.com/xiangfeng/xiangfeng/domain/points"
	"github.com/xiangfeng/xiangfeng/domain/record"
	"github.com/xiangfeng/xiangfeng/domain/village"
)

// The cast: 红桥村 of township 1 beside 青石村 of the same and 柳坝村 of another.
var (
	hongqiao = village.Village{ID: 1, Township: 1, Name: "红桥村", Settings: village.Defaults()}
	qingshi  = village.Village{ID: 2, Township: 1, Name: "青石村", Settings: village.Defaults()}
	liuba    = village.Village{ID: 3, Township: 2, Name: "柳坝村", Settings: village.Defaults()}

	wang = household.Household{ID: 31, Village: 1, State: household.Active, Joined: calendar.On(2025, 1, 1)}

	noon = calendar.On(2026, 5, 20).Start().Add(12 * time.Hour)
	day  = calendar.On(2026, 5, 19)

	// 志愿服务: 3 points a time, 36 a year.
	service = catalogue.Item{Code: "SX01", Title: "志愿服务", Value: 30, Unit: "time", Caps: catalogue.Caps{Year: 360}}
	// 帮村集体增收: 3 points a time, 5 a year, so the second brings 2.
	income = catalogue.Item{Code: "CY07", Title: "帮村集体增收", Value: 30, Unit: "time", Caps: catalogue.Caps{Year: 50}}
	// 乱倒垃圾: -3 a time, 9 a quarter.
	litter = catalogue.Item{Code: "HJ14", Title: "乱倒垃圾", Value: -30, Unit: "time", Caps: catalogue.Caps{Quarter: 90}}
)

func staff(id household.PersonID, role household.Role, at village.Village, own ...household.ID) household.Staff {
	p := household.Post{Person: id, Role: role, Village: at.ID}
	if role == household.Officer || role == household.Auditor {
		p.Village, p.Township = 0, at.Township
	}
	return household.Staff{Person: id, Posts: []household.Post{p}, Households: own}
}

func scene(s household.Staff) record.Scene {
	return record.Scene{Village: hongqiao, Staff: s, Now: noon}
}

func TestWhoMayRecord(t *testing.T) {
	t.Parallel()
	moved, elsewhere := wang, wang
	moved.State, elsewhere.Village = household.Gone, qingshi.ID
	for _, test := range []struct {
		name  string
		staff household.Staff
		home  household.Household
		want  fault.Code
	}{
		{"a member of the team", staff(11, household.TeamMember, hongqiao), wang, ""},
		{"a deputy", staff(11, household.Deputy, hongqiao), wang, ""},
		{"the leader", staff(11, household.Leader, hongqiao), wang, ""},
		{"a team member with another household", staff(11, household.TeamMember, hongqiao, 40), wang, ""},
		{"a villager", household.Staff{Person: 11}, wang, fault.Forbidden},
		{"the shopkeeper", staff(11, household.Shopkeeper, hongqiao), wang, fault.Forbidden},
		{"the township's officer", staff(11, household.Officer, hongqiao), wang, fault.Forbidden},
		{"the auditor", staff(11, household.Auditor, hongqiao), wang, fault.Forbidden},
		{"another village's team", staff(11, household.TeamMember, qingshi), wang, fault.Forbidden},
		{"another village's leader", staff(11, household.Leader, qingshi), wang, fault.Forbidden},
		{"for their own household", staff(11, household.TeamMember, hongqiao, 40, 31), wang, fault.Kin},
		{"the leader for the own household", staff(11, household.Leader, hongqiao, 31), wang, fault.Kin},
		{"for a household of another village", staff(11, household.TeamMember, hongqiao), elsewhere, fault.NotFound},
		{"for a household that moved away", staff(11, household.TeamMember, hongqiao), moved, fault.Gone},
	} {
		e, err := record.New(scene(test.staff), test.home, service, day, "院坝", "")
		if got := fault.CodeOf(err); got != test.want {
			t.Errorf("%s: got %v, want %q", test.name, err, test.want)
		}
		if err != nil && !reflect.DeepEqual(e, record.Event{}) {
			t.Errorf("%s: refused, and made %+v", test.name, e)
		}
	}
}

func TestKinLeaveItToAColleague(t *testing.T) {
	t.Parallel()
	for _, relation := range []household.Relation{household.Spouse, household.Parent, household.Sibling} {
		for _, declared := range [][2]household.ID{{31, 40}, {40, 31}} { // from whichever side it was told
			s := scene(staff(11, household.TeamMember, hongqiao, 40))
			s.Kin.Declare(declared[0], declared[1], relation)
			if _, err := record.New(s, wang, service, day, "", ""); fault.CodeOf(err) != fault.Kin {
				t.Errorf("%s declared as %v: recording got %v", relation, declared, err)
			}
			e := pending(t)
			s.Staff = staff(12, household.Leader, hongqiao, 40)
			if _, _, err := e.Confirm(s, ledger.Progress{}); fault.CodeOf(err) != fault.Kin {
				t.Errorf("%s declared as %v: confirming got %v", relation, declared, err)
			}
			if _, err := e.Reject(s, "没有这回事"); fault.CodeOf(err) != fault.Kin {
				t.Errorf("%s declared as %v: rejecting got %v", relation, declared, err)
			}
		}
	}
}

func TestKinsKinAreNoKin(t *testing.T) {
	t.Parallel()
	s := scene(staff(11, household.TeamMember, hongqiao, 40))
	s.Kin.Declare(40, 50, household.Sibling)
	s.Kin.Declare(50, 31, household.Sibling)
	if _, err := record.New(s, wang, service, day, "", ""); err != nil {
		t.Errorf("a tie of a tie is declared by nobody: %v", err)
	}
}

func TestWhichDays(t *testing.T) {
	t.Parallel()
	// Recorded on 20 May 2026; 60 days before it is 21 March: 10 days left in
	// March, 30 of April, 20 of May.
	short := hongqiao
	short.Settings.LateDays = 10
	for _, test := range []struct {
		name string
		at   village.Village
		on   calendar.Date
		want fault.Code
	}{
		{"today", hongqiao, calendar.On(2026, 5, 20), ""},
		{"tomorrow", hongqiao, calendar.On(2026, 5, 21), fault.InFuture},
		{"60 days ago", hongqiao, calendar.On(2026, 3, 21), ""},
		{"61 days ago", hongqiao, calendar.On(2026, 3, 20), fault.TooOld},
		{"10 days ago where 10 are allowed", short, calendar.On(2026, 5, 10), ""},
		{"11 days ago where 10 are allowed", short, calendar.On(2026, 5, 9), fault.TooOld},
	} {
		s := scene(staff(11, household.TeamMember, hongqiao))
		s.Village = test.at
		e, err := record.New(s, wang, service, test.on, "", "")
		if got := fault.CodeOf(err); got != test.want {
			t.Errorf("%s: got %v, want %q", test.name, err, test.want)
		}
		if err == nil && (e.OccurredOn != test.on || !e.RecordedAt.Equal(noon)) {
			t.Errorf("%s: keeps %s and %s, want both times", test.name, e.OccurredOn, e.RecordedAt)
		}
	}
}

func TestTheDayIsShanghais(t *testing.T) {
	t.Parallel()
	s := scene(staff(11, household.TeamMember, hongqiao))
	s.Now = time.Date(2026, 5, 19, 16, 0, 0, 0, time.UTC) // 00:00 of the 20th in Shanghai
	if _, err := record.New(s, wang, service, calendar.On(2026, 5, 20), "", ""); err != nil {
		t.Errorf("today is the 20th: %v", err)
	}
	s.Now = s.Now.Add(-time.Nanosecond)
	if _, err := record.New(s, wang, service, calendar.On(2026, 5, 20), "", ""); fault.CodeOf(err) != fault.InFuture {
		t.Errorf("today is still the 19th: %v", err)
	}
}

func TestCapLeavesPartOrNothing(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name string
		item catalogue.Item
		used []catalogue.Use
		want points.Tenths // 0: nothing is left
	}{
		{"the first", income, nil, 30},
		{"the second gets what is left", income, []catalogue.Use{{On: day, Tenths: 30}}, 20}, // 5 - 3
		{"the third gets nothing", income, []catalogue.Use{{On: day, Tenths: 30}, {On: day, Tenths: 20}}, 0},
		{"last year's are forgotten", income, []catalogue.Use{{On: calendar.On(2025, 12, 31), Tenths: 50}}, 30},
		{"a deduction up to its cap", litter, []catalogue.Use{{On: day, Tenths: -30}, {On: day, Tenths: -40}}, -20}, // 9 - 7
		{"a deduction beyond it", litter, []catalogue.Use{{On: day, Tenths: -90}}, 0},
		{"last quarter's are forgotten", litter, []catalogue.Use{{On: calendar.On(2026, 3, 31), Tenths: -90}}, -30},
	} {
		s := scene(staff(11, household.TeamMember, hongqiao))
		s.Used = test.used
		e, err := record.New(s, wang, test.item, day, "", "")
		if test.want == 0 {
			if fault.CodeOf(err) != fault.CapReached {
				t.Errorf("%s: got %+v, %v", test.name, e, err)
			}
			continue
		}
		if err != nil || e.Tenths != test.want {
			t.Errorf("%s: changes %s (%v), want %s", test.name, e.Tenths, err, test.want)
		}
	}
}

func TestEventKeepsTheItemAsItWas(t *testing.T) {
	t.Parallel()
	item := service
	e, err := record.New(scene(staff(11, household.TeamMember, hongqiao)), wang, item, day, "院坝", "打扫")
	if err != nil {
		t.Fatal(err)
	}
	item.Value, item.Title = 990, "改了"
	want := record.Event{
		Village: 1, Household: 31, Item: service, Tenths: 30, OccurredOn: day, RecordedAt: noon,
		Place: "院坝", Note: "打扫", Recorder: 11, State: record.Pending,
	}
	if !reflect.DeepEqual(e, want) {
		t.Errorf("recorded %+v, want %+v", e, want)
	}
}

// pending is an event that 11 of the team recorded for 王家.
func pending(t *testing.T) record.Event {
	t.Helper()
	e, err := record.New(scene(staff(11, household.TeamMember, hongqiao)), wang, service, day, "", "")
	if err != nil {
		t.Fatal(err)
	}
	e.ID = 77
	return e
}

func TestWhoMayDecide(t *testing.T) {
	t.Parallel()
	decided, foreign := pending(t), pending(t)
	decided.State, foreign.Village = record.Rejected, qingshi.ID
	confirmed := pending(t)
	confirmed.State = record.Confirmed
	for _, test := range []struct {
		name  string
		staff household.Staff
		event record.Event
		want  fault.Code
	}{
		{"the leader", staff(12, household.Leader, hongqiao), pending(t), ""},
		{"a deputy", staff(12, household.Deputy, hongqiao), pending(t), ""},
		{"the township's officer", staff(12, household.Officer, hongqiao), pending(t), ""},
		{"the officer of another township", staff(12, household.Officer, liuba), pending(t), fault.Forbidden},
		{"a member of the team", staff(12, household.TeamMember, hongqiao), pending(t), fault.Forbidden},
		{"the auditor", staff(12, household.Auditor, hongqiao), pending(t), fault.Forbidden},
		{"another village's leader", staff(12, household.Leader, qingshi), pending(t), fault.Forbidden},
		{"the leader who recorded it", staff(11, household.Leader, hongqiao), pending(t), fault.SamePerson},
		{"a deputy who recorded it", staff(11, household.Deputy, hongqiao), pending(t), fault.SamePerson},
		{"the leader of that household", staff(12, household.Leader, hongqiao, 31), pending(t), fault.Kin},
		{"the officer of that household", staff(12, household.Officer, hongqiao, 31), pending(t), fault.Kin},
		{"what is rejected already", staff(12, household.Leader, hongqiao), decided, fault.Conflict},
		{"what is confirmed already", staff(12, household.Leader, hongqiao), confirmed, fault.Conflict},
		{"what is of another village", staff(12, household.Leader, hongqiao), foreign, fault.NotFound},
	} {
		after, draft, err := test.event.Confirm(scene(test.staff), ledger.Progress{})
		if got := fault.CodeOf(err); got != test.want {
			t.Errorf("confirm, %s: got %v, want %q", test.name, err, test.want)
		}
		if err != nil && (!reflect.DeepEqual(after, test.event) || draft != (ledger.Draft{})) {
			t.Errorf("confirm, %s: refused, and changed it", test.name)
		}
		after, err = test.event.Reject(scene(test.staff), "没有这回事")
		if got := fault.CodeOf(err); got != test.want {
			t.Errorf("reject, %s: got %v, want %q", test.name, err, test.want)
		}
		if err != nil && !reflect.DeepEqual(after, test.event) {
			t.Errorf("reject, %s: refused, and changed it", test.name)
		}
	}
}

func TestConfirmedEventBecomesADraft(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name string
		p    ledger.Progress
		want calendar.Quarter
	}{
		{"in its own quarter", ledger.Progress{Sealed: calendar.Quarter{Year: 2026, N: 1}}, calendar.Quarter{Year: 2026, N: 2}},
		{"late, while its sheet hangs", ledger.Progress{
			Sealed: calendar.Quarter{Year: 2026, N: 1}, Published: calendar.Quarter{Year: 2026, N: 2},
		}, calendar.Quarter{Year: 2026, N: 3}},
		{"late, after the seal", ledger.Progress{Sealed: calendar.Quarter{Year: 2026, N: 2}}, calendar.Quarter{Year: 2026, N: 3}},
	} {
		e, d, err := pending(t).Confirm(scene(staff(12, household.Leader, hongqiao)), test.p)
		if err != nil || e.State != record.Confirmed || e.Confirmer != 12 || !e.DecidedAt.Equal(noon) || e.Recorder != 11 {
			t.Errorf("%s: %+v, %v", test.name, e, err)
		}
		want := ledger.Draft{
			Kind: ledger.EventKind, Tenths: 30, CountsIn: test.want, OccurredOn: day, Event: 77,
			Item: "SX01", Title: "志愿服务", Recorder: 11, Confirmer: 12,
		}
		if d != want {
			t.Errorf("%s: draft %+v, want %+v", test.name, d, want)
		}
	}
}

func TestRejectNeedsAReason(t *testing.T) {
	t.Parallel()
	s := scene(staff(12, household.Leader, hongqiao))
	if _, err := pending(t).Reject(s, ""); fault.CodeOf(err) != fault.Invalid {
		t.Errorf("without a reason: %v", err)
	}
	e, err := pending(t).Reject(s, "照片不是这一家的")
	if err != nil || e.State != record.Rejected || e.Confirmer != 12 || e.Reason != "照片不是这一家的" || !e.DecidedAt.Equal(noon) {
		t.Errorf("rejected as %+v, %v", e, err)
	}
}

// TestTheTownshipLeavesItToTheVillage: the office decides where nobody eligible
// is left in the village, and only there (PRODUCT 2.7).
func TestTheTownshipLeavesItToTheVillage(t *testing.T) {
	t.Parallel()
	leader, deputy := staff(12, household.Leader, hongqiao, 41), staff(13, household.Deputy, hongqiao, 42)
	typed := pending(t)
	typed.Typist = 13
	for _, test := range []struct {
		name  string
		event record.Event
		left  []household.Staff
		kin   []household.ID
		want  fault.Code
	}{
		{"both may", pending(t), []household.Staff{leader, deputy}, nil, fault.Forbidden},
		{"the deputy still may", pending(t), []household.Staff{leader, deputy}, []household.ID{41}, fault.Forbidden},
		{"both are kin", pending(t), []household.Staff{leader, deputy}, []household.ID{41, 42}, ""},
		{"one is kin and one typed it", typed, []household.Staff{leader, deputy}, []household.ID{41}, ""},
		{"there is nobody", pending(t), nil, nil, ""},
		{"only of the team", pending(t), []household.Staff{staff(14, household.TeamMember, hongqiao)}, nil, ""},
		{"another village's leader", pending(t), []household.Staff{staff(12, household.Leader, qingshi)}, nil, ""},
	} {
		s := scene(staff(19, household.Officer, hongqiao))
		s.Confirmers = test.left
		for _, h := range test.kin {
			s.Kin.Declare(h, 31, household.Sibling)
		}
		err := test.event.MayConfirm(s)
		if got := fault.CodeOf(err); got != test.want {
			t.Errorf("%s: got %v, want %q", test.name, err, test.want)
		}
		s.Staff = leader
		if err := test.event.MayConfirm(s); fault.CodeOf(err) == fault.Forbidden {
			t.Errorf("%s: the leader is forbidden", test.name)
		}
	}
}

// TestReturned: a returned event is its recorder's to mend or take back; nobody
// confirms it as it is, but it can still be rejected.
func TestReturned(t *testing.T) {
	t.Parallel()
	s := scene(staff(12, household.Leader, hongqiao))
	for _, reason := range []string{"", "  ", strings.Repeat("长", record.LongestNote+1)} {
		if _, err := pending(t).Return(s, reason); fault.CodeOf(err) != fault.Invalid {
			t.Errorf("for the reason %.9q: %v", reason, err)
		}
	}
	e, err := pending(t).Return(s, "照片看不清，请补拍")
	if err != nil || e.State != record.Returned || e.Confirmer != 12 || e.Reason != "照片看不清，请补拍" || !e.DecidedAt.Equal(noon) {
		t.Fatalf("returned as %+v, %v", e, err)
	}
	if _, _, err := e.Confirm(s, ledger.Progress{}); fault.CodeOf(err) != fault.Conflict {
		t.Errorf("confirmed as it is: %v", err)
	}
	if _, err := e.Return(s, "再看看"); fault.CodeOf(err) != fault.Conflict {
		t.Errorf("returned twice: %v", err)
	}
	if got, err := e.Reject(s, "没有这回事"); err != nil || got.State != record.Rejected {
		t.Errorf("rejected: %+v, %v", got, err)
	}
	recorder := scene(staff(11, household.TeamMember, hongqiao))
	if got, err := e.Withdraw(recorder, "记错了"); err != nil || got.State != record.Withdrawn {
		t.Errorf("taken back: %+v, %v", got, err)
	}
	old, next, err := e.Correct(recorder, recorder.Staff, wang, record.Draft{Item: service, On: day, Place: "2组"})
	if err != nil || old.State != record.Withdrawn || next.State != record.Pending || next.Corrects != e.ID {
		t.Errorf("mended: %+v, %+v, %v", old, next, err)
	}
}
