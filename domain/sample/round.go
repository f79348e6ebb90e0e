package sample

import (
	"time"

	"github.com/xiangfeng/xiangfeng/domain/calendar"
	"github.com/xiangfeng/xiangfeng/domain/catalogue"
	"github.com/xiangfeng/xiangfeng/domain/household"
	"github.com/xiangfeng/xiangfeng/domain/record"
)

// round leaves what the team has done lately as it is kept from the day the
// team records with the product: the records of what nobody has decided yet,
// the month's visits, and, in the first village, what waits for somebody.
func (y *year) round() {
	y.gatherRecords()
	y.gatherVisits()
	if y.c.village == 1 {
		y.leaveMatters()
	}
}

// sitting is what the events of one record have in common.
type sitting struct {
	code        string
	on          calendar.Date
	place, note string
	recorder    household.PersonID
}

// gatherRecords puts the waiting events of one sitting into one record.
func (y *year) gatherRecords() {
	begun := map[sitting]record.RecordID{}
	for _, w := range y.pending {
		e := &y.v.Events[w.event]
		s := sitting{e.Item.Code, e.OccurredOn, e.Place, e.Note, e.Recorder}
		if begun[s] == 0 {
			y.c.record++
			begun[s] = y.c.record
			y.v.Records = append(y.v.Records, recordOf(*e, y.c.record))
		}
		e.Record = begun[s]
	}
}

func recordOf(e record.Event, id record.RecordID) record.Record {
	d := record.Draft{Item: e.Item, On: e.OccurredOn, NotedAt: e.RecordedAt, Place: e.Place, Note: e.Note}
	for _, group := range e.Item.Demands() {
		for _, p := range group {
			d.AtDoor = d.AtDoor || p == catalogue.Visit
			if words := papers[p]; words != "" {
				d.Evidence = append(d.Evidence, record.Evidence{Proof: p, Words: words})
			}
		}
	}
	return record.Record{ID: id, Village: e.Village, Draft: d, RecordedAt: e.RecordedAt, Recorder: e.Recorder}
}

// papers are the proofs that lie in the village's office. The sample has no pictures.
var papers = map[catalogue.Proof]string{
	catalogue.SignIn: "签到表在村委会", catalogue.Minutes: "见评议会记录", catalogue.Certificate: "证书已看", catalogue.Receipt: "收据已看",
	catalogue.HelpedConfirms: "受助人已确认", catalogue.Hours: "半天",
}

// gatherVisits are the visits of the newest month, by what was recorded at the doors.
func (y *year) gatherVisits() {
	month := calendar.MonthOf(y.c.Until.AddDays(-1))
	seen := map[household.ID]map[calendar.Date]bool{}
	for _, e := range y.v.Events {
		if !month.Contains(e.OccurredOn) || e.Item.Evidence != string(catalogue.Visit) || seen[e.Household][e.OccurredOn] {
			continue
		}
		if seen[e.Household] == nil {
			seen[e.Household] = map[calendar.Date]bool{}
		}
		seen[e.Household][e.OccurredOn] = true
		r := recordOf(e, e.Record)
		y.v.Visits = append(y.v.Visits, r.Visit(e.Household))
	}
}

// leaveMatters lets one household declare a deed and another be warned.
func (y *year) leaveMatters() {
	declared, warned := y.c.Until.AddDays(-1), y.c.Until.AddDays(-3)
	if warned.Before(y.opens) {
		return
	}
	at := func(s household.Staff, d calendar.Date, hour int) record.Scene {
		return record.Scene{Village: y.v.Village, Staff: s, Kin: y.kin, Now: time.Unix(moment(d, hour, 20), 0).UTC()}
	}
	home := y.v.Households[diligentHome]
	own := household.Staff{Person: y.speakers[diligentHome], Households: []household.ID{home.ID}}
	d, err := record.Declare(at(own, declared, 19), home, "把屋前公用水沟的淤泥清了，好排水", declared, nil, 0)
	must(err)
	w, err := record.Warn(at(y.colleague(fallenHome), warned, 10), y.v.Households[fallenHome], y.items[y.itemIndex["CF12"]], "要办生日酒请客30桌，已上门劝说", nil, 0)
	must(err)
	y.v.Declarations, y.v.Warnings = append(y.v.Declarations, d), append(y.v.Warnings, w)
}
