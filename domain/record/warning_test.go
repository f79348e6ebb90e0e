package record_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/xiangfeng/xiangfeng/domain/calendar"
	"github.com/xiangfeng/xiangfeng/domain/catalogue"
	"github.com/xiangfeng/xiangfeng/domain/fault"
	"github.com/xiangfeng/xiangfeng/domain/household"
	"github.com/xiangfeng/xiangfeng/domain/record"
)

// 乱倒垃圾: to be warned of, shown by a picture. 大操大办: shown by minutes.
var (
	dumping  = catalogue.Item{Code: "HJ14", Title: "乱倒垃圾", Value: -30, Unit: "time", Caps: catalogue.Caps{Quarter: 90}, Evidence: "photo", WarnFirst: true}
	feasting = catalogue.Item{Code: "CF12", Title: "大操大办", Value: -100, Unit: "time", Evidence: "minutes", WarnFirst: true}
)

func warned(t *testing.T, item catalogue.Item, days int) record.Warning {
	t.Helper()
	w, err := record.Warn(scene(staff(11, household.TeamMember, hongqiao)), wang, item, "桥头倒垃圾", []record.PhotoHash{yard}, days)
	if err != nil {
		t.Fatal(err)
	}
	w.ID = 5
	return w
}

// later is the scene so many days after the warning.
func later(s household.Staff, days int) record.Scene {
	out := scene(s)
	out.Now = noon.AddDate(0, 0, days)
	return out
}

func TestWarn(t *testing.T) {
	t.Parallel()
	short := scene(staff(11, household.TeamMember, hongqiao))
	short.Village.Settings.MendDays = 3
	plain := dumping
	plain.WarnFirst = false
	kin := scene(staff(11, household.TeamMember, hongqiao, 40))
	kin.Kin.Declare(40, wang.ID, household.Parent)
	team := scene(staff(11, household.TeamMember, hongqiao))
	for _, test := range []struct {
		name   string
		scene  record.Scene
		item   catalogue.Item
		photos int
		days   int
		want   fault.Code
		due    calendar.Date
	}{
		{"the default", team, dumping, 1, 0, "", calendar.On(2026, 5, 27)},
		{"the village's setting", short, dumping, 1, 0, "", calendar.On(2026, 5, 23)},
		{"own days", team, dumping, 1, 14, "", calendar.On(2026, 6, 3)},
		{"no time", team, dumping, 1, -1, fault.Invalid, calendar.Date{}},
		{"too much time", team, dumping, 1, 61, fault.Invalid, calendar.Date{}},
		{"without a picture", team, dumping, 0, 0, fault.EvidenceMissing, calendar.Date{}},
		{"what needs no picture", team, feasting, 0, 0, "", calendar.On(2026, 5, 27)},
		{"what needs no warning", team, plain, 1, 0, fault.Invalid, calendar.Date{}},
		{"too many pictures", team, dumping, 10, 0, fault.Invalid, calendar.Date{}},
		{"kin", kin, dumping, 1, 0, fault.Kin, calendar.Date{}},
		{"by a villager", scene(household.Staff{Person: 11}), dumping, 1, 0, fault.Forbidden, calendar.Date{}},
	} {
		w, err := record.Warn(test.scene, wang, test.item, "桥头", slices.Repeat([]record.PhotoHash{yard}, test.photos), test.days)
		if got := fault.CodeOf(err); got != test.want {
			t.Errorf("%s: %v, want %q", test.name, err, test.want)
		}
		if w.Due != test.due || err == nil && (!w.Open() || w.Warner != 11 || w.WarnedAt != noon) {
			t.Errorf("%s: %+v", test.name, w)
		}
	}
}

func TestMend(t *testing.T) {
	t.Parallel()
	w := warned(t, dumping, 0)
	after, err := w.Mend(member, "清走了", []record.PhotoHash{cleaned}, noon)
	if err != nil || after.State != record.WarningAnswered || !after.Open() || after.Answer != "清走了" || after.Answerer != 21 || after.AnswerAt != noon || !slices.Equal(after.Answered, []record.PhotoHash{cleaned}) {
		t.Errorf("%+v, %v", after, err)
	}
	if again, err := after.Mend(member, "又扫了一遍", nil, noon); err != nil || again.Answer != "又扫了一遍" || len(again.Answered) != 0 {
		t.Errorf("again: %+v, %v", again, err)
	}
	closed := w
	closed.State = record.WarningMended
	for name, test := range map[string]struct {
		w      record.Warning
		who    household.Staff
		words  string
		photos []record.PhotoHash
		want   fault.Code
	}{
		"a neighbour":   {w, household.Staff{Person: 22, Households: []household.ID{40}}, "清走了", nil, fault.NotFound},
		"the team":      {w, staff(11, household.Leader, hongqiao), "清走了", nil, fault.NotFound},
		"nothing":       {w, member, "", nil, fault.Invalid},
		"a picture":     {w, member, "", []record.PhotoHash{cleaned}, ""},
		"no picture":    {w, member, "", []record.PhotoHash{"x"}, fault.Invalid},
		"too long":      {w, member, strings.Repeat("长", 201), nil, fault.Invalid},
		"after closing": {closed, member, "清走了", nil, fault.Conflict},
	} {
		if _, err := test.w.Mend(test.who, test.words, test.photos, noon); fault.CodeOf(err) != test.want {
			t.Errorf("%s: %v, want %q", name, err, test.want)
		}
	}
}

func TestCloseWarning(t *testing.T) {
	t.Parallel()
	team := staff(12, household.TeamMember, hongqiao, 50)
	w := warned(t, dumping, 0)
	closed, event, err := w.Close(later(team, 1), wang, true, "看过，清干净了")
	if err != nil || event != nil || closed.State != record.WarningMended || closed.Open() || closed.Closer != 12 || closed.Result != "看过，清干净了" {
		t.Errorf("mended: %+v, %+v, %v", closed, event, err)
	}
	closed, event, err = w.Close(later(team, 8), wang, false, "还在")
	if err != nil || closed.State != record.WarningUnmended || event == nil {
		t.Fatalf("not mended: %+v, %+v, %v", closed, event, err)
	}
	if event.Tenths != -30 || event.OccurredOn != calendar.On(2026, 5, 20) || event.Recorder != 12 || event.State != record.Pending || event.Note != "桥头倒垃圾" || event.Item.Code != "HJ14" {
		t.Errorf("%+v", event)
	}
	if got := closed.Evidence(); !slices.Equal(got, []record.Evidence{picture(catalogue.Photo, yard)}) {
		t.Errorf("the deduction shows %+v", got)
	}
	full := later(team, 8)
	full.Used = []catalogue.Use{{On: day, Tenths: -90}}
	if closed, event, err := w.Close(full, wang, false, "还在"); err != nil || event != nil || closed.State != record.WarningUnmended {
		t.Errorf("at the cap: %+v, %+v, %v", closed, event, err)
	}
	full.Used[0].Tenths = -80
	if _, event, err := w.Close(full, wang, false, "还在"); err != nil || event.Tenths != -10 {
		t.Errorf("near the cap: %+v, %v", event, err)
	}
	answered, err := w.Mend(member, "清走了", nil, noon)
	if err != nil {
		t.Fatal(err)
	}
	if _, event, err := answered.Close(later(team, 8), wang, false, "没清"); err != nil || event == nil {
		t.Errorf("answered but not mended: %+v, %v", event, err)
	}
}

func TestCloseWarningRefusals(t *testing.T) {
	t.Parallel()
	team := staff(12, household.TeamMember, hongqiao, 50)
	w := warned(t, dumping, 0)
	byWords := warned(t, feasting, 0)
	done := w
	done.State = record.WarningUnmended
	kin := later(team, 8)
	kin.Kin.Declare(50, wang.ID, household.Sibling)
	moved := wang
	moved.State = household.Gone
	for _, test := range []struct {
		name   string
		w      record.Warning
		scene  record.Scene
		home   household.Household
		mended bool
		note   string
		want   fault.Code
	}{
		{"on the last day", w, later(team, 7), wang, false, "还在", fault.TooEarly},
		{"the day after", w, later(team, 8), wang, false, "还在", ""},
		{"as late as an event may be", w, later(team, 67), wang, false, "还在", ""},
		{"later", w, later(team, 68), wang, false, "还在", fault.TooLate},
		{"mended, later", w, later(team, 68), wang, true, "", ""},
		{"twice", done, later(team, 8), wang, true, "", fault.Conflict},
		{"kin", w, kin, wang, true, "", fault.Kin},
		{"a villager", w, later(household.Staff{Person: 12}, 8), wang, true, "", fault.Forbidden},
		{"who moved away", w, later(team, 8), moved, false, "还在", fault.Gone},
		{"mended, of who moved away", w, later(team, 8), moved, true, "", ""},
		{"without what shows it", byWords, later(team, 8), wang, false, "", fault.EvidenceMissing},
		{"with what shows it", byWords, later(team, 8), wang, false, "评议会记录第5号", ""},
		{"a long note", w, later(team, 8), wang, true, strings.Repeat("长", 121), fault.Invalid},
	} {
		closed, event, err := test.w.Close(test.scene, test.home, test.mended, test.note)
		if got := fault.CodeOf(err); got != test.want {
			t.Errorf("%s: %v, want %q", test.name, err, test.want)
		}
		if err != nil && (closed.State != test.w.State || event != nil) {
			t.Errorf("%s: refused, and made %+v %+v", test.name, closed, event)
		}
	}
	closed, _, err := byWords.Close(later(team, 8), wang, false, "评议会记录第5号")
	want := []record.Evidence{picture(catalogue.Photo, yard), words(catalogue.Minutes, "评议会记录第5号")}
	if err != nil || !slices.Equal(closed.Evidence(), want) {
		t.Errorf("%+v, %v; want %+v", closed.Evidence(), err, want)
	}
}
