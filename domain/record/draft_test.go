package record_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/xiangfeng/xiangfeng/domain/calendar"
	"github.com/xiangfeng/xiangfeng/domain/catalogue"
	"github.com/xiangfeng/xiangfeng/domain/fault"
	"github.com/xiangfeng/xiangfeng/domain/household"
	"github.com/xiangfeng/xiangfeng/domain/ledger"
	"github.com/xiangfeng/xiangfeng/domain/record"
)

var (
	yard    = record.PhotoHash(strings.Repeat("a1", 32))
	cleaned = record.PhotoHash(strings.Repeat("b2", 32))
)

func picture(p catalogue.Proof, hash record.PhotoHash) record.Evidence {
	return record.Evidence{Proof: p, Photo: hash}
}

func words(p catalogue.Proof, text string) record.Evidence {
	return record.Evidence{Proof: p, Words: text}
}

func TestWhatADraftMustBring(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("长", 201)
	for _, test := range []struct {
		name     string
		evidence string // of the item
		change   func(*record.Draft)
		want     fault.Code
	}{
		{"nothing is asked for", "", func(*record.Draft) {}, ""},
		{"a picture", "photo", func(d *record.Draft) { d.Evidence = []record.Evidence{picture(catalogue.Photo, yard)} }, ""},
		{"no picture", "photo", func(*record.Draft) {}, fault.EvidenceMissing},
		{"words for a picture", "photo", func(d *record.Draft) { d.Evidence = []record.Evidence{words(catalogue.Photo, "看过")} }, fault.Invalid},
		{"before and after", "before_after", func(d *record.Draft) {
			d.Evidence = []record.Evidence{picture(catalogue.BeforeAfter, yard), picture(catalogue.BeforeAfter, cleaned)}
		}, ""},
		{"the same before and after", "before_after", func(d *record.Draft) {
			d.Evidence = []record.Evidence{picture(catalogue.BeforeAfter, yard), picture(catalogue.BeforeAfter, yard)}
		}, fault.EvidenceMissing},
		{"the same before and after, said otherwise", "before_after", func(d *record.Draft) {
			d.Evidence = []record.Evidence{picture(catalogue.BeforeAfter, yard), {Proof: catalogue.BeforeAfter, Photo: yard, Words: "后"}}
		}, fault.EvidenceMissing},
		{"at the door", "visit", func(d *record.Draft) { d.AtDoor = true }, ""},
		{"not at the door", "visit", func(*record.Draft) {}, fault.EvidenceMissing},
		{"a visit in words", "visit", func(d *record.Draft) { d.Evidence = []record.Evidence{words(catalogue.Visit, "去过")} }, fault.Invalid},
		{"the list in words", "sign_in", func(d *record.Draft) { d.Evidence = []record.Evidence{words(catalogue.SignIn, "签到表第3页")} }, ""},
		{"the list as a picture", "sign_in", func(d *record.Draft) { d.Evidence = []record.Evidence{picture(catalogue.SignIn, yard)} }, ""},
		{"one of two", "sign_in photo", func(d *record.Draft) { d.Evidence = []record.Evidence{picture(catalogue.SignIn, yard)} }, fault.EvidenceMissing},
		{"the one picture for both", "sign_in photo", func(d *record.Draft) {
			d.Evidence = []record.Evidence{picture(catalogue.SignIn, yard), picture(catalogue.Photo, yard)}
		}, ""},
		{"either", "photo|decision", func(d *record.Draft) {
			d.Evidence = []record.Evidence{words(catalogue.Decision, "渝高阳字第3号")}
		}, ""},
		{"evidence of nothing", "", func(d *record.Draft) { d.Evidence = []record.Evidence{{Proof: catalogue.Minutes}} }, fault.Invalid},
		{"evidence of blanks", "minutes", func(d *record.Draft) { d.Evidence = []record.Evidence{words(catalogue.Minutes, "  ")} }, fault.Invalid},
		{"no proof's name", "", func(d *record.Draft) { d.Evidence = []record.Evidence{words("", "x")} }, fault.Invalid},
		{"no hash", "", func(d *record.Draft) { d.Evidence = []record.Evidence{picture(catalogue.Photo, "../../etc/passwd")} }, fault.Invalid},
		{"a hash in capitals", "", func(d *record.Draft) {
			d.Evidence = []record.Evidence{picture(catalogue.Photo, record.PhotoHash(strings.Repeat("A1", 32)))}
		}, fault.Invalid},
		{"the longest note", "", func(d *record.Draft) { d.Note = long[:3*200] }, ""},
		{"a note too long", "", func(d *record.Draft) { d.Note = long }, fault.Invalid},
		{"the longest place", "", func(d *record.Draft) { d.Place = long[:3*60] }, ""},
		{"a place too long", "", func(d *record.Draft) { d.Place = long[:3*61] }, fault.Invalid},
		{"words too long", "", func(d *record.Draft) { d.Evidence = []record.Evidence{words(catalogue.Link, long[:3*121])} }, fault.Invalid},
		{"the most evidence", "", func(d *record.Draft) {
			d.Evidence = slices.Repeat([]record.Evidence{words(catalogue.Link, "https://a.cn/1")}, 20)
		}, ""},
		{"too much evidence", "", func(d *record.Draft) {
			d.Evidence = slices.Repeat([]record.Evidence{words(catalogue.Link, "https://a.cn/1")}, 21)
		}, fault.Invalid},
		{"a link", "link", func(d *record.Draft) { d.Evidence = []record.Evidence{words(catalogue.Link, " http://a.cn/看?b=1 ")} }, ""},
		{"a link to nowhere", "", func(d *record.Draft) { d.Evidence = []record.Evidence{words(catalogue.Link, "x")} }, fault.Invalid},
		{"a link of another kind", "", func(d *record.Draft) { d.Evidence = []record.Evidence{words(catalogue.Link, "javascript://a.cn/1")} }, fault.Invalid},
		{"a link without a host", "", func(d *record.Draft) { d.Evidence = []record.Evidence{words(catalogue.Link, "https:///1")} }, fault.Invalid},
		{"a link in words", "", func(d *record.Draft) {
			d.Evidence = []record.Evidence{words(catalogue.Link, "https://a.cn/ 在这里")}
		}, fault.Invalid},
		{"a clock a day fast", "", func(d *record.Draft) { d.NotedAt = noon.Add(24 * time.Hour) }, ""},
		{"a clock more than a day fast", "", func(d *record.Draft) { d.NotedAt = noon.Add(24*time.Hour + 1) }, fault.ClockAhead},
		{"a day that has not come", "", func(d *record.Draft) { d.On = calendar.On(2026, 5, 21) }, fault.InFuture},
		{"too long ago", "", func(d *record.Draft) { d.On = calendar.On(2026, 3, 20) }, fault.TooOld},
		{"what must be warned of", "photo", func(d *record.Draft) { d.Item.WarnFirst = true }, fault.WarnFirst},
	} {
		d := record.Draft{Item: service, On: day}
		d.Item.Evidence = test.evidence
		test.change(&d)
		err := d.Check(scene(staff(11, household.TeamMember, hongqiao)))
		if got := fault.CodeOf(err); got != test.want {
			t.Errorf("%s: %v, want %q", test.name, err, test.want)
		}
	}
}

func TestMissingEvidenceIsNamed(t *testing.T) {
	t.Parallel()
	d := record.Draft{Item: catalogue.Item{Title: "美丽庭院", Evidence: "minutes photo|decision"}, On: day}
	_, err := fault.Settle(d.Check(scene(staff(11, household.TeamMember, hongqiao))))
	out, _ := fault.Settle(d.Check(scene(staff(11, household.TeamMember, hongqiao))))
	if err != nil || out.Facts.Data != "minutes photo|decision" || out.Facts.Note != "美丽庭院" {
		t.Errorf("%+v, %v", out, err)
	}
}

func TestPhotosOfADraft(t *testing.T) {
	t.Parallel()
	d := record.Draft{Evidence: []record.Evidence{picture(catalogue.Photo, yard), words(catalogue.Minutes, "第3号"), picture(catalogue.SignIn, cleaned)}}
	if got := d.Photos(); !slices.Equal(got, []record.PhotoHash{yard, cleaned}) {
		t.Errorf("%v", got)
	}
}

// From paper: the colleague records, whoever types it stands beside, and
// neither acts for kin or confirms.
func TestTypedFromPaper(t *testing.T) {
	t.Parallel()
	paper := func(recorder, typist household.Staff) record.Scene {
		s := scene(recorder)
		s.Typist = typist
		return s
	}
	member, deputy := staff(11, household.TeamMember, hongqiao, 40), staff(12, household.Deputy, hongqiao, 50)
	for _, test := range []struct {
		name             string
		recorder, typist household.Staff
		tie              household.ID // to 王's household
		want             fault.Code
	}{
		{"for a colleague", member, deputy, 0, ""},
		{"the recorder is kin", member, deputy, 40, fault.Kin},
		{"the typist is kin", member, deputy, 50, fault.Kin},
		{"for a villager", household.Staff{Person: 11}, deputy, 0, fault.Forbidden},
		{"by a villager", member, household.Staff{Person: 12}, 0, fault.Forbidden},
		{"by another village's", member, staff(12, household.TeamMember, qingshi), 0, fault.Forbidden},
	} {
		s := paper(test.recorder, test.typist)
		s.Kin.Declare(test.tie, wang.ID, household.Parent)
		e, err := record.New(s, wang, service, day, "", "")
		if got := fault.CodeOf(err); got != test.want {
			t.Errorf("%s: %v, want %q", test.name, err, test.want)
		}
		if err == nil && (e.Recorder != 11 || e.Typist != 12) {
			t.Errorf("%s: %+v", test.name, e)
		}
	}
	e, err := record.New(paper(staff(11, household.Leader, hongqiao), staff(12, household.Deputy, hongqiao)), wang, service, day, "", "")
	if err != nil {
		t.Fatal(err)
	}
	for _, who := range []household.PersonID{11, 12} {
		s := scene(staff(who, household.Leader, hongqiao))
		if _, _, err := e.Confirm(s, ledger.Progress{}); fault.CodeOf(err) != fault.SamePerson {
			t.Errorf("%d confirms: %v", who, err)
		}
		if _, err := e.Reject(s, "不对"); fault.CodeOf(err) != fault.SamePerson {
			t.Errorf("%d rejects: %v", who, err)
		}
	}
	if _, _, err := e.Confirm(scene(staff(13, household.Leader, hongqiao)), ledger.Progress{}); err != nil {
		t.Errorf("a third confirms: %v", err)
	}
}

func TestWithdraw(t *testing.T) {
	t.Parallel()
	e := record.Event{ID: 9, Village: hongqiao.ID, Household: wang.ID, Recorder: 11, Typist: 12, State: record.Pending}
	for _, test := range []struct {
		name   string
		staff  household.Staff
		state  record.State
		reason string
		want   fault.Code
	}{
		{"the recorder", staff(11, household.TeamMember, hongqiao), record.Pending, "记错了户", ""},
		{"the typist", staff(12, household.TeamMember, hongqiao), record.Pending, "抄错了", ""},
		{"a colleague", staff(13, household.TeamMember, hongqiao), record.Pending, "记错了", fault.Forbidden},
		{"the leader", staff(13, household.Leader, hongqiao), record.Pending, "记错了", fault.Forbidden},
		{"who left the team", household.Staff{Person: 11}, record.Pending, "记错了", fault.Forbidden},
		{"without a reason", staff(11, household.TeamMember, hongqiao), record.Pending, " ", fault.Invalid},
		{"after it was confirmed", staff(11, household.TeamMember, hongqiao), record.Confirmed, "记错了", fault.Conflict},
		{"after it was rejected", staff(11, household.TeamMember, hongqiao), record.Rejected, "记错了", fault.Conflict},
		{"twice", staff(11, household.TeamMember, hongqiao), record.Withdrawn, "记错了", fault.Conflict},
	} {
		before := e
		before.State = test.state
		after, err := before.Withdraw(scene(test.staff), test.reason)
		if got := fault.CodeOf(err); got != test.want {
			t.Errorf("%s: %v, want %q", test.name, err, test.want)
		}
		if err != nil && after.State != test.state || err == nil && (after.State != record.Withdrawn || after.Reason != test.reason || after.DecidedAt != noon || after.Confirmer != 0) {
			t.Errorf("%s: %+v", test.name, after)
		}
	}
	other := scene(staff(11, household.TeamMember, qingshi))
	other.Village = qingshi
	if _, err := e.Withdraw(other, "记错了"); fault.CodeOf(err) != fault.NotFound {
		t.Errorf("in another village: %v", err)
	}
}

func TestCorrect(t *testing.T) {
	t.Parallel()
	recorder, typist := staff(11, household.TeamMember, hongqiao, 40), staff(12, household.TeamMember, hongqiao)
	s := scene(recorder)
	s.Typist = typist
	e, err := record.New(s, wang, service, day, "院坝", "扫街")
	if err != nil {
		t.Fatal(err)
	}
	e.ID = 9
	d := record.Draft{Item: income, On: calendar.On(2026, 5, 18), Place: "合作社", Note: "卖柑橘"}
	old, corrected, err := e.Correct(s, typist, wang, d)
	if err != nil || old.State != record.Withdrawn || old.ID != 9 || corrected.Corrects != 9 || corrected.ID != 0 ||
		corrected.State != record.Pending || corrected.Item.Code != "CY07" || corrected.OccurredOn != d.On || corrected.Place != d.Place || corrected.Note != d.Note ||
		corrected.Recorder != 11 || corrected.Typist != 12 {
		t.Errorf("%+v\n%+v, %v", old, corrected, err)
	}
	if _, _, err := e.Correct(s, staff(13, household.Leader, hongqiao), wang, d); fault.CodeOf(err) != fault.Forbidden {
		t.Errorf("by a colleague: %v", err)
	}
	e.State = record.Confirmed
	if _, _, err := e.Correct(s, recorder, wang, d); fault.CodeOf(err) != fault.Conflict {
		t.Errorf("after it was confirmed: %v", err)
	}
	e.State = record.Pending
	tied := s
	tied.Kin.Declare(40, wang.ID, household.Sibling)
	same, _, err := e.Correct(tied, recorder, wang, d)
	if fault.CodeOf(err) != fault.Kin || same.State != record.Pending {
		t.Errorf("who became kin: %+v, %v", same, err)
	}
}

func TestWhatSetsAside(t *testing.T) {
	t.Parallel()
	for c, want := range map[fault.Code]bool{
		fault.Kin: true, fault.CapReached: true, fault.CardRevoked: true, fault.NotFound: true, fault.Gone: true,
		fault.Forbidden: false, fault.InFuture: false, fault.TooOld: false, fault.WarnFirst: false, fault.EvidenceMissing: false, fault.Invalid: false, "": false,
	} {
		if record.SetsAside(c) != want {
			t.Errorf("%q: %v", c, !want)
		}
	}
}

// TestWhatWaitsForAColleague: what nobody can record waits for nobody.
func TestWhatWaitsForAColleague(t *testing.T) {
	t.Parallel()
	for c, want := range map[fault.Code]record.AsideState{
		fault.Kin: record.AsideWaiting, fault.CardRevoked: record.AsideWaiting,
		fault.CapReached: record.AsideDropped, fault.NotFound: record.AsideDropped, fault.Gone: record.AsideDropped,
	} {
		a := record.Aside{Nth: 2, Household: wang.ID}.SetAside(c, 7, noon)
		if a.State != want || a.Why != c || (a.Decider == 7) != (want == record.AsideDropped) || record.LeftToColleague(c) != (want == record.AsideWaiting) {
			t.Errorf("%+v; want it %s", a, want)
		}
	}
}

func TestDropAside(t *testing.T) {
	t.Parallel()
	a := record.Aside{ID: 3, Household: wang.ID, Why: fault.Kin, State: record.AsideWaiting}
	colleague := scene(staff(12, household.TeamMember, hongqiao, 50))
	after, err := a.Drop(colleague, "当天没到场")
	if err != nil || after.State != record.AsideDropped || after.Decider != 12 || after.Reason != "当天没到场" || after.DecidedAt != noon {
		t.Errorf("%+v, %v", after, err)
	}
	if _, err := after.Drop(colleague, "又来"); fault.CodeOf(err) != fault.Conflict {
		t.Errorf("twice: %v", err)
	}
	if _, err := a.Take(12, 7, noon).Drop(colleague, "又来"); fault.CodeOf(err) != fault.Conflict {
		t.Errorf("after it was taken: %v", err)
	}
	if _, err := a.Drop(colleague, ""); fault.CodeOf(err) != fault.Invalid {
		t.Errorf("without a reason: %v", err)
	}
	if _, err := a.Drop(scene(household.Staff{Person: 12}), "不管"); fault.CodeOf(err) != fault.Forbidden {
		t.Errorf("by a villager: %v", err)
	}
	kin := colleague
	kin.Kin.Declare(50, wang.ID, household.Sibling)
	if _, err := a.Drop(kin, "不管"); fault.CodeOf(err) != fault.Kin {
		t.Errorf("by kin: %v", err)
	}
}

func TestVisitRefusals(t *testing.T) {
	t.Parallel()
	team := staff(11, household.TeamMember, hongqiao, 40)
	moved := wang
	moved.State = household.Gone
	kin := scene(team)
	kin.Kin.Declare(40, wang.ID, household.Parent)
	for _, test := range []struct {
		name  string
		scene record.Scene
		home  household.Household
		on    calendar.Date
		note  string
		want  fault.Code
	}{
		{"yesterday", scene(team), wang, day, "家里没人", ""},
		{"tomorrow", scene(team), wang, calendar.On(2026, 5, 21), "", fault.InFuture},
		{"long ago", scene(team), wang, calendar.On(2026, 3, 20), "", fault.TooOld},
		{"kin", kin, wang, day, "", fault.Kin},
		{"who moved away", scene(team), moved, day, "", fault.Gone},
		{"a villager", scene(household.Staff{Person: 11}), wang, day, "", fault.Forbidden},
		{"a long note", scene(team), wang, day, strings.Repeat("长", 201), fault.Invalid},
	} {
		v, err := record.NewVisit(test.scene, test.home, test.on, test.note)
		if got := fault.CodeOf(err); got != test.want {
			t.Errorf("%s: %v, want %q", test.name, err, test.want)
		}
		if err == nil && (v.Household != wang.ID || v.Village != hongqiao.ID || v.On != test.on || v.Visitor != 11 || v.Note != test.note || v.KeptAt != noon || v.Record != 0) {
			t.Errorf("%s: %+v", test.name, v)
		}
	}
}
