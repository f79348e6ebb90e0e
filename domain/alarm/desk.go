package alarm

import "github.com/xiangfeng/xiangfeng/domain/calendar"

// bulks finds a quarter that was written at month ends, long after.
func bulks(l look) []Finding {
	if len(l.Events) < bulkEvents {
		return nil
	}
	f := Finding{Kind: Bulk, Key: "quarter", Facts: Facts{Of: len(l.Events)}}
	for _, e := range l.Events {
		on := calendar.DateOf(e.RecordedAt)
		if monthEnd(on) && e.OccurredOn.DaysUntil(on) >= bulkLag {
			f.Events = append(f.Events, e.ID)
		}
	}
	f.Facts.Count = len(f.Events)
	if share(f.Facts.Count, f.Facts.Of) < bulk {
		return nil
	}
	return []Finding{f}
}

func monthEnd(d calendar.Date) bool {
	return d.Day == 1 || calendar.MonthOf(d).Last().Day-d.Day < bulkLast
}

// reused finds the events whose picture stands elsewhere too (弄虚作假).
func reused(l look) []Finding {
	return pictures(l, Reused, func(e Event) bool { return e.Reused })
}

// photoDays finds the events whose picture was taken on another day than they
// are claimed for.
func photoDays(l look) []Finding { return pictures(l, PhotoDay, offDay) }

func offDay(e Event) bool {
	if e.TakenOn.IsZero() {
		return false
	}
	off := e.OccurredOn.DaysUntil(e.TakenOn)
	return off > dayOff || off < -dayOff
}

func pictures(l look, k Kind, wrong func(Event) bool) []Finding {
	f := Finding{Kind: k, Key: "pictures"}
	for _, e := range l.Events {
		if len(e.Photos) > 0 {
			f.Facts.Of++
		}
		if wrong(e) {
			f.Events = append(f.Events, e.ID)
		}
	}
	f.Facts.Count = len(f.Events)
	if len(f.Events) == 0 {
		return nil
	}
	return []Finding{f}
}
