package sample_test

import (
	"testing"

	"github.com/xiangfeng/xiangfeng/domain/calendar"
	"github.com/xiangfeng/xiangfeng/domain/household"
	"github.com/xiangfeng/xiangfeng/domain/record"
	"github.com/xiangfeng/xiangfeng/domain/sample"
)

// TestWhatWaits: what nobody has decided yet stands with its record, of one
// sitting of one recorder.
func TestWhatWaits(t *testing.T) {
	t.Parallel()
	records := map[record.RecordID]record.Record{}
	var visits, declarations, warnings, several int
	for _, v := range township {
		for _, r := range v.Records {
			if _, twice := records[r.ID]; twice || r.Village != v.Village.ID {
				t.Errorf("record %d: %+v", r.ID, r)
			}
			records[r.ID] = r
		}
		events := map[record.RecordID]int{}
		for _, e := range v.Events {
			r := records[e.Record]
			if (e.State == record.Pending) != (e.Record != 0) {
				t.Errorf("event %d is %s, of record %d", e.ID, e.State, e.Record)
			}
			if e.Record != 0 && (r.Item != e.Item || r.On != e.OccurredOn || r.Recorder != e.Recorder || r.Place != e.Place || r.Note != e.Note || r.RecordedAt.After(e.RecordedAt)) {
				t.Errorf("event %d: %+v\nof the record %+v", e.ID, e, r)
			}
			events[e.Record]++
		}
		for _, r := range v.Records {
			if events[r.ID] == 0 {
				t.Errorf("record %d is of nobody", r.ID)
			}
			if events[r.ID] > 1 {
				several++
			}
		}
		visits += monthsVisits(t, v)
		declarations, warnings = declarations+len(v.Declarations), warnings+len(v.Warnings)
	}
	if len(records) < 10 || several == 0 || visits < 20 || declarations != 1 || warnings != 1 {
		t.Errorf("%d records, %d of several households, %d visits, %d declarations, %d warnings", len(records), several, visits, declarations, warnings)
	}
}

// monthsVisits counts a village's visits: some of its households in November,
// each once a day at most.
func monthsVisits(t *testing.T, v sample.Village) int {
	t.Helper()
	type door struct {
		home household.ID
		on   calendar.Date
	}
	seen, homes := map[door]bool{}, map[household.ID]bool{}
	for _, x := range v.Visits {
		at := door{x.Household, x.On}
		if seen[at] || x.Village != v.Village.ID || calendar.MonthOf(x.On).String() != "2026-11" || x.Visitor == 0 || x.On.After(calendar.On(2026, 11, 23)) {
			t.Errorf("%+v", x)
		}
		seen[at], homes[x.Household] = true, true
	}
	levelled := int(v.Village.ID) == sample.Default().Levelled // where nobody went from door to door
	if levelled != (len(homes) == 0) || len(homes) == len(v.Households) {
		t.Errorf("%s: %d of %d households were visited", v.Village.Name, len(homes), len(v.Households))
	}
	return len(v.Visits)
}

// TestWhatTheCastWaitsFor: 贺春林 has declared a deed, 牟大才 still has days to mend.
func TestWhatTheCastWaitsFor(t *testing.T) {
	t.Parallel()
	for _, v := range township {
		d, w := v.Declarations[0], v.Warnings[0]
		byID := map[household.ID]string{}
		for _, h := range v.Households {
			byID[h.ID] = h.Head
		}
		if byID[d.Household] != "贺春林" || d.State != record.DeclarationWaiting || d.On != calendar.On(2026, 11, 23) {
			t.Errorf("%+v", d)
		}
		if byID[w.Household] != "牟大才" || !w.Open() || w.Due != calendar.On(2026, 11, 28) || w.Item.Code != "CF12" {
			t.Errorf("%+v", w)
		}
		return
	}
}
