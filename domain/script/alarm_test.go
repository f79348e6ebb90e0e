package script_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/xiangfeng/xiangfeng/domain/alarm"
	"github.com/xiangfeng/xiangfeng/domain/calendar"
	"github.com/xiangfeng/xiangfeng/domain/fault"
	"github.com/xiangfeng/xiangfeng/domain/script"
	"github.com/xiangfeng/xiangfeng/domain/village"
)

func anAlarm(k alarm.Kind, how alarm.How) script.Alarm {
	f := alarm.Facts{How: how, Count: 1888, Of: 2068, Tenths: -98_765, Against: -98_765, Day: calendar.On(2026, 12, 31), Times: 5}
	if k == alarm.Deviation || how == "pair" {
		f.Recorder, f.Other = 1, 2
	}
	return script.Alarm{Case: alarm.Case{Finding: alarm.Finding{Kind: k, Facts: f}}, Recorder: "欧阳上官司马", Other: "司马上官欧阳"}
}

// TestAlarmsArePlain: every alarm says what was found and what to do, within a
// chat's length, and none sounds like statistics.
func TestAlarmsArePlain(t *testing.T) {
	t.Parallel()
	all := []script.Alarm{anAlarm(alarm.Favour, ""), anAlarm(alarm.Favour, "pair")}
	for _, how := range []alarm.How{alarm.Same, alarm.Near, alarm.Shared, alarm.Stepped, alarm.Grouped, alarm.Levelled, alarm.Rotated} {
		a := anAlarm(alarm.Averaging, how)
		a.Blocks = true
		all = append(all, a)
	}
	for _, how := range []alarm.How{alarm.Topped, alarm.Handed} {
		all = append(all, anAlarm(alarm.Averaging, how))
	}
	for _, k := range []alarm.Kind{alarm.Deviation, alarm.Batches, alarm.Bulk, alarm.Reused, alarm.PhotoDay, alarm.Unvisited} {
		all = append(all, anAlarm(k, ""))
	}
	said := map[string]bool{}
	for _, a := range all {
		text := script.AlarmText(a)
		if !script.Fits(text) || !strings.Contains(text, "请") || said[text] || script.AlarmName(a.Kind) == "" {
			t.Errorf("%s: %q", a.Kind, text)
		}
		said[text] = true
		for _, word := range []string{"标准差", "基尼", "方差", "离散", "z"} {
			if strings.Contains(text, word) {
				t.Errorf("%q says %s", text, word)
			}
		}
		if push := script.AlarmPush(a); a.Loud() && utf8.RuneCountInString(push) > 80 {
			t.Errorf("%q is %d characters", push, utf8.RuneCountInString(push))
		}
	}
	a := script.Alarm{Case: alarm.Case{Finding: alarm.Finding{Kind: alarm.Averaging, Facts: alarm.Facts{How: alarm.Same, Count: 85, Of: 92, Tenths: 60}, Blocks: true}}}
	if text := script.AlarmText(a); !strings.HasPrefix(text, "这个季度92户里有85户都是+6分，看不出差别。请") || !strings.Contains(text, "镇里写明理由") {
		t.Error(text)
	}
	a.Facts.How, a.Blocks = alarm.Topped, false
	if text := script.AlarmText(a); !strings.Contains(text, "不拦公示") || strings.Contains(text, "镇里") {
		t.Error(text)
	}
}

func TestClosingSaysWhatIsMissing(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		code fault.Code
		note string
	}{
		{fault.Forbidden, alarm.NotYours},
		{fault.Forbidden, alarm.OfficeOnly},
		{fault.Blocked, alarm.Unreviewed},
		{fault.Blocked, alarm.Unchanged},
		{fault.Invalid, ""},
		{fault.Conflict, ""},
	} {
		if text := script.Unclosed(test.code, fault.Facts{ID: 100, Note: test.note}); !strings.Contains(text, "请") || !script.Fits(text) {
			t.Errorf("%s %s: %q", test.code, test.note, text)
		}
	}
	if text := script.Unclosed(fault.Forbidden, fault.Facts{}); text != "" {
		t.Errorf("who may not is told %q", text)
	}
}

func fullSummary(villages int) script.Exceptions {
	e := script.Exceptions{Place: "东方红水库移民安置镇", Month: calendar.Month{Year: 2026, Month: 12}}
	for _, k := range []script.ExceptionKind{script.NotPublished, script.InDispute, script.NotSeen, script.AllAlike, script.Overridden, script.NotTold} {
		s := script.Exception{Kind: k}
		for v := range villages {
			s.Lines = append(s.Lines, script.ExceptionLine{
				Village: village.ID(v + 1), Place: longPlace.Name, Quarter: calendar.Quarter{Year: 2026, N: 3}, Count: 2068, Of: 2068, Number: 12345,
				Reason: "全村抢险，核实属实", Due: calendar.On(2026, 12, 31), Appealed: true, Overdue: true,
			})
		}
		e.Sections = append(e.Sections, s)
	}
	return e
}

func TestOneMessageHoldsTheSummary(t *testing.T) {
	t.Parallel()
	for _, villages := range []int{0, 1, 3, 40} {
		e := fullSummary(villages)
		if villages == 0 {
			e.Sections = nil
		}
		text := script.Summary(e)
		if !script.Fits(text) || !strings.HasSuffix(text, "请打开小程序或管理台") {
			t.Errorf("%d villages: %q", villages, text)
		}
	}
	e := script.Exceptions{Place: "清溪镇", Month: calendar.Month{Year: 2026, Month: 10}, Sections: []script.Exception{
		{Kind: script.NotPublished, Lines: []script.ExceptionLine{{Village: 1, Place: "红旗村"}, {Village: 2, Place: "青山村"}}},
		{Kind: script.NotSeen, Lines: []script.ExceptionLine{{Village: 1, Place: "红旗村", Count: 3, Of: 92}, {Village: 3, Place: "石桥村", Count: 4, Of: 80}}},
	}}
	want := "清溪镇2026年10月要看的事：\n没按时公示2村：红旗村、青山村\n没走访7户：红旗村、石桥村\n细看请打开小程序或管理台"
	if text := script.Summary(e); text != want {
		t.Errorf("%q", text)
	}
	if e.Count() != 4 || strings.Join(e.Villages(), " ") != "红旗村 青山村 石桥村" {
		t.Errorf("%d %v", e.Count(), e.Villages())
	}
}

func TestEachLineOfTheSummaryIsWorded(t *testing.T) {
	t.Parallel()
	for _, s := range fullSummary(1).Sections {
		if text := s.Lines[0].Text(s.Kind); s.Title() == "" || !strings.HasPrefix(text, longPlace.Name) || !script.Fits(text) {
			t.Errorf("%s: %q %q", s.Kind, s.Title(), text)
		}
	}
	l := script.ExceptionLine{Place: "红旗村", Quarter: calendar.Quarter{Year: 2026, N: 3}, Count: 85, Of: 92}
	if text := l.Text(script.AllAlike); text != "红旗村：2026年第三季度92户里有85户一样，还没处理" {
		t.Error(text)
	}
	l.Passed = true
	if text := l.Text(script.AllAlike); !strings.HasSuffix(text, "镇里已放行") {
		t.Error(text)
	}
}
