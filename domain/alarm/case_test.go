package alarm_test

import (
	"strings"
	"testing"
	"time"

	"github.com/xiangfeng/xiangfeng/domain/alarm"
	"github.com/xiangfeng/xiangfeng/domain/fault"
	"github.com/xiangfeng/xiangfeng/domain/household"
	"github.com/xiangfeng/xiangfeng/domain/record"
	"github.com/xiangfeng/xiangfeng/domain/village"
)

var (
	here = village.Village{ID: 1, Township: 1}
	noon = q3.Next().First().Start().Add(12 * time.Hour)
)

func staff(p household.PersonID, r household.Role) household.Staff {
	post := household.Post{Person: p, Role: r, Village: here.ID}
	if r == household.Officer {
		post.Village, post.Township = 0, here.Township
	}
	return household.Staff{Person: p, Posts: []household.Post{post}}
}

func opened(k alarm.Kind, f alarm.Facts) alarm.Case {
	return alarm.Case{ID: 1, Village: here.ID, Quarter: q3, Finding: alarm.Finding{Kind: k, Facts: f}, FoundAt: noon, State: alarm.Open}
}

func TestWhoClosesWhat(t *testing.T) {
	t.Parallel()
	about2 := alarm.Facts{Recorder: 2}
	for name, test := range map[string]struct {
		c     alarm.Case
		by    household.Staff
		with  alarm.Outcome
		words string
		want  fault.Code
	}{
		"the leader explains":               {opened(alarm.Bulk, alarm.Facts{}), staff(1, household.Leader), alarm.Explained, "组员住院，月底补录", ""},
		"a deputy":                          {opened(alarm.Bulk, alarm.Facts{}), staff(3, household.Deputy), alarm.Explained, "组员住院，月底补录", ""},
		"no member":                         {opened(alarm.Bulk, alarm.Facts{}), staff(4, household.TeamMember), alarm.Explained, "组员住院，月底补录", fault.Forbidden},
		"not whom it is about":              {opened(alarm.Deviation, about2), staff(2, household.Leader), alarm.Explained, "我们组就是这样", fault.Forbidden},
		"but another":                       {opened(alarm.Deviation, about2), staff(1, household.Leader), alarm.Explained, "他管的院子大", ""},
		"the team not about itself":         {opened(alarm.Favour, alarm.Facts{Count: 8}), staff(1, household.Leader), alarm.Explained, "他们确实做得好", fault.Forbidden},
		"but the office":                    {opened(alarm.Favour, alarm.Facts{Count: 8}), staff(9, household.Officer), alarm.Explained, "逐条核过，属实", ""},
		"the village suspends nobody":       {opened(alarm.Deviation, about2), staff(1, household.Leader), alarm.Suspended, "先停他的记录", fault.Forbidden},
		"the office does":                   {opened(alarm.Deviation, about2), staff(9, household.Officer), alarm.Suspended, "先停他的记录", ""},
		"too few words":                     {opened(alarm.Bulk, alarm.Facts{}), staff(1, household.Leader), alarm.Explained, "  没事 ", fault.Invalid},
		"too many":                          {opened(alarm.Bulk, alarm.Facts{}), staff(1, household.Leader), alarm.Explained, strings.Repeat("长", 201), fault.Invalid},
		"no such outcome":                   {opened(alarm.Bulk, alarm.Facts{}), staff(1, household.Leader), "forgotten", "组员住院，月底补录", fault.Invalid},
		"nothing corrected without looking": {opened(alarm.Bulk, alarm.Facts{}), staff(1, household.Leader), alarm.Corrected, "都看过了一遍", fault.Blocked},
	} {
		x := alarm.Closing{Staff: test.by, Village: here, Outcome: test.with, Words: test.words, Now: noon, Lines: []alarm.Line{{Event: 1, State: record.Confirmed}}}
		got, err := test.c.Close(x)
		if fault.CodeOf(err) != test.want {
			t.Errorf("%s: %v, want %q", name, err, test.want)
		}
		if test.want == "" && (got.State != alarm.Closed || got.ClosedBy != test.by.Person || got.Outcome != test.with || got.Words == "") {
			t.Errorf("%s: %+v", name, got)
		}
		if test.want != "" && got.State != alarm.Open {
			t.Errorf("%s: refused and closed", name)
		}
	}
}

func TestCorrectedNeedsTheLinesReviewed(t *testing.T) {
	t.Parallel()
	later, before := noon.Add(time.Hour), noon.Add(-time.Hour)
	for name, test := range map[string]struct {
		lines []alarm.Line
		note  string
	}{
		"one waits":             {[]alarm.Line{{State: record.Pending}, {State: record.Rejected, ChangedAt: later}}, alarm.Unreviewed},
		"none was changed":      {[]alarm.Line{{State: record.Confirmed}, {State: record.Confirmed}}, alarm.Unchanged},
		"changed before":        {[]alarm.Line{{State: record.Rejected, ChangedAt: before}}, alarm.Unchanged},
		"one rejected":          {[]alarm.Line{{State: record.Confirmed}, {State: record.Rejected, ChangedAt: later}}, ""},
		"one corrected":         {[]alarm.Line{{State: record.Confirmed, ChangedAt: later}}, ""},
		"no lines, but homes":   {nil, ""},
		"all waiting, rejected": {[]alarm.Line{{State: record.Withdrawn, ChangedAt: later}}, ""},
	} {
		_, err := opened(alarm.Averaging, alarm.Facts{}).Close(alarm.Closing{
			Staff: staff(1, household.Leader), Village: here, Outcome: alarm.Corrected, Words: "逐条看过，改了", Now: later, Lines: test.lines,
		})
		note := ""
		if r, refused := err.(*fault.Refusal); refused {
			note = r.Facts.Note
		}
		if note != test.note {
			t.Errorf("%s: %v, want %q", name, err, test.note)
		}
	}
}

func TestCasesFollowWhatIsFound(t *testing.T) {
	t.Parallel()
	one := alarm.Finding{Kind: alarm.Bulk, Key: "quarter", Facts: alarm.Facts{Count: 30, Of: 40}}
	two := alarm.Finding{Kind: alarm.Reused, Key: "pictures", Facts: alarm.Facts{Count: 1}}
	first := alarm.Merge(nil, []alarm.Finding{one, two}, here.ID, q3, noon)
	if len(first) != 2 || first[0].State != alarm.Open || !first[0].FoundAt.Equal(noon) || first[1].Village != here.ID {
		t.Fatalf("%+v", first)
	}
	for i := range first {
		first[i].ID = alarm.ID(i + 1)
	}
	later := noon.Add(time.Hour)
	if again := alarm.Merge(first, []alarm.Finding{one, two}, here.ID, q3, later); len(again) != 0 {
		t.Errorf("found again, %+v", again)
	}
	one.Facts.Count = 31
	moved := alarm.Merge(first, []alarm.Finding{one}, here.ID, q3, later)
	if len(moved) != 2 || moved[0].Facts.Count != 31 || moved[0].ID != 1 || !moved[0].FoundAt.Equal(noon) || moved[1].State != alarm.Past {
		t.Errorf("%+v", moved)
	}
	first[1].State = alarm.Past
	if back := alarm.Merge(first[1:], []alarm.Finding{two}, here.ID, q3, later); len(back) != 1 || back[0].State != alarm.Open || back[0].ID != 2 {
		t.Errorf("%+v", back)
	}
	first[1].State = alarm.Closed
	if closed := alarm.Merge(first[1:], []alarm.Finding{two}, here.ID, q3, later); len(closed) != 0 {
		t.Errorf("what was closed is opened: %+v", closed)
	}
}

func TestOnlyTheOfficeOverridesAndOnlyABlock(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		by      household.Staff
		blocked bool
		reason  string
		want    fault.Code
	}{
		"the office":     {staff(9, household.Officer), true, "全村参加抢险，核实属实", ""},
		"not the leader": {staff(1, household.Leader), true, "全村参加抢险，核实属实", fault.Forbidden},
		"in writing":     {staff(9, household.Officer), true, " 同意 ", fault.Invalid},
		"nothing to do":  {staff(9, household.Officer), false, "全村参加抢险，核实属实", fault.Conflict},
	} {
		o, err := alarm.NewOverride(test.by, here, q3, 2, test.blocked, test.reason, noon)
		if fault.CodeOf(err) != test.want || test.want == "" && (o.Edition != 2 || o.By != 9 || o.Quarter != q3) {
			t.Errorf("%s: %+v, %v", name, o, err)
		}
	}
}
